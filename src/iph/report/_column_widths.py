"""How wide the columns of a table are on a page, for formats that break lines."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

import attrs

from iph.report._numbers import unbroken

_LONGEST: Final = 44  # characters; a longer cell is broken into lines
_PHRASE: Final = 12  # characters; a cell of no more, such as a visit, is broken last
_HALVINGS: Final = 40  # of the limit of a width
# After a space, or after a hyphen between two letters: Word and LaTeX break at both.
_BREAKS: Final = re.compile(r" |(?<=[^\W\d_]-)(?=[^\W\d_])")


@attrs.frozen(kw_only=True)
class Paper:
    """A page for a table: its width and that of its letters, in one unit."""

    width: float
    character: float
    padding: float  # beside the text of a cell
    head: float = 1.0  # how much wider the words of the head are


def column_widths(
    header: Sequence[str], rows: Iterable[Sequence[str]], paper: Paper
) -> list[float]:
    """Share out the width of a page.

    No word is broken but after a hyphen; what wraps first is the head, then the longest
    cells, then the short ones. Where the words alone are wider than the page, the
    widths of the words.
    """
    words, phrases, cells, heads = [], [], [], []
    for head, *body in zip(header, *rows, strict=True):
        bold = max(map(len, _words(head)), default=0) * paper.head
        parts = [len(part) for cell in body for part in _words(cell)]
        words.append(_room([bold, *parts], paper))
        short = [len(cell) for cell in body if len(cell) <= _PHRASE]
        phrases.append(max(words[-1], _room(short, paper)))
        longest = min(max(map(len, body), default=0), _LONGEST)
        cells.append(max(phrases[-1], _room([longest], paper)))
        whole = min(len(head) * paper.head, _LONGEST)
        heads.append(max(cells[-1], _room([whole], paper)))
    for least, most in ((cells, heads), (phrases, cells), (words, phrases)):
        if sum(least) <= paper.width:
            return _between(least, most, paper.width)
    return words


def _words(text: str) -> list[str]:
    """Return what stands on one line: words, and their parts before a hyphen."""
    return [part for part in _BREAKS.split(unbroken(text)) if part]


def _room(lengths: Sequence[float], paper: Paper) -> float:
    """Return the width of the longest of some texts in a cell."""
    return max(lengths, default=0) * paper.character + paper.padding


def _between(least: list[float], most: list[float], width: float) -> list[float]:
    """Return the greatest widths if they fit the page, else widths that fill it.

    Every column may then be as wide as one limit, so that prose is broken before a
    label or a figure is.
    """
    if sum(most) <= width:
        return most
    low, high = 0.0, max(most)
    for _ in range(_HALVINGS):
        limit = (low + high) / 2
        fits = sum(_limited(least, most, limit)) <= width
        low, high = (limit, high) if fits else (low, limit)
    return _limited(least, most, low)


def _limited(least: list[float], most: list[float], limit: float) -> list[float]:
    """Return widths no greater than a limit but where the least one is."""
    return [
        max(small, min(limit, large)) for small, large in zip(least, most, strict=True)
    ]
