"""Exact p-values of log-rank tests, from all allocations of patients to the groups."""

from collections.abc import Sequence
from math import lcm, prod

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
from iph.stats._survival.logrank_scores import Pool

PARTITION_LIMIT = 4_000_000  # states of the joint sums of several groups
_MERGED = 10.0  # allocations that share their sums, on a grid of visits, at least
_TWO = 2


def exact_states(pools: list[Pool]) -> float:
    """Return how many states the exact test visits at most."""
    k = len(pools[0].sizes)
    if k > _TWO:
        if len(pools) > 1:
            return float("inf")
        return estimate_partition_sums(pools[0].counts, pools[0].sizes)
    if len(pools) == 1:
        pool = pools[0]
        return estimate_subset_tail(pool.scores, pool.counts, pool.sizes[0])
    return _strata_states([_states(pool) for pool in pools])


def exact_p(pools: list[Pool], two_sided: str) -> float:
    """Return the exact p-value of the groups' sums of scores."""
    if len(pools[0].sizes) > _TWO:
        return _several_groups(pools)
    return _two_groups(pools).p_value("two-sided", two_sided)


def _states(pool: Pool) -> float:
    return estimate_subset_sums(pool.scores, pool.counts, pool.sizes[0])


def _strata_states(states: list[float]) -> float:
    """Return the most work of all strata: all but the longest list are multiplied."""
    ordered = sorted(states)
    return sum(ordered) + prod(ordered[:-1])


def _two_groups(pools: list[Pool]) -> Tail:
    if len(pools) == 1:
        pool = pools[0]
        return subset_tail(pool.scores, pool.counts, pool.sizes[0], pool.sums[0])
    lists = [subset_sums(pool.scores, pool.counts, pool.sizes[0]) for pool in pools]
    while len(lists) > _TWO:
        lists.sort(key=lambda listed: len(listed.values), reverse=True)
        last, before = lists.pop(), lists.pop()
        check_work(len(last.values) * len(before.values), DEFAULT_LIMIT / 10, "test")
        lists.append(convolve(last, before))
    first, second = lists
    check_work(len(first.values) + len(second.values), DEFAULT_LIMIT, "test")
    return sum_tail(first, second, sum(pool.sums[0] for pool in pools))


def _several_groups(pools: list[Pool]) -> float:
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


def all_forms(pool: Pool) -> tuple[list[int], list[int]]:
    """Return the statistic of all allocations to several groups, and their numbers.

    Parameters
    ----------
    pool : Pool
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


def _form(sizes: tuple[int, ...], sums: Sequence[int]) -> int:
    common = lcm(*sizes)
    return sum(common // n * s * s for n, s in zip(sizes, sums, strict=True))
