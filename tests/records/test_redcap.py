"""REDCap: the project that is made, its export, and its interface for programs."""

import csv
import http.server
import io
import json
import re
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from iph import Cohort, HematomaZone, Sex, Treatment, Visit
from iph._fields import Kind, cell
from iph._follow_up import ASSESSMENT_FIELDS
from iph._model import PATIENT_FIELDS
from iph.errors import FileError, InputError, NotReadWarning
from iph.records import RecordErrors, check, read, read_redcap, redcap_dictionary
from iph.records._redcap import is_export
from iph.records._targets import target_of
from iph.testing import cohorts, laboratories

MakeFile = Callable[..., Path]
TOKEN = "A" * 32


def exported(cohort: Cohort) -> list[dict[str, str]]:
    """Return the raw export of the project, by the rules of REDCap."""
    project = redcap_dictionary()
    columns = ["patient_id", "redcap_event_name", "redcap_repeat_instrument"]
    columns.append("redcap_repeat_instance")
    for made in project.fields[1:]:
        codes = [part.split(",")[0].strip() for part in made[5].split("|")]
        if made[3] == "checkbox":
            columns += [f"{made[0]}___{code}" for code in codes]
        else:
            columns.append(made[0])
    columns += ["patient_complete", "assessment_complete"]
    rows: list[dict[str, str]] = []
    for patient in cohort:
        base = dict.fromkeys(columns, "") | {"patient_id": patient.patient_id}
        base["redcap_event_name"] = "baseline_arm_1"
        for field in PATIENT_FIELDS[1:]:
            fill(base, field, field.value_of(patient))
        base["patient_complete"] = "2"
        rows.append(base)
        for number, seen in enumerate(patient.follow_up.assessments):
            row = dict.fromkeys(columns, "") | {"patient_id": patient.patient_id}
            if seen.visit is Visit.BASELINE:
                row = base
            elif seen.visit is None:
                row["redcap_event_name"] = "unscheduled_arm_1"
                row["redcap_repeat_instance"] = str(number)
                rows.append(row)
            else:
                row["redcap_event_name"] = f"{seen.visit.value}_arm_1"
                rows.append(row)
            for field in ASSESSMENT_FIELDS[1:]:
                fill(row, field, field.value_of(seen))
    return rows


def fill(row: dict[str, str], field: Any, value: Any) -> None:
    """Put a value into an export as REDCap does."""
    kind, name = field.declaration.kind, field.name
    if kind is Kind.CHOICES:
        for column in row:
            if column.startswith(f"{name}___"):
                row[column] = "0"
        if value is not None:
            for code in [option.value for option in value] or ["none"]:
                row[f"{name}___{code}"] = "1"
    elif value is not None:
        words = {"True": "1", "False": "0", "-": "minus", "+": "plus"}
        text = str(cell(field, value))
        row[name] = words.get(text, text)


