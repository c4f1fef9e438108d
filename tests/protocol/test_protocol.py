"""A study is a protocol: what it says, what it refuses, and what follows from it."""

import enum
from typing import Any

import attrs
import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import iph
from iph import fields
from iph.criteria import (
    AllOf,
    Answered,
    Compare,
    Criteria,
    Criterion,
    HasAny,
    Not,
    OneOf,
    decide,
    screen,
)
from iph.errors import InputError
from iph.protocol import (
    LI_2023_PROTOCOL,
    Derived,
    EndpointRule,
    OutcomeRule,
    PrimaryOutcome,
    Protocol,
    ProtocolErrors,
)
from iph.scales import hip_flexion_grade
from iph.study._endpoints import ENDPOINTS
from iph.testing import assessments, cohorts, patients


class Weeks(iph.ScheduledVisit):
    """A schedule in weeks."""

    BEFORE = "week_0", 0
    WEEK_2 = "week_2", 14
    WEEK_6 = "week_6", 42, "", (35, 56)


class Arm(enum.Enum):
    """Two operations."""

    OPEN = "open"
    ENDOSCOPIC = "endoscopic"


class Symptom(enum.IntEnum):
    """Three grades."""

    NONE = 0
    MILD = 1
    SEVERE = 2


@attrs.frozen(kw_only=True)
class Hand(iph.SeenAt):
    """What is seen at a visit."""

    visit: Weeks | None = fields.choice("Visit", Weeks)
    symptom: Symptom | None = fields.grade("Symptoms", Symptom, best="low")
    score: int | None = fields.quantity(
        "Function score", unit="points", low=0, high=100, best="high", closed=True
    )
    size_mm: float | None = fields.quantity(
        "Nerve size", unit="mm", low=0, high=30, step="0.1"
    )


@attrs.frozen(kw_only=True)
class HandPatient(iph.Subject[Hand]):
    """What is known of a patient."""

    age_years: int | None = fields.quantity("Age", unit="years", low=0, high=120)
    arm: Arm | None = fields.choice("Operation", Arm)
    rescue: bool | None = fields.yes_no("Operated again")
    rescue_day: int | None = fields.days("Day of the second operation, or last seen")
    stage: Symptom | None = fields.grade("Stage", Symptom, best="low")


def hands(**changed: Any) -> Protocol[HandPatient]:
    """Return the protocol of a two-arm study, with what is changed."""
    said: dict[str, Any] = {
        "title": "Carpal tunnel release",
        "condition": "carpal tunnel syndrome",
        "day_zero": "operation",
        "patient": HandPatient,
        "outcomes": [
            OutcomeRule(field="symptom"),
            OutcomeRule(field="score", response=10),
        ],
        "endpoints": [
            EndpointRule(
                name="relief", label="relief", when=Compare("symptom", "<=", 1)
            ),
            EndpointRule(
                name="again",
                label="second operation",
                reached=Answered("rescue", answer=True),
                at="rescue_day",
            ),
        ],
        "criteria": Criteria(
            name="hands",
            include=[Criterion("I1", "adults", Compare("age_years", ">=", 18))],
        ),
        "group": "arm",
        "primary": PrimaryOutcome(outcome="score", visit="week_6"),
    }
    return Protocol(**said | changed)


def test_a_protocol_says_what_its_classes_declare() -> None:
    """Fields, visits and directions follow from the class of the patients."""
    study = hands()
    assert study.visits == tuple(Weeks)
    assert study.baseline is Weeks.BEFORE
    assert list(study.assessment_declarations) == [
        "day",
        "visit",
        "symptom",
        "score",
        "size_mm",
    ]
    assert study.lower_is_better("symptom")
    assert not study.lower_is_better("score")
    assert study.rows == ("age_years", "arm", "rescue", "rescue_day", "stage")
    assert study.course is iph.Course
    assert repr(study) == f"<Protocol 'Carpal tunnel release': {study.digest[:12]}>"


yes_no = attrs.fields(HandPatient).rescue.metadata["iph"]
grade = attrs.fields(HandPatient).stage.metadata["iph"]


