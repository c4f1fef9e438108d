"""The rows of one table, read into the entries of their patients.

Longer than other modules: what a row can hold is read in one pass over its cells.
"""

from collections.abc import Sequence
from typing import Any

import attrs

from iph._bound import Bound
from iph._categories import StrengthModifier
from iph._course import SeenAt
from iph.records._blocks import At, Block, Ledger, blocks
from iph.records._carried_cells import take_carried
from iph.records._cells import Reading
from iph.records._columns import Column
from iph.records._entries import NOTHING, Entry, Seen, constructed
from iph.records._footers import Held, Likely, RowsUnder, names_no_patient
from iph.records._mapping import IGNORED
from iph.records._matching import Matched
from iph.records._report import RecordError, shown
from iph.records._study import the_study
from iph.records._table import MISSING_CELLS, Table
from iph.records._targets import normal
from iph.records._unloaded import Unloaded


@attrs.define(kw_only=True)
class TableReader:
    """Reads the rows of one table, but `untimed` columns, which lack a visit.

    `known_only`, if its patients stand in another; `lacking_visit`, the first of the
    untimed columns that holds anything.
    """

    ledger: Ledger
    table: Table
    found: Matched
    identifier: Column | None
    untimed: Sequence[Column]
    known_only: bool
    keeps_samples: bool = False
    lacking_visit: Column | None = attrs.field(default=None, init=False)
    _assessment_class: type[SeenAt] = attrs.field(init=False)
    _of_patient: Block = attrs.field(init=False)
    _of_visits: list[tuple[At, Block]] = attrs.field(init=False)
    _last: tuple[Any, Entry | None] = attrs.field(default=(None, None), init=False)
    _under: RowsUnder = attrs.field(factory=RowsUnder, init=False)
    _rows_of: dict[int, int] = attrs.field(factory=dict, init=False)
    _unloaded: Unloaded = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._assessment_class = the_study().assessment
        left = (self.identifier, *self.untimed)
        others = [c for c in self.found.columns if all(c is not one for one in left)]
        self._of_patient = Block([c for c in others if not c.target.of_assessment])
        seen = [c for c in others if c.target.of_assessment]
        self._of_visits = blocks(seen)
        self._unloaded = Unloaded(
            self.table, self.found, keeps_samples=self.keeps_samples
        )

    def take(self, row: int, cells: Sequence[Any]) -> None:
        """Read one row."""
        if not any(cells) and all(cell in MISSING_CELLS for cell in cells):
            return
        if not self._is_under(row, cells):
            self._read_row(row, cells)

    def _read_row(self, row: int, cells: Sequence[Any]) -> None:
        cells = self._full(row, cells)
        self._unloaded.notice(cells)
        for column in self.untimed if self.lacking_visit is None else ():
            if cells[column.place] not in MISSING_CELLS:
                self.lacking_visit = column
        entry, is_new = self._entry(row, cells)
        bad = self._patient_cells(row, cells, entry)
        take_carried(
            self.table, self.found, row, cells, entry=entry, ledger=self.ledger
        )
        if self.table.strict:
            self._unknown(row, cells)
        n_seen = 0
        for at, block in self._of_visits:
            n_seen += self._assessment(row, cells, at, block, entry)
        if bad:
            entry.bad |= bad
        may_repeat = self.known_only or self.table.repeats or bool(self.untimed)
        may_repeat |= self.table.owns_patients and not self.table.part
        if self.table.part and entry.table != self.table.name:
            self._repeated(row, cells, entry.row, f" of {entry.table}")
        elif not is_new and not n_seen and not may_repeat:
            self._repeated(row, cells, entry.row)
        elif self._is_wide and not self.table.repeats:
            self._once(row, cells, entry)

    @property
    def _is_wide(self) -> bool:
        """Whether a patient has one row, since each column names its visit."""
        return bool(self._of_visits) and self._of_visits[0][0] != (None, None)

    def _once(self, row: int, cells: Sequence[Any], entry: Entry) -> None:
        """Refuse a second row of a patient who can have one only."""
        first = self._rows_of.setdefault(id(entry), row)
        if first != row:
            self._repeated(row, cells, first)

    def _is_under(self, row: int, cells: Sequence[Any]) -> bool:
        """Whether a row is held back, since it may stand under the table."""
        column = self.identifier
        if column is None:
            # Nothing can be read; which errors are of patients is told all the same.
            return names_no_patient(self.table.header, cells)
        if self.table.strict or column.place >= len(cells):
            return False
        raw = cells[column.place]
        if raw == self._last[0] and raw.__class__ is str and not self._under:
            return False  # the rows of a patient mostly follow each other
        word = raw.strip() if raw.__class__ is str else ""
        if word in column.words:
            if normal(column.words[word]) == IGNORED:
                return True
        elif word not in self.ledger.by_id and self._under.holds(row, raw, cells):
            return True
        if self._under:
            held = self._under.released()
            if any(one.likely is Likely.SURE for one in held):
                self._ask(held)
            else:
                self._take_all(held)
        return False

    def _take_all(self, held: Sequence[Held]) -> None:
        """Read rows after all that were held back."""
        for one in held:
            self._read_row(one.row, one.cells)

    def _ask(self, held: Sequence[Held]) -> None:
        """Refuse rows that may be no patients."""
        for one in held:
            assert self.identifier is not None  # noqa: S101 - else no row is held back
            if one.text:
                self.ledger.refuse(
                    RecordError(
                        row=one.row,
                        column=self.identifier.header,
                        value=shown(one.text),
                        rule="a pseudonym, not the name of a statistic or a note",
                        hint=(
                            f"delete the row, or map this word to {IGNORED} (no "
                            "patient) or to itself (a patient)"
                        ),
                        table=self.table.name,
                    )
                )

    def left(self) -> list[str]:
        """Say what was not read, at the end of the table."""
        held = self._under.released()
        surest = max((one.likely for one in held), default=Likely.PATIENT)
        if surest is Likely.SURE:
            rows = [
                f"row {one.row} of {self.table.name} ({shown(one.text)!r}) stands "
                "under the table and is no patient"
                for one in held
            ]
            return [*self._unloaded.said, *rows]
        if surest is Likely.DOUBTFUL:
            self._ask(held)
        else:
            self._take_all(held)
        return self._unloaded.said

    def _full(self, row: int, cells: Sequence[Any]) -> Sequence[Any]:
        """Return as many cells as the header has; others are an error, not cut off."""
        width, name = len(self.table.header), self.table.name
        if len(cells) != width:
            beyond = [cell for cell in cells[width:] if cell not in MISSING_CELLS]
            if len(cells) < width or beyond:
                self.ledger.wrong(
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
                self.ledger.wrong(
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
            self.ledger.nameless.append(entry)
            return entry, True
        name: str = reading.value
        if not self.known_only or name in self.ledger.by_id:
            found = self.ledger.by_id.setdefault(name, entry)
            self._last = (None, None) if reading.reason else (raw, found)
            return found, found is entry
        assert self.identifier is not None  # noqa: S101 - there is a name
        self.ledger.wrong(
            self.table.name,
            row,
            "patient-known",
            "the patient does not stand in the patients table",
            column=self.identifier.header,
            value=shown(name),
        )
        self.ledger.nameless.append(entry)
        return entry, True

    def _identified(self, row: int, cells: Sequence[Any]) -> Reading | None:
        """Return the pseudonym in a row; nothing, and an error, if there is none."""
        column = self.identifier
        if column is None:
            return None
        raw = cells[column.place]
        if raw not in MISSING_CELLS and not (isinstance(raw, str) and not raw.strip()):
            found = column.read(row, raw)
            if isinstance(found, Reading):
                return found
            self.ledger.refuse(column.error(row, raw, found))
            return None
        self.ledger.refuse(
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
        signs: list[tuple[Column, str]] = []
        for column, name, raw in self._of_patient.given(cells):
            reading = column.read(row, raw)
            if reading.__class__ is not Reading:
                self.ledger.refuse(column.error(row, raw, reading))
                bad.add(name)
            elif column.target.is_bound:
                signs.append((column, reading.value))
            elif reading.value is not None:
                first = entry.values.setdefault(name, reading.value)
                if first != reading.value:
                    self.ledger.wrong(
                        self.table.name,
                        row,
                        "one-value",
                        "a patient has one value of this field, but an earlier row "
                        "of the patient holds another",
                        column=column.header,
                        value=shown(raw),
                    )
        self._bounds(row, signs, entry.values, bad)
        return frozenset(bad) if bad else NOTHING

    def _bounds(
        self,
        row: int,
        signs: list[tuple[Column, str]],
        values: dict[str, Any],
        bad: set[str],
    ) -> None:
        """Make bounds of limits and the signs in columns of their own."""
        for column, sign in signs:
            name = column.target.field.name
            limit = values.get(name)
            if name in bad or (isinstance(limit, Bound) and limit.operator == sign):
                continue
            if isinstance(limit, (int, float)):
                values[name] = Bound(sign, limit)
                continue
            self.ledger.wrong(
                self.table.name,
                row,
                "bound-needs-limit",
                f"the sign of a bound stands without its limit in {name}",
                column=column.header,
                value=sign,
            )

    def _assessment(
        self,
        row: int,
        cells: Sequence[Any],
        at: At,
        block: Block,
        entry: Entry,
    ) -> int:
        """Read the assessment of a row (and visit or day, where columns name it)."""
        visit, day = at
        values: dict[str, Any] = {}
        bad: set[str] = set()
        given, modified = 0, None
        signs: list[tuple[Column, str]] = []
        for column, name, raw in block.given(cells):
            given += 1
            reading = column.read(row, raw)
            if reading.__class__ is not Reading:
                self.ledger.refuse(column.error(row, raw, reading))
                bad.add(name)
            elif column.target.is_bound:
                signs.append((column, reading.value))
            elif reading.value is not None:
                values[name] = reading.value
                modified = (column, reading.modifier) if reading.modifier else modified
        if not given:
            return 0
        if modified is not None and "strength_modifier" not in bad:
            bad |= self._modifier(row, *modified, values)
        self._bounds(row, signs, values, bad)
        if not values and not bad:
            return given if at == (None, None) else 0
        if visit is not None:
            values["visit"] = visit
        if day is not None:
            values["day"] = day
        if bad:
            entry.bad |= bad
        found = constructed(
            self._assessment_class, values, frozenset(bad) if bad else NOTHING
        )
        for broken in found.rules:
            self.ledger.breaks(broken, row, self.table.name, visit)
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
        self.ledger.wrong(
            self.table.name,
            row,
            "one-value",
            "the plus or minus behind the grade is not the one in its own column",
            column=column.header,
            value=modifier,
        )
        return {"strength_modifier"}

    def _repeated(
        self, row: int, cells: Sequence[Any], first: int, where: str = ""
    ) -> None:
        column = self.identifier
        assert column is not None  # noqa: S101 - else each entry is new
        self.ledger.wrong(
            self.table.name,
            row,
            "patients-unique",
            f"the patient stands in row {first}{where} already",
            column=column.header,
            value=shown(cells[column.place]),
            hint="pseudonyms must differ between the sheets"
            if where
            else "a further row of a patient must hold an assessment",
        )

    def _unknown(self, row: int, cells: Sequence[Any]) -> None:
        for place, name in self.found.set_aside:
            if cells[place] not in MISSING_CELLS:
                self.ledger.wrong(
                    self.table.name,
                    row,
                    "column-known",
                    f"{name} is not the name of a field",
                    column=name,
                    value=shown(cells[place]),
                )
