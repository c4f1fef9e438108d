"""Who was seen when: attendance, actual days, deaths, and who was missed."""

from collections.abc import Callable
from statistics import median
from typing import Any

import attrs

from iph._categories import Visit
from iph._model import Patient
from iph.stats._description.quartiles import Quartiles, quartiles
from iph.stats._survival.kaplan_meier import median_follow_up


def died_by(patient: Patient, visit: Visit) -> bool:
    """Whether a patient is known to have died by a visit at which nothing was seen.

    A patient who was seen at the visit had not died; discharge has no nominal day, so
    that death before it cannot be told from a visit that was missed.
    """
    day, nominal = patient.follow_up.died_day, visit.nominal_day
    if day is None or nominal is None or patient.follow_up.at(visit) is not None:
        return False
    return day <= nominal


def living(
    patients: tuple[Patient, ...], visit: Visit, column: list[Any]
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
    visit : Visit
        The visit.
    due, seen, missed, died : int
        Patients not known to have died by then; those seen; those not; and those who
        had died. Due and died add up to all patients.
    day, first_day, last_day : float or None
        Median, first and last day of the visit where its day is recorded.
    n_days : int
        Patients whose day is recorded; the others count at the nominal day.
    """

    visit: Visit
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
    primary : Visit
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
    primary: Visit
    compared: tuple[MissedAgainstSeen, ...]
    follow_up: float
    first_day: int | None
    last_day: int | None
    n_died: int
    n_died_undated: int
    n: int
    n_missing: int


_AT_BASELINE: tuple[tuple[str, Callable[[Patient], float | None]], ...] = (
    ("Age, years", lambda p: p.age_years),
    ("Pain (VAS) at baseline", lambda p: _baseline(p, "vas")),
    ("Thigh strength (MRC) at baseline", lambda p: _baseline(p, "strength")),
    ("Numbness (BNI) at baseline", lambda p: _baseline(p, "numbness")),
    ("Hip flexion at baseline, degrees", lambda p: _baseline(p, "hip_flexion_deg")),
)


def _baseline(patient: Patient, field: str) -> float | None:
    found = patient.follow_up.at(Visit.BASELINE)
    value = None if found is None else getattr(found, field)
    return None if value is None else float(value)


def attendance_of(
    patients: tuple[Patient, ...], primary: Visit, *, quartile_rule: str
) -> Attendance:
    """Count who was seen at each visit, and for how long patients were followed."""
    visits = [
        visit
        for visit in Visit
        if visit is primary or any(p.follow_up.at(visit) for p in patients)
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
            for label, value in _AT_BASELINE
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


def _visit(patients: tuple[Patient, ...], visit: Visit) -> VisitAttendance:
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
