"""SPSS files: labels, and why a value is missing."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from iph import Assessment, Cohort, Etiology, FollowUp, Patient, Sex
from iph.errors import FileError
from iph.records import check, read, write
from iph.records._odd_cells import MissingCell
from iph.records._spss import _reader


def saved(path: Path, columns: dict[str, list[object]], **more: object) -> Path:
    """Write an SPSS file with these variables."""
    pyreadstat.write_sav(pd.DataFrame(columns), str(path), **more)  # type: ignore[arg-type] # as given
    return path


def test_value_labels_are_choices(tmp_path: Path) -> None:
    """A coded choice is read by its label; a number with a label stays a number."""
    path = saved(
        tmp_path / "a.sav",
        {"patient_id": ["A", "B"], "gender": [1.0, 2.0], "vas_week_1": [0.0, 10.0]},
        column_labels={"gender": "Sex"},
        variable_value_labels={
            "gender": {1: "male", 2: "Female"},
            "vas_week_1": {0: "no pain", 10: "worst pain"},
        },
    )
    first, second = read(path)
    assert (first.sex, second.sex) == (Sex.MALE, Sex.FEMALE)
    assert [p.follow_up.assessments[0].vas for p in (first, second)] == [0.0, 10.0]


def test_why_a_value_is_missing_is_kept(tmp_path: Path) -> None:
    """A user-missing code is not recorded, and its reason is listed."""
    path = saved(
        tmp_path / "a.sav",
        {
            "patient_id": ["A", "B"],
            "vas_week_1": [99.0, 3.0],
            "sex": [9.0, 1.0],
            "side": ["x", "left"],
        },
        variable_value_labels={
            "vas_week_1": {99: "not asked"},
            "sex": {1: "male", 9: "unknown"},
        },
        missing_ranges={
            "vas_week_1": [{"lo": 90, "hi": 99}],
            "sex": [9],
            "side": ["x"],
        },
    )
    report = check(path)
    assert report.ok
    assert [(n.column, n.value, n.read_as) for n in report.interpretations] == [
        ("vas_week_1", "99 (not asked)", ""),
        ("side", "x", ""),
    ]
    assert [p.sex for p in read(path)] == [Sex.UNKNOWN, Sex.MALE]


def test_errors_count_cases(tmp_path: Path) -> None:
    """The first case is row 1; a date and an unlabelled code are errors."""
    path = saved(
        tmp_path / "a.sav",
        {
            "patient_id": ["A", "B"],
            "sex": [1.0, 3.0],
            "symptom_days": [dt.date(2020, 1, 1), None],
        },
        variable_value_labels={"sex": {1: "male"}},
    )
    found = [(e.row, e.column, e.value) for e in check(path).errors]
    assert found == [(1, "symptom_days", "2020-01-01"), (2, "sex", "3")]


def test_the_written_file_is_ready_for_the_statistician(tmp_path: Path) -> None:
    """Variables and values carry their labels, and grades are ordinal."""
    course = FollowUp(assessments=[Assessment(visit="week_1", strength=4)])
    etiology = Etiology.OTHER_COAGULOPATHY
    cohort = Cohort([Patient(patient_id="A", etiology=etiology, follow_up=course)])
    path = write(cohort, tmp_path / "a.sav")
    _, about = pyreadstat.read_sav(str(path))
    assert about.column_names_to_labels["hemoglobin_g_l"] == "Hemoglobin (g/L)"
    assert "other coagulopathy" in about.variable_value_labels["etiology"].values()
    assert about.variable_measure["strength"] == "ordinal"
    assert about.variable_measure["age_years"] == "scale"
    assert read(path) == cohort


@pytest.mark.parametrize("content", [b"$FL2 and nothing", b"rubble" * 100])
def test_what_is_no_spss_file(tmp_path: Path, content: bytes) -> None:
    """A damaged file is refused with words."""
    path = tmp_path / "a.sav"
    path.write_bytes(content)
    with pytest.raises(FileError, match="no SPSS file"):
        check(path)


@pytest.mark.parametrize(
    ("trial", "said"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "it is damaged"),
        ("import time; time.sleep(60)", "reading never ends"),
        ("raise MemoryError", "too much memory"),
    ],
)
def test_a_file_that_ends_its_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trial: str, said: str
) -> None:
    """What crashes, hangs or fills the memory does so in another process."""
    path = write(Cohort([Patient(patient_id="A")]), tmp_path / "a.sav")
    with monkeypatch.context() as patch:
        patch.setattr("iph.records._spss._TRIAL", trial)
        patch.setattr("iph.records._spss._LONGEST_TRIAL", 0.5)
        with pytest.raises(FileError, match=said):
            check(path)
    path.touch()
    assert check(path).ok


def test_a_variable_of_its_own_and_one_of_texts(tmp_path: Path) -> None:
    """Texts are compared with ranges of texts, and an unknown variable has no unit."""
    path = saved(
        tmp_path / "a.sav",
        {"patient_id": ["A"], "other": ["zz"], "vas_week_1": ["7"]},
        missing_ranges={"other": ["a"]},
    )
    assert check(path).ignored_columns == ("other",)
    synthetic = Cohort([Patient(patient_id="A")], synthetic=True)
    assert read(write(synthetic, tmp_path / "b.sav")) == synthetic


def test_ranges_of_another_type_hold_no_value(tmp_path: Path) -> None:
    """A date is no number, whatever numbers are declared missing."""
    path = saved(
        tmp_path / "a.sav",
        {"patient_id": ["A"], "symptom_days": [dt.date(2020, 1, 1)]},
        missing_ranges={"symptom_days": [{"lo": 1, "hi": 9}]},
    )
    (error,) = check(path).errors
    assert (error.column, error.value) == ("symptom_days", "2020-01-01")
    read_one = _reader("vas", {}, [{"lo": 90.0, "hi": 99.0}])
    assert [read_one(value) for value in ("x", 3.0)] == ["x", 3.0]
    assert read_one(99.0) == MissingCell("99")


def test_too_many_variables(tmp_path: Path) -> None:
    """A table as wide as no study is refused."""
    columns: dict[str, list[object]] = {f"v{n}": [1.0] for n in range(2001)}
    with pytest.raises(FileError, match="2001 columns"):
        check(saved(tmp_path / "a.sav", columns))
