"""A search for samples of a block by small steps.

It uses no solver, so a seed gives the same sample on every machine and with every
version of one. From a sample that looks like what is printed, values are moved one or
two at a time; a move that makes the printed figures fit worse is kept ever more seldom
(simulated annealing).
"""

import bisect
import math
from collections.abc import Sequence
from fractions import Fraction

import attrs
import numpy as np

from iph._checks import Floats
from iph.evidence._block_fits import fits, quarters_of
from iph.evidence._blocks import Block, Tally, holds_level
from iph.stats._description.quartiles import QUANTILE_RULES, quantile_place

_STEPS = 6_000
_WARM, _COLD = 0.5, 0.02
_PAIRS, _JUMPS = 0.4, 0.2  # shares of the moves
# A quartile just half-way between two prints is avoided, if another fits.
_HALF_WAY = 1e-6
_NONE = 1e-9
# What a patient counts who leaves the category of all that no claim speaks of.
_AWAY = 0.01
_HALF = 0.5
# Values are looked for as far beyond the first sample as it reaches, and a little on.
_MARGIN = 30


@attrs.frozen
class _Quartile:
    """Two ranks (from 0), the weight of the second, and bounds in steps."""

    ranks: tuple[int, int]
    share: float
    low: float
    high: float


@attrs.define
class _Sample:
    """Values as places of the scale, in rising order, and how ill they fit."""

    block: Block
    steps: list[int]
    inside: list[list[bool]]
    quartiles: list[_Quartile]
    places: list[int]
    home: int | None
    counts: list[int] = attrs.field(factory=list)
    total: int = 0
    squares: int = 0

    def __attrs_post_init__(self) -> None:
        self.places.sort()
        self.counts = [sum(map(row.__getitem__, self.places)) for row in self.inside]
        self.total = sum(self.steps[place] for place in self.places)
        self.squares = sum(self.steps[place] ** 2 for place in self.places)

    def exchange(self, before: int, after: int) -> None:
        """Move a patient from one place to another."""
        del self.places[bisect.bisect_left(self.places, before)]
        bisect.insort(self.places, after)
        for number, row in enumerate(self.inside):
            self.counts[number] += row[after] - row[before]
        old, new = self.steps[before], self.steps[after]
        self.total += new - old
        self.squares += new * new - old * old

    def misfit(self) -> float:
        """Return by how much the printed figures are missed, in patients and steps."""
        found = 0.0
        for tally, count in zip(self.block.tallies, self.counts, strict=True):
            found += _outside(count, *tally.counts)
        for one in self.quartiles:
            first, second = (self.steps[self.places[rank]] for rank in one.ranks)
            at = first + one.share * (second - first)
            found += _outside(at, one.low, one.high)
        for moments in self.block.moments:
            found += self._off(moments.mean.rounded, moments.sd.rounded)
        return found

    def _off(
        self, means: tuple[Fraction, Fraction], sds: tuple[Fraction, Fraction]
    ) -> float:
        n, step = len(self.places), float(self.block.grid.step or 1)
        low, high = (float(mean) * n / step for mean in means)
        base = self.total * self.total / n
        least, most = (max(float(sd), 0.0) / step for sd in sds)
        off = _outside(
            self.squares, base + (n - 1) * least**2, base + (n - 1) * most**2
        )
        # A step of one value one SD from the mean changes the squares by twice the SD.
        return _outside(self.total, low, high) + off / (2.0 * max(most, 1.0))

    def away(self) -> float:
        """Return how many left the category of all that no claim speaks of."""
        if self.home is None:
            return 0.0
        return _AWAY * (len(self.places) - self.places.count(self.home))


def _outside(value: float, low: float, high: float) -> float:
    """Return how far a value lies outside bounds."""
    return max(low - value, value - high, 0.0)


