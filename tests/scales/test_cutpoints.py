"""Cut points: one definition for a value, a column and a database."""

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.errors import InputError
from iph.scales import (
    ANEMIA_RULES,
    DEFAULT_RANGES,
    HEMOPHILIA,
    HIP_FLEXION,
    PAIN_RULES,
    CoagulationStatus,
    Cutpoints,
    HipFlexionGrade,
)

Evaluate = Callable[[Mapping[str, Sequence[Any]], nw.Expr], list[Any]]

EVERY: dict[str, Cutpoints[Any]] = {
    "hip flexion": HIP_FLEXION,
    "hemophilia": HEMOPHILIA,
    **{f"pain {name}": rule for name, rule in PAIN_RULES.items()},
    **{
        f"anemia {rule.name} {group.name}": group.cutpoints
        for rule in ANEMIA_RULES.values()
        for group in rule.groups
    },
    **{one.test: one.cutpoints for one in DEFAULT_RANGES},
}


def around(cutpoints: Cutpoints[Any]) -> list[float]:
    """Return every edge and bound with its two neighbors, legal ones alone."""
    points = (cutpoints.low, *cutpoints.edges, cutpoints.high)
    near = {
        value
        for point in points
        for value in (
            math.nextafter(point, -math.inf),
            point,
            math.nextafter(point, math.inf),
        )
    }
    return sorted(v for v in near if cutpoints.low <= v <= cutpoints.high)


@pytest.mark.parametrize("cutpoints", EVERY.values(), ids=EVERY)
def test_edges(cutpoints: Cutpoints[Any]) -> None:
    """An edge belongs to the side that is closed there, its neighbor to the other."""
    for place, (edge, side) in enumerate(
        zip(cutpoints.edges, cutpoints.closed, strict=True)
    ):
        below, above = cutpoints.levels[place], cutpoints.levels[place + 1]
        assert cutpoints.grade(math.nextafter(edge, math.inf)) is above
        assert cutpoints.grade(edge) is (above if side == "left" else below)
        before = math.nextafter(edge, -math.inf)
        if before >= cutpoints.low:
            assert cutpoints.grade(before) is below


@pytest.mark.parametrize("cutpoints", EVERY.values(), ids=EVERY)
def test_bounds(cutpoints: Cutpoints[Any]) -> None:
    """Both bounds are legal, and the next number outside of either is not."""
    assert cutpoints.grade(cutpoints.low) is cutpoints.levels[0]
    assert cutpoints.grade(cutpoints.high) is cutpoints.levels[-1]
    for value in (
        math.nextafter(cutpoints.low, -math.inf),
        math.nextafter(cutpoints.high, math.inf),
        -math.inf,
        math.inf,
    ):
        with pytest.raises(InputError, match="a number from"):
            cutpoints.grade(value)
        with pytest.raises(InputError, match=r"\[1\] must be a number from"):
            cutpoints.grade([cutpoints.low, value])


@pytest.mark.parametrize("cutpoints", EVERY.values(), ids=EVERY)
@given(data=st.data())
def test_total_and_monotone(cutpoints: Cutpoints[Any], data: st.DataObject) -> None:
    """Every legal value has one grade, and levels follow the order of the values."""
    legal = st.floats(cutpoints.low, cutpoints.high)
    first, second = sorted(data.draw(st.tuples(legal, legal)))
    places = [cutpoints.levels.index(cutpoints.grade(v)) for v in (first, second)]
    assert places == sorted(places)


@pytest.mark.parametrize("cutpoints", EVERY.values(), ids=EVERY)
@given(data=st.data())
def test_column_equals_values(cutpoints: Cutpoints[Any], data: st.DataObject) -> None:
    """A column is graded as its values are one by one, and the missing stay missing."""
    legal = st.floats(cutpoints.low, cutpoints.high) | st.none() | st.just(math.nan)
    values = data.draw(st.lists(legal, max_size=8))
    grades = cutpoints.grade(values)
    assert grades.tolist() == [cutpoints.grade(value) for value in values]
    assert grades.dtype == np.int64
    assert int(grades.count()) == sum(
        value is not None and not math.isnan(value) for value in values
    )


