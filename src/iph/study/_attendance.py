"""Who was seen when: attendance, actual days, deaths, and who was missed."""

from collections.abc import Callable
from statistics import median
from typing import Any, Final

import attrs

from iph._bound import Bound
from iph._categories import ScheduledVisit
from iph._subject import Subject, fields_by_name
from iph.protocol._protocol import Protocol
from iph.stats._description.quartiles import Quartiles, quartiles
from iph.stats._survival.kaplan_meier import median_follow_up
from iph.study._parts import at_baseline


def died_by(patient: Subject[Any], visit: ScheduledVisit) -> bool:
    """Whether a patient is known to have died by a visit at which nothing was seen.

    A patient who was seen at the visit had not died; discharge has no nominal day, so
    that death before it cannot be told from a visit that was missed.
    """
    day, nominal = patient.follow_up.died_day, visit.nominal_day
    if day is None or nominal is None or patient.follow_up.at(visit) is not None:
        return False
    return day <= nominal


def living(
    patients: tuple[Subject[Any], ...], visit: ScheduledVisit, column: list[Any]
) -> tuple[list[Any], int]:
    """Return the values of those not known to have died, and how many had."""
    dead = [died_by(patient, visit) for patient in patients]
    alive = [value for value, gone in zip(column, dead, strict=True) if not gone]
    return alive, sum(dead)


@attrs.frozen(kw_only=True)
class VisitAttendance:
    """One scheduled visit.

    Attributes
    ----------
    visit : ScheduledVisit
        The visit.
    due, seen, missed, died : int
        Patients not known to have died by then; those seen; those not; and those who
        had died. Due and died add up to all patients.
    day, first_day, last_day : float or None
        Median, first and last day of the visit where its day is recorded.
    n_days : int
        Patients whose day is recorded; the others count at the nominal day.
    """

    visit: ScheduledVisit
    due: int
    seen: int
    missed: int
    died: int
    day: float | None
    first_day: int | None
    last_day: int | None
    n_days: int


@attrs.frozen(kw_only=True)
class MissedAgainstSeen:
    """A baseline value of those seen and of those missed at the primary visit.

    Attributes
    ----------
    label : str
        The value.
    seen, missed : Quartiles
        Its quartiles in both, with ``n`` and ``n_missing``.
    """

    label: str
    seen: Quartiles
    missed: Quartiles


@attrs.frozen(kw_only=True)
class Attendance:
    """Attendance and follow-up.

    Attributes
    ----------
    visits : tuple of VisitAttendance
        One a scheduled visit at which anybody was seen, in the order of time.
    primary : ScheduledVisit
        The visit of the primary analysis.
    compared : tuple of MissedAgainstSeen
        Those due at the primary visit: seen against missed, by values at baseline.
    follow_up : float
        Median follow-up in days after the reverse Kaplan-Meier method, in which death
        ends what could have been a longer follow-up; NaN if it is not reached.
    first_day, last_day : int or None
        The shortest and the longest follow-up.
    n_died, n_died_undated : int
        Patients known to have died, and those of them without a day of death: they
        count as missed at the visits after they were last seen.
    n, n_missing : int
        Patients with any day of follow-up, and without.
    """

    visits: tuple[VisitAttendance, ...]
    primary: ScheduledVisit
    compared: tuple[MissedAgainstSeen, ...]
    follow_up: float
    first_day: int | None
    last_day: int | None
    n_died: int
    n_died_undated: int
    n: int
    n_missing: int


_SCORE: Final = "points"  # a unit that says nothing


def _compared(
    protocol: Protocol[Any],
) -> list[tuple[str, Callable[[Any], float | None]]]:
    """Return the values that those missed are compared by with those seen."""
    found = []
    outcomes = tuple(outcome.field for outcome in protocol.outcomes)
    for name in protocol.attrition or outcomes:
        value: Callable[[Any], Any]
        of_patient = name in protocol.patient_declarations
        if of_patient:
            declared, when = protocol.patient_declarations[name], ""
            value = fields_by_name(protocol.patient)[name].value_of
        else:
            declared, when = protocol.assessment_declarations[name], " at baseline"
            value = at_baseline(protocol, name)
        unit = "" if declared.unit in {None, _SCORE} else f", {declared.unit}"
        found.append((f"{declared.label}{when}{unit}", _number(value)))
    return found


def _number(value: Callable[[Any], Any]) -> Callable[[Any], float | None]:
    def number(patient: Subject[Any]) -> float | None:
        found = value(patient)
        return None if found is None or isinstance(found, Bound) else float(found)

    return number


def attendance_of(
    patients: tuple[Subject[Any], ...],
    protocol: Protocol[Any],
    primary: ScheduledVisit,
    *,
    quartile_rule: str,
) -> Attendance:
    """Count who was seen at each visit, and for how long patients were followed."""
    visits = [
        visit
        for visit in protocol.visits
        if visit == primary or any(p.follow_up.at(visit) for p in patients)
    ]
    due = [p for p in patients if not died_by(p, primary)]
    seen = [p for p in due if p.follow_up.at(primary) is not None]
    missed = [p for p in due if p.follow_up.at(primary) is None]
    ends = [
        (max(p.follow_up.last_day, 0), p.follow_up.died_day is not None)
        for p in patients
        if p.follow_up.last_day is not None
    ]
    middle = median_follow_up([d for d, _ in ends], [e for _, e in ends])
    died = [p for p in patients if p.follow_up.died or p.follow_up.died_day is not None]
    return Attendance(
        visits=tuple(_visit(patients, visit) for visit in visits),
        primary=primary,
        compared=tuple(
            MissedAgainstSeen(
                label=label,
                seen=quartiles([value(p) for p in seen], method=quartile_rule),
                missed=quartiles([value(p) for p in missed], method=quartile_rule),
            )
            for label, value in _compared(protocol)
            if missed and any(value(p) is not None for p in due)
        ),
        follow_up=middle.value,
        first_day=min((day for day, _ in ends), default=None),
        last_day=max((day for day, _ in ends), default=None),
        n_died=len(died),
        n_died_undated=sum(p.follow_up.died_day is None for p in died),
        n=len(ends),
        n_missing=len(patients) - len(ends),
    )


def _visit(
    patients: tuple[Subject[Any], ...], visit: ScheduledVisit
) -> VisitAttendance:
    found = [p.follow_up.at(visit) for p in patients]
    days = [a.day for a in found if a is not None and a.day is not None]
    seen = sum(a is not None for a in found)
    died = sum(died_by(p, visit) for p in patients)
    return VisitAttendance(
        visit=visit,
        due=len(patients) - died,
        seen=seen,
        missed=len(patients) - died - seen,
        died=died,
        day=float(median(days)) if days else None,
        first_day=min(days, default=None),
        last_day=max(days, default=None),
        n_days=len(days),
    )
