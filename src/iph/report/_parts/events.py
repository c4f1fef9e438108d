"""Complications and adverse events: who had which, how severe, and by group."""

from collections.abc import Iterator

from iph.evidence._claims import Claim
from iph.report._document import Block
from iph.report._numbers import counted, decimal, exact, listing, share, share_interval
from iph.report._parts.claimed import Asked, counted_claims
from iph.report._parts.part import Material, Part, headed, of_study
from iph.report._phrases import capital, lowered, with_interval
from iph.report._sheet import Sheet, SheetRow
from iph.study._event_table import EventCell, EventRow, EventTable

_WHERE = "Complications and adverse events"


def _blocks(found: EventTable, material: Material) -> Iterator[Block]:
    yield events_sheet(found, counts_only=material.study.convenience)


def events_sheet(found: EventTable, *, counts_only: bool = False) -> Sheet:
    """Print how many patients had each event, by its worst grade, in each column."""
    heads = [
        f"{capital(column)} (n = {size})"
        for column, size in zip(found.columns, found.sizes, strict=True)
    ]
    rows: list[SheetRow] = []
    for row in (found.any_event, *found.rows):
        rows += _rows(row, counts_only=counts_only)
    notes = [
        (
            "Patients with the event, each once; in brackets how often it happened, "
            "if more often. A patient counts by the worst grade."
        ),
        (
            "The table of events was given: a patient who does not stand in it had "
            "none. The groups are not tested, since a small study that finds no "
            "difference has not shown safety."
            if found.group
            else "The table of events was given: a patient who does not stand in it "
            "had none."
        ),
    ]
    if found.n_ungrouped:
        notes.append(
            f"{found.group} was not known for "
            f"{counted(found.n_ungrouped, 'patient')}, who "
            f"{'counts' if found.n_ungrouped == 1 else 'count'} in the first column "
            "only."
        )
    if found.n_of_others:
        notes.append(
            f"{counted(found.n_of_others, 'event')} of patients who are not analyzed "
            f"{'is' if found.n_of_others == 1 else 'are'} left out."
        )
    by = f" by {found.group.lower()}" if found.group else ""
    return Sheet(
        name="events",
        title=f"{_WHERE}{by}",
        header=("Event", *heads),
        rows=tuple(rows),
        notes=tuple(notes),
    )


def _rows(row: EventRow, *, counts_only: bool) -> Iterator[SheetRow]:
    cells = row.cells
    yield SheetRow((row.label, *(_cell(one, counts_only) for one in cells)))
    if not counts_only:
        yield SheetRow(("95 % CI", *(share_interval(c.share) for c in cells)), True)
    if not any(one.n_patients for one in cells):
        return
    for place, grade in enumerate(row.grades):
        yield SheetRow((grade, *(str(one.by_grade[place]) for one in cells)), True)
    if any(one.n_ungraded for one in cells):
        told = (str(one.n_ungraded) for one in cells)
        yield SheetRow(("grade not recorded", *told), True)
    if cells[0].n_related is not None:
        told = (str(one.n_related) for one in cells)
        yield SheetRow(("related to the treatment", *told), True)
        if any(one.n_relation_unknown for one in cells):
            told = (str(one.n_relation_unknown) for one in cells)
            yield SheetRow(("relation not recorded", *told), True)


def _cell(found: EventCell, counts_only: bool) -> str:  # noqa: FBT001 - one of a row
    text = str(found.n_patients)
    if not counts_only and found.n:
        text = share(found.n_patients, found.n)
    if found.n_events > found.n_patients:
        text += f" [{counted(found.n_events, 'event')}]"
    return text


def _sentence(found: EventTable, material: Material) -> str:
    """Say how many had any event, which, and how many in each group."""
    cell = found.any_event.cells[0]
    if not cell.n:
        return ""
    names = [lowered(row.label) for row in found.rows]
    if not cell.n_patients:
        text = f"None of {counted(cell.n, 'patient')} had {_either(names)}"
        if material.study.convenience:
            return f"{text}."
        high = decimal(exact(cell.share.high) * 100, 0)
        return f"{text}; the data allow a share of up to {high} % (95 % CI)."
    if material.study.convenience:
        many = f"{cell.n_patients} of {counted(cell.n, 'patient')}"
    else:
        many = with_interval(cell.n_patients, cell.share)
    told = [
        f"{name} in {row.cells[0].n_patients}"
        for name, row in zip(names, found.rows, strict=True)
        if row.cells[0].n_patients
    ]
    text = f"A complication or adverse event was recorded in {many}"
    if len(found.rows) > 1:
        text += f": {listing(told)}"
    if cell.n_events > cell.n_patients:
        text += f", {cell.n_events} events in all"
    if len(found.columns) > 1:
        groups = [
            f"{one.n_patients} of {one.n} ({label})"
            for label, one in zip(
                found.columns[1:], found.any_event.cells[1:], strict=True
            )
        ]
        text += f". By {lowered(found.group)}, it was {listing(groups)}"
    return f"{text}."


def _either(names: list[str]) -> str:
    """Name events that did not happen."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def _summary(found: EventTable) -> str:
    cell = found.any_event.cells[0]
    return f"{_WHERE}: {share(cell.n_patients, cell.n)} with at least one"


def _claims(found: EventTable, _material: Material) -> Iterator[Claim]:
    for row in (found.any_event, *found.rows):
        cell = row.cells[0]
        counts = {"patients": cell.n_patients}
        code = f"event {row.name}"
        yield from counted_claims(code, _WHERE, counts, cell.n, Asked(), divides=False)


PART = Part(
    chapter="events",
    heading=headed(_WHERE),
    results=of_study("events"),
    blocks=_blocks,
    sentences=lambda found, material: (_sentence(found, material),),
    claims=_claims,
    answers=lambda _found, _material: {"events": ""},
    summary=lambda found, _material: map(_summary, found),
    methods=lambda _found, _material: (
        (
            "Complications and adverse events are given as patients with at least "
            "one, each counted once by the worst grade, with the exact "
            "(Clopper-Pearson) 95 % CI; groups were not tested for them."
        ),
    ),
)
