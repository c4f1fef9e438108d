"""Counting the columns of a pandas frame: of each column the values are numbered once.

A grouped count would look up the texts of the groups again for every column.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from iph._wide import bincount

_Codes = npt.NDArray[np.int64]

_WHOLE_FLOATS = 2.0**53  # beyond it not every whole number is a float
_ROOM = 1 << 16  # cells that a table of counts may always have


def grouped_counts(
    frame: Any, columns: Iterable[str], by: str | None
) -> Iterator[tuple[str, Iterator[tuple[Any, Any, int]]]]:
    """Yield the name of each column, and its counts by value and group.

    Parameters
    ----------
    frame : pandas.DataFrame
        The frame.
    columns : iterable of str
        What to count.
    by : str or None
        What to group by.

    Yields
    ------
    tuple of str and iterator
        The name, and one triple for each pair that occurs: value, group, count.
    """
    groups = np.zeros(1, dtype=np.int64)
    labels: list[Any] = [None]
    if by is not None:
        groups, labels = _numbered(frame[by])
    for name in columns:
        codes, values = _numbered(frame[name])
        yield name, _cells(codes, values, groups, labels)


def _cells(
    codes: _Codes, values: list[Any], groups: _Codes, labels: list[Any]
) -> Iterator[tuple[Any, Any, int]]:
    width = len(labels)
    keys = codes * width
    keys += groups
    size = len(values) * width
    if size <= _ROOM + 2 * keys.size:
        counts = bincount(keys, minlength=size)
        used = np.flatnonzero(counts)
        counts = counts[used]
    else:
        used, counts = np.unique(keys, return_counts=True)
    for key, count in zip(used.tolist(), counts.tolist(), strict=True):
        value, group = divmod(key, width)
        yield values[value], labels[group], count


def _numbered(column: Any) -> tuple[_Codes, list[Any]]:
    """Return the number of each row's value, and the values; the last is missing."""
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "fiu":
        found = _whole_numbers(column.to_numpy())
        if found is not None:
            return found
    codes, distinct = column.factorize()
    values = [*distinct, None]
    codes = codes.astype(np.int64)
    codes[codes < 0] = len(values) - 1
    return codes, values


def _whole_numbers(array: npt.NDArray[Any]) -> tuple[_Codes, list[Any]] | None:
    """Give whole numbers that lie close the number of their place; None for others."""
    if not array.size:
        return None
    low, high = float(np.fmin.reduce(array)), float(np.fmax.reduce(array))
    short = high - low < _ROOM and max(-low, high) < _WHOLE_FLOATS
    if not short or not low.is_integer():  # NaN is not short
        return None
    start, size = int(low), int(high - low) + 1
    if array.dtype.kind == "f":
        above = array - array.dtype.type(low)
        above[np.isnan(above)] = size
        codes = above.astype(np.int64)
        if not np.array_equal(codes, above):
            return None
    else:
        codes = array.astype(np.int64)
        codes -= start
    return codes, [*range(start, start + size), None]
