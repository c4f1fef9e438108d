"""Anemia by the limits for sex, age and pregnancy."""

import enum
import functools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs
import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from iph.errors import InputError
from iph.scales import (
    ANEMIA_RULES,
    AnemiaGrade,
    Pregnancy,
    anemia_expr,
    anemia_grade,
)

Evaluate = Callable[[Mapping[str, Sequence[Any]], nw.Expr], list[Any]]

NOT = Pregnancy.NOT_PREGNANT


class Sex(enum.Enum):
    """An enumeration whose values are the words that are understood."""

    FEMALE = "female"
    MALE = "male"
    UNKNOWN = "unknown"


# Sex, age, pregnancy, and the first hemoglobin of moderate, mild and no anemia.
WHO = [
    (None, 0.5, NOT, (70, 95, 105)),
    (None, 1.99, None, (70, 95, 105)),
    (None, 2, None, (70, 100, 110)),
    ("male", 4.9, None, (70, 100, 110)),
    ("female", 5, None, (80, 110, 115)),
    (None, 11.9, None, (80, 110, 115)),
    (None, 12, NOT, (80, 110, 120)),
    ("male", 14.9, None, (80, 110, 120)),
    ("female", 15, NOT, (80, 110, 120)),
    ("female", 50, None, (80, 110, 120)),
    ("female", 80, NOT, (80, 110, 120)),
    ("male", 15, None, (80, 110, 130)),
    ("male", 90, NOT, (80, 110, 130)),
    ("female", 30, Pregnancy.TRIMESTER_1, (70, 100, 110)),
    ("female", 30, Pregnancy.TRIMESTER_2, (70, 95, 105)),
    ("female", 30, Pregnancy.TRIMESTER_3, (70, 100, 110)),
    (None, 14, Pregnancy.TRIMESTER_3, (70, 100, 110)),
]


@pytest.mark.parametrize(
    ("sex", "age", "pregnancy", "limits"), WHO, ids=[str(row[:3]) for row in WHO]
)
def test_who(
    sex: str | None, age: float, pregnancy: Pregnancy | None, limits: tuple[float, ...]
) -> None:
    """Every group of the WHO has its limits; a limit itself is the better grade."""
    known: Any = {"sex": sex, "age_years": age, "pregnancy": pregnancy}
    better = (AnemiaGrade.MODERATE, AnemiaGrade.MILD, AnemiaGrade.NONE)
    for limit, grade in zip(limits, better, strict=True):
        assert anemia_grade(limit, **known) is grade
        below = anemia_grade(math.nextafter(limit, 0), **known)
        assert below is AnemiaGrade(grade + 1)


@pytest.mark.parametrize(
    ("sex", "pregnancy", "limit"),
    [
        ("male", None, 120),
        ("female", NOT, 110),
        ("female", Pregnancy.TRIMESTER_2, 100),
    ],
    ids=["men", "women", "pregnant"],
)
def test_china(sex: str, pregnancy: Pregnancy | None, limit: float) -> None:
    """The Chinese rule has one limit per group and the same classes in all."""
    known: Any = {"sex": sex, "age_years": 40, "pregnancy": pregnancy, "rule": "china"}
    better = reversed(list(AnemiaGrade)[:-1])
    for at, grade in zip((30, 60, 90, limit), better, strict=True):
        assert anemia_grade(at, **known) is grade
        assert anemia_grade(math.nextafter(at, 0), **known) is AnemiaGrade(grade + 1)


def test_rules_differ() -> None:
    """The same man is anemic by one rule and not by the other."""
    assert anemia_grade(125, sex="male", age_years=48) is AnemiaGrade.MILD
    chinese = anemia_grade(125, sex="male", age_years=48, rule="china")
    assert chinese is AnemiaGrade.NONE


def test_unknown_is_not_guessed() -> None:
    """An unknown sex, age or pregnancy is answered only where it does not matter."""
    known: Any = {"sex": None, "age_years": 60}
    assert anemia_grade(140, **known) is AnemiaGrade.NONE
    assert anemia_grade(125, **known) is None
    assert anemia_grade(115, **known) is AnemiaGrade.MILD
    woman: Any = {"sex": "female", "age_years": 30}
    assert anemia_grade(125, **woman) is AnemiaGrade.NONE
    assert anemia_grade(115, **woman) is None
    assert anemia_grade(115, **woman, pregnancy=NOT) is AnemiaGrade.MILD
    assert anemia_grade(60, **woman) is AnemiaGrade.SEVERE
    no_age: Any = {"sex": "male", "age_years": None}
    assert anemia_grade(140, **no_age) is AnemiaGrade.NONE
    assert anemia_grade(75, **no_age) is None


