"""The columns of one table: what each means, and what was read in it."""

import difflib
from collections.abc import Iterator
from typing import Any, Final

import attrs

from iph._bound import Bound
from iph._fields import NO_CHOICE, Kind
from iph.errors import FieldError
from iph.records._cells import WROTE_NONE, Reading, read_cell, yes_no_rule
from iph.records._formulas import rearmed
from iph.records._header import Asked
from iph.records._mapping import IGNORED, NOT_RECORDED_WORD, ColumnMapping
from iph.records._numbers import may_be_thousands, two_meanings
from iph.records._privacy import looks_like
from iph.records._report import Interpretation, RecordError, shown
from iph.records._table import Table
from iph.records._targets import Target, known_names, normal, target_of, wide_name

ABOUT: Final = ("synthetic", "cohort_label", "cohort_notes", "reference_ranges")
"""Columns that hold no clinical field, but what a cohort carries besides."""

_REMEMBERED: Final = 5_000
_DIGITS: Final = frozenset("0123456789")


@attrs.define(kw_only=True, eq=False)
class Column:
    """One column while it is read.

    Attributes
    ----------
    place : int
        Its position in the row.
    header : str
        Its name as it stands in the table.
    table : str
        The table's name.
    target : Target
        What it means.
    meant : str
        The name of the field as the header or the user's mapping gives it.
    words : dict
        What the user's mapping says of single cells.
    literal : bool
        Whether text was never disarmed.
    missing : frozenset of str
        Texts that stand for a missing value throughout the file.
    saw_point, saw_comma : bool
        Whether a number has a decimal point, or a decimal comma, beyond doubt.
    saw_zero : bool
        Whether a scale that begins at 1 holds a 0.
    saw_none : bool
        Whether the text None stands where nobody would write it.
    """

    place: int
    header: str
    table: str
    target: Target
    meant: str
    words: dict[str, str] = attrs.field(factory=dict)
    literal: bool = False
    _known: dict[Any, Reading | FieldError] = attrs.field(factory=dict, init=False)
    _plain: dict[Any, Reading] = attrs.field(factory=dict, init=False)
    _notes: dict[Any, list[Any]] = attrs.field(factory=dict, init=False)
    missing: frozenset[str] = frozenset()
    saw_point: bool = attrs.field(default=False, init=False)
    saw_comma: bool = attrs.field(default=False, init=False)
    saw_none: bool = attrs.field(default=False, init=False)
    saw_zero: bool = attrs.field(default=False, init=False)
    _graded: list[tuple[int, Any]] = attrs.field(factory=list, init=False)
    _may_be_shifted: bool = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        declared = self.target.field.declaration
        self._may_be_shifted = (
            declared.kind is Kind.GRADE
            and not self.target.from_zero
            and not self.words
            and min((o.value for o in declared.options or ()), default=0) == 1
        )

    _doubted: set[Any] = attrs.field(factory=set, init=False)
    _points: list[tuple[int, str]] = attrs.field(factory=list, init=False)
    _nones: list[int] = attrs.field(factory=list, init=False)

    def read(self, row: int, raw: Any) -> Any:  # a Reading or a FieldError
        """Read one cell that is not empty; what cannot be read is refused."""
        key = raw if raw.__class__ is str else (raw.__class__, raw)
        plain = self._plain.get(key)
        if plain is not None:  # read before, and there is nothing to say of it
            return plain
        found = self._known.get(key)
        if found is None:
            found = self._read(raw)
            if len(self._known) < _REMEMBERED:
                self._known[key] = found
        if self._may_be_shifted and shown(raw).strip() in _DIGITS:
            self.saw_zero |= shown(raw).strip() == "0"
            self._graded.append((row, raw))
        if isinstance(found, FieldError):
            return found
        if key in self._doubted:
            self._points.append((row, raw))
        if found.reason:
            if found.reason is WROTE_NONE:
                self._nones.append(row)
            self._note(row, raw, key, found)
        elif (
            key in self._known and key not in self._doubted and not self._may_be_shifted
        ):
            self._plain[key] = found
        return found

    def _read(self, raw: Any) -> Reading | FieldError:
        if isinstance(raw, str) and not self.literal:
            raw = rearmed(raw)
        try:
            if self.words or self.missing:
                return self._as_told(raw)
            return self._read_cell(raw)
        except FieldError as refused:
            return refused

    def _as_told(self, raw: Any) -> Reading:
        """Read a cell by what the user says of it, if anything."""
        text = shown(raw).strip()
        meant = self.words.get(text, self.words.get(str(raw).strip()))
        if meant is None:
            if text in self.missing:
                return Reading(None, "a code for missing")
            return self._read_cell(raw)
        if not meant:
            return Reading(None, "mapping")
        found = read_cell(self.target, meant)
        return Reading(found.value, "mapping", found.modifier)

    def _read_cell(self, raw: Any) -> Reading:
        """Read a cell, and keep what it tells of how the file was written."""
        found = read_cell(self.target, raw)
        kind = self.target.field.declaration.kind
        if not isinstance(raw, str) or kind is Kind.IDENTIFIER:
            return found
        if kind in (Kind.QUANTITY, Kind.DAYS):
            if may_be_thousands(self.target, raw):
                self._doubted.add(raw)
            else:
                self.saw_point |= "." in raw
            self.saw_comma |= "decimal comma" in found.reason
        if raw.strip() == "None" and kind is not Kind.CHOICES:
            self.saw_none = True
        return found

    def _note(self, row: int, raw: Any, key: Any, found: Reading) -> None:
        note = self._notes.get(key)
        if note is not None:
            note[0] += 1
            return
        read_as = _code(found.value) + found.modifier
        self._notes[key] = [1, row, shown(raw), read_as, found.reason]

    def error(self, row: int, raw: Any, refused: FieldError) -> RecordError:
        """Return the error of a cell."""
        declared = self.target.field.declaration
        rule = refused.rule
        if declared.kind is Kind.YES_NO:
            rule = yes_no_rule(declared)
        return RecordError(
            row=row,
            column=self.header,
            value=shown(raw),
            rule=rule,
            hint=refused.hint,
            table=self.table,
        )

    def refused(self) -> list[str]:
        """Return the texts that could not be read, each once."""
        return [
            key.strip() if isinstance(key, str) else shown(key[1])
            for key, found in self._known.items()
            if isinstance(found, FieldError)
        ]

    def interpretations(self) -> Iterator[Interpretation]:
        """Return what was not read literally, equal cells together."""
        for count, row, raw, read_as, reason in self._notes.values():
            yield Interpretation(
                column=self.header,
                value=raw,
                read_as=read_as,
                reason=reason,
                count=count,
                first_row=row,
                table=self.table,
            )

    def doubted(self) -> list[str]:
        """Return the texts that may be two numbers, each once."""
        return [str(text) for text in self._doubted]

    def doubtful_points(self) -> Iterator[RecordError]:
        """Return points that may separate thousands."""
        for row, raw in self._points:
            yield RecordError(
                row=row,
                column=self.header,
                value=shown(raw),
                rule="a number with one meaning",
                hint=two_meanings(raw.strip()),
                table=self.table,
            )

    def doubtful_grades(self) -> Iterator[RecordError]:
        """Return the grades of a scale that the file seems to code from 0."""
        field = self.target.field
        highest = len(field.declaration.options or ()) - 1
        name = f"{field.name}_0_{highest}"
        if self.target.visit is not None:
            name += f"_{self.target.visit.value}"
        for row, raw in self._graded:
            if shown(raw).strip() != "0":  # which is refused already
                yield RecordError(
                    row=row,
                    column=self.header,
                    value=shown(raw),
                    rule="on a scale that is known, and the file holds a 0 as well",
                    hint=f"if it is coded 0 to {highest}, map the column to {name}",
                    table=self.table,
                )

    def doubtful_nones(self) -> Iterator[RecordError]:
        """Return cells of which it is not known whether a person wrote None."""
        for row in self._nones:
            yield RecordError(
                row=row,
                column=self.header,
                value="None",
                rule=f"{NO_CHOICE} if none applies, or empty if it was not recorded",
                hint=f"map None to {NO_CHOICE}, or to {NOT_RECORDED_WORD}",
                table=self.table,
            )


