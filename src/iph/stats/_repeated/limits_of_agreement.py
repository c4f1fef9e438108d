"""How far two measurements of the same patient may lie apart (Bland and Altman)."""

import math
from collections.abc import Iterable

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import case_counts, level, numbers, on_grid, same_length
from iph._results import Result
from iph.stats._inference.result import Estimate
from iph.stats._inference.tails import two_sided_quantile

_ROUNDING = 1e-12  # relative; a standard deviation below it is a rounding error


@attrs.frozen(kw_only=True, eq=False)
class LimitsOfAgreement(Result):
    """What `limits_of_agreement` found, in the unit of the measurements.

    Attributes
    ----------
    bias : Estimate
        The mean difference, first minus second, with Student's interval.
    sd : float
        The standard deviation of the differences; NaN with fewer than two patients.
    lower, upper : Estimate
        The limits of agreement, each with its exact interval.
    share : float
        The share of differences that the limits are to hold.
    method : str
        Where the intervals come from: ``"noncentral-t"``.
    confidence_level : float
        The level of each interval.
    n : int
        The patients with both measurements.
    n_missing : int
        The patients left out because a measurement was missing.
    """

    bias: Estimate
    sd: float
    lower: Estimate
    upper: Estimate
    share: float
    method: str
    confidence_level: float
    n: int
    n_missing: int


def limits_of_agreement(
    x: npt.ArrayLike | Iterable[object],
    y: npt.ArrayLike | Iterable[object],
    *,
    share: float = 0.95,
    confidence_level: float = 0.95,
    weights: npt.ArrayLike | Iterable[object] | None = None,
) -> LimitsOfAgreement:
    """Limits of agreement of two measurements of the same patients.

    Two readers, or two methods, measured the same hematomas: between which limits does
    the difference of the two lie in 95 % of patients, and how well are these limits
    known from so few?

    Parameters
    ----------
    x, y : array-like of shape (n,)
        The two measurements, in the same order of patients; None or NaN where missing.
    share : float, default: 0.95
        The share of differences that the limits are to hold, between 0 and 1.
    confidence_level : float, default: 0.95
        Level of each interval, between 0 and 1.
    weights : array-like of int, optional
        How many patients each pair stands for.

    Returns
    -------
    LimitsOfAgreement
        With attributes ``bias``, ``lower`` and ``upper`` (each with ``estimate``,
        ``low`` and ``high``), ``sd``, ``share``, ``method``, ``confidence_level``,
        ``n`` and ``n_missing``. With fewer than two patients the limits are NaN; if all
        differences are the same the intervals are, since their spread is not known.

    Raises
    ------
    iph.errors.InputError
        Values that are no numbers, columns of different length, a share or a level
        outside (0, 1).

    See Also
    --------
    icc : How much of the variance is that of the patients.
    median_interval : The difference without the normal distribution.

    Notes
    -----
    The limits are ``mean - z s`` and ``mean + z s`` of the differences, z being 1.96
    for a share of .95 [1]_. Differences are taken for normal with one spread whatever
    is measured; where they grow with the size, as of volumes, take logarithms of both,
    and the limits become ratios. Then ``sqrt(n) (mu + z sigma - mean) / s`` is a
    noncentral t with n - 1 degrees of freedom and noncentrality ``z sqrt(n)``, which
    gives an exact interval of each limit [2]_. The usual approximate one, with a
    standard error of ``1.71 s / sqrt(n)``, is too short on the outer side, where it
    matters.

    References
    ----------
    .. [1] Bland JM, Altman DG. Statistical methods for assessing agreement between two
       methods of clinical measurement. Lancet 1986;327:307-310.
       :doi:`10.1016/S0140-6736(86)90837-8`
    .. [2] Carkeet A. Exact parametric confidence intervals for Bland-Altman limits of
       agreement. Optom Vis Sci 2015;92:e71-e80. :doi:`10.1097/OPX.0000000000000513`

    Examples
    --------
    Peak expiratory flow of 17 persons (liters a minute) by a large and a small meter
    (Bland and Altman, Table 1; mean difference -2.1, standard deviation 38.8):

    >>> from iph.stats import limits_of_agreement
    >>> large = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478]
    >>> small = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477]
    >>> found = limits_of_agreement([*large, 178, 423, 427], [*small, 259, 350, 451])
    >>> print(f"bias {found.bias.estimate:.1f}, standard deviation {found.sd:.1f}")
    bias -2.1, standard deviation 38.8
    >>> for limit in (found.lower, found.upper):
    ...     print(f"{limit.estimate:.0f} ({limit.low:.0f} to {limit.high:.0f})")
    -78 (-124 to -53)
    74 (49 to 120)
    """
    asked, kept = level(confidence_level), level(share, "share")
    first, second = numbers(x, "x"), numbers(y, "y")
    same_length(first.size, second.size, "x", "y")
    counts = case_counts(weights, first.size)
    known = ~(np.isnan(first) | np.isnan(second))
    used = known & (counts > 0)
    largest = float(
        np.abs(np.concatenate([first[known], second[known]])).max(initial=0)
    )
    differences = on_grid(first[used] - second[used], largest)
    cases = counts[used]
    n = int(cases.sum())
    mean = sd = math.nan
    if n:
        mean = float(cases @ differences) / n
    if n > 1:
        sd = math.sqrt(float(cases @ (differences - mean) ** 2) / (n - 1))
        if sd <= _ROUNDING * max(largest, abs(mean)):
            sd = 0.0
    z = two_sided_quantile(kept)
    n_missing = int(counts.sum()) - n

    def estimate(value: float, reach: tuple[float, float]) -> Estimate:
        low, high = reach
        return Estimate(
            estimate=value,
            low=low,
            high=high,
            confidence_level=asked,
            method="noncentral-t",
            n=n,
            n_missing=n_missing,
        )

    inner, outer, middle = _reaches(n, sd, z, asked)
    return LimitsOfAgreement(
        bias=estimate(mean, (mean - middle, mean + middle)),
        sd=sd,
        lower=estimate(mean - z * sd, (mean - outer, mean - inner)),
        upper=estimate(mean + z * sd, (mean + inner, mean + outer)),
        share=kept,
        method="noncentral-t",
        confidence_level=asked,
        n=n,
        n_missing=n_missing,
    )


def _reaches(n: int, sd: float, z: float, asked: float) -> tuple[float, float, float]:
    """Return how far the bounds of a limit and of the mean lie from the mean.

    NaN if the spread is not known.
    """
    if not sd > 0.0:
        return math.nan, math.nan, math.nan
    from scipy.special import nctdtrit, stdtrit

    error = sd / math.sqrt(n)
    tails = ((1.0 - asked) / 2.0, (1.0 + asked) / 2.0)
    inner, outer = (float(nctdtrit(n - 1, z * math.sqrt(n), p)) for p in tails)
    return error * inner, error * outer, error * float(stdtrit(n - 1, tails[1]))
