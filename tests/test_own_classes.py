"""A study declares classes of its own: their fields are as good as those of iph."""

import copy
import enum
import gc
import pickle
import types
import weakref
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import iph
from iph import fields
from iph._subject import assessment_class, course_class, patient_fields, seen_fields
from iph.errors import FieldError, InputError, RuleError


class Arm(enum.Enum):
    """Two operations."""

    OPEN = "open"
    ENDOSCOPIC = "endoscopic"


class Symptom(enum.IntEnum):
    """Three grades."""

    NONE = 0
    MILD = 1
    SEVERE = 2


class Weeks(iph.ScheduledVisit):
    """A schedule in weeks."""

    START = "week_0", 0
    CALL = "call"
    WEEK_6 = "week_6", 42, "six weeks", (35, 56)


class LongVisit(iph.ScheduledVisit):
    """The schedule of Li et al. 2023 at one month, and one visit more."""

    BASELINE = "baseline", 0
    MONTH_1 = "month_1", 30
    MONTH_9 = "month_9", 274


@attrs.frozen(kw_only=True)
class Hand(iph.SeenAt):
    """What a study of the carpal tunnel sees."""

    visit: Weeks | None = fields.choice("Visit", Weeks)
    day: int | None = fields.days("Day since operation", low=-30)
    symptom: Symptom | None = fields.grade("Symptoms", Symptom, best="low")
    grip_kg: float | None = fields.quantity(
        "Grip strength", unit="kg", low=0, high=120, step="0.1", best="high"
    )


@attrs.frozen(kw_only=True)
class HandPatient(iph.Subject[Hand]):
    """A patient of that study."""

    arm: Arm | None = fields.choice("Operation", Arm)
    again: bool | None = fields.yes_no("Operated before")
    sides: frozenset[iph.Side] | None = fields.choices("Sides", iph.Side)


@attrs.frozen(kw_only=True)
class LongAssessment(iph.Assessment):
    """An assessment with one more field and one more visit."""

    visit: LongVisit | None = fields.choice("Visit", LongVisit)  # type: ignore[assignment] # another schedule
    girth_cm: float | None = fields.quantity(
        "Thigh girth", unit="cm", low=20, high=90, step="0.5"
    )


@attrs.frozen(kw_only=True)
class LongPatient(iph.Patient[LongAssessment]):
    """A patient with one more field."""

    ck_u_l: int | None = fields.quantity(
        "Creatine kinase", unit="U/L", low=1, high=500_000
    )


def hand(**seen: Any) -> HandPatient:
    """Return a patient seen once."""
    return HandPatient(
        patient_id="P1", arm=Arm.OPEN, follow_up=iph.Course(assessments=[Hand(**seen)])
    )


def test_own_fields_are_checked_by_their_declaration() -> None:
    """A value is converted or refused, as in the classes of iph."""
    one: Any = HandPatient
    patient = one(patient_id=7, arm="endoscopic", sides=["left"])
    assert patient.patient_id == "7"
    assert patient.arm is Arm.ENDOSCOPIC
    assert patient.sides == {iph.Side.LEFT}
    with pytest.raises(FieldError, match="arm must be one of: open, endoscopic"):
        one(patient_id="P1", arm="closed")
    with pytest.raises(FieldError, match=r"grip_kg must be a number from 0 to 120 kg"):
        Hand(day=0, grip_kg=130)


def test_the_fields_of_a_class_are_its_tables() -> None:
    """The frames of a cohort hold the fields of the class, and no other."""
    cohort = iph.Cohort([hand(visit="week_6", grip_kg=18.5, symptom=1)])
    assert list(cohort.patients_frame()) == [
        "patient_id",
        "arm",
        "again",
        "sides",
        "lost_to_follow_up",
        "died",
        "died_day",
    ]
    seen = cohort.assessments_frame("polars")
    assert seen.rows(named=True) == [
        {
            "patient_id": "P1",
            "visit": "week_6",
            "day": None,
            "symptom": 1,
            "grip_kg": 18.5,
        }
    ]


def test_own_fields_stand_before_the_course() -> None:
    """A subclass of `Patient` adds its columns before those of the follow-up."""
    ours = [field.name for field in patient_fields(LongPatient)]
    theirs = [field.name for field in patient_fields(iph.Patient)]
    assert [name for name in ours if name != "ck_u_l"] == theirs
    assert ours.index("ck_u_l") == ours.index("treatments") + 1


def test_the_class_says_what_is_seen() -> None:
    """The type argument is the class of the assessments; `Patient` alone has Li's."""
    assert assessment_class(HandPatient) is Hand
    assert assessment_class(LongPatient) is LongAssessment
    assert assessment_class(iph.Patient) is iph.Assessment
    assert assessment_class(iph.Subject) is iph.SeenAt
    assert course_class(LongPatient) is iph.FollowUp
    assert course_class(HandPatient) is iph.Course
    assert "girth_cm" in {field.name for field in seen_fields(LongPatient)}


