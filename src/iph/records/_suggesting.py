"""A first draft of a mapping file, for the user to complete."""

import difflib
import os
from pathlib import Path
from typing import Any

from iph._fields import Kind
from iph.errors import FileError
from iph.records._columns import Column, Matched
from iph.records._formulas import disarmed
from iph.records._mapping import IGNORED, NOT_RECORDED_WORD, write_rows
from iph.records._privacy import looks_like
from iph.records._reading import examined
from iph.records._saving import replacing
from iph.records._targets import known_names, normal

_WORDS = {Kind.CHOICE, Kind.CHOICES, Kind.GRADE, Kind.YES_NO}


def suggest_mapping(
    path: str | os.PathLike[str],
    out: str | os.PathLike[str] | None = None,
    *,
    mapping: Any = None,
    sheet: str | None = None,
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
    sheet : str, optional
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
    Nothing is guessed: ``read_as`` is filled where a name or label matches; elsewhere a
    close name stands in the comment as a question. Write the name of a field there
    (``strength``, ``vas_week_1``, ``hemoglobin_g_dl``), or ``ignore``. Beside a word,
    write a code, or ``not recorded``. What stays empty stays an error.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from iph.records import suggest_mapping
    >>> folder = tempfile.TemporaryDirectory()
    >>> file = Path(folder.name) / "series.csv"
    >>> size = file.write_text("patient_id,gender\nP01,F")
    >>> print(suggest_mapping(file).read_text(encoding="utf-8-sig").strip())
    column,cell,read_as,comment
    patient_id,,patient_id,Patient
    gender,,,not known
    >>> folder.cleanup()
    """
    source = Path(os.fspath(path))
    target = (
        source.with_name(f"{source.stem}_mapping.csv")
        if out is None
        else Path(os.fspath(out))
    )
    if target.exists():
        hint = "give it another name, so that no work is lost"
        raise FileError(str(target), "the file exists already", hint)
    found = examined(
        source, assessments=None, mapping=mapping, sheet=sheet, needs_known=False
    )
    rows: list[tuple[str, str, str, str]] = []
    for table in found.matched:
        rows += _column_rows(table)
        for column in table.columns:
            rows += _word_rows(column)
    safe = [(disarmed(a), disarmed(b), c, d) for a, b, c, d in rows]
    with replacing(target) as draft:
        write_rows(draft, safe)
    return target


def _column_rows(table: Matched) -> list[tuple[str, str, str, str]]:
    rows: list[tuple[int, tuple[str, str, str, str]]] = []
    for column in table.columns:
        declared = column.target.field.declaration
        meaning = declared.label + (f" ({declared.unit})" if declared.unit else "")
        rows.append((column.place, (column.header, "", column.meant, meaning)))
    for place, header in table.set_aside:
        personal = looks_like(normal(header))
        if personal:
            rows.append(
                (place, (header, "", IGNORED, f"looks like {personal}: not loaded"))
            )
            continue
        close = difflib.get_close_matches(
            normal(header)[:80], list(known_names()), n=1, cutoff=0.7
        )
        asked = f"did you mean {close[0]}?" if close else "not known"
        told = IGNORED if header in table.told else ""
        rows.append((place, (header, "", told, asked)))
    return [row for _, row in sorted(rows)]


def _word_rows(column: Column) -> list[tuple[str, str, str, str]]:
    declared = column.target.field.declaration
    if declared.kind not in _WORDS:
        return []
    told = [
        (column.header, word, m or NOT_RECORDED_WORD, "")
        for word, m in column.words.items()
    ]
    asked = [
        (column.header, word, "", declared.rule())
        for word in column.refused()
        if word not in column.words
    ]
    return told + asked
