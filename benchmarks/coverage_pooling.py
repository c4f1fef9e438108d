"""Coverage of the pooled proportion, by drawn series."""

import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from coverage_cases import Found, Interval, Place
from iph.evidence import pooled_proportion

_FEWER = 20  # a fit takes so many times as long as the other intervals


def _pooled(**options: Any) -> Callable[[int], Iterator[Place]]:
    def places(n: int) -> Iterator[Place]:
        for k, tau, share in itertools.product(
            (3, 5, 8), (0.0, 0.5, 1.0), (0.1, 0.3, 0.5)
        ):

            def measure(
                rng: np.random.Generator,
                runs: int,
                a: tuple[int, float, float] = (k, tau, share),
            ) -> Found:
                series, spread, middle = a
                logit = math.log(middle / (1.0 - middle))
                hit, times = 0, max(runs // _FEWER, 1)
                for _ in range(times):
                    chances = logit + spread * rng.normal(size=series)
                    counts = rng.binomial(n, 1.0 / (1.0 + np.exp(-chances)))
                    found = pooled_proportion(counts.tolist(), [n] * series, **options)
                    hit += found.low <= middle <= found.high
                held = hit / times
                error = math.sqrt(held * (1.0 - held) / times)
                return Found(coverage=held, error=error, undefined=0.0)

            yield Place(
                name=f"{k} series, tau {tau:g}, share {share:g}", measure=measure
            )

    return places


_GRID = (
    "3, 5 and 8 series with so many patients each; logits that scatter with a standard "
    "deviation of 0, .5 and 1 about shares of .1, .3 and .5. A twentieth of the runs."
)
INTERVALS: list[Interval] = [
    Interval(
        name="pooled_proportion, binomial-normal, t", grid=_GRID, places=_pooled()
    ),
    Interval(
        name="pooled_proportion, logit-normal, hartung-knapp",
        grid=_GRID,
        places=_pooled(model="logit-normal"),
        default=False,
    ),
]
