"""Patients made of what the tables say, and the rules between their fields."""

import contextlib
import functools
from collections.abc import Iterable
from typing import Any, Final

import attrs

from iph._categories import Visit
from iph._fields import KEY, Kind
from iph._follow_up import Assessment, FollowUp
from iph._model import PATIENT_FIELDS, Patient
from iph.errors import RuleError
from iph.records._entries import Entry, Seen, constructed

_PATHS: Final = {field.name: field.path for field in PATIENT_FIELDS}
_PARTS: Final = {
    attribute.name: attribute.metadata[KEY].part
    for attribute in attrs.fields(Patient)
    if attribute.metadata[KEY].kind is Kind.PART
}
_COURSE: Final = "follow_up"
_LABORATORY: Final = "laboratory"
_NAMELESS: Final = "?"


@attrs.frozen(kw_only=True)
class Broken:
    """A rule between fields that a patient breaks, and where.

    Attributes
    ----------
    rule : RuleError
        The rule.
    row : int
        The row.
    table : str
        Its table.
    """

    rule: RuleError
    row: int
    table: str


@attrs.frozen
class Made:
    """A patient made of what the tables say, and the rules that were broken.

    Attributes
    ----------
    patient : Patient
        The patient, without the fields that break a rule.
    broken : tuple of Broken
        Each broken rule.
    """

    patient: Patient
    broken: tuple[Broken, ...]


def made_patient(entry: Entry, name: str = _NAMELESS) -> Made:
    """Make a patient of an entry."""
    return _Maker(entry).made(name)


class _Maker:
    """Makes the parts of one patient and keeps the rules that they break."""

    def __init__(self, entry: Entry) -> None:
        self._entry = entry
        self._broken: list[Broken] = []

    def made(self, name: str) -> Made:
        own: dict[str, Any] = {"patient_id": name}
        parts: dict[str, dict[str, Any]] = {}
        for field, value in self._entry.values.items():
            path = _PATHS[field]
            if len(path) == 1:
                own[field] = value
            else:
                parts.setdefault(path[0], {})[path[1]] = value
        if self._entry.ranges:
            parts.setdefault(_LABORATORY, {})["reference_ranges"] = self._entry.ranges
        course = parts.pop(_COURSE, {})
        for part, values in parts.items():
            own[part] = self._part(_PARTS[part], values)
        own[_COURSE] = self._follow_up(course)
        # there is always one: no rule of a patient is about the pseudonym alone
        patient: Patient = self._part(Patient, own)
        return Made(patient, tuple(self._broken))

    def _breaks(self, rules: Iterable[RuleError], row: int, table: str) -> None:
        for rule in rules:
            self._broken.append(Broken(rule=rule, row=row, table=table))

    def _part(self, cls: type[Any], values: dict[str, Any]) -> Any:
        found = constructed(cls, values, self._entry.bad)
        if found.rules:
            self._breaks(found.rules, self._entry.row, self._entry.table)
        return found.made

    def _follow_up(self, values: dict[str, Any]) -> FollowUp:
        """Make the course; rows out of order are put in the order of time."""
        for in_order in (list, _in_time):
            seen = in_order(self._entry.seen)
            try:
                return FollowUp(assessments=[s.assessment for s in seen], **values)
            except RuleError:
                continue
        return self._sound_follow_up(values)

    def _sound_follow_up(self, values: dict[str, Any]) -> FollowUp:
        """Make the course of what breaks no rule, and report the rest row by row."""
        entry, left = self._entry, dict(values)
        while True:
            try:
                FollowUp(**left)
            except RuleError as broken:
                if not entry.bad.intersection(broken.fields):
                    self._breaks([broken], entry.row, entry.table)
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
            self._breaks(found.rules, seen.row, seen.table)
            # A rule about an unreadable cell is no error; the course stays impossible.
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
