"""Competing events beside death: who can no longer reach an endpoint."""

from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iph import Cohort
from iph._subject import fields_by_name
from iph.errors import InputError
from iph.protocol import ProtocolErrors, read_protocol, write_protocol
from iph.records import RecordErrors, read
from iph.study import RecoveryAnalysis, analyze, count
from iph.study._columns import Columns
from iph.study._endpoints import competing_event
from iph.study._risk import risks_of
from iph.testing import cohorts_of, protocols, subjects

STUDY = """
title = "Feet"
condition = "diabetic foot ulcer"
[visits]
before = 0
week_6 = 42
week_12 = 84
[patient]
amputation_day = { label = "Day of amputation", days = true }
[at_visit]
closed = { label = "Wound closed", yes_no = true }
pain = { label = "Pain", low = 0, high = 10, step = 1 }
[outcomes]
pain = { better = "low" }
[endpoints.healed]
label = "a healed wound"
when = "closed"
competing = { amputation_day = "amputation" }
"""


def study(folder: Path, text: str = STUDY) -> Any:
    """Read the study of feet, or another text."""
    path = folder / "study.toml"
    path.write_text(text, encoding="utf-8")
    return read_protocol(path)


def test_an_event_ends_the_chance_to_reach_the_endpoint(tmp_path: Path) -> None:
    """Worked by hand (Aalen-Johansen): 2 of 6 heal, 3 are amputated, 1 dies.

    The third wound is seen closed after the amputation, which does not count; the
    fifth is seen closed on the very day of it, which does. Death before amputation
    ends the chance, and amputation before death is no death.
    """
    feet = study(tmp_path)
    rows: list[tuple[tuple[bool | None, ...], int | None, int | None]] = [
        ((False, True, True), None, None),
        ((False, False, None), 50, None),
        ((False, False, True), 50, None),
        ((False, None, None), None, 30),
        ((False, True, None), 42, None),
        ((False, None, None), 30, 60),
    ]
    patients = [
        feet.patient(
            patient_id=f"P{number}",
            amputation_day=amputated,
            follow_up=feet.course(
                assessments=[
                    feet.assessment(visit=visit, closed=closed)
                    for visit, closed in zip(feet.visits, states, strict=True)
                    if closed is not None
                ],
                died_day=died,
            ),
        )
        for number, (states, amputated, died) in enumerate(rows)
    ]
    (found,) = analyze(Cohort(patients), protocol=feet).recovery
    assert isinstance(found, RecoveryAnalysis)
    assert (found.lead, found.n, found.n_died, found.n_gone) == (
        "incidence-at-visit",
        6,
        1,
        4,
    )
    assert [(one.label, one.n) for one in found.competing] == [("amputation", 3)]
    curves = {curve.cause: curve for curve in found.overall.incidence}
    right = {
        "recovered": [0, 1 / 3, 1 / 3],
        "died": [1 / 6, 1 / 6, 1 / 6],
        "amputation": [1 / 6, 1 / 6, 1 / 2],
    }
    for cause, incidence in right.items():
        assert list(curves[cause].time) == [30, 42, 50]
        assert list(curves[cause].incidence) == pytest.approx(incidence)
    assert [
        (at.recovered, at.died, at.competing, at.not_recovered, at.undetermined)
        for at in found.overall.by_visit
    ] == [(2, 1, 1, 2, 0), (2, 1, 3, 0, 0)]


def test_a_file_keeps_its_competing_events(tmp_path: Path) -> None:
    """Written and read back, the study is the same."""
    feet = study(tmp_path)
    again = tmp_path / "again.toml"
    write_protocol(feet, again)
    assert read_protocol(again).digest == feet.digest


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ('{ amputated_day = "amputation" }', "did you mean amputation_day"),
        ('{ died_day = "death" }', "death competes already"),
        ('{ amputation_day = "died" }', "words for the event"),
    ],
)
def test_a_wrong_competing_event_is_told(tmp_path: Path, wrong: str, told: str) -> None:
    """Each is refused, with what to do."""
    text = STUDY.replace('{ amputation_day = "amputation" }', wrong)
    with pytest.raises(ProtocolErrors, match=told):
        study(tmp_path, text)


