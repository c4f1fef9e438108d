"""Complications and adverse events in the report of a study."""

import json
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iph import Cohort
from iph.errors import InputError
from iph.protocol import LI_2023_PROTOCOL, Protocol
from iph.protocol._file_reading import protocol_of
from iph.records import Event
from iph.report import write
from iph.report._contents import document_of, methods_sentences, results_sentences
from iph.report._pooled import pooled_document
from iph.report._protected import protected_document
from iph.report._sheet import Sheet
from iph.report._study_claims import study_claims
from iph.study import (
    EventTable,
    ProtectedCounts,
    Study,
    StudyCounts,
    analyze,
    count,
)
from iph.study._parts import NotAsked, Unavailable
from iph.testing import cohorts_of, events_of, protocols

HANDS: Protocol[Any] = protocol_of(
    """
title = "Carpal tunnel release"
condition = "carpal tunnel syndrome"
day_zero = "operation"
group = "arm"
[visits]
before = 0
week_6 = "6 weeks"
[patient]
age_years = {}
arm = { label = "Operation", codes = ["open", "endoscopic"] }
[at_visit]
pain = { label = "Pain", low = 0, high = 10 }
[outcomes]
pain = { better = "low" }
[events]
scar = { label = "Painful scar", grades = ["mild", "severe"], from = 1, related = true }
infection = "Wound infection"
[include]
I1 = { rule = "age_years >= 18", statement = "adults" }
""",
    "study.toml",
)


def hands(n: int = 20) -> Cohort[Any]:
    """Return patients in two arms; the first is a child, and not included."""
    return Cohort(
        [
            HANDS.patient(
                patient_id=f"H{k:02}",
                age_years=40 if k else 10,
                arm=("open", "endoscopic")[k % 2] if k != 5 else None,
            )
            for k in range(n)
        ],
        patient_class=HANDS.patient,
    )


EVENTS = (
    Event(patient_id="H00", event="infection"),
    Event(patient_id="H01", event="scar", day=40, grade=1, related=True),
    Event(patient_id="H01", event="scar", day=90, grade=2),
    Event(patient_id="H02", event="scar", grade=1, related=False),
    Event(patient_id="H03", event="scar"),
    Event(patient_id="H05", event="infection", day=4),
)


def study_of(events: tuple[Event, ...] | None) -> Study:
    """Analyze the hands with a table of events, or without one."""
    return analyze(attrs.evolve(hands(), events=events), protocol=HANDS)


def sheet_of(study: Study) -> Sheet:
    """Return the table of events of the report."""
    (found,) = (s for s in document_of(study).sheets if s.name == "events")
    return found


def test_events_stand_in_the_report_by_group_and_grade() -> None:
    """Patients once each, by the worst grade; who is not analyzed is left out."""
    study = study_of(EVENTS)
    sheet = sheet_of(study)
    assert sheet.header == (
        *("Event", "Overall (n = 19)", "Open (n = 9)", "Endoscopic (n = 9)"),
    )
    told = {row.cells[0]: row.cells[1:] for row in sheet.rows}
    assert told["Any event"] == (
        *("4/19 (21 %) [5 events]", "1/9 (11 %)", "2/9 (22 %) [3 events]"),
    )
    assert told["mild"] == ("1", "1", "0")
    assert told["severe"] == ("1", "0", "1")
    assert told["grade not recorded"] == ("1", "0", "1")
    assert told["related to the treatment"] == ("1", "0", "1")
    assert told["relation not recorded"] == ("1", "0", "1")
    assert told["Wound infection"] == ("1/19 (5 %)", "0/9 (0 %)", "0/9 (0 %)")
    notes = " ".join(sheet.notes)
    assert "1 event of patients who are not analyzed is left out" in notes
    assert "Operation was not known for 1 patient" in notes
    text = " ".join(results_sentences(study))
    assert (
        "A complication or adverse event was recorded in 4 of 19 patients (21 %; 95 % "
        "CI, 6 to 46 %): painful scar in 3 and wound infection in 1, 5 events in all. "
        "By operation, it was 1 of 9 (open) and 2 of 9 (endoscopic)."
    ) in text
    assert any("by the worst grade" in told for told in methods_sentences(study))