@pytest.mark.parametrize(
    ("changed", "problems"),
    [
        ({"title": " "}, ["title: is a text, got ' '"]),
        ({"time_unit": "weeks"}, ["time_unit: is days, hours or minutes"]),
        (
            {"outcomes": [OutcomeRule(field="scor")]},
            [
                "outcomes.scor: is no field of an assessment; did you mean score?",
                "primary: score is no outcome; did you mean scor?",
            ],
        ),
        (
            {"outcomes": [OutcomeRule(field="size_mm"), OutcomeRule(field="score")]},
            ["outcomes.size_mm: does not say which end is better"],
        ),
        (
            {
                "outcomes": [
                    OutcomeRule(field="symptom", response_percent=50),
                    OutcomeRule(field="score"),
                    OutcomeRule(field="score"),
                    OutcomeRule(field="visit"),
                ]
            },
            [
                "outcomes.score: stands twice",
                "outcomes.symptom: a grade has no percent",
                "outcomes.visit: is neither a grade nor a number",
            ],
        ),
        (
            {
                "outcomes": [
                    OutcomeRule(field="score", changes=["lefs-mcid", "pain-farrar2001"])
                ]
            },
            [
                "outcomes.score.changes: lefs-mcid (0 to 80, higher is better) is of",
                "outcomes.score.changes: pain-farrar2001 (0 to 10, lower is better)",
            ],
        ),
        (
            {
                "outcomes": [
                    OutcomeRule(field="score"),
                    OutcomeRule(field="symptom", standard_deviation=1, reliability=0.9),
                ]
            },
            ["outcomes.symptom: a rule of change needs a number with bounds"],
        ),
        (
            {
                "endpoints": [
                    EndpointRule(
                        name="a", label="a", when=Compare("age_years", ">", 1)
                    ),
                    EndpointRule(
                        name="b",
                        label="b",
                        reached=OneOf("arm", "closed"),
                        at="age_years",
                    ),
                ]
            },
            ["endpoints.a: field must be", "endpoints.b: codes must", "no time of the"],
        ),
        (
            {
                "criteria": Criteria(
                    name="x", exclude=[Criterion("E1", "x", Compare("ck", ">", 1))]
                )
            },
            ["criteria.E1: field must be a quantity, days or grade field of the study"],
        ),
        ({"table": ["age", "arm", "arm"]}, ["table.arm: stands twice", "did you mean"]),
        ({"group": "rescue_day"}, ["group: rescue_day is not a choice"]),
        ({"group_reference": "closed"}, ["arm has no code closed"]),
        ({"group": None, "group_reference": "open"}, ["no group to compare with"]),
        (
            {"primary": PrimaryOutcome(outcome="score", visit="week_0")},
            ["primary: week_0 is no visit after day 0"],
        ),
        ({"parts": ["zones", "zone"]}, ["needs the field zones", "zone is no part"]),
        (
            {
                "derived": [
                    Derived(
                        name="odd",
                        declaration=yes_no,
                        when=AllOf(
                            (Compare("age_years", ">", 9), Compare("score", ">", 9))
                        ),
                    ),
                    Derived(
                        name="arm",
                        declaration=yes_no,
                        when=Not(Answered("what", answer=True)),
                    ),
                    Derived(name="cut", declaration=grade, cut="arm", at=(1, 2)),
                ]
            },
            [
                "arm: is the name of two fields",
                "derived.odd: mixes fields of the patient and of an assessment",
                "derived.arm: what is no field",
                "derived.cut: arm is no number",
            ],
        ),
    ],
    ids=str,
)
def test_everything_wrong_is_told_at_once(
    changed: dict[str, Any], problems: list[str]
) -> None:
    """Each contradiction is named with its place; none hides another."""
    with pytest.raises(ProtocolErrors) as told:
        hands(**changed)
    assert len(told.value.errors) == len(problems)
    for problem in problems:
        assert any(problem in str(error) for error in told.value.errors), problem


def schedule(*visits: tuple[Any, ...]) -> Any:
    """Return a class of patients with these visits."""
    made: Any = iph.ScheduledVisit("Made", {f"V{n}": v for n, v in enumerate(visits)})  # type: ignore[arg-type] # made while running

    @attrs.frozen(kw_only=True)
    class Seen(iph.SeenAt):
        visit: Any = fields.choice("Visit", made)
        pain: int | None = fields.quantity("Pain", low=0, high=10, best="low")
        pain_night: int | None = fields.quantity("Night", low=0, high=10, best="low")

    @attrs.frozen(kw_only=True)
    class Some(iph.Subject[Seen]):
        other: bool | None = fields.yes_no("Other")

    return Some


