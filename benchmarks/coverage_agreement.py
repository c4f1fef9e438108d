"""Coverage of the intervals of agreement of several readers, by drawn readings."""

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

from coverage_cases import Found, Interval, Place, at_once, pieces, together
from coverage_formulas import reader_bounds
from iph import stats

_STRENGTHS = (0.0, 0.4, 0.8, 0.9)
_READERS = (2, 3, 5)
_SHAPES = ((2, "even"), (2, "skewed"), (4, "skewed"))
_GAPS = 0.1
_COEFFICIENTS = ("gwet", "fleiss", "krippendorff", "percent")


def _shares(size: int, shape: str) -> np.ndarray:
    """Return shares of grades: all alike, or each half of the one before."""
    shares = np.ones(size) if shape == "even" else 0.5 ** np.arange(size)
    found: np.ndarray = shares / shares.sum()
    return found


def _read(
    shares: np.ndarray,
    known: float,
    size: tuple[int, int, int],
    rng: np.random.Generator,
) -> np.ndarray:
    """Draw readings: a patient is easy, so that all agree, or all guess.

    The size is that of samples, patients and readers; -1 stands for a gap.
    """
    runs, n, readers = size
    grade = rng.choice(len(shares), size=(runs, n, 1), p=shares)
    guess = rng.choice(len(shares), size=(runs, n, readers), p=shares)
    read: np.ndarray = np.where(rng.random((runs, n, 1)) < known, grade, guess)
    if readers > 2:
        read[rng.random(read.shape) < _GAPS] = -1
    return read


def _counted(read: np.ndarray, size: int) -> np.ndarray:
    """Return how many readers gave each patient each grade."""
    found: np.ndarray = np.stack([(read == g).sum(axis=2) for g in range(size)], axis=2)
    return found


def _truth(shares: np.ndarray, known: float, coefficient: str, scheme: str) -> float:
    size = len(shares)
    steps = np.abs(np.subtract.outer(np.arange(size), np.arange(size))) / (size - 1)
    weight = {"none": 1.0 * (steps == 0.0), "linear": 1.0 - steps}.get(scheme)
    if weight is None:
        weight = 1.0 - steps**2
    by_chance = float(shares @ weight @ shares)
    observed = known + (1.0 - known) * by_chance
    if coefficient == "percent":
        return observed
    if coefficient == "gwet":
        spread = float(shares @ (1.0 - shares))
        by_chance = float(weight.sum()) / (size * (size - 1)) * spread
    return (observed - by_chance) / (1.0 - by_chance)


def _agreement(coefficient: Any, scheme: Any) -> Any:
    def places(n: int) -> Iterator[Place]:
        for (size, shape), readers, known in itertools.product(
            _SHAPES, _READERS, _STRENGTHS
        ):
            shares = _shares(size, shape)
            truth = _truth(shares, known, coefficient, scheme)

            def bounds(read: np.ndarray, size: int = size) -> tuple[float, float]:
                found = stats.agreement(
                    np.ma.masked_equal(read, -1).tolist(),
                    coefficient=coefficient,
                    scheme=scheme,
                    levels=range(size),
                )
                return found.low, found.high

            def formula(
                read: np.ndarray, size: int = size
            ) -> tuple[np.ndarray, np.ndarray]:
                return reader_bounds(_counted(read, size), coefficient, scheme)

            def measure(
                rng: np.random.Generator,
                runs: int,
                shares: np.ndarray = shares,
                drawn: tuple[int, float] = (readers, known),
                inner: Any = (formula, bounds, truth),
            ) -> Found:
                parts = [
                    at_once(
                        _read(shares, drawn[1], (some, n, drawn[0]), rng),
                        *inner,
                        checked=not start,
                    )
                    for start, some in pieces(runs)
                ]
                return together(parts)

            yield Place(
                name=f"{readers} readers, {size} {shape} grades, truth {truth:.2f}",
                measure=measure,
            )

    return places


INTERVALS = [
    Interval(
        name=f"agreement, {coefficient}, {scheme}",
        grid="Two to five readers, more than two with a tenth of gaps; two or four "
        "grades, alike or each half as frequent as the one before; all readers agree "
        "for certain in 0 to .9 of patients, and else by chance.",
        places=_agreement(coefficient, scheme),
        default=(coefficient, scheme) == ("gwet", "linear"),
    )
    for coefficient in _COEFFICIENTS
    for scheme in ("linear", "quadratic", "none")
    if (coefficient, scheme) != ("percent", "quadratic")
]
