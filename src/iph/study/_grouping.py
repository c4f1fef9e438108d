"""What patients can be grouped by: a category, a member of a set, or a cut."""

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any, Final

import attrs

from iph._categories import Visit
from iph._fields import DeclaredField, Kind
from iph._follow_up import ASSESSMENT_FIELDS
from iph._model import PATIENT_FIELDS, Patient
from iph.errors import InputError
from iph.study._characteristics import (
    Characteristic,
    Shape,
    coagulation_characteristic,
    known,
    of_field,
)

_BY_NAME: Final = {declared.name: declared for declared in PATIENT_FIELDS}
_ASSESSED: Final = {declared.name: declared for declared in ASSESSMENT_FIELDS}
_CUT: Final = re.compile(r"^(\w+)(>=|<=|>|<)(-?\d+(?:\.\d+)?)$")
_MEMBER: Final = re.compile(r"^(\w+)=([\w+]+)$")
_CONSERVATIVE: Final = "conservative"


def grouping(name: str, argument: str, *, coagulation_rule: str) -> Characteristic:
    """Return the two or more groups that a name stands for.

    ``coagulation_status``, ``conservative``, a field of one category, a member of a
    category or set (``treatments=surgical_evacuation``, several joined by ``+``), or a
    cut of a number (``age_years>=60``).
    """
    if name == "coagulation_status":
        return coagulation_characteristic(coagulation_rule)
    if name == _CONSERVATIVE:
        return _two(
            name,
            "Treatment",
            ("with a procedure", "without a procedure"),
            lambda patient: patient.treated_conservatively,
        )
    cut, member = _CUT.match(name), _MEMBER.match(name)
    found = None
    if cut is not None:
        found = _cut(name, *cut.groups())
    elif member is not None:
        found = _member(name, *member.groups())
    elif name in _BY_NAME:
        found = _field(_BY_NAME[name])
    if found is None:
        allowed = ", ".join(groupings())
        raise InputError(
            argument,
            f"one of: {allowed}",
            name,
            "or a member such as treatments=surgical_evacuation, or a cut such as "
            "age_years>=60",
        )
    return found


def groupings() -> tuple[str, ...]:
    """Return the plain names that a study can be grouped by."""
    kinds = {Kind.CHOICE, Kind.YES_NO}
    names = (n for n, f in _BY_NAME.items() if f.declaration.kind in kinds)
    return ("coagulation_status", _CONSERVATIVE, *names)


def _field(declared: DeclaredField) -> Characteristic | None:
    found = of_field(declared)
    if declared.declaration.kind is Kind.YES_NO:
        return attrs.evolve(found, levels=(False, True), level_labels=("no", "yes"))
    return found if found.shape is Shape.CATEGORY else None


def _two(
    name: str,
    label: str,
    labels: tuple[str, str],
    value: Callable[[Patient], bool | None],
) -> Characteristic:
    return Characteristic(
        name=name,
        label=label,
        unit=None,
        shape=Shape.CATEGORY,
        levels=(False, True),
        level_labels=labels,
        value=value,
    )


def _member(name: str, field: str, codes: str) -> Characteristic | None:
    """Return those who have any of some codes, against those known to have none."""
    declared = _BY_NAME.get(field)
    options = None if declared is None else declared.declaration.options
    if declared is None or options is None:
        return None
    labels = {str(o.value): str(getattr(o, "label", o)) for o in options}
    wanted = codes.split("+")
    for code in wanted:
        if code not in labels:
            raise InputError(field, f"one of: {', '.join(labels)}", code)

    def value(patient: Patient) -> bool | None:
        found = known(declared.value_of(patient))
        if found is None:
            return None
        held = found if isinstance(found, frozenset) else {found}
        return any(code in held for code in wanted)

    words = " or ".join(labels[code] for code in wanted)
    return _two(name, declared.declaration.label, (f"no {words}", words), value)


def _cut(name: str, field: str, sign: str, number: str) -> Characteristic | None:
    """Return the two sides of a cut of a number; an assessed one is at baseline."""
    declared: Any = _BY_NAME.get(field) or _ASSESSED.get(field)
    kinds = {Kind.QUANTITY, Kind.DAYS}
    if declared is None or declared.declaration.kind not in kinds:
        return None
    edge = Fraction(number)

    def value(patient: Patient) -> bool | None:
        owner = patient if field in _BY_NAME else patient.follow_up.at(Visit.BASELINE)
        found = None if owner is None else declared.value_of(owner)
        if found is None:
            return None
        exact = Fraction(repr(found))
        return {
            ">=": exact >= edge,
            ">": exact > edge,
            "<=": exact <= edge,
            "<": exact < edge,
        }[sign]

    other = {">=": "<", ">": "<=", "<=": ">", "<": ">="}[sign]
    label = declared.declaration.label
    return _two(name, label, (f"{other} {number}", f"{sign} {number}"), value)
