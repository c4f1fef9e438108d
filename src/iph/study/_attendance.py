"""Who was seen when: attendance, actual days, deaths, and who was missed."""

from collections import Counter
from collections.abc import Callable, Iterator
from operator import methodcaller
from typing import Any, Final

import attrs
import numpy as np

from iph._bound import Bound
from iph._categories import ScheduledVisit
from iph._display import Displayed
from iph.protocol._protocol import Protocol
from iph.stats._description.quartiles import Quartiles, quartiles
from iph.stats._survival.kaplan_meier import median_follow_up
from iph.study._columns import DIED, Coded, Codes, Columns, Days, Mask, crossed
from iph.study._study_counts import Path, StudyCounts, Table, column, where


@attrs.frozen(kw_only=True)
class VisitAttendance(Displayed):
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
class MissedAgainstSeen(Displayed):
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
class Attendance(Displayed):
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
SEEN: Final = "seen"
MISSED: Final = "missed"


def count_attendance(columns: Columns) -> dict[Path, Table]:
    """Count who was seen at each visit, and until when everybody was followed."""
    days = Coded(*_whole_days(columns.recorded_days()))
    none = np.append(days.codes, len(days.values))
    found: dict[Path, Table] = {}
    for visit in columns.visits:
        state = _state(columns, visit)
        day = Coded(none[columns.seen(visit)], [*days.values, None])
        found["attendance", visit.value] = crossed([state, day])
        if visit.nominal_day:  # a visit that can be the primary one
            for name, _, read in compared(columns.protocol):
                value = read(columns).mapped(_number)
                found["attrition", name, visit.value] = crossed([state, value])
    ends, dated = _last_days(columns), ~np.isnan(columns.died_day)
    known_dead = columns.died | dated
    found["follow-up",] = crossed([Coded(*_whole_days(ends)), _yes_no(dated)])
    found["deaths",] = crossed([_yes_no(dated)], known_dead)
    return found


def _state(columns: Columns, visit: ScheduledVisit) -> Coded:
    """Return who was seen at a visit, missed it, or had died."""
    codes = np.where(columns.seen(visit) >= 0, 0, 1)
    codes[columns.dead(visit)] = 2
    return Coded(codes, [SEEN, MISSED, DIED])


def _last_days(columns: Columns) -> Days:
    """Return the last day on which anything is known of each patient; NaN for none."""
    beside = np.stack([columns.stated_day, columns.died_day], axis=1)
    known = np.concatenate([columns.time_days, beside], axis=1)
    found: Days = np.fmax.reduce(known, axis=1)
    return found


def _whole_days(days: Days) -> tuple[Codes, list[int | None]]:
    """Return days as a column of whole numbers."""
    distinct, codes = np.unique(days, return_inverse=True)
    values = [None if np.isnan(day) else int(day) for day in distinct.tolist()]
    return codes.reshape(days.shape), values


def _yes_no(answers: Mask) -> Coded:
    return Coded(answers.astype(np.int64), [False, True])


def compared(
    protocol: Protocol[Any],
) -> list[tuple[str, str, Callable[[Columns], Coded]]]:
    """Return the values that those missed are compared by with those seen."""
    found: list[tuple[str, str, Callable[[Columns], Coded]]] = []
    outcomes = tuple(outcome.field for outcome in protocol.outcomes)
    for name in protocol.attrition or outcomes:
        of_patient = name in protocol.patient_declarations
        declared = (
            protocol.patient_declarations
            if of_patient
            else protocol.assessment_declarations
        )[name]
        when = "" if of_patient else " at baseline"
        unit = "" if declared.unit in {None, _SCORE} else f", {declared.unit}"
        read = methodcaller("of_patients" if of_patient else "at_baseline", name)
        found.append((name, f"{declared.label}{when}{unit}", read))
    return found


def _number(value: Any) -> float | None:
    return None if value is None or isinstance(value, Bound) else float(value)


def attendance_of(
    counts: StudyCounts, primary: ScheduledVisit, *, quartile_rule: str
) -> Attendance:
    """Say who was seen at each visit, and for how long patients were followed."""
    protocol = counts.protocol
    visits = [_visit(counts, visit) for visit in protocol.visits]
    ends = counts.table("follow-up")
    known: Table = Counter({key: n for key, n in ends.items() if key[0] is not None})
    days = [max(day, 0) for day, _ in known]
    middle = median_follow_up(
        days, [died for _, died in known], weights=list(known.values())
    )
    deaths = column(counts.table("deaths"), 0)
    return Attendance(
        visits=tuple(v for v in visits if v.visit == primary or v.seen),
        primary=primary,
        compared=tuple(_attrition(counts, primary, quartile_rule)),
        follow_up=middle.value,
        first_day=min(days, default=None),
        last_day=max(days, default=None),
        n_died=deaths.total(),
        n_died_undated=deaths[False],
        n=known.total(),
        n_missing=counts.n - known.total(),
    )


def _attrition(
    counts: StudyCounts, primary: ScheduledVisit, quartile_rule: str
) -> Iterator[MissedAgainstSeen]:
    for name, label, _ in compared(counts.protocol):
        table = counts.table("attrition", name, primary.value)
        due = {s: column(where(table, 0, s), 0) for s in (SEEN, MISSED)}
        known = any(value is not None for found in due.values() for value in found)
        if due[SEEN] and due[MISSED] and known:
            seen, missed = (
                quartiles(
                    list(found), weights=list(found.values()), method=quartile_rule
                )
                for found in due.values()
            )
            yield MissedAgainstSeen(label=label, seen=seen, missed=missed)


def _visit(counts: StudyCounts, visit: ScheduledVisit) -> VisitAttendance:
    table = counts.table("attendance", visit.value)
    states = column(table, 0)
    days = column(where(table, 0, SEEN), 0)
    del days[None]
    listed = sorted(days)
    return VisitAttendance(
        visit=visit,
        due=states[SEEN] + states[MISSED],
        seen=states[SEEN],
        missed=states[MISSED],
        died=states[DIED],
        day=_median(days),
        first_day=min(listed, default=None),
        last_day=max(listed, default=None),
        n_days=days.total(),
    )


def _median(days: Counter[int]) -> float | None:
    """Return the median of counted days: a day, or the middle of two."""
    n = days.total()
    if not n:
        return None
    reached, middle = 0, []
    for day in sorted(days):
        before, reached = reached, reached + days[day]
        middle += [day for place in ((n - 1) // 2, n // 2) if before <= place < reached]
    return sum(middle) / 2
