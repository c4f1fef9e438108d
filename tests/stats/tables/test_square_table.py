"""Square tables of two ratings."""

from typing import Any

import numpy as np
import pytest

from iph.errors import InputError
from iph.scales import MRCGrade
from iph.stats._tables.square_table import changes, square_table


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
