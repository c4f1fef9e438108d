"""Dates in, days out: a column of dates becomes days since another, and goes.

A mapping says it: ``admission_date`` is ``symptom_days since onset_date``. Whether day
or month stands first is decided for a whole column by its cells, or asked.
"""

import datetime as dt
import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import attrs

from iph._fields import NOT_RECORDED, Kind
from iph.records._header import DATE_ORDERS, Asked
from iph.records._mapping import ColumnMapping, since
from iph.records._report import RecordError, shown
from iph.records._table import MISSING_CELLS, DayCount, Table
from iph.records._targets import normal, target_of
from iph.records._times import time_words

_TIME: Final = r"(?:[T ][0-9:.]+(?:Z|[+-][0-9:]+)?)?"
_YEAR_FIRST: Final = re.compile(
    rf"([0-9]{{4}})[-/.年]\s*([0-9]{{1,2}})[-/.月]\s*([0-9]{{1,2}})日?{_TIME}"
)
_YEAR_LAST: Final = re.compile(
    rf"([0-9]{{1,2}})([-/.])([0-9]{{1,2}})\2([0-9]{{4}}){_TIME}"
)
_SHORT_YEAR: Final = re.compile(r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{2}")
_WITH_WORD: Final = re.compile(
    r"([0-9]{1,2})[\s.-]*([^\W\d_]+)[\s.,-]*([0-9]{4})|"
    r"([^\W\d_]+)[\s.-]*([0-9]{1,2})[\s,]+([0-9]{4})"
)
_MONTHS: Final = 12
_LISTED: Final = 10


@functools.cache
def _month_words() -> dict[str, int]:
    listed = time_words()["months"]
    return {word: int(number) for number, words in listed.items() for word in words}


def is_date(cell: Any) -> bool:
    """Whether a cell holds a date in one of the usual ways."""
    if isinstance(cell, dt.date):
        return True
    text = cell.strip() if isinstance(cell, str) else ""
    forms = (_YEAR_FIRST, _YEAR_LAST, _SHORT_YEAR)
    return any(form.fullmatch(text) for form in forms) or _by_word(text) is not None


def date_of(cell: Any, order: str) -> dt.date | None:
    """Return the date of a cell; None if there is no such date.

    `order` says what a number before another is, one of ``DATE_ORDERS``; without one a
    date that depends on it is none.
    """
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    text = cell.strip() if isinstance(cell, str) else ""
    found = _YEAR_FIRST.fullmatch(text)
    if found is not None:
        return _day(*map(int, found.groups()))
    found = _YEAR_LAST.fullmatch(text)
    if found is not None and order:
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        day, month = (first, second) if order == DATE_ORDERS[0] else (second, first)
        return _day(year, month, day)
    return _by_word(text)


def _by_word(text: str) -> dt.date | None:
    found = _WITH_WORD.fullmatch(text)
    if found is None:
        return None
    day, word, year = found.group(1, 2, 3) if found[1] else found.group(5, 4, 6)
    month = _month_words().get(word.casefold())
    return None if month is None else _day(int(year), month, int(day))


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def order_of(cells: Sequence[Any], told: str) -> str:
    """Return what stands first in the dates of a column; empty if it is not known."""
    for cell in cells:
        found = _YEAR_LAST.fullmatch(cell.strip()) if isinstance(cell, str) else None
        if found is not None and max(int(found[1]), int(found[3])) > _MONTHS:
            return DATE_ORDERS[int(found[1]) <= _MONTHS]
    return told


Dates = dict[str, dict[Any, dt.date]]
"""The zeros of each column by patient."""


@attrs.define(kw_only=True, eq=False)
class DateReader:
    """Makes days of the dates of one table; the zeros may stand in an earlier one."""

    table: Table
    mapping: ColumnMapping
    asked: Asked
    zeros: Dates
    errors: list[RecordError]
    _unused: list[str] = attrs.field(factory=list, init=False)

    def counted(self) -> tuple[Table, ColumnMapping]:
        """Return the table with days in place of dates, if the mapping says so."""
        wanted: dict[int, tuple[str, str]] = {}
        named = {normal(zero) for _, zero in _sinces(self.mapping)}
        header = self.table.header
        for place, name in enumerate(header):
            meant = since(self.mapping.columns.get(normal(name), ""))
            if meant is not None:
                wanted[place] = meant
        own = {p: name for p, name in enumerate(header) if normal(name) in named}
        if not wanted and not own:
            return self.table, self.mapping
        rows = [(n, list(cells)) for n, cells in self.table.rows]
        dated = {p: self._dates(p, rows) for p in {*wanted, *own}}
        patients = self._patients(rows)
        for place, name in own.items():
            self._keep(place, name, rows, dated[place], patients)
        for place, (_, zero) in wanted.items():
            self._count(place, zero, rows, dated[place], patients)
        columns = dict(self.mapping.columns)
        remarks = [*self.table.remarks]
        for place, (field, zero) in wanted.items():
            columns[normal(header[place])] = field
            said = f"column {header[place]!r} became {field}, counted from {zero!r}"
            remarks.append(f"{said}; no date is kept")
        changed = attrs.evolve(
            self.table,
            rows=rows,
            remarks=tuple(remarks),
            used=self.table.used | {*own.values()},
            not_read=(*self.table.not_read, *self._unused),
        )
        return changed, attrs.evolve(self.mapping, columns=columns)

    def _patients(self, rows: Sequence[tuple[int, Sequence[Any]]]) -> list[Any]:
        """Return whose row each is, as the cell of the pseudonym says."""
        for place, name in enumerate(self.table.header):
            target = target_of(self.mapping.columns.get(normal(name), name))
            if target is not None and target.field.declaration.kind is Kind.IDENTIFIER:
                return [_cell(cells, place) for _, cells in rows]
        return [number for number, _ in rows]

    def _dates(
        self, place: int, rows: Sequence[tuple[int, Sequence[Any]]]
    ) -> list[dt.date | None]:
        """Return the dates of a column; what is none is an error."""
        cells = [self._given(_cell(cells, place), place) for _, cells in rows]
        order = order_of(cells, self.asked.date_order)
        found: list[dt.date | None] = []
        for (row, _), cell in zip(rows, cells, strict=True):
            date = None if cell is None else date_of(cell, order)
            found.append(date)
            if cell is None or date is not None:
                continue
            text = shown(cell)
            if not order and _YEAR_LAST.fullmatch(text.strip()):
                self._ask_order(place, text)
                return [None] * len(rows)
            hint = ""
            if _SHORT_YEAR.fullmatch(text.strip()):
                hint = "write the year with four digits"
            self._wrong(place, row, text, "a date such as 2021-03-31", hint)
        return found

    def _given(self, cell: Any, place: int) -> Any:
        """Return a cell; None where the sheet or the user says that nothing stands."""
        if cell in MISSING_CELLS:
            return None
        text = shown(cell).strip()
        words = self.mapping.cells.get(normal(self.table.header[place]), {})
        if words.get(text) == "" or text in self.asked.missing or not text:
            return None
        return None if text.casefold() in NOT_RECORDED else cell

    def _ask_order(self, place: int, text: str) -> None:
        first, second = DATE_ORDERS
        hint = f"say {first} or {second} as the date order of the (sheet)"
        rule = "dates of which one tells day and month apart"
        self._wrong(place, None, text, rule, hint)

    def _wrong(
        self, place: int, row: int | None, text: str, rule: str, hint: str
    ) -> None:
        self.errors.append(
            RecordError(
                row=row,
                column=self.table.header[place],
                value=text,
                rule=rule,
                hint=hint,
                table=self.table.name,
            )
        )

    def _keep(
        self,
        place: int,
        name: str,
        rows: Sequence[tuple[int, Sequence[Any]]],
        dates: Sequence[dt.date | None],
        patients: Sequence[Any],
    ) -> None:
        """Keep the zeros of a column; a patient has one."""
        kept = self.zeros.setdefault(normal(name), {})
        for (row, _), date, patient in zip(rows, dates, patients, strict=True):
            if date is not None and kept.setdefault(patient, date) != date:
                rule = (
                    "the same date in each row of a patient, since days count from it"
                )
                self._wrong(place, row, "another date", rule, "")

    def _count(
        self,
        place: int,
        zero: str,
        rows: Sequence[tuple[int, list[Any]]],
        dates: Sequence[dt.date | None],
        patients: Sequence[Any],
    ) -> None:
        """Put days in place of the dates of a column."""
        kept: Mapping[Any, dt.date] = self.zeros.get(normal(zero), {})
        known = normal(zero) in self.zeros
        if not known:
            rule = f"counted from a column that is there, and {zero} is not"
            self._wrong(place, None, zero, rule, "name the column as its header does")
        lost: list[int] = []
        for (row, cells), date, patient in zip(rows, dates, patients, strict=True):
            if place < len(cells):
                cells[place] = None
            if date is None or not known:
                continue
            if patient in kept:
                cells[place] = DayCount((date - kept[patient]).days, zero)
            else:
                lost.append(row)
        if lost:
            name, listed = self.table.header[place], ", ".join(map(str, lost[:_LISTED]))
            more = f" and {len(lost) - _LISTED} more" if len(lost) > _LISTED else ""
            self._unused.append(
                f"column {name!r} of {self.table.name} in row {listed}{more}: the "
                f"patient has no date in {zero!r} to count from"
            )


def _cell(cells: Sequence[Any], place: int) -> Any:
    return cells[place] if place < len(cells) else None


def _sinces(mapping: ColumnMapping) -> Iterator[tuple[str, str]]:
    for meant in mapping.columns.values():
        found = since(meant)
        if found is not None:
            yield found
