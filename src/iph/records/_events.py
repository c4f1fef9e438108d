"""The table of events: complications and adverse events, one row each."""

import csv
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from iph._event import Event
from iph._fields import sequence_of
from iph._options import pathname
from iph._saving import replacing
from iph.errors import FileError
from iph.records._book_saving import save_book
from iph.records._event_fields import EVENTS_SHEET, event_rows
from iph.records._excel import write_cell
from iph.records._workbook import EXCEL_HINT
from iph.records._writing import as_text

_SEPARATORS: Final = {".csv": ",", ".tsv": "\t"}


def write_events(
    events: Iterable[Event],
    path: str | os.PathLike[str],
    *,
    overwrite: bool = False,
) -> Path:
    """Write a table of events that `read_events` gives back.

    Parameters
    ----------
    events : iterable of Event
        The events.
    path : path
        The file; its ending says its kind: ``.csv``, ``.tsv`` or ``.xlsx``.
    overwrite : bool, default False
        Whether to replace a file of that name.

    Returns
    -------
    Path
        The file. Columns that no event has are left out.

    Raises
    ------
    InputError
        If something else than events is given.
    FileError
        If the file exists already or cannot be written, or its ending is not known.

    See Also
    --------
    read_events : Read the table.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from iph.records import Event, write_events
    >>> folder = tempfile.TemporaryDirectory()
    >>> scar = Event(patient_id="P01", event="scar", grade=2)
    >>> print(write_events([scar], Path(folder.name) / "events.csv").read_text())
    patient_id,event,grade
    P01,scar,2
    <BLANKLINE>
    >>> folder.cleanup()
    """
    listed = sequence_of(events, Event, "events")
    target = pathname(path)
    kind = target.suffix.casefold()
    if kind != ".xlsx" and kind not in _SEPARATORS:
        kinds = ", ".join([*_SEPARATORS, ".xlsx"])
        problem = f"the ending {target.suffix or '(none)'} is not known"
        raise FileError(str(target), problem, f"it must be one of {kinds}")
    table = event_rows(listed)
    with replacing(target, overwrite=overwrite) as draft:
        if kind == ".xlsx":
            _write_workbook(table, draft)
        else:
            with draft.open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(
                    file, delimiter=_SEPARATORS[kind], lineterminator="\n"
                )
                writer.writerows([as_text(cell) for cell in row] for row in table)
    return target


def _write_workbook(table: list[list[Any]], path: Path) -> None:
    try:
        import openpyxl
    except ImportError:
        problem = "writing workbooks needs openpyxl"
        raise FileError(str(path), problem, EXCEL_HINT) from None
    book = openpyxl.Workbook()
    del book["Sheet"]
    sheet = book.create_sheet(EVENTS_SHEET)
    for number, row in enumerate(table, start=1):
        for place, value in enumerate(row, start=1):
            write_cell(sheet.cell(number, place), value)
    save_book(book.save, path)
