"""The classes of a study file: what its patients are, and what is seen at a visit."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import attrs

from iph._course import DIED_DAY, SeenAt
from iph._fields import KEY, Declaration, Kind, declared_fields
from iph._follow_up import Assessment
from iph._model import Patient
from iph._subject import Subject, seen_fields
from iph.protocol._file_fields import Declared, declared_fields_of, time_declaration
from iph.protocol._file_visits import schedule_of
from iph.protocol._made_classes import class_name, made_record
from iph.protocol._shape import FLAWED
from iph.protocol._times import TIME_UNITS, TimeUnit
from iph.protocol._told import Told

if TYPE_CHECKING:
    from iph.protocol._protocol import Protocol

_DAY: Final = {f.name: f.declaration for f in declared_fields(SeenAt)}["day"]
_Fields = tuple[tuple[str, Declaration], ...]


@attrs.frozen
class FileClasses:
    """The class of the patients of a file, and fields whose declaration is wrong."""

    patient: type[Subject[Any]]
    flawed: frozenset[str]


def classes_of(
    data: Mapping[str, Any], base: "Protocol[Any] | None", told: Told
) -> FileClasses:
    """Make the classes of a file; a field that has an error is left out of them."""
    unit = _unit(data, base, told)
    tables = {role: _table(data, role) for role in ("patient", "at_visit")}
    if base is not None:
        known = {
            "patient": {field.name for field in base.patient_fields},
            "at_visit": {field.name for field in base.assessment_fields},
        }
        tables = {
            role: _not_again(role, table, known[role], told)
            for role, table in tables.items()
        }
    own = {
        role: declared_fields_of(table, role, unit, told.tell)
        for role, table in tables.items()
    }
    _with_best(own["at_visit"], _table(data, "outcomes"))
    sound = {role: _sound(fields) for role, fields in own.items()}
    flawed = {n for fields in own.values() for n, d in fields.items() if d is FLAWED}
    name = class_name(_word(data, "condition", base.condition if base else "study"))
    if base is not None:
        patient = _based(data, name, sound, unit, told)
    else:
        patient = _own(data, name, sound, unit, told)
    return FileClasses(patient, frozenset(flawed))


def _table(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = data.get(key, {})
    return found if isinstance(found, dict) else {}


def _word(data: Mapping[str, Any], key: str, default: str) -> str:
    found = data.get(key, default)
    return found if isinstance(found, str) else default


def _unit(
    data: Mapping[str, Any], base: "Protocol[Any] | None", told: Told
) -> TimeUnit:
    name = _word(data, "time_unit", "days")
    if base is not None and name != base.time_unit:
        problem = f"the protocol below counts in {base.time_unit}"
        told.tell(("time_unit",), problem, "remove the line")
        return TIME_UNITS[base.time_unit]
    return TIME_UNITS[name]


def _not_again(
    role: str, table: Mapping[str, Any], known: set[str], told: Told
) -> dict[str, Any]:
    """Return the fields that the base does not have; refuse another declaration."""
    for name, value in table.items():
        if name in known and value not in (True, {}):
            problem = f"{name} is a field of the protocol below already"
            hint = "leave its column empty" if value is False else "remove the line"
            told.tell((role, name), problem, hint)
    return {name: value for name, value in table.items() if name not in known}


def _with_best(seen: Declared, outcomes: Mapping[str, Any]) -> None:
    """Put the better end of each outcome into the declaration of its field."""
    for name, value in outcomes.items():
        declared = seen.get(name)
        best = value.get("better") if isinstance(value, dict) else None
        if isinstance(declared, Declaration) and declared.best is None:
            seen[name] = attrs.evolve(declared, best=best)


def _sound(fields: Declared) -> _Fields:
    return tuple((n, d) for n, d in fields.items() if isinstance(d, Declaration))


def _own(
    data: Mapping[str, Any],
    name: str,
    sound: Mapping[str, _Fields],
    unit: TimeUnit,
    told: Told,
) -> type[Subject[Any]]:
    """Make the classes of a study of its own."""
    always: list[tuple[str, Declaration]] = []
    if _table(data, "visits"):
        schedule = schedule_of(_table(data, "visits"), (), unit, told.tell)
        visit = Declaration(kind=Kind.CHOICE, label="Visit", options=schedule)
        always.append(("visit", visit))
    if unit.a_day > 1:
        always.append(("day", _in_unit(_DAY, unit, "Time since day zero")))
    seen = made_record("seen", f"{name}Assessment", (*always, *sound["at_visit"]))
    own = sound["patient"]
    if unit.a_day > 1:
        died = _in_unit(DIED_DAY[KEY], unit, "Time of death")
        course = made_record("course", f"{name}Course", (("died_day", died),))
        part = Declaration(
            kind=Kind.PART, label="Follow-up", part=course, required=True
        )
        own = (*own, ("follow_up", part))
    return made_record("patient", f"{name}Patient", own, seen)


def _in_unit(days: Declaration, unit: TimeUnit, label: str) -> Declaration:
    """Return the declaration of a time in days, in another unit."""
    low, high = days.low or 0, days.high or 0
    return time_declaration(
        unit, low=int(low) * unit.a_day, high=int(high) * unit.a_day, label=label
    )


def _based(
    data: Mapping[str, Any],
    name: str,
    sound: Mapping[str, _Fields],
    unit: TimeUnit,
    told: Told,
) -> type[Subject[Any]]:
    """Make the classes of a study that adds to those of Li et al. 2023."""
    seen: type[SeenAt] = Assessment
    visits = {f.name: f.declaration for f in seen_fields(Patient)}["visit"]
    always: list[tuple[str, Declaration]] = []
    if _table(data, "visits"):
        base: Any = visits.options
        schedule = schedule_of(_table(data, "visits"), base, unit, told.tell)
        always.append(("visit", attrs.evolve(visits, options=schedule)))
    if always or sound["at_visit"]:
        own = (*always, *sound["at_visit"])
        seen = made_record("li_2023 seen", f"{name}Assessment", own)
    if seen is Assessment and not sound["patient"]:
        return Patient
    return made_record("li_2023 patient", f"{name}Patient", sound["patient"], seen)
