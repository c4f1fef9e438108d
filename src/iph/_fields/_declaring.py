"""The functions that declare a field, each for one kind of value."""

import contextlib
import enum
import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any, Final

from iph._fields._converting import KEY
from iph._fields._declaration import (
    Declaration,
    End,
    Kind,
    OtherUnit,
)
from iph._options import each, instance, one_number
from iph.errors import InputError

Metadata = dict[str, Declaration]


def identifier(label: str, *, note: str = "") -> Metadata:
    """Declare a pseudonym; the one kind that may not be missing."""
    declared = Declaration(kind=Kind.IDENTIFIER, label=label, required=True, note=note)
    return {KEY: declared}


def quantity(
    label: str,
    *,
    low: float,
    high: float,
    step: str | int,
    unit: str | None = None,
    ucum: str | None = None,
    other_units: Mapping[str, str | int] | None = None,
    loinc: str | None = None,
    best: End | None = None,
    closed: bool = False,
    note: str = "",
    bounded: bool = False,
    missing: Iterable[str | float] = (),
) -> Metadata:
    """Declare a measured quantity with unit, bounds and measurement step."""
    _check_bounds(low, high)
    if other_units is not None:
        instance(other_units, "other_units", Mapping, "a factor for each unit, or None")
    others = (other_units or {}).items()
    declared = Declaration(
        kind=Kind.QUANTITY,
        label=label,
        unit=unit,
        ucum=ucum,
        low=low,
        high=high,
        step=_above_0(step, "step"),
        other_units=tuple(
            OtherUnit(name, _above_0(f, f"other_units[{name!r}]")) for name, f in others
        ),
        loinc=loinc,
        best=best,
        closed=closed,
        note=note,
        bounded=bounded,
        missing=_missing_codes(missing, low, high),
    )
    return {KEY: declared}


def _check_bounds(low: float, high: float) -> None:
    least = one_number(low, "low", "a number")
    if not least <= one_number(high, "high", "a number"):
        raise InputError("high", f"a number not below low ({least:g})", high)


def _above_0(written: str | int, name: str) -> Fraction:
    """Return a number above 0, as a text or a whole number says it exactly."""
    numeral = isinstance(written, str) and len(written) <= _LONGEST_NUMERAL
    if isinstance(written, (Fraction, int, float)) or (
        numeral and _NUMERAL.fullmatch(written.strip())
    ):
        with contextlib.suppress(ValueError, OverflowError):  # infinity and NaN
            found = Fraction(written)
            if found > 0:
                return found
    rule = "a number above 0, whole or as a text, such as '0.1'"
    raise InputError(name, rule, written)


_CODES: Final = "a list of texts and numbers"
_LONGEST_NUMERAL: Final = 40
_NUMERAL: Final = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d{1,3})?")


def _missing_codes(
    codes: Iterable[str | float], low: float, high: float
) -> tuple[str, ...]:
    """Return the codes for "not recorded" as text; refuse one that is a value."""
    listed = [codes] if isinstance(codes, str) else each(codes, "missing", _CODES)
    for code in listed:
        instance(code, "missing", (str, int, float), _CODES)
        text = str(code).strip()
        if _NUMERAL.fullmatch(text) and low <= Fraction(text) <= high:
            wanted = f"codes outside the bounds {low:g} to {high:g}"
            raise InputError("missing", wanted, code)
    return tuple(f"{c:g}" if isinstance(c, float) else str(c) for c in listed)


def days(label: str, *, low: int = 0, high: int = 36_525, note: str = "") -> Metadata:
    """Declare a number of whole days (never a date)."""
    _check_bounds(low, high)
    declared = Declaration(
        kind=Kind.DAYS,
        label=label,
        unit="days",
        ucum="d",
        low=low,
        high=high,
        step=Fraction(1),
        note=note,
    )
    return {KEY: declared}


def _check_options(options: type[enum.Enum], kind: type, words: str) -> None:
    given: object = options
    if not isinstance(given, enum.EnumMeta) or any(
        not isinstance(option.value, kind) for option in options
    ):
        raise InputError("options", f"an enumeration of {words}", options)


def grade(
    label: str, options: type[enum.Enum], *, best: End | None, note: str = ""
) -> Metadata:
    """Declare a grade of an ordered scale."""
    _check_options(options, int, "whole numbers")
    declared = Declaration(
        kind=Kind.GRADE, label=label, options=options, best=best, note=note
    )
    return {KEY: declared}


def choice(label: str, options: type[enum.Enum], *, note: str = "") -> Metadata:
    """Declare one choice out of several."""
    _check_options(options, str, "texts")
    declared = Declaration(kind=Kind.CHOICE, label=label, options=options, note=note)
    return {KEY: declared}


def choices(label: str, options: type[enum.Enum], *, note: str = "") -> Metadata:
    """Declare a set of choices; an empty set says that none applies."""
    _check_options(options, str, "texts")
    declared = Declaration(kind=Kind.CHOICES, label=label, options=options, note=note)
    return {KEY: declared}


def yes_no(label: str, *, note: str = "") -> Metadata:
    """Declare a question answered with yes or no."""
    return {KEY: Declaration(kind=Kind.YES_NO, label=label, note=note)}


def part(label: str, cls: type[Any], *, required: bool = False) -> Metadata:
    """Declare a nested object, which may be missing as a whole unless required."""
    declared = Declaration(kind=Kind.PART, label=label, part=cls, required=required)
    return {KEY: declared}
