"""Cross tables of counts, checked."""

import contextlib
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.errors import InputError, IphError, WorkError
from iph.scales import MRCGrade
from iph.stats import (
    barnard,
    boschloo,
    bowker,
    cochran_mantel_haenszel,
    fisher_exact,
    mcnemar,
    missing_bounds,
    odds_ratio,
    risk_difference,
    risk_ratio,
    stuart_maxwell,
)
from iph.stats._tables.cross_table import (
    changes,
    cross_table,
    square_table,
    without_empty,
)


def test_categories_are_those_of_both_columns() -> None:
    """A category seen on one occasion only has its row and column."""
    found = square_table([1, 2, 2], [2, 2, 5], None)
    assert found.categories == (1, 2, 5)
    assert found.counts == ((0, 1, 0), (0, 1, 1), (0, 0, 0))


def test_grades_are_categories() -> None:
    """Grades of a scale are taken as they are."""
    first, second = list(MRCGrade)[:2]
    found = square_table([first, second], [second, second], [3, 2])
    assert found.categories == (first, second)
    assert found.counts == ((0, 3), (0, 2))


def test_arrays_and_missing_values() -> None:
    """Arrays give the same table as lists; missing ratings are counted by cases."""
    x, y = np.array([1.0, 2.0, np.nan]), np.array([2.0, 1.0, 1.0])
    found = square_table(x, y, [1, 4, 2])
    assert (found.counts, found.n, found.n_missing) == (((0, 1), (4, 0)), 5, 2)
    assert square_table([], [], None).counts == ()


def test_changes_are_pairs() -> None:
    """Of each two categories, moves up and down."""
    assert changes(((9, 1, 2), (3, 9, 4), (5, 6, 9))) == ((1, 3), (2, 5), (4, 6))


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        ("abc", ["a"], "x must be a column of ratings"),
        ([1], 5, "y must be a column of ratings"),
        ([1, 2], [1], r"y must be as long as x \(2\), got 1"),
        ([[1, 2, 3]], None, "table must be square, got '1 x 3'"),
        ([[1, 2], [3]], None, "all rows equally long"),
        ([[1, 2.5], [3, 4]], None, r"table\[0\]\[1\] must be a whole number"),
        ([[1, -2], [3, 4]], None, r"table\[0\]\[1\] must be a whole number"),
    ],
)
def test_anything_else_is_refused(x: Any, y: Any, message: str) -> None:
    """Neither a square table nor two columns: refused with a reason."""
    with pytest.raises(InputError, match=message):
        square_table(x, y, None)


TABLE = [[3, 0, 2], [1, 4, 0]]


@pytest.mark.parametrize(
    "table",
    [
        TABLE,
        tuple(map(tuple, TABLE)),
        (iter(row) for row in TABLE),
        np.array(TABLE),
        np.array(TABLE, dtype=np.float64),
        pd.DataFrame(TABLE, index=["surgery", "conservative"]),
    ],
    ids=["lists", "tuples", "iterators", "array", "floats", "frame"],
)
def test_tables_are_read(table: Any) -> None:
    """However a table is given, its cells are whole numbers, row by row."""
    found = cross_table(table)
    assert found == ((3, 0, 2), (1, 4, 0))
    assert all(type(cell) is int for row in found for cell in row)


@pytest.mark.parametrize("kind", [int, float, object])
def test_masked_counts_are_refused(kind: type) -> None:
    """What is hidden under the mask of a table is no count."""
    table: Any = np.array([[1, 2], [3, 4]], dtype=kind)
    plain: Any = np.ma.masked_array(table, False)
    assert cross_table(plain) == ((1, 2), (3, 4))
    masked: Any = np.ma.masked_array(table, [[False, False], [True, False]])
    with pytest.raises(InputError, match=r"table\[1\]\[0\] must be a whole number"):
        cross_table(masked)


@pytest.mark.parametrize(
    "table",
    [
        [],
        [[]],
        [[], []],
        [[1, 2], [3]],
        "ab",
        ["ab", "cd"],
        [[1], "2"],
        [1, 2],
        5,
        b"1",
    ],
)
def test_other_shapes_are_refused(table: Any) -> None:
    """Nothing, text, single numbers and ragged rows are no tables."""
    with pytest.raises(
        InputError, match=r"table(\[[01]\])? must be a (table|row) of counts"
    ):
        cross_table(table)


