"""Cross tables of counts, checked."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from iph._checks import unmasked, whole
from iph.errors import InputError

Table = npt.ArrayLike | Iterable[object]
Counts = tuple[tuple[int, ...], ...]

_HINT = "one row a group, one column an outcome: [[a, b], [c, d]]"


def cross_table(table: Table, *, two_by_two: bool = False) -> Counts:
    """Return the table as rows of whole numbers; refuse anything but counts."""
    rows = _rows(table)
    widths = {len(row) for row in rows}
    if len(widths) != 1 or 0 in widths:
        rule = "a table of counts, all rows equally long"
        raise InputError("table", rule, table, _HINT)
    if two_by_two and (len(rows), *widths) != (2, 2):
        shape = f"{len(rows)} x {widths.pop()}"
        raise InputError("table", "a table of 2 x 2 counts", shape, _HINT)
    return tuple(
        tuple(whole(cell, f"table[{i}][{j}]") for j, cell in enumerate(row))
        for i, row in enumerate(rows)
    )


def _rows(table: Any) -> list[list[object]]:
    table = unmasked(table)
    if hasattr(table, "__array__"):
        array = np.asarray(table)
        if array.ndim != 2:  # noqa: PLR2004 - rows and columns
            raise InputError("table", "two-dimensional", array.shape, _HINT)
        nested: list[list[object]] = array.tolist()
        return nested
    if isinstance(table, (str, bytes)) or not isinstance(table, Iterable):
        raise InputError("table", "a table of counts", table, _HINT)
    found = []
    for row in table:
        if isinstance(row, (str, bytes)) or not isinstance(row, Iterable):
            raise InputError("table", "a table of counts", table, _HINT)
        found.append(list(row))
    return found


def without_empty(counts: Counts) -> Counts:
    """Leave out the rows and columns in which nobody was counted."""
    rows = [row for row in counts if any(row)]
    filled = [j for j in range(len(counts[0])) if any(row[j] for row in rows)]
    return tuple(tuple(row[j] for j in filled) for row in rows)
