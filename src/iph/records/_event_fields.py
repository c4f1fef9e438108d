"""The columns of a table of events, as a protocol declares them."""

import enum
from collections.abc import Iterable
from typing import Any, Final

from iph import _fields
from iph._event import Event
from iph._fields import Declaration, DeclaredField
from iph.protocol._events import EventRule
from iph.protocol._made_classes import made_options
from iph.protocol._protocol import Protocol

EVENTS_SHEET: Final = "events"
NEEDED: Final = ("patient_id", "event")
COLUMNS: Final = ("patient_id", "event", "day", "grade", "related")


def event_fields(protocol: Protocol[Any]) -> tuple[DeclaredField, ...]:
    """Return the columns in order: grade and relation only where an event has them."""
    names = tuple((rule.name, rule.label) for rule in protocol.events)
    declared: dict[str, Declaration] = {
        "patient_id": _of(_fields.identifier("Patient")),
        "event": _of(_fields.choice("Event", made_options("choice", "event", names))),
        "day": protocol.assessment_declarations["day"],
    }
    if any(rule.grades is not None for rule in protocol.events):
        declared["grade"] = _one_grade(protocol.events)
    if any(rule.related for rule in protocol.events):
        declared["related"] = _of(_fields.yes_no("Related to the treatment"))
    return tuple(event_field(name, found) for name, found in declared.items())


def event_rows(events: Iterable[Event]) -> list[list[Any]]:
    """Return the header and one row an event; columns that none has are left out."""
    rows = [[getattr(one, name) for name in COLUMNS] for one in events]
    kept = [
        place
        for place, name in enumerate(COLUMNS)
        if name in NEEDED or any(row[place] is not None for row in rows)
    ]
    return [[row[place] for place in kept] for row in ([*COLUMNS], *rows)]


def event_field(name: str, declaration: Declaration) -> DeclaredField:
    """Return a column of the table."""
    return DeclaredField(
        name=name, path=(name,), owner=EventRule, declaration=declaration
    )


def grade_of(rule: EventRule) -> Declaration | None:
    """Return what the grade of an event may be; None if it has none."""
    return None if rule.grades is None else _graded(rule.grades)


def _graded(grades: type[enum.Enum]) -> Declaration:
    return _of(_fields.grade("Grade", grades, best="low"))


def _one_grade(rules: tuple[EventRule, ...]) -> Declaration:
    """Return one declaration for the grades of all events: a number if they differ."""
    scales = {rule.grades for rule in rules if rule.grades is not None}
    if len(scales) == 1:
        return _graded(scales.pop())
    numbers = [int(one.value) for scale in scales for one in scale]
    note = "each event has a scale of its own"
    low, high = min(numbers), max(numbers)
    return _of(_fields.quantity("Grade", low=low, high=high, step=1, note=note))


def _of(metadata: dict[str, Declaration]) -> Declaration:
    return metadata[_fields.KEY]
