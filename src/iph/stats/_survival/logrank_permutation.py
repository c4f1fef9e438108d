"""Exact and simulated p-values of log-rank tests, from allocations to the groups."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import lcm, prod

import numpy as np

from iph._checks import Floats, Ints
from iph.errors import DataError
from iph.stats._inference.exact_sums import (
    DEFAULT_LIMIT,
    Tail,
    check_work,
    convolve,
    estimate_partition_sums,
    estimate_subset_sums,
    estimate_subset_tail,
    partition_sums,
    subset_sums,
    subset_tail,
    sum_tail,
)
from iph.stats._inference.laplacian import solver
from iph.stats._inference.monte_carlo import monte_carlo_p, random_sums, twice
from iph.stats._inference.p_value import PValue
from iph.stats._inference.progress import Progress, reported
from iph.stats._inference.random_draws import drawn_sums
from iph.stats._survival.logrank_scores import StratumScores

_CHUNK = 10_000
_EXACT_BITS = 52  # sums of whole numbers below 2**52 are exact as floats
_NEAR = 1e-7  # relative; quadratic forms so close to the observed one count as tied
PARTITION_LIMIT = 4_000_000  # states of the joint sums of several groups
_MERGED = 10.0  # allocations that share their sums, on a grid of visits, at least


def exact_states(pools: list[StratumScores]) -> float:
    """Return how many states the exact test visits at most."""
    k = len(pools[0].sizes)
    if k > 2:
        if len(pools) > 1:
            return float("inf")
        return estimate_partition_sums(pools[0].counts, pools[0].sizes)
    if len(pools) == 1:
        pool = pools[0]
        return estimate_subset_tail(pool.scores, pool.counts, pool.sizes[0])
    return _strata_states([_states(pool) for pool in pools])


def exact_p(
    pools: list[StratumScores], two_sided: str, alternative: str = "two-sided"
) -> float:
    """Return the exact p-value of the groups' sums of scores."""
    if len(pools[0].sizes) > 2:
        return _several_groups_counted(pools)
    return _two_groups(pools).p_value(alternative, two_sided)


def _states(pool: StratumScores) -> float:
    return estimate_subset_sums(pool.scores, pool.counts, pool.sizes[0])


def _strata_states(states: list[float]) -> float:
    """Return the most work of all strata: all but the longest list are multiplied."""
    ordered = sorted(states)
    return sum(ordered) + prod(ordered[:-1])


def _two_groups(pools: list[StratumScores]) -> Tail:
    if len(pools) == 1:
        pool = pools[0]
        return subset_tail(pool.scores, pool.counts, pool.sizes[0], pool.sums[0])
    lists = [subset_sums(pool.scores, pool.counts, pool.sizes[0]) for pool in pools]
    while len(lists) > 2:
        lists.sort(key=lambda listed: len(listed.values), reverse=True)
        last, before = lists.pop(), lists.pop()
        check_work(len(last.values) * len(before.values), DEFAULT_LIMIT / 10, "test")
        lists.append(convolve(last, before))
    first, second = lists
    check_work(len(first.values) + len(second.values), DEFAULT_LIMIT, "test")
    return sum_tail(first, second, sum(pool.sums[0] for pool in pools))


def _several_groups_counted(pools: list[StratumScores]) -> float:
    """Compare the quadratic form of all groups, as whole numbers.

    The permutation covariance of the sums is proportional to diag(n_g) - n_g n_h / n,
    so the quadratic form is proportional to the sum of S_g^2 / n_g.
    """
    if len(pools) > 1:
        message = (
            "the exact test of more than two groups cannot be stratified; use "
            'method="monte-carlo"'
        )
        raise DataError(message)
    pool = pools[0]
    kept = [(size, s) for size, s in zip(pool.sizes, pool.sums, strict=True) if size]
    sizes = tuple(size for size, _ in kept)
    observed = _form(sizes, [s for _, s in kept])
    forms, ways = all_forms(pool)
    far = sum(way for form, way in zip(forms, ways, strict=True) if form >= observed)
    return far / sum(ways)


