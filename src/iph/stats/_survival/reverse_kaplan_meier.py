"""Reverse Kaplan-Meier: how long the patients were followed."""

from collections.abc import Iterable

import numpy.typing as npt

from iph import _checks
from iph.stats._survival.product_limit import curve_of, entries_of
from iph.stats._survival.survival_bands import TRANSFORMS, Transform
from iph.stats._survival.survival_curve import SurvivalCurve
from iph.stats._survival.survival_quantile import FLATS, Flat, SurvivalQuantile
from iph.stats._survival.survival_rows import survival_rows
from iph.stats._survival.survival_table import SurvivalTable, table_of

_Column = npt.ArrayLike | Iterable[object]


def reverse_kaplan_meier(
    time: _Column,
    event: _Column,
    *,
    weights: _Column | None = None,
    entry: _Column | None = None,
    confidence_level: float = 0.95,
    transform: Transform = "log-log",
) -> SurvivalCurve:
    """Estimate the curve of patients still under observation.

    It answers: how long would the patients have been followed, had none of them had the
    event? Event and censoring change places [1]_.

    Parameters
    ----------
    time, event, weights, entry, confidence_level, transform : object
        As for `kaplan_meier`; `event` is given as there, not reversed.

    Returns
    -------
    SurvivalCurve
        As of `kaplan_meier`; its `events` are the ends of observation, its `censored`
        the true events, and its `method` says so.

    Raises
    ------
    InputError
        As `kaplan_meier`.

    See Also
    --------
    median_follow_up : The median of this curve.

    Notes
    -----
    Reversing the indicator reverses the order within a day as well: a patient who had
    the event on a day counts as at risk of leaving on it, as in R with
    ``Surv(time, 1 - status)``. R's `prodlim` keeps the order and differs on tied days.

    References
    ----------
    .. [1] Schemper M, Smith TL. A note on quantifying follow-up in studies of failure
       time. Control Clin Trials 1996;17:343-346. :doi:`10.1016/0197-2456(96)00075-X`

    Examples
    --------
    >>> from iph.stats import reverse_kaplan_meier
    >>> curve = reverse_kaplan_meier([3, 5, 7, 9], [True, False, True, False])
    >>> [round(s, 3) for s in curve.survival.tolist()]
    [1.0, 0.667, 0.667, 0.0]
    """
    _checks.one_of(transform, "transform", TRANSFORMS)
    confidence_level = _checks.level(confidence_level)
    rows = survival_rows(time, event, weights=weights, entry=entry)
    table = table_of(rows)
    swapped = SurvivalTable(
        time=table.time,
        events=table.censored,
        censored=table.events,
        at_risk=table.at_risk,
        groups=table.groups,
        n=table.n,
        n_missing=table.n_missing,
    )
    return curve_of(
        swapped,
        confidence_level=confidence_level,
        transform=transform,
        method="reverse kaplan-meier",
        entries=entries_of(rows),
    )


def median_follow_up(
    time: _Column,
    event: _Column,
    *,
    weights: _Column | None = None,
    entry: _Column | None = None,
    confidence_level: float = 0.95,
    transform: Transform = "log-log",
    flat: Flat = "midpoint",
) -> SurvivalQuantile:
    """Estimate the median follow-up by the reverse Kaplan-Meier curve.

    It answers: for how long was half of the series followed, or would have been, had
    the event not ended the observation?

    Parameters
    ----------
    time, event, weights, entry, confidence_level, transform : object
        As for `kaplan_meier`; `event` is given as there, not reversed.
    flat : {"midpoint", "first"}
        The rule for a curve that is flat at exactly one half.

    Returns
    -------
    SurvivalQuantile
        With `value`, `low`, `high`, `probability`, `flat`, `confidence_level`,
        `method`, `n`, `n_missing`.

    Raises
    ------
    InputError
        As `kaplan_meier`.

    See Also
    --------
    reverse_kaplan_meier : The curve itself, with its convention and reference.

    Examples
    --------
    >>> from iph.stats import median_follow_up
    >>> median_follow_up([3, 5, 7, 9], [True, False, True, False]).value
    9.0
    """
    _checks.one_of(flat, "flat", FLATS)
    curve = reverse_kaplan_meier(
        time,
        event,
        weights=weights,
        entry=entry,
        confidence_level=confidence_level,
        transform=transform,
    )
    return curve.median(flat=flat)
