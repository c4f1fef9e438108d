"""Distributions of sums of whole scores over all equally likely assignments.

Every exact test of the package asks the same question: of all equally likely ways to
hand out fixed scores, how many give a statistic below, equal to, and above the one
observed. The scores are whole numbers (ranks doubled, log-rank scores times their
common denominator), the counts are Python integers, and so no comparison of floats
decides a tie and no p-value is rounded before its last division.

Three ways of counting stand behind these functions, and the cheapest is chosen from an
estimate of its work: a packed grid of sums where they have a short range
(`_exact_dense`), two ordered lists of half the pool each where they have not
(`_exact_halves`), and joint sums of several groups (`_exact_joint`).
"""

from collections import defaultdict
from collections.abc import Sequence
from math import comb, gcd

import attrs

from iph.stats._inference.exact_dense import (
    digit_width,
    largest_sum,
    packed_signed_sums,
    packed_subset_sums,
    subset_words,
    unpack,
)
from iph.stats._inference.exact_distribution import (
    Distribution,
    Tail,
    convolve,
    far_cuts,
    from_ways,
    sum_tail,
)
from iph.stats._inference.exact_halves import (
    Classes,
    Halves,
    listed_states,
    listed_sums,
    plan_halves,
)
from iph.stats._inference.exact_joint import (
    block_sums,
    estimate_partition_sums,
    partition_sums,
)
from iph.stats._inference.exact_work import DEFAULT_LIMIT, allocations_bits, check_work

__all__ = [
    "DEFAULT_LIMIT",
    "Distribution",
    "Tail",
    "block_sums",
    "check_work",
    "convolve",
    "estimate_partition_sums",
    "estimate_subset_sums",
    "estimate_subset_tail",
    "partition_sums",
    "signed_sums",
    "subset_sums",
    "subset_tail",
    "sum_tail",
]

_WORDS_A_STATE = 200  # words of a packed grid that cost as much as a listed state
_FEW_STATES = 2000  # the cost of setting up two lists
_LONG = 1 << 62  # a range of sums that no packed grid can span
_MOST_WORDS = 2e7  # of one packed grid: 160 MB


@attrs.frozen(kw_only=True)
class _ReducedPool:
    """A pool with its scores moved to start at 0 and divided by their common step."""

    classes: Classes
    base: int
    step: int
    n: int


