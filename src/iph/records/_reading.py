"""Reading and checking files: every error at once, nothing coerced with loss."""

import os
import warnings
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import attrs

from iph._cohort import Cohort
from iph._opening import opened
from iph._options import each, pathname
from iph.errors import DoubtWarning, FileError, InputError, NotReadWarning
from iph.protocol._protocol import P_co, Protocol
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
    column_mapping,
)
from iph.records._matching import Matched
from iph.records._progress import Progress
from iph.records._reader import Reader
from iph.records._redcap import unfolded
from iph.records._report import RecordError, RecordErrors, RecordReport
from iph.records._spss import spss_tables
from iph.records._study import of_study
from iph.records._table import Table

PATIENTS_ENDING: Final = "_patients"
ASSESSMENTS_ENDING: Final = "_assessments"


def read(
    path: str | os.PathLike[str],
    *,
    assessments: str | os.PathLike[str] | None = None,
    mapping: Any = None,
    sheet: str | None = None,
    header_row: int | None = None,
    decimal: str | None = None,
    encoding: str | None = None,
    missing: Iterable[str] = (),
    progress: Progress | None = None,
    protocol: Protocol[P_co] | None = None,
) -> Cohort[P_co]:
    r"""Read patients from a file.

    Who are my patients? From the spreadsheet as it is, if it is sound; otherwise every
    error in it at once.

    Parameters
    ----------
    path : path
        A file; its ending says its kind: ``.csv``, ``.tsv``, ``.txt``, a workbook
        (``.xlsx``, ``.xlsm``, ``.xls``, ``.xlsb``, ``.ods``), SPSS (``.sav``,
        ``.zsav``, ``.por``), Stata (``.dta``), SAS (``.sas7bdat``, ``.xpt``),
        ``.parquet``, ``.feather``, or ``.json`` as `write` makes it.
    assessments : path, optional
        A second file of the same kind with the assessments, one row a patient and
        visit. If `path` ends in ``_patients`` and a file that ends in ``_assessments``
        stands beside it, that one is read without being named.
    mapping : path or mapping, optional
        What other column names mean: a file that `suggest_mapping` wrote and you
        completed, or a dictionary from column names to field names.
    sheet : str, optional
        The sheet to read, if a workbook has several and none is called ``patients``.
    header_row : int, optional
        The row in which the column names stand, as a spreadsheet counts. By default the
        first row that is not empty, or one of the first 30 with more known names.
    decimal : {".", ","}, optional
        The decimal mark of numbers that are stored as text. By default both are read
        where there is no doubt, and the others are errors.
    encoding : str, optional
        The encoding of a text file, such as ``"gb18030"``. By default UTF-8 or UTF-16
        where the file is such, else Windows-1252.
    missing : iterable of str, optional
        What stands for a missing value in the whole file, such as ``["-99", "n.b."]``.
    progress : callable, optional
        Called as ``progress(what, done, total)`` while a file of thousands of rows is
        read.
    protocol : Protocol, optional
        The study, which says what the columns may be; that of Li et al. 2023 if not
        given.

    Returns
    -------
    Cohort
        The patients in the order of their first rows, of the class of the protocol.

    Raises
    ------
    RecordErrors
        If anything in the file is wrong; it lists every error with row, column, value,
        rule and hint.
    FileError
        If the file cannot be opened, or is no table at all.

    Warns
    -----
    DoubtWarning
        If the encoding was guessed, or pseudonyms look like names, dates or numbers of
        a register.
    NotReadWarning
        If columns, rows or sheets hold something and were not used. The cohort keeps
        the same sentences as `Cohort.not_read`, and a report lists them.

    See Also
    --------
    check : The same without raising, and with what was read otherwise than it stands.

    Notes
    -----
    Three layouts are understood. *Long*: one row a patient and visit, with the columns
    of both; values of the patient stand in the first row or are repeated. *Wide*: one
    row a patient, with a column for each field and visit, such as ``vas_week_1``.
    *Two tables*: one of patients, one of assessments.

    A raw export of a REDCap project is known by its columns.

    An empty cell is "not recorded"; in a set of choices ``none`` says that none
    applies. A part with nothing recorded, such as the laboratory, is None.
    Nothing is rounded or cut: 7.9 is not 7, and "about 7" is an error.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from iph.records import read
    >>> folder = tempfile.TemporaryDirectory()
    >>> file = Path(folder.name) / "series.csv"
    >>> rows = ["patient_id;age_years;sex;vas_baseline;vas_week_1", "P01;48;F;7,5;4"]
    >>> size = file.write_text("\n".join(rows))
    >>> patient = read(file).patients[0]
    >>> patient.sex, [a.vas for a in patient.follow_up.assessments]
    (<Sex.FEMALE: 'female'>, [7.5, 4.0])
    >>> folder.cleanup()
    """
    found = examined(
        path,
        assessments=assessments,
        mapping=mapping,
        progress=progress,
        sheet=sheet,
        header_row=header_row,
        decimal=decimal,
        encoding=encoding,
        missing=missing,
        protocol=protocol,
    )
    return the_cohort(found)