# One of each kind of side, and one whose levels fall while the values rise.
EXPRESSED = [
    HIP_FLEXION,
    HEMOPHILIA,
    PAIN_RULES["collins1997"],
    ANEMIA_RULES["china"].groups[0].cutpoints,
    DEFAULT_RANGES[1].cutpoints,
]


@pytest.mark.parametrize("cutpoints", EXPRESSED, ids=lambda one: one.measure)
def test_expression_equals_values(
    cutpoints: Cutpoints[Any], evaluate: Evaluate
) -> None:
    """An expression grades as `grade` does; null for missing and out of range."""
    legal: list[float | None] = [*around(cutpoints), None, math.nan]
    outside = [
        math.nextafter(cutpoints.low, -math.inf),
        math.nextafter(cutpoints.high, math.inf),
        math.inf,
        -math.inf,
    ]
    rows = {"x": [*legal, *outside]}
    expected = [*(cutpoints.grade(value) for value in legal), *[None] * len(outside)]
    assert evaluate(rows, cutpoints.expr("x")) == expected
    counted = evaluate(rows, cutpoints.out_of_range_expr("x"))
    assert counted == [0.0] * len(legal) + [1.0] * len(outside)


def test_nan_within_the_top_grade(evaluate: Evaluate) -> None:
    """NaN is no top grade, even where file statistics say that all values are in it."""
    rows = {"x": [95.0, 100.0, math.nan, 110.0, 120.0, math.nan]}
    assert evaluate(rows, HIP_FLEXION.expr("x")) == [3, 3, None, 3, 3, None]
    assert evaluate(rows, HIP_FLEXION.out_of_range_expr("x")) == [0.0] * 6


def test_whole_numbers(evaluate: Evaluate) -> None:
    """A column of whole numbers is graded as one of floats."""
    rows = {"x": [0, 44, 45, 90, 161]}
    assert evaluate(rows, HIP_FLEXION.expr("x")) == [1, 1, 2, 3, None]
    assert evaluate(rows, HIP_FLEXION.expr(nw.col("x"))) == [1, 1, 2, 3, None]
    assert evaluate(rows, HIP_FLEXION.out_of_range_expr(nw.col("x")))[-1] == 1


def test_nothing_recorded(evaluate: Evaluate) -> None:
    """A column without any value has no grade and nothing out of range."""
    rows = {"x": [math.nan, math.nan]}
    assert evaluate(rows, HIP_FLEXION.expr("x")) == [None, None]
    assert evaluate(rows, HIP_FLEXION.out_of_range_expr("x")) == [0.0, 0.0]


def test_sentinel_in_place_of_null(evaluate: Evaluate) -> None:
    """`coded_expr` gives the number asked for where there is no grade."""
    rows = {"x": [30.0, None, math.nan, 170.0]}
    assert evaluate(rows, HIP_FLEXION.coded_expr("x", none=-9)) == [1, -9, -9, -9]


def test_missing() -> None:
    """None, NaN and NA are missing, alone and in a column, not graded and no error."""
    for value in (None, math.nan, np.float64("nan"), pd.NA, np.array(math.nan)):
        assert HIP_FLEXION.grade(value) is None
    column = pd.Series([30.0, None, 100.0]).convert_dtypes()
    assert HIP_FLEXION.grade(column).tolist() == [1, None, 3]
    masked = np.ma.MaskedArray([30, 50, 100], mask=[False, True, False])
    assert HIP_FLEXION.grade(masked).tolist() == [1, None, 3]


