import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.optimize import minimize

from iph.errors import DataError, InputError
from iph.stats import LogisticRegression, logistic_regression

DEGREES = [66, 70, 69, 68, 67, 72, 73, 70, 57, 63, 70, 78, 67, 53, 67, 75, 70, 81, 76]
DEGREES += [79, 75, 76, 58]
DAMAGE = [0, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1]

Patients = list[tuple[bool, int, int, int]]
PATIENTS: Any = st.lists(
    st.tuples(st.booleans(), st.integers(0, 4), st.integers(-2, 2), st.integers(1, 3)),
    min_size=5,
    max_size=25,
)


def column(model: LogisticRegression, name: str) -> list[Any]:
    """Return one attribute of all odds ratios."""
    return [getattr(ratio, name) for ratio in model.odds_ratios]


def test_reference(reference: Callable[[str], list[dict[str, Any]]]) -> None:
    """Estimates, tests and profile intervals are those of R's glm; Firth's of brglm."""
    cases = reference("logistic.json")
    assert len(cases) >= 80
    separated = 0
    for case in cases:
        given_, out = (case["outcome"], case["x"]), case.get("out")
        options: dict[str, Any] = {
            "weights": case.get("weights"),
            "min_events_per_covariate": 0,
        }
        firth = logistic_regression(
            *given_, estimator="firth", interval="wald", **options
        )
        found = [firth.intercept, *column(firth, "coefficient")]
        # Where brglm stops.
        np.testing.assert_allclose(found, case["firth"]["coefficient"], rtol=1e-7)
        found = [firth.intercept_standard_error, *column(firth, "standard_error")]
        np.testing.assert_allclose(found, case["firth"]["standard_error"], rtol=1e-7)
        model = logistic_regression(*given_, **options)
        if case["separated"]:
            separated += 1
            assert (model.estimator, model.method) == ("firth", "profile")
            assert column(model, "coefficient") == column(firth, "coefficient")
            with pytest.raises(DataError, match="likelihood is monotone in a"):
                logistic_regression(*given_, estimator="maximum-likelihood", **options)
            continue
        assert out is not None
        assert (model.estimator, model.method) == ("maximum-likelihood", "profile")
        found = [model.intercept, *column(model, "coefficient")]
        np.testing.assert_allclose(found, out["coefficient"], rtol=1e-9, atol=1e-11)
        found = [model.intercept_standard_error, *column(model, "standard_error")]
        np.testing.assert_allclose(found, out["standard_error"], rtol=1e-9)
        for name in ("log_likelihood", "null_log_likelihood"):
            assert getattr(model, name) == pytest.approx(out[name], rel=1e-11)
        assert model.score.statistic == pytest.approx(out["score"], rel=1e-9)
        bounds = list(zip(column(model, "low"), column(model, "high"), strict=True))
        np.testing.assert_allclose(bounds, out["profile"], rtol=1e-9)
        wald = logistic_regression(*given_, interval="wald", **options)
        for name in ("z", "p_value"):
            np.testing.assert_allclose(
                column(wald, name), out[name], rtol=1e-9, atol=1e-11
            )
    assert separated >= 10


def test_challenger() -> None:
    """The coefficients are the 15.04 and -0.232 that are printed everywhere."""
    model = logistic_regression(DAMAGE, {"degrees": DEGREES})
    assert round(model.intercept, 2) == 15.04
    assert round(model.odds_ratios[0].coefficient, 3) == -0.232
    assert (model.n, model.n_events, model.n_missing) == (23, 7, 0)
    assert model.likelihood_ratio.statistic == pytest.approx(7.952, abs=5e-4)


