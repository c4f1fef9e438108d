"""Grades at the visits, as they are printed."""

import itertools
from collections import Counter

from iph.report._document import Sheet, SheetRow
from iph.report._numbers import counted, p_equals, p_value, share
from iph.scales._grade import Grade
from iph.study._grades import DIED, GradeCourse, State


def grade_label(grade: Grade) -> str:
    """Write a grade by numeral and words."""
    return f"{grade.numeral}, {grade.label}"


def grades_sheet(course: GradeCourse) -> Sheet:
    """Print how many have which grade at each visit."""
    scale = list(course.scale)
    return Sheet(
        name=f"grades_{course.field}",
        title=f"{course.label} by visit",
        header=("Visit", "Assessed", "Not assessed", "Died", *map(grade_label, scale)),
        rows=tuple(
            SheetRow(
                (
                    at.visit.label,
                    str(at.n),
                    str(at.n_missing),
                    str(at.n_died),
                    *(share(count, at.n) for count in at.counts),
                )
            )
            for at in course.visits
        ),
        notes=(
            (
                "Percentages refer to the patients assessed at that visit; those at "
                "different visits differ. Assessed at least once: "
                f"{course.n - course.n_missing} of {course.n}."
            ),
        ),
    )


def transition_sheet(course: GradeCourse) -> Sheet | None:
    """Print the grades at baseline against those at the primary visit, paired.

    None if nobody was assessed at both.
    """
    change = course.change_at(course.primary)
    if change is None:
        return None
    scale, turned = list(course.scale), change.direction
    rows = [
        (grade_label(grade), *map(str, row), str(sum(row)))
        for grade, row in zip(scale, change.table, strict=True)
    ]
    totals = [sum(column) for column in zip(*change.table, strict=True)]
    rows.append(("Total", *map(str, totals), str(change.n)))
    notes = [
        (
            f"{counted(change.n, 'patient')} assessed at both"
            + (f"; {change.n_missing} others were not" if change.n_missing else "")
            + f". Better, {turned.improved}; same, {turned.same}; worse, "
            f"{turned.worse}; exact sign test, {p_equals(turned.p_value)}."
        )
    ]
    if turned.died:
        notes.append(
            f"{turned.died} with a grade at baseline had died by {change.visit.label}; "
            "with each death counted as worse, "
            f"{p_equals(turned.p_value_death_worst)}."
        )
    return Sheet(
        name=f"transitions_{course.field}",
        title=f"{course.label}: baseline (rows) against {change.visit.label}",
        header=("At baseline", *map(grade_label, scale), "Total"),
        rows=tuple(SheetRow(row) for row in rows),
        notes=tuple(notes),
    )


def grade_changes_sheet(course: GradeCourse) -> Sheet | None:
    """Print who was better, as before and worse at each visit; None without pairs."""
    if not course.changes:
        return None
    return Sheet(
        name=f"changes_{course.field}",
        title=f"{course.label}: change since baseline",
        header=("Visit", "Pairs", "Better", "Same", "Worse", "Died", "P value"),
        rows=tuple(
            SheetRow(
                (
                    change.visit.label,
                    *map(str, (change.n, change.direction.improved)),
                    *map(str, (change.direction.same, change.direction.worse)),
                    str(change.direction.died),
                    p_value(change.direction.p_value),
                )
            )
            for change in course.changes
        ),
        notes=(
            (
                "Patients assessed both at baseline and at the visit. P, exact sign "
                "test of better against worse, unadjusted."
            ),
        ),
    )


def _state_label(state: State) -> str:
    """Name a grade, those not assessed and those who had died."""
    if isinstance(state, Grade):
        return grade_label(state)
    return "not assessed" if state is None else DIED


def moves_sheet(course: GradeCourse) -> Sheet:
    """Print how many patients go from which grade to which, visit by visit."""
    columns = course.columns
    order: list[State] = [*course.scale, None, DIED]
    rows = []
    for place, (before, after) in enumerate(itertools.pairwise(columns)):
        first, second = course.visits[place].visit, course.visits[place + 1].visit
        moves = Counter(zip(before, after, strict=True))
        rows += [
            (
                f"{first.label} to {second.label}",
                _state_label(a),
                _state_label(b),
                str(moves[a, b]),
            )
            for a in order
            for b in order
            if moves[a, b]
        ]
    return Sheet(
        name=f"moves_{course.field}",
        title=f"{course.label}: patients between visits",
        header=("Visits", "From", "To", "Patients"),
        rows=tuple(SheetRow(row) for row in rows),
    )
