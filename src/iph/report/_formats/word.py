"""The report as a Word document that an editor can change.

Needs python-docx (``pip install 'iph[docx]'``); without it no such file is written.
"""

import copy
import io
import zipfile
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from iph.report._column_widths import Paper, column_widths
from iph.report._document import Bullets, Document, Paragraph, Picture, numbered
from iph.report._numbers import unbroken
from iph.report._sheet import Sheet, SheetRow

if TYPE_CHECKING:
    from docx.document import Document as Word
    from docx.table import Table, _Cell, _Row
    from docx.text.paragraph import Paragraph as _Paragraph

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip archive can name
_MARGIN = 0.9  # inches
_LONGEST_PROPERTY = 255  # characters that Word keeps of a title among the properties
_WIDEST = 8.5 - 2 * _MARGIN
_TALLEST = 7.8  # so that the caption stands on the page of its figure
_CHARACTER = 0.072  # inches that a character of 9 points takes
_BOLD = 1.15  # how much wider the words of the head are
_PADDING = 0.18  # inches beside the text of a cell
_NARROW = 0.1  # the same in a table that would not fit the page
_MANY_COLUMNS = 6  # with more, a table needs a smaller type
_USUAL, _SMALL, _SMALLEST = 9.0, 7.5, 6.5  # points
_WHOLE_ROWS = 24  # a table of no more stands on one page
_FIRST_ROWS = 3  # of a longer one that stay with its head
_THICK, _THIN = 12, 6  # eighths of a point


def can_write_word() -> bool:
    """Whether python-docx loads, which it does not where lxml is missing or broken."""
    try:
        import docx  # noqa: F401 - whether it can be
    except ImportError:
        return False
    return True


def document_word(document: Document, images: Mapping[str, bytes]) -> bytes:
    """Return a report as a Word file; the images are PNG by the names of the pictures.

    The same document gives the same bytes: no moment of writing is kept.
    """
    import docx
    from docx.shared import Inches, Pt

    word = docx.Document()
    properties = word.core_properties
    properties.title = f"{document.title}: {document.subtitle}"[:_LONGEST_PROPERTY]
    properties.author, properties.comments, properties.language = "", "", "en-US"
    normal: Any = word.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(10)
    page = word.sections[0]
    page.left_margin = page.right_margin = Inches(_MARGIN)
    word.add_heading(document.title, level=0)
    word.add_paragraph(document.subtitle)
    if document.banner:
        word.add_paragraph().add_run(document.banner).bold = True
    called = numbered(document)
    for section in document.sections:
        word.add_heading(section.title, level=1)
        for block in section.blocks:
            if isinstance(block, Paragraph):
                word.add_paragraph(unbroken(block.text))
            elif isinstance(block, Bullets):
                for item in block.items:
                    word.add_paragraph(unbroken(item), style="List Bullet")
            elif isinstance(block, Sheet):
                _add_sheet(word, block, f"{called[block]}. ")
            else:
                _add_picture(word, block, called, images[block.name])
    held = io.BytesIO()
    word.save(held)
    return _undated(held.getvalue())


def _add_picture(
    word: "Word", picture: Picture, called: dict[Sheet | Picture, str], png: bytes
) -> None:
    from docx.shared import Inches

    # Width and height stand in the header of a PNG.
    across, down = (int.from_bytes(png[k : k + 4], "big") for k in (16, 20))
    width = min(across / 300 * 1.25, _WIDEST, _TALLEST * across / down)
    shape = word.add_picture(io.BytesIO(png), width=Inches(width))
    shape._inline.docPr.set("descr", picture.alt)  # noqa: SLF001 - python-docx has no other way to a text for screen readers
    word.paragraphs[-1].paragraph_format.keep_with_next = True
    caption = word.add_paragraph()
    caption.add_run(f"{called[picture]}. ").bold = True
    caption.add_run(unbroken(f"{picture.title}. {picture.caption}"))
    if picture.data in called:
        caption.add_run(f" Numbers: {called[picture.data]}.")


def _add_sheet(word: "Word", sheet: Sheet, prefix: str) -> None:
    from docx.shared import Inches, Pt

    title = word.add_paragraph()
    title.paragraph_format.keep_with_next = True
    title.add_run(prefix).bold = True
    title.add_run(sheet.title)
    table = word.add_table(rows=1 + len(sheet.rows), cols=len(sheet.header))
    table.autofit = False
    size, widths = _fitted(sheet)
    if size < _SMALL:
        _narrow_margins(table)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Inches(width)
    lines = [SheetRow(sheet.header), *sheet.rows]
    models = _Models(size)
    last = len(sheet.rows)
    kept = last if len(lines) <= _WHOLE_ROWS else _FIRST_ROWS
    for place, (row, line) in enumerate(zip(table.rows, lines, strict=True)):
        is_kept = place < kept or (place == last and bool(sheet.notes))
        _fill(row, line, sheet.figures, widths, models, head=place == 0, kept=is_kept)
    _three_lines(table)
    for place, note in enumerate(sheet.notes, start=1):
        paragraph = word.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(2)
        paragraph.paragraph_format.keep_with_next = place < len(sheet.notes)
        paragraph.add_run(unbroken(note)).font.size = Pt(8)
    word.add_paragraph()


