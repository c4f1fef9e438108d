"""Recovery seen only at visits, as counted intervals over cells.

A patient seen at visits is known to have recovered after one day and not after another:
the half-open interval (left, right]. All that the nonparametric estimate needs is which
of the *innermost intervals* (the cells; Peto 1973, Turnbull 1976) the interval of each
patient covers, and these are always neighbors. So patients are counted by their first
and last cell, and every later step works on these counts.
"""

from collections.abc import Iterable
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import Floats, Ints, case_counts, numbers, same_length
from iph.errors import InputError

IntervalEnds = npt.ArrayLike | Iterable[object]


@attrs.frozen(kw_only=True, eq=False)
class IntervalRows:
    """Intervals as given, checked, without the missing ones.

    Attributes
    ----------
    left, right : array
        The ends of (left, right]; equal ends stand for a day that is known exactly.
    counts : array of int
        Number of cases of each row, all above zero.
    kept : array of int
        The position of each row in the data as given.
    n, n_missing : int
        Number of cases with both ends, and without.
    """

    left: Floats
    right: Floats
    counts: Ints
    kept: Ints
    n: int
    n_missing: int


@attrs.frozen(kw_only=True, eq=False)
class Cells:
    """Counted intervals over the innermost intervals.

    Attributes
    ----------
    left, right : array
        The ends of the innermost intervals, in rising order.
    first, last : array of int
        First and last cell of each class of patients; no two classes are the same.
    counts : array of int
        Number of cases of each class.
    of_row : array of int
        The class of each row.
    """

    left: Floats
    right: Floats
    first: Ints
    last: Ints
    counts: Ints
    of_row: Ints


def read_intervals(
    left: IntervalEnds,
    right: IntervalEnds,
    weights: Any = None,
    known: npt.NDArray[np.bool_] | None = None,
) -> IntervalRows:
    """Check interval ends; count the cases in which an end (or `known`) is missing."""
    low = numbers(left, "left", low=0.0)
    high = numbers(right, "right", low=0.0, infinite=True)
    same_length(low.size, high.size, "left", "right")
    counts = case_counts(weights, low.size)
    wrong = low > high
    if wrong.any():
        first = int(np.argmax(wrong))
        raise InputError(
            f"right[{first}]",
            f"at least left[{first}] ({low[first]:g})",
            float(high[first]),
            "give the last day not recovered as left and the first day recovered "
            "as right, math.inf if never seen recovered",
        )
    used = ~(np.isnan(low) | np.isnan(high)) & (counts > 0)
    if known is not None:
        same_length(low.size, known.size, "left", "group")
        used &= known
    n = int(counts[used].sum())
    return IntervalRows(
        left=low[used],
        right=high[used],
        counts=counts[used],
        kept=np.flatnonzero(used),
        n=n,
        n_missing=int(counts.sum()) - n,
    )


def innermost(rows: IntervalRows) -> Cells:
    """Find the innermost intervals and count the patients by the cells they cover.

    On one day, an exactly known day begins first, then intervals end, then half-open
    intervals begin: (1, 3] and (3, 6] do not meet, and day 3 lies in the first alone.
    """
    days, code = np.unique(np.concatenate((rows.left, rows.right)), return_inverse=True)
    size = rows.left.size
    exact = rows.left == rows.right
    begins = 3 * code[:size] + np.where(exact, 0, 2)
    ends = 3 * code[size:] + 1
    # A cell lies where a beginning is followed at once by an end.
    marked = np.zeros(3 * days.size, dtype=np.bool_)
    marked[begins] = marked[ends] = True
    places = np.flatnonzero(marked)
    is_end = places % 3 == 1
    opens = np.flatnonzero(~is_end[:-1] & is_end[1:])
    cell_begin, cell_end = places[opens], places[opens + 1]
    first = np.searchsorted(cell_begin, begins).astype(np.int64, copy=False)
    last = np.searchsorted(cell_end, ends, side="right").astype(np.int64) - 1
    width = max(opens.size, 1)
    keys, of_row = np.unique(first * width + last, return_inverse=True)
    counts = np.zeros(keys.size, dtype=np.int64)
    np.add.at(counts, of_row, rows.counts)
    return Cells(
        left=days[cell_begin // 3],
        right=days[cell_end // 3],
        first=keys // width,
        last=keys % width,
        counts=counts,
        of_row=of_row.astype(np.int64),
    )
