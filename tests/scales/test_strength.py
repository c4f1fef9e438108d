"""Muscle strength: the MRC grades and how records write them."""

import math
from typing import Any

import attrs
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.errors import InputError
from iph.scales import MRCGrade, MRCReading, parse_mrc


def test_grades() -> None:
    """The grades are 0 to 5, printed so, and sort from paralysis to normal."""
    assert [int(grade) for grade in MRCGrade] == [0, 1, 2, 3, 4, 5]
    assert [grade.numeral for grade in MRCGrade] == list("012345")
    assert max(MRCGrade) is MRCGrade.NORMAL
    assert all(grade.label and grade.meaning for grade in MRCGrade)


@pytest.mark.parametrize(
    ("text", "grade", "modifier"),
    [
        ("0", 0, ""),
        ("1", 1, ""),
        ("4", 4, ""),
        ("4-", 4, "-"),
        ("4+", 4, "+"),
        ("3+", 3, "+"),
        ("5-", 5, "-"),
        ("2-", 2, "-"),
        ("IV", 4, ""),
        ("iii", 3, ""),
        ("V", 5, ""),
        ("I", 1, ""),
        ("II", 2, ""),
        ("II-", 2, "-"),
        ("4/5", 4, ""),
        ("4+/5", 4, "+"),
        (" IV - / 5 ", 4, "-"),
        ("4\u2212", 4, "-"),
        ("4\u2013", 4, "-"),
        ("4\uff0b\uff0f5", 4, "+"),
        (0, 0, ""),
        (1.0, 1, ""),
        (3, 3, ""),
        (3.0, 3, ""),
        (np.int64(2), 2, ""),
        (MRCGrade.NORMAL, 5, ""),
    ],
    ids=repr,
)
def test_written(text: Any, grade: int, modifier: Any) -> None:
    """A grade is read with its modifier apart, however it is written."""
    assert parse_mrc(text) == MRCReading(grade=MRCGrade(grade), modifier=modifier)


def test_a_modifier_is_given_by_name() -> None:
    """A reading is made by the names of its parts, and has no modifier by itself."""
    assert all(field.kw_only for field in attrs.fields(MRCReading))
    assert MRCReading(grade=MRCGrade.TRACE).modifier == ""


@pytest.mark.parametrize("text", [None, "", "  ", math.nan, pd.NA], ids=repr)
def test_missing(text: Any) -> None:
    """An empty cell is no grade, and no error."""
    assert parse_mrc(text) is None


@given(
    grade=st.sampled_from(MRCGrade),
    modifier=st.sampled_from(["", "+", "-"]),
    tail=st.sampled_from(["", "/5"]),
)
def test_round_trip(grade: MRCGrade, modifier: Any, tail: str) -> None:
    """What is read prints as it was written; what no grade has is refused."""
    written = f"{grade.numeral}{modifier}"
    if modifier and (grade < MRCGrade.GRAVITY_ELIMINATED or written == "5+"):
        with pytest.raises(InputError, match="modified grades are 2-, 2\\+"):
            parse_mrc(written + tail)
    else:
        assert str(parse_mrc(written + tail)) == written


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("0-1", "a range is two grades"),
        ("4-5", "a range is two grades"),
        ("III-IV", "a range is two grades"),
        ("3+ to 4", "a range is two grades"),
        ("4/4", "a range is two grades"),
        ("reduced", "a word is no grade"),
        ("VI", "a word is no grade"),
        ("4.5", ""),
        ("6", ""),
        ("44", ""),
        ("4++", ""),
        (4.5, "half grades do not exist"),
        (6, ""),
        (-1, ""),
        (math.inf, ""),
        (True, ""),
        (["4"], ""),
    ],
    ids=repr,
)
def test_no_grade(text: Any, hint: str) -> None:
    """Ranges, words, half grades and other objects are refused, with what to do."""
    with pytest.raises(InputError, match="strength must be one MRC grade") as caught:
        parse_mrc(text)
    assert hint in caught.value.hint
    assert bool(caught.value.hint) == bool(hint)
