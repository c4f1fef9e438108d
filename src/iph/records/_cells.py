"""What one cell says: the field's value, and how it was read if not literally."""

import datetime as dt
import enum
import re
import unicodedata
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, Final

import attrs

from iph._bound import Bound
from iph._categories import ImagingFinding, ScheduledVisit
from iph._fields import CHOICE_SEPARATOR, NO_CHOICE, NOT_RECORDED, Declaration, Kind
from iph.errors import FieldError, InputError
from iph.records._numbers import (
    NO_DATES,
    converted,
    is_number,
    may_be_thousands,
    narrowed,
    read_number,
    two_meanings,
)
from iph.records._odd_cells import MissingCell, Unreadable
from iph.records._table import Covered, DayCount, PercentCell, WithUnit
from iph.records._targets import Target, in_unit, known_names
from iph.records._times import visit_of
from iph.records._words import other_words, yes_no_words
from iph.scales._strength import MRCGrade, parse_mrc

_SPLIT: Final = re.compile(r"[;,|；，、]")
_GRADE: Final = re.compile(
    r"(?:m|mrc|bni|grade|grad|grado|degré|grau|derece)?[\s.:]*"
    r"([0-5]|iv|v|i{1,3})([+-]?)(?:\s*(?:级|級|度))?(?:\s*/\s*(?:5|v))?",
    re.IGNORECASE,
)
WROTE_NONE: Final = "None, as a program writes a missing value"
"""The reason of a reading that would be the finding "none", had a person written it."""


@attrs.frozen
class Reading:
    """The value of a cell.

    Attributes
    ----------
    value : object
        In the field's own type; None where nothing is recorded.
    reason : str
        How it was read, if not literally; else empty.
    modifier : str
        The plus or minus that stands behind a strength grade.
    """

    value: Any
    reason: str = ""
    modifier: str = ""


_EMPTY: Final = Reading(None)
_EXACT: Final = 2**53
_WORDS: Final = "_iph_words"


def read_cell(target: Target, raw: Any) -> Reading:
    """Read a cell that is not empty.

    Raises
    ------
    FieldError
        If the field cannot hold what the cell says.
    """
    coded = target.field.declaration.missing
    if coded and _as_code(raw) in coded:
        return Reading(None, "a code for missing")
    if raw.__class__ is str:
        return _from_text(target, raw)
    for kind, read in _SPECIAL:
        if isinstance(raw, kind):
            return read(target, raw)
    return _typed(target, raw)


def _as_code(raw: Any) -> str:
    """Return a cell as a code for missing is written: 999.0 is 999."""
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    return str(raw).strip()


def _from_text(target: Target, raw: str) -> Reading:
    declared, text = target.field.declaration, raw.strip()
    if not text:
        return _EMPTY
    if declared.kind is Kind.IDENTIFIER:
        if text in _NO_NAMES:
            hint = "a program wrote a missing value: fill the pseudonym in"
            raise FieldError(target.field.name, declared.rule(), text, hint)
        return Reading(declared.accept(target.field.name, text))
    if target.is_bound:
        return _sign(target, text)
    if text == "None":
        return _wrote_none(target)
    if text.casefold() in NOT_RECORDED:
        return Reading(None, "a word for not recorded")
    return _TEXT[declared.kind](target, text)


def _sign(target: Target, text: str) -> Reading:
    """Read the sign of a bound that stands in a column of its own."""
    try:
        return Reading(Bound(text, 0).operator)
    except InputError as refused:
        raise FieldError(target.field.name, refused.rule, text) from None


def _refused(target: Target, raw: Any) -> Reading:
    """Refuse a cell that stores no value of a field, and say what it is."""
    declared, hint = target.field.declaration, _WHY_REFUSED.get(type(raw), "")
    if not hint:
        hint = NO_DATES
        if declared.kind in _WRITTEN_AS_FRACTIONS:
            hint = "a spreadsheet made a date of it (of 3/5?): type it as text"
    raise FieldError(target.field.name, declared.rule(), str(raw), hint)


_NO_NAMES: Final = frozenset({"None", "nan", "NaN", "<NA>", "NaT"})
_WRITTEN_AS_FRACTIONS: Final = {Kind.GRADE, Kind.QUANTITY}


def _wrote_none(target: Target) -> Reading:
    """Read the text None: a missing value, unless the field has a word "none"."""
    declared = target.field.declaration
    if declared.kind is Kind.CHOICES:
        return Reading(None, WROTE_NONE)
    if declared.options is not None and "none" in option_words(declared.options)[1]:
        return _option(target, "None")
    return Reading(None, "a word for not recorded")


