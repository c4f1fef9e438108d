"""Sheets as wards write them: what a person sees on each is what is read.

The sheets stand in the folder ``sheets`` with their right values, which are written by
hand; ``make_sheets.py`` says with which program each was made.
"""

import json
import unicodedata
import warnings
from pathlib import Path
from typing import Any

import pytest

from iph import Bound, Cohort, Patient
from iph._fields import cell
from iph._follow_up import ASSESSMENT_FIELDS
from iph._model import PATIENT_FIELDS
from iph.errors import DoubtWarning, NotReadWarning
from iph.records import check, from_frames, read, write

SHEETS = Path(__file__).with_name("sheets")
RIGHT: list[dict[str, Any]] = json.loads(
    (SHEETS / "right.json").read_text(encoding="utf-8")
)


def named(kind: str) -> list[Any]:
    """Return the sheets of which something is known, each with its name as id."""
    return [pytest.param(one, id=one["file"]) for one in RIGHT if kind in one]


def cells(patient: Patient) -> dict[str, Any]:
    """Return what is recorded of a patient, fields of visits with the visit's name."""
    found = {
        field.name: field.value_of(patient)
        for field in PATIENT_FIELDS
        if field.value_of(patient) is not None
    }
    for seen in patient.follow_up.assessments:
        assert seen.visit is not None
        for field in ASSESSMENT_FIELDS:
            value = cell(field, field.value_of(seen))
            if value is not None and field.name != "visit":
                found[f"{field.name}_{seen.visit.value}"] = value
    return found


def shown(value: Any) -> Any:
    """Return a value as the list of right values writes it."""
    if isinstance(value, Bound):
        return [value.operator, value.value]
    if isinstance(value, frozenset):
        return sorted(one.value for one in value)
    return getattr(value, "value", value)


def quietly(path: Path) -> Cohort:
    """Read a sheet; what it says of cells that were not read is looked at elsewhere."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DoubtWarning)
        warnings.simplefilter("ignore", NotReadWarning)
        return read(path)


@pytest.mark.parametrize("right", named("values"))
def test_what_the_sheet_shows_is_read(right: dict[str, Any]) -> None:
    """Each patient is there, nobody else, and with the values that a person sees."""
    cohort = quietly(SHEETS / right["file"])
    found = {unicodedata.normalize("NFC", p.patient_id): cells(p) for p in cohort}
    assert sorted(found) == sorted(right["values"])
    for name, values in right["values"].items():
        for field, value in values.items():
            assert shown(found[name].get(field)) == value, (name, field)


@pytest.mark.parametrize("right", named("errors"))
def test_what_cannot_be_read_is_refused_where_it_stands(right: dict[str, Any]) -> None:
    """Just these cells are errors, each with a reason."""
    errors = check(SHEETS / right["file"]).errors
    assert [[e.row, e.column] for e in errors] == right["errors"]
    assert all(e.rule for e in errors)


@pytest.mark.parametrize("right", named("not_read"))
def test_what_is_not_read_is_said(right: dict[str, Any]) -> None:
    """A warning, the report of the check and the cohort name it."""
    path = SHEETS / right["file"]
    with pytest.warns(NotReadWarning) as caught:
        cohort = read(path)
    (warned,) = [one for one in caught if one.category is NotReadWarning]
    assert check(path).not_read == cohort.not_read
    for words in right["not_read"]:
        assert any(words in said for said in cohort.not_read), words
        assert words in str(warned.message)


@pytest.mark.parametrize("right", named("warns"))
def test_what_nobody_sees_is_said(right: dict[str, Any]) -> None:
    """Hidden rows are read, and a warning of the report names them."""
    said = "\n".join(check(SHEETS / right["file"]).warnings)
    for words in right["warns"]:
        assert words in said


@pytest.mark.parametrize("right", named("bounds"))
def test_bounds_are_values(right: dict[str, Any], tmp_path: Path) -> None:
    """A bound is kept with its sign and its limit, and survives files and frames."""
    path = SHEETS / right["file"]
    lines = ["column,cell,read_as"]
    lines += [f"{e.column},{e.value},30" for e in check(path).errors]
    (tmp_path / "m.csv").write_text("\n".join(lines), encoding="utf-8")
    cohort = read(path, mapping=tmp_path / "m.csv")
    for patient in cohort:
        for field, bound in right["bounds"][patient.patient_id].items():
            assert shown(cells(patient)[field]) == bound
    for ending in (".csv", ".tsv", ".xlsx", ".json", ".sav"):
        assert read(write(cohort, tmp_path / f"again{ending}")) == cohort
    for library in ("pandas", "polars", "pyarrow"):
        assert from_frames(cohort.patients_frame(library)) == cohort


def test_every_sheet_is_looked_at() -> None:
    """No file stands in the folder without its right values, and none twice."""
    files = {path.name for path in SHEETS.iterdir()} - {
        "make_sheets.py",
        "right.json",
        "hostile.py",
        "hostile_books.py",
    }
    assert files - {"__pycache__"} == {one["file"] for one in RIGHT}
    assert len(files - {"__pycache__"}) == len(RIGHT)
    for one in RIGHT:
        assert {"values", "errors", "not_read", "warns", "bounds"} & one.keys()
    by_programs = [one for one in RIGHT if one["program"] != "typed"]
    assert 3 * len(by_programs) >= len(RIGHT)
