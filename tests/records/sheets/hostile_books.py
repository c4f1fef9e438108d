"""Workbooks that are broken or meant to do harm, and what must be said of each."""

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import openpyxl

_SHEET: Final = "xl/worksheets/sheet1.xml"
_NAMESPACE: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LAUGHS: Final = b"<!DOCTYPE w [%s]><w>&a9;</w>" % b"".join(
    b'<!ENTITY a%d "%s">' % (n + 1, b"&a%d;" % n * 10) for n in range(9)
)
_SCRIPT: Final = "<img src=x onerror=\"document.title='harm'\">"
_HEADER: Final = ["patient_id", "sex", "side"]


def _book(*rows: list[Any], change: Callable[[Any], object] | None = None) -> bytes:
    """Return a sound workbook of these rows, its sheet changed if that is wanted."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in rows:
        sheet.append(row)
    if change is not None:
        change(sheet)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def _with(name: str, content: bytes) -> bytes:
    """Return a sound workbook with one of its parts replaced, or a part more."""
    held = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(_book(["patient_id"], ["P1"]))) as old,
        zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for one in old.namelist():
            if one != name:
                new.writestr(one, old.read(one))
        new.writestr(name, content)
    return held.getvalue()


def _far(place: str) -> bytes:
    """Return a workbook with a header in A1, and one cell far away."""
    row = "".join(sign for sign in place if sign.isdigit())
    head = '<row r="1"><c r="A1" t="inlineStr"><is><t>patient_id</t></is></c></row>'
    cell = f'<row r="{row}"><c r="{place}"><v>1</v></c></row>'
    text = (
        f'<worksheet xmlns="{_NAMESPACE}"><sheetData>{head}{cell}</sheetData>'
        "</worksheet>"
    )
    return _with(_SHEET, text.encode())


def _parts(number: int) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as book:
        for place in range(number):
            book.writestr(f"{place}", "")
    return held.getvalue()


def _locked() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as book:
        book.writestr("xl/workbook.xml", "secret")
    content = bytearray(held.getvalue())
    content[6] |= 1  # the flag of encryption, here and in the directory
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def _cut_off() -> bytes:
    return _book(_HEADER, ["P1", "F", "left"])[:-400]


def _old(kept: int) -> bytes:
    whole = Path(__file__).with_name("errors.xls").read_bytes()
    return whole[:kept]


def _uncomputed() -> bytes:
    rows: list[list[Any]] = [["patient_id", "age_years"], ["P1", "=B9/2"]]
    return _book(*rows)


def _errors(sheet: Any) -> None:
    sheet["B2"].data_type = "e"


def _scripted() -> bytes:
    def rename(sheet: Any) -> None:
        sheet.title = "<b>bold"

    rows: list[list[Any]] = [["patient_id", "sex", _SCRIPT], [_SCRIPT, _SCRIPT, 1]]
    return _book(*rows, change=rename)


def _behind_a_comment() -> bytes:
    text = (
        f'<?xml version="1.0"?><!--{"x" * 70_000}-->'
        '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    )
    return _with("xl/more.xml", text.encode())


def _dated() -> bytes:
    rows: list[list[Any]] = [
        ["patient_id", "symptom_days"],
        ["P1", dt.date(2020, 1, 2)],
    ]
    return _book(*rows)


BOOKS: Final[dict[str, tuple[Callable[[], bytes], str]]] = {
    "merged_header.xlsx": (
        lambda: _book(
            ["patient_id", "sex", None],
            ["P1", "F", "left"],
            change=lambda sheet: sheet.merge_cells("B1:C1"),
        ),
        "merged",
    ),
    "merged_below.xlsx": (
        lambda: _book(
            _HEADER,
            ["P1", "male", None],
            change=lambda sheet: sheet.merge_cells("B2:C2"),
        ),
        r"\(merged with B2\)",
    ),
    "never_computed.xlsx": (_uncomputed, r"=B9/2 \(never computed\)"),
    "errors.xlsx": (
        lambda: _book(["patient_id", "inr"], ["P1", "#DIV/0!"], change=_errors),
        "#DIV/0!",
    ),
    "date.xlsx": (_dated, "days since"),
    "script.xlsx": (_scripted, r"onerror"),
    "entities.xlsx": (
        lambda: _with(_SHEET, b'<!DOCTYPE w [<!ENTITY a "ha">]><w>&a;</w>'),
        "entities",
    ),
    "outside.xlsx": (
        lambda: _with(
            _SHEET, b'<!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]><w>&a;</w>'
        ),
        "entities",
    ),
    "laughs.xlsx": (lambda: _with(_SHEET, _LAUGHS), "entities"),
    "wide_entities.xlsx": (
        lambda: _with(_SHEET, '<!DOCTYPE w [<!ENTITY a "x">]><w/>'.encode("utf-16")),
        "entities",
    ),
    "comment.xlsx": (_behind_a_comment, "entities"),
    "bomb.xlsx": (
        lambda: _with(_SHEET, b" " * 201_000_000),
        "unpacks to more than 200 MB",
    ),
    "rubble.xlsx": (
        lambda: _with(_SHEET, b"<worksheet><sheetData><row><c"),
        "cannot be read|no Excel workbook",
    ),
    "no_links.xlsx": (
        lambda: _with("xl/_rels/workbook.xml.rels", b"<rubble"),
        "cannot be read|is empty|no Excel workbook",
    ),
    "far.xlsx": (lambda: _far("BXW1048576"), "spans 1048576 rows and 1999 columns"),
    "wide.xlsx": (lambda: _far("XFD9"), "has 16384 columns"),
    "parts.xlsx": (lambda: _parts(2001), "more than 2000 parts"),
    "locked.xlsx": (_locked, "locked; save it without a password"),
    "cut_off.xlsx": (_cut_off, "no Excel workbook|cannot be read|damaged"),
    "text.xlsx": (lambda: b"patient_id,sex\nP1,male\n", "no Excel workbook"),
    "cut_off.xls": (lambda: _old(4632), "damaged|no Excel workbook"),
    "text.ods": (lambda: b"patient_id,sex\nP1,male\n", "no Excel workbook"),
}
"""How each is made, and a pattern of what must be said of it."""