@pytest.mark.parametrize(
    ("age", "grade"),
    [
        (math.nextafter(15, 0), AnemiaGrade.MILD),
        (15, None),
        (math.nextafter(50, 0), None),
        (50, AnemiaGrade.MILD),
    ],
)
def test_years_in_which_a_woman_may_be_pregnant(
    age: float, grade: AnemiaGrade | None
) -> None:
    """From 15 and below 50, 115 g/L hangs on a pregnancy that is not recorded."""
    assert anemia_grade(115, sex="female", age_years=age) is grade
    assert anemia_grade([115], sex="female", age_years=age).tolist() == [grade]


@pytest.mark.parametrize("rule", sorted(ANEMIA_RULES))
@pytest.mark.parametrize("state", [Pregnancy.TRIMESTER_1, Pregnancy.TRIMESTER_2])
def test_ages_of_pregnancy(rule: str, state: Pregnancy) -> None:
    """A pregnancy is graded from 10 and below 60 years."""
    known: Any = {"sex": "female", "pregnancy": state, "rule": rule}
    for age in (10, math.nextafter(60, 0)):
        assert anemia_grade(130, age_years=age, **known) is AnemiaGrade.NONE
    for age in (math.nextafter(10, 0), 60):
        assert anemia_grade(130, age_years=age, **known) is None


@pytest.mark.parametrize("sex", ["male", "female"])
@pytest.mark.parametrize(("rule", "first"), [("who2024-2011", 0.5), ("china", 15)])
def test_first_age_of_a_rule(rule: str, first: float, sex: str) -> None:
    """The first and the last age with limits are graded, the ages before are not."""
    known: Any = {"sex": sex, "rule": rule}
    if sex == "female":
        known["pregnancy"] = Pregnancy.NOT_PREGNANT
    assert anemia_grade(140, age_years=first, **known) is AnemiaGrade.NONE
    assert anemia_grade(140, age_years=120, **known) is AnemiaGrade.NONE
    assert anemia_grade(140, age_years=math.nextafter(first, 0), **known) is None


@pytest.mark.parametrize("sex", ["male", "female"])
def test_who_2024_ends_at_65(sex: str) -> None:
    """Age 65 has limits, 66 has none, unless those of 2011 are named with the rule."""
    limit = 130 if sex == "male" else 120
    below: Any = {"hemoglobin_g_l": limit - 2, "sex": sex}
    for age, grade in ((65, AnemiaGrade.MILD), (66, None), (80, None)):
        assert anemia_grade(**below, age_years=age, rule="who2024") is grade
    for age in (65, 66, 80):
        assert anemia_grade(**below, age_years=age) is AnemiaGrade.MILD
    assert "2011" in ANEMIA_RULES["who2024-2011"].note
    assert "65" in ANEMIA_RULES["who2024"].note


def test_range_of_hemoglobin() -> None:
    """20 and 250 g/L are legal, the numbers beyond are not; nor are ages below 0."""
    man: Any = {"sex": "male", "age_years": 48}
    assert anemia_grade(20, **man) is AnemiaGrade.SEVERE
    assert anemia_grade(250, **man) is AnemiaGrade.NONE
    for beyond in (math.nextafter(20, 0), math.nextafter(250, 999)):
        with pytest.raises(InputError, match="hemoglobin_g_l must be a number from 20"):
            anemia_grade(beyond, **man)
    assert anemia_grade(140, sex="male", age_years=0) is None
    for age in (-1e-9, math.nextafter(120, 121)):
        with pytest.raises(InputError, match="age_years must be a number from 0 to"):
            anemia_grade(140, sex="male", age_years=age)


def test_without_limits() -> None:
    """The youngest cannot be assessed, nor anybody without a hemoglobin."""
    assert anemia_grade(100, sex="male", age_years=0.4) is None
    assert anemia_grade(100, sex="male", age_years=14, rule="china") is None
    assert anemia_grade(None, sex="male", age_years=48) is None
    late = anemia_grade(
        100, sex="female", age_years=70, pregnancy=Pregnancy.TRIMESTER_1
    )
    assert late is None


SEXES = st.sampled_from(["female", "male", None])
AGES = st.floats(0, 120) | st.none()
STATES = st.sampled_from([*Pregnancy, None])
HEMOGLOBINS = st.floats(20, 250) | st.none()


