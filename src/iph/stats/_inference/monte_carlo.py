"""The p-value of a Monte Carlo test, with the error that the simulation leaves.

Also the random tables that such a test needs: cases dealt anew to the groups. Up to
`MOST_DEALT` cases are dealt one by one, from raw words of the generator (see
`dealing`); of more, which only a generator given by name can ask for, the parts of
each class are drawn as counts by NumPy.
"""

from collections.abc import Iterator, Sequence

import attrs
import numpy as np

from iph._checks import Ints
from iph._wide import repeat
from iph.errors import DataError
from iph.stats._inference.dealing import dealt_sums, dealt_tables
from iph.stats._inference.p_value import MOST_DEALT, PValue
from iph.stats._inference.random_draws import drawn_sums

P_VALUE_LEVEL = 0.99  # of the interval around a simulated p-value
_CELLS_AT_ONCE = 2_000_000  # 16 MB of counts
_MOST_CASES = 10**9  # numpy draws hypergeometric numbers below it


def monte_carlo_p(hits: int, n_resamples: int) -> PValue:
    """Return the p-value of `hits` resamples at least as extreme as the data.

    (hits + 1) / (resamples + 1): the observed arrangement is one of those possible, so
    the p-value is never zero and the test holds its level (Phipson and Smyth 2010). Its
    interval is that of Clopper and Pearson for the p-value that infinitely many
    resamples would give.
    """
    from scipy.special import betaincinv

    tail = (1.0 - P_VALUE_LEVEL) / 2.0
    missed = n_resamples - hits
    low = float(betaincinv(hits, missed + 1, tail)) if hits else 0.0
    high = float(betaincinv(hits + 1, missed, 1.0 - tail)) if missed else 1.0
    p_value = (hits + 1) / (n_resamples + 1)
    return PValue(p_value=p_value, method="monte-carlo", p_low=low, p_high=high)


def twice(tail: PValue) -> PValue:
    """Return the simulated p-value of both tails from that of the smaller one."""
    return attrs.evolve(
        tail,
        p_value=min(1.0, 2.0 * tail.p_value),
        p_low=min(1.0, 2.0 * (tail.p_low or 0.0)),
        p_high=min(1.0, 2.0 * (tail.p_high or 0.0)),
    )


@attrs.define
class TailHits:
    """How many resamples of a two-sided statistic lie where, counted batch by batch.

    Attributes
    ----------
    lower, upper : int
        Resamples at or below, and at or above the observed value.
    far : int
        Resamples at least as far from the mean as the observed value.
    drawn : int
        All resamples.
    """

    lower: int = 0
    upper: int = 0
    far: int = 0
    drawn: int = 0

    def count(self, found: Ints, observed: int) -> None:
        """Add a batch of whole-number statistics, centered at their mean."""
        self.lower += int(np.count_nonzero(found <= observed))
        self.upper += int(np.count_nonzero(found >= observed))
        self.far += int(np.count_nonzero(np.abs(found) >= abs(observed)))
        self.drawn += found.size

    def p_value(self, alternative: str, two_sided: str) -> PValue:
        """Return the p-value by the two-sided rule asked."""
        if alternative == "two-sided" and two_sided == "central":
            return twice(monte_carlo_p(min(self.lower, self.upper), self.drawn))
        hits = {"less": self.lower, "greater": self.upper, "two-sided": self.far}
        return monte_carlo_p(hits[alternative], self.drawn)


def random_tables(
    ties: Sequence[int] | Ints,
    sizes: Sequence[int] | Ints,
    n_resamples: int,
    rng: "np.random.Generator",
) -> Iterator[Ints]:
    """Deal the cases anew to the groups and yield the tables of counts.

    Parameters
    ----------
    ties : sequence of int
        The row totals: how many cases have each distinct value.
    sizes : sequence of int
        The column totals: how many cases each group has.
    n_resamples : int
        How many tables in all.
    rng : numpy.random.Generator
        The source of randomness.

    Yields
    ------
    numpy.ndarray of int64, shape (b, m, k)
        A batch of tables with these margins, each as likely as under random allocation.
    """
    rows, columns = [int(t) for t in ties], [int(s) for s in sizes]
    _refuse_too_many(sum(rows))
    if sum(rows) <= MOST_DEALT:
        yield from dealt_tables(rows, columns, n_resamples, rng)
        return
    batch = max(1, _CELLS_AT_ONCE // max(1, len(rows) * len(columns)))
    for start in range(0, n_resamples, batch):
        yield _batch(rows, columns, min(batch, n_resamples - start), rng)


def _batch(
    rows: list[int], columns: list[int], size: int, rng: "np.random.Generator"
) -> Ints:
    tables = np.zeros((size, len(rows), len(columns)), dtype=np.int64)
    rest = repeat(np.array([rows], dtype=np.int64), size, axis=0)
    for j, wanted in enumerate(columns[:-1]):
        left = np.full(size, wanted, dtype=np.int64)
        others = rest.sum(axis=1)
        for i in range(len(rows)):
            others -= rest[:, i]
            drawn = rng.hypergeometric(rest[:, i], others, left)
            tables[:, i, j] = drawn
            left -= drawn
        rest -= tables[:, :, j]
    tables[:, :, -1] = rest
    return tables


def random_sums(
    scores: Ints,
    ties: Ints,
    sizes: Sequence[int],
    n_resamples: int,
    rng: "np.random.Generator",
) -> Iterator[Ints]:
    """Deal the cases anew and yield the sums of whole-number scores by group.

    Yields
    ------
    numpy.ndarray of int64, shape (b, k)
        The group sums of a batch of random allocations.
    """
    n = int(ties.sum())
    if n <= MOST_DEALT:
        yield from dealt_sums(scores, ties, sizes, n_resamples, rng)
        return
    if scores.size * (len(sizes) - 1) <= n:
        for tables in random_tables(ties, sizes, n_resamples, rng):
            yield np.einsum("bmk,m->bk", tables, scores)
        return
    if len(sizes) == 2:
        first = drawn_sums(scores.astype(np.float64), ties, sizes[0], n_resamples, rng)
        sums = first.astype(np.int64)
        yield np.column_stack((sums, int(scores @ ties) - sums))
        return
    yield from dealt_sums(scores, ties, sizes, n_resamples, rng)


def _refuse_too_many(n: int) -> None:
    if n >= _MOST_CASES:
        msg = (
            f"{n} cases are too many to draw at random (limit {_MOST_CASES}); "
            "use method='asymptotic', which is exact enough at that size"
        )
        raise DataError(msg)
