"""Distributions of sums of whole scores over all equally likely assignments.

Every exact test of the package asks the same question: of all equally likely ways to
hand out fixed scores, how many give a statistic below, equal to, and above the one
observed. The scores are whole numbers (ranks doubled, log-rank scores times their
common denominator), the counts are Python integers, and so no comparison of floats
decides a tie and no p-value is rounded before its last division.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import permutations
from math import comb, factorial, prod

import attrs

from iph._checks import one_of
from iph.errors import WorkError

DEFAULT_LIMIT = 40_000_000  # states: some seconds of work
_ADVICE = 'use method="monte-carlo", or method="auto" to fall back on it'


@attrs.frozen(kw_only=True)
class Tail:
    """How many equally likely assignments lie where.

    Attributes
    ----------
    less, equal, greater : int
        Assignments with a statistic below, equal to and above the observed one.
    far : int
        Assignments at least as far from the mean as the observed one.
    total : int
        All assignments.
    """

    less: int
    equal: int
    greater: int
    far: int
    total: int

    def p_value(self, alternative: str = "two-sided", two_sided: str = "abs") -> float:
        """Return the p-value: one rounding, at the last division.

        Parameters
        ----------
        alternative : {"two-sided", "less", "greater"}
            Which assignments count against the hypothesis.
        two_sided : {"abs", "central"}
            Those at least as far from the mean, or twice the smaller tail.
        """
        one_of(alternative, "alternative", ("two-sided", "less", "greater"))
        one_of(two_sided, "two_sided", ("abs", "central"))
        lower, upper = self.less + self.equal, self.greater + self.equal
        if alternative == "less":
            return lower / self.total
        if alternative == "greater":
            return upper / self.total
        if two_sided == "abs":
            return self.far / self.total
        return min(2 * min(lower, upper), self.total) / self.total


@attrs.frozen
class Distribution:
    """The distribution of a whole statistic over equally likely assignments.

    Attributes
    ----------
    values : tuple of int
        The distinct values, ascending.
    counts : tuple of int
        How many assignments give each value.
    """

    values: tuple[int, ...]
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """The number of assignments."""
        return sum(self.counts)

    @property
    def mean(self) -> Fraction:
        """The mean of the statistic, exactly."""
        summed = sum(v * c for v, c in zip(self.values, self.counts, strict=True))
        return Fraction(summed, self.total)

    def tail(self, observed: int) -> Tail:
        """Count the assignments below, at, above and far from the observed value."""
        total = self.total
        mean = self.mean
        distance = abs(observed - mean)
        less = equal = far = 0
        for value, count in zip(self.values, self.counts, strict=True):
            if value < observed:
                less += count
            elif value == observed:
                equal = count
            if abs(value - mean) >= distance:
                far += count
        return Tail(
            less=less, equal=equal, greater=total - less - equal, far=far, total=total
        )


def _from_ways(ways: dict[int, int]) -> Distribution:
    ordered = sorted(ways.items())
    return Distribution(
        tuple(value for value, _ in ordered), tuple(count for _, count in ordered)
    )


def _merged(scores: Sequence[int], counts: Sequence[int]) -> list[tuple[int, int]]:
    """Return the distinct scores with their counts, in the order given."""
    pool: dict[int, int] = {}
    for score, count in zip(scores, counts, strict=True):
        if count:
            pool[int(score)] = pool.get(int(score), 0) + int(count)
    return list(pool.items())


def check_work(work: float, limit: float, what: str) -> None:
    """Refuse work above the limit before it starts."""
    if work > limit:
        message = (
            f"the exact {what} needs about {work:.2g} states, more than the limit of "
            f"{limit:.2g}; {_ADVICE}"
        )
        raise WorkError(message)


def estimate_subset_sums(counts: Sequence[int], size: int) -> int:
    """Return an upper bound for the states that `subset_sums` visits."""
    n = sum(counts)
    return min(prod(min(c, size) + 1 for c in counts), comb(n, size) * 2)


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
        The distinct scores of the pool.
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
    pool = _merged(scores, counts)
    rest = sum(count for _, count in pool)
    table: list[dict[int, int]] = [{0: 1}] + [{} for _ in range(size)]
    for score, count in pool:
        rest -= count
        chosen = [comb(count, i) for i in range(min(count, size) + 1)]
        new: list[dict[int, int]] = [defaultdict(int) for _ in range(size + 1)]
        for have, ways in enumerate(table):
            for taken, choices in enumerate(chosen):
                if size - rest <= have + taken <= size:
                    target = new[have + taken]
                    for value, way in ways.items():
                        target[value + taken * score] += way * choices
        table = new
        check_work(sum(map(len, table)), limit, "distribution")
    return _from_ways(table[size])


def subset_tail(
    scores: Sequence[int],
    counts: Sequence[int],
    size: int,
    observed: int,
    *,
    limit: float = DEFAULT_LIMIT,
) -> Tail:
    """Count the draws with a sum below, at, above and far from the observed one."""
    return subset_sums(scores, counts, size, limit=limit).tail(observed)


def convolve(a: Distribution, b: Distribution) -> Distribution:
    """Return the distribution of the sum of two independent statistics."""
    ways: dict[int, int] = defaultdict(int)
    for value, count in zip(a.values, a.counts, strict=True):
        for other, many in zip(b.values, b.counts, strict=True):
            ways[value + other] += count * many
    return _from_ways(ways)


def signed_sums(scores: Sequence[int], *, limit: float = DEFAULT_LIMIT) -> Distribution:
    """Sum scores of which each is taken or left out, both equally likely."""
    ways: dict[int, int] = {0: 1}
    for score in scores:
        new: dict[int, int] = defaultdict(int, ways)
        for value, count in ways.items():
            new[value + int(score)] += count
        ways = new
        check_work(len(ways), limit, "distribution")
    return _from_ways(ways)


def _shares(count: int, room: Sequence[int]) -> Iterable[tuple[int, ...]]:
    """Yield all ways to share `count` like cases among groups with room left."""
    if len(room) == 1:
        if count <= room[0]:
            yield (count,)
        return
    for first in range(min(count, room[0]) + 1):
        for others in _shares(count - first, room[1:]):
            yield (first, *others)


def partition_sums(
    scores: Sequence[int],
    counts: Sequence[int],
    sizes: Sequence[int],
    *,
    limit: float = DEFAULT_LIMIT,
) -> tuple[list[tuple[int, ...]], list[int]]:
    """Return the joint distribution of the group sums over all assignments.

    Parameters
    ----------
    scores, counts : sequence of int
        The pool: `counts[i]` cases have the score `scores[i]`.
    sizes : sequence of int
        The size of each of k groups; together the whole pool.
    limit : float
        The most states that may be visited.

    Returns
    -------
    sums : list of tuple of int
        The k group sums of each distinct outcome.
    ways : list of int
        How many of the multinomial assignments give it.
    """
    k = len(sizes)
    start = (tuple(sizes), (0,) * k)
    table: dict[tuple[tuple[int, ...], tuple[int, ...]], int] = {start: 1}
    for score, count in _merged(scores, counts):
        new: dict[tuple[tuple[int, ...], tuple[int, ...]], int] = defaultdict(int)
        for (room, sums), way in table.items():
            for share in _shares(count, room):
                choices = factorial(count) // prod(map(factorial, share))
                key = (
                    tuple(r - s for r, s in zip(room, share, strict=True)),
                    tuple(x + score * s for x, s in zip(sums, share, strict=True)),
                )
                new[key] += way * choices
        table = new
        check_work(len(table), limit, "distribution")
    return [sums for _, sums in table], list(table.values())


def block_sums(
    rows: Sequence[Sequence[int]], *, limit: float = DEFAULT_LIMIT
) -> tuple[list[tuple[int, ...]], list[int]]:
    """Return the joint distribution of column sums when each row is permuted.

    The columns are exchangeable, so only the sorted sums are kept.

    Parameters
    ----------
    rows : sequence of sequences of int
        The k scores of each block; every order of each row is equally likely.
    limit : float
        The most states that may be visited.

    Returns
    -------
    sums : list of tuple of int
        The column sums of each distinct outcome, sorted.
    ways : list of int
        How many of the orders give these sums in some arrangement.
    """
    table: dict[tuple[int, ...], int] = {}
    for row in rows:
        if not table:
            table = {tuple(sorted(row)): factorial(len(row))}
            continue
        orders: dict[tuple[int, ...], int] = defaultdict(int)
        for order in permutations(row):
            orders[order] += 1
        new: dict[tuple[int, ...], int] = defaultdict(int)
        for sums, way in table.items():
            for order, many in orders.items():
                key = tuple(sorted(x + y for x, y in zip(sums, order, strict=True)))
                new[key] += way * many
        table = new
        check_work(len(table), limit, "distribution")
    return list(table), list(table.values())
