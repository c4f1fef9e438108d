"""Proportions of patients, and the difference of two."""

import math
from typing import Literal

from iph._checks import level, one_of, whole
from iph.stats._inference.result import Estimate
from iph.stats._inference.tails import two_sided_quantile

ProportionMethod = Literal["wilson", "clopper-pearson", "jeffreys"]


def proportion(
    count: int,
    n: int,
    *,
    confidence_level: float = 0.95,
    method: ProportionMethod = "wilson",
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
    method : {"wilson", "clopper-pearson", "jeffreys"}, default: "wilson"
        The interval: Wilson's score interval [1]_, which holds its level on average;
        Clopper and Pearson's exact one [2]_, which holds at least its level; or the
        equal-tailed interval of Jeffreys' prior [3]_.
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
        A count is negative or not whole, `count` exceeds `n`, or the level is not
        between 0 and 1.

    See Also
    --------
    proportion_difference : The difference of two proportions.

    Notes
    -----
    Wilson's bounds are the roots of ``(p - k/n)^2 = z^2 p (1 - p) / n``, without
    continuity correction: ``prop.test(k, n, correct = FALSE)`` in R. Clopper-Pearson is
    ``binom.test(k, n)``. With 0 of n the lower bound is exactly 0, with n of n the
    upper bound exactly 1, by every method (for Jeffreys' as Brown et al. modify it).
    Wilson's and Clopper-Pearson's intervals always hold the estimate; that of Jeffreys
    need not at levels below one half.

    References
    ----------
    .. [1] Newcombe RG. Two-sided confidence intervals for the single proportion:
       comparison of seven methods. Stat Med 1998;17:857-872.
       :doi:`10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E`
    .. [2] Clopper CJ, Pearson ES. The use of confidence or fiducial limits illustrated
       in the case of the binomial. Biometrika 1934;26:404-413.
       :doi:`10.1093/biomet/26.4.404`
    .. [3] Brown LD, Cai TT, DasGupta A. Interval estimation for a binomial proportion.
       Stat Sci 2001;16:101-133. :doi:`10.1214/ss/1009213286`

    Examples
    --------
    The first row of Newcombe's Table I:

    >>> from iph.stats import proportion
    >>> share = proportion(81, 263)
    >>> print(f"{share.estimate:.4f} ({share.low:.4f} to {share.high:.4f})")
    0.3080 (0.2553 to 0.3662)

    Coagulation dysfunction in 16 of 28 patients is compatible with a share from three
    eighths to three quarters:

    >>> share = proportion(16, 28, method="clopper-pearson")
    >>> print(f"{share.estimate:.1%} ({share.low:.1%} to {share.high:.1%})")
    57.1% (37.2% to 75.5%)
    """
    total = whole(n, "n")
    found = whole(count, "count", high=total)
    left_out = whole(n_missing, "n_missing")
    asked = level(confidence_level)
    one_of(method, "method", ("wilson", "clopper-pearson", "jeffreys"))
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


def proportion_difference(
    count1: int,
    n1: int,
    count2: int,
    n2: int,
    *,
    confidence_level: float = 0.95,
    method: Literal["newcombe"] = "newcombe",
    n_missing: int = 0,
) -> Estimate:
    """Difference of two independent proportions, with its confidence interval.

    By how much is the finding more frequent among the first patients than among the
    second?

    Parameters
    ----------
    count1, n1 : int
        Patients with the finding, and all patients, of the first group.
    count2, n2 : int
        The same of the second group.
    confidence_level : float, default: 0.95
        Level of the interval, between 0 and 1.
    method : {"newcombe"}, default: "newcombe"
        The interval: Newcombe's hybrid of the two score intervals, number 10 of his
        comparison [1]_.
    n_missing : int, default: 0
        Patients in whom the finding is not known; reported, not used.

    Returns
    -------
    Estimate
        First proportion minus second: ``estimate``, ``low``, ``high``,
        ``confidence_level``, ``method``, ``n`` (both groups) and ``n_missing``. If a
        group is empty the estimate is NaN and the interval (-1, 1).

    Raises
    ------
    iph.errors.InputError
        A count is negative, not whole or larger than its group, or the level is not
        between 0 and 1.

    See Also
    --------
    proportion : One proportion.

    Notes
    -----
    With Wilson's bounds l and u of both groups, the interval reaches from the
    difference down by ``sqrt((p1 - l1)^2 + (u2 - p2)^2)`` and up by
    ``sqrt((u1 - p1)^2 + (p2 - l2)^2)``, without continuity correction. It never leaves
    -1 to 1. R's ``prop.test`` gives the interval of Wald instead, which can.

    References
    ----------
    .. [1] Newcombe RG. Interval estimation for the difference between independent
       proportions: comparison of eleven methods. Stat Med 1998;17:873-890.
       :doi:`10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I`

    Examples
    --------
    Example (a) of Newcombe's Table II:

    >>> from iph.stats import proportion_difference
    >>> difference = proportion_difference(56, 70, 48, 80)
    >>> print(f"{difference.estimate:.2f} ({difference.low:.4f} to "
    ...       f"{difference.high:.4f})")
    0.20 (0.0524 to 0.3339)
    """
    total1, total2 = whole(n1, "n1"), whole(n2, "n2")
    found1 = whole(count1, "count1", high=total1)
    found2 = whole(count2, "count2", high=total2)
    left_out = whole(n_missing, "n_missing")
    asked = level(confidence_level)
    one_of(method, "method", ("newcombe",))
    estimate, low, high = math.nan, -1.0, 1.0
    if total1 and total2:
        z = two_sided_quantile(asked)
        low1, high1 = _wilson(found1, total1, z)
        low2, high2 = _wilson(found2, total2, z)
        p1, p2 = found1 / total1, found2 / total2
        # One division of whole numbers, so that equal shares differ by exactly 0.
        estimate = (found1 * total2 - found2 * total1) / (total1 * total2)
        low = max(estimate - math.hypot(p1 - low1, high2 - p2), -1.0)
        high = min(estimate + math.hypot(high1 - p1, p2 - low2), 1.0)
    return Estimate(
        estimate=estimate,
        low=low,
        high=high,
        confidence_level=asked,
        method=method,
        n=total1 + total2,
        n_missing=left_out,
    )


def _bounds(k: int, n: int, asked: float, method: str) -> tuple[float, float]:
    if n == 0:
        return 0.0, 1.0
    if method == "wilson":
        return _wilson(k, n, two_sided_quantile(asked))
    if 2 * k > n:  # the mirror, so that findings and their absence agree
        low, high = _bounds(n - k, n, asked, method)
        return 1.0 - high, 1.0 - low
    from scipy.special import betainccinv, betaincinv

    tail = (1.0 - asked) / 2.0
    half = 0.0 if method == "clopper-pearson" else 0.5
    one = 1.0 - half
    low = float(betaincinv(k + half, n - k + one, tail)) if k > 0 else 0.0
    high = float(betainccinv(k + one, n - k + half, tail)) if k < n else 1.0
    return low, high


def _wilson(k: int, n: int, z: float) -> tuple[float, float]:
    """Return the score interval, with nothing that cancels.

    The upper root is a sum of positive terms; the lower one follows from the product
    of both roots, k^2 / (n (n + z^2)), and is exactly 0 where k is.
    """
    if 2 * k > n:
        low, high = _wilson(n - k, n, z)
        return 1.0 - high, 1.0 - low
    square = z * z
    root = z * math.sqrt(k * (n - k) / n + square / 4.0)
    high = (k + square / 2.0 + root) / (n + square)
    low = k / n * k / (n + square) / high if k else 0.0
    return low, high
