"""Short versions of what no other library has, written from the textbook.

They are peers of iph: the same numbers, found the straight way.
"""

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special, stats

Values = npt.NDArray[Any]


def exact_logistic_p(outcome: Values, arm: Values, age: Values) -> tuple[float, float]:
    """Return the exact p-values of age and arm, each given the sum of the other.

    All sums of the patients with the outcome are counted, patient after patient.
    """
    events, arms = int(outcome.sum()), int(arm[outcome].sum())
    years = age - age.min()
    shape = (events + 1, arms + 1, int(np.sort(years)[::-1][:events].sum()) + 1)
    ways = np.zeros(shape)
    ways[0, 0, 0] = 1.0
    for a, y in zip(arm.tolist(), years.tolist(), strict=True):
        more = np.zeros(shape)
        more[1:, a:, y:] = ways[:-1, : shape[1] - a, : shape[2] - y]
        ways += more
    seen = int(years[outcome].sum())
    of_age = ways[events, arms]
    # The arms beyond those seen are wanted too, so they are counted once more.
    of_arm = _arms_given(arm, years, events, seen)
    return _rare(of_age, seen), _rare(of_arm, arms)


def _arms_given(arm: Values, years: Values, events: int, seen: int) -> Values:
    """Return how many choices of patients with so many years have which arms."""
    ways = np.zeros((events + 1, int(arm.sum()) + 1, seen + 1))
    ways[0, 0, 0] = 1.0
    for a, y in zip(arm.tolist(), years.tolist(), strict=True):
        if y <= seen:
            more = np.zeros(ways.shape)
            more[1:, a:, y:] = ways[:-1, : ways.shape[1] - a, : seen + 1 - y]
            ways += more
    return ways[events, :, seen]


def _rare(ways: Values, seen: int) -> float:
    """Return the share of ways that are as rare as what was seen, or rarer."""
    return float(ways[ways <= ways[seen] * (1 + 1e-9)].sum() / ways.sum())


def zelen_p(tables: Sequence[Any]) -> float:
    """Return the p-value of Zelen's test of equal odds ratios, from all tables."""
    margins = [(t[0].sum(), t[1].sum(), t[:, 0].sum()) for t in map(np.asarray, tables)]
    chances, starts = [], []
    for first, second, events in margins:
        cells = np.arange(max(0, events - second), min(first, events) + 1)
        starts.append(int(cells[0]))
        chances.append(
            special.binom(first, cells) * special.binom(second, events - cells)
        )
    seen = [np.asarray(t)[0, 0] for t in tables]
    total, rare, limit = (
        0.0,
        0.0,
        math.prod(c[x - s] for c, x, s in zip(chances, seen, starts, strict=True)),
    )
    for places in itertools.product(*(range(len(c)) for c in chances)):
        if sum(places) + sum(starts) != sum(seen):
            continue
        chance = math.prod(c[k] for c, k in zip(chances, places, strict=True))
        total += chance
        rare += chance if chance <= limit * (1 + 1e-9) else 0.0
    return rare / total


def far_shares(scores: Sequence[Values], chosen: Sequence[int], seen: float) -> float:
    """Return the share of allocations whose sum of scores is as far from the mean.

    Of each stratum so many scores are chosen, in all ways.
    """
    sums = np.zeros(1)
    for own, k in zip(scores, chosen, strict=True):
        ways = [sum(some) for some in itertools.combinations(own.tolist(), k)]
        sums = np.add.outer(sums, ways).ravel()
    far = np.abs(sums - sums.mean())
    return float((far >= abs(seen - sums.mean()) - 1e-9).mean())


def clustered_p(values: Values, group: Values, cluster: Values) -> float:
    """Return the exact p-value of the rank sum test of patients with several values."""
    ranks = stats.rankdata(values)
    names, first, sizes = np.unique(cluster, return_index=True, return_counts=True)
    sums = np.array([ranks[cluster == name].sum() for name in names])
    own = group[first] == 0
    scores = [sums[sizes == size] for size in np.unique(sizes)]
    chosen = [int(own[sizes == size].sum()) for size in np.unique(sizes)]
    return far_shares(scores, chosen, float(ranks[group == 0].sum()))


