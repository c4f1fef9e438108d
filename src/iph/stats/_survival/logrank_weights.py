"""Weights of the event times in the family of log-rank tests.

As floats for the asymptotic test, and as exact fractions for the permutation tests,
where two allocations that differ in formula but not in value must count as tied.
"""

import math
from fractions import Fraction
from functools import lru_cache
from typing import Literal

import attrs
import numpy as np

from iph._checks import Floats, numbers, one_of
from iph.errors import InputError

Kind = Literal["logrank", "gehan", "tarone-ware", "peto", "fleming-harrington"]

KINDS = ("logrank", "gehan", "tarone-ware", "peto", "fleming-harrington")
_ROOT_BITS = 80  # binary digits after the point of an irrational weight


@attrs.frozen(kw_only=True)
class Weighting:
    """How event times are weighted.

    Attributes
    ----------
    kind : str
        The name of the rule.
    rho, gamma : float
        The exponents of S(t-) and 1 - S(t-); 0 unless the rule has them.
    """

    kind: str
    rho: float
    gamma: float


def weighting(kind: str, rho: float, gamma: float) -> Weighting:
    """Check the rule and its exponents."""
    one_of(kind, "kind", KINDS)
    powers = numbers([rho, gamma], "(rho, gamma)", low=0.0)
    if np.isnan(powers).any():
        raise InputError("(rho, gamma)", "two numbers from 0", (rho, gamma))
    if kind == "fleming-harrington":
        return Weighting(kind=kind, rho=float(rho), gamma=float(gamma))
    if rho or gamma:
        raise InputError(
            "(rho, gamma)",
            f"0 with kind={kind!r}",
            (rho, gamma),
            'they belong to kind="fleming-harrington"',
        )
    return Weighting(kind=kind, rho=1.0 if kind == "peto" else 0.0, gamma=0.0)


def float_weights(rule: Weighting, events: Floats, at_risk: Floats) -> Floats | None:
    """Return the weight of each event time; None where all are one.

    Parameters
    ----------
    rule : Weighting
        The rule.
    events, at_risk : ndarray of float, shape (m,)
        Events at, and patients at risk just before, each event time; all groups.
    """
    if rule.kind == "gehan":
        return at_risk
    if rule.kind == "tarone-ware":
        found: Floats = np.sqrt(at_risk)
        return found
    if not (rule.rho or rule.gamma):
        return None
    survival = np.ones(events.size)
    np.cumprod(((at_risk - events) / at_risk)[:-1], out=survival[1:])
    weights: Floats = survival**rule.rho * (1.0 - survival) ** rule.gamma
    return weights


def exact_weights(
    rule: Weighting, events: list[int], at_risk: list[int]
) -> list[Fraction]:
    """Return the weight of each event time as a fraction.

    Square roots are those of the square-free part of the number at risk, cut after 80
    binary digits, times a whole number: roots of different square-free numbers are
    linearly independent over the fractions, so ties between sums of weights stay ties.
    """
    if rule.kind == "gehan":
        return [Fraction(n) for n in at_risk]
    if rule.kind == "tarone-ware":
        return [_root(n) for n in at_risk]
    survival = Fraction(1)
    weights = []
    for d, n in zip(events, at_risk, strict=True):
        weights.append(_power(survival, rule.rho) * _power(1 - survival, rule.gamma))
        survival *= Fraction(n - d, n)
    return weights


@lru_cache(maxsize=4096)
def _root(n: int) -> Fraction:
    """Return the square root, cut to a fraction in a way that keeps ties."""
    outside, inside = 1, n
    factor = 2
    while factor * factor <= inside:
        while inside % (factor * factor) == 0:
            inside //= factor * factor
            outside *= factor
        factor += 1
    return Fraction(outside * math.isqrt(inside << (2 * _ROOT_BITS)), 1 << _ROOT_BITS)


def _power(base: Fraction, exponent: float) -> Fraction:
    """Return a power: exactly for whole exponents, else as the nearest float."""
    if exponent.is_integer():
        return base ** int(exponent)
    return Fraction(float(base) ** exponent)
