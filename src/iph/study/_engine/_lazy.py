"""Which tables are counted where they lie, and which have to be fetched."""

from collections.abc import Iterable
from typing import Any, Final

import attrs

from iph._course import Course
from iph.protocol._protocol import Protocol
from iph.study._engine._distinct import ID

_COUNTED: Final[frozenset[str]] = frozenset()
"""Parts of a study that are counted without its rows."""


@attrs.frozen(eq=False)
class LazyTables:
    """Tables of one engine: patients and, if there are any, assessments.

    Attributes
    ----------
    patients, assessments : narwhals.LazyFrame
        The tables; None for no assessments.
    not_read : tuple of str
        What of them is not read; a sentence each.
    """

    patients: Any
    assessments: Any
    not_read: tuple[str, ...]


def lazy_tables(
    patients: Any, assessments: Any, protocol: Protocol[Any]
) -> LazyTables | None:
    """Return tables that can be counted where they lie; None for any others.

    They are read by the names of fields, one row a patient and one a visit.
    """
    if needs_rows(protocol):
        return None
    found, seen = _lazy(patients), _lazy(assessments)
    if found is None or (assessments is not None and seen is None):
        return None
    if seen is not None and seen.implementation is not found.implementation:
        return None
    names = found.collect_schema().names()
    of_visits = {field.name for field in protocol.assessment_fields}
    if ID not in names or (seen is None and _has_visits(names, of_visits)):
        return None
    own = {field.name for field in protocol.patient_fields}
    left = _unknown("patients", names, own | {f"{name}_bound" for name in own})
    if seen is not None:
        names = seen.collect_schema().names()
        if not {ID, "visit"} <= set(names):
            return None
        left += _unknown("assessments", names, {ID, *of_visits})
    return LazyTables(found, seen, tuple(left))


def _lazy(frame: Any) -> Any:
    """Return a lazy table of any engine; None for anything else."""
    import narwhals.stable.v2 as nw

    found: Any = nw.from_native(frame, pass_through=True)
    return found if isinstance(found, nw.LazyFrame) else None


def _has_visits(names: Iterable[str], of_visits: Iterable[str]) -> bool:
    """Tell a table of patients with what was seen at visits beside them."""
    fields = tuple(of_visits)
    return any(
        n in fields or n.startswith(tuple(f"{f}_" for f in fields)) for n in names
    )


def _unknown(title: str, names: Iterable[str], known: Iterable[str]) -> list[str]:
    fields = set(known)
    return [
        f"column {name!r} of the table of {title} is the name of no field of the study"
        for name in names
        if name not in fields
    ]


def needs_rows(protocol: Protocol[Any]) -> str:
    """Say what of a study can be told only from single patients; empty for nothing."""
    parts = [part for part in protocol.parts if part not in _COUNTED]
    functions = [one.name for one in protocol.derived if one.function is not None]
    if parts:
        return f"parts of the study: {', '.join(parts)}"
    if functions:
        return f"values found by a function: {', '.join(functions)}"
    if protocol.course.stated_day is not Course.stated_day:
        return "a day stated beside the visits"
    return ""
