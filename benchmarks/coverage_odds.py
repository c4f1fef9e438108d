"""Coverage of the odds ratios of ordered grades, and of contrasts of their courses."""

import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from coverage_cases import Found, Interval, Place, covers, enumerated, simulated
from coverage_repeated import _shares, _truth
from iph import stats
from iph.errors import DataError
from size_repeated import correlated_grades

_RATIOS = (1.0, 3.0, 8.0)
_SHAPES = ((2, "even"), (2, "skewed"), (3, "even"), (3, "skewed"), (5, "even"))
_CONTRASTS: dict[str, Any] = {
    "difference of changes": [[-1, 0, 1], [1, 0, -1]],
    "difference at the last visit": [[0, 0, 1], [0, 0, -1]],
    "change of the first group": [[-1, 0, 1], [0, 0, 0]],
}


def _margin(size: int, shape: str) -> np.ndarray:
    """Return shares of grades: all alike, or each half of the one before."""
    shares = np.ones(size) if shape == "even" else 0.5 ** np.arange(size)
    found: np.ndarray = shares / shares.sum()
    return found


def _raised(shares: np.ndarray, ratio: float) -> np.ndarray:
    """Return the shares of grades whose odds to be higher are so many times those."""
    below = np.cumsum(shares)[:-1]
    moved = below / (below + ratio * (1.0 - below))
    return np.diff(np.concatenate(([0.0], moved, [1.0])))


def _score(n: int) -> Iterator[Place]:
    for (size, shape), ratio in itertools.product(_SHAPES, _RATIOS):
        shares = _margin(size, shape)
        both = (_raised(shares, ratio), shares)

        def bounds(table: np.ndarray, k: int = size) -> tuple[float, float]:
            if np.count_nonzero(table[:k] + table[k:]) < 2:
                return 0.0, math.inf  # such samples are refused: nothing is told
            found = stats.proportional_odds(
                np.tile(np.arange(k), 2),
                np.arange(2 * k) // k,
                weights=table,
                method="asymptotic",
            )
            return found.low, found.high

        def measure(
            rng: np.random.Generator,
            runs: int,
            both: tuple[np.ndarray, np.ndarray] = both,
            inner: tuple[Any, float] = (bounds, ratio),
        ) -> Found:
            half = n // 2
            tables = np.hstack(
                [
                    rng.multinomial(cases, shares, runs)
                    for cases, shares in zip((half, n - half), both, strict=True)
                ]
            )
            return simulated(tables, *inner)

        yield Place(
            name=f"{size} {shape} grades, odds ratio {ratio:g}", measure=measure
        )


def _adjusted(n: int) -> Iterator[Place]:
    """Yield two groups whose grades also depend on a normal covariate."""
    group = np.arange(n, dtype=np.int64) // (n - n // 2)
    for size, ratio in itertools.product((3, 5), _RATIOS):

        def measure(
            rng: np.random.Generator,
            runs: int,
            inner: tuple[int, float] = (size, ratio),
        ) -> Found:
            size, ratio = inner
            edges = np.log(np.arange(1, size) / (size - np.arange(1, size)))
            hit = refused = 0
            for _ in range(runs):
                x = rng.standard_normal(n)
                latent = rng.logistic(size=n) + x + math.log(ratio) * (group == 0)
                grades = np.searchsorted(edges, latent)
                try:
                    found = stats.proportional_odds(
                        grades, group, {"x": x}, method="asymptotic"
                    )
                except DataError:  # one grade, or in the order of the covariate
                    refused += 1
                    continue
                hit += covers(found.low, found.high, ratio)
            share = hit / runs
            error = math.sqrt(share * (1.0 - share) / runs)
            return Found(coverage=share, error=error, undefined=refused / runs)

        yield Place(name=f"{size} grades, odds ratio {ratio:g}", measure=measure)


