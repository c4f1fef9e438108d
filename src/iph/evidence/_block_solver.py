"""Whole numbers of patients per value that satisfy a block, by integer programming.

The unknowns are how many patients have each value. Sums and sums of squares are linear
in them; a quartile fixes a weighted sum of two order statistics, each of which is read
off by switches (is the cumulative count at this value at least its rank?). The program
looks for the solution closest to a random target, so that seeds give different cohorts
that still look like data.
"""

import itertools
import time
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import ceil, floor

import attrs
import numpy as np

from iph._checks import Floats
from iph.evidence._block_fits import fits, quarters_of
from iph.evidence._blocks import Block, Moments, Order, holds_level
from iph.stats._description.quartiles import QUANTILE_RULES, quantile_place

# Nodes for a close and for any solution (not seconds, so that a seed gives one twin on
# any machine); how far from the closest is close enough.
_CLOSE_NODES = 50
_ANY_NODES = 2_000
_MOST_NODES = 10**9
_GAP = 0.5
_INFEASIBLE = 2  # as scipy.optimize.milp numbers what has happened
# Sums within one printed mean that are tried.
_MOST_SUMS = 12
# How many values above and below a printed quartile its neighbors are looked for.
_WINDOW = 30


class UndecidedError(Exception):
    """Whether there is a solution was not found out in time."""


@attrs.define
class _Program:
    """Rows of an integer program over counts, distances and switches."""

    size: int
    rows: list[dict[int, float]] = attrs.field(factory=list)
    low: list[float] = attrs.field(factory=list)
    high: list[float] = attrs.field(factory=list)
    switches: int = 0

    def add(self, row: dict[int, float], low: float, high: float) -> None:
        self.rows.append(row)
        self.low.append(low)
        self.high.append(high)

    def switch(self) -> int:
        self.switches += 1
        return 2 * self.size + self.switches - 1


def solve(
    block: Block,
    values: Sequence[Fraction],
    target: Floats,
    *,
    rule: str,
    rng: np.random.Generator,
    fixed: Mapping[int, int] | None = None,
) -> list[int] | None:
    """Return the number of patients per value, near the target; None if none is found.

    That none is found proves nothing: see `settle`.

    Parameters
    ----------
    block : Block
        What must hold.
    values : sequence of Fraction
        The values in rising order.
    target : array
        How many patients of each value would be liked.
    rule : str
        The quantile rule of the medians and quartiles.
    rng : numpy.random.Generator
        Decides between the sums that one printed mean allows.
    fixed : mapping of int to int, optional
        Place of the value for each rank that makes a quartile, in place of switches.
    """
    for sums in _sums(block, rng):
        program = _Program(size=len(values))
        _count_rows(program, block, values)
        if sums is not None:
            _moment_rows(program, block.moments, sums, values, block.n)
        for rank, place in (fixed or {}).items():
            if place:
                program.add(dict.fromkeys(range(place), 1.0), 0.0, rank - 1.0)
            program.add(dict.fromkeys(range(place + 1), 1.0), float(rank), block.n)
        for order in block.orders if fixed is None else ():
            _order_rows(program, order, values, (block.n, rule), _WINDOW)
        counts = _near(program, target)
        if counts is not None and fits(block, _values_of(values, counts), rule):
            return counts
    return None


def settle(
    block: Block, values: Sequence[Fraction], *, rule: str, seconds: float
) -> list[int] | None:
    """Return the number of patients per value, or None if there is provably none.

    Raises
    ------
    UndecidedError
        If the time was not enough to find a solution or to exclude one.
    """
    end = time.monotonic() + seconds
    for sums in _all_sums(block):
        program = _Program(size=len(values))
        _count_rows(program, block, values)
        if sums is not None:
            _moment_rows(program, block.moments, sums, values, block.n)
        for order in block.orders:
            _order_rows(program, order, values, (block.n, rule), len(values))
        cost = np.zeros(2 * program.size + program.switches)
        left = max(end - time.monotonic(), 0.0)
        counts, proven = _run(program, cost, seconds=left)
        if counts is not None and fits(block, _values_of(values, counts), rule):
            return counts
        if not proven:
            raise UndecidedError
    return None


def _values_of(values: Sequence[Fraction], counts: Sequence[int]) -> list[Fraction]:
    return [v for v, c in zip(values, counts, strict=True) for _ in range(c)]


def _all_sums(block: Block) -> list[Fraction | None]:
    """Return all sums that the printed means allow; a single None without any."""
    if not block.moments:
        return [None]
    step = block.grid.step or Fraction(1)
    low = max(m.mean.rounded[0] for m in block.moments) * block.n / step
    high = min(m.mean.rounded[1] for m in block.moments) * block.n / step
    return [total * step for total in range(ceil(low), floor(high) + 1)]


def _sums(block: Block, rng: np.random.Generator) -> Iterator[Fraction | None]:
    sums = _all_sums(block)
    order = [int(i) for i in rng.permutation(len(sums))]
    for place in order[:_MOST_SUMS]:
        yield sums[place]


def _count_rows(program: _Program, block: Block, values: Sequence[Fraction]) -> None:
    program.add(dict.fromkeys(range(len(values)), 1.0), block.n, block.n)
    for tally in block.tallies:
        inside = [
            place
            for place, value in enumerate(values)
            if any(holds_level(value, level) for level in tally.levels)
        ]
        program.add(dict.fromkeys(inside, 1.0), *tally.counts)


