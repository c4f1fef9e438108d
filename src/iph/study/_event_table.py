"""Complications and adverse events: how many patients had which, by group."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import attrs

from iph._cohort import Cohort
from iph._display import Displayed
from iph._event import Event
from iph._fields import Declaration, Kind, label_of, sequence_of
from iph._options import instance
from iph.errors import InputError
from iph.protocol._events import EventRule
from iph.protocol._protocol import Protocol
from iph.stats._inference.result import Estimate
from iph.stats._tables.proportion import proportion

_GROUPING: Final = (Kind.CHOICE, Kind.YES_NO, Kind.GRADE)
_UNKNOWN: Final = "unknown"
PART: Final = "Complications and adverse events"


@attrs.frozen(kw_only=True)
class EventCell(Displayed):
    """One event in one column of the table.

    Attributes
    ----------
    n : int
        Patients of the column.
    n_patients : int
        Those who had the event, each once.
    n_events : int
        How often it happened.
    share : Estimate
        Patients with the event among all, with the exact interval of Clopper and
        Pearson.
    by_grade : tuple of int
        Patients by the worst grade that is recorded, in the order of the scale; empty
        if the event has no scale.
    n_ungraded : int
        Patients with the event and no grade recorded.
    n_related : int or None
        Patients with an event that was related to the treatment; None if the study
        does not ask.
    n_relation_unknown : int or None
        Patients with no event known to be related and one whose relation is missing.
    """

    n: int
    n_patients: int
    n_events: int
    share: Estimate
    by_grade: tuple[int, ...]
    n_ungraded: int
    n_related: int | None
    n_relation_unknown: int | None


@attrs.frozen(kw_only=True)
class EventRow(Displayed):
    """One event.

    Attributes
    ----------
    name, label : str
        The event, and what it is called in print.
    grades : tuple of str
        Its grades in words, in order.
    cells : tuple of EventCell
        Overall first, then one a group.
    """

    name: str
    label: str
    grades: tuple[str, ...]
    cells: tuple[EventCell, ...]


@attrs.frozen(kw_only=True)
class EventTable(Displayed):
    """Complications and adverse events of a cohort.

    Attributes
    ----------
    group : str
        What it is grouped by, in print; empty if it is not.
    columns : tuple of str
        ``"overall"``, then the groups.
    sizes : tuple of int
        Patients in each column.
    n_ungrouped : int
        Patients whose group is not known: they count in the overall column alone.
    any_event : EventRow
        Patients with any of the events.
    rows : tuple of EventRow
        One an event, in the order of the protocol.
    n_of_others : int
        Events of patients who are not analyzed; they count in no column.
    rule : str
        How events were counted.
    """

    group: str
    columns: tuple[str, ...]
    sizes: tuple[int, ...]
    n_ungrouped: int
    any_event: EventRow
    rows: tuple[EventRow, ...]
    n_of_others: int = 0
    rule: str = (
        "A patient counts once for an event, by its worst grade; who has none in the "
        "table of events had none."
    )


def event_table(
    events: Iterable[Event],
    cohort: Cohort[Any],
    *,
    protocol: Protocol[Any],
    by: str | None = None,
) -> EventTable:
    """Count who had which complication or adverse event, overall and by group.

    How safe was the treatment, and was one arm safer than the other?

    Parameters
    ----------
    events : iterable of Event
        The table of events, as `iph.records.read_events` reads it.
    cohort : Cohort
        All patients who were asked for events, those without any as well.
    protocol : Protocol
        The study, which declares its events.
    by : str, optional
        A choice, yes/no or grade of the patient, or a value derived. The group of the
        protocol if not given.

    Returns
    -------
    EventTable
        With ``group``, ``columns``, ``sizes``, ``n_ungrouped``, ``any_event``,
        ``rows``, ``n_of_others`` and ``rule``.

    Raises
    ------
    InputError
        If an event is of nobody in the cohort, or none of the protocol; if the protocol
        declares none, or has nothing of the name in `by`.

    Notes
    -----
    A patient counts once for each event however often it happened, with the worst
    grade; ``n_events`` counts the events themselves, which are not independent. Groups
    are not tested: a small study that finds no difference has not shown safety. The
    upper limit of the interval [1]_ says what rate the data still allow; after 0 of n
    it is ``1 - 0.025 ** (1 / n)``.

    References
    ----------
    .. [1] Clopper CJ, Pearson ES. The use of confidence or fiducial limits illustrated
       in the case of the binomial. Biometrika 1934;26:404-413.
       :doi:`10.1093/biomet/26.4.404`

    Examples
    --------
    >>> import attrs
    >>> from iph import Cohort, Patient
    >>> from iph.protocol import LI_2023_PROTOCOL, EventRule
    >>> from iph.records import Event
    >>> from iph.study import event_table
    >>> bleeding = EventRule(name="bleeding", label="Another bleeding")
    >>> study = attrs.evolve(LI_2023_PROTOCOL, events=[bleeding])
    >>> cohort = Cohort([Patient(patient_id=f"P{n}") for n in range(28)])
    >>> table = event_table(
    ...     [Event(patient_id="P3", event="bleeding", day=4)], cohort, protocol=study
    ... )
    >>> cell = table.rows[0].cells[0]
    >>> cell.n_patients, cell.n, round(cell.share.high, 3)
    (1, 28, 0.183)
    """
    listed = sequence_of(events, Event, "events")
    given: object = cohort
    if not isinstance(given, Cohort):
        raise InputError("cohort", "a Cohort", cohort)
    check_events(listed, cohort, protocol)
    name = protocol.group if by is None else by
    groups = [] if name is None else _groups(protocol, name)
    members: list[tuple[str, frozenset[str]]] = [
        ("overall", frozenset(patient.patient_id for patient in cohort))
    ]
    ungrouped, title = 0, ""
    if name is not None:
        title = protocol.patient_declarations[name].label
        code = {p.patient_id: protocol.lookup_of(p)(name) for p in cohort}
        for level, label in groups:
            who = frozenset(one for one, found in code.items() if found == level)
            if who:
                members.append((label, who))
        ungrouped = sum(found in {None, _UNKNOWN} for found in code.values())
    return table_of(listed, protocol, members, (title, ungrouped))


def table_of(
    events: Sequence[Event],
    protocol: Protocol[Any],
    members: Sequence[tuple[str, frozenset[str]]],
    group: tuple[str, int],
) -> EventTable:
    """Count the events in columns, of each of which the patients are known."""
    columns = [who for _, who in members]
    return EventTable(
        group=group[0],
        columns=tuple(label for label, _ in members),
        sizes=tuple(map(len, columns)),
        n_ungrouped=group[1],
        any_event=_any_event(events, protocol, columns),
        rows=tuple(_row(rule, events, columns) for rule in protocol.events),
    )


def check_events(
    events: Sequence[Event], cohort: Cohort[Any], protocol: Protocol[Any]
) -> None:
    """Refuse events of nobody, and events that the protocol does not have."""
    instance(protocol, "protocol", Protocol, "a Protocol, such as LI_2023_PROTOCOL")
    if not protocol.events:
        hint = "add a table [events] to the study file, or events= in Python"
        raise InputError("protocol", "one that declares events", protocol.title, hint)
    patients = {patient.patient_id for patient in cohort}
    names = [rule.name for rule in protocol.events]
    nobody = sorted({e.patient_id for e in events} - patients)
    if nobody:
        raise InputError("events", "of patients of the cohort", ", ".join(nobody))
    others = sorted({e.event for e in events} - {*names})
    if others:
        rule = f"one of the events of the protocol: {', '.join(names)}"
        raise InputError("events", rule, ", ".join(others))


def _groups(protocol: Protocol[Any], name: str) -> list[tuple[Any, str]]:
    """Return the codes of a group with their labels, the comparison first."""
    known = protocol.patient_declarations
    declared = known.get(str(name))  # an array would compare with each name
    if declared is None or declared.kind not in _GROUPING:
        names = [
            n for n, d in protocol.patient_declarations.items() if d.kind in _GROUPING
        ]
        raise InputError("by", f"one of: {', '.join(names)}", name)
    levels = _levels(declared)
    if name == protocol.group and protocol.group_reference is not None:
        first = protocol.group_reference
        code = _yes_no if declared.kind is Kind.YES_NO else str
        levels.sort(key=lambda level: code(level[0]) != first)
    return levels


def _yes_no(answer: Any) -> str:
    return "yes" if answer else "no"


def _levels(declared: Declaration) -> list[tuple[Any, str]]:
    if declared.kind is Kind.YES_NO:
        return [(False, "no"), (True, "yes")]
    options = [one for one in declared.options or () if one.value != _UNKNOWN]
    return [(one.value, label_of(one)) for one in options]


def _any_event(
    events: Sequence[Event],
    protocol: Protocol[Any],
    columns: Sequence[frozenset[str]],
) -> EventRow:
    """Count patients with any event; scales of different events are not mixed."""
    asked = any(rule.related for rule in protocol.events)
    every = EventRule(name="any", label="Any event", related=asked)
    with_relation = {rule.name for rule in protocol.events if rule.related}
    counted = [
        e if e.event in with_relation else attrs.evolve(e, related=False)
        for e in events
    ]
    cells = tuple(_cell(every, counted, who) for who in columns)
    return EventRow(name=every.name, label=every.label, grades=(), cells=cells)


def _row(
    rule: EventRule, events: Sequence[Event], columns: Sequence[frozenset[str]]
) -> EventRow:
    mine = [event for event in events if event.event == rule.name]
    return EventRow(
        name=rule.name,
        label=rule.label,
        grades=tuple(label_of(grade) for grade in rule.grades or ()),
        cells=tuple(_cell(rule, mine, who) for who in columns),
    )


def _cell(rule: EventRule, events: Sequence[Event], who: frozenset[str]) -> EventCell:
    of_patient: dict[str, list[Event]] = {}
    for event in events:
        if event.patient_id in who:
            of_patient.setdefault(event.patient_id, []).append(event)
    worst = [
        max((e.grade for e in mine if e.grade is not None), default=None)
        for mine in of_patient.values()
    ]
    n, with_event = len(who), len(of_patient)
    return EventCell(
        n=n,
        n_patients=with_event,
        n_events=sum(map(len, of_patient.values())),
        share=proportion(with_event, n, method="clopper-pearson"),
        by_grade=tuple(worst.count(int(grade.value)) for grade in rule.grades or ()),
        n_ungraded=0 if rule.grades is None else worst.count(None),
        n_related=_patients(rule, of_patient, lambda told: True in told),
        n_relation_unknown=_patients(
            rule, of_patient, lambda told: True not in told and None in told
        ),
    )


def _patients(
    rule: EventRule,
    of_patient: dict[str, list[Event]],
    test: Callable[[set[bool | None]], bool],
) -> int | None:
    """Count the patients by what is told of the relation; None if nobody is asked."""
    if not rule.related:
        return None
    return sum(test({e.related for e in mine}) for mine in of_patient.values())