def search_places(
    block: Block,
    values: Sequence[Fraction],
    start: Sequence[int],
    *,
    rule: str,
    rng: np.random.Generator,
    home: int | None = None,
    exact: bool = False,
) -> list[int] | None:
    """Return places of the scale, in rising order, that have all that is printed.

    Parameters
    ----------
    block : Block
        What must hold.
    values : sequence of Fraction
        The scale: values one step apart, in rising order.
    start : sequence of int
        Places to begin with, one a patient.
    rule : str
        The quantile rule of the medians and quartiles.
    rng : numpy.random.Generator
        The source of randomness.
    home : int, optional
        The place of those whom no claim mentions; no more than necessary are moved
        from it.
    exact : bool
        Whether quartiles must be just what is printed, not only round to it.
    """
    step = block.grid.step or Fraction(1)
    first = int(values[0] / step) if values else 0
    sample = _Sample(
        block,
        list(range(first, first + len(values))),
        [_inside(tally, values) for tally in block.tallies],
        _quartiles(block, rule, exact=exact),
        list(start),
        home,
    )
    misfit, last = sample.misfit(), len(values) - 1
    span = max(start) - min(start) + _MARGIN
    ends = (max(min(start) - span, 0), min(max(start) + span, last))
    for done in range(_STEPS):
        if misfit <= _NONE:
            break
        moves = _moves(sample, ends, rng)
        worth = misfit + sample.away()
        for before, after in moves:
            sample.exchange(before, after)
        now = sample.misfit()
        warmth = _WARM + (_COLD - _WARM) * done / _STEPS
        worse = now + sample.away() - worth
        if worse > 0.0 and rng.random() >= math.exp(-worse / warmth):
            for before, after in reversed(moves):
                sample.exchange(after, before)
        else:
            misfit = now
    found = [values[place] for place in sample.places]
    if misfit > 3.0 * _HALF_WAY or not fits(block, found, rule):
        return None
    return list(sample.places)


def _inside(tally: Tally, values: Sequence[Fraction]) -> list[bool]:
    return [any(holds_level(v, level) for level in tally.levels) for v in values]


def _quartiles(block: Block, rule: str, *, exact: bool) -> list[_Quartile]:
    step, n = block.grid.step or Fraction(1), block.n
    found = []
    for order in block.orders:
        for number, quarter in zip(order.printed, quarters_of(order), strict=True):
            lower, share = quantile_place(n, quarter, QUANTILE_RULES[rule])
            first, second = (min(max(rank, 1), n) - 1 for rank in (lower, lower + 1))
            low, high = (float(end / step) for end in number.rounded)
            less = _HALF_WAY * (high - low)
            ends = (low + less, high - less)
            if exact:
                ends = (float(number.value / step),) * 2
            found.append(_Quartile((first, second), float(share), *ends))
    return found


def _moves(
    sample: _Sample, ends: tuple[int, int], rng: np.random.Generator
) -> list[tuple[int, int]]:
    """Choose a move: one value a little or anywhere, or two against each other."""
    n = len(sample.places)
    kind = rng.random()
    before = sample.places[int(rng.random() * n)]
    if kind < _JUMPS:
        return [(before, _target(sample, ends, rng))]
    low, high = ends
    far = int((high - low + 1) ** rng.random())  # as often 1 to 9 as 10 to 99
    away = far if rng.random() < _HALF else -far
    after = min(max(before + away, low), high)
    if kind < _JUMPS + _PAIRS and sample.block.moments and n > 1:
        other = sample.places[int(rng.random() * n)]
        back = min(max(other - (after - before), low), high)
        if other != before:
            return [(before, after), (other, back)]
    return [(before, after)]


def _target(sample: _Sample, ends: tuple[int, int], rng: np.random.Generator) -> int:
    """Choose a place anywhere, or one of a level that is counted."""
    if sample.inside and rng.random() < _HALF:
        row = sample.inside[int(rng.random() * len(sample.inside))]
        places = [place for place, here in enumerate(row) if here]
        if places:
            return places[int(rng.random() * len(places))]
    return ends[0] + int(rng.random() * (ends[1] - ends[0] + 1))


def nearest_places(values: Sequence[Fraction], drawn: Floats) -> list[int]:
    """Return the places of the scale that are nearest to what was drawn."""
    listed = np.array([float(value) for value in values])
    middles = (listed[1:] + listed[:-1]) / 2.0
    return [int(place) for place in np.searchsorted(middles, drawn)]
