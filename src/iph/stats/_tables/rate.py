"""Rates of events that can recur, and the ratio of two, with exact intervals."""

import math
from typing import Any, Literal

from iph._checks import level, one_of, whole
from iph._options import one_number
from iph.errors import InputError
from iph.stats._inference.result import Estimate
from iph.stats._tables.proportion import proportion

RateMethod = Literal["exact", "mid-p"]

_MOST = 1 << 53  # events; beyond it a float loses some
_SHORTEST, _LONGEST = 1e-140, 1e140  # of any unit; rates and ratios stay floats
_METHODS = ("exact", "mid-p")


def poisson_rate(
    events: int,
    time: float,
    *,
    confidence_level: float = 0.95,
    method: RateMethod = "exact",
    n_missing: int = 0,
) -> Estimate:
    """Rate of events that can recur, with its confidence interval.

    How many bleedings does a patient have a year, if `events` were seen in so many
    patient-years?

    Parameters
    ----------
    events : int
        The events of all patients together.
    time : float
        The time in which they were seen, of all patients together, above 0.
    confidence_level : float, default: 0.95
        Level of the interval, between 0 and 1.
    method : {"exact", "mid-p"}, default: "exact"
        The interval: Garwood's [1]_, guaranteed to hold its level if the events follow
        a Poisson distribution; or the same with the count observed taken by half, which
        holds it about.
    n_missing : int, default: 0
        Patients without a record; reported, not used.

    Returns
    -------
    Estimate
        With attributes ``estimate`` (events by unit of time), ``low``, ``high``,
        ``confidence_level``, ``method``, ``n`` (the events) and ``n_missing``.

    Raises
    ------
    iph.errors.InputError
        The events are no whole number up to 2**53, the time is not above 0 (or beyond
        1e-140 to 1e140 of any unit), or the level is not between 0 and 1.

    See Also
    --------
    rate_ratio : Two groups.
    proportion : An outcome that a patient has once or not at all.

    Notes
    -----
    A rate lies in the exact interval if, and only if, neither tail of the Poisson
    distribution is at most (1 - level) / 2; ``poisson.test`` of R gives the same.
    Events that come in clusters, as when some patients bleed often and others never,
    scatter more than that, and the interval is then too short.

    References
    ----------
    .. [1] Garwood F. Fiducial limits for the Poisson distribution. Biometrika
       1936;28:437-442. :doi:`10.1093/biomet/28.3-4.437`

    Examples
    --------
    Ten bleedings in 4 patient-years:

    >>> from iph.stats import poisson_rate
    >>> rate = poisson_rate(10, 4.0)
    >>> print(f"{rate.estimate:.2f} ({rate.low:.2f} to {rate.high:.2f}) a year")
    2.50 (1.20 to 4.60) a year
    """
    seen = whole(events, "events", high=_MOST)
    asked, left_out = level(confidence_level), whole(n_missing, "n_missing")
    one_of(method, "method", _METHODS)
    length = _time(time, "time")
    tail = (1.0 - asked) / 2.0
    low, high = (_garwood if method == "exact" else _mid_p)(seen, tail)
    return Estimate(
        estimate=seen / length,
        low=min(low, seen) / length,
        high=max(high, seen) / length,
        confidence_level=asked,
        method=method,
        n=seen,
        n_missing=left_out,
    )