def _percent(target: Target, raw: PercentCell) -> Reading:
    """Read a cell that shows a hundred times what it stores."""
    name, declared = target.field.name, target.field.declaration
    exact = Fraction(repr(raw.value)) * 100
    if declared.unit != "%":
        hint = "the cell has a percent format: give it the format General"
        raise FieldError(name, declared.rule(), f"{float(exact):g}%", hint)
    return Reading(declared.accept(name, float(exact)), "shown as a percentage")


def _counted(target: Target, raw: DayCount) -> Reading:
    """Read days between two dates."""
    name, declared = target.field.name, target.field.declaration
    try:
        return Reading(declared.accept(name, raw.days))
    except FieldError as refused:
        hint = f"this date and {raw.since} stand in an order that cannot be"
        raise FieldError(name, refused.rule, str(raw), hint) from None


def _with_unit(target: Target, raw: WithUnit) -> Reading:
    """Read a cell in the unit that stands beside it."""
    conversion = in_unit(target.field, raw.unit)
    if conversion is None:
        name, declared = target.field.name, target.field.declaration
        hint = f"the unit beside it is {raw.unit}, which is not converted"
        raise FieldError(name, declared.rule(), str(raw), hint)
    converting = attrs.evolve(target, conversion=conversion)
    if isinstance(raw.cell, str) and may_be_thousands(converting, raw.cell):
        name, hint = target.field.name, two_meanings(raw.cell.strip())
        raise FieldError(name, "a number with one meaning", raw.cell, hint)
    return read_cell(converting, raw.cell)


_WHY_REFUSED: Final[Mapping[type, str]] = {
    Unreadable: "the cell holds an error or a formula that was never computed",
    Covered: "split merged cells, and write the value into each row",
}


def _typed(target: Target, raw: Any) -> Reading:
    """Read what the file itself calls a number or a truth value."""
    name, declared = target.field.name, target.field.declaration
    if declared.kind is Kind.IDENTIFIER and isinstance(raw, float):
        if abs(raw) >= _EXACT:
            hint = "the program that stored it has rounded the digits: store it as text"
            raise FieldError(name, declared.rule(), f"{raw:.0f}", hint)
        whole = int(raw) if raw.is_integer() else raw
        return Reading(declared.accept(name, whole))
    if target.from_zero and not isinstance(raw, bool):
        return _from_zero(target, float(raw))
    if isinstance(raw, bool) and declared.options is ImagingFinding:
        return _option(target, "yes" if raw else "no")
    if declared.kind is Kind.YES_NO and not isinstance(raw, bool) and raw in (0, 1):
        return Reading(bool(raw), "1 is yes, 0 is no")
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        conversion = target.conversion
        if conversion is not None and raw == raw and abs(raw) != float("inf"):  # noqa: PLR0124 - not NaN
            return Reading(*converted(target, Fraction(repr(raw)), conversion))
    return Reading(declared.accept(name, raw))


_SPECIAL: Final[tuple[tuple[Any, Callable[[Target, Any], Reading]], ...]] = (
    ((int, float), _typed),
    (str, _from_text),
    ((dt.date, dt.time, dt.timedelta, Unreadable, Covered), _refused),
    (MissingCell, lambda *_: Reading(None, "a code for missing")),
    (PercentCell, _percent),
    (DayCount, _counted),
    (WithUnit, _with_unit),
)


def _number(target: Target, text: str) -> Reading:
    return Reading(*read_number(target, text))


def _grade(target: Target, text: str) -> Reading:
    name, declared = target.field.name, target.field.declaration
    if is_number(text):
        if target.from_zero:
            return _from_zero(target, float(text))
        return Reading(declared.accept(name, float(text)))
    if target.from_zero:
        hint = "the column is said to be coded from 0: write the digit"
        raise FieldError(name, declared.rule(), text, hint)
    plain = narrowed(text)
    found = _GRADE.fullmatch(plain)
    if found is not None:
        plain = found.group(1) + found.group(2)
    if declared.options is MRCGrade:
        return _strength(target, plain if found else text, text)
    if found is not None and plain != text:
        return Reading(_grade(target, plain).value, "written otherwise")
    return _option(target, text)


def _from_zero(target: Target, number: float) -> Reading:
    """Read a grade of a scale that is coded one lower than it is numbered."""
    name, declared = target.field.name, target.field.declaration
    try:
        return Reading(declared.accept(name, number + 1), "coded from 0")
    except FieldError:
        highest = len(declared.options or ()) - 1
        rule = f"a whole number from 0 to {highest}"
        raise FieldError(name, rule, f"{number:g}") from None


