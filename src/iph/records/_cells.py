"""What one cell says: the field's value, and how it was read if not literally."""

import datetime as dt
import enum
import functools
import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, Final

import attrs

from iph._fields import CHOICE_SEPARATOR, NO_CHOICE, Declaration, Kind
from iph.errors import FieldError, InputError
from iph.records._odd_cells import MissingCell, Unreadable
from iph.records._targets import Conversion, Target
from iph.records._words import NOT_RECORDED, OTHER_WORDS, YES_NO
from iph.scales._strength import MRCGrade, parse_mrc

_NUMBER: Final = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_COMMA: Final = re.compile(r"[+-]?[0-9]+,[0-9]+")
_THOUSANDS: Final = re.compile(r"[+-]?[1-9][0-9]{0,2}([,.'][0-9]{3})+")
_MINUS: Final = str.maketrans({"\u2212": "-", "\uff0d": "-"})
_LONGEST_NUMBER: Final = 40
_HUGE: Final = 10**300
_SPLIT: Final = re.compile(r"[;,|]")


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


def read_cell(target: Target, raw: Any) -> Reading:
    """Read a cell that is not empty.

    Raises
    ------
    FieldError
        If the field cannot hold what the cell says.
    """
    name, declared = target.field.name, target.field.declaration
    if isinstance(raw, (dt.date, dt.time, dt.timedelta)):
        hint = "dates and times are not read: give days since the start of treatment"
        raise FieldError(name, declared.rule(), str(raw), hint)
    if isinstance(raw, MissingCell):
        return Reading(None, "a code for missing")
    if isinstance(raw, Unreadable):
        hint = "the cell holds an error or a formula that was never computed"
        raise FieldError(name, declared.rule(), raw.text, hint)
    if not isinstance(raw, str):
        return _typed(target, raw)
    text = raw.strip()
    if not text:
        return _EMPTY
    if declared.kind is Kind.IDENTIFIER:
        return Reading(declared.accept(name, text))
    if text.casefold() in NOT_RECORDED:
        return Reading(None, "a word for not recorded")
    return _TEXT[declared.kind](target, text)


def _typed(target: Target, raw: Any) -> Reading:
    """Read what the file itself calls a number or a truth value."""
    name, declared = target.field.name, target.field.declaration
    if declared.kind is Kind.IDENTIFIER and isinstance(raw, float):
        whole = int(raw) if raw.is_integer() else raw
        return Reading(declared.accept(name, whole))
    if declared.kind is Kind.YES_NO and not isinstance(raw, bool) and raw in (0, 1):
        return Reading(bool(raw), "1 is yes, 0 is no")
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        conversion = target.conversion
        if conversion is not None and raw == raw and abs(raw) != float("inf"):  # noqa: PLR0124 - not NaN
            return _converted(target, Fraction(repr(raw)), conversion)
    return Reading(declared.accept(name, raw))


def _number(target: Target, text: str) -> Reading:
    name, declared = target.field.name, target.field.declaration
    plain, reason = text.translate(_MINUS), ""
    if plain != text:
        reason = "typographic minus"
    if len(plain) <= _LONGEST_NUMBER and _COMMA.fullmatch(plain):
        if _THOUSANDS.fullmatch(plain):
            either = plain.replace(",", "."), plain.replace(",", "")
            hint = f"is it {either[0]} or {either[1]}? write it without a comma"
            raise FieldError(name, declared.rule(), text, hint)
        plain, reason = plain.replace(",", "."), "decimal comma"
    if len(plain) > _LONGEST_NUMBER or not _NUMBER.fullmatch(plain):
        raise FieldError(name, declared.rule(), text, _number_hint(plain))
    if target.conversion is not None:
        return _converted(target, Fraction(plain), target.conversion)
    return Reading(declared.accept(name, float(plain)), reason)


def _number_hint(text: str) -> str:
    if text.startswith(("<", ">", "≤", "≥", "~")):
        return "a bound is not a value: leave it empty, or give the value"
    if re.match(r"[+-]?[0-9]+([.,][0-9]+)?\s*[^\W\d_]", text):
        return "write the number alone; the unit belongs to the column"
    if re.match(r"[0-9]+\s*[-/–]\s*[0-9]", text):
        return "a range is not a value: which one was it?"
    return ""


def _converted(target: Target, number: Fraction, conversion: Conversion) -> Reading:
    name, declared = target.field.name, target.field.declaration
    exact = number * conversion.factor
    reason = f"{conversion.unit} times {_factor(conversion.factor)}"
    if conversion.rounded:
        half_up = (2 * abs(exact) + 1) // 2
        exact = Fraction(half_up if exact >= 0 else -half_up)
        reason += ", rounded to whole days"
    try:
        return Reading(declared.accept(name, float(exact)), reason)
    except FieldError as refused:
        given = f"{float(number):g}" if abs(number) < _HUGE else "a huge number"
        hint = f"the column is in {conversion.unit}: {given} is {reason}"
        raise FieldError(name, refused.rule, float(exact), hint) from None
    except OverflowError:
        raise FieldError(name, declared.rule(), "an endless number") from None


def _factor(factor: Fraction) -> str:
    return f"{float(factor):.10g}"


def _grade(target: Target, text: str) -> Reading:
    name, declared = target.field.name, target.field.declaration
    if _NUMBER.fullmatch(text) and len(text) <= _LONGEST_NUMBER:
        return Reading(declared.accept(name, float(text)))
    if declared.options is MRCGrade:
        return _strength(target, text)
    return _option(target, text)


def _strength(target: Target, text: str) -> Reading:
    """Read ``4-`` or ``IV``; a modifier is kept, if the field has a place for it."""
    name, declared = target.field.name, target.field.declaration
    try:
        read = parse_mrc(text)
    except InputError as refused:
        try:
            return _option(target, text)
        except FieldError:
            raise FieldError(name, declared.rule(), text, refused.hint) from None
    assert read is not None  # noqa: S101 - blank text is no cell
    if read.modifier and name != "strength":
        hint = "this field has no place for a plus or minus"
        raise FieldError(name, declared.rule(), text, hint)
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
    if word not in YES_NO:
        raise FieldError(
            target.field.name, "yes or no", text, "leave it empty if it is not known"
        )
    literal = text in ("yes", "no")
    return Reading(YES_NO[word], "" if literal else "a word for yes or no")


def _word(text: str) -> str:
    return re.sub(r"[\s_]+", " ", text.strip().casefold())


@functools.cache
def option_words(
    options: type[enum.Enum],
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the codes of an enumeration, and all words for each of them."""
    codes = {str(option.value): option for option in options}
    words: dict[str, Any] = {_word(code): option for code, option in codes.items()}
    labels = [_word(getattr(option, "label", "")) for option in options]
    for option, label in zip(options, labels, strict=True):
        if label and labels.count(label) == 1:
            words.setdefault(label, option)
        numeral = getattr(option, "numeral", "")
        if numeral:
            words.setdefault(_word(numeral), option)
    for word, option in OTHER_WORDS.get(options, {}).items():
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
