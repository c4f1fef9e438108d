"""Coverage of the intervals of win statistics, by drawn outcomes of two groups."""

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

from coverage_cases import Found, Interval, Place, at_once
from coverage_formulas import win_bounds
from iph import stats

_LEVELS = (3, 5, 11)
_SHIFTS = (0.0, 0.5, 1.0, 2.0)
_FIRST = (0.5, 0.3)  # the share of the first group


def _shares(levels: int, shift: float) -> np.ndarray:
    """Return the shares of outcomes cut from a normal variable with this mean.

    The lowest one is death; the others are grades.
    """
    from scipy.special import ndtr

    edges = ndtr(np.linspace(-1.0, 1.0, levels - 1) - shift)
    found: np.ndarray = np.diff(np.concatenate([[0.0], edges, [1.0]]))
    return found


def _truth(first: np.ndarray, second: np.ndarray, figure: str) -> float:
    wins = float(first @ (np.cumsum(second) - second))
    losses = 1.0 - wins - float(first @ second)
    return wins / losses if figure == "win_ratio" else wins - losses


def _wins(figure: str) -> Any:
    def places(n: int) -> Iterator[Place]:
        for levels, shift, share in itertools.product(_LEVELS, _SHIFTS, _FIRST):
            n1 = round(n * share)
            shares = (_shares(levels, shift), _shares(levels, 0.0))
            grades = np.tile(np.arange(levels), 2)
            outcomes = {
                "death": (np.where(grades > 0, 9, 1), grades == 0),
                "grade": np.where(grades > 0, grades, np.nan),
            }
            group = np.repeat([0, 1], levels)

            def bounds(
                table: np.ndarray, group: np.ndarray = group, outcomes: Any = outcomes
            ) -> tuple[float, float]:
                found = stats.win_statistics(
                    group, outcomes, weights=table, method="asymptotic"
                )
                interval = getattr(found, figure)
                return interval.low, interval.high

            def measure(
                rng: np.random.Generator,
                runs: int,
                sizes: tuple[int, int] = (n1, n - n1),
                shares: tuple[np.ndarray, np.ndarray] = shares,
                bounds: Any = bounds,
            ) -> Found:
                drawn = [
                    rng.multinomial(size, p, runs)
                    for size, p in zip(sizes, shares, strict=True)
                ]
                return at_once(
                    np.hstack(drawn),
                    lambda t: win_bounds(*np.hsplit(t, 2), figure),
                    bounds,
                    _truth(*shares, figure),
                )

            yield Place(
                name=f"{n1} v {n - n1}, {levels} outcomes, shift {shift:g}",
                measure=measure,
            )

    return places


_GRID = "Death and two to ten grades, cut from normal variables that differ by 0 to 2."
INTERVALS = [
    Interval(
        name="win_statistics, net benefit", grid=_GRID, places=_wins("net_benefit")
    ),
    Interval(name="win_statistics, win ratio", grid=_GRID, places=_wins("win_ratio")),
]
