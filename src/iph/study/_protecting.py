"""Hiding the small counts of a study: one table a variable, by the rule of `share`.

Two tables of the same values could be subtracted from each other, and so could one of
what follows from others. So each recorded variable stands in one table, and pairs of
visits, ranks, recovery, attendance and all that is derived stand in none.
"""

import functools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import attrs

from iph._bound import Bound
from iph._display import Displayed
from iph._fields import Declaration, DeclaredField, Kind
from iph.errors import DataError
from iph.protocol._events import EventRule
from iph.protocol._protocol import Protocol
from iph.records._coarsening import NOT_RECORDED, UNKNOWN, Coarse, coarse
from iph.records._shared_tables import (
    Groups,
    SharedTable,
    groups_of,
    one_group,
    shared_table,
)
from iph.records._suppression import Rule
from iph.study._columns import DIED
from iph.study._event_counts import TOLD, path_of

Cells = Mapping[tuple[Any, ...], int]
Name = tuple[str, str]


@attrs.frozen(kw_only=True)
class HospitalCounts(Displayed):
    """What one hospital shows of its patients.

    Attributes
    ----------
    n : int
        Patients who are analyzed.
    n_left_out : int or None
        Records that are not; None where that is hidden.
    tables : tuple of SharedTable
        One a variable, at each visit; a variable that makes groups has its own.
    withheld : tuple of tuple of str
        Field and visit of each table that could not be shown at all.
    """

    n: int
    n_left_out: int | None
    tables: tuple[SharedTable, ...]
    withheld: tuple[Name, ...]

    def table(self, field: str, visit: str = "") -> SharedTable | None:
        """Return a table; None if it is withheld."""
        return self._by_name.get((field, visit))

    @functools.cached_property
    def _by_name(self) -> Mapping[Name, SharedTable]:
        return {(one.field, one.visit): one for one in self.tables}


@attrs.frozen
class _Grouping:
    """What patients are grouped by, and which group each of its levels is in."""

    field: DeclaredField | None = None
    table: SharedTable | None = None
    names: tuple[str, ...] = ()
    of_level: Mapping[str, str] = attrs.field(factory=dict)

    def groups(self, values: Iterable[Any], weights: tuple[int, ...]) -> Groups:
        """Return the group of each of some cells."""
        if self.field is None or not self.names:
            return attrs.evolve(one_group(len(weights)), weights=weights)
        found = _leveled(self.field, values)
        names = tuple(self.of_level[_level(answer)] for answer in found.answers)
        return Groups(of_patients=names, names=self.names, weights=weights)


@attrs.frozen(kw_only=True)
class Protecting:
    """The counts of a hospital, and by what they are hidden.

    Attributes
    ----------
    protocol : Protocol
        What the study is.
    by, recovery_group : str
        What fields of the patient, and outcomes, are grouped by.
    cells : callable
        Returns the counts of a table by the parts of its name.
    rule : Rule
        Which counts are small.
    earlier : tuple of HospitalCounts
        What others have already.
    """

    protocol: Protocol[Any]
    by: str
    recovery_group: str
    cells: Callable[..., Cells]
    rule: Rule
    earlier: tuple[HospitalCounts, ...]

    def shown(self, n_left_out: int) -> HospitalCounts:
        """Return what may be shown."""
        n, least = sum(self.cells("patients").values()), self.rule.least
        if n < least:
            raise DataError(
                f"{n} patients are too few to show anything of them: with "
                f"least={least} there must be at least {least}"
            )
        found = dict(self._tables())
        return HospitalCounts(
            n=n,
            n_left_out=n_left_out if self._alone(n_left_out) else None,
            tables=tuple(one for one in found.values() if one is not None),
            withheld=tuple(name for name, one in found.items() if one is None),
        )

    def _alone(self, count: int) -> bool:
        """Whether a count that is in no sum may be shown."""
        before = [one.n_left_out for one in self.earlier]
        changes = [None if was is None else count - was for was in before]
        return all(n is not None and self.rule.fits(n, 1) for n in (count, *changes))

    def _tables(self) -> Iterator[tuple[Name, SharedTable | None]]:
        """Yield the table of each variable; None where it is withheld."""
        of_fields = self._grouping(self.by, "columns")
        same = self.by == self.recovery_group
        of_visits = (
            of_fields if same else self._grouping(self.recovery_group, "patients")
        )
        for grouping in dict.fromkeys((self.by, self.recovery_group)):
            one = of_fields if grouping == self.by else of_visits
            if one.field is not None:
                yield (one.field.name, ""), one.table
        for field in self.protocol.patient_fields:
            cells = self.cells("characteristics", field.name)
            if cells and field not in (of_fields.field, of_visits.field):
                yield (field.name, ""), self._table(field, "", cells, of_fields)
        for field in tabled_outcomes(self.protocol):
            for visit in self.protocol.visits:
                cells, place = (
                    self.cells("values", field.name, visit.value),
                    visit.value,
                )
                yield (field.name, place), self._table(field, place, cells, of_visits)
        if sum(self.cells(*TOLD).values()) == sum(self.cells("records").values()):
            for rule, field in tabled_events(self.protocol):
                cells = self._who_had(rule)
                yield (field.name, ""), self._table(field, "", cells, of_fields)

    def _who_had(self, rule: EventRule) -> Cells:
        """Return how many patients of each group had an event, and how many had not."""
        found: Counter[tuple[Any, ...]] = Counter()
        for (group,), n in self.cells("columns").items():
            found[False, group] += n
        for (*_, group), n in self.cells(*path_of(rule)).items():
            found[True, group] += n
            found[False, group] -= n
        return +found

    def _grouping(self, name: str, sizes: str) -> _Grouping:
        """Return the groups of a recorded field; none where they are derived."""
        field = group_field(self.protocol, name)
        if field is None:
            return _Grouping()
        cells = self.cells(sizes)
        weights, found = tuple(cells.values()), _leveled(field, [g for (g,) in cells])
        everybody = attrs.evolve(one_group(len(cells)), weights=weights)
        table = self._of(field, "", found, everybody)
        if table is None:
            return _Grouping(field)
        groups = groups_of(found, table)
        levels = map(_level, found.answers)
        of_level = dict(zip(levels, groups.of_patients, strict=True))
        return _Grouping(field, table, groups.names, of_level)

    def _table(
        self, field: DeclaredField, visit: str, cells: Cells, grouping: _Grouping
    ) -> SharedTable | None:
        """Return the table of a variable by groups; None if it is withheld."""
        found = _leveled(field, [value for value, _ in cells])
        groups = grouping.groups([group for _, group in cells], tuple(cells.values()))
        return self._of(field, visit, found, groups)

    def _of(
        self, field: DeclaredField, visit: str, found: Coarse, groups: Groups
    ) -> SharedTable | None:
        before = (one.table(field.name, visit) for one in self.earlier)
        known = [one for one in before if one is not None]
        return shared_table((field.name, visit), found, groups, self.rule, known)


