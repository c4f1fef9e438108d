"""The days that a study records beside its visits, none of which comes after death."""

from collections.abc import Iterator
from typing import Any

from iph._bound import Bound
from iph._fields import DeclaredField
from iph._subject import Subject, fields_by_name
from iph.protocol._protocol import Protocol


def recorded_days(protocol: Protocol[Any]) -> tuple[DeclaredField, ...]:
    """Return the fields with the day of an endpoint, or of what competes with one."""
    names: dict[str, None] = {}
    for rule in protocol.endpoints:
        if not rule.of_visits:
            names[str(rule.at or rule.seen_by)] = None
        names |= dict.fromkeys(event.at for event in rule.competing)
    fields = fields_by_name(protocol.patient)
    return tuple(fields[name] for name in names)


def days_after_death(
    fields: tuple[DeclaredField, ...], patient: Subject[Any]
) -> Iterator[tuple[str, int]]:
    """Yield the fields whose day is later than that of death, with the day."""
    died = patient.follow_up.died_day
    for field in fields if died is not None else ():
        day = field.value_of(patient)
        if day is not None and not isinstance(day, Bound) and day > died:
            yield field.name, day
