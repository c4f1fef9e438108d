"""A field is declared once and holds only what it declares."""

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph import _fields
from iph._admission import Hematoma
from iph._bound import Bound
from iph._categories import Agent, PainSite, Sex
from iph._fields import (
    Coded,
    Declaration,
    DeclaredField,
    Kind,
    cell,
    choice,
    declared_fields,
    unit_hint,
)
from iph._follow_up import ASSESSMENT_FIELDS, MEASURED, FollowUp
from iph._laboratory import Laboratory
from iph._model import PATIENT_FIELDS, Patient
from iph._scalars import shown
from iph.errors import FieldError
from iph.testing import field_values

FIELDS = (*PATIENT_FIELDS, *ASSESSMENT_FIELDS)
BY_NAME = {field.name: field for field in FIELDS}
NUMBERS = [f for f in FIELDS if f.declaration.kind in {Kind.QUANTITY, Kind.DAYS}]


def name_of(field: DeclaredField) -> str:
    """Return the name of a field, as a test id."""
    return field.name


def accept(name: str, value: Any) -> Any:
    """Return what the field of that name makes of a value."""
    return BY_NAME[name].declaration.accept(name, value)


def test_column_names_are_unique() -> None:
    """No two fields of one table have one name."""
    for table in (PATIENT_FIELDS, ASSESSMENT_FIELDS):
        names = [field.name for field in table]
        assert len(set(names)) == len(names)


@pytest.mark.parametrize("field", FIELDS, ids=name_of)
def test_every_field_says_what_it_is(field: DeclaredField) -> None:
    """A declaration has a label, and a number has bounds, step and (mostly) a unit."""
    declared = field.declaration
    assert declared.label
    assert declared.rule()
    if declared.kind in {Kind.QUANTITY, Kind.DAYS}:
        assert declared.low is not None
        assert declared.high is not None
        assert declared.low < declared.high
        assert declared.step
        assert declared.ucum
    if declared.kind in {Kind.GRADE, Kind.CHOICE, Kind.CHOICES}:
        assert declared.options is not None


@pytest.mark.parametrize("field", FIELDS, ids=name_of)
@given(data=st.data())
def test_legal_values_are_accepted_unchanged(
    field: DeclaredField, data: st.DataObject
) -> None:
    """Every value in the legal domain is taken as it is, and taken again the same."""
    value = data.draw(field_values(field.declaration))
    taken = field.declaration.accept(field.name, value)
    assert taken == value
    assert field.declaration.accept(field.name, taken) == taken


@pytest.mark.parametrize("field", NUMBERS, ids=name_of)
def test_bounds_are_included_and_nothing_beyond(field: DeclaredField) -> None:
    """Both bounds are legal; the next number outside is not."""
    declared = field.declaration
    assert declared.low is not None
    assert declared.high is not None
    assert field.declaration.accept(field.name, declared.low) == declared.low
    assert field.declaration.accept(field.name, declared.high) == declared.high
    for outside in (
        math.nextafter(declared.low, -math.inf),
        math.nextafter(declared.high, math.inf),
        math.inf,
    ):
        with pytest.raises(FieldError, match=field.name):
            declared.accept(field.name, outside)


@pytest.mark.parametrize("field", FIELDS, ids=name_of)
@pytest.mark.parametrize("missing", [None, math.nan, np.ma.masked, Decimal("sNaN")])
def test_missing_is_none(field: DeclaredField, missing: Any) -> None:
    """None and NaN are "not recorded", except where a field is required."""
    if field.declaration.required:
        with pytest.raises(FieldError):
            field.declaration.accept(field.name, missing)
    else:
        assert field.declaration.accept(field.name, missing) is None


