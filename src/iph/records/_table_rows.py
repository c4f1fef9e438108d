"""The rows of one table, read into the entries of their patients."""

import json
from collections.abc import Sequence
from typing import Any, Final

import attrs

from iph._categories import StrengthModifier, Visit
from iph._follow_up import Assessment
from iph._model import PATIENT_FIELDS
from iph.errors import InputError
from iph.records._cells import Reading
from iph.records._columns import BAD, Column, Matched, matched
from iph.records._entries import Entries, Entry, Seen, constructed
from iph.records._mapping import ColumnMapping
from iph.records._progress import Progress, stepped
from iph.records._report import RecordError, shown
from iph.records._table import MISSING_CELLS, Table
from iph.scales._reference_ranges import ReferenceRange

_ID: Final = PATIENT_FIELDS[0].name


def take_table(
    entries: Entries,
    table: Table,
    mapping: ColumnMapping,
    *,
    known_only: bool = False,
    progress: Progress | None = None,
) -> None:
    """Read all rows of a table.

    With `known_only`, the table holds assessments of patients of another table.
    """
    columns = matched(table, mapping)
    entries.matched.append(columns)
    entries.errors += columns.errors
    for column in columns.columns:
        entries.headers.setdefault(column.target.field.name, column.header)
    ids = [c for c in columns.columns if c.target.field.name == _ID]
    if not ids:
        entries.wrong(
            table.name,
            table.header_row or None,
            "column-missing",
            f"the table needs the column {_ID}",
            column=_ID,
            hint="name the column of the pseudonyms so, or give a mapping",
        )
    reader = _TableReader(
        entries=entries,
        table=table,
        found=columns,
        identifier=ids[0] if ids else None,
        known_only=known_only,
    )
    rows = stepped(table.rows, f"rows of {table.name}", table.n_rows, progress)
    for row, cells in rows:
        reader.take(row, cells)
    for column in columns.columns:
        entries.errors += column.doubtful_points()


class _Block:
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


