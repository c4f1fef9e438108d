"""Standardized differences of two groups, for the first table of a study."""

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from iph._checks import Floats, level, same_length, whole
from iph._options import each
from iph.errors import InputError
from iph.stats._description.describe import moments
from iph.stats._description.sample import read_sample
from iph.stats._groups.mean_difference import welch_quantile
from iph.stats._inference.result import Estimate
from iph.stats._inference.tails import two_sided_quantile

_MOST = 1 << 53  # cases; beyond it a float loses some
_ANGLES = 361
_FINEST = 1e-9  # of an angle; the distance is then off by its square


def standardized_mean_difference(
    x: npt.ArrayLike | Iterable[object],
    y: npt.ArrayLike | Iterable[object],
    *,
    confidence_level: float = 0.95,
    weights: tuple[Any, Any] | None = None,
) -> Estimate:
    """Difference of two means in standard deviations.

    How far apart were two groups at baseline, on a scale that does not grow with the
    number of patients, as a p-value does? Values above 0.1 are often called imbalance.

    Parameters
    ----------
    x, y : sequence of float
        The values of both groups; None or NaN where missing.
    confidence_level : float, default: 0.95
        Level of the interval, between 0 and 1.
    weights : pair of sequences of int, optional
        How many patients each value of `x` and of `y` stands for (None within the
        pair for one each).

    Returns
    -------
    Estimate
        With attributes ``estimate`` (positive if `x` is larger), ``low``, ``high``,
        ``confidence_level``, ``method`` (``"welch-bonett"``), ``n`` (both groups)
        and ``n_missing``. NaN with fewer than two values in a group. If both groups
        are constant the estimate is 0 where they are equal and infinite where they are
        not, without an interval.

    Raises
    ------
    iph.errors.InputError
        A value is not a finite number, a weight is not a whole number of cases, or the
        level is not between 0 and 1.

    See Also
    --------
    standardized_share_difference : The same of categories.

    Notes
    -----
    ``d = (mean1 - mean2) / sqrt((sd1^2 + sd2^2) / 2)``, in which both groups count
    alike whatever their sizes [1]_. Cohen's d weighs the variances by n - 1 and agrees
    for groups of equal size.

    The interval is ``d -+ t SE`` and asks for no equal spread. With ``s^2`` the mean of
    both variances and ``f = n - 1``, ``SE^2`` is
    ``(sd1^2 / n1 + sd2^2 / n2) / s^2 + d^2 (sd1^4 / f1 + sd2^4 / f2) / (8 s^4)``,
    and t is Student's quantile with Welch's degrees of freedom. Bonett [2]_ divides by
    f throughout and takes the normal quantile.
    In simulated normal samples of 8 to 60 patients with differences of 0 to 2 and SDs
    of 1/4 to 4, the 95 % interval held the true value in .953 or more, .97 on average.
    The usual ``z SE`` with ``SE^2 = (n1 + n2) / (n1 n2) + d^2 / (2 (n1 + n2))`` did so
    in as few as .76.

    References
    ----------
    .. [1] Austin PC. Balance diagnostics for comparing the distribution of baseline
       covariates between treatment groups in propensity-score matched samples. Stat
       Med 2009;28:3083-3107. :doi:`10.1002/sim.3697`
    .. [2] Bonett DG. Confidence intervals for standardized linear contrasts of means.
       Psychol Methods 2008;13:99-109. :doi:`10.1037/1082-989X.13.2.99`

    Examples
    --------
    >>> from iph.stats import standardized_mean_difference
    >>> d = standardized_mean_difference([48, 50, 55, 61, 66], [20, 31, 44, 52, 58])
    >>> f"{d.estimate:.2f} ({d.low:.2f} to {d.high:.2f})"
    '1.23 (-0.57 to 3.03)'
    """
    asked = level(confidence_level)
    x_weights, y_weights = _pair(weights)
    first = read_sample(x, x_weights, "x")
    second = read_sample(y, y_weights, "y")
    difference = half = math.nan
    if first.n > 1 and second.n > 1:
        mean1, exact1, sd1 = moments(first)
        mean2, exact2, sd2 = moments(second)
        gap = mean1 - mean2
        if exact1 is not None and exact2 is not None:
            gap = float(exact1 - exact2)
        spread = math.hypot(sd1, sd2) / math.sqrt(2.0)
        if spread > 0.0:
            difference = gap / spread
            sds = (sd1 / spread, sd2 / spread)
            half = _half_width(difference, sds, (first.n, second.n), asked)
        else:
            difference = math.copysign(math.inf, gap) if gap else 0.0
    return Estimate(
        estimate=difference,
        low=difference - half,
        high=difference + half,
        confidence_level=asked,
        method="welch-bonett",
        n=first.n + second.n,
        n_missing=first.n_missing + second.n_missing,
    )


