"""Power and size of the exact Mann-Whitney test, over all tables of two arms.

For tables x and y of the arms, twice U minus its mean is bilinear in x and y, and the
chance of x given the pooled table m = x + y is a product of a number of x, one of y and
one of m. So the pairs of tables are handled as matrices, and a histogram of the form
within each m gives the exact p-value of every pair.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import accumulate
from math import comb, prod

import attrs
import numpy as np

from iph._checks import Floats, Ints
from iph._wide import bincount
from iph.design._outcomes import compositions, log_factorials, multinomial

_NEAR = 1e-9  # so near the level whole numbers decide
_MOST_CODES = 5_000_000


@attrs.frozen(kw_only=True, eq=False)
class _Arm:
    """All tables of an arm, in the order of their first level."""

    tables: Ints
    code: Ints  # of the levels between the first and the last; the last follows
    weight: Floats  # 1 / product of factorials, scaled
    chances: Floats  # of each table, a row a distribution
    starts: Ints  # where the tables with 0, 1, ... on the first level begin

    @classmethod
    def of(cls, n: int, total: int, distributions: list[Floats]) -> "_Arm":
        tables = compositions(n, len(distributions[0]))
        factorials = log_factorials(n)
        base = (total + 1) ** np.arange(tables.shape[1] - 2, dtype=np.int64)
        return cls(
            tables=tables,
            code=tables[:, 1:-1] @ base,
            weight=np.exp(factorials[-1] - factorials[tables].sum(axis=1)),
            chances=np.stack([multinomial(tables, one) for one in distributions]),
            starts=np.searchsorted(tables[:, 0], np.arange(n + 2, dtype=np.int64)),
        )

    def having(self, first: int) -> slice:
        """Return where the tables with so many on the first level are."""
        return slice(int(self.starts[first]), int(self.starts[first + 1]))


def n_pairs(sizes: tuple[int, ...], levels: int) -> int:
    """Return how many pairs of tables would be enumerated."""
    return prod(comb(n + levels - 1, levels - 1) for n in sizes)


def reject_probabilities(
    sizes: tuple[int, ...],
    pairs: list[Floats],
    level: Fraction,
    alternative: str,
) -> list[float]:
    """Return the probability of p <= level, for each pair of distributions.

    Parameters
    ----------
    sizes : tuple of int
        Patients of the two arms.
    pairs : list of ndarray, shape (2, k)
        The distribution of both arms over the levels; for instance a planned pair, and
        the same without a difference.
    level : Fraction
        The significance level.
    alternative : {"two-sided", "greater", "less"}
        ``"greater"``: the first arm tends to be higher. Two-sided counts allocations at
        least as far from the expected U.
    """
    used = np.any([pair.any(axis=0) for pair in pairs], axis=0)
    pairs = [pair[:, used] for pair in pairs]
    if used.sum() == 1:  # all patients alike: p = 1
        return [0.0] * len(pairs)
    total, most = sum(sizes), sizes[0] * sizes[1]
    first = _Arm.of(sizes[0], total, [pair[0] for pair in pairs])
    second = _Arm.of(sizes[1], total, [pair[1] for pair in pairs])
    # 2 U, twice the wins of the first arm with ties as one half, is x @ below(y). These
    # are whole numbers in floats, which multiply matrices much faster.
    own = first.tables.astype(float)
    below = (np.cumsum(second.tables, axis=1) * 2 - second.tables).astype(float).T
    signs = {"two-sided": 0, "greater": 1, "less": -1}
    # Two arms of one size that change places are as far out, so half the pairs do.
    mirrored = sizes[0] == sizes[1] and alternative == "two-sided"
    found = np.zeros(len(pairs))
    for pooled_first in range(total + 1):
        refusal = _Refusal(
            sizes=sizes,
            n_first=pooled_first,
            levels=first.tables.shape[1],
            level=level,
            sign=signs[alternative],
        )
        blocks = list(_meeting(first, second, pooled_first, mirrored=mirrored))
        tables, depths, weights = [], [], []
        for xs, ys in blocks:
            twice = 2.0 if mirrored and xs != ys else 1.0
            codes = first.code[xs][:, None] + second.code[ys][None, :]
            tables.append(refusal.tables(codes).ravel())
            depths.append(refusal.depths(own[xs] @ below[:, ys] - most).ravel())
            weights.append(np.outer(first.weight[xs] * twice, second.weight[ys]))
        table, depth = np.concatenate(tables), np.concatenate(depths)
        weight = np.concatenate([one.ravel() for one in weights])
        refused = depth < refusal.edges(table, depth, weight)[table]
        begin = 0
        for xs, ys in blocks:
            shape = xs.stop - xs.start, ys.stop - ys.start
            mask = refused[begin : begin + shape[0] * shape[1]].reshape(shape)
            begin += mask.size
            ways = mask.astype(float)
            found += _both(first.chances[:, xs], ways, second.chances[:, ys])
            if mirrored and xs != ys:
                found += _both(second.chances[:, xs], ways, first.chances[:, ys])
    return [min(1.0, float(one)) for one in found]


def _both(first: Floats, ways: Floats, second: Floats) -> Floats:
    """Return the chance of the marked pairs, a value each pair of distributions."""
    chances: Floats = ((first @ ways) * second).sum(axis=1)
    return chances


def _meeting(
    first: _Arm, second: _Arm, pooled_first: int, *, mirrored: bool
) -> Iterator[tuple[slice, slice]]:
    """Yield the tables of both arms that put so many on the first level together.

    Of two that are mirrored the one with fewer of the first arm comes alone.
    """
    most = len(first.starts) - 2
    for own in range(min(most, pooled_first // 2 if mirrored else most) + 1):
        if 0 <= pooled_first - own < len(second.starts) - 1:
            yield first.having(own), second.having(pooled_first - own)


class _Refusal:
    """How far out the form is significant, given each pooled table.

    The pooled tables share the number on the first level. Each has a histogram of the
    form, from the most extreme value inwards, so that a running sum is the p-value: a
    value is significant if it is less deep than the edge of its table.
    """

    def __init__(
        self,
        *,
        sizes: tuple[int, ...],
        n_first: int,
        levels: int,
        level: Fraction,
        sign: int,
    ) -> None:
        self.sizes, self.level, self.sign = sizes, level, sign
        rest = compositions(sum(sizes) - n_first, levels - 1)
        self.pooled = np.column_stack([np.full(len(rest), n_first), rest])
        base = (sum(sizes) + 1) ** np.arange(levels - 2, dtype=np.int64)
        codes = rest[:, :-1] @ base
        order = np.argsort(codes)
        self.pooled, self.codes = self.pooled[order], codes[order]
        self.most = sizes[0] * sizes[1]
        self.width = self.most + 1 if sign == 0 else 2 * self.most + 1
        self._lookup: Ints | None = None
        if self.codes[-1] < _MOST_CODES:
            self._lookup = np.zeros(int(self.codes[-1]) + 1, dtype=np.int32)
            self._lookup[self.codes] = np.arange(len(codes), dtype=np.int64)

    def tables(self, codes: Ints) -> Ints:
        """Return which pooled table each pair of tables makes."""
        if self._lookup is None:
            return np.searchsorted(self.codes, codes).astype(np.int32)
        return self._lookup[codes]

    def depths(self, excess: Floats) -> Ints:
        """Return how many values are further out."""
        if self.sign == 0:
            np.abs(excess, out=excess)
        else:
            excess *= self.sign
        return (self.most - excess).astype(np.int32)

    def edges(self, table: Ints, depth: Ints, weight: Floats) -> Ints:
        """Return the first depth of each pooled table that is not significant."""
        shape = len(self.codes), self.width
        place = table.astype(np.intp) * self.width + depth
        sums = bincount(place, weight, minlength=shape[0] * shape[1])
        tails = sums.reshape(shape)
        np.cumsum(tails, axis=1, out=tails)
        whole = tails[:, -1]
        limit = float(self.level) * whole
        found: Ints = np.count_nonzero(tails <= limit[:, None], axis=1)
        # Sums near the level stand on both sides of the edge; whole numbers decide.
        rows = np.arange(len(found), dtype=np.int64)
        outer = tails[rows, np.maximum(found - 1, 0)]
        inner = tails[rows, np.minimum(found, self.width - 1)]
        gap = np.minimum(np.abs(outer - limit), np.abs(inner - limit))
        for row in np.flatnonzero(gap < _NEAR * whole).tolist():
            found[row] = self._decided_exactly(self.pooled[row].tolist())
        return found

    def _decided_exactly(self, pooled: list[int]) -> int:
        """Return the same for one pooled table, in whole numbers."""
        ways = [0] * self.width
        for own, other, count in _allocations(pooled, self.sizes[0]):
            excess, below = -self.most, 0
            for x, y in zip(own, other, strict=True):
                excess += x * (2 * below + y)
                below += y
            far = abs(excess) if self.sign == 0 else self.sign * excess
            ways[self.most - far] += count
        limit = self.level * comb(sum(pooled), self.sizes[0])
        return sum(tail <= limit for tail in accumulate(ways))


def _allocations(
    pooled: list[int], n: int
) -> Iterator[tuple[tuple[int, ...], tuple[int, ...], int]]:
    """Yield each table of the first arm, that of the second, and its allocations."""
    if len(pooled) == 1:
        if n <= pooled[0]:
            yield (n,), (pooled[0] - n,), comb(pooled[0], n)
        return
    most = pooled[0]
    for own in range(min(most, n) + 1):
        if n - own <= sum(pooled[1:]):
            for xs, ys, count in _allocations(pooled[1:], n - own):
                yield (own, *xs), (most - own, *ys), count * comb(most, own)
