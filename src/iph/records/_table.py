"""A table as it was found: a header, and rows of cells that nobody has read yet."""

from collections.abc import Iterable, Sequence
from typing import Any

import attrs

MISSING_CELLS = (None, "")
"""Cells in which nothing stands."""


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
    n_rows : int
        How many rows there are, as far as one can tell before they are read.
    """

    name: str
    header: tuple[str, ...]
    rows: Iterable[tuple[int, Sequence[Any]]]
    header_row: int = 1
    strict: bool = False
    literal: bool = False
    repeats: bool = False
    remarks: tuple[str, ...] = ()
    n_rows: int = 0
