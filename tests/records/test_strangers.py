"""Sheets as strangers keep them: read with the file that ``check --ask`` wrote.

The sheets stand in the folder ``strangers`` with the answers of a person and the right
values, which are written by hand; ``make_strangers.py`` says how each was made.
"""

import csv
import json
import warnings
from pathlib import Path
from typing import Any

import pytest

from iph import Bound, Patient
from iph._fields import cell
from iph._follow_up import ASSESSMENT_FIELDS
from iph._model import PATIENT_FIELDS
from iph.errors import DoubtWarning, NotReadWarning
from iph.records import read, suggest_mapping

SHEETS = Path(__file__).with_name("strangers")
RIGHT: list[dict[str, Any]] = json.loads(
    (SHEETS / "right.json").read_text(encoding="utf-8")
)
MOST_ANSWERS = 10


def values(patient: Patient) -> dict[str, Any]:
    """Return what is recorded of a patient, fields of visits with visit or day."""
    found: dict[str, Any] = {}
    for field in PATIENT_FIELDS[1:]:
        value = field.value_of(patient)
        if value is not None:
            bound = isinstance(value, Bound)
            found[field.name] = (
                [value.operator, value.value] if bound else cell(field, value)
            )
    for seen in patient.follow_up.assessments:
        when = f"day_{seen.day}" if seen.visit is None else seen.visit.value
        for field in ASSESSMENT_FIELDS:
            value = cell(field, field.value_of(seen))
            if value is not None and field.name not in ("visit", "day"):
                found[f"{field.name}_{when}"] = value
    return found


def answered(draft: Path, out: Path, answers: list[list[str]]) -> list[list[str]]:
    """Write the answers into the rows that ask for them, and return the others."""
    text = draft.read_text(encoding="utf-8-sig")
    separator = next(c for c in text if not c.isalpha() and c != "_")
    rows = list(csv.reader(text.splitlines(), delimiter=separator))
    left = []
    for column, word, read_as in answers:
        found = [row for row in rows if row[0].lstrip("'") == column and row[1] == word]
        if found:
            found[0][2] = read_as
        else:
            left.append([column, word, read_as])
    with out.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=separator).writerows(rows)
    return left


def read_as_asked(right: dict[str, Any], folder: Path) -> list[Patient]:
    """Ask, answer for the columns, ask for the words in them, answer, and read."""
    path = SHEETS / right["file"]
    first = suggest_mapping(path, folder / "asked.csv")
    left = answered(first, folder / "columns.csv", right["answers"])
    second = suggest_mapping(path, folder / "words.csv", mapping=folder / "columns.csv")
    assert answered(second, folder / "mapping.csv", left) == []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DoubtWarning)
        warnings.simplefilter("ignore", NotReadWarning)
        return list(read(path, mapping=folder / "mapping.csv"))


@pytest.mark.parametrize("right", [pytest.param(one, id=one["file"]) for one in RIGHT])
def test_a_strangers_sheet_is_read_by_few_answers(
    right: dict[str, Any], tmp_path: Path
) -> None:
    """Each patient is there with what the sheet says, after at most ten answers."""
    assert len(right["answers"]) <= MOST_ANSWERS
    found = {p.patient_id: values(p) for p in read_as_asked(right, tmp_path)}
    assert found == right["values"]


def test_every_sheet_of_the_folder_is_read() -> None:
    """No sheet stands there without its values, and a third was made by programs."""
    files = {path.name for path in SHEETS.iterdir() if path.is_file()}
    assert files - {"make_strangers.py", "right.json"} == {one["file"] for one in RIGHT}
    assert len(RIGHT) >= 60
    assert 3 * sum(one["program"] != "typed" for one in RIGHT) >= len(RIGHT)