def test_two_by_two() -> None:
    """One yes/no covariate gives the odds ratio of the table, its error by Woolf."""
    model = logistic_regression(
        [1, 0, 1, 0], {"arm": [0, 0, 1, 1]}, weights=[6, 14, 12, 9], interval="wald"
    )
    (ratio,) = model.odds_ratios
    assert ratio.estimate == pytest.approx(12 * 14 / (6 * 9), rel=1e-12)
    woolf = math.sqrt(1 / 6 + 1 / 14 + 1 / 12 + 1 / 9)
    assert ratio.standard_error == pytest.approx(woolf, rel=1e-12)
    assert model.intercept == pytest.approx(math.log(6 / 14), rel=1e-12)
    # The score test is the chi-square of Pearson.
    assert model.score.statistic == pytest.approx(
        41 * (6 * 9 - 14 * 12) ** 2 / (20 * 21 * 18 * 23), rel=1e-12
    )


def test_two_by_two_firth() -> None:
    """In a saturated table Firth's penalty adds one half to each cell."""
    model = logistic_regression(
        [1, 0, 1, 0],
        {"arm": [0, 0, 1, 1]},
        weights=[0, 14, 7, 9],
        min_events_per_covariate=0,
    )
    assert model.estimator == "firth"
    expected = 7.5 * 14.5 / (0.5 * 9.5)
    assert model.odds_ratios[0].estimate == pytest.approx(expected, rel=1e-10)


@given(PATIENTS)
def test_estimates(patients: Patients) -> None:
    """The slope is 0 at the estimate; it is finite, whatever the patients are."""
    yes, a, b, weights = map(np.array, zip(*patients, strict=True))
    assume(0 < yes.sum() < yes.size)
    x = np.column_stack((np.ones(a.size), a, b))
    assume(np.linalg.matrix_rank(x) == 3)
    model = logistic_regression(
        yes, {"a": a, "b": b}, weights=weights, min_events_per_covariate=0
    )
    place = np.array([model.intercept, *column(model, "coefficient")])
    chance = 1 / (1 + np.exp(-x @ place))
    spread = weights * chance * (1 - chance)
    information = (x.T * spread) @ x
    slope = x.T @ (weights * (yes - chance))
    if model.estimator == "firth":
        leverage = spread * np.einsum("ij,ji->i", x, np.linalg.solve(information, x.T))
        slope += x.T @ (leverage * (0.5 - chance))
    step = np.linalg.solve(information, slope)
    assert float(slope @ step) < 1e-16
    errors = np.sqrt(np.diag(np.linalg.inv(information)))
    assert column(model, "standard_error") == pytest.approx(errors[1:], rel=1e-6)
    for ratio in model.odds_ratios:
        assert 0 < ratio.low < ratio.estimate < ratio.high < math.inf


@given(PATIENTS, st.sampled_from([1e-5, 1.0, 1e6]), st.integers(-50, 50))
def test_invariance(patients: Patients, unit: float, origin: int) -> None:
    """Units, origins, order and counts instead of rows change nothing."""
    yes, a, b, weights = map(np.array, zip(*patients, strict=True))
    assume(0 < yes.sum() < yes.size)
    assume(np.linalg.matrix_rank(np.column_stack((np.ones(a.size), a, b))) == 3)
    options: dict[str, Any] = {"min_events_per_covariate": 0, "interval": "wald"}
    one = logistic_regression(yes, {"a": a, "b": b}, weights=weights, **options)
    rows = np.repeat(np.arange(a.size), weights)[::-1]
    two = logistic_regression(
        yes[rows], {"a": unit * (a[rows] - origin), "b": b[rows]}, **options
    )
    assert one.estimator == two.estimator
    assert (one.n, one.n_events) == (two.n, two.n_events)
    assert two.c_statistic == pytest.approx(one.c_statistic, rel=1e-9)
    for name in ("z", "p_value"):
        np.testing.assert_allclose(
            column(two, name), column(one, name), rtol=1e-6, atol=1e-9
        )
    for name in ("likelihood_ratio", "score", "wald"):
        assert getattr(two, name).statistic == pytest.approx(
            getattr(one, name).statistic, rel=1e-6, abs=1e-9
        )


