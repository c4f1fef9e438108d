"""One variable in a few numbers, and whether its mean or its median speaks for it."""

import math
from collections.abc import Iterable
from fractions import Fraction
from typing import Literal

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import Floats, level, one_of
from iph._results import Result
from iph._wide import repeat
from iph.stats._description.quartiles import Quartiles, quartiles_of
from iph.stats._description.sample import Sample, compact, is_whole, read_sample

DescriptionRule = Literal["shapiro-wilk", "mean", "median"]

_SHAPIRO_LEAST, _SHAPIRO_MOST = 3, 5000  # the sizes that Royston's test is made for
_INT64_SAFE = 2**62
_SMALL = 10_000  # up to here an exactly rounded sum costs less than a millisecond


@attrs.frozen(kw_only=True, eq=False)
class Description(Result):
    """One variable in a few numbers.

    Attributes
    ----------
    mean : float
        The mean; NaN if no value is recorded.
    exact_mean : Fraction or None
        The mean as a fraction if all values are whole numbers, so that it can be
        rounded for display from its exact value; else None.
    sd : float
        The standard deviation, with n - 1; NaN below two values.
    quartiles : Quartiles
        The quartiles by the rule named in ``quartiles.method``.
    minimum, maximum : float
        The extremes; NaN if no value is recorded.
    normal : bool or None
        Whether the test of normality was passed; None where it was not made.
    normality_p_value : float
        Its p-value; NaN where it was not made.
    shown : {"mean", "median"}
        Which of the two the rule picks.
    rule : str
        The rule: ``"shapiro-wilk"``, ``"mean"`` or ``"median"``.
    reason : str
        Why the rule picks it, in words.
    alpha : float
        The level of the test of normality.
    n : int
        Number of cases recorded.
    n_missing : int
        Number of cases left out because the value was missing.
    """

    mean: float
    exact_mean: Fraction | None
    sd: float
    quartiles: Quartiles
    minimum: float
    maximum: float
    normal: bool | None
    normality_p_value: float
    shown: Literal["mean", "median"]
    rule: DescriptionRule
    reason: str
    alpha: float
    n: int
    n_missing: int

    @property
    def q1(self) -> float:
        """The lower quartile."""
        return self.quartiles.q1

    @property
    def median(self) -> float:
        """The median."""
        return self.quartiles.median

    @property
    def q3(self) -> float:
        """The upper quartile."""
        return self.quartiles.q3


def describe(
    x: npt.ArrayLike | Iterable[object],
    *,
    rule: DescriptionRule = "median",
    alpha: float = 0.05,
    quartile_method: str | int = "weibull",
    weights: npt.ArrayLike | Iterable[object] | None = None,
) -> Description:
    """Mean, SD, quartiles and range of one variable, and which of them to show.

    How old were the patients? Median and quartiles describe any variable; some studies
    print mean and SD of one that looks normal. The rule that decides is named in the
    result, with its p-value if it has one.

    Parameters
    ----------
    x : sequence of float
        One value a patient; None or NaN where it is missing.
    rule : {"median", "mean", "shapiro-wilk"}, default: "median"
        What is to be shown; ``"shapiro-wilk"`` leaves it to a test of normality.
    alpha : float, default: 0.05
        Level of the test of normality; at or below it the median is shown.
    quartile_method : str or int, default: "weibull"
        The rule of the quartiles, as in `quartiles`.
    weights : sequence of int, optional
        How many patients each value stands for.

    Returns
    -------
    Description
        With attributes ``mean``, ``exact_mean``, ``sd``, ``quartiles`` (and ``q1``,
        ``median``, ``q3``), ``minimum``, ``maximum``, ``normal``,
        ``normality_p_value``, ``shown``, ``rule``, ``reason``, ``alpha``, ``n`` and
        ``n_missing``.

    Raises
    ------
    iph.errors.InputError
        A value is not a finite number, a weight is not a whole number of cases, or an
        option is unknown.

    See Also
    --------
    quartiles : The quartiles alone, and the table of their rules.
    median_interval : The median with an exact confidence interval.

    Notes
    -----
    Sums of whole numbers are exact; their mean is the float nearest to the exact
    fraction, their SD rests on an exact variance.

    The test of normality is Royston's version of Shapiro and Wilk [1]_, as in R and
    SciPy. It is made for 3 to 5,000 values that are not all equal. Where it cannot be
    made ``normal`` is None and the median is shown. In a small series the test rarely
    finds anything and in a large one it always does, and the figures of two series are
    then not of one kind: a fixed choice is the better plan.

    References
    ----------
    .. [1] Royston P. Remark AS R94: a remark on algorithm AS 181: the W-test for
       normality. Appl Stat 1995;44:547-551. :doi:`10.2307/2986146`

    Examples
    --------
    >>> from iph.stats import describe
    >>> values = [1, 1, 1, 2, 2, 3, 3, 3, 4, 7, 7, 14, 30, None]
    >>> days = describe(values, rule="shapiro-wilk")
    >>> days.shown, days.reason
    ('median', 'Shapiro-Wilk p <= 0.05')
    >>> f"{days.median:g} ({days.q1:g}, {days.q3:g}) days, n = {days.n}"
    '3 (1.5, 7) days, n = 13'
    >>> days.exact_mean
    Fraction(6, 1)
    """
    one_of(rule, "rule", ("shapiro-wilk", "mean", "median"))
    asked = level(alpha, "alpha")
    sample = compact(read_sample(x, weights))
    quarters = quartiles_of(sample, quartile_method, name="quartile_method")
    mean, exact_mean, sd = moments(sample)
    known = sample.n > 0
    p_value, reason = _normality(sample, rule, asked)
    normal = None if math.isnan(p_value) else p_value > asked
    return Description(
        mean=mean,
        exact_mean=exact_mean,
        sd=sd,
        quartiles=quarters,
        minimum=float(sample.values.min()) if known else math.nan,
        maximum=float(sample.values.max()) if known else math.nan,
        normal=normal,
        normality_p_value=p_value,
        shown="mean" if normal or rule == "mean" else "median",
        rule=rule,
        reason=reason,
        alpha=asked,
        n=sample.n,
        n_missing=sample.n_missing,
    )