@attrs.frozen(kw_only=True)
class Examined:
    """A report, the cohort if there are no errors, and the columns as understood."""

    report: RecordReport
    cohort: Cohort[Any] | None
    matched: tuple[Matched, ...]
    doubts: tuple[str, ...] = ()
    separator: str = ","


def the_cohort(found: Examined, depth: int = 3) -> Cohort[Any]:
    """Return the cohort, with warnings of what was guessed and what was not read.

    Raises
    ------
    RecordErrors
        If anything is wrong.
    """
    if found.report.errors:
        raise RecordErrors(found.report.errors, found.report.path)
    assert found.cohort is not None  # noqa: S101 - there is one if nothing is wrong
    if found.doubts:
        warnings.warn(DoubtWarning(found.report.path, found.doubts), stacklevel=depth)
    if found.cohort.not_read:
        said = NotReadWarning(found.report.path, found.cohort.not_read)
        warnings.warn(said, stacklevel=depth)
    return found.cohort


Source = Callable[[Path, Asked], Sequence[Table]]


def _delimited(path: Path, asked: Asked) -> list[Table]:
    return [unfolded(delimited_table(path, asked))]


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


def examined(
    path: str | os.PathLike[str],
    *,
    assessments: str | os.PathLike[str] | None = None,
    mapping: Any = None,
    needs_known: bool = True,
    progress: Progress | None = None,
    protocol: Protocol[Any] | None = None,
    **said: Any,
) -> Examined:
    """Read a file as far as it can be read; `said` is what a user says of it."""
    with of_study(protocol):
        meant, wrong = column_mapping(mapping)
        asked = asked_of(meant, **said)
        return examined_tables(
            tables_of(path, asked, assessments=assessments),
            name=str(pathname(path)),
            mapping=meant,
            errors=wrong,
            asked=asked,
            needs_known=needs_known,
            progress=progress,
        )


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


def _beside(path: Path) -> Path | None:
    if not path.stem.endswith(PATIENTS_ENDING):
        return None
    stem = path.stem.removesuffix(PATIENTS_ENDING) + ASSESSMENTS_ENDING
    other = path.with_name(stem + path.suffix)
    return other if other.is_file() else None


def examined_tables(
    tables: Sequence[Table],
    *,
    name: str,
    mapping: ColumnMapping,
    errors: Sequence[RecordError],
    asked: Asked,
    needs_known: bool = True,
    progress: Progress | None = None,
) -> Examined:
    """Read one table, or a table of patients and one of their assessments."""
    reader = Reader(
        name=name,
        tables=tables,
        mapping=mapping,
        asked=asked,
        errors=list(errors),
        progress=progress,
        asking=not needs_known,
    )
    reader.read()
    return Examined(
        report=reader.report(),
        cohort=reader.cohort(),
        matched=tuple(reader.matched),
        doubts=reader.doubts,
        separator=tables[0].separator or ",",
    )
