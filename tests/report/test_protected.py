"""A report that may leave the hospital: nothing in it points to a person."""

import json
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from iph import Cohort, Patient
from iph.__main__ import main
from iph.errors import InputError
from iph.protocol import Protocol
from iph.records import read
from iph.report import write_protected
from iph.report._document import Document
from iph.report._protected import protected_document
from iph.study import Study, analyze
from iph.testing import cohorts_of, protocols

HOSPITAL = Path(__file__).parents[2] / "docs" / "tutorial" / "files" / "hospital.csv"
DRAWN = protocols().flatmap(
    lambda drawn: st.tuples(st.just(drawn), cohorts_of(drawn, min_size=1, max_size=30))
)


def check_counts(document: Document, least: int) -> None:
    """No count is small, and each column adds up by what is shown or together."""
    for sheet in document.sheets:
        for place in range(1, len(sheet.header)):
            column = [(row.cells[0], row.cells[place]) for row in sheet.rows]
            numbers = [int(text) for _, text in column if text.isdigit()]
            if sheet.header[0]:
                continue  # medians
            assert all(n == 0 or n >= least for n in numbers), sheet
            total = numbers[-1]
            assert sum(numbers[:-1]) == total, sheet
            hidden = [text for head, text in column if text == "hidden"]
            assert len(hidden) != 1, sheet


@settings(max_examples=20)  # a whole study each
@given(DRAWN, st.integers(3, 8))
def test_no_count_is_small(
    drawn: tuple[Protocol[Any], Cohort[Any]], least: int
) -> None:
    """Whatever the study is, every number of patients is 0 or large enough."""
    protocol, cohort = drawn
    study = analyze(cohort, protocol=protocol, population="all")
    document = protected_document(study, least)
    assert document.pictures == ()
    check_counts(document, least)
    names = [sheet.name for sheet in document.sheets]
    assert len(set(names)) == len(names)


def test_the_twelve_patients(by_hand: Study) -> None:
    """Nobody is named, and no part that follows from other parts is there."""
    document = protected_document(by_hand, 5)
    check_counts(document, 5)
    text = repr(document)
    assert not any(patient.patient_id in text for patient in by_hand.patients)
    names = {sheet.name for sheet in document.sheets}
    assert not any(n.startswith(("recovery", "transitions", "changes")) for n in names)


def test_large_enough_numbers_are_shown() -> None:
    """Of forty patients, half of each sex, counts and quartiles stand there."""
    patients = [
        Patient(patient_id=f"P{k}", age_years=20 + k, sex="male" if k % 2 else "female")
        for k in range(40)
    ]
    study = analyze(Cohort(patients), population="all")
    sheets = {s.name: s for s in protected_document(study, 5).sheets}
    shown = {row.cells[0]: row.cells[1] for row in sheets["sex"].rows}
    assert (shown["female"], shown["male"], shown["all"]) == ("20", "20", "40")
    age = sheets["numbers"].rows[0]
    assert age.cells == ("Age, years", "39.5 (29.3, 49.8)")
    study = analyze(Cohort(patients[:19]), population="all")
    sheets = {s.name: s for s in protected_document(study, 5).sheets}
    assert sheets["numbers"].rows[0].cells[1] == "hidden"


def test_it_is_written_whole(by_hand: Study, nobody: Study, tmp_path: Path) -> None:
    """Each format says what it is; of nobody nothing is shown."""
    written = write_protected(by_hand, tmp_path / "outside")
    assert not any(file.startswith("figures") for file in written.files)
    for file in ("report.md", "report.html"):
        text = (tmp_path / "outside" / file).read_text("utf-8")
        assert "A report for readers outside the hospital" in text
    found = json.loads((tmp_path / "outside" / "results.json").read_text("utf-8"))
    assert found["protected"] == {"least": 5}
    assert "study" not in found
    write_protected(nobody, tmp_path / "outside")
    assert "withheld" in (tmp_path / "outside" / "report.md").read_text("utf-8")


def test_what_is_refused(by_hand: Study, tmp_path: Path) -> None:
    """A limit that protects nothing, and what is no study."""
    with pytest.raises(InputError, match="least must be 3 or more"):
        write_protected(by_hand, tmp_path / "outside", least=2)
    with pytest.raises(InputError, match="study must be a Study"):
        write_protected(None, tmp_path / "outside")  # type: ignore[arg-type] # wrong
    with pytest.raises(InputError, match="folder must be the path"):
        write_protected(by_hand, 3)  # type: ignore[arg-type] # wrong
    assert not (tmp_path / "outside").exists()


def test_the_command_writes_it_and_lists_nobody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line listing is refused when the report is made fit to leave the hospital."""
    command = ["report", str(HOSPITAL), "--out", str(tmp_path / "r"), "--protected"]
    assert main([*command, "--listing"]) == 2
    assert "--listing must be given without --protected" in capsys.readouterr().err
    assert main(command) == 0
    assert "counts from 1 to 4 are hidden" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("by", "fits"),
    [
        ("sex", True),
        ("age_years>=45", True),
        ("treatments=analgesic", True),
        ("etiology=trauma+anticoagulant", True),
        ("coagulation_status", False),
        ("conservative", False),
        ("treated_conservatively", False),
        ("hip_flexion_deg<45", False),
        ("treatments=analgesic+red_cells", False),
    ],
)
def test_groups_that_tell_of_several_tables_are_refused(
    by: str, *, fits: bool, tmp_path: Path
) -> None:
    """What follows from several fields would tell what their tables hide."""
    study = analyze(read(HOSPITAL), by=by)
    assert study.rules.by == by
    if fits:
        write_protected(study, tmp_path / "outside")
        return
    with pytest.raises(InputError, match="grouped by one recorded field") as caught:
        write_protected(study, tmp_path / "outside")
    assert by in str(caught.value)
    assert not (tmp_path / "outside").exists()


def test_the_number_with_a_procedure_tells_two_hidden_counts(tmp_path: Path) -> None:
    """Four had a drainage and four an operation: eight with a procedure says so."""
    ways = ["percutaneous_drainage"] * 4 + ["surgical_evacuation"] * 4
    ways += ["analgesic"] * 12
    cohort = Cohort(
        [Patient(patient_id=f"P{k}", treatments=[way]) for k, way in enumerate(ways)]
    )
    open_ = analyze(cohort, population="all", by="conservative")
    assert open_.table_one.sizes == (20, 8, 12)
    with pytest.raises(InputError, match="conservative"):
        write_protected(open_, tmp_path / "outside")
    alone = protected_document(analyze(cohort, population="all"), 5)
    assert not any("4" in row.cells[1:] for s in alone.sheets for row in s.rows)
