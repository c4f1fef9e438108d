"""The difference or ratio of two beta variables, for melded confidence intervals.

Of each curve a lower and an upper beta variable bound the share. The lower limit of the
difference takes the lower variable of one and the upper of the other, as if both erred
against it.
"""

from collections.abc import Callable
from typing import Literal, TypeAlias

import numpy as np

from iph._checks import Floats
from iph.stats._survival.beta_product import BetaProduct, Betas

Measure: TypeAlias = Literal["difference", "ratio"]

_NODES = 240  # of the quadrature
_REACH = 3.4  # of its variable: farther out lie shares of 1e-20
_TOLERANCE = 1e-12


def meld_bounds(
    first: BetaProduct, second: BetaProduct, measure: Measure, tail: float
) -> tuple[float, float]:
    """Return the bounds of second against first, each missed with a probability."""
    low = _crossing(
        lambda x: _low_tail(first, second, measure, x) > tail, measure, rising=True
    )
    high = _crossing(
        lambda x: _high_tail(first, second, measure, x) > tail, measure, rising=False
    )
    return low, high


def meld_p(first: BetaProduct, second: BetaProduct) -> float:
    """Return twice the smaller tail of no difference."""
    low = _low_tail(first, second, "difference", 0.0)
    return min(1.0, 2.0 * min(low, _high_tail(first, second, "difference", 0.0)))


def _low_tail(
    first: BetaProduct, second: BetaProduct, measure: Measure, x: float
) -> float:
    """Return the chance of at most x where both curves err against it."""
    found = _at_most(first.upper, second.lower, measure, x)
    if not first.mid_p:
        return found
    # Half of what the data give themselves: the mean of both readings of a tail.
    return (found + 1.0 - _at_least(first.lower, second.upper, measure, x)) / 2.0


def _high_tail(
    first: BetaProduct, second: BetaProduct, measure: Measure, x: float
) -> float:
    """Return the chance of x or more where both curves err against it."""
    found = _at_least(first.lower, second.upper, measure, x)
    if not first.mid_p:
        return found
    return (found + 1.0 - _at_most(first.upper, second.lower, measure, x)) / 2.0


def _at_most(one: Betas, other: Betas, measure: Measure, x: float) -> float:
    """Return P(other - one <= x), or that of other / one."""
    if measure == "difference":
        return _below_line(one, other, 1.0, x)
    return _below_line(one, other, x, 0.0)


def _at_least(one: Betas, other: Betas, measure: Measure, x: float) -> float:
    """Return P(other - one >= x), or that of other / one: one is at most a line."""
    if measure == "difference":
        return _below_line(other, one, 1.0, -x)
    return _below_line(other, one, 1.0 / x, 0.0) if x > 0.0 else 1.0


def _below_line(one: Betas, other: Betas, slope: float, shift: float) -> float:
    """Return P(other <= slope one + shift) of independent variables."""

    def reached(u: Floats) -> Floats:
        return other.below(slope * u + shift)

    if one.a[0] <= 0.0 or one.b[0] <= 0.0:  # a point
        return float(reached(np.array([float(one.a[0] > 0.0)]))[0])
    # Where the line is below 0 the chance is 0 (or that of a point), above 1 it is 1.
    edges = (np.array([0.0, 1.0]) - shift) / slope if slope else np.array([0.0, 1.0])
    start, end = map(float, one.below(np.clip(edges, 0.0, 1.0)))
    share, weight = _nodes()
    shares = start + (end - start) * share
    from scipy.special import betaincinv

    inside = float(weight @ reached(betaincinv(one.a[0], one.b[0], shares)))
    return inside * (end - start) + (1.0 - end)


def _nodes() -> tuple[Floats, Floats]:
    """Return shares from 0 to 1 and their weights, dense at both ends.

    The double exponential rule: what is singular at the ends does not disturb it.
    """
    t = np.linspace(-_REACH, _REACH, _NODES)
    share = 1.0 / (1.0 + np.exp(-np.pi * np.sinh(t)))
    weight = np.pi * np.cosh(t) * share / (1.0 + np.exp(np.pi * np.sinh(t)))
    return share, weight / weight.sum()


def _crossing(
    passed: Callable[[float], bool], measure: Measure, *, rising: bool
) -> float:
    """Return where a tail passes its share; the end of the range if it does not.

    Ratios are sought on the scale x / (1 + x).
    """

    def value(place: float) -> float:
        if measure == "difference":
            return 2.0 * place - 1.0
        return place / (1.0 - place) if place < 1.0 else np.inf

    low, high = 0.0, 1.0
    while high - low > _TOLERANCE:
        middle = (low + high) / 2.0
        if passed(value(middle)) == rising:
            high = middle
        else:
            low = middle
    # An end that was never left is the end itself.
    return value(low if low == 0.0 else high)
