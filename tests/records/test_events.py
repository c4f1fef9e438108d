"""Tables of events: read with every error at once, written and read back equal."""

import csv
import json
from pathlib import Path
from typing import Any

import attrs
import openpyxl
import polars as pl
import pytest
from fhir.resources.R4B.bundle import Bundle
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from iph import Cohort, records
from iph.__main__ import main
from iph.errors import FileError, InputError, NotReadWarning, RuleError
from iph.protocol import LI_2023_PROTOCOL, EventRule, Protocol
from iph.protocol._file_reading import protocol_of
from iph.records import Event, RecordErrors, from_frames, read_events, write_events
from iph.records._footers import likely
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
arm = { label = "Operation", codes = ["open", "endoscopic"] }
[events]
scar = { label = "Painful scar", grades = ["mild", "severe"], from = 1, related = true }
infection = "Wound infection"
stiffness = { label = "Stiff fingers", grades = ["some", "much", "all"] }
""",
    "study.toml",
)


def patient(name: str, died_day: int | None = None) -> Any:
    """Return a patient of the study."""
    course = HANDS.course(died=died_day is not None or None, died_day=died_day)
    return HANDS.patient(patient_id=name, arm="open", follow_up=course)


COHORT = Cohort([patient("P1"), patient("P2", died_day=50)])


def written(folder: Path, text: str) -> Path:
    """Return a file with some rows."""
    path = folder / "events.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_table_is_read_by_the_declarations(tmp_path: Path) -> None:
    """Labels, words, grades in words, and columns by their labels are understood."""
    path = written(
        tmp_path,
        "Patient,Event,Day since day zero (days),Grade,related\n"
        "P1,Painful scar,40,severe,yes\n"
        "\n"
        "P2,infection,,,\n"
        "P1,SCAR,-2,1,\n"
        "P2,stiffness,50,0,\n",
    )
    assert read_events(path, protocol=HANDS, cohort=COHORT) == (
        Event(patient_id="P1", event="scar", day=40, grade=2, related=True),
        Event(patient_id="P2", event="infection"),
        Event(patient_id="P1", event="scar", day=-2, grade=1),
        Event(patient_id="P2", event="stiffness", day=50, grade=0),
    )


def test_every_error_is_told_at_once(tmp_path: Path) -> None:
    """Each with its row, its column, and what is allowed."""
    path = written(
        tmp_path,
        "patient_id,event,day,grade,related\n"
        "P9,scar,x,7,perhaps\n"
        "P1,scarr,1,,\n"
        ",scar,,,\n"
        "P1,infection,1,2,yes\n"
        "P2,stiffness,51,3,\n",
    )
    with pytest.raises(RecordErrors) as told:
        read_events(path, protocol=HANDS, cohort=COHORT)
    found = {(e.row, e.column): f"{e.rule}; {e.hint}" for e in told.value.errors}
    assert found.keys() == {
        *((2, "day"), (2, "related"), (2, "grade"), (2, "patient_id")),
        *((3, "event"), (4, "patient_id"), (5, "grade"), (5, "related")),
        *((6, "grade"), (6, "day")),
    }
    assert "did you mean scar?" in found[3, "event"]
    assert "no later than the day of death, 50" in found[6, "day"]
    assert "infection has no grades in the protocol" in found[5, "grade"]
    assert "one of: 0, 1, 2" in found[6, "grade"]
    assert "a patient of the cohort" in found[2, "patient_id"]


def test_other_columns_are_named(tmp_path: Path) -> None:
    """What is not read is said; an empty column is no loss."""
    path = written(tmp_path, "patient_id,event,seen by,empty\nP1,scar,Dr,\n")
    with pytest.warns(NotReadWarning, match="column seen by is none of a table"):
        (event,) = read_events(path, protocol=HANDS)
    assert event == Event(patient_id="P1", event="scar")


def test_the_template_has_a_sheet_of_events(tmp_path: Path) -> None:
    """Filled in, it is read with the patients; empty, it says that there were none."""
    path = records.template(tmp_path / "study.xlsx", protocol=HANDS)
    assert read_events(path, protocol=HANDS) == ()
    empty = records.read(path, protocol=HANDS)
    assert (len(empty), empty.events) == (0, ())
    book = openpyxl.load_workbook(path)
    header = [cell.value for cell in book["events"][1]]
    assert header == [
        *("Patient", "Event", "Day since day zero (days)", "Grade"),
        "Related to the treatment",
    ]
    listed = [row[1].value for row in book["codebook"].iter_rows(min_row=2)]
    assert "Event" in listed
    book["patients"].append(["P1", "open"])
    book["events"].append(["P1", "Painful scar", 40, 2, "no"])
    book.save(path)
    cohort = records.read(path, protocol=HANDS)
    assert cohort.events == read_events(path, protocol=HANDS, cohort=cohort)
    assert cohort.events == (
        Event(patient_id="P1", event="scar", day=40, grade=2, related=False),
    )


def fill(sheet: Any, row: int, *cells: Any) -> None:
    """Write the cells of a row."""
    for place, cell in enumerate(cells, start=1):
        sheet.cell(row, place).value = cell


def test_a_check_of_the_workbook_looks_at_its_events(tmp_path: Path) -> None:
    """Beside the patients; a file of another kind holds none."""
    path = records.template(tmp_path / "study.xlsx", protocol=HANDS)
    book = openpyxl.load_workbook(path)
    fill(book["patients"], 2, "P1", "open")
    fill(book["events"], 2, "P1", "Painful scar", 40, 9, "no")
    fill(book["events"], 3, "P7", "infection")
    book.save(path)
    found = records.check(path, protocol=HANDS)
    assert [(e.table, e.row, e.column) for e in found.errors] == [
        ("study.xlsx[events]", 2, "Grade"),
        ("study.xlsx[events]", 3, "Patient"),
    ]
    fill(book["events"], 1, "Patient", "what")
    book.save(path)
    (error,) = records.check(path, protocol=HANDS).errors
    assert error.rule == "the table needs the column event"
    fill(book["patients"], 2, "P1", "shut")
    book.save(path)
    errors = records.check(path, protocol=HANDS).errors
    tables = ["study.xlsx[patients]", "study.xlsx[events]"]
    assert [error.table for error in errors] == tables
    plain = written(tmp_path, "patient_id,arm\nP1,open\n")
    assert records.check(plain, protocol=HANDS).errors == ()
    del book["events"]
    fill(book["patients"], 2, "P1", "open")
    book.save(path)
    assert records.check(path, protocol=HANDS).errors == ()


@settings(
    max_examples=25,  # a file each
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data(), kind=st.sampled_from(["csv", "tsv", "xlsx"]))
def test_events_are_written_and_read_back_equal(
    data: st.DataObject, kind: str, tmp_path: Path
) -> None:
    """Any events of any protocol, in each kind of file."""
    protocol = data.draw(protocols().filter(lambda one: bool(one.events)))
    cohort = data.draw(cohorts_of(protocol, max_size=3))
    events = data.draw(events_of(protocol, cohort))
    path = write_events(events, tmp_path / f"events.{kind}", overwrite=True)
    assert read_events(path, protocol=protocol, cohort=cohort) == events


@pytest.mark.parametrize(
    ("name", "text", "error", "message"),
    [
        ("events.json", "[]", FileError, "is none of a table of events"),
        ("events.doc", "", FileError, "is none of a table of events"),
        (
            *("events.csv", "patient_id,day\nP1,3\n", RecordErrors),
            "the table needs the column event",
        ),
        ("none.csv", None, FileError, "there is no such file"),
    ],
)
def test_what_is_no_table_of_events(
    name: str, text: str | None, error: Any, message: str, tmp_path: Path
) -> None:
    """Files of another kind, and tables without the columns, are refused."""
    path = tmp_path / name
    if text is not None:
        path.write_text(text)
    with pytest.raises(error, match=message):
        read_events(path, protocol=HANDS)


def test_a_study_without_events_has_no_table(tmp_path: Path) -> None:
    """The protocol must declare them, and each must be one."""
    path = written(tmp_path, "patient_id,event\n")
    with pytest.raises(InputError, match="protocol must be one that declares events"):
        read_events(path, protocol=LI_2023_PROTOCOL)
    with pytest.raises(FileError, match=r"the ending \.doc is not known"):
        write_events([], tmp_path / "events.doc")
    wrong: Any = ["scar"]
    with pytest.raises(InputError, match=r"events\[0\] must be an Event"):
        write_events(wrong, tmp_path / "other.csv")
    numbers: Any = int
    with pytest.raises(InputError, match="grades must be an enumeration of whole"):
        EventRule(name="scar", label="Scar", grades=numbers)
    with pytest.raises(InputError, match="label must be a text that is not empty"):
        EventRule(name="scar", label=" ")


@settings(
    max_examples=25,  # a file each
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data(), kind=st.sampled_from(["json", "xlsx"]))
def test_a_cohort_with_events_is_read_back_equal(
    data: st.DataObject, kind: str, tmp_path: Path
) -> None:
    """The events as well; that there were none is not that there is no table."""
    protocol = data.draw(protocols().filter(lambda one: bool(one.events)))
    cohort = data.draw(cohorts_of(protocol, min_size=1, max_size=3))
    path = records.write(cohort, tmp_path / f"cohort.{kind}", overwrite=True)
    back = records.read(path, protocol=protocol)
    assert back.events == cohort.events
    if kind == "json":
        assert back == cohort


SCARS = (
    Event(patient_id="P1", event="scar", day=40, grade=2, related=True),
    Event(patient_id="P2", event="infection"),
)


def test_a_file_without_room_for_events_is_not_written(tmp_path: Path) -> None:
    """Nothing is left out in silence; the message says what holds them."""
    cohort = attrs.evolve(COHORT, events=SCARS)
    with pytest.raises(FileError, match=r"a \.csv file holds no table of events"):
        records.write(cohort, tmp_path / "cohort.csv")
    assert not (tmp_path / "cohort.csv").exists()
    assert records.write(COHORT, tmp_path / "cohort.csv").exists()


def test_events_beside_the_patients(tmp_path: Path) -> None:
    """A file that is named, or one that stands beside the patients by its name."""
    patients = tmp_path / "series_patients.csv"
    patients.write_text("patient_id,arm\nP1,open\nP2,endoscopic\n")
    assert records.read(patients, protocol=HANDS).events is None
    (tmp_path / "series_events.csv").write_text("patient_id,event\nP2,scar\n")
    beside = records.read(patients, protocol=HANDS)
    assert beside.events == (Event(patient_id="P2", event="scar"),)
    named = written(tmp_path, "patient_id,event,why\nP1,infection,x\n")
    with pytest.warns(NotReadWarning, match="column why is none of a table"):
        read = records.read(patients, events=named, protocol=HANDS)
    assert read.events == (Event(patient_id="P1", event="infection"),)
    assert any("column why" in said for said in read.not_read)
    with pytest.raises(InputError, match="events must be None for a study that"):
        records.read(patients, events=named, protocol=None)
    named.write_text("patient_id,event\nP9,infection\n")
    with pytest.raises(RecordErrors, match="a patient of the cohort"):
        records.read(patients, events=named, protocol=HANDS)
    assert records.check(patients, events=named, protocol=HANDS).errors


def test_events_are_of_patients_and_before_death() -> None:
    """As the cohort itself holds it; how many there are stands in its name."""
    assert repr(attrs.evolve(COHORT, events=SCARS)).endswith("events = 2>")
    nobody = Event(patient_id="P9", event="scar")
    with pytest.raises(RuleError, match="an event is of 'P9', who is no patient"):
        attrs.evolve(COHORT, events=[nobody])
    late = Event(patient_id="P2", event="scar", day=51)
    with pytest.raises(RuleError, match="is on day 51, after the death on 50"):
        attrs.evolve(COHORT, events=[late])


def test_events_in_json_are_checked(tmp_path: Path) -> None:
    """Unknown names, wrong grades and what is no event; the schema names the fields."""
    path = records.write(attrs.evolve(COHORT, events=SCARS), tmp_path / "c.json")
    document = json.loads(path.read_text())
    assert document["events"][1] == {"patient_id": "P2", "event": "infection"}
    document["events"] = [
        {"patient_id": "P1", "event": "scar", "grade": 7},
        {"patient_id": "P1", "event": "scar", "why": "x"},
        3,
    ]
    path.write_text(json.dumps(document))
    found = {(e.row, e.column) for e in records.check(path, protocol=HANDS).errors}
    assert found >= {(1, "grade"), (None, "why"), (None, "(no object)")}
    document["events"] = {}
    path.write_text(json.dumps(document))
    with pytest.raises(FileError, match="its events are no list"):
        records.check(path, protocol=HANDS)
    schema = records.json_schema(protocol=HANDS)["properties"]["events"]["items"]
    assert schema["required"] == ["patient_id", "event"]
    assert "enum" in schema["properties"]["event"]
    assert "events" not in records.json_schema()["properties"]


def test_the_events_of_a_redcap_project(tmp_path: Path) -> None:
    """The project asks for them in a form that repeats; its export is read whole."""
    project = records.redcap_dictionary(protocol=HANDS)
    mine = {row[0]: row for row in project.fields if row[1] == "adverse_events"}
    assert list(mine) == [
        *("adverse_event", "adverse_event_day"),
        *("adverse_event_grade", "adverse_event_related"),
    ]
    assert mine["adverse_event"][3] == "dropdown"
    assert ("1", "before_arm_1", "adverse_events") in project.forms
    columns = [
        *("patient_id", "redcap_event_name", "redcap_repeat_instrument"),
        *("redcap_repeat_instance", "arm", *mine, "adverse_events_complete"),
    ]
    event = ("P1", "before_arm_1", "adverse_events")
    rows = [
        ("P1", "before_arm_1", "", "", "open", "", "", "", "", ""),
        (*event, "1", "", "scar", "40", "2", "1", "2"),
        (*event, "2", "", "infection", "", "", "", "0"),
        (*event, "3", "", "", "", "", "", "0"),
        ("P2", "before_arm_1", "", "", "endoscopic", "", "", "", "", ""),
    ]
    path = tmp_path / "export.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([columns, *rows])
    cohort = records.read(path, protocol=HANDS)
    assert [patient.patient_id for patient in cohort] == ["P1", "P2"]
    assert cohort.events == (
        Event(patient_id="P1", event="scar", day=40, grade=2, related=True),
        Event(patient_id="P1", event="infection"),
    )
    taken = protocol_of(
        'title = "T"\ncondition = "c"\nday_zero = "d"\n[visits]\nfirst = 0\nlast = 9\n'
        '[patient]\nadverse_event = { label = "A", low = 0, high = 9 }\n'
        '[events]\nscar = "Scar"\n',
        "study.toml",
    )
    with pytest.raises(InputError, match="without a field adverse_event"):
        records.redcap_dictionary(protocol=taken)


def test_the_command_takes_a_file_of_events(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Without a table of patients it is refused."""
    assert main(["screen", "--events", "events.csv"]) == 2
    assert "FILE must be given with these options" in capsys.readouterr().err


