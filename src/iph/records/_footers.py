"""Rows under a table: statistics, totals and notes, which are never patients."""

import enum
import functools
import re
from collections.abc import Sequence
from typing import Any, Final

import attrs

from iph.records._table import MISSING_CELLS, is_empty
from iph.records._targets import is_pseudonym
from iph.records._words import words

_NUMBER: Final = re.compile(r"[=:：]\s*+[0-9]++$")
_SPLIT: Final = re.compile(r"[:：]")
_MARKS: Final = ("*", "†", "‡", "§", "※", "＊", "注", "备注", "说明", "備考")
_FEWEST_WORDS: Final = 3  # a pseudonym may have two: "Patient 7"


@functools.cache
def _footer(kind: str) -> frozenset[str]:
    return frozenset(words()["footer"][kind])


class Likely(enum.IntEnum):
    """How likely it is that a text names a row under the table."""

    PATIENT = 0
    SHORT = 1
    """A single letter, which counts only beside surer ones."""
    DOUBTFUL = 2
    """A word by which persons are abbreviated as well."""
    SURE = 3


@attrs.frozen
class Held:
    """A row that may stand under the table.

    Attributes
    ----------
    row : int
        The row.
    text : str
        What stands where a pseudonym should.
    cells : sequence
        Its cells.
    likely : Likely
        How likely it is no patient.
    """

    row: int
    text: str
    cells: Sequence[Any]
    likely: Likely


def likely(text: str, cells: Sequence[Any]) -> Likely:
    """Return what a row is by the text in place of the pseudonym."""
    word = text.strip().casefold().rstrip("=:：.").strip()
    bare = _NUMBER.sub("", word).rstrip()
    if bare in _footer("statistic"):
        return Likely.SURE
    if bare in _footer("doubtful"):
        if "=" in text:
            return Likely.SURE
        return Likely.SHORT if len(word) == 1 else Likely.DOUBTFUL
    first = _SPLIT.split(word)[0].strip()
    if first in _footer("note"):
        return Likely.SURE if first != word or _alone(cells) else Likely.PATIENT
    is_note = word.startswith(_MARKS) or len(text.split()) >= _FEWEST_WORDS
    return Likely.SURE if is_note and _alone(cells) else Likely.PATIENT


def names_no_patient(header: Sequence[str], cells: Sequence[Any]) -> bool:
    """Whether a statistic or note stands where a usual name of the pseudonym is."""
    place = _pseudonym_place(tuple(header))
    if place is None or place >= len(cells) or not isinstance(cells[place], str):
        return False
    return likely(cells[place], cells) is Likely.SURE


@functools.lru_cache(maxsize=64)
def _pseudonym_place(header: tuple[str, ...]) -> int | None:
    places = (place for place, name in enumerate(header) if is_pseudonym(name))
    return next(places, None)


def _alone(cells: Sequence[Any]) -> bool:
    """Whether one cell of a row holds anything."""
    return sum(not is_empty(cell) for cell in cells) == 1


class RowsUnder:
    """Rows held back until it is known whether the table ends with them."""

    def __init__(self) -> None:
        self._held: list[Held] = []

    def __len__(self) -> int:
        return len(self._held)

    def holds(self, row: int, raw: Any, cells: Sequence[Any]) -> bool:
        """Hold a row back, if it reads as one under the table."""
        if raw in MISSING_CELLS:
            if self._held:  # what has no pseudonym below such a row belongs to it
                self._held.append(Held(row, "", cells, Likely.PATIENT))
            return bool(self._held)
        if not isinstance(raw, str) or not raw.strip():
            return False
        if not self._held and raw.isalnum() and not raw.isalpha():
            return False  # most pseudonyms: letters and digits together
        found = likely(raw, cells)
        if found:
            self._held.append(Held(row, raw, cells, found))
        return bool(found)

    def released(self) -> Sequence[Held]:
        """Return the rows that were held back, and hold none any more."""
        if not self._held:
            return ()
        held, self._held = self._held, []
        return held
