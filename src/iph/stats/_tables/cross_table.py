"""Cross tables of counts, and two ratings of the same patients as a square one."""

from collections.abc import Hashable, Iterable
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import case_counts, same_length, unmasked, whole
from iph._labels import coded
from iph._options import each
from iph._wide import bincount
from iph.errors import InputError

Table = npt.ArrayLike | Iterable[object]
Counts = tuple[tuple[int, ...], ...]

_MOST_CASES = 10**300  # in a cell; a ratio of sums of more may be beyond all floats
_HINT = "one row a group, one column an outcome: [[a, b], [c, d]]"
_SQUARE_HINT = (
    "give a square table of counts, or the two ratings of each patient as x and y"
)


def cross_table(
    table: Table, *, two_by_two: bool = False, name: str = "table"
) -> Counts:
    """Return the table as rows of whole numbers; refuse anything but counts."""
    rows = _rows(table, name)
    widths = {len(row) for row in rows}
    if len(widths) != 1 or 0 in widths:
        rule = "a table of counts, all rows equally long"
        raise InputError(name, rule, table, _HINT)
    if two_by_two and (len(rows), *widths) != (2, 2):
        shape = f"{len(rows)} x {widths.pop()}"
        raise InputError(name, "a table of 2 x 2 counts", shape, _HINT)
    return tuple(
        tuple(cases_of(cell, f"{name}[{i}][{j}]") for j, cell in enumerate(row))
        for i, row in enumerate(rows)
    )


def cases_of(value: object, name: str) -> int:
    """Check a number of cases: whole, and such that its ratios are floats."""
    found = whole(value, name)
    if found > _MOST_CASES:
        raise InputError(name, "a number of cases of at most 1e300", value)
    return found


def _rows(table: Any, name: str) -> list[list[object]]:
    table = unmasked(table)
    if hasattr(table, "__array__"):
        array = np.asarray(table)
        if array.ndim != 2:
            raise InputError(name, "two-dimensional", array.shape, _HINT)
        nested: list[list[object]] = array.tolist()
        return nested
    rows = each(table, name, "a table of counts", _HINT)
    return [
        each(row, f"{name}[{at}]", "a row of counts", _HINT)
        for at, row in enumerate(rows)
    ]


def without_empty(counts: Counts) -> Counts:
    """Leave out the rows and columns in which nobody was counted."""
    rows = [row for row in counts if any(row)]
    filled = [j for j in range(len(counts[0])) if any(row[j] for row in rows)]
    return tuple(tuple(row[j] for j in filled) for row in rows)


@attrs.frozen(kw_only=True)
class SquareTable:
    """Counts by first rating (rows) and second rating (columns).

    Attributes
    ----------
    counts : tuple of tuple of int
        The square table.
    categories : tuple
        What the rows and columns stand for; positions if a table was given.
    n, n_missing : int
        The patients with both ratings, and without.
    """

    counts: Counts
    categories: tuple[Hashable, ...]
    n: int
    n_missing: int


def square_table(
    x: Any,
    y: npt.ArrayLike | Iterable[Hashable] | None,
    weights: Any,
) -> SquareTable:
    """Return the table given, or count the pairs of two columns of ratings."""
    if y is not None:
        return _counted(x, y, weights)
    if weights is not None:
        raise InputError("weights", "None with a table", weights, _SQUARE_HINT)
    counts = cross_table(x)
    if len(counts) != len(counts[0]):
        shape = f"{len(counts)} x {len(counts[0])}"
        raise InputError("table", "square", shape, _SQUARE_HINT)
    return SquareTable(
        counts=counts,
        categories=tuple(range(len(counts))),
        n=sum(map(sum, counts)),
        n_missing=0,
    )


def _counted(x: Any, y: Any, weights: Any) -> SquareTable:
    first, second = _column(x, "x"), _column(y, "y")
    n = len(first)
    same_length(n, len(second), "x", "y")
    kinds = [v.dtype.kind for v in (first, second) if isinstance(v, np.ndarray)]
    alike = kinds in (["b", "b"], ["i", "i"], ["u", "u"])
    both: Any = np.concatenate([first, second]) if alike else [*first, *second]
    codes, categories = coded(both, "x and y")
    k = len(categories)
    cells = codes[:n] * k
    cells += codes[n:]
    if codes.min(initial=0) < 0:
        cells[(codes[:n] < 0) | (codes[n:] < 0)] = k * k
    # Case counts add up to at most 2**53, so sums of them are exact as floats.
    cases = None if weights is None else case_counts(weights, n)
    table = bincount(cells, cases, minlength=k * k + 1).astype(np.int64, copy=False)
    missing = int(table[-1])
    return SquareTable(
        counts=tuple(tuple(row) for row in table[:-1].reshape(k, k).tolist()),
        categories=categories,
        n=int(table.sum()) - missing,
        n_missing=missing,
    )


def _column(values: Any, name: str) -> Any:
    """Return a column of ratings: an array of one dimension as it is, else a list."""
    rule = "a column of ratings"
    values = unmasked(values)
    if getattr(values, "ndim", 1) == 0:
        raise InputError(name, rule, values, _SQUARE_HINT)
    if hasattr(values, "__array__"):
        array = np.asarray(values)
        if array.ndim == 1 and array.dtype.kind in "biu":
            return array
    return each(values, name, rule, _SQUARE_HINT)


def changes(counts: Counts) -> tuple[tuple[int, int], ...]:
    """Return, of each two categories, how many patients moved up and down."""
    k = len(counts)
    return tuple(
        (counts[i][j], counts[j][i]) for i in range(k) for j in range(i + 1, k)
    )
