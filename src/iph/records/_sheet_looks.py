"""What a sheet shows and a reader of cells does not: formats, merges, hidden rows.

A library that reads cells gives the number that is stored. The sheet may show it as a
percentage, hide its row, or spread one cell over several patients; and an error, or a
formula that was never computed, looks empty. Each kind of workbook says so in its own
place.
"""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

import attrs

from iph.errors import FileError
from iph.records._odd_cells import XML_KINDS, Unreadable, column_number, odd_cells
from iph.records._table import Covered, PercentCell

_STYLED: Final = re.compile(rb"<(?:\w++:)?c\b([^<>]*+)>")
_PLACE: Final = re.compile(rb"\sr=[\"']([A-Z]{1,3})([0-9]{1,7})[\"']")
_STYLE: Final = re.compile(rb"\ss=[\"']([0-9]{1,6})[\"']")
_ROW: Final = re.compile(rb"<(?:\w++:)?row\b([^<>]*+)>")
_NUMBER: Final = re.compile(rb"\sr=[\"']([0-9]{1,7})[\"']")
_HIDDEN: Final = re.compile(rb"\shidden=[\"'](?:1|true)[\"']")
_QUOTED: Final = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_BUILT_IN_PERCENT: Final = {9, 10}
_TABLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE: Final = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_CALC: Final = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_TEXT: Final = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_ERROR_SHOWN: Final = re.compile(r"#[A-Z/0!?]+|Err:[0-9]+")
_MOST_REPEATED: Final = 1 << 15
_XLRD_TEXT, _XLRD_FORMULA_ERRORS = 1, 5  # XL_CELL_TEXT, XL_CELL_ERROR


@attrs.define(kw_only=True)
class Looks:
    """What one sheet shows beside the numbers that it stores.

    Attributes
    ----------
    odd : dict
        Cells without a value, by row and column from 0.
    percent : set
        Cells that show a hundred times what they store.
    merged : list
        The top, left, bottom and right of merged cells.
    hidden : list of int
        Hidden rows, from 0.
    """

    odd: dict[tuple[int, int], Any] = attrs.field(factory=dict)
    percent: set[tuple[int, int]] = attrs.field(factory=set)
    merged: list[tuple[int, int, int, int]] = attrs.field(factory=list)
    hidden: list[int] = attrs.field(factory=list)

    def put_into(self, rows: list[list[Any]]) -> None:
        """Replace the cells whose stored value says less than the sheet shows."""
        width = len(rows[0]) if rows else 0
        covered: dict[tuple[int, int], Any] = {}
        for top, left, bottom, right in self.merged:
            shown = Covered(f"{_letters(left)}{top + 1}")
            for row in range(top, min(bottom, len(rows) - 1) + 1):
                for column in range(left, min(right, width - 1) + 1):
                    if (row, column) != (top, left):
                        covered[row, column] = shown
        for (row, column), odd in {**covered, **self.odd}.items():
            while len(rows) <= row:  # below the last cell with a value
                rows.append([])
            line = rows[row]
            line += [""] * (max(width, column + 1) - len(line))
            if not isinstance(odd, Covered) or line[column] in (None, ""):
                line[column] = odd
        for row, column in self.percent:
            if row < len(rows) and column < len(rows[row]):
                value = rows[row][column]
                if isinstance(value, (int, float)) and not isinstance(value, bool):
                    rows[row][column] = PercentCell(float(value))


def _letters(column: int) -> str:
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def is_percent(form: str) -> bool:
    """Whether a number format scales; a sign within quotes does not."""
    return "%" in _QUOTED.sub("", form.partition(";")[0])


def xlsx_looks(path: Path, content: bytes, merged: list[Any]) -> Looks:
    """Return what a sheet of a workbook of the XML kind shows."""
    looks = Looks(odd=dict(odd_cells(content)))
    looks.merged = [(top, left, low, right) for (top, left), (low, right) in merged]
    looks.hidden = [
        int(number.group(1)) - 1
        for match in _ROW.finditer(content)
        if _HIDDEN.search(match.group(1))
        and (number := _NUMBER.search(match.group(1))) is not None
    ]
    scaled = _percent_styles(path)
    if scaled:
        for match in _STYLED.finditer(content):
            style = _STYLE.search(match.group(1))
            if style is not None and int(style.group(1)) in scaled:
                place = _PLACE.search(match.group(1))
                if place is not None:
                    row, column = int(place.group(2)) - 1, column_number(place.group(1))
                    looks.percent.add((row, column))
    return looks


def _percent_styles(path: Path) -> set[int]:
    """Return the styles whose number format scales."""
    try:
        with zipfile.ZipFile(path) as archive:
            root = ET.fromstring(archive.read("xl/styles.xml"))  # noqa: S314 - checked before
    except (KeyError, ET.ParseError):
        return set()
    scaled = set(_BUILT_IN_PERCENT)
    for one in root.iter():
        if one.tag.endswith("}numFmt") and is_percent(one.get("formatCode", "")):
            scaled.add(int(one.get("numFmtId", "-1")))
    used = next((one for one in root.iter() if one.tag.endswith("}cellXfs")), ())
    return {
        place
        for place, one in enumerate(used)
        if int(one.get("numFmtId", "0")) in scaled
    }


