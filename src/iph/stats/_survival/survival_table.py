"""Check the columns; count events, censorings and patients at risk at each time.

Every statistic of time to recovery is computed from this small table, so that a million
patients cost one pass of counting and a weight is the same thing as repeated rows.
"""

from collections.abc import Hashable, Iterable
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from iph import _checks
from iph._checks import Floats, Ints
from iph._labels import coded
from iph._wide import bincount
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
        code, groups = coded(group, "group")
        _checks.same_length(n, code.size, "time", "group")
        missing = _join(missing, code)
    if strata is not None:
        stratum, _ = coded(strata, "strata")
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
    return _checks.on_grid(_checks.days(time, "time"))


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


_BLOCK = 1 << 16  # rows counted at a time: fits the cache, bounds the memory
_ROOM = 1 << 14  # cells that a grid of days may always have


@attrs.frozen(kw_only=True, eq=False)
class SurvivalTable:
    """Counts at each distinct time, one row a group.

    Attributes
    ----------
    time : ndarray of float, shape (m,)
        The distinct times at which a patient had the event or was censored, ascending.
    events : ndarray of int, shape (g, m)
        Events at each time.
    censored : ndarray of int, shape (g, m)
        Censorings at each time; they come after the events of the same time.
    at_risk : ndarray of int, shape (g, m)
        Patients under observation just before each time.
    groups : tuple
        The labels of the groups in order; empty where no group was given (g = 1).
    n : int
        The number of cases in the table.
    n_missing : int
        The number of cases left out because a value was missing.
    """

    time: Floats
    events: Ints
    censored: Ints
    at_risk: Ints
    groups: tuple[Any, ...]
    n: int
    n_missing: int


def survival_table(
    time: Column,
    event: Column,
    *,
    group: npt.ArrayLike | Iterable[Hashable] | None = None,
    weights: Column | None = None,
    entry: Column | None = None,
) -> SurvivalTable:
    """Count events, censorings and patients at risk at each distinct time.

    Parameters
    ----------
    time : array_like of float
        Days under observation, whole or not, 0 or more; None or NaN where missing.
    event : array_like of bool
        Whether the event was seen at that day (False: censored); only yes/no is taken.
    group : array_like, optional
        The group of each patient.
    weights : array_like of int, optional
        How many cases each row stands for.
    entry : array_like of float, optional
        The day from which the patient was under observation (left truncation); must be
        before `time`. A patient is at risk at t when entry < t <= time.

    Returns
    -------
    SurvivalTable
        With `time`, `events`, `censored`, `at_risk`, `groups`, `n`, `n_missing`.
    """
    rows = survival_rows(time, event, group=group, weights=weights, entry=entry)
    return table_of(rows)


def table_of(rows: SurvivalRows) -> SurvivalTable:
    """Count the rows: on the grid of days if times are whole, else by sorting."""
    n_groups = max(len(rows.groups), 1)
    if rows.time.size == 0:
        empty = np.zeros((n_groups, 0), dtype=np.int64)
        times, events, all_cases = np.empty(0), empty, empty
    else:
        counted = _count_on_grid(rows, n_groups)
        if counted is None:
            counted = _count_by_sorting(rows, n_groups)
        times, events, all_cases = counted
    at_risk = np.cumsum(all_cases, axis=1)
    np.subtract(all_cases, at_risk, out=at_risk)
    at_risk += all_cases.sum(axis=1, keepdims=True)
    if rows.entry is not None:
        at_risk -= _not_yet(rows, rows.entry, times, n_groups)
    return SurvivalTable(
        time=times,
        events=events,
        censored=all_cases - events,
        at_risk=at_risk,
        groups=rows.groups,
        n=rows.n,
        n_missing=rows.n_missing,
    )


def _count_on_grid(
    rows: SurvivalRows, n_groups: int
) -> tuple[Floats, Ints, Ints] | None:
    """Count whole days in one pass; None if times are not whole or too spread."""
    time = rows.time
    low, high = int(time.min()), int(time.max())
    span = high - low + 1
    cells = 2 * n_groups * span
    if cells > _ROOM + 4 * time.size:
        return None
    whole = time.dtype.kind != "f"
    counts = np.zeros(cells, dtype=np.int64)
    for start in range(0, time.size, _BLOCK):
        part = slice(start, start + _BLOCK)
        days = time[part]
        key = days.astype(np.int64)
        if not whole and (key != days).any():
            return None
        key -= low
        if rows.code is not None:
            key += rows.code[part] * span
        key *= 2
        key += rows.event[part]
        if rows.weights is None:
            counts += bincount(key, minlength=cells)
        else:
            found = bincount(key, weights=rows.weights[part], minlength=cells)
            counts += found.astype(np.int64)
    by_day = counts.reshape(n_groups, span, 2)
    events = by_day[:, :, 1]
    all_cases = by_day[:, :, 0] + events
    used = np.flatnonzero(all_cases.any(axis=0) if n_groups > 1 else all_cases[0])
    times = (used.astype(np.int64, copy=False) + low).astype(np.float64)
    return times, events[:, used], all_cases[:, used]


