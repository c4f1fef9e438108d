"""How large a sheet is, found out before any library lays it out in memory.

A workbook of a few bytes may hold two cells, one in the first and one in the last row
and column. Libraries then make room for all cells between them.
"""

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

from iph.errors import FileError
from iph.records._delimited import MOST_COLUMNS
from iph.records._odd_cells import column_number

MOST_CELLS: Final = 30_000_000
_CELL: Final = re.compile(  # a cell, or row of cells, that is not empty
    rb"<(?:\w++:)?(?:c|row)\b([^<>]*+)(?<!/)>"
)
_PLACE: Final = re.compile(rb"\sr\s*+=\s*+[\"']([A-Za-z]*+)([0-9]++)[\"']")
_TRIAL: Final = """
import contextlib, sys, python_calamine
with contextlib.suppress(ImportError):
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]), int(sys.argv[2])))
book = python_calamine.CalamineWorkbook.from_path(sys.argv[1])
for name in book.sheet_names:
    sheet = book.get_sheet_by_name(name)
    print(sheet.total_height, sheet.total_width)
    if sys.argv[1].lower().endswith(".xls"):
        sheet.merged_cell_ranges, sheet.to_python(skip_empty_area=False)
"""
_MOST_MEMORY: Final = 2 << 30
_LONGEST_TRIAL: Final = 120
_RAISED: Final = 1


def check_workbook_size(path: Path) -> None:
    """Refuse a workbook with a sheet of more cells than any study has.

    It is laid out by another process, since a damaged one, of the old kind above all,
    can end the library that reads it in ways that no program can catch.

    Raises
    ------
    FileError
        If one has, or if laying it out ends the process.
    """
    for height, width in _tried(path):
        _check(path, "a sheet", height, width)


def check_sheet_size(path: Path, sheet: str, content: bytes) -> None:
    """Refuse a sheet with more cells than any study has, by what stands in its XML.

    Raises
    ------
    FileError
        If it has.
    """
    height, names = 0, {b"A"}
    for cell in _CELL.finditer(content):
        match = _PLACE.search(cell[1])
        if match is None:
            continue
        # Longer ones are beyond any sheet, but libraries take them as well.
        height = max(height, int(match.group(2).lstrip(b"0")[:9] or b"0"))
        names.add(match.group(1).upper()[:4])
    width = max(column_number(name) for name in names) + 1
    _check(path, f"sheet {sheet!r}", height, width)


def _check(path: Path, what: str, height: int, width: int) -> None:
    if width > MOST_COLUMNS:
        problem = f"{what} has {width} columns, more than {MOST_COLUMNS}"
        raise FileError(str(path), problem)
    if height * width > MOST_CELLS:
        problem = (
            f"{what} spans {height} rows and {width} columns, more than "
            f"{MOST_CELLS:,} cells"
        )
        raise FileError(str(path), problem, "delete what stands far below the table")


def _tried(path: Path) -> list[tuple[int, int]]:
    """Let another process lay the sheets out, since it may end there."""
    command = [sys.executable, "-c", _TRIAL, str(path), str(_MOST_MEMORY)]
    try:
        tried = subprocess.run(  # noqa: S603 - our own interpreter, no shell
            command, capture_output=True, check=False, timeout=_LONGEST_TRIAL, text=True
        )
    except subprocess.TimeoutExpired:
        raise FileError(str(path), "reading the workbook never ends") from None
    except OSError:  # in a browser there is no other process
        problem = "workbooks of this kind cannot be looked into here"
        raise FileError(str(path), problem, "save it as .xlsx") from None
    if "PanicException" in tried.stderr:
        hint = "open it in a spreadsheet program and save it as .xlsx"
        raise FileError(str(path), "the workbook is damaged", hint)
    if tried.returncode == _RAISED and "MemoryError" not in tried.stderr:
        return []  # the words are those of the reading itself
    if tried.returncode:
        raise FileError(str(path), "the workbook asks for too much memory")
    sizes = [line.split() for line in tried.stdout.splitlines()]
    return [(int(height), int(width)) for height, width in sizes]
