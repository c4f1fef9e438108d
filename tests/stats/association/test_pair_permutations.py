"""Distributions of rank correlations over all pairings."""

import math
from collections import Counter
from collections.abc import Callable
from itertools import product
from math import comb, factorial

import numpy as np
import pytest

from iph.stats import kendall, spearman
from iph.stats._association.pair_permutations import (
    Counts,
    Dealing,
    _bounded_counts,
    _tied_distribution,
    _untied_distribution,
    kendall_distribution,
    spearman_distribution,
)
from iph.stats._association.rank_correlation import RankCorrelation

NO_LIMIT = float("inf")


@pytest.mark.parametrize("columns", [(12, 12), (3, 20), (2, 3, 17), (34, 34)])
def test_big_integers(columns: tuple[int, ...]) -> None:
    """Beyond 64 bits all pairings are still counted, none lost."""
    n = sum(columns)
    found = spearman_distribution(np.ones(n, int), np.array(columns), NO_LIMIT)
    assert found is not None
    total = sum(found.ways)
    assert factorial(n) % total == 0
    assert sum(v * w for v, w in zip(found.values, found.ways, strict=True)) == 0
    # the variance of a sum of products over all pairings, exactly
    through = np.cumsum(columns).tolist()
    x_squares = sum((2 * i - n + 1) ** 2 for i in range(n))
    y_squares = sum(
        c * (2 * t - c - n) ** 2 for c, t in zip(columns, through, strict=True)
    )
    second = sum(v * v * w for v, w in zip(found.values, found.ways, strict=True))
    assert second * (n - 1) == x_squares * y_squares * total


def test_rank_sum() -> None:
    """With two grades it is the distribution of a rank sum."""
    found = spearman_distribution(np.array([5, 4]), np.ones(9, int), NO_LIMIT)
    assert found is not None
    assert sum(found.ways) in {comb(9, 4), factorial(9)}
    assert len(found.values) == 5 * 4 + 1


@pytest.mark.parametrize(
    ("rows", "columns"),
    [((1,) * 7, (2, 3, 2)), ((1,) * 6, (1,) * 6), ((1,) * 24, (9, 15))],
)
def test_two_ways(rows: tuple[int, ...], columns: tuple[int, ...]) -> None:
    """Dealing out cases gives what the Gaussian multinomial gives."""
    short = _untied_distribution(columns, NO_LIMIT)
    long = _tied_distribution(rows, columns, NO_LIMIT)
    assert short is not None
    assert long is not None
    for observed in range(-20, 21):
        for side in ("two-sided", "less", "greater"):
            assert short.p_value(observed, side) == long.p_value(observed, side)


@pytest.mark.parametrize("bounds", [(0,), (1,), (3,), (2, 0, 1), (1, 1, 1), (4, 2, 3)])
def test_bounded_counts(bounds: tuple[int, ...]) -> None:
    """The vectors of counts within bounds are those of a list of all of them."""
    listed = Counter(map(sum, product(*(range(b + 1) for b in bounds))))
    expected = [listed[total] for total in range(sum(bounds) + 1)]
    assert _bounded_counts(bounds) == expected


def planned(rows: Counts, columns: Counts, length: int) -> Dealing:
    """Plan to deal out cases, keeping so many values apart."""
    return Dealing(
        rows=rows, columns=columns, length=length, start=0, gain=lambda *_: 0
    )


def naive_steps(rows: Counts, columns: Counts) -> int:
    """Count in how many ways a value can be dealt out, in each state."""
    states, found = {columns}, 0
    for count in rows:
        reached = [
            rest
            for left in states
            for rest in product(*(range(r + 1) for r in left))
            if sum(left) - sum(rest) == count
        ]
        found += len(reached)
        states = set(reached)
    return found


@pytest.mark.parametrize(
    ("rows", "columns", "at_most"),
    [
        ((2, 1), (2, 1), 4),
        ((1, 1, 1), (3,), 3),
        ((3,), (1, 1, 1), 1),
        ((1,) * 4, (1,) * 4, 4 + 4 * 3 + 6 * 2 + 4),
        ((1, 2, 2), (2, 2, 1), 3 + 3 * 5 + 5 * 5),  # states times shares
        ((2, 3, 1, 2), (3, 1, 4), 5 + 5 * 7 + 7 * 3 + 5 * 5),
    ],
)
def test_steps(rows: Counts, columns: Counts, at_most: int) -> None:
    """The work bounds the steps, each of which adds up all values kept apart."""
    steps = planned(rows, columns, 2).work() - planned(rows, columns, 1).work()
    assert naive_steps(rows, columns) <= steps == at_most
    longer = planned(rows, columns, 1001).work() - planned(rows, columns, 1).work()
    assert longer == 1000 * steps


@pytest.mark.parametrize(
    ("rows", "columns"), [((3, 2), (2, 2, 1)), ((2, 2, 2), (4, 2)), ((5, 3), (5, 3))]
)
def test_values_kept_apart(rows: Counts, columns: Counts) -> None:
    """No more values are kept than the pairs that are not tied can give."""
    n = sum(rows)
    work = min(
        planned(first, second, 2 * untied + 1).work()
        for first, second in ((rows, columns), (columns, rows))
        for untied in (comb(n, 2) - sum(comb(size, 2) for size in first),)
    )
    sizes = np.array(rows), np.array(columns)
    assert kendall_distribution(*sizes, work) is not None
    assert kendall_distribution(*sizes, work - 1) is None


@pytest.mark.parametrize("test", [kendall, spearman])
def test_two_rare_findings(test: Callable[..., RankCorrelation]) -> None:
    """Among 500 patients all pairings are counted, if few of these differ.

    Two have one finding, two the other, one of them both: this or more has the
    probability that two patients drawn are not both without.
    """
    x, y = [1, 1] + [0] * 498, [0, 1, 1] + [0] * 497
    found = test(x, y)
    assert found.method == "exact"
    assert found.p_value == pytest.approx(1 - comb(498, 2) / comb(500, 2), rel=1e-12)


@pytest.mark.parametrize(
    ("rows", "columns", "longest"),
    [
        ((1,) * 20, (20,), 31_250_000),  # 20! still fits a machine word
        ((1, 1), (1, 1), 15_625_000),  # two states when one is left
        ((2, 2), (2, 2), 10_416_666),  # three when two are left
    ],
)
def test_half_a_gigabyte(rows: Counts, columns: Counts, longest: int) -> None:
    """Two tables of machine words, the old and the new one, are held at once."""
    assert math.isfinite(planned(rows, columns, longest).work())
    assert math.isinf(planned(rows, columns, longest + 1).work())


def test_long_numbers_take_more_memory() -> None:
    """From 21 distinct cases on the ways pass 64 bits, and cost more."""
    assert math.isinf(planned((1,) * 21, (21,), 31_250_000 // 2).work())
    ratio = (
        planned((1,) * 21, (21,), 10**6).work()
        / planned((1,) * 20, (20,), 10**6).work()
    )
    assert ratio > 10
