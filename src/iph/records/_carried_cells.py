"""The cells of a row that say what its cohort carries, read into the ledger."""

from collections.abc import Sequence
from typing import Any

import attrs

from iph._carried import RANGES, SYNTHETIC, carried_value
from iph.records._blocks import Ledger
from iph.records._entries import Entry
from iph.records._matching import Matched
from iph.records._report import RecordError, shown
from iph.records._table import MISSING_CELLS, Table


def take_carried(
    table: Table,
    found: Matched,
    row: int,
    cells: Sequence[Any],
    *,
    entry: Entry,
    ledger: Ledger,
) -> None:
    """Read the ranges of a patient's laboratory, and what is said of the cohort."""
    for name, place in found.about.items():
        raw = cells[place]
        if raw in MISSING_CELLS:
            continue
        error = RecordError(
            row=row,
            column=table.header[place],
            value=shown(raw),
            rule="as iph wrote it",
            hint="leave it empty",
            table=table.name,
        )
        try:
            value = carried_value(name, str(raw))
        except ValueError:
            ledger.refuse(error)
            continue
        if name == RANGES:
            known, entry.ranges = entry.ranges, value
            if known not in {(), value}:
                ledger.refuse(_differs(error, "one and the same for a patient"))
            continue
        known = ledger.about.get(name, value)
        if name == SYNTHETIC:  # who is made up in part is made up
            ledger.about[name] = known or value
            continue
        ledger.about[name] = value  # so that each change is told once
        if known != value:
            ledger.refuse(_differs(error, "one and the same for all patients"))


def _differs(error: RecordError, rule: str) -> RecordError:
    hint = "read the tables of several cohorts one by one; or leave the column out"
    return attrs.evolve(error, rule=rule, hint=hint)
