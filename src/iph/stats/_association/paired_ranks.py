"""Two variables of the same patients, counted and ranked in whole numbers."""

from collections.abc import Iterable
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import Ints, case_counts, numbers, on_grid, same_length
from iph._wide import bincount, repeat
from iph.stats._inference.definite_order import (
    as_places,
    bounds_apart,
    limits_of,
    scored,
    unordered,
)

_INT64_SAFE = 2**62
_SMALL_TABLE = 10_000  # cells that cost next to nothing


@attrs.frozen(kw_only=True, eq=False)
class PairedRanks:
    """Patients in whom both variables are recorded, by the rank of their values.

    Attributes
    ----------
    x, y : array of int
        Which distinct value a row has, counted from the smallest.
    counts : array of int or None
        How many cases each row stands for; None if each stands for one.
    x_sizes, y_sizes : array of int
        How many cases have each distinct value.
    n : int
        Number of cases with both values.
    n_missing : int
        Number of cases without one of them.
    n_bounds : int
        Number of cases with a value that is known by a bound alone.
    bound_rule : str or None
        How those were ranked, in words; None without bounds.
    """

    x: Ints
    y: Ints
    counts: Ints | None
    x_sizes: Ints
    y_sizes: Ints
    n: int
    n_missing: int
    n_bounds: int = 0
    bound_rule: str | None = None

    @property
    def is_constant(self) -> bool:
        """Whether a variable has fewer than two distinct values."""
        return min(self.x_sizes.size, self.y_sizes.size) < 2

    @property
    def is_tabular(self) -> bool:
        """Whether the table of both variables is not much longer than the rows."""
        cells = self.x_sizes.size * self.y_sizes.size
        return cells <= max(_SMALL_TABLE, 2 * self.x.size)

    def table(self) -> Ints:
        """Return the number of cases of each pair of distinct values."""
        shape = (self.x_sizes.size, self.y_sizes.size)
        cells = self.x * shape[1] + self.y
        if self.counts is None:
            found = bincount(cells, minlength=shape[0] * shape[1]).astype(np.int64)
        else:
            found = np.zeros(shape[0] * shape[1], dtype=np.int64)
            np.add.at(found, cells, self.counts)
        return found.reshape(shape)

    def repeated(self) -> tuple[Ints, Ints]:
        """Return the distinct values of every single case."""
        if self.counts is None:
            return self.x, self.y
        return repeat(self.x, self.counts), repeat(self.y, self.counts)


def read_pairs(
    x: npt.ArrayLike | Iterable[object],
    y: npt.ArrayLike | Iterable[object],
    weights: npt.ArrayLike | Iterable[object] | None,
) -> PairedRanks:
    """Check two columns of the same patients and count what is missing."""
    (first, x_bounds), (second, y_bounds) = _places(x, "x"), _places(y, "y")
    same_length(first.size, second.size, "x", "y")
    counts = None if weights is None else case_counts(weights, first.size)
    kept = ~(np.isnan(first) | np.isnan(second))
    total = first.size
    if counts is not None:
        total = int(counts.sum())
        kept &= counts > 0
        counts = counts[kept]
    x_codes, x_sizes = _codes(first[kept], counts)
    y_codes, y_sizes = _codes(second[kept], counts)
    rules = []
    if x_bounds.any():
        x_codes, x_sizes, rule = _ranked(first[kept], x_codes, x_sizes, "x")
        rules.append(rule)
    if y_bounds.any():
        y_codes, y_sizes, rule = _ranked(second[kept], y_codes, y_sizes, "y")
        rules.append(rule)
    told = (x_bounds | y_bounds)[kept]
    n_bounds = int(told.sum() if counts is None else counts[told].sum())
    n = int(x_sizes.sum())
    return PairedRanks(
        x=x_codes,
        y=y_codes,
        counts=counts,
        x_sizes=x_sizes,
        y_sizes=y_sizes,
        n=n,
        n_missing=total - n,
        n_bounds=n_bounds,
        bound_rule=", ".join(filter(None, rules)) or None,
    )


