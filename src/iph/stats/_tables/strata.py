"""Several 2 x 2 tables, one a stratum, and what their margins allow."""

import functools
import math
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import attrs
import numpy as np

from iph._checks import unmasked
from iph.errors import InputError
from iph.stats._inference.exact_distribution import Distribution, convolve
from iph.stats._inference.exact_work import check_work
from iph.stats._tables.cross_table import Table, cross_table
from iph.stats._tables.hypergeometric import FreeCell

_HINT = "one 2 x 2 table a stratum: [[[a, b], [c, d]], [[e, f], [g, h]], ...]"
_WORD = 64


@attrs.frozen(kw_only=True, eq=False, slots=False)
class Strata:
    """The free cells of stratified 2 x 2 tables.

    Attributes
    ----------
    cells : tuple of FreeCell
        The first cell of each stratum whose margins allow more than one value.
    n_strata : int
        All strata, also those that tell nothing.
    n : int
        The cases of all strata.
    """

    cells: tuple[FreeCell, ...]
    n_strata: int
    n: int

    @functools.cached_property
    def observed(self) -> int:
        """The first cells together, as observed."""
        return sum(cell.observed for cell in self.cells)

    @functools.cached_property
    def mean(self) -> Fraction:
        """The first cells together, as expected without an effect."""
        return sum(
            (Fraction(cell.row * cell.column, cell.n) for cell in self.cells),
            Fraction(0),
        )

    @functools.cached_property
    def variance(self) -> Fraction:
        """The variance of the first cells together, without an effect."""
        return sum(
            (
                Fraction(
                    cell.row
                    * (cell.n - cell.row)
                    * cell.column
                    * (cell.n - cell.column),
                    cell.n * cell.n * (cell.n - 1),
                )
                for cell in self.cells
            ),
            Fraction(0),
        )

    def words(self) -> int:
        """Return the machine words that the ways to all values need."""
        return sum(
            (cell.high - cell.low + 1) * (1 + cell.n // _WORD) for cell in self.cells
        )

    def work(self) -> float:
        """Return the steps of `distribution`: pairs of values times words of a way."""
        steps, values, bits = 0.0, 1, 0
        for cell in self.cells:
            own = cell.high - cell.low + 1
            bits += cell.n
            steps += values * own * (1 + bits // _WORD)
            values += own - 1
        return steps

    def distribution(self, limit: float, what: str) -> Distribution:
        """Return the distribution of the sum of the first cells, given all margins."""
        check_work(self.work(), limit, what)
        return functools.reduce(
            convolve, [ways(cell) for cell in self.cells], Distribution((0,), (1,))
        )


def ways(cell: FreeCell) -> Distribution:
    """Return the values of a free cell and how many allocations give each."""
    rest = cell.n - cell.row
    values = range(cell.low, cell.high + 1)
    count = math.comb(cell.row, cell.low) * math.comb(rest, cell.column - cell.low)
    counts = []
    for x in values:
        counts.append(count)
        up = (cell.row - x) * (cell.column - x)
        count = count * up // ((x + 1) * (rest - cell.column + x + 1))
    return Distribution(tuple(values), tuple(counts))


def read_strata(tables: Table) -> Strata:
    """Return the strata of a sequence of 2 x 2 tables."""
    tables = unmasked(tables)
    if isinstance(tables, np.ndarray) and tables.ndim != 3:
        raise InputError("tables", "of shape (strata, 2, 2)", tables.shape, _HINT)
    if isinstance(tables, (str, bytes)) or not isinstance(tables, Iterable):
        raise InputError("tables", "a sequence of 2 x 2 tables", tables, _HINT)
    listed: list[Any] = list(tables)
    found = [
        FreeCell.of(cross_table(table, two_by_two=True, name=f"tables[{place}]"))
        for place, table in enumerate(listed)
    ]
    if not found:
        raise InputError("tables", "at least one 2 x 2 table", tables, _HINT)
    return Strata(
        cells=tuple(cell for cell in found if cell.low < cell.high),
        n_strata=len(found),
        n=sum(cell.n for cell in found),
    )
