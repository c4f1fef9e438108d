"""Which grades the patients had at the visits, and how they changed."""

import enum
import itertools
from collections.abc import Iterator
from functools import partial
from typing import Any

from iph._categories import ScheduledVisit
from iph._fields import label_of
from iph.evidence._claims import Claim
from iph.protocol._protocol import Protocol
from iph.report._document import Block, Picture
from iph.report._figures.grades import alluvial_figure, grades_figure
from iph.report._numbers import counted, listing, none_or, p_equals, p_value, share
from iph.report._parts.claimed import Asked, counted_claims
from iph.report._parts.part import Material, Part, headed, of_study
from iph.report._parts.tested import bounds_text, tested_visits, untested_text
from iph.report._phrases import numeral_of
from iph.report._sheet import Sheet, SheetRow
from iph.study._columns import DIED
from iph.study._grades import GradeChange, GradeCourse, State
from iph.study._study import Study


def _blocks(course: GradeCourse, material: Material) -> Iterator[Block]:
    yield grades_sheet(course)
    yield grades_picture(course)
    changed = (
        transition_sheet(course, material.study),
        grade_changes_sheet(course, material.study),
    )
    yield from (sheet for sheet in changed if sheet is not None)
    if len(course.visits) > 1:
        yield alluvial_picture(course)


def grade_label(grade: Any) -> str:
    """Write a grade by numeral and words."""
    return f"{numeral_of(grade)}, {label_of(grade)}"


def grades_sheet(course: GradeCourse) -> Sheet:
    """Print how many have which grade at each visit."""
    scale = list(course.scale)
    missed = len(course.visits) > 1 and any(at.n < course.n for at in course.visits)
    differ = "; those at different visits differ" if missed else ""
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
                f"Percentages refer to the patients assessed at that visit{differ}. "
                "Assessed at least once: "
                f"{course.n - course.n_missing} of {course.n}."
            ),
        ),
    )


def transition_sheet(course: GradeCourse, study: Study) -> Sheet | None:
    """Print the grades at baseline against those at the primary visit, paired.

    None if nobody was assessed at both.
    """
    change = course.change_at(course.primary)
    if change is None:
        return None
    scale, turned = list(course.scale), change.direction
    tested = course.primary in tested_visits(course, study)
    rows = [
        (grade_label(grade), *map(str, row), str(sum(row)))
        for grade, row in zip(scale, change.table, strict=True)
    ]
    totals = [sum(column) for column in zip(*change.table, strict=True)]
    rows.append(("Total", *map(str, totals), str(change.n)))
    others = counted(change.n_missing, "other was", "others were")
    notes = [
        (
            f"{counted(change.n, 'patient')} assessed at both"
            + (f"; {others} not" if change.n_missing else "")
            + f". Better, {turned.improved}; same, {turned.same}; worse, "
            f"{turned.worse}"
            + (f"; exact sign test, {p_equals(turned.p_value)}." if tested else ".")
        )
    ]
    if turned.died and not tested:
        notes.append(
            f"{turned.died} with a grade at baseline had died by {change.visit.label}."
        )
    elif turned.died:
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


def grade_changes_sheet(course: GradeCourse, study: Study) -> Sheet | None:
    """Print who was better, as before and worse at each visit; None without pairs."""
    if not course.changes:
        return None
    tested = tested_visits(course, study)
    shown = len(tested) > 0  # whether there is any P value to head a column
    notes = ["Patients assessed both at baseline and at the visit."]
    if shown:
        notes[0] += " P, exact sign test of better against worse, unadjusted."
    if told := untested_text(course, "were better", study):
        notes.append(told)
    return Sheet(
        name=f"changes_{course.field}",
        title=f"{course.label}: change since baseline",
        header=(
            "Visit",
            "Pairs",
            "Better",
            "Same",
            "Worse",
            "Died",
            *(["P value"] * shown),
        ),
        rows=tuple(
            SheetRow(
                (
                    change.visit.label,
                    *map(str, (change.n, change.direction.improved)),
                    *map(str, (change.direction.same, change.direction.worse)),
                    str(change.direction.died),
                    *([_p_value(change, tested)] * shown),
                )
            )
            for change in course.changes
        ),
        notes=tuple(notes),
    )


def _p_value(change: GradeChange, tested: tuple[ScheduledVisit, ...]) -> str:
    """Write the P value of a visit that is tested."""
    if change.visit in tested:
        return p_value(change.direction.p_value)
    return "not tested"


def _state_label(state: State) -> str:
    """Name a grade, those not assessed and those who had died."""
    if isinstance(state, enum.IntEnum):
        return grade_label(state)
    return "not assessed" if state is None else DIED


def moves_sheet(course: GradeCourse) -> Sheet:
    """Print how many patients go from which grade to which, visit by visit."""
    order: list[State] = [*course.scale, None, DIED]
    rows = []
    for (first, second), moves in zip(
        itertools.pairwise(at.visit for at in course.visits), course.flows, strict=True
    ):
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


def grades_picture(course: GradeCourse) -> Picture:
    """Return the stacked bars of a scale."""
    return Picture(
        name=f"grades_{course.field}",
        title=f"{course.label} at each visit",
        alt=(
            f"Stacked bars of {course.n} patients by grade at "
            f"{listing(v.visit.label for v in course.visits)}, best grade at the "
            "bottom, patients not assessed, or who had died, on top."
        ),
        caption=(
            f"n = {course.n}; below each bar the number assessed. Patients not "
            "assessed and those who had died are shown on top."
        ),
        data=grades_sheet(course),
        draw=partial(grades_figure, course),
    )


