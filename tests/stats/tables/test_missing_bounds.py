"""Shares and their comparison, whatever became of the missing."""

import itertools
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.errors import InputError, WorkError
from iph.stats import fisher_exact, missing_bounds, proportion, share_bounds
from iph.testing import contingency_tables

TABLES = contingency_tables(max_rows=2, max_columns=2, max_count=6)
MISSING = st.tuples(st.integers(0, 4), st.integers(0, 4))


def completed(table: list[list[int]], missing: Any) -> dict[tuple[int, int], Any]:
    """Return every table that the missing could have made."""
    (a, b), (c, d) = table
    m1, m2 = missing
    return {
        (i, j): [[a + i, b + m1 - i], [c + j, d + m2 - j]]
        for i, j in itertools.product(range(m1 + 1), range(m2 + 1))
    }


@given(TABLES, MISSING, st.sampled_from(["probability", "central"]))
def test_enumeration(table: list[list[int]], missing: Any, rule: Any) -> None:
    """Every p-value is that of Fisher's test of a completed table, and the ends fit."""
    found = missing_bounds(table, missing, two_sided=rule)
    every = {
        way: fisher_exact(whole, two_sided=rule).p_value
        for way, whole in completed(table, missing).items()
    }
    for way, p_value in every.items():
        np.testing.assert_equal(found.p_values[way], p_value)
    np.testing.assert_equal(found.p_lowest, min(every.values()))
    np.testing.assert_equal(found.p_highest, max(every.values()))
    np.testing.assert_equal(found.p_value, fisher_exact(table, two_sided=rule).p_value)
    assert found.n_ways == len(every)
    assert found.n_ways_significant == sum(p <= 0.05 for p in every.values())
    inside = {
        (i, j)
        for i, row in enumerate(found.boundary)
        for low, high in row
        for j in range(low, high + 1)
    }
    assert inside == {way for way, p in every.items() if p <= 0.05}
    assert found.n == sum(map(sum, table))
    assert found.n_missing == sum(missing)


@given(TABLES, MISSING)
def test_differences(table: list[list[int]], missing: Any) -> None:
    """The least and the largest difference are those over all completed tables."""
    found = missing_bounds(table, missing)
    differences = [
        Fraction(a, a + b) - Fraction(c, c + d)
        for (a, b), (c, d) in completed(table, missing).values()
        if a + b and c + d
    ]
    if differences:
        assert found.difference_lowest == float(min(differences))
        assert found.difference_highest == float(max(differences))
    else:
        assert math.isnan(found.difference_lowest)


@given(TABLES, MISSING)
def test_tipping_point(table: list[list[int]], missing: Any) -> None:
    """No way with another conclusion is nearer to what those seen let expect."""
    found = missing_bounds(table, missing)
    concluded = found.p_value <= 0.05
    others = {
        (i, j)
        for i, j in np.ndindex(found.p_values.shape)
        if (found.p_values[i, j] <= 0.05) != concluded
    }
    assert found.robust == (not others)
    if found.tipping is None:
        assert not others
        return

    def distance(way: tuple[int, int]) -> Fraction:
        parts = zip(way, table, missing, strict=True)
        return sum(
            (abs(k - Fraction(r[0] * m, sum(r))) for k, r, m in parts if sum(r)),
            Fraction(0),
        )

    tip = (found.tipping.first, found.tipping.second)
    assert tip in others
    assert distance(tip) == min(map(distance, others))
    assert found.tipping.p_value == found.p_values[tip]


@given(TABLES)
def test_nobody_missing(table: list[list[int]]) -> None:
    """With nobody missing there is one way, and nothing can tip."""
    found = missing_bounds(table, (0, 0))
    assert (found.n_ways, found.robust, found.tipping) == (1, True, None)
    np.testing.assert_equal(found.p_lowest, found.p_value)
    np.testing.assert_equal(found.difference_lowest, found.difference)


@given(st.integers(0, 20), st.integers(0, 20), st.integers(0, 8))
def test_share(count: int, more: int, missing: int) -> None:
    """The interval holds those of all ways the missing could have gone, and no more."""
    n = count + more
    found = share_bounds(count, n, missing)
    ways = [proportion(count + k, n + missing) for k in range(missing + 1)]
    assert found.low == min(way.low for way in ways)
    assert found.high == max(way.high for way in ways)
    np.testing.assert_equal(found.lowest, ways[0].estimate)
    np.testing.assert_equal(found.highest, ways[-1].estimate)
    np.testing.assert_equal(found.estimate, count / n if n else math.nan)
    assert (found.n, found.n_missing) == (n, missing)


def test_share_holds_whoever_is_missing() -> None:
    """The true share lies inside in 95 % of samples, also if only failures are lost."""
    n = 12
    for share, lost_failures in itertools.product((0.1, 0.5, 0.8), (0.0, 0.5, 1.0)):
        held = 0.0
        for k in range(n + 1):
            chance = math.comb(n, k) * share**k * (1 - share) ** (n - k)
            gone = round(lost_failures * (n - k))
            found = share_bounds(k, n - gone, gone)
            held += chance * (found.low <= share <= found.high)
        assert held >= 0.95


def test_series_at_one_year() -> None:
    """Of 28 patients 22 were seen, and 19 had recovered: 19 to 25 of 28."""
    found = share_bounds(19, 22, 6, method="blaker")
    assert found.lowest == 19 / 28
    assert found.highest == 25 / 28
    assert found.low >= share_bounds(19, 22, 6).low


def test_refused() -> None:
    """What is no pair of counts, and too many ways, are refused."""
    table = [[3, 1], [1, 3]]
    for wrong in (3, "12", [1], [1, 2, 3]):
        with pytest.raises(InputError, match="two counts, one a group"):
            missing_bounds(table, wrong)
    with pytest.raises(InputError, match=r"missing\[1\] must be a whole number"):
        missing_bounds(table, [1, 0.5])
    with pytest.raises(InputError, match="alpha must be"):
        missing_bounds(table, [1, 1], alpha=5)
    with pytest.raises(WorkError, match="10,201 ways"):
        missing_bounds(table, [100, 100])
    with pytest.raises(InputError, match="count must be a whole number from 0 to 3"):
        share_bounds(4, 3, 1)
