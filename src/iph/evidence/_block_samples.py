"""Random samples of a block: a likely target, and the closest sample that holds."""

import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TypeVar

import attrs
import numpy as np

from iph._checks import Floats
from iph._fields import Kind
from iph.evidence._block_bounds import provably_impossible
from iph.evidence._block_fits import quarters_of
from iph.evidence._block_solver import UndecidedError, settle, solve
from iph.evidence._blocks import Block, holds_level, is_numeric, values_of
from iph.evidence._claims import Claim
from iph.evidence._moments import move_to_moments
from iph.evidence._printed import PrintedNumber
from iph.stats._description.quartiles import QUANTILE_RULES, quantile_place

# Values of a long scale that are offered to the program, beside those of the target.
_OFFERED = 120
_NEAR = 30
_SHORT = 70
# Claims of one block among which a smallest impossible set is looked for.
_MOST_CLAIMS = 12

_TRIES = 12
# Degrees of flexion that a hip seldom passes, and the share of patients who are well.
_USUAL = 125.0
_GOOD = 0.8

Value = TypeVar("Value")

REST = "rest"
ONLY = "only "


def sample_numbers(
    block: Block, *, rule: str, rng: np.random.Generator
) -> list[Fraction] | None:
    """Return one value a patient, in rising order; None if no sample holds."""
    every = values_of(block)
    drawn = _draw(block, every, rng)
    if block.moments and not block.orders and not block.tallies:
        moved = move_to_moments(block, every, drawn, rng=rng)
        if moved is not None:
            return moved
    for values, fixed in _attempts(block, every, drawn, rule, rng):
        target = np.zeros(len(values))
        np.add.at(target, _nearest(values, drawn), 1.0)
        counts = solve(block, values, target, rule=rule, rng=rng, fixed=fixed)
        if counts is not None:
            return _repeated(values, counts)
    return None


def _attempts(
    block: Block,
    every: tuple[Fraction, ...],
    drawn: Floats,
    rule: str,
    rng: np.random.Generator,
) -> Iterator[tuple[tuple[Fraction, ...], dict[int, int] | None]]:
    """Yield what to try: a thinned scale with fixed neighbors first, then all of it."""
    if len(every) > _SHORT:
        for _ in range(_TRIES if block.orders else 1):
            ranks = _neighbors(block, every, rule, rng)
            extra = () if ranks is None else tuple(ranks.values())
            offered = _offered(block, every, drawn, extra, rng)
            if ranks is None:
                yield offered, None
            else:
                place = {value: i for i, value in enumerate(offered)}
                yield offered, {rank: place[value] for rank, value in ranks.items()}
    yield every, None


def _neighbors(
    block: Block, every: tuple[Fraction, ...], rule: str, rng: np.random.Generator
) -> dict[int, Fraction] | None:
    """Choose the values of the ranks that make the printed quartiles, at random."""
    if not block.orders:
        return None
    step = every[1] - every[0]
    found: dict[int, Fraction] = {}
    for order in block.orders:
        for number, quarter in zip(order.printed, quarters_of(order), strict=True):
            lower, share = quantile_place(block.n, quarter, QUANTILE_RULES[rule])
            ranks = [min(max(rank, 1), block.n) for rank in (lower, lower + 1)]
            if all(rank in found for rank in ranks):
                continue
            pair = _pair(number, share, step, every, rng)
            if pair is None:
                return None
            for rank, value in zip(ranks, pair, strict=True):
                found.setdefault(rank, value)
    return found