def all_forms(pool: StratumScores) -> tuple[list[int], list[int]]:
    """Return the statistic of all allocations to several groups, and their numbers.

    Parameters
    ----------
    pool : StratumScores
        The scores of all patients.

    Returns
    -------
    forms : list of int
        The sums of S_g^2 / n_g, over a common denominator, of distinct group sums.
    ways : list of int
        How many allocations give these sums.

    Raises
    ------
    WorkError
        If the work would be above the limit.
    """
    sizes = tuple(size for size in pool.sizes if size)
    # The estimate counts like sums apart; the limit itself is held while counting.
    states = estimate_partition_sums(pool.counts, sizes)
    check_work(states / _MERGED, PARTITION_LIMIT, "test of several groups")
    sums, ways = partition_sums(pool.scores, pool.counts, sizes, limit=PARTITION_LIMIT)
    return [_form(sizes, row) for row in sums], ways


def trend_p(
    pool: StratumScores, group_scores: Sequence[float], two_sided: str, alternative: str
) -> float:
    """Return the exact p-value of the sum of group scores times group sums."""
    parts = [Fraction(score) for score in group_scores]
    common = lcm(*(part.denominator for part in parts))
    kept = [(int(part * common), n) for part, n in zip(parts, pool.sizes, strict=True)]
    observed = sum(
        part * found for (part, _), found in zip(kept, pool.sums, strict=True)
    )
    kept = [(part, n) for part, n in kept if n]
    sizes = tuple(n for _, n in kept)
    states = estimate_partition_sums(pool.counts, sizes)
    check_work(states / _MERGED, PARTITION_LIMIT, "test of several groups")
    sums, ways = partition_sums(pool.scores, pool.counts, sizes, limit=PARTITION_LIMIT)
    # The scores of all patients sum to 0, and so does the mean over all allocations.
    less = equal = greater = far = 0
    for row, way in zip(sums, ways, strict=True):
        value = sum(part * found for (part, _), found in zip(kept, row, strict=True))
        less += way * (value < observed)
        equal += way * (value == observed)
        greater += way * (value > observed)
        far += way * (abs(value) >= abs(observed))
    tail = Tail(less=less, equal=equal, greater=greater, far=far, total=sum(ways))
    return tail.p_value(alternative, two_sided)


def trend_drawn_p(
    pools: list[StratumScores],
    group_scores: Floats,
    sides: tuple[str, str],
    n_resamples: int,
    rng: "np.random.Generator",
) -> PValue:
    """Return the simulated p-value of the sum of group scores times group sums."""
    whole, _ = _short_scores(pools)
    observed = 0.0
    found = np.zeros(n_resamples)
    for scores, pool in zip(whole, pools, strict=True):
        own = np.array([_sum(scores, pool, g) for g in range(len(pool.sizes))])
        observed += float(own @ group_scores)
        counts = np.array(pool.counts, dtype=np.int64)
        batches = random_sums(scores, counts, pool.sizes, n_resamples, rng)
        found += np.concatenate(list(batches)) @ group_scores
    slack = _NEAR * max(abs(observed), float(np.abs(found).max(initial=0.0)))
    alternative, two_sided = sides
    lower = int(np.count_nonzero(found <= observed + slack))
    upper = int(np.count_nonzero(found >= observed - slack))
    far = int(np.count_nonzero(np.abs(found) >= abs(observed) - slack))
    if alternative != "two-sided" or two_sided == "abs":
        hits = {"less": lower, "greater": upper, "two-sided": far}
        return monte_carlo_p(hits[alternative], n_resamples)
    return twice(monte_carlo_p(min(lower, upper), n_resamples))


