import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from iph.errors import DataError, InputError
from iph.stats import CoxRegression, cox_regression, logrank
from iph.testing import survival_data

TREATED = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
WEEKS = TREATED + PLACEBO
RELAPSE = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0] + [1] * 21
ARM = [0] * 21 + [1] * 21


def column(model: CoxRegression, name: str) -> list[Any]:
    """Return one attribute of all hazard ratios."""
    return [getattr(ratio, name) for ratio in model.hazard_ratios]


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
            "estimator": "maximum-likelihood",
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


def test_reference_models(reference: Callable[[str], list[dict[str, Any]]]) -> None:
    """Strata, late entry, both rules for ties, tests and profiles are those of R."""
    cases = reference("cox_models.json")
    assert len(cases) >= 40
    for case in cases:
        options: dict[str, Any] = {
            name: case[name] for name in ("entry", "strata", "weights") if name in case
        }
        given = case["time"], case["event"], case["x"]
        options |= {"ties": case["ties"], "min_events_per_covariate": 0}
        model, out = cox_regression(*given, **options), case["out"]
        for name in ("coefficient", "standard_error", "z", "p_value"):
            np.testing.assert_allclose(
                column(model, name), out[name], rtol=1e-9, atol=1e-12
            )
        for name in ("log_likelihood", "null_log_likelihood", "concordance"):
            assert getattr(model, name) == pytest.approx(out[name], rel=1e-9)
        for name in ("likelihood_ratio", "score"):
            test = getattr(model, name)
            found = test.statistic, test.df, test.p_value
            np.testing.assert_allclose(found, out[name], rtol=1e-9)
        assert model.wald.statistic == pytest.approx(out["wald"], rel=1e-9)
        assert (model.ties, model.method) == (case["ties"], "wald")
        profile = cox_regression(*given, interval="profile", **options)
        first = profile.hazard_ratios[0]
        np.testing.assert_allclose((first.low, first.high), out["profile"], rtol=1e-9)
        assert profile.method == "profile"


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
    for name in ("coefficient", "standard_error", "low", "high", "p_value"):
        assert column(counted, name) == pytest.approx(column(repeated, name), rel=1e-12)
    assert counted.concordance == repeated.concordance
    assert counted.log_likelihood == pytest.approx(repeated.log_likelihood, rel=1e-13)
    assert (counted.n, counted.n_events) == (repeated.n, repeated.n_events)


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
    with pytest.raises(DataError, match="describe the outcome without a model"):
        cox_regression(WEEKS, few, {"arm": ARM}, min_events_per_covariate=10)
    with pytest.raises(DataError, match="needs events, got none among 42"):
        cox_regression(WEEKS, [0] * 42, covariates, min_events_per_covariate=0)


def test_separation() -> None:
    """A group without events, or with all of the earliest, has no finite ratio."""
    plain: dict[str, Any] = {"estimator": "maximum-likelihood"}
    early = [w < 12 and bool(e) for w, e in zip(WEEKS, RELAPSE, strict=True)]
    with pytest.raises(DataError, match="monotone in early: at each event"):
        cox_regression(WEEKS, RELAPSE, {"early": early}, **plain)
    spared = [i % 2 for i in range(42)]
    event = [e if s else 0 for e, s in zip(RELAPSE, spared, strict=True)]
    with pytest.raises(DataError, match=r"monotone in spared\b.*estimator=\"firth\""):
        cox_regression(WEEKS, event, {"arm": ARM, "spared": spared}, **plain)


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
            WEEKS,
            RELAPSE,
            {"early": [origin + unit * value for value in early]},
            estimator="maximum-likelihood",
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
        cox_regression(
            WEEKS,
            event,
            {"arm": ARM},
            weights=weights,
            estimator="maximum-likelihood",
        )
    assert cox_regression(WEEKS, event, {"arm": ARM}).n_events == 22


