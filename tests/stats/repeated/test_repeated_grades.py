"""Tables of repeated grades and their signed ranks."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given

from iph.errors import InputError
from iph.stats._repeated.repeated_grades import (
    Rows,
    column_sums,
    ratings,
    row_patterns,
    signed_ranks,
    sum_of_squares,
    total,
)
from iph.testing import rating_rows


@given(rows=rating_rows(missing=True))
def test_signed_ranks_count_lower_minus_higher(rows: list[list[int | None]]) -> None:
    """A signed rank is what a naive count over the row gives."""
    found = signed_ranks(ratings(rows, None).values).tolist()
    for row, ranks in zip(rows, found, strict=True):
        seen = [v for v in row if v is not None]
        for value, rank in zip(row, ranks, strict=True):
            if value is None:
                assert rank == 0
            else:
                lower = sum(v < value for v in seen)
                assert rank == lower - sum(v > value for v in seen)


@given(rows=rating_rows())
def test_patterns_hold_all_patients(rows: list[list[int | None]]) -> None:
    """Patterns are sorted rows of signed ranks, counted with their weights."""
    counts = np.arange(len(rows), dtype=np.int64)
    signed = signed_ranks(ratings(rows, None).values)
    found = row_patterns(signed, counts)
    assert sum(found.values()) == counts.sum()
    for row, count in zip(signed.tolist(), counts.tolist(), strict=True):
        assert found[tuple(sorted(row))] >= count


def test_many_visits_are_no_obstacle() -> None:
    """Rows of more visits than a key or a byte can hold are counted as others are."""
    for visits in (5, 20, 200):
        values = np.arange(3.0 * visits).reshape(3, visits)
        signed = signed_ranks(values[:, ::-1])
        pattern = tuple(range(1 - visits, visits, 2))
        assert tuple(signed[0].tolist()) == pattern[::-1]
        counts = np.array([1, 2, 3], dtype=np.int64)
        assert row_patterns(signed, counts) == {pattern: 6}


def test_missing_visits_are_counted() -> None:
    """Patients with a missed visit are apart, by number of cases, not of rows."""
    rows: list[list[float | None]] = [[1, 2], [None, 3], [2, float("nan")], [4, 4]]
    table = ratings(rows, [2, 3, 1, 0])
    assert (table.n_complete, table.n_incomplete, table.visits) == (2, 4, 2)
    values, counts = table.complete()
    assert values.tolist() == [[1.0, 2.0]]
    assert counts.tolist() == [2]


@pytest.mark.parametrize(
    "rows",
    [
        np.array([[1, 2], [3, 4]]),
        np.array([[1.0, 2.0], [3.0, 4.0]]),
        np.array([[1, 2], [3, 4]], dtype=object),
        ((1, 2), (3, 4)),
    ],
)
def test_tables_of_any_kind_are_read(rows: Rows) -> None:
    """Arrays and nested sequences give the same table."""
    assert ratings(rows, None).values.tolist() == [[1.0, 2.0], [3.0, 4.0]]


@pytest.mark.parametrize("kind", [np.float64, np.int64, object])
def test_masked_visits_are_missed(kind: type) -> None:
    """What is hidden under the mask of a table is a missed visit."""
    masked: Any = np.ma.masked_array(
        np.array([[1, 2], [3, 4]], dtype=kind), [[False, False], [True, False]]
    )
    found = ratings(masked, None)
    np.testing.assert_array_equal(found.values, [[1.0, 2.0], [math.nan, 4.0]])
    assert (found.n_complete, found.n_incomplete) == (1, 1)


@pytest.mark.parametrize(
    "table",
    [
        np.array([["2023-02-01", "2023-03-01"]], dtype="datetime64[ns]"),
        np.array([[1, 2]], dtype="timedelta64[ns]"),
        np.array([["3", "4"]]),
        np.array([[True, False]]),
        np.array([[1.0, 2.0j]]),
    ],
)
def test_arrays_of_no_numbers_are_refused(table: npt.NDArray[Any]) -> None:
    """Dates, spans of time, text and yes or no are no grades, in an array either."""
    with pytest.raises(InputError, match=r"rows\[\d\] must be a number or None"):
        ratings(table, None)


def test_sums_do_not_overflow() -> None:
    """Totals beyond 64 bits are exact Python integers, also of negative numbers."""
    large = np.full(5, 2**62, dtype=np.int64)
    assert total(large) == 5 * 2**62
    assert total(-large) == -5 * 2**62
    assert total(large[:0]) == 0
    signed = np.array([[-2, 0, 2]] * 4)
    counts = np.full(4, 2**50)
    assert column_sums(signed, counts) == (-(2**53), 0, 2**53)
    assert sum_of_squares(signed, counts) == 2**55


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], r"rows must be a table with at least one row"),
        ("abc", r"rows must be a table of numbers"),
        (7, r"rows must be a table of numbers"),
        ([[1, 2], [1]], r"rows\[1\] must be as long as rows\[0\] \(2\), got 1"),
        ([[1], [2]], r"rows must be a table with at least 2 columns, got 1"),
        (np.zeros(3), r"rows must be two-dimensional"),
        ([[1, "x"]], r"rows\[0\]\[1\] must be a number or None"),
        ([1, 2], r"rows\[0\] must be a sequence of numbers"),
    ],
)
def test_bad_tables_are_refused(rows: Rows, message: str) -> None:
    """Whatever is no table of numbers is refused with its place."""
    with pytest.raises(InputError, match=message):
        ratings(rows, None)
