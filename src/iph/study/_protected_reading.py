"""Reading protected counts from JSON, and refusing what is none."""

from typing import Any, Final

import attrs

from iph._fields import DeclaredField, Kind
from iph.criteria._criterion import Criteria
from iph.errors import InputError
from iph.protocol._protocol import Protocol
from iph.records._earlier_sharing import check_adds_up
from iph.records._shared_tables import EVERYBODY, SharedTable, several_levels
from iph.records._suppression import LOWEST, CountedTogether
from iph.study._counts_head import read_head
from iph.study._hospital_bounds import groups_made
from iph.study._protecting import (
    HospitalCounts,
    group_field,
    levels_of,
    tabled_events,
    tabled_outcomes,
)

PROTECTED_FORMAT: Final = "iph-protected-counts/1"

_OTHERS: Final = frozenset({"least", "hospitals"})
_KIND: Final = ("protected counts", PROTECTED_FORMAT)


def read_protected(
    text: str, protocol: Protocol[Any], criteria: Criteria | None
) -> tuple[dict[str, Any], tuple[HospitalCounts, ...]]:
    """Return what was asked, and what each hospital shows."""
    head, content = read_head(text, _KIND, _OTHERS, protocol, criteria)
    least = content["least"]
    if type(least) is not int or least < LOWEST:
        raise InputError("least", f"a whole number of at least {LOWEST}", least)
    listed = content["hospitals"]
    if not isinstance(listed, list) or not listed:
        raise InputError("hospitals", "a list of one or more", listed)
    reader = _Reader(
        protocol=protocol,
        by=head["by"],
        recovery_group=head["recovery_group"],
        least=least,
    )
    return head | {"least": least}, tuple(reader.hospital(one) for one in listed)


@attrs.frozen(kw_only=True)
class _Reader:
    """Puts the counts of a hospital together again."""

    protocol: Protocol[Any]
    by: str
    recovery_group: str
    least: int

    def hospital(self, given: Any) -> HospitalCounts:
        try:
            found = self._hospital(given)
        except (KeyError, TypeError, ValueError, IndexError, AttributeError):
            found = None
        if found is None:
            rule = "as StudyCounts.protected made them, with counts that add up"
            raise InputError("hospitals", rule, given)
        return found

    def _hospital(self, given: Any) -> HospitalCounts | None:
        n, left_out = given["n"], given["n_left_out"]
        tables = tuple(_table(one) for one in given["tables"])
        withheld = tuple((field, visit) for field, visit in given["withheld"])
        found = HospitalCounts(
            n=n, n_left_out=left_out, tables=tables, withheld=withheld
        )
        if given.keys() != attrs.fields_dict(HospitalCounts).keys():
            return None
        names = [*((one.field, one.visit) for one in tables), *withheld]
        fields = self._fields()
        sound = (
            self._large(n)
            and n > 0
            and (left_out is None or self._large(left_out))
            and len(set(names)) == len(names)
            and {*names} <= fields.keys()
            and all(self._sound(one, fields[one.field, one.visit], n) for one in tables)
            and all(self._grouped(one, found) for one in tables)
        )
        return found if sound else None

    def _fields(self) -> dict[tuple[str, str], DeclaredField]:
        """Return all variables that can have a table."""
        visits = [visit.value for visit in self.protocol.visits]
        known = {(field.name, ""): field for field in self.protocol.patient_fields}
        for field in tabled_outcomes(self.protocol):
            known |= {(field.name, visit): field for visit in visits}
        for _, field in tabled_events(self.protocol):
            known[field.name, ""] = field
        return known

    def _large(self, count: Any) -> bool:
        return type(count) is int and (count == 0 or count >= self.least)

    def _sound(self, table: SharedTable, field: DeclaredField, n: int) -> bool:
        """Whether a table is one of its field, and shows no small count."""
        check_adds_up(table)
        columns = table.groups[:-1] if len(table.groups) > 1 else table.groups
        sizes, width = table.group_sizes, len(columns)
        shown = [row[:width] for row in table.counts]
        named = {level: one for one in table.together for level in one.levels}
        several = several_levels(table.levels) if table.overlap else ()
        return (
            table.levels == levels_of(field)
            and any(one.levels[: len(several)] == several for one in table.together)
            >= table.overlap
            and table.overlap == (field.declaration.kind is Kind.CHOICES)
            and table.groups[-1] == EVERYBODY
            and len(set(table.groups)) == len(table.groups)
            and all(self._large(size) for size in sizes)
            and sum(sizes[:width]) == sizes[-1] == n
            and all(len(row) == len(table.groups) for row in table.counts)
            and all(self._large(c) for row in shown for c in row if c is not None)
            and all(self._large(c) for one in table.together for c in one.counts)
            and all(
                _within(count, named[level].counts[place], overlap=table.overlap)
                for level, row in zip(table.levels, shown, strict=True)
                if level in named
                for place, count in enumerate(row)
            )
        )

    def _grouped(self, table: SharedTable, hospital: HospitalCounts) -> bool:
        """Whether the groups of a table are those that the hospital has made."""
        columns = table.groups[:-1]
        if not columns:
            return True
        name = self.recovery_group if table.visit else self.by
        groups = hospital.table(name)
        own = table.visit == "" and table.field in {self.by, self.recovery_group}
        return (
            groups is not None
            and group_field(self.protocol, name) is not None
            and not own
            and {*columns} == groups_made(groups).keys()
        )


def _within(count: int | None, total: int, *, overlap: bool) -> bool:
    """Whether a count may stand among those that are hidden together."""
    if overlap:
        return count is None or count <= total
    return count is None if total else count == 0


def _table(given: Any) -> SharedTable:
    together = [
        CountedTogether(levels=tuple(one["levels"]), counts=tuple(one["counts"]))
        for one in given["together"]
    ]
    plain = {name: tuple(given[name]) for name in ("levels", "groups", "group_sizes")}
    found = SharedTable(
        field=given["field"],
        visit=given["visit"],
        overlap=given["overlap"],
        counts=tuple(tuple(row) for row in given["counts"]),
        together=tuple(together),
        **plain,
    )
    if given.keys() != attrs.fields_dict(SharedTable).keys():
        raise ValueError
    return found
