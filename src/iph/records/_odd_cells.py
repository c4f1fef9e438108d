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

from iph.errors import FileError

# No pattern looks past the next "<", which no attribute and no text may hold, and none
# gives back what it took (the signs "++"): the time grows with the size of the sheet.
_CELL: Final = re.compile(rb"<(?:\w++:)?c\b([^<>]*+)>")
_IS_ERROR: Final = re.compile(rb"\st=[\"']e[\"']")
_VALUE: Final = re.compile(rb"<(?:\w++:)?(?:v>([^<]*+)</|c\b)|</(?:\w++:)?c>")
_FORMULA: Final = re.compile(
    rb"\s*+<(?:\w++:)?f\b[^<>]*+(?:(?<=/)>|>([^<]*+)</(?:\w++:)?f>)\s*+"
    rb"(?:<(?:\w++:)?v\s*+(?:/>|></(?:\w++:)?v>)\s*+)?+</(?:\w++:)?c>"
)
_PLACE: Final = re.compile(rb"\sr=[\"']([A-Z]{1,3})([0-9]{1,7})[\"']")
XML_KINDS: Final = frozenset({".xlsx", ".xlsm"})
"""Endings of workbooks whose sheets are XML."""


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


def sheet_xml(path: Path, sheet: str) -> bytes:
    """Return a sheet as it stands in the workbook.

    Only workbooks of the XML kind can be looked into; of others nothing is returned.

    Raises
    ------
    FileError
        If the workbook does not say where the sheet is.
    """
    if path.suffix.casefold() not in XML_KINDS:
        return b""
    with zipfile.ZipFile(path) as archive:
        member = _member(archive, sheet)
        if member is None:
            raise FileError(str(path), f"sheet {sheet!r} cannot be read")
        return archive.read(member)


def odd_cells(content: bytes) -> dict[tuple[int, int], Unreadable | str]:
    """Return the cells without a value by row and column, both from 0.

    ``#N/A`` is a text (a word for "not recorded"); everything else is unreadable.
    """
    found: dict[tuple[int, int], Unreadable | str] = {}
    for cell in _CELL.finditer(content):
        about = cell[1]
        if _IS_ERROR.search(about):
            value = _VALUE.search(content, cell.end())
            if value is None or value[1] is None:
                continue
            text = value[1].decode(errors="replace")
            odd = text if text == "#N/A" else Unreadable(text)
        elif not about.endswith(b"/") and (
            formula := _FORMULA.match(content, cell.end())
        ):
            text = (formula[1] or b"").decode(errors="replace")
            odd = Unreadable(f"={text} (never computed)")
        else:
            continue
        place = _PLACE.search(about)
        if place is not None:
            found[int(place[2]) - 1, column_number(place[1])] = odd
    return found


def column_number(letters: bytes) -> int:
    """Return the place of a column by its letters, from 0."""
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
    for one in book.iter():
        if one.tag.endswith("}sheet") and one.get("name") == sheet:
            named = [v for k, v in one.attrib.items() if k.endswith("}id")]
            target = targets.get(named[0], "") if named else ""
            name = target[1:] if target.startswith("/") else f"xl/{target}"
            return name if name in archive.namelist() else None
    return None
