"""Checked columns of a survival analysis, against rows left out one by one."""

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.errors import InputError
from iph.stats._survival.survival_rows import SurvivalRows, survival_rows

COLUMNS = ("time", "event", "group", "entry", "strata", "weights")


def listed(rows: SurvivalRows) -> list[tuple[Any, ...]]:
    """Return what is kept, a tuple a row, None for a column not given."""
    columns = (
        rows.time,
        rows.event,
        rows.code,
        rows.entry,
        rows.stratum,
        rows.weights,
    )
    one_by_one = [
        itertools.repeat(None, rows.time.size) if c is None else c.tolist()
        for c in columns
    ]
    return list(zip(*one_by_one, strict=True))


@st.composite
def patients(draw: st.DrawFn) -> list[tuple[Any, ...]]:
    """Patients of whom anything but the number of cases may be missing."""
    some = st.one_of(st.none(), st.integers(0, 2))
    row = st.tuples(
        st.one_of(st.none(), st.integers(3, 9)),
        st.one_of(st.none(), st.booleans()),
        some,
        some,
        some,
        st.integers(0, 3),
    )
    return draw(st.lists(row, min_size=1, max_size=12))


@given(rows=patients(), used=st.sets(st.sampled_from(COLUMNS[2:])))
def test_incomplete_rows_are_left_out_and_counted(
    rows: list[tuple[Any, ...]], used: set[str]
) -> None:
    """A row counts if nothing of it is missing; labels become their ranks."""
    columns = dict(zip(COLUMNS, map(list, zip(*rows, strict=True)), strict=True))
    used |= set(COLUMNS[:2])
    found = survival_rows(
        columns["time"],
        columns["event"],
        **{name: columns[name] for name in COLUMNS[2:] if name in used},
    )
    codes = {
        name: sorted({x for x in columns[name] if x is not None})
        for name in ("group", "strata")
    }
    expected, lost, kept = [], 0, 0
    for row in rows:
        patient = dict(zip(COLUMNS, row, strict=True))
        cases = patient["weights"] if "weights" in used else 1
        if any(patient[name] is None for name in used):
            lost += cases
        elif cases:
            kept += cases
            for name, labels in codes.items():
                if name in used:
                    patient[name] = labels.index(patient[name])
            expected.append(tuple(patient[c] if c in used else None for c in COLUMNS))
    assert listed(found) == expected
    assert (found.n, found.n_missing) == (kept, lost)
    assert found.groups == (tuple(codes["group"]) if "group" in used else ())


@pytest.mark.parametrize("missing", ["event", "group", "strata", "time", "entry"])
def test_only_the_missing_are_missing(missing: str) -> None:
    """Code 0, which is "no event" or the first label, is not taken for missing."""
    columns: dict[str, list[Any]] = {
        "time": [3, 4, 5, 6],
        "event": [0, 1, 0, 1],
        "group": ["a", "b", "a", "b"],
        "entry": [0, 1, 0, 1],
        "strata": [1, 2, 1, 2],
    }
    columns[missing][3] = None
    found = survival_rows(**columns)
    assert found.time.tolist() == [3, 4, 5]
    assert found.event.tolist() == [0, 1, 0]
    assert found.code is not None
    assert found.code.tolist() == [0, 1, 0]
    assert found.stratum is not None
    assert found.stratum.tolist() == [0, 1, 0]
    assert (found.n, found.n_missing) == (3, 1)


@pytest.mark.parametrize("kind", ["i2", "u1", "i8", "f8"])
@pytest.mark.parametrize("event", [[True, False, True], [1, 0, 1]])
def test_whole_columns_are_not_copied(kind: str, event: list[int]) -> None:
    """Complete columns of a registry are used as they are."""
    days, happened = np.array([1, 7, 0], dtype=kind), np.array(event)
    rows = survival_rows(days, happened)
    assert rows.time is days
    assert np.shares_memory(rows.event, happened)
    assert rows.event.tolist() == [1, 0, 1]
    assert (rows.n, rows.n_missing) == (3, 0)


def test_masked_values_are_missing() -> None:
    """What is hidden under a mask is no value."""
    days = np.ma.masked_array([1, 2, 3], [False, True, False])
    happened = np.ma.masked_array([1, 0, 1], [False, False, True])
    rows = survival_rows(days, happened)
    assert rows.time.tolist() == [1.0]
    assert (rows.n, rows.n_missing) == (1, 2)


@pytest.mark.parametrize("days", [np.array([0, -2]), [0, -2], np.array([0.0, -2.0])])
def test_negative_days_are_refused(days: Any) -> None:
    """Time begins at 0, and the first offender is named."""
    with pytest.raises(InputError, match=r"time\[1\] must be a finite number from 0"):
        survival_rows(days, [1, 1])


def test_events_are_yes_or_no() -> None:
    """Codes 1/2 and -1 are refused, as lists and as arrays."""
    for event in ([1, 2], [1, -1], np.array([1, 2]), np.array([0, -1])):
        with pytest.raises(InputError, match=r"event\[1\] must be True/1"):
            survival_rows([1, 2], event)


@pytest.mark.parametrize("late", [5, 6])
def test_entry_is_before_time(late: int) -> None:
    """Who enters at the end or later was never seen; what is missing is not late."""
    with pytest.raises(InputError, match=r"entry\[1\] must be before time \(5\)"):
        survival_rows([4, 5], [1, 1], entry=[3, late])
    rows = survival_rows([4, None, 5], [1, 1, 1], entry=[None, 9, 4])
    assert (rows.n, rows.n_missing) == (1, 2)


@pytest.mark.parametrize("name", COLUMNS[1:])
def test_columns_are_of_one_length(name: str) -> None:
    """A column too long or too short is refused."""
    for n in (1, 3):
        columns: dict[str, Any] = {"time": [4, 5], "event": [1, 0], name: [1] * n}
        with pytest.raises(InputError, match=f"{name}.* must be"):
            survival_rows(**columns)


def test_empty_columns() -> None:
    """Nobody is nobody, however the columns are given."""
    empty = np.array([], dtype=np.int64)
    for rows in (survival_rows([], []), survival_rows(empty, empty, group=[])):
        assert (rows.time.size, rows.n, rows.n_missing) == (0, 0, 0)


def test_rows_are_compared_as_wholes() -> None:
    """Columns have no single answer to ==: rows equal themselves alone."""
    rows, same = survival_rows([1, 2], [1, 0]), survival_rows([1, 2], [1, 0])
    assert (rows == same) is False
    assert len({rows, same}) == 2


def test_rows_of_no_case_leave_all_columns() -> None:
    """A row that stands for nobody is neither used nor missing."""
    rows = survival_rows(
        [1, 2, math.nan, 4], [1, 0, 1, 0], group=[5, 6, 7, 5], weights=[2, 0, 0, 1]
    )
    assert listed(rows) == [(1.0, 1, 0, None, None, 2), (4.0, 0, 0, None, None, 1)]
    assert (rows.n, rows.n_missing) == (3, 0)
