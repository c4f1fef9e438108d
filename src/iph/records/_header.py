"""Where the header of a table stands, and what a user says of the whole file."""

import functools
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

import attrs

from iph._checks import one_of, whole
from iph.records._report import shown
from iph.records._table import MISSING_CELLS, is_empty
from iph.records._targets import guessed_target, normal, target_of

SEARCHED: Final = 30
"""So many rows are looked at for the header."""

_FEWEST: Final = 2
_FEWEST_BELOW_TITLES: Final = 3

NUMBER: Final = "{n}"
"""Stands for a number in the names of several columns that are mapped together."""


@functools.lru_cache(maxsize=200)
def pattern_of(key: str) -> re.Pattern[str]:
    """Return what finds the columns that a name with ``{n}`` stands for."""
    return re.compile(re.escape(key).replace(re.escape(NUMBER), "([0-9]{1,4})"))


def _header_row(value: int | None) -> int | None:
    return None if value is None else whole(value, "header_row", low=1)


def _decimal(value: str) -> str:
    return value and one_of(value, "decimal", (".", ","))


DATE_ORDERS: Final = ("day-month", "month-day")


def _date_order(value: str) -> str:
    return value and one_of(value, "date order", DATE_ORDERS)


@attrs.frozen(kw_only=True)
class Asked:
    """What a user says of a file.

    Attributes
    ----------
    sheet : str or None
        The sheet of a workbook.
    header_row : int or None
        The row of the header, as a spreadsheet counts.
    decimal : str
        The decimal mark; empty if it is not said.
    encoding : str or None
        The encoding of a text file.
    missing : frozenset of str
        Texts that stand for a missing value in the whole file.
    names : frozenset of str
        Column names that the user explained, in their normal form.
    date_order : str
        ``"day-month"`` or ``"month-day"``; empty if it is not said.
    every_sheet : bool
        Whether sheets without a known column are tables as well.
    """

    sheet: str | None = None
    header_row: int | None = attrs.field(default=None, converter=_header_row)
    decimal: str = attrs.field(default="", converter=_decimal)
    encoding: str | None = None
    missing: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    date_order: str = attrs.field(default="", converter=_date_order)
    every_sheet: bool = False

    def known(self, row: Sequence[Any]) -> int:
        """Return how many cells of a row are column names that mean a field."""
        names = [cell for cell in row if isinstance(cell, str) and cell.strip()]
        return sum(
            target_of(name) is not None or self._is_told(normal(name)) for name in names
        )

    def _is_told(self, name: str) -> bool:
        """Whether the user explained a name, by itself or with others."""
        return name in self.names or any(
            NUMBER in key and pattern_of(key).fullmatch(name) for key in self.names
        )

    def is_header(self, row: Sequence[Any]) -> bool:
        """Whether a row is a header at first sight."""
        return self.header_row is None and self._is_sure(row)

    def _is_sure(self, row: Sequence[Any]) -> bool:
        """Whether a row knows several names, and has no gap as a row of groups has."""
        filled = [p for p, cell in enumerate(row) if cell not in MISSING_CELLS]
        gaps = bool(filled) and len(filled) <= filled[-1]
        return not gaps and self.known(row) >= _FEWEST

    def header_place(self, rows: Sequence[Sequence[Any]]) -> int | None:
        """Return the place of the header: the first row, or one that knows more."""
        if self.header_row is not None:
            return self.header_row - 1 if self.header_row <= len(rows) else None
        filled = [
            place
            for place, row in enumerate(rows[:SEARCHED])
            if any(cell not in MISSING_CELLS for cell in row)
        ]
        if not filled:
            return None
        first = filled[0]
        if self._is_sure(rows[first]):
            return first
        for count in (self.known, _usual):
            best = max(filled, key=lambda place: (count(rows[place]), -place))
            if count(rows[best]) >= max(_FEWEST, count(rows[first]) + 1):
                return best
        return _below_titles(rows, filled)


def _usual(row: Sequence[Any]) -> int:
    """Return how many cells of a row are usual names of columns."""
    names = (cell for cell in row if isinstance(cell, str) and cell.strip())
    return sum(guessed_target(name) is not None for name in names)


def _below_titles(rows: Sequence[Sequence[Any]], filled: Sequence[int]) -> int:
    """Return the first row of several different words, if lone cells stand above it."""
    for place in filled:
        cells = [cell for cell in rows[place] if cell not in MISSING_CELLS]
        if len(cells) > 1:
            words = {cell.strip() for cell in cells if isinstance(cell, str)}
            is_header = len(words) == len(cells) >= _FEWEST_BELOW_TITLES
            return place if is_header else filled[0]
    return filled[0]


@attrs.frozen(kw_only=True)
class Header:
    """The names of columns, and the rows in which they stand, from 0.

    Attributes
    ----------
    names : tuple of str
        The names.
    top, last : int
        The first and the last row; two where a row of groups belongs to the names.
    """

    names: tuple[str, ...]
    top: int
    last: int

    @property
    def said(self) -> str:
        """Where it stands, if not in the first row."""
        if self.last > self.top:
            return f"the header stands in rows {self.top + 1} and {self.last + 1}"
        return f"the header stands in row {self.last + 1}" if self.last else ""


def header_of(asked: Asked, rows: Sequence[Sequence[Any]]) -> Header | None:
    """Return the header of rows; None if they are empty."""
    place = asked.header_place(rows)
    if place is None:
        return None
    single = Header(names=_texts(rows[place]), top=place, last=place)
    if asked.header_row is not None:
        return single
    best, most = single, max(asked.known(single.names), _FEWEST - 1)
    for top in range(min(len(rows), SEARCHED) - 1):
        names = _joined(asked, _texts(rows[top]), _texts(rows[top + 1]))
        if names is not None and asked.known(names) > most:
            best = Header(names=names, top=top, last=top + 1)
            most = asked.known(names)
    return best


def _texts(row: Sequence[Any]) -> tuple[str, ...]:
    return tuple("" if is_empty(cell) else str(cell) for cell in row)


def _joined(
    asked: Asked, groups: Sequence[str], names: Sequence[str]
) -> tuple[str, ...] | None:
    """Return what a row of groups and the names below say; None if it has no gap."""
    width = max(len(groups), len(names))
    upper = [*groups, *[""] * (width - len(groups))]
    lower = [*names, *[""] * (width - len(names))]
    if not any(
        not u.strip() and low.strip() for u, low in zip(upper, lower, strict=True)
    ):
        return None
    found, group = [], ""
    for above_it, name in zip(upper, lower, strict=True):
        group = above_it.strip() or group
        forms = (f"{group} {name}" if name.strip() else "", name, above_it)
        known = (form for form in forms if form.strip() and asked.known([form]))
        found.append(next(known, name if name.strip() else above_it))
    return tuple(found)


def above(name: str, rows: Sequence[Sequence[Any]], place: int) -> Iterator[str]:
    """Say which rows above the header were not read."""
    for number, row in enumerate(rows[:place], start=1):
        said = [shown(cell) for cell in row if cell not in MISSING_CELLS]
        if said:
            yield f"row {number} of {name} ({said[0]!r}) stands above the header"
