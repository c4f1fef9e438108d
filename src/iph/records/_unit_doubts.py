"""Columns whose numbers are all legal and look like another unit's."""

from collections.abc import Iterable, Sequence
from typing import Any

from iph._bound import Bound
from iph._fields import DeclaredField, Kind
from iph.records._matching import Matched


def unit_doubts(matched: Iterable[Matched], patients: Sequence[Any]) -> list[str]:
    """Ask about each column, read as it stands, that may be in a larger unit.

    Where a quantity may be 0, a value in a unit many times as large is legal too: 0.35
    IU/mL of a factor, which is 35 %, passes for 0.35 %. The question is put if all
    values lie in the lower half of what that unit can hold.
    """
    doubts = []
    asked: set[str] = set()
    for column in (column for one in matched for column in one.columns):
        target = column.target
        field = target.field
        if target.conversion or target.of_assessment or field.name in asked:
            continue
        asked.add(field.name)
        doubts += _doubt(field, column.header, patients)
    return doubts


def _doubt(field: DeclaredField, header: str, patients: Sequence[Any]) -> list[str]:
    declared = field.declaration
    if declared.kind is not Kind.QUANTITY or declared.low != 0 or not declared.high:
        return []
    others = [other for other in declared.other_units if other.factor >= 10]
    if not others:
        return []
    found = [field.value_of(patient) for patient in patients if patient is not None]
    numbers = [v.value if isinstance(v, Bound) else v for v in found if v is not None]
    for other in others:
        limit = float(declared.high / other.factor) / 2
        if numbers and 0 < max(numbers) < limit:
            said = (
                f"column {header!r}: all {len(numbers)} values are below {limit:g} "
                f"{declared.unit}; if they are in {other.unit} (1 {other.unit} is "
                f"{float(other.factor):g} {declared.unit}), say so in the column's "
                "name or by a mapping"
            )
            return [said]
    return []
