"""Exact null distributions of the rank statistics that invert to intervals."""

from fractions import Fraction
from math import comb, floor, sqrt

import numpy as np

from iph.stats._inference.tails import normal_upper, two_sided_quantile

# Up to these sizes the distributions below take some hundredths of a second.
_SIGNED_RANK_LIMIT = 100
_RANK_SUM_LIMIT = 10_000
_BINOMIAL_LIMIT = 1000


def signed_rank_counts(n: int) -> list[int]:
    """Return how many of the 2**n signs give each sum of positive ranks."""
    counts = np.zeros(n * (n + 1) // 2 + 1, dtype=object)
    counts[0] = 1
    for rank in range(1, n + 1):
        counts[rank:] = counts[rank:] + counts[:-rank]
    return [int(count) for count in counts]


def rank_sum_counts(m: int, n: int) -> list[int]:
    """Return how many of the C(m + n, m) orders give each number of pairs x > y.

    The coefficients of the Gaussian binomial: multiply by 1 - z**(n + i) and divide by
    1 - z**i, for i from 1 to m.
    """
    m, n = min(m, n), max(m, n)
    size = m * n + 1
    counts = [1] + [0] * (size - 1)
    for i in range(1, m + 1):
        for u in range(size - 1, n + i - 1, -1):
            counts[u] -= counts[u - n - i]
        for u in range(i, size):
            counts[u] += counts[u - i]
    return counts


def level_fraction(confidence_level: float) -> Fraction:
    """Return the level as the decimal number that is printed for it."""
    return Fraction(repr(confidence_level))


def interval_rank(
    counts: list[int], total: int, confidence_level: float
) -> tuple[int, float]:
    """Return the rank of the lower bound and the level that it achieves.

    The rank is the largest k with 2 P(statistic <= k - 1) at most 1 - level; 0 if the
    sample is too small for any.
    """
    room = (1 - level_fraction(confidence_level)) * total / 2
    rank = below = 0
    while below + counts[rank] <= room:  # ends, since room is less than half of all
        below += counts[rank]
        rank += 1
    return rank, float(1 - Fraction(2 * below, total))


def signed_rank_interval(n: int, confidence_level: float) -> tuple[int, float, str]:
    """Return rank, achieved level and method of the signed-rank interval."""
    if n <= _SIGNED_RANK_LIMIT:
        rank, achieved = interval_rank(signed_rank_counts(n), 2**n, confidence_level)
        return rank, achieved, "exact"
    mean = n * (n + 1) / 4
    sd = sqrt(n * (n + 1) * (2 * n + 1) / 24)
    return *_normal_rank(mean, sd, confidence_level), "asymptotic"


def rank_sum_interval(
    m: int, n: int, confidence_level: float
) -> tuple[int, float, str]:
    """Return rank, achieved level and method of the Mann-Whitney interval."""
    if m * n <= _RANK_SUM_LIMIT:
        counts = rank_sum_counts(m, n)
        rank, achieved = interval_rank(counts, comb(m + n, m), confidence_level)
        return rank, achieved, "exact"
    mean, sd = m * n / 2, sqrt(m * n * (m + n + 1) / 12)
    return *_normal_rank(mean, sd, confidence_level), "asymptotic"


def _normal_rank(mean: float, sd: float, confidence_level: float) -> tuple[int, float]:
    """Return the rank by the normal approximation with continuity correction."""
    rank = floor(mean - two_sided_quantile(confidence_level) * sd + 0.5)
    return rank, 1.0 - 2.0 * normal_upper((mean - rank + 0.5) / sd)


def binomial_interval(n: int, confidence_level: float) -> tuple[int, float]:
    """Return rank and achieved level of the interval of a median."""
    if n <= _BINOMIAL_LIMIT:
        counts = [comb(n, i) for i in range(n // 2 + 1)]
        return interval_rank(counts, 2**n, confidence_level)
    # From the middle outwards, by ratios of neighbors, until the level is reached.
    rank = n // 2 + 1
    share = _middle(n)
    held = share if n % 2 == 0 else 2 * share
    while True:
        rank -= 1
        if held >= confidence_level or rank == 0:
            return rank, min(held, 1.0)
        share *= rank / (n - rank + 1)
        held += 2 * share


def _middle(n: int) -> float:
    """Return P(B = n // 2) of n tosses of a fair coin, for large n."""
    even = n + n % 2
    inverse = 1 / (4 * even)
    series = 1 - inverse + inverse**2 / 2 + 5 * inverse**3 / 2 - 21 * inverse**4 / 8
    return sqrt(2 / (np.pi * even)) * series
