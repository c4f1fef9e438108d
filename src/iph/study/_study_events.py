"""The events of the patients analyzed, in the columns of the tables of a study."""

from typing import Any, Final

import attrs

from iph.protocol._protocol import Protocol
from iph.study._characteristics import Characteristic
from iph.study._count import Counting
from iph.study._event_table import EventTable, check_events, table_of
from iph.study._parts import Unavailable, not_asked, not_of_counts

_PART: Final = "Complications and adverse events"
_NO_TABLE: Final = (
    "the protocol declares events, and no table of events was given; that is not the "
    "same as none having happened"
)


def study_events(
    source: Counting | None, by: Characteristic | None, protocol: Protocol[Any]
) -> EventTable | Unavailable:
    """Count the events; that no table of them was given is not that there were none."""
    if source is None:
        return not_of_counts(_PART) if protocol.events else not_asked(_PART)
    given = source.cohort.events
    if not protocol.events and not given:
        return not_asked(_PART)
    if given is None:
        return Unavailable(part=_PART, reason=_NO_TABLE, missing=())
    check_events(given, source.cohort, protocol)
    names = [patient.patient_id for patient in source.patients]
    members = [("overall", frozenset(names))]
    title, ungrouped = "", 0
    if by is not None:
        found = list(by.column(source.columns).listed())
        title, ungrouped = by.label, found.count(None)
        for level, label in zip(by.levels, by.level_labels, strict=True):
            pairs = zip(names, found, strict=True)
            who = frozenset(name for name, value in pairs if value == level)
            if who:
                members.append((label, who))
    listed = [event for event in given if event.patient_id in members[0][1]]
    table = table_of(listed, protocol, members, (title, ungrouped))
    return attrs.evolve(table, n_of_others=len(given) - len(listed))