@pytest.mark.parametrize(
    ("visits", "problem"),
    [
        ([("a", 7), ("b", 9)], "no visit is on day 0"),
        ([("a", 0), ("b", 7), ("c", 7)], "b and c are both on day 7"),
        ([("a", 0), ("b", 9), ("c", 7)], r"c \(day 7\) stands after b \(day 9\)"),
        ([("a", 0), ("b", 9, "", (10, 12))], "day 9 is not in the window 10 to 12"),
        (
            [("a", 0), ("b", 9, "", (5, 12)), ("c", 14, "", (12, 20))],
            "the windows of b and c overlap",
        ),
        ([("a", 0), ("b", None, "", (5, 12))], "a visit on no fixed day has no window"),
        ([("a", 0), ("night_a", 9)], "pain at night_a and pain_night at a"),
    ],
)
def test_a_schedule_that_cannot_be(visits: list[Any], problem: str) -> None:
    """Days, windows and the names of wide columns must be clear."""
    with pytest.raises(ProtocolErrors, match=problem):
        Protocol(title="t", condition="c", patient=schedule(*visits))


def test_a_class_that_is_none_is_refused() -> None:
    """The class must be of patients, and made by attrs."""
    wrong: Any = iph.Assessment
    with pytest.raises(InputError, match="patient must be a class of patients"):
        Protocol(title="t", condition="c", patient=wrong)

    class Forgot(iph.Patient):
        icu: bool | None = fields.yes_no("Intensive care")

    with pytest.raises(InputError, match="above class Forgot"):
        Protocol(title="t", condition="c", patient=Forgot)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: OutcomeRule(field="a", response=1, response_percent=50),
            "stated once",
        ),
        (lambda: OutcomeRule(field="a", response=0), "response must be above 0"),
        (
            lambda: OutcomeRule(field="a", changes="lefs"),
            "changes must be one of .lefs-mdc90",
        ),
        (
            lambda: OutcomeRule(field="a", changes=5),
            "changes must be names of rules of change, got 5",
        ),
        (
            lambda: OutcomeRule(field="a", changes=["lefs-mcid", "lefs-mcid"]),
            "changes must be different rules",
        ),
        (
            lambda: OutcomeRule(field="a", reliability=0.5),
            "reliability must be stated with standard_deviation",
        ),
        (
            lambda: OutcomeRule(field="a", standard_deviation=0, reliability=0.5),
            "standard_deviation must be above 0",
        ),
        (
            lambda: OutcomeRule(field="a", standard_deviation=2, reliability=1),
            "reliability must be from 0 to below 1",
        ),
        (
            lambda: EndpointRule(name="a", label="a"),
            "endpoint must be when, or reached",
        ),
        (
            lambda: EndpointRule(
                name="a", label="a", when=Compare("a", ">", 1), seen_by="b"
            ),
            "endpoint must be when",
        ),
        (
            lambda: Derived(name="a", declaration=yes_no),
            "one of when, cut and function",
        ),
        (lambda: Derived(name="a", declaration=grade, when=OneOf("a", "b")), "yes/no"),
        (
            lambda: Derived(name="a", declaration=grade, cut="b", at=(2, 1)),
            "at must be cut points that rise",
        ),
        (
            lambda: Derived(name="a", declaration=grade, cut="b", at=(2,)),
            "2 cut points for 3 grades",
        ),
    ],
)
def test_a_rule_with_two_meanings_is_refused(make: Any, message: str) -> None:
    """A part of a protocol has one form."""
    with pytest.raises(InputError, match=message):
        make()


def test_equal_protocols_have_equal_digests() -> None:
    """The digest depends on what is said, and on nothing else."""
    assert hands().digest == hands().digest
    assert hands() == hands()
    changes: list[dict[str, Any]] = [
        {"title": "Another"},
        {"group": None},
        {"table": ["age_years"]},
        {"outcomes": [OutcomeRule(field="score", response=11)]},
        {
            "outcomes": [
                OutcomeRule(field="score", standard_deviation=9, reliability=0.9)
            ]
        },
        {"primary": PrimaryOutcome(outcome="score", visit="week_2")},
    ]
    digests = {hands(**change).digest for change in changes}
    assert len(digests | {hands().digest, LI_2023_PROTOCOL.digest}) == len(changes) + 2


def test_a_protocol_without_rules_of_change_keeps_its_digest() -> None:
    """Counts and plans that were made before there were such rules still fit."""
    known = "732bbd45a43d48157b9ccda78d0f44014a22171a17a8f5a1319f61b9d7d9e377"
    assert LI_2023_PROTOCOL.digest == known


# What Li et al. say is what iph has always computed.


UNSEEN = st.just(iph.FollowUp())


@given(patients(follow_up=UNSEEN))
def test_lis_derived_value_is_that_of_the_patient(patient: iph.Patient) -> None:
    """Conservative by rule is conservative by the property, in three values."""
    found = LI_2023_PROTOCOL.lookup_of(patient)("treated_conservatively")
    assert found is patient.treated_conservatively