def _pair(
    number: PrintedNumber,
    share: Fraction,
    step: Fraction,
    every: tuple[Fraction, ...],
    rng: np.random.Generator,
) -> tuple[Fraction, Fraction] | None:
    """Choose two values of the scale between which the printed figure lies."""
    low, high = number.rounded
    start = int(number.value / step) + int(rng.integers(0, 3))
    for below in range(start, start - 10 * _NEAR, -1):
        value = below * step
        if share == 0:
            least, most = Fraction(0), Fraction(0) if low <= value <= high else -step
        else:
            least = -((value - low) / share // step) * step
            most = (high - value) / share // step * step
        least = max(least, Fraction(0))
        if least <= most and every[0] <= value and value + least <= every[-1]:
            return value, value + least
    return None


def _nearest(values: Sequence[Fraction], drawn: Floats) -> list[int]:
    listed = np.array([float(v) for v in values])
    return [int(np.argmin(np.abs(listed - x))) for x in drawn]


def _offered(
    block: Block,
    every: tuple[Fraction, ...],
    drawn: Floats,
    extra: tuple[Fraction, ...],
    rng: np.random.Generator,
) -> tuple[Fraction, ...]:
    """Thin out a long scale: the target, what is near the prints, and some others."""
    last = len(every) - 1
    near = [float(number.value) for order in block.orders for number in order.printed]
    places = set(_nearest(every, drawn))
    for middle in _nearest(every, np.array(near)):
        places.update(range(max(middle - _NEAR, 0), min(middle + _NEAR, last) + 1))
    for place in list(places):
        places.update({max(place - 1, 0), min(place + 1, last)})
    top = max(places)
    places.update(int(p) for p in rng.integers(0, top + 1, size=_OFFERED))
    return tuple(sorted({every[place] for place in places} | set(extra)))


def _draw(
    block: Block, every: tuple[Fraction, ...], rng: np.random.Generator
) -> Floats:
    """Draw a sample that looks like what is printed, before anything must hold."""
    low, high, n = float(every[0]), float(every[-1]), block.n
    if block.orders:
        printed = [float(number.value) for number in block.orders[0].printed]
        if len(printed) == 1:
            printed *= 3
        wide = max(printed[2] - printed[0], float(every[1] - every[0]))
        ends = (max(low, printed[0] - wide), min(high, printed[2] + 0.7 * wide))
        share = rng.uniform(size=n)
        known = (0.0, 0.25, 0.5, 0.75, 1.0)
        drawn = np.interp(share, known, (ends[0], *printed, ends[1]))
    elif block.moments:
        mean, sd = (
            float(x.value) for x in (block.moments[0].mean, block.moments[0].sd)
        )
        above = max(mean - low, 1e-9)
        shape = (above / max(sd, 1e-9)) ** 2
        drawn = low + rng.gamma(shape, above / shape, size=n)
    else:
        drawn = _draw_levels(block, every, rng)
    return np.clip(drawn, low, high)


def _draw_levels(
    block: Block, every: tuple[Fraction, ...], rng: np.random.Generator
) -> Floats:
    """Draw within the levels that are counted; all others are as well as can be."""
    inside = {
        tally.claim.code: [
            v for v in every if any(holds_level(v, level) for level in tally.levels)
        ]
        for tally in block.tallies
    }
    drawn: list[Fraction] = []
    counted: set[Fraction] = set()
    for tally in sorted(block.tallies, key=lambda t: len(inside[t.claim.code])):
        values = inside[tally.claim.code]
        lacking = tally.counts[0] - sum(v in set(values) for v in drawn)
        free = [v for v in values if v not in counted and float(v) <= _USUAL] or values
        if values and lacking > 0:
            drawn += [free[int(i)] for i in rng.integers(0, len(free), size=lacking)]
        counted |= set(values)
    best_first = block.declaration.best == "high"
    rest = [v for v in every if v not in counted and float(v) <= _USUAL]
    rest.sort(reverse=best_first)
    if rest:
        lacking = max(block.n - len(drawn), 0)
        # If the best level is free it takes all; else most are just beside it.
        best = every[-1] if best_first else every[0]
        share = 1.0 if rest[0] == best else _GOOD
        places = rng.geometric(share, size=lacking) - 1
        drawn += [rest[min(int(place), len(rest) - 1)] for place in places]
    return np.array([float(v) for v in drawn])


def sample_categories(block: Block, *, rng: np.random.Generator) -> list[str] | None:
    """Return one category a patient; None if no sample holds.

    The categories of a set are the levels that the claims name, and the rest; they are
    taken as disjoint.
    """
    names, coded = _coded(block)
    values = [Fraction(i) for i in range(len(names))]
    target = np.zeros(len(names))
    target[-1] = block.n  # what no claim speaks of goes to the last one
    counts = solve(coded, values, target, rule="weibull", rng=rng)
    return None if counts is None else _repeated(names, counts)


def _coded(block: Block) -> tuple[list[str], Block]:
    """Return the categories, and the block with their places for their names."""
    names = _categories(block)
    place = {name: str(i) for i, name in enumerate(names)}
    tallies = tuple(
        attrs.evolve(tally, levels=tuple(place[level] for level in tally.levels))
        for tally in block.tallies
    )
    return names, attrs.evolve(block, tallies=tallies)


def _repeated(values: Sequence[Value], counts: Sequence[int]) -> list[Value]:
    return [v for v, c in zip(values, counts, strict=True) for _ in range(c)]


def _categories(block: Block) -> list[str]:
    named = [level for tally in block.tallies for level in tally.levels]
    if block.declaration.kind is Kind.CHOICES or block.declaration.options is None:
        return [*dict.fromkeys(named), REST]
    options = [str(option.value) for option in block.declaration.options]
    free = [o for o in options if o not in named and o != "unknown"]
    preferred = [o for o in ("other", "spared", "no") if o in free] or free[:1]
    return [*dict.fromkeys(named), *(o for o in preferred[:1])] or options


def sample_block(
    block: Block, *, rule: str, rng: np.random.Generator
) -> list[Fraction] | list[str] | None:
    """Return one value or category a patient; None if none was found.

    That none was found proves nothing: see `settle_block`.
    """
    if is_numeric(block):
        return sample_numbers(block, rule=rule, rng=rng)
    return sample_categories(block, rng=rng)


def is_excluded(block: Block, *, rule: str) -> bool:
    """Say whether bounds exclude every sample, which takes no search."""
    return is_numeric(block) and provably_impossible(block, values_of(block), rule)


def settle_block(
    block: Block, *, rule: str, seconds: float
) -> list[Fraction] | list[str] | None:
    """Return one value or category a patient; None if there is provably no sample.

    Raises
    ------
    UndecidedError
        If neither was found out in time.
    """
    if is_numeric(block):
        values = values_of(block)
        counts = settle(block, values, rule=rule, seconds=seconds)
        return None if counts is None else _repeated(values, counts)
    names, coded = _coded(block)
    places = [Fraction(i) for i in range(len(names))]
    counts = settle(coded, places, rule=rule, seconds=seconds)
    return None if counts is None else _repeated(names, counts)


def smallest_conflict(
    block: Block, *, rule: str, seconds: float, rng: np.random.Generator
) -> tuple[Claim, ...]:
    """Return a smallest set of the block's claims that provably cannot hold together.

    A set on which the solver runs out of time is not named, although it may conflict.
    """

    def conflict(chosen: Sequence[Claim]) -> bool:
        part = block.without(c for c in claims if c not in chosen)
        if is_excluded(part, rule=rule):
            return True
        if sample_block(part, rule=rule, rng=rng) is not None:
            return False
        try:
            return settle_block(part, rule=rule, seconds=seconds) is None
        except UndecidedError:
            return False

    claims = block.claims
    if len(claims) <= _MOST_CLAIMS:
        for size in range(1, len(claims)):
            for some in itertools.combinations(claims, size):
                if conflict(some):
                    return some
        return claims
    kept = list(claims)  # else one from which nothing can be taken away
    for claim in claims:
        rest = [c for c in kept if c is not claim]
        if conflict(rest):
            kept = rest
    return tuple(kept)


__all__ = ["is_excluded", "sample_block", "settle_block", "smallest_conflict"]
