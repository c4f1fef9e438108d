"""A declaration as the table of a study file."""

import enum
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import attrs

from iph._fields import Declaration, Kind, label_of
from iph.errors import InputError
from iph.protocol._file_fields import BUILT_IN
from iph.protocol._times import TimeUnit
from iph.protocol._toml_writing import amount


def field_table(
    role: str, name: str, declared: Declaration, unit: TimeUnit, *, with_best: bool
) -> dict[str, Any]:
    """Return the table of a field; empty for a built-in one."""
    known = BUILT_IN[role].get(name)
    words: dict[str, Any] = {"label": declared.label}
    if declared.note:
        words["note"] = declared.note
    if known is not None:
        same = attrs.evolve(known, label=declared.label, note=declared.note)
        if same == declared and (declared.note or not known.note):
            return {k: v for k, v in words.items() if v != getattr(known, k)}
    table = words | _holds(name, declared, unit)
    if with_best and declared.best is not None:
        table["better"] = declared.best
    return table


def _holds(name: str, declared: Declaration, unit: TimeUnit) -> dict[str, Any]:
    kind = declared.kind
    if kind is Kind.QUANTITY:
        return _quantity(declared)
    if kind is Kind.DAYS:
        table: dict[str, Any] = {"days": True}
        if declared.low:
            table["low"] = declared.low
        if declared.high != 36_525 * unit.a_day:
            table["high"] = declared.high
        return table
    if kind is Kind.YES_NO:
        return {"yes_no": True}
    if kind is Kind.GRADE:
        return grades_table(name, declared.options or ())
    if kind in {Kind.CHOICE, Kind.CHOICES}:
        key = "codes" if kind is Kind.CHOICE else "choices"
        return {key: _codes(declared)}
    raise InputError("protocol", "one that a study file can state", name)


def _quantity(declared: Declaration) -> dict[str, Any]:
    table: dict[str, Any] = {"low": declared.low, "high": declared.high}
    step = declared.step
    if step is not None and step != 1:
        table["step"] = amount(step)
    for key in ("unit", "ucum", "loinc"):
        if getattr(declared, key) is not None:
            table[key] = getattr(declared, key)
    if declared.other_units:
        table["other_units"] = {o.unit: amount(o.factor) for o in declared.other_units}
    if declared.missing:
        table["missing"] = [_code(code) for code in declared.missing]
    for key in ("closed", "bounded"):
        if getattr(declared, key):
            table[key] = True
    return table


def _code(code: str) -> int | str:
    """Return a code for "not recorded", as a number where it is one."""
    plain = code.lstrip("-")
    return int(code) if plain.isdecimal() and str(Decimal(code)) == code else code


def _codes(declared: Declaration) -> Any:
    codes = {str(one.value): label_of(one) for one in declared.options or ()}
    usual = all(label == code.replace("_", " ") for code, label in codes.items())
    return list(codes) if usual else codes


def grades_table(name: str, grades: Iterable[enum.Enum]) -> dict[str, Any]:
    """Return the words of grades, and the number of the first where it is not 0."""
    options = list(grades)
    numbers = [int(one.value) for one in options]
    if numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        what = f"{name}, whose grades are {', '.join(map(str, numbers))}"
        raise InputError("protocol", "one that a study file can state", what)
    table: dict[str, Any] = {"grades": [label_of(one) for one in options]}
    if numbers[0] != 0:
        table["from"] = numbers[0]
    return table


def cut_table(declared: Declaration, field: str, at: Sequence[float]) -> dict[str, Any]:
    """Return the table of a number that is cut into grades."""
    words: dict[str, Any] = {"label": declared.label}
    if declared.note:
        words["note"] = declared.note
    grades = grades_table(declared.label, declared.options or ())
    table = {**words, "cut": field, "at": list(at), "labels": grades.pop("grades")}
    if declared.best is not None:
        table["better"] = declared.best
    return table | grades