@given(assessments())
def test_lis_grade_of_flexion_is_that_of_the_scale(seen: iph.Assessment) -> None:
    """The grade by the cut points of the protocol is that of the scale."""
    found = LI_2023_PROTOCOL.lookup_at(seen)("hip_flexion")
    assert found == hip_flexion_grade(seen.hip_flexion_deg)


@given(patients())
def test_lis_endpoints_are_those_of_the_study(patient: iph.Patient) -> None:
    """Each endpoint as a rule says what the study's own function says."""
    for rule in LI_2023_PROTOCOL.endpoints:
        reached = LI_2023_PROTOCOL.reached(rule)
        seen = {one.day: one.reached for one in ENDPOINTS[rule.name].seen(patient)}
        course = patient.follow_up
        if rule.of_visits:
            days = zip(course.assessments, course.time_days, strict=True)
            by_rule = {d: reached(a) for a, d in days if d is not None}
            assert {d: r for d, r in by_rule.items() if r is not None} == seen
        elif course.outcome_day is not None and course.outcome_day > 0:
            answer = reached(patient)
            assert seen.get(course.outcome_day) is answer


DERIVED = (
    Derived(
        name="operated",
        declaration=yes_no,
        when=HasAny("treatments", "surgical_evacuation"),
    ),
    Derived(
        name="old",
        declaration=grade,
        cut="age_years",
        at=(40, 65),
    ),
    Derived(
        name="old_and_operated",
        declaration=yes_no,
        when=AllOf((Answered("operated", answer=True), Compare("old", ">=", 2))),
        unclear=Compare("hemoglobin_g_l", "<", 60),
    ),
)
OURS = Protocol(
    title="Iliopsoas hematoma, ours",
    condition="iliopsoas hematoma",
    patient=iph.Patient,
    derived=DERIVED,
    criteria=Criteria(
        name="ours",
        include=[Criterion("I1", "old", Compare("old", ">=", 1))],
        exclude=[
            Criterion(
                "E1", "old and operated", Answered("old_and_operated", answer=True)
            )
        ],
    ),
    group="old",
)


@settings(max_examples=30)  # each is screened as a table too
@given(
    cohort=cohorts(max_size=3, follow_up=UNSEEN),
    backend=st.sampled_from(["pandas", "polars", "pyarrow"]),
)
def test_derived_values_are_the_same_in_frames(
    cohort: iph.Cohort, backend: Any
) -> None:
    """A criterion on derived values decides the same of patients and of their table."""
    one_by_one = screen(cohort, protocol=OURS)
    frame = cohort.patients_frame(backend)
    assert screen(frame, protocol=OURS).flow == one_by_one.flow
    decided = list(decide(frame, protocol=OURS)["eligibility"])
    expected = [d.eligibility.value for d in one_by_one.decisions or ()]
    assert [getattr(d, "as_py", lambda d=d: d)() for d in decided] == expected


def test_derived_values_in_a_database() -> None:
    """The same on DuckDB."""
    cohort = iph.evidence.published_cases()
    table = cohort.patients_frame("pyarrow")
    connection = duckdb.connect()
    connection.register("t", table)
    assert screen(connection.table("t"), protocol=OURS).flow == (
        screen(cohort, protocol=OURS).flow
    )


def test_a_function_is_asked_of_patients_alone() -> None:
    """No table can be asked what a function finds."""
    double = Derived(
        name="double",
        declaration=attrs.fields(HandPatient).age_years.metadata["iph"],
        function=lambda p: None if p.age_years is None else 2 * p.age_years,
    )
    study = hands(
        derived=[double],
        criteria=Criteria(
            name="x", include=[Criterion("I1", "x", Compare("double", ">=", 80))]
        ),
    )
    cohort = iph.Cohort(
        [
            HandPatient(patient_id="P1", age_years=39),
            HandPatient(patient_id="P2", age_years=40),
            HandPatient(patient_id="P3"),
        ]
    )
    found = screen(cohort, protocol=study)
    assert (found.n_included, found.n_excluded, found.n_unknown) == (1, 1, 1)
    with pytest.raises(InputError, match="double must be found by a rule"):
        screen(cohort.patients_frame(), protocol=study)


def test_criteria_must_come_from_somewhere() -> None:
    """A study without criteria, and none given, is refused."""
    with pytest.raises(InputError, match="give criteria, or a protocol that has some"):
        screen(iph.Cohort())
    with pytest.raises(InputError, match="give criteria"):
        screen(iph.Cohort(), protocol=hands(criteria=None))