def many(n: int, n_scars: int) -> Cohort[Any]:
    """Return patients of whom the first few had a scar."""
    patients = [patient(f"P{k}") for k in range(n)]
    scars = [Event(patient_id=f"P{k}", event="scar") for k in range(n_scars)]
    return Cohort(patients, events=[*scars, *scars[:1]])


@pytest.mark.parametrize(("n_scars", "shown"), [(0, 0), (3, None), (8, 8)])
def test_events_are_shared_as_counts(
    n_scars: int, shown: int | None, tmp_path: Path
) -> None:
    """Patients with the event; a small count is hidden, and so is what tells it."""
    cohort = many(30, n_scars)
    shared = records.share(cohort, tmp_path / "out", protocol=HANDS)
    tables = {table.field: table for table in shared.tables}
    scar = tables["event scar"]
    counts = dict(zip(scar.levels, scar.counts, strict=True))
    assert counts["yes"] == (shown,)
    assert counts["no"] == (None if shown is None else 30 - shown,)
    assert tables["event infection"].counts[1] == (0,)
    removed = {one.field for one in shared.changes if one.what == "removed"}
    assert "days and grades of events" in removed
    assert "40" not in (tmp_path / "out" / "what-was-done.md").read_text()


def test_events_are_shared_by_a_protocol_alone(tmp_path: Path) -> None:
    """Without one the list of tables would tell which events there were."""
    shared = records.share(many(30, 8), tmp_path / "out")
    assert not any(table.field.startswith("event") for table in shared.tables)
    assert "events" in {one.field for one in shared.changes}
    wrong: Any = "study.toml"
    with pytest.raises(InputError, match="protocol must be a Protocol"):
        records.share(many(30, 8), tmp_path / "other", protocol=wrong)
    bare = attrs.evolve(HANDS, events=())
    with pytest.raises(InputError, match="one that declares the events scar"):
        records.share(many(30, 8), tmp_path / "other", protocol=bare)