def as_csv(rows: list[dict[str, str]]) -> str:
    """Return an export as text."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


# a project has no field for the ranges of a laboratory
_NO_RANGES = st.none() | laboratories(reference_ranges=st.just(()))


@given(cohort=cohorts(min_size=1, max_size=2, laboratory=_NO_RANGES))
def test_an_export_of_the_project_reads_back(
    told_apart: Callable[[Cohort], Cohort], cohort: Cohort
) -> None:
    """Without any mapping the export of the made project is the cohort."""
    cohort = told_apart(cohort)
    visits = [seen for patient in cohort for seen in patient.follow_up.assessments]
    for seen in visits:  # a visit at which nothing is recorded leaves no trace
        assume(any(f.value_of(seen) is not None for f in ASSESSMENT_FIELDS[1:]))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.csv"
        path.write_text(as_csv(exported(cohort)), encoding="utf-8", newline="")
        assert read(path).patients == cohort.patients


def test_the_dictionary_keeps_the_rules_of_redcap(tmp_path: Path) -> None:
    """18 columns, legal names and types, forms in one piece, choices that split."""
    paths = redcap_dictionary().write(tmp_path)
    with paths[0].open(newline="") as file:
        header, *rows = list(csv.reader(file))
    assert len(header) == 18
    assert (header[0], header[17]) == ("Variable / Field Name", "Field Annotation")
    assert rows[0][0] == "patient_id"
    names = [row[0] for row in rows]
    assert len(set(names)) == len(names)
    forms = [row[1] for row in rows]
    assert forms == sorted(forms, reverse=True)
    for row in rows:
        assert len(row) == 18
        assert re.fullmatch(r"[a-z][a-z0-9_]*", row[0])
        assert row[3] in {"text", "dropdown", "checkbox", "yesno"}
        assert row[7] in {"", "integer", "number"}
        for part in row[5].split("|") if row[5] else []:
            code, label = part.strip().split(",", 1)
            assert re.fullmatch(r"[a-z0-9_]+", code)
            assert label.strip()
        assert set(re.findall(r"\[(\w+)\]", row[11])) <= set(names)
    with paths[1].open(newline="") as file:
        events = [row["unique_event_name"] for row in csv.DictReader(file)]
    assert events == [f"{visit.value}_arm_1" for visit in Visit] + ["unscheduled_arm_1"]
    with paths[2].open(newline="") as file:
        assert {row["unique_event_name"] for row in csv.DictReader(file)} == set(events)


def test_an_export_of_another_project(file_of: MakeFile) -> None:
    """Events, checkboxes and REDCap's own columns are understood by their names."""
    path = file_of(
        "record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,"
        "zones___upper,zones___mid,treatments___none,treatments___analgesic,vas,"
        "shoe___1,baseline_complete,survey_timestamp",
        "1,baseline_arm_1,,,1,1,0,1,7,1,2,[not completed]",
        "1,baseline_arm_1,labs,1,,,,,,,,",
        "1,week_1_arm_1,,,,,,,4,0,2,",
        "2,baseline_arm_1,,,0,0,1,0,,0,0,",
    )
    with pytest.warns(NotReadWarning, match="shoe___1"):
        first, second = read(path)
    assert first.hematoma is not None
    assert first.hematoma.zones == frozenset({HematomaZone.UPPER, HematomaZone.MID})
    assert first.treatments == frozenset({Treatment.ANALGESIC})
    assert [a.visit for a in first.follow_up.assessments] == [
        Visit.BASELINE,
        Visit.WEEK_1,
    ]
    assert second.hematoma is None
    assert second.treatments == frozenset()
    report = check(path)
    assert report.ignored_columns == ("shoe___1",)
    assert "REDCap" in report.warnings[0]


def test_errors_in_an_export(file_of: MakeFile) -> None:
    """Unknown events, codes and states of boxes are errors with their rows."""
    path = file_of(
        "patient_id,redcap_event_name,zones____9,pain_sites___hip,vas",
        "A,visit_7_arm_1,,,3",
        "B,baseline_arm_1,1,yes,",
        "C,baseline_arm_1",
    )
    found = [(e.row, e.column, e.name) for e in check(path).errors]
    assert found == [
        (2, "visit", "value"),
        (3, "zones", "value"),
        (3, "pain_sites", "value"),
        (4, "", "row-length"),
    ]


