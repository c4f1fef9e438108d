"""Patients made of what the tables say, and the rules between their fields."""

import contextlib
import functools
from collections.abc import Iterable
from typing import Any, Final

import attrs

from iph._course import Course, SeenAt
from iph._fields import KEY, DeclaredField, Kind
from iph._subject import Subject
from iph.errors import RuleError
from iph.protocol._recorded_days import days_after_death, recorded_days
from iph.records._entries import Entry, Seen, constructed
from iph.records._study import once_a_study, the_study

_COURSE: Final = "follow_up"
_LABORATORY: Final = "laboratory"
_NAMELESS: Final = "?"
_LAST: Final = 1_000_000


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
    patient : Subject
        The patient, without the fields that break a rule of its class.
    broken : tuple of Broken
        Each broken rule.
    """

    patient: Subject[Any]
    broken: tuple[Broken, ...]


def made_patient(entry: Entry, name: str = _NAMELESS) -> Made:
    """Make a patient of an entry."""
    return _Maker(entry).made(name)


@once_a_study
def _paths() -> dict[str, tuple[str, ...]]:
    """Return the attributes that lead to each field of a patient."""
    return {field.name: field.path for field in the_study().patient_fields}


@once_a_study
def _recorded_days() -> tuple[DeclaredField, ...]:
    """Return the fields with a day that the course does not know of."""
    return recorded_days(the_study())


@once_a_study
def _parts() -> dict[str, type[Any]]:
    """Return the classes of the parts of a patient."""
    return {
        attribute.name: declared.part
        for attribute in attrs.fields(the_study().patient)
        if (declared := attribute.metadata.get(KEY)) and declared.kind is Kind.PART
    }


class _Maker:
    """Makes the parts of one patient and keeps the rules that they break."""

    def __init__(self, entry: Entry) -> None:
        self._entry = entry
        self._broken: list[Broken] = []
        self._course = the_study().course

    def made(self, name: str) -> Made:
        own: dict[str, Any] = {"patient_id": name}
        parts: dict[str, dict[str, Any]] = {}
        paths, classes = _paths(), _parts()
        for field, value in self._entry.values.items():
            path = paths[field]
            if len(path) == 1:
                own[field] = value
            else:
                parts.setdefault(path[0], {})[path[1]] = value
        if self._entry.ranges and _LABORATORY in classes:
            parts.setdefault(_LABORATORY, {})["reference_ranges"] = self._entry.ranges
        course = parts.pop(_COURSE, {})
        for part, values in parts.items():
            own[part] = self._part(classes[part], values)
        own[_COURSE] = self._follow_up(course)
        # there is always one: no rule of a patient is about the pseudonym alone
        patient: Subject[Any] = self._part(the_study().patient, own)
        died = patient.follow_up.died_day
        for field, day in days_after_death(_recorded_days(), patient):
            broken = RuleError(
                "nothing-after-death",
                f"{field} is {day}, but died on day {died}",
                (field, "died_day"),
            )
            self._breaks([broken], self._entry.row, self._entry.table)
        return Made(patient, tuple(self._broken))

    def _breaks(self, rules: Iterable[RuleError], row: int, table: str) -> None:
        for rule in rules:
            self._broken.append(Broken(rule=rule, row=row, table=table))

    def _part(self, cls: type[Any], values: dict[str, Any]) -> Any:
        found = constructed(cls, values, self._entry.bad)
        if found.rules:
            self._breaks(found.rules, self._entry.row, self._entry.table)
        return found.made

    def _follow_up(self, values: dict[str, Any]) -> Course[Any]:
        """Make the course; rows out of order are put in the order of time."""
        for in_order in (list, _in_time):
            seen = in_order(self._entry.seen)
            try:
                return self._course(assessments=[s.assessment for s in seen], **values)
            except RuleError:
                continue
        return self._sound_follow_up(values)

    def _sound_follow_up(self, values: dict[str, Any]) -> Course[Any]:
        """Make the course of what breaks no rule, and report the rest row by row."""
        entry, left = self._entry, dict(values)
        while True:
            try:
                self._course(**left)
            except RuleError as broken:
                if not entry.bad.intersection(broken.fields):
                    self._breaks([broken], entry.row, entry.table)
                for name in broken.fields:
                    left.pop(name, None)
            else:
                break
        kept: list[SeenAt] = []
        for seen in _in_time(entry.seen):
            found = constructed(
                functools.partial(_course_with, self._course, kept, seen.assessment),  # type: ignore[arg-type] # makes a course as a class does
                left,
                entry.bad,
            )
            self._breaks(found.rules, seen.row, seen.table)
            # A rule about an unreadable cell is no error; the course stays impossible.
            with contextlib.suppress(RuleError):
                _course_with(self._course, kept, seen.assessment, **left)
                kept.append(seen.assessment)
        return self._course(assessments=kept, **left)


def _course_with(
    course: type[Course[Any]], kept: list[SeenAt], assessment: SeenAt, **values: Any
) -> Course[Any]:
    return course(assessments=[*kept, assessment], **values)


def _in_time(seen: list[Seen]) -> list[Seen]:
    """Return assessments in the order of time, as far as days and visits tell it."""
    keyed: list[tuple[float, int, int, Seen]] = []
    last = 0.0
    for place, one in enumerate(seen):
        visit, day = one.assessment.visit, one.assessment.time_day
        rank = _LAST if visit is None else visit.place
        if day is not None:
            last = float(day)
        keyed.append((last, rank, place, one))
    return [one for *_, one in sorted(keyed, key=lambda item: item[:3])]
