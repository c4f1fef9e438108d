"""Check the columns of a survival analysis and leave out incomplete rows."""

from collections.abc import Hashable, Iterable
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from iph import _checks
from iph._checks import Floats, Ints
from iph.errors import InputError

Column = npt.ArrayLike | Iterable[object]


@attrs.frozen(kw_only=True, eq=False)
class SurvivalRows:
    """The checked columns, without the rows that miss a value.

    Attributes
    ----------
    time : ndarray
        Times, whole or float.
    event : ndarray
        1 for an event, 0 for a censoring.
    code : ndarray of int, or None
        The number of each row's group.
    groups : tuple
        The labels of the groups in order.
    weights : ndarray of int, or None
        The number of cases of each row; None for one each.
    entry : ndarray of float, or None
        The time from which each row was under observation.
    stratum : ndarray of int, or None
        The number of each row's stratum.
    n : int
        The number of cases.
    n_missing : int
        The number of cases left out because a value was missing.
    """

    time: npt.NDArray[Any]
    event: npt.NDArray[Any]
    code: Ints | None
    groups: tuple[Any, ...]
    weights: Ints | None
    entry: Floats | None
    stratum: Ints | None
    n: int
    n_missing: int

    def select(self, keep: npt.NDArray[Any]) -> "SurvivalRows":
        """Return the rows of a mask; the missing stay counted with the whole."""
        weights = None if self.weights is None else self.weights[keep]
        time = self.time[keep]
        return attrs.evolve(
            self,
            time=time,
            event=self.event[keep],
            code=None if self.code is None else self.code[keep],
            weights=weights,
            entry=None if self.entry is None else self.entry[keep],
            stratum=None if self.stratum is None else self.stratum[keep],
            n=int(time.size if weights is None else weights.sum()),
        )


def survival_rows(
    time: Column,
    event: Column,
    *,
    group: npt.ArrayLike | Iterable[Hashable] | None = None,
    weights: Column | None = None,
    entry: Column | None = None,
    strata: npt.ArrayLike | Iterable[Hashable] | None = None,
) -> SurvivalRows:
    """Check the columns of a survival analysis and leave out incomplete rows."""
    days = _days(time)
    happened = _happened(event)
    n = days.size
    _checks.same_length(n, happened.size, "time", "event")
    missing = np.isnan(days) if days.dtype.kind == "f" else None
    missing = _join(missing, happened)
    code: Ints | None = None
    groups: tuple[Any, ...] = ()
    stratum: Ints | None = None
    began: Floats | None = None
    if group is not None:
        code, groups = _checks.labels(group, "group")
        _checks.same_length(n, code.size, "time", "group")
        missing = _join(missing, code)
    if strata is not None:
        stratum, _ = _checks.labels(strata, "strata")
        _checks.same_length(n, stratum.size, "time", "strata")
        missing = _join(missing, stratum)
    if entry is not None:
        began = _checks.numbers(entry, "entry")
        _checks.same_length(n, began.size, "time", "entry")
        missing = np.isnan(began) if missing is None else missing | np.isnan(began)
        late = began >= days
        if late.any():
            first = int(np.argmax(late))
            raise InputError(
                f"entry[{first}]", f"before time ({days[first]:g})", began[first]
            )
    counts: Ints | None = None
    total = n
    if weights is not None:
        counts = _checks.case_counts(weights, n)
        total = int(counts.sum())
    rows = SurvivalRows(
        time=days,
        event=happened,
        code=code,
        groups=groups,
        weights=counts,
        entry=began,
        stratum=stratum,
        n=total,
        n_missing=0,
    )
    if missing is not None and missing.any():
        rows = rows.select(~missing)
    if rows.weights is not None and not rows.weights.all():
        rows = rows.select(rows.weights > 0)
    return attrs.evolve(rows, n_missing=total - rows.n)


def _days(time: Column) -> npt.NDArray[Any]:
    """Return times, whole ones as they are: a registry is not copied to floats."""
    # The exact type: a masked array is one of numpy's too, and hides missing values.
    if type(time) is np.ndarray and time.dtype.kind in "iu" and time.ndim == 1:
        if time.size and time.min() < 0:
            first = int(np.argmax(time < 0))
            raise InputError(f"time[{first}]", "a finite number from 0", time[first])
        return time
    return _checks.days(time, "time")


def _happened(event: Column) -> npt.NDArray[Any]:
    """Return events as 0, 1, or -1 where missing, in the smallest type at hand."""
    if type(event) is np.ndarray and event.ndim == 1:
        if event.dtype.kind == "b":
            return event.view(np.uint8)
        if event.dtype.kind in "iu" and (
            event.size == 0 or 0 <= event.min() <= event.max() <= 1
        ):
            return event
    return _checks.events(event, "event")


def _join(
    missing: npt.NDArray[np.bool_] | None, codes: npt.NDArray[Any]
) -> npt.NDArray[np.bool_] | None:
    """Add the rows whose code is -1 to the missing ones."""
    if codes.dtype.kind == "u" or codes.size == 0 or codes.min() >= 0:
        return missing
    absent: npt.NDArray[np.bool_] = codes < 0
    return absent if missing is None else missing | absent
