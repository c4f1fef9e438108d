"""What a coverage study is made of: an interval, the places it is tried at, and draws.

An interval is tried at places of a grid of true values. Where the samples can be
enumerated, the coverage is exact and has no error; elsewhere it is simulated.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import attrs
import numpy as np

SIZES = (8, 12, 20, 28, 60)  # patients, of both groups together where there are two
SHARES = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
RATIOS = (1 / 8, 1 / 4, 1 / 2, 1.0, 2.0, 4.0, 8.0)


@attrs.frozen(kw_only=True)
class Found:
    """The coverage at one place: its value, and its Monte Carlo standard error.

    `undefined` is the share of samples without an interval; they count as misses.
    """

    coverage: float
    error: float
    undefined: float


@attrs.frozen(kw_only=True)
class Place:
    """One true value of the grid, and how the interval does there.

    Attributes
    ----------
    name : str
        The true value in words, as the page prints it.
    measure : callable
        Takes a generator and the number of samples; returns `Found`.
    """

    name: str
    measure: Callable[[np.random.Generator, int], Found]


@attrs.frozen(kw_only=True)
class Interval:
    """One interval of `iph.stats`.

    Attributes
    ----------
    name : str
        The function with the option that asks for this interval.
    grid : str
        The true values that it is tried at, in words.
    places : callable
        Takes the number of patients; yields the places of the grid.
    default : bool
        Whether it is the interval that the function gives if nothing is asked.
    """

    name: str
    grid: str
    places: Callable[[int], Iterable[Place]]
    default: bool = True


def covers(low: float, high: float, truth: float) -> bool:
    """Return whether a closed interval holds the truth, up to a rounding error."""
    slack = 1e-9 * max(1.0, abs(truth)) if math.isfinite(truth) else 0.0
    return low - slack <= truth <= high + slack


def enumerated(
    samples: Iterable[tuple[float, Any]],
    interval: Callable[[Any], tuple[float, float]],
    truth: float,
) -> Found:
    """Return the coverage over all samples, each with its probability."""
    hit = undefined = 0.0
    for chance, sample in samples:
        low, high = interval(sample)
        undefined += chance * math.isnan(low + high if low != -high else 0.0)
        hit += chance * covers(low, high, truth)
    return Found(coverage=hit, error=0.0, undefined=undefined)


def simulated(
    tables: np.ndarray,
    interval: Callable[[np.ndarray], tuple[float, float]],
    truth: float,
) -> Found:
    """Return the coverage over drawn tables of counts, one row a sample.

    Samples that are alike are worked out once: small ones have few outcomes.
    """
    distinct, times = np.unique(tables, axis=0, return_counts=True)
    hit = undefined = 0
    for table, many in zip(distinct, times.tolist(), strict=True):
        low, high = interval(table)
        undefined += many * (math.isnan(low) or math.isnan(high))
        hit += many * covers(low, high, truth)
    runs = int(times.sum())
    share = hit / runs
    return Found(
        coverage=share,
        error=math.sqrt(share * (1.0 - share) / runs),
        undefined=undefined / runs,
    )


_CHECKED = 25  # samples of a place that the function itself works out


def at_once(
    samples: Any,
    bounds: Callable[[Any], tuple[np.ndarray, np.ndarray]],
    interval: Callable[[Any], tuple[float, float]],
    truth: float,
    *,
    checked: bool = True,
) -> Found:
    """Return the coverage over drawn samples whose intervals have a closed form.

    `bounds` takes all samples; `interval` is the function of `iph.stats`, which must
    say the same of the first of them.
    """
    low, high = bounds(samples)
    for place in range(min(_CHECKED, low.size) if checked else 0):
        known = interval(samples[place])
        if not np.allclose([low[place], high[place]], known, rtol=1e-7, atol=1e-9):
            raise AssertionError((samples[place], low[place], high[place], known))
    slack = 1e-9 * max(1.0, abs(truth))
    share = float(np.mean((low - slack <= truth) & (truth <= high + slack)))
    return Found(
        coverage=share,
        error=math.sqrt(share * (1.0 - share) / low.size),
        undefined=float(np.mean(np.isnan(low) | np.isnan(high))),
    )


_PIECE = 2_000  # samples that are held at a time


def pieces(runs: int) -> Iterator[tuple[int, int]]:
    """Yield where each piece of the samples starts, and its size."""
    for start in range(0, runs, _PIECE):
        yield start, min(_PIECE, runs - start)


def together(parts: list[Found]) -> Found:
    """Return the coverage over pieces of one size, but for the last."""
    mean = math.fsum(part.coverage for part in parts) / len(parts)
    return Found(
        coverage=mean,
        error=math.sqrt(math.fsum(part.error**2 for part in parts)) / len(parts),
        undefined=math.fsum(part.undefined for part in parts) / len(parts),
    )


def binomial(n: int, share: float) -> Iterator[tuple[float, int]]:
    """Yield every number of patients with the finding, and its probability."""
    for k in range(n + 1):
        yield math.comb(n, k) * share**k * (1.0 - share) ** (n - k), k
