"""Patients of any study, made of solved columns."""

from collections.abc import Mapping
from typing import Any, Final

import attrs
import numpy as np

from iph._categories import ScheduledVisit
from iph._fields import KEY, DeclaredField, Kind
from iph._subject import Subject
from iph.evidence._block_samples import ONLY, REST
from iph.evidence._twin_courses import Courses
from iph.protocol._protocol import Protocol

Columns = dict[tuple[str, ScheduledVisit | None], list[Any]]

_COURSE: Final = "follow_up"


def known_once(solved: Columns) -> dict[str, list[Any]]:
    """Return the values of each variable that is no visit's."""
    return {name: values for (name, visit), values in solved.items() if visit is None}


def pseudonyms(n: int) -> list[str]:
    """Return a name for each patient, all of one length."""
    digits = max(len(str(n)), 2)
    return [f"T{index + 1:0{digits}d}" for index in range(n)]


def subjects_of(
    solved: Columns,
    courses: Courses,
    n: int,
    protocol: Protocol[Any],
    rng: np.random.Generator,
) -> list[Subject[Any]]:
    """Deal the values of each variable out at random, and build the patients."""
    columns: dict[str, list[Any]] = {}
    for name, values in known_once(solved).items():
        column: list[Any] = [None] * n
        for patient, value in zip(rng.permutation(n), values, strict=False):
            column[int(patient)] = value
        columns[name] = column
    made = []
    for index, name in enumerate(pseudonyms(n)):
        own, parts = sorted_by_part(protocol, columns, index)
        course: dict[str, Any] = {
            "assessments": assessments_of(index, courses, protocol),
            "lost_to_follow_up": False,
        } | parts.pop(_COURSE, {})
        for part, given in parts.items():
            declared = attrs.fields_dict(protocol.patient)[part].metadata[KEY]
            own[part] = declared.part(**given)
        own[_COURSE] = protocol.course(**course)
        made.append(protocol.patient(patient_id=name, **own))
    return made


def sorted_by_part(
    protocol: Protocol[Any],
    columns: Mapping[str, list[Any]],
    index: int,
    rest: Mapping[str, Any] | None = None,
) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Return the values of one patient: its own, and those of each part of it.

    `rest` says what a set holds, by field, of which no claim names a member.
    """
    own: dict[str, Any] = {}
    parts: dict[str, dict[str, Any]] = {}
    fields = {field.name: field for field in protocol.patient_fields}
    for name, column in columns.items():
        field = fields.get(name)
        if field is None or column[index] is None:
            continue
        value = _typed(field, column[index], rest or {})
        if len(field.path) == 1:
            own[name] = value
        else:
            parts.setdefault(field.path[0], {})[name] = value
    return own, parts


def _typed(field: DeclaredField, value: Any, rest: Mapping[str, Any]) -> Any:
    declared = field.declaration
    if declared.kind is Kind.CHOICES:
        if value == REST:
            return rest.get(field.name, frozenset())
        return frozenset(str(value).removeprefix(ONLY).split("+"))
    if declared.kind in {Kind.QUANTITY, Kind.DAYS}:
        return int(value) if declared.whole else float(value)
    if declared.kind is Kind.YES_NO:
        return str(value) == "yes"
    return int(value) if declared.kind is Kind.GRADE else value


def assessments_of(index: int, courses: Courses, protocol: Protocol[Any]) -> list[Any]:
    """Return what is seen of one patient at each visit."""
    found = []
    names = [f.name for f in protocol.assessment_fields if f.name in courses]
    for visit in protocol.visits:
        values = {
            name: courses[name][visit][index]
            for name in names
            if visit in courses[name]
        }
        known = {name: value for name, value in values.items() if value is not None}
        if known:
            numbers: dict[str, Any] = {
                name: int(value) if value == int(value) else float(value)
                for name, value in known.items()
            }
            found.append(protocol.assessment(visit=visit, **numbers))
    return found
