"""Complications and adverse events: how many patients had which, by group."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
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
from iph.study._event_counts import (
    ANY,
    OF_OTHERS,
    Counts,
    Path,
    asks_relation,
    check_events,
    count_events,
    grades_of,
    path_of,
)

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
        If an event is of nobody in the cohort, or none of the protocol, or has a grade
        that is none of its scale; if the protocol declares none, or has nothing of the
        name in `by`.

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
    instance(protocol, "protocol", Protocol, "a Protocol, such as LI_2023_PROTOCOL")
    check_events(listed, cohort, protocol)
    name = protocol.group if by is None else by
    groups = [] if name is None else _groups(protocol, name)
    group_of = {
        patient.patient_id: None if name is None else protocol.lookup_of(patient)(name)
        for patient in cohort
    }
    title = "" if name is None else protocol.patient_declarations[name].label
    tables = count_events(listed, protocol, group_of)
    return table_of(tables, protocol, Counter(group_of.values()), (title, groups))


def table_of(
    tables: Mapping[Path, Counts],
    protocol: Protocol[Any],
    sizes: Mapping[Any, int],
    group: tuple[str, Iterable[tuple[Any, str]]],
) -> EventTable:
    """Make the table of counted events, given the patients of each group.

    `group` is what it is grouped by, in print, and its levels with their labels; a
    level that nobody has gets no column.
    """
    title, levels = group
    levels = [(level, label) for level, label in levels if sizes.get(level)]
    n = sum(sizes.values())
    columns = [_Column(n), *(_Column(sizes[level], level) for level, _ in levels)]
    asked = asks_relation(protocol)
    every = EventRule(name="any", label="Any event", related=asked)
    ungraded: Counts = Counter()
    for (times, told, of_group), many in tables.get(ANY, {}).items():
        ungraded[times, None, told, of_group] += many
    return EventTable(
        group=title,
        columns=("overall", *(label for _, label in levels)),
        sizes=tuple(column.n for column in columns),
        n_ungrouped=n - sum(column.n for column in columns[1:]) if title else 0,
        any_event=_row(every, ungraded, columns),
        rows=tuple(
            _row(rule, tables.get(path_of(rule), Counter()), columns)
            for rule in protocol.events
        ),
        n_of_others=sum(tables.get(OF_OTHERS, {}).values()),
    )


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


@attrs.frozen
class _Column:
    """The patients of a column: those of one group, or all."""

    n: int
    level: Any = None

    def cells(self, table: Counts) -> Iterator[tuple[tuple[Any, ...], int]]:
        """Yield how often, how severe and whether related, and how many patients."""
        for (*told, group), n in table.items():
            if self.level is None or group == self.level:
                yield tuple(told), n


def _row(rule: EventRule, table: Counts, columns: Iterable[_Column]) -> EventRow:
    return EventRow(
        name=rule.name,
        label=rule.label,
        grades=tuple(label_of(grade) for grade in rule.grades or ()),
        cells=tuple(_cell(rule, table, column) for column in columns),
    )


def _cell(rule: EventRule, table: Counts, column: _Column) -> EventCell:
    """Count the patients of a column with an event."""
    n_events = n_patients = 0
    worst: Counter[int | None] = Counter()
    related: Counter[bool | None] = Counter()
    for (times, grade, told), n in column.cells(table):
        n_events += times * n
        n_patients += n
        worst[grade] += n
        related[told] += n
    return EventCell(
        n=column.n,
        n_patients=n_patients,
        n_events=n_events,
        share=proportion(n_patients, column.n, method="clopper-pearson"),
        by_grade=tuple(worst[grade] for grade in grades_of(rule)),
        n_ungraded=0 if rule.grades is None else worst[None],
        n_related=related[True] if rule.related else None,
        n_relation_unknown=related[None] if rule.related else None,
    )