def _samples(n: int, shares: np.ndarray) -> Iterator[tuple[float, tuple[int, ...]]]:
    for first in itertools.product(range(n + 1), repeat=len(shares) - 1):
        if sum(first) <= n:
            counts = (*first, n - sum(first))
            ways = math.factorial(n) // math.prod(map(math.factorial, counts))
            chance = ways * math.prod(s**c for s, c in zip(shares, counts, strict=True))
            yield float(chance), counts


def _exact(n: int) -> Iterator[Place]:
    if n > 12:  # minutes beyond
        return
    known: dict[Any, tuple[float, float]] = {}

    def bounds(sample: Any) -> tuple[float, float]:
        if sample not in known:
            found = stats.odds_of_higher_grades(
                range(3), range(3), levels=range(3), weights=sample
            )
            known[sample] = found.low, found.high
        return known[sample]

    for shape, ratio in itertools.product(("even", "skewed"), _RATIOS):
        shares = _margin(3, shape)
        raised = _raised(shares, ratio)

        def measure(
            rng: np.random.Generator,
            runs: int,
            both: tuple[np.ndarray, np.ndarray] = (raised, shares),
            truth: float = ratio,
        ) -> Found:
            del rng, runs
            pairs = itertools.product(
                _samples(n // 2, both[0]), _samples(n - n // 2, both[1])
            )
            samples = ((p * q, (a, b)) for (p, a), (q, b) in pairs)
            return enumerated(samples, bounds, truth)

        yield Place(name=f"3 {shape} grades, odds ratio {ratio:g}", measure=measure)


def _contrasts(n: int) -> Iterator[Place]:
    sizes = (n // 2, n - n // 2)
    group = np.repeat([0, 1], sizes)
    for levels, last in itertools.product((2, 5), (0.0, 3.0)):
        groups = [
            np.array([_shares(levels, s) for s in np.linspace(0.0, end, 3)])
            for end in (0.0, last)
        ]
        truth = np.array(_truth(groups, sizes))

        def measure(
            rng: np.random.Generator,
            runs: int,
            groups: list[np.ndarray] = groups,
            truth: np.ndarray = truth,
        ) -> Found:
            hits = dict.fromkeys(_CONTRASTS, 0)
            for _ in range(runs):
                drawn: Any = [
                    correlated_grades(shares, size, rng)
                    for shares, size in zip(groups, sizes, strict=True)
                ]
                found = stats.group_by_visit(np.concatenate(drawn), group)
                for name, weights in _CONTRASTS.items():
                    one = found.contrast(weights)
                    true = float(np.ravel(weights) @ truth)
                    hits[name] += covers(one.low, one.high, true)
            share = min(hits.values()) / runs  # of the contrast that does worst
            error = math.sqrt(share * (1.0 - share) / runs)
            return Found(coverage=share, error=error, undefined=0.0)

        yield Place(
            name=f"{levels} grades, second group shifted by {last:g}", measure=measure
        )


INTERVALS = [
    Interval(
        name="proportional_odds",
        grid="Two groups of equal size, without covariates; odds ratios of 1, 3 and 8; "
        "two, three or five grades, alike or each half as frequent as the one before.",
        places=_score,
    ),
    Interval(
        name="proportional_odds, one covariate",
        grid="Two groups of equal size and a covariate that is normal in both; odds "
        "ratios of 1, 3 and 8; three or five grades.",
        places=_adjusted,
    ),
    Interval(
        name="odds_of_higher_grades",
        grid="Two groups of equal size; odds ratios of 1, 3 and 8; three grades, alike "
        "or each half as frequent as the one before.\nUp to 12 patients.",
        places=_exact,
    ),
    Interval(
        name="group_by_visit, contrast",
        grid="Two groups of equal size, three visits; the last visit of the second "
        "group shifted or not.\nOf a difference of changes, a difference at the last "
        "visit and a change of one group, the one that does worst counts.",
        places=_contrasts,
    ),
]
