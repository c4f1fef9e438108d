"""What was not recorded, the line listing, and of which file a report is."""

import hashlib
import json
import os
from pathlib import Path

import pytest

from iph.errors import FileError
from iph.report import write
from iph.report._contents import document_of, warnings_of
from iph.report._parts.lines import lines_sheet
from iph.report._parts.missing import missing_sheet
from iph.report._parts.part import Material
from iph.report._parts.recovery_tables import by_visit_sheet
from iph.study import RecoveryAnalysis, Study


def test_every_missing_value_is_counted(by_hand: Study) -> None:
    """Known and missing add up to the patients, as a plain look at them says."""
    rows = {row.cells[0]: row.cells for row in missing_sheet(by_hand).rows}
    ages = sum(p.age_years is not None for p in by_hand.patients)
    assert rows["Age"][1:] == (f"{ages}/12 (100 %)", "0")
    # Patients 4 and 8 were missed at six months, and one of them had died by then.
    assert rows["Pain, month 6"][1:] == ("10/11 (91 %)", "1")
    femoral = by_hand.protocol.patient_declarations["femoral"].label
    assert rows[femoral][2] == "2"  # of two it is entered as unknown


def test_fields_that_nobody_has_are_named_once(by_hand: Study) -> None:
    """They stand in the note, not in a row of zeros."""
    sheet = missing_sheet(by_hand)
    listed = {row.cells[0] for row in sheet.rows}
    (told,) = [note for note in sheet.notes if note.startswith("Recorded for nobody")]
    assert "platelets" in told
    assert not any(label in listed for label in ("Platelets", "Side"))


def test_patients_are_listed_only_when_asked(by_hand: Study) -> None:
    """One line a patient, with each outcome over the visits; dead is not unseen."""
    names = {section.name for section in document_of(by_hand).sections}
    assert "patients" not in names
    listed = {s.name: s for s in document_of(by_hand, listed=True).sections}
    assert "patients" in listed
    sheet = lines_sheet(Material(study=by_hand, listed=True))
    assert [row.cells[0] for row in sheet.rows] == [f"P{k:02}" for k in range(1, 13)]
    pain = sheet.header.index("Pain (VAS)")
    assert sheet.rows[0].cells[pain].startswith("5, ")
    assert sheet.rows[7].cells[-1] == "100"
    assert "\N{DAGGER}" in sheet.rows[7].cells[pain]
    assert "\N{DAGGER}" not in sheet.rows[3].cells[pain]


def test_nobody_is_listed_of_nobody(nobody: Study) -> None:
    """An empty study has no listing and no table of missing data."""
    names = {section.name for section in document_of(nobody, listed=True).sections}
    assert not names & {"patients", "missing"}


@pytest.mark.usefixtures("undrawn")
def test_the_file_of_the_records_is_named_by_its_hash(
    nobody: Study, tmp_path: Path
) -> None:
    """The hash of its bytes, and null where no file is given."""
    source = tmp_path / "records.csv"
    source.write_bytes(b"patient_id\n")
    for given, wanted in (
        (source, hashlib.sha256(b"patient_id\n").hexdigest()),
        (None, None),
    ):
        written = write(nobody, tmp_path / "report", source=given)
        text = (written.folder / "results.json").read_text("utf-8")
        assert json.loads(text)["cohort"]["source_sha256"] == wanted


def test_a_source_that_is_not_there_is_refused(nobody: Study, tmp_path: Path) -> None:
    """Nothing is written."""
    with pytest.raises(FileError, match="there is no such file"):
        write(nobody, tmp_path / "report", source=tmp_path / "absent.csv")
    if os.name == "posix":
        with pytest.raises(FileError, match="is not a file"):  # it has no end
            write(nobody, tmp_path / "report", source="/dev/zero")
    assert not (tmp_path / "report").exists()


def test_curves_by_visit(by_hand: Study) -> None:
    """The Kaplan-Meier share by a visit is that of the curve on its nominal day."""
    for analysis in by_hand.recovery:
        if not isinstance(analysis, RecoveryAnalysis):
            continue
        sheet = by_visit_sheet(analysis)
        assert ("Kaplan-Meier (95 % CI)" in sheet.header) == (not analysis.n_died)
        if analysis.n_died:
            continue
        row = sheet.rows[-1]
        day = analysis.overall.by_visit[-1].visit.nominal_day
        share = 1 - float(analysis.overall.curve.at([day]).survival[0])
        assert row.cells[-1].startswith(f"{round(100 * share)} % (")


def test_a_report_says_that_it_can_point_to_a_person(
    published: Study, by_hand: Study
) -> None:
    """Of patients, and not of those who are made up."""
    assert any("leave the hospital" in line for line in warnings_of(published))
    assert not any("leave the hospital" in line for line in warnings_of(by_hand))
