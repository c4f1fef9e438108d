"""How many patients of several hospitals have a level, where some hide their counts.

A hospital shows a count; or the common count of levels, one of which each patient has;
or nothing but its number of patients. So a level has at least those who are shown to
have it, and at most all who may. Summed over hospitals both bounds hold for the sum,
and where every hospital shows the count they are equal, and the sum is exact.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Final

import attrs

from iph._display import Displayed
from iph.protocol._protocol import Protocol
from iph.records._coarsening import NOT_RECORDED
from iph.records._shared_tables import EVERYBODY, SharedTable
from iph.study._protecting import (
    HospitalCounts,
    group_field,
    levels_of,
    tabled_events,
    tabled_outcomes,
)

_HIDDEN: Final = "no hospital shows it"
_WITHHELD: Final = "no hospital shows the table"


@attrs.frozen(kw_only=True)
class CountRange(Displayed):
    """A number that is known exactly, or to lie between two.

    Attributes
    ----------
    low, high : int
        The smallest and the largest that it can be.
    """

    low: int
    high: int

    @property
    def exact(self) -> bool:
        """Whether it is known."""
        return self.low == self.high

    def __add__(self, other: "CountRange") -> "CountRange":
        return CountRange(low=self.low + other.low, high=self.high + other.high)

    def __str__(self) -> str:
        return f"{self.low}" if self.exact else f"{self.low} to {self.high}"


NONE: Final = CountRange(low=0, high=0)


@attrs.frozen(kw_only=True)
class PooledCount(Displayed):
    """How many patients of all hospitals have a level of a variable, or one of several.

    Attributes
    ----------
    field, visit : str
        The variable; the visit is empty for a field of the patient, and for an event,
        whose name stands after ``"event "``.
    levels : tuple of str
        The level, or several that are known together only; ``"not recorded"`` stands
        for none.
    group : str
        The group of patients; ``"all"`` for everybody.
    count : CountRange or None
        How many have the level, with ``low`` and ``high``; None where nothing is known
        but how many patients there are.
    n : CountRange
        How many there are of whom the variable is recorded.
    unavailable : str
        Why there is no count; empty if there is one.
    """

    field: str
    visit: str
    levels: tuple[str, ...]
    group: str
    count: CountRange | None
    n: CountRange
    unavailable: str

    @property
    def level(self) -> str:
        """The levels in print, joined by a plus."""
        return " + ".join(self.levels)

    @property
    def share(self) -> tuple[float, float] | None:
        """The share of those recorded, the smallest and the largest it can be."""
        if self.count is None or NOT_RECORDED in self.levels or not self.n.high:
            return None
        most = min(self.count.high / self.n.low, 1.0) if self.n.low else 1.0
        return self.count.low / self.n.high, most


@attrs.frozen
class _Tables:
    """A variable in all hospitals, and what they group it by."""

    hospitals: Sequence[HospitalCounts]
    field: str
    visit: str
    by: str

    def count(self, levels: tuple[str, ...], group: str) -> CountRange:
        """Return how many of a group have one of some levels."""
        return sum((self._of(one, levels, group) for one in self.hospitals), NONE)

    def joined(self, levels: Sequence[str]) -> Iterator[tuple[str, ...]]:
        """Yield levels whose common count every hospital shows, though not each one."""
        tables = [one.table(self.field, self.visit) for one in self.hospitals]
        inner = {
            levels.index(level)
            for table in tables
            for one in (() if table is None else table.together)
            for level in one.levels[1:]
        }
        edges = [place for place, _ in enumerate(levels) if place not in inner]
        found = [levels[a:b] for a, b in pairwise((*edges, len(levels)))]
        if len(found) > 1 and not any(t is None or t.overlap for t in tables):
            yield from (tuple(one) for one in found if len(one) > 1)

    def size(self, group: str) -> CountRange:
        """Return how many are in a group."""
        everybody = sum(one.n for one in self.hospitals)
        if group == EVERYBODY:
            return CountRange(low=everybody, high=everybody)
        return _Tables(self.hospitals, self.by, "", "").count((group,), EVERYBODY)

    @property
    def withheld(self) -> bool:
        """Whether no hospital shows the table."""
        return all(one.table(self.field, self.visit) is None for one in self.hospitals)

    def _of(
        self, one: HospitalCounts, levels: tuple[str, ...], group: str
    ) -> CountRange:
        found = one.table(self.field, self.visit)
        if found is None:  # anybody may have the level
            of_group = _Tables((one,), self.field, self.visit, self.by).size(group)
            return CountRange(low=0, high=of_group.high)
        groups = one.table(self.by) if self.by else None
        bounds = NONE
        for column, name in enumerate(_columns(found)):
            belongs = _belongs(name, group, groups, alone=len(found.groups) == 1)
            if belongs is not None:
                cell = _cell(found, levels, column)
                bounds += cell if belongs else CountRange(low=0, high=cell.high)
        return bounds


def _columns(table: SharedTable) -> tuple[str, ...]:
    """Return the groups of a table, without the sum of several."""
    return table.groups[:-1] if len(table.groups) > 1 else table.groups


def _belongs(
    name: str, group: str, groups: SharedTable | None, *, alone: bool
) -> bool | None:
    """Whether all of a column are in a group; None if nobody is, False if some may."""
    if group == EVERYBODY:
        return True
    if groups is None:
        return False
    members = groups_made(groups)
    inside = set().union(*members.values()) if alone else members[name]
    if group not in inside:
        return None
    return inside == {group}


def groups_made(groups: SharedTable) -> dict[str, set[str]]:
    """Return the levels of which each group is made, without those nobody has."""
    joined = {" or ".join(one.levels): one for one in groups.together}
    hidden = {level for one in joined.values() for level in one.levels}
    found = {
        level: {level}
        for level, (count, *_) in zip(groups.levels, groups.counts, strict=True)
        if level not in hidden and count
    }
    return found | {
        name: set(one.levels) for name, one in joined.items() if any(one.counts)
    }


def _cell(table: SharedTable, levels: tuple[str, ...], column: int) -> CountRange:
    """Return how many of a column have one of some levels."""
    asked, hidden = set(levels), {n for one in table.together for n in one.levels}
    rows = dict(zip(table.levels, table.counts, strict=True))
    if table.overlap and rows[levels[0]][column] is not None:
        hidden = hidden - asked  # a level of several is shown though its sum is too
    shown = sum(rows[level][column] or 0 for level in asked - hidden)
    both = [one for one in table.together if hidden & asked & {*one.levels}]
    whole = [one for one in both if asked.issuperset(one.levels)]
    return CountRange(
        low=shown + sum(one.counts[column] for one in whole if not table.overlap),
        high=shown + sum(one.counts[column] for one in both),
    )


def pooled_counts(
    protocol: Protocol[Any],
    hospitals: Sequence[HospitalCounts],
    *,
    by: str,
    recovery_group: str,
) -> Iterator[PooledCount]:
    """Yield the counts of each variable: of everybody, then of each group."""
    for grouping in dict.fromkeys((by, recovery_group)):
        field = group_field(protocol, grouping)
        if field is not None:
            tables = _Tables(hospitals, field.name, "", "")
            yield from _pooled(tables, levels_of(field), (EVERYBODY,))
    tabled = {
        name
        for one in hospitals
        for name in (*((t.field, t.visit) for t in one.tables), *one.withheld)
    }
    for field in protocol.patient_fields:
        if (field.name, "") in tabled and field.name not in {by, recovery_group}:
            tables = _Tables(hospitals, field.name, "", by)
            yield from _pooled(tables, levels_of(field), _groups(protocol, tables, by))
    for field in tabled_outcomes(protocol):
        for visit in protocol.visits:
            tables = _Tables(hospitals, field.name, visit.value, recovery_group)
            groups = _groups(protocol, tables, recovery_group)
            yield from _pooled(tables, levels_of(field), groups)
    for _, field in tabled_events(protocol):
        if (field.name, "") in tabled:
            tables = _Tables(hospitals, field.name, "", by)
            yield from _pooled(tables, levels_of(field), _groups(protocol, tables, by))


def _groups(protocol: Protocol[Any], tables: _Tables, by: str) -> tuple[str, ...]:
    """Return the groups that somebody may be in, everybody first."""
    field = group_field(protocol, by)
    if field is None:
        return (EVERYBODY,)
    some = (level for level in levels_of(field) if tables.size(level).high)
    return (EVERYBODY, *some)


def _pooled(
    tables: _Tables, levels: Sequence[str], groups: Sequence[str]
) -> Iterator[PooledCount]:
    for group in groups:
        size = tables.size(group)
        missing = tables.count((NOT_RECORDED,), group)
        n = CountRange(
            low=max(size.low - missing.high, 0), high=size.high - missing.low
        )
        for level in (*((one,) for one in levels), *tables.joined(levels)):
            found = tables.count(level, group)
            nothing = not found.exact and found.low == 0 and found.high == size.high
            reason = _WITHHELD if tables.withheld else _HIDDEN
            yield PooledCount(
                field=tables.field,
                visit=tables.visit,
                levels=level,
                group=group,
                count=None if nothing else found,
                n=n,
                unavailable=reason if nothing else "",
            )
