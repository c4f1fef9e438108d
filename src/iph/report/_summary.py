"""A study in ten lines, for a terminal."""

import textwrap

from iph._categories import Nerve
from iph.report._anatomy_sheets import count_text
from iph.report._attendance_sheets import middle_text
from iph.report._comparison_sheets import comparison_summary
from iph.report._numbers import counted, listing
from iph.report._pain_sheets import location_text
from iph.report._recovery_sheets import (
    at_primary,
    lead_text,
    limits_text,
    share_text,
    shown_groups,
)
from iph.report._sentences import patients_sentence
from iph.study._compared import Comparison
from iph.study._grades import GradeCourse
from iph.study._pain import PainCourse
from iph.study._parts import Unavailable
from iph.study._recovery_results import RecoveryAnalysis
from iph.study._study import Study

_WIDTH = 210  # characters; a longer line is cut, and shows it


def summary_lines(
    study: Study, comparison: Comparison | None = None
) -> tuple[str, ...]:
    """Return the main results, about ten lines, each short enough for a terminal."""
    made_up = " (made-up patients: nothing here is a finding)"
    label = study.cohort.label or "Cohort"
    flow, analyzed = study.screening, len(study.patients)
    courses = [c for c in study.grades if isinstance(c, GradeCourse)]
    lines = [
        label + (made_up if study.cohort.synthetic else ""),
        *(f"Note: {note}" for note in study.cohort.notes[:1]),
        (
            f"Records: {flow.n_assessed}; {flow.n_included} included, "
            f"{flow.n_excluded} excluded, {flow.n_unknown} undecided "
            f"({flow.criteria.name}); {counted(analyzed, 'patient')} analyzed"
        ),
        patients_sentence(study),
        _pain(study),
        *(_grades(course) for course in courses),
        _nerves(study),
        _recovery(study),
        "" if comparison is None else comparison_summary(comparison),
        _gaps(study),
    ]
    return tuple(
        textwrap.shorten(line, width=_WIDTH, placeholder=" ...")
        for line in lines
        if line
    )


def _pain(study: Study) -> str:
    """Say how pain changed in the same patients, at the primary visit alone."""
    course = study.pain
    if not isinstance(course, PainCourse):
        return ""
    name = course.primary.label
    change = course.change_at(course.primary)
    if change is None:
        return f"Pain: nobody was scored both at baseline and at {name}"
    turned = change.direction
    return (
        f"Pain, baseline to {name} (n = {change.n}): {middle_text(change.baseline)} to "
        f"{middle_text(change.now)}, median change {location_text(change.change)}; "
        f"{turned.improved} better, {turned.same} same, {turned.worse} worse"
        + (f", {turned.died} died" if turned.died else "")
    )


def _grades(course: GradeCourse) -> str:
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
        f"{course.label}, baseline to {name} (n = {change.n}): {course.best.label} in "
        f"{before}, then {after}; {turned.improved} better, {turned.same} same, "
        f"{turned.worse} worse" + (f", {turned.died} died" if turned.died else "")
    )


def _nerves(study: Study) -> str:
    if isinstance(study.nerves, Unavailable):
        return ""
    told = [
        f"{nerve.label} {count_text(count)}"
        for nerve, count in zip(Nerve, study.nerves, strict=True)
        if count.count
    ]
    return f"Nerves involved: {', '.join(told) or 'none recorded'}"


def _recovery(study: Study) -> str:
    found = [a for a in study.recovery if isinstance(a, RecoveryAnalysis)]
    if not found:
        return ""
    analysis = found[0]
    told = []
    for group in shown_groups(analysis):
        at = at_primary(group, analysis.primary)
        head = "" if group.label == "all" else f"{group.label} "
        told.append(
            f"{head}{at.recovered} of {at.n}, {share_text(at)} "
            f"({limits_text(at)})" + (f", {at.died} died" if at.died else "")
        )
    tested = lead_text(analysis)
    label = analysis.label[0].upper() + analysis.label[1:]
    by = f", {analysis.group.lower()}" if len(told) > 1 else ""
    return f"{label} by {analysis.primary.label}{by}: {'; '.join(told)}" + (
        f"; {tested}" if tested else ""
    )


def _gaps(study: Study) -> str:
    gaps = study.unavailable
    if not gaps:
        return ""
    names = listing(gap.part for gap in gaps)
    return f"Not available, {counted(len(gaps), 'part')}: {names}"