def test_no_event_is_not_no_table() -> None:
    """An empty table says that nothing happened; none says nothing, and is a gap."""
    empty = study_of(())
    text = " ".join(results_sentences(empty))
    assert (
        "None of 19 patients had painful scar or wound infection; the data allow a "
        "share of up to 18 % (95 % CI)."
    ) in text
    assert [row.cells[0] for row in sheet_of(empty).rows].count("mild") == 0
    absent = study_of(None)
    assert isinstance(absent.events, Unavailable)
    assert absent.events in absent.unavailable
    assert "not the same as none having happened" in absent.events.sentence
    (section,) = (s for s in document_of(absent).sections if s.name == "events")
    assert "no table of events was given" in repr(section)
    assert not any(s.name == "events" for s in document_of(absent).sheets)


def test_a_study_that_asks_for_no_events_says_nothing() -> None:
    """Neither a chapter nor a gap; events that no protocol declares are refused."""
    study = analyze(Cohort([]), protocol=LI_2023_PROTOCOL)
    assert isinstance(study.events, NotAsked)
    assert not any(s.name == "events" for s in document_of(study).sections)
    bare = attrs.evolve(HANDS, events=())
    with pytest.raises(InputError, match="protocol must be one that declares events"):
        analyze(attrs.evolve(hands(), events=EVENTS), protocol=bare)


def test_counts_tell_the_events() -> None:
    """The report from counts has the chapter of the report from patients, word by word.

    So has that of counts that were written as JSON, and of two hospitals that add up.
    """
    everybody = attrs.evolve(hands(), events=EVENTS)
    wanted = study_of(EVENTS)
    counts = count(everybody, protocol=HANDS)
    halves = [
        Cohort(
            everybody.patients[part],
            events=[
                e
                for e in EVENTS
                if e.patient_id in {p.patient_id for p in everybody.patients[part]}
            ],
            patient_class=HANDS.patient,
        )
        for part in (slice(0, 4), slice(4, 20))
    ]
    summed = sum(count(half, protocol=HANDS) for half in halves)
    for found in (
        counts,
        StudyCounts.from_json(counts.to_json(), protocol=HANDS),
        summed,
    ):
        study = analyze(found)
        assert study.events == wanted.events
        assert sheet_of(study) == sheet_of(wanted)
        assert results_sentences(study)[-1:] == results_sentences(wanted)[-1:]


def test_frames_tell_the_events() -> None:
    """A dataframe of events beside that of patients is the table of a cohort."""
    cohort = attrs.evolve(hands(), events=EVENTS)
    frames = cohort.patients_frame("polars"), cohort.events_frame("polars")
    study = analyze(frames[0], events=frames[1], protocol=HANDS)
    assert study.events == study_of(EVENTS).events
    counts = count(frames[0], events=frames[1], protocol=HANDS)
    assert counts == count(cohort, protocol=HANDS)
    for made in (analyze, count):
        with pytest.raises(InputError, match="events must be None beside a cohort"):
            made(cohort, events=frames[1], protocol=HANDS)
    with pytest.raises(InputError, match="events must be None beside counts"):
        analyze(counts, events=frames[1])


def test_a_grade_that_is_none_of_its_scale_is_refused() -> None:
    """It would stand in no row of the table."""
    for odd in (
        Event(patient_id="H01", event="scar", grade=9),
        Event(patient_id="H01", event="infection", grade=1),
    ):
        with pytest.raises(InputError, match="graded as the protocol declares"):
            study_of((odd,))


