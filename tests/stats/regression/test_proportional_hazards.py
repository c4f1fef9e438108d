import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from iph.errors import DataError, InputError
from iph.stats import cox_regression, proportional_hazards

SCALES: Any = ("km", "rank", "identity", "log")


def test_reference(reference: Callable[[str], list[dict[str, Any]]]) -> None:
    """Each covariate and all together are tested as by R's cox.zph, on four scales."""
    for case in reference("cox_models.json"):
        options: dict[str, Any] = {
            name: case[name]
            for name in ("entry", "strata", "weights", "ties")
            if name in case
        }
        for scale in SCALES:
            test = proportional_hazards(
                case["time"], case["event"], case["x"], scale=scale, **options
            )
            tests = [*test.covariates, test]
            for name in ("statistic", "df", "p_value"):
                found = [getattr(each, name) for each in tests]
                np.testing.assert_allclose(
                    found, case["out"]["zph"][scale][name], rtol=1e-9, atol=1e-12
                )
            assert [each.name for each in test.covariates] == ["a", "b", "c"]


@pytest.mark.parametrize("scale", ["identity", "log"])
def test_as_a_covariate_that_changes(scale: Any) -> None:
    """The test is the score test of one more column that changes with time.

    Written as rows cut at every event, each with the value of that time, the columns
    are ordinary ones. Two models, with and without the second, differ by the score.
    """
    rng = np.random.default_rng(8)
    n = 25
    time, event = rng.permutation(n) + 1.0, rng.random(n) < 0.8
    x = rng.normal(size=n)
    cuts = [0.0, *np.sort(time[event])]
    rows = [
        (start, min(stop, t), e and t == stop, v, v * stop)
        for t, e, v in zip(time, event, x, strict=True)
        for start, stop in itertools.pairwise(cuts)
        if start < t
    ]
    start, end, happened, plain, changing = map(np.array, zip(*rows, strict=True))
    if scale == "log":
        stops = changing / plain
        changing = plain * np.log(np.round(stops))
    found = proportional_hazards(time, event, {"x": x}, scale=scale)
    best = cox_regression(time, event, {"x": x}).hazard_ratios[0].coefficient
    # The score at (best, 0), from scratch: sums over the rows at risk.
    slope, information = np.zeros(2), np.zeros((2, 2))
    for stop in cuts[1:]:
        at_risk = end == stop
        at_risk |= (start < stop) & (end >= stop)
        z = np.column_stack((plain, changing))[at_risk]
        w = np.exp(best * z[:, 0])
        mean = w @ z / w.sum()
        slope = slope + z[happened[at_risk]][0] - mean
        information += (z - mean).T @ ((z - mean) * w[:, None]) / w.sum()
    expected = slope @ np.linalg.solve(information, slope)
    assert found.statistic == pytest.approx(expected, rel=1e-9)
    assert found.covariates[0].statistic == pytest.approx(found.statistic, rel=1e-12)


def test_units_do_not_matter() -> None:
    """A covariate in other units has the same test."""
    rng = np.random.default_rng(9)
    time, event = rng.permutation(30) + 1, rng.random(30) < 0.8
    x = rng.normal(size=(2, 30))
    one = proportional_hazards(time, event, {"x": x[0], "y": x[1]})
    two = proportional_hazards(time, event, {"x": 1e200 * x[0], "y": x[1] / 1e6})
    found = [
        [*(each.statistic for each in test.covariates), test.statistic]
        for test in (one, two)
    ]
    np.testing.assert_allclose(found[0], found[1], rtol=1e-9)


def test_effect_that_fades_is_found() -> None:
    """Ratios that turn round within the follow-up are not proportional."""
    early, late = list(range(1, 41)), list(range(41, 81))
    group = [1] * 30 + [0] * 10 + [0] * 30 + [1] * 10
    test = proportional_hazards(early + late, [1] * 80, {"group": group})
    assert test.p_value < 0.01
    assert (test.n, test.n_events, test.n_missing) == (80, 80, 0)
    assert (test.scale, test.ties, test.method) == ("km", "efron", "score")


@pytest.mark.parametrize("scale", SCALES)
def test_one_day_tells_nothing(scale: Any) -> None:
    """With events on one day only nothing can change."""
    test = proportional_hazards(
        [3, 3, 3, 5, 5], [1, 1, 0, 0, 0], {"x": [1, 4, 2, 3, 0]}, scale=scale
    )
    assert math.isnan(test.statistic)
    assert math.isnan(test.p_value)
    assert test.df == 0


def test_refusals() -> None:
    """A monotone likelihood has no estimate to start from; day 0 has no logarithm."""
    with pytest.raises(DataError, match="monotone in x"):
        proportional_hazards([1, 2, 3, 4], [1, 1, 1, 1], {"x": [0, 0, 1, 1]})
    with pytest.raises(DataError, match="events after day 0"):
        proportional_hazards(
            [0, 2, 3, 4], [1, 1, 1, 1], {"x": [0, 1, 1, 0]}, scale="log"
        )
    with pytest.raises(InputError, match="scale must be one of"):
        proportional_hazards([1, 2], [1, 1], {"x": [0, 1]}, scale="gehan")  # type: ignore[arg-type] # on purpose
