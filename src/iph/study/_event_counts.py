"""Patients counted by their events: how often, how severe, and whether related."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, Final

from iph._cohort import Cohort
from iph._event import Event
from iph.errors import InputError
from iph.protocol._events import EventRule
from iph.protocol._protocol import Protocol

Path = tuple[str, ...]
Counts = Counter[tuple[Any, ...]]

ANY: Final = ("events",)
"""The table of patients with any event: how many, whether related, and the group."""

TOLD: Final = ("events told",)
"""The table of how many records there are with a table of events beside them."""

OF_OTHERS: Final = ("events of others",)
"""The table of how many events are of patients who are not analyzed."""


def path_of(rule: EventRule) -> Path:
    """Name the table of patients with an event.

    It counts them by how often they had it, the worst grade, whether it was related to
    the treatment, and their group.
    """
    return ("event", rule.name)


def asks_relation(protocol: Protocol[Any]) -> bool:
    """Whether a study asks of any event if it was related to the treatment."""
    return any(rule.related for rule in protocol.events)


def check_events(
    events: Sequence[Event], cohort: Cohort[Any], protocol: Protocol[Any]
) -> None:
    """Refuse events of nobody, and what the protocol does not declare."""
    if not protocol.events:
        hint = "add a table [events] to the study file, or events= in Python"
        raise InputError("protocol", "one that declares events", protocol.title, hint)
    patients = {patient.patient_id for patient in cohort}
    rules = {rule.name: rule for rule in protocol.events}
    nobody = sorted({e.patient_id for e in events} - patients)
    if nobody:
        raise InputError("events", "of patients of the cohort", ", ".join(nobody))
    others = sorted({e.event for e in events} - rules.keys())
    if others:
        rule = f"one of the events of the protocol: {', '.join(rules)}"
        raise InputError("events", rule, ", ".join(others))
    scales = {name: grades_of(rule) for name, rule in rules.items()}
    odd = sorted(
        {
            f"{e.event}: {e.grade}"
            for e in events
            if e.grade is not None and e.grade not in scales[e.event]
        }
    )
    if odd:
        raise InputError("events", "graded as the protocol declares", ", ".join(odd))


def grades_of(rule: EventRule) -> tuple[int, ...]:
    """Return the grades that an event can have."""
    return tuple(int(grade.value) for grade in rule.grades or ())


def count_events(
    events: Iterable[Event],
    protocol: Protocol[Any],
    group_of: Mapping[str, Hashable],
) -> dict[Path, Counts]:
    """Count the patients with each event; those who have a group are counted."""
    of_patient: dict[str, list[Event]] = {}
    n_others = 0
    for event in events:
        if event.patient_id in group_of:
            of_patient.setdefault(event.patient_id, []).append(event)
        else:
            n_others += 1
    asks = {rule.name for rule in protocol.events if rule.related}
    found: dict[Path, Counts] = {path_of(rule): Counter() for rule in protocol.events}
    found[ANY] = Counter()
    for name, mine in of_patient.items():
        group = group_of[name]
        for rule in protocol.events:
            same = [e for e in mine if e.event == rule.name]
            if same:
                worst = max(
                    (e.grade for e in same if e.grade is not None), default=None
                )
                told = _relation(same) if rule.related else None
                found[path_of(rule)][len(same), worst, told, group] += 1
        asked = [e for e in mine if e.event in asks]
        told = _relation(asked) if asks else None
        found[ANY][len(mine), told, group] += 1
    found[OF_OTHERS] = Counter({(): n_others} if n_others else {})
    return found


def _relation(events: Iterable[Event]) -> bool | None:
    """Whether any was related; None if none is known to be, and one is not told."""
    told = {event.related for event in events}
    return True if True in told else None if None in told else False


def counted_events(
    cohort: Cohort[Any], protocol: Protocol[Any], groups: Iterable[tuple[str, Hashable]]
) -> dict[Path, Counts]:
    """Count the events of a cohort, if a table of them was given.

    `groups` are the patients who are analyzed, each with its group.
    """
    given = cohort.events
    if given is None or not (protocol.events or given):
        return {}
    check_events(given, cohort, protocol)
    told = Counter({(): len(cohort)} if cohort.patients else {})
    return {TOLD: told, **count_events(given, protocol, dict(groups))}
