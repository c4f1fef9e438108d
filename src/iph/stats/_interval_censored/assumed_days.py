"""Days assumed for recovery that was seen only at visits, and what they change."""

from typing import Any, Literal

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import Floats, numbers, one_of
from iph._results import Result
from iph.stats._inference.result import read_only
from iph.stats._interval_censored.intervals import IntervalEnds, read_intervals
from iph.stats._interval_censored.turnbull import QuantileInterval, turnbull
from iph.stats._survival.kaplan_meier import kaplan_meier
from iph.stats._survival.survival_bands import Interval
from iph.stats._survival.survival_curve import SurvivalCurve
from iph.stats._survival.survival_quantile import Flat, SurvivalQuantile

DayRule = Literal["right-point", "midpoint", "left-point"]
DAY_RULES: tuple[DayRule, ...] = ("right-point", "midpoint", "left-point")


@attrs.frozen(kw_only=True, eq=False)
class AssumedDays(Result):
    """Intervals turned into days, as a program for known days wants them.

    Attributes
    ----------
    time : array
        The assumed day of recovery, or the last day seen not recovered; NaN where an
        end is missing.
    event : array of bool
        Whether recovery was seen at all; False where an end is missing.
    rule : str
        Where in its interval the day was put.
    n : int
        Number of patients with both ends.
    n_missing : int
        Number of patients without.
    """

    time: Floats
    event: npt.NDArray[np.bool_]
    rule: str
    n: int
    n_missing: int


@attrs.frozen(kw_only=True, eq=False)
class AssumedMedian(Result):
    """The median under one assumption, and the curve it comes from.

    Attributes
    ----------
    rule : str
        Where in its interval each day was put.
    median : SurvivalQuantile
        The Kaplan-Meier median with its confidence interval.
    curve : SurvivalCurve
        The Kaplan-Meier curve.
    """

    rule: str
    median: SurvivalQuantile
    curve: SurvivalCurve


@attrs.frozen(kw_only=True, eq=False)
class IntervalSensitivity(Result):
    """How much the median day of recovery depends on what is assumed.

    Attributes
    ----------
    median : QuantileInterval
        Where the median lies without any assumption (Turnbull).
    assumed : tuple of AssumedMedian
        The medians with the day put at the right end, in the middle and at the left end
        of each interval, in this order.
    method : str
        What was compared.
    n : int
        Number of patients with both ends.
    n_missing : int
        Number of patients without.
    """

    median: QuantileInterval
    assumed: tuple[AssumedMedian, ...]
    method: str
    n: int
    n_missing: int


def assumed_days(
    left: IntervalEnds, right: IntervalEnds, *, rule: DayRule = "right-point"
) -> AssumedDays:
    """Put each day of recovery somewhere in its interval.

    For programs that know only days. The visit at which recovery was first seen
    (the right end) is what most reports take without saying so.

    Parameters
    ----------
    left, right : sequence of float
        Recovery lies in (left, right], as for `turnbull`.
    rule : {"right-point", "midpoint", "left-point"}, default: "right-point"
        Where the day is put. Patients never seen recovered are censored on the last
        day seen not recovered by every rule.

    Returns
    -------
    AssumedDays
        With `time`, `event`, `rule`, `n` and `n_missing`; rows keep their order.

    Raises
    ------
    InputError
        If the ends are not as for `turnbull`, or the rule is unknown.

    See Also
    --------
    interval_sensitivity : The medians under all three rules.

    Examples
    --------
    >>> import math
    >>> from iph.stats import assumed_days
    >>> found = assumed_days([0, 30, 91], [7, 91, math.inf], rule="midpoint")
    >>> found.time.tolist(), found.event.tolist()
    ([3.5, 60.5, 91.0], [True, True, False])
    """
    one_of(rule, "rule", DAY_RULES)
    rows = read_intervals(left, right)
    event = np.isfinite(rows.right)
    last_seen = np.where(event, rows.right, rows.left)
    day = {
        "right-point": last_seen,
        "midpoint": rows.left + (last_seen - rows.left) / 2.0,
        "left-point": rows.left,
    }[rule]
    time = np.full(rows.n + rows.n_missing, np.nan)
    seen = np.zeros(time.size, dtype=np.bool_)
    time[rows.kept], seen[rows.kept] = day, event
    return AssumedDays(
        time=read_only(time),
        event=read_only(seen),
        rule=rule,
        n=rows.n,
        n_missing=rows.n_missing,
    )


def interval_sensitivity(
    left: IntervalEnds,
    right: IntervalEnds,
    *,
    weights: Any = None,
    confidence_level: float = 0.95,
    interval: Interval = "beta-product",
    flat: Flat = "midpoint",
) -> IntervalSensitivity:
    """Show how the median day of recovery depends on the days assumed.

    Recovery seen only at visits is often analyzed as if it had happened on the day of
    the visit. Would another assumption have given another answer?

    Parameters
    ----------
    left, right : sequence of float
        Recovery lies in (left, right], as for `turnbull`.
    weights : sequence of int, optional
        How many patients each row stands for.
    confidence_level : float, default: 0.95
        Level of the Kaplan-Meier intervals.
    interval : str, default: "beta-product"
        The rule of these intervals, as for `kaplan_meier`.
    flat : {"midpoint", "first"}, default: "midpoint"
        The median where the curve is flat at one half, as for `kaplan_meier`.

    Returns
    -------
    IntervalSensitivity
        With `median` (no assumption), `assumed` (one entry for each rule, with `rule`,
        `median` and `curve`), `method`, `n` and `n_missing`.

    Raises
    ------
    InputError
        If an argument is not what it must be.
    DataError
        If no patient has both ends.

    See Also
    --------
    turnbull : The curve without assumed days.

    Notes
    -----
    The intervals of the assumed medians ignore that the days were assumed: they are too
    narrow. With a common grid of visits the right-point curve equals the Turnbull curve
    on the days of the visits if nobody missed one [1]_.

    References
    ----------
    .. [1] Lindsey JC, Ryan LM. Methods for interval-censored data. Stat Med
       1998;17:219-38.
       :doi:`10.1002/(SICI)1097-0258(19980130)17:2<219::AID-SIM735>3.0.CO;2-O`

    Examples
    --------
    >>> import math
    >>> from iph.stats import interval_sensitivity
    >>> left = [0, 7, 7, 30, 30, 30, 91, 91, 182, 182]
    >>> right = [7, 30, 30, 91, 91, 182, 182, 365, 365, math.inf]
    >>> found = interval_sensitivity(left, right)
    >>> found.median.low, found.median.high
    (30.0, 91.0)
    >>> {row.rule: row.median.value for row in found.assumed}
    {'right-point': 136.5, 'midpoint': 83.25, 'left-point': 30.0}
    """
    low, high = numbers(left, "left"), numbers(right, "right", infinite=True)
    counts = None if weights is None else numbers(weights, "weights")
    curve = turnbull(low, high, weights=counts)
    assumed = []
    for rule in DAY_RULES:
        days = assumed_days(low, high, rule=rule)
        estimate = kaplan_meier(
            days.time,
            days.event,
            weights=counts,
            confidence_level=confidence_level,
            interval=interval,
        )
        assumed.append(
            AssumedMedian(rule=rule, median=estimate.median(flat=flat), curve=estimate)
        )
    return IntervalSensitivity(
        median=curve.median(),
        assumed=tuple(assumed),
        method="Turnbull and Kaplan-Meier with assumed days",
        n=curve.n,
        n_missing=curve.n_missing,
    )
