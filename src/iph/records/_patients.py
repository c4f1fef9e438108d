"""Patients made of what the tables say, and the rules between their fields."""

import contextlib
import functools
from collections.abc import Iterator
from typing import Any, Final

import attrs

from iph._categories import Visit
from iph._fields import KEY, Kind
from iph._follow_up import Assessment, FollowUp
from iph._model import PATIENT_FIELDS, Patient
from iph.errors import RuleError
from iph.records._entries import Entries, Entry, Seen, constructed

_PATHS: Final = {field.name: field.path for field in PATIENT_FIELDS}
_PARTS: Final = {
    attribute.name: attribute.metadata[KEY].part
    for attribute in attrs.fields(Patient)
    if attribute.metadata[KEY].kind is Kind.PART
}
_COURSE: Final = "follow_up"
_LABORATORY: Final = "laboratory"
_NAMELESS: Final = "?"


def patients_of(entries: Entries) -> Iterator[Patient]:
    """Make the patients; every rule that is broken becomes an error of the entries.

    The entries are emptied on the way.
    """
    for name, entry in entries.by_id.items():
        made = _patient(entries, entry, name)
        entry.values, entry.seen = {}, []  # the patient holds them now
        yield made
    for entry in entries.nameless:
        _patient(entries, entry, _NAMELESS)


def _patient(entries: Entries, entry: Entry, name: str) -> Patient:
    own: dict[str, Any] = {"patient_id": name}
    parts: dict[str, dict[str, Any]] = {}
    for field, value in entry.values.items():
        path = _PATHS[field]
        if len(path) == 1:
            own[field] = value
        else:
            parts.setdefault(path[0], {})[path[1]] = value
    if entry.ranges:
        parts.setdefault(_LABORATORY, {})["reference_ranges"] = entry.ranges
    course = parts.pop(_COURSE, {})
    for part, values in parts.items():
        own[part] = _checked(entries, entry, _PARTS[part], values)
    own[_COURSE] = _follow_up(entries, entry, course)
    # there is always one: no rule of a patient is about the pseudonym alone
    made: Patient = _checked(entries, entry, Patient, own)
    return made


def _checked(
    entries: Entries, entry: Entry, cls: type[Any], values: dict[str, Any]
) -> Any:
    found = constructed(cls, values, entry.bad)
    for rule in found.rules:
        entries.rule_broken(rule, entry.row, entry.table)
    return found.made


def _follow_up(entries: Entries, entry: Entry, values: dict[str, Any]) -> FollowUp:
    """Make the course; rows out of order are put in the order of time."""
    for in_order in (list, _in_time):
        seen = in_order(entry.seen)
        try:
            return FollowUp(assessments=[s.assessment for s in seen], **values)
        except RuleError:
            continue
    return _sound_follow_up(entries, entry, values)


def _sound_follow_up(
    entries: Entries, entry: Entry, values: dict[str, Any]
) -> FollowUp:
    """Make the course of what breaks no rule, and report the rest row by row."""
    left = dict(values)
    while True:
        try:
            FollowUp(**left)
        except RuleError as broken:
            if not entry.bad.intersection(broken.fields):
                entries.rule_broken(broken, entry.row, entry.table)
            for name in broken.fields:
                left.pop(name, None)
        else:
            break
    kept: list[Assessment] = []
    for seen in _in_time(entry.seen):
        found = constructed(
            functools.partial(_course_with, kept, seen.assessment),  # type: ignore[arg-type] # makes a course as a class does
            left,
            entry.bad,
        )
        for rule in found.rules:
            entries.rule_broken(rule, seen.row, seen.table)
        # a rule about an unreadable cell is no error, but the course stays impossible
        with contextlib.suppress(RuleError):
            _course_with(kept, seen.assessment, **left)
            kept.append(seen.assessment)
    return FollowUp(assessments=kept, **left)


def _course_with(
    kept: list[Assessment], assessment: Assessment, **values: Any
) -> FollowUp:
    return FollowUp(assessments=[*kept, assessment], **values)


def _in_time(seen: list[Seen]) -> list[Seen]:
    """Return assessments in the order of time, as far as days and visits tell it."""
    order = list(Visit)
    keyed: list[tuple[float, int, int, Seen]] = []
    last = 0.0
    for place, one in enumerate(seen):
        visit, day = one.assessment.visit, one.assessment.time_day
        rank = len(order) if visit is None else order.index(visit)
        if day is not None:
            last = float(day)
        keyed.append((last, rank, place, one))
    return [one for *_, one in sorted(keyed, key=lambda item: item[:3])]