def group_field(protocol: Protocol[Any], name: str) -> DeclaredField | None:
    """Return the recorded field of that name; None for a group that is derived."""
    return next((one for one in protocol.patient_fields if one.name == name), None)


def tabled_outcomes(protocol: Protocol[Any]) -> Iterator[DeclaredField]:
    """Yield the outcomes that follow from nothing that has a table of its own."""
    names = [outcome.field for outcome in protocol.outcomes]
    tabled = {*names, *(field.name for field in protocol.patient_fields)}
    sources = {one.name: one.fields for one in protocol.derived}
    recorded = {field.name for field in protocol.assessment_fields}
    for name in names:
        if name in recorded or _apart(name, sources, tabled):
            yield DeclaredField(
                name=name,
                path=(name,),
                owner=protocol.patient,
                declaration=protocol.assessment_declarations[name],
            )


def tabled_events(
    protocol: Protocol[Any],
) -> Iterator[tuple[EventRule, DeclaredField]]:
    """Yield each event, and whether a patient had it as a field of yes and no.

    No field of a patient has such a name: it holds a blank.
    """
    for rule in protocol.events:
        name = f"event {rule.name}"
        declared = Declaration(kind=Kind.YES_NO, label=rule.label)
        field = DeclaredField(
            name=name, path=(name,), owner=EventRule, declaration=declared
        )
        yield rule, field


def _apart(name: str, sources: Mapping[str, tuple[str, ...]], tabled: set[str]) -> bool:
    """Whether a derived value follows from nothing that is tabled, as far as known."""
    asked, seen = list(sources.get(name, ())), set[str]()
    while asked:
        one = asked.pop()
        if one in tabled or (one in sources and not sources[one]):
            return False
        if one not in seen:
            seen.add(one)
            asked += sources.get(one, ())
    return bool(seen)


def levels_of(field: DeclaredField) -> tuple[str, ...]:
    """Return the levels of a field as it is tabled, the missing one last."""
    return (*_leveled(field, ()).levels, NOT_RECORDED)


def _leveled(field: DeclaredField, values: Iterable[Any]) -> Coarse:
    """Return counted values in few levels; unknown, and dead, is not recorded."""
    found = coarse(field, [_recorded(field, value) for value in values], {})
    # A level that nobody can have would be known to be 0 where it is hidden.
    levels = tuple(level for level in found.levels if level != UNKNOWN)
    return attrs.evolve(found, levels=levels)


def _recorded(field: DeclaredField, value: Any) -> Any:
    """Return a counted value as a patient holds it.

    It is None for whoever had died, and for a bound, whose band is not known.
    """
    if isinstance(value, frozenset):
        options = field.declaration.options or ()
        return frozenset(option for option in options if option.value in value)
    return None if value == DIED or isinstance(value, Bound) else value


def _level(answer: Any) -> str:
    return NOT_RECORDED if answer is None else str(answer)
