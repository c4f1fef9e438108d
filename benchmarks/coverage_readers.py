"""Coverage of the intervals of intraclass correlation and of limits of agreement."""

import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from coverage_cases import Found, Interval, Place, covers
from iph import stats

_READERS = (2, 3, 5)
_CORRELATIONS = (0.2, 0.5, 0.8, 0.9)
_BETWEEN = (0.0, 1.0, 4.0)  # variance between readers, in variances of the rest


def _readings(
    n: int, readers: int, parts: tuple[float, float], rng: np.random.Generator
) -> np.ndarray:
    """Draw normal readings; the parts are variances of patients and of readers."""
    patients, between = np.sqrt(parts)
    found: np.ndarray = (
        patients * rng.standard_normal((n, 1))
        + between * rng.standard_normal((1, readers))
        + rng.standard_normal((n, readers))
    )
    return found


def _icc(form: Any, interval: Any) -> Any:
    def places(n: int) -> Iterator[Place]:
        for readers, truth, between in itertools.product(
            _READERS, _CORRELATIONS, _BETWEEN
        ):
            if form == "consistency" and between:
                continue  # it does not see how readers differ
            parts = (truth / (1.0 - truth) * (1.0 + between), between)

            def measure(
                rng: np.random.Generator,
                runs: int,
                readers: int = readers,
                truth: float = truth,
                parts: tuple[float, float] = parts,
            ) -> Found:
                hit = 0
                for _ in range(runs):
                    rows = _readings(n, readers, parts, rng)
                    found = stats.icc(rows, form=form, interval=interval)
                    hit += covers(found.low, found.high, truth)
                share = hit / runs
                error = math.sqrt(share * (1.0 - share) / runs)
                return Found(coverage=share, error=error, undefined=0.0)

            yield Place(
                name=f"{readers} readers, variance between them {between:g}, "
                f"true value {truth:g}",
                measure=measure,
            )

    return places


def _limits(n: int) -> Iterator[Place]:
    for share in (0.9, 0.95, 0.99):
        z = -float(np.sqrt(2.0)) * _inverse_erfc(1.0 + share)

        def measure(
            rng: np.random.Generator, runs: int, share: float = share, z: float = z
        ) -> Found:
            hit = 0
            for _ in range(runs):
                first = rng.standard_normal(n)
                upper = stats.limits_of_agreement(first, np.zeros(n), share=share).upper
                hit += covers(upper.low, upper.high, z)
            found = hit / runs
            error = math.sqrt(found * (1.0 - found) / runs)
            return Found(coverage=found, error=error, undefined=0.0)

        yield Place(name=f"limits of {share:.0%}", measure=measure)


def _inverse_erfc(value: float) -> float:
    from scipy.special import erfcinv

    return float(erfcinv(value))


_NORMAL = (
    "Two to five readers, normal readings; the variance between readers 0, 1 and 4 "
    "times that of the rest."
)
INTERVALS = [
    Interval(
        name="icc, agreement, generalized",
        grid=_NORMAL,
        places=_icc("agreement", "generalized"),
    ),
    Interval(
        name="icc, agreement, mcgraw-wong",
        grid=_NORMAL,
        places=_icc("agreement", "mcgraw-wong"),
        default=False,
    ),
    Interval(
        name="icc, consistency",
        grid="Two to five readers, normal readings.",
        places=_icc("consistency", "generalized"),
        default=False,
    ),
    Interval(
        name="limits_of_agreement",
        grid="Normal differences; limits of 90, 95 and 99 % of them.",
        places=_limits,
    ),
]
