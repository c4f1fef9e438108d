import math
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from iph.errors import DataError, InputError, IphError
from iph.stats import CoxRegression, cox_regression

TREATED = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
WEEKS = TREATED + PLACEBO
RELAPSE = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0] + [1] * 21
ARM = [0] * 21 + [1] * 21


def column(model: CoxRegression, name: str) -> list[Any]:
    """Return one attribute of all hazard ratios."""
    return [getattr(ratio, name) for ratio in model.hazard_ratios]


def test_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its engine the function names the extra that brings it."""
    monkeypatch.setitem(sys.modules, "lifelines", None)
    with pytest.raises(IphError, match=r"pip install 'iph\[lifelines\]'"):
        cox_regression(WEEKS, RELAPSE, {"arm": ARM})


def test_reference(reference: Callable[[str], list[dict[str, Any]]]) -> None:
    """Estimates are those of R's coxph; where that runs away the model is refused."""
    cases = reference("cox.json")
    assert len(cases) >= 200
    refused = 0
    for case in cases:
        arguments = case["time"], case["event"], case["x"]
        options: dict[str, Any] = {
            "weights": case.get("weights"),
            "min_events_per_covariate": 0,
        }
        if case["endless"]:
            refused += 1
            with pytest.raises(DataError, match="likelihood is monotone in"):
                cox_regression(*arguments, **options)
            continue
        model, out = cox_regression(*arguments, **options), case["out"]
        assert column(model, "name") == list(case["x"])
        for name in ("coefficient", "standard_error", "p_value"):
            np.testing.assert_allclose(
                column(model, name), out[name], rtol=1e-9, atol=1e-9
            )
        for name in ("low", "high"):
            np.testing.assert_allclose(column(model, name), out[name], rtol=1e-9)
        assert model.log_likelihood == pytest.approx(out["log_likelihood"], abs=1e-9)
        assert model.concordance == pytest.approx(out["concordance"], abs=1e-9)
    assert refused >= 5


def test_freireich_as_printed() -> None:
    """The hazard ratio of placebo is 4.82 (2.15 to 10.81), as printed with Efron."""
    model = cox_regression(WEEKS, RELAPSE, {"placebo": ARM})
    (ratio,) = model.hazard_ratios
    printed = [round(v, 2) for v in (ratio.estimate, ratio.low, ratio.high)]
    assert printed == [4.82, 2.15, 10.81]
    assert ratio.estimate == pytest.approx(math.exp(ratio.coefficient), rel=1e-14)
    assert (model.n, model.n_events, model.n_missing) == (42, 30, 0)
    assert (model.ties, model.method, model.confidence_level) == ("efron", "wald", 0.95)


def test_row_order() -> None:
    """The order of the rows does not matter."""
    order = np.random.default_rng(2023).permutation(42)
    one = cox_regression(WEEKS, RELAPSE, {"arm": ARM})
    other = cox_regression(
        np.array(WEEKS)[order], np.array(RELAPSE)[order], {"arm": np.array(ARM)[order]}
    )
    assert column(one, "coefficient") == pytest.approx(column(other, "coefficient"))
    assert one.concordance == other.concordance


def test_swap_of_groups() -> None:
    """The other arm as reference inverts the hazard ratio and its bounds."""
    one = cox_regression(WEEKS, RELAPSE, {"arm": ARM}).hazard_ratios[0]
    other = cox_regression(WEEKS, RELAPSE, {"arm": [1 - a for a in ARM]}).hazard_ratios[
        0
    ]
    assert other.estimate == pytest.approx(1 / one.estimate, rel=1e-9)
    assert other.low == pytest.approx(1 / one.high, rel=1e-9)
    assert other.p_value == pytest.approx(one.p_value, rel=1e-9)


def test_weights_repeat() -> None:
    """A case count is the same as that many rows, zero being none."""
    weights = [i % 3 for i in range(42)]
    counted = cox_regression(WEEKS, RELAPSE, {"arm": ARM}, weights=weights)
    repeated = cox_regression(
        np.repeat(WEEKS, weights),
        np.repeat(RELAPSE, weights),
        {"arm": np.repeat(ARM, weights)},
    )
    assert counted == repeated


