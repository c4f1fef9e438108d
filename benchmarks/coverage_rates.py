"""Coverage of the rate ratio of a negative binomial model.

The interval of `negative_binomial_rates` holds a ratio if its likelihood ratio does not
exceed the square of Student's quantile. With equal times the rate of each group is its
mean whatever the dispersion, so that all samples are settled at once, on a grid of
dispersions and of rates.
"""

import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from coverage_cases import Found, Interval, Place

_SPREADS = np.concatenate(([1e-6], np.geomspace(0.02, 20.0, 30)))
_NEAR = np.geomspace(0.2, 5.0, 41)  # times the pooled rate
_MEANS = (0.5, 3.0)
_DISPERSIONS = (0.0, 0.5, 2.0)
_RATIOS = (1.0, 4.0)
_AT_ONCE = 500  # samples


def _part(total: Any, cases: int, mean: Any, spread: Any) -> Any:
    """Return what one group adds to the log-likelihood."""
    seen = np.where(total > 0, total * np.log(np.maximum(mean, 1e-300)), 0.0)
    return seen - (total + cases / spread) * np.log1p(spread * mean)


def _held(
    counts: list[np.ndarray], ratio: float, quantile: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return which samples' intervals hold the ratio, and which have none."""
    from scipy.special import gammaln

    sizes = [group.shape[1] for group in counts]
    sums = [group.sum(axis=1) for group in counts]
    both, n = np.concatenate(counts, axis=1), sum(sizes)
    whole = sums[0] + sums[1]
    base = (
        gammaln(both[:, None, :] + 1.0 / _SPREADS[None, :, None]).sum(axis=2)
        - n * gammaln(1.0 / _SPREADS)
        + whole[:, None] * np.log(_SPREADS)
    )
    free = base + sum(
        _part(s[:, None], size, (s / size)[:, None], _SPREADS[None, :])
        for s, size in zip(sums, sizes, strict=True)
    )
    pooled = np.maximum((sums[0] / ratio + sums[1]) / n, 0.02)
    rates = pooled[:, None, None] * _NEAR
    held = base[:, :, None] + sum(
        _part(s[:, None, None], size, factor * rates, _SPREADS[None, :, None])
        for s, size, factor in zip(sums, sizes, (ratio, 1.0), strict=True)
    )
    loss = 2.0 * (free.max(axis=1) - held.max(axis=(1, 2)))
    # Without any event, or in one group alone, the model is refused.
    empty = (sums[0] == 0) | (sums[1] == 0)
    return (loss <= quantile**2) & ~empty, empty


def _places(n: int) -> Iterator[Place]:
    from scipy.special import stdtrit

    quantile = float(stdtrit(n - 2, 0.975))
    for mean, dispersion, ratio in itertools.product(_MEANS, _DISPERSIONS, _RATIOS):

        def measure(
            rng: np.random.Generator,
            runs: int,
            setting: tuple[float, float, float] = (mean, dispersion, ratio),
        ) -> Found:
            mean, dispersion, ratio = setting
            hit = refused = 0
            for start in range(0, runs, _AT_ONCE):
                size = min(_AT_ONCE, runs - start)
                counts = []
                for cases, rate in ((n // 2, mean * ratio), (n - n // 2, mean)):
                    rates: Any = rate
                    if dispersion:
                        rates = rng.gamma(
                            1.0 / dispersion, dispersion * rate, (size, cases)
                        )
                    counts.append(rng.poisson(rates, (size, cases)))
                held, none = _held(counts, ratio, quantile)
                hit += int(held.sum())
                refused += int(none.sum())
            share = hit / (runs - refused)
            return Found(
                coverage=share,
                error=math.sqrt(share * (1.0 - share) / (runs - refused)),
                undefined=refused / runs,
            )

        yield Place(
            name=f"{mean:g} events a patient, dispersion {dispersion:g}, "
            f"ratio {ratio:g}",
            measure=measure,
        )


INTERVALS = [
    Interval(
        name="negative_binomial_rates",
        grid="The ratio of two groups of equal size and time; 0.5 or 3 events by "
        "patient in the second, dispersions of 0 to 2, ratios of 1 and 4.\nSamples "
        "with a group without events are refused and count for nothing here.",
        places=_places,
    )
]
