"""A report by a study file: whose words it has, and what it refuses."""

from pathlib import Path

import pytest

from iph.__main__ import main

STUDY = """
format = 1
title = "Pelvic floor training"
condition = "stress incontinence"
[visits]
before = 0
month_3 = "3 months"
[at_visit]
pads = { label = "Pads a day", low = 0, high = 30 }
[outcomes]
pads = { better = "low", response = "50 %" }
[endpoints]
dry = { label = "no pads", when = "pads = 0" }
"""


@pytest.fixture
def study(tmp_path: Path) -> list[str]:
    """Write the file of a study and a table of its patients."""
    file, table = tmp_path / "study.toml", tmp_path / "patients.csv"
    file.write_text(STUDY, "utf-8")
    table.write_text(
        "patient_id,pads_before,pads_month_3\nP1,6,0\nP2,4,3\n", encoding="utf-8"
    )
    return ["report", str(table), "--protocol", str(file), "--out", str(tmp_path / "r")]


def test_another_condition_gets_no_report_in_the_words_of_li(
    study: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is read and analyzed, and refused before anything is written."""
    assert main(study) == 2
    said = capsys.readouterr().err
    assert "study must be of the protocol of Li et al. 2023" in said
    assert "Pelvic floor training" in said
    assert not (tmp_path / "r").exists()


def test_a_study_file_needs_a_table(
    study: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """The bundled cases are of another study."""
    assert main(["report", "--protocol", study[3]]) == 2
    assert "--protocol must be given with FILE" in capsys.readouterr().err