@pytest.mark.parametrize("shape", [(), (4,), (2, 2, 1)])
def test_arrays_have_rows_and_columns(shape: tuple[int, ...]) -> None:
    """An array of another number of axes is refused."""
    with pytest.raises(InputError, match="table must be two-dimensional"):
        cross_table(np.ones(shape))


@pytest.mark.parametrize("cell", [-1, 0.5, None, float("nan"), "2", True])
def test_cells_are_counts(cell: Any) -> None:
    """The first cell that is no count is named by its row and column."""
    with pytest.raises(InputError, match=r"table\[1\]\[0\] must be a whole number"):
        cross_table([[1, 2], [cell, 4]])


def test_two_by_two() -> None:
    """Where only four cells have a meaning, others are refused with their shape."""
    assert cross_table([[1, 2], [3, 4]], two_by_two=True) == ((1, 2), (3, 4))
    for table, shape in ((TABLE, "2 x 3"), ([[1, 2]], "1 x 2"), ([[1]] * 2, "2 x 1")):
        with pytest.raises(InputError, match=f"2 x 2 counts, got '{shape}'"):
            cross_table(table, two_by_two=True)


@given(
    table=st.integers(1, 4).flatmap(
        lambda width: st.lists(
            st.lists(st.integers(0, 1), min_size=width, max_size=width),
            min_size=1,
            max_size=4,
        )
    )
)
def test_empty_rows_and_columns_are_left_out(table: list[list[int]]) -> None:
    """What is left has somebody in each row and column, and all who were counted."""
    array = np.array(table)
    kept = array[np.ix_(array.sum(axis=1) > 0, array.sum(axis=0) > 0)]
    found = without_empty(cross_table(table))
    assert found == tuple(tuple(row) for row in kept.tolist())


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=30),
    st.sampled_from(["bool", "int64", "uint8", "float64", "Int64"]),
)
def test_arrays_give_what_lists_give(pairs: list[tuple[int, int]], kind: str) -> None:
    """Columns of any kind are counted as the same values in lists are."""
    x, y = (list(column) for column in zip(*pairs, strict=True))
    if kind == "bool":
        x, y = [bool(v) for v in x], [bool(v) for v in y]
    make = pd.array if kind == "Int64" else np.array
    found = square_table(make(x, dtype=kind), make(y, dtype=kind), None)
    expected = square_table(x, y, None)
    assert found == expected
    mixed = square_table(make(x, dtype=kind), y, None)
    assert mixed.counts == expected.counts


def test_masked_ratings_are_missing() -> None:
    """A masked rating is a missing one."""
    x = np.ma.array([1, 2, 3], mask=[False, True, False])
    found = square_table(x, np.array([1, 2, 2]), None)
    assert (found.n, found.n_missing) == (2, 1)
    assert found == square_table([1, None, 3], [1, 2, 2], None)


def one_stratum(table: Any) -> object:
    """Combine the one table there is."""
    return cochran_mantel_haenszel([table])


def with_missing(table: Any) -> object:
    """Let some be missing."""
    return missing_bounds(table, [1, 2])


ABOUT_TABLES: tuple[Any, ...] = (
    barnard,
    boschloo,
    bowker,
    fisher_exact,
    mcnemar,
    odds_ratio,
    risk_difference,
    risk_ratio,
    stuart_maxwell,
    one_stratum,
    with_missing,
)


@pytest.mark.parametrize("function", ABOUT_TABLES)
@pytest.mark.parametrize("place", [(0, 0), (0, 1), (1, 0), (1, 1)])
def test_counts_beyond_floats_are_refused(
    function: Any, place: tuple[int, int]
) -> None:
    """A count that no float can hold ends in words, one that a float holds well too."""
    for count in (10**300, 10**300 + 1, 10**400, 10**5000):
        table = [[5, 3], [2, 4]]
        table[place[0]][place[1]] = count
        if count > 10**300:
            with pytest.raises(InputError, match="a number of cases of at most 1e300"):
                function(table)
            continue
        with contextlib.suppress(IphError):  # exact in words, or too much work
            function(table)


def test_wider_tables_of_large_counts() -> None:
    """A product of counts that no float can hold is work above every limit."""
    table = [[10**300, 1, 2], [3, 1, 1], [2, 2, 4]]
    assert fisher_exact(table).method != "exact"
    with pytest.raises(WorkError, match="Fisher test"):
        fisher_exact(table, method="exact")


def test_the_missing_are_counted() -> None:
    """How many are missing has the same limit."""
    with pytest.raises(InputError, match=r"missing\[1\] must be a number of cases of"):
        missing_bounds([[5, 3], [2, 4]], [1, 10**400])
