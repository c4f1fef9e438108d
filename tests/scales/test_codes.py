"""Grades that are written as codes: sensory and motor recovery of a nerve."""

import copy
import math
import pickle
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.errors import InputError
from iph.scales import (
    NERVE_MOTOR,
    SENSORY_RECOVERY,
    Codes,
    MRCGrade,
    NerveMotorGrade,
    PainSeverity,
    SensoryRecovery,
)

Evaluate = Callable[[Mapping[str, Sequence[Any]], nw.Expr], list[Any]]
SCALES = (SENSORY_RECOVERY, NERVE_MOTOR)
WRITTEN = ["S0", "S1", "S1+", "S2", "S2+", "S3", "S3+", "S4"]


def test_the_codes_in_their_order() -> None:
    """The sensory grades have eight codes, the motor grades six, in this order."""
    assert [level.numeral for level in SensoryRecovery] == WRITTEN
    assert [level.numeral for level in NerveMotorGrade] == [f"M{i}" for i in range(6)]
    assert SENSORY_RECOVERY.grade(WRITTEN).tolist() == list(range(8))
    assert NERVE_MOTOR.grade(["M0", "M5"]).tolist() == [0, 5]


@pytest.mark.parametrize("scale", SCALES, ids=lambda scale: scale.name)
@given(
    place=st.integers(0, 7),
    blanks=st.tuples(*[st.text(" \t\n\r\x0b\x0c", max_size=2)] * 2),
    small=st.booleans(),
)
def test_reading_is_the_inverse_of_writing(
    scale: Codes[Any], place: int, blanks: tuple[str, str], *, small: bool
) -> None:
    """A numeral is read as its grade, with blanks around it and in small letters."""
    level = scale.levels[place % len(scale.levels)]
    written = level.numeral.lower() if small else level.numeral
    assert scale.grade(f"{blanks[0]}{written}{blanks[1]}") is level
    assert scale.grade(level) is level


@pytest.mark.parametrize("scale", SCALES, ids=lambda scale: scale.name)
@given(text=st.text("SM01234+- ", max_size=4))
def test_nothing_else_is_read(scale: Codes[Any], text: str) -> None:
    """A text is one of the codes, or nothing, or refused."""
    known = {level.numeral: level for level in scale.levels}
    if not text.strip():
        assert scale.grade(text) is None
    elif text.strip() in known:
        assert scale.grade(text) is known[text.strip()]
    else:
        with pytest.raises(InputError, match="must be one of"):
            scale.grade(text)


@pytest.mark.parametrize(
    "value", ["3", 3, "S3-", "S 3", "M3+", True, 3.0, "S3+/S4"], ids=repr
)
def test_messages(value: Any) -> None:
    """A bare digit, a code of another scale and a range are refused, with the place."""
    with pytest.raises(InputError, match=r"sensory_recovery must be one of S0, S1"):
        SENSORY_RECOVERY.grade(value)
    with pytest.raises(InputError, match=r"sensory_recovery\[1\] must be one of S0"):
        SENSORY_RECOVERY.grade(["S0", value])
    with pytest.raises(InputError, match="M3 of a nerve is not grade 3 of a muscle"):
        NERVE_MOTOR.grade(value)


def test_a_grade_of_another_scale_is_no_code() -> None:
    """Not even one whose integer fits."""
    others: tuple[Any, ...] = (MRCGrade(3), SensoryRecovery.S3, PainSeverity.MILD)
    for other in others:
        with pytest.raises(InputError, match="nerve_motor_grade must be one of M0"):
            NERVE_MOTOR.grade(other)


def test_missing() -> None:
    """Nothing written is no grade, in every spelling of nothing."""
    nothing: list[Any] = [None, math.nan, pd.NA, np.nan, "", "  "]
    for value in nothing:
        assert SENSORY_RECOVERY.grade(value) is None
    assert SENSORY_RECOVERY.grade([*nothing, "S1"]).tolist() == [None] * 6 + [1]
    column = pd.Series(["S2+", None, "S4"], dtype="string")
    assert SENSORY_RECOVERY.grade(column).tolist() == [4, None, 7]
    assert SENSORY_RECOVERY.grade([]).tolist() == []


@pytest.mark.parametrize("scale", SCALES, ids=lambda scale: scale.name)
def test_expression(evaluate: Evaluate, scale: Codes[Any]) -> None:
    """Every engine reads every code, and says which texts are none."""
    texts = [level.numeral for level in scale.levels]
    texts += [t.lower() for t in texts]
    legal: list[str | None] = [*texts, f" {texts[2]}\t", None, "", "  "]
    wrong = ["3", "S9", "M9", "S 3", "none"]
    expected = [*map(float, [*map(int, scale.levels)] * 2), 2.0, None, None, None]
    if scale is SENSORY_RECOVERY:
        expected[16] = float(SensoryRecovery.S1_PLUS)
    data = {"code": [*legal, *wrong]}
    assert evaluate(data, scale.expr("code")) == [*expected, *[None] * 5]
    assert evaluate(data, scale.unreadable_expr(nw.col("code"))) == [
        *[0.0] * len(legal),
        *[1.0] * 5,
    ]


@pytest.mark.parametrize("digit", range(6))
def test_a_nerve_cannot_be_compared_with_a_muscle(digit: int) -> None:
    """The same digit, another meaning: comparing the two raises, whichever is first."""
    nerve, muscle = NerveMotorGrade(digit), MRCGrade(digit)
    for a, b in ((nerve, muscle), (muscle, nerve)):
        for compare in ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"):
            with pytest.raises(InputError, match="the same digit means something else"):
                getattr(a, compare)(b)
        with pytest.raises(InputError, match="a grade must be compared with one of"):
            sorted([a, b])
        with pytest.raises(InputError, match="a grade must be compared with one of"):
            _ = a in [b, None]


@pytest.mark.parametrize("kind", [NerveMotorGrade, MRCGrade])
def test_within_a_scale_grades_compare_as_integers(
    kind: type[NerveMotorGrade] | type[MRCGrade],
) -> None:
    """Order, equality and use as a key are those of the integers."""
    for a, b in combinations(kind, 2):
        assert a < b
        assert a <= b
        assert b > a
        assert b >= a
        assert a != b
    for level in kind:
        assert level == int(level) == level
        assert kind(int(level)) is level
        assert {level: 1}[level] == {int(level): 1}[level] == 1
        assert pickle.loads(pickle.dumps(level)) is level  # noqa: S301 - ours
        assert copy.deepcopy(level) is level
        assert level != "3"
        assert level is not None
    assert max(kind) is kind(5)
    assert (np.array([0, 3]) == kind(3)).tolist() == [False, True]
