"""What the rows of a table are read by, and what they are read into."""

from collections.abc import Sequence
from typing import Any, Protocol

from iph._categories import ScheduledVisit
from iph.errors import RuleError
from iph.records._columns import Column
from iph.records._entries import Entry
from iph.records._report import RecordError
from iph.records._study import the_study

At = tuple[ScheduledVisit | None, int | None]
"""The visit or the day that columns name; neither where a row names it."""


class Block:
    """Columns that are read together."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = [(c, c.target.field.name) for c in columns]
        self._places = [c.place for c in columns]
        self._empty = [""] * len(columns)

    def given(self, cells: Sequence[Any]) -> list[tuple[Column, str, Any]]:
        """Return the columns whose cell is not empty, with field and cell."""
        found = [cells[place] for place in self._places]
        if found == self._empty:
            return []
        return [
            (column, name, raw)
            for (column, name), raw in zip(self._columns, found, strict=True)
            if raw is not None and raw != ""
        ]


def blocks(columns: Sequence[Column]) -> list[tuple[At, Block]]:
    """Return the columns of assessments by their visits and days, in order of time."""
    days = sorted({c.target.day for c in columns if c.target.day is not None})
    times: list[At] = [(visit, None) for visit in the_study().visits]
    for day in days:  # before the first visit that is later
        later = (p for p, (v, d) in enumerate(times) if _is_later(v, d, day))
        times.insert(next(later, len(times)), (None, day))
    return [
        (at, Block(mine))
        for at in [(None, None), *times]
        if (mine := [c for c in columns if (c.target.visit, c.target.day) == at])
    ]


def _is_later(visit: ScheduledVisit | None, at: int | None, day: int) -> bool:
    """Whether a visit is scheduled, or a day is, after a day."""
    scheduled = at if visit is None else visit.nominal_day
    return scheduled is not None and scheduled > day


class Ledger(Protocol):
    """What the rows are read into: the patients so far, and all that is wrong."""

    by_id: dict[str, Entry]
    nameless: list[Entry]
    about: dict[str, Any]

    def wrong(
        self, table: str, row: int | None, name: str, rule: str, **more: str
    ) -> None:
        """Keep what is wrong between cells."""

    def refuse(self, error: RecordError) -> None:
        """Keep the error of a cell."""

    def breaks(
        self, rule: RuleError, row: int, table: str, visit: ScheduledVisit | None = None
    ) -> None:
        """Keep a rule between fields that is broken."""