def test_labels_become_columns() -> None:
    """Labels are compared with the first in sorted order; yes/no is a number."""
    words = ["6-MP" if a == 0 else "placebo" for a in ARM]
    by_number = cox_regression(WEEKS, RELAPSE, {"arm": ARM}).hazard_ratios[0]
    by_label = cox_regression(WEEKS, RELAPSE, {"arm": words}).hazard_ratios[0]
    by_array = cox_regression(WEEKS, RELAPSE, {"arm": np.array(words)})
    by_flag = cox_regression(WEEKS, RELAPSE, {"arm": [a == 1 for a in ARM]})
    by_flags = cox_regression(WEEKS, RELAPSE, {"arm": np.array(ARM) == 1})
    assert by_label.name == "arm[placebo]"
    assert by_label.estimate == by_number.estimate
    assert by_array.hazard_ratios == (by_label,)
    assert by_flag.hazard_ratios == by_flags.hazard_ratios == (by_number,)
    three = ["a", "b", "c"] * 14
    model = cox_regression(WEEKS, RELAPSE, {"ward": three, "arm": ARM})
    assert column(model, "name") == ["ward[b]", "ward[c]", "arm"]


def test_missing_is_counted() -> None:
    """A row with any value missing is left out and counted with its weight."""
    arm: list[str | None] = ["p" if a else "m" for a in ARM]
    arm[0] = None
    age: list[float | None] = [20 + (7 * i) % 30 for i in range(42)]
    age[1] = None
    event: list[int | None] = list(RELAPSE)
    event[2] = None
    time: list[int | None] = list(WEEKS)
    time[3] = None
    weights = [4, 3, 2, 1] + [1] * 38
    model = cox_regression(time, event, {"arm": arm, "age": age}, weights=weights)
    assert (model.n, model.n_missing, model.n_events) == (38, 10, 27)


def test_interval_grows() -> None:
    """The interval holds the estimate and grows with the level."""
    narrow = cox_regression(WEEKS, RELAPSE, {"arm": ARM}, confidence_level=0.5)
    wide = cox_regression(WEEKS, RELAPSE, {"arm": ARM}, confidence_level=0.99)
    a, b = narrow.hazard_ratios[0], wide.hazard_ratios[0]
    assert b.low < a.low < a.estimate < a.high < b.high
    assert a.estimate == b.estimate


def test_too_few_events() -> None:
    """Fewer events than the rule asks are refused, with how many columns they carry."""
    ages = [20 + (7 * i) % 30 for i in range(42)]
    few = [e if i % 5 == 0 else 0 for i, e in enumerate(RELAPSE)]
    covariates = {"arm": ARM, "age": ages}
    n_events = sum(few)
    assert n_events == 7
    with pytest.raises(
        DataError,
        match="7 events cannot carry 2 covariates with at least 5 events for each; "
        "keep at most 1, or lower min_events_per_covariate",
    ):
        cox_regression(WEEKS, few, covariates)
    assert (
        cox_regression(WEEKS, few, covariates, min_events_per_covariate=3).n_events == 7
    )
    with pytest.raises(DataError, match="describe the curves without a model"):
        cox_regression(WEEKS, few, {"arm": ARM}, min_events_per_covariate=10)
    with pytest.raises(DataError, match="needs events, got none among 42"):
        cox_regression(WEEKS, [0] * 42, covariates, min_events_per_covariate=0)


def test_separation() -> None:
    """A group without events, or with all of the earliest, has no finite ratio."""
    early = [w < 12 and bool(e) for w, e in zip(WEEKS, RELAPSE, strict=True)]
    with pytest.raises(DataError, match="monotone in early: at each event"):
        cox_regression(WEEKS, RELAPSE, {"early": early})
    spared = [i % 2 for i in range(42)]
    event = [e if s else 0 for e, s in zip(RELAPSE, spared, strict=True)]
    with pytest.raises(DataError, match=r"monotone in spared\b.*exact log-rank"):
        cox_regression(WEEKS, event, {"arm": ARM, "spared": spared})


def test_constant_and_collinear() -> None:
    """Columns that do not vary, or follow from the others, are named."""
    with pytest.raises(DataError, match="covariate ward is constant among"):
        cox_regression(WEEKS, RELAPSE, {"arm": ARM, "ward": [3] * 42})
    with pytest.raises(DataError, match="covariate ward is constant; leave it out"):
        cox_regression(WEEKS, RELAPSE, {"arm": ARM, "ward": ["a"] * 42})
    other = [2 - 3 * a for a in ARM]
    age = [20 + (7 * i) % 30 for i in range(42)]
    with pytest.raises(DataError, match="covariates arm, other are collinear"):
        cox_regression(WEEKS, RELAPSE, {"arm": ARM, "age": age, "other": other})
    # Varies only in a patient who left before the first event.
    with pytest.raises(DataError, match="covariate x is constant among the patients"):
        cox_regression(
            [1, 2, 3, 4], [0, 1, 1, 1], {"x": [1, 0, 0, 0]}, min_events_per_covariate=0
        )
    # More columns than patients at risk.
    with pytest.raises(DataError, match="are collinear"):
        cox_regression(
            [1, 2],
            [1, 1],
            {"x": [1, 0], "y": [0, 1], "z": [1, 0]},
            min_events_per_covariate=0,
        )


