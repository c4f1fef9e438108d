"""What a column of a sheet seems to hold, as the declaration of a study file."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import attrs

from iph.records._privacy import looks_like
from iph.records._targets import guessed_target, normal, target_of
from iph.records._words import words, yes_no_words

_MOST_CODES: Final = 12
_MOST_ODD_WORDS: Final = 2
_RARE: Final = 4
"""Words are rare among numbers if at most one cell in so many holds one."""
_UNIT_BEHIND: Final = re.compile(r"(.*\S)\s*[(\[]\s*([^()\[\]]+?)\s*[)\]]")
_DIGIT: Final = re.compile(r"\d")
_DATE: Final = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}.*")
_MISSING_NUMBERS: Final = frozenset(
    map(Decimal, ("-1", "-9", "-99", "-999", "99", "999", "9999"))
)
_BUILT_IN: Final = ("age_years", "sex")
_SIGNS_OF_BOUNDS: Final = "<>≤≥＜＞= "


@attrs.frozen(kw_only=True)
class Column:
    """A column, or all columns of one field at visits."""

    header: str
    values: list[str]
    at_visit: bool = False
    is_own: bool = False
    """Whether it is not to be guessed that a built-in field is meant."""


@attrs.frozen
class Guess:
    """A line of the draft: the declaration, or why there is none."""

    name: str
    declared: Mapping[str, Any] | None
    remark: str = ""
    at_visit: bool = False


def guess_of(column: Column) -> Guess:
    """Return what the values of a column seem to be."""
    header = column.header.strip()
    label, unit = unit_behind(header)
    name = _slug(label)
    person = looks_like(normal(header))
    if person:
        return Guess(name, None, f"{header!r} looks like {person}: not declared")
    known, said_missing = _without_missing([v for v in column.values if v])
    built_in = "" if column.is_own else _built_in(column, known)
    if built_in:
        remark = "" if normal(header) == built_in else f"the column {header!r}"
        return Guess(built_in, {}, _with_doubts(remark, said_missing))
    declared: dict[str, Any] = {} if label == name else {"label": label}
    remark = ""
    seen = Counter(known)
    if all(word.casefold() in yes_no_words() for word in seen):
        declared["yes_no"] = True
    elif numbers := _numbers(known):
        remark = _number(declared, unit, numbers)
    elif all(_DATE.fullmatch(word) for word in seen):
        return Guess(name, None, f"{header!r} holds dates: give days instead")
    elif any(";" in word for word in seen) and len(_parts(seen)) <= _MOST_CODES:
        declared["choices"] = [part for part in _parts(seen) if part != "none"]
    elif len(seen) <= _MOST_CODES and len(seen) <= max(2, len(known) / 2):
        declared["codes"] = _codes(seen)
        remark = "if the order matters: grades = [...] in order"
    else:
        alone = len(seen) == len(known) > 1
        what = "differs in each row: patient_id?" if alone else "holds free text"
        return Guess(name, None, f"{header!r} {what}: not declared")
    if said_missing:
        declared["missing"] = [*declared.get("missing", ()), *said_missing]
    return Guess(name, declared, _with_doubts(remark, said_missing), column.at_visit)


def _with_doubts(remark: str, said_missing: list[str]) -> str:
    """Return a remark that also asks whether words mean that nothing was recorded."""
    if not said_missing:
        return remark
    listed = ", ".join(map(repr, said_missing))
    return f"{remark}{'; ' if remark else ''}{listed}: not recorded?"


def built_in_of(header: str) -> str:
    """Return the built-in field that a column seems to be, in whatever unit."""
    target = target_of(header) or guessed_target(header)
    return "" if target is None or target.of_assessment else target.field.name


def _built_in(column: Column, known: list[str]) -> str:
    """Return the built-in field that a column is; empty if it is none beyond doubt.

    A laboratory value is one if the header says its unit and the cells are numbers.
    What stands in another unit stays in it, as a field of the study's own.
    """
    name = built_in_of(column.header)
    if column.at_visit or name in _BUILT_IN:
        return "" if column.at_visit else name
    target = target_of(column.header.strip())
    if target is None or target.of_assessment or target.is_bound or target.conversion:
        return ""
    declared = target.field.declaration
    is_unit_said = not declared.unit or normal(column.header) != normal(declared.label)
    is_laboratory = declared.loinc is not None and is_unit_said
    measured = _numbers([value.lstrip(_SIGNS_OF_BOUNDS) for value in known])
    return name if is_laboratory and measured else ""


def unit_behind(header: str) -> tuple[str, str]:
    """Return a header without the unit in brackets behind it, and the unit."""
    found = _UNIT_BEHIND.fullmatch(header.strip())
    return (found[1], found[2]) if found else (header.strip(), "")


def _without_missing(values: list[str]) -> tuple[list[str], list[str]]:
    """Return the values but words that say that nothing was recorded, and these."""
    usual = frozenset(words()["missing"]["words"])
    said = {value for value in values if value.casefold() in usual}
    others = {v for v in values if v not in said and not _numbers([v])}
    few = sum(value in others for value in values) * _RARE <= len(values)
    if few and len(others) <= _MOST_ODD_WORDS and not any(map(_DIGIT.search, others)):
        said |= others  # words among numbers are no codes
    if all(value in said for value in values):  # then they are all that there is
        return values, []
    kept = [value for value in values if value not in said]
    return kept, [v for v in dict.fromkeys(values) if v in said]


def _slug(label: str) -> str:
    plain = re.sub(r"[^a-z0-9]+", "_", normal(label)).strip("_")
    return plain if plain[:1].isalpha() else f"field_{plain}".strip("_")


def _parts(words: Iterable[str]) -> list[str]:
    return list(
        dict.fromkeys(p.strip() for word in words for p in word.split(";") if p)
    )


def _codes(words: Mapping[str, int]) -> list[str]:
    """Return the words that a reader tells apart, in the order of the sheet."""
    found: dict[str, str] = {}
    for word in words:
        found.setdefault(" ".join(word.replace("_", " ").split()).casefold(), word)
    return list(found.values())


def _numbers(values: list[str]) -> list[Decimal]:
    """Return the values as numbers; none if any of them is no number."""
    found = []
    for value in values:
        try:
            number = Decimal(value.replace(",", "."))
        except InvalidOperation:
            return []
        if not number.is_finite() or abs(number) > Decimal(10) ** 9:
            return []
        found.append(number)
    return found


def _number(declared: dict[str, Any], unit: str, numbers: list[Decimal]) -> str:
    """Add what numbers seem to be; return what is to be checked."""
    odd = sorted(_MISSING_NUMBERS & set(numbers))
    others = [number for number in numbers if number not in odd]
    top = max(map(abs, others), default=Decimal(0))
    odd = [code for code in odd if others and (code < min(others) or code > 3 * top)]
    others = [number for number in numbers if number not in odd]
    lowest, highest = _bounds(others)
    odd = [code for code in odd if not lowest <= code <= highest]  # 99 beside 100
    others = [number for number in numbers if number not in odd]
    low, high = min(others), max(others)
    if unit:
        declared["unit"] = unit
    declared["low"], declared["high"] = lowest, highest
    digits = max(max(0, -int(number.as_tuple().exponent)) for number in others)
    if digits:
        declared["step"] = str(Decimal(1).scaleb(-digits))
    if odd:
        declared["missing"] = [int(code) for code in odd]
    return f"seen from {low} to {high}: what is plausible?"


def _bounds(numbers: list[Decimal]) -> tuple[int, int]:
    """Return round bounds that leave room beyond what was seen."""
    low, high = min(numbers), max(numbers)
    lowest = 0 if low >= 0 else -_round_up(-low)
    return lowest, _round_up(max(high, Decimal(1)))


def _round_up(number: Decimal) -> int:
    """Return a round number that leaves room above."""
    size = 10 ** max(0, number.adjusted())
    return math.ceil(number * 3 / 2 / size) * size if number >= 10 else 10
