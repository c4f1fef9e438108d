"""Power and size of the exact Mann-Whitney test, over all tables of two arms.

For tables x and y of the arms, twice U minus its mean is bilinear in x and y, and the
chance of x given the pooled table m = x + y is a product of a number of x, one of y and
one of m. So the pairs of tables are handled as matrices, and a histogram of the form
within each m gives the exact p-value of every pair.
"""

from collections.abc import Iterator
from fractions import Fraction
from math import comb, prod

import attrs
import numpy as np

from iph._checks import Floats, Ints
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
            starts=np.searchsorted(tables[:, 0], np.arange(n + 2)),
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
    total = sum(sizes)
    first = _Arm.of(sizes[0], total, [pair[0] for pair in pairs])
    second = _Arm.of(sizes[1], total, [pair[1] for pair in pairs])
    # 2 U - n1 n2, the wins of the first arm, ties one half, is x @ below(y) - n1 n2
    higher = np.cumsum(second.tables, axis=1) * 2 - second.tables
    signs = {"two-sided": 0, "greater": 1, "less": -1}
    found = np.zeros(len(pairs))
    for pooled_first in range(total + 1):
        refused = _Refusal(
            sizes=sizes,
            n_first=pooled_first,
            levels=first.tables.shape[1],
            level=level,
            sign=signs[alternative],
        )
        blocks = []
        for xs, ys in _meeting(first, second, pooled_first):
            excess = first.tables[xs] @ higher[ys].T - sizes[0] * sizes[1]
            codes = first.code[xs][:, None] + second.code[ys][None, :]
            place = refused.places(codes, excess)
            refused.add(place, np.outer(first.weight[xs], second.weight[ys]))
            blocks.append((xs, ys, place))
        refusing = refused.decide()
        for xs, ys, place in blocks:
            mask = refusing[place].astype(float)
            both = np.einsum(
                "da,ab,db->d",
                first.chances[:, xs],
                mask,
                second.chances[:, ys],
                optimize=True,
            )
            found += both
    return [min(1.0, float(one)) for one in found]


def _meeting(
    first: _Arm, second: _Arm, pooled_first: int
) -> Iterator[tuple[slice, slice]]:
    """Yield the tables of both arms that put so many on the first level together."""
    for own in range(len(first.starts) - 1):
        if 0 <= pooled_first - own < len(second.starts) - 1:
            yield first.having(own), second.having(pooled_first - own)


class _Refusal:
    """Which values of the form are significant, given each pooled table.

    The pooled tables share the number on the first level. Their histograms stand one
    after the other, from the most extreme value downwards, so that a running sum is the
    p-value.
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
        self.sums = np.zeros(len(codes) * self.width)
        self._lookup: Ints | None = None
        if self.codes[-1] < _MOST_CODES:
            self._lookup = np.zeros(int(self.codes[-1]) + 1, dtype=np.int64)
            self._lookup[self.codes] = np.arange(len(codes))

    def places(self, codes: Ints, excess: Ints) -> Ints:
        """Return where each pair of tables stands in the histograms."""
        if self._lookup is None:
            table = np.searchsorted(self.codes, codes)
        else:
            table = self._lookup[codes]
        return table * self.width + self._depth(excess)

    def _depth(self, excess: Ints) -> Ints:
        """Return how many values are further out."""
        if self.sign == 0:
            return self.most - np.abs(excess)
        return self.most - self.sign * excess

    def add(self, place: Ints, weight: Floats) -> None:
        """Add the chances of pairs."""
        size = len(self.sums)
        self.sums += np.bincount(place.ravel(), weight.ravel(), minlength=size)

    def decide(self) -> "np.ndarray[tuple[int], np.dtype[np.bool]]":
        """Return, for each place, whether p <= level."""
        tails = np.cumsum(self.sums.reshape(-1, self.width), axis=1)
        p_values = tails / tails[:, -1:]
        level = float(self.level)
        refused = p_values <= level
        near = np.abs(p_values - level) < _NEAR
        for table in np.flatnonzero(near.any(axis=1)).tolist():
            refused[table] = self._decided_exactly(self.pooled[table].tolist())
        return refused.ravel()

    def _decided_exactly(self, pooled: list[int]) -> Ints:
        """Return the same for one pooled table, in whole numbers."""
        ways = [0] * self.width
        for own, other, count in _allocations(pooled, self.sizes[0]):
            excess, below = -self.most, 0
            for x, y in zip(own, other, strict=True):
                excess += x * (2 * below + y)
                below += y
            ways[int(self._depth(np.array(excess)))] += count
        tail, limit, found = 0, self.level * comb(sum(pooled), self.sizes[0]), []
        for count in ways:
            tail += count
            found.append(tail <= limit)
        return np.array(found)


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
