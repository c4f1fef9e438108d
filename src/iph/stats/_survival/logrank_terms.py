"""Weights, observed and expected events, covariance of the log-rank tests.

Weights come as floats for the asymptotic test, and as exact fractions for the
permutation tests, where two allocations that differ in formula but not in value must
count as tied.
"""

import math
from fractions import Fraction
from functools import lru_cache
from typing import Literal

import attrs
import numpy as np

from iph._checks import Floats, Ints, numbers, one_of
from iph.errors import InputError
from iph.stats._survival.survival_table import SurvivalRows, SurvivalTable, table_of

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


@attrs.frozen(kw_only=True, eq=False)
class LogrankSums:
    """Sums over the event times, and over the strata if there are any.

    Attributes
    ----------
    observed, expected : ndarray of float, shape (g,)
        Weighted events seen, and expected if the groups do not differ.
    exchanges : ndarray of float, shape (g, g)
        Minus the covariance of the observed events of two groups; 0 on the diagonal.
        The variances follow, since the rows of a covariance matrix of counts with a
        fixed total sum to zero.
    """

    observed: Floats
    expected: Floats
    exchanges: Floats


def strata_tables(rows: SurvivalRows) -> list[SurvivalTable]:
    """Return the table of each stratum; one table where there are no strata."""
    if rows.stratum is None or rows.stratum.size == 0:
        return [table_of(rows)]
    return [
        table_of(rows.select(rows.stratum == stratum))
        for stratum in np.unique(rows.stratum)
    ]


def at_least_two(groups: tuple[object, ...]) -> None:
    """Refuse a comparison of fewer than two groups."""
    if len(groups) < 2:
        raise InputError("group", "labels of at least two groups", groups)


def event_times(table: SurvivalTable) -> tuple[Ints, Ints, Ints, Ints]:
    """Return events and patients at risk of all, and of each group, at event times."""
    events = table.events.sum(axis=0)
    used = np.flatnonzero(events)
    # Row by row: numpy copies whole rows faster than columns of all rows.
    events_g = np.array([row[used] for row in table.events])
    at_risk_g = np.array([row[used] for row in table.at_risk])
    return events[used], at_risk_g.sum(axis=0), events_g, at_risk_g


def moments(tables: list[SurvivalTable], rule: Weighting) -> LogrankSums:
    """Sum the moments of all strata.

    All products are of floats, which cannot wrap around as whole numbers do: squares
    and cubes of 10**7 patients pass 64 bits.
    """
    found = [_stratum_moments(table, rule) for table in tables]
    if len(found) == 1:
        return found[0]
    k = len(tables[0].groups)
    zero = np.zeros(k)
    return LogrankSums(
        observed=sum((x.observed for x in found), zero),
        expected=sum((x.expected for x in found), zero),
        exchanges=sum((x.exchanges for x in found), np.zeros((k, k))),
    )


def _stratum_moments(table: SurvivalTable, rule: Weighting) -> LogrankSums:
    d, n, d_g, n_g = event_times(table)
    events, at_risk = d.astype(np.float64), n.astype(np.float64)
    share = n_g / at_risk
    weights = float_weights(rule, events, at_risk)
    # A single patient at risk leaves no variance, and no division by zero either.
    spread = events * (at_risk - events) / np.maximum(at_risk - 1.0, 1.0)
    if weights is None:
        observed = d_g.sum(axis=1).astype(np.float64)
        expected = share @ events
    else:
        observed = d_g @ weights
        expected = share @ (events * weights)
        spread *= weights * weights
    if len(share) == 2:
        exchanged = float(np.dot(share[0] * spread, share[1]))
        exchanges = np.array([[0.0, exchanged], [exchanged, 0.0]])
    else:
        exchanges = (share * spread) @ share.T
        np.fill_diagonal(exchanges, 0.0)
    return LogrankSums(observed=observed, expected=expected, exchanges=exchanges)
