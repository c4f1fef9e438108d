"""What opens a workbook: python-calamine, or openpyxl where that cannot be had.

A browser has the second alone, unless the page was built with the first.
"""

import datetime as dt
import io
import re
from abc import ABC, abstractmethod
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import attrs

from iph._opening import opened
from iph.errors import FileError
from iph.records._odd_cells import XML_KINDS, column_number
from iph.records._sheet_size import check_workbook_size
from iph.records._workbook_check import check_workbook

EXCEL_HINT: Final = "pip install 'iph[excel]'"
WORKBOOKS: Final = frozenset({*XML_KINDS, ".xls", ".xlsb", ".ods"})
"""Endings of workbooks."""

_CALAMINE, _OPENPYXL = "python_calamine", "openpyxl"
_TABULAR: Final = ".WorkSheet"
_VISIBLE: Final = ".Visible"
_MERGED: Final = re.compile(
    rb"<(?:\w++:)?mergeCell\b[^<>]*?\sref=[\"']"
    rb"([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})[\"']"
)

Merged = tuple[tuple[int, int], tuple[int, int]]
"""The first and the last cell of a merged block, each as row and column from 0."""


@attrs.frozen
class SheetHead:
    """What a workbook says of a sheet.

    Attributes
    ----------
    name : str
        What it is called.
    is_table : bool
        Whether it holds cells; a chart does not.
    is_shown : bool
        Whether it holds cells that a person sees.
    """

    name: str
    is_table: bool
    is_shown: bool


class Workbook(ABC):
    """A workbook that is open."""

    sheets: tuple[SheetHead, ...]

    @abstractmethod
    def cells(self, name: str, content: bytes) -> tuple[list[list[Any]], list[Merged]]:
        """Return the cells of a sheet from its first on, and the merged blocks.

        `content` is the sheet as XML, where it is such.

        Raises
        ------
        FileError
            If the sheet cannot be read.
        """


def readers_of(ending: str) -> tuple[str, ...]:
    """Return the libraries that read a kind of workbook, the first that is there."""
    return (_CALAMINE, _OPENPYXL) if ending in XML_KINDS else (_CALAMINE,)


def open_workbook(path: Path) -> Workbook:
    """Open a workbook, after a look at what it would unpack to.

    Raises
    ------
    FileError
        If it is no sound workbook, or no library is there that reads it.
    """
    kind = path.suffix.casefold()
    if kind == ".xls":  # no zip file, and no room for many cells
        opened(path)
    else:
        check_workbook(path)
    readers = [name for name in readers_of(kind) if _is_there(name)]
    if not readers:
        problem = "reading workbooks needs python-calamine"
        raise FileError(str(path), problem, EXCEL_HINT)
    if readers[0] == _OPENPYXL:
        return _ByOpenpyxl(path)
    if kind not in XML_KINDS:
        check_workbook_size(path)
    return _ByCalamine(path)


def _is_there(library: str) -> bool:
    try:
        import_module(library)
    except ImportError:
        return False
    return True


def _unsound(path: Path, problem: BaseException) -> FileError:
    return FileError(str(path), f"is no Excel workbook ({problem})")


def _unreadable(path: Path, name: str) -> FileError:
    return FileError(str(path), f"sheet {name!r} cannot be read")


class _ByCalamine(Workbook):
    """A workbook of any kind."""

    def __init__(self, path: Path) -> None:
        import python_calamine

        self._path = path
        self._errors = (python_calamine.CalamineError, OSError, ValueError)
        try:
            self._book = python_calamine.CalamineWorkbook.from_path(str(path))
        except self._errors as problem:
            raise _unsound(path, problem) from problem
        tables = {
            meta.name: str(meta.typ).endswith(_TABULAR)
            for meta in self._book.sheets_metadata
        }
        self.sheets = tuple(
            SheetHead(
                meta.name,
                tables[meta.name],
                tables[meta.name] and str(meta.visible).endswith(_VISIBLE),
            )
            for meta in self._book.sheets_metadata
        )

    def cells(self, name: str, content: bytes) -> tuple[list[list[Any]], list[Merged]]:
        """Return the cells as stored."""
        del content
        try:
            sheet = self._book.get_sheet_by_name(name)
            merged: list[Any] = list(sheet.merged_cell_ranges or [])
            return sheet.to_python(skip_empty_area=False), merged
        except self._errors as problem:
            raise _unreadable(self._path, name) from problem


class _ByOpenpyxl(Workbook):
    """A workbook whose sheets are XML."""

    def __init__(self, path: Path) -> None:
        from openpyxl import load_workbook
        from openpyxl.chartsheet import Chartsheet

        self._path = path
        try:
            held = io.BytesIO(path.read_bytes())  # it leaves files open that it refuses
            self._book = load_workbook(held, read_only=True, data_only=True)
        except Exception as problem:  # whatever that library stumbles on
            raise _unsound(path, problem) from problem
        found = []
        for name in self._book.sheetnames:
            sheet = self._book[name]
            is_table = not isinstance(sheet, Chartsheet)
            is_shown = is_table and sheet.sheet_state == "visible"
            found.append(SheetHead(name, is_table, is_shown))
        self.sheets = tuple(found)

    def cells(self, name: str, content: bytes) -> tuple[list[list[Any]], list[Merged]]:
        """Return the cells as the other library does."""
        try:
            sheet: Any = self._book[name]
            sheet.reset_dimensions()  # what the file says of its size may be wrong
            found = [
                [_value(cell) for cell in row]
                for row in sheet.iter_rows(values_only=True)
            ]
        except Exception as problem:  # whatever that library stumbles on
            raise _unreadable(self._path, name) from problem
        while found and not any(cell != "" for cell in found[-1]):
            found.pop()
        width = max((_used(row) for row in found), default=0)
        rows = [[*row[:width], *[""] * (width - len(row))] for row in found]
        return rows, [_block(match.groups()) for match in _MERGED.finditer(content)]


def _used(row: list[Any]) -> int:
    """Return the place behind the last cell that holds something."""
    return max((place + 1 for place, cell in enumerate(row) if cell != ""), default=0)


def _value(cell: Any) -> Any:
    """Return a cell as python-calamine gives it."""
    if cell is None:
        return ""
    if isinstance(cell, int) and not isinstance(cell, bool):
        return float(cell)
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date()
    return cell


def _block(places: tuple[bytes, ...]) -> Merged:
    left, top, right, bottom = places
    first = (int(top) - 1, column_number(left))
    return first, (int(bottom) - 1, column_number(right))
