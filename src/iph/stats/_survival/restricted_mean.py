"""Restricted mean: the average time without the event up to a day."""

import math

import attrs
import numpy as np

from iph import _checks
from iph._checks import Floats, Ints
from iph._results import Result
from iph.errors import DataError, InputError
from iph.stats._inference.tails import two_sided_quantile


@attrs.frozen(kw_only=True, eq=False)
class RestrictedMean(Result):
    """The mean time without the event during the first `tau` days.

    Attributes
    ----------
    value : float
        The area under the survival curve from 0 to `tau`.
    standard_error : float
        Its standard error by Greenwood's formula.
    low, high : float
        The bounds of the normal confidence interval.
    tau : float
        The day up to which the mean is taken.
    confidence_level : float
        The level of the interval.
    method : str
        The name of the rule: "area under Kaplan-Meier, Greenwood".
    n : int
        The number of cases used.
    n_missing : int
        The number of cases left out because a value was missing.
    """

    value: float
    standard_error: float
    low: float
    high: float
    tau: float
    confidence_level: float
    method: str
    n: int
    n_missing: int


def restricted_area(
    time: Floats, survival: Floats, at_risk: Ints, events: Ints, tau: float
) -> tuple[float, float]:
    """Return the area under the curve up to `tau` and its standard error.

    Each event at t lowers the curve after t, so its share in the variance is the area
    from t to `tau`, squared, times Greenwood's d / (n (n - d)).
    """
    hit = np.flatnonzero((events > 0) & (time < tau))
    widths = np.diff(time[hit], prepend=0.0, append=tau)
    areas = widths * np.concatenate(([1.0], survival[hit]))
    later = np.cumsum(areas[:0:-1])[::-1]
    n = at_risk[hit].astype(np.float64)
    d = events[hit].astype(np.float64)
    # Where all have the event, no area is left to vary: such a step adds nothing.
    some_left = d < n
    n, d, later = n[some_left], d[some_left], later[some_left]
    variance = float((later**2 * d / (n * (n - d))).sum())
    return float(areas.sum()), math.sqrt(variance)


def restricted_mean_of(
    *,
    time: Floats,
    survival: Floats,
    at_risk: Ints,
    events: Ints,
    tau: float,
    confidence_level: float,
    n: int,
    n_missing: int,
) -> RestrictedMean:
    """Check the limit against the curve and return the restricted mean."""
    limit = checked_tau(tau)
    if time.size == 0:
        raise DataError("the restricted mean needs at least one patient, got none")
    last = float(time[-1])
    if limit > last and survival[-1] > 0.0:
        raise DataError(
            f"the curve is unknown after day {last:g}, where {survival[-1]:.3g} of the "
            f"patients are still without the event, got tau = {limit:g}; "
            f"choose tau of at most {last:g}"
        )
    value, error = restricted_area(time, survival, at_risk, events, limit)
    half = two_sided_quantile(confidence_level) * error
    return RestrictedMean(
        value=value,
        standard_error=error,
        low=value - half,
        high=value + half,
        tau=limit,
        confidence_level=confidence_level,
        method="area under Kaplan-Meier, Greenwood",
        n=n,
        n_missing=n_missing,
    )


def checked_tau(tau: float) -> float:
    """Check the limit of a restricted mean: one positive, finite number of days."""
    (limit,) = _checks.numbers([tau], "tau", low=0.0)
    if not limit > 0.0:  # 0 and missing
        raise InputError("tau", "a positive number of days", tau)
    return float(limit)
