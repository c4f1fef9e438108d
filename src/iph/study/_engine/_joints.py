"""Small tables that an engine counts as one, from which each is summed afterwards.

Most tables of a study have few cells: a grade at two visits, say, by group. An engine
takes as long for each as for a large one, since it looks at every patient. So tables
that share columns, or are small, are counted as one table of all their columns, as long
as that one is small itself.
"""

import math
from collections.abc import Iterable, Iterator
from typing import Any, Final

import attrs
import numpy as np
import numpy.typing as npt

from iph.study._engine._coding import EngineColumn, packed, yes_no
from iph.study._engine._tables import EngineTable

Numbers = npt.NDArray[np.int64]

JOINT_CELLS: Final = 2_048
"""Cells that a table of several may have; more would take longer to fetch and sum."""


@attrs.frozen(eq=False)
class Joint:
    """Tables that are counted as one.

    Attributes
    ----------
    columns : list of EngineColumn
        What is counted together.
    where : narwhals.Expr or None
        The rows of the study that are counted; None for all.
    of_everybody : bool
        Whether it counts the records that are not analyzed as well.
    tables : list of tuple
        Each table with the places of its columns, None for one of a single value, and
        the place of the column that says whether the table counts a row, if any does.
    """

    columns: list[EngineColumn]
    where: Any
    of_everybody: bool
    tables: list[tuple[EngineTable, list[int | None], int | None]]

    @property
    def size(self) -> int:
        """How many cells it can have."""
        return math.prod(column.size for column in self.columns)

    @property
    def is_shared(self) -> bool:
        """Whether it has cells for several tables."""
        return len(self.tables) > 1

    def expr(self) -> Any:
        """Return the number of the cell of each row."""
        import narwhals.stable.v2 as nw

        if not self.columns:  # a literal alone would be one row, even of no patients
            zero = nw.lit(0, nw.Int64())
            return nw.when(nw.col("iph_analyzed")).then(zero).otherwise(zero)
        return packed(" ".join(self.tables[0][0].path), self.columns).cast(nw.Int64())

    def apart(
        self, numbers: Numbers, n: Numbers
    ) -> Iterator[tuple[EngineTable, Numbers, Numbers]]:
        """Yield each table with its cells, as packed numbers, and their counts."""
        codes: dict[int | None, Numbers] = {None: np.zeros(len(n), np.int64)}
        rest = numbers
        for place in reversed(range(len(self.columns))):
            rest, codes[place] = np.divmod(rest, self.columns[place].size)
        for table, places, counts in self.tables:
            cells = codes[None]
            for column, at in zip(table.columns, places, strict=True):
                cells = cells * column.size + codes[at]
            counted = codes[counts] == 0  # the first answer is yes
            yield table, *_summed(cells[counted], n[counted])


def _summed(cells: Numbers, n: Numbers) -> tuple[Numbers, Numbers]:
    """Return the distinct cells, and the sum of the counts of each."""
    distinct, places = np.unique(cells, return_inverse=True)
    total = np.zeros(len(distinct), np.int64)
    np.add.at(total, places, n)
    return distinct, total


class _Growing:
    """A joint to which tables are added; columns are told apart by their expression."""

    def __init__(self, of_everybody: bool) -> None:  # noqa: FBT001 - a field of it
        self.of_everybody = of_everybody
        self.size = 1
        self.sizes: dict[int, int] = {}
        self.tables: list[EngineTable] = []

    def growth(self, sizes: dict[int, int]) -> int:
        """Return how many times as many cells it would have with more columns."""
        return math.prod(n for key, n in sizes.items() if key not in self.sizes)

    def add(self, table: EngineTable, sizes: dict[int, int]) -> None:
        """Add a table with the columns of these sizes."""
        self.size *= self.growth(sizes)
        self.sizes |= sizes
        self.tables.append(table)

    def grown(self) -> Joint:
        """Return the joint; a condition that all tables share is no column of it."""
        conditions = {id(table.where): table.where for table in self.tables}
        shared = self.tables[0].where if len(conditions) == 1 else None
        columns: dict[int, EngineColumn] = {
            id(column.expr): column
            for table in self.tables
            for column in table.columns
            if column.size > 1
        }
        if shared is None:
            asked = ((k, one) for k, one in conditions.items() if one is not None)
            columns |= {key: yes_no(one) for key, one in asked}
        at = {key: place for place, key in enumerate(columns)}
        tables = [
            (
                table,
                [at.get(id(column.expr)) for column in table.columns],
                at.get(id(table.where)),
            )
            for table in self.tables
        ]
        return Joint(list(columns.values()), shared, self.of_everybody, tables)


def joints(tables: Iterable[EngineTable]) -> list[Joint]:
    """Return tables in few joints: each is added where it needs fewest new cells."""
    found: list[_Growing] = []
    for table in sorted(tables, key=lambda one: one.size, reverse=True):
        sizes = {id(c.expr): c.size for c in table.columns if c.size > 1}
        if table.where is not None:
            sizes[id(table.where)] = 2
        fitting = [
            (joint.growth(sizes), place)
            for place, joint in enumerate(found)
            if joint.of_everybody == table.of_everybody
            and joint.size * joint.growth(sizes) <= JOINT_CELLS
        ]
        if not fitting:
            found.append(_Growing(table.of_everybody))
        found[min(fitting)[1] if fitting else -1].add(table, sizes)
    return [joint.grown() for joint in found]