def _code(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Bound):
        return str(value)
    if isinstance(value, frozenset):
        return ";".join(sorted(str(one.value) for one in value)) or "none"
    return str(getattr(value, "value", value))


@attrs.define(kw_only=True)
class Matched:
    """What the header of a table was understood as.

    Attributes
    ----------
    columns : list of Column
        The columns that are read.
    about : dict
        Columns of what a cohort carries besides: name to position.
    ignored : list of str
        Columns that are not loaded.
    set_aside : list of (int, str)
        Their positions and names.
    told : list of str
        Those of them that the mapping says to ignore.
    unseen : set of int
        Positions of columns that look as if they named a person.
    unnamed : list of int
        Positions without a name.
    errors : list of RecordError
        Columns that are doubtful or stand twice.
    warnings : list of str
        Columns that look as if they named a person.
    """

    columns: list[Column] = attrs.field(factory=list)
    about: dict[str, int] = attrs.field(factory=dict)
    ignored: list[str] = attrs.field(factory=list)
    set_aside: list[tuple[int, str]] = attrs.field(factory=list)
    told: list[str] = attrs.field(factory=list)
    unseen: set[int] = attrs.field(factory=set)
    unnamed: list[int] = attrs.field(factory=list)
    errors: list[RecordError] = attrs.field(factory=list)
    warnings: list[str] = attrs.field(factory=list)

    @property
    def undecided(self) -> list[str]:
        """Columns of which nobody said that they are to be ignored."""
        return [
            name
            for place, name in self.set_aside
            if name not in self.told and place not in self.unseen
        ]


