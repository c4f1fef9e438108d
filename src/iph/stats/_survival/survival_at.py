"""A survival curve read at given days."""

import attrs

from iph._checks import Floats, Ints
from iph._results import Result
from iph.stats._survival.survival_bands import Interval


@attrs.frozen(kw_only=True, eq=False)
class SurvivalAt(Result):
    """A survival curve read at given days.

    Attributes
    ----------
    day : ndarray of float
        The days, as given.
    survival : ndarray of float
        The probability to be without the event after each day; NaN beyond the last
        day of observation, unless the curve has come down to 0.
    low, high : ndarray of float
        The bounds of the pointwise confidence interval.
    standard_error : ndarray of float
        Greenwood's standard error of the survival.
    at_risk : ndarray of int
        Patients under observation and without the event just before each day.
    confidence_level : float
        The level of the interval.
    interval : str
        The name of the interval.
    method : str
        The name of the estimator.
    n : int
        The number of cases used.
    n_missing : int
        The number of cases left out because a value was missing.
    """

    day: Floats
    survival: Floats
    low: Floats
    high: Floats
    standard_error: Floats
    at_risk: Ints
    confidence_level: float
    interval: Interval
    method: str
    n: int
    n_missing: int
