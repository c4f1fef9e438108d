"""The events of the patients analyzed, in the columns of the tables of a study."""

from typing import Any

from iph.protocol._protocol import Protocol
from iph.study._characteristics import Characteristic
from iph.study._event_counts import TOLD
from iph.study._event_table import PART, EventTable, table_of
from iph.study._parts import Unavailable, not_asked
from iph.study._study_counts import StudyCounts, column


def study_events(
    counts: StudyCounts, by: Characteristic | None, protocol: Protocol[Any]
) -> EventTable | Unavailable:
    """Count the events; that no table of them was given is not that there were none."""
    if not protocol.events:
        return not_asked(PART)
    n, told = counts.table("records").total(), counts.table(*TOLD).total()
    if told < n:
        of = "" if not told else f" of {n - told} of {n} records"
        reason = (
            f"the protocol declares events, and no table of events{of} was given; that "
            "is not the same as none having happened"
        )
        return Unavailable(part=PART, reason=reason, missing=())
    sizes = column(counts.table("columns"), 0)
    if by is None:
        return table_of(counts.tables, protocol, sizes, ("", ()))
    levels = zip(by.levels, by.level_labels, strict=True)
    return table_of(counts.tables, protocol, sizes, (by.label, levels))