@st.composite
def people(draw: st.DrawFn) -> tuple[Any, Any, Any, Any]:
    """Return hemoglobin, sex, age and pregnancy without contradiction."""
    sex = draw(SEXES)
    state = draw(st.sampled_from([NOT, None]) if sex == "male" else STATES)
    return draw(HEMOGLOBINS), sex, draw(AGES), state


@given(rows=st.lists(people(), max_size=6), rule=st.sampled_from(sorted(ANEMIA_RULES)))
def test_column_equals_values(rows: list[tuple[Any, ...]], rule: str) -> None:
    """A column is graded as its people are one by one."""
    hb, sex, age, state = (
        [list(column) for column in zip(*rows, strict=True)] if rows else [[]] * 4
    )
    grades = anemia_grade(hb, sex=sex, age_years=age, pregnancy=state, rule=rule)
    assert grades.tolist() == [
        anemia_grade(h, sex=s, age_years=a, pregnancy=p, rule=rule)
        for h, s, a, p in rows
    ]


@given(person=people())
def test_knowing_more_never_changes_an_answer(person: tuple[Any, ...]) -> None:
    """What is answered without the sex or pregnancy is answered the same with them.

    Below 15 and from 50 years nobody is taken for pregnant, unless it is stated.
    """
    hb, sex, age, state = person
    assume(state in {None, Pregnancy.NOT_PREGNANT} or age is None or 15 <= age < 50)
    full = anemia_grade(hb, sex=sex, age_years=age, pregnancy=state)
    less = anemia_grade(hb, sex=None, age_years=age, pregnancy=None)
    if less is not None and full is not None:
        assert full is less


def test_stated_pregnancy_counts_at_any_age() -> None:
    """At ten years nobody is taken for pregnant, but who is has the limits of that."""
    grade = functools.partial(anemia_grade, 100, sex="female", age_years=10)
    assert grade(pregnancy=Pregnancy.TRIMESTER_1) is AnemiaGrade.MILD
    assert grade() is AnemiaGrade.MODERATE


@pytest.mark.parametrize("rule", sorted(ANEMIA_RULES))
def test_expression(evaluate: Evaluate, rule: str) -> None:
    """An expression grades as the function does, with every kind of unknown."""
    hb: list[float | None] = [140.0, 125.0, 115.0, 102.0, 96.0, 75.0, 25.0, None]
    rows = [
        (h, sex, age, state)
        for h in hb
        for sex in ("female", "male", None)
        for age in (0.3, 1.0, 13.0, 30.0, 70.0, None, math.nan)
        for state in (None, "not_pregnant", "trimester_2")
        if not (sex == "male" and state == "trimester_2")
    ]
    columns = [list(column) for column in zip(*rows, strict=True)]
    data = dict(zip(("hb", "sex", "age", "state"), columns, strict=True))
    expected = [
        anemia_grade(h, sex=s, age_years=a, pregnancy=p, rule=rule)
        for h, s, a, p in rows
    ]
    expression = anemia_expr(
        "hb", sex="sex", age_years="age", pregnancy="state", rule=rule
    )
    assert evaluate(data, expression) == expected


@pytest.mark.parametrize("rule", sorted(ANEMIA_RULES))
def test_ages_of_an_expression(rule: str) -> None:
    """At each age where a group begins or ends, and next to it, both say the same."""
    ends = (0.5, 2, 5, 12, 15, 10, 50, 60, 120)
    ages = [0.0, *ends, *(math.nextafter(age, 0) for age in ends)]
    rows = [
        (h, sex, age, state)
        for h in (72.0, 97.0, 105.0, 112.0, 117.0, 125.0)
        for sex, state in (
            ("female", None),
            ("female", "trimester_1"),
            ("male", "not_pregnant"),
        )
        for age in ages
    ]
    hb, sex, age, state = (list(column) for column in zip(*rows, strict=True))
    grades = anemia_grade(hb, sex=sex, age_years=age, pregnancy=state, rule=rule)
    expression = anemia_expr(
        "hb", sex="sex", age_years="age", pregnancy="state", rule=rule
    )
    data = {"hb": hb, "sex": sex, "age": age, "state": state}
    frame = nw.from_native(pl.DataFrame(data))
    assert frame.select(grade=expression)["grade"].to_list() == grades.tolist()


@pytest.mark.parametrize("state", [None, NOT, Pregnancy.TRIMESTER_2], ids=str)
def test_one_state_for_all_rows(evaluate: Evaluate, state: Pregnancy | None) -> None:
    """A pregnancy that is the same for all, or not recorded, needs no column."""
    sex: list[str | None] = ["female", "female", None, "other"]
    hb, age = [108.0, 115.0, 125.0, 140.0], [30, 60, 30, 30]
    expected = [
        anemia_grade(h, sex=s, age_years=a, pregnancy=state)
        for h, s, a in zip(hb, sex, age, strict=True)
    ]
    expression = anemia_expr(
        nw.col("hb"), sex=nw.col("sex"), age_years=nw.col("age"), pregnancy=state
    )
    data: dict[str, list[Any]] = {"hb": hb, "sex": sex, "age": age}
    assert evaluate(data, expression) == expected


