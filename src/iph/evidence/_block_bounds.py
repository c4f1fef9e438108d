"""Proofs that a block has no sample, without a search.

In the ordered sample a quartile is a weighted sum of two values, so everything that is
printed but the SD is linear in the values. The least sum of squares is found with
tangents of the parabola, the greatest with its chords; if the printed SD asks for less
or for more, there is no sample. Values that nothing tells apart are taken together.
That all are whole steps is not used, so a block that passes may still have no sample.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor

import attrs
import numpy as np

from iph._checks import Floats
from iph.evidence._block_fits import quarters_of
from iph.evidence._blocks import Block, Moments, Tally, holds_level
from iph.stats._description.quartiles import QUANTILE_RULES, quantile_place

# Rounds of tangents, and by how much a bound must be passed: more than rounding errors.
_ROUNDS = 30
_MARGIN = 1e-6
_INFEASIBLE = 2  # as scipy.optimize.linprog numbers what has happened

_Place = tuple[int, int, Fraction]


@attrs.define(kw_only=True)
class _Ranks:
    """What is known of the ordered values: bounds of each, in rank order."""

    low: list[Fraction]
    high: list[Fraction]
    cuts: set[int]

    def at_least(self, rank: int, value: Fraction) -> None:
        """Bound the values from a rank (the first is 1) upward."""
        if rank <= len(self.low):
            self.cuts.add(rank - 1)
            self.low = [
                max(x, value) if i >= rank - 1 else x for i, x in enumerate(self.low)
            ]

    def at_most(self, rank: int, value: Fraction) -> None:
        """Bound the values from a rank downward."""
        if rank >= 1:
            self.cuts.add(rank)
            self.high = [
                min(x, value) if i < rank else x for i, x in enumerate(self.high)
            ]


def provably_impossible(block: Block, values: Sequence[Fraction], rule: str) -> bool:
    """Say whether bounds alone exclude every sample of a numeric block.

    `values` are those on its grid, in rising order.
    """
    n = block.n
    ranks = _Ranks(low=[values[0]] * n, high=[values[-1]] * n, cuts={0, n})
    for tally in block.tallies:
        _bound_by_tally(ranks, tally, values)
    places = _places(block, rule)
    step = values[1] - values[0] if len(values) > 1 else Fraction(1)
    for (below, above, _), (low, high) in places:
        ranks.cuts |= {below - 1, below, above - 1, above}
        ranks.at_most(below, floor(high / step) * step)
        ranks.at_least(above, ceil(low / step) * step)
    if any(a > b for a, b in zip(ranks.low, ranks.high, strict=True)):
        return True
    groups = _Groups.of(ranks)
    for (below, above, share), (low, high) in places:
        groups.add((below, above, share), low, high)
    if not block.moments:
        return groups.optimum(np.zeros(2 * groups.size), []) is None
    return any(_moments_excluded(groups, moments) for moments in block.moments)


def _places(block: Block, rule: str) -> list[tuple[_Place, tuple[Fraction, Fraction]]]:
    """Return ranks and share of each printed quantile, and the range that prints it."""
    n, found = block.n, []
    for order in block.orders:
        for number, quarter in zip(order.printed, quarters_of(order), strict=True):
            lower, share = quantile_place(n, quarter, QUANTILE_RULES[rule])
            below, above = (min(max(rank, 1), n) for rank in (lower, lower + 1))
            if share in {0, 1}:
                below = above = above if share else below
            found.append(((below, above, share), number.rounded))
    return found


def _bound_by_tally(ranks: _Ranks, tally: Tally, values: Sequence[Fraction]) -> None:
    """Bound ranks by a count of values up to some value, or from one upward."""
    inside = [any(holds_level(v, level) for level in tally.levels) for v in values]
    share, n = sum(inside), len(ranks.low)
    least, most = tally.counts
    if not 0 < share < len(values):
        return
    if all(inside[:share]):
        ranks.at_most(least, values[share - 1])
        ranks.at_least(most + 1, values[share])
    elif all(inside[-share:]):
        ranks.at_least(n - least + 1, values[-share])
        ranks.at_most(n - most, values[-share - 1])


@attrs.define(kw_only=True)
class _Groups:
    """Groups of values in rank order, each with its size and bounds."""

    first: list[int]
    sizes: Floats
    low: Floats
    high: Floats
    rows: list[Floats] = attrs.field(factory=list)
    least: list[float] = attrs.field(factory=list)
    most: list[float] = attrs.field(factory=list)

    @classmethod
    def of(cls, ranks: _Ranks) -> "_Groups":
        """Take together what stands between two cuts."""
        cuts = sorted(cut for cut in ranks.cuts if 0 <= cut <= len(ranks.low))
        starts = cuts[:-1]
        groups = cls(
            first=[start + 1 for start in starts],
            sizes=np.diff(np.array(cuts, dtype=np.float64)),
            low=np.array([float(ranks.low[i]) for i in starts]),
            high=np.array([float(ranks.high[i]) for i in starts]),
        )
        for k in range(groups.size - 1):
            rising = np.zeros(groups.size)
            rising[k], rising[k + 1] = -1.0, 1.0
            groups.bound(rising, 0.0, np.inf)
        return groups

    @property
    def size(self) -> int:
        """Number of groups."""
        return len(self.first)

    def add(self, place: _Place, least: Fraction, most: Fraction) -> None:
        """Bound a weighted sum of the values of two ranks."""
        below, above, share = place
        row = np.zeros(self.size)
        row[self.first.index(below)] += float(1 - share)
        row[self.first.index(above)] += float(share)
        self.bound(row, float(least), float(most))

    def bound(self, row: Floats, least: float, most: float) -> None:
        """Bound a weighted sum of the values of groups."""
        self.rows.append(row)
        self.least.append(least)
        self.most.append(most)

    def optimum(
        self, cost: Floats, tangents: Sequence[tuple[int, float]]
    ) -> tuple[float, Floats] | None:
        """Return the least cost of means and squares, and the means; None if none.

        `tangents` are the groups, and the value at which the line touches.
        """
        from scipy.optimize import linprog

        n = self.size
        rows = [np.concatenate([row, np.zeros(n)]) for row in self.rows]
        upper = [*rows, *(-row for row in rows)]
        limits = [*self.most, *(-x for x in self.least)]
        for k, at in tangents:  # square >= 2 at x - at^2
            row = np.zeros(2 * n)
            row[k], row[n + k] = 2 * at, -1.0
            upper.append(row)
            limits.append(at * at)
        kept = np.isfinite(np.array(limits, dtype=np.float64))
        ends = np.maximum(self.low**2, self.high**2)
        found = linprog(
            cost,
            A_ub=np.array(upper).reshape(-1, 2 * n)[kept],
            b_ub=np.array(limits, dtype=np.float64)[kept],
            bounds=[
                *zip(self.low, self.high, strict=True),
                *((0.0, float(end)) for end in ends),
            ],
        )
        if found.x is None or found.fun is None:
            # Unless it is infeasible the program tells nothing.
            return None if found.status == _INFEASIBLE else (-np.inf, np.zeros(n))
        return float(found.fun), found.x[:n]


def _moments_excluded(groups: _Groups, moments: Moments) -> bool:
    n = float(groups.sizes.sum())
    center, unit = float(moments.mean.value), float(moments.mean.unit)
    shifted = attrs.evolve(
        groups,
        low=groups.low - center,
        high=groups.high - center,
        rows=list(groups.rows),
        # The weights of a rising pair add up to none, those of a quantile to one.
        least=[
            x - center * row.sum()
            for x, row in zip(groups.least, groups.rows, strict=True)
        ],
        most=[
            x - center * row.sum()
            for x, row in zip(groups.most, groups.rows, strict=True)
        ],
    )
    shifted.bound(groups.sizes, -n * unit / 2, n * unit / 2)
    low, high = (float(max(x, Fraction(0))) for x in moments.sd.rounded)
    least, most = (n - 1) * low**2, (n - 1) * high**2 + n * unit**2 / 4
    margin = _MARGIN * max(most, 1.0)
    return (
        _least_squares(shifted, most + margin)
        or _most_squares(shifted) < least - margin
    )


def _least_squares(groups: _Groups, limit: float) -> bool:
    """Say whether even the least sum of squares passes a limit."""
    size = groups.size
    cost = np.concatenate([np.zeros(size), groups.sizes])
    tangents: list[tuple[int, float]] = []
    for _ in range(_ROUNDS):
        found = groups.optimum(cost, tangents)
        if found is None or found[0] > limit:
            return True
        means = found[1]
        if float(groups.sizes @ means**2) <= limit:
            return False
        tangents += [(k, float(means[k])) for k in range(size)]
    return False


def _most_squares(groups: _Groups) -> float:
    """Return a sum of squares that none passes, with the chords of the parabola."""
    slope = groups.sizes * (groups.low + groups.high)
    constant = float(groups.sizes @ (groups.low * groups.high))
    found = groups.optimum(np.concatenate([-slope, np.zeros(groups.size)]), [])
    return np.inf if found is None else -found[0] - constant
