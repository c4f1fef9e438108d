"""One group against a published curve."""

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from iph.errors import InputError
from iph.stats import one_sample_logrank
from iph.testing import survival_data

CURVE: dict[str, Any] = {
    "curve_days": [7, 30, 1000],
    "curve_survival": [0.8, 0.5, 0.1],
}


def naive_hazard(day: float) -> float:
    """Return what `CURVE` expects of a patient followed to a day."""
    points = [(0, 1.0), (7, 0.8), (30, 0.5), (1000, 0.1)]
    for (start, high), (end, low) in itertools.pairwise(points):
        if day <= end:
            share = high * (low / high) ** ((day - start) / (end - start))
            return -math.log(share)
    raise AssertionError(day)


def test_reference(reference: Callable[[str], list[dict[str, Any]]]) -> None:
    """Events, chi-square, tails and bounds are those of R."""
    for case in reference("one_sample_logrank.json"):
        last = 200
        curve: dict[str, Any] = {
            "curve_days": [last],
            "curve_survival": [math.exp(-case["rate"] * last)],
        }
        given_ = (case["time"], case["event"])
        found = one_sample_logrank(*given_, **curve)
        assert found.observed == case["observed"]
        assert found.expected == pytest.approx(case["expected"])
        assert found.statistic == pytest.approx(case["chi_square"])
        bounds = (found.ratio.low, found.ratio.high)
        assert bounds == pytest.approx(tuple(case["bounds"]))
        tails = (case["less"], case["greater"])
        assert found.p_value == pytest.approx(min(1.0, 2 * min(tails)))
        less = one_sample_logrank(*given_, alternative="less", **curve)
        greater = one_sample_logrank(*given_, alternative="greater", **curve)
        assert (less.p_value, greater.p_value) == pytest.approx(tails)


@given(data=survival_data())
def test_naive(data: Any) -> None:
    """The expected events are summed patient by patient along the curve."""
    time, event, _ = data
    found = one_sample_logrank(time, event, **CURVE)
    expected = math.fsum(map(naive_hazard, time))
    assert found.observed == sum(event)
    assert found.expected == pytest.approx(expected, abs=1e-12)
    assert found.n == len(time)
    if expected:
        assert found.ratio.estimate == pytest.approx(sum(event) / expected)
        assert found.ratio.low <= found.ratio.estimate <= found.ratio.high
        # Interval and two-sided test are of one kind.
        outside = not found.ratio.low <= 1.0 <= found.ratio.high
        if abs(found.p_value - 0.05) > 1e-9:
            assert outside == (found.p_value < 0.05)
        upper = stats.poisson.sf(sum(event) - 1, expected)
        lower = stats.poisson.cdf(sum(event), expected)
        assert found.p_value == pytest.approx(min(1.0, 2 * min(upper, lower)))


@given(
    data=survival_data(),
    counts=st.lists(st.integers(0, 3), min_size=60, max_size=60),
)
def test_weights_are_repeated_rows(data: Any, counts: list[int]) -> None:
    """Case counts give what the repeated rows give."""
    time, event, _ = data
    weights = counts[: len(time)]
    several = [
        pair
        for pair, w in zip(zip(time, event, strict=True), weights, strict=True)
        for _ in range(w)
    ]
    found = one_sample_logrank(time, event, weights=weights, **CURVE)
    other = one_sample_logrank(
        [t for t, _ in several], [e for _, e in several], **CURVE
    )
    assert (found.observed, found.n) == (other.observed, other.n)
    assert found.expected == pytest.approx(other.expected)
    assert found.p_value == pytest.approx(other.p_value, nan_ok=True)


def test_missing_and_nothing_expected() -> None:
    """Who has no time or event is counted; on day 0 nothing is expected."""
    found = one_sample_logrank([5, None, 9], [True, True, None], **CURVE)
    assert (found.n, found.n_missing) == (1, 2)
    nobody = one_sample_logrank([0, 0], [True, False], **CURVE)
    assert nobody.expected == 0.0
    assert math.isnan(nobody.p_value)
    assert (nobody.ratio.low, nobody.ratio.high) == (0.0, math.inf)
    day_0 = one_sample_logrank(
        [5], [True], curve_days=[0, 10], curve_survival=[1, 0.25]
    )
    assert day_0.expected == pytest.approx(math.log(2.0))


@pytest.mark.parametrize(
    ("days", "shares", "message"),
    [
        ([5], [0.5], "as long as the longest time"),
        ([30, 20], [0.5, 0.4], "in rising order"),
        ([20, 30], [0.4, 0.5], "do not rise"),
        ([20, 30], [0.4, 0.0], "shares above 0"),
        ([20, 30], [0.4], "as long as curve_days"),
        ([0, 30], [0.9, 0.5], "1 on day 0"),
        ([], [], "at least one day"),
        ([20, None], [0.5, 0.4], "none missing"),
        ([30], [1.5], "curve_survival"),
    ],
)
def test_refused(days: Any, shares: Any, message: str) -> None:
    """A curve that is none, or is too short, is refused."""
    with pytest.raises(InputError, match=message):
        one_sample_logrank([10], [True], curve_days=days, curve_survival=shares)


def test_arrays() -> None:
    """Arrays are taken like lists."""
    found = one_sample_logrank(
        np.array([3, 9]),
        np.array([True, False]),
        curve_days=np.array([10.0]),
        curve_survival=np.array([0.5]),
    )
    assert found.expected == pytest.approx(1.2 * math.log(2.0))
