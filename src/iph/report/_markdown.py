"""Tables and reports as Markdown."""

import re

from iph.report._document import (
    Bullets,
    Document,
    Paragraph,
    Picture,
    Sheet,
    SheetRow,
    numbered,
)

# What would be read as markup, and only that: "P < .001" stays as it is.
_SPECIAL = re.compile(
    r"[\\`*\[\]|]"
    r"|(?<!\w)_|_(?!\w)"
    r"|<(?=[A-Za-z/!?])"
    r"|^[>#+-]"
    r"|&(?=#?\w+;)"
)


def escaped(text: str) -> str:
    """Return text that Markdown shows as it is, on one line."""
    return _SPECIAL.sub(r"\\\g<0>", " ".join(text.split()))


def sheet_markdown(sheet: Sheet) -> str:
    """Return a table as Markdown, its notes below it."""
    lines = [
        _line([escaped(head) for head in sheet.header]),
        _line(["---", *["---:"] * (len(sheet.header) - 1)]),
    ]
    lines += [_line(_cells(row)) for row in sheet.rows]
    notes = [f"\n{escaped(note)}" for note in sheet.notes]
    return "\n".join(lines + notes)


def _cells(row: SheetRow) -> list[str]:
    cells = [escaped(cell) for cell in row.cells]
    if row.indent:
        cells[0] = f"&nbsp;&nbsp;{cells[0]}"
    return cells


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def document_markdown(document: Document) -> str:
    """Return a report as Markdown, its figures beside it in ``figures/``."""
    called = numbered(document)
    parts = [f"# {escaped(document.title)}", escaped(document.subtitle)]
    if document.banner:
        parts.append(f"**{escaped(document.banner)}**")
    for section in document.sections:
        parts.append(f"## {escaped(section.title)}")
        for block in section.blocks:
            parts += _block(block, called)
    return "\n\n".join(parts) + "\n"


def _block(
    block: Paragraph | Bullets | Sheet | Picture, called: dict[Sheet | Picture, str]
) -> list[str]:
    if isinstance(block, Paragraph):
        return [escaped(block.text)]
    if isinstance(block, Bullets):
        return ["\n".join(f"- {escaped(item)}" for item in block.items)]
    title = f"**{called[block]}.** {escaped(block.title)}"
    if isinstance(block, Sheet):
        return [title, sheet_markdown(block)]
    return [
        f"![{escaped(block.alt)}](figures/{block.name}.png)",
        f"{title}. {escaped(block.caption)}",
        f"Numbers: {called[block.data]}."
        if block.data in called
        else sheet_markdown(block.data),
    ]
