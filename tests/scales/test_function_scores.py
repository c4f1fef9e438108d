"""Cut points of hip scores, of neuropathic pain, and of joints against the healthy."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.errors import InputError
from iph.scales import (
    HARRIS_HIP,
    NEUROPATHIC_PAIN_RULES,
    OXFORD_HIP,
    Cutpoints,
    HipScoreGrade,
    NeuropathicPain,
    harris_hip_grade,
    hjhs_above_healthy,
    hjhs_above_healthy_expr,
    neuropathic_pain,
    oxford_hip_grade,
)

Evaluate = Callable[[Mapping[str, Sequence[Any]], nw.Expr], list[Any]]
RULES: tuple[Cutpoints[Any], ...] = (
    HARRIS_HIP,
    OXFORD_HIP,
    *NEUROPATHIC_PAIN_RULES.values(),
)


@pytest.mark.parametrize(
    ("total", "label"),
    [
        (0, "poor"),
        (math.nextafter(70, 0), "poor"),
        (70, "fair"),
        (math.nextafter(80, 0), "fair"),
        (80, "good"),
        (math.nextafter(90, 0), "good"),
        (90, "excellent"),
        (100, "excellent"),
    ],
)
def test_harris(total: float, label: str) -> None:
    """70, 80 and 90 open the next class."""
    found = harris_hip_grade(total)
    assert found is not None
    assert found.label == label


@pytest.mark.parametrize(
    ("total", "label"),
    [
        (0, "poor"),
        (26, "poor"),
        (27, "fair"),
        (33, "fair"),
        (34, "good"),
        (41, "good"),
        (42, "excellent"),
        (48, "excellent"),
    ],
)
def test_oxford(total: int, label: str) -> None:
    """27, 34 and 42 open the next class, in the scoring of 2007."""
    found = oxford_hip_grade(total, version="2007")
    assert found is not None
    assert found.label == label


@pytest.mark.parametrize(
    ("rule", "total", "grade"),
    [
        ("dn4", 0, 0),
        ("dn4", 3, 0),
        ("dn4", 4, 2),
        ("dn4", 10, 2),
        ("dn4-dutch", 4, 0),
        ("dn4-dutch", 5, 2),
        ("dn4-interview-dutch", 3, 0),
        ("dn4-interview-dutch", 4, 2),
        ("dn4-interview-dutch", 7, 2),
        ("paindetect", -1, 0),
        ("paindetect", 12, 0),
        ("paindetect", 13, 1),
        ("paindetect", 18, 1),
        ("paindetect", 19, 2),
        ("paindetect", 38, 2),
    ],
)
def test_neuropathic_pain(rule: str, total: int, grade: int) -> None:
    """Each cut by the text of its publication."""
    assert neuropathic_pain(total, rule=rule) is NeuropathicPain(grade)


def test_columns_and_missing() -> None:
    """A column gives whole numbers, masked where there is no total."""
    assert harris_hip_grade([50, None, 91.5]).tolist() == [0, None, 3]
    assert harris_hip_grade(None) is None
    column = [3, math.nan, 4]
    assert neuropathic_pain(column, rule="dn4").tolist() == [0, None, 2]
    assert oxford_hip_grade([26, None], version="2007").tolist() == [0, None]
    assert HipScoreGrade.EXCELLENT > HipScoreGrade.POOR


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
@given(data=st.data())
def test_a_better_total_is_no_worse_grade(
    rule: Cutpoints[Any], data: st.DataObject
) -> None:
    """Grades rise with the total, and a column is graded as its values are."""
    low, high = int(rule.low), int(rule.high)
    values = sorted(data.draw(st.lists(st.integers(low, high), max_size=6)))
    grades: list[Any] = [rule.grade(value) for value in values]
    assert grades == sorted(grades)
    assert rule.grade(values).tolist() == grades


@pytest.mark.parametrize("rule", [r for r in RULES if r.whole], ids=lambda r: r.name)
def test_fractions_of_points(evaluate: Evaluate, rule: Cutpoints[Any]) -> None:
    """A sum of whole points is whole: a fraction is refused, and null in a database."""
    with pytest.raises(InputError, match=r"must be a whole number from .* got 3\.5"):
        rule.grade(3.5)
    with pytest.raises(InputError, match=r"\[1\] must be a whole number from"):
        rule.grade([None, 3.5])
    data = {"total": [3.0, 3.5, None, math.nan, rule.high + 1, math.inf]}
    grade: Any = rule.grade(3)
    first = float(grade)
    assert evaluate(data, rule.expr("total")) == [first, *[None] * 5]
    wrong = rule.out_of_range_expr("total")
    assert evaluate(data, wrong) == [0, 1, 0, 0, 1, 1]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_expressions(evaluate: Evaluate, rule: Cutpoints[Any]) -> None:
    """Every engine grades every edge as the function does."""
    edges = sorted({e + d for e in rule.edges for d in (-1, 0, 1)})
    values = [rule.low, *edges, rule.high]
    grades: list[Any] = [rule.grade(value) for value in values]
    expected = [float(grade) for grade in grades]
    data = {"total": [*map(float, values), None, rule.low - 1]}
    assert evaluate(data, rule.expr("total")) == [*expected, None, None]


def test_rules_are_named() -> None:
    """Which questionnaire it is cannot be guessed."""
    with pytest.raises(InputError, match="rule must be one of 'dn4', 'dn4-dutch'"):
        neuropathic_pain(4, rule="dn3")
    with pytest.raises(InputError, match="total must be a number from 0 to 7, got 8"):
        neuropathic_pain(8, rule="dn4-interview-dutch")


@pytest.mark.parametrize(
    ("total", "age", "above"),
    [
        (12, 18, False),
        (13, 18, True),
        (12, 50, False),
        (13, 50, True),
        (13, 51, False),
        (19, 51, False),
        (20, 51, True),
        (126, 120, True),
        (126, 17, None),
        (126, None, None),
        (None, 40, None),
        (math.nan, 40, None),
    ],
)
def test_hjhs(
    total: float | None,
    age: int | None,
    above: bool | None,  # noqa: FBT001 - a row of the table
) -> None:
    """Above 12 points up to 50 years, above 19 after, and nothing of children."""
    assert hjhs_above_healthy(total, age_years=age) is above
    assert hjhs_above_healthy([total], age_years=[age]).tolist() == [above]
    assert hjhs_above_healthy([total, total], age_years=age).tolist() == [above] * 2


@given(
    rows=st.lists(
        st.tuples(
            st.none() | st.integers(0, 126),
            st.none() | st.integers(0, 120),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_hjhs_on_any_rows(rows: list[tuple[int | None, int | None]]) -> None:
    """A column is answered as its rows are, and by the rule as it is written."""
    found = hjhs_above_healthy(
        [total for total, _ in rows], age_years=[age for _, age in rows]
    )
    expected = [
        None
        if total is None or age is None or age < 18
        else total > (12 if age <= 50 else 19)
        for total, age in rows
    ]
    assert found.tolist() == expected
    assert [hjhs_above_healthy(t, age_years=a) for t, a in rows] == expected


def test_hjhs_expression(evaluate: Evaluate) -> None:
    """Every engine answers as the function; out of range there is no answer."""
    totals = [12.0, 13.0, 13.0, 20.0, 126.0, None, 20.0]
    ages = [50.0, 50.0, 51.0, 51.0, 17.0, 40.0, None]
    expected = hjhs_above_healthy(totals, age_years=ages).tolist()
    wrong = [(127.0, 40.0), (-1.0, 40.0), (12.5, 40.0), (30.0, 121.0), (math.inf, 40.0)]
    data = {
        "total": [*totals, *[t for t, _ in wrong]],
        "age": [*ages, *[a for _, a in wrong]],
    }
    found = hjhs_above_healthy_expr("total", age_years=nw.col("age"))
    assert evaluate(data, found) == [*expected, *[None] * 5]


def test_hjhs_messages() -> None:
    """Totals and ages out of range are named; the columns belong together."""
    with pytest.raises(InputError, match="total must be a whole number from 0 to 126"):
        hjhs_above_healthy(127, age_years=40)
    with pytest.raises(InputError, match="age_years must be a number from 0 to 120"):
        hjhs_above_healthy(10, age_years=121)
    with pytest.raises(InputError, match="age_years must be one value or as long as"):
        hjhs_above_healthy([10, 10], age_years=[40, 40, 40])
    ages: Any = np.array([40, 50])
    with pytest.raises(InputError, match="age_years must be one value or as long as"):
        hjhs_above_healthy(10, age_years=ages)