def test_no_grade_under_the_mask() -> None:
    """Code that forgets the mask meets a -1, never a grade."""
    grades = HIP_FLEXION.grade([30, None])
    assert np.asarray(grades).tolist() == [1, -1]
    with pytest.raises(ValueError, match="negative"):
        np.bincount(np.asarray(grades))


def test_kinds_of_values() -> None:
    """Numbers of every kind are one value; sequences of every kind are a column."""
    kinds: list[Any] = [Decimal(50), Fraction(50), np.array(50)]
    for value in (50, 50.0, np.int32(50), np.float32(50), *kinds):
        assert HIP_FLEXION.grade(value) is HipFlexionGrade.FROM_45
    for column in ([50], (50,), np.array([50]), pd.Series([50]), iter([50])):
        assert HIP_FLEXION.grade(column).tolist() == [2]
    assert HIP_FLEXION.grade([]).tolist() == []


@pytest.mark.parametrize("value", ["50", b"5", True, np.bool_(True), {}, object()])
def test_no_number(value: Any) -> None:
    """Text, yes/no and other objects are refused, alone and in a column."""
    with pytest.raises(InputError, match="must be a number"):
        HIP_FLEXION.grade(value)
    with pytest.raises(InputError, match=r"hip_flexion\[0\] must be a number or None"):
        HIP_FLEXION.grade([value])


def test_message_names_the_place_and_a_way_out() -> None:
    """The first illegal value of a column is named with its place and a hint."""
    message = (
        r"vas\[2\] must be a number from 0 to 10, got 70.0; pain is counted from 0 to "
        r"10 \(cm\); divide millimeters by 10"
    )
    with pytest.raises(InputError, match=message):
        PAIN_RULES["li2023"].grade([7, None, 70, 80])


DEFINITION: dict[str, Any] = {
    "name": "test",
    "measure": "angle",
    "unit": "degrees",
    "reference": "none",
    "levels": tuple(HipFlexionGrade),
    "edges": (45, 90),
    "low": 0,
    "high": 160,
}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"levels": tuple(CoagulationStatus)}, "levels must be at least 0"),
        ({"edges": (45,)}, "levels must be one more than edges"),
        ({"edges": (90, 45)}, "edges must be rising, from low to high"),
        ({"edges": (45, 45)}, "edges must be rising"),
        ({"edges": (45, 170)}, "edges must be rising"),
        ({"edges": (-1, 45)}, "edges must be rising"),
        ({"edges": (45, math.nan)}, "edges must be rising"),
        ({"high": math.inf}, "low and high must be finite"),
        ({"low": math.nan}, "low and high must be finite"),
        ({"closed": "both"}, "closed must be one of 'left', 'right'"),
        ({"closed": ("left", "left", "left")}, "closed must be one side, or one per"),
    ],
)
def test_definition_is_checked(change: dict[str, Any], message: str) -> None:
    """Cut points that contradict themselves cannot be made."""
    with pytest.raises(InputError, match=message):
        Cutpoints(**{**DEFINITION, **change})


def test_everything_is_given_by_name() -> None:
    """Cut points are made by the names of their parts."""
    assert all(field.kw_only for field in attrs.fields(Cutpoints))


def test_side_by_edge() -> None:
    """One side stands for all edges; one per edge is taken as given."""
    assert Cutpoints(**DEFINITION).closed == ("left", "left")
    closed = {**DEFINITION, "closed": "right"}
    assert Cutpoints(**closed).closed == ("right", "right")
    assert Cutpoints(**closed).grade(45) is HipFlexionGrade.BELOW_45


@pytest.mark.parametrize("cutpoints", EVERY.values(), ids=EVERY)
def test_every_rule_is_documented(cutpoints: Cutpoints[Any]) -> None:
    """Every set of cut points says what it grades and where it is from."""
    assert cutpoints.name
    assert cutpoints.measure
    assert cutpoints.reference
    assert len(set(cutpoints.levels)) == len(cutpoints.levels)
    assert all(a < b for a, b in itertools.pairwise(cutpoints.edges))
