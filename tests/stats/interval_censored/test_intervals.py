"""Interval ends are checked, and patients counted by the innermost intervals."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.errors import InputError
from iph.stats._interval_censored.intervals import innermost, read_intervals
from iph.testing import recovery_intervals


def naive_cells(left: list[float], right: list[float]) -> list[tuple[float, float]]:
    """Pair each beginning with the next end, if no beginning lies between."""
    marks = set()
    for low, high in zip(left, right, strict=True):
        # On one day: exactly known days begin, intervals end, intervals begin.
        marks.add((low, 0 if low == high else 2))
        marks.add((high, 1))
    ordered = sorted(marks)
    return [
        (a[0], b[0]) for a, b in itertools.pairwise(ordered) if a[1] != 1 and b[1] == 1
    ]


def test_half_open_intervals_do_not_meet() -> None:
    """(1, 3] and (3, 6] share no day, so they cover different cells."""
    cells = innermost(read_intervals([1, 3], [3, 6]))
    assert cells.left.tolist() == [1.0, 3.0]
    assert cells.right.tolist() == [3.0, 6.0]
    assert cells.first.tolist() == cells.last.tolist() == [0, 1]


def test_known_day_lies_in_the_interval_that_ends_on_it() -> None:
    """Day 3 lies in (1, 3] and not in (3, 6]."""
    cells = innermost(read_intervals([1, 3, 3], [3, 6, 3]))
    assert list(zip(cells.left, cells.right, strict=True)) == [(3.0, 3.0), (3.0, 6.0)]
    assert cells.first[cells.of_row].tolist() == [0, 1, 0]
    assert cells.last[cells.of_row].tolist() == [0, 1, 0]


@given(recovery_intervals(), st.data())
def test_cells_are_those_of_the_definition(
    data: tuple[list[int], list[float]], draw: st.DataObject
) -> None:
    """Cells, and which of them a patient covers, follow from the definition."""
    left, right = [float(x) for x in data[0]], data[1]
    for index in draw.draw(st.sets(st.integers(0, len(left) - 1))):
        left[index] = right[index] = left[index] + 1.0
    cells = innermost(read_intervals(left, right))
    expected = naive_cells(left, right)
    assert list(zip(cells.left, cells.right, strict=True)) == expected
    for row, (low, high) in enumerate(zip(left, right, strict=True)):
        covered = [
            j
            for j, (a, b) in enumerate(expected)
            if b <= high and (a >= low if low < high else a == b == low)
        ]
        if low < high:  # a cell that is one day belongs to (low, high] only after low
            covered = [j for j in covered if expected[j] != (low, low)]
        kind = cells.of_row[row]
        assert covered == list(range(cells.first[kind], cells.last[kind] + 1))
    assert cells.counts.sum() == len(left)


def test_missing_ends_and_empty_rows_are_left_out_and_counted() -> None:
    """A missing end counts as its cases; a row of no case is not counted at all."""
    rows = read_intervals([0, None, 7, 7], [7, 7, math.nan, math.inf], [2, 3, 4, 0])
    assert (rows.n, rows.n_missing) == (2, 7)
    assert rows.kept.tolist() == [0]


@pytest.mark.parametrize(
    ("left", "right", "message"),
    [
        ([5], [3], r"right\[0\] must be at least left\[0\] \(5\), got 3.0; give the"),
        ([-1], [3], r"left\[0\] must be a finite number from 0 to inf"),
        ([math.inf], [math.inf], r"left\[0\] must be a finite number from 0 to inf"),
        ([0], [-3], r"right\[0\] must be a number from 0 to inf"),
        ([0, 1], [3], r"right must be as long as left \(2\), got 1"),
        ("ab", [3], "left must be a sequence of numbers"),
    ],
)
def test_wrong_ends_are_refused(
    left: list[float], right: list[float], message: str
) -> None:
    """The message names the row and says what the ends must be."""
    with pytest.raises(InputError, match=message):
        read_intervals(left, right)


def test_numpy_columns_are_taken() -> None:
    """Arrays are read like lists."""
    rows = read_intervals(np.array([0, 7]), np.array([7.0, np.inf]))
    assert rows.right.tolist() == [7.0, math.inf]