@pytest.mark.parametrize(("origin", "unit"), [(0.0, 1e-9), (1e12, 1.0), (-1e12, 1.0)])
def test_units_and_origins_are_checked_alike(origin: float, unit: float) -> None:
    """What cannot be fitted is told in tiny units as well, and far from 0."""
    early = [w < 12 and bool(e) for w, e in zip(WEEKS, RELAPSE, strict=True)]
    with pytest.raises(DataError, match="monotone in early: at each event"):
        cox_regression(
            WEEKS, RELAPSE, {"early": [origin + unit * value for value in early]}
        )


def test_tiny_units_are_not_collinear() -> None:
    """A column in tiny units is kept beside one that is not."""
    age = np.array([20 + (7 * i) % 30 for i in range(42)])
    years = cox_regression(WEEKS, RELAPSE, {"arm": ARM, "age": age})
    tiny = cox_regression(WEEKS, RELAPSE, {"arm": ARM, "age": age * 1e-12})
    assert column(tiny, "p_value") == pytest.approx(column(years, "p_value"), rel=1e-6)


def test_rows_of_no_case_determine_nothing() -> None:
    """What varies, or had its event, only in a row of zero cases is as if not there."""
    weights = [0] + [1] * 41
    with pytest.raises(DataError, match="covariate ward is constant among"):
        cox_regression(
            WEEKS, RELAPSE, {"arm": ARM, "ward": [1] + [0] * 41}, weights=weights
        )
    event = [1, *([0] * 20), *([1] * 21)]
    with pytest.raises(DataError, match="monotone in arm"):
        cox_regression(WEEKS, event, {"arm": ARM}, weights=weights)
    assert cox_regression(WEEKS, event, {"arm": ARM}).n_events == 22


def test_no_maximum_found() -> None:
    """Columns that are all but collinear end in a refusal, not in a traceback."""
    rng = np.random.default_rng(0)
    time, event = rng.integers(1, 30, 60), rng.random(60) < 0.8
    a = rng.normal(size=60)
    b = a + 1e-8 * rng.normal(size=60)
    with pytest.raises(DataError, match="no maximum that can be found; leave out"):
        cox_regression(time, event, {"a": a, "b": b})


def test_tiny_units() -> None:
    """A column in tiny units has an infinite ratio but the same p-value."""
    age = np.array([20 + (7 * i) % 30 for i in range(42)])
    years = cox_regression(WEEKS, RELAPSE, {"age": age}).hazard_ratios[0]
    tiny = cox_regression(WEEKS, RELAPSE, {"age": age * 1e-9}).hazard_ratios[0]
    assert tiny.high == math.inf
    assert tiny.coefficient == pytest.approx(years.coefficient * 1e9, rel=1e-6)
    assert tiny.p_value == pytest.approx(years.p_value, rel=1e-6)


@pytest.mark.parametrize("covariates", [{}, [1, 2], None])
def test_covariates_refused(covariates: Any) -> None:
    """Covariates are a mapping of names with at least one entry."""
    with pytest.raises(InputError, match="covariates must be a mapping of names"):
        cox_regression([1, 2], [1, 1], covariates)


def test_messages() -> None:
    """Columns are checked by their names."""
    with pytest.raises(InputError, match="age must be as long as time"):
        cox_regression([1, 2], [1, 1], {"age": [3]})
    with pytest.raises(InputError, match="event must be as long as time"):
        cox_regression([1, 2], [1], {"age": [3, 4]})
    with pytest.raises(InputError, match="age must be a sequence of numbers or labels"):
        cox_regression([1, 2], [1, 1], {"age": 3})
    with pytest.raises(InputError, match=r"age\[1\] must be a finite number"):
        cox_regression([1, 2], [1, 1], {"age": [3, math.inf]})
    with pytest.raises(InputError, match="min_events_per_covariate must be a whole"):
        cox_regression([1, 2], [1, 1], {"age": [3, 4]}, min_events_per_covariate=-1)
