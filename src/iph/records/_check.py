"""The check of a file: all that is wrong, with nothing raised."""

import os
from collections.abc import Iterable
from typing import Any

from iph.protocol._protocol import Protocol
from iph.records._progress import Progress
from iph.records._reading import examined
from iph.records._report import RecordReport


def check(
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
    protocol: Protocol[Any] | None = None,
) -> RecordReport:
    r"""Check a file without reading it into a study.

    What is wrong with my spreadsheet, cell by cell, and how would it be understood?

    Parameters
    ----------
    path, assessments, events, mapping, sheet : object
        As for `read`.
    header_row, decimal, encoding, missing, progress, protocol : object
        As for `read`.

    Returns
    -------
    RecordReport
        With ``errors``, ``interpretations`` (what is not read literally),
        ``ignored_columns``, ``warnings``, ``layout``, ``n_patients`` and
        ``n_assessments``.

    Raises
    ------
    FileError
        If the file cannot be opened, or is no table at all. Bad data raise nothing.

    See Also
    --------
    errors_text : The report as text.
    read : Read the file.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from iph.records import check
    >>> folder = tempfile.TemporaryDirectory()
    >>> file = Path(folder.name) / "series.csv"
    >>> size = file.write_text("patient_id,sex,hemoglobin_g_l\nP01,F,13.0\nP02,x,128")
    >>> for error in check(file).errors:
    ...     print(error.row, error.column, repr(error.value), error.hint or error.rule)
    2 hemoglobin_g_l '13.0' is it in g/dL? (130 g/L)
    3 sex 'x' one of: female, male, unknown
    >>> folder.cleanup()
    """
    said: dict[str, Any] = {"sheet": sheet, "header_row": header_row}
    said |= {"decimal": decimal, "encoding": encoding, "missing": missing}
    return examined(
        path,
        assessments=assessments,
        events=events,
        mapping=mapping,
        protocol=protocol,
        progress=progress,
        **said,
    ).report
