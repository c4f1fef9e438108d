"""Values that are known by a bound alone at a visit: tables, frames and reports."""

from pathlib import Path
from typing import Any

import pytest

from iph import Bound, Cohort
from iph.protocol import read_protocol
from iph.records import RecordErrors, from_frames, read
from iph.report import write
from iph.study import analyze, count

STUDY = """
title = "t"
condition = "c"
[visits]
before = 0
week_1 = 7
[patient]
arm = { label = "Arm", codes = ["a", "b"] }
[at_visit]
grip = { label = "Grip", unit = "kg", low = 0, high = 90, step = 1, bounded = true }
[outcomes]
grip = { better = "high" }
"""
SHEET = """patient_id;visit;day;arm;grip
P1;before;0;a;>50
P1;week_1;7;a;20
P2;before;0;b;30
P2;week_1;7;b;<5
P3;before;0;a;31
P3;week_1;7;a;33
"""


@pytest.fixture
def protocol(tmp_path: Path) -> Any:
    """Return a study in which what is seen at visits may be a bound."""
    file = tmp_path / "study.toml"
    file.write_text(STUDY, encoding="utf-8")
    return read_protocol(file)


@pytest.fixture
def cohort(protocol: Any, tmp_path: Path) -> Cohort[Any]:
    """Return three patients, two of them with a bound."""
    file = tmp_path / "sheet.csv"
    file.write_text(SHEET, encoding="utf-8")
    return read(file, protocol=protocol)


def values(cohort: Cohort[Any]) -> list[Any]:
    """Return what was seen, patient by patient."""
    return [one.grip for p in cohort for one in p.follow_up.assessments]


@pytest.mark.parametrize("backend", ["pandas", "polars", "pyarrow"])
def test_frames_hold_them(cohort: Cohort[Any], protocol: Any, backend: Any) -> None:
    """The number and its sign stand in two columns, and come back as they were."""
    columns = cohort.assessment_columns()
    assert columns["grip"] == [50, 20, 30, 5, 31, 33]
    assert columns["grip_bound"] == [">", None, None, "<", None, None]
    back = from_frames(
        cohort.patients_frame(backend),
        cohort.assessments_frame(backend),
        protocol=protocol,
    )
    told = [Bound(">", 50), 20, 30, Bound("<", 5), 31, 33]
    assert values(back) == values(cohort) == told


def test_a_lazy_table_takes_no_limit_for_a_value(
    cohort: Cohort[Any], protocol: Any
) -> None:
    """Where visits hold bounds the rows are read, and the counts are the same."""
    frames = [cohort.patients_frame("polars"), cohort.assessments_frame("polars")]
    patients, seen = (frame.lazy() for frame in frames)
    found = count(patients, assessments=seen, protocol=protocol, population="all")
    wanted = count(cohort, protocol=protocol, population="all")
    assert found.tables == wanted.tables


@pytest.mark.usefixtures("undrawn")
def test_the_report_says_who_heeds_them(
    cohort: Cohort[Any], protocol: Any, tmp_path: Path
) -> None:
    """Nobody has to find out where a bound at a visit counts as not recorded."""
    study = analyze(cohort, protocol=protocol, population="all")
    assert study.bounds == {("grip", ">50"): 1, ("grip", "<5"): 1}
    write(study, tmp_path / "report")
    text = (tmp_path / "report" / "report.md").read_text(encoding="utf-8")
    assert "Grip is known by a bound alone in 2 assessments (<5, >50): quart" in text


def test_a_sign_needs_its_limit(protocol: Any, tmp_path: Path) -> None:
    """A sign without a number is an error of its row; beside a bound it is told twice.

    In a wide sheet the sign stands in a column of the visit.
    """
    file = tmp_path / "signs.csv"
    rows = "patient_id;grip_before;grip_bound_before\nP1;50;>\nP2;>50;>\nP3;40;\n"
    file.write_text(rows, encoding="utf-8")
    assert values(read(file, protocol=protocol)) == [*[Bound(">", 50)] * 2, 40]
    file.write_text(rows + "P4;;>\nP5;<5;>\n", encoding="utf-8")
    with pytest.raises(RecordErrors, match="without its limit") as raised:
        read(file, protocol=protocol)
    told = [(one.row, one.column) for one in raised.value.errors]
    assert told == [(5, "grip_bound_before"), (6, "grip_bound_before")]
