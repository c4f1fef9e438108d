"""Five studies of other conditions, from a study file and a sheet to counts.

What is right was counted from the text of the sheets by plain loops: see make.py.
"""

import json
import re
import statistics
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from iph import Cohort
from iph.criteria import screen
from iph.protocol import Protocol, read_protocol
from iph.records import (
    check,
    read,
    redcap_dictionary,
    suggest_protocol,
    template,
    write,
)

STUDIES = Path(__file__).parent / "studies"
RIGHT: dict[str, Any] = json.loads((STUDIES / "right.json").read_text("utf-8"))
NAMES = sorted(RIGHT)


def study_of(name: str) -> tuple[Protocol[Any], Cohort[Any]]:
    """Read a study file, and its sheet by it."""
    study = read_protocol(STUDIES / f"{name}.toml")
    return study, read(STUDIES / f"{name}.csv", protocol=study)


def included(study: Protocol[Any], cohort: Cohort[Any]) -> list[Any]:
    """Return the patients who are known to meet all criteria."""
    decisions = screen(cohort, protocol=study).decisions or ()
    names = {d.patient_id for d in decisions if d.eligibility.value == "included"}
    return [patient for patient in cohort if patient.patient_id in names]


@pytest.mark.parametrize("name", NAMES)
def test_the_sheet_is_read_whole(name: str) -> None:
    """Nothing of it is an error, nothing is left out, every row and visit is there."""
    study = read_protocol(STUDIES / f"{name}.toml")
    found = check(STUDIES / f"{name}.csv", protocol=study)
    assert (found.errors, found.not_read, found.ignored_columns) == ((), (), ())
    right = RIGHT[name]
    assert found.n_patients == right["patients"]
    assert found.n_assessments == right["assessments"]
    missing = sum(i.count for i in found.interpretations if "missing" in i.reason)
    assert missing == right.get("missing_codes", 0)


@pytest.mark.parametrize("name", NAMES)
def test_the_flow_through_the_criteria(name: str) -> None:
    """Each step removes whom the loops remove."""
    study, cohort = study_of(name)
    found = screen(cohort, protocol=study)
    right = RIGHT[name]["flow"]
    steps = [(step.code, step.n_removed) for step in found.flow]
    assert steps == [(step["code"], step["removed"]) for step in right["steps"]]
    assert [p.patient_id for p in included(study, cohort)] == right["included"]
    unknown = [
        one.patient_id
        for one in found.decisions or ()
        if one.eligibility.value == "unknown"
    ]
    assert unknown == right["unknown"]


@pytest.mark.parametrize("name", [n for n in NAMES if "at_visits" in RIGHT[n]])
def test_values_at_visits(name: str) -> None:
    """Every field has the counts and quartiles of the sheet at every visit."""
    study, cohort = study_of(name)
    patients = included(study, cohort)
    for key, right in RIGHT[name]["at_visits"].items():
        field, visit, level = key.split()
        group = [
            p
            for p in patients
            if level == "all" or getattr(p, str(study.group)).value == level
        ]
        seen = [p.follow_up.at(visit) for p in group]
        values = [None if one is None else getattr(one, field) for one in seen]
        known = sorted(float(value) for value in values if value is not None)
        assert (len(known), values.count(None)) == (right["n"], right["missing"]), key
        if "quartiles" in right:
            cuts = statistics.quantiles(known, n=4, method="exclusive")
            assert cuts == pytest.approx(right["quartiles"]), key


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("carpal_tunnel", "symptom"),
        ("interscalene_block", "block"),
        ("pelvic_floor", "bother"),
    ],
)
def test_grades_at_visits(name: str, field: str) -> None:
    """Each grade is counted as often as in the sheet."""
    study, cohort = study_of(name)
    patients = included(study, cohort)
    grades = list(study.assessment_declarations[field].options or ())
    for visit, right in RIGHT[name]["grades"].items():
        seen = (p.follow_up.at(visit) for p in patients)
        found = Counter(getattr(one, field) for one in seen if one is not None)
        assert [found[grade] for grade in grades] == right


@pytest.mark.parametrize(
    ("name", "endpoint"),
    [
        ("carpal_tunnel", "relief"),
        ("interscalene_block", "onset"),
        ("pelvic_floor", "dry"),
    ],
)
def test_when_an_endpoint_was_seen(name: str, endpoint: str) -> None:
    """The interval of each patient is that between two visits of the sheet."""
    study, cohort = study_of(name)
    rule = next(one for one in study.endpoints if one.name == endpoint)
    for patient in included(study, cohort):
        found = patient.follow_up.recovery(study.reached(rule))
        after, by, at_start = RIGHT[name][endpoint][patient.patient_id]
        assert (found.after_day, found.by_day) == (after, by)
        assert found.at_start == at_start


def test_recorded_times() -> None:
    """A recorded time is that of the sheet, with whether it was reached."""
    study, cohort = study_of("interscalene_block")
    rescue = next(one for one in study.endpoints if one.name == "rescue")
    reached = study.reached(rescue)
    for patient in included(study, cohort):
        time, given, drug = RIGHT["interscalene_block"]["rescue"][patient.patient_id]
        assert getattr(patient, str(rescue.at)) == time
        assert reached(patient) is given
        assert patient.drug.value == drug


@pytest.mark.parametrize("name", NAMES)
def test_what_is_written_speaks_of_no_hematoma(name: str, tmp_path: Path) -> None:
    """Tables, template and REDCap project are read back and name only the study."""
    study, cohort = study_of(name)
    file = write(cohort, tmp_path / "out.json")
    assert read(file, protocol=study) == cohort
    tables = write(cohort, tmp_path / "out.csv")
    assert read(tables, protocol=study) == cohort
    text = "".join(
        path.read_text("utf-8") for path in tmp_path.iterdir() if path.is_file()
    )
    template(tmp_path / "template.xlsx", protocol=study)
    (tmp_path / "redcap").mkdir()
    for path in redcap_dictionary(protocol=study).write(tmp_path / "redcap"):
        text += Path(path).read_text("utf-8-sig")
    assert not re.search("hematoma|iliopsoas|femoral|numbness", text, re.IGNORECASE)


@pytest.mark.parametrize("name", NAMES)
def test_a_draft_reads_the_sheet_that_it_was_guessed_from(
    name: str, tmp_path: Path
) -> None:
    """No cell of the sheet is an error for the draft."""
    draft = suggest_protocol(STUDIES / f"{name}.csv", tmp_path / "draft.toml")
    found = check(STUDIES / f"{name}.csv", protocol=read_protocol(draft))
    assert (found.errors, found.not_read) == ((), ())
    assert found.n_assessments == RIGHT[name]["assessments"]