def _half_width(
    difference: float, sds: tuple[float, float], sizes: tuple[int, int], asked: float
) -> float:
    """Return half of the interval; both SDs are in units of the common one."""
    (one, other), (n1, n2) = sds, sizes
    of_means = one**2 / n1 + other**2 / n2
    of_spread = difference**2 * (one**4 / (n1 - 1) + other**4 / (n2 - 1)) / 8.0
    return welch_quantile(one, n1, other, n2, asked) * math.sqrt(of_means + of_spread)


def standardized_share_difference(
    counts1: Sequence[int],
    counts2: Sequence[int],
    *,
    confidence_level: float = 0.95,
    n_missing: int = 0,
) -> Estimate:
    """Distance of two groups in the shares of their categories.

    How far apart were two groups in sex, side or cause, as one number on the scale of
    the standardized mean difference?

    Parameters
    ----------
    counts1, counts2 : sequence of int
        How many patients of each group fall into each category, in the same order. For
        a finding that is present or not, give both: ``[k, n - k]``.
    confidence_level : float, default: 0.95
        Level of the interval, between 0 and 1.
    n_missing : int, default: 0
        Patients whose category is not known; reported, not used.

    Returns
    -------
    Estimate
        With attributes ``estimate`` (never negative: categories have no direction),
        ``low``, ``high``, ``confidence_level``, ``method``, ``n`` (both groups) and
        ``n_missing``. NaN if a group is empty; infinite if the categories tell the
        groups apart for certain. With three or more categories there is no interval
        (NaN), and ``method`` says so: the estimate is biased upward.

    Raises
    ------
    iph.errors.InputError
        A count is negative or not whole, or the groups differ in their number of
        categories.

    See Also
    --------
    standardized_mean_difference : The same of numbers.

    Notes
    -----
    The Mahalanobis distance of Yang and Dalton [1]_: ``sqrt(d' S^-1 d)`` with the
    differences ``d`` of all shares but one and the mean ``S`` of both groups'
    multinomial covariances. The equations are solved in exact fractions, so that a
    singular ``S`` (no overlap) is seen for certain; order and empty categories do not
    matter.

    With two categories it is ``|p1 - p2|`` over
    ``sqrt((p1 (1 - p1) + p2 (1 - p2)) / 2)``, and the interval holds the distances of
    all pairs of shares whose score statistics together are at most ``z^2``: one
    distance is in it if, and only if, some shares with that distance pass the score
    test. With 8 to 60 patients in two groups and true shares of .05 to .95 it holds in
    .964 of samples or more on average, and never in fewer than .929.

    A distance is never negative, so that chance alone makes it positive: with no
    difference at all it is on average about .51 for three categories and .80 for five
    with 14 patients in each group, and .34 and .51 with 30. "Above 0.1 is imbalance"
    cannot be read from such a figure. The usual standard error is that of a signed
    difference; with five categories its 95 % interval leaves out a true 0 in half of
    all samples, whatever their size.

    References
    ----------
    .. [1] Yang D, Dalton JE. A unified approach to measuring the effect size between
       two groups using SAS. SAS Global Forum 2012; paper 335-2012.

    Examples
    --------
    Men were 24 of 28 in one series and 15 of 28 in another:

    >>> from iph.stats import standardized_share_difference
    >>> sex = standardized_share_difference([24, 4], [15, 13])
    >>> f"{sex.estimate:.2f} ({sex.low:.2f} to {sex.high:.2f})"
    '0.75 (0.18 to 1.33)'
    """
    asked = level(confidence_level)
    first = [
        whole(c, f"counts1[{i}]", high=_MOST) for i, c in enumerate(_listed(counts1, 1))
    ]
    second = [
        whole(c, f"counts2[{i}]", high=_MOST) for i, c in enumerate(_listed(counts2, 2))
    ]
    same_length(len(first), len(second), "counts1", "counts2")
    left_out = whole(n_missing, "n_missing")
    n1, n2 = sum(first), sum(second)
    distance = _mahalanobis(first, second) if n1 and n2 else math.nan
    kept = [(a, b) for a, b in zip(first, second, strict=True) if a or b]
    method, low, high = "mahalanobis, score", math.nan, math.nan
    if len(kept) > 2:
        method = "mahalanobis, no interval: biased upward with several categories"
    elif n1 and n2:
        # in one order of categories and groups, so that none changes the last digit
        ways = [sorted(((a, n1), (b, n2))) for a, b in kept]
        one, other = min(ways)
        low, high = _score_interval(one, other, two_sided_quantile(asked))
        low, high = min(low, distance), max(high, distance)
    return Estimate(
        estimate=distance,
        low=low,
        high=high,
        confidence_level=asked,
        method=method,
        n=n1 + n2,
        n_missing=left_out,
    )


