"""A table as it was found: a header, and rows of cells that nobody has read yet."""

from collections.abc import Iterable, Sequence
from typing import Any

import attrs

MISSING_CELLS = (None, "")
"""Cells in which nothing stands."""


@attrs.frozen
class Covered:
    """A cell that is merged with another, which shows its value in place of this one.

    Attributes
    ----------
    by : str
        The cell that is shown, as a spreadsheet names it.
    """

    by: str

    def __str__(self) -> str:
        return f"(merged with {self.by})"


@attrs.frozen
class PercentCell:
    """A number that the sheet shows as a percentage.

    Attributes
    ----------
    value : float
        What is stored: a hundredth of what is shown.
    """

    value: float

    def __str__(self) -> str:
        return f"{100 * self.value:.10g}%"


@attrs.frozen
class DayCount:
    """Days between two dates, neither of which is kept.

    Attributes
    ----------
    days : int
        The days; negative if the zero is the later date.
    since : str
        The column of the zero.
    """

    days: int
    since: str

    def __str__(self) -> str:
        return f"{self.days} days since {self.since}"


@attrs.frozen
class WithUnit:
    """A cell whose unit stands in a column of its own.

    Attributes
    ----------
    cell : object
        The cell.
    unit : str
        Its unit.
    """

    cell: Any
    unit: str

    def __str__(self) -> str:
        return f"{self.cell} {self.unit}"


def is_empty(cell: Any) -> bool:
    """Whether nothing of its own stands in a cell."""
    return cell in MISSING_CELLS or isinstance(cell, Covered)


@attrs.frozen(kw_only=True)
class Table:
    """One table of a file, cell by cell as it stands there.

    Attributes
    ----------
    name : str
        What the table is called in messages: the file, or its sheet.
    header : tuple of str
        The column names as they stand.
    rows : iterable of (int, sequence)
        Each row with its number as a spreadsheet shows it (the header is row 1 where
        the table starts at the top), passed once. Cells are text, or what the file
        format itself calls a number, a truth value or a date; None where empty.
    header_row : int
        The number of the row in which the header stands; 0 if there is none.
    strict : bool
        Whether every unknown column is an error (in files that only programs write).
    literal : bool
        Whether text is as it was entered (in files that no spreadsheet opens, nothing
        is disarmed).
    repeats : bool
        Whether a patient may have further rows that hold no assessment.
    remarks : tuple of str
        How the file was read, where that was not a matter of course.
    doubts : tuple of str
        What of the whole file was guessed; whoever reads it is warned.
    separator : str
        What stands between the cells, in a text file.
    not_read : tuple of str
        What of the file was left aside before its rows, and why.
    n_rows : int
        How many rows there are, as far as one can tell before they are read.
    used : frozenset of str
        Columns from which others were made, so that they are not read themselves.
    part : str
        What distinguishes the table among several that are read as one; empty if it is
        none of such.
    owns_patients : bool
        Whether patients of its own may stand in it, though it is not the first table.
    advice : str
        What to do if it has no column of pseudonyms.
    """

    name: str
    header: tuple[str, ...]
    rows: Iterable[tuple[int, Sequence[Any]]]
    header_row: int = 1
    strict: bool = False
    literal: bool = False
    repeats: bool = False
    remarks: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    separator: str = ""
    not_read: tuple[str, ...] = ()
    n_rows: int = 0
    used: frozenset[str] = frozenset()
    part: str = ""
    owns_patients: bool = False
    advice: str = ""
