"""A first draft of a mapping file, for the user to complete."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from iph._options import pathname
from iph._saving import refuse_old, replacing
from iph.protocol._protocol import Protocol
from iph.records._formulas import disarmed
from iph.records._mapping import column_mapping, write_rows
from iph.records._mapping_book import write_book
from iph.records._questions import questions
from iph.records._reading import examined
from iph.records._study import of_study


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
    protocol: Protocol[Any] | None = None,
) -> Path:
    r"""Write a mapping file for a table, for you to complete.

    My columns have other names: how do I say what they mean, without renaming them?

    Parameters
    ----------
    path : path
        The table.
    out : path, optional
        The mapping file, ``.csv``, or ``.xlsx`` for a workbook in which the answers
        are chosen from lists; by default the table's name with ``_mapping.csv``.
    mapping : path or mapping, optional
        What is said already; then the words in these columns are asked for as well.
    sheet, header_row, decimal, encoding, missing, protocol : object
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
    source = pathname(path)
    target = (
        source.with_name(f"{source.stem}_mapping.csv")
        if out is None
        else pathname(out, "out")
    )
    refuse_old(target)
    with of_study(protocol):
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
        rows = questions(found.matched, column_mapping(mapping)[0])
    with replacing(target) as draft:
        if target.suffix.casefold() == ".xlsx":
            write_book(draft, rows)
        else:
            safe = [(disarmed(a), disarmed(b), c, d) for a, b, c, d in rows]
            write_rows(draft, safe, found.separator)
    return target
