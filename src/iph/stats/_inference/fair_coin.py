"""Tests of a probability of one half, as sign test and McNemar's test need them."""

import math
from fractions import Fraction

from iph.stats._inference.tails import normal_two_sided, normal_upper

_MOST_COUNTED = 20_000  # above it the tail comes from the incomplete beta function


def lower_tail(successes: int, n: int) -> float:
    """Return P(X <= successes) of n tosses of a fair coin."""
    if successes < 0:
        return 0.0
    if n <= _MOST_COUNTED:
        return float(Fraction(_ways(successes, n), 2**n))
    if successes >= n:
        return 1.0
    from scipy.special import betainc

    return float(betainc(n - successes, successes + 1, 0.5))


def _ways(successes: int, n: int) -> int:
    """Return the number of outcomes with at most so many successes."""
    if 2 * successes >= n:
        return (1 << n) - (_ways(n - successes - 1, n) if successes < n else 0)
    term, found = 1, 1
    for i in range(successes):
        term = term * (n - i) // (i + 1)
        found += term
    return found


def exact_p(successes: int, failures: int, alternative: str) -> float:
    """Return the binomial p-value; ``"greater"``: successes are more likely."""
    n = successes + failures
    if alternative == "greater":
        return lower_tail(failures, n)
    if alternative == "less":
        return lower_tail(successes, n)
    return min(1.0, 2.0 * lower_tail(min(successes, failures), n))


def mid_p(successes: int, failures: int, alternative: str) -> float:
    """Return the p-value that counts half of the outcome observed."""
    n = successes + failures
    if alternative == "two-sided":
        least = min(successes, failures)
    else:
        least = failures if alternative == "greater" else successes
    half = (lower_tail(least - 1, n) + lower_tail(least, n)) / 2.0
    return min(1.0, 2.0 * half) if alternative == "two-sided" else half


def standardized(successes: int, failures: int, *, continuity: bool = False) -> float:
    """Return the excess of successes in standard deviations; NaN without a toss."""
    n = successes + failures
    if n == 0:
        return math.nan
    excess = successes - failures
    size = max(abs(excess) - 1, 0) if continuity else abs(excess)
    return math.copysign(math.sqrt(Fraction(size * size, n)), excess)


def normal_p(z: float, alternative: str) -> float:
    """Return the p-value of a standardized excess of successes."""
    if alternative == "two-sided":
        return normal_two_sided(z)
    return normal_upper(z if alternative == "greater" else -z)