def test_expression_out_of_range(evaluate: Evaluate) -> None:
    """Impossible values, and a pregnant man, are not assessable in an expression."""
    data: dict[str, list[Any]] = {
        "hb": [13.0, 130.0, 130.0, 130.0, 140.0],
        "sex": ["male"] * 5,
        "age": [48.0, 130.0, -1.0, 48.0, 48.0],
        "state": ["not_pregnant", None, None, "trimester_1", None],
    }
    expression = anemia_expr("hb", sex="sex", age_years="age", pregnancy="state")
    assert evaluate(data, expression) == [None, None, None, None, 0]


def test_kinds_of_words() -> None:
    """Members and words are one; missing and other sexes are unknown."""
    for sex in (Sex.MALE, "male"):
        assert anemia_grade(125, sex=sex, age_years=48) is AnemiaGrade.MILD
    empty: list[Any] = [None, "", math.nan, pd.NA]
    for unknown in (Sex.UNKNOWN, "other", *empty):
        assert anemia_grade(125, sex=unknown, age_years=48) is None
    woman: Any = {"sex": Sex.FEMALE, "age_years": 30}
    for state in (NOT, "not_pregnant"):
        assert anemia_grade(115, **woman, pregnancy=state) is AnemiaGrade.MILD
    for unknown in empty:
        assert anemia_grade(115, **woman, pregnancy=unknown) is None
    sexes = np.array(["male", "female"])
    mixed = anemia_grade([125, 125], sex=sexes, age_years=np.array([48, 60]))
    assert mixed.tolist() == [1, 0]
    assert anemia_grade([125], sex=np.array("male"), age_years=48).tolist() == [1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"hemoglobin_g_l": 13.0}, "hemoglobin_g_l must be .* g/dL. multiply by 10"),
        ({"hemoglobin_g_l": [130, 13.0]}, r"hemoglobin_g_l\[1\] must be a number"),
        ({"sex": "F"}, "sex must be 'female', 'male', or None where unknown, got 'F'"),
        ({"sex": 1}, "sex must be 'female', 'male'"),
        ({"age_years": 130}, "age_years must be a number from 0 to 120"),
        ({"pregnancy": "yes"}, "pregnancy must be one of 'not_pregnant', 'trimester"),
        ({"pregnancy": Pregnancy.TRIMESTER_1}, "pregnancy must be None or not_pregn"),
        ({"rule": "who"}, "rule must be one of 'who2024-2011', 'who2024', 'china'"),
        ({"sex": ["male", "male"]}, "sex must be one value or as long as hemoglobin"),
        ({"age_years": [1, 2]}, "age_years must be one value or as long"),
        ({"pregnancy": [None, None]}, "pregnancy must be one value or as long"),
    ],
    ids=str,
)
def test_messages(change: dict[str, Any], message: str) -> None:
    """Every illegal argument is named with what it must be."""
    arguments = {"hemoglobin_g_l": 130, "sex": "male", "age_years": 48, **change}
    with pytest.raises(InputError, match=message):
        anemia_grade(**arguments)


def test_pregnant_man_in_a_column() -> None:
    """The contradiction is found in its row."""
    states = [None, Pregnancy.TRIMESTER_1]
    with pytest.raises(InputError, match=r"pregnancy\[1\] must be None or not_preg"):
        anemia_grade([130, 130], sex="male", age_years=48, pregnancy=states)


def test_everything_is_given_by_name() -> None:
    """Groups and rules are made by the names of their parts."""
    for rule in ANEMIA_RULES.values():
        for made in (type(rule), type(rule.groups[0])):
            assert all(field.kw_only for field in attrs.fields(made))


def test_groups_do_not_overlap() -> None:
    """Nobody whose data are complete belongs to two groups of a rule."""
    for rule in ANEMIA_RULES.values():
        for age in np.arange(0, 121, 0.25):
            for sex in ("female", "male"):
                for state in Pregnancy if sex == "female" else (NOT,):
                    own = [
                        group
                        for group in rule.groups
                        if group.age_from <= age < group.age_below
                        and group.sex in {None, sex}
                        and state in group.pregnancy
                    ]
                    assert len(own) <= 1
