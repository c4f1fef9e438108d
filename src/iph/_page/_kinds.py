"""Which files can be read here, which sheets they hold, and what is said of others."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from iph.errors import FileError, IphError
from iph.records._excel import sheet_names
from iph.records._workbook import readers_of

_LAID_OUT_ELSEWHERE: Final = "Excel 97 (.xls), .xlsb, OpenDocument"
"""Read only after another process has tried to: they can end it (`_sheet_size`)."""

_READ_BY: Final = {
    "Excel": readers_of(".xlsx"),
    _LAID_OUT_ELSEWHERE: readers_of(".xls"),
    "SPSS portable (.por), Stata, SAS": ("pyreadstat",),
    "Parquet, Feather": ("pyarrow",),
}
"""Kinds of files, and the libraries of which one must be there to read them."""

_INSTALL: Final = "pip install"
_NO_WORD: Final = "No report.docx"


def unread_kinds() -> list[str]:
    """Return the kinds of files for which no library, or no process, is there."""
    return [
        kind
        for kind, readers in _READ_BY.items()
        if (_is_alone() and kind == _LAID_OUT_ELSEWHERE)
        or not any(find_spec(reader) for reader in readers)
    ]


def sheets_of(path: Path) -> list[str]:
    """Return the sheets of a workbook that a person sees; none of another file."""
    try:
        return sheet_names(path)
    except IphError:  # told where it is read
        return []


def in_words(problem: IphError, folder: Path) -> str:
    """Return what is wrong, without the folder into which a file was put.

    Where Python runs in a browser, nothing can be installed beside it.
    """
    text = str(problem).replace(f"{folder}{os.sep}", "")
    if (
        _is_alone()
        and isinstance(problem, FileError)
        and problem.hint.startswith(_INSTALL)
    ):
        advice = "save it as .csv or .xlsx, or read it with iph installed"
        text = text.replace(problem.hint, advice)
    return text


def summary_here(summary: tuple[str, ...]) -> list[str]:
    """Return the summary of a report; a browser cannot install what Word needs."""
    why = f"{_NO_WORD}: this page was built without lxml, which Word files need."
    return [
        why if _is_alone() and line.startswith(_NO_WORD) else line for line in summary
    ]


def _is_alone() -> bool:
    """Whether Python runs in a browser."""
    return sys.platform == "emscripten"
