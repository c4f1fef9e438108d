"""A table written back as a workbook, with every error marked where it stands."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from iph._options import pathname
from iph._saving import refuse_old, replacing, same_file
from iph.errors import FileError
from iph.protocol._protocol import Protocol
from iph.records._book_saving import save_book
from iph.records._excel import write_cell
from iph.records._mapping import column_mapping
from iph.records._progress import Progress
from iph.records._reading import examined
from iph.records._report import RecordError, RecordReport
from iph.records._sources import asked_of, tables_of
from iph.records._study import of_study
from iph.records._table import MISSING_CELLS, Table
from iph.records._workbook import EXCEL_HINT

_WRONG: Final = "FFC7CE"
_LONGEST_TITLE: Final = 31
_ERRORS_SHEET: Final = "errors"


def mark(
    path: str | os.PathLike[str],
    out: str | os.PathLike[str],
    *,
    assessments: str | os.PathLike[str] | None = None,
    mapping: Any = None,
    sheet: str | None = None,
    header_row: int | None = None,
    decimal: str | None = None,
    encoding: str | None = None,
    missing: Iterable[str] = (),
    progress: Progress | None = None,
    overwrite: bool = False,
    protocol: Protocol[Any] | None = None,
) -> RecordReport:
    r"""Write a table back as a workbook in which every wrong cell is marked.

    Where in my sheet are the errors, so that whoever typed it can mend it?

    Parameters
    ----------
    path : path
        The table.
    out : path
        The workbook, ``.xlsx``; never the table itself.
    assessments, mapping, sheet : object
        As for `check`.
    header_row, decimal, encoding, missing, progress : object
        As for `check`.
    overwrite : bool, default False
        Whether to replace a workbook of that name.
    protocol : Protocol, optional
        As for `check`.

    Returns
    -------
    RecordReport
        What `check` says.

    Raises
    ------
    FileError
        If the file cannot be opened, or the workbook exists already or cannot be
        written.

    Notes
    -----
    Each table keeps its rows and columns, so that row numbers agree. Wrong cells are
    filled and carry the rule as a comment; the sheet ``errors`` lists them all.
    Columns that look as if they named a person are left empty.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from iph.records import mark
    >>> folder = tempfile.TemporaryDirectory()
    >>> file = Path(folder.name) / "series.csv"
    >>> size = file.write_text("patient_id,sex\nP01,x")
    >>> len(mark(file, Path(folder.name) / "marked.xlsx").errors)
    1
    >>> folder.cleanup()
    """
    target = pathname(out, "out")
    if target.suffix.casefold() != ".xlsx":
        raise FileError(str(target), "a marked table is a workbook", "end it in .xlsx")
    for one in (path, assessments):
        if one is not None and same_file(target, one):
            raise FileError(str(target), "is the table itself", "give another name")
    refuse_old(target, overwrite=overwrite)
    try:
        import openpyxl
    except ImportError:
        problem = "writing workbooks needs openpyxl"
        raise FileError(str(target), problem, EXCEL_HINT) from None
    said: dict[str, Any] = {
        "sheet": sheet,
        "header_row": header_row,
        "decimal": decimal,
        "encoding": encoding,
        "missing": missing,
    }
    found = examined(
        path,
        assessments=assessments,
        mapping=mapping,
        progress=progress,
        protocol=protocol,
        **said,
    )
    book = openpyxl.Workbook()
    del book["Sheet"]
    with of_study(protocol):
        meant, _ = column_mapping(mapping)
        asked = asked_of(meant, **said)
        tables = tables_of(path, asked, assessments=assessments)
    for table, columns in zip(tables, found.matched, strict=True):
        wrong = [error for error in found.report.errors if error.table == table.name]
        _fill(book.create_sheet(_title(book, table.name)), table, wrong, columns.unseen)
    _list(book.create_sheet(_ERRORS_SHEET), found.report)
    with replacing(target, overwrite=overwrite) as draft:
        save_book(book.save, draft)
    return found.report


def _title(book: Any, name: str) -> str:
    """Return a sheet title: short, without the characters that Excel forbids."""
    inside = name.partition("[")[2].rstrip("]") or Path(name).stem
    title = "".join("_" if sign in "[]:*?/\\" else sign for sign in inside)
    title = title[: _LONGEST_TITLE - 2] or "table"
    taken = {one.casefold() for one in (*book.sheetnames, _ERRORS_SHEET)}
    return f"{title}_2" if title.casefold() in taken else title


def _fill(
    sheet: Any, table: Table, errors: list[RecordError], unseen: set[int]
) -> None:
    top = max(table.header_row, 1)
    for place, name in enumerate(table.header, start=1):
        write_cell(sheet.cell(top, place), name, raw=True)
    shift = 0 if table.header_row else 1
    for row, cells in table.rows:
        for place, value in enumerate(cells):
            if value not in MISSING_CELLS and place not in unseen:
                write_cell(sheet.cell(row + shift, place + 1), value, raw=True)
    places = {name: place for place, name in enumerate(table.header, start=1)}
    said: dict[tuple[int, int], list[str]] = {}
    for error in errors:
        row = top if error.row is None else error.row + shift
        named = [places[name] for name in error.column.split(", ") if name in places]
        for place in named or [1]:
            said.setdefault((row, place), []).append(_said(error))
    _comment(sheet, said)


def _comment(sheet: Any, said: dict[tuple[int, int], list[str]]) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    for (row, place), lines in said.items():
        marked = sheet.cell(row, place)
        marked.fill = PatternFill("solid", start_color=_WRONG)
        marked.comment = Comment("\n".join(lines), "iph", width=360, height=120)


def _said(error: RecordError) -> str:
    rule = f"must be {error.rule}" if error.name == "value" else error.rule
    return f"{rule}; {error.hint}" if error.hint else rule


def _list(sheet: Any, report: RecordReport) -> None:
    sheet.append(["table", "row", "column", "value", "rule", "hint"])
    for number, error in enumerate(report.errors, start=2):
        values = (error.table, error.row, error.column, error.value, error.rule)
        for place, value in enumerate((*values, error.hint), start=1):
            write_cell(sheet.cell(number, place), value)
