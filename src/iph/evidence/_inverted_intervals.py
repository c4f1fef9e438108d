"""Intervals of two risks that are the values a test does not reject."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from iph._checks import Floats
from iph.stats._tables.hypergeometric import FreeCell
from iph.stats._tables.risk_score import fit_odds_ratio, signed_score

Counts = tuple[int, int, int, int]
Ends = tuple[float, float]
Fit = Callable[[Any, int, Any, int, float], tuple[Floats, Floats]]
_REACH = 60.0  # of logarithms
_HALVINGS = 40
_SCAN = 240
_HALF = 0.5
_TINY = 1e-300


def fit_difference(
    a: Any, n1: int, c: Any, n2: int, difference: float
) -> tuple[Floats, Floats]:
    """Return the likeliest risks that differ by so much, of one table.

    The slope of the likelihood falls along the line, so halving finds its zero.
    """
    low, high = max(0.0, -difference), min(1.0, 1.0 - difference)
    yes, no = (float(a), float(c)), (n1 - float(a), n2 - float(c))
    for _ in range(_HALVINGS):
        q = (low + high) / 2.0
        p = q + difference
        slope = sum(x / max(r, _TINY) for x, r in zip(yes, (p, q), strict=True))
        slope -= sum(x / max(1.0 - r, _TINY) for x, r in zip(no, (p, q), strict=True))
        low, high = (q, high) if slope > 0.0 else (low, q)
    q = (low + high) / 2.0
    return np.array(min(max(q + difference, 0.0), 1.0)), np.array(q)


def solved(cells: Counts, fit: Fit, z: float) -> dict[str, Ends]:
    """Return the intervals by the score, with n and n - 1, and the likelihood ratio."""
    a, b, c, d = cells
    n1, n2 = a + b, c + d
    n = n1 + n2
    x, y = np.array(float(a)), np.array(float(c))
    best = _log_likelihood(cells, (a / n1, c / n2))

    def score(value: float) -> float:
        with np.errstate(all="ignore"):
            fitted = fit(x, n1, y, n2, value)
            return abs(float(signed_score(x, n1, y, n2, fitted)))

    def likelihood(value: float) -> float:
        with np.errstate(all="ignore"):
            p, q = fit(x, n1, y, n2, value)
        lost = best - _log_likelihood(cells, (float(p), float(q)))
        return math.sqrt(2.0 * max(lost, 0.0))

    # At the ends of the scale a fitted risk is 0 or 1, and the distance infinite.
    plain = fit is fit_difference
    start = a / n1 - c / n2 if plain else _start(cells, fit)
    limits = (-1.0, 1.0) if plain else (-_REACH, _REACH)
    turn: Callable[[float], float] = (lambda t: t) if plain else math.exp
    return {
        "score": _inverted(score, z, start, limits, turn),
        "score, n - 1": _inverted(
            score, z * math.sqrt(n / max(n - 1, 1)), start, limits, turn
        ),
        "likelihood ratio": _inverted(likelihood, z, start, limits, turn),
    }


def _start(cells: Counts, fit: Fit) -> float:
    """Return the logarithm of the estimate, near its end if it is 0 or infinite."""
    a, b, c, d = cells
    over, under = (
        (a * d, b * c) if fit is fit_odds_ratio else (a * (c + d), c * (a + b))
    )
    if over == under == 0:
        return 0.0
    if over == 0 or under == 0:
        return -_REACH if over == 0 else _REACH
    return math.log(over / under)


def _inverted(
    distance: Callable[[float], float],
    z: float,
    start: float,
    limits: Ends,
    turn: Callable[[float], float],
) -> Ends:
    """Return the values at which a distance from the counts reaches z."""
    found = []
    for end, limit in zip(limits, (0.0, math.inf), strict=True):
        if distance(turn(end)) <= z:
            found.append(end if limits == (-1.0, 1.0) else limit)
            continue
        near, far = start, end
        for _ in range(_HALVINGS):
            middle = (near + far) / 2.0
            if distance(turn(middle)) <= z:
                near = middle
            else:
                far = middle
        found.append(turn(near))
    return found[0], found[1]


def _log_likelihood(cells: Counts, risks: tuple[float, float]) -> float:
    total = 0.0
    for (yes, no), p in zip((cells[:2], cells[2:]), risks, strict=True):
        for count, chance in ((yes, p), (no, 1.0 - p)):
            if count:
                total += count * math.log(chance) if chance > 0.0 else -math.inf
    return total


def corrected_cornfield(cells: Counts, z: float) -> dict[str, Ends]:
    """Return Cornfield's interval, with his correction for continuity."""
    a, b, c, d = cells
    n1, n2, m = a + b, c + d, a + c
    x, y = np.array(float(a)), np.array(float(c))

    def distance(ratio: float) -> float:
        with np.errstate(all="ignore"):
            p, q = (float(v) for v in fit_odds_ratio(x, n1, y, n2, ratio))
        fitted = (n1 * p, n1 * (1.0 - p), n2 * q, n2 * (1.0 - q))
        if min(fitted) <= 0.0:
            return math.inf if abs(a - fitted[0]) > _HALF else 0.0
        error = 1.0 / math.sqrt(sum(1.0 / cell for cell in fitted))
        return max(abs(a - fitted[0]) - _HALF, 0.0) / error

    if m in {0, n1 + n2}:
        return {}
    start = _start(cells, fit_odds_ratio)
    limits = (-_REACH, _REACH)
    return {"Cornfield": _inverted(distance, z, start, limits, math.exp)}


