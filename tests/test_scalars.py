"""A single value of any library: missing or not, and how a message shows it."""

import datetime as dt
import math
from decimal import Decimal
from fractions import Fraction
from pathlib import Path, PureWindowsPath
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph._scalars import is_missing, shown

MISSING: list[Any] = [
    None,
    math.nan,
    np.float64("nan"),
    np.float32("nan"),
    np.array(math.nan),
    np.datetime64("NaT"),
    np.timedelta64("NaT"),
    np.ma.masked,
    np.ma.array(3, mask=True),
    pd.NA,
    pd.NaT,
    Decimal("NaN"),
    Decimal("sNaN"),
]


@pytest.mark.parametrize("value", MISSING, ids=repr)
def test_every_library_has_its_own_missing_value(value: Any) -> None:
    """None, NaN of any type, NA, NaT and a masked value are all "not recorded"."""
    assert is_missing(value)


@pytest.mark.parametrize(
    "value",
    [
        0,
        0.0,
        False,
        "",
        "nan",
        math.inf,
        np.float64(0),
        np.ma.array(0, mask=False)[()],
        np.True_,
        np.datetime64("2020-01-01"),
        Decimal(0),
        Fraction(0),
        dt.date(2020, 1, 1),
        [],
        [math.nan],
        np.array([math.nan]),
        10**400,
    ],
    ids=lambda value: f"{type(value).__name__}-{str(value)[:9]}",
)
def test_nothing_else_is_missing(value: Any) -> None:
    """Zero, no, an empty text and a list are recorded."""
    assert not is_missing(value)


@given(number=st.one_of(st.integers(-(2**63), 2**63 - 1), st.floats(width=64)))
def test_a_numpy_number_reads_like_one_of_python(number: float) -> None:
    """A message shows 2.0, not np.float64(2.0), also inside of lists and pairs."""
    scalar = np.array(number)[()]
    assert shown(scalar) == repr(number)
    assert shown([scalar]) == f"[{number!r}]"
    assert shown((scalar, {"a": scalar})) == f"({number!r}, {{'a': {number!r}}})"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (np.True_, "True"),
        (np.str_("a"), "'a'"),
        (np.longdouble(2), "2.0"),
        (np.datetime64("2020-01-01"), "2020-01-01"),
        (np.ma.masked, "--"),
        (np.array([1, 2]), "array([1, 2])"),
        ({"b", "a"}, "{'a', 'b'}"),
        ([10**5000], "[a number of 5001 digits]"),
        (Path("a.csv"), "'a.csv'"),
        ([PureWindowsPath("a.csv")], "['a.csv']"),
        ("x" * 100, "'" + "x" * 56 + "..."),
    ],
)
def test_a_message_shows_any_value(value: Any, text: str) -> None:
    """A value is shown on one line that is the same on every run."""
    assert shown(value) == text


def test_a_column_is_never_missing() -> None:
    """A column of any library is looked at in no other way than by its kind."""
    for column in (pd.Series(["a"]), pl.Series(["a"]), pa.array([None])):
        assert not is_missing(column)
