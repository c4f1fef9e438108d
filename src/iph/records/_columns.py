"""The columns of one table: what each means, and what was read in it."""

from collections.abc import Iterator
from typing import Any, Final

import attrs

from iph._bound import Bound
from iph._fields import NO_CHOICE, NOT_ROUNDED, Kind
from iph.errors import FieldError
from iph.records._cells import WROTE_NONE, Reading, read_cell, yes_no_rule
from iph.records._formulas import rearmed
from iph.records._mapping import IGNORED, NOT_RECORDED_WORD
from iph.records._numbers import may_be_thousands, two_meanings
from iph.records._report import Interpretation, RecordError, shown
from iph.records._targets import Target, normal, target_of

GENERAL: Final = frozenset({"outcome", "strength"})
"""Names of fields that sheets of other studies use for something else."""

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
    is_told : bool
        Whether the user's mapping says what it means.
    missing : frozenset of str
        Texts that stand for a missing value throughout the file.
    saw_point, saw_comma : bool
        Whether a number has a decimal point, or a decimal comma, beyond doubt.
    saw_zero : bool
        Whether a scale that begins at 1 holds a 0.
    saw_code : bool
        Whether a column of yes and no holds a digit that is neither 0 nor 1.
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
    is_told: bool = False
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
    saw_code: bool = attrs.field(default=False, init=False)
    _coded: list[tuple[int, Any]] = attrs.field(factory=list, init=False)
    _may_be_coded: bool = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        declared = self.target.field.declaration
        self._may_be_coded = declared.kind is Kind.YES_NO and not self.words
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
        key = self._key(raw)
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
        if self._may_be_coded and shown(raw).strip() in _DIGITS:
            self.saw_code |= isinstance(found, FieldError)
            self._coded.append((row, raw))
        if isinstance(found, FieldError):
            return found
        if key in self._doubted:
            self._points.append((row, raw))
        if found.reason:
            if found.reason is WROTE_NONE:
                self._nones.append(row)
            self._note(row, raw, key, found)
        elif (
            key in self._known
            and key not in self._doubted
            and not self._may_be_shifted
            and not self._may_be_coded
        ):
            self._plain[key] = found
        return found

    @staticmethod
    def _key(raw: Any) -> Any:
        return raw if raw.__class__ is str else (raw.__class__, raw)

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
        hint = refused.hint
        if declared.kind is Kind.YES_NO:
            rule = yes_no_rule(declared)
        decimals = f"{self.target.field.name.removesuffix('years')}decimal_years"
        if hint == NOT_ROUNDED and target_of(decimals) is not None:
            hint = f"for completed years map the column to {decimals}"
        return RecordError(
            row=row,
            column=self.header,
            value=shown(raw),
            rule=rule,
            hint=hint,
            table=self.table,
        )

    def refused(self) -> list[str]:
        """Return the texts that could not be read, each once."""
        texts = [
            key.strip() if isinstance(key, str) else shown(key[1])
            for key, found in self._known.items()
            if isinstance(found, FieldError)
        ]
        if self.saw_code:  # then 0 and 1 are codes as well, of unknown meaning
            texts += [shown(raw).strip() for _, raw in self._coded]
        return list(dict.fromkeys(texts))

    @property
    def is_doubtful(self) -> bool:
        """Whether a name in general use holds something else than the field."""
        if normal(self.header) not in GENERAL or self.words or self.is_told:
            return False
        refused = sum(isinstance(found, FieldError) for found in self._known.values())
        return refused > 1 and 2 * refused > len(self._known)

    def doubtful_name(self) -> RecordError:
        """Ask whether the column holds the field that its name says."""
        label = self.target.field.declaration.label
        cells = ", ".join(repr(text) for text in self.refused()[:3])
        return RecordError(
            row=None,
            column=self.header,
            value=self.header,
            rule=f"{self.header} is the name of a field ({label}), but its cells say "
            f"{cells}",
            hint=f"map it to {IGNORED}, or to {self.meant} and its words to codes",
            table=self.table,
            name="column-meant",
        )

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
        highest = len(self.target.field.declaration.options or ()) - 1
        name = self.name_from_zero
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

    @property
    def is_graded(self) -> bool:
        """Whether digits stand for grades of a scale that begins at 1."""
        return bool(self._graded)

    @property
    def name_from_zero(self) -> str:
        """The name that says that the scale is coded from 0."""
        field, visit = self.target.field, self.target.visit
        name = f"{field.name}_0_{len(field.declaration.options or ()) - 1}"
        return name if visit is None else f"{name}_{visit.value}"

    @property
    def may_be_from_zero(self) -> bool:
        """Whether all grades can be read on either scale, so that nobody can tell."""
        seen = {shown(raw).strip() for _, raw in self._graded}
        highest = str(len(self.target.field.declaration.options or ()))
        return bool(seen) and not seen & {"0", highest}

    def doubtful_codes(self) -> Iterator[RecordError]:
        """Return 0 and 1 for yes or no beside other codes, which need not be these."""
        for row, raw in self._coded if self.saw_code else ():
            if not isinstance(self._known.get(self._key(raw)), FieldError):
                yield RecordError(
                    row=row,
                    column=self.header,
                    value=shown(raw),
                    rule="yes or no, and the column holds other codes as well",
                    hint=f"map {shown(raw).strip()} and the other codes to yes and no",
                    table=self.table,
                )

    def doubtful_nones(self) -> Iterator[RecordError]:
        """Return the cells in which a person, or a program, may have written None."""
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
