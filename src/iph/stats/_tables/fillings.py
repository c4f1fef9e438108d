"""All ways to fill a column of a table, for many tables at once.

A state is what is left of the row totals. The order of rows does not matter for what
can follow, so states are kept sorted, and those that differ by order alone are one.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from iph._checks import Ints
from iph._wide import repeat

Floats = npt.NDArray[np.float64]


def log_factorials(most: int) -> Floats:
    """Return the logarithms of the factorials from 0 on."""
    return np.array([math.lgamma(number + 1.0) for number in range(most + 1)])


def filled(states: Ints, column: int) -> tuple[Ints, Ints]:
    """Return which state each filling is of, and the cells of the filling.

    Parameters
    ----------
    states : Ints of shape (m, r)
        What is left of the row totals; none sums to less than the column.
    column : int
        The total of the column.

    Returns
    -------
    which : Ints of shape (k,)
        Ascending.
    cells : Ints of shape (k, r)
    """
    m, r = states.shape
    which = np.arange(m, dtype=np.int64)
    left = np.full(m, column, dtype=np.int64)
    room = np.cumsum(states[:, ::-1], axis=1)[:, ::-1]  # in this row and all after it
    parts: list[Ints] = []
    for row in range(r - 1):
        least = np.maximum(left - room[which, row + 1], 0)
        counts = np.minimum(states[which, row], left) - least + 1
        source, offset = _counted(counts)
        taken = least[source] + offset
        left = left[source] - taken
        which = which[source]
        parts = [*(part[source] for part in parts), taken]
    return which, np.column_stack([*parts, left])


def _counted(counts: Ints) -> tuple[Ints, Ints]:
    """Return each place as often as it counts, and a running number within it."""
    source: Ints = repeat(np.arange(counts.size, dtype=np.int64), counts)
    starts = np.cumsum(counts) - counts
    return source, np.arange(source.size, dtype=np.int64) - starts[source]


def number_filled(states: Ints, column: int) -> Floats:
    """Return how many fillings of a column each state has.

    The rows are taken in turn: ways to place so many cases so far, then sums of as many
    neighbors as the row has room for.
    """
    ways = np.zeros((len(states), column + 1))
    ways[:, 0] = 1.0
    for room in states.T:
        summed = np.cumsum(ways, axis=1)
        before = np.arange(column + 1, dtype=np.int64) - room[:, np.newaxis] - 1
        gone = np.take_along_axis(summed, np.maximum(before, 0), axis=1)
        ways = summed - np.where(before < 0, 0.0, gone)
    found: Floats = ways[:, -1]
    return found


def sorted_states(states: Ints) -> tuple[Ints, Any]:
    """Return the different states, sorted within, and which of them each is."""
    ordered = np.sort(states, axis=1)
    base = int(ordered.max(initial=0)) + 1
    if base ** ordered.shape[1] >= 2**62:
        found, which = np.unique(ordered, axis=0, return_inverse=True)
        return found, which.ravel()
    codes = np.zeros(len(ordered), dtype=np.int64)
    for row in range(ordered.shape[1]):
        codes = codes * base + ordered[:, row]
    _, first, which = np.unique(codes, return_index=True, return_inverse=True)
    return ordered[first], which
