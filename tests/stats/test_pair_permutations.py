"""Distributions of rank correlations over all pairings."""

from collections import Counter
from itertools import product
from math import comb, factorial

import numpy as np
import pytest

from iph.stats._pair_permutations import (
    _bounded_counts,
    _tied_distribution,
    _untied_distribution,
    spearman_distribution,
)

NO_LIMIT = float("inf")


@pytest.mark.parametrize("columns", [(12, 12), (3, 20), (2, 3, 17)])
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
