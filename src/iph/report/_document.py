"""What a report is made of, before it is Markdown, HTML or Word."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

import attrs

from iph.report._sheet import Sheet

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@attrs.frozen(kw_only=True, eq=False)
class Picture:
    """A figure with its words and its numbers.

    Attributes
    ----------
    name : str
        What its files are called.
    title : str
        What it shows.
    alt : str
        What is to be seen, for a reader who cannot see it.
    caption : str
        How to read it: n, rules, marks.
    data : Sheet
        The numbers drawn.
    draw : callable
        Makes the figure.
    """

    name: str
    title: str
    alt: str
    caption: str
    data: Sheet
    draw: "Callable[[], Figure]"


@attrs.frozen
class Paragraph:
    """A paragraph of plain text."""

    text: str


@attrs.frozen
class Bullets:
    """A list of sentences."""

    items: tuple[str, ...]


Block: TypeAlias = Paragraph | Bullets | Sheet | Picture


@attrs.frozen(kw_only=True)
class Section:
    """A chapter of the report.

    Attributes
    ----------
    name : str
        Its address within the document.
    title : str
        Its heading.
    blocks : tuple
        Its paragraphs, lists, tables and figures, in order.
    """

    name: str
    title: str
    blocks: tuple[Block, ...]


@attrs.frozen(kw_only=True)
class Document:
    """A report.

    Attributes
    ----------
    title, subtitle : str
        Its heading, and what data it speaks of.
    banner : str
        What a reader must know before anything else; empty if nothing.
    sections : tuple of Section
        Its chapters.
    """

    title: str
    subtitle: str
    banner: str
    sections: tuple[Section, ...]

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """All figures in order."""
        return tuple(b for s in self.sections for b in s.blocks if type(b) is Picture)

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """All tables in order, without the data of the figures."""
        return tuple(b for s in self.sections for b in s.blocks if type(b) is Sheet)


def numbered(document: Document) -> dict[Sheet | Picture, str]:
    """Return what each table and figure is called."""
    called: dict[Sheet | Picture, str] = {}
    called |= {s: f"Table {k}" for k, s in enumerate(document.sheets, start=1)}
    called |= {p: f"Figure {k}" for k, p in enumerate(document.pictures, start=1)}
    return called