def _places(
    values: npt.ArrayLike | Iterable[object], name: str
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Return values in order, and which are bounds; with bounds these are places."""
    plain, bounds = bounds_apart(values, name)
    column = numbers(plain, name)
    is_bound = np.zeros(column.size, dtype=bool)
    if not bounds:
        return on_grid(column), is_bound
    is_bound[list(bounds)] = True
    limits = limits_of([bounds])
    together = on_grid(np.concatenate([column, limits]))
    parts = together[: column.size], together[column.size :]
    return as_places([parts[0]], [bounds], parts[1])[0], is_bound


def _ranked(
    places: npt.NDArray[np.float64], codes: Ints, sizes: Ints, name: str
) -> tuple[Ints, Ints, str | None]:
    """Merge the places that tie, in rising order; refuse those without an order."""
    distinct = np.unique(places)
    if not distinct.size:
        return codes, sizes, None
    found = scored(distinct, sizes)
    if not found.is_ranking:
        raise unordered(name)
    levels, level = np.unique(found.scores, return_inverse=True)
    merged = bincount(level, weights=sizes, minlength=levels.size).astype(np.int64)
    rule = None if found.rule is None else f"{name} {found.rule}"
    return level[codes].astype(np.int64), merged, rule


def _codes(values: npt.NDArray[np.float64], counts: Ints | None) -> tuple[Ints, Ints]:
    distinct, codes = np.unique(values, return_inverse=True)
    codes = codes.astype(np.int64)
    if counts is None:
        return codes, bincount(codes, minlength=distinct.size).astype(np.int64)
    sizes = np.zeros(distinct.size, dtype=np.int64)
    np.add.at(sizes, codes, counts)
    return codes, sizes


def centered_scores(sizes: Ints) -> Ints:
    """Return twice the mid-rank minus (n + 1) of each distinct value."""
    through = np.cumsum(sizes)
    n = through[-1] if sizes.size else 0
    found: Ints = 2 * through - sizes - n
    return found


def exact_dot(a: Ints, b: Ints) -> int:
    """Return the sum of products as a Python integer, whatever its size."""
    if a.size == 0:
        return 0
    largest = int(np.abs(a).max()) * int(np.abs(b).max())
    if largest * a.size < _INT64_SAFE:
        return int((a * b).sum())
    if largest < _INT64_SAFE:
        step = max(1, _INT64_SAFE // largest)
        starts = range(0, a.size, step)
        return sum(int((a[s : s + step] * b[s : s + step]).sum()) for s in starts)
    return sum(p * q for p, q in zip(a.tolist(), b.tolist(), strict=True))


def score_product(pairs: PairedRanks) -> int:
    """Return the sum over all cases of the products of both centered scores."""
    a = centered_scores(pairs.x_sizes)[pairs.x]
    b = centered_scores(pairs.y_sizes)[pairs.y]
    if pairs.counts is None:
        return exact_dot(a, b)
    if int(pairs.counts.max(initial=0)) * pairs.n < _INT64_SAFE:
        return exact_dot(a * pairs.counts, b)
    rows = zip(a.tolist(), b.tolist(), pairs.counts.tolist(), strict=True)
    return sum(p * q * c for p, q, c in rows)


def sizes_of_ties(sizes: Ints) -> list[tuple[int, int]]:
    """Return how large the ties are and how many there are of each size."""
    found, many = np.unique(sizes, return_counts=True)
    return list(zip(found.tolist(), many.tolist(), strict=True))


def tied_pairs(sizes: Ints) -> int:
    """Return the number of pairs of cases with the same value."""
    return sum(m * t * (t - 1) // 2 for t, m in sizes_of_ties(sizes))


def concordance_of_each(pairs: PairedRanks) -> tuple[Ints, Ints, Ints, Ints]:
    """Return the concordant minus discordant partners of patients who are alike.

    With them come the places of their values in both variables, and how many they are.
    """
    x, y, cases = _cells(pairs)  # in the order of x, then y
    n = int(cases.sum())
    x_below, y_below = (np.cumsum(s) - s for s in (pairs.x_sizes, pairs.y_sizes))
    lower_x, lower_y = x_below[x], y_below[y]
    same_x_lower_y = np.cumsum(cases) - cases - lower_x
    by_y = np.argsort(y, kind="stable")
    same_y_lower_x = np.empty_like(cases)
    same_y_lower_x[by_y] = np.cumsum(cases[by_y]) - cases[by_y] - lower_y[by_y]
    both_lower = _earlier_and_lower(y, cases) - same_x_lower_y
    discordant = lower_x - same_y_lower_x - both_lower
    discordant += lower_y - same_x_lower_y - both_lower
    tied = pairs.x_sizes[x] + pairs.y_sizes[y] - cases
    return n - tied - 2 * discordant, x, y, cases


def _cells(pairs: PairedRanks) -> tuple[Ints, Ints, Ints]:
    """Return the distinct pairs of values and how many cases have them."""
    if pairs.is_tabular:
        table = pairs.table()
        x, y = (found.astype(np.int64) for found in np.nonzero(table))
        return x, y, table[x, y]
    width = pairs.y_sizes.size
    cells, which = np.unique(pairs.x * width + pairs.y, return_inverse=True)
    cases = np.zeros(cells.size, dtype=np.int64)
    np.add.at(cases, which, 1 if pairs.counts is None else pairs.counts)
    return cells // width, cells % width, cases


def _earlier_and_lower(codes: Ints, cases: Ints) -> Ints:
    """Return how many earlier cases have a strictly lower code, for each code.

    One pass for each binary digit, the highest first: of codes that agree in all higher
    digits, those with a zero are lower than those with a one.
    """
    digits = int(codes.max(initial=0)).bit_length()
    bits = max(digits, int(cases.sum()).bit_length())
    # half as wide numbers are moved in little more than half the time
    narrow = np.dtype(np.int32 if bits < 31 else np.int64)
    codes, cases = codes.astype(narrow), cases.astype(narrow)
    found = np.zeros(codes.size, dtype=narrow)
    order = np.arange(codes.size, dtype=narrow)
    for digit in reversed(range(digits)):
        ones = ((codes >> digit) & 1).astype(bool)
        prefix = codes >> (digit + 1)
        is_first = np.concatenate([[True], prefix[1:] != prefix[:-1]])
        first = np.flatnonzero(is_first)
        block = np.cumsum(is_first, dtype=np.intp) - 1
        behind = np.flatnonzero(ones)
        zeros = np.where(ones, 0, cases)
        before = np.cumsum(zeros, dtype=narrow) - zeros
        found[behind] += before[behind] - before[first][block[behind]]
        # zeros to the front of each block, ones behind them, both in their order
        place = np.argsort(2 * block + ones, kind="stable")
        codes, cases, found, order = (a[place] for a in (codes, cases, found, order))
    in_order = np.empty_like(found)
    in_order[order] = found
    return in_order.astype(np.int64)


def cases_concordance(pairs: PairedRanks, x: Ints, y: Ints) -> int:
    """Return concordant minus discordant pairs of cases with the values of the pairs.

    In O(n log n), by inversions.
    """
    # sorted by both variables, so that a tie in the first counts no inversion
    cells = np.sort(x * pairs.y_sizes.size + y)
    last = np.flatnonzero(np.concatenate([cells[1:] != cells[:-1], [True]]))
    both = np.diff(last, prepend=-1)
    comparable = (
        pairs.n * (pairs.n - 1) // 2
        - tied_pairs(pairs.x_sizes)
        - tied_pairs(pairs.y_sizes)
        + tied_pairs(both)
    )
    return comparable - 2 * inversions(cells % pairs.y_sizes.size)


def table_concordances(tables: Ints, n: int) -> npt.NDArray[Any]:
    """Return concordant minus discordant pairs of many tables, along the first axis."""
    kind = np.dtype(np.int64 if n * n < _INT64_SAFE else object)
    cells: npt.NDArray[Any] = tables.astype(kind)
    above = np.cumsum(cells, axis=1) - cells  # lower in x, same y
    left = np.cumsum(above, axis=2) - above
    right = above.sum(axis=2, keepdims=True) - left - above
    found: npt.NDArray[Any] = (cells * (left - right)).sum(axis=(1, 2))
    return found


def inversions(codes: Ints) -> int:
    """Return the number of pairs in which the earlier code is the larger.

    One pass for each binary digit, the highest first. Codes that agree in all higher
    digits stand together in their first order; a pair is inverted at the digit in which
    it differs first, if the earlier has a one there.
    """
    total = 0
    digits = int(codes.max(initial=0)).bit_length()
    bits = max(digits, codes.size.bit_length())
    # half as wide numbers are moved in little more than half the time
    narrow = np.dtype(np.int32 if bits < 31 else np.int64)
    codes = codes.astype(narrow)
    for digit in reversed(range(digits)):
        ones = (codes >> digit) & 1
        prefix = codes >> (digit + 1)
        is_first = np.concatenate([[True], prefix[1:] != prefix[:-1]])
        first = np.flatnonzero(is_first).astype(narrow)
        block = np.cumsum(is_first, dtype=narrow) - 1
        ones_before = np.cumsum(ones, dtype=narrow) - ones
        ones_before -= ones_before[first][block]
        total += int(ones_before[ones == 0].sum(dtype=np.int64))
        # zeros to the front of each block, ones behind them, both in their order
        place = np.arange(codes.size, dtype=narrow)
        zeros = np.add.reduceat(1 - ones, first.astype(np.intp, copy=False))[block]
        target = np.where(
            ones == 1, first[block] + zeros + ones_before, place - ones_before
        )
        moved = np.empty_like(codes)
        moved[target] = codes
        codes = moved
    return total
