"""The repeating form of events in a REDCap project, and its rows in an export."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import attrs

from iph._fields import DeclaredField
from iph.errors import InputError
from iph.protocol._protocol import Protocol
from iph.records._event_fields import event_field, event_fields
from iph.records._table import MISSING_CELLS, Table

EVENTS_FORM: Final = "adverse_events"
_INSTRUMENT: Final = "redcap_repeat_instrument"
_NAMES: Final = {
    "event": "adverse_event",
    "day": "adverse_event_day",
    "grade": "adverse_event_grade",
    "related": "adverse_event_related",
}
"""The columns of the table of events as the project calls them: names are unique."""


def form_fields(study: Protocol[Any]) -> tuple[DeclaredField, ...]:
    """Return the fields of the form; none if the study declares no events.

    Raises
    ------
    InputError
        If a field of the study has one of their names.
    """
    if not study.events:
        return ()
    own = {field.name for field in (*study.patient_fields, *study.assessment_fields)}
    taken = own.intersection(_NAMES.values())
    if taken:
        hint = "the form of events has fields of these names"
        names = ", ".join(sorted(taken))
        raise InputError("protocol", f"without a field {names}", study.title, hint)
    return tuple(
        event_field(_NAMES[field.name], field.declaration)
        for field in event_fields(study)
        if field.name in _NAMES
    )


def without_events(table: Table) -> Table:
    """Return an export without the rows of the form of events."""
    split = _Split.of(table)
    if split is None:
        return table
    kept = [p for p, name in enumerate(split.header) if name not in split.own]
    return attrs.evolve(
        table,
        header=tuple(table.header[place] for place in kept),
        rows=split.others(table.rows, kept),
    )


def events_of_records(table: Table) -> Table | None:
    """Return the rows of the form of events as a table of its own.

    None is returned if the export has no such form.
    """
    split = _Split.of(table)
    if split is None:
        return None
    names = {theirs: ours for ours, theirs in _NAMES.items()}
    places = {"patient_id": split.identifier}
    for place, name in enumerate(split.header):
        if name in names:
            places[names[name]] = place
    return attrs.evolve(
        table,
        name=f"{table.name}[{EVENTS_FORM}]",
        header=tuple(places),
        rows=split.events(table.rows, tuple(places.values())),
        remarks=(),
        not_read=(),
    )


@attrs.frozen
class _Split:
    """Where the form of events stands in an export."""

    header: tuple[str, ...]
    instrument: int
    identifier: int
    own: frozenset[str]

    @classmethod
    def of(cls, table: Table) -> "_Split | None":
        """Return where it stands; None if the export has no such form."""
        header = tuple(name.strip() for name in table.header)
        if _INSTRUMENT not in header or _NAMES["event"] not in header:
            return None
        identifier = header.index("patient_id") if "patient_id" in header else 0
        own = frozenset({*_NAMES.values(), f"{EVENTS_FORM}_complete"})
        return cls(header, header.index(_INSTRUMENT), identifier, own)

    def others(
        self, rows: Iterator[tuple[int, Sequence[Any]]] | Any, kept: Sequence[int]
    ) -> Iterator[tuple[int, Sequence[Any]]]:
        """Yield the rows of other forms."""
        for number, cells in rows:
            if not self._is_event(cells):
                rest = cells[len(self.header) :]
                yield number, [*(cells[p] for p in kept if p < len(cells)), *rest]

    def events(
        self, rows: Any, places: Sequence[int]
    ) -> Iterator[tuple[int, Sequence[Any]]]:
        """Yield the rows of events; a form that was opened and left empty is none."""
        for number, cells in rows:
            filled = (cells[p] not in MISSING_CELLS for p in places[1:])
            if self._is_event(cells) and any(filled):
                yield number, [cells[place] for place in places]

    def _is_event(self, cells: Sequence[Any]) -> bool:
        if len(cells) <= self.instrument:
            return False
        told = cells[self.instrument]
        return isinstance(told, str) and told.strip() == EVENTS_FORM
