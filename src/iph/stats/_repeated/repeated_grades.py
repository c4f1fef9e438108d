"""Repeated grades of the same patients, ranked within each patient.

Every rank test on repeated measures needs, of each patient, nothing but the order of
the visits. The order is kept as *signed ranks*: of each visit, how many other visits
of the same patient were lower minus how many were higher. This is twice the mid-rank
minus (number of visits + 1): a whole number, also under ties, so that sums and sums of
squares are exact.
"""

from collections.abc import Iterable
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import Floats, Ints, case_counts, numbers, on_grid, unmasked
from iph.errors import InputError

Rows = npt.ArrayLike | Iterable[Any]

_MOST_KEYS = 2**62
_ROWS_HINT = "one row a patient, one column a visit, None where a visit was missed"


@attrs.frozen(kw_only=True, eq=False)
class Ratings:
    """The checked table: patients in rows, visits in columns.

    Attributes
    ----------
    values : numpy.ndarray
        The grades, NaN where a visit was missed.
    counts : numpy.ndarray
        How many patients each row stands for.
    whole : numpy.ndarray
        Whether no visit of the row is missing.
    """

    values: Floats
    counts: Ints
    whole: npt.NDArray[np.bool_]

    @property
    def visits(self) -> int:
        """The number of columns."""
        return int(self.values.shape[1])

    @property
    def n_complete(self) -> int:
        """The number of patients seen at every visit."""
        return int(self.counts[self.whole].sum())

    @property
    def n_incomplete(self) -> int:
        """The number of patients with a missed visit."""
        return int(self.counts[~self.whole].sum())

    def complete(self) -> tuple[Floats, Ints]:
        """Return the rows of the patients seen at every visit, and their counts."""
        kept = self.whole & (self.counts > 0)
        return self.values[kept], self.counts[kept]


def ratings(
    rows: Rows, weights: npt.ArrayLike | Iterable[object] | None, *, columns: int = 2
) -> Ratings:
    """Check a table of repeated grades; at least ``columns`` visits are needed."""
    values = on_grid(_matrix(rows))
    if values.shape[1] < columns:
        rule = f"a table with at least {columns} columns"
        raise InputError("rows", rule, values.shape[1], _ROWS_HINT)
    return Ratings(
        values=values,
        counts=case_counts(weights, values.shape[0]),
        whole=np.isnan(values).sum(axis=1) == 0,
    )


def _matrix(rows: Rows) -> Floats:
    rows = unmasked(rows)
    if hasattr(rows, "__array__"):
        array = np.asarray(rows)
        if array.ndim != 2:
            raise InputError("rows", "two-dimensional", array.shape, _ROWS_HINT)
        return numbers(array.reshape(-1), "rows").reshape(array.shape)
    if isinstance(rows, (str, bytes)) or not isinstance(rows, Iterable):
        raise InputError("rows", "a table of numbers", rows, _ROWS_HINT)
    listed = [numbers(row, f"rows[{index}]") for index, row in enumerate(rows)]
    if not listed:
        raise InputError("rows", "a table with at least one row", [], _ROWS_HINT)
    width = listed[0].size
    for index, row in enumerate(listed):
        if row.size != width:
            rule = f"as long as rows[0] ({width})"
            raise InputError(f"rows[{index}]", rule, row.size, _ROWS_HINT)
    return np.stack(listed)


def signed_ranks(values: Floats) -> Ints:
    """Return, of each cell, how many of its row are lower minus how many are higher.

    A missing cell counts as neither and gets 0.
    """
    columns = np.ascontiguousarray(values.T)
    # Bytes and contiguous columns make a million patients ten times faster.
    out = np.zeros(columns.shape, dtype=_smallest(len(columns)))
    for i, one in enumerate(columns):
        for j, other in enumerate(columns[:i]):
            order = (one > other).view(np.int8) - (one < other).view(np.int8)
            out[i] += order
            out[j] -= order
    return out.T.astype(np.int64)


def _smallest(visits: int) -> type[np.signedinteger[Any]]:
    """Return the smallest type that holds the signed ranks of so many visits."""
    return np.int8 if visits <= np.iinfo(np.int8).max else np.int64


def total(products: Ints) -> int:
    """Return the sum of whole numbers as a Python integer, without overflow."""
    # Split in high and low halves: each half-sum stays far below 2**63.
    high, low = products >> 32, products & 0xFFFFFFFF
    return (int(high.sum()) << 32) + int(low.sum())


def column_sums(signed: Ints, counts: Ints) -> tuple[int, ...]:
    """Return the sum of the signed ranks of each visit over all patients."""
    return tuple(total(signed[:, j] * counts) for j in range(signed.shape[1]))


def sum_of_squares(signed: Ints, counts: Ints) -> int:
    """Return the sum of the squared signed ranks over all patients and visits."""
    return total((signed * signed).sum(axis=1) * counts)


def row_patterns(signed: Ints, counts: Ints) -> dict[tuple[int, ...], int]:
    """Count the patients by the sorted signed ranks of their row.

    Two patients with the same pattern of ties have the same permutations, so an exact
    distribution needs only these few patterns.
    """
    rows = np.sort(signed, axis=1)
    k = rows.shape[1]
    base = 2 * k - 1
    if base**k < _MOST_KEYS:  # one whole number a row, its digits from 1 - k to k - 1
        keys = rows @ base ** np.arange(k, dtype=np.int64)
        _, first, which = np.unique(keys, return_index=True, return_inverse=True)
        patterns = rows[first]
    else:
        patterns, which = np.unique(rows, axis=0, return_inverse=True)
    cases = np.zeros(len(patterns), dtype=np.int64)
    np.add.at(cases, which.reshape(-1), counts)
    return dict(zip(map(tuple, patterns.tolist()), cases.tolist(), strict=True))