def test_lossless_readings() -> None:
    """A whole float is a whole number, a code is its category, numpy is Python."""
    age = accept("age_years", np.float64(48.0))
    assert (age, type(age)) == (48, int)
    assert accept("sex", "male") is Sex.MALE
    assert accept("strength", np.int64(4)) == 4
    assert accept("strength", 4.0) == 4
    assert accept("records_complete", np.True_) is True
    assert accept("patient_id", 17) == "17"
    assert type(accept("inr", 2)) is float


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("age_years", 7.9),
        ("age_years", "48"),
        ("age_years", True),
        ("age_years", [48]),
        ("inr", "2,1"),
        ("records_complete", "no"),
        ("records_complete", 0),
        ("sex", "f"),
        ("sex", True),
        ("strength", 2.5),
        ("strength", "V"),
        ("zones", "mid"),
        ("zones", {"mid": 1}),
        ("anticoagulant", 3),
        ("patient_id", ""),
        ("patient_id", " \t"),
        ("patient_id", "a\nb"),
        ("patient_id", 1.5),
        ("patient_id", True),
        ("patient_id", 10**400),
        ("age_years", np.array([48])),
        ("age_years", 10**400),
        ("inr", Fraction(10**400, 3)),
        ("strength", np.array([4])),
        ("zones", np.array("mid")),
    ],
)
def test_nothing_is_coerced_with_loss(name: str, value: Any) -> None:
    """What would have to be guessed or rounded is refused, and the value is shown."""
    with pytest.raises(FieldError) as caught:
        accept(name, value)
    assert caught.value.name == name
    assert str(caught.value).startswith(f"{name} must be ")
    assert shown(value)[:20] in str(caught.value)


def test_a_wrong_member_of_a_set_is_named() -> None:
    """The member that is no choice is shown, with the choices there are."""
    with pytest.raises(FieldError, match="upper, mid, lower, got 'middle'"):
        accept("zones", {"mid", "middle"})


def test_unknown_stands_alone() -> None:
    """A set is known choices, or unknown; not both."""
    assert accept("anticoagulant", ["unknown"]) == {Agent.UNKNOWN}
    with pytest.raises(FieldError, match="either unknown alone"):
        accept("anticoagulant", ["unknown", "warfarin"])


@pytest.mark.parametrize(
    ("name", "value", "unit"),
    [
        ("hemoglobin_g_l", 13.0, "g/dL"),
        ("hemoglobin_g_l", 7.0, "g/dL"),
        ("platelets_10e9_l", 207_000, "cells per microliter"),
        ("fibrinogen_g_l", 368, "mg/dL"),
        ("vas", 65, "mm"),
        ("diameter_a_cm", 94, "mm"),
        ("volume_ml", 0.4, "L"),
    ],
)
def test_a_unit_slip_is_suspected(name: str, value: float, unit: str) -> None:
    """A value that another unit would explain is refused with that question."""
    with pytest.raises(FieldError, match=f"is it in {unit}") as caught:
        accept(name, value)
    assert caught.value.hint


def test_no_hint_without_a_plausible_unit() -> None:
    """No unit explains a hemoglobin of 9,000."""
    assert unit_hint(BY_NAME["hemoglobin_g_l"].declaration, 9000) == ""


def test_part_refuses_something_else() -> None:
    """A nested part is an object of its class."""
    with pytest.raises(FieldError, match="laboratory must be a Laboratory or None"):
        Patient(patient_id="a", laboratory={"inr": 2})  # type: ignore[arg-type]
    with pytest.raises(FieldError, match="follow_up must be a FollowUp, got None"):
        Patient(patient_id="a", follow_up=None)  # type: ignore[arg-type]


def test_part_may_be_of_a_subclass() -> None:
    """Whoever extends a part keeps his own."""

    class Extended(Laboratory):
        """A laboratory with more to say."""

    own = Extended(inr=2)
    assert Patient(patient_id="a", laboratory=own).laboratory is own


def test_value_of_walks_into_parts() -> None:
    """A field of a part is found through it, and is None where the part is missing."""
    hemoglobin = BY_NAME["hemoglobin_g_l"]
    bled = Patient(patient_id="a", laboratory=Laboratory(hemoglobin_g_l=110))
    assert hemoglobin.value_of(bled) == 110
    assert hemoglobin.value_of(Patient(patient_id="b")) is None
    assert hemoglobin.owner is Laboratory


