"""Excel workbooks: cells as Excel keeps them, and nothing that harms."""

import contextlib
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest

from iph import Cohort, Patient, Sex, Visit
from iph.errors import FileError, NotReadWarning
from iph.records import check, read, write
from iph.records._odd_cells import odd_cells, sheet_xml
from iph.records._sheet_size import check_sheet_size


def book_of(path: Path, **sheets: list[list[object]]) -> Path:
    """Write a workbook with these sheets."""
    book = openpyxl.Workbook()
    del book["Sheet"]
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_one_sheet_in_any_layout(tmp_path: Path) -> None:
    """A workbook with one sheet is one table; whole numbers come as floats."""
    rows: list[list[object]] = [
        ["patient_id", "age_years", "sex", "vas_week_1"],
        [17, 48, "M", 3.5],
        ["18", 50.0, None, None],
    ]
    cohort = read(book_of(tmp_path / "a.xlsx", Tabelle1=rows))
    assert [p.patient_id for p in cohort] == ["17", "18"]
    assert cohort.patients[0].sex is Sex.MALE
    assert cohort.patients[0].follow_up.assessments[0].vas == 3.5


def test_which_sheet_is_meant(tmp_path: Path) -> None:
    """Of several sheets without the expected names one must be named."""
    rows: list[list[object]] = [["patient_id"], ["A"]]
    others: list[list[object]] = [["patient_id", "sex"], ["A", "male"], ["B", ""]]
    path = book_of(tmp_path / "a.xlsx", one=rows, two=others)
    with pytest.raises(FileError, match="which of its 2 sheets"):
        read(path)
    with pytest.raises(FileError, match="no sheet 'three'"):
        read(path, sheet="three")
    assert len(read(path, sheet="Two ")) == 2
    with pytest.raises(FileError, match="is empty"):
        read(book_of(tmp_path / "b.xlsx", patients=[]))


def test_sheets_of_sites_are_one_table(tmp_path: Path) -> None:
    """Sheets with the same columns are stacked; a patient stands in one of them."""
    header: list[object] = ["age_years", "patient_id", "sex"]
    south: list[list[object]] = [["patient_id", "sex", "age_years"], ["B", "male", 50]]
    path = book_of(tmp_path / "a.xlsx", north=[header, [40, "A", "male"]], south=south)
    assert [(p.patient_id, p.age_years) for p in read(path)] == [("A", 40), ("B", 50)]
    twice: list[list[object]] = [[50, "B", "male"], [41, "C", "male"]]
    path = book_of(tmp_path / "b.xlsx", north=[header, *twice], south=south)
    (error,) = check(path).errors
    assert (error.name, error.table, error.row) == (
        "patients-unique",
        "b.xlsx[south]",
        2,
    )
    assert "b.xlsx[north]" in error.rule
    rows: list[list[object]] = [["age_years", "sex"], [40, "male"]]
    path = book_of(tmp_path / "c.xlsx", north=rows, south=rows)
    named = read(path, mapping={"(row)": "patient_id"})
    assert [p.patient_id for p in named] == ["row 2 of north", "row 2 of south"]


def test_sheets_of_visits_are_one_table(tmp_path: Path) -> None:
    """Sheets called after visits are of these; an empty row says nothing was seen."""
    sheets: dict[str, list[list[object]]] = {
        "Baseline": [["patient_id", "age_years", "vas"], ["A", 40, 7], ["B", 50, 6]],
        "6 months": [["patient_id", "vas"], ["B", 1], ["A", None], ["C", 2]],
        "remarks": [["by", "on"], ["x", "y"]],
    }
    path = book_of(tmp_path / "a.xlsx", **sheets)
    with pytest.warns(NotReadWarning, match="remarks"):
        cohort = read(path)
    seen = {
        p.patient_id: [(a.visit, a.vas) for a in p.follow_up.assessments]
        for p in cohort
    }
    assert seen == {
        "A": [(Visit.BASELINE, 7)],
        "B": [(Visit.BASELINE, 6), (Visit.MONTH_6, 1)],
        "C": [(Visit.MONTH_6, 2)],
    }


def test_cells_that_excel_cannot_compute_are_errors(tmp_path: Path) -> None:
    """Errors and formulas without a value are never read as not recorded."""
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["patient_id", "age_years", "inr", "sex"])
    sheet.append(["A", "=B9/2", "#DIV/0!", "#N/A"])
    sheet.append(["=A2", 40, None, None])
    sheet["C2"].data_type = sheet["D2"].data_type = "e"
    book.save(path)
    report = check(path)
    assert [(e.row, e.column, e.value) for e in report.errors] == [
        (2, "age_years", "=B9/2 (never computed)"),
        (2, "inr", "#DIV/0!"),
        (3, "patient_id", "=A2 (never computed)"),
    ]
    (note,) = report.interpretations
    assert (note.value, note.read_as) == ("#N/A", "")


