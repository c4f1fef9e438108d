"""Coverage of the intervals of effects, of paired changes, of rates and of models."""

import itertools
import math
from collections.abc import Callable, Iterator
from functools import cache
from statistics import NormalDist
from typing import Any

import attrs
import numpy as np

from coverage_cases import (
    RATIOS,
    SHARES,
    Found,
    Interval,
    Place,
    at_once,
    binomial,
    covers,
    enumerated,
    pieces,
    together,
)
from iph import stats
from iph.errors import IphError
from iph.stats._groups.epsilon_squared import _noncentral
from iph.stats._groups.superiority import newcombe_bounds

_Z = NormalDist().inv_cdf(0.975)
_CHANGED = (0.2, 0.5, 1.0)  # share of the patients who change at all
_EVENTS = (0.1, 0.5, 2.0)  # events by patient in the second group
_SPREADS = (0.25, 0.5, 1.0, 2.0, 4.0)  # standard deviation of the first group
_APART = (0.0, 0.5, 1.0, 2.0)  # means, in standard deviations
_GRADES = 5
_NEAR = (1 / 4, 1 / 2, 1.0, 2.0, 4.0)


def splits(n: int) -> tuple[tuple[int, int], ...]:
    """Return equal groups, and unequal ones where there are enough patients."""
    even = (n // 2, n - n // 2)
    return (even, (n // 4, n - n // 4)) if n > 8 else (even,)


def _changes(method: Any) -> Callable[[int], Iterator[Place]]:
    """Yield the odds of change in one direction, among those who change."""

    @cache
    def bounds(changed: tuple[int, int]) -> tuple[float, float]:
        one, other = changed
        found = stats.mcnemar([[0, one], [other, 0]], method=method)
        return found.low, found.high

    def places(n: int) -> Iterator[Place]:
        for share, ratio in itertools.product(_CHANGED, RATIOS):

            def measure(*_: Any, share: float = share, ratio: float = ratio) -> Found:
                samples = (
                    (first * second, (one, changed - one))
                    for first, changed in binomial(n, share)
                    for second, one in binomial(changed, ratio / (1.0 + ratio))
                )
                return enumerated(samples, bounds, ratio)

            yield Place(name=f"{share:.0%} change, odds {ratio:g}", measure=measure)

    return places


def _poisson(mean: float) -> Iterator[tuple[float, int]]:
    """Yield every number of events that is not out of the question."""
    for k in range(int(mean + 12.0 * math.sqrt(mean) + 20.0)):
        yield math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)), k


def _ratios(method: Any) -> Callable[[int], Iterator[Place]]:
    @cache
    def bounds(sample: tuple[int, int, int, int]) -> tuple[float, float]:
        one, time1, other, time2 = sample
        found = stats.rate_ratio(one, time1, other, time2, method=method)
        return found.low, found.high

    def places(n: int) -> Iterator[Place]:
        for (n1, n2), rate, ratio in itertools.product(splits(n), _EVENTS, _NEAR):

            def measure(*_: Any, a: Any = (n1, n2, rate, ratio)) -> Found:
                n1, n2, rate, ratio = a
                mean1, mean2 = n1 * rate * ratio, n2 * rate
                share = mean1 / (mean1 + mean2)
                samples = (
                    (first * second, (one, n1, total - one, n2))
                    for first, total in _poisson(mean1 + mean2)
                    if first > 1e-9
                    for second, one in binomial(total, share)
                )
                return enumerated(samples, bounds, ratio)

            yield Place(
                name=f"{n1} + {n2} patients, {rate:g} events, ratio {ratio:g}",
                measure=measure,
            )

    return places


def _normal(n: int, apart: float, spread: float, rng: Any, runs: int) -> Any:
    n1, n2 = n
    return (
        apart + spread * rng.standard_normal((runs, n1)),
        rng.standard_normal((runs, n2)),
    )


def _moments(groups: Any) -> Any:
    means = [group.mean(axis=1) for group in groups]
    squares = [group.var(axis=1, ddof=1) for group in groups]
    return means, squares, [group.shape[1] for group in groups]


def _welch(groups: Any) -> tuple[np.ndarray, np.ndarray]:
    from scipy.special import stdtrit

    (mean1, mean2), (square1, square2), (n1, n2) = _moments(groups)
    one, other = square1 / n1, square2 / n2
    df = (one + other) ** 2 / (one**2 / (n1 - 1) + other**2 / (n2 - 1))
    reach = stdtrit(df, 0.975) * np.sqrt(one + other)
    return mean1 - mean2 - reach, mean1 - mean2 + reach


def _standard(groups: Any) -> tuple[np.ndarray, np.ndarray]:
    from scipy.special import stdtrit

    (mean1, mean2), (square1, square2), (n1, n2) = _moments(groups)
    found = (mean1 - mean2) / np.sqrt((square1 + square2) / 2.0)
    both = square1**2 / (n1 - 1) + square2**2 / (n2 - 1)
    common = (square1 + square2) / 2.0
    one, other = square1 / n1, square2 / n2
    error = (one + other) / common + found**2 * both / (8.0 * common**2)
    df = (one + other) ** 2 / (one**2 / (n1 - 1) + other**2 / (n2 - 1))
    reach = stdtrit(df, 0.975) * np.sqrt(error)
    return found - reach, found + reach


def _of_means(sample: Any) -> tuple[float, float]:
    x, y = sample
    found = stats.mean_difference(
        float(np.mean(x)),
        float(np.std(x, ddof=1)),
        x.size,
        float(np.mean(y)),
        float(np.std(y, ddof=1)),
        y.size,
    )
    return found.low, found.high


def _of_standard(sample: Any) -> tuple[float, float]:
    found = stats.standardized_mean_difference(*sample)
    return found.low, found.high


class _Pairs:
    """The samples of two groups, one pair of rows at a time."""

    def __init__(self, groups: Any) -> None:
        self.groups = groups

    def __getitem__(self, place: int) -> Any:
        return tuple(group[place] for group in self.groups)


def _means(
    bounds: Any, interval: Any, *, standard: bool
) -> Callable[[int], Iterator[Place]]:
    def places(n: int) -> Iterator[Place]:
        apart = _APART if standard else (0.0,)
        for sizes, gap, spread in itertools.product(splits(n), apart, _SPREADS):
            truth = gap / math.sqrt((spread**2 + 1.0) / 2.0) if standard else gap

            def measure(
                rng: np.random.Generator,
                runs: int,
                a: Any = (sizes, gap, spread),
                truth: float = truth,
            ) -> Found:
                parts = []
                for start, size in pieces(runs):
                    groups = _normal(*a, rng, size)
                    parts.append(
                        at_once(
                            _Pairs(groups),
                            lambda pairs: bounds(pairs.groups),
                            interval,
                            truth,
                            checked=start == 0,
                        )
                    )
                return together(parts)

            shown = f"{sizes[0]} + {sizes[1]} patients, "
            shown += f"{gap:g} apart, " if standard else ""
            yield Place(name=f"{shown}SDs {spread:g} and 1", measure=measure)

    return places


def _superior(groups: Any) -> np.ndarray:
    """Return the share of pairs in which the first is higher, ties one half."""
    x, y = groups
    more = (x[:, :, None] > y[:, None, :]).mean(axis=(1, 2))
    tied = (x[:, :, None] == y[:, None, :]).mean(axis=(1, 2))
    found: np.ndarray = more + tied / 2.0
    return found


def _newcombe(groups: Any) -> tuple[np.ndarray, np.ndarray]:
    n1, n2 = (group.shape[1] for group in groups)
    distinct, where = np.unique(np.round(_superior(groups), 12), return_inverse=True)
    limits = np.array([newcombe_bounds(one, n1, n2, _Z) for one in distinct.tolist()])
    return limits[where, 0], limits[where, 1]


def _of_superiority(sample: Any) -> tuple[float, float]:
    found = stats.probability_of_superiority(*sample)
    return found.low, found.high


def _cuts(values: np.ndarray) -> np.ndarray:
    """Return grades, as many of each where the values are standard normal."""
    cuts = [NormalDist().inv_cdf(k / _GRADES) for k in range(1, _GRADES)]
    return np.searchsorted(cuts, values).astype(np.float64)


def _graded_truth(gap: float, spread: float) -> float:
    edges = [-math.inf, *(NormalDist().inv_cdf(k / _GRADES) for k in range(1, _GRADES))]

    def shares(mean: float, sd: float) -> list[float]:
        below = [0.0, *(NormalDist(mean, sd).cdf(edge) for edge in edges[1:]), 1.0]
        return [b - a for a, b in itertools.pairwise(below)]

    one, other = shares(gap, spread), shares(0.0, 1.0)
    return sum(
        p * q * (1.0 if i > j else 0.5 if i == j else 0.0)
        for i, p in enumerate(one)
        for j, q in enumerate(other)
    )


def _shifts(n: int, spread: float) -> Iterator[Place]:
    for sizes, truth, kind in itertools.product(
        splits(n), (0.5, 0.7, 0.9, 0.95), ("distinct", "grades")
    ):
        gap = NormalDist().inv_cdf(truth) * math.hypot(spread, 1.0)
        real = truth if kind == "distinct" else _graded_truth(gap, spread)

        def measure(
            rng: np.random.Generator,
            runs: int,
            a: Any = (sizes, gap, spread),
            kind: str = kind,
            real: float = real,
        ) -> Found:
            parts = []
            for start, size in pieces(runs):
                groups = _normal(*a, rng, size)
                if kind == "grades":
                    groups = tuple(map(_cuts, groups))
                parts.append(
                    at_once(
                        _Pairs(groups),
                        lambda pairs: _newcombe(pairs.groups),
                        _of_superiority,
                        real,
                        checked=start == 0,
                    )
                )
            return together(parts)

        yield Place(
            name=f"{sizes[0]} + {sizes[1]} patients, {kind}, SDs {spread:g} and 1, "
            f"true value {real:.2f}",
            measure=measure,
        )


def _three_groups(n: int) -> Iterator[Place]:
    """Yield three groups of normal values or grades with more and more between them."""
    for gap, kind in itertools.product(_APART, ("distinct", "grades")):

        def measure(
            rng: np.random.Generator, runs: int, gap: float = gap, kind: str = kind
        ) -> Found:
            sizes = [n // 3, n // 3, n - 2 * (n // 3)]
            found, limits = [], {}
            for _ in range(runs):
                groups = [
                    gap * place + rng.standard_normal(size)
                    for place, size in enumerate(sizes)
                ]
                if kind == "grades":
                    groups = list(map(_cuts, groups))
                h = _h(groups)
                found.append(h)
            seen = np.array(found)
            known = seen[~np.isnan(seen)]
            truth = float(known.mean()) / (n - 1)
            hit = 0
            for h, times in zip(
                *np.unique(np.round(known, 9), return_counts=True), strict=True
            ):
                limits[h] = _noncentral(float(h), 3, n, 0.95)
                hit += int(times) * covers(*limits[h], truth)
            share = hit / runs
            return Found(
                coverage=share,
                error=math.sqrt(share * (1.0 - share) / runs),
                undefined=1.0 - known.size / runs,
            )

        yield Place(name=f"{kind}, means {gap:g} SD apart", measure=measure)


def _h(groups: list[np.ndarray]) -> float:
    from scipy.stats import rankdata

    values = np.concatenate(groups)
    ranks = rankdata(values)
    n = values.size
    spread = ((ranks - (n + 1) / 2.0) ** 2).sum()
    if spread == 0.0:
        return math.nan
    between = start = 0.0
    for group in groups:
        part = ranks[int(start) : int(start) + group.size]
        between += group.size * (part.mean() - (n + 1) / 2.0) ** 2
        start += group.size
    return float((n - 1) * between / spread)


def _odds(p: float, q: float) -> float:
    return p * (1.0 - q) / ((1.0 - p) * q)


def _models(fitted: Callable[[Any], tuple[float, float]]) -> Any:
    """Yield two groups with an outcome, as a regression on the group sees them."""
    kept = cache(fitted)

    def places(n: int) -> Iterator[Place]:
        for (n1, n2), p, q in itertools.product(splits(n), SHARES, SHARES):

            def measure(*_: Any, a: Any = (n1, n2, p, q)) -> Found:
                n1, n2, p, q = a
                samples = (
                    (first * second, (one, n1 - one, other, n2 - other))
                    for first, one in binomial(n1, p)
                    for second, other in binomial(n2, q)
                )
                found = enumerated(samples, kept, _odds(p, q))
                told = 1.0 - found.undefined
                return attrs.evolve(found, coverage=found.coverage / told)

            yield Place(name=f"{n1} + {n2} patients, {p:g} and {q:g}", measure=measure)

    return places


def _logistic(estimator: Any, interval: Any) -> Any:
    def fitted(cells: tuple[int, int, int, int]) -> tuple[float, float]:
        try:
            found = stats.logistic_regression(
                [1, 0, 1, 0],
                {"group": [1, 1, 0, 0]},
                weights=list(cells),
                estimator=estimator,
                interval=interval,
                min_events_per_covariate=0,
            )
        except IphError:
            return math.nan, math.nan
        return found.odds_ratios[0].low, found.odds_ratios[0].high

    return _models(fitted)


def _exact(cells: tuple[int, int, int, int]) -> tuple[float, float]:
    try:
        found = stats.exact_logistic(
            [1, 0, 1, 0], {"group": [1, 1, 0, 0]}, weights=list(cells)
        )
    except IphError:
        return math.nan, math.nan
    return found.odds_ratios[0].low, found.odds_ratios[0].high


def _hazards(n: int) -> Iterator[Place]:
    for (n1, n2), censored, ratio in itertools.product(
        splits(n), (0.0, 0.4), (1.0, 2.0, 4.0, 8.0)
    ):

        def measure(
            rng: np.random.Generator, runs: int, a: Any = (n1, n2, censored, ratio)
        ) -> Found:
            n1, n2, censored, ratio = a
            arm = np.array([1] * n1 + [0] * n2)
            rates = np.where(arm == 1, ratio, 1.0)
            lost = rates * censored / (1.0 - censored)
            hit = none = 0
            for _ in range(runs):
                day = rng.exponential(1.0 / rates)
                end = rng.exponential(1.0, n) / lost if censored else day
                try:
                    found = stats.cox_regression(
                        np.minimum(day, end),
                        day <= end,
                        {"arm": arm},
                        min_events_per_covariate=0,
                    ).hazard_ratios[0]
                except IphError:
                    none += 1
                    continue
                hit += covers(found.low, found.high, ratio)
            share = hit / (runs - none)
            error = math.sqrt(share * (1.0 - share) / (runs - none))
            return Found(coverage=share, error=error, undefined=none / runs)

        yield Place(
            name=f"{n1} + {n2} patients, {censored:.0%} censored, ratio {ratio:g}",
            measure=measure,
        )


def _incidences(interval: Any) -> Callable[[int], Iterator[Place]]:
    """Return what yields one group with a competing event and early ends."""

    def places(n: int) -> Iterator[Place]:
        yield from _one_incidence(n, interval)

    return places


def _one_incidence(n: int, interval: Any) -> Iterator[Place]:
    for share, other, censored in itertools.product(
        (0.1, 0.3, 0.5, 0.7), (0.1, 0.2), ("all seen", "some lost", "many lost")
    ):

        def measure(
            rng: np.random.Generator, runs: int, a: Any = (share, other, censored)
        ) -> Found:
            share, other, censored = a
            # Constant hazards, so that on day 1 the shares are as they were asked for.
            total = -math.log(1.0 - share - other)
            hit = none = 0
            for _ in range(runs):
                day = rng.exponential(1.0 / total, n)
                cause = np.where(rng.random(n) < share / (share + other), 1, 2)
                end = np.full(n, 2.0)
                if censored == "some lost":
                    end = rng.uniform(0.5, 2.0, n)
                elif censored == "many lost":
                    end = rng.exponential(1.0, n)
                state = np.where(day <= end, cause, 0)
                if not (state == 1).any():  # which the function refuses
                    none += 1
                    continue
                curve = stats.cumulative_incidence(
                    np.minimum(day, end), state, cause=1, interval=interval
                )
                found = curve.at([1.0])
                if math.isnan(found.incidence[0]):  # nobody was seen for so long
                    none += 1
                    continue
                hit += covers(float(found.low[0]), float(found.high[0]), share)
            part = hit / (runs - none)
            error = math.sqrt(part * (1.0 - part) / (runs - none))
            return Found(coverage=part, error=error, undefined=none / runs)

        yield Place(
            name=f"share {share:g}, competing {other:g}, {censored}",
            measure=measure,
        )


def _expected(n: int) -> Iterator[Place]:
    """Yield one group beside a curve, with the true ratio to what is expected."""
    for hazard, ratio in itertools.product((0.5, 2.0), RATIOS):

        def measure(
            rng: np.random.Generator, runs: int, a: Any = (hazard, ratio)
        ) -> Found:
            hazard, ratio = a
            hit = 0
            kept: dict[Any, Any] = {}
            for _ in range(runs):
                day = rng.exponential(1.0 / (hazard * ratio), n)
                end = rng.uniform(0.5, 1.0, n)
                seen, time = int((day <= end).sum()), np.minimum(day, end)
                expected = round(hazard * float(time.sum()), 3)
                if (seen, expected) not in kept:
                    rate = stats.poisson_rate(seen, expected)
                    kept[seen, expected] = rate.low, rate.high
                hit += covers(*kept[seen, expected], ratio)
            part = hit / runs
            error = math.sqrt(part * (1.0 - part) / runs)
            return Found(coverage=part, error=error, undefined=0.0)

        yield Place(
            name=f"hazard {hazard:g} by the longest time, ratio {ratio:g}",
            measure=measure,
        )


_TWO = (
    "One binary covariate.\nAll pairs of true shares of .05 to .95; groups of equal "
    "size and of 1 to 3.\nSamples in which all or none have the outcome are refused "
    "and count for nothing here."
)
INTERVALS = [
    *(
        Interval(
            name=f"mcnemar, {method}",
            grid="20, 50 or 100 % of the patients change; odds of 1/8 to 8 among them.",
            places=_changes(method),
            default=method == "exact",
        )
        for method in ("exact", "mid-p")
    ),
    *(
        Interval(
            name=f"rate_ratio, {method}",
            grid="0.1 to 2 events by patient in the second group, ratios of 1/4 to 4.",
            places=_ratios(method),
            default=method == "exact",
        )
        for method in ("exact", "mid-p")
    ),
    Interval(
        name="mean_difference",
        grid="Normal values; SDs of 1/4 to 4, the second group 1 to 3 times the first.",
        places=_means(_welch, _of_means, standard=False),
    ),
    Interval(
        name="standardized_mean_difference",
        grid="Normal values 0 to 2 SD apart; SDs of 1/4 to 4, the second group 1 to 3 "
        "times the first.",
        places=_means(_standard, _of_standard, standard=True),
    ),
    *(
        Interval(
            name=f"probability_of_superiority, {what}",
            grid="True values of .5 to .95, normal values or five grades cut from "
            f"them; {grid}.",
            places=lambda n, spread=spread: _shifts(n, spread),
        )
        for what, grid, spread in (
            ("like spread", "both groups alike in spread", 1.0),
            ("unlike spread", "the first group twice as spread as the second", 2.0),
        )
    ),
    Interval(
        name="epsilon_squared, noncentral",
        grid="Three groups, normal values or five grades, means 0 to 2 SD apart; the "
        "truth is the expected value of the estimate.",
        places=_three_groups,
    ),
    Interval(
        name="logistic_regression, profile",
        grid=_TWO,
        places=_logistic("auto", "profile"),
    ),
    Interval(
        name="logistic_regression, firth, profile",
        grid=_TWO,
        places=_logistic("firth", "profile"),
        default=False,
    ),
    Interval(
        name="logistic_regression, wald",
        grid=_TWO,
        places=_logistic("auto", "wald"),
        default=False,
    ),
    Interval(name="exact_logistic", grid=_TWO, places=_models(_exact)),
    Interval(
        name="cox_regression",
        grid="One binary covariate, exponential times, none or 40 % censored; hazard "
        "ratios of 1 to 8.",
        places=_hazards,
    ),
    *(
        Interval(
            name=f"cumulative_incidence at a day, {interval}",
            grid="Shares of .1 to .7 beside a competing event in .1 or .2; all seen to "
            "the day, some lost before it, or most.\nSamples without an event are "
            "refused; they and those of whom nobody was seen so long count for nothing "
            "here.",
            places=_incidences(interval),
            default=interval == "effective-size",
        )
        for interval in ("effective-size", "log-log")
    ),
    Interval(
        name="one_sample_logrank",
        grid="Ratios of 1/8 to 8 to a constant hazard; patients followed for half of "
        "the time to all of it.",
        places=_expected,
    ),
]
