"""Blaker's exact interval of a share."""

import math
from collections.abc import Callable


def blaker_low(k: int, n: int, alpha: float) -> float:
    """Return the lower bound of Blaker's interval for k of n.

    Below k/n a share is accepted if ``A = P(X >= k) + P(X <= j)`` exceeds alpha, j
    being the largest count whose lower tail is at most P(X >= k). As the share rises,
    j only rises, and A leaps up where it does, to twice P(X >= k): from Clopper and
    Pearson's bound on, where that tail is alpha / 2, every leap leads to accepted
    shares. Before the first leap A falls and then rises, since its slope has the sign
    of ``b(k - 1) - b(j)`` (binomial, n - 1), a ratio that rises. So the bound is
    Clopper and Pearson's, or lies on that rising part, or is the first leap.
    """
    if k == 0:
        return 0.0
    from scipy.special import betainc, betaincc, betaincinv

    def upper(share: float) -> float:
        return float(betainc(k, n - k + 1, share))

    def lower(j: int, share: float) -> float:
        return float(betaincc(j + 1, n - j, share)) if j >= 0 else 0.0

    start = float(betaincinv(k, n - k + 1, alpha / 2.0))  # Clopper and Pearson's bound
    end = float(betaincinv(k, n - k + 1, alpha))  # one tail is enough from here on
    beyond, j = k, -1  # counts that are not in the other tail at the start, and are
    while beyond - j > 1:
        middle = (beyond + j) // 2
        if lower(middle, start) <= upper(start):
            j = middle
        else:
            beyond = middle
    if j + 1 < k and lower(j + 1, end) <= upper(end):
        end = _root(lambda share: upper(share) - lower(j + 1, share), start, end)

    def accepted(share: float) -> float:
        return upper(share) + lower(j, share) - alpha

    if accepted(start) > 0.0:
        return start
    if accepted(end) > 0.0:
        bottom = max(start, _equal(k - 1, j, n - 1)) if j >= 0 else start
        return _root(accepted, bottom, end)
    return end


def _equal(upper: int, lower: int, n: int) -> float:
    """Return the share at which two counts of n are equally likely."""
    log_odds = (
        math.lgamma(upper + 1)
        + math.lgamma(n - upper + 1)
        - math.lgamma(lower + 1)
        - math.lgamma(n - lower + 1)
    ) / (upper - lower)
    return 1.0 / (1.0 + math.exp(-log_odds))


def _root(rising: Callable[[float], float], low: float, high: float) -> float:
    """Return the first float at which a rising function is not below zero."""
    middle = (low + high) / 2.0
    while low < middle < high:
        if rising(middle) < 0.0:
            low = middle
        else:
            high = middle
        middle = (low + high) / 2.0
    return high
