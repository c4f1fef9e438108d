"""Excel workbooks: two sheets or one, cells as Excel keeps them."""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from iph._cohort import Cohort
from iph.errors import FileError
from iph.records._delimited import opened
from iph.records._formulas import disarmed
from iph.records._odd_cells import XML_KINDS, odd_cells, sheet_xml
from iph.records._progress import Progress
from iph.records._rows import assessment_rows, patient_rows
from iph.records._sheet_size import check_sheet_size, check_workbook_size
from iph.records._table import MISSING_CELLS, Table
from iph.records._workbook_check import check_workbook

PATIENTS_SHEET: Final = "patients"
ASSESSMENTS_SHEET: Final = "assessments"
_FORBIDDEN: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9_;]{0,200}")
_LONGEST_TEXT: Final = 32_000
EXCEL_HINT: Final = "pip install 'iph[excel]'"


def excel_tables(path: Path, sheet: str | None) -> list[Table]:
    """Open the tables of a workbook (.xlsx, .xlsm, .xls, .xlsb, .ods).

    The sheets ``patients`` and ``assessments`` if there are such; else the sheet that
    is asked for; else the only sheet.

    Raises
    ------
    FileError
        If it is no sound workbook, or it is not clear which sheet is meant.
    """
    kind = path.suffix.casefold()
    if kind == ".xls":  # no zip file, and no room for many cells
        opened(path)
    else:
        check_workbook(path)
    try:
        import python_calamine
    except ImportError:
        problem = "reading workbooks needs python-calamine"
        raise FileError(str(path), problem, EXCEL_HINT) from None
    if kind not in {*XML_KINDS, ".xls"}:
        check_workbook_size(path)
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
    except (python_calamine.CalamineError, OSError, ValueError) as problem:
        raise FileError(str(path), f"is no Excel workbook ({problem})") from problem
    return [_table(path, book, name) for name in _chosen(path, book, sheet)]


def _chosen(path: Path, book: Any, sheet: str | None) -> list[str]:
    names: list[str] = list(book.sheet_names)
    by_name = {name.strip().casefold(): name for name in names}
    if sheet is not None:
        if sheet.strip().casefold() not in by_name:
            problem = f"there is no sheet {sheet!r}"
            raise FileError(str(path), problem, f"there are: {', '.join(names)}")
        return [by_name[sheet.strip().casefold()]]
    if PATIENTS_SHEET in by_name:
        asked = (PATIENTS_SHEET, ASSESSMENTS_SHEET)
        return [by_name[name] for name in asked if name in by_name]
    if len(names) == 1:
        return names
    problem = f"which of its {len(names)} sheets is meant?"
    hint = f"name one with sheet=, or call two of them {PATIENTS_SHEET} and "
    raise FileError(str(path), problem, hint + ASSESSMENTS_SHEET)


def _table(path: Path, book: Any, name: str) -> Table:
    import python_calamine

    content = sheet_xml(path, name)
    check_sheet_size(path, name, content)
    try:
        sheet = book.get_sheet_by_name(name)
        merged = list(sheet.merged_cell_ranges or [])
        found = sheet.to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, ValueError) as problem:
        raise FileError(str(path), f"sheet {name!r} cannot be read") from problem
    width = len(found[0]) if found else 0
    for (row, column), odd in odd_cells(content).items():
        while len(found) <= row:  # below the last cell with a value
            found.append([])
        line = found[row]
        line += [""] * (max(width, column + 1) - len(line))
        line[column] = odd
    place = _header_place(found)
    if place is None:
        raise FileError(str(path), f"sheet {name!r} is empty")
    _refuse_merged_header(path, name, merged, place)
    header = tuple("" if cell is None else str(cell) for cell in found[place])
    return Table(
        name=f"{path.name}[{name}]",
        header=header,
        header_row=place + 1,
        rows=_rows(found, place),
        remarks=(f"the header stands in row {place + 1}",) if place else (),
        n_rows=len(found),
    )


def _header_place(rows: Sequence[Sequence[Any]]) -> int | None:
    """Return the first row that is not empty."""
    for place, row in enumerate(rows):
        if any(cell not in MISSING_CELLS for cell in row):
            return place
    return None


def _refuse_merged_header(path: Path, name: str, merged: list[Any], row: int) -> None:
    for (top, left), (bottom, right) in merged:
        if top <= row <= bottom and right > left:
            problem = f"the header of sheet {name!r} has merged cells (row {row + 1})"
            hint = "split them: one name for each column, in one row"
            raise FileError(str(path), problem, hint)


def _rows(rows: list[list[Any]], place: int) -> Iterator[tuple[int, Sequence[Any]]]:
    for number in range(place + 1, len(rows)):
        yield number + 1, rows[number]


def write_excel(
    cohort: Cohort, path: Path, *, raw: bool, progress: Progress | None
) -> None:
    """Write two sheets, ``patients`` and ``assessments``; no cell is a formula."""
    try:
        import openpyxl
    except ImportError:
        problem = "writing workbooks needs openpyxl"
        raise FileError(str(path), problem, EXCEL_HINT) from None
    book = openpyxl.Workbook(write_only=True)
    for name, rows in (
        (PATIENTS_SHEET, patient_rows(cohort)),
        (ASSESSMENTS_SHEET, assessment_rows(cohort, progress)),
    ):
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "B2"
        for row in rows:
            sheet.append([_cell(sheet, value, raw=raw) for value in row])
    book.save(path)


def _cell(sheet: Any, value: Any, *, raw: bool) -> Any:
    """Return a cell for a sheet that is written row by row."""
    if value is None or value.__class__ is int:
        return value
    if value.__class__ is str and _PLAIN.fullmatch(value):
        return value
    from openpyxl.cell import WriteOnlyCell

    written = WriteOnlyCell(sheet)
    write_cell(written, value, raw=raw)
    return written


def write_cell(place: Any, value: Any, *, raw: bool = False) -> None:
    """Write a cell: a number, or text that is never a formula."""
    if isinstance(value, bool):
        value = "yes" if value else "no"
    if isinstance(value, float) and float(f"{value:.16g}") != value:
        value = repr(value)  # openpyxl writes 16 digits of a number, which is one short
    if isinstance(value, (int, float, dt.date, dt.time, dt.timedelta)):
        place.value = value
    elif value is not None:
        text = _FORBIDDEN.sub("\ufffd", str(value))[:_LONGEST_TEXT]
        place.value = text if raw else disarmed(text)
        place.data_type = "s"
