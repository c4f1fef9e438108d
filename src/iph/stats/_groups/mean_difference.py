"""The difference of two means, from the figures that a paper prints."""

import math
from typing import Any, Literal

from iph._checks import level, numbers, one_of, whole
from iph.errors import InputError
from iph.stats._inference.result import Estimate

_MOST = 1 << 53  # cases; beyond it a float loses some


def mean_difference(  # noqa: PLR0917 - two groups of three figures each
    mean1: float,
    sd1: float,
    n1: int,
    mean2: float,
    sd2: float,
    n2: int,
    *,
    confidence_level: float = 0.95,
    method: Literal["welch"] = "welch",
    n_missing: int = 0,
) -> Estimate:
    """Difference of two independent means, with its confidence interval.

    By how much does the mean of our patients differ from that of another group, of
    which only mean, standard deviation and number are known?

    Parameters
    ----------
    mean1, sd1 : float
        Mean and standard deviation (with n - 1) of the first group.
    n1 : int
        Number of values of the first group.
    mean2, sd2 : float
        Mean and standard deviation of the second group.
    n2 : int
        Number of values of the second group.
    confidence_level : float, default: 0.95
        Level of the interval, between 0 and 1.
    method : {"welch"}, default: "welch"
        The interval: that of Student's t with degrees of freedom after Welch [1]_ and
        Satterthwaite, which does not take the two spreads for equal.
    n_missing : int, default: 0
        Patients without a value; reported, not used.

    Returns
    -------
    Estimate
        First mean minus second: ``estimate``, ``low``, ``high``, ``confidence_level``,
        ``method``, ``n`` (both groups) and ``n_missing``. The bounds are NaN if a group
        has fewer than two values or no standard deviation, or if neither group spreads
        at all; the estimate is NaN if a group is empty or has no mean.

    Raises
    ------
    iph.errors.InputError
        If a number is not one, a standard deviation is negative, a size is not whole,
        or the level not between 0 and 1.

    See Also
    --------
    risk_difference : The same of two shares.
    hodges_lehmann : The shift between two samples, from the values themselves.

    Notes
    -----
    With ``v = s^2 / n`` of each group, the interval is
    ``m1 - m2 -+ t sqrt(v1 + v2)``, t being the quantile of Student's distribution with
    ``(v1 + v2)^2 / (v1^2 / (n1 - 1) + v2^2 / (n2 - 1))`` degrees of freedom, rounded
    neither up nor down. R's ``t.test`` does the same.

    References
    ----------
    .. [1] Welch BL. The generalization of "Student's" problem when several different
       population variances are involved. Biometrika 1947;34:28-35.
       :doi:`10.1093/biomet/34.1-2.28`

    Examples
    --------
    Extra hours of sleep under two drugs, the data of Student's paper of 1908 taken as
    two groups; R's ``t.test(extra ~ group, data = sleep)`` prints -3.3654832 to
    0.2054832:

    >>> from iph.stats import mean_difference
    >>> found = mean_difference(0.75, 1.7890096577591625, 10, 2.33, 2.002248746168, 10)
    >>> print(f"{found.estimate:.2f} ({found.low:.5f} to {found.high:.5f})")
    -1.58 (-3.36548 to 0.20548)
    """
    m1, m2 = _number(mean1, "mean1"), _number(mean2, "mean2")
    s1, s2 = _number(sd1, "sd1", low=0.0), _number(sd2, "sd2", low=0.0)
    size1 = whole(n1, "n1", high=_MOST)
    size2 = whole(n2, "n2", high=_MOST)
    left_out = whole(n_missing, "n_missing")
    asked = level(confidence_level)
    one_of(method, "method", ("welch",))
    estimate = m1 - m2 if size1 and size2 else math.nan
    low = high = math.nan
    if min(size1, size2) >= 2 and s1 + s2 > 0.0:  # false if one of them is NaN
        half = _half_width(s1, size1, s2, size2, asked)
        low, high = estimate - half, estimate + half
    return Estimate(
        estimate=estimate,
        low=low,
        high=high,
        confidence_level=asked,
        method=method,
        n=size1 + size2,
        n_missing=left_out,
    )


def _number(value: Any, name: str, *, low: float = -math.inf) -> float:
    if isinstance(value, (list, tuple)):
        raise InputError(name, "one number", value)
    return float(numbers([value], name, low=low)[0])


def _half_width(s1: float, n1: int, s2: float, n2: int, asked: float) -> float:
    largest = max(s1, s2)  # so that no square overflows or vanishes
    one, other = s1 / largest, s2 / largest
    error = math.sqrt(one**2 / n1 + other**2 / n2)
    return welch_quantile(one, n1, other, n2, asked) * largest * error


def welch_quantile(s1: float, n1: int, s2: float, n2: int, asked: float) -> float:
    """Return Student's quantile with the degrees of freedom of two groups."""
    from scipy.special import stdtrit

    v1, v2 = s1**2 / n1, s2**2 / n2
    df = (v1 + v2) ** 2 / (v1**2 / (n1 - 1) + v2**2 / (n2 - 1))
    return float(stdtrit(df, (1.0 + asked) / 2.0))
