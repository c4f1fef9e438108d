"""Median and quartiles of a sample in which some values are known by a bound alone."""

import math
from collections.abc import Iterable
from fractions import Fraction

import attrs
import numpy.typing as npt

from iph._checks import level
from iph._results import Result
from iph.stats._description.completions import (
    UNDEFINED,
    BoundedSample,
    read_bounded,
)
from iph.stats._description.quartiles import QUARTERS, quantile_place, rule_of
from iph.stats._description.rank_distributions import binomial_interval
from iph.stats._description.value_range import ValueRange


@attrs.frozen(kw_only=True, eq=False)
class BoundedQuartiles(Result):
    """The three quartiles of a sample with bounds.

    Attributes
    ----------
    q1, median, q3 : ValueRange
        Between which limits each quartile lies; ``.known`` is the quartile itself, or
        the bound that is known of it, or None.
    n : int
        Number of cases with a value or a bound.
    n_missing : int
        Number of cases left out because the value was missing.
    n_bounds : int
        Number of cases that are known by a bound alone.
    method : str
        The name of the rule.
    """

    q1: ValueRange
    median: ValueRange
    q3: ValueRange
    n: int
    n_missing: int
    n_bounds: int
    method: str


@attrs.frozen(kw_only=True, eq=False)
class BoundedMedian(Result):
    """The median of a sample with bounds, and its confidence interval.

    Attributes
    ----------
    median : ValueRange
        Between which limits the median of the sample lies.
    interval : ValueRange
        The confidence interval: from the least that its lower end can be to the
        greatest that its upper end can be.
    confidence_level : float
        The level asked for.
    achieved_level : float
        The least level that the interval has; NaN if no value is recorded.
    method : str
        Which distribution gave the interval: ``"exact"``.
    n : int
        Number of cases with a value or a bound.
    n_missing : int
        Number of cases left out because the value was missing.
    n_bounds : int
        Number of cases that are known by a bound alone.
    """

    median: ValueRange
    interval: ValueRange
    confidence_level: float
    achieved_level: float
    method: str
    n: int
    n_missing: int
    n_bounds: int


def bounded_quartiles(
    x: npt.ArrayLike | Iterable[object],
    *,
    method: str | int = "weibull",
    weights: npt.ArrayLike | Iterable[object] | None = None,
) -> BoundedQuartiles:
    """Quartiles of a sample in which some values are known by a bound alone.

    What is the median INR of the patients if for some of them the laboratory says
    ">8"? Left out, the highest values would be missing from it; taken as 8, they would
    be what nobody measured. Often the median is known all the same, since only the
    order of the values counts.

    Parameters
    ----------
    x : sequence of float or iph.Bound
        One value a patient; None or NaN where it is missing. A value known by a bound
        alone is an `iph.Bound`, such as ``Bound(">", 8)``.
    method : str or int, default: "weibull"
        The rule, as in `quartiles`.
    weights : sequence of int, optional
        How many patients each value stands for.

    Returns
    -------
    BoundedQuartiles
        With attributes ``q1``, ``median``, ``q3``, ``n``, ``n_missing``, ``n_bounds``
        and ``method``. Each quartile is a `ValueRange` with ``low``, ``high``,
        ``includes_low``, ``includes_high`` and ``known``: the number where all values
        that the bounds can stand for give the same, else a `Bound`, else None.

    Raises
    ------
    iph.errors.InputError
        A value is neither a finite number nor a bound, a weight is not a whole number
        of cases, or the rule is unknown.

    See Also
    --------
    quartiles : The same of a sample without bounds.
    bounded_median_interval : The median with its confidence interval.
    mann_whitney : The test of two such samples.

    Notes
    -----
    A quantile never falls when a value of its sample rises. So its least value is that
    of the sample in which each bound stands for the least that it can, its greatest
    that of the greatest, and every number between them is the quantile of some values
    that the bounds allow: the limits are sharp. Nothing is assumed of the distribution,
    and nothing is put in the place of a bound; half a limit, or the limit itself, in
    the place of each such value gives poor estimates [1]_.

    References
    ----------
    .. [1] Helsel DR. Fabricating data: how substituting values for nondetects can ruin
       results, and what can be done about it. Chemosphere 2006;65:2434-2439.
       :doi:`10.1016/j.chemosphere.2006.04.051`

    Examples
    --------
    Weeks in remission of 21 children with leukemia who were given 6-MP (Gehan 1965, as
    in `mann_whitney`); of twelve it is known only that the remission lasted longer:

    >>> from iph import Bound
    >>> from iph.stats import bounded_quartiles
    >>> seen = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    >>> longer = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    >>> weeks = bounded_quartiles([*seen, *(Bound(">", week) for week in longer)])
    >>> print(weeks.median.known, weeks.n, weeks.n_bounds)
    >=16 21 12
    >>> weeks.q1.low, weeks.q1.high, weeks.q1.known
    (8.0, 11.5, None)
    """
    number, name = rule_of(method)
    sample = read_bounded(x, weights)
    q1, median, q3 = (_quantile(sample, p, number) for p in QUARTERS)
    return BoundedQuartiles(
        q1=q1,
        median=median,
        q3=q3,
        n=sample.n,
        n_missing=sample.n_missing,
        n_bounds=sample.n_bounds,
        method=name,
    )