def test_all_but_collinear() -> None:
    """Two columns that differ in the eighth digit are fitted as well as any two."""
    rng = np.random.default_rng(0)
    time, event = rng.integers(1, 30, 60), rng.random(60) < 0.8
    a = rng.normal(size=60)
    gap = rng.normal(size=60)
    near = cox_regression(time, event, {"a": a, "b": a + 1e-8 * gap})
    plain = cox_regression(time, event, {"a": a, "b": gap})
    # What the sum rounds off is about 1e-8 of the gap.
    assert near.log_likelihood == pytest.approx(plain.log_likelihood, rel=1e-6)
    assert near.hazard_ratios[1].z == pytest.approx(plain.hazard_ratios[1].z, rel=1e-5)


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


Patients = tuple[list[int], list[bool], list[int]]


def drawn_model(rows: Patients, data: st.DataObject) -> tuple[np.ndarray, ...]:
    """Draw two columns for patients such that a model exists."""
    time, event, group = map(np.array, rows)
    level = st.integers(-2, 2)
    a = np.array([data.draw(level) for _ in time], dtype=float)
    assume(event.any())
    seen = time >= time[event].min()
    x = np.column_stack((np.ones(seen.sum()), a[seen], group[seen]))
    assume(np.linalg.matrix_rank(x) == 3)
    return time, event, group, a


@given(
    survival_data(min_size=5, max_size=14),
    st.data(),
    st.sampled_from([1e-5, 1.0, 1e6]),
    st.integers(0, 99),
)
def test_invariance(rows: Patients, data: Any, unit: float, seed: int) -> None:
    """Units, origins, order, and rows instead of counts change nothing."""
    time, event, group, a = drawn_model(rows, data)
    weights = np.array([data.draw(st.integers(1, 3)) for _ in time])
    options: dict[str, Any] = {"min_events_per_covariate": 0, "interval": "wald"}
    one = cox_regression(time, event, {"a": a, "g": group}, weights=weights, **options)
    order = np.repeat(np.arange(time.size), weights)
    np.random.default_rng(seed).shuffle(order)
    two = cox_regression(
        time[order],
        event[order],
        {"a": unit * (a[order] - 40.0), "g": group[order]},
        **options,
    )
    assert (one.n, one.n_events, one.estimator) == (two.n, two.n_events, two.estimator)
    assert two.concordance == pytest.approx(one.concordance, rel=1e-12, nan_ok=True)
    for name in ("z", "p_value"):
        np.testing.assert_allclose(
            column(two, name), column(one, name), rtol=1e-6, atol=1e-8
        )
    for name in ("likelihood_ratio", "score", "wald"):
        assert getattr(two, name).statistic == pytest.approx(
            getattr(one, name).statistic, rel=1e-6, abs=1e-8
        )
    first, second = one.hazard_ratios[0], two.hazard_ratios[0]
    assert second.coefficient * unit == pytest.approx(first.coefficient, abs=1e-8)


@given(survival_data(min_size=5), st.data())
def test_without_ties_both_rules_agree(rows: Patients, data: Any) -> None:
    """Without tied events Efron's rule is Breslow's."""
    time, event, group, a = drawn_model(rows, data)
    apart = time + np.arange(time.size) / 100.0
    seen = apart >= apart[event].min()
    x = np.column_stack((np.ones(seen.sum()), a[seen], group[seen]))
    assume(np.linalg.matrix_rank(x) == 3)
    options: dict[str, Any] = {"min_events_per_covariate": 0, "interval": "wald"}
    one = cox_regression(apart, event, {"a": a, "g": group}, **options)
    two = cox_regression(apart, event, {"a": a, "g": group}, ties="breslow", **options)
    assert column(one, "coefficient") == column(two, "coefficient")
    assert (one.ties, two.ties) == ("efron", "breslow")


