"""Cohorts as JSON, and the schema of such files."""

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from iph import Cohort, Laboratory, Patient
from iph.errors import FileError
from iph.records import check, json_schema, read, write
from iph.records._json import _Nested
from iph.scales import ReferenceRange
from iph.testing import cohorts


def written(folder: Path, *patients: Any, **more: Any) -> Path:
    """Write a document with these patients."""
    path = folder / "c.json"
    document = {"format": "iph cohort 1", "patients": list(patients)} | more
    path.write_text(json.dumps(document))
    return path


def test_a_document(tmp_path: Path) -> None:
    """Parts are nested, sets are lists, and what is left out is not recorded."""
    patient = {
        "patient_id": "A",
        "laboratory": {"inr": 2},
        "hematoma": {"zones": ["mid", "upper"]},
        "pain_sites": [],
        "follow_up": {
            "assessments": [{"visit": "week_1", "strength": 4}],
            "died": False,
        },
    }
    (found,) = read(written(tmp_path, patient, label="ours", synthetic=True))
    assert found.pain_sites == frozenset()
    assert found.follow_up.assessments[0].strength == 4
    assert found.follow_up.died is False


def test_every_error_of_a_document_at_once(tmp_path: Path) -> None:
    """Wrong values, unknown names and what is no object are all listed."""
    wrong = [
        {"patient_id": "A", "age_years": 7.9, "shoe": 43, "sex": ["male"]},
        {"patient_id": "B", "hematoma": 7, "nerves": {"femoral": {"a": 1}}},
        "C",
        {"patient_id": "D", "follow_up": {"assessments": [{"vas": 11}, 5]}},
        {"patient_id": "E", "follow_up": {"assessments": "none"}, "pain_sites": [[1]]},
    ]
    found = {(e.row, e.column) for e in check(written(tmp_path, *wrong)).errors}
    assert {
        (1, "age_years"),
        (1, "shoe"),
        (1, "sex"),
        (2, "femoral"),
        (2, "(no object)"),
        (3, "(no object)"),
        (3, "patient_id"),
        (1, "vas"),
        (2, "(no object)"),
        (5, "pain_sites"),
    } <= found


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[1", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ('{"a": 1, "a": 2}', "twice"),
        ('{"format": NaN}', "NaN"),
        ("[]", "is no cohort"),
        ('{"format": "iph cohort 1"}', "no list of patients"),
        ('{"format": "iph cohort 1", "patients": [' + "9" * 5000 + "]}", "is no JSON"),
    ],
)
def test_what_is_no_cohort(tmp_path: Path, text: str, problem: str) -> None:
    """Rubble, nesting without end and double names are refused with words."""
    path = tmp_path / "c.json"
    path.write_text(text)
    with pytest.raises(FileError, match=problem):
        check(path)


@pytest.mark.parametrize("deep", ["[" * 100_000, '{"a":' * 100_000, "[" * 201])
def test_what_stands_too_deep_is_refused(tmp_path: Path, deep: str) -> None:
    """Before it is read: in a browser it would end Python itself."""
    path = tmp_path / "deep.json"
    path.write_text(deep, encoding="utf-8")
    with pytest.raises(FileError, match="more than 200 deep"):
        check(path)


def test_a_look_at_how_deep_it_is_takes_no_longer_than_it_is(tmp_path: Path) -> None:
    """Whatever marks of texts and escapes stand in it."""
    path = tmp_path / "a.json"
    for text in (
        '"' + '\\"' * 300_000,
        "[" * 300 + '"' + "\\" * 300_001,
        '"[' * 300_000,
    ):
        path.write_text("[" * 300 + text, encoding="utf-8")
        begun = time.process_time()
        with pytest.raises(FileError):
            check(path)
        assert time.process_time() - begun < 5


def test_brackets_in_texts_are_not_deep(tmp_path: Path) -> None:
    """As many as anybody may write."""
    note = "[{" * 300 + '"'
    cohort = Cohort([Patient(patient_id="P1")], notes=[note])
    assert read(write(cohort, tmp_path / "a.json")) == cohort


def test_too_many_names(tmp_path: Path) -> None:
    """An object with as many names as no study has is refused."""
    with pytest.raises(FileError, match="names, more than 2000"):
        check(written(tmp_path, {f"v{n}": 1 for n in range(2001)}))


def test_notes_and_label_are_checked(tmp_path: Path) -> None:
    """What a cohort carries besides patients has a type as well."""
    path = written(tmp_path, {"patient_id": "A"}, notes=3, synthetic="no", more=1)
    found = {(e.row, e.column) for e in check(path).errors}
    assert found == {(1, "cohort_notes"), (1, "synthetic"), (1, "more")}


@given(cohorts(max_size=2))
def test_the_schema_admits_what_is_written(cohort: Cohort) -> None:
    """Each written value lies in the type, bounds and codes of the schema."""
    schema = json_schema()["properties"]["patients"]["items"]
    for patient in cohort:
        assert_valid(_Nested(Patient).of(patient), schema)


def assert_valid(value: Any, schema: dict[str, Any]) -> None:
    """Check a value by the words of JSON Schema that occur here."""
    kinds: dict[str, Any] = {
        "object": dict,
        "array": list,
        "string": str,
        "integer": int,
        "number": (int, float),
        "boolean": bool,
        "null": type(None),
    }
    if "enum" in schema:
        assert value in schema["enum"]
        return
    if "anyOf" in schema:  # a number, or a bound of one as text
        for one in schema["anyOf"]:
            if isinstance(value, kinds[one["type"]]):
                assert_valid(value, one)
                return
    assert isinstance(value, kinds[schema["type"]])
    if schema["type"] == "object":
        assert set(value) >= set(schema.get("required", ()))
        for name, inner in value.items():
            assert_valid(inner, schema["properties"][name])
    elif schema["type"] == "array":
        for inner in value:
            assert_valid(inner, schema["items"])
    elif schema["type"] == "string" and "pattern" in schema:
        assert re.search(schema["pattern"], value)
    elif schema["type"] in ("integer", "number"):
        assert schema["minimum"] <= value <= schema["maximum"]


def test_reference_ranges_come_back(tmp_path: Path) -> None:
    """The laboratory's own ranges stand beside its values."""
    ranges = (ReferenceRange(test="aptt_s", low=31, high=43),)
    laboratory = Laboratory(aptt_s=40, reference_ranges=ranges)
    cohort = Cohort([Patient(patient_id="A", laboratory=laboratory)])
    assert read(write(cohort, tmp_path / "c.json")) == cohort
