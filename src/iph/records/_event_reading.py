"""The table of events, read with every error at once."""

import os
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import attrs

from iph._cohort import Cohort
from iph._event import Event
from iph._fields import DeclaredField
from iph._options import instance, pathname
from iph.errors import FieldError, FileError, InputError, NotReadWarning
from iph.protocol._events import EventRule
from iph.protocol._protocol import Protocol
from iph.records._cells import read_cell
from iph.records._event_fields import (
    EVENTS_SHEET,
    NEEDED,
    event_field,
    event_fields,
    grade_of,
)
from iph.records._formulas import rearmed
from iph.records._json import json_events
from iph.records._mapping import ColumnMapping
from iph.records._report import RecordError, RecordErrors, shown
from iph.records._sources import (
    SOURCES,
    asked_of,
    events_beside,
    events_of_export,
    tables_of,
)
from iph.records._study import checked, of_study, the_study
from iph.records._table import Table, is_empty
from iph.records._targets import Target, normal
from iph.records._template import header_of

_WORKBOOKS: Final = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"})


def read_events(
    path: str | os.PathLike[str],
    *,
    protocol: Protocol[Any],
    cohort: Cohort[Any] | None = None,
) -> tuple[Event, ...]:
    r"""Read the table of events of a study.

    Which complications and adverse events were there, when, how severe, and were they
    due to the treatment?

    Parameters
    ----------
    path : path
        A file with one row an event and the columns ``patient_id`` and ``event``, and
        ``day``, ``grade`` and ``related`` where they are recorded. In a workbook it is
        the sheet ``events``, as `template` makes it.
    protocol : Protocol
        The study, which declares its events.
    cohort : Cohort, optional
        Its patients. If given, an event of nobody, and one after death, is an error.

    Returns
    -------
    tuple of Event
        In the order of the rows.

    Raises
    ------
    RecordErrors
        If anything in the table is wrong; it lists every error.
    FileError
        If the file cannot be opened, or is no table at all.
    InputError
        If the protocol declares no event.

    Warns
    -----
    NotReadWarning
        If other columns hold something.

    See Also
    --------
    write_events : Write the table.
    iph.study.event_table : Who had which event, by group.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import attrs
    >>> from iph.protocol import LI_2023_PROTOCOL, EventRule
    >>> from iph.records import read_events
    >>> bleeding = EventRule(name="bleeding", label="Another bleeding", related=True)
    >>> study = attrs.evolve(LI_2023_PROTOCOL, events=[bleeding])
    >>> folder = tempfile.TemporaryDirectory()
    >>> file = Path(folder.name) / "events.csv"
    >>> size = file.write_text("patient_id,event,day,related\nP01,bleeding,12,no\n")
    >>> read_events(file, protocol=study)
    (Event(patient_id='P01', event='bleeding', day=12, grade=None, related=False),)
    >>> folder.cleanup()
    """
    study = checked(protocol)
    if not study.events:
        hint = "add a table [events] to the study file, or events= in Python"
        raise InputError("protocol", "one that declares events", study.title, hint)
    file = pathname(path)
    with of_study(study):
        reading = _Reading(study, _table(file), cohort)
        events = reading.events()
    if reading.errors:
        raise RecordErrors(tuple(reading.errors), str(file))
    if reading.not_read:
        warnings.warn(NotReadWarning(str(file), reading.not_read), stacklevel=2)
    return events


@attrs.frozen(kw_only=True)
class FoundEvents:
    """The table of events that belongs to some patients.

    Attributes
    ----------
    events : tuple of Event or None
        The events; None if there is no table.
    errors : tuple of RecordError
        What is wrong in it.
    not_read : tuple of str
        What holds something and was not used.
    """

    events: tuple[Event, ...] | None = None
    errors: tuple[RecordError, ...] = ()
    not_read: tuple[str, ...] = ()


NO_EVENTS: Final = FoundEvents()


def events_of_file(
    path: Path, events: Path | None, cohort: Cohort[Any] | None
) -> FoundEvents:
    """Read the events of the patients of a file, from it or from one beside it.

    Raises
    ------
    FileError
        If the file of events cannot be opened, or is no table.
    """
    study = the_study()
    if not study.events:
        if events is not None:
            raise InputError("events", "None for a study that declares none", events)
        return NO_EVENTS
    table = _table(events) if events is not None else _own_table(path)
    return NO_EVENTS if table is None else events_of_table(table, cohort)


def events_of_table(table: Table, cohort: Cohort[Any] | None) -> FoundEvents:
    """Read a table of events of the study that is open."""
    reading = _Reading(the_study(), table, cohort)
    events = reading.events()
    return FoundEvents(
        events=events, errors=tuple(reading.errors), not_read=reading.not_read
    )


def _own_table(path: Path) -> Table | None:
    """Return the table of events that a file brings; None if it brings none."""
    kind = path.suffix.casefold()
    if kind == ".json":
        return json_events(path)
    if kind in _WORKBOOKS:
        try:
            return _table(path)
        except FileError:
            return None  # there is no such sheet, or it is empty
    beside = events_beside(path)
    if beside is not None:
        return _table(beside)
    return events_of_export(path)


def _table(path: Path) -> Table:
    kind = path.suffix.casefold()
    if kind == ".json" or kind not in SOURCES:
        kinds = ", ".join(one for one in SOURCES if one != ".json")
        problem = f"the ending {path.suffix or '(none)'} is none of a table of events"
        raise FileError(str(path), problem, f"it must be one of {kinds}")
    sheet = EVENTS_SHEET if kind in _WORKBOOKS else None
    asked = asked_of(ColumnMapping(), sheet=sheet)
    return tables_of(path, asked, assessments=None)[0]