def alluvial_picture(course: GradeCourse) -> Picture:
    """Return the patients between grades."""
    return Picture(
        name=f"moves_{course.field}",
        title=f"{course.label}: patients between visits",
        alt=(
            f"Bands of {course.n} patients moving between grades at "
            f"{listing(v.visit.label for v in course.visits)}; the best grade is on "
            "top, patients not assessed at the bottom."
        ),
        caption=(
            f"n = {course.n}. A band is as wide as its number of patients and has the "
            "color of the grade that it comes from."
        ),
        data=moves_sheet(course),
        draw=partial(alluvial_figure, course),
    )


def _sentence(course: GradeCourse, study: Study) -> str:
    label = course.label
    change = course.change_at(course.primary)
    if change is None:
        return (
            f"{label}: no patient was assessed both at baseline and at "
            f"{course.primary.label}."
        )
    turned = change.direction
    place = list(course.scale).index(course.best)
    before = sum(change.table[place])
    after = sum(row[place] for row in change.table)
    text = (
        f"{label}: of {counted(change.n, 'patient')} assessed both at baseline and at "
        f"{course.primary.label}, {none_or(turned.improved)} improved, "
        f"{none_or(turned.same)} stayed the same and {none_or(turned.worse)} got worse"
    )
    tested = course.primary in tested_visits(course, study)
    if tested:
        text += f" (exact sign test, {p_equals(turned.p_value)})"
    best = f"grade {numeral_of(course.best)} ({label_of(course.best)})"
    if before or after:
        text += (
            f"; {none_or(before)} of them had {best} at baseline and "
            f"{none_or(after)} at {course.primary.label}."
        )
    else:
        text += f"; none of them had {best} at either visit."
    if turned.died:
        text += f" {counted(turned.died, 'other')} had died by then."
    if not tested and not study.convenience:
        text += (
            " Fewer than half of those due were assessed, and no test was made; "
            f"whatever the others alive had, {bounds_text(turned)} improved."
        )
    return text


def _summary(course: GradeCourse) -> str:
    name = course.primary.label
    change = course.change_at(course.primary)
    if change is None:
        return f"{course.label}: nobody was assessed both at baseline and at {name}"
    turned, place = change.direction, list(course.scale).index(course.best)
    before, after = (
        sum(change.table[place]),
        sum(row[place] for row in change.table),
    )
    return (
        f"{course.label}, baseline to {name} (n = {change.n}): "
        f"{label_of(course.best)} in {before}, then {after}; "
        f"{turned.improved} better, {turned.same} same, {turned.worse} worse"
        + (f", {turned.died} died" if turned.died else "")
    )


def _methods(found: tuple[GradeCourse, ...], material: Material) -> Iterator[str]:
    study = material.study
    if any(course.changes for course in found):
        tested = [visit for one in found for visit in tested_visits(one, study)]
        yield (
            "Grades are ordered categories: those at baseline and at "
            f"{study.rules.primary_visit.label} were cross-tabulated"
            + (
                ", and patients who were better and worse were compared by the exact "
                "sign test."
                if tested
                else "."
            )
        )
        if len(tested) < sum(len(one.changes) for one in found) and not (
            study.convenience
        ):
            yield (
                "Visits at which fewer than half of those due were assessed were not "
                "tested; the least and the most patients who may have improved are "
                "given instead."
            )


def _claims(course: GradeCourse, material: Material) -> Iterator[Claim]:
    labels = [numeral_of(grade) for grade in course.scale]
    known = _is_recorded(course.field, material.protocol)
    levels = _levels(course, material) if known else ()
    for visit in course.visits:
        code = f"{course.field} at {visit.visit.value}"
        counts = dict(zip(labels, visit.counts, strict=True))
        asked = (
            Asked(variable=course.field, visit=visit.visit, levels=levels)
            if known
            else Asked()
        )
        yield from counted_claims(
            code, course.label, counts, visit.n, asked, divides=True
        )


def _is_recorded(name: str, protocol: Protocol[Any]) -> bool:
    """Whether a scale is a field, and is cut at whole numbers if it is cut."""
    cuts = [end for one in protocol.derived if one.cut == name for end in one.at]
    recorded = {field.name for field in protocol.assessment_fields}
    return name in recorded and all(end == int(end) for end in cuts)


def _levels(course: GradeCourse, material: Material) -> tuple[str, ...]:
    """Return the levels of a scale, those that are cut from a number by its values."""
    for one in material.protocol.derived:
        if one.cut == course.field:
            declared = material.protocol.assessment_declarations[course.field]
            ends = (declared.low or 0, *one.at, declared.high or 0)
            return tuple(
                f"{int(low)}-{int(high) - (high in one.at)}"
                for low, high in itertools.pairwise(ends)
            )
    return tuple(str(int(grade)) for grade in course.scale)


def _answers(found: tuple[GradeCourse, ...], _material: Material) -> dict[str, str]:
    over_time = any(len(course.visits) > 1 for course in found)
    return {"examination": "", **({"outcomes": ""} if over_time else {})}


PART = Part(
    chapter="grades",
    heading=headed("Grades by visit"),
    results=of_study("grades"),
    blocks=_blocks,
    sentences=lambda course, material: (_sentence(course, material.study),),
    claims=_claims,
    summary=lambda found, _material: map(_summary, found),
    methods=_methods,
    answers=_answers,
)