def test_firth_by_definition() -> None:
    """A separated covariate: the penalized likelihood as defined has its top there."""
    rng = np.random.default_rng(3)
    a = np.repeat([0.0, 1.0], [12, 6])
    b = rng.normal(size=18)
    yes = np.where(a == 1, 1, rng.integers(0, 2, 18))
    model = logistic_regression(yes, {"a": a, "b": b}, min_events_per_covariate=0)
    assert model.estimator == "firth"
    x = np.column_stack((np.ones(18), a, b))

    def penalized(place: np.ndarray) -> float:
        chance = 1 / (1 + np.exp(-x @ place))
        likelihood = np.log(np.where(yes, chance, 1 - chance)).sum()
        size = np.linalg.slogdet((x.T * (chance * (1 - chance))) @ x)[1]
        return float(likelihood + size / 2)

    def loss(place: np.ndarray) -> float:
        return -penalized(place)

    best = minimize(loss, np.zeros(3), tol=1e-12)
    place = [model.intercept, *column(model, "coefficient")]
    np.testing.assert_allclose(place, best.x, atol=1e-5)
    assert model.log_likelihood == pytest.approx(penalized(np.array(place)), rel=1e-12)

    def held(value: float, others: np.ndarray) -> float:
        return loss(np.array([others[0], value, others[1]]))

    # The profile: the rest at its best with the first coefficient held at the bound.
    for bound in (model.odds_ratios[0].low, model.odds_ratios[0].high):
        rest = minimize(partial(held, math.log(bound)), [0, 0])
        lost = 2 * (model.log_likelihood + rest.fun)
        assert lost == pytest.approx(3.8414588206941227, rel=1e-6)


def test_tests_agree_for_many() -> None:
    """With many patients the three tests are the same, and so are both intervals."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=20_000)
    yes = rng.random(20_000) < 1 / (1 + np.exp(1.0 - 0.05 * x))
    model = logistic_regression(yes, {"x": x})
    wald = logistic_regression(yes, {"x": x}, interval="wald")
    tests = model.likelihood_ratio, model.score, model.wald
    statistics = [test.statistic for test in tests]
    np.testing.assert_allclose(statistics, statistics[0], rtol=1e-3)
    assert [test.method for test in tests] == ["likelihood ratio", "score", "wald"]
    assert column(model, "low") == pytest.approx(column(wald, "low"), rel=1e-3)
    assert model.c_statistic == pytest.approx(0.51, abs=0.02)


def test_missing_and_labels() -> None:
    """A row with any value missing is left out and counted with its weight."""
    outcome: list[int | None] = [*DAMAGE, None]
    shift: list[str | None] = [*(["a", "b"] * 11), None, "a"]
    model = logistic_regression(
        outcome,
        {"degrees": [*DEGREES, 70], "shift": shift},
        weights=[1] * 22 + [3, 2],
        min_events_per_covariate=0,
    )
    assert (model.n, model.n_events, model.n_missing) == (22, 6, 5)
    assert column(model, "name") == ["degrees", "shift[b]"]


def test_refusals() -> None:
    """Data that cannot carry the model are refused, with what to do."""
    with pytest.raises(DataError, match="7 events cannot carry 1 covariates with at "):
        logistic_regression(DAMAGE, {"x": DEGREES}, min_events_per_covariate=8)
    without = [1 - y for y in DAMAGE]
    with pytest.raises(DataError, match="7 events cannot carry"):
        logistic_regression(without, {"x": DEGREES}, min_events_per_covariate=8)
    for outcome in ([0] * 23, [1] * 23):
        with pytest.raises(DataError, match="with the outcome and without it"):
            logistic_regression(outcome, {"x": DEGREES}, min_events_per_covariate=0)
    with pytest.raises(DataError, match="covariate y is constant among the complete"):
        logistic_regression(DAMAGE, {"y": [4] * 23})
    with pytest.raises(DataError, match="covariates x, y are collinear"):
        logistic_regression(
            DAMAGE,
            {"x": DEGREES, "y": [2 * d for d in DEGREES]},
            min_events_per_covariate=0,
        )
    with pytest.raises(InputError, match="x must be as long as outcome"):
        logistic_regression(DAMAGE, {"x": [1, 2]})
    with pytest.raises(InputError, match="interval must be one of"):
        logistic_regression(DAMAGE, {"x": DEGREES}, interval="exact")  # type: ignore[arg-type] # on purpose