def test_dates_truth_values_and_text_numbers(tmp_path: Path) -> None:
    """A date is refused with words; TRUE is yes; a number kept as text is a number."""
    import datetime as dt

    rows: list[list[object]] = [
        ["patient_id", "symptom_days", "died", "inr", "hemoglobin_g_dl", "age_years"],
        ["A", dt.date(2020, 1, 2), True, "2,5", 13.1, 7.9],
        ["B", 3, 1, 2.5, "13.1", True],
    ]
    report = check(book_of(tmp_path / "a.xlsx", s=rows))
    assert [(e.row, e.column) for e in report.errors] == [
        (2, "symptom_days"),
        (2, "age_years"),
        (3, "age_years"),
    ]
    assert "days since" in report.errors[0].hint
    read_as = {note.value: note.read_as for note in report.interpretations}
    assert read_as == {"1": "yes", "2,5": "2.5", "13.1": "131.0"}


def test_merged_headers_are_refused(tmp_path: Path) -> None:
    """A header over two columns names neither of them."""
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["B3"], sheet["C3"], sheet["B4"] = "patient_id", "age_years", "A"
    book.save(path)
    report = check(path)
    assert report.ok
    assert report.warnings == ("a.xlsx[Sheet]: the header stands in row 3",)
    sheet.merge_cells("C3:D3")
    book.save(path)
    with pytest.raises(FileError, match="merged cells"):
        check(path)


def test_merged_identifiers_are_errors_with_a_hint(tmp_path: Path) -> None:
    """A merged cell fills only its first row; the others are not guessed."""
    rows: list[list[object]] = [
        ["patient_id", "visit"],
        ["A", "baseline"],
        [None, "week_1"],
    ]
    (error,) = check(book_of(tmp_path / "a.xlsx", s=rows)).errors
    assert error.row == 3
    assert "merged" in error.hint


def test_no_written_cell_is_a_formula(tmp_path: Path) -> None:
    """Text that looks like a formula is text, disarmed or raw."""
    cohort = Cohort([Patient(patient_id="=1+1")])
    for raw in (False, True):
        path = write(cohort, tmp_path / f"{raw}.xlsx", raw=raw)
        cell = openpyxl.load_workbook(path)["patients"]["A2"]
        assert cell.data_type == "s"
        assert cell.value == ("=1+1" if raw else "'=1+1")
        assert read(path) == cohort


SHEET = "xl/worksheets/sheet1.xml"
NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


LAUGHS = b"<!DOCTYPE w [%s]><w>&a9;</w>" % b"".join(
    b'<!ENTITY a%d "%s">' % (n + 1, b"&a%d;" % n * 10) for n in range(9)
)


def far_cell(place: str, inside: str = "<v>1</v>") -> bytes:
    """Return a sheet with a header in A1, and one cell far away."""
    row = "".join(sign for sign in place if sign.isdigit())
    head = '<row r="1"><c r="A1" t="inlineStr"><is><t>patient_id</t></is></c></row>'
    cell = f'<c r="{place}">{inside}</c>' if inside else f'<c r="{place}" s="0"/>'
    rows = f"<sheetData>{head}<row r='{row}'>{cell}</row></sheetData>"
    return f'<worksheet xmlns="{NAMESPACE}">{rows}</worksheet>'.encode()


def spoiled(path: Path, sheet: bytes) -> Path:
    """Replace the XML of the sheet of a sound workbook."""
    book_of(path, s=[["patient_id"]])
    sound = path.with_suffix(".sound")
    path.rename(sound)
    with (
        zipfile.ZipFile(sound) as old,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, sheet if name == SHEET else old.read(name))
    return path


@pytest.mark.parametrize(
    ("sheet", "problem"),
    [
        (b'<!DOCTYPE w [<!ENTITY a "ha">]><worksheet>&a;</worksheet>', "entities"),
        (b'<!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]><w>&a;</w>', "entit"),
        (LAUGHS, "entities"),
        ('<!DOCTYPE w [<!ENTITY a "x">]><w/>'.encode("utf-16"), "entities"),
        (b"<worksheet><sheetData><row><c", "cannot be read"),
        (b"", "cannot be read|empty"),
        (b" " * 201_000_000, "unpacks to more than 200 MB"),
    ],
)
def test_hostile_workbooks_are_refused(
    tmp_path: Path, sheet: bytes, problem: str
) -> None:
    """Entities, bombs and rubble are refused before they can do harm."""
    with pytest.raises(FileError, match=problem):
        check(spoiled(tmp_path / "a.xlsx", sheet))


