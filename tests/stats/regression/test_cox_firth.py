"""Firth's penalized likelihood, against its definition, maximized by brute force."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from scipy.optimize import brentq, minimize_scalar

from iph.errors import DataError
from iph.stats import cox_regression, logistic_regression
from iph.testing import survival_data

Rows = tuple[list[int], list[bool], list[int]]
DAYS = list(range(1, 13))
SIX = [0] * 6 + [1] * 6


def penalized(b: float, time: Any, event: Any, x: Any, ties: str) -> float:
    """Return the penalized log-likelihood of one coefficient, event by event."""
    value = information = 0.0
    for day in sorted({t for t, e in zip(time, event, strict=True) if e}):
        tied = [x[i] for i, t in enumerate(time) if t == day and event[i]]
        others = [x[i] for i, t in enumerate(time) if t >= day]
        others = [*others]
        for v in tied:
            others.remove(v)
        for place in range(len(tied)):
            share = 1.0 if ties == "breslow" else 1.0 - place / len(tied)
            pairs = [(v, math.exp(b * v)) for v in others]
            pairs += [(v, share * math.exp(b * v)) for v in tied]
            total = sum(w for _, w in pairs)
            mean = sum(v * w for v, w in pairs) / total
            information += sum((v - mean) ** 2 * w for v, w in pairs) / total
            value += b * tied[place] - math.log(total)
    return value + 0.5 * math.log(information) if information > 0 else -math.inf


def brute(time: Any, event: Any, x: Any, ties: str) -> tuple[float, float, float]:
    """Return the best coefficient and the bounds of its profile interval."""

    def loss(b: float) -> float:
        return -penalized(b, time, event, x, ties)

    best = minimize_scalar(loss, bracket=(-1.0, 1.0), tol=1e-10)
    limit = best.fun + 3.8414588206941227 / 2

    def over(b: float) -> float:
        return loss(b) - limit

    low, high = best.x - 1.0, best.x + 1.0
    while over(low) < 0:
        low -= 1.0
    while over(high) < 0:
        high += 1.0
    return best.x, brentq(over, low, best.x), brentq(over, best.x, high)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize(
    ("time", "event", "x"),
    [
        (DAYS, [1] * 12, SIX),
        (DAYS, [1] * 12, [1, *SIX[1:]]),
        ([1, 1, 2, 2, 3, 3, 3, 4, 5, 5, 6, 6], [1, 1, 1, 0] * 3, SIX),
        ([1, 1, 2, 2, 3, 3, 3, 4, 5, 5, 6, 6], [1, 1, 1, 0] * 3, [0, 2, 5, 1] * 3),
    ],
)
def test_definition(time: Any, event: Any, x: Any, ties: Any) -> None:
    """Estimate and interval are those of the penalized likelihood as defined."""
    model = cox_regression(
        time,
        event,
        {"x": x},
        ties=ties,
        estimator="firth",
        min_events_per_covariate=0,
    )
    (ratio,) = model.hazard_ratios
    best, low, high = brute(time, event, x, ties)
    # A minimum is found to the root of a float's precision, a bound to all of it.
    assert ratio.coefficient == pytest.approx(best, abs=1e-6)
    np.testing.assert_allclose(np.log([ratio.low, ratio.high]), [low, high], rtol=1e-8)
    values = [penalized(b, time, event, x, ties) for b in (ratio.coefficient, 0.0)]
    assert [model.log_likelihood, model.null_log_likelihood] == pytest.approx(values)
    assert (model.estimator, model.method) == ("firth", "profile")


def test_reference(reference: Callable[[str], list[dict[str, Any]]]) -> None:
    """Two columns, Cox and logistic, half of them separated, are as by firthmodels."""
    cases = reference("firth.json")
    assert len(cases) >= 30
    options: dict[str, Any] = {"estimator": "firth", "min_events_per_covariate": 0}
    for case in cases:
        x = {"a": case["a"], "b": case["b"]}
        cox = cox_regression(case["time"], case["event"], x, ties="breslow", **options)
        logistic = logistic_regression(case["outcome"], x, **options)
        found: Any = (cox, cox.hazard_ratios), (logistic, logistic.odds_ratios)
        for (model, ratios), name in zip(found, ("cox", "logistic"), strict=True):
            out = case[name]
            assert model.log_likelihood == pytest.approx(out["log_likelihood"])
            # Where its search stops, and that of its bounds.
            coefficients = [ratio.coefficient for ratio in ratios]
            np.testing.assert_allclose(coefficients, out["coefficient"], atol=1e-7)
            bounds = np.log([[ratio.low, ratio.high] for ratio in ratios])
            theirs = np.array(out["bounds"], dtype=float)
            given = np.isfinite(theirs)
            assert given.any()
            np.testing.assert_allclose(bounds[given], theirs[given], atol=2e-4)


def test_coxphf() -> None:
    """Six against six without overlap: 0.031 (0.0002 to 0.286), as coxphf has it."""
    model = cox_regression(DAYS, [1] * 12, {"x": SIX})
    (ratio,) = model.hazard_ratios
    assert (model.estimator, model.method) == ("firth", "profile")
    assert round(ratio.estimate, 3) == 0.031
    assert round(ratio.low, 4) == 0.0002
    assert round(ratio.high, 3) == 0.286


@given(survival_data(groups=2, min_size=4, max_size=14))
def test_always_finite(rows: Rows) -> None:
    """Where the likelihood grows without end the estimate is Firth's, and finite."""
    time, event, group = rows
    first = min((t for t, e in zip(time, event, strict=True) if e), default=math.inf)
    seen = {g for t, g in zip(time, group, strict=True) if t >= first}
    assume(len(seen) == 2)
    options: dict[str, Any] = {"min_events_per_covariate": 0}
    firth = cox_regression(
        time, event, {"x": group}, estimator="firth", **options
    ).hazard_ratios[0]
    assert all(map(math.isfinite, (firth.estimate, firth.low, firth.high)))
    assert firth.low < firth.estimate < firth.high
    auto = cox_regression(time, event, {"x": group}, **options)
    try:
        plain = cox_regression(
            time, event, {"x": group}, estimator="maximum-likelihood", **options
        )
    except DataError:
        assert auto.estimator == "firth"
        assert auto.hazard_ratios == (firth,)
    else:
        assert auto.hazard_ratios == plain.hazard_ratios
        assert auto.estimator == "maximum-likelihood"


def test_two_columns_and_their_units() -> None:
    """The penalty does not depend on units, nor on which columns stand for the same."""
    rng = np.random.default_rng(5)
    a, b = rng.normal(size=30), rng.integers(0, 2, 30)
    time, event = rng.integers(1, 20, 30), rng.random(30) < 0.8
    one = cox_regression(time, event, {"a": a, "b": b}, estimator="firth")
    two = cox_regression(
        time, event, {"a": 1e6 * a - 3.0, "b": b + a}, estimator="firth"
    )
    first, second = ([r.coefficient for r in m.hazard_ratios] for m in (one, two))
    assert second[1] == pytest.approx(first[1], rel=1e-9)
    assert 1e6 * second[0] + second[1] == pytest.approx(first[0], rel=1e-9)
    for name in ("likelihood_ratio", "score", "wald"):
        found = [getattr(m, name).statistic for m in (one, two)]
        assert found[0] == pytest.approx(found[1], rel=1e-9)
    shift = math.log(1e6)  # of half the log determinant, twice
    assert two.log_likelihood - one.log_likelihood == pytest.approx(shift)
