"""The steps of a sharing: what is left out, how patients are grouped and counted."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import attrs

from iph._carried import ranges_of
from iph._categories import ScheduledVisit
from iph._cohort import Cohort
from iph._fields import DeclaredField, Kind
from iph._options import each
from iph._subject import Subject, patient_fields, seen_fields
from iph.errors import InputError
from iph.protocol._protocol import Protocol
from iph.records._coarsening import Coarse, coarse
from iph.records._earlier_sharing import EarlierSharing
from iph.records._shared_tables import (
    Groups,
    SharedTable,
    groups_of,
    one_group,
    shared_table,
)
from iph.records._sharing_result import SharedChange
from iph.records._suppression import Rule

_LEFT_OUT: Final[Mapping[str, str]] = {
    "patient_id": "a pseudonym leads back to a person",
    "visit": "it names the tables",
    "day": "exact days of visits lead back to dates",
    "strength_modifier": "too fine",
}
_UNFIT: Final = (
    "the groups are too small for so many levels, or an earlier sharing shows it with "
    "other levels or groups, or of nearly the same patients"
)


@attrs.frozen
class Shareable:
    """What a class of patients has that may be shared, in few levels.

    Attributes
    ----------
    of_patient, of_visit : dict
        The fields by name.
    visits : tuple of ScheduledVisit
        The schedule.
    """

    of_patient: Mapping[str, DeclaredField]
    of_visit: Mapping[str, DeclaredField]
    visits: tuple[ScheduledVisit, ...]

    @property
    def fields(self) -> dict[str, DeclaredField]:
        """All fields, those of the patient first."""
        return {**self.of_patient, **self.of_visit}


def shareable(cls: type[Subject[Any]]) -> Shareable:
    """Return what of a class of patients may be shared."""
    seen = {field.name: field for field in seen_fields(cls)}
    options: Any = seen["visit"].declaration.options
    own = {field.name: field for field in patient_fields(cls)}
    return Shareable(
        of_patient={n: field for n, field in own.items() if n not in _LEFT_OUT},
        of_visit={n: field for n, field in seen.items() if n not in _LEFT_OUT},
        visits=tuple(options),
    )


@attrs.frozen(kw_only=True)
class Rules:
    """What is counted, and how."""

    shareable: Shareable
    fields: tuple[DeclaredField, ...]
    by: DeclaredField | None
    rule: Rule
    bands: Mapping[str, tuple[float, ...]]
    earlier: tuple[EarlierSharing, ...] = ()

    def coarse(self, field: DeclaredField, values: Iterable[Any]) -> Coarse:
        """Return the values of a field in few levels."""
        return coarse(field, values, self.bands)

    def table(
        self, field: str, visit: str, found: Coarse, groups: Groups
    ) -> SharedTable | None:
        """Return the table of a field; None if nothing of it may be shown."""
        before = [one.table(field, visit, found) for one in self.earlier]
        known = [one for one in before if one is not None]
        return shared_table((field, visit), found, groups, self.rule, known)


def chosen_fields(fields: Any, known: Shareable) -> tuple[DeclaredField, ...]:
    """Return the fields to count, in the order of their declaration."""
    if fields is None:
        return tuple(known.fields.values())
    if isinstance(fields, (str, bytes)) or not isinstance(fields, Iterable):
        hint = "give a list, even of one"
        raise InputError("fields", "names of fields", fields, hint)
    asked = set()
    for name in each(fields, "fields", "names of fields"):
        if not isinstance(name, str) or name not in known.fields:
            hint = _LEFT_OUT.get(name, "") if isinstance(name, str) else ""
            raise InputError("fields", "names of fields that are shared", name, hint)
        asked.add(name)
    return tuple(field for name, field in known.fields.items() if name in asked)


def group_field(by: Any, known: Shareable) -> DeclaredField | None:
    """Return the field that makes the groups."""
    if by is None:
        return None
    field = known.of_patient.get(by) if isinstance(by, str) else None
    if field is None:
        raise InputError("by", "a field of the patient", by)
    if field.declaration.kind is Kind.CHOICES:
        hint = "a patient may have several of its levels"
        raise InputError("by", "a field with one level a patient", by, hint)
    return field


def declared_events(
    cohort: Cohort[Any], protocol: Protocol[Any] | None
) -> tuple[str, ...]:
    """Return the names of the events that are counted.

    Which events there were is no list to count by: that one of them happened at all
    would be told by its table.
    """
    if protocol is None or cohort.events is None:
        return ()
    declared: object = protocol
    if not isinstance(declared, Protocol):
        raise InputError("protocol", "a Protocol", declared)
    names = tuple(rule.name for rule in protocol.events)
    others = sorted({event.event for event in cohort.events}.difference(names))
    if others:
        rule = f"one that declares the events {', '.join(others)}"
        raise InputError("protocol", rule, protocol.title)
    return names


def shared_events(
    cohort: Cohort[Any],
    names: Sequence[str],
    rules: Rules,
    groups: Groups,
    changes: list[SharedChange],
) -> Iterator[SharedTable]:
    """Yield for each event how many patients had it, and note what was done."""
    for name in names:
        who = {one.patient_id for one in cohort.events or () if one.event == name}
        answers = tuple("yes" if p.patient_id in who else "no" for p in cohort)
        found = Coarse(levels=("no", "yes"), answers=answers)
        yield from _counts((f"event {name}", ""), found, rules, groups, changes)


def removed(
    cohort: Cohort[Any], rules: Rules, events: Sequence[str]
) -> Iterator[SharedChange]:
    """Yield what is never shared, as far as the cohort holds it."""
    seen_names = {field.name for field in seen_fields(cohort.patient_class)}
    for name, why in _LEFT_OUT.items():
        if name == "patient_id" or (name != "visit" and name in seen_names):
            yield _change("removed", name, why)
    if cohort.label or cohort.notes:
        yield _change("removed", "label and notes", "free text may name a place")
    if events:
        yield _change("removed", "days and grades of events", "too fine")
    elif cohort.events:
        how = "no protocol was given that says which events there can be"
        yield _change("removed", "events", how)
    if any(map(ranges_of, cohort)):
        yield _change("removed", "reference_ranges", "they name a laboratory")
    seen = [one for patient in cohort for one in patient.follow_up.assessments]
    of_visits = any(field.name in rules.shareable.of_visit for field in rules.fields)
    if of_visits and any(one.visit is None for one in seen):
        yield _change("removed", "assessments outside the schedule", "too fine")


def _change(what: str, field: str, how: str) -> SharedChange:
    return SharedChange(what=what, field=field, how=how)


def grouped(
    patients: Sequence[Subject[Any]], rules: Rules, changes: list[SharedChange]
) -> tuple[Groups, int, SharedTable | None]:
    """Return the groups, of how many patients it is not recorded, and their table."""
    if rules.by is None:
        return one_group(len(patients)), 0, None
    name = rules.by.name
    found = rules.coarse(rules.by, [rules.by.value_of(one) for one in patients])
    if found.how:
        changes.append(_change("coarsened", name, found.how))
    table = rules.table(name, "", found, one_group(len(patients)))
    n_missing = found.answers.count(None)
    if table is None:
        changes.append(_change("removed", name, _UNFIT))
        return one_group(len(patients)), n_missing, None
    groups = groups_of(found, table)
    if groups.joined:
        how = f"groups were joined: {'; '.join(groups.joined)}"
        changes.append(_change("joined", name, how))
    return groups, n_missing, table


def shared_tables(
    patients: Sequence[Subject[Any]],
    rules: Rules,
    groups: Groups,
    changes: list[SharedChange],
) -> Iterator[SharedTable]:
    """Yield the tables, and note what was done for each."""
    coarsened: set[str] = set()
    for field, visit, values in _counted(patients, rules):
        found = rules.coarse(field, values)
        if found.how and found.how not in coarsened:
            name = f"{field.name} at {visit}" if visit else field.name
            changes.append(_change("coarsened", name, found.how))
            coarsened.add(found.how)
        yield from _counts((field.name, visit), found, rules, groups, changes)


def _counts(
    of: tuple[str, str],
    found: Coarse,
    rules: Rules,
    groups: Groups,
    changes: list[SharedChange],
) -> Iterator[SharedTable]:
    """Yield the table of a field at a visit, if it can be shown, and note how."""
    field, visit = of
    name = f"{field} at {visit}" if visit else field
    table = rules.table(field, visit, found, groups)
    if table is None:
        changes.append(_change("removed", name, _UNFIT))
        return
    if table.n_hidden:
        how = "1 number" if table.n_hidden == 1 else f"{table.n_hidden} numbers"
        changes.append(_change("hidden", name, how))
    yield table


def _counted(
    patients: Sequence[Subject[Any]], rules: Rules
) -> Iterator[tuple[DeclaredField, str, list[Any]]]:
    """Yield each field (and visit) with the value of each patient."""
    for field in rules.fields:
        if field.name in rules.shareable.of_patient and field != rules.by:
            yield field, "", [field.value_of(patient) for patient in patients]
    of_visits = [f for f in rules.fields if f.name in rules.shareable.of_visit]
    if not of_visits:
        return
    for visit in rules.shareable.visits:
        seen = [patient.follow_up.at(visit) for patient in patients]
        for field in of_visits:
            yield field, str(visit.value), [field.value_of(one) for one in seen]