def _moment_rows(
    program: _Program,
    moments: Sequence[Moments],
    total: Fraction,
    values: Sequence[Fraction],
    n: int,
) -> None:
    # Around the middle value, in whole steps, so that no figure is large.
    step = min((b - a for a, b in itertools.pairwise(values)), default=Fraction(1))
    center = values[0] + step * round((total / n - values[0]) / step)
    away = [(value - center) / step for value in values]
    shifted = (total - n * center) / step
    program.add(
        {i: float(x) for i, x in enumerate(away)}, float(shifted), float(shifted)
    )
    base = shifted * shifted / n
    squares = {i: float(x * x) for i, x in enumerate(away)}
    for moment in moments:
        low, high = moment.sd.rounded
        program.add(
            squares,
            float(ceil(base + (n - 1) * (max(low, Fraction(0)) / step) ** 2)),
            float(floor(base + (n - 1) * (high / step) ** 2)),
        )


def _order_rows(
    program: _Program,
    order: Order,
    values: Sequence[Fraction],
    n_and_rule: tuple[int, str],
    reach: int,
) -> None:
    n, rule = n_and_rule
    listed = [float(value) for value in values]
    for number, quarter in zip(order.printed, quarters_of(order), strict=True):
        lower, share = quantile_place(n, quarter, QUANTILE_RULES[rule])
        ranks = [min(max(rank, 1), n) for rank in (lower, lower + 1)]
        row: dict[int, float] = {}
        offset = 0.0
        for rank, weight in zip(ranks, (1 - share, share), strict=True):
            if weight:
                places = _window(listed, float(number.value), reach)
                statistic, last = _order_statistic(program, (rank, n), places, values)
                offset += float(weight) * last
                for switch, gap in statistic.items():
                    row[switch] = row.get(switch, 0.0) - float(weight) * gap
        low, high = number.rounded
        program.add(row, float(low) - offset, float(high) - offset)


def _window(values: Sequence[float], printed: float, reach: int) -> tuple[int, int]:
    """Return the places between which the neighbors of a quartile are looked for."""
    middle = int(np.searchsorted(values, printed))
    return max(middle - reach, 0), min(middle + reach, len(values) - 1)


def _order_statistic(
    program: _Program,
    rank_of: tuple[int, int],
    places: tuple[int, int],
    values: Sequence[Fraction],
) -> tuple[dict[int, float], float]:
    """Tie switches to an order statistic: it is the last value less their gaps."""
    (rank, n), (first, last) = rank_of, places
    gaps: dict[int, float] = {}
    # Inside the window: fewer than `rank` below it, at least `rank` up to its end.
    if first > 0:
        program.add(dict.fromkeys(range(first), 1.0), 0.0, rank - 1.0)
    program.add(dict.fromkeys(range(last + 1), 1.0), float(rank), float(n))
    for place in range(first, last):
        switch = program.switch()
        below = dict.fromkeys(range(place + 1), 1.0)
        # switch = 1 exactly if the cumulative count is at least the rank
        program.add({**below, switch: -float(rank)}, 0.0, float(n))
        program.add({**below, switch: rank - 1.0 - n}, -float(n), rank - 1.0)
        gaps[switch] = float(values[place + 1] - values[place])
    return gaps, float(values[last])


def _near(program: _Program, target: Floats) -> list[int] | None:
    """Return a solution close to the target if that is quick, else any at all."""
    size = program.size
    for place in range(size):  # distance >= |count - target|
        program.add({place: 1.0, size + place: -1.0}, -np.inf, float(target[place]))
        program.add({place: 1.0, size + place: 1.0}, float(target[place]), np.inf)
    cost = np.zeros(2 * size + program.switches)
    cost[size : 2 * size] = 1.0
    for objective, nodes in ((cost, _CLOSE_NODES), (0 * cost, _ANY_NODES)):
        counts, proven = _run(program, objective, nodes=nodes)
        if counts is not None or proven:
            return counts
    return None


def _run(
    program: _Program,
    cost: Floats,
    *,
    nodes: int = _MOST_NODES,
    seconds: float = np.inf,
) -> tuple[list[int] | None, bool]:
    """Return a solution or None, and whether it is proven that there is none."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    size, width = program.size, 2 * program.size + program.switches
    places = [(i, j, x) for i, row in enumerate(program.rows) for j, x in row.items()]
    i, j, x = zip(*places, strict=True)
    matrix = csr_array((x, (i, j)), shape=(len(program.rows), width))
    upper = np.full(width, np.inf)
    upper[2 * size :] = 1.0
    whole = np.ones(width, dtype=np.int64)
    whole[size : 2 * size] = 0
    found = milp(
        cost,
        integrality=whole,
        bounds=Bounds(np.zeros(width), upper),
        constraints=LinearConstraint(matrix, program.low, program.high),
        options={"node_limit": nodes, "time_limit": seconds, "mip_rel_gap": _GAP},
    )
    if found.x is None:
        return None, found.status == _INFEASIBLE
    return [int(value) for value in np.rint(found.x[:size])], False
