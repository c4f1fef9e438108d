"""A report by a study file: whose words it has, and what it needs."""

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


@pytest.mark.usefixtures("undrawn")
def test_another_condition_gets_a_report_in_its_own_words(
    study: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is read, analyzed and printed, and the heading names its condition."""
    assert main(study) == 0
    assert "Pads a day, baseline to month 3 (n = 2)" in capsys.readouterr().out
    text = (tmp_path / "r" / "report.md").read_text("utf-8")
    assert text.startswith("# Stress incontinence: report of a study\n")
    assert "No pads: 2 patients were at risk; 1 was seen to reach it." in text
    assert "hematoma" not in text
    assert "The study names no characteristic of admission." in text
    assert not (tmp_path / "r" / "tables" / "baseline.csv").exists()


@pytest.mark.usefixtures("undrawn")
def test_the_study_file_says_how_figures_look(study: list[str], tmp_path: Path) -> None:
    """What is asked on the command line goes before it, option by option."""
    file = Path(study[3])
    file.write_text(f'{STUDY}[figures]\nformats = ["pdf"]\ndpi = 300\n', "utf-8")
    assert main(study) == 0
    figures = tmp_path / "r" / "figures"
    assert (figures / "flow.pdf").exists()
    assert main([*study, "--figure", "palette=gray"]) == 0
    assert (figures / "flow.pdf").exists()
    assert main([*study, "--figure", "formats=tiff"]) == 0
    assert {file.suffix for file in figures.iterdir()} == {".png", ".svg", ".tiff"}


def test_a_study_file_needs_a_table(
    study: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """The bundled cases are of another study."""
    assert main(["report", "--protocol", study[3]]) == 2
    assert "--protocol must be given with FILE" in capsys.readouterr().err