def test_events_are_resources_of_fhir() -> None:
    """Valid, of the patient, in words where the protocol is given; nobody is named."""
    cohort = attrs.evolve(COHORT, events=SCARS)
    bundle = records.fhir_bundle(cohort, protocol=HANDS)
    Bundle.model_validate_json(json.dumps(bundle))
    found = [
        entry["resource"]
        for entry in bundle["entry"]
        if entry["resource"]["resourceType"] == "AdverseEvent"
    ]
    assert [one["event"]["text"] for one in found] == [
        (
            "Painful scar; day since day zero: 40; grade: severe; related to the "
            "treatment: yes"
        ),
        "Wound infection",
    ]
    plain = json.dumps(records.fhir_bundle(cohort))
    assert "scar; day since day zero: 40; grade: 2" in plain
    assert "P1" not in plain
    subjects = {one["subject"]["reference"] for one in found}
    assert len(subjects) == 2


@settings(max_examples=25)  # a protocol, a cohort and its events an example
@pytest.mark.filterwarnings("ignore::iph.errors.DoubtWarning")  # "AA,AA" is a name
@given(data=st.data())
def test_events_go_through_frames(data: st.DataObject) -> None:
    """The events of any cohort come back from a frame of any library."""
    protocol = data.draw(protocols().filter(lambda one: one.events))
    cohort = data.draw(cohorts_of(protocol, min_size=1, max_size=3))
    names = [one.patient_id for one in cohort]
    assume(not any(likely(name, [name]) for name in names))  # such a row is asked about
    events = data.draw(events_of(protocol, cohort))
    cohort = attrs.evolve(cohort, events=events)
    library: Any = data.draw(st.sampled_from(["pandas", "polars", "pyarrow"]))
    back = from_frames(
        cohort.patients_frame(library),
        cohort.assessments_frame(library),
        events=cohort.events_frame(library),
        protocol=protocol,
    )
    assert back.events == events


def test_events_of_a_frame_are_checked() -> None:
    """Every error at once, as in a file; none is taken for a study without events."""
    frame = COHORT.patients_frame("polars")
    wrong = pl.DataFrame({"patient_id": ["P1", "P9"], "event": ["scars", "scar"]})
    with pytest.raises(RecordErrors) as caught:
        from_frames(frame, events=wrong, protocol=HANDS)
    assert [(e.table, e.row, e.column) for e in caught.value.errors] == [
        ("events", 1, "event"),
        ("events", 2, "patient_id"),
    ]
    with pytest.raises(InputError, match="None for a study that declares none"):
        from_frames(frame.select("patient_id"), events=wrong)
    with pytest.raises(InputError, match="events must be a dataframe"):
        from_frames(frame, events=[1], protocol=HANDS)
    assert from_frames(frame, protocol=HANDS).events is None
    with pytest.raises(InputError, match="one with a table of events"):
        COHORT.events_frame()
    nothing = attrs.evolve(COHORT, events=[]).events_frame()
    assert from_frames(frame, events=nothing, protocol=HANDS).events == ()
