"""Median and quartiles of samples in which some values are known by a bound alone."""

import itertools
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph import Bound
from iph.errors import InputError
from iph.stats import (
    ValueRange,
    bounded_median_interval,
    bounded_quartiles,
    mann_whitney,
    median_interval,
    quantile,
    quartiles,
)
from iph.testing import bounded_scores, scores

RULES = st.integers(1, 9)
SAMPLES = bounded_scores(min_groups=1, max_groups=1).map(lambda drawn: drawn[0])
FEW = bounded_scores(min_groups=1, max_groups=1, max_size=4).map(lambda drawn: drawn[0])
FAR, NEAR = 2**20, Fraction(1, 2**20)
QUARTERS = Fraction(1, 4), Fraction(1, 2), Fraction(3, 4)


def fillings(value: Any) -> list[Fraction]:
    """Return values that a bound may stand for: its limit, just beyond it, far out."""
    if not isinstance(value, Bound):
        return [Fraction(value)]
    way = -1 if value.operator[0] == "<" else 1
    limit = Fraction(value.value)
    at = [limit] if value.operator in ("<=", ">=") else []
    return [*at, limit + way * NEAR, Fraction(way * FAR)]


def completions(values: list[Any]) -> list[list[Fraction]]:
    """Return samples that the bounds allow, with all mixtures of the extremes."""
    return [list(one) for one in itertools.product(*map(fillings, values))]


def naive(values: list[Fraction], p: Fraction, number: int) -> Fraction:
    """Hyndman and Fan's definitions of four rules, from a sorted list."""
    x, n = sorted(values), len(values)
    place = {
        1: n * p,
        2: n * p,
        6: (n + 1) * p,
        7: (n - 1) * p + 1,
    }[number]
    low = math.floor(place)
    share = place - low
    if number == 1:
        share = Fraction(share > 0)
    if number == 2:
        share = Fraction(1) if share else Fraction(1, 2)
    below, above = (x[min(max(rank, 1), n) - 1] for rank in (low, low + 1))
    return (1 - share) * below + share * above


def holds(told: ValueRange, seen: list[Fraction]) -> None:
    """Check limits against the figure of each completion: none beyond, and sharp."""
    least, most = min(seen), max(seen)
    for end, limit, included in (
        (least, told.low, told.includes_low),
        (most, told.high, told.includes_high),
    ):
        if math.isinf(limit):
            assert abs(end) > FAR / 8
            assert (end > 0) is (limit > 0)
            assert not included
        else:
            assert (end == Fraction(limit)) is included
            assert abs(end - Fraction(limit)) <= NEAR
    assert Fraction(told.low) <= least if math.isfinite(told.low) else True
    assert most <= Fraction(told.high) if math.isfinite(told.high) else True


@given(FEW, st.sampled_from([1, 2, 6, 7]))
def test_every_completion(values: list[Any], number: int) -> None:
    """The limits hold every way to fill the bounds, and some way comes up to each."""
    found = bounded_quartiles(values, method=number)
    ways = completions(values)
    for told, p in zip((found.q1, found.median, found.q3), QUARTERS, strict=True):
        holds(told, [naive(one, p, number) for one in ways])
    assert found.n == len(values)
    assert found.n_bounds == sum(isinstance(one, Bound) for one in values)


@given(FEW, st.sampled_from([0.25, 0.5, 0.75]))
def test_the_interval_holds_that_of_every_completion(
    values: list[Any], level: float
) -> None:
    """It is as wide as it must be, and no wider."""
    found = bounded_median_interval(values, confidence_level=level)
    ways = [list(map(float, one)) for one in completions(values)]
    made = [median_interval(one, confidence_level=level) for one in ways]
    assert found.achieved_level == made[0].achieved_level
    holds(found.median, [Fraction(one.estimate) for one in made])
    if math.isinf(made[0].low):
        assert (found.interval.low, found.interval.high) == (-math.inf, math.inf)
        assert found.interval.known is None
        return
    lows = [Fraction(one.low) for one in made]
    highs = [Fraction(one.high) for one in made]
    holds(found.interval, [min(lows), max(highs)])


@given(scores(), RULES)
def test_without_bounds(values: list[int], number: int) -> None:
    """A sample without bounds has the quartiles that `quartiles` gives."""
    found = bounded_quartiles([*values, None], method=number)
    plain = quartiles([*values, None], method=number)
    told = [found.q1.known, found.median.known, found.q3.known]
    if values:
        assert told == [plain.q1, plain.median, plain.q3]
    else:
        assert told == [None] * 3
        assert math.isnan(found.median.low)
    assert (found.n, found.n_missing, found.n_bounds) == (len(values), 1, 0)
    assert found.method == plain.method
    interval, same = bounded_median_interval(values), median_interval(values)
    np.testing.assert_array_equal(
        [interval.interval.low, interval.interval.high], [same.low, same.high]
    )


