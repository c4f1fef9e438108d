"""Columns of grades, and what reads them."""

import math
import sys
from decimal import Decimal
from fractions import Fraction
from subprocess import run
from typing import Any

import numpy as np
import pandas as pd
import pytest

from iph._checks import events, numbers
from iph._labels import coded
from iph.errors import InputError
from iph.scales import pain_severity
from iph.scales._measure import column, is_column, masked_grades, measured

BOUNDS: Any = {"low": 0.5, "high": 10.0, "hint": "is it in mm?"}
MISSING = [
    None,
    math.nan,
    np.float64("nan"),
    pd.NA,
    pd.NaT,
    np.array(math.nan),
    np.ma.masked,
    np.ma.array(3, mask=True),
    Decimal("sNaN"),
]


@pytest.mark.parametrize(
    "value",
    [
        *MISSING,
        0,
        1,
        2.5,
        np.int8(1),
        np.float32(1),
        np.array(1),
        Decimal(1),
        Fraction(1),
    ],
    ids=repr,
)
def test_one_value(value: Any) -> None:
    """A number of any kind is one value, and so is what stands for a missing one."""
    assert is_column(value, "x") is False


@pytest.mark.parametrize(
    "value",
    [[], [1], (1, None), range(2), iter([1]), {1}, np.array([1.0]), pd.Series([1])],
    ids=map(str, range(8)),
)
def test_a_column_of_values(value: Any) -> None:
    """Whatever can be gone through is a column, of one value and of none as well."""
    assert is_column(value, "x") is True


@pytest.mark.parametrize(
    "value",
    ["1", b"1", True, False, np.bool_(True), np.str_("1"), {}, object(), 1j],
    ids=map(str, range(9)),
)
def test_neither(value: Any) -> None:
    """Text, yes/no, mappings and other objects are refused by name."""
    with pytest.raises(InputError, match="x must be a number, None, or a sequence"):
        is_column(value, "x")


@pytest.mark.parametrize("value", MISSING, ids=repr)
def test_a_missing_value(value: Any) -> None:
    """None, NaN and NA are one and the same."""
    assert math.isnan(measured(value, "x", **BOUNDS))


@pytest.mark.parametrize("value", [0.5, 1, np.int8(2), np.array(3.0), Decimal(4), 10])
def test_a_legal_value(value: Any) -> None:
    """A value within the bounds, both bounds included, is that number."""
    number = measured(value, "x", **BOUNDS)
    assert type(number) is float
    assert number == value
    assert column([value], "x", **BOUNDS).tolist() == [number]


@pytest.mark.parametrize(
    "value", [math.nextafter(0.5, 0), math.nextafter(10, 11), math.inf, -math.inf, 0]
)
def test_a_value_out_of_bounds(value: float) -> None:
    """What lies beyond is refused, with the bounds and a hint; a column says where."""
    with pytest.raises(InputError, match=r"x must be a number from 0\.5 to 10") as one:
        measured(value, "x", **BOUNDS)
    assert one.value.hint == "is it in mm?"
    place = r"x\[2\] must be a number from 0\.5 to 10"
    with pytest.raises(InputError, match=place) as several:
        column([1, None, value, 2, -99], "x", **BOUNDS)
    assert several.value.hint == "is it in mm?"


def test_a_column_with_gaps() -> None:
    """What is missing is NaN, in its place, and no value is out of bounds for it."""
    found = column([1, None, math.nan, pd.NA, 10], "x", **BOUNDS)
    np.testing.assert_array_equal(found, [1, math.nan, math.nan, math.nan, 10])
    assert found.dtype == np.float64
    assert column([], "x", **BOUNDS).size == 0


def test_what_was_not_graded_is_masked() -> None:
    """-1 alone is masked, and stays what is found under the mask and in its place."""
    grades = masked_grades(np.array([0, -1, 1, 4]))
    assert grades.tolist() == [0, None, 1, 4]
    assert np.asarray(grades).tolist() == grades.filled().tolist() == [0, -1, 1, 4]
    assert grades.dtype == np.int64


def test_grades_are_read_by_argument_checks() -> None:
    """What is missing in a column of grades is missing to every statistic."""
    grades = pain_severity([0, None, 10])
    np.testing.assert_array_equal(numbers(grades, "x"), [0, np.nan, 3])
    codes, found = coded(grades, "x")
    assert (codes.tolist(), found) == ([0, -1, 1], (0, 3))
    answers = np.ma.MaskedArray([True, True, False], mask=[False, True, False])
    assert events(answers, "x").tolist() == [1, -1, 0]


@pytest.mark.parametrize("module", ["narwhals", "numpy.ma", "scipy", "pandas"])
def test_import_is_cheap(module: str) -> None:
    """Grading loads neither data frames nor masked arrays before they are used."""
    code = f"import sys, iph.scales._cutpoints; sys.exit('{module}' in sys.modules)"
    assert run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603 - our own interpreter


def test_a_number_beyond_every_float_is_out_of_range() -> None:
    """A whole number of 400 digits is refused as any other that is too large."""
    with pytest.raises(InputError, match="got a number of 401 digits"):
        measured(10**400, "x", **BOUNDS)
