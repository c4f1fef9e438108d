import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.errors import InputError
from iph.stats._survival.survival_table import (
    SurvivalRows,
    SurvivalTable,
    survival_rows,
    survival_table,
)
from iph.testing import survival_data

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


Rows = tuple[list[int], list[bool], list[int]]


def same(a: SurvivalTable, b: SurvivalTable) -> bool:
    """Tell whether two tables hold the same counts."""
    return (
        a.events.tolist() == b.events.tolist()
        and a.censored.tolist() == b.censored.tolist()
        and a.at_risk.tolist() == b.at_risk.tolist()
        and (a.n, a.n_missing) == (b.n, b.n_missing)
    )


def written(day: float) -> float:
    """Return a computed day as the decimal number that a person would write."""
    return round(day, 6)


@given(
    survival_data(groups=3),
    st.sampled_from([1, 0.5, 1000, 0.1, 10**7]),
    st.data(),
)
def test_counts(rows: Rows, unit: float, data: st.DataObject) -> None:
    """Every cell is what counting row by row gives, on any scale of time."""
    time, event, group = rows
    n = len(time)
    computed = [t * unit for t in time]
    days = [written(day) for day in computed]
    cases = [1] * n
    weighted = data.draw(st.booleans())
    if weighted:
        cases = data.draw(st.lists(st.integers(0, 3), min_size=n, max_size=n))
    found = survival_table(
        computed, event, group=group, weights=cases if weighted else None
    )
    times = sorted({t for t, c in zip(days, cases, strict=True) if c})
    assert found.time.tolist() == times
    assert found.groups == tuple(sorted(set(group)))
    assert found.n == sum(cases)
    for (i, g), (j, t) in itertools.product(enumerate(found.groups), enumerate(times)):
        mine = [
            (s, e, c)
            for s, e, h, c in zip(days, event, group, cases, strict=True)
            if h == g
        ]
        assert found.events[i, j] == sum(c for s, e, c in mine if e and s == t)
        assert found.censored[i, j] == sum(c for s, e, c in mine if not e and s == t)
        assert found.at_risk[i, j] == sum(c for s, _, c in mine if s >= t)


@given(survival_data(), st.data())
def test_entry(rows: Rows, data: st.DataObject) -> None:
    """With left truncation a patient is at risk after entry and up to the end."""
    time, event, group = rows
    time = [t + 1 for t in time]
    entry = [data.draw(st.integers(0, t - 1)) for t in time]
    cases = data.draw(
        st.lists(st.integers(1, 3), min_size=len(time), max_size=len(time))
    )
    found = survival_table(time, event, group=group, entry=entry, weights=cases)
    for i, g in enumerate(found.groups):
        for j, t in enumerate(found.time.tolist()):
            assert found.at_risk[i, j] == sum(
                c
                for s, b, h, c in zip(time, entry, group, cases, strict=True)
                if h == g and b < t <= s
            )
    plain = survival_table(time, event, entry=entry)
    assert plain.at_risk[0, 0] == sum(b < min(time) for b in entry)


@pytest.mark.parametrize("dtype", [np.int8, np.int64, np.uint16, np.float32, float])
def test_types(dtype: type) -> None:
    """Any type of whole days, and of yes and no, gives the same table."""
    time, event = np.array([3, 1, 2, 3, 1]), np.array([True, False, True, True, True])
    expected = survival_table(time.tolist(), event.tolist())
    for happened in (event, event.astype(np.int64), event.astype(np.uint8)):
        assert same(survival_table(time.astype(dtype), happened), expected)


def test_many_rows() -> None:
    """Counting in blocks, by days and by sorting, agrees."""
    rng = np.random.default_rng(3)
    n = 200_000
    time, event, group = (
        rng.integers(0, 50, n),
        rng.random(n) < 0.4,
        rng.integers(0, 3, n),
    )
    by_day = survival_table(time, event, group=group)
    by_sorting = survival_table(time * 0.1, event, group=group)
    assert same(by_day, by_sorting)
    assert by_day.at_risk[:, 0].sum() == n
    alone = survival_table((time + 1) * 0.1, event)
    assert alone.events[0].tolist() == by_day.events.sum(axis=0).tolist()
    assert alone.at_risk[0].tolist() == by_day.at_risk.sum(axis=0).tolist()
    np.testing.assert_allclose(by_sorting.time, np.arange(50) * 0.1)
    twice = survival_table((time + 1) * 0.1, event, weights=np.full(n, 2))
    assert (twice.events == 2 * alone.events).all()
    assert (twice.at_risk == 2 * alone.at_risk).all()


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_no_two_times_alike(dtype: type) -> None:
    """Where all times differ each is a row, with one patient less at risk."""
    time: np.ndarray[Any, Any] = np.array([2.5, 0.1, 7.25, 1.5], dtype=dtype)
    found = survival_table(time, [True, False, True, True])
    # Twelve digits of the largest are kept, which a short float has not got.
    expected = sorted(time.astype(np.float64).tolist())
    np.testing.assert_allclose(found.time, expected, rtol=0, atol=1e-11)
    assert found.events.tolist() == [[0, 1, 1, 1]]
    assert found.censored.tolist() == [[1, 0, 0, 0]]
    assert found.at_risk.tolist() == [[4, 3, 2, 1]]