@given(SAMPLES, RULES, st.data())
def test_counted(values: list[Any], number: int, data: st.DataObject) -> None:
    """A row that stands for three patients is three rows; one for none is no row."""
    cases = st.lists(st.integers(0, 3), min_size=len(values), max_size=len(values))
    counts = data.draw(cases)
    rows = [v for v, n in zip(values, counts, strict=True) for _ in range(n)]
    rows = data.draw(st.permutations(rows))
    assert bounded_quartiles(
        values, weights=counts, method=number
    ) == bounded_quartiles(rows, method=number)
    assert bounded_median_interval(values, weights=counts) == bounded_median_interval(
        rows
    )


@given(SAMPLES, RULES)
def test_mirrored(values: list[Any], number: int) -> None:
    """Of the values with their signs changed, the medians are too (symmetric rules)."""
    turned = [
        Bound(v.operator.translate(str.maketrans("<>", "><")), -v.value)
        if isinstance(v, Bound)
        else -v
        for v in values
    ]
    if number in (2, 5, 6, 7, 8, 9):  # the others round to one side
        here = bounded_quartiles(values, method=number)
        there = bounded_quartiles(turned, method=number)
        for one, other in ((here.q1, there.q3), (here.median, there.median)):
            assert (one.low, one.includes_low) == (-other.high, other.includes_high)
            assert (one.high, one.includes_high) == (-other.low, other.includes_low)


@pytest.mark.parametrize(
    ("values", "known"),
    [
        ([1, 2, Bound(">", 8)], 2.0),
        ([1, Bound(">", 8), Bound(">", 8)], Bound(">", 8)),
        ([1, Bound(">=", 8), Bound(">", 8)], Bound(">=", 8)),
        ([Bound("<", 1), Bound("<", 1), 3], Bound("<", 1)),
        ([Bound("<=", 1), Bound("<", 1), 3], Bound("<=", 1)),
        ([8, Bound(">", 8), 9, 9], None),
        ([Bound("<", 3), 5, Bound(">", 1)], None),
        ([Bound("<", 5), Bound(">", 3), 4], None),
        ([Bound("<", 5), Bound(">", 3)], None),
        ([0.1, 0.2, 0.3, Bound(">", 0.3)], 0.25),
        ([Bound(">", 8)], Bound(">", 8)),
    ],
)
def test_what_is_known(values: list[Any], known: Any) -> None:
    """A number, a bound, or neither."""
    assert bounded_quartiles(values).median.known == known


def test_between_two_limits() -> None:
    """Where it is neither, the limits say between what it lies."""
    found = bounded_quartiles([8, Bound(">", 8), 9, 9]).median
    assert (found.low, found.high) == (8.5, 9.0)
    assert (found.includes_low, found.includes_high) == (False, True)


def test_the_largest_floats() -> None:
    """Limits and values at the end of all floats neither overflow nor change."""
    top = float(np.finfo(np.float64).max)
    found = bounded_quartiles([-top, top, Bound(">=", top), Bound("<", -top)])
    assert found.median.known == 0.0
    assert found.q3.known == Bound(">=", top)


def test_what_is_refused() -> None:
    """Text, infinity, half patients and unknown rules, as everywhere."""
    with pytest.raises(InputError, match="a number or None"):
        bounded_quartiles([1, ">8"])
    with pytest.raises(InputError, match="finite"):
        bounded_quartiles([1, math.inf, Bound(">", 1)])
    with pytest.raises(InputError, match="a whole number of cases"):
        bounded_quartiles([1, Bound(">", 1)], weights=[1, 0.5])
    with pytest.raises(InputError, match="method"):
        bounded_quartiles([1], method="median")
    with pytest.raises(InputError, match="between 0 and 1"):
        bounded_median_interval([1], confidence_level=95)


def test_others_say_who_takes_bounds() -> None:
    """The functions that need numbers name those that do with bounds."""
    for function in (quartiles, median_interval, lambda x: quantile(x, 0.9)):
        with pytest.raises(InputError, match="bounded_quartiles take bounds"):
            function([1, 2, Bound(">", 8)])


def test_the_trial_of_gehan() -> None:
    """The remissions of 21 children, twelve of them longer than seen.

    Six of the least values 6, 6, 6, over 6, 7, over 9, 10, over 10, over 11, 13 and 16
    may be as low as told, and the eleventh of 21 is 16.
    """
    seen = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    longer = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    weeks = [*seen, *(Bound(">", week) for week in longer)]
    assert bounded_quartiles(weeks).median.known == Bound(">=", 16)
    placebo = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
    assert bounded_quartiles(placebo).median.known == 8
    assert mann_whitney(weeks, placebo).n_bounds == 12