def _strength(target: Target, text: str, given: str) -> Reading:
    """Read ``4-`` or ``IV``; a modifier is kept, if the field has a place for it."""
    name, declared = target.field.name, target.field.declaration
    try:
        read = parse_mrc(text)
    except InputError as refused:
        try:
            return _option(target, given)
        except FieldError:
            raise FieldError(name, declared.rule(), given, refused.hint) from None
    assert read is not None  # noqa: S101 - blank text is no cell
    place = name == "strength" and "strength_modifier" in known_names()
    if read.modifier and not place:
        hint = "this field has no place for a plus or minus"
        raise FieldError(name, declared.rule(), given, hint)
    if read.modifier:
        return Reading(read.grade, "plus or minus kept apart", read.modifier)
    return Reading(read.grade, "written otherwise")


def _option(target: Target, text: str) -> Reading:
    name, declared = target.field.name, target.field.declaration
    options = declared.options
    assert options is not None  # noqa: S101 - choices and grades have options
    codes, words = option_words(options)
    if text in codes:
        return Reading(codes[text])
    option = words.get(_word(text))
    if option is None and issubclass(options, ScheduledVisit):
        option = visit_of(text)
    if option is None:
        raise FieldError(name, declared.rule(), text, close_hint(text, codes))
    return Reading(option, "a word for this code")


def _choices(target: Target, text: str) -> Reading:
    name, declared = target.field.name, target.field.declaration
    if text == NO_CHOICE:
        return Reading(frozenset())
    parts = [part.strip() for part in _SPLIT.split(text)]
    literal = _word(text) != NO_CHOICE
    if not literal:
        return Reading(frozenset(), "none of the choices")
    if not all(parts):
        hint = f"write codes with {CHOICE_SEPARATOR} between them, or {NO_CHOICE}"
        raise FieldError(name, declared.rule(), text, hint)
    try:
        read = [_option(target, part) for part in parts]
    except FieldError as refused:
        raise FieldError(name, declared.rule(), text, refused.hint) from None
    value = declared.accept(name, [one.value for one in read])
    plain = CHOICE_SEPARATOR in text or len(parts) == 1
    literal = plain and not any(one.reason for one in read)
    return Reading(value, "" if literal else "a set of choices")


def _yes_no(target: Target, text: str) -> Reading:
    word = _word(text)
    if word not in yes_no_words():
        raise FieldError(
            target.field.name, "yes or no", text, "leave it empty if it is not known"
        )
    literal = text in ("yes", "no")
    return Reading(yes_no_words()[word], "" if literal else "a word for yes or no")


def _word(text: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFC", narrowed(text))
    return re.sub(r"[\s_]+", " ", text.strip().casefold())


def option_words(
    options: type[enum.Enum],
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the codes of an enumeration, and all words for each of them.

    They are kept on the enumeration, and go when a study that declared it goes.
    """
    if _WORDS not in options.__dict__:
        setattr(options, _WORDS, _option_words(options))
    found: tuple[dict[str, Any], dict[str, Any]] = options.__dict__[_WORDS]
    return found


def _option_words(
    options: type[enum.Enum],
) -> tuple[dict[str, Any], dict[str, Any]]:
    codes = {str(option.value): option for option in options}
    words: dict[str, Any] = {_word(code): option for code, option in codes.items()}
    labels = [_word(getattr(option, "label", "")) for option in options]
    for option, label in zip(options, labels, strict=True):
        if label and labels.count(label) == 1:
            words.setdefault(label, option)
        numeral = getattr(option, "numeral", "")
        if numeral:
            words.setdefault(_word(numeral), option)
    for word, option in other_words(options).items():
        words.setdefault(word, option)
    return codes, words


def close_hint(text: str, known: Mapping[str, Any]) -> str:
    """Ask whether a close word was meant."""
    import difflib

    close = difflib.get_close_matches(
        text.casefold()[:80], list(known), n=1, cutoff=0.7
    )
    return f"did you mean {close[0]}?" if close else ""


_TEXT: Final[Mapping[Kind, Callable[[Target, str], Reading]]] = {
    Kind.QUANTITY: _number,
    Kind.DAYS: _number,
    Kind.GRADE: _grade,
    Kind.CHOICE: _option,
    Kind.CHOICES: _choices,
    Kind.YES_NO: _yes_no,
}


def yes_no_rule(declared: Declaration) -> str:
    """Say what a cell of the field must hold."""
    return "yes or no" if declared.kind is Kind.YES_NO else declared.rule()