class _Reading:
    """One reading of a table of events, with all that is wrong in it."""

    def __init__(
        self, protocol: Protocol[Any], table: Table, cohort: Cohort[Any] | None
    ) -> None:
        self._table = table
        self._rules = {rule.name: rule for rule in protocol.events}
        self._fields = {field.name: field for field in event_fields(protocol)}
        self._last_days = _last_days(cohort)
        self._places = _places(table.header, self._fields)
        self.errors: list[RecordError] = []
        self.not_read: tuple[str, ...] = table.not_read
        for name in NEEDED:
            if name not in self._places:
                self._lacks(name)

    def events(self) -> tuple[Event, ...]:
        """Return the events of the rows that hold any."""
        if self.errors:  # without its columns no row can be understood
            return ()
        unknown = [
            place
            for place, _ in enumerate(self._table.header)
            if place not in self._places.values()
        ]
        found: list[Event] = []
        filled: set[int] = set()
        for row, cells in self._table.rows:
            filled |= {p for p in unknown if p < len(cells) and not is_empty(cells[p])}
            given = {
                name: self._plain(cells[place])
                for name, place in self._places.items()
                if place < len(cells) and not is_empty(cells[place])
            }
            made = self._event(row, given) if given else None
            if made is not None:
                found.append(made)
        said = [
            f"column {self._table.header[place]} is none of a table of events"
            for place in sorted(filled)
        ]
        if self._table.strict:
            for place in sorted(filled):
                self._stranger(self._table.header[place])
        else:
            self.not_read = (*self.not_read, *said)
        return tuple(found)

    def _stranger(self, column: str) -> None:
        """Refuse a column that is none of a table of events."""
        self.errors.append(
            RecordError(
                row=None,
                column=column,
                value="",
                rule=f"one of: {', '.join(self._fields)}",
                hint="",
                table=self._table.name,
                name="column-known",
            )
        )

    def _lacks(self, name: str) -> None:
        self.errors.append(
            RecordError(
                row=self._table.header_row or None,
                column=name,
                value="",
                rule=f"the table needs the column {name}",
                hint="name the columns as in a template",
                table=self._table.name,
                name="column-missing",
            )
        )

    def _plain(self, cell: Any) -> Any:
        if self._table.literal or not isinstance(cell, str):
            return cell
        return rearmed(cell)

    def _event(self, row: int, given: Mapping[str, Any]) -> Event | None:
        before = len(self.errors)
        for name in NEEDED:
            if name not in given:
                self._wrong(row, name, "", "a value in every row")
        read = {
            name: self._cell(row, self._fields[name], given[name])
            for name in ("patient_id", "event", "day", "related")
            if name in given
        }
        option = read.get("event")
        rule = None if option is None else self._rules[option.value]
        if rule is not None:
            read["event"] = rule.name
            self._check_asked(row, rule, given)
            declared = grade_of(rule)
            if declared is not None and "grade" in given:
                grade = self._cell(row, event_field("grade", declared), given["grade"])
                read["grade"] = None if grade is None else int(grade)
        self._check_patient(row, read)
        return None if len(self.errors) > before else Event(**read)

    def _cell(self, row: int, field: DeclaredField, raw: Any) -> Any:
        try:
            return read_cell(Target(field=field), raw).value
        except FieldError as refused:
            self._wrong(row, field.name, raw, refused.rule, refused.hint)
            return None

    def _check_asked(self, row: int, rule: EventRule, given: Mapping[str, Any]) -> None:
        """Refuse an answer that the protocol does not ask for of this event."""
        if rule.grades is None and "grade" in given:
            wanted = f"empty: {rule.name} has no grades in the protocol"
            self._wrong(row, "grade", given["grade"], wanted)
        if not rule.related and "related" in given:
            wanted = f"empty: the protocol does not ask it of {rule.name}"
            self._wrong(row, "related", given["related"], wanted)

    def _check_patient(self, row: int, read: Mapping[str, Any]) -> None:
        """Refuse an event of nobody, and one after death."""
        name, day = read.get("patient_id"), read.get("day")
        if self._last_days is None or name is None:
            return
        if name not in self._last_days:
            self._wrong(row, "patient_id", name, "a patient of the cohort")
            return
        died = self._last_days[name]
        if died is not None and day is not None and day > died:
            self._wrong(row, "day", day, f"no later than the day of death, {died}")

    def _wrong(self, row: int, name: str, raw: Any, rule: str, hint: str = "") -> None:
        header = self._table.header
        column = header[self._places[name]] if name in self._places else name
        self.errors.append(
            RecordError(
                row=row,
                column=column,
                value=shown(raw),
                rule=rule,
                hint=hint,
                table=self._table.name,
            )
        )


def _last_days(cohort: Cohort[Any] | None) -> dict[str, int | None] | None:
    if cohort is None:
        return None
    instance(cohort, "cohort", Cohort, "a Cohort, or None")
    return {patient.patient_id: patient.follow_up.died_day for patient in cohort}


def _places(
    header: Sequence[str], fields: Mapping[str, DeclaredField]
) -> dict[str, int]:
    """Return where each column stands, by its name or by its label."""
    names: dict[str, str] = {}
    for name, field in fields.items():
        for word in (name, field.declaration.label, header_of(field)):
            names.setdefault(normal(word), name)
    found: dict[str, int] = {}
    for place, column in enumerate(header):
        name = names.get(normal(column), "")
        if name:
            found.setdefault(name, place)
    return found