@pytest.mark.parametrize(
    ("place", "problem"),
    [
        ("XFD1048576", "has 16384 columns"),
        ("BXW1048576", "spans 1048576 rows and 1999 columns"),
        ("ALM40000", "spans 40000 rows and 1001 columns"),
        ("A" + "000" + "9" * 40, "spans 999999999 rows and 1 columns"),
        ("C" * 100 + "2", "has 54837 columns"),
    ],
)
def test_a_cell_far_away_takes_no_memory(
    tmp_path: Path, place: str, problem: str
) -> None:
    """Two cells do not make room for the billions between them."""
    with pytest.raises(FileError, match=problem):
        check(spoiled(tmp_path / "a.xlsx", far_cell(place)))


def test_an_empty_cell_far_away_does_no_harm(tmp_path: Path) -> None:
    """A cell that only has a color is not there."""
    assert check(spoiled(tmp_path / "a.xlsx", far_cell("XFD9", ""))).ok


def open_document(path: Path, rows: str) -> Path:
    """Write an OpenDocument sheet with these rows."""
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    sheet = f'<table:table table:name="s">{rows}</table:table>'
    body = (
        f"<office:body><office:spreadsheet>{sheet}</office:spreadsheet></office:body>"
    )
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("mimetype", kind)
        book.writestr("META-INF/manifest.xml", "<manifest/>")
        book.writestr(
            "content.xml",
            f"<office:document-content {names}>{body}</office:document-content>",
        )
    return path


def row_of(*texts: str, repeated: str = "") -> str:
    """Return a row of an OpenDocument sheet."""
    cells = "".join(
        f'<table:table-cell office:value-type="string"{repeated}>'
        f"<text:p>{text}</text:p></table:table-cell>"
        for text in texts
    )
    return f"<table:table-row>{cells}</table:table-row>"


def test_an_open_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read as any workbook; one that repeats a cell without end is refused."""
    sound = row_of("patient_id", "sex") + row_of("A", "male")
    path = open_document(tmp_path / "a.ods", sound)
    assert read(path).patients[0].sex is Sex.MALE
    bomb = row_of("x", repeated=' table:number-columns-repeated="900000000"')
    with pytest.raises(FileError, match=r"memory|columns"):
        check(open_document(tmp_path / "b.ods", sound + bomb))
    for trial, problem in (
        ("raise SystemExit(9)", "too much memory"),
        ("import time; time.sleep(60)", "never ends"),
        ("print(5, 2001)", "2001 columns"),
        ("raise MemoryError", "too much memory"),
    ):
        monkeypatch.setattr("iph.records._sheet_size._TRIAL", trial)
        monkeypatch.setattr("iph.records._sheet_size._LONGEST_TRIAL", 0.5)
        with pytest.raises(FileError, match=problem):
            check(path)


def test_what_a_trial_cannot_read_is_said_by_the_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error of the trial that is no lack of memory decides nothing."""
    path = open_document(tmp_path / "a.ods", row_of("patient_id") + row_of("A"))
    monkeypatch.setattr("iph.records._sheet_size._TRIAL", "raise ValueError")
    assert check(path).ok


def test_a_sheet_with_too_many_columns(tmp_path: Path) -> None:
    """A sheet as wide as no study is refused."""
    row: list[object] = ["patient_id", *range(2500)]
    with pytest.raises(FileError, match="columns, more than 2000"):
        check(book_of(tmp_path / "a.xlsx", s=[row]))


@pytest.mark.parametrize("ending", [".xlsx", ".xls", ".ods"])
def test_what_is_no_workbook(tmp_path: Path, ending: str) -> None:
    """A file that only has the ending of a workbook is named as such."""
    path = tmp_path / f"a{ending}"
    path.write_bytes(b"patient_id,sex\nA,male\n")
    with pytest.raises(FileError, match="no Excel workbook"):
        check(path)


def test_too_many_parts_and_a_password(tmp_path: Path) -> None:
    """A zip file of thousands of parts is no workbook; a locked one is said to be."""
    many = tmp_path / "many.xlsx"
    with zipfile.ZipFile(many, "w") as book:
        for number in range(2001):
            book.writestr(f"{number}", "")
    with pytest.raises(FileError, match="more than 2000 parts"):
        check(many)
    locked = tmp_path / "locked.xlsx"
    with zipfile.ZipFile(locked, "w") as book:
        book.writestr("xl/workbook.xml", "secret")
    content = bytearray(locked.read_bytes())
    content[6] |= 1  # the flag of encryption, here and in the directory
    content[content.index(b"PK\x01\x02") + 8] |= 1
    locked.write_bytes(content)
    with pytest.raises(FileError, match="locked; save it without a password"):
        check(locked)


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels"])
def test_a_workbook_that_hides_its_sheet(tmp_path: Path, part: str) -> None:
    """What cannot be looked into is not read at all."""
    sound = book_of(tmp_path / "sound.xlsx", s=[["patient_id"], ["A"]])
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(sound) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, b"<rubble" if name == part else text)
    with pytest.raises(FileError, match=r"cannot be read|is empty|no Excel workbook"):
        check(path)