def _form(sizes: tuple[int, ...], sums: Sequence[int]) -> int:
    common = lcm(*sizes)
    return sum(common // n * s * s for n, s in zip(sizes, sums, strict=True))


def permutation_exchanges(pools: list[StratumScores]) -> Floats:
    """Return minus the permutation covariance of the sums of two groups."""
    k = len(pools[0].sizes)
    exchanges = np.zeros((k, k))
    for pool in pools:
        sizes = np.array(pool.sizes, dtype=np.float64)
        exchanges += float(pool.variance) * np.outer(sizes, sizes)
    np.fill_diagonal(exchanges, 0.0)
    return exchanges


def differences(pools: list[StratumScores]) -> Floats:
    """Return observed minus expected events of each group, over all strata."""
    scale = pools[0].scale
    sums = [sum(column) for column in zip(*(p.sums for p in pools), strict=True)]
    # A ratio of two whole numbers is rounded once, however long they are.
    return np.array([value / scale for value in sums])


def simulated_p(
    pools: list[StratumScores],
    two_sided: str,
    n_resamples: int,
    rng: "np.random.Generator",
    progress: Progress | None,
    *,
    alternative: str = "two-sided",
) -> PValue:
    """Return the simulated p-value of the groups' sums of scores.

    Parameters
    ----------
    pools : list of StratumScores
        The scores of each stratum.
    two_sided : {"abs", "central"}
        The two-sided rule of two groups.
    n_resamples : int
        Random allocations.
    rng : numpy.random.Generator
        The source of randomness.
    progress : callable or None
        Called before each chunk of allocations and after the last.
    alternative : {"two-sided", "less", "greater"}
        The side that counts, of two groups.
    """
    starts = range(0, n_resamples, _CHUNK)
    chunks = [min(_CHUNK, n_resamples - start) for start in starts]
    sizes = reported(chunks, "allocations", progress)
    whole, tolerance = _short_scores(pools)
    if len(pools[0].sizes) > 2:
        return _several_groups_drawn(pools, whole, n_resamples, rng, sizes)
    observed = float(
        sum(_sum(q, pool, 0) for q, pool in zip(whole, pools, strict=True))
    )
    lower = upper = far = 0
    for rows in sizes:
        found = np.zeros(rows)
        for scores, pool in zip(whole, pools, strict=True):
            counts = np.array(pool.counts, dtype=np.int64)
            found += drawn_sums(
                scores.astype(np.float64), counts, pool.sizes[0], rows, rng
            )
        lower += int(np.count_nonzero(found <= observed + tolerance))
        upper += int(np.count_nonzero(found >= observed - tolerance))
        far += int(np.count_nonzero(np.abs(found) >= abs(observed) - tolerance))
    if alternative != "two-sided" or two_sided == "abs":
        hits = {"less": lower, "greater": upper, "two-sided": far}
        return monte_carlo_p(hits[alternative], n_resamples)
    return twice(monte_carlo_p(min(lower, upper), n_resamples))


def _short_scores(pools: list[StratumScores]) -> tuple[list[Ints], float]:
    """Return scores whose sums are exact as floats, and what counts as tied.

    Longer scores lose their last digits. No sum of n of them is then off by more than
    n units (and the error the scores came with), so sums that are closer to the
    observed one than twice that count as tied: the p-value errs to the safe side.
    """
    largest = max(
        sum(abs(s) * c for s, c in zip(pool.scores, pool.counts, strict=True))
        for pool in pools
    ) * len(pools)
    shift = max(largest.bit_length() - _EXACT_BITS, 0)
    error = max(pool.error for pool in pools) >> shift
    lost = 0 if shift == 0 and error == 0 else 1 + error
    short = [
        np.array([score >> shift for score in pool.scores], dtype=np.int64)
        for pool in pools
    ]
    return short, 2.0 * lost * sum(pool.n for pool in pools)


def _sum(scores: Ints, pool: StratumScores, group: int) -> int:
    """Return the observed sum of a group in shortened scores."""
    return int(scores @ np.array([row[group] for row in pool.table], dtype=np.int64))


def _several_groups_drawn(
    pools: list[StratumScores],
    whole: list[Ints],
    n_resamples: int,
    rng: "np.random.Generator",
    sizes: Iterable[int],
) -> PValue:
    k = len(pools[0].sizes)
    inverse = solver(permutation_exchanges(pools))
    # The units of the shortened scores cancel in the comparison.
    observed = np.zeros(k)
    for scores, pool in zip(whole, pools, strict=True):
        observed += [float(_sum(scores, pool, g)) for g in range(k)]
    least = float(inverse.statistic(observed)) * (1.0 - _NEAR)
    hits = 0
    for rows in sizes:
        found = np.zeros((rows, k))
        for scores, pool in zip(whole, pools, strict=True):
            counts = np.array(pool.counts, dtype=np.int64)
            batches = random_sums(scores, counts, pool.sizes, rows, rng)
            found += np.concatenate(list(batches))
        hits += int(np.count_nonzero(inverse.statistic(found) >= least))
    return monte_carlo_p(hits, n_resamples)
