"""What the tables of an engine say of the cohort whose patients they hold."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import attrs

from iph._carried import CARRIED, LABEL, NOTES, RANGES, SYNTHETIC, carried_value
from iph._fields import Declaration, DeclaredField, Kind
from iph.errors import InputError

_RULE: Final = "as iph wrote it"


@attrs.frozen(kw_only=True)
class Carried:
    """Label, notes and mark of a cohort."""

    label: str = ""
    notes: tuple[str, ...] = ()
    synthetic: bool = False


def carried_fields(owner: type[Any]) -> list[DeclaredField]:
    """Return the columns of what a cohort carries, for the query of distinct cells."""
    return [
        DeclaredField(
            name=name,
            path=(name,),
            owner=owner,
            declaration=Declaration(kind=Kind.IDENTIFIER, label=name),
        )
        for name in CARRIED
    ]


def carried_cells(name: str, cells: Iterable[Any]) -> dict[Any, Any]:
    """Return each distinct cell of such a column as it stands; None for missing.

    Raises
    ------
    InputError
        If one is not as iph writes it.
    """
    said = {raw: None if raw is None or not str(raw).strip() else raw for raw in cells}
    for raw in said.values():
        try:
            if raw is not None:
                carried_value(name, str(raw))
        except ValueError:
            raise InputError(name, _RULE, raw, "leave it empty") from None
    return said


def carried_of(said: Iterable[Mapping[str, Mapping[Any, Any]]]) -> Carried:
    """Return what the distinct cells of several tables say of the cohort.

    Raises
    ------
    InputError
        If labels or notes of several cohorts stand there.
    """
    found: dict[str, set[Any]] = {name: set() for name in CARRIED if name != RANGES}
    for table in said:
        for name, values in found.items():
            cells = table.get(name, {}).values()
            known = (str(raw) for raw in cells if raw is not None)
            values |= {carried_value(name, cell) for cell in known}
    for name in (LABEL, NOTES):
        if len(found[name]) > 1:
            hint = (
                "count the tables of several cohorts one by one, and add the counts; "
                "or leave the column out"
            )
            several = f"{len(found[name])} different ones"
            raise InputError(name, "one and the same for all patients", several, hint)
    return Carried(
        label=next(iter(found[LABEL]), ""),
        notes=next(iter(found[NOTES]), ()),
        synthetic=True in found[SYNTHETIC],
    )
