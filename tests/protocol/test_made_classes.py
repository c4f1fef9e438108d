"""Classes made from declarations: typed, one for equal ones, and gone when unused."""

import gc
import multiprocessing
import pickle
import weakref
from fractions import Fraction
from typing import Any

import attrs
import pytest

import iph
from iph._fields import Declaration, Kind
from iph._subject import assessment_class, patient_fields, seen_fields
from iph.errors import FieldError
from iph.protocol._made_classes import class_name, made_options, made_record

ARM = (
    "choice",
    "arm",
    (("open", ""), ("70 mg", "seventy"), ("mro", ""), ("label", "")),
)
GRADES = ("grade", "symptom", ((1, "1", "none", "none"), (2, "2", "some", "some")))
VISITS = (
    "visit",
    "Visit",
    (("week_0", 0, "", None), ("week_2", 14, "two weeks", (7, 21))),
)


def classes() -> tuple[Any, Any]:
    """Make the classes of a small study."""
    symptom = Declaration(
        kind=Kind.GRADE, label="Symptoms", options=made_options(*GRADES), best="low"
    )
    visit = Declaration(kind=Kind.CHOICE, label="Visit", options=made_options(*VISITS))
    seen = made_record(
        "seen", "HandAssessment", (("visit", visit), ("symptom", symptom))
    )
    grip = Declaration(
        kind=Kind.QUANTITY, label="Grip", low=0, high=120, step=Fraction(1, 10)
    )
    arm = Declaration(kind=Kind.CHOICE, label="Arm", options=made_options(*ARM))
    patient = made_record(
        "patient", "HandPatient", (("arm", arm), ("grip", grip)), seen
    )
    return patient, seen


def test_a_made_class_is_a_class_of_patients() -> None:
    """It converts, refuses, compares and tells its fields as a written one does."""
    patient_class, seen_class = classes()
    seen = seen_class(visit="week_2", symptom=2)
    patient = patient_class(
        patient_id="1", arm="70 mg", grip=3, follow_up=iph.Course(assessments=[seen])
    )
    assert patient.arm.label == "seventy"
    assert patient.arm.value == "70 mg"
    assert patient.grip == 3.0
    assert patient.follow_up.at("week_2").symptom.label == "some"
    assert seen.time_day == 14
    assert assessment_class(patient_class) is seen_class
    assert [f.name for f in patient_fields(patient_class)][:3] == [
        "patient_id",
        "arm",
        "grip",
    ]
    assert "symptom" in [f.name for f in seen_fields(patient_class)]
    with pytest.raises(FieldError, match="from 0 to 120"):
        patient_class(patient_id="1", grip=121)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        patient.grip = 4
    assert not hasattr(patient, "__dict__")
    assert patient_class.__annotations__["grip"] == float | None
    assert len(iph.Cohort([patient])) == 1


def test_equal_declarations_give_one_class() -> None:
    """Patients of a file read twice are equal; other declarations are another class."""
    first, second = classes(), classes()
    assert first == second
    other = made_record("seen", "HandAssessment", ())
    assert other is not first[1]


def _echo(value: Any) -> Any:
    return value


def test_made_things_travel_to_other_processes() -> None:
    """Patients, classes, enumerations and options come back as they left."""
    patient_class, seen_class = classes()
    seen = seen_class(visit="week_0", symptom=1)
    course = iph.Course(assessments=[seen])
    patient = patient_class(patient_id="1", arm="mro", follow_up=course)
    things = [patient, patient_class, type(patient.arm), patient.arm, seen.visit]
    assert pickle.loads(pickle.dumps(things)) == things  # noqa: S301 - our own
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(_echo, (things,)) == things


def test_unused_classes_do_not_stay() -> None:
    """Nothing holds a class of a file that nobody has any more."""
    gone = []
    for number in range(5):
        options = made_options("choice", "x", ((f"code {number}", ""), ("other", "")))
        declared = Declaration(kind=Kind.CHOICE, label="X", options=options)
        made = made_record("patient", "Short", (("x", declared),))
        assert made(patient_id="1", x="other").x.value == "other"
        gone += [weakref.ref(options), weakref.ref(made)]
    del options, declared, made
    gc.collect()  # the classes, which let go of
    gc.collect()  # the enumerations in their declarations
    assert [found for found in gone if found() is not None] == []


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("carpal tunnel syndrome", "CarpalTunnelSyndrome"),
        ("arm_2", "Arm2"),
        ("2nd look", "Study2ndLook"),
        ("...", "Study"),
    ],
)
def test_names_of_classes(words: str, name: str) -> None:
    """Any words give a name that Python takes."""
    assert class_name(words) == name
    assert name.isidentifier()