def _pool(
    scores: Sequence[int],
    counts: Sequence[int],
    size: int = 0,
    observed: int | None = None,
) -> _ReducedPool:
    merged: dict[int, int] = {}
    for score, count in zip(scores, counts, strict=True):
        if count:
            merged[int(score)] = merged.get(int(score), 0) + int(count)
    base = min(merged, default=0)
    step = gcd(*(score - base for score in merged))
    if observed is not None:  # an unattainable sum must stay a whole number
        step = gcd(step, observed - base * size)
    step = step or 1
    classes = [((score - base) // step, count) for score, count in merged.items()]
    return _ReducedPool(classes=classes, base=base, step=step, n=sum(merged.values()))


def _dense_states(classes: Classes, size: int) -> float:
    """Return the work of a packed grid in states; infinite if it would not fit."""
    n = sum(count for _, count in classes)
    digits = min(largest_sum(classes, size), _LONG)
    words = digits * allocations_bits((size, n - size)) / 64
    if digits == _LONG or words * (size + 1) > _MOST_WORDS:
        return float("inf")
    return subset_words(classes, size) / _WORDS_A_STATE


def estimate_subset_sums(
    scores: Sequence[int], counts: Sequence[int], size: int
) -> float:
    """Return how many states `subset_sums` visits at most."""
    classes = _pool(scores, counts).classes
    return min(_dense_states(classes, size), listed_states(classes, size))


def estimate_subset_tail(
    scores: Sequence[int], counts: Sequence[int], size: int
) -> float:
    """Return how many states `subset_tail` visits at most."""
    pool = _pool(scores, counts)
    size = min(size, pool.n - size)
    dense = _dense_states(pool.classes, size)
    return min(dense, plan_halves(pool.classes, size).states)


def subset_sums(
    scores: Sequence[int],
    counts: Sequence[int],
    size: int,
    *,
    limit: float = DEFAULT_LIMIT,
) -> Distribution:
    """Sum the scores of `size` cases drawn without replacement.

    Parameters
    ----------
    scores : sequence of int
        The scores of the pool.
    counts : sequence of int
        How many cases have each score.
    size : int
        How many cases are drawn; all ways to draw them are equally likely.
    limit : float
        The most states that may be visited.

    Returns
    -------
    Distribution
        The distinct sums and how many draws give each.

    Raises
    ------
    WorkError
        If the work would be above the limit.
    """
    pool = _pool(scores, counts)
    base = pool.base * size
    dense = _dense_states(pool.classes, size)
    if dense <= listed_states(pool.classes, size):
        check_work(dense, limit, "distribution")
        width = digit_width(comb(pool.n, size))
        packed = packed_subset_sums(pool.classes, size, width)
        return from_ways(unpack(packed, width), base=base, step=pool.step)
    values, ways = listed_sums(pool.classes, size, limit=limit)
    return Distribution(
        tuple(base + pool.step * value for value in values), tuple(ways)
    )


def subset_tail(
    scores: Sequence[int],
    counts: Sequence[int],
    size: int,
    observed: int,
    *,
    limit: float = DEFAULT_LIMIT,
) -> Tail:
    """Count the draws with a sum below, at, above and far from the observed one.

    Parameters
    ----------
    scores, counts, size, limit
        As for `subset_sums`.
    observed : int
        The observed sum.

    Returns
    -------
    Tail
        Exact counts of draws.

    Raises
    ------
    WorkError
        If the work would be above the limit.
    """
    pool = _pool(scores, counts, size, observed)
    classes = pool.classes
    mine = (observed - pool.base * size) // pool.step
    summed = sum(score * count for score, count in classes)
    swapped = 2 * size > pool.n
    if swapped:  # draw the smaller part: its sum is the rest
        size, mine = pool.n - size, summed - mine
    dense = _dense_states(classes, size)
    plan = plan_halves(classes, size)
    if dense <= plan.states + _FEW_STATES:
        check_work(dense, limit, "distribution")
        width = digit_width(comb(pool.n, size))
        packed = packed_subset_sums(classes, size, width)
        found = from_ways(unpack(packed, width)).tail(mine)
    else:
        check_work(plan.states, limit, "distribution")
        halves = Halves(classes, size, split=plan.split)
        less, equal = halves.below_and_equal(mine)
        low, high = far_cuts(summed * size, pool.n, mine)
        total = comb(pool.n, size)
        # One of the two cuts is the observed sum itself, so one more count is enough.
        if high == mine:
            far = total - less + sum(halves.below_and_equal(low))
        else:
            far = less + equal + total - halves.below_and_equal(high)[0]
        found = Tail(
            less=less, equal=equal, greater=total - less - equal, far=far, total=total
        )
    if swapped:
        return attrs.evolve(found, less=found.greater, greater=found.less)
    return found


def signed_sums(scores: Sequence[int], *, limit: float = DEFAULT_LIMIT) -> Distribution:
    """Sum scores, each of them taken or left out with equal probability.

    Parameters
    ----------
    scores : sequence of int
        The scores, 0 or more.
    limit : float
        The most states that may be visited.

    Returns
    -------
    Distribution
        The distinct sums and how many of the 2**n choices give each.

    Raises
    ------
    WorkError
        If the work would be above the limit.
    """
    step = gcd(*scores) or 1
    steps = [int(score) // step for score in scores]
    width = digit_width(2 ** len(steps))
    words = min(sum(steps), _LONG) * width / 64
    dense = words * len(steps) / _WORDS_A_STATE
    if words <= _MOST_WORDS and dense <= 2 ** len(steps):
        check_work(dense, limit, "distribution")
        packed = packed_signed_sums(steps, width)
        return from_ways(unpack(packed, width), step=step)
    ways: dict[int, int] = {0: 1}
    for score in steps:
        check_work(2 * len(ways), limit, "distribution")
        new: dict[int, int] = defaultdict(int, ways)
        for value, count in ways.items():
            new[value + score] += count
        ways = new
    return from_ways(ways, step=step)
