"""Coverage of the intervals of correlation and agreement, by drawn tables of grades."""

import itertools
import math
from collections.abc import Callable, Iterator
from statistics import NormalDist
from typing import Any

import numpy as np

from coverage_cases import Found, Interval, Place, at_once, pieces, together
from coverage_formulas import (
    kappa_bounds,
    kendall_bounds,
    middle_bounds,
    order_bounds,
    shift_bounds,
    spearman_bounds,
)
from iph import stats

_STRENGTHS = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9)
_STEPS = 400  # of a numerical integral
_SHAPES = (
    (2, 2, "even"),
    (2, 2, "skewed"),
    (2, 4, "even"),
    (4, 4, "even"),
    (4, 4, "skewed"),
    (3, 11, "even"),
)


def _margin(size: int, shape: str) -> np.ndarray:
    """Return shares of grades: all alike, or each half of the one before."""
    shares = np.ones(size) if shape == "even" else 0.5 ** np.arange(size)
    found: np.ndarray = shares / shares.sum()
    return found


def _latent(rows: np.ndarray, columns: np.ndarray, strength: float) -> np.ndarray:
    """Return the shares of grades cut from two normal variables so correlated."""
    from scipy.special import ndtr, ndtri

    edges = ndtri(np.cumsum(columns)[:-1])
    rest = math.sqrt(1.0 - strength**2)
    low = 0.0
    cells = []
    for share in rows:
        # the middle of equal slices of the first variable within its grade
        middles = ndtri(low + share * (np.arange(_STEPS) + 0.5) / _STEPS)
        below = ndtr((edges[None, :] - strength * middles[:, None]) / rest)
        full = np.hstack([np.zeros((_STEPS, 1)), below, np.ones((_STEPS, 1))])
        cells.append(share * np.diff(full, axis=1).mean(axis=0))
        low += share
    found: np.ndarray = np.array(cells)
    return found


def _tau(cells: np.ndarray) -> float:
    sums = cells.cumsum(axis=0).cumsum(axis=1)
    inner = np.pad(sums, ((1, 0), (1, 0)))
    both_below = inner[:-1, :-1]
    lower_x = inner[:-1, -1:] - inner[:-1, 1:]
    agree = float((cells * (both_below - lower_x)).sum()) * 2.0
    untied = [1.0 - float((cells.sum(axis=a) ** 2).sum()) for a in (0, 1)]
    return agree / math.sqrt(untied[0] * untied[1])


def _rho(cells: np.ndarray) -> float:
    ranks = []
    for axis in (1, 0):
        shares = cells.sum(axis=axis)
        ranks.append((shares, np.cumsum(shares) - shares / 2.0 - 0.5))
    (p, a), (q, b) = ranks
    spread = math.sqrt(float(p @ a**2) * float(q @ b**2))
    return float(a @ cells @ b) / spread


def _columns(table: np.ndarray, width: int) -> tuple[Any, Any, Any]:
    at = np.flatnonzero(table)
    return at // width, at % width, table[at]


def _correlation(
    function: Any,
    value: Callable[[np.ndarray], float],
    formula: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]],
    **options: Any,
) -> Callable[[int], Iterator[Place]]:
    def places(n: int) -> Iterator[Place]:
        for (k, m, shape), strength in itertools.product(_SHAPES, _STRENGTHS):
            cells = _latent(_margin(k, shape), _margin(m, shape), strength)
            truth = value(cells)

            def bounds(table: np.ndarray, m: int = m) -> tuple[float, float]:
                x, y, many = _columns(table.ravel(), m)
                found = function(x, y, weights=many, method="asymptotic", **options)
                return found.low, found.high

            def measure(
                rng: np.random.Generator,
                runs: int,
                c: np.ndarray = cells,
                b: Any = bounds,
                t: float = truth,
            ) -> Found:
                tables = rng.multinomial(n, c.ravel(), runs).reshape(runs, *c.shape)
                return at_once(tables, formula, b, t)

            yield Place(
                name=f"{k} x {m} {shape} grades, true value {truth:.2f}",
                measure=measure,
            )

    return places


