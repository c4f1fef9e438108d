"""How wide the columns of a table are on a page, for formats that break lines."""

from collections.abc import Iterable, Sequence

import attrs

from iph.report._numbers import unbroken

_LONGEST = 44  # characters; a longer cell is broken into lines


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

    No word is broken; what wraps first is the head, then the longest cells. Where the
    words alone are wider than the page, the widths of the words.
    """
    words, cells, heads = [], [], []
    for head, *body in zip(header, *rows, strict=True):
        parts = [part for cell in body for part in unbroken(cell).split(" ")]
        bold = max(map(len, head.split()), default=0) * paper.head
        words.append(max([bold, *map(len, parts)]) * paper.character + paper.padding)
        longest = min(max(map(len, body), default=0), _LONGEST)
        cells.append(max(words[-1], longest * paper.character + paper.padding))
        whole = min(len(head) * paper.head, _LONGEST)
        heads.append(max(cells[-1], whole * paper.character + paper.padding))
    for least, most in ((cells, heads), (words, cells)):
        if sum(least) <= paper.width:
            return _between(least, most, paper.width)
    return words


def _between(least: list[float], most: list[float], width: float) -> list[float]:
    """Return widths that fill the page, or the greatest ones if these fit."""
    room = (width - sum(least)) / max(sum(most) - sum(least), 1e-9)
    share = min(room, 1.0)
    return [low + (high - low) * share for low, high in zip(least, most, strict=True)]
