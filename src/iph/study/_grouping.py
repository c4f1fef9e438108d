"""What patients can be grouped by: a category, a member of a set, or a cut."""

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any, Final

import attrs

from iph._fields import DeclaredField, Kind, label_of
from iph._options import instance
from iph._subject import fields_by_name
from iph.errors import InputError
from iph.protocol._protocol import Protocol
from iph.study._characteristics import (
    Characteristic,
    Shape,
    characteristic_of,
    coagulation_characteristic,
    known,
)
from iph.study._columns import Coded, Columns

_CUT: Final = re.compile(r"^(\w+)(>=|<=|>|<)(-?\d+(?:\.\d+)?)$")
_MEMBER: Final = re.compile(r"^(\w+)=([\w+]+)$")
TREATED: Final = "conservative"


def grouping(
    name: str, argument: str, protocol: Protocol[Any], *, coagulation_rule: str
) -> Characteristic:
    """Return the two or more groups that a name stands for.

    ``coagulation_status``, ``conservative``, a field of one category, a derived yes/no
    or grade, a member of a category or set (``treatments=surgical_evacuation``, several
    joined by ``+``), or a cut of a number (``age_years>=60``).
    """
    instance(name, argument, str, "the name of a group, such as 'sex'")
    if name == "coagulation_status" and "coagulation" in protocol.parts:
        return coagulation_characteristic(coagulation_rule)
    if name == TREATED and "treatments" in protocol.parts:
        return _two(
            name,
            "Treatment",
            ("with a procedure", "without a procedure"),
            lambda columns: columns.found(
                TREATED, lambda patient: patient.treated_conservatively
            ),
        )
    cut, member = _CUT.match(name), _MEMBER.match(name)
    found = None
    if cut is not None:
        found = _cut(protocol, name, *cut.groups())
    elif member is not None:
        found = _member(protocol, name, *member.groups())
    elif name in protocol.patient_declarations:
        found = _field(protocol, name)
    if found is None:
        raise _no_group(protocol, name, argument)
    return found


def follows_from_one_field(name: str, protocol: Protocol[Any]) -> bool:
    """Whether groups are those of one recorded field of the patient.

    They are then counted in the table of that field and in no other: groups that follow
    from several fields, or from several members of a set, tell of the counts in more
    tables than one.
    """
    by_name = fields_by_name(protocol.patient)
    cut, member = _CUT.match(name), _MEMBER.match(name)
    if cut is not None:
        return cut[1] in by_name
    if member is not None:
        several = by_name[member[1]].declaration.kind is Kind.CHOICES
        return not several or "+" not in member[2]
    return name in by_name


def _no_group(protocol: Protocol[Any], name: str, argument: str) -> InputError:
    """Say what the patients of a study can be grouped by."""
    allowed = ", ".join(groupings(protocol))
    hint = "or a member of a set such as field=code, or a cut such as field>=60"
    if "treatments" in protocol.parts:
        hint = (
            "or a member such as treatments=surgical_evacuation, or a cut such as "
            "age_years>=60"
        )
    return InputError(argument, f"one of: {allowed}", name, hint)


def groupings(protocol: Protocol[Any]) -> tuple[str, ...]:
    """Return the plain names that a study can be grouped by."""
    kinds = {Kind.CHOICE, Kind.YES_NO}
    by_name = fields_by_name(protocol.patient)
    names = [n for n, f in by_name.items() if f.declaration.kind in kinds]
    names += [n for n in protocol.patient_declarations if n not in by_name]
    of_parts = {"coagulation": "coagulation_status", "treatments": TREATED}
    return (*(n for part, n in of_parts.items() if part in protocol.parts), *names)


def _field(protocol: Protocol[Any], name: str) -> Characteristic | None:
    found = characteristic_of(protocol, name)
    if protocol.patient_declarations[name].kind is Kind.YES_NO:
        return attrs.evolve(found, levels=(False, True), level_labels=("no", "yes"))
    return found if found.shape is Shape.CATEGORY else None


def _two(
    name: str,
    label: str,
    labels: tuple[str, str],
    column: Callable[[Columns], Coded],
) -> Characteristic:
    return Characteristic(
        name=name,
        label=label,
        unit=None,
        shape=Shape.CATEGORY,
        levels=(False, True),
        level_labels=labels,
        column=column,
    )


def _member(
    protocol: Protocol[Any], name: str, field: str, codes: str
) -> Characteristic | None:
    """Return those who have any of some codes, against those known to have none."""
    declared = fields_by_name(protocol.patient).get(field)
    options = None if declared is None else declared.declaration.options
    if declared is None or options is None:
        return None
    labels = {str(o.value): label_of(o) for o in options}
    wanted = codes.split("+")
    for code in wanted:
        if code not in labels:
            raise InputError(field, f"one of: {', '.join(labels)}", code)

    def belongs(value: Any) -> bool | None:
        found = known(value)
        if found is None:
            return None
        held = found if isinstance(found, frozenset) else {found}
        return any(code in held for code in wanted)

    words = " or ".join(labels[code] for code in wanted)
    return _two(
        name,
        declared.declaration.label,
        (f"no {words}", words),
        lambda columns: columns.of_patients(field).mapped(belongs),
    )


def _cut(
    protocol: Protocol[Any], name: str, field: str, sign: str, number: str
) -> Characteristic | None:
    """Return the two sides of a cut of a number; an assessed one is at baseline."""
    own: DeclaredField | None = fields_by_name(protocol.patient).get(field)
    declared = protocol.patient_declarations.get(field)
    declared = declared or protocol.assessment_declarations.get(field)
    if declared is None or declared.kind not in {Kind.QUANTITY, Kind.DAYS}:
        return None
    edge = Fraction(number)

    def side(found: Any) -> bool | None:
        if found is None:
            return None
        exact = Fraction(repr(found))
        return {
            ">=": exact >= edge,
            ">": exact > edge,
            "<=": exact <= edge,
            "<": exact < edge,
        }[sign]

    def column(columns: Columns) -> Coded:
        of_field = columns.at_baseline if own is None else columns.of_patients
        return of_field(field).mapped(side)

    other = {">=": "<", ">": "<=", "<=": ">", "<": ">="}[sign]
    return _two(name, declared.label, (f"{other} {number}", f"{sign} {number}"), column)
