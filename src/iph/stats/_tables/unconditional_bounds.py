"""The p-values and bounds of the unconditional tests, which agree with each other."""

import math
from collections.abc import Callable

from iph.stats._tables.unconditional import largest_tail

_STEPS = 21  # of halving between two values of the grid
_FARTHEST = 2.0**40
_GRIDS = {
    "difference": [i / 10.0 for i in range(-10, 11)],
    "ratio": [2.0**i for i in range(-6, 7)],
    "odds-ratio": [2.0**i for i in range(-6, 7)],
}

_Counts = tuple[int, int, int, int]


def opposite(measure: str, value: float) -> float:
    """Return a difference or ratio seen from the other group."""
    if measure == "difference":
        return -value
    return 1.0 / value if value else math.inf


def _null(measure: str) -> float:
    return 0.0 if measure == "difference" else 1.0


def one_sided_p(
    statistic: str, measure: str, counts: _Counts, null: float | None = None
) -> float:
    """Return the one-sided p-value of a value (no difference) or one further away.

    The values further away are those of the grid that the interval is looked for on, so
    that the interval leaves out the value exactly if this p-value is small.
    """
    null = _null(measure) if null is None else null
    found = largest_tail(statistic, measure, null, counts)
    for value in _GRIDS[measure]:
        if value < null and value > -1.0:
            there = largest_tail(statistic, measure, value, counts, found)
            if there > found:
                found = largest_tail(statistic, measure, value, counts)
    return found


def lower_bound(
    statistic: str,
    measure: str,
    counts: _Counts,
    tail: float,
    null: float | None = None,
    *,
    steps: int = _STEPS,
) -> float:
    """Return the lowest value that is not rejected by tables as far above it.

    A value whose p-value is asked for as well is one of those looked at. Fewer steps of
    halving give a value that is lower by a little.
    """
    null = _null(measure) if null is None else null
    a, _, c, n2 = counts
    if a == 0 and (measure != "difference" or c == n2):
        return -1.0 if measure == "difference" else 0.0
    if measure == "odds-ratio" and c == n2:
        return 0.0

    def accepted(value: float) -> bool:
        return largest_tail(statistic, measure, value, counts, tail) > tail

    out, inside = _bracket(measure, accepted, null)
    for _ in range(steps):
        ratio = measure != "difference"
        middle = math.sqrt(out * inside) if ratio else (out + inside) / 2.0
        if accepted(middle):
            inside = middle
        else:
            out = middle
    # the outer end, so that nothing accepted is lost; but the value asked was rejected
    return inside if out == null else out


def _bracket(
    measure: str, accepted: Callable[[float], bool], null: float
) -> tuple[float, float]:
    """Return a rejected value and the first accepted one above it, on the grid.

    A difference of -1 is always rejected. A grid of ratios is drawn out to both sides
    until it holds both.
    """
    grid = sorted({*_GRIDS[measure], null})
    if measure == "difference":
        values = iter([*grid[1:-1], 1.0])
        out = -1.0
    else:
        while accepted(grid[0]) and grid[0] > 1.0 / _FARTHEST:
            grid.insert(0, grid[0] / 4.0)
        beyond = [grid[-1] * 4.0**i for i in range(1, 18)]
        values, out = iter([*grid[1:], *beyond]), grid[0]
    for value in values:
        if accepted(value):
            return out, value
        out = value
    return out, value
