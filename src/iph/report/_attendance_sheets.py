"""Who was seen when, and who was missed, as it is printed."""

import math

from iph.report._document import Sheet, SheetRow
from iph.report._numbers import counted, days, sized
from iph.stats._description.quartiles import Quartiles
from iph.study._attendance import Attendance, VisitAttendance


def attendance_sheet(found: Attendance) -> Sheet:
    """Print who was due, seen, missed and dead at each visit, on which days."""
    notes = [follow_up_text(found)]
    undated = sum(at.seen - at.n_days for at in found.visits)
    if undated:
        notes.append(
            f"The day of {counted(undated, 'visit')} was not recorded; these count at "
            "the nominal day."
        )
    if found.n_died_undated:
        notes.append(
            f"The day of death of {counted(found.n_died_undated, 'patient')} was not "
            "recorded; they count as missed after they were last seen."
        )
    return Sheet(
        name="attendance",
        title="Attendance by visit",
        header=("Visit", "Due", "Seen", "Missed", "Died", "Median day (range)"),
        rows=tuple(
            SheetRow(
                (
                    at.visit.label,
                    str(at.due),
                    str(at.seen),
                    str(at.missed),
                    str(at.died),
                    _day_text(at),
                )
            )
            for at in found.visits
        ),
        notes=tuple(notes),
    )


def _day_text(at: VisitAttendance) -> str:
    if at.day is None:
        nominal = at.visit.nominal_day
        return "not recorded" if nominal is None else f"{nominal} (nominal)"
    return f"{days(at.day)} ({at.first_day} to {at.last_day})"


def follow_up_text(found: Attendance) -> str:
    """Write median and range of follow-up."""
    if found.first_day is None:
        return "No day of follow-up is recorded."
    middle = (
        "Median follow-up was not reached"
        if math.isnan(found.follow_up)
        else f"Median follow-up was {days(found.follow_up)} days"
    )
    return (
        f"{middle} (reverse Kaplan-Meier; range, {found.first_day} to "
        f"{found.last_day} days)."
    )


def missed_sheet(found: Attendance) -> Sheet | None:
    """Print those missed at the primary visit beside those seen; None if nobody was."""
    if not found.compared:
        return None
    return Sheet(
        name="missed",
        title=f"Patients seen and missed at {found.primary.label}",
        header=("At baseline, median (Q1, Q3)", "Seen", "Missed"),
        rows=tuple(
            SheetRow((row.label, _cell(row.seen), _cell(row.missed)))
            for row in found.compared
        ),
        notes=("Patients who had died by then are not among those missed.",),
    )


def _cell(found: Quartiles) -> str:
    return f"{middle_text(found)}; n = {found.n}"


def middle_text(found: Quartiles) -> str:
    """Write the median with the quartiles; a single value stands alone."""
    if not found.n:
        return "none recorded"
    middle = sized(found.median, found.median)
    if found.n == 1 or math.isnan(found.q1) or math.isnan(found.q3):
        return middle
    low, high = (sized(value, found.median) for value in (found.q1, found.q3))
    return f"{middle} ({low}, {high})"
