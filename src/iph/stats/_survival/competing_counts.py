"""How observations ended where events compete, counted at each time."""

from collections.abc import Hashable, Iterable
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import Floats, Ints
from iph._labels import coded
from iph._scalars import is_missing
from iph.errors import InputError
from iph.stats._survival.survival_table import survival_table

_Column = npt.ArrayLike | Iterable[object]
_Labels = npt.ArrayLike | Iterable[Hashable]

_CENSORED, _CAUSE, _OTHER = range(3)


@attrs.frozen(kw_only=True, eq=False)
class CompetingCounts:
    """Counts at each distinct time, one row a part (group within stratum).

    Attributes
    ----------
    time : ndarray of float, shape (m,)
        The distinct times, ascending.
    cause, other, censored, at_risk : ndarray of int, shape (parts, m)
        Events of the cause of interest, of all other causes, censorings after them,
        and patients at risk just before each time.
    n : int
        The number of cases in the counts.
    n_missing : int
        The number of cases left out because a value was missing.
    """

    time: Floats
    cause: Ints
    other: Ints
    censored: Ints
    at_risk: Ints
    n: int
    n_missing: int


def status_codes(status: _Labels, *, cause: Hashable, censored: Hashable) -> Ints:
    """Return 0 for censored, 1 for the cause, 2 for any other, -1 where missing."""
    codes, found = coded(status, "status")
    for name, label in (("cause", cause), ("censored", censored)):
        if getattr(label, "ndim", 0) or (label is not None and is_missing(label)):
            raise InputError(name, "one label of status", label)
    if cause == censored:
        raise InputError("cause", "another label than censored", cause)
    texts = [label for label in found if isinstance(label, str)]
    if texts and censored is not None and censored not in found:
        # Else those without an event would count as having another one.
        words = ", ".join(repr(label) for label in texts[:6])
        raise InputError(
            "censored",
            f"one of the labels in status ({words})",
            censored,
            "censored=None says that nobody is censored",
        )
    meaning = np.full(len(found) + 1, _OTHER, dtype=np.int64)
    meaning[-1] = -1  # the code of a missing label
    for code, label in enumerate(found):
        if label == censored:
            meaning[code] = _CENSORED
        elif label == cause:
            meaning[code] = _CAUSE
    happened = [label for label in found if label != censored]
    if happened and cause not in happened:
        # A mistyped cause would give a curve of zeros without a word.
        words = ", ".join(repr(label) for label in happened[:6])
        raise InputError("cause", f"one of the causes in status ({words})", cause)
    return meaning[codes]


def competing_counts(
    time: _Column,
    codes: Ints,
    *,
    part: Ints | None = None,
    n_parts: int = 1,
    weights: _Column | None = None,
) -> CompetingCounts:
    """Count the three kinds of ends in one pass over the rows.

    Parameters
    ----------
    time : array_like of float
        Days under observation; None or NaN where missing.
    codes : ndarray of int
        0, 1, 2 or -1, from `status_codes`.
    part : ndarray of int, optional
        The number of each row's part, -1 where it is missing.
    n_parts : int
        The number of parts.
    weights : array_like of int, optional
        How many cases each row stands for.
    """
    key = codes if part is None else codes + 3 * part
    missing = codes < 0 if part is None else (codes < 0) | (part < 0)
    present: npt.NDArray[Any] = np.ones(codes.size, dtype=np.bool_)
    if missing.any():
        # The table drops and counts a row whose event is missing.
        present = np.where(missing, np.nan, 1.0)
    table = survival_table(time, present, group=key, weights=weights)
    cells = np.zeros((3 * n_parts, table.time.size), dtype=np.int64)
    for row, label in enumerate(table.groups):
        if label >= 0:
            cells[label] = table.events[row]
    by_part = cells.reshape(n_parts, 3, table.time.size)
    every = by_part.sum(axis=1)
    return CompetingCounts(
        time=table.time,
        cause=by_part[:, _CAUSE],
        other=by_part[:, _OTHER],
        censored=by_part[:, _CENSORED],
        at_risk=np.cumsum(every[:, ::-1], axis=1)[:, ::-1],
        n=table.n,
        n_missing=table.n_missing,
    )


def tie_factor(events: Ints, number: Floats) -> Floats:
    """Return what tied events take off a Poisson variance: (n - d) / (n - 1)."""
    tied = (events > 1) & (number != 1.0)
    return np.where(tied, 1.0 - (events - 1) / np.where(tied, number - 1.0, 1.0), 1.0)
