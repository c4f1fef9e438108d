"""Excel workbooks: two sheets or one, cells as Excel keeps them."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final

import attrs

from iph._categories import ScheduledVisit
from iph._cohort import Cohort
from iph.errors import FileError
from iph.records._book_saving import save_book
from iph.records._cells import option_words
from iph.records._event_fields import EVENTS_SHEET, event_rows
from iph.records._formulas import disarmed
from iph.records._header import SEARCHED, Asked, Header, above, header_of
from iph.records._odd_cells import sheet_xml
from iph.records._progress import Progress
from iph.records._rows import assessment_rows, patient_rows
from iph.records._sheet_looks import Looks, look, stretches
from iph.records._sheet_size import check_sheet_size
from iph.records._study import the_schedule, the_study
from iph.records._table import MISSING_CELLS, Table
from iph.records._targets import is_of_time, is_pseudonym, normal
from iph.records._times import visit_of
from iph.records._workbook import (
    EXCEL_HINT,
    WORKBOOKS,
    Merged,
    Workbook,
    open_workbook,
)

PATIENTS_SHEET: Final = "patients"
ASSESSMENTS_SHEET: Final = "assessments"
_FORBIDDEN: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9_;]{0,200}")
_LONGEST_TEXT: Final = 32_000
TEMPLATE_LISTS: Final = "lists"
TEMPLATE_SHEETS: Final = frozenset(
    {"codebook", TEMPLATE_LISTS, "example patients", "example assessments"}
)
"""Sheets of the template beside those that are filled in."""


def excel_tables(path: Path, asked: Asked) -> list[Table]:
    """Open the tables of a workbook (.xlsx, .xlsm, .xls, .xlsb, .ods).

    Hidden sheets and charts are left aside. The sheets ``patients`` and ``assessments``
    if there are such, and beside a sheet ``patients`` any other with known columns;
    else the sheet that is asked for; else the only one that is not empty; else the only
    one with known columns; else all of these, if they are parts of one table.

    Raises
    ------
    FileError
        If it is no sound workbook, or it is not clear which sheet is meant.
    """
    return _Workbook(path, open_workbook(path), asked).tables()


def sheet_names(path: Path) -> list[str]:
    """Return the sheets of a workbook that a person sees; none of another file.

    Raises
    ------
    FileError
        If it is no sound workbook.
    """
    if path.suffix.casefold() not in WORKBOOKS:
        return []
    return [head.name for head in open_workbook(path).sheets if head.is_shown]


class _Workbook:
    """A workbook whose sheets are chosen and opened."""

    def __init__(self, path: Path, book: Workbook, asked: Asked) -> None:
        self._path, self._book, self._asked = path, book, asked
        self._left: list[str] = []

    def tables(self) -> list[Table]:
        """Return the tables, the first with what was left aside."""
        first, *others = self._chosen()
        said = (*self._left, *first.not_read)
        return [attrs.evolve(first, not_read=said), *others]

    def _chosen(self) -> list[Table]:
        names = [head.name for head in self._book.sheets]
        asked = self._asked.sheet
        if asked is not None:
            found = [
                n for n in names if n.strip().casefold() == asked.strip().casefold()
            ]
            if not found:
                problem = f"there is no sheet {asked!r}"
                raise FileError(
                    str(self._path), problem, f"there are: {', '.join(names)}"
                )
            return [self._table(found[0])]
        seen = {name.strip().casefold(): name for name in self._visible()}
        if PATIENTS_SHEET in seen:
            return self._beside_patients(seen)
        if len(names) == 1:
            return [self._table(names[0])]
        return self._among([n for n in seen.values() if not self._is_empty(n)])

    def _visible(self) -> Iterator[str]:
        """Yield the sheets that a person sees; the others are left aside, and said."""
        shown = [head for head in self._book.sheets if head.is_shown]
        for head in self._book.sheets:
            if self._is_of_events(head.name):
                continue  # it is read beside the patients
            if head in shown or (not shown and head.is_table):
                yield head.name
            elif not head.is_table:
                self._leave(head.name, "holds no table")
            elif head.name != TEMPLATE_LISTS:
                self._leave(head.name, "is hidden")

    def _is_of_events(self, name: str) -> bool:
        """Whether a sheet holds the events of a study that declares some."""
        named = name.strip().casefold() == EVENTS_SHEET
        return named and bool(the_study().events)

    def _leave(self, name: str, why: str) -> None:
        self._left.append(f"sheet {name!r} of {self._path.name} {why}")

    def _beside_patients(self, seen: dict[str, str]) -> list[Table]:
        """Return the patients, and every sheet that may hold more of them."""
        found = [self._table(seen.pop(PATIENTS_SHEET))]
        if ASSESSMENTS_SHEET in seen:
            found.append(self._table(seen.pop(ASSESSMENTS_SHEET)))
            seen = {
                key: name for key, name in seen.items() if key not in TEMPLATE_SHEETS
            }
        for name in seen.values():
            if self._is_empty(name):
                continue
            table = self._table(name)
            if self._asked.every_sheet or self._asked.known(table.header):
                found.append(self._of_visit(table, name))
            else:
                self._leave(name, "has no column that is known")
        return found

    def _of_visit(self, table: Table, name: str) -> Table:
        """Return a sheet called after a visit with that visit in each row."""
        visit = visit_called(name)
        names = {normal(one) for one in table.header}
        if visit is None or names & {"visit", "day"}:
            return table
        rows = (
            (number, [*row, visit.value if _is_seen(row) else None])
            for number, row in table.rows
        )
        remark = f"its rows are of the visit {visit.value}, as the sheet is called"
        return attrs.evolve(
            table,
            header=(*table.header, "visit"),
            rows=rows,
            remarks=(*table.remarks, remark),
        )

    def _among(self, names: list[str]) -> list[Table]:
        """Return the only sheet with known columns, or those that are parts of one."""
        tables = [self._table(name) for name in names]
        if not tables:
            raise FileError(str(self._path), "its sheets are empty")
        if len(tables) == 1 or self._asked.every_sheet:
            return tables
        known = [
            (name, table)
            for name, table in zip(names, tables, strict=True)
            if self._asked.known(table.header)
        ]
        found = [table for _, table in known]
        if len(found) > 1:
            found = self._parts(known) or self._by_visit(known)
        if not found:
            hint = f"name one with sheet=, or call two of them {PATIENTS_SHEET} and "
            raise FileError(
                str(self._path),
                f"which of its {len(tables)} sheets is meant?",
                hint + ASSESSMENTS_SHEET,
            )
        for name in names:
            if name not in {one for one, _ in known}:
                self._leave(name, "has no column that is known")
        return found

    def _parts(self, known: list[tuple[str, Table]]) -> list[Table]:
        """Return sheets that are one table in parts; none if they are not.

        Sheets that are all called after visits are; each row of them is of that visit.
        So are sheets that all have the same columns, such as one for each site.
        """
        if all(visit_called(name) is not None for name, _ in known):
            said = "the sheets are called after visits and were read as one table"
            found = [self._of_visit(table, name) for name, table in known]
            return [
                attrs.evolve(t, owns_patients=True) for t in self._told(found, said)
            ]
        headers = {tuple(sorted(map(normal, table.header))) for _, table in known}
        if len(headers) > 1:
            return []
        said = "the sheets have the same columns and were read as one table"
        found = [attrs.evolve(t, part=name, owns_patients=True) for name, t in known]
        return self._told(found, said)

    def _by_visit(self, known: list[tuple[str, Table]]) -> list[Table]:
        """Return the sheet of patients and those of their visits; none if unclear.

        All name the patient by the same header, and all but one say a visit or a day.
        """
        names = [{normal(header) for header in table.header} for _, table in known]
        shared = set.intersection(*names)
        seen = [any(map(is_of_time, table.header)) for _, table in known]
        if not any(map(is_pseudonym, shared)) or seen.count(False) != 1:
            return []
        name, first = known[seen.index(False)]
        others = [table for _, table in known if table is not first]
        said = f"sheet {name!r} was read as the patients, the others as their visits"
        return self._told([first, *others], said)

    def _told(self, tables: list[Table], said: str) -> list[Table]:
        first, *others = tables
        return [attrs.evolve(first, remarks=(*first.remarks, said)), *others]

    def _is_empty(self, name: str) -> bool:
        """Whether no cell of a sheet holds anything."""
        return not any(
            cell not in MISSING_CELLS for row in self._cells(name)[0] for cell in row
        )

    def _cells(self, name: str) -> tuple[list[list[Any]], list[Merged], bytes]:
        """Return the cells as stored, the merged ones, and the XML if there is one."""
        content = sheet_xml(self._path, name)
        check_sheet_size(self._path, name, content)
        return *self._book.cells(name, content), content

    def _table(self, name: str) -> Table:
        found, merged, content = self._cells(name)
        looks = look(self._path, name, content, merged)
        most = max(SEARCHED, self._asked.header_row or 0)
        before = [list(row) for row in found[:most]]
        if looks is not None:
            looks.put_into(found)
        header = header_of(self._asked, before)
        if header is None:
            raise FileError(str(self._path), f"sheet {name!r} is empty")
        _refuse_merged_header(self._path, name, merged, header.last)
        title = f"{self._path.name}[{name}]"
        return Table(
            name=title,
            header=header.names,
            header_row=header.last + 1,
            rows=_rows(found, header.last),
            remarks=tuple(_remarks(looks, header)),
            not_read=tuple(above(title, found, header.top)),
            n_rows=len(found),
        )


def _is_seen(row: Sequence[Any]) -> bool:
    """Whether a row holds more than a pseudonym."""
    return sum(cell not in MISSING_CELLS for cell in row) > 1


def visit_called(name: str) -> ScheduledVisit | None:
    """Return the visit after which a sheet is called; None if after none."""
    words: dict[str, ScheduledVisit] = option_words(the_schedule())[1]
    return words.get(normal(name).replace("_", " ")) or visit_of(name)


def _remarks(looks: Looks | None, header: Header) -> Iterator[str]:
    if header.said:
        yield header.said
    if looks is None:
        yield "formats, errors and hidden rows of .xlsb cannot be seen: save as .xlsx"
        return
    hidden = [row for row in looks.hidden if row > header.last]
    if hidden:
        rows = ", ".join(stretches(hidden))
        yield (
            f"row {rows} is hidden, and was read"
            if rows.isdigit()
            else (f"rows {rows} are hidden, and were read")
        )


def _refuse_merged_header(
    path: Path, name: str, merged: list[Merged], row: int
) -> None:
    for (top, left), (bottom, right) in merged:
        if top <= row <= bottom and right > left:
            problem = f"the header of sheet {name!r} has merged cells (row {row + 1})"
            hint = "split them: one name for each column, in one row"
            raise FileError(str(path), problem, hint)


def _rows(rows: list[list[Any]], place: int) -> Iterator[tuple[int, Sequence[Any]]]:
    for number in range(place + 1, len(rows)):
        yield number + 1, rows[number]


def write_excel(
    cohort: Cohort[Any], path: Path, *, raw: bool, progress: Progress | None
) -> None:
    """Write ``patients``, ``assessments`` and ``events``; no cell is a formula."""
    try:
        import openpyxl  # noqa: F401 - whether it is there
    except ImportError:
        problem = "writing workbooks needs openpyxl"
        raise FileError(str(path), problem, EXCEL_HINT) from None
    save_book(lambda held: _save(cohort, held, raw=raw, progress=progress), path)


def _save(
    cohort: Cohort[Any], held: BinaryIO, *, raw: bool, progress: Progress | None
) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheets: dict[str, Iterable[Sequence[Any]]] = {
        PATIENTS_SHEET: patient_rows(cohort),
        ASSESSMENTS_SHEET: assessment_rows(cohort, progress),
    }
    if cohort.events is not None:
        sheets[EVENTS_SHEET] = event_rows(cohort.events)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "B2"
        for row in rows:
            sheet.append([_cell(sheet, value, raw=raw) for value in row])
    book.save(held)


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