def test_merged_cells_below_the_header(tmp_path: Path) -> None:
    """A cell that is covered by another holds nothing of its own, and is an error."""
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["patient_id", "sex", "side"], ["A", "male", None], ["B", None, None]):
        sheet.append(row)
    sheet.merge_cells("B2:C2")
    book.save(path)
    (error,) = check(path).errors
    assert (error.row, error.column, error.value) == (2, "side", "(merged with B2)")


def test_a_cell_that_holds_nothing_far_away(tmp_path: Path) -> None:
    """A formula without a value is found, even below the last cell with one."""
    xml = far_cell("A3", "<f>A1</f><v></v>")
    (error,) = check(spoiled(tmp_path / "a.xlsx", xml)).errors
    assert (error.row, error.value) == (3, "=A1 (never computed)")


def test_where_a_sheet_stands_must_be_said(tmp_path: Path) -> None:
    """A workbook without links, or without the sheet, holds nothing to look into."""
    sound = book_of(tmp_path / "sound.xlsx", s=[["patient_id"], ["A"]])
    assert b"sheetData" in sheet_xml(sound, "s")
    with pytest.raises(FileError, match="sheet 'other' cannot be read"):
        sheet_xml(sound, "other")
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("xl/workbook.xml", "<rubble")
    with pytest.raises(FileError, match="sheet 's' cannot be read"):
        sheet_xml(path, "s")
    place_without_name = (
        b'<c t="e"><v>#REF!</v></c><c s="1" t="e" r="B2"><v>#REF!</v></c>'
    )
    assert [*odd_cells(place_without_name)] == [(1, 1)]


@pytest.mark.parametrize(
    "content",
    [
        b'<c t="e" t="e" ' * 100_000,
        b"<c " * 500_000,
        b"<c>" + b" " * 500_000,
        b"<c><f></f>" + b" " * 500_000 + b"x",
        b'<c t="e">' * 100_000,
        b"<row " * 300_000,
        b'<c r="' + b"A" * 500_000,
        b"<" + b"a" * 500_000,
    ],
    ids=lambda content: content[:15].decode(),
)
def test_looks_into_a_sheet_take_no_longer_than_it_is(content: bytes) -> None:
    """Whatever stands in a sheet, looking at it ends at once."""
    begun = time.process_time()
    assert odd_cells(content) == {}
    with contextlib.suppress(FileError):
        check_sheet_size(Path("a.xlsx"), "s", content)
    assert time.process_time() - begun < 2


def test_odd_cells_of_a_plain_sheet() -> None:
    """Errors, a word for missing, and formulas that nobody computed."""
    content = (
        b'<x:c r="A1" t="e"><x:f>1/0</x:f><x:v>#DIV/0!</x:v></x:c>'
        b'<c r="B1" s="3" t="e"><v>#N/A</v></c><c r="C1" t="e"></c>'
        b'<c r="D2"><f>12*10</f></c><c r="E2"> <f t="shared"/><v/> </c>'
        b'<c r="F2"><f>1+1</f><v></v></c><c r="G2"><f>1+1</f><v>2</v></c>'
        b'<c r="H2" t="e"/><c r="I2"><v>3</v></c><c r="AA10"><f>x</f></c>'
    )
    found = {place: str(cell) for place, cell in odd_cells(content).items()}
    assert found == {
        (0, 0): "#DIV/0!",
        (0, 1): "#N/A",
        (1, 3): "=12*10 (never computed)",
        (1, 4): "= (never computed)",
        (1, 5): "=1+1 (never computed)",
        (9, 26): "=x (never computed)",
    }


@pytest.mark.parametrize("length", [10, 70_000, (1 << 20) - 80])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_behind_a_long_comment(
    tmp_path: Path, length: int, encoding: str
) -> None:
    """However much stands before it, a declaration of entities is found."""
    path = book_of(tmp_path / "a.xlsx", s=[["patient_id"], ["P1"]])
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?><!--{"x" * length}-->'
        '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    )
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/more.xml", text.encode(encoding))
    with pytest.raises(FileError, match="declares entities"):
        check(path)


@pytest.mark.parametrize("kept", [5532, 4632, 3000])
def test_an_old_workbook_that_was_cut_off_is_refused(
    kept: int, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The library that reads it ends some of these in a way that is no exception."""
    whole = (Path(__file__).parent / "sheets" / "errors.xls").read_bytes()
    path = tmp_path / "cut.xls"
    path.write_bytes(whole[:kept])
    with pytest.raises(FileError, match=r"is damaged|is no Excel workbook"):
        check(path)
    assert capfd.readouterr().err == ""
