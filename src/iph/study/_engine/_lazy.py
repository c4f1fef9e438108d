"""Which tables are counted where they lie, and which have to be fetched."""

from collections.abc import Iterable
from typing import Any

import attrs

from iph._carried import CARRIED, RANGES
from iph._fields import DeclaredField
from iph.criteria._bound_columns import sign_column
from iph.errors import InputError
from iph.protocol._protocol import Protocol
from iph.study._asked import Asked
from iph.study._engine._distinct import ID
from iph.study._engine._events import check_columns, fields_of_events
from iph.study._engine._parts import stated_day_of


@attrs.frozen(eq=False)
class LazyTables:
    """Tables of one engine: patients and, if there are any, assessments and events.

    Attributes
    ----------
    patients, assessments, events : narwhals.LazyFrame
        The tables; None for no assessments, and for no table of events.
    not_read : tuple of str
        What of them is not read; a sentence each.
    """

    patients: Any
    assessments: Any
    events: Any
    not_read: tuple[str, ...]


@attrs.frozen
class Fetched:
    """Tables whose rows have to be fetched, and why."""

    why: str


def lazy_tables(
    patients: Any, assessments: Any, events: Any, asked: Asked
) -> LazyTables | Fetched:
    """Return tables that can be counted where they lie, or why they cannot.

    They are read by the names of fields, one row a patient and one a visit.
    """
    protocol = asked.protocol
    if events is not None and not protocol.events:
        rule = "None for a study that declares none"
        raise InputError("events", rule, type(events).__name__)
    found, seen, told = _lazy(patients), _lazy(assessments), _lazy(events)
    why = _why_fetched(found, seen, asked, alone=assessments is None)
    if not why and events is not None and not _joinable(found, told):
        why = "the table of events is not of one connection with the patients"
    if why:
        return Fetched(why)
    own = {field.name for field in protocol.patient_fields}
    known = {*own, *(f"{name}_bound" for name in own), *CARRIED}
    left = _unknown("patients", found.collect_schema().names(), known)
    if assessments is not None:
        of_visits = {ID, *(field.name for field in protocol.assessment_fields)}
        of_visits |= {*CARRIED}
        left += _unknown("assessments", seen.collect_schema().names(), of_visits)
    if events is not None:
        names = told.collect_schema().names()
        check_columns(names)
        left += _unknown("events", names, {ID, *map(_name, fields_of_events(protocol))})
    return LazyTables(found, seen, told, left)


def _name(field: DeclaredField) -> str:
    return field.name


def _joinable(found: Any, other: Any) -> bool:
    return other is not None and _can_be_joined(found, other)


def _why_fetched(found: Any, seen: Any, asked: Asked, *, alone: bool) -> str:
    """Say why rows of tables have to be fetched; empty if they need not be."""
    needed = needs_rows(asked.protocol)
    if found is None or needed:
        here = "the patients are in memory, or on Dask"
        return here if found is None else f"the study has {needed}"
    names = found.collect_schema().names()
    bounded = [n for n in sorted(_ruled(asked)) if f"{n}_bound" in names]
    of_visits = {field.name for field in asked.protocol.assessment_fields}
    why = ""
    if ID not in names:
        why = f"the table of patients has no column {ID}"
    elif bounded:  # no rule over rows knows that a number is a bound
        why = f"rules ask for what may be a bound: {', '.join(bounded)}"
    elif alone and _has_visits(names, of_visits):
        why = "the table of patients holds what was seen at visits"
    elif not alone and not _joinable(found, seen):
        why = "the two tables are not of one connection to one engine"
    elif not alone and "visit" not in seen.collect_schema().names():
        why = "the table of assessments has no column visit"
    elif not alone and RANGES in seen.collect_schema().names():
        why = f"the table of assessments has the column {RANGES}"
    elif not alone and (signs := _signs(seen, of_visits)):
        why = f"the table of assessments holds bounds: {', '.join(signs)}"
    return why


def _signs(seen: Any, fields: set[str]) -> list[str]:
    """Return the columns that hold the signs of bounds of what is seen at visits."""
    signs = {sign_column(name) for name in fields}
    return [n for n in seen.collect_schema().names() if n in signs - fields]


def _lazy(frame: Any) -> Any:
    """Return a lazy table of an engine; None for anything else.

    Dask answers no expression whose parts it cannot align, so that it is fetched.
    """
    import narwhals.stable.v2 as nw

    found: Any = nw.from_native(frame, pass_through=True)
    is_lazy = isinstance(found, nw.LazyFrame)
    return found if is_lazy and not found.implementation.is_dask() else None


def _can_be_joined(patients: Any, assessments: Any) -> bool:
    """Tell tables of one engine, and of one connection to it, from any others."""
    if patients.implementation is not assessments.implementation:
        return False
    try:
        if patients.implementation.is_ibis():  # it takes equal names for one table
            one, other = patients.to_native(), assessments.to_native()
            if one.get_backend() is not other.get_backend():
                return False
        joined = patients.select(ID).join(assessments.select(ID), on=ID, how="left")
        joined.collect_schema()
    except Exception:  # noqa: BLE001 - each engine has an error of its own
        return False
    return True


def _has_visits(names: Iterable[str], of_visits: Iterable[str]) -> bool:
    """Tell a table of patients with what was seen at visits beside them."""
    fields = tuple(of_visits)
    return any(
        n in fields or n.startswith(tuple(f"{f}_" for f in fields)) for n in names
    )


def _ruled(asked: Asked) -> set[str]:
    """Return the names that rules over the patients look at."""
    protocol = asked.protocol
    found = {*asked.criteria.fields}
    for one in protocol.derived:
        found |= {*one.fields}
    for rule in protocol.endpoints:
        found |= {*(rule.reached.fields if rule.reached is not None else ())}
        found |= {*(rule.unclear.fields if rule.unclear is not None else ())}
    return found


def _unknown(title: str, names: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    fields = set(known)
    return tuple(
        f"column {name!r} of the table of {title} is the name of no field of the study"
        for name in names
        if name not in fields
    )


def needs_rows(protocol: Protocol[Any]) -> str:
    """Say what of a study can be told only from single patients; empty for nothing."""
    functions = [one.name for one in protocol.derived if one.function is not None]
    if functions:
        return f"values found by a function: {', '.join(functions)}"
    if stated_day_of(protocol) is None:
        return "a day stated beside the visits"
    return ""
