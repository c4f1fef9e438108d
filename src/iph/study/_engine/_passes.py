"""Counting the tables of a study in one pass over its patients."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import numpy as np

from iph._collecting import collected
from iph.errors import DataError
from iph.study._engine._coding import FAR, unpacked
from iph.study._engine._joints import Joint, Numbers, joints
from iph.study._engine._melting import stacked
from iph.study._engine._tables import EngineTable
from iph.study._study_counts import Path, Table

MOST_CELLS: Final = 2_000_000
"""Cells that all tables of a study may have together."""


def counted_tables(frame: Any, tables: list[EngineTable]) -> dict[Path, Table]:
    """Count every table in one pass over the rows.

    The numbers of a joint of tables follow those of the joint before, so that one
    number tells the joint as well. Only tables that are far too large take more than
    one pass. The frame tells in its column ``iph_analyzed`` whom most tables count.
    """
    import narwhals.stable.v2 as nw

    found: dict[Path, Table] = {table.path: Table() for table in tables}
    room = MOST_CELLS
    for some in _passes(joints(tables)):
        packs = {
            f"t{place}": _pack(joint, start)
            for place, (start, joint) in enumerate(some.items())
        }
        shared = sum(joint.size for joint in some.values() if joint.is_shared)
        fetched = collected(
            stacked(frame.select(**packs), packs, "iph_x")
            .group_by("iph_x")
            .agg(iph_n=nw.len())
            .head(room + shared + 1)
        )
        numbers, n = (_whole(fetched[name].to_list()) for name in ("iph_x", "iph_n"))
        for joint, cells, counts in _by_joint(some, numbers, n):
            for table, own, times in joint.apart(cells, counts):
                room -= len(own)
                cell_of, of_table = table.columns, found[table.path]
                for number, count in zip(own.tolist(), times.tolist(), strict=True):
                    of_table[unpacked(number, cell_of)] += count
        if room < 0 or len(fetched) > MOST_CELLS + shared:
            raise DataError(
                f"the tables of the study have more than {MOST_CELLS} cells; round or "
                "grade the values first"
            )
    return found


def _whole(numbers: list[Any]) -> Numbers:
    return np.array([int(number) for number in numbers], np.int64)


def _by_joint(
    some: dict[int, Joint], numbers: Numbers, n: Numbers
) -> Iterator[tuple[Joint, Numbers, Numbers]]:
    """Yield each joint with the numbers of its own cells, and their counts."""
    order = np.argsort(numbers)
    numbers, n = numbers[order], n[order]
    starts = np.array(list(some), np.int64)
    firsts = np.searchsorted(numbers, starts).tolist()
    ends = [*firsts[1:], len(numbers)]
    for (start, joint), first, end in zip(some.items(), firsts, ends, strict=True):
        yield joint, numbers[first:end] - start, n[first:end]


def _passes(tables: Iterable[Joint]) -> Iterator[dict[int, Joint]]:
    """Yield the joints that are counted together, by their first number."""
    some: dict[int, Joint] = {}
    end = 0
    for table in tables:
        if some and end + table.size > FAR:
            yield some
            some, end = {}, 0
        some[end] = table
        end += table.size
    yield some


def _pack(joint: Joint, start: int) -> Any:
    """Return the number of each row that a joint counts, null where it does not."""
    import narwhals.stable.v2 as nw

    one = joint.expr() + nw.lit(start, nw.Int64())
    where = [] if joint.of_everybody else [nw.col("iph_analyzed")]
    where += [] if joint.where is None else [joint.where]
    return nw.when(*where).then(one) if where else one
