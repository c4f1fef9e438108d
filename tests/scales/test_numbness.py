"""Numbness by the BNI scale."""

import pickle
from typing import Any

import pytest

from iph.errors import InputError
from iph.scales import NumbnessGrade


def test_grades() -> None:
    """The four grades are printed I to IV and sort from none to severe."""
    assert [grade.numeral for grade in NumbnessGrade] == ["I", "II", "III", "IV"]
    assert [int(grade) for grade in NumbnessGrade] == [1, 2, 3, 4]
    assert [grade.label for grade in NumbnessGrade] == [
        "none",
        "mild",
        "moderate",
        "severe",
    ]
    assert all(grade.meaning for grade in NumbnessGrade)


def test_crosswalk() -> None:
    """Levels 0 to 3 of Li 2023 are grades I to IV, and back."""
    numerals = [NumbnessGrade.from_li2023(level).numeral for level in range(4)]
    assert numerals == ["I", "II", "III", "IV"]
    for grade in NumbnessGrade:
        assert NumbnessGrade.from_li2023(grade.li2023_level) is grade


@pytest.mark.parametrize("level", [-1, 4, 1.5, "I", None, True])
def test_no_level(level: Any) -> None:
    """A level that the paper does not have is refused."""
    with pytest.raises(InputError, match="level must be a whole number from 0 to 3"):
        NumbnessGrade.from_li2023(level)


def test_pickle() -> None:
    """A grade survives a trip to another process as the same member."""
    assert pickle.loads(pickle.dumps(NumbnessGrade.SEVERE)) is NumbnessGrade.SEVERE  # noqa: S301 - our own bytes
