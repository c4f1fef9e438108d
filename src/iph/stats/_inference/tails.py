"""Tail areas that need no more than the standard library.

`scipy.special` alone costs several times the import of numpy, so the tails that every
call needs (normal, chi-square with whole degrees of freedom) are written with
`math.erfc`, which keeps relative accuracy far into the tail.
"""

import math
from statistics import NormalDist

_STANDARD = NormalDist()


def normal_two_sided(z: float) -> float:
    """Return P(|Z| >= |z|) of a standard normal Z."""
    return math.erfc(abs(z) / math.sqrt(2.0))


def normal_upper(z: float) -> float:
    """Return P(Z >= z) of a standard normal Z."""
    return 0.5 * math.erfc(z / math.sqrt(2.0))


def normal_quantile(probability: float) -> float:
    """Return the standard normal quantile."""
    return _STANDARD.inv_cdf(probability)


def two_sided_quantile(confidence_level: float) -> float:
    """Return z such that P(|Z| <= z) is the confidence level."""
    return -_STANDARD.inv_cdf((1.0 - confidence_level) / 2.0)


def chi2_upper(statistic: float, df: int) -> float:
    """Return P(X >= statistic) of a chi-square X with whole degrees of freedom.

    The closed sums for even and odd degrees of freedom; every term is positive, so
    nothing cancels.
    """
    if math.isnan(statistic):
        return math.nan
    if statistic <= 0.0:
        return 1.0
    half = statistic / 2.0
    if df % 2 == 0:
        first, total, start = math.exp(-half), math.exp(-half), 1.0
    else:
        total = math.erfc(math.sqrt(half))
        first = math.exp(-half) * math.sqrt(half / math.pi) * 2.0
        if df == 1:
            return total
        total += first
        start = 1.5
    term = first
    steps = df // 2 - 1
    for step in range(steps):
        term *= half / (start + step)
        total += term
    return min(total, 1.0)