@attrs.define(kw_only=True)
class _TableReader:
    """Reads the rows of one table into the entries."""

    entries: Entries
    table: Table
    found: Matched
    identifier: Column | None
    known_only: bool
    _of_patient: "_Block" = attrs.field(init=False)
    _of_visits: list[tuple[Visit | None, "_Block"]] = attrs.field(init=False)
    _last: tuple[Any, Entry | None] = attrs.field(default=(None, None), init=False)

    def __attrs_post_init__(self) -> None:
        others = [c for c in self.found.columns if c is not self.identifier]
        self._of_patient = _Block([c for c in others if not c.target.of_assessment])
        seen = [c for c in others if c.target.of_assessment]
        self._of_visits = [
            (visit, _Block(columns))
            for visit in (None, *Visit)
            if (columns := [c for c in seen if c.target.visit is visit])
        ]

    def take(self, row: int, cells: Sequence[Any]) -> None:
        """Read one row."""
        if not any(cells) and all(cell in MISSING_CELLS for cell in cells):
            return
        cells = self._full(row, cells)
        entry, is_new = self._entry(row, cells)
        bad = self._patient_cells(row, cells, entry)
        self._about(row, cells, entry)
        if self.table.strict:
            self._unknown(row, cells)
        n_seen = 0
        for visit, block in self._of_visits:
            n_seen += self._assessment(row, cells, visit, block, entry)
        if bad:
            entry.bad |= bad
        may_repeat = self.known_only or self.table.repeats
        if not is_new and not n_seen and not may_repeat:
            self._repeated(row, cells, entry)

    def _full(self, row: int, cells: Sequence[Any]) -> Sequence[Any]:
        """Return as many cells as the header has; others are an error, not cut off."""
        width, name = len(self.table.header), self.table.name
        if len(cells) != width:
            beyond = [cell for cell in cells[width:] if cell not in MISSING_CELLS]
            if len(cells) < width or beyond:
                self.entries.wrong(
                    name,
                    row,
                    "row-length",
                    f"the row has {len(cells)} cells, the header {width}",
                    value=shown(beyond[0]) if beyond else "",
                    hint="is the file cut off, or a separator inside a cell?",
                )
            cells = [*cells[:width], *[None] * (width - len(cells))]
        for place in self.found.unnamed:
            if cells[place] not in MISSING_CELLS:
                self.entries.wrong(
                    name,
                    row,
                    "column-named",
                    f"a cell stands in column {place + 1}, which has no name",
                    value=shown(cells[place]),
                )
        return cells

    def _entry(self, row: int, cells: Sequence[Any]) -> tuple[Entry, bool]:
        """Return the entry of the row's patient, and whether it is a new one."""
        raw = None if self.identifier is None else cells[self.identifier.place]
        last, same = self._last
        if same is not None and raw.__class__ is str and raw == last:
            return same, False  # the rows of a patient mostly follow each other
        entry = Entry(row=row, table=self.table.name)
        reading = self._identified(row, cells)
        if reading is None or reading.value is None:
            self.entries.nameless.append(entry)
            return entry, True
        name: str = reading.value
        if not self.known_only or name in self.entries.by_id:
            found = self.entries.by_id.setdefault(name, entry)
            self._last = (None, None) if reading.reason else (raw, found)
            return found, found is entry
        assert self.identifier is not None  # noqa: S101 - there is a name
        self.entries.wrong(
            self.table.name,
            row,
            "patient-known",
            "the patient does not stand in the patients table",
            column=self.identifier.header,
            value=shown(name),
        )
        self.entries.nameless.append(entry)
        return entry, True

    def _identified(self, row: int, cells: Sequence[Any]) -> Reading | None:
        """Return the pseudonym in a row; nothing, and an error, if there is none."""
        column = self.identifier
        if column is None:
            return None
        raw = cells[column.place]
        if raw not in MISSING_CELLS and not (isinstance(raw, str) and not raw.strip()):
            return column.read(row, raw, self.entries.errors)
        self.entries.errors.append(
            RecordError(
                row=row,
                column=column.header,
                value="",
                rule="given in each row",
                hint="repeat it in every row of a patient (no merged cells)",
                table=self.table.name,
            )
        )
        return None

    def _patient_cells(
        self, row: int, cells: Sequence[Any], entry: Entry
    ) -> frozenset[str]:
        bad: set[str] = set()
        for column, name, raw in self._of_patient.given(cells):
            reading = column.read(row, raw, self.entries.errors)
            if reading is BAD:
                bad.add(name)
            elif reading.value is not None:
                first = entry.values.setdefault(name, reading.value)
                if first != reading.value:
                    self.entries.wrong(
                        self.table.name,
                        row,
                        "one-value",
                        "a patient has one value of this field, but an earlier row "
                        "of the patient holds another",
                        column=column.header,
                        value=shown(raw),
                    )
        return frozenset(bad)

    def _assessment(
        self,
        row: int,
        cells: Sequence[Any],
        visit: Visit | None,
        block: "_Block",
        entry: Entry,
    ) -> int:
        """Read the assessment of a row (and visit, where columns name it)."""
        errors = self.entries.errors
        values: dict[str, Any] = {}
        bad: set[str] = set()
        given, modified = 0, None
        for column, name, raw in block.given(cells):
            given += 1
            reading = column.read(row, raw, errors)
            if reading is BAD:
                bad.add(name)
            elif reading.value is not None:
                values[name] = reading.value
                if reading.modifier:
                    modified = column, reading.modifier
        if not given:
            return 0
        if modified is not None and "strength_modifier" not in bad:
            bad |= self._modifier(row, *modified, values)
        if not values and not bad:
            return given if visit is None else 0
        if visit is not None:
            values["visit"] = visit
        if bad:
            entry.bad |= bad
        found = constructed(Assessment, values, frozenset(bad))
        for broken in found.rules:
            self.entries.rule_broken(broken, row, self.table.name, visit)
        if found.made is not None:
            seen = Seen(assessment=found.made, row=row, table=self.table.name)
            entry.seen.append(seen)
        return given

    def _modifier(
        self, row: int, column: Column, modifier: str, values: dict[str, Any]
    ) -> set[str]:
        """Keep the plus or minus behind a strength grade; it may not stand twice."""
        values.setdefault("strength_modifier", StrengthModifier(modifier))
        if values["strength_modifier"].value == modifier:
            return set()
        self.entries.wrong(
            self.table.name,
            row,
            "one-value",
            "the plus or minus behind the grade is not the one in its own column",
            column=column.header,
            value=modifier,
        )
        return {"strength_modifier"}

    def _repeated(self, row: int, cells: Sequence[Any], entry: Entry) -> None:
        column = self.identifier
        assert column is not None  # noqa: S101 - else each entry is new
        self.entries.wrong(
            self.table.name,
            row,
            "patients-unique",
            f"the patient stands in row {entry.row} already",
            column=column.header,
            value=shown(cells[column.place]),
            hint="a further row of a patient must hold an assessment",
        )

    def _unknown(self, row: int, cells: Sequence[Any]) -> None:
        for place, name in self.found.set_aside:
            if cells[place] not in MISSING_CELLS:
                self.entries.wrong(
                    self.table.name,
                    row,
                    "column-known",
                    f"{name} is not the name of a field",
                    column=name,
                    value=shown(cells[place]),
                )

    def _about(self, row: int, cells: Sequence[Any], entry: Entry) -> None:
        for name, place in self.found.about.items():
            raw = cells[place]
            if raw in MISSING_CELLS:
                continue
            try:
                value: Any = _ABOUT[name](str(raw))
            except (ValueError, TypeError, KeyError, RecursionError, InputError):
                self.entries.errors.append(
                    RecordError(
                        row=row,
                        column=self.table.header[place],
                        value=shown(raw),
                        rule="as iph wrote it",
                        hint="leave it empty",
                        table=self.table.name,
                    )
                )
                continue
            if name == "reference_ranges":
                entry.ranges = value
            else:
                self.entries.about[name] = value


def _synthetic(text: str) -> bool:
    return {"yes": True, "no": False}[text.strip().casefold()]


def _notes(text: str) -> tuple[str, ...]:
    found = json.loads(text)
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise ValueError(text)
    return tuple(found)


def _ranges(text: str) -> tuple[ReferenceRange, ...]:
    return tuple(ReferenceRange(**one) for one in json.loads(text))


def _label(text: str) -> str:
    found = json.loads(text)
    if not isinstance(found, str):
        raise TypeError(text)
    return found


_ABOUT: Final = {
    "synthetic": _synthetic,
    "cohort_label": _label,
    "cohort_notes": _notes,
    "reference_ranges": _ranges,
}