@pytest.fixture
def server() -> Iterator[tuple[str, dict[str, Any]]]:
    """Return the address of a stand-in for REDCap, and what it will answer."""
    answers: dict[str, Any] = {
        "metadata": [
            {"field_name": "patient_id", "form_name": "patient", "field_type": "text"}
        ],
        "exportFieldNames": [],
    }

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """Answer from the table of answers."""
            size = int(self.headers["Content-Length"])
            asked = dict(urllib.parse.parse_qsl(self.rfile.read(size).decode()))
            body = json.dumps(answers[asked["content"]]).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as made:
        thread = threading.Thread(target=made.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{made.server_port}/api/", answers
        made.shutdown()
        thread.join()


def test_a_project_is_read_end_to_end(server: tuple[str, dict[str, Any]]) -> None:
    """What the interface sends is read like an export; errors count records."""
    url, answers = server
    answers["record"] = [
        {
            "patient_id": "1",
            "redcap_event_name": "baseline_arm_1",
            "vas": "",
            "age_years": "48",
        },
        {
            "patient_id": "1",
            "redcap_event_name": "week_1_arm_1",
            "vas": "4",
            "age_years": "",
        },
    ]
    (patient,) = read_redcap(url, TOKEN)
    assert patient.age_years == 48
    assert patient.follow_up.assessments[0].vas == 4
    answers["record"][1]["vas"] = "11"
    with pytest.raises(RecordErrors) as caught:
        read_redcap(url, TOKEN)
    assert [(e.row, e.column) for e in caught.value.errors] == [(2, "vas")]
    answers["record"] = {"error": "You do not have permissions"}
    with pytest.raises(FileError):
        read_redcap(url, TOKEN)


def test_a_token_is_never_shown() -> None:
    """Neither a malformed token nor a failed connection prints it."""
    with pytest.raises(InputError) as caught:
        read_redcap("http://127.0.0.1:9/api/", "secret")
    assert "secret" not in str(caught.value)
    with pytest.raises(FileError) as failed:
        read_redcap("http://127.0.0.1:9/api/", TOKEN)
    assert TOKEN not in str(failed.value)


def test_a_project_without_events(file_of: MakeFile) -> None:
    """Boxes alone make an export; a repeated form without an event has no visit."""
    boxes = file_of("record_id,zones___mid,zones___upper", "1,1,0", "2,0,0")
    first, second = read(boxes)
    assert first.hematoma is not None
    assert first.hematoma.zones == frozenset({HematomaZone.MID})
    assert second.hematoma is None
    repeated = file_of(
        "record_id,redcap_event_name,vas,redcap_repeat_instance", "1,,4,2"
    )
    (error,) = check(repeated).errors
    assert (error.row, error.name) == (2, "assessment-when")


def test_an_interface_that_sends_something_else(
    monkeypatch: pytest.MonkeyPatch, server: tuple[str, dict[str, Any]]
) -> None:
    """What is no list of records is said to be none; an empty event has no visit."""
    from redcap.project import Project

    url, _ = server
    monkeypatch.setattr(Project, "export_records", lambda *_, **__: "no records")
    with pytest.raises(FileError, match="no list of records"):
        read_redcap(url, TOKEN)
    records = [{"patient_id": "1", "redcap_event_name": None, "vas": "4"}]
    monkeypatch.setattr(Project, "export_records", lambda *_, **__: records)
    with pytest.raises(RecordErrors, match="assessment-when"):
        read_redcap(url, TOKEN)


def test_a_project_without_events_is_known(file_of: MakeFile) -> None:
    """The states of its forms and the record id say that REDCap wrote it."""
    path = file_of("record_id,sex,age_years,demographics_complete", "7,male,40,2")
    (patient,) = read(path)
    assert (patient.patient_id, patient.age_years) == ("7", 40)
    report = check(path)
    assert report.ignored_columns == ()
    assert "read as a raw REDCap export" in report.warnings[0]
    path = file_of("subject_id,sex,form_complete", "7,male,2")
    assert read(path).patients[0].patient_id == "7"
    other = file_of("ward,sex,treatment_complete,remark", "7,male,2,x")
    assert [e.name for e in check(other).errors] == ["column-missing"]


def test_the_first_column_names_the_records(file_of: MakeFile) -> None:
    """Whatever its name, the first column of an export holds the pseudonyms."""
    path = file_of("hip_no,redcap_event_name,vas", "A,baseline_arm_1,7")
    (patient,) = read(path)
    assert (patient.patient_id, len(patient.follow_up.assessments)) == ("A", 1)


def test_instances_of_a_form_may_be_visits(file_of: MakeFile, tmp_path: Path) -> None:
    """The number of an instance is a visit if the mapping says which."""
    path = file_of(
        "record_id,redcap_repeat_instrument,redcap_repeat_instance,sex,vas",
        "1,,,male,",
        "1,visits,1,,7",
        "1,visits,2,,3",
    )
    mapping = tmp_path / "m.csv"
    mapping.write_text(
        "column,cell,read_as\nredcap_repeat_instance,,visit\n"
        "redcap_repeat_instance,1,baseline\nredcap_repeat_instance,2,week_1",
        encoding="utf-8",
    )
    (patient,) = read(path, mapping=mapping)
    seen = patient.follow_up.assessments
    assert [(a.visit, a.vas) for a in seen] == [(Visit.BASELINE, 7), (Visit.WEEK_1, 3)]
    assert patient.sex is Sex.MALE


def test_an_export_with_labels_is_told_apart(file_of: MakeFile) -> None:
    """The advice is to export raw data, not that a person is named."""
    path = file_of("Record ID,Event Name,Pain (VAS)", "1,Baseline,7")
    (error,) = [e for e in check(path).errors if e.name == "column-missing"]
    assert "export raw data" in error.hint


def test_long_column_names_are_read_at_once() -> None:
    """A name of 60,000 signs is no field, and is not looked at for long."""
    begun = time.process_time()
    for name in ("_" * 60_000 + "!", "a" + " " * 60_000 + "b", "a_" * 30_000):
        assert not is_export([name])
        assert target_of(name) is None
    assert time.process_time() - begun < 2
    assert is_export(["pain_sites___abdomen"])
