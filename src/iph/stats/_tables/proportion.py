"""The share of patients with a finding, with its confidence interval."""

import math
from collections.abc import Callable
from typing import Literal

from iph._checks import level, one_of, whole
from iph.errors import InputError
from iph.stats._inference.result import Estimate
from iph.stats._inference.tails import two_sided_quantile
from iph.stats._tables.blaker import blaker_low

ProportionMethod = Literal[
    "clopper-pearson", "blaker", "mid-p", "wilson", "agresti-coull", "jeffreys"
]

_MOST = 1 << 53  # patients; beyond it a float loses some

METHODS: tuple[ProportionMethod, ...] = (
    "clopper-pearson",
    "blaker",
    "mid-p",
    "wilson",
    "agresti-coull",
    "jeffreys",
)


def proportion(
    count: int,
    n: int,
    *,
    confidence_level: float = 0.95,
    method: ProportionMethod = "clopper-pearson",
    n_missing: int = 0,
) -> Estimate:
    """Share of patients with a finding, with its confidence interval.

    Of `n` patients, `count` have the finding: what share is that, and how far may it
    be from the share among all such patients?

    Parameters
    ----------
    count : int
        Patients with the finding, from 0 to `n`.
    n : int
        Patients in whom it is known whether they have the finding.
    confidence_level : float, default: 0.95
        Level of the interval, between 0 and 1.
    method : {"clopper-pearson", "blaker", "mid-p", "wilson", "agresti-coull", \
"jeffreys"}, default: "clopper-pearson"
        The interval. Guaranteed to hold its level: Clopper and Pearson's [1]_, which
        inverts the central exact test, or Blaker's [2]_, which lies within it.
        Approximate: the same as Clopper and Pearson's with the count observed taken by
        half (``"mid-p"``), Wilson's score interval [3]_, that of Agresti and Coull
        [4]_, or the equal-tailed interval of Jeffreys' prior [5]_.
    n_missing : int, default: 0
        Patients in whom the finding is not known; reported, not used.

    Returns
    -------
    Estimate
        With attributes ``estimate``, ``low``, ``high``, ``confidence_level``,
        ``method``, ``n`` and ``n_missing``. With ``n = 0`` the estimate is NaN and the
        interval (0, 1): nothing is known.

    Raises
    ------
    iph.errors.InputError
        A count is negative, not whole or above 2**53, `count` exceeds `n`, or the
        level is not between 0 and 1.

    See Also
    --------
    risk_difference, risk_ratio, barnard : Two shares.
    poisson_rate : Events in a time of observation.

    Notes
    -----
    Clopper-Pearson is ``binom.test(k, n)`` of R: a share lies in the interval if, and
    only if, neither tail of the binomial distribution is at most (1 - level) / 2.
    Blaker's interval holds the shares at which the smaller tail, with the largest tail
    of the other side that does not exceed it, is more than 1 - level, and whatever lies
    between such shares; it never leaves Clopper and Pearson's. Wilson's bounds are the
    roots of ``(p - k/n)^2 = z^2 p (1 - p) / n``, without continuity correction:
    ``prop.test(k, n, correct = FALSE)``.

    With 8 to 60 patients and true shares from .05 to .95 the 95 % intervals hold in at
    least .950 of samples (Clopper-Pearson, Blaker). The approximate ones hold in at
    least .924 (mid-p), .925 (Wilson), .930 (Agresti-Coull) and .912 (Jeffreys).
    Over all counts of 8, 12, 20, 28 and 60 patients and hypothetical shares of .01,
    .02, ..., .99 the 95 % interval and the two-sided exact test (twice the smaller
    tail) disagree for 2.3 % of the pairs with mid-p and for 1.6 % with Blaker's; with
    Clopper-Pearson never.

    With 0 of n the lower bound is exactly 0, with n of n the upper bound exactly 1, by
    every method (for Jeffreys' as Brown et al. modify it). All intervals but that of
    Jeffreys hold the estimate.

    References
    ----------
    .. [1] Clopper CJ, Pearson ES. The use of confidence or fiducial limits illustrated
       in the case of the binomial. Biometrika 1934;26:404-413.
       :doi:`10.1093/biomet/26.4.404`
    .. [2] Blaker H. Confidence curves and improved exact confidence intervals for
       discrete distributions. Can J Stat 2000;28:783-798. :doi:`10.2307/3315916`
    .. [3] Newcombe RG. Two-sided confidence intervals for the single proportion:
       comparison of seven methods. Stat Med 1998;17:857-872.
       :doi:`10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E`
    .. [4] Agresti A, Coull BA. Approximate is better than "exact" for interval
       estimation of binomial proportions. Am Stat 1998;52:119-126.
       :doi:`10.1080/00031305.1998.10480550`
    .. [5] Brown LD, Cai TT, DasGupta A. Interval estimation for a binomial proportion.
       Stat Sci 2001;16:101-133. :doi:`10.1214/ss/1009213286`

    Examples
    --------
    Coagulation dysfunction in 16 of 28 patients is compatible with a share from three
    eighths to three quarters:

    >>> from iph.stats import proportion
    >>> share = proportion(16, 28)
    >>> print(f"{share.estimate:.1%} ({share.low:.1%} to {share.high:.1%})")
    57.1% (37.2% to 75.5%)

    The first row of Newcombe's Table I:

    >>> share = proportion(81, 263, method="wilson")
    >>> print(f"{share.estimate:.4f} ({share.low:.4f} to {share.high:.4f})")
    0.3080 (0.2553 to 0.3662)
    """
    total = whole(n, "n")
    if total > _MOST:
        raise InputError("n", "at most 2**53 patients", n)
    found = whole(count, "count", high=total)
    left_out = whole(n_missing, "n_missing")
    asked = level(confidence_level)
    one_of(method, "method", METHODS)
    low, high = _bounds(found, total, asked, method)
    estimate = found / total if total else math.nan
    if total and method != "jeffreys":  # a rounding error must not shut it out
        low, high = min(low, estimate), max(high, estimate)
    return Estimate(
        estimate=estimate,
        low=low,
        high=high,
        confidence_level=asked,
        method=method,
        n=total,
        n_missing=left_out,
    )