def rate_ratio(
    events1: int,
    time1: float,
    events2: int,
    time2: float,
    *,
    confidence_level: float = 0.95,
    method: RateMethod = "exact",
    n_missing: int = 0,
) -> Estimate:
    """Ratio of two rates of events that can recur, with its confidence interval.

    By what factor are bleedings more frequent in the first group?

    Parameters
    ----------
    events1 : int
        The events of the first group.
    time1 : float
        The time in which they were seen, above 0.
    events2, time2 : int, float
        The same of the second group.
    confidence_level : float, default: 0.95
        Level of the interval, between 0 and 1.
    method : {"exact", "mid-p"}, default: "exact"
        The interval, from that of the share of the first group in all events: Clopper
        and Pearson's, guaranteed under Poisson distributions, or the mid-p interval.
    n_missing : int, default: 0
        Patients without a record; reported, not used.

    Returns
    -------
    Estimate
        The first rate divided by the second: ``estimate``, ``low``, ``high``,
        ``confidence_level``, ``method``, ``n`` (all events) and ``n_missing``. The
        estimate is infinite without an event in the second group; without any event it
        is NaN and the interval (0, infinity).

    Raises
    ------
    iph.errors.InputError
        The events are no whole numbers, or more than 2**53 together, a time is not
        above 0 (or beyond 1e-140 to 1e140 of any unit), or the level is not between 0
        and 1.

    See Also
    --------
    poisson_rate : One group.

    Notes
    -----
    Given all events together, those of the first group are binomial with the share
    ``r t1 / (r t1 + t2)`` under the ratio r [1]_, which turns the bounds of the share
    into those of r; ``poisson.test`` of R gives the same. The interval leaves out 1
    exactly if twice the smaller tail of that binomial test is at most 1 - level.

    References
    ----------
    .. [1] Clopper CJ, Pearson ES. The use of confidence or fiducial limits illustrated
       in the case of the binomial. Biometrika 1934;26:404-413.
       :doi:`10.1093/biomet/26.4.404`

    Examples
    --------
    Eleven bleedings in 800 patient-days against 3 in 1,200:

    >>> from iph.stats import rate_ratio
    >>> ratio = rate_ratio(11, 800, 3, 1200)
    >>> print(f"{ratio.estimate:.2f} ({ratio.low:.2f} to {ratio.high:.2f})")
    5.50 (1.45 to 30.70)
    """
    first = whole(events1, "events1", high=_MOST)
    second = whole(events2, "events2", high=_MOST)
    asked, left_out = level(confidence_level), whole(n_missing, "n_missing")
    one_of(method, "method", _METHODS)
    scale = _time(time2, "time2") / _time(time1, "time1")
    both = first + second
    if both > _MOST:
        raise InputError("events1 + events2", "at most 2**53 events together", both)
    estimate, low, high = math.nan, 0.0, math.inf
    if both:
        share = proportion(
            first,
            both,
            confidence_level=asked,
            method="clopper-pearson" if method == "exact" else "mid-p",
        )
        estimate = first / second * scale if second else math.inf
        low, high = _odds(share.low) * scale, _odds(share.high) * scale
    return Estimate(
        estimate=estimate,
        low=low,
        high=high,
        confidence_level=asked,
        method=method,
        n=both,
        n_missing=left_out,
    )


def _time(value: Any, name: str) -> float:
    rule = "a length of time above 0"
    found = one_number(value, name, rule)
    if not 0.0 < found < math.inf:
        raise InputError(name, rule, value)
    if not _SHORTEST <= found <= _LONGEST:
        raise InputError(name, f"{rule}, from 1e-140 to 1e140", value)
    return found


def _odds(share: float) -> float:
    return share / (1.0 - share) if share < 1.0 else math.inf


def _garwood(events: int, tail: float) -> tuple[float, float]:
    from scipy.special import gammainccinv, gammaincinv

    low = float(gammaincinv(events, tail)) if events else 0.0
    return low, float(gammainccinv(events + 1, tail))


def _mid_p(events: int, tail: float) -> tuple[float, float]:
    """Return where the tail with half of the count observed is that asked."""
    from scipy.special import gammainc, gammaincc

    def upper(mean: float) -> float:
        """Return P(X > events) + P(X = events) / 2 less the tail."""
        at_least = float(gammainc(events, mean)) if events else 1.0
        return (at_least + float(gammainc(events + 1, mean))) / 2.0 - tail

    def lower(mean: float) -> float:
        below = float(gammaincc(events, mean)) if events else 0.0
        return tail - (below + float(gammaincc(events + 1, mean))) / 2.0

    outer = _garwood(events, tail)
    low = _rising_root(upper, outer[0], float(events)) if events else 0.0
    return low, _rising_root(lower, float(events), outer[1])


def _rising_root(rising: Any, low: float, high: float) -> float:
    middle = (low + high) / 2.0
    while low < middle < high:  # until floats run out
        if rising(middle) < 0.0:
            low = middle
        else:
            high = middle
        middle = (low + high) / 2.0
    return middle
