"""Kaplan-Meier: how many are still without the event, day by day."""

from collections.abc import Iterable

import numpy.typing as npt

from iph import _checks
from iph.stats._survival.product_limit import curve_of, entries_of
from iph.stats._survival.survival_bands import TRANSFORMS, Transform
from iph.stats._survival.survival_curve import SurvivalCurve
from iph.stats._survival.survival_rows import survival_rows
from iph.stats._survival.survival_table import table_of

_Column = npt.ArrayLike | Iterable[object]


def kaplan_meier(
    time: _Column,
    event: _Column,
    *,
    weights: _Column | None = None,
    entry: _Column | None = None,
    confidence_level: float = 0.95,
    transform: Transform = "log-log",
) -> SurvivalCurve:
    """Estimate the curve of patients still without the event.

    It answers: of patients like these, what share has not recovered (or not died) by
    each day, when some were not observed to the end?

    Parameters
    ----------
    time : array_like of float, shape (n,)
        Days under observation, 0 or more; None or NaN where missing.
    event : array_like of bool, shape (n,)
        True where the event was seen at that day, False where observation ended without
        it; None where missing. Only yes/no (1/0) is taken.
    weights : array_like of int, shape (n,), optional
        How many cases each row stands for; the result is that of the repeated rows.
    entry : array_like of float, shape (n,), optional
        The day from which each patient was under observation (left truncation), before
        `time`. A patient is at risk at t when entry < t <= time.
    confidence_level : float
        The level of the pointwise interval.
    transform : {"log-log", "log", "plain", "logit", "arcsin"}
        The scale on which the interval is symmetric. The bounds of "log-log", "logit"
        and "arcsin" stay between 0 and 1 by themselves [3]_, those of "plain" and
        "log" are cut there.

    Returns
    -------
    SurvivalCurve
        With `time`, `survival`, `low`, `high`, `standard_error`, `at_risk`, `events`,
        `censored` (arrays of one length), `confidence_level`, `transform`, `method`,
        `n`, `n_events`, `n_missing`, and the methods `median`, `quantile`, `at` and
        `restricted_mean`.

    Raises
    ------
    InputError
        If a time is negative or infinite, an event is not yes/no, the columns differ in
        length, an entry is not before its time, or an option is unknown.

    See Also
    --------
    reverse_kaplan_meier : How long the patients were followed.
    cumulative_incidence : Where death competes with recovery.

    Notes
    -----
    The product over the days with events of 1 - d / n, where n patients are at risk
    just before the day and d of them have the event [1]_; at equal times events come
    before censorings. The variance is Greenwood's [2]_. R's `survival` has the same
    numbers, with "log" as its usual transform; SPSS prints "plain" ones. Where the
    formula is undefined the bounds are NaN: at a survival of 0, and before the first
    event for "log-log", "logit" and "arcsin". With few patients at risk every interval
    is too narrow; report the number at risk with it.

    References
    ----------
    .. [1] Kaplan EL, Meier P. Nonparametric estimation from incomplete observations.
       J Am Stat Assoc 1958;53:457-481. :doi:`10.1080/01621459.1958.10501452`
    .. [2] Greenwood M. The natural duration of cancer. Reports on Public Health and
       Medical Subjects 33. London: HMSO; 1926.
    .. [3] Borgan O, Liestol K. A note on confidence intervals and bands for the
       survival function based on transformations. Scand J Stat 1990;17:35-41.

    Examples
    --------
    Weeks in remission of 21 children under 6-mercaptopurine (Freireich et al., Blood
    1963;21:699-716):

    >>> from iph.stats import kaplan_meier
    >>> weeks = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32,
    ...          34, 35]
    >>> relapse = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    >>> curve = kaplan_meier(weeks, relapse)
    >>> [round(s, 3) for s in curve.at([6, 10, 23]).survival.tolist()]
    [0.857, 0.753, 0.448]
    >>> median = curve.median()
    >>> median.value, median.low, median.high
    (23.0, 13.0, nan)

    Half of the children relapsed within 23 weeks; the data exclude less than 13 weeks
    but set no upper bound.
    """
    _checks.one_of(transform, "transform", TRANSFORMS)
    confidence_level = _checks.level(confidence_level)
    rows = survival_rows(time, event, weights=weights, entry=entry)
    return curve_of(
        table_of(rows),
        confidence_level=confidence_level,
        transform=transform,
        entries=entries_of(rows),
    )
