"""Arguments are checked in one place, in one form."""

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph import _checks
from iph.errors import InputError


@given(st.lists(st.none() | st.floats(-1e6, 1e6) | st.integers(-100, 100)))
def test_numbers_keep_their_values_and_gaps(values: list[float | None]) -> None:
    """Numbers stay what they are; None becomes NaN in its place."""
    found = _checks.numbers(values, "x")
    assert found.dtype == np.float64
    for value, number in zip(values, found, strict=True):
        assert math.isnan(number) if value is None else number == value


@pytest.mark.parametrize(
    "column",
    [
        np.array([1, 2, 3]),
        np.array([1.0, 2.0, 3.0], dtype=np.float32),
        pd.Series([1, 2, 3]),
        pd.array([1, 2, 3], dtype="Int64"),
        (1, 2.0, Fraction(3)),
        iter([1, 2, 3]),
        range(1, 4),
    ],
    ids=["int64", "float32", "Series", "Int64", "tuple", "iterator", "range"],
)
def test_numbers_of_any_library(column: Any) -> None:
    """Any column of numbers is taken."""
    assert _checks.numbers(column, "x").tolist() == [1.0, 2.0, 3.0]


def test_nulls_of_any_library() -> None:
    """The nulls of pandas are missing values."""
    found = _checks.numbers(pd.array([1, None], dtype="Int64"), "x")
    assert math.isnan(found[1])
    codes, names = _checks.labels(pd.Series(["a", None, pd.NA]), "g")
    assert (codes.tolist(), names) == ([0, -1, -1], ("a",))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ("123", "x must be a sequence of numbers"),
        (5, "x must be a sequence of numbers"),
        ([1, "2"], r"x\[1\] must be a number or None"),
        ([True], r"x\[0\] must be a number or None"),
        ([1, math.inf], r"x\[1\] must be a finite number"),
        ([[1, 2], [3, 4]], "x"),
        (np.ones((2, 2)), "x must be one-dimensional"),
    ],
)
def test_numbers_refuse(values: Any, message: str) -> None:
    """Text, yes/no, infinity and tables are refused with their place."""
    with pytest.raises(InputError, match=message):
        _checks.numbers(values, "x")


def test_numbers_within_bounds() -> None:
    """A bound is legal; what is beyond is named with its place."""
    assert _checks.numbers([0, 10], "vas", low=0, high=10).tolist() == [0, 10]
    with pytest.raises(InputError, match=r"vas\[1\] must be a finite number from 0"):
        _checks.numbers([0, 10.5], "vas", low=0, high=10)
    with pytest.raises(InputError, match=r"time\[0\]"):
        _checks.days([-1], "time")


def test_events() -> None:
    """Yes/no and 1/0 are events; None is missing; 1/2 coding is refused."""
    assert _checks.events([True, False, None], "event").tolist() == [1, 0, -1]
    assert _checks.events(np.array([True, False]), "event").tolist() == [1, 0]
    assert _checks.events([1.0, 0, math.nan], "event").tolist() == [1, 0, -1]
    assert _checks.events(np.array([1, 0]), "event").tolist() == [1, 0]
    with pytest.raises(InputError, match="recode it first"):
        _checks.events([1, 2, 1], "event")


def test_labels() -> None:
    """Labels are coded in sorted order; NaN and None are missing."""
    codes, names = _checks.labels(["b", "a", None, math.nan], "group")
    assert (codes.tolist(), names) == ([1, 0, -1, -1], ("a", "b"))
    codes, names = _checks.labels(np.array([3, 1, 3]), "group")
    assert (codes.tolist(), names) == ([1, 0, 1], (1, 3))
    codes, names = _checks.labels([True, False], "group")
    assert names == (False, True)
    _, names = _checks.labels(["a", 1], "group")
    assert set(names) == {"a", 1}
    with pytest.raises(InputError, match="one-dimensional"):
        _checks.labels(np.ones((2, 2)), "group")


def test_case_counts() -> None:
    """Weights are whole numbers of cases; one a row if not given."""
    assert _checks.case_counts(None, 3).tolist() == [1, 1, 1]
    assert _checks.case_counts([2.0, 0], 2).tolist() == [2, 0]
    with pytest.raises(InputError, match="case counts, not sampling weights"):
        _checks.case_counts([0.5], 1)
    with pytest.raises(InputError, match="as long as"):
        _checks.case_counts([1], 2)
    with pytest.raises(InputError, match="weights"):
        _checks.case_counts([-1], 1)


@pytest.mark.parametrize("level", [0.5, 0.95, np.float64(0.99)])
def test_levels(level: float) -> None:
    """A level lies strictly between 0 and 1."""
    assert _checks.level(level) == level


@pytest.mark.parametrize("level", [0, 1, -0.1, math.nan, True, "0.95", None, 950])
def test_levels_refuse(level: Any) -> None:
    """Anything else is refused."""
    with pytest.raises(InputError, match="confidence_level must be"):
        _checks.level(level)


def test_a_level_in_per_cent_is_suspected() -> None:
    """95 was meant to be 0.95."""
    with pytest.raises(InputError, match=r"did you mean 0\.95\?"):
        _checks.level(95)


def test_whole_numbers() -> None:
    """7.0 is whole; 7.9, yes and text are not; bounds are legal."""
    assert _checks.whole(7.0, "k") == 7
    assert _checks.whole(np.int64(3), "k", low=3, high=3) == 3
    wrong: Any
    for wrong in (7.9, True, "7", None, 2, 4):
        with pytest.raises(InputError, match="k must be a whole number from 3 to 3"):
            _checks.whole(wrong, "k", low=3, high=3)


def test_words() -> None:
    """An option is one of the allowed words, which are listed."""
    assert _checks.one_of("a", "x", ("a", "b")) == "a"
    with pytest.raises(InputError, match="x must be one of 'a', 'b', got 'c'"):
        _checks.one_of("c", "x", ("a", "b"))


def test_generators() -> None:
    """A generator is taken, a seed makes one, and nothing is seeded silently."""
    mine = np.random.default_rng(1)
    assert _checks.generator(mine) is mine
    assert _checks.generator(1).random() == np.random.default_rng(1).random()
    wrong: Any
    for wrong in (None, True, 1.5):
        with pytest.raises(InputError, match="rng must be a numpy Generator"):
            _checks.generator(wrong)
