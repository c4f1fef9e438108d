"""What counts as recovered, as the protocol says it."""

from collections.abc import Callable, Mapping
from functools import partial
from operator import itemgetter
from types import MappingProxyType
from typing import Any, Final

import attrs

from iph._categories import ScheduledVisit
from iph._course import SeenAt, in_time
from iph._display import Displayed
from iph._subject import Subject, fields_by_name
from iph.protocol._li2023 import LI_2023_PROTOCOL
from iph.protocol._outcomes import EndpointRule, Form
from iph.protocol._protocol import Protocol


@attrs.frozen(kw_only=True)
class Seen(Displayed):
    """What one assessment shows of an outcome.

    Attributes
    ----------
    day : int
        The day since the start of treatment.
    reached : bool
        Whether the outcome was reached then.
    visit : ScheduledVisit or None
        The scheduled visit; None outside the schedule.
    """

    day: int
    reached: bool
    visit: ScheduledVisit | None = None


@attrs.frozen
class Endpoint(Displayed):
    """An outcome that a patient reaches or not.

    Parameters
    ----------
    name : str
        The name by which it is chosen.
    label : str
        The outcome in words.
    seen : callable
        Takes a patient and returns what is known of the outcome, one `Seen` an
        assessment, in the order of time; nothing after an event that competes with it.
    recorded_days : bool
        Whether the days are those on which the outcome came or was stated, and not days
        of scheduled visits.
    """

    name: str
    label: str
    seen: Callable[[Any], tuple[Seen, ...]]
    recorded_days: bool = False


def endpoint_of(protocol: Protocol[Any], rule: EndpointRule) -> Endpoint:
    """Return an endpoint of a protocol, as patients are asked for it."""
    make = {"visits": _assessed, "recorded": _recorded, "stated": _stated}[rule.form]
    seen = make(protocol, rule)
    if rule.competing:
        seen = _until(seen, partial(competing_event, protocol, rule), rule.form)
    return Endpoint(rule.name, rule.label, seen, recorded_days=rule.form != "visits")


def competing_event(
    protocol: Protocol[Any], rule: EndpointRule, patient: Subject[Any]
) -> tuple[int, str] | None:
    """Return the day and the name of the declared event that came first.

    Of two on one day, it is the one that is declared first. None comes after death.
    """
    fields = fields_by_name(protocol.patient)
    had = [(fields[one.at].value_of(patient), one.label) for one in rule.competing]
    days = [(day, label) for day, label in had if day is not None]
    return min(days, key=itemgetter(0), default=None)


SeenOf = Callable[[Subject[Any]], tuple[Seen, ...]]


def _until(
    seen: SeenOf, event: Callable[[Subject[Any]], tuple[int, str] | None], form: Form
) -> SeenOf:
    """Take away what came after the event; a recorded time ends with it."""

    def before(patient: Subject[Any]) -> tuple[Seen, ...]:
        first, found = event(patient), seen(patient)
        kept = tuple(one for one in found if first is None or one.day <= first[0])
        if first is None or form == "visits" or len(kept) == len(found):
            return kept
        # What was recorded later says that nothing had come by then; a statement that
        # it was reached does not say when.
        known = form == "recorded" or not found[-1].reached
        if known and kept[-1].day < first[0]:
            return (*kept, Seen(day=first[0], reached=False))
        return kept

    return before


def _assessed(protocol: Protocol[Any], rule: EndpointRule) -> SeenOf:
    """Return what the assessments of known day and state show."""
    of_any = None if protocol.asks_change(rule) else protocol.reached(rule)

    def seen(patient: Subject[Any]) -> tuple[Seen, ...]:
        course = patient.follow_up
        reached: Callable[[SeenAt], bool | None]
        reached = of_any or protocol.reached(rule, patient=patient)
        return tuple(
            Seen(day=day, reached=state, visit=assessment.visit)
            for day, assessment in in_time(course)
            if (state := reached(assessment)) is not None
        )

    return seen


def _dated(
    protocol: Protocol[Any], rule: EndpointRule
) -> Callable[[Subject[Any]], tuple[bool, int] | None]:
    """Return what finds whether an endpoint was reached, and the time that says so."""
    reached = protocol.reached(rule)
    field = fields_by_name(protocol.patient)[str(rule.at or rule.seen_by)]

    def dated(patient: Subject[Any]) -> tuple[bool, int] | None:
        state, day = reached(patient), field.value_of(patient)
        return None if state is None or day is None or day <= 0 else (state, day)

    return dated


def _recorded(protocol: Protocol[Any], rule: EndpointRule) -> SeenOf:
    """Read a time that was recorded: exact, so that nothing came the unit before."""
    dated, start = _dated(protocol, rule), protocol.baseline

    def seen(patient: Subject[Any]) -> tuple[Seen, ...]:
        found = dated(patient)
        if found is None:
            return ()
        state, day = found
        before = [Seen(day=0, reached=False, visit=start)]
        if state and day > 1:
            before.append(Seen(day=day - 1, reached=False))
        return (*before, Seen(day=day, reached=state))

    return seen


def _stated(protocol: Protocol[Any], rule: EndpointRule) -> SeenOf:
    """Read recovery in words; who is said to recover, or not to, had a deficit."""
    dated, start = _dated(protocol, rule), protocol.baseline

    def seen(patient: Subject[Any]) -> tuple[Seen, ...]:
        found = dated(patient)
        if found is None:
            return ()
        state, day = found
        return (
            Seen(day=0, reached=False, visit=start),
            Seen(day=day, reached=state),
        )

    return seen


ENDPOINTS: Final[Mapping[str, Endpoint]] = MappingProxyType(
    {
        rule.name: endpoint_of(LI_2023_PROTOCOL, rule)
        for rule in LI_2023_PROTOCOL.endpoints
    }
)
"""The endpoints of Li et al. 2023 by name."""