def _count_by_sorting(rows: SurvivalRows, n_groups: int) -> tuple[Floats, Ints, Ints]:
    """Count times of any kind: sort once, number the distinct ones."""
    ordered, happened, code, weights = _ordered(rows, n_groups)
    starts = np.empty(ordered.size, dtype=np.bool_)
    starts[0] = True
    np.not_equal(ordered[1:], ordered[:-1], out=starts[1:])
    if code is None and weights is None:
        return _count_runs(ordered, happened, np.flatnonzero(starts))
    times = ordered[starts].astype(np.float64, copy=False)
    key = np.cumsum(starts, dtype=np.int64)
    key -= 1
    m = times.size
    if code is not None:
        key += code * m
    all_cases: npt.NDArray[Any]
    events: npt.NDArray[Any]
    if weights is None:
        all_cases = bincount(key, minlength=n_groups * m)
        events = bincount(key[happened > 0], minlength=n_groups * m)
    else:
        all_cases = bincount(key, weights=weights, minlength=n_groups * m)
        weights *= happened
        events = bincount(key, weights=weights, minlength=n_groups * m)
    shape = (n_groups, m)
    return (
        times,
        events.astype(np.int64, copy=False).reshape(shape),
        all_cases.astype(np.int64, copy=False).reshape(shape),
    )


def _count_runs(
    ordered: npt.NDArray[Any], happened: npt.NDArray[Any], first: Ints
) -> tuple[Floats, Ints, Ints]:
    """Count one group of one case a row: the rows of a time stand together."""
    if first.size == ordered.size:  # no two times alike
        times, all_cases = ordered, np.ones(first.size, dtype=np.int64)
        events = happened.astype(np.int64, copy=False)
    else:
        runs = np.diff(first, append=ordered.size)
        times, all_cases = ordered[first], runs.astype(np.int64, copy=False)
        events = np.add.reduceat(happened, first, dtype=np.int64)
    floats = times.astype(np.float64, copy=False)
    return floats, events.reshape(1, -1), all_cases.reshape(1, -1)


def _ordered(
    rows: SurvivalRows, n_groups: int
) -> tuple[npt.NDArray[Any], npt.NDArray[Any], Ints | None, Floats | None]:
    """Return times, events, groups and weights in the order of time."""
    if rows.weights is None and rows.time.dtype == np.float64:
        # Times from 0 have the order of their bits: with event and group packed below
        # them, one sort of whole numbers does, which is faster than an argsort.
        bits = (rows.time + 0.0).view(np.int64)  # + 0.0: no minus zero
        low, width = int(bits.min()), (2 * n_groups - 1).bit_length()
        if int(bits.max()) - low < 1 << (63 - width):
            bits -= low
            bits <<= width
            bits |= rows.event.astype(np.int64, copy=False)
            if rows.code is not None:
                bits |= rows.code << 1
            bits.sort()
            happened = bits & 1
            code = (bits & ((1 << width) - 1)) >> 1 if rows.code is not None else None
            bits >>= width
            bits += low
            return bits.view(np.float64), happened, code, None
    order = np.argsort(rows.time)
    return (
        rows.time[order],
        rows.event[order],
        None if rows.code is None else rows.code[order],
        None if rows.weights is None else rows.weights[order].astype(np.float64),
    )


def _not_yet(rows: SurvivalRows, entry: Floats, times: Floats, n_groups: int) -> Ints:
    """Return how many patients enter only at or after each time."""
    waiting = np.zeros((n_groups, times.size), dtype=np.int64)
    for index in range(n_groups):
        mine = slice(None) if rows.code is None else rows.code == index
        began = entry[mine]
        order = np.argsort(began)
        cases = (
            np.ones(began.size, np.int64)
            if rows.weights is None
            else (rows.weights[mine][order])
        )
        after = np.concatenate((np.cumsum(cases[::-1])[::-1], [0]))
        waiting[index] = after[np.searchsorted(began[order], times, side="left")]
    return waiting