@given(survival_data(min_size=2))
@example(([0, 0, 0], [True, True, False], [0, 0, 1]))
def test_score_is_logrank(rows: Patients) -> None:
    """Without ties the score test of two groups is the log-rank test."""
    time, event, group = map(np.array, rows)
    apart = time + np.arange(time.size) / 100.0
    assume(event.any())
    assume(len(set(group[apart >= apart[event].min()])) == 2)
    model = cox_regression(apart, event, {"g": group}, min_events_per_covariate=0)
    # A permutation test, the default of few patients, has another variance.
    test = logrank(apart, event, group, method="asymptotic")
    assert model.score.statistic == pytest.approx(test.statistic, rel=1e-9)
    assert model.score.df == test.df == 1


@given(survival_data(groups=3, min_size=4), st.data())
def test_strata_add_up(rows: Patients, data: Any) -> None:
    """Each stratum tells its part: the log-likelihood is the sum of theirs at one b."""
    time, event, stratum = map(np.array, rows)
    x = np.array([data.draw(st.integers(0, 2)) for _ in time], dtype=float)
    options: dict[str, Any] = {"min_events_per_covariate": 0}
    try:
        model = cox_regression(time, event, {"x": x}, strata=stratum, **options)
    except DataError as error:
        assert "constant among" in str(error) or "needs events" in str(error)  # noqa: PT017 - nothing else is said
        return
    parts = 0.0
    for of in set(stratum[event]):
        mine = stratum == of
        first = time[mine & event].min()
        if np.ptp(x[mine & (time >= first)]) > 0:
            alone = cox_regression(time[mine], event[mine], {"x": x[mine]}, **options)
            if alone.estimator == model.estimator == "maximum-likelihood":
                assert alone.log_likelihood >= alone.null_log_likelihood
            parts += alone.score.statistic
    # One coefficient for all cannot tell more than one for each.
    assert model.score.statistic <= parts + 1e-9


def test_late_entry_is_rows_cut_in_two() -> None:
    """A patient cut into two rows, the second with late entry, counts as one."""
    rng = np.random.default_rng(4)
    time, event = rng.integers(2, 20, 40) * 1.0, rng.random(40) < 0.8
    x = rng.normal(size=40)
    cut = time / 2.0
    whole = cox_regression(time, event, {"x": x})
    halves = cox_regression(
        np.concatenate((cut, time)),
        np.concatenate((np.zeros(40, dtype=bool), event)),
        {"x": np.tile(x, 2)},
        entry=np.concatenate((np.full(40, -1.0), cut)),
    )
    assert column(halves, "coefficient") == pytest.approx(column(whole, "coefficient"))
    assert column(halves, "p_value") == pytest.approx(column(whole, "p_value"))
    assert halves.log_likelihood == pytest.approx(whole.log_likelihood)


def test_tests_agree_for_many() -> None:
    """With many patients and a small effect the three tests are nearly the same."""
    rng = np.random.default_rng(2)
    x = rng.normal(size=(2, 20_000))
    time = rng.exponential(np.exp(-0.03 * x[0]))
    options: dict[str, Any] = {"covariates": {"x": x[0], "y": x[1]}}
    model = cox_regression(time, np.full(20_000, fill_value=True), **options)
    tests = model.likelihood_ratio, model.score, model.wald
    statistics = [test.statistic for test in tests]
    np.testing.assert_allclose(statistics, statistics[0], rtol=2e-3)
    assert {test.df for test in tests} == {2}
    assert statistics[0] == pytest.approx(
        2 * (model.log_likelihood - model.null_log_likelihood)
    )


@pytest.mark.parametrize("ties", [False, True])
def test_lifelines(*, ties: bool) -> None:
    """Coefficients, errors and concordance are those of lifelines."""
    from lifelines import CoxPHFitter
    from pandas import DataFrame

    rng = np.random.default_rng(6)
    time = rng.exponential(size=80) * 50
    time = np.ceil(time / 10) if ties else time
    frame = DataFrame(
        {
            "time": time,
            "event": rng.random(80) < 0.7,
            "a": rng.normal(size=80),
            "b": rng.integers(0, 2, 80),
            "center": rng.integers(0, 3, 80),
        }
    )
    found = cox_regression(
        frame["time"],
        frame["event"],
        {"a": frame["a"], "b": frame["b"]},
        strata=frame["center"],
    )
    peer = CoxPHFitter().fit(
        frame,
        "time",
        "event",
        strata=["center"],
        fit_options={"precision": 1e-20, "r_precision": 0.0},
    )
    for name, theirs in (("coefficient", peer.params_), ("z", peer.summary["z"])):
        assert column(found, name) == pytest.approx(list(theirs), rel=1e-7)
    assert found.log_likelihood == pytest.approx(peer.log_likelihood_)