def _fitted(sheet: Sheet) -> tuple[float, list[float]]:
    """Return the size of the type of a table, in points, and its columns, in inches."""
    small = len(sheet.header) > _MANY_COLUMNS
    size, widths = _in_type(sheet, _SMALL if small else _USUAL, _PADDING)
    if small and sum(widths) > _WIDEST:
        return _in_type(sheet, _SMALLEST, _NARROW)
    return size, widths


def _in_type(sheet: Sheet, size: float, padding: float) -> tuple[float, list[float]]:
    letter = _CHARACTER * size / 9
    paper = Paper(width=_WIDEST, character=letter, padding=padding, head=_BOLD)
    return size, column_widths(sheet.header, [row.cells for row in sheet.rows], paper)


def _narrow_margins(table: "Table") -> None:
    """Leave less room beside the text of each cell than Word does by itself."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    margins: Any = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin: Any = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), "58")  # twentieths of a point: 0.04 inches
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    properties = table._tbl.tblPr  # noqa: SLF001 - python-docx has no other way to set them
    properties.find(qn("w:tblLook")).addprevious(margins)  # the standard has an order


class _Kind(NamedTuple):
    """What the paragraph of a cell looks like."""

    head: bool
    indented: bool
    kept: bool  # on one page with the row below
    right: bool  # a figure, set at the right of its cell


class _Models:
    """Empty paragraphs of the cells of a table, one of each kind, made to be copied.

    A format takes python-docx longer to set than a paragraph takes to copy.
    """

    def __init__(self, size: float) -> None:
        self._size = size
        self._made: dict[_Kind, Any] = {}

    def copy(self, kind: _Kind) -> "_Paragraph":
        """Return a paragraph with one run."""
        from docx.text.paragraph import Paragraph as WordParagraph

        if kind not in self._made:
            self._made[kind] = self._model(kind)
        return WordParagraph(copy.deepcopy(self._made[kind]), None)  # type: ignore[arg-type] # the parent is asked for styles alone

    def _model(self, kind: _Kind) -> Any:
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn
        from docx.shared import Pt
        from docx.text.paragraph import Paragraph as WordParagraph

        element: Any = OxmlElement("w:p")
        paragraph = WordParagraph(element, None)  # type: ignore[arg-type] # as above
        form = paragraph.paragraph_format
        form.space_after = Pt(0)
        if kind.indented:
            form.left_indent = Pt(10)
        if kind.right:
            form.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        if kind.kept:
            form.keep_with_next = True
        run = paragraph.add_run()
        run.bold, run.font.size = kind.head, Pt(self._size)
        # The mark of a paragraph is a letter too: an empty cell is as high as others.
        mark: Any = OxmlElement("w:rPr")
        form_of_run: Any = run._r.rPr  # noqa: SLF001 - python-docx has no other way to it
        mark.append(copy.deepcopy(form_of_run.find(qn("w:sz"))))
        element.get_or_add_pPr().append(mark)
        return element


def _fill(
    row: "_Row",
    line: SheetRow,
    figures: tuple[bool, ...],
    widths: list[float],
    models: _Models,
    *,
    head: bool,
    kept: bool,
) -> None:
    """Write a row; `kept` on one page with the next."""
    from docx.shared import Inches

    for place, (cell, text) in enumerate(zip(row.cells, line.cells, strict=True)):
        cell.width = Inches(widths[place])
        kind = _Kind(
            head=head,
            indented=bool(line.indent) and place == 0,
            kept=kept,
            right=figures[place],
        )
        paragraph = models.copy(kind)
        paragraph.runs[0].text = unbroken(text)
        cell._tc.replace(cell.paragraphs[0]._p, paragraph._p)  # noqa: SLF001 - python-docx has no other way to put a copy in


def _three_lines(table: "Table") -> None:
    """Draw a line above and below the head and one below the table; repeat the head.

    No row is broken between pages.
    """
    from docx.oxml import OxmlElement

    rows = list(table.rows)
    mark: Any = OxmlElement("w:tblHeader")
    rows[0]._tr.get_or_add_trPr().append(mark)  # noqa: SLF001 - python-docx has no other way to repeat a row
    for cell in rows[0].cells:
        _border(cell, top=_THICK, bottom=_THIN)
    if len(rows) > 1:
        for cell in rows[-1].cells:
            _border(cell, bottom=_THICK)
    for row in rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001 - python-docx has no other way to keep a row whole


def _border(cell: "_Cell", **sides: int) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    borders: Any = OxmlElement("w:tcBorders")
    for side, size in sides.items():
        line: Any = OxmlElement(f"w:{side}")
        line.set(qn("w:val"), "single")
        line.set(qn("w:sz"), str(size))
        line.set(qn("w:color"), "000000")
        borders.append(line)
    cell._tc.get_or_add_tcPr().append(borders)  # noqa: SLF001 - python-docx has no other way to a line


def _undated(content: bytes) -> bytes:
    """Return a zip archive without the moment at which each part was written."""
    held = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as given,
        zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as undated,
    ):
        for name in given.namelist():
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3  # the same bytes whatever the system
            undated.writestr(info, given.read(name))
    return held.getvalue()
