"""A rule over what has changed since baseline, in text, in protocols, in a study."""

from fractions import Fraction
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

import iph
from iph import Bound
from iph.criteria import (
    AllOf,
    Change,
    Compare,
    Criteria,
    Criterion,
    Not,
    screen,
)
from iph.errors import InputError
from iph.protocol import ProtocolErrors, read_protocol
from iph.protocol._file_reading import protocol_of
from iph.protocol._file_writing import protocol_text
from iph.protocol._python_text import python_text
from iph.protocol._rule_reading import parse_rule
from iph.protocol._rule_writing import rule_text
from iph.study import RecoveryAnalysis, analyze

TEXT = """
title = "Grip after carpal tunnel release"
condition = "carpal tunnel syndrome"
[visits]
before = 0
week_6 = 42
week_12 = 84
[at_visit]
pain = { label = "Pain", low = 0, high = 10, step = "0.1", better = "low" }
stage = { label = "Stage", grades = ["none", "mild", "severe"], better = "low" }
[endpoints]
halved = { label = "half of the pain", when = "change(pain) <= -50 %" }
better = { label = "a grade better", when = "change(stage) <= -1 and pain < 9" }
"""
HANDS = protocol_of(TEXT, "study.toml")
SEEN = HANDS.assessment_declarations


def patient(name: str, *pains: float | None, stages: tuple[Any, ...] = ()) -> Any:
    """Return a patient seen at each visit with these values."""
    make: Any = HANDS.assessment
    seen = [
        make(visit=visit, pain=pain, stage=stages[place] if stages else None)
        for place, (visit, pain) in enumerate(zip(HANDS.visits, pains, strict=True))
    ]
    return HANDS.patient(patient_id=name, follow_up=HANDS.course(assessments=seen))


NUMBERS = st.integers(0, 100).map(lambda tenths: tenths / 10)
SIGNS: Any = st.sampled_from([">", ">=", "<", "<="])


@given(
    before=NUMBERS,
    now=NUMBERS,
    sign=SIGNS,
    limit=st.integers(-100, 100),
    percent=st.booleans(),
)
def test_a_change_is_decided_exactly(
    before: float,
    now: float,
    sign: Literal[">", ">=", "<", "<="],
    limit: int,
    percent: bool,  # noqa: FBT001 - drawn by hypothesis
) -> None:
    """In tenths, no float error moves a patient over the limit."""
    rule = Change("pain", sign, limit, percent=percent)
    found = rule.of({"pain": now, "baseline.pain": before}.get)
    first, last = round(before * 10), round(now * 10)
    if percent and first == 0:
        assert found is None
        return
    change = Fraction(last - first, 10)
    if percent:
        change = Fraction(last - first, first) * 100
    expected = {
        ">": change > limit,
        ">=": change >= limit,
        "<": change < limit,
        "<=": change <= limit,
    }[sign]
    assert found is expected
    if not percent:
        mirrored: Any = {">": "<", ">=": "<=", "<": ">", "<=": ">="}[sign]
        turned = Change("pain", mirrored, -limit)
        assert turned.of({"pain": before, "baseline.pain": now}.get) is expected


@pytest.mark.parametrize("missing", ["pain", "baseline.pain"])
@pytest.mark.parametrize("value", [None, Bound(">", 8)])
def test_without_both_values_it_is_unknown(missing: str, value: Any) -> None:
    """A bound tells no change either."""
    cells = {"pain": 3.0, "baseline.pain": 7.0, missing: value}
    assert Change("pain", "<=", -2).of(cells.get) is None


@given(
    name=st.sampled_from(["pain", "stage"]),
    sign=SIGNS,
    limit=st.integers(-2, 2),
    percent=st.booleans(),
)
def test_it_is_written_and_read_again(
    name: str,
    sign: Literal[">", ">=", "<", "<="],
    limit: int,
    percent: bool,  # noqa: FBT001 - drawn by hypothesis
) -> None:
    """Alone and among other rules."""
    rule = Change(name, sign, limit, percent=percent and name == "pain")
    joined = AllOf((Not(rule), Compare("pain", ">", 1)))
    for one in (rule, joined):
        assert parse_rule(rule_text(one), SEEN) == (one, ())


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("change(pian) < 1", "pian is no number or grade of a visit"),
        ("change(visit) < 1", "visit is no number or grade of a visit"),
        ("change() < 1", "is no number or grade of a visit"),
        ("change(pain < 1", "a ) is missing"),
        ("change(pain)", "change(pain) is followed by < or <= or >= or >"),
        ("change(pain) = 1", "is followed by < or <= or >= or >, found ="),
        ("change(pain) < mild", "a number is missing, found 'mild'"),
        ("change(pain) <", "a number is missing"),
        ("change(pain) < -11", "pain never changes by -11"),
        ("change(stage) < -50 %", "stage has no percent"),
    ],
)
def test_what_is_wrong_with_the_text_is_told(text: str, problem: str) -> None:
    """Each with its place; a condition beside it is read all the same."""
    rule, problems = parse_rule(f"{text} and stage = mlid", SEEN)
    assert rule is None
    assert problem in problems[0].problem
    assert "no grade 'mlid'" in problems[-1].problem


