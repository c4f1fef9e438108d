"""Coverage of the intervals of relative effects, by drawn courses of grades."""

import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from coverage_cases import Found, Interval, Place, covers
from iph.stats import group_by_visit
from size_repeated import correlated_grades

# What the last visit of the first and of the second group is shifted by.
_COURSES = ((0.0, 0.0), (0.0, 1.0), (-1.0, 2.0), (-2.0, 2.0))
_LEVELS = (2, 4, 11)
_VISITS = (2, 4)


def _shares(levels: int, shift: float) -> np.ndarray:
    """Return the shares of grades cut from a normal variable with this mean."""
    from scipy.special import ndtr

    edges = (
        ndtr(np.linspace(-1.5, 1.5, levels - 1) - shift)
        if levels > 2
        else ndtr(np.array([-1.5 - shift]))
    )
    found: np.ndarray = np.diff(np.concatenate([[0.0], edges, [1.0]]))
    return found


def _truth(groups: list[np.ndarray], sizes: tuple[int, int]) -> list[float]:
    """Return the relative effects of all cells, group after group."""
    cells = [shares for group in groups for shares in group]
    weights = np.repeat(sizes, len(groups[0])).astype(float)
    below = [np.cumsum(shares) - shares / 2.0 for shares in cells]
    reference = np.average(below, axis=0, weights=weights)
    return [float(shares @ reference) for shares in cells]


def _places(n: int) -> Iterator[Place]:
    sizes = (n // 2, n - n // 2)
    group = np.repeat([0, 1], sizes)
    for levels, visits, course in itertools.product(_LEVELS, _VISITS, _COURSES):
        groups = [
            np.array([_shares(levels, s) for s in np.linspace(0.0, last, visits)])
            for last in course
        ]
        truth = _truth(groups, sizes)

        def measure(
            rng: np.random.Generator,
            runs: int,
            groups: list[np.ndarray] = groups,
            truth: list[float] = truth,
        ) -> Found:
            hits = np.zeros(len(truth))
            for _ in range(runs):
                drawn: Any = [
                    correlated_grades(shares, size, rng)
                    for shares, size in zip(groups, sizes, strict=True)
                ]
                found = group_by_visit(np.concatenate(drawn), group)
                hits += [
                    covers(effect.low, effect.high, value)
                    for effect, value in zip(found.effects, truth, strict=True)
                ]
            share = float(hits.min()) / runs  # of the cell that does worst
            error = math.sqrt(share * (1.0 - share) / runs)
            return Found(coverage=share, error=error, undefined=0.0)

        first, second = course
        yield Place(
            name=f"{levels} grades, {visits} visits, shifts {first:g} and {second:g}",
            measure=measure,
        )


INTERVALS = [
    Interval(
        name="group_by_visit",
        grid="Two groups; the last visit shifted or not; of the effects of a place "
        "the one that does worst counts.",
        places=_places,
    )
]
