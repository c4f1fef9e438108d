"""Which cells of a table of counts to hide, so that nobody can compute a small one."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import attrs

_LONGEST_SEARCH: Final = 20.0
_HALF: Final = 0.5


@attrs.frozen
class Sum:
    """A sum that every reader of a table knows to hold.

    Attributes
    ----------
    total : int
        The place of the cell that holds the sum.
    parts : tuple of int
        The places of the cells that add up to it.
    """

    total: int
    parts: tuple[int, ...]


@attrs.frozen(kw_only=True)
class System:
    """Counts and the sums between them.

    Attributes
    ----------
    counts : tuple of int
        The true counts.
    sums : tuple of Sum
        What adds up to what.
    known : frozenset of int
        Places of counts that everybody knows: they are always shown.
    unseen : frozenset of int
        Places that stand in no table, but follow from those that do.
    sensitive : frozenset of int
        Those of them that may not be small either.
    """

    counts: tuple[int, ...]
    sums: tuple[Sum, ...]
    known: frozenset[int] = frozenset()
    unseen: frozenset[int] = frozenset()
    sensitive: frozenset[int] = frozenset()

    def small(self, least: int) -> tuple[int, ...]:
        """Return the places of counts from 1 to below the limit, smallest first."""
        asked = [
            place
            for place, count in enumerate(self.counts)
            if 0 < count < least
            and place not in self.known
            and (place not in self.unseen or place in self.sensitive)
        ]
        return tuple(sorted(asked, key=lambda place: (self.counts[place], place)))


def hidden_cells(system: System, least: int) -> frozenset[int] | None:
    """Return the cells to hide: the small ones, and others that protect them.

    The reader is taken to know every sum. For each small count another table is
    searched that agrees with all that is shown and in which that count is at least the
    largest small one, and one in which it is at most 1. Where there is no such table,
    as few further cells as possible are hidden until there is. So for every hidden cell
    there are at least two tables that a reader cannot tell apart, and a small count can
    be anything that is small.

    None is returned if hiding cells is not enough.
    """
    small = system.small(least)
    hidden = {place for place in small if place not in system.unseen}
    tables: list[tuple[int, ...]] = [system.counts]
    for place in small:
        for goal, far in ((max(least - 1, 2), True), (1, False)):
            found = [table[place] for table in tables]
            if max(found) >= goal if far else min(found) <= goal:
                continue
            other = _other_table(system, hidden, place, goal, far=far)
            if other is None:
                return None
            tables.append(other)
            hidden |= {
                at
                for at, (now, was) in enumerate(zip(other, system.counts, strict=True))
                if now != was and at not in system.unseen
            }
    return frozenset(hidden)


def _other_table(
    system: System, hidden: Iterable[int], place: int, goal: int, *, far: bool
) -> tuple[int, ...] | None:
    """Return a table in which a cell reaches a goal, and as few shown ones differ."""
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp

    counts = np.array(system.counts, dtype=float)
    n, most = counts.size, max(counts.max(), goal)
    fixed, free, unseen = (np.zeros(n, dtype=bool) for _ in range(3))
    fixed[[*system.known]] = True
    unseen[[*system.unseen]] = True
    free[[*hidden, *system.unseen]] = True
    low = np.where(fixed, counts, 0.0)
    high = np.where(fixed, counts, np.where(unseen, np.inf, most))
    if far:
        low[place] = goal
    else:
        high[place] = goal
    # one switch for each cell that is shown so far: whether it may differ
    switch = np.flatnonzero(~free & ~fixed)
    eye = np.eye(n)[switch]
    adds = np.zeros((len(system.sums), n))
    for row, one in zip(adds, system.sums, strict=True):
        row[one.total] = -1.0
        row[[*one.parts]] += 1.0
    none = np.zeros((len(system.sums), switch.size))
    # a change of one cell is passed on along cycles, so no other need change by more
    reach = np.diag(np.full(switch.size, float(abs(goal - system.counts[place]))))
    rules = [LinearConstraint(np.hstack([adds, none]), 0.0, 0.0)]
    if switch.size:
        rules += [
            LinearConstraint(np.hstack([eye, -reach]), -np.inf, counts[switch]),
            LinearConstraint(np.hstack([eye, reach]), counts[switch], np.inf),
        ]
    # few cells rather than many, small counts rather than large ones, and zeros last
    cost = 1.0 + counts[switch] / (1.0 + most) + (counts[switch] == 0)
    answer: Any = milp(
        np.concatenate([np.zeros(n), cost]),
        integrality=np.ones(n + switch.size, dtype=np.int64),
        bounds=Bounds(
            np.concatenate([low, np.zeros(switch.size)]),
            np.concatenate([high, np.ones(switch.size)]),
        ),
        constraints=rules,
        options={"time_limit": _LONGEST_SEARCH},
    )
    if answer.x is None:
        return None
    table = tuple(int(value + _HALF) for value in answer.x[:n])
    return table if _agrees(system, table) else None


def _agrees(system: System, table: Sequence[int]) -> bool:
    """Whether a table of the solver holds the sums exactly, in whole numbers."""
    return all(
        table[one.total] == sum(table[part] for part in one.parts)
        for one in system.sums
    ) and all(table[place] == system.counts[place] for place in system.known)
