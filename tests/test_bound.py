"""Bounds: what is known of a value beyond what was measured, and what it allows."""

import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph import Bound, Laboratory, Patient
from iph.criteria import Compare, Criterion
from iph.errors import FieldError, InputError
from iph.scales import (
    CoagulationStatus,
    HemophiliaSeverity,
    anemia_grade,
    coagulation_findings,
    coagulation_status,
    hemophilia_severity,
)

SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
signs = st.sampled_from(sorted(SIGNS))
limits = st.integers(min_value=-4, max_value=4)


@given(sign=signs, limit=limits, asked=signs, than=limits)
def test_a_bound_answers_where_all_values_within_it_do(
    sign: str, limit: int, asked: str, than: int
) -> None:
    """Enumerated in quarters far beyond both limits, as an oracle."""
    within = [
        value
        for value in (Fraction(quarter, 4) for quarter in range(-60, 61))
        if SIGNS[sign](value, limit)
    ]
    answers = {SIGNS[asked](value, than) for value in within}
    expected = answers.pop() if len(answers) == 1 else None
    assert Bound(sign, limit).compare(asked, than) is expected


@given(
    sign=signs,
    limit=st.floats(min_value=1, max_value=60),
    direction=st.sampled_from(["bleeding", "either"]),
)
def test_coagulation_never_calls_an_open_bound_normal(
    sign: str, limit: float, direction: str
) -> None:
    """The status agrees with every value that the bound allows, or with none."""
    ends = Bound(sign, limit).ends(0.5, 300)
    middle = [ends[0] + (ends[1] - ends[0]) * part / 64 for part in range(65)]
    for test in ("aptt_s", "fibrinogen_g_l"):
        possible = {
            coagulation_status({test: value}, direction=direction)  # type: ignore[arg-type] # drawn
            for value in middle
        }
        found = coagulation_status({test: Bound(sign, limit)}, direction=direction)  # type: ignore[arg-type] # drawn
        if CoagulationStatus.ABNORMAL in possible and len(possible) > 1:
            assert found is CoagulationStatus.NOT_ASSESSABLE
        elif found is not CoagulationStatus.NOT_ASSESSABLE:
            assert possible == {found}


def test_the_worst_clotting_is_abnormal() -> None:
    """An INR ">8" counts, and an open bound beside normal tests is not normal."""
    blood = Laboratory(inr=Bound(">", 8), fibrinogen_g_l=3.2, platelets_10e9_l=200)
    found = coagulation_findings(blood)
    assert found.status is CoagulationStatus.ABNORMAL
    assert [f.test for f in found.findings if f.counts] == ["inr"]
    open_bound = Laboratory(inr=Bound(">", 0.9), fibrinogen_g_l=3.2)
    assert coagulation_status(open_bound) is CoagulationStatus.NOT_ASSESSABLE
    low = Laboratory(inr=Bound("<", 1.0), fibrinogen_g_l=3.2)
    assert coagulation_status(low) is CoagulationStatus.NORMAL


def test_grades_of_bounds() -> None:
    """A grade is given if all values within the bound have it."""
    assert hemophilia_severity(Bound("<", 1)) is HemophiliaSeverity.SEVERE
    assert hemophilia_severity(Bound("<=", 1)) is None
    assert hemophilia_severity(Bound(">", 40)) is HemophiliaSeverity(0)
    assert anemia_grade(Bound("<", 70), sex="male", age_years=40) == anemia_grade(
        60, sex="male", age_years=40
    )
    assert anemia_grade(Bound("<", 100), sex="male", age_years=40) is None


def test_criteria_of_bounds() -> None:
    """A criterion on a test answers what the bound allows."""
    patient = Patient(patient_id="A", laboratory=Laboratory(inr=Bound(">", 8)))
    rule = Compare("inr", ">", 1.5)
    assert Criterion("X", "INR above 1.5", rule).answer(patient) is True
    assert Criterion("X", "INR > 9", Compare("inr", ">", 9)).answer(patient) is None


def test_what_is_no_bound() -> None:
    """Unknown signs, limits that are no number, and other fields are refused."""
    with pytest.raises(InputError, match="operator must be"):
        Bound("~", 1)
    for limit in ("8", True, float("inf"), float("nan"), None):
        with pytest.raises(InputError, match="finite number"):
            Bound(">", limit)
    with pytest.raises(InputError, match="sign must be"):
        Bound(">", 1).compare("=", 1)
    with pytest.raises(FieldError, match="no bounds"):
        Patient(patient_id="A", age_years=Bound(">", 80))  # type: ignore[arg-type] # refused
    with pytest.raises(FieldError, match=r"0\.5 to 30"):
        Laboratory(inr=Bound(">", 80))
    assert str(Bound("≥", 1.5)) == ">=1.5"
