"""Templates and marked tables."""

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell import Cell

from iph._follow_up import ASSESSMENT_FIELDS
from iph._model import PATIENT_FIELDS
from iph.errors import FileError
from iph.protocol import LI_2023_PROTOCOL
from iph.records import check, mark, read, template
from iph.records._example import example

MakeFile = Callable[..., Path]


def test_a_template_reads_as_an_empty_cohort(tmp_path: Path) -> None:
    """Every header is understood, and the example is not a patient."""
    path = template(tmp_path / "t.xlsx")
    report = check(path)
    assert report.ok
    assert (report.n_patients, report.ignored_columns) == (0, ())
    assert report.warnings == ("the table holds no patients",)


def test_the_example_reads_back(tmp_path: Path) -> None:
    """The example sheets hold what a filled workbook holds."""
    path = template(tmp_path / "t.xlsx")
    book = openpyxl.load_workbook(path)
    for name in ("patients", "assessments"):
        del book[name]
        book[f"example {name}"].title = name
    book.save(path)
    assert check(path).interpretations == ()
    assert read(path).patients == example(LI_2023_PROTOCOL).patients


def test_drop_downs_and_bounds_come_from_the_declarations(tmp_path: Path) -> None:
    """Each choice, grade, yes/no and number is checked on entry by the same rule."""
    book = openpyxl.load_workbook(template(tmp_path / "t.xlsx"))
    for name, fields in (
        ("patients", PATIENT_FIELDS),
        ("assessments", (PATIENT_FIELDS[0], *ASSESSMENT_FIELDS)),
    ):
        sheet = book[name]
        rules = {
            str(rule.sqref).split(":")[0]: rule
            for rule in sheet.data_validations.dataValidation
        }
        for place, field in enumerate(fields, start=1):
            declared = field.declaration
            head = sheet.cell(1, place)
            assert isinstance(head, Cell)
            assert head.comment is not None
            assert field.name in head.comment.text
            rule = rules.get(f"{head.column_letter}2")
            if rule is None:
                assert declared.kind.value in ("set of choices", "identifier")
            elif declared.low is not None:
                assert float(rule.formula1) == declared.low
                assert float(rule.formula2) == declared.high
            elif declared.options is not None:
                where = rule.formula1.removeprefix("=lists!").replace("$", "")
                listed = [row[0].value for row in book["lists"][where]]
                assert listed == [option.value for option in declared.options]


def test_the_codebook_names_every_column(tmp_path: Path) -> None:
    """One row a field, with its unit and codes."""
    book = openpyxl.load_workbook(template(tmp_path / "t.xlsx"))
    names = [row[2].value for row in book["codebook"].iter_rows(min_row=2)]
    expected = [field.name for field in PATIENT_FIELDS]
    expected += ["patient_id", *[field.name for field in ASSESSMENT_FIELDS]]
    assert names == expected


def test_a_template_never_takes_the_place_of_a_file(tmp_path: Path) -> None:
    """An existing file may hold data; another ending is refused."""
    path = template(tmp_path / "t.xlsx")
    with pytest.raises(FileError, match="exists already"):
        template(path)
    with pytest.raises(FileError, match=r"\.xlsx"):
        template(tmp_path / "t.csv")


def test_wrong_cells_are_marked_where_they_stand(
    file_of: MakeFile, tmp_path: Path
) -> None:
    """Each wrong cell is filled and says its rule; names of persons are left out."""
    path = file_of(
        "patient_id,sex,zones,hematoma_present,last_name,visit,vas",
        "A,x,mid,no,Doe,week_1,11",
        "",
        "'=B,male,,,Roe,,\x07",
    )
    out = tmp_path / "marked.xlsx"
    report = mark(path, out)
    assert report == check(path)
    book = openpyxl.load_workbook(out)
    sheet = book["series"]
    marked = {
        cell.coordinate: cell.comment.text
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment is not None
    }
    assert set(marked) == {"B2", "C2", "D2", "G2", "F4", "G4"}
    assert marked["B2"] == "must be one of: female, male, unknown"
    assert sheet["A4"].value == "'=B"
    assert sheet["E2"].value is None
    assert book["errors"].max_row == len(report.errors) + 1
    again = mark(out, tmp_path / "b.xlsx", sheet="series")
    assert [e.row for e in again.errors] == [e.row for e in report.errors]


def test_where_a_marked_table_may_not_go(file_of: MakeFile, tmp_path: Path) -> None:
    """Never over the table itself, and only into a workbook."""
    path = file_of("patient_id", "A")
    with pytest.raises(FileError, match=r"\.xlsx"):
        mark(path, tmp_path / "m.csv")
    book = template(tmp_path / "t.xlsx")
    with pytest.raises(FileError, match="is the table itself"):
        mark(book, book)


def test_two_tables_are_marked_on_two_sheets(file_of: MakeFile, tmp_path: Path) -> None:
    """Each table has its own sheet; an error of the whole table marks its header."""
    patients = file_of("sex", "male", name="errors.csv")
    visits = file_of("patient_id,visit", "A,never", name="errors.tsv")
    mark(patients, tmp_path / "m.xlsx", assessments=visits)
    book = openpyxl.load_workbook(tmp_path / "m.xlsx")
    assert book.sheetnames[:2] != book.sheetnames[1:3]
    assert book.worksheets[0]["A1"].comment is not None