def test_a_foreign_assessment_is_refused() -> None:
    """A patient of a study has the assessments of that study."""
    foreign: Any = iph.FollowUp(assessments=[iph.Assessment(day=3)])
    with pytest.raises(RuleError, match="a LongPatient has a LongAssessment at each"):
        LongPatient(patient_id="P1", follow_up=foreign)
    with pytest.raises(FieldError, match="follow_up must be a FollowUp"):
        LongPatient(patient_id="P1", follow_up=iph.Course())  # type: ignore[arg-type] # no follow-up


def test_a_cohort_holds_patients_of_one_class() -> None:
    """Patients of two classes have no common table."""
    mixed: Any = [hand(day=0), iph.Patient(patient_id="P2")]
    with pytest.raises(InputError, match="patients must be all of the class Hand"):
        iph.Cohort(mixed)
    with pytest.raises(InputError, match="all of the class Patient, got 'HandPatient'"):
        iph.Cohort([hand(day=0)], patient_class=iph.Patient)
    with pytest.raises(InputError, match="patient_class must be a class of patients"):
        iph.Cohort(patient_class=int)  # type: ignore[type-var] # no patients


def test_a_cohort_of_nobody_knows_its_fields() -> None:
    """The class can be given; else it is that of the patients, or Li's."""
    nobody = iph.Cohort(patient_class=HandPatient)
    assert "arm" in nobody.patients_frame()
    li: iph.Cohort[Any] = iph.Cohort()
    assert nobody != li
    assert iph.Cohort().patient_class is iph.Patient
    whole = iph.Cohort([hand(day=0)])
    assert whole == iph.Cohort([hand(day=0)], patient_class=HandPatient)
    assert attrs.evolve(whole, patients=()).patient_class is HandPatient


def test_a_class_without_the_decorator_is_refused() -> None:
    """Its fields would be in no table, and nothing would be said."""

    class Forgot(iph.Patient):
        icu: bool | None = fields.yes_no("Intensive care")

    with pytest.raises(InputError, match=r"write @attrs.frozen\(kw_only=True\) above"):
        iph.Cohort([Forgot(patient_id="P1")])
    with pytest.raises(InputError, match="above class Forgot"):
        iph.Cohort(patient_class=Forgot)

    class ForgotSeen(iph.Assessment):
        girth_cm: float | None = fields.quantity(
            "Girth", unit="cm", low=20, high=90, step="0.5"
        )

    @attrs.frozen(kw_only=True)
    class Remembered(iph.Patient[ForgotSeen]):
        pass

    with pytest.raises(InputError, match="above class ForgotSeen"):
        iph.Cohort([Remembered(patient_id="P1")])


def test_visits_are_equal_by_their_code() -> None:
    """The visit at one month is one visit, in whichever schedule."""
    assert LongVisit.MONTH_1 == iph.Visit.MONTH_1
    assert hash(LongVisit.MONTH_1) == hash(iph.Visit.MONTH_1)
    assert LongVisit.MONTH_1 != LongVisit.MONTH_9
    assert LongVisit.MONTH_1 != "month_1"
    assert {iph.Visit.MONTH_1: 5}[LongVisit.MONTH_1] == 5  # type: ignore[index] # equal
    given: Any = iph.Visit.MONTH_1
    assert LongAssessment(visit=given).visit is LongVisit.MONTH_1
    with pytest.raises(FieldError, match="visit must be one of"):
        LongAssessment(visit=Weeks.WEEK_6)  # type: ignore[arg-type] # not of the schedule


def test_a_visit_knows_its_day_window_and_words() -> None:
    """What is given beside the code is kept; the rest has a default."""
    assert [visit.nominal_day for visit in Weeks] == [0, None, 42]
    assert [visit.label for visit in Weeks] == ["week 0", "call", "six weeks"]
    assert [visit.is_baseline for visit in Weeks] == [True, False, False]
    assert Weeks.WEEK_6.window == (35, 56)
    assert Weeks.CALL.window is None
    assert pickle.loads(pickle.dumps(Weeks.WEEK_6)) is Weeks.WEEK_6  # noqa: S301 - ours


def test_a_course_is_asked_by_visit_or_code() -> None:
    """A visit, a visit of another schedule, or the code; a wrong code is refused."""
    course = iph.FollowUp(assessments=[LongAssessment(visit="month_1", girth_cm=50)])  # type: ignore[arg-type] # a code
    found = course.assessments[0]
    assert course.at("month_1") is found
    assert course.at(iph.Visit.MONTH_1) is found
    assert course.at(LongVisit.MONTH_9) is None
    assert course.at("month_9") is None
    with pytest.raises(InputError, match="visit must be one of: baseline, month_1"):
        course.at("month_2")
    assert iph.FollowUp().at("month_1") is None


