"""A first draft of a mapping file, for the user to complete."""

import difflib
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from iph._fields import Declaration, Kind
from iph._follow_up import ASSESSMENT_FIELDS
from iph._model import PATIENT_FIELDS
from iph._saving import refuse_old, replacing
from iph.records._cells import option_words, yes_no_rule
from iph.records._columns import Column, Matched
from iph.records._formulas import disarmed
from iph.records._mapping import (
    DECIMAL,
    FIELD_LIST,
    GUESS,
    IGNORED,
    MISSING,
    NOT_RECORDED_WORD,
    WHOLE_SHEET,
    ColumnMapping,
    column_mapping,
    write_rows,
)
from iph.records._privacy import looks_like
from iph.records._reading import examined
from iph.records._targets import guesses, known_names, normal, wide_name

_SAME_FOR_ALL: Final = (
    "records_complete",
    "hematoma_present",
    "other_areas",
    "imaging_available",
)
"""Questions of the criteria that often have one answer for a whole series."""


def suggest_mapping(
    path: str | os.PathLike[str],
    out: str | os.PathLike[str] | None = None,
    *,
    mapping: Any = None,
    sheet: str | None = None,
    header_row: int | None = None,
    decimal: str | None = None,
    encoding: str | None = None,
    missing: Iterable[str] = (),
) -> Path:
    r"""Write a mapping file for a table, for you to complete.

    My columns have other names: how do I say what they mean, without renaming them?

    Parameters
    ----------
    path : path
        The table.
    out : path, optional
        The mapping file, ``.csv``; by default the table's name with ``_mapping``.
    mapping : path or mapping, optional
        What is said already; then the words in these columns are asked for as well.
    sheet, header_row, decimal, encoding, missing : object
        As for `read`.

    Returns
    -------
    Path
        The mapping file. It holds the columns ``column``, ``cell``, ``read_as`` and
        ``comment``, and one row for each column of the table (``cell`` is empty there)
        and for each word in it that no code or label matches.

    Raises
    ------
    FileError
        If the table cannot be opened, or the mapping file exists already (it may hold
        your work).

    Notes
    -----
    Where a name or label matches, ``read_as`` is filled. A usual name in one of several
    languages, or a close one, stands there as a guess with the mark ``?`` before it,
    and counts only once you removed the mark. Elsewhere write the name of a field
    (``strength``, ``vas_week_1``, ``hemoglobin_g_dl``), or ``ignore``; all fields are
    listed below as ``(field)``. Beside a word, write a code, or ``not recorded``.
    Beside ``(sheet)``, write what holds for the whole sheet. What stays empty stays an
    error. The file is separated as the sheet is, so that a spreadsheet opens it in
    columns.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from iph.records import suggest_mapping
    >>> folder = tempfile.TemporaryDirectory()
    >>> file = Path(folder.name) / "series.csv"
    >>> size = file.write_text("patient_id,gender\nP01,F")
    >>> lines = suggest_mapping(file).read_text(encoding="utf-8-sig").splitlines()
    >>> [line for line in lines if not line.startswith("(")]
    ['column,cell,read_as,comment', 'patient_id,,patient_id,Patient', 'gender,,? sex,a guess: remove the mark if it is right']
    >>> folder.cleanup()
    """  # noqa: E501 - a list is one line
    source = Path(os.fspath(path))
    target = (
        source.with_name(f"{source.stem}_mapping.csv")
        if out is None
        else Path(os.fspath(out))
    )
    refuse_old(target)
    found = examined(
        source,
        mapping=mapping,
        needs_known=False,
        sheet=sheet,
        header_row=header_row,
        decimal=decimal,
        encoding=encoding,
        missing=missing,
    )
    rows: list[Row] = []
    for table in found.matched:
        rows += _column_rows(table)
        for column in table.columns:
            rows += _word_rows(column)
    rows += _sheet_rows(found.matched, column_mapping(mapping)[0])
    rows += _field_rows()
    safe = [(disarmed(a), disarmed(b), c, d) for a, b, c, d in rows]
    with replacing(target) as draft:
        write_rows(draft, safe, found.separator)
    return target