def _bounds(k: int, n: int, asked: float, method: str) -> tuple[float, float]:
    """Return both bounds; findings and their absence mirror each other."""
    if method == "wilson" or n == 0:
        return wilson(k, n, two_sided_quantile(asked)) if n else (0.0, 1.0)
    if 2 * k > n:  # the mirror, so that findings and their absence agree
        low, high = _bounds(n - k, n, asked, method)
        return 1.0 - high, 1.0 - low
    if method == "agresti-coull":
        return _agresti_coull(k, n, two_sided_quantile(asked))
    if method == "blaker":
        return blaker_low(k, n, 1.0 - asked), 1.0 - blaker_low(n - k, n, 1.0 - asked)
    tail = (1.0 - asked) / 2.0
    if method == "mid-p":
        return _mid_p(k, n, tail)
    return _beta(k, n, tail, 0.0 if method == "clopper-pearson" else 0.5)


def _beta(k: int, n: int, tail: float, half: float) -> tuple[float, float]:
    """Return the bounds after Clopper and Pearson, or with half a patient added."""
    from scipy.special import betainccinv, betaincinv

    one = 1.0 - half
    low = float(betaincinv(k + half, n - k + one, tail)) if k > 0 else 0.0
    high = float(betainccinv(k + one, n - k + half, tail)) if k < n else 1.0
    return low, high


def _mid_p(k: int, n: int, tail: float) -> tuple[float, float]:
    """Return where the tail with half of the count observed is that asked."""
    from scipy.special import betainc, betaincc

    def at_least(j: int, share: float) -> float:
        """Return P(X >= j)."""
        if j <= 0 or j > n:
            return float(j <= 0)
        return float(betainc(j, n - j + 1, share))

    def at_most(j: int, share: float) -> float:
        """Return P(X <= j)."""
        return (
            1.0 if j >= n else (float(betaincc(j + 1, n - j, share)) if j >= 0 else 0.0)
        )

    def upper(share: float) -> float:
        return (at_least(k, share) + at_least(k + 1, share)) / 2.0 - tail

    def lower(share: float) -> float:
        return tail - (at_most(k, share) + at_most(k - 1, share)) / 2.0

    low = _crossing(upper) if k > 0 else 0.0
    return low, _crossing(lower) if k < n else 1.0


def _crossing(rising: Callable[[float], float]) -> float:
    """Return the share at which a rising function crosses zero."""
    low, high = 0.0, 1.0
    middle = 0.5
    while low < middle < high:  # until floats run out
        if rising(middle) < 0.0:
            low = middle
        else:
            high = middle
        middle = (low + high) / 2.0
    return middle


def _agresti_coull(k: int, n: int, z: float) -> tuple[float, float]:
    """Return Wald's interval after adding z^2 patients, half with the finding."""
    more = n + z * z
    middle = (k + z * z / 2.0) / more
    half = z * math.sqrt(middle * (1.0 - middle) / more)
    return (max(middle - half, 0.0) if k else 0.0), min(middle + half, 1.0)


def wilson(k: float, n: int, z: float) -> tuple[float, float]:
    """Return the score interval, with nothing that cancels.

    The upper root is a sum of positive terms; the lower one follows from the product
    of both roots, k^2 / (n (n + z^2)), and is exactly 0 where k is.
    """
    if 2 * k > n:
        low, high = wilson(n - k, n, z)
        return 1.0 - high, 1.0 - low
    square = z * z
    root = z * math.sqrt(k * (n - k) / n + square / 4.0)
    high = (k + square / 2.0 + root) / (n + square)
    low = k / n * k / (n + square) / high if k else 0.0
    return low, high