def test_huge_units() -> None:
    """A column whose squares no float can hold is tested as any other."""
    age = np.array([20 + (7 * i) % 30 for i in range(42)])
    years = cox_regression(WEEKS, RELAPSE, {"age": age}).hazard_ratios[0]
    huge = cox_regression(WEEKS, RELAPSE, {"age": age * 1e300}).hazard_ratios[0]
    assert huge.z == pytest.approx(years.z, rel=1e-9)
    assert huge.coefficient * 1e300 == pytest.approx(years.coefficient, rel=1e-9)


def test_one_event() -> None:
    """One event has a likelihood, if a patient beside the one with it is at risk."""
    model = cox_regression(
        [1, 2, 3], [1, 0, 0], {"x": [1, 0, 3]}, min_events_per_covariate=0
    )
    # The top of b - log(e^b + 1 + e^3b): e^b + 3 e^3b = e^b + 1 + e^3b.
    assert model.hazard_ratios[0].estimate == pytest.approx(0.5 ** (1 / 3))
    with pytest.raises(DataError, match="covariate x is constant among"):
        cox_regression([1, 2], [0, 1], {"x": [1, 0]}, min_events_per_covariate=0)


def test_strata_without_events() -> None:
    """A stratum without events, or of one patient, says nothing and is counted."""
    plain = cox_regression(WEEKS, RELAPSE, {"arm": ARM})
    more = cox_regression(
        [*WEEKS, 3, 4, 5],
        [*RELAPSE, 0, 0, 1],
        {"arm": [*ARM, 0, 1, 1]},
        strata=["a"] * 42 + ["b", "b", "c"],
    )
    assert column(more, "coefficient") == pytest.approx(column(plain, "coefficient"))
    assert (more.n, more.n_events) == (45, 31)
    with pytest.raises(DataError, match="among the patients at risk of each stratum"):
        cox_regression(WEEKS, RELAPSE, {"arm": ARM}, strata=ARM)


def test_never_at_risk_together() -> None:
    """Late entry can keep all who differ apart; then nothing can be told."""
    with pytest.raises(DataError, match="on the same day do not differ in x; leave it"):
        cox_regression(
            [2, 2, 4, 4],
            [1, 1, 1, 1],
            {"x": [0, 0, 1, 1]},
            entry=[0, 0, 3, 3],
            min_events_per_covariate=0,
        )


def test_profile_interval() -> None:
    """The profile of one covariate is its likelihood; its p-value the ratio's."""
    model = cox_regression(WEEKS, RELAPSE, {"arm": ARM}, interval="profile")
    (ratio,) = model.hazard_ratios
    assert model.method == "profile"
    assert ratio.p_value == pytest.approx(model.likelihood_ratio.p_value, rel=1e-9)
    wide = cox_regression(
        WEEKS, RELAPSE, {"arm": ARM}, interval="profile", confidence_level=0.999
    ).hazard_ratios[0]
    assert wide.low < ratio.low < ratio.estimate < ratio.high < wide.high


@pytest.mark.parametrize("name", ["ties", "estimator", "interval"])
def test_words(name: str) -> None:
    """Options are words, and the right ones are listed."""
    wrong: Any = {name: "exact"}
    with pytest.raises(InputError, match=f"{name} must be one of"):
        cox_regression([1, 2], [1, 1], {"x": [0, 1]}, **wrong)