def test_a_patient_has_no_change() -> None:
    """Criteria, derived values and tables know no baseline, and refuse it in words."""
    fields = {"age_years": SEEN["pain"], "weight_kg": None}
    for text in ("change(age_years) < 1", "not (change(pain) < 1) or age_years > 3"):
        _, (problem,) = parse_rule(text, fields)
        assert problem.problem == "change is asked of what is seen at visits"
        assert problem.hint == "ask for it in the rule (when) of an endpoint"
    # What is wrong with the field is told where it is declared.
    assert parse_rule("change(weight_kg) < 1", fields) == (None, ())
    older = Criterion("I1", "older", Change("age_years", ">", 1))
    one = Criteria(name="x", include=[older])
    with pytest.raises(InputError, match="one that is seen at visits"):
        screen([iph.Patient(patient_id="P1")], one)
    with pytest.raises(InputError, match="one that a single row can answer"):
        Change("pain", ">", 1).expr(SEEN)
    derived = '[derived]\neased = "change(pain) <= -2"\n'
    with pytest.raises(ProtocolErrors, match="is asked by endpoints alone"):
        protocol_of(TEXT.replace("[endpoints]", f"{derived}[endpoints]"), "x")
    rule = Change("stage", "<", 1, percent=True)
    assert [error.rule for error in rule.check(SEEN)] == [
        "a number: a grade has no percent"
    ]
    assert Change("visit", "<", 1).check(SEEN)


def test_an_endpoint_asks_it_of_each_visit() -> None:
    """The baseline is that of the patient; without one nothing is known."""
    halved, better = HANDS.endpoints
    eased = patient("P1", 8, 4.1, 4, stages=(2, 2, 1))
    reached = HANDS.reached(halved, patient=eased)
    assert [reached(one) for one in eased.follow_up.assessments] == [False, False, True]
    graded = HANDS.reached(better, patient=eased)
    assert [graded(one) for one in eased.follow_up.assessments] == [False, False, True]
    unknown = patient("P2", None, 4.1, 0)
    reached = HANDS.reached(halved, patient=unknown)
    assert [reached(one) for one in unknown.follow_up.assessments] == [None] * 3
    nothing = HANDS.patient(patient_id="P3")
    last = eased.follow_up.assessments[2]
    assert HANDS.reached(halved, patient=nothing)(last) is None
    with pytest.raises(InputError, match="patient must be given: the endpoint asks"):
        HANDS.reached(halved)


def test_a_study_finds_who_reached_it_and_when() -> None:
    """Between the last visit that saw no and the first that saw yes."""
    cohort = iph.Cohort(
        [
            patient("P1", 8, 4.1, 4),
            patient("P2", 6, 3, 0),
            patient("P3", 5, 5, 5),
            patient("P4", None, 1, 1),
            patient("P5", 0, 0, 0),
        ]
    )
    study = analyze(cohort, protocol=HANDS)
    halved = study.recovery[0]
    assert isinstance(halved, RecoveryAnalysis)
    intervals = {
        one.patient_id: (found.after_day, found.by_day)
        for one in cohort
        if (found := one.follow_up.recovery(_halved(one))).is_known
    }
    assert intervals == {"P1": (42, 84), "P2": (0, 42), "P3": (84, None)}
    assert (halved.n, halved.n_missing, halved.overall.n_recovered) == (3, 2, 2)


def _halved(one: Any) -> Any:
    return HANDS.reached(HANDS.endpoints[0], patient=one)


def test_a_protocol_with_changes_is_written_and_read_back(tmp_path: Any) -> None:
    """In the study file and in Python."""
    file = tmp_path / "study.toml"
    file.write_text(protocol_text(HANDS))
    assert read_protocol(file) == HANDS
    made: dict[str, Any] = {"__name__": "study"}
    exec(python_text(HANDS), made)  # noqa: S102 - our own
    assert made["study"].digest == HANDS.digest
