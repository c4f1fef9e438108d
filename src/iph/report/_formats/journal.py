"""A document in the style of numbers of a journal.

Every text is written in one style, with a space before a percent sign as the SI asks;
what differs between journals is changed here, once, before it is put into a format.
"""

import re
from collections.abc import Callable
from typing import Final, Literal, TypeAlias

import attrs

from iph.report._document import Block, Bullets, Document, Paragraph, Picture, Section
from iph.report._sheet import Sheet, SheetRow

Style: TypeAlias = Literal["si", "ama", "bmj", "lancet"]
STYLES: Final = ("si", "ama", "bmj", "lancet")

_PERCENT = re.compile(r"(?<=\d) %")
_P = re.compile(r"\bP (?P<sign>[=<>]) \.(?=\d)")
_CELL = re.compile(r"(?P<sign>[<>] )?\.(?=\d)")
_MIDDLE = "\N{MIDDLE DOT}"
# A decimal number, and neither part of a version nor of an address.
_DECIMAL = re.compile(r"(?<![\w./])(?P<whole>\d+)\.(?P<part>\d+)(?![\w/]|\.\d)")
_ADDRESS = re.compile(r"(\S*doi:\S*)")
# Versions and references are no results.
_AS_IT_IS: Final = {"checklists", "references", "software"}


def in_style(document: Document, style: Style) -> Document:
    """Return a document with its numbers in a style."""
    if style == "si":
        return document
    change = _TEXTS[style]
    return attrs.evolve(
        document,
        sections=tuple(
            section if section.name in _AS_IT_IS else _section(section, change)
            for section in document.sections
        ),
    )


Change: TypeAlias = Callable[[str], str]


def _section(section: Section, change: Change) -> Section:
    return attrs.evolve(
        section, blocks=tuple(_block(b, change) for b in section.blocks)
    )


def _block(block: Block, change: Change) -> Block:
    if isinstance(block, Paragraph):
        return Paragraph(change(block.text))
    if isinstance(block, Bullets):
        return Bullets(tuple(map(change, block.items)))
    if isinstance(block, Picture):
        return attrs.evolve(
            block,
            title=change(block.title),
            alt=change(block.alt),
            caption=change(block.caption),
            data=_sheet(block.data, change),
        )
    return _sheet(block, change)


def _sheet(sheet: Sheet, change: Change) -> Sheet:
    return attrs.evolve(
        sheet,
        title=change(sheet.title),
        header=tuple(map(change, sheet.header)),
        rows=tuple(
            SheetRow(tuple(map(change, row.cells)), row.indent) for row in sheet.rows
        ),
        notes=tuple(map(change, sheet.notes)),
    )


def _ama(text: str) -> str:
    """Write "86%" and "P = .03"."""
    return _PERCENT.sub("%", text)


def _bmj(text: str) -> str:
    """Write "86%" and "P=0.03"."""
    text = _P.sub(lambda found: f"P{found['sign']}0.", _ama(text))
    if _CELL.match(text):
        text = _CELL.sub(lambda found: f"{(found['sign'] or '').strip()}0.", text, 1)
    return text


def _lancet(text: str) -> str:
    """Write "86%", "p=0·03" and each decimal point in the middle of the line."""
    text = re.sub(r"\bP(?=[=<>]0\.)|\bP(?= values?\b)", "p", _bmj(text))
    parts = _ADDRESS.split(text)
    parts[::2] = [_DECIMAL.sub(rf"\g<whole>{_MIDDLE}\g<part>", p) for p in parts[::2]]
    return "".join(parts)


_TEXTS: Final[dict[str, Change]] = {"ama": _ama, "bmj": _bmj, "lancet": _lancet}