def test_cells_of_sets() -> None:
    """A set is one text in the order of definition; the empty set is "none"."""
    zones = {f.name: f for f in declared_fields(Hematoma)}["zones"]
    assert cell(zones, accept("zones", ["lower", "mid"])) == "mid;lower"
    assert cell(BY_NAME["anticoagulant"], frozenset()) == "none"
    assert cell(zones, None) is None


def test_what_objects_let_through_at_sight_is_what_their_fields_accept() -> None:
    """A value of the field's own type is checked as strictly as any other."""
    alone = frozenset({PainSite.UNKNOWN})
    both = frozenset({PainSite.UNKNOWN, PainSite.HIP})
    assert Patient(patient_id="A", pain_sites=alone).pain_sites is alone
    codes: Any = frozenset({"hip"})
    read = Patient(patient_id="A", pain_sites=codes)
    assert read.pain_sites == frozenset({PainSite.HIP})
    wrong: list[dict[str, Any]] = [
        {"pain_sites": both},
        {"age_years": 121},
        {"age_years": True},
        {"sex": PainSite.HIP},
        {"died": 1},
        {"laboratory": Hematoma()},
        {"follow_up": None},
    ]
    for fields in wrong[:4] + wrong[5:]:
        with pytest.raises(FieldError):
            Patient(patient_id="A", **fields)
    with pytest.raises(FieldError):
        FollowUp(**wrong[4])


def test_the_healthy_end_of_what_is_measured_is_declared() -> None:
    """Pain and numbness are best at 0 or I, strength and motion at their top."""
    ends = {name: declared.best for name, declared in MEASURED.items()}
    assert ends == {
        "vas": "low",
        "numbness": "low",
        "strength": "high",
        "hip_flexor_strength": "high",
        "hip_flexion_deg": "high",
    }
    assert [f.name for f in FIELDS if f.declaration.closed] == ["vas"]


def type_of(declared: Declaration) -> Any:
    """Return the type of what a declaration makes of a value."""
    options: Any = declared.options
    if declared.kind is Kind.IDENTIFIER:
        return str
    if declared.kind is Kind.YES_NO:
        return bool | None
    if declared.kind is Kind.CHOICES:
        return frozenset[options] | None
    if options is not None:
        return options | None
    if declared.bounded:
        return float | Bound | None
    return (int if declared.whole else float) | None


@pytest.mark.parametrize("field", FIELDS, ids=name_of)
def test_the_type_of_a_field_is_that_of_its_declaration(field: DeclaredField) -> None:
    """What type checkers read at a field is what its declaration makes of a value."""
    attribute = getattr(attrs.fields(field.owner), field.name)
    assert attribute.type == type_of(field.declaration)


def test_a_class_without_the_hook_says_what_it_needs() -> None:
    """A field whose declaration was never put to use converts nothing in silence."""

    @attrs.frozen
    class Alone:
        sex: Sex | None = attrs.field(converter=Coded[Sex], metadata=choice("Sex", Sex))

    with pytest.raises(TypeError, match="field_transformer"):
        Alone("male")


@pytest.mark.parametrize("name", ["CodedSet", "Graded", "number", "number_or_bound"])
@pytest.mark.parametrize("value", [None, 1])
def test_no_converter_works_without_the_hook(name: str, value: object) -> None:
    """Each says what the class needs, whatever the value."""
    with pytest.raises(TypeError, match="field_transformer"):
        getattr(_fields, name)(value)


@pytest.mark.parametrize("name", ["whole", "pseudonym"])
def test_whole_numbers_and_pseudonyms_need_the_hook_too(name: str) -> None:
    """The same for what takes no fraction."""
    with pytest.raises(TypeError, match="field_transformer"):
        getattr(_fields, name)(1)
