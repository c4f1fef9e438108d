"""Rates of events that recur, and their ratio."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from iph.errors import InputError
from iph.stats import poisson_rate, rate_ratio

COUNTS = st.integers(0, 200)
TIMES = st.floats(0.01, 1e5)


def test_r(reference: Callable[[str], list[dict[str, Any]]]) -> None:
    """Both exact intervals are those of poisson.test in R."""
    cases = reference("rates.json")
    assert len(cases) == 120
    for case in cases:
        level = case["level"]
        if case["kind"] == "rate":
            found = poisson_rate(case["x"], case["t"], confidence_level=level)
        else:
            found = rate_ratio(
                case["x"], case["t"], case["y"], case["u"], confidence_level=level
            )
        np.testing.assert_allclose(
            [found.low, found.high],
            [float(case["low"]), float(case["high"])],
            rtol=1e-9,
            atol=1e-12,
        )


@pytest.mark.parametrize("events", range(13))
def test_agrees_with_the_central_test(events: int) -> None:
    """A mean is in the interval exactly if twice the smaller tail exceeds 5 %."""
    found = poisson_rate(events, 1.0)
    for mean in np.linspace(0.013, 30, 400):
        smaller = min(
            stats.poisson.cdf(events, mean), stats.poisson.sf(events - 1, mean)
        )
        assert (found.low < mean < found.high) == (2 * smaller > 0.05)


def test_guaranteed_coverage() -> None:
    """The exact interval holds in at least 95 % of samples at every mean tried."""
    found = [poisson_rate(k, 1.0) for k in range(120)]
    for mean in np.linspace(0.05, 40, 300):
        held = math.fsum(
            stats.poisson.pmf(k, mean)
            for k, one in enumerate(found)
            if one.low <= mean <= one.high
        )
        assert held >= 0.95 - 1e-9


@given(COUNTS, TIMES, st.sampled_from([0.5, 0.9, 0.95, 0.99]))
def test_mid_p(events: int, time: float, level: float) -> None:
    """At a bound the tail with half of the count observed is half of 1 - level."""
    found = poisson_rate(events, time, method="mid-p", confidence_level=level)
    tail = (1 - level) / 2
    upper = stats.poisson(found.high * time)
    assert upper.cdf(events) - upper.pmf(events) / 2 == pytest.approx(tail, rel=1e-6)
    if events:
        lower = stats.poisson(found.low * time)
        assert lower.sf(events) + lower.pmf(events) / 2 == pytest.approx(tail, rel=1e-6)
    else:
        assert found.low == 0.0
    exact = poisson_rate(events, time, confidence_level=level)
    assert exact.low <= found.low <= found.estimate <= found.high <= exact.high


@given(COUNTS, TIMES, COUNTS, TIMES, st.sampled_from(["exact", "mid-p"]))
def test_ratio_swaps(x: int, t: float, y: int, u: float, method: Any) -> None:
    """Swapping the groups inverts the ratio; it lies in its interval."""
    one = rate_ratio(x, t, y, u, method=method)
    two = rate_ratio(y, u, x, t, method=method)
    if x + y == 0:
        assert math.isnan(one.estimate)
        assert (one.low, one.high) == (0.0, math.inf)
        return
    assert one.low <= one.estimate * (1 + 1e-12)
    assert one.estimate <= one.high * (1 + 1e-12)
    if one.low > 0:
        assert two.high == pytest.approx(1 / one.low, rel=1e-6)


@pytest.mark.parametrize("method", ["exact", "mid-p"])
def test_ratio_agrees_with_its_test(method: Any) -> None:
    """A ratio of 1 is left out exactly if the binomial p-value is at most .05."""
    for x in range(15):
        for y in range(15):
            if x + y == 0:
                continue
            law = stats.binom(x + y, 1 / 3)  # the first group seen half as long
            half = law.pmf(x) / 2 if method == "mid-p" else 0.0
            p_value = 2 * min(law.cdf(x) - half, law.sf(x - 1) - half)
            found = rate_ratio(x, 1.0, y, 2.0, method=method)
            assert (not found.low <= 1.0 <= found.high) == (p_value <= 0.05)


def test_refused() -> None:
    """Times that are none and counts that are not whole are refused."""
    with pytest.raises(InputError, match="time must be a length of time above 0"):
        poisson_rate(1, 0)
    with pytest.raises(InputError, match="time2 must be a length of time above 0"):
        rate_ratio(1, 2, 3, math.inf)
    with pytest.raises(InputError, match="events must be a whole number"):
        poisson_rate(1.5, 1)  # type: ignore[arg-type] # refused
    for time in (1e-141, 1e141, 10**400):
        with pytest.raises(InputError, match="time must be a length of time above 0"):
            poisson_rate(1, time)
        with pytest.raises(InputError, match="time1 must be a length of time above 0"):
            rate_ratio(1, time, 1, 1)
    for events in (2**53 + 1, 10**400):
        with pytest.raises(InputError, match="events must be a whole number"):
            poisson_rate(events, 1)
        with pytest.raises(InputError, match="events2 must be a whole number"):
            rate_ratio(1, 1, events, 1)
    with pytest.raises(InputError, match=r"at most 2\*\*53 events together"):
        rate_ratio(2**53, 1, 2**53, 1)


@given(
    st.integers(0, 2**52),
    st.floats(1e-140, 1e140),
    st.integers(0, 2**52),
    st.floats(1e-140, 1e140),
    st.sampled_from(["exact", "mid-p"]),
)
def test_any_counts_and_times(x: int, t: float, y: int, u: float, method: Any) -> None:
    """The largest counts and the strangest units of time give bounds in order."""
    rate = poisson_rate(x, t, method=method)
    assert 0.0 <= rate.low <= rate.estimate <= rate.high < math.inf
    ratio = rate_ratio(x, t, y, u, method=method)
    assert 0.0 <= ratio.low <= ratio.high
    assert math.isnan(ratio.estimate) == (x + y == 0)