@pytest.mark.parametrize(
    "group",
    [
        np.array([-128, 127, 0, 127], dtype=np.int8),
        np.array([True, False, True, True]),
        np.array([2**63 + 5, 2**63 + 1, 7, 7], dtype=np.uint64),
        np.array([-(10**12), 10**12, 3, 3]),
        np.array([40, 41, 40, 44], dtype=np.uint16),
        np.array(["b", "a", "b", "c"]),
    ],
)
def test_labels(group: np.ndarray[Any, Any]) -> None:
    """Labels of any type are kept as they are, sorted, with their own counts."""
    found = survival_table([1, 2, 3, 4], [True] * 4, group=group)
    listed = group.tolist()
    assert found.groups == tuple(sorted(set(listed)))
    assert [type(label) for label in found.groups] == [type(listed[0])] * len(
        found.groups
    )
    assert found.events.sum(axis=1).tolist() == [
        listed.count(label) for label in found.groups
    ]


@pytest.mark.parametrize("many", [1, 2, 3, 4, 5, 8, 9, 16, 17, 33])
@pytest.mark.parametrize("unit", [1.0, 0.1])
def test_any_number_of_groups(many: int, unit: float) -> None:
    """However many groups there are, each time, event and group is counted as given."""
    rows = [(t, (t * g) % 3 == 0, g) for g in range(many) for t in range(1, 30)]
    time, event, group = zip(*rows, strict=True)
    found = survival_table([t * unit for t in time], event, group=group)
    assert found.time.tolist() == [written(t * unit) for t in range(1, 30)]
    assert found.events.tolist() == [
        [int((t * g) % 3 == 0) for t in range(1, 30)] for g in range(many)
    ]
    assert found.censored.tolist() == (1 - found.events).tolist()
    assert found.at_risk.tolist() == [list(range(29, 0, -1))] * many


def test_wide_times() -> None:
    """Of hundreds of orders of magnitude, twelve digits of the largest are kept."""
    given_times = [0.0, 1e-300, 2.5e280, 1e300, -0.0]
    found = survival_table(given_times, [True, True, True, False, False])
    assert found.time.tolist() == [0.0, 2.5e280, 1e300]
    assert found.events.tolist() == [[2, 1, 0]]
    assert found.at_risk.tolist() == [[5, 2, 1]]


def test_events_before_censorings() -> None:
    """A patient censored on the day of an event was still at risk."""
    found = survival_table([5, 5], [True, False])
    assert found.at_risk.tolist() == [[2]]


def test_missing() -> None:
    """Rows that miss anything are left out and counted with their weight."""
    found = survival_table(
        [1, None, 3, 4], [True, True, None, False], weights=[1, 2, 3, 4]
    )
    assert (found.n, found.n_missing) == (5, 5)
    masked = survival_table(
        np.ma.masked_array([1, 2, 3], mask=[False, True, False]), [True, True, False]
    )
    assert (masked.n, masked.n_missing) == (2, 1)
    late = survival_table([1, 2], [True, True], entry=[0, None])
    assert (late.n, late.n_missing) == (1, 1)


def test_empty() -> None:
    """No patients make an empty table."""
    found = survival_table([], [], group=[])
    assert found.time.size == 0
    assert found.events.shape == (1, 0)
    assert (found.n, found.n_missing) == (0, 0)


def test_messages() -> None:
    """Wrong columns are refused with their place."""
    with pytest.raises(InputError, match=r"time\[1\]"):
        survival_table(np.array([1, -2]), [True, True])
    with pytest.raises(InputError, match="event must be as long as time"):
        survival_table([1, 2], [True])
    with pytest.raises(InputError, match="recode"):
        survival_table([1, 2], np.array([1, 2]))
    with pytest.raises(InputError, match=r"2\*\*53"):
        survival_table([1, 2], [True, True], weights=[2**53, 2**53])
    with pytest.raises(InputError, match="one-dimensional"):
        survival_table(np.ones((2, 2)), [True, True])
