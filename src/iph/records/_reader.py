"""One reading of a file: its tables, the patients in them, and all that is wrong."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import attrs

from iph._carried import LABEL, NOTES, SYNTHETIC
from iph._categories import ScheduledVisit
from iph._cohort import Cohort
from iph._subject import Subject
from iph.errors import FieldError, FileError, RuleError
from iph.records._cells import read_cell
from iph.records._columns import Column
from iph.records._dates import Dates
from iph.records._entries import Entry
from iph.records._guessing import guess_of
from iph.records._header import Asked
from iph.records._made_columns import prepared
from iph.records._mapping import ANSWERS, ROWS, ColumnMapping
from iph.records._matching import Matched, matched
from iph.records._patients import made_patient
from iph.records._privacy import persons
from iph.records._progress import Progress, stepped
from iph.records._report import RecordError, RecordReport
from iph.records._study import the_study
from iph.records._table import Table
from iph.records._table_rows import TableReader
from iph.records._targets import is_of_time, target_of
from iph.records._unit_doubts import unit_doubts

_ID: Final = "patient_id"
_LOOKED_AT: Final = 2_000


def _which_id(header: Sequence[str]) -> str:
    """Say which column may name the patients, and what to do if none does."""
    usual = [name for name in header if guess_of(name) == _ID]
    if usual:
        return f"is it {usual[0]}? then map it to {_ID} (check --ask)"
    return (
        f"name the column of the pseudonyms so, or map it to {_ID}; if each row is a "
        f"patient and none is named, map {ROWS} to {_ID}"
    )


def _untimed(found: Matched) -> Sequence[Column]:
    """Return columns of a visit that nothing in the table tells."""
    seen = [column.target for column in found.columns if column.target.of_assessment]
    if any(target.field.name in ("visit", "day") for target in seen):
        return ()
    return [
        column
        for column in found.columns
        if column.target.of_assessment
        and column.target.visit is None
        and column.target.day is None
    ]


def _which_time(header: Sequence[str]) -> str:
    """Say which column may say the visit."""
    usual = [name for name in header if is_of_time(name)]
    return (
        f"is it {usual[0]}? then map it to visit or day (check --ask)" if usual else ""
    )


@attrs.define(kw_only=True, eq=False)
class Reader:
    """Reads one table, or a table of patients and one of their assessments.

    Attributes
    ----------
    asking : bool
        Whether questions are to be made of what is not understood.
    name : str
        What the file is called in messages.
    tables : sequence of Table
        The tables.
    mapping : ColumnMapping
        What other column names and words mean.
    asked : Asked
        What the user says of the file.
    progress : callable or None
        Called with how far the reading has come.
    errors : list of RecordError
        What is wrong so far.
    by_id : dict of str to Entry
        The patients by pseudonym, in the order of their first rows.
    nameless : list of Entry
        Rows that cannot be given to a patient; they are checked all the same.
    matched : list of Matched
        The columns of each table.
    headers : dict of str to str
        The column name by which each field stands in the file.
    about : dict
        What a cohort carries besides its patients.
    patients : list of Patient
        The patients, once they are made.
    """

    name: str
    tables: Sequence[Table]
    mapping: ColumnMapping = attrs.field(factory=ColumnMapping)
    asked: Asked = attrs.field(factory=Asked)
    progress: Progress | None = None
    asking: bool = False
    errors: list[RecordError] = attrs.field(factory=list)
    by_id: dict[str, Entry] = attrs.field(factory=dict, init=False)
    nameless: list[Entry] = attrs.field(factory=list, init=False)
    matched: list[Matched] = attrs.field(factory=list, init=False)
    headers: dict[str, str] = attrs.field(factory=dict, init=False)
    about: dict[str, Any] = attrs.field(factory=dict, init=False)
    patients: list[Subject[Any]] = attrs.field(factory=list, init=False)
    _n_assessments: int = attrs.field(default=0, init=False)
    _left: list[str] = attrs.field(factory=list, init=False)
    _prepared: list[Table] = attrs.field(factory=list, init=False)
    _zeros: Dates = attrs.field(factory=dict, init=False)

    def read(self) -> None:
        """Read the tables and make the patients.

        Raises
        ------
        FileError
            If no column is known, and one must be.
        """
        needs_known = not self.asking
        for place, table in enumerate(self.tables):
            self._take(table, known_only=place > 0 and not table.owns_patients)
        self._settle()
        if needs_known and not any(found.columns for found in self.matched):
            columns = len(self.tables[0].header)
            raise FileError(
                self.name,
                f"none of its {columns} column names is known, it is no table of "
                "patients",
                "name the columns as in a template, or give a mapping",
            )
        if needs_known:
            self._must_hold_something()
        self._constants()
        self._n_assessments = sum(len(entry.seen) for entry in self.by_id.values())
        listed = self.by_id.items()
        for name, entry in stepped(listed, "patients", len(listed), self.progress):
            self.patients.append(self._made(entry, name))
        for entry in self.nameless:
            self._made(entry)

    def _must_hold_something(self) -> None:
        """Refuse tables from which only pseudonyms would be loaded."""
        fields = {c.target.field.name for one in self.matched for c in one.columns}
        left = [name for one in self.matched for name in one.undecided]
        if fields == {_ID} and left and not self.errors:
            self.wrong(
                self.tables[0].name,
                None,
                "fields-known",
                f"no column but {_ID} is known, so that nothing would be read",
                column=", ".join(left[:3]),
                hint="name the columns as in a template, or map them (check --ask)",
            )

    def _constants(self) -> None:
        """Give all patients what the mapping says of the whole sheet."""
        for name, text in self.mapping.answers.items():
            target = target_of(name)
            if name in ANSWERS:
                continue
            if target is None or target.of_assessment:
                said = f"{name} is no question about the whole sheet"
                self.wrong("mapping", None, "answer-known", said, column=name)
                continue
            field = target.field.name
            try:
                value = read_cell(target, text).value
            except FieldError as refused:
                self.wrong("mapping", None, "answer", str(refused), column=name)
                continue
            for entry in self.by_id.values():
                if field not in entry.bad:
                    entry.values.setdefault(field, value)

    def _settle(self) -> None:
        """Settle what one cell cannot tell from what all cells and separators tell."""
        columns = [column for found in self.matched for column in found.columns]
        comma = any(column.saw_comma for column in columns)
        point = any(column.saw_point for column in columns)
        point |= all(table.separator == "," for table in self.tables)
        if comma or not point:
            for column in columns:
                self.errors += column.doubtful_points()
        for column in columns:
            if column.is_doubtful:
                mine = (column.table, column.header)
                self.errors = [e for e in self.errors if (e.table, e.column) != mine]
                self.errors.append(column.doubtful_name())
        shifted = {c.target.field.name for c in columns if c.saw_zero}
        for column in columns:
            if column.target.field.name in shifted:
                self.errors += column.doubtful_grades()
        for column in columns:
            self.errors += column.doubtful_codes()
        if not any(column.saw_none for column in columns):
            for column in columns:
                self.errors += column.doubtful_nones()

    def _take(self, table: Table, *, known_only: bool) -> None:
        """Read all rows of a table."""
        table, mapping = prepared(
            table, self.mapping, self.asked, self._zeros, self.errors
        )
        found = matched(table, mapping, self.asked)
        self.matched.append(found)
        self._prepared.append(table)
        self.errors += found.errors
        for column in found.columns:
            self.headers.setdefault(column.target.field.name, column.header)
        ids = [c for c in found.columns if c.target.field.name == _ID]
        if not ids:
            self.wrong(
                table.name,
                table.header_row or None,
                "column-missing",
                f"the table needs the column {_ID}",
                column=_ID,
                hint=table.advice or _which_id(table.header),
            )
        rows = TableReader(
            ledger=self,
            table=table,
            found=found,
            untimed=_untimed(found),
            identifier=ids[0] if ids else None,
            known_only=known_only,
            keeps_samples=self.asking,
        )
        what = f"rows of {table.name}"
        for row, cells in stepped(table.rows, what, table.n_rows, self.progress):
            rows.take(row, cells)
        self._left += rows.left()
        if rows.lacking_visit is not None and not table.advice:
            self.wrong(
                table.name,
                table.header_row or None,
                "column-missing",
                "what is seen at a visit needs the column visit or day, or the visit "
                "behind its name",
                column=rows.lacking_visit.header,
                hint=_which_time(table.header),
            )

    def _made(self, entry: Entry, *name: str) -> Subject[Any]:
        made = made_patient(entry, *name)
        for broken in made.broken:
            self.breaks(broken.rule, broken.row, broken.table)
        entry.values, entry.seen = {}, []  # the patient holds them now
        return made.patient

    def refuse(self, error: RecordError) -> None:
        """Keep the error of a cell."""
        self.errors.append(error)

    def wrong(
        self, table: str, row: int | None, name: str, rule: str, **more: str
    ) -> None:
        """Keep what is wrong between cells."""
        self.errors.append(
            RecordError(
                row=row,
                column=more.get("column", ""),
                value=more.get("value", ""),
                rule=rule,
                hint=more.get("hint", ""),
                table=table,
                name=name,
            )
        )

    def breaks(
        self, rule: RuleError, row: int, table: str, visit: ScheduledVisit | None = None
    ) -> None:
        """Keep a rule between fields that is broken, named as the file names them."""
        columns = [
            self.headers.get(name, name) if visit is None else f"{name}_{visit.value}"
            for name in rule.fields
        ]
        self.wrong(table, row, rule.rule, rule.message, column=", ".join(columns))

    def cohort(self) -> Cohort[Any] | None:
        """Return the cohort; None if anything is wrong."""
        if self.errors:
            return None
        return Cohort(
            self.patients,
            patient_class=the_study().patient,
            label=self.about.get(LABEL, ""),
            synthetic=self.about.get(SYNTHETIC, False),
            notes=self.about.get(NOTES, ()),
            not_read=self.not_read,
        )

    @property
    def not_read(self) -> tuple[str, ...]:
        """What holds something and was not used, and why; a sentence each."""
        found = [said for table in self._prepared for said in table.not_read]
        return (*found, *self._left)

    def report(self) -> RecordReport:
        """Return what was found."""
        return RecordReport(
            path=self.name,
            layout=self._layout(),
            n_patients=len(self.by_id),
            n_assessments=self._n_assessments,
            errors=self._sorted(),
            interpretations=tuple(
                note
                for found in self.matched
                for column in found.columns
                for note in column.interpretations()
            ),
            ignored_columns=tuple(c for found in self.matched for c in found.ignored),
            warnings=self._warnings(),
            not_read=self.not_read,
        )

    def _scale_doubts(self) -> Iterator[str]:
        """Say which scales may be coded from 0, where no cell tells."""
        columns = [column for found in self.matched for column in found.columns]
        graded = [c for c in columns if c.is_graded and not c.target.from_zero]
        for name in dict.fromkeys(c.target.field.name for c in graded):
            mine = [c for c in graded if c.target.field.name == name]
            if all(column.may_be_from_zero for column in mine):
                yield (
                    f"{name} holds neither 0 nor its highest grade: if the sheet codes "
                    f"it from 0, map {mine[0].header} to {mine[0].name_from_zero}"
                )

    def _layout(self) -> str:
        if len(self.matched) > 1:
            return "two tables"
        visits = {
            (column.target.visit, column.target.day) != (None, None)
            for found in self.matched
            for column in found.columns
            if column.target.of_assessment
        }
        if not visits:
            return "patients"
        return "wide" if visits == {True} else "long"

    def _sorted(self) -> tuple[RecordError, ...]:
        """Return the errors by table, row and column."""
        order = {table.name: place for place, table in enumerate(self.tables)}
        places = {
            (column.table, column.header): column.place
            for found in self.matched
            for column in found.columns
        }

        def key(error: RecordError) -> tuple[int, int, int, str]:
            place = places.get((error.table, error.column), len(places))
            return order.get(error.table, -1), error.row or 0, place, error.column

        return tuple(sorted(self.errors, key=key))

    @property
    def doubts(self) -> tuple[str, ...]:
        """What was guessed of whole files, and what should not stand in them."""
        found = [f"{one.name}: {said}" for one in self._prepared for said in one.doubts]
        return (*found, *persons(list(self.by_id)[:_LOOKED_AT]))

    def _warnings(self) -> tuple[str, ...]:
        found = [
            f"{one.name}: {said}" for one in self._prepared for said in one.remarks
        ]
        found += self.doubts
        found += [warning for one in self.matched for warning in one.warnings]
        found += self._scale_doubts()
        found += unit_doubts(self.matched, self.patients)
        if not self.by_id and not self.errors:
            found.append("the table holds no patients")
        return tuple(found)
