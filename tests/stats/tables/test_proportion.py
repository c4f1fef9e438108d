"""Proportions and the difference of two."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.errors import InputError
from iph.stats import proportion, proportion_difference
from iph.stats._tables.proportion import ProportionMethod

METHODS: tuple[ProportionMethod, ...] = ("wilson", "clopper-pearson", "jeffreys")
LEVELS = st.sampled_from([0.5, 0.8, 0.9, 0.95, 0.99, 0.999])


@st.composite
def counts_of(draw: st.DrawFn, *, least: int = 1) -> tuple[int, int]:
    """Draw a count and the number of patients it is out of."""
    n = draw(st.integers(least, 300))
    return draw(st.integers(0, n)), n


def test_newcombe_1998_single() -> None:
    """The score interval of Newcombe's Table I, as printed."""
    for count, n, low, high in [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ]:
        found = proportion(count, n)
        assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_newcombe_1998_difference() -> None:
    """Method 10 of Newcombe's Table II, all eight examples, as printed."""
    for counts, low, high in [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((0, 10, 0, 10), -0.2775, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0),
        ((10, 10, 0, 10), 0.6075, 1.0),
    ]:
        found = proportion_difference(*counts)
        assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_r(reference: Callable[[str], list[dict[str, Any]]]) -> None:
    """All three intervals are those of R."""
    cases = [c for c in reference("description.json") if c["kind"] == "proportion"]
    assert len(cases) == 200
    for case in cases:
        for method, key in zip(METHODS, ("wilson", "exact", "jeffreys"), strict=True):
            found = proportion(
                case["count"],
                case["n"],
                confidence_level=case["level"],
                method=method,
            )
            np.testing.assert_allclose(
                [found.low, found.high], case[key], rtol=1e-9, atol=1e-12
            )


@given(counts_of(), st.sampled_from(METHODS), LEVELS)
def test_interval_holds_estimate(
    counts: tuple[int, int], method: ProportionMethod, confidence_level: float
) -> None:
    """The interval holds the estimate and stays within 0 and 1."""
    found = proportion(*counts, method=method, confidence_level=confidence_level)
    assert 0.0 <= found.low <= found.estimate <= found.high <= 1.0


@given(counts_of(), st.sampled_from(METHODS), LEVELS, LEVELS)
def test_interval_grows_with_level(
    counts: tuple[int, int], method: ProportionMethod, one: float, other: float
) -> None:
    """A higher level gives an interval that holds the other."""
    inner = proportion(*counts, method=method, confidence_level=min(one, other))
    outer = proportion(*counts, method=method, confidence_level=max(one, other))
    assert outer.low <= inner.low
    assert inner.high <= outer.high


@given(counts_of(), st.sampled_from(METHODS), st.integers(2, 20))
def test_interval_shrinks_with_n(
    counts: tuple[int, int], method: ProportionMethod, times: int
) -> None:
    """More patients at the same share give a shorter interval."""
    k, n = counts
    few = proportion(k, n, method=method)
    many = proportion(k * times, n * times, method=method)
    assert many.high - many.low < few.high - few.low


@given(counts_of(), st.sampled_from(METHODS), LEVELS)
def test_mirror(
    counts: tuple[int, int], method: ProportionMethod, confidence_level: float
) -> None:
    """Having a finding and not having it mirror each other."""
    k, n = counts
    found = proportion(k, n, method=method, confidence_level=confidence_level)
    other = proportion(n - k, n, method=method, confidence_level=confidence_level)
    np.testing.assert_allclose(
        [1.0 - other.high, 1.0 - other.low], [found.low, found.high], atol=1e-14
    )


@given(st.integers(1, 10**9), st.sampled_from(METHODS), LEVELS)
def test_none_and_all(
    n: int, method: ProportionMethod, confidence_level: float
) -> None:
    """With 0 of n the lower bound is exactly 0; with n of n the upper exactly 1."""
    none = proportion(0, n, method=method, confidence_level=confidence_level)
    every = proportion(n, n, method=method, confidence_level=confidence_level)
    assert none.low == 0.0 == none.estimate
    assert every.high == 1.0 == every.estimate
    assert none.high > 0.0
    assert every.low < 1.0


@given(counts_of(), counts_of(), LEVELS)
def test_difference_swaps(
    first: tuple[int, int], second: tuple[int, int], confidence_level: float
) -> None:
    """Swapping the groups changes the sign and mirrors the interval."""
    one = proportion_difference(*first, *second, confidence_level=confidence_level)
    two = proportion_difference(*second, *first, confidence_level=confidence_level)
    assert -1.0 <= one.low <= one.estimate <= one.high <= 1.0
    assert one.estimate == -two.estimate
    np.testing.assert_allclose([-two.high, -two.low], [one.low, one.high], atol=1e-14)


def test_no_patients() -> None:
    """Of nobody nothing is known."""
    for method in METHODS:
        found = proportion(0, 0, method=method, n_missing=3)
        assert math.isnan(found.estimate)
        assert (found.low, found.high, found.n, found.n_missing) == (0.0, 1.0, 0, 3)
    for counts in [(0, 0, 1, 2), (1, 2, 0, 0), (0, 0, 0, 0)]:
        difference = proportion_difference(*counts)
        assert math.isnan(difference.estimate)
        assert (difference.low, difference.high) == (-1.0, 1.0)


def test_large_counts() -> None:
    """At a billion patients the bound of a rare finding keeps its digits."""
    found = proportion(0, 10**9)
    assert found.high == pytest.approx(3.8414588e-9, rel=1e-7)


def test_refused() -> None:
    """Impossible counts and levels are refused with the argument's name."""
    with pytest.raises(InputError, match="count must be a whole number from 0 to 3"):
        proportion(4, 3)
    with pytest.raises(InputError, match="n must be a whole number of at least 0"):
        proportion(0, -1)
    with pytest.raises(InputError, match=r"did you mean 0\.95"):
        proportion(1, 3, confidence_level=95)
    with pytest.raises(InputError, match="method must be one of 'wilson'"):
        proportion(1, 3, method="wald")  # type: ignore[arg-type] # refused
    with pytest.raises(InputError, match="count2 must be a whole number from 0 to 2"):
        proportion_difference(1, 3, 3, 2)