def _normality(sample: Sample, rule: str, alpha: float) -> tuple[float, str]:
    """Return the p-value of the test of normality, and what it came to."""
    values = sample.values
    if rule != "shapiro-wilk":
        return math.nan, f"{rule} by choice"
    if sample.n < _SHAPIRO_LEAST:
        return math.nan, f"normality not testable: fewer than {_SHAPIRO_LEAST} values"
    if sample.n > _SHAPIRO_MOST:
        return math.nan, f"normality not tested: more than {_SHAPIRO_MOST} values"
    if values.min() == values.max():
        return math.nan, "normality not testable: all values equal"
    from scipy.stats import shapiro

    if sample.counts is not None:
        values = repeat(values, sample.counts)
    # Sorted, since SciPy shifts by whichever value stands in the middle.
    p_value = float(shapiro(np.sort(values)).pvalue)
    return p_value, f"Shapiro-Wilk p {'>' if p_value > alpha else '<='} {alpha:g}"


def moments(sample: Sample) -> tuple[float, Fraction | None, float]:
    """Return mean, exact mean (of whole numbers) and SD."""
    n = sample.n
    if n == 0:
        return math.nan, None, math.nan
    if is_whole(sample.values):
        total, squares, low = _whole_sums(sample)
        exact = Fraction(total, n) + low
        if n == 1:
            return float(exact), exact, math.nan
        variance = Fraction(n * squares - total * total, n * (n - 1))
        return float(exact), exact, math.sqrt(variance)
    low_value = float(sample.values.min())
    mean = low_value + _float_sum(sample.values - low_value, sample) / n
    if n == 1:
        return mean, None, math.nan
    deviations = sample.values - mean
    rest = _float_sum(deviations, sample)
    squared = _float_sum(deviations * deviations, sample)
    return mean, None, math.sqrt(max(squared - rest * rest / n, 0.0) / (n - 1))


def _whole_sums(sample: Sample) -> tuple[int, int, int]:
    """Return the sums of values and squares above the lowest value, and that value."""
    low = float(sample.values.min())
    span = int(sample.values.max() - low)
    if span * span * sample.n < _INT64_SAFE:
        above = (sample.values - low).astype(np.int64)
        weighted = above if sample.counts is None else above * sample.counts
        return int(weighted.sum()), int((above * weighted).sum()), int(low)
    rows = [int(value) - int(low) for value in sample.values.tolist()]
    cases = [1] * len(rows) if sample.counts is None else sample.counts.tolist()
    pairs = list(zip(rows, cases, strict=True))
    return sum(v * c for v, c in pairs), sum(v * v * c for v, c in pairs), int(low)


def _float_sum(values: Floats, sample: Sample) -> float:
    """Sum up; for small samples exactly rounded, so that row order does not matter."""
    if sample.counts is None:
        weighted = values
    elif sample.n <= _SMALL:  # as the repeated rows, to the last digit
        weighted = repeat(values, sample.counts)
    else:
        weighted = values * sample.counts
    return math.fsum(weighted) if weighted.size <= _SMALL else float(weighted.sum())
