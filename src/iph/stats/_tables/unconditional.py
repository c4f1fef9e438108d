"""Exact p-values of two shares, unconditional: the largest over the nuisance share.

Under a hypothesis such as "the first risk is 0.2 above the second" one share stays
free. A p-value that holds whatever that share is takes the largest probability over it.
"""

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np

from iph._checks import Floats
from iph.stats._tables.risk_score import (
    Fit,
    fit_difference,
    fit_odds_ratio,
    fit_ratio,
    signed_score,
)

FITS: dict[str, Fit] = {
    "difference": fit_difference,
    "ratio": fit_ratio,
    "odds-ratio": fit_odds_ratio,
}

_CELLS = 48  # of the nuisance share at first
_EDGES = np.linspace(0.0, 1.0, _CELLS + 1)
_VANISHES = -800.0  # a logarithm whose exponential is zero
_ROUNDS = 14  # of halving at most
_MARGIN = 1e-7  # by which the largest probability may be missed, at most
_ZOOMS = 9
_TIE = 1e-9  # statistics so near are tied


@lru_cache(maxsize=128)  # both sides of an interval, and its test, ask for the same
def ordering(statistic: str, measure: str, n1: int, n2: int, value: float) -> Floats:
    """Return how far each table (first count, second count) lies above a value.

    A table with more in the first or fewer in the second group must not lie lower
    (Barnard's convexity): the bound below needs it. Where a fit breaks it by a rounding
    error, the running maximum mends it.
    """
    a, c = np.arange(n1 + 1.0)[:, None], np.arange(n2 + 1.0)[None, :]
    a, c = np.broadcast_arrays(a, c)
    p1, p2 = FITS[measure](a, n1, c, n2, value)
    if statistic == "score":
        found = signed_score(a, n1, c, n2, (p1, p2))
    else:
        with np.errstate(divide="ignore", invalid="ignore"):
            odds = np.log(p1) - np.log1p(-p1) - np.log(p2) + np.log1p(-p2)
        found = -_conditional_tails(n1, n2, odds)
    risen = np.maximum.accumulate(np.nan_to_num(found, nan=0.0), axis=0)
    mended: Floats = np.maximum.accumulate(risen[:, ::-1], axis=1)[:, ::-1]
    return mended


@lru_cache(maxsize=8)
def _log_binomials(n: int) -> Floats:
    logs = [math.lgamma(k + 1) for k in range(n + 1)]
    return np.array([logs[n] - logs[k] - logs[n - k] for k in range(n + 1)])


def _conditional_tails(n1: int, n2: int, odds: Floats) -> Floats:
    """Return Fisher's P(A >= a), given both margins and the log odds of each table."""
    logs = _log_binomials(n1)[:, None] + _log_binomials(n2)[None, :]
    tilts = np.nan_to_num(odds, nan=0.0, posinf=700.0, neginf=-700.0)
    from_here_on = np.triu(np.ones((min(n1, n2) + 1,) * 2))
    found = np.ones((n1 + 1, n2 + 1))
    for m in range(n1 + n2 + 1):
        rows = np.arange(max(0, m - n2), min(n1, m) + 1, dtype=np.int64)
        here = logs[rows, m - rows]
        tilt = tilts[rows, m - rows]
        weights = here[None, :] + tilt[:, None] * (rows - rows[0])[None, :]
        weights = np.exp(weights - weights.max(axis=1, keepdims=True))
        above = weights * from_here_on[: len(rows), : len(rows)]
        upper = above.sum(axis=1) / weights.sum(axis=1)
        found[rows, m - rows] = upper
    return found


def _line(measure: str, value: float, shares: Floats) -> tuple[Floats, Floats]:
    """Return both risks along the line of the hypothesis, from 0 to 1 of its length."""
    if measure == "difference":
        p2 = max(0.0, -value) + (1.0 - abs(value)) * shares
        return np.clip(p2 + value, 0.0, 1.0), np.clip(p2, 0.0, 1.0)
    if measure == "ratio":
        p2 = min(1.0, 1.0 / value) * shares
        return np.clip(value * p2, 0.0, 1.0), p2
    # For any odds ratio both risks go from 0 to 1; the middle of the line is where
    # they lie symmetrically, so that swapping groups or outcomes mirrors the steps.
    root = math.sqrt(value)
    p1 = root * shares / (root * shares + 1.0 - shares)
    p2 = shares / (shares + root * (1.0 - shares))
    return np.clip(p1, 0.0, 1.0), np.clip(p2, 0.0, 1.0)


