"""Samples moved until they have a printed mean and SD."""

from fractions import Fraction
from math import ceil, floor, isqrt

import attrs
import numpy as np

from iph._checks import Floats
from iph.evidence._blocks import Block

_MOVES = 4_000


@attrs.frozen(kw_only=True)
class _Goal:
    """Bounds of the values, the sum, and the range of the sum of squares, in steps."""

    low: int
    high: int
    total: int
    squares: tuple[int, int]


def move_to_moments(
    block: Block,
    every: tuple[Fraction, ...],
    drawn: Floats,
    *,
    rng: np.random.Generator,
) -> list[Fraction] | None:
    """Move a drawn sample by as little as needed; None if that does not succeed.

    Single steps bring the sum to one that the mean allows; pairs moved against each
    other then change the sum of squares and leave the sum.
    """
    step = block.grid.step or Fraction(1)
    moment = block.moments[0]
    mean, sd = float(moment.mean.value / step), float(moment.sd.value / step)
    start = (drawn - drawn.mean()) / max(float(drawn.std(ddof=1)), 1e-9)
    low, high = int(every[0] / step), int(every[-1] / step)
    values = np.clip(np.rint(mean + sd * start), low, high).astype(np.int64)
    goal = _goal(block, step, int(values.sum()), (low, high))
    if goal is None or not _reach_sum(values, goal, rng):
        return None
    for _ in range(_MOVES):
        squares = int((values * values).sum())
        if goal.squares[0] <= squares <= goal.squares[1]:
            return [step * int(value) for value in np.sort(values)]
        _move_pair(values, squares, goal, rng)
    return None


def _goal(
    block: Block, step: Fraction, total: int, bounds: tuple[int, int]
) -> _Goal | None:
    n = block.n
    first = max(ceil(m.mean.rounded[0] * n / step) for m in block.moments)
    last = min(floor(m.mean.rounded[1] * n / step) for m in block.moments)
    if first > last:
        return None
    near = min(max(total, first), last)
    base = Fraction(near * near, n)
    least = max(
        ceil(base + (n - 1) * (max(m.sd.rounded[0], Fraction(0)) / step) ** 2)
        for m in block.moments
    )
    most = min(
        floor(base + (n - 1) * (m.sd.rounded[1] / step) ** 2) for m in block.moments
    )
    return _Goal(low=bounds[0], high=bounds[1], total=near, squares=(least, most))


def _reach_sum(values: np.ndarray, goal: _Goal, rng: np.random.Generator) -> bool:
    for _ in range(_MOVES):
        lacking = goal.total - int(values.sum())
        if lacking == 0:
            return True
        place = int(rng.integers(0, values.size))
        share = max(abs(lacking) // values.size, 1)
        moved = int(values[place]) + (share if lacking > 0 else -share)
        values[place] = min(max(moved, goal.low), goal.high)
    return False


def _move_pair(
    values: np.ndarray, squares: int, goal: _Goal, rng: np.random.Generator
) -> None:
    """Move two values against each other, if that brings the squares nearer."""
    i, j = (int(k) for k in rng.integers(0, values.size, size=2))
    if i == j:
        return
    middle = (goal.squares[0] + goal.squares[1]) // 2
    gap, wanted = int(values[i] - values[j]), middle - squares
    # 2 d (gap + d) = wanted
    root = isqrt(max(gap * gap + 2 * wanted, 0))
    away = (root - gap) // 2 if gap >= 0 else (-root - gap) // 2
    best = min(
        (away + extra for extra in (-1, 0, 1)),
        key=lambda d: abs(2 * d * (gap + d) - wanted),
    )
    limit = max(abs(wanted) // 2, 1)  # no single pair makes up for all of it
    change = 2 * best * (gap + best)
    if abs(wanted - change) < abs(wanted) and (
        abs(wanted) < _LAST_MOVES or abs(best) <= isqrt(limit) // 2 + 1
    ):
        up, down = int(values[i]) + best, int(values[j]) - best
        if goal.low <= min(up, down) and max(up, down) <= goal.high:
            values[i], values[j] = up, down


# Below this distance a pair may close the gap at once.
_LAST_MOVES = 2_000