def _score_interval(
    first: tuple[int, int], second: tuple[int, int], z: float
) -> tuple[float, float]:
    """Return the range of the distance over shares with a score chi-square to z^2.

    The edge of that region is drawn by an angle: on it the score statistics of the two
    shares are z times its sine and cosine, so that each share is a bound of Wilson's
    interval with its own z. The distance is looked for on a fine grid of angles, and
    then about the best of them on ever finer ones.
    """

    def distance(angles: Floats) -> Floats:
        p, q = (
            _wilson_bound(k, n, z * side)
            for (k, n), side in ((first, np.sin(angles)), (second, np.cos(angles)))
        )
        spread = np.sqrt((p * (1.0 - p) + q * (1.0 - q)) / 2.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            found: Floats = np.where(p == q, 0.0, (p - q) / spread)
        return found

    ends = []
    for sign in (-1.0, 1.0):
        angles = np.linspace(0.0, 2.0 * math.pi, _ANGLES)
        width = angles[1]
        while width > _FINEST:
            best = angles[int(np.argmax(sign * distance(angles)))]
            angles = np.linspace(best - width, best + width, _ANGLES)
            width = angles[1] - angles[0]
        ends.append(float(sign * np.max(sign * distance(angles))))
    low, high = ends
    if low <= 0.0 <= high:
        return 0.0, max(-low, high)
    return min(abs(low), abs(high)), max(abs(low), abs(high))


def _wilson_bound(k: int, n: int, z: Floats) -> Floats:
    """Return the share at which k of n has the score statistic -z."""
    middle = k + z * z / 2.0
    reach = z * np.sqrt(k * (n - k) / n + z * z / 4.0)
    found: Floats = np.clip((middle + reach) / (n + z * z), 0.0, 1.0)
    return found


def _mahalanobis(first: list[int], second: list[int]) -> float:
    """Return the distance of two groups of categories.

    With m the mean of the shares p and q and d their difference, the mean covariance is
    that of m less d d' / 4. That of m turns d / m into d, so that without the second
    term the square would be h, the sum of d^2 / m; with it, by the formula of Sherman
    and Morrison, it is h / (1 - h / 4). Only where no category is common to both groups
    is h = 4; they are then told apart for certain.
    """
    n1, n2 = sum(first), sum(second)
    shares = [
        (Fraction(a, n1), Fraction(b, n2))
        for a, b in zip(first, second, strict=True)
        if a or b
    ]
    h = sum(((p - q) ** 2 * 2 / (p + q) for p, q in shares), Fraction(0))
    return math.inf if h == 4 else math.sqrt(h / (1 - h / 4))


def _pair(weights: Any) -> tuple[Any, Any]:
    if weights is None:
        return None, None
    if isinstance(weights, (list, tuple)) and len(weights) == 2:
        return weights[0], weights[1]
    raise InputError("weights", "a pair of sequences, one for x and one for y", weights)


def _listed(counts: Any, which: int) -> list[Any]:
    if isinstance(counts, (list, tuple, np.ndarray)):
        return each(counts, f"counts{which}", "a sequence of counts by category")
    raise InputError(f"counts{which}", "a sequence of counts by category", counts)