def rank_covariance_p(after: Values, group: Values, before: Values) -> float:
    """Return the exact p-value of ranks after, adjusted for ranks before."""
    x, y = stats.rankdata(before), stats.rankdata(after)
    slope = np.cov(x, y, bias=True)[0, 1] / x.var()
    rest = (y - y.mean()) - slope * (x - x.mean())
    chosen = group == 0
    return far_shares([rest], [int(chosen.sum())], float(rest[chosen].sum()))


def inferiority_p(table: Any, margin: float) -> float:
    """Return the exact p-value of a difference of shares against a lower margin.

    The score statistic orders the tables; the share left free runs over a fine grid.
    """
    (a, b), (c, d) = np.asarray(table).tolist()
    n, m = a + b, c + d
    x, y = np.mgrid[0 : n + 1, 0 : m + 1]
    score = _score(x, n, y, m, margin)
    far = score >= score[a, c] - 1e-9
    free = np.linspace(max(0.0, -margin), min(1.0, 1.0 - margin), 1001)
    first = stats.binom.pmf(np.arange(n + 1)[:, None], n, free + margin)
    second = stats.binom.pmf(np.arange(m + 1)[:, None], m, free)
    return float(np.einsum("xk,xy,yk->k", first, far.astype(float), second).max())


def _score(x: Values, n: int, y: Values, m: int, margin: float) -> Values:
    """Return Farrington and Manning's score of a difference above a margin."""
    ratio, one, two = m / n, x / n, y / m
    a, b = 1 + ratio, -(1 + ratio + one + ratio * two + margin * (ratio + 2))
    c = margin**2 + margin * (2 * one + ratio + 1) + one + ratio * two
    d = -one * margin * (1 + margin)
    v = b**3 / (3 * a) ** 3 - b * c / (6 * a**2) + d / (2 * a)
    u = np.sign(v) * np.sqrt(np.maximum(b**2 / (3 * a) ** 2 - c / (3 * a), 0))
    cube = np.divide(v, u**3, out=np.zeros(v.shape), where=u != 0)
    angle = (np.pi + np.arccos(np.clip(cube, -1, 1))) / 3
    p = np.clip(2 * u * np.cos(angle) - b / (3 * a), 0, 1)
    q = np.clip(p - margin, 0, 1)
    variance = p * (1 - p) / n + q * (1 - q) / m
    gap = one - two - margin
    far = np.where(gap == 0, 0.0, np.copysign(np.inf, gap))
    return np.divide(gap, np.sqrt(variance), out=far, where=variance > 1e-14)


def gwet(ratings: Values) -> float:
    """Return Gwet's AC1 of readers without gaps."""
    levels = np.unique(ratings)
    shares = np.stack([(ratings == k).mean(axis=1) for k in levels], axis=1)
    readers = ratings.shape[1]
    agreed = ((shares**2).sum(axis=1) * readers - 1).mean() / (readers - 1)
    mean = shares.mean(axis=0)
    chance = (mean * (1 - mean)).sum() / (len(levels) - 1)
    return float((agreed - chance) / (1 - chance))


def krippendorff(ratings: Values) -> float:
    """Return Krippendorff's alpha of categories of readers without gaps."""
    counts = np.stack([(ratings == k).sum(axis=1) for k in np.unique(ratings)], axis=1)
    readers, n = ratings.shape[1], ratings.size
    apart = (readers**2 - (counts**2).sum(axis=1)).sum() / (readers - 1)
    total = counts.sum(axis=0)
    return float(1 - apart * (n - 1) / (n**2 - (total**2).sum()))


