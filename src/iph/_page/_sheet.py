"""A sheet as a person sees it: its cells, what is wrong there, what is asked of it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import attrs

from iph._cohort import Cohort
from iph.errors import FileError
from iph.protocol._protocol import Protocol
from iph.records._mapping import FIELD_LIST, ColumnMapping, column_mapping, write_rows
from iph.records._questions import Row, questions
from iph.records._reading import examined_tables
from iph.records._report import RecordError, RecordReport, readings
from iph.records._sources import asked_of, tables_of
from iph.records._study import of_study
from iph.records._table import MISSING_CELLS, Covered, Table

if TYPE_CHECKING:
    from iph.records._progress import Progress

_SHOWN_ROWS: Final = 300
_MARKED_ROWS: Final = 2_000  # of a long sheet, rows with errors beyond those
_LONGEST_CELL: Final = 200
_LISTED: Final = 2_000  # errors; more are counted

Corrections = Mapping[tuple[str, int, str], str]
"""What stands in a cell instead: by table, row and column."""


@attrs.frozen(kw_only=True)
class Sheet:
    """A sheet that was read as far as it can be.

    Attributes
    ----------
    report : RecordReport
        What a check finds.
    cohort : Cohort or None
        The patients; None if there are errors.
    tables : tuple of Table
        The tables, their rows as lists.
    hidden : tuple of set of int
        Of each table, the columns that look as if they named a person.
    asked : tuple of Row
        The rows of a mapping file.
    """

    report: RecordReport
    cohort: Cohort[Any] | None
    tables: tuple[Table, ...]
    hidden: tuple[set[int], ...]
    asked: tuple[Row, ...]


def read_sheet(
    path: Path,
    *,
    second: Path | None = None,
    answers: Sequence[Sequence[str]] = (),
    corrections: Corrections | None = None,
    study: Protocol[Any] | None = None,
    progress: "Progress | None" = None,
    **said: Any,
) -> Sheet:
    """Read a sheet with the answers of a person and the cells that were mended.

    Parameters
    ----------
    path : Path
        The file.
    second : Path, optional
        A table of the assessments beside that of the patients.
    answers : sequence of (column, cell, read_as)
        Rows of a mapping file; written beside the sheet to be read as one.
    corrections : mapping, optional
        What stands in a cell instead.
    study : Protocol, optional
        The study that the sheet belongs to.
    progress : callable, optional
        As for `iph.records.read`.
    said : object
        What a person says of the file, as for `iph.records.read`.
    """
    rows = [(str(a), str(b), str(c), "") for a, b, c in answers]
    told: Path | None = None
    if rows:
        told = path.with_name("answers.csv")
        write_rows(told, rows)
    with of_study(study):
        meant, wrong = column_mapping(told)
        asked = asked_of(meant, **said)
        tables = tuple(
            _mended(table, corrections or {})
            for table in tables_of(path, asked, assessments=second)
        )
        found = examined_tables(
            tables,
            name=path.name,
            mapping=meant,
            errors=wrong,
            asked=asked,
            needs_known=False,
            progress=progress,
        )
        return Sheet(
            report=found.report,
            cohort=found.cohort,
            tables=tables,
            hidden=tuple(one.unseen for one in found.matched),
            asked=tuple(questions(found.matched, meant)),
        )


def opened_tables(
    path: Path, *, second: Path | None = None, **said: Any
) -> list[Table]:
    """Open the tables of a file as they stand, before anybody knows what they mean."""
    asked = asked_of(ColumnMapping(), **said)
    return tables_of(path, asked, assessments=second)


def _mended(table: Table, corrections: Corrections) -> Table:
    """Return a table whose rows are kept, with the cells that were mended."""
    rows = [(number, list(cells)) for number, cells in table.rows]
    places = {name: place for place, name in enumerate(table.header)}
    by_number = dict(rows)
    for (name, number, column), text in corrections.items():
        if name == table.name and number in by_number and column in places:
            cells = by_number[number]
            cells.extend([None] * (places[column] + 1 - len(cells)))
            cells[places[column]] = text
    return attrs.evolve(table, rows=rows)


def sheet_said(sheet: Sheet) -> dict[str, Any]:
    """Return all that the page shows of a sheet."""
    report = sheet.report
    fields = [(name, said) for column, _, name, said in sheet.asked if _lists(column)]
    asked = [row for row in sheet.asked if not _lists(row[0])]
    return {
        "ok": sheet.cohort is not None,
        "layout": report.layout,
        "n_patients": report.n_patients,
        "n_assessments": report.n_assessments,
        "n_errors": len(report.errors),
        "errors": [_error(error) for error in report.errors[:_LISTED]],
        "by_rule": report.by_rule(),
        "read_as": list(readings(report.interpretations)),
        "not_read": report.not_read,
        "warnings": report.warnings,
        "questions": asked,
        "fields": fields,
        "tables": [
            _grid(table, hidden, report.errors)
            for table, hidden in zip(sheet.tables, sheet.hidden, strict=True)
        ],
    }


def _lists(column: str) -> bool:
    return column == FIELD_LIST


def _error(error: RecordError) -> dict[str, Any]:
    is_value = error.name == "value"
    return {
        "table": error.table,
        "row": error.row,
        "columns": error.column.split(", "),
        "value": error.value,
        "said": f"must be {error.rule}" if is_value else error.rule,
        "hint": error.hint,
    }


def _grid(
    table: Table, hidden: set[int], errors: Sequence[RecordError]
) -> dict[str, Any]:
    """Return the first rows of a table, and the later ones in which errors stand."""
    rows: list[Any] = list(table.rows)
    wrong = {error.row for error in errors if error.table == table.name}
    later = [one for one in rows[_SHOWN_ROWS:] if one[0] in wrong][:_MARKED_ROWS]
    return {
        "name": table.name,
        "header": table.header,
        "hidden": sorted(hidden),
        "n_rows": len(rows),
        "rows": [
            [number, [_text(cell, place in hidden) for place, cell in enumerate(cells)]]
            for number, cells in (*rows[:_SHOWN_ROWS], *later)
        ],
    }


def _text(cell: Any, is_hidden: bool) -> str:  # noqa: FBT001 - called in one place
    if cell in MISSING_CELLS or isinstance(cell, Covered) or is_hidden:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)  # a spreadsheet shows it so
    text = str(cell)
    return text if len(text) <= _LONGEST_CELL else text[:_LONGEST_CELL] + "…"


def need_cohort(sheet: Sheet, name: str) -> Cohort[Any]:
    """Return the patients of a sheet without errors."""
    if sheet.cohort is None:
        n_errors = len(sheet.report.errors)
        left = "1 error is" if n_errors == 1 else f"{n_errors} errors are"
        raise FileError(
            name, f"{left} left in it", "mend them, or say what the columns mean"
        )
    return sheet.cohort
