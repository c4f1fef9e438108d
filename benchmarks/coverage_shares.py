"""Coverage of the intervals of shares, of two of them, and of rates, by enumeration."""

import itertools
import math
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from coverage_cases import RATIOS, SHARES, Interval, Place, binomial, enumerated
from iph import stats
from iph.stats._tables.proportion import METHODS

_RISKS = ((0.1, 0.1), (0.1, 0.5), (0.3, 0.3), (0.3, 0.7), (0.5, 0.5))  # by stratum
_RATES = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0)  # events by patient


def _splits(n: int) -> tuple[tuple[int, int], ...]:
    """Return equal groups, and unequal ones where there are enough patients."""
    even = (n // 2, n - n // 2)
    return (even, (n // 4, n - n // 4)) if n > 8 else (even,)


def _one_share(method: Any) -> Callable[[int], Iterator[Place]]:
    def places(n: int) -> Iterator[Place]:
        found = [stats.proportion(k, n, method=method) for k in range(n + 1)]
        for share in SHARES:
            yield Place(
                name=f"share {share:g}",
                measure=lambda _, __, p=share: enumerated(
                    binomial(n, p), lambda k: (found[k].low, found[k].high), p
                ),
            )

    return places


def _two_shares(
    interval: Callable[[Any], Any], truth: Callable[[float, float], float]
) -> Callable[[int], Iterator[Place]]:
    kept = cache(interval)

    def places(n: int) -> Iterator[Place]:
        for (n1, n2), p, q in itertools.product(_splits(n), SHARES, SHARES):
            value = truth(p, q)

            def measure(*_: Any, a: Any = (n1, n2, p, q), v: float = value) -> Any:
                m, k, one, other = a
                samples = (
                    (chance1 * chance2, ((x, m - x), (y, k - y)))
                    for chance1, x in binomial(m, one)
                    for chance2, y in binomial(k, other)
                )

                def bounds(table: Any) -> tuple[float, float]:
                    found = kept(table)
                    return found.low, found.high

                return enumerated(samples, bounds, v)

            yield Place(name=f"{n1} + {n2} patients, {p:g} and {q:g}", measure=measure)

    return places


def _common_odds(method: Any) -> Callable[[int], Iterator[Place]]:
    """Two strata of equal size and different risk, with one odds ratio."""

    @cache
    def bounds(cells: tuple[tuple[int, int], ...], sizes: tuple[int, int]) -> Any:
        (n1, n2) = sizes
        tables = [[[a, n1 - a], [c, n2 - c]] for a, c in cells]
        found = stats.cochran_mantel_haenszel(tables, method=method)
        return found.low, found.high

    def places(n: int) -> Iterator[Place]:
        first = n // 4
        sizes = (first, n // 2 - first)
        for risks, ratio in itertools.product(_RISKS, RATIOS):

            def measure(*_: Any, risks: Any = risks, ratio: float = ratio) -> Any:
                draws = []
                for risk in risks:
                    odds = ratio * risk / (1.0 - risk)
                    draws += [
                        list(binomial(sizes[0], odds / (1.0 + odds))),
                        list(binomial(sizes[1], risk)),
                    ]
                samples = (
                    (p * q * r * s, ((a, c), (e, g)))
                    for (p, a), (q, c), (r, e), (s, g) in itertools.product(*draws)
                )
                return enumerated(samples, lambda cells: bounds(cells, sizes), ratio)

            yield Place(
                name=f"risks {risks[0]:g} and {risks[1]:g}, odds ratio {ratio:g}",
                measure=measure,
            )

    return places


def _rates(method: Any) -> Callable[[int], Iterator[Place]]:
    def places(n: int) -> Iterator[Place]:
        for rate in _RATES:
            mean = rate * n
            most = int(mean + 12 * math.sqrt(mean) + 20)
            found = [stats.poisson_rate(k, n, method=method) for k in range(most)]
            chances = [
                (math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)), k)
                for k in range(most)
            ]
            bounds = {k: (one.low, one.high) for k, one in enumerate(found)}
            yield Place(
                name=f"rate {rate:g}",
                measure=lambda *_, c=chances, b=bounds, r=rate: enumerated(
                    c, b.__getitem__, r
                ),
            )

    return places


def _difference(p: float, q: float) -> float:
    return p - q


def _ratio(p: float, q: float) -> float:
    return p / q


def _odds(p: float, q: float) -> float:
    return p * (1.0 - q) / (q * (1.0 - p))


def _standardized(p: float, q: float) -> float:
    return abs(p - q) / math.sqrt((p * (1.0 - p) + q * (1.0 - q)) / 2.0)


_ONE = "True shares of .05 to .95."
_PAIRS = "All pairs of true shares of .05 to .95; groups of equal size and of 1 to 3."

INTERVALS: list[Interval] = [
    *(
        Interval(
            name=f"proportion, {method}",
            grid=_ONE,
            places=_one_share(method),
            default=method == METHODS[0],
        )
        for method in METHODS
    ),
    *(
        Interval(
            name=f"risk_difference, {method}",
            grid=_PAIRS,
            places=_two_shares(
                lambda table, m=method: stats.risk_difference(table, method=m),
                _difference,
            ),
            default=method == "miettinen-nurminen",
        )
        for method in ("miettinen-nurminen", "newcombe")
    ),
    *(
        Interval(
            name=f"risk_ratio, {method}",
            grid=_PAIRS,
            places=_two_shares(
                lambda table, m=method: stats.risk_ratio(table, method=m), _ratio
            ),
            default=False,
        )
        for method in ("koopman", "katz")
    ),
    *(
        Interval(
            name=f"odds_ratio, {method}",
            grid=_PAIRS,
            places=_two_shares(
                lambda table, m=method: stats.odds_ratio(table, method=m), _odds
            ),
            default=method == "exact",
        )
        for method in ("exact", "mid-p")
    ),
    *(
        Interval(
            name=f"cochran_mantel_haenszel, {method}",
            grid="Two strata with risks of .1 to .7, odds ratios of 1/8 to 8; "
            "four groups of equal size, up to 28 patients.",
            places=lambda n, m=method: _common_odds(m)(n) if n <= 28 else (),
            default=method == "exact",
        )
        for method in ("exact", "asymptotic")
    ),
    Interval(
        name="standardized_share_difference, two categories",
        grid=_PAIRS,
        places=_two_shares(
            lambda table: stats.standardized_share_difference(*map(list, table)),
            _standardized,
        ),
    ),
    *(
        Interval(
            name=f"poisson_rate, {method}",
            grid="True rates of .05 to 2 events by patient.",
            places=_rates(method),
            default=method == "exact",
        )
        for method in ("exact", "mid-p")
    ),
    *(
        Interval(
            name=f"barnard, {measure}",
            grid=_PAIRS,
            places=_two_shares(
                lambda table, m=measure: stats.barnard(table, measure=m), truth
            ),
        )
        for measure, truth in (
            ("difference", _difference),
            ("ratio", _ratio),
            ("odds-ratio", _odds),
        )
    ),
]
