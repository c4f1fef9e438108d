"""Null distributions of rank statistics, by listing and by scipy."""

import itertools
import math
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

from iph.stats._description.rank_distributions import (
    _middle,
    binomial_interval,
    interval_rank,
    level_fraction,
    rank_sum_counts,
    rank_sum_interval,
    signed_rank_counts,
    signed_rank_interval,
)

LEVELS = (0.5, 0.8, 0.9, 0.95, 0.99)


@pytest.mark.parametrize("n", range(1, 9))
def test_signed_ranks_are_listed(n: int) -> None:
    """Each sum of positive ranks has as many signs as a list of all 2**n."""
    listed = Counter(
        sum(rank for rank, up in enumerate(signs, 1) if up)
        for signs in itertools.product((False, True), repeat=n)
    )
    assert signed_rank_counts(n) == [listed[s] for s in range(n * (n + 1) // 2 + 1)]


@pytest.mark.parametrize(("m", "n"), [(1, 1), (1, 4), (4, 1), (2, 3), (4, 3), (5, 5)])
def test_rank_sums_are_listed(m: int, n: int) -> None:
    """Each number of pairs x > y has as many orders as a list of all of them."""
    listed = Counter(
        sum(place - i for i, place in enumerate(places))
        for places in itertools.combinations(range(m + n), m)
    )
    assert rank_sum_counts(m, n) == [listed[u] for u in range(m * n + 1)]


def widest(tail: list[Fraction], level: float) -> int:
    """Return the largest k whose tail up to k - 1 is at most half of what is left."""
    room = (1 - Fraction(str(level))) / 2
    return sum(below <= room for below in tail)


@pytest.mark.parametrize("level", LEVELS)
def test_exact_ranks_hold_the_level(level: float) -> None:
    """The rank is the largest that holds the level, of which no more is achieved."""
    cases: list[tuple[list[int], tuple[int, float]]] = []
    for n in (1, 2, 5, 6, 9, 14):
        found = signed_rank_interval(n, level)
        assert found[2] == "exact"
        cases.append((signed_rank_counts(n), found[:2]))
        coin = [math.comb(n, i) for i in range(n + 1)]
        cases.append((coin, binomial_interval(n, level)))
    for m, n in ((1, 3), (3, 4), (8, 5), (7, 7)):
        found = rank_sum_interval(m, n, level)
        assert found[2] == "exact"
        cases.append((rank_sum_counts(m, n), found[:2]))
    for counts, (rank, achieved) in cases:
        total = sum(counts)
        tail = [Fraction(t, total) for t in itertools.accumulate(counts)]
        assert rank == widest(tail, level)
        left = 2 * tail[rank - 1] if rank else Fraction(0)
        assert achieved == float(1 - left)
        assert interval_rank(counts, total, level) == (rank, achieved)


def test_tables_of_the_signed_rank() -> None:
    """Ranks at 95 % are the critical values of printed tables, plus one."""
    printed = {6: 0, 7: 2, 8: 3, 9: 5, 10: 8, 15: 25, 20: 52, 25: 89}
    for n, critical in printed.items():
        assert signed_rank_interval(n, 0.95)[0] == critical + 1


def test_a_level_is_the_number_printed() -> None:
    """0.95 means 19/20, not the float beside it."""
    assert level_fraction(0.95) == Fraction(19, 20)
    # With five toss-ups 2 / 32 is left: exactly that level is still held.
    assert binomial_interval(5, 0.9375) == (1, 0.9375)


@pytest.mark.parametrize("level", LEVELS)
def test_large_samples_take_the_normal_distribution(level: float) -> None:
    """With continuity correction; the exact rank and level are close by."""
    z = stats.norm.isf((1 - level) / 2)
    n = 101
    pairs, spread = n * (n + 1) / 2, math.sqrt(n * (n + 1) * (2 * n + 1) / 24)
    rank, achieved, method = signed_rank_interval(n, level)
    assert method == "asymptotic"
    assert rank == math.floor(pairs / 2 + 0.5 - z * spread)
    tail = stats.norm.cdf((rank - 0.5 - pairs / 2) / spread)
    assert achieved == pytest.approx(1 - 2 * tail, abs=1e-12)
    exact, reached = interval_rank(signed_rank_counts(n), 2**n, level)
    assert abs(rank - exact) <= 5
    assert achieved == pytest.approx(reached, abs=2e-3)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(("m", "n"), [(101, 100), (73, 138), (10_001, 1)])
def test_large_groups_take_the_normal_distribution(
    m: int, n: int, level: float
) -> None:
    """Mean and variance are those of the rank sum, whichever group comes first."""
    z = stats.norm.isf((1 - level) / 2)
    # The variance of a sum of m of the ranks 1 to m + n, drawn without replacement.
    ranks = np.arange(1, m + n + 1)
    spread = math.sqrt(m * n / (m + n) * ranks.var(ddof=1))
    rank, achieved, method = rank_sum_interval(m, n, level)
    assert method == "asymptotic"
    assert rank == math.floor(m * n / 2 + 0.5 - z * spread)
    tail = stats.norm.cdf((rank - 0.5 - m * n / 2) / spread)
    assert achieved == pytest.approx(1 - 2 * tail, abs=1e-12)
    assert (rank, achieved) == pytest.approx(rank_sum_interval(n, m, level)[:2])


def test_the_last_exact_sizes() -> None:
    """100 differences and 10,000 pairs are still counted."""
    assert signed_rank_interval(100, 0.95)[2] == "exact"
    assert rank_sum_interval(2, 5000, 0.95)[2] == "exact"
    assert rank_sum_interval(1, 10_000, 0.95)[2] == "exact"


@pytest.mark.parametrize("n", [1001, 1002, 1004, 1005, 1500, 4001])
@pytest.mark.parametrize("level", LEVELS)
def test_medians_of_large_samples(n: int, level: float) -> None:
    """The rank is the largest of scipy's binomial that holds the level."""
    rank, achieved = binomial_interval(n, level)
    coin = stats.binom(n, 0.5)
    assert achieved == pytest.approx(1 - 2 * coin.cdf(rank - 1), abs=1e-12)
    assert achieved >= level > 1 - 2 * coin.cdf(rank)


def test_a_median_needs_enough_patients() -> None:
    """Five differences hold no 95 %; a rank of 0 means the whole line."""
    assert binomial_interval(5, 0.95) == (0, 1.0)
    assert binomial_interval(6, 0.95) == (1, 1 - 2 / 64)


@pytest.mark.parametrize("n", [400, 401, 1000, 1001])
def test_the_middle_of_many_tosses(n: int) -> None:
    """The series agrees with the binomial to the last digits."""
    exact = float(Fraction(math.comb(n, n // 2), 2**n))
    assert _middle(n) == pytest.approx(exact, rel=1e-14, abs=0)


@pytest.mark.parametrize("n", [*range(1001, 1021), 1054, 1106, 1138])
def test_a_level_beside_one(n: int) -> None:
    """Where rounding hides the last tails the rank is one that exists, or 0."""
    level = math.nextafter(1.0, 0.0)
    rank, achieved = binomial_interval(n, level)
    assert rank == 0 or achieved >= level
    assert achieved <= 1.0
    assert 0 <= rank < stats.binom(n, 0.5).ppf(1e-15)
    assert achieved == pytest.approx(1.0, abs=1e-12)