def _chances(cells: Counts) -> Callable[[float], Floats]:
    """Return the chance of each value of the first cell, by the log odds ratio."""
    a, b, c, _ = cells
    cell = FreeCell(observed=a, row=a + b, column=a + c, n=sum(cells))
    logs = cell.log_weights
    steps = np.arange(cell.low, cell.high + 1, dtype=np.int64) - float(a)

    def found(log_odds: float) -> Floats:
        tilt = logs + steps * log_odds
        weights: Floats = np.exp(tilt - tilt.max())
        scaled: Floats = weights / weights.sum()
        return scaled

    return found


def _place(cells: Counts) -> int:
    a, b, c, d = cells
    return a - max(0, (a + b) + (a + c) - (a + b + c + d))


def median_unbiased(cells: Counts) -> float:
    """Return the odds ratio under which half of the mid-p mass lies on each side."""
    chances, at = _chances(cells), _place(cells)
    if len(chances(0.0)) == 1:
        return math.nan
    low, high = -_REACH, _REACH
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        here = chances(middle)
        if float(here[at:].sum()) > _HALF + float(here[at]) / 2.0:
            high = middle
        else:
            low = middle
    return math.exp(low)


def by_probability(cells: Counts, alpha: float) -> Ends:
    """Return the odds ratios whose two-sided Fisher p is above alpha, gaps filled."""
    chances, at = _chances(cells), _place(cells)
    size = len(chances(0.0))
    if size == 1:
        return 0.0, math.inf

    def kept(log_odds: float) -> bool:
        here = chances(log_odds)
        return float(here[here <= here[at] * (1.0 + 1e-7)].sum()) > alpha

    low, high = 0.0, math.inf
    grid = np.linspace(-_REACH / 4.0, _REACH / 4.0, _SCAN)
    inside = [t for t in grid if kept(float(t))]
    if not inside:
        return math.nan, math.nan
    step = float(grid[1] - grid[0])
    if at > 0:
        low = math.exp(_edge(kept, min(inside), min(inside) - step))
    if at < size - 1:
        high = math.exp(_edge(kept, max(inside), max(inside) + step))
    return low, high


def _edge(kept: Callable[[float], bool], near: float, far: float) -> float:
    for _ in range(_HALVINGS // 2):
        middle = (near + far) / 2.0
        if kept(middle):
            near = middle
        else:
            far = middle
    return near
