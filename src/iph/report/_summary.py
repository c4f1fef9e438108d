"""A study in ten lines, for a terminal."""

import textwrap

from iph._categories import Nerve
from iph.report._comparison_sheets import comparison_summary
from iph.report._course_sheets import quartile_text
from iph.report._grades_figure import best_first
from iph.report._numbers import counted, listing, share
from iph.report._recovery_sheets import exact_text, median_text, shown_groups
from iph.report._sentences import patients_sentence
from iph.study._compared import Comparison
from iph.study._grades import GradeCourse
from iph.study._pain import PainCourse
from iph.study._parts import Unavailable
from iph.study._recovery import RecoveryAnalysis
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
    course = study.pain
    if not isinstance(course, PainCourse):
        return ""
    told = [
        f"{quartile_text(at.quartiles)} at {at.visit.label} (n = {at.quartiles.n})"
        for at in course.visits[:1] + course.visits[1:][-1:]
    ]
    return f"Pain, median (Q1, Q3): {', '.join(told)}"


def _grades(course: GradeCourse) -> str:
    best = best_first(course)[0]
    place = list(course.scale).index(best)
    told = [
        f"{share(at.counts[place], at.n)} at {at.visit.label}"
        for at in course.visits[:1] + course.visits[1:][-1:]
    ]
    return f"{course.label}, best grade ({best.label}): {', '.join(told)}"


def _nerves(study: Study) -> str:
    if isinstance(study.nerves, Unavailable):
        return ""
    told = [
        f"{nerve.label} {share(count.count, count.share.n)}"
        for nerve, count in zip(Nerve, study.nerves, strict=True)
        if count.count
    ]
    return f"Nerves involved: {', '.join(told) or 'none recorded'}"


def _recovery(study: Study) -> str:
    found = [a for a in study.recovery if isinstance(a, RecoveryAnalysis)]
    if not found:
        return ""
    analysis = found[0]
    told = [
        f"{group.label} {share(group.n_recovered, group.n)}, median "
        f"{median_text(group)}"
        for group in shown_groups(analysis)
    ]
    tested = exact_text(analysis)
    label = analysis.label[0].upper() + analysis.label[1:]
    return f"{label}: {'; '.join(told)}" + (f"; {tested}" if tested else "")


def _gaps(study: Study) -> str:
    gaps = study.unavailable
    if not gaps:
        return ""
    names = listing(gap.part for gap in gaps)
    return f"Not available, {counted(len(gaps), 'part')}: {names}"