def bounded_median_interval(
    x: npt.ArrayLike | Iterable[object],
    *,
    confidence_level: float = 0.95,
    weights: npt.ArrayLike | Iterable[object] | None = None,
) -> BoundedMedian:
    """Median of a sample with bounds, with an interval that holds its level.

    How long do symptoms last if some patients were sent home before they ended? The
    median is known if it lies among those who were seen to the end.

    Parameters
    ----------
    x : sequence of float or iph.Bound
        One value a patient; None or NaN where it is missing. A value known by a bound
        alone is an `iph.Bound`.
    confidence_level : float, default: 0.95
        Level of the interval, between 0 and 1.
    weights : sequence of int, optional
        How many patients each value stands for.

    Returns
    -------
    BoundedMedian
        With attributes ``median``, ``interval``, ``confidence_level``,
        ``achieved_level``, ``method``, ``n``, ``n_missing`` and ``n_bounds``. Median
        and interval are of class `ValueRange`. Below six patients no finite interval
        has 95 %.

    Raises
    ------
    iph.errors.InputError
        A value is neither a finite number nor a bound, a weight is not a whole number
        of cases, or the level is not between 0 and 1.

    See Also
    --------
    median_interval : The same of a sample without bounds.
    bounded_quartiles : The quartiles.
    kaplan_meier : The median time to an event, if times alone end with ">".

    Notes
    -----
    Whatever values the bounds stand for, the interval of `median_interval` of those
    values lies within this one. It therefore holds its level wherever that one does,
    which is always [1]_; and it needs no rule by which values become bounds, as
    `kaplan_meier` needs censoring that does not depend on the time itself.

    References
    ----------
    .. [1] Conover WJ. Practical nonparametric statistics. 3rd ed. Wiley; 1999:143-148.

    Examples
    --------
    >>> from iph import Bound
    >>> from iph.stats import bounded_median_interval
    >>> days = [1, 1, 2, 2, 3, 3, 3, 4, 5, Bound(">", 5), Bound(">", 7), Bound(">", 7)]
    >>> found = bounded_median_interval(days)
    >>> found.median.known, found.interval.low, found.interval.high
    (3.0, 2.0, inf)
    """
    asked = level(confidence_level)
    return median_of(read_bounded(x, weights), asked)


def median_of(sample: BoundedSample, asked: float) -> BoundedMedian:
    """Return the median of a sample between its extremes, with its interval."""
    n = sample.n
    median = interval = UNDEFINED
    achieved = math.nan
    if n:
        rank, achieved = binomial_interval(n, asked)
        median = sample.between((n + 1) // 2, Fraction(1 - n % 2, 2))
        interval = _interval(sample, rank)
    return BoundedMedian(
        median=median,
        interval=interval,
        confidence_level=asked,
        achieved_level=achieved,
        method="exact",
        n=n,
        n_missing=sample.n_missing,
        n_bounds=sample.n_bounds,
    )


def _interval(sample: BoundedSample, rank: int) -> ValueRange:
    """Return all that lies between two order statistics; rank 0 is without end."""
    lower = sample.between(rank, Fraction(0))
    upper = sample.between(sample.n + 1 - rank, Fraction(0))
    return ValueRange(
        low=lower.low if rank else -math.inf,
        high=upper.high if rank else math.inf,
        includes_low=lower.includes_low and rank > 0,
        includes_high=upper.includes_high and rank > 0,
    )


def _quantile(sample: BoundedSample, p: Fraction, number: int) -> ValueRange:
    if not sample.n:
        return UNDEFINED
    return sample.between(*quantile_place(sample.n, p, number))
