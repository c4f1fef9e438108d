"""Random samples of a block: drawn as is likely, then moved until all holds."""

import itertools
import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, TypeVar

import attrs
import numpy as np

from iph._checks import Floats
from iph._fields import Kind
from iph.evidence._block_bounds import provably_impossible
from iph.evidence._block_search import nearest_places, search_places
from iph.evidence._block_solver import UndecidedError, any_counts, settle
from iph.evidence._blocks import Block, holds_level, is_numeric, values_of
from iph.evidence._claims import Claim
from iph.evidence._moments import move_to_moments

# Claims of one block among which a smallest impossible set is looked for.
_MOST_CLAIMS = 12

# What values seldom pass: degrees of flexion of a hip.
_USUAL = {"hip_flexion_deg": 125.0}
# The share of patients who are as well as can be.
_GOOD = 0.8

Value = TypeVar("Value")

REST = "rest"
ONLY = "only "


def sample_numbers(
    block: Block, *, rule: str, rng: np.random.Generator
) -> list[Fraction] | None:
    """Return one value a patient, in rising order; None if no sample is found."""
    every = values_of(block)
    drawn = _draw(block, every, rng)
    if block.moments and not block.orders and not block.tallies:
        moved = move_to_moments(block, every, drawn, rng=rng)
        if moved is not None:
            return moved
    start = nearest_places(every, drawn)[: block.n]
    start += [0] * (block.n - len(start))
    for exact in (True, False) if block.orders else (False,):
        how: Any = {"rule": rule, "rng": rng, "exact": exact}
        places = search_places(block, every, start, **how)
        if places is not None:
            return [every[place] for place in places]
    return None


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
    usual = _USUAL.get(block.variable, math.inf)
    drawn: list[Fraction] = []
    counted: set[Fraction] = set()
    for tally in sorted(block.tallies, key=lambda t: len(inside[t.claim.code])):
        values = inside[tally.claim.code]
        lacking = tally.counts[0] - sum(v in set(values) for v in drawn)
        free = [v for v in values if v not in counted and float(v) <= usual] or values
        if values and lacking > 0:
            drawn += [free[int(i)] for i in rng.integers(0, len(free), size=lacking)]
        counted |= set(values)
    best_first = block.declaration.best == "high"
    rest = [v for v in every if v not in counted and float(v) <= usual]
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
    rest = len(names) - 1  # what no claim speaks of goes to the last one
    start = [rest] * block.n
    places = search_places(coded, values, start, rule="weibull", rng=rng, home=rest)
    return None if places is None else [names[place] for place in places]


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
    if block.declaration.kind is Kind.YES_NO:
        return [*dict.fromkeys((*named, "yes", "no"))]
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

    Of all samples it is the first one, its least value being as small as can be, then
    the next: there is only one such, whatever the solver finds on the way.

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


def _cannot_be(block: Block, *, rule: str, seconds: float) -> bool:
    """Say whether there is provably no sample."""
    coded, values = block, values_of(block) if is_numeric(block) else ()
    if not is_numeric(block):
        names, coded = _coded(block)
        values = tuple(Fraction(i) for i in range(len(names)))
    return any_counts(coded, values, rule=rule, seconds=seconds) is None


def smallest_conflict(block: Block, *, rule: str, seconds: float) -> tuple[Claim, ...]:
    """Return a smallest set of the block's claims that provably cannot hold together.

    A set on which the solver runs out of time is not named, although it may conflict.
    """

    def conflict(chosen: Sequence[Claim]) -> bool:
        part = block.without(c for c in claims if c not in chosen)
        if is_excluded(part, rule=rule):
            return True
        try:
            return _cannot_be(part, rule=rule, seconds=seconds)
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