def _weights(n: int, p: Floats) -> Floats:
    """Return the binomial probabilities, a row for each risk."""
    k = np.arange(n + 1.0)
    with np.errstate(divide="ignore"):
        # a share of 0 or 1 gets a logarithm whose multiples vanish, but for no multiple
        logs = np.maximum([np.log(p), np.log1p(-p)], _VANISHES)
    found: Floats = np.exp(
        _log_binomials(n) + logs[0][:, None] * k + logs[1][:, None] * (n - k)
    )
    return found


def _along(
    measure: str, value: float, sizes: tuple[int, int], shares: Floats
) -> tuple[Floats, Floats]:
    """Return the probabilities of both counts, a row for each place on the line."""
    p1, p2 = _line(measure, value, shares)
    return _weights(sizes[0], p1), _weights(sizes[1], p2)


@lru_cache(maxsize=128)  # every table of two groups begins with these
def _at_first(
    measure: str, value: float, sizes: tuple[int, int]
) -> tuple[Floats, Floats]:
    return _along(measure, value, sizes, _EDGES)


def largest_tail(
    statistic: str,
    measure: str,
    value: float,
    table: tuple[int, int, int, int],
    against: float | None = None,
) -> float:
    """Return the largest chance of a table as far above the value as that observed.

    `table` holds count and size of both groups. With `against` it is only made sure on
    which side of that figure the largest chance lies.

    The region of such tables only grows with the first and only shrinks with the second
    count, so its probability P(p1, p2) rises with p1 and falls with p2. Along the line
    of the hypothesis both risks rise. Hence on a stretch of the line from s to t it is
    at most P(p1(t), p2(s)), whatever happens in between: stretches with a bound below
    what was found elsewhere are done with, the others are halved, until no bound
    exceeds the largest value by more than 1e-7. The place of the largest value is then
    zoomed in on.
    """
    a, n1, c, n2 = table
    order = ordering(statistic, measure, n1, n2, value)
    region = (order >= order[a, c] - _TIE * max(1.0, abs(order[a, c]))).astype(float)

    def at(places: Floats) -> tuple[Floats, Floats]:
        first, second = _along(measure, value, (n1, n2), places)
        return first @ region, second

    def chance(places: Floats) -> Floats:
        return _sums(*at(places))

    first, second = _at_first(measure, value, (n1, n2))
    first = first @ region
    low, high = _EDGES[:-1], _EDGES[1:]
    seen = _sums(first, second)
    best, where = float(seen.max()), float(_EDGES[int(np.argmax(seen))])
    if against is None:
        best, where = _zoomed(chance, where, 1.0 / _CELLS, best)
    # what the bound of a stretch needs: the first count at its end, the second at its
    # beginning
    first, second = first[1:], second[:-1]
    for _ in range(_ROUNDS):
        if against is not None and best > against:
            break
        open_ = _sums(first, second) > max(best + _MARGIN, against or 0.0)
        if not open_.any():
            break
        low, high = low[open_], high[open_]
        middle = (low + high) / 2.0
        first_there, second_there = at(middle)
        seen = _sums(first_there, second_there)
        if float(seen.max()) > best:
            where, best = float(middle[int(np.argmax(seen))]), float(seen.max())
            if against is None:
                best, where = _zoomed(chance, where, float(high[0] - low[0]), best)
        low, high = np.concatenate([low, middle]), np.concatenate([middle, high])
        first = np.concatenate([first_there, first[open_]])
        second = np.concatenate([second[open_], second_there])
    else:  # too near to the figure to be told apart so
        best, where = _zoomed(chance, where, 1.0 / _CELLS, best)
    return min(best, 1.0)


def _sums(first: Floats, second: Floats) -> Floats:
    """Return the chance of the region at each place."""
    found: Floats = (first * second).sum(axis=1)
    return found


def _zoomed(
    chance: Callable[[Floats], Floats], where: float, width: float, best: float
) -> tuple[float, float]:
    """Return the largest chance about a place, looked for on ever finer steps."""
    for _ in range(_ZOOMS):
        places = np.clip(np.linspace(where - width, where + width, 13), 0.0, 1.0)
        seen = chance(places)
        at = int(np.argmax(seen))
        best, where, width = max(best, float(seen[at])), float(places[at]), width / 5.0
    return best, where
