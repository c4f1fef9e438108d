"""A table in print, and its four forms as text."""

import csv
import io
import re
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

import attrs

from iph.report._latex import latex_table
from iph.report._numbers import MINUS, NOBODY, UNDEFINED, unbroken

if TYPE_CHECKING:
    from jinja2 import Environment

# What Markdown would read as markup, and only that: "P < .001" stays as it is.
_MARKUP = re.compile(
    r"[\\`*\[\]|]"
    r"|(?<!\w)_|_(?!\w)"
    r"|<(?=[A-Za-z/!?])"
    r"|^[>#+-]"
    r"|&(?=#?\w+;)"
)
_PROSE = 44  # characters: a column with a longer cell is read, not compared
_SIGN = "[<>=\N{LESS-THAN OR EQUAL TO}\N{GREATER-THAN OR EQUAL TO}]"
# A number with its sign or share; a number before a word is the code of a grade.
_FIGURE = re.compile(
    rf"(?:(?:median|reported in|P) )?(?:{_SIGN} )?[+{MINUS}-]?"
    r"\.?\d(?!\d*, [^\W\d]{2})"
)
_WORD = re.compile(r"[^\W\d]{4,}")
_WITHIN = re.compile(r"\(.*?\)")
_SILENT = re.compile(
    rf"|{NOBODY}|{UNDEFINED}|not \w.*|infinite|later|hidden|nobody seen"
)


@attrs.frozen
class SheetRow:
    """One row of a table in print.

    Attributes
    ----------
    cells : tuple of str
        The cells; the first is the head of the row.
    indent : bool
        Whether it stands below the row before it as one of its levels.
    """

    cells: tuple[str, ...]
    indent: bool = False


@attrs.frozen(kw_only=True)
class Sheet:
    """A table in print: text, rounded once.

    Attributes
    ----------
    name : str
        What its file is called.
    title : str
        What it shows.
    header : tuple of str
        The heads of the columns.
    rows : tuple of SheetRow
        The rows, each as long as the header.
    notes : tuple of str
        Footnotes: rules, abbreviations, denominators.
    """

    name: str
    title: str
    header: tuple[str, ...]
    rows: tuple[SheetRow, ...]
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Say what it is; its cells would fill pages."""
        return f"<Sheet {self.name!r}: {self.title}, {len(self.rows)} rows>"

    @property
    def prose(self) -> tuple[bool, ...]:
        """Which columns hold sentences, and not figures or names, in order."""
        columns = zip(*(row.cells for row in self.rows), strict=True)
        found = tuple(max(map(len, column)) > _PROSE for column in columns)
        return found or (False,) * len(self.header)

    @property
    def figures(self) -> tuple[bool, ...]:
        """Which columns hold figures, to stand at the right, in order.

        The heads of the rows are words; so is a column in which half of what is said,
        or more, is words, such as grades and remarks.
        """
        columns = zip(*(row.cells for row in self.rows), strict=True)
        found = [
            not read and _holds_figures(column)
            for column, read in zip(columns, self.prose, strict=False)
        ]
        return (False, *found[1:]) if found else (False,) * len(self.header)

    def html(self) -> str:
        """Return it as HTML, to be put into a page."""
        template = environment().get_template("table.html.jinja")
        return template.render(sheet=self, caption=self.title, described=self.name)

    def markdown(self) -> str:
        """Return it as Markdown, its notes below it."""
        lines = [
            _markdown_line([escaped(head) for head in self.header]),
            _markdown_line(["---:" if right else "---" for right in self.figures]),
        ]
        lines += [_markdown_line(_markdown_cells(row)) for row in self.rows]
        notes = [f"\n{escaped(note)}" for note in self.notes]
        return "\n".join(lines + notes)

    def latex(self) -> str:
        """Return it as LaTeX: three lines, and a page after the other if it is long.

        The first line says which packages it needs; each comes with every distribution.
        """
        rows = [(row.cells, row.indent) for row in self.rows]
        return latex_table(
            self.name, self.title, self.header, rows, self.notes, figures=self.figures
        )

    def csv(self) -> str:
        """Return it as CSV: cells as printed, with a column of levels if there are any.

        A minus sign is a hyphen here, so that a spreadsheet reads a number. Notes and
        title stand in the report: a file of a table holds nothing but the table.
        """
        held = io.StringIO()
        writer = csv.writer(held, lineterminator="\n")
        leveled = any(row.indent for row in self.rows)
        first, *others = self.header
        writer.writerow([first, "Level", *others] if leveled else self.header)
        head = ""
        for row in self.rows:
            label, *cells = (cell.replace(MINUS, "-") for cell in row.cells)
            if not row.indent:
                head = label
            level = label if row.indent else ""
            writer.writerow([head, level, *cells] if leveled else [label, *cells])
        return held.getvalue()

    def _repr_html_(self) -> str:
        return self.html()

    def _repr_markdown_(self) -> str:
        return self.markdown()

    def _repr_latex_(self) -> str:
        return self.latex()


def _holds_figures(cells: Iterable[str]) -> bool:
    """Whether more cells that say anything are figures than words."""
    told = [cell for cell in cells if not _SILENT.fullmatch(cell)]
    return 2 * sum(map(_is_figure, told)) >= len(told)


def _is_figure(cell: str) -> bool:
    """Whether a cell is a number, with no more than one word such as "patients"."""
    found = _FIGURE.match(cell)
    if found is None:
        return False
    return len(_WORD.findall(_WITHIN.sub("", cell[found.end() :]))) <= 1


@cache
def environment() -> "Environment":
    """Return what fills the templates of HTML."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("iph.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: (
            unbroken(value) if type(value) is str else value  # not of markup
        ),
    )


def escaped(text: str) -> str:
    """Return text that Markdown shows as it is, on one line."""
    return _MARKUP.sub(r"\\\g<0>", " ".join(text.split()))


def _markdown_cells(row: SheetRow) -> list[str]:
    cells = [escaped(cell) for cell in row.cells]
    if row.indent:
        cells[0] = f"&nbsp;&nbsp;{cells[0]}"
    return cells


def _markdown_line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