def _kappa(scheme: Any) -> Callable[[int], Iterator[Place]]:
    def places(n: int) -> Iterator[Place]:
        for size, shape, kappa in itertools.product(
            (2, 3, 4, 5), ("even", "skewed"), _STRENGTHS
        ):
            shares = _margin(size, shape)
            # agreeing for certain, or by chance: kappa is the same by any scheme
            cells = kappa * np.diag(shares) + (1 - kappa) * np.outer(shares, shares)
            agreed = float(np.trace(cells))
            # at full agreement the share of agreement is in its place
            full = stats.proportion(n, n).low <= agreed
            instead = kappa if full else math.inf

            def bounds(
                table: np.ndarray, k: int = size, instead: float = instead
            ) -> tuple[float, float]:
                x, y, many = _columns(table.ravel(), k)
                found = stats.weighted_kappa(
                    x, y, weights=many, levels=range(k), scheme=scheme
                )
                if found.agreed == 1.0:
                    return instead, instead
                return found.low, found.high

            def formula(
                tables: np.ndarray, instead: float = instead
            ) -> tuple[np.ndarray, np.ndarray]:
                low, high = kappa_bounds(tables, scheme)
                none = np.isnan(low)
                return np.where(none, instead, low), np.where(none, instead, high)

            def measure(
                rng: np.random.Generator,
                runs: int,
                c: np.ndarray = cells,
                inner: Any = (formula, bounds, kappa),
            ) -> Found:
                tables = rng.multinomial(n, c.ravel(), runs).reshape(runs, *c.shape)
                return at_once(tables, *inner)

            yield Place(name=f"{size} {shape} grades, kappa {kappa:g}", measure=measure)

    return places


def _in_pieces(
    draw: Callable[[int], Any],
    runs: int,
    bounds: Callable[[Any], tuple[np.ndarray, np.ndarray]],
    interval: Callable[[Any], tuple[float, float]],
    truth: float,
) -> Found:
    parts = [
        at_once(draw(some), bounds, interval, truth, checked=not start)
        for start, some in pieces(runs)
    ]
    return together(parts)


def _normal_shift(n: int) -> Iterator[Place]:
    """Yield two groups with a shift, of normal and of skewed values."""
    n1 = n // 2
    for name in ("normal", "exponential"):

        def both(values: np.ndarray) -> tuple[float, float]:
            found = stats.hodges_lehmann(values[:n1] + 1.0, values[n1:])
            return found.low, found.high

        def measure(rng: np.random.Generator, runs: int, name: str = name) -> Found:
            draw = rng.standard_normal if name == "normal" else rng.exponential
            return _in_pieces(
                lambda some: draw(size=(some, n)),
                runs,
                lambda values: shift_bounds(values[:, :n1] + 1.0, values[:, n1:]),
                both,
                1.0,
            )

        yield Place(name=f"{n1} + {n - n1} {name} values", measure=measure)


def _median(*, symmetric: bool) -> Callable[[int], Iterator[Place]]:
    function: Any = stats.hodges_lehmann if symmetric else stats.median_interval
    formula = middle_bounds if symmetric else order_bounds

    def interval(values: np.ndarray) -> tuple[float, float]:
        found = function(values)
        return found.low, found.high

    def places(n: int) -> Iterator[Place]:
        medians = {
            "normal": 0.0,
            "exponential": math.log(2.0),
            "log-normal": math.exp(NormalDist().inv_cdf(0.5)),
        }
        for name, truth in medians.items():

            def measure(
                rng: np.random.Generator,
                runs: int,
                name: str = name,
                truth: float = truth,
            ) -> Found:
                draws = {
                    "normal": rng.standard_normal,
                    "exponential": rng.exponential,
                    "log-normal": rng.lognormal,
                }
                draw: Any = draws[name]
                return _in_pieces(
                    lambda some: draw(size=(some, n)), runs, formula, interval, truth
                )

            yield Place(name=f"{name} changes", measure=measure)

    return places


_GRADES = "Grades cut from normal variables with a correlation of 0 to .9."
INTERVALS: list[Interval] = [
    Interval(
        name="kendall",
        grid=_GRADES,
        places=_correlation(stats.kendall, _tau, kendall_bounds),
    ),
    *(
        Interval(
            name=f"spearman, {interval}",
            grid=_GRADES,
            places=_correlation(
                stats.spearman,
                _rho,
                lambda tables, i=interval: spearman_bounds(tables, i),
                interval=interval,
            ),
            default=interval == "score",
        )
        for interval in ("score", "bonett-wright")
    ),
    *(
        Interval(
            name=f"weighted_kappa, {scheme}",
            grid="Two to five grades, alike or each half as frequent as the one before;"
            " kappa of 0 to .9. At full agreement the interval of the share of "
            "agreement counts, which is then in its place.",
            places=_kappa(scheme),
            default=scheme == "linear",
        )
        for scheme in ("linear", "quadratic", "none")
    ),
    Interval(
        name="hodges_lehmann, two groups",
        grid="A shift of 1; normal and exponential values.",
        places=_normal_shift,
    ),
    Interval(
        name="median_interval, paired changes",
        grid="The median of normal, exponential and log-normal changes.",
        places=_median(symmetric=False),
    ),
    Interval(
        name="hodges_lehmann, paired changes",
        grid="The same; it takes changes for symmetric, which the last two are not.",
        places=_median(symmetric=True),
    ),
]
