"""The day by which a given share has had the event."""

import math
from fractions import Fraction
from typing import Literal, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import Floats, Ints
from iph._results import Result
from iph.errors import InputError

Flat: TypeAlias = Literal["midpoint", "first"]

FLATS: tuple[Flat, ...] = ("midpoint", "first")


@attrs.frozen(kw_only=True, eq=False)
class SurvivalQuantile(Result):
    """The time by which a share of the patients has had the event.

    Attributes
    ----------
    value : float
        The time; NaN if the curve does not fall that far.
    low, high : float
        The bounds of the confidence interval; NaN where a bound is not reached.
    probability : float
        The share of patients with the event: 0.5 for the median.
    flat : str
        The rule for a flat stretch at exactly that share: "midpoint" or "first".
    confidence_level : float
        The level of the interval.
    method : str
        The name of the interval: "brookmeyer-crowley" of the bounds on a scale,
        "beta-product" or "beta-product-mid-p".
    n : int
        The number of cases used.
    n_missing : int
        The number of cases left out because a value was missing.
    """

    value: float
    low: float
    high: float
    probability: float
    flat: Flat
    confidence_level: float
    method: str
    n: int
    n_missing: int


@attrs.frozen(kw_only=True, eq=False)
class Steps:
    """A product-limit curve at the times where it falls.

    Attributes
    ----------
    time : ndarray of float
        The times with an event, ascending.
    at_risk, events : ndarray of int
        Patients at risk just before, and events at, each time.
    survival : ndarray of float
        The curve from each time on.
    last : float
        The last time of observation.
    """

    time: Floats
    at_risk: Ints
    events: Ints
    survival: Floats
    last: float


def share(probability: float | Fraction) -> Fraction:
    """Return a share as the fraction that is meant: 0.1 is one tenth."""
    usable = isinstance(probability, (int, float, Fraction, np.number))
    if not usable or isinstance(probability, bool) or not 0.0 < probability < 1.0:
        raise InputError("p", "a share between 0 and 1 (both excluded)", probability)
    if isinstance(probability, Fraction):
        return probability
    # The shortest decimal that stands for the float is what was typed.
    return Fraction(repr(float(probability)))


def crossing(steps: Steps, target: Fraction, flat: Flat) -> float:
    """Return where the curve reaches the target, settled in exact arithmetic."""
    index, equal = _first_at_or_below(steps, target)
    if index is None:
        return math.nan
    time = float(steps.time[index])
    if flat == "first" or not equal:
        return time
    following = index + 1
    end = float(steps.time[following]) if following < steps.time.size else steps.last
    return (time + end) / 2.0


def band_crossing(time: Floats, band: Floats, target: Fraction) -> float:
    """Return the first time at which a bound is at the target or below it."""
    first = _first(band <= float(target))  # false where the bound is NaN
    return float(time[first]) if first < time.size else math.nan


def bracket(survival: Floats, goal: float) -> tuple[int, int]:
    """Return the first places at which S may be, and must be, at the goal or below it.

    Between them S is as near to the goal as its own rounding error. Where it is never
    below, the place is the size.
    """
    slack = goal * 1e-15 * (survival.size + 8)
    return _first(survival <= goal + slack), _first(survival < goal - slack)


def _first(found: npt.NDArray[np.bool_]) -> int:
    """Return the first place of those found; the size if there is none."""
    place = int(np.argmax(found)) if found.size else 0
    return place if found.size and found[place] else found.size


def _first_at_or_below(steps: Steps, target: Fraction) -> tuple[int | None, bool]:
    """Return the first step with S <= target, and whether S equals it there.

    The float curve only narrows the search: a step nearer to the target than its
    rounding error is compared as a fraction. S falls, so halving finds the first.
    """
    m = steps.time.size
    first, end = bracket(steps.survival, float(target))
    last_sign = -1
    while first < end:
        middle = (first + end) // 2
        sign = _compare(steps, middle, target)
        if sign > 0:
            first = middle + 1
        else:
            end, last_sign = middle, sign
    return (None, False) if first == m else (first, last_sign == 0)


def _compare(steps: Steps, index: int, target: Fraction) -> int:
    """Return the sign of S - target after a step, exactly.

    Where nobody is censored or enters between two steps, those who are left after one
    are those at risk at the next, and the two cancel. Only the steps between which
    the number changed remain, so without censoring S is one fraction.
    """
    at_risk = steps.at_risk[: index + 1]
    left = at_risk - steps.events[: index + 1]
    changed = np.flatnonzero(left[:-1] != at_risk[1:])
    above = [*left[changed].tolist(), int(left[-1])]
    below = [int(at_risk[0]), *at_risk[changed + 1].tolist()]
    difference = _product(above) * target.denominator
    difference -= _product(below) * target.numerator
    return (difference > 0) - (difference < 0)


def _product(factors: list[int]) -> int:
    """Return the product by halves: long factors meet only at the end."""
    if len(factors) <= 32:
        return math.prod(factors)
    middle = len(factors) // 2
    return _product(factors[:middle]) * _product(factors[middle:])
