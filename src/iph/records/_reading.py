"""Reading and checking files: every error at once, nothing coerced with loss."""

import os
import warnings
from collections.abc import Iterable, Sequence
from typing import Any

import attrs

from iph._cohort import Cohort
from iph._options import pathname
from iph.errors import DoubtWarning, NotReadWarning
from iph.protocol._protocol import P_co, Protocol
from iph.records._event_reading import NO_EVENTS, FoundEvents, events_of_file
from iph.records._header import Asked
from iph.records._mapping import (
    ColumnMapping,
    column_mapping,
)
from iph.records._matching import Matched
from iph.records._progress import Progress
from iph.records._reader import Reader
from iph.records._report import RecordError, RecordErrors, RecordReport
from iph.records._sources import asked_of, tables_of
from iph.records._study import of_study
from iph.records._table import Table


def read(
    path: str | os.PathLike[str],
    *,
    assessments: str | os.PathLike[str] | None = None,
    events: str | os.PathLike[str] | None = None,
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
    events : path, optional
        The table of events of a study that declares some, as `read_events` reads it. If
        not given, the sheet ``events`` of a workbook, the events of a JSON file or of a
        REDCap export, or a file that ends in ``_events`` beside one that ends in
        ``_patients``.
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
        The patients in the order of their first rows, of the class of the protocol;
        with their events, if there is a table of them.

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
        events=events,
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


def examined(
    path: str | os.PathLike[str],
    *,
    assessments: str | os.PathLike[str] | None = None,
    events: str | os.PathLike[str] | None = None,
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
        file = pathname(path)
        found = examined_tables(
            tables_of(path, asked, assessments=assessments),
            name=str(file),
            mapping=meant,
            errors=wrong,
            asked=asked,
            needs_known=needs_known,
            progress=progress,
        )
        of_events = None if events is None else pathname(events, "events")
        return with_events(found, events_of_file(file, of_events, found.cohort))


def with_events(found: Examined, told: FoundEvents) -> Examined:
    """Return what was found, with the events of the patients."""
    if told is NO_EVENTS:
        return found
    report = attrs.evolve(
        found.report,
        errors=(*found.report.errors, *told.errors),
        not_read=(*found.report.not_read, *told.not_read),
    )
    cohort = found.cohort
    if cohort is not None:
        not_read = (*cohort.not_read, *told.not_read)
        cohort = (
            None
            if told.errors
            else attrs.evolve(cohort, events=told.events, not_read=not_read)
        )
    return attrs.evolve(found, report=report, cohort=cohort)


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
