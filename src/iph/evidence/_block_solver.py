"""Whole numbers of patients per value that satisfy a block, by integer programming.

The unknowns are how many patients have each value. Sums and sums of squares are linear
in them; a quartile fixes a weighted sum of two order statistics, each of which is read
off by switches (is the cumulative count at this value at least its rank?). The program
is asked whether there is a solution at all; the samples of twins come from a search.
"""

import itertools
import time
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import ceil, floor

import attrs
import numpy as np

from iph.evidence._block_fits import fits, quarters_of
from iph.evidence._blocks import Block, Moments, Order, holds_level
from iph.stats._description.quartiles import QUANTILE_RULES, quantile_place

_INFEASIBLE = 2  # as scipy.optimize.milp numbers what has happened


class UndecidedError(Exception):
    """Whether there is a solution was not found out in time."""


@attrs.define
class _Program:
    """Rows of an integer program over cumulative counts and switches.

    An unknown for each value tells how many patients have it or a lower one, so that a
    rank speaks of one unknown only, however long the scale is.
    """

    size: int
    rows: list[dict[int, float]] = attrs.field(factory=list)
    low: list[float] = attrs.field(factory=list)
    high: list[float] = attrs.field(factory=list)
    switches: int = 0

    def add(self, row: dict[int, float], low: float, high: float) -> None:
        self.rows.append(row)
        self.low.append(low)
        self.high.append(high)

    def add_counts(self, weights: Sequence[float], low: float, high: float) -> None:
        """Add a row of weights of the numbers of patients per value."""
        row = {}
        for place, (here, after) in enumerate(
            itertools.pairwise((*weights, 0.0)),
        ):
            if here != after:
                row[place] = here - after
        self.add(row, low, high)

    def switch(self) -> int:
        self.switches += 1
        return self.size + self.switches - 1


def settle(
    block: Block, values: Sequence[Fraction], *, rule: str, seconds: float
) -> list[int] | None:
    """Return the number of patients per value, or None if there is provably none.

    The least value is made as small as it can be, then the next, and so on. So there is
    one answer only, whatever the solver finds on the way.

    Raises
    ------
    UndecidedError
        If the time was not enough to find a solution or to exclude one.
    """
    end = time.monotonic() + seconds
    found = any_counts(block, values, rule=rule, seconds=seconds)
    if found is None:
        return None
    fixed: dict[int, int] = {}
    for rank in range(1, block.n + 1):
        low, high = fixed.get(rank - 1, 0), _place_of(found, rank)
        while low < high:
            middle = (low + high) // 2
            left = end - time.monotonic()
            within = (rank, middle)
            better = any_counts(
                block, values, rule=rule, seconds=left, fixed=fixed, within=within
            )
            if better is None:
                low = middle + 1
            else:
                found, high = better, _place_of(better, rank)
        fixed[rank] = high
    return found


def _place_of(counts: Sequence[int], rank: int) -> int:
    """Return the place of the value of a rank."""
    return int(np.searchsorted(np.cumsum(counts), rank))


def any_counts(
    block: Block,
    values: Sequence[Fraction],
    *,
    rule: str,
    seconds: float,
    fixed: Mapping[int, int] | None = None,
    within: tuple[int, int] | None = None,
) -> list[int] | None:
    """Return some number of patients per value, or None if there is provably none.

    Parameters
    ----------
    block : Block
        What must hold.
    values : sequence of Fraction
        The values in rising order.
    rule : str
        The quantile rule of the medians and quartiles.
    seconds : float
        The time that it may take.
    fixed : mapping of int to int, optional
        The place of the value of each of the first ranks.
    within : tuple of int, optional
        A rank, and the place that its value must not exceed.

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
            _order_rows(program, order, values, (block.n, rule))
        for rank, place in (fixed or {}).items():
            if place:
                program.add({place - 1: 1.0}, 0.0, rank - 1.0)
            program.add({place: 1.0}, float(rank), block.n)
        if within is not None:
            rank, place = within
            program.add({place: 1.0}, float(rank), block.n)
        left = max(end - time.monotonic(), 0.0)
        counts, proven = _run(program, seconds=left)
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


def _count_rows(program: _Program, block: Block, values: Sequence[Fraction]) -> None:
    last = len(values) - 1
    program.add({last: 1.0}, block.n, block.n)
    for place in range(last):
        program.add({place + 1: 1.0, place: -1.0}, 0.0, block.n)
    for tally in block.tallies:
        inside = [
            float(any(holds_level(value, level) for level in tally.levels))
            for value in values
        ]
        program.add_counts(inside, *tally.counts)


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
    program.add_counts([float(x) for x in away], float(shifted), float(shifted))
    base = shifted * shifted / n
    squares = [float(x * x) for x in away]
    for moment in moments:
        low, high = moment.sd.rounded
        program.add_counts(
            squares,
            float(ceil(base + (n - 1) * (max(low, Fraction(0)) / step) ** 2)),
            float(floor(base + (n - 1) * (high / step) ** 2)),
        )


def _order_rows(
    program: _Program,
    order: Order,
    values: Sequence[Fraction],
    n_and_rule: tuple[int, str],
) -> None:
    n, rule = n_and_rule
    for number, quarter in zip(order.printed, quarters_of(order), strict=True):
        lower, share = quantile_place(n, quarter, QUANTILE_RULES[rule])
        ranks = [min(max(rank, 1), n) for rank in (lower, lower + 1)]
        row: dict[int, float] = {}
        offset = 0.0
        for rank, weight in zip(ranks, (1 - share, share), strict=True):
            if weight:
                statistic, last = _order_statistic(program, (rank, n), values)
                offset += float(weight) * last
                for switch, gap in statistic.items():
                    row[switch] = row.get(switch, 0.0) - float(weight) * gap
        low, high = number.rounded
        program.add(row, float(low) - offset, float(high) - offset)


def _order_statistic(
    program: _Program, rank_of: tuple[int, int], values: Sequence[Fraction]
) -> tuple[dict[int, float], float]:
    """Tie switches to an order statistic: it is the last value less their gaps."""
    rank, n = rank_of
    gaps: dict[int, float] = {}
    for place in range(len(values) - 1):
        switch = program.switch()
        # switch = 1 exactly if the cumulative count is at least the rank
        program.add({place: 1.0, switch: -float(rank)}, 0.0, float(n))
        program.add({place: 1.0, switch: rank - 1.0 - n}, -float(n), rank - 1.0)
        gaps[switch] = float(values[place + 1] - values[place])
    return gaps, float(values[-1])


def _run(program: _Program, *, seconds: float) -> tuple[list[int] | None, bool]:
    """Return a solution or None, and whether it is proven that there is none."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    size, width = program.size, program.size + program.switches
    places = [(i, j, x) for i, row in enumerate(program.rows) for j, x in row.items()]
    i, j, x = zip(*places, strict=True)
    matrix = csr_array((x, (i, j)), shape=(len(program.rows), width))
    upper = np.full(width, np.inf)
    upper[size:] = 1.0
    found = milp(
        np.zeros(width),
        integrality=np.ones(width, dtype=np.int64),
        bounds=Bounds(np.zeros(width), upper),
        constraints=LinearConstraint(matrix, program.low, program.high),
        options={"time_limit": seconds},
    )
    if found.x is None:
        return None, found.status == _INFEASIBLE
    cumulative = np.rint(found.x[:size]).astype(np.int64)
    return [int(count) for count in np.diff(cumulative, prepend=0)], False
