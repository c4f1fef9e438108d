"""The table of events: complications and adverse events, one row each."""

import csv
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import attrs

from iph import _fields
from iph._fields import sequence_of
from iph._options import pathname
from iph._saving import replacing
from iph.errors import FileError
from iph.records._event_fields import (
    EVENTS_SHEET,
)
from iph.records._excel import EXCEL_HINT, write_cell
from iph.records._writing import as_text

NEEDED: Final = ("patient_id", "event")
_COLUMNS: Final = ("patient_id", "event", "day", "grade", "related")
_LARGEST: Final = 10_000_000
"""Beyond the times and grades of any study, whose protocol says its own bounds."""
_SEPARATORS: Final = {".csv": ",", ".tsv": "\t"}


@attrs.frozen(kw_only=True, field_transformer=_fields.converting)
class Event:
    """One complication or adverse event of one patient.

    Attributes
    ----------
    patient_id : str
        The patient.
    event : str
        Its name in the protocol.
    day : int or None
        When it was seen, in the time unit of the study since day zero.
    grade : int or None
        Its grade by the scale of the protocol.
    related : bool or None
        Whether it was related to the treatment.

    Raises
    ------
    FieldError
        If a value is not one that its field can hold.

    Examples
    --------
    >>> from iph.records import Event
    >>> Event(patient_id="P01", event="scar", day=40, grade=2).related is None
    True
    """

    patient_id: str = attrs.field(
        converter=_fields.pseudonym, metadata=_fields.identifier("Patient")
    )
    event: str = attrs.field(
        converter=_fields.pseudonym, metadata=_fields.identifier("Event")
    )
    day: int | None = attrs.field(
        default=None,
        converter=_fields.whole,
        metadata=_fields.days("Day", low=-_LARGEST, high=_LARGEST),
    )
    grade: int | None = attrs.field(
        default=None,
        converter=_fields.whole,
        metadata=_fields.quantity("Grade", low=-_LARGEST, high=_LARGEST, step=1),
    )
    related: bool | None = attrs.field(
        default=None, metadata=_fields.yes_no("Related to the treatment")
    )


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
    rows = [[getattr(one, name) for name in _COLUMNS] for one in listed]
    kept = [
        place
        for place, name in enumerate(_COLUMNS)
        if name in NEEDED or any(row[place] is not None for row in rows)
    ]
    table = [[row[place] for place in kept] for row in (_COLUMNS, *rows)]
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
    book.save(path)
