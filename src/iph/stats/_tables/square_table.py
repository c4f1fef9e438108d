"""Two ratings of the same patients, as a square table of counts."""

from collections.abc import Hashable, Iterable
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import case_counts, labels, same_length
from iph.errors import InputError
from iph.stats._tables.cross_table import Counts, cross_table

_HINT = "give a square table of counts, or the two ratings of each patient as x and y"


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
        raise InputError("weights", "None with a table", weights, _HINT)
    counts = cross_table(x)
    if len(counts) != len(counts[0]):
        shape = f"{len(counts)} x {len(counts[0])}"
        raise InputError("table", "square", shape, _HINT)
    return SquareTable(
        counts=counts,
        categories=tuple(range(len(counts))),
        n=sum(map(sum, counts)),
        n_missing=0,
    )


def _counted(x: Any, y: Any, weights: Any) -> SquareTable:
    columns = []
    for values, name in ((x, "x"), (y, "y")):
        if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
            raise InputError(name, "a column of ratings", values, _HINT)
        columns.append(list(values))
    n = len(columns[0])
    same_length(n, len(columns[1]), "x", "y")
    codes, categories = labels(columns[0] + columns[1], "x and y")
    first, second = codes[:n], codes[n:]
    cases = case_counts(weights, n)
    known = (first >= 0) & (second >= 0)
    table = np.zeros((len(categories),) * 2, dtype=np.int64)
    np.add.at(table, (first[known], second[known]), cases[known])
    used = int(cases[known].sum())
    return SquareTable(
        counts=tuple(tuple(row) for row in table.tolist()),
        categories=categories,
        n=used,
        n_missing=int(cases.sum()) - used,
    )


def changes(counts: Counts) -> tuple[tuple[int, int], ...]:
    """Return, of each two categories, how many patients moved up and down."""
    k = len(counts)
    return tuple(
        (counts[i][j], counts[j][i]) for i in range(k) for j in range(i + 1, k)
    )