def matched(source: Table, mapping: ColumnMapping, asked: Asked) -> Matched:
    """Match a header with the fields, by name, label or the user's mapping alone."""
    found, table = Matched(), source.name
    taken: dict[Any, str] = {}
    for place, name in enumerate(source.header):
        key = normal(name)
        if not key:
            found.unnamed.append(place)
            continue
        meant = mapping.columns.get(key, name)
        if key in ABOUT and key not in mapping.columns:
            found.about.setdefault(key, place)
            continue
        target = None if normal(meant) == IGNORED else target_of(meant)
        if target is None:
            found.set_aside.append((place, name))
            _set_aside(found, name, source, told=normal(meant) == IGNORED)
            continue
        if target.key in taken:
            found.errors.append(
                RecordError(
                    row=source.header_row or None,
                    column=name,
                    value=shown(name),
                    rule=f"{name} means the same field as {taken[target.key]}",
                    hint="leave one of them out",
                    table=table,
                    name="column-unique",
                )
            )
            continue
        taken[target.key] = name
        words = dict(mapping.cells.get(key, {}))
        found.columns.append(
            Column(
                place=place,
                header=name,
                table=table,
                target=attrs.evolve(target, decimal=asked.decimal),
                missing=asked.missing,
                meant=meant if key in mapping.columns else _own_name(target, name),
                words=words,
                literal=source.literal,
            )
        )
    return found


def _own_name(target: Target, name: str) -> str:
    """Return the field's own name, unless the column is in another unit."""
    if target.conversion is not None:
        return name
    visit = target.visit
    field = target.field
    return field.name if visit is None else wide_name(field, visit)


def _set_aside(found: Matched, name: str, source: Table, *, told: bool) -> None:
    """List a column that is not loaded; a doubtful one is an error."""
    found.ignored.append(name)
    if source.strict:
        return  # each of its cells is an error
    if told:
        found.told.append(name)
    personal = looks_like(normal(name))
    if personal:
        found.unseen.add(source.header.index(name))
        found.warnings.append(
            f"column {name!r} of {source.name} looks like {personal}; it was "
            "not loaded, and should not stand in a file for research"
        )
        return
    if told:
        return
    close = difflib.get_close_matches(
        normal(name)[:80], list(known_names()), n=1, cutoff=0.85
    )
    if close:
        found.errors.append(
            RecordError(
                row=source.header_row or None,
                column=name,
                value=shown(name),
                rule=f"{name} is not the name of a field, but close to one",
                hint=f"did you mean {close[0]}? else map it to {IGNORED}",
                table=source.name,
                name="column-known",
            )
        )
