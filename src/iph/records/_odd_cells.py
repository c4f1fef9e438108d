"""Cells of a workbook that hold no value: errors, and formulas never computed.

Readers of workbooks show both as empty. An empty cell says "not recorded", so that a
``#DIV/0!`` would vanish; here they are found in the sheet itself.
"""

import re
import zipfile
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

import attrs

_ERROR: Final = re.compile(
    rb"<(?:\w+:)?c\b([^>]*\st=[\"']e[\"'][^>]*)>(?:(?!</(?:\w+:)?c>).)*?"
    rb"<(?:\w+:)?v>([^<]*)</",
    re.DOTALL,
)
_UNCOMPUTED: Final = re.compile(
    rb"<(?:\w+:)?c\b([^>/]*)>\s*<(?:\w+:)?f\b[^>]*?(?:/>|>([^<]*)</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_PLACE: Final = re.compile(rb"\sr=[\"']([A-Z]{1,3})([0-9]{1,7})[\"']")
_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION: Final = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
)


@attrs.frozen
class Unreadable:
    """A cell that holds something, but no value.

    Attributes
    ----------
    text : str
        What stands there instead.
    """

    text: str

    def __str__(self) -> str:
        return self.text


@attrs.frozen
class MissingCell:
    """A cell that says why nothing is recorded.

    Attributes
    ----------
    text : str
        The code and what it stands for.
    """

    text: str

    def __str__(self) -> str:
        return self.text


def odd_cells(path: Path, sheet: str) -> dict[tuple[int, int], Unreadable | str]:
    """Return the cells without a value by row and column, both from 0.

    ``#N/A`` is a text (a word for "not recorded"); everything else is unreadable.
    Only workbooks of the XML kind (.xlsx, .xlsm) can be looked into.
    """
    found: dict[tuple[int, int], Unreadable | str] = {}
    if path.suffix.casefold() not in {".xlsx", ".xlsm"}:
        return found
    with zipfile.ZipFile(path) as archive:
        member = _member(archive, sheet)
        if member is None:
            return found
        content = archive.read(member)
    for pattern, formula in ((_ERROR, False), (_UNCOMPUTED, True)):
        for match in pattern.finditer(content):
            place = _PLACE.search(match.group(1))
            if place is not None:
                text = (match.group(2) or b"").decode(errors="replace")
                row, column = int(place.group(2)) - 1, _column(place.group(1))
                found[row, column] = (
                    Unreadable(f"={text} (never computed)")
                    if formula
                    else text
                    if text == "#N/A"
                    else Unreadable(text)
                )
    return found


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _member(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """Return the part of the workbook that holds a sheet."""
    try:
        book = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 - checked before
        links = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - checked before
    except (KeyError, ET.ParseError):
        return None
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    for one in book.iter(f"{_MAIN}sheet"):
        if one.get("name") == sheet:
            target = targets.get(one.get(_RELATION), "")
            name = target[1:] if target.startswith("/") else f"xl/{target}"
            return name if name in archive.namelist() else None
    return None
