"""What opens the tables of a file, by its ending, and what a user says of it."""

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

from iph._opening import opened
from iph._options import each, pathname
from iph.errors import FileError, InputError
from iph.records._delimited import delimited_table
from iph.records._excel import excel_tables
from iph.records._frame_table import columnar_tables
from iph.records._header import Asked
from iph.records._json import json_tables
from iph.records._mapping import (
    DATE_ORDER,
    DECIMAL,
    ENCODING,
    HEADER,
    MISSING,
    ColumnMapping,
)
from iph.records._redcap import unfolded
from iph.records._redcap_events import events_of_records, without_events
from iph.records._spss import spss_tables
from iph.records._study import the_study
from iph.records._table import Table

PATIENTS_ENDING: Final = "_patients"
ASSESSMENTS_ENDING: Final = "_assessments"
EVENTS_ENDING: Final = "_events"

Source = Callable[[Path, Asked], Sequence[Table]]


def _delimited(path: Path, asked: Asked) -> list[Table]:
    table = delimited_table(path, asked)
    return [unfolded(without_events(table) if the_study().events else table)]


SOURCES: Final[dict[str, Source]] = {
    ".csv": _delimited,
    ".tsv": _delimited,
    ".txt": _delimited,
    ".xlsx": excel_tables,
    ".xlsm": excel_tables,
    ".xls": excel_tables,
    ".xlsb": excel_tables,
    ".ods": excel_tables,
    ".json": json_tables,
    ".sav": spss_tables,
    ".zsav": spss_tables,
    ".por": spss_tables,
    ".dta": spss_tables,
    ".sas7bdat": spss_tables,
    ".xpt": spss_tables,
    ".parquet": columnar_tables,
    ".feather": columnar_tables,
}
"""What opens the tables of a file, by its ending: one, or patients and assessments."""


def asked_of(
    mapping: ColumnMapping,
    *,
    sheet: str | None = None,
    header_row: int | None = None,
    decimal: str | None = None,
    encoding: str | None = None,
    missing: Iterable[str] = (),
) -> Asked:
    """Return what a user says of a file, by arguments or in the mapping."""
    for name, said in (("decimal", decimal), ("encoding", encoding), ("sheet", sheet)):
        if said is not None and not isinstance(said, str):
            raise InputError(name, "a text", said)
    missing = each(missing, "missing", "a sequence of texts")
    answers = mapping.answers
    row = answers.get(HEADER, "")
    codes = [code.strip() for code in answers.get(MISSING, "").split(";")]
    return Asked(
        sheet=sheet,
        header_row=int(row) if header_row is None and row.isdecimal() else header_row,
        decimal=decimal or answers.get(DECIMAL, ""),
        encoding=encoding or answers.get(ENCODING) or None,
        missing=frozenset({*map(str, missing), *codes} - {""}),
        names=frozenset(mapping.columns),
        date_order=answers.get(DATE_ORDER, ""),
    )


def tables_of(
    path: str | os.PathLike[str],
    asked: Asked,
    *,
    assessments: str | os.PathLike[str] | None,
) -> list[Table]:
    """Open the tables of a file, and of a second one that belongs to it."""
    first = pathname(path)
    tables = list(_tables(first, asked))
    second = (
        _beside(first) if assessments is None else pathname(assessments, "assessments")
    )
    if second is not None:
        tables += _tables(second, asked)
    return tables


def _tables(path: Path, asked: Asked) -> Sequence[Table]:
    source = SOURCES.get(path.suffix.casefold())
    if source is None:
        opened(path)
        kinds = ", ".join(SOURCES)
        problem = f"the ending {path.suffix or '(none)'} is not known"
        raise FileError(str(path), problem, f"it must be one of {kinds}")
    return source(path, asked)


def events_beside(path: Path) -> Path | None:
    """Return the table of events that stands beside one of patients."""
    return _beside(path, EVENTS_ENDING)


def events_of_export(path: Path) -> Table | None:
    """Return the events of a REDCap export; None of any other file."""
    if SOURCES.get(path.suffix.casefold()) is not _delimited:
        return None
    return events_of_records(delimited_table(path, asked_of(ColumnMapping())))


def _beside(path: Path, ending: str = ASSESSMENTS_ENDING) -> Path | None:
    if not path.stem.endswith(PATIENTS_ENDING):
        return None
    stem = path.stem.removesuffix(PATIENTS_ENDING) + ending
    other = path.with_name(stem + path.suffix)
    return other if other.is_file() else None