def icc_of_agreement(readings: Values) -> float:
    """Return the intraclass correlation of single readings, readers drawn at random."""
    n, k = readings.shape
    mean, rows, columns = readings.mean(), readings.mean(1), readings.mean(0)
    between = k * ((rows - mean) ** 2).sum() / (n - 1)
    readers = n * ((columns - mean) ** 2).sum() / (k - 1)
    rest = readings - rows[:, None] - columns + mean
    error = (rest**2).sum() / ((n - 1) * (k - 1))
    return float(
        (between - error) / (between + (k - 1) * error + k * (readers - error) / n)
    )


def limits(x: Values, y: Values) -> tuple[float, float, float, float]:
    """Return the limits of agreement with the outer bounds of their exact intervals."""
    d, n = x - y, len(x)
    z = stats.norm.ppf(0.975)
    factor = stats.nct.ppf([0.025, 0.975], n - 1, z * np.sqrt(n)) / np.sqrt(n)
    mean, sd = d.mean(), d.std(ddof=1)
    low, high = mean - z * sd, mean + z * sd
    return low, high, mean - factor[1] * sd, mean + factor[1] * sd


def p_of_all_ways(table: Any, missing: Sequence[int]) -> Values:
    """Return Fisher's p-value in each way the missing could have gone."""
    (a, b), (c, d) = np.asarray(table).tolist()
    ways = [
        [
            stats.fisher_exact(
                [[a + i, b + missing[0] - i], [c + j, d + missing[1] - j]]
            ).pvalue
            for j in range(missing[1] + 1)
        ]
        for i in range(missing[0] + 1)
    ]
    return np.array(ways)


def wins_and_losses(
    group: Values, day: Values, died: Values, grade: Values
) -> tuple[int, int]:
    """Return the pairs that the first group wins, and those that it loses.

    Whoever dies later wins, as far as both were seen; then the higher grade.
    """
    first, second = group == 0, group == 1
    t, e, g = day[first, None], died[first, None], grade[first, None]
    s, f, h = day[None, second], died[None, second], grade[None, second]
    won = f & ((s < t) | ((s == t) & ~e))
    lost = e & ((t < s) | ((t == s) & ~f))
    open_ = ~won & ~lost
    return int((won | (open_ & (g > h))).sum()), int((lost | (open_ & (g < h))).sum())


def one_sample(
    time: Values, event: Values, days: Values, survival: Values
) -> tuple[float, float]:
    """Return the events expected by a published curve, and the exact p-value."""
    hazard = -np.log(np.concatenate(([1.0], survival)))
    expected = float(np.interp(time, np.concatenate(([0.0], days)), hazard).sum())
    seen = int(event.sum())
    tails = stats.poisson.cdf(seen, expected), stats.poisson.sf(seen - 1, expected)
    return expected, float(min(1.0, 2 * min(tails)))


def course_statistics(rows: Values, group: Values) -> tuple[float, float, float]:
    """Return the ANOVA-type statistics of group, visit and their interaction."""
    visits, arms = rows.shape[1], np.unique(group)
    ranks = stats.rankdata(rows).reshape(rows.shape)
    own = [ranks[group == arm] / rows.size for arm in arms]
    p = np.concatenate([r.mean(axis=0) for r in own])
    v = np.zeros((len(p), len(p)))
    for i, r in enumerate(own):
        part = slice(i * visits, (i + 1) * visits)
        v[part, part] = np.cov(r, rowvar=False) * len(rows) / len(r)

    def mean(k: int) -> Values:
        return np.full((k, k), 1 / k)

    def rest(k: int) -> Values:
        return np.eye(k) - mean(k)

    sides: list[tuple[Callable[[int], Values], Callable[[int], Values]]]
    sides = [(rest, mean), (mean, rest), (rest, rest)]
    found = []
    for by_arm, by_visit in sides:
        t = np.kron(by_arm(len(arms)), by_visit(visits))
        found.append(float(len(rows) * p @ t @ p / np.trace(t @ v)))
    return found[0], found[1], found[2]