Row = tuple[str, str, str, str]


def _sheet_rows(tables: Sequence[Matched], told: ColumnMapping) -> Iterator[Row]:
    """Yield the questions that one answer settles for the whole sheet."""
    columns = [column for table in tables for column in table.columns]
    known = {column.target.field.name for column in columns}
    points = [text for column in columns for text in column.doubted()]
    answers = dict(told.answers)
    if points or DECIMAL in answers:
        asked = f"is {points[0]} a decimal or thousands? . or ," if points else ""
        yield WHOLE_SHEET, DECIMAL, answers.pop(DECIMAL, ""), asked
    said = "texts that mean missing throughout, with ; between them"
    yield WHOLE_SHEET, MISSING, answers.pop(MISSING, ""), said
    for name in _SAME_FOR_ALL:
        if name not in known:
            label = known_names()[name].field.declaration.label
            said = f"{label}: yes or no, if it is the same for all patients"
            yield WHOLE_SHEET, name, answers.pop(name, ""), said
    for question, answer in answers.items():
        yield WHOLE_SHEET, question, answer, ""


def _field_rows() -> Iterator[Row]:
    """Yield every field, for the user to choose from."""
    for field in (*PATIENT_FIELDS, *ASSESSMENT_FIELDS):
        declared = field.declaration
        said = f"{_meaning(declared)}: {yes_no_rule(declared)}"
        yield FIELD_LIST, "", field.name, said


def _meaning(declared: Declaration) -> str:
    return declared.label + (f" ({declared.unit})" if declared.unit else "")


def _column_rows(table: Matched) -> list[Row]:
    rows: list[tuple[int, Row]] = []
    for column in table.columns:
        said = _meaning(column.target.field.declaration)
        rows.append((column.place, (column.header, "", column.meant, said)))
    for place, header in table.set_aside:
        personal = looks_like(normal(header))
        if personal:
            said = f"looks like {personal}: not loaded"
            rows.append((place, (header, "", IGNORED, said)))
            continue
        told = IGNORED if header in table.told else _guess(header)
        said = "a guess: remove the mark if it is right" if told[:1] == GUESS else ""
        rows.append((place, (header, "", told, said or ("" if told else "not known"))))
    return [row for _, row in sorted(rows)]


def _guess(header: str) -> str:
    """Return what a column may mean, marked as a guess; empty if nothing is close."""
    name = normal(re.sub(r"[^\w]+", " ", header))
    target = guesses().get(normal(header)) or guesses().get(name)
    if target is not None:
        field = target.field
        meant = field.name
        if target.visit is not None:
            meant = wide_name(field, target.visit)
        return f"{GUESS} {meant}"
    close = difflib.get_close_matches(name[:80], list(known_names()), n=1, cutoff=0.7)
    return f"{GUESS} {close[0]}" if close else ""


def _word_rows(column: Column) -> list[Row]:
    declared = column.target.field.declaration
    if declared.kind is Kind.IDENTIFIER:
        return []
    told = [
        (column.header, word, m or NOT_RECORDED_WORD, "")
        for word, m in column.words.items()
    ]
    asked = [
        (column.header, word, _close(column, word), yes_no_rule(declared))
        for word in column.refused()
        if word not in column.words
    ]
    return told + asked


def _close(column: Column, word: str) -> str:
    """Return the code whose word is close, marked as a guess."""
    options = column.target.field.declaration.options
    if options is None:
        return ""
    known = option_words(options)[1]
    close = difflib.get_close_matches(
        word.casefold()[:80], list(known), n=1, cutoff=0.7
    )
    return f"{GUESS} {known[close[0]].value}" if close else ""