def test_the_course_of_any_schedule_is_in_order() -> None:
    """Order, doubles and death are checked by the schedule of the class."""
    late = [Hand(visit=Weeks.WEEK_6), Hand(visit=Weeks.START)]
    with pytest.raises(RuleError, match="scheduled visits must stand in the order"):
        iph.Course(assessments=late)
    with pytest.raises(RuleError, match="visit week_6 stands twice"):
        iph.Course(assessments=[Hand(visit=Weeks.WEEK_6), Hand(visit=Weeks.WEEK_6)])
    with pytest.raises(RuleError, match="seen on day 50, but died on day 40"):
        iph.Course(assessments=[Hand(day=50)], died_day=40)
    course = iph.Course(
        assessments=[
            Hand(visit=Weeks.START, symptom=Symptom.SEVERE),
            Hand(visit=Weeks.CALL),
            Hand(visit=Weeks.WEEK_6, symptom=Symptom.NONE),
        ]
    )
    found = course.recovery(lambda a: None if a.symptom is None else a.symptom == 0)
    assert (found.after_day, found.by_day, found.at_start) == (0, 42, False)


def test_own_objects_are_copied_and_pickled() -> None:
    """They are frozen values like any other."""
    patient = hand(visit="week_6", symptom=1)
    assert pickle.loads(pickle.dumps(patient)) == patient  # noqa: S301 - ours
    assert copy.deepcopy(patient) == patient
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        patient.arm = Arm.OPEN  # type: ignore[misc] # frozen


def test_classes_go_when_nobody_holds_them() -> None:
    """What is derived from a class is kept on it, and in no register."""

    def made() -> "weakref.ref[type[Any]]":
        cls: Any = attrs.make_class(
            "Fleeting",
            {"icu": fields.yes_no("Intensive care")},
            bases=(iph.Patient,),
            frozen=True,
            slots=True,
            kw_only=True,
        )
        assert iph.Cohort([cls(patient_id="P1", icu=True)]).patient_columns()["icu"]
        return weakref.ref(cls)

    gone = made()
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize("base", [iph.Patient, iph.Assessment])
def test_what_tables_say_of_a_cohort_is_no_field(base: Any) -> None:
    """No column could hold both a field and what the cohort carries under its name."""
    cls: Any = attrs.make_class(
        "Marked",
        {"synthetic": fields.yes_no("Synthetic graft")},
        bases=(base,),
        frozen=True,
        kw_only=True,
    )
    if base is iph.Assessment:
        of = types.new_class("Of", (iph.Subject[cls],))
        cls = attrs.frozen(of, kw_only=True)
    with pytest.raises(InputError, match="for what a cohort carries, got 'synthetic'"):
        iph.Cohort(patient_class=cls)


@pytest.mark.parametrize(
    ("declare", "message"),
    [
        (
            lambda: fields.quantity("A", low=2, high=1),
            "high must be a number not below",
        ),
        (
            lambda: fields.quantity("A", low=0, high=1, step=0),
            "step must be a number above 0",
        ),
        (lambda: fields.days("A", low=2, high=1), "high must be a number not below"),
        (
            lambda: fields.quantity("A", low=0, high=999, missing=[999]),
            "missing must be codes outside the bounds 0 to 999, got 999",
        ),
        (
            lambda: fields.quantity("A", low=0, high=9, missing=["7.0"]),
            "missing must be codes outside the bounds",
        ),
        (
            lambda: fields.choice("A", Symptom),
            "options must be an enumeration of texts",
        ),
        (lambda: fields.choices("A", Symptom), "an enumeration of texts"),
        (
            lambda: fields.grade("A", Arm, best="low"),  # type: ignore[type-var] # no grades
            "an enumeration of whole numbers",
        ),
        (lambda: fields.choice("A", str), "an enumeration of texts"),  # type: ignore[type-var] # none
    ],
    ids=[
        "bounds",
        "step",
        "days",
        "missing",
        "missing as text",
        "choice of numbers",
        "choices of numbers",
        "grade of texts",
        "no options",
    ],
)
def test_impossible_declarations_are_refused(declare: Any, message: str) -> None:
    """A declaration that no value could meet is refused where it is written."""
    with pytest.raises(InputError, match=message):
        declare()


@given(
    codes=st.lists(
        st.integers(101, 10**6) | st.sampled_from(["n.a.", "-9", "999.5", "", "nan"])
    )
)
def test_codes_of_missing_are_kept_as_text(codes: list[Any]) -> None:
    """Any code that is no value of the field may stand for "not recorded"."""

    @attrs.frozen(kw_only=True)
    class Scored(iph.SeenAt):
        score: int | None = fields.quantity("Score", low=0, high=100, missing=codes)

    declared = attrs.fields(Scored).score.metadata["iph"]
    assert declared.missing == tuple(map(str, codes))