def xls_looks(path: Path, sheet: str) -> Looks:
    """Return what a sheet of an old workbook shows.

    Raises
    ------
    FileError
        If the library that looks into old workbooks is missing or finds it damaged.
    """
    try:
        import xlrd
    except ImportError:
        problem = "reading old workbooks (.xls) needs xlrd"
        raise FileError(str(path), problem, "pip install 'iph[excel]'") from None
    looks = Looks()
    try:
        with path.open("rb") as file:
            book = xlrd.open_workbook(
                file_contents=file.read(), formatting_info=True, logfile=_Nowhere()
            )
        page = book.sheet_by_name(sheet)
        for row in range(page.nrows):
            for column in range(page.row_len(row)):
                _look_at(book, page, row, column, looks)
    except Exception as problem:  # a cell can name a format that is not there
        hint = "save it anew as .xlsx"
        what = f"its formats cannot be read ({type(problem).__name__})"
        raise FileError(str(path), what, hint) from problem
    looks.merged = [
        (r, c, low - 1, right - 1) for r, low, c, right in page.merged_cells
    ]
    looks.hidden = sorted(r for r, info in page.rowinfo_map.items() if info.hidden)
    return looks


class _Nowhere:
    """Takes what a library prints."""

    def write(self, text: str) -> None:
        """Drop a text."""


def _look_at(book: Any, page: Any, row: int, column: int, looks: Looks) -> None:
    kind = page.cell_type(row, column)
    if kind == _XLRD_FORMULA_ERRORS:
        import xlrd

        code = page.cell_value(row, column)
        text = xlrd.error_text_from_code.get(code, "#ERROR!")
        looks.odd[row, column] = text if text == "#N/A" else Unreadable(text)
        return
    if kind == _XLRD_TEXT and not page.cell_value(row, column):
        looks.odd[row, column] = Unreadable("a formula without a value")
        return
    form = book.format_map.get(book.xf_list[page.cell_xf_index(row, column)].format_key)
    if form is not None and is_percent(form.format_str):
        looks.percent.add((row, column))


def ods_looks(path: Path, sheet: str) -> Looks:
    """Return what a sheet of an OpenDocument workbook shows."""
    looks = Looks()
    with zipfile.ZipFile(path) as archive:
        try:
            root = ET.fromstring(archive.read("content.xml"))  # noqa: S314 - checked before
        except (KeyError, ET.ParseError):
            return looks
    for table in root.iter(f"{_TABLE}table"):
        if table.get(f"{_TABLE}name") == sheet:
            number = 0
            for row in table.iter(f"{_TABLE}table-row"):
                repeats = int(row.get(f"{_TABLE}number-rows-repeated", "1"))
                for place in range(number, number + min(repeats, _MOST_REPEATED)):
                    _ods_row(row, place, looks)
                    if len(row) <= 1 and repeats > 1:
                        break  # a stretch of empty rows
                number += repeats
    return looks


def _ods_row(row: Any, number: int, looks: Looks) -> None:
    if row.get(f"{_TABLE}visibility") in ("collapse", "filter") and len(row):
        looks.hidden.append(number)
    column = 0
    for cell in row:
        if cell.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            continue
        repeats = int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
        rows = int(cell.get(f"{_TABLE}number-rows-spanned", "1"))
        columns = int(cell.get(f"{_TABLE}number-columns-spanned", "1"))
        if rows > 1 or columns > 1:
            corner = number + rows - 1, column + columns - 1
            looks.merged.append((number, column, *corner))
        for place in range(column, column + min(repeats, _MOST_REPEATED)):
            if cell.get(f"{_OFFICE}value-type") == "percentage":
                looks.percent.add((number, place))
            odd = _ods_odd(cell)
            if odd is not None:
                looks.odd[number, place] = odd
        column += repeats


def _ods_odd(cell: Any) -> Unreadable | str | None:
    """Return an error, or a formula that was never computed; None of other cells."""
    shown = "".join("".join(part.itertext()) for part in cell.iter(f"{_TEXT}p"))
    formula = cell.get(f"{_TABLE}formula")
    if cell.get(f"{_CALC}value-type") == "error" or (
        formula is not None and _ERROR_SHOWN.fullmatch(shown)
    ):
        return shown if shown == "#N/A" else Unreadable(shown or "an error")
    if formula is not None and cell.get(f"{_OFFICE}value-type") is None:
        return Unreadable(f"{formula} (never computed)")
    return None


def look(path: Path, sheet: str, content: bytes, merged: list[Any]) -> Looks | None:
    """Return what a sheet shows; None if the kind of workbook does not tell."""
    kind = path.suffix.casefold()
    if kind in XML_KINDS:
        return xlsx_looks(path, content, merged)
    if kind == ".xls":
        return xls_looks(path, sheet)
    return ods_looks(path, sheet) if kind == ".ods" else None


def stretches(rows: list[int]) -> Iterator[str]:
    """Yield numbers of rows as a person counts them, with neighbors together."""
    start = last = None
    for row in [*sorted(rows), None]:
        if last is not None and row == last + 1:
            last = row
            continue
        if start is not None and last is not None:
            yield f"{start + 1}" if start == last else f"{start + 1} to {last + 1}"
        start = last = row
