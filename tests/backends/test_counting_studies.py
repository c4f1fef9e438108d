"""A study is counted on every engine as its patients are, to the last cell."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from iph.protocol import read_protocol
from iph.study import StudyCounts, count

Load = Callable[[pa.Table], Any]

STUDY = """
title = "Carpal tunnel release"
condition = "carpal tunnel syndrome"
[visits]
before = 0
week_6 = 42
[patient]
age = { label = "Age", unit = "years", low = 18, high = 100 }
arm = { label = "Arm", codes = ["open", "endoscopic"] }
[at_visit]
grip_kg = { label = "Grip", unit = "kg", low = 0, high = 99, step = "0.1" }
[outcomes]
grip_kg = { better = "high" }
[endpoints]
strong = { label = "grip of 20 kg", when = "grip_kg >= 20" }
[include]
I1 = { rule = "age >= 18", statement = "adults" }
[events]
scar = { label = "Painful scar", grades = ["mild", "severe"], from = 1, related = true }
infection = "Wound infection"
"""
PATIENTS = pa.table(
    {
        "patient_id": pa.array(list("ABCDE"), pa.string()),
        "age": pa.array([40, 41, 42, None, 60], pa.int64()),
        "arm": pa.array(["open", "Endoscopic", "open", "open", None], pa.string()),
        "died_day": pa.array([None, None, None, None, 20], pa.int64()),
        "synthetic": pa.array([None, "yes", "no", None, "yes"], pa.string()),
        "cohort_label": pa.array([None, *['"Süd"'] * 4], pa.string()),
        "cohort_notes": pa.array(['["as told", "=5"]'] * 5, pa.string()),
    }
)
VISITS = pa.table(
    {
        "patient_id": pa.array(list("AABCCDE"), pa.string()),
        "visit": pa.array(
            ["before", "week_6", *["before"] * 2, "week_6", *["before"] * 2],
            pa.string(),
        ),
        "day": pa.array([0, 40, None, -3, None, 0, 0], pa.int64()),
        "grip_kg": pa.array([18.1, 24.5, 31.2, 12.6, None, 9, 12.6], pa.float64()),
    }
)
EVENTS = pa.table(
    {
        "patient_id": pa.array(list("AABDC"), pa.string()),
        "event": pa.array(["scar", "scar", "infection", "infection", "scar"]),
        "day": pa.array([10, None, 3, None, 41], pa.int64()),
        "grade": pa.array([2, 1, None, None, None], pa.int64()),
        "related": pa.array([False, None, None, None, True], pa.bool_()),
    }
)


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return a small study from a file."""
    file: Path = tmp_path_factory.mktemp("study") / "study.toml"
    file.write_text(STUDY, encoding="utf-8")
    return read_protocol(file)


@pytest.fixture(scope="session")
def in_memory(study: Any) -> StudyCounts:
    """Return the counts of the patients themselves."""
    return count(PATIENTS, assessments=VISITS, events=EVENTS, protocol=study, by="arm")


def test_a_study_is_counted_on_every_engine(
    on_engine: Load, study: Any, in_memory: StudyCounts
) -> None:
    """Every cell of every table is the same, and what the tables say of the cohort."""
    found = count(
        on_engine(PATIENTS),
        assessments=on_engine(VISITS),
        events=on_engine(EVENTS),
        protocol=study,
        by="arm",
    )
    assert found == in_memory
    assert (found.label, found.notes) == ("Süd", ("as told", "=5"))
    assert found.synthetic


RANGES = [
    json.dumps([{"test": "aptt_s", "low": low, "high": high}])
    for low, high in ((25, 35), (31, 43))
]


def test_ranges_of_laboratories_hold_in_place(on_light_engine: Load) -> None:
    """The same value is normal in one laboratory and not in another."""
    table = pa.table(
        {
            "patient_id": pa.array(list("ABCD"), pa.string()),
            "aptt_s": pa.array([36.0, 36.0, 30.0, 40.0], pa.float64()),
            "reference_ranges": pa.array([*RANGES, None, RANGES[1]], pa.string()),
        }
    )
    options: dict[str, Any] = {"population": "all", "coagulation": "laboratory"}
    found = count(on_light_engine(table), **options)
    assert found == count(table, **options)
    states = found.table("characteristics", "coagulation_status")
    assert {status.label: n for (status, _), n in states.items()} == {
        "abnormal": 1,
        "normal": 3,
    }