def test_protected_counts_tell_who_had_an_event() -> None:
    """Small counts are hidden; nothing is said of a hospital that gave no table."""
    everybody = hands(40)
    many = [Event(patient_id=f"H{k:02}", event="infection") for k in range(1, 13)]
    few = [Event(patient_id="H20", event="scar", grade=2)]
    given = attrs.evolve(everybody, events=[*many, *few])
    told = count(given, protocol=HANDS).protected()
    untold = count(everybody, protocol=HANDS).protected()
    found = {
        (one.field, one.level): str(one.count)
        for one in (
            told + ProtectedCounts.from_json(untold.to_json(), protocol=HANDS)
        ).counts()
        if one.field.startswith("event ") and one.group == "all"
    }
    assert found["event infection", "yes"] == "12 to 51"
    assert found["event scar", "yes"] == "None"
    document = pooled_document(told)
    (section,) = (s for s in document.sections if s.name == "events")
    sheets = {sheet.name: sheet for sheet in document.sheets}
    assert section.title == "Complications and adverse events"
    assert sheets["event-infection"].title.startswith("Wound infection, number")
    rows = {row.cells[0]: row.cells[1] for row in sheets["event-infection"].rows}
    assert rows == {"no": "27 (69%)", "yes": "12 (31%)", "not recorded": "0"}
    assert not any(s.name == "events" for s in pooled_document(untold).sections)


def test_a_hospital_without_a_table_of_events() -> None:
    """Its patients were not told to have no event, and nothing is said of the sum."""
    told = count(attrs.evolve(hands(4), events=EVENTS[:2]), protocol=HANDS)
    untold = count(hands(7), protocol=HANDS)
    found = analyze(told + untold).events
    assert isinstance(found, Unavailable)
    assert "no table of events of 7 of 11 records was given" in found.reason


def test_events_stand_in_every_medium(tmp_path: Path, undrawn: None) -> None:  # noqa: ARG001 - a fixture
    """In results.json, in the claims, and in a table of the folder."""
    study = study_of(EVENTS)
    written = write(study, tmp_path / "report")
    assert "tables/events.csv" in written.files
    found = json.loads((written.folder / "results.json").read_text("utf-8"))
    row = found["study"]["events"]["rows"][0]
    assert (row["name"], row["cells"][0]["n_patients"]) == ("scar", 3)
    assert any("at least one" in line for line in written.summary)
    printed = {claim.code: claim.printed for claim in study_claims(study)}
    assert printed["event scar: patients"] == "3"
    assert printed["event any: patients, share"] == "21 %"


def test_rare_events_are_hidden_in_a_protected_report() -> None:
    """A small count points to a person; a large one is shown."""
    rare = protected_document(study_of(EVENTS), 5)
    for sheet in rare.sheets:
        if sheet.name.startswith("event_"):
            cells = [cell for row in sheet.rows for cell in row.cells[1:]]
            assert not {"1", "2", "3", "4"}.intersection(cells)
            assert "hidden" in cells
    many = tuple(
        Event(patient_id=f"H{k:02}", event="infection") for k in range(1, 20, 2)
    )
    shown = protected_document(study_of(many), 5)
    (sheet,) = (s for s in shown.sheets if s.name == "event_infection")
    assert sheet.rows[-1].cells == ("all", "19")


@settings(max_examples=8)  # a whole study each
@given(st.data())
def test_every_count_is_that_of_a_plain_loop(data: st.DataObject) -> None:
    """Of any protocol and cohort, in the study and on paper."""
    protocol = data.draw(protocols().filter(lambda one: bool(one.events)))
    cohort = data.draw(cohorts_of(protocol, min_size=1, max_size=6))
    events = data.draw(events_of(protocol, cohort))
    study = analyze(
        attrs.evolve(cohort, events=events), protocol=protocol, population="all"
    )
    assert isinstance(study.events, EventTable)
    sheet = sheet_of(study)
    printed = {row.cells[0]: row.cells[1] for row in sheet.rows if not row.indent}
    n = len(cohort)
    for rule in protocol.events:
        who = {one.patient_id for one in events if one.event == rule.name}
        assert f"{len(who)}/{n} " in printed[rule.label]
    everybody = {one.patient_id for one in events}
    assert printed["Any event"].startswith(f"{len(everybody)}/{n} ")
    for document in (document_of(study), protected_document(study, 3)):
        names = [one.name for one in document.sheets]
        assert len(set(names)) == len(names)