LATE = """
patient_id,amputation_day,stent_day,died_day,closed_before,closed_week_12
P1,50,70,40,no,
P2,30,,40,no,
P3,41,,41,no,
P4,99,20,60,no,yes
"""
STENTS = (
    STUDY.replace(
        "[at_visit]",
        """stent = { label = "Stent", yes_no = true }
stent_day = { label = "Stent, or last seen without", days = true }
[at_visit]""",
    )
    + """
[endpoints.stent]
label = "a stent"
reached = "stent"
at = "stent_day"
"""
)


def test_nothing_is_recorded_after_death(tmp_path: Path) -> None:
    """Of an endpoint and of what competes with it: each day is an error of its row."""
    feet = study(tmp_path, STENTS)
    sheet = tmp_path / "feet.csv"
    sheet.write_text(LATE.lstrip(), encoding="utf-8")
    with pytest.raises(RecordErrors) as caught:
        read(sheet, protocol=feet)
    told = [(one.row, one.rule) for one in caught.value.errors]
    assert sorted((row, rule.partition(" is ")[0]) for row, rule in told) == [
        (2, "amputation_day"),
        (2, "stent_day"),
        (5, "amputation_day"),
    ]


def test_the_same_of_patients_and_of_tables(tmp_path: Path) -> None:
    """Patients made in Python, and a table on an engine, are refused as a sheet is."""
    feet = study(tmp_path, STENTS)
    course = feet.course(died_day=40)
    late = feet.patient(
        patient_id="P1", amputation_day=50, stent_day=70, follow_up=course
    )
    sound = feet.patient(patient_id="P2", amputation_day=40, follow_up=course)
    assert count(Cohort([sound]), protocol=feet).n == 1
    cohort = Cohort([sound, late])
    told = "P1: amputation_day 50, died on day 40; P1: stent_day 70, died on day 40"
    with pytest.raises(InputError, match=f"got '2 that are not'. {told}"):
        count(cohort, protocol=feet)
    with pytest.raises(InputError, match="a competing event after death"):
        analyze(cohort, protocol=feet)
    lazy = cohort.patients_frame("polars").lazy()
    with pytest.raises(InputError, match=r"after the day of death \(1\)"):
        count(lazy, protocol=feet)


@settings(max_examples=50)  # a protocol and a patient an example
@given(st.data())
def test_no_drawn_patient_has_anything_after_death(data: st.DataObject) -> None:
    """Strategies draw what may be read, and no more."""
    drawn = data.draw(protocols())
    patient = data.draw(subjects(drawn))
    died = patient.follow_up.died_day
    if died is None:
        return
    fields = fields_by_name(drawn.patient)
    for rule in drawn.endpoints:
        names = [event.at for event in rule.competing]
        names += [] if rule.of_visits else [str(rule.at or rule.seen_by)]
        days = [fields[name].value_of(patient) for name in names]
        assert all(day is None or day <= died for day in days)


@settings(max_examples=50)  # a protocol and a cohort an example
@given(st.data())
def test_a_course_ends_its_recovery_with_an_event(data: st.DataObject) -> None:
    """The interval of one patient is that of the study, whatever came in between."""
    drawn = data.draw(protocols())
    cohort = data.draw(cohorts_of(drawn, min_size=1))
    for rule in drawn.endpoints:
        if not rule.of_visits:
            continue
        risks = risks_of(Columns(cohort.patients, drawn), rule)
        for place, patient in enumerate(cohort):
            event = competing_event(drawn, rule, patient)
            found = patient.follow_up.recovery(
                drawn.reached(rule, patient=patient),
                until=None if event is None else event[0],
            )
            if risks.start[place] or found.after_day is None or found.after_day < 0:
                continue
            seen = None if risks.right[place] == float("inf") else risks.right[place]
            assert (found.after_day, found.by_day) == (risks.left[place], seen)


def test_recovery_until_an_event(tmp_path: Path) -> None:
    """What is seen on its day counts, and later nothing."""
    feet = study(tmp_path)
    states = zip(feet.visits, (False, False, True), strict=True)
    course = feet.course(
        assessments=[feet.assessment(visit=v, closed=c) for v, c in states]
    )
    (rule,) = feet.endpoints
    found = [
        attrs.astuple(course.recovery(feet.reached(rule), until=day))[:2]
        for day in (None, 84, 83, 10)
    ]
    assert found == [(42, 84), (42, 84), (42, None), (0, None)]
