"""What the methods assume, and what a reader must know before using any number."""

from collections import Counter
from collections.abc import Iterator

from iph._bound import Bound
from iph._model import PATIENT_FIELDS
from iph.report._numbers import counted, listing, sentence
from iph.report._sentences import CAVEAT
from iph.study._coagulation import coagulation_gaps
from iph.study._grades import GradeCourse
from iph.study._pain import PainCourse
from iph.study._recovery_results import RecoveryAnalysis
from iph.study._selection import late_losses
from iph.study._study import Study


def assumptions(study: Study) -> tuple[str, ...]:
    """Return what the methods assume, and what the data say of it."""
    lines = []
    if study.rules.description == "shapiro-wilk":
        for row in (*study.table_one.rows, *study.coagulation.rows):
            description = getattr(row.cells[0], "description", None)
            if description is not None and description.n:
                lines.append(
                    f"{row.label}: {description.shown}, since {description.reason}"
                )
    course = study.pain
    if isinstance(course, PainCourse) and course.skillings_mack is not None:
        lines.append(
            "Skillings-Mack: that visits were missed regardless of pain cannot be "
            "checked from the data"
        )
    found = [a for a in study.recovery if isinstance(a, RecoveryAnalysis)]
    if any(a.lead == "interval-censored" for a in found):
        lines.append(
            "interval-censored estimates and tests: that visits do not depend on "
            "recovery cannot be checked from the data"
        )
    unequal = [a for a in found if len(a.groups) > 1 and not a.equal_attendance]
    if unequal:
        lines.append(
            "permutation tests assume similar visit schedules of the groups; "
            "attendance was not the same for everybody in "
            + listing(a.label for a in unequal)
        )
    if found:
        lines.append("noninformative censoring cannot be checked from the data")
    return tuple(sentence(line) for line in lines)


def warnings_of(study: Study) -> tuple[str, ...]:
    """Return what a reader must know before using any number."""
    lines = list(study.cohort.notes)
    lines += [f"not read: {said}" for said in study.cohort.not_read]
    if study.cohort.synthetic:
        lines.insert(0, "the patients are made up: nothing here is a finding")
    if study.screening.n_unknown:
        counts = f"{study.screening.n_unknown} of {study.screening.n_assessed}"
        handled = (
            "they were not analyzed"
            if study.rules.population == "included"
            else "all were analyzed"
        )
        lines.append(
            f"eligibility could not be determined for {counts} records; {handled}"
        )
    if study.rules.population == "all" and study.screening.n_excluded:
        lines.append("records that do not meet the criteria are analyzed as well")
    lines += _of_deaths(study)
    late = len(late_losses(study.cohort, study.screening))
    if late:
        lines.append(
            f"{counted(late, 'record was', 'records were')} excluded for loss to "
            "follow-up alone: selection on what came later, which can overstate "
            "recovery"
        )
    lines += _bounds(study)
    lines += _of_coagulation(study)
    for course in study.grades:
        if isinstance(course, GradeCourse) and any(v.n_missing for v in course.visits):
            least = min(course.visits, key=lambda visit: visit.n)
            lines.append(
                f"{course.label}: at {least.visit.label} {least.n} of "
                f"{least.n + least.n_missing} patients due were assessed; percentages "
                "refer to the patients seen at that visit"
            )
    if study.patients and not study.convenience:
        lines.append(CAVEAT)
    if not study.patients:
        lines.append(
            "no patient is analyzed: every part below is empty for this reason"
        )
    lines.append("not a medical device; no basis for the treatment of a patient")
    return tuple(sentence(line) for line in lines)


def _of_deaths(study: Study) -> list[str]:
    """Say who died, and that death competes with recovery."""
    found = study.attendance
    if not found.n_died:
        return []
    lines = [
        (
            f"{counted(found.n_died, 'patient')} died; at visits after death they are "
            "neither assessed nor missing, and death is counted in each table"
        )
    ]
    if found.n_died_undated:
        lines.append(
            f"the day of death is not recorded for {found.n_died_undated} of them, who "
            "count as missed after they were last seen"
        )
    return lines


def _of_coagulation(study: Study) -> list[str]:
    """Say whose status is open, and which column would decide it."""
    text = coagulation_note(study)
    return [text] if text else []


def coagulation_note(study: Study) -> str:
    """Say for how many coagulation is open, and what would decide it; else empty."""
    rule = study.rules.coagulation
    gaps = [found for p in study.patients if (found := coagulation_gaps(p, rule=rule))]
    if not gaps:
        return ""
    counts = Counter(gap for found in gaps for gap in found)
    named = listing(f"{name} in {count}" for name, count in counts.items())
    return (
        f"Coagulation could not be classified in {counted(len(gaps), 'patient')}: "
        f"not recorded were {named}."
    )


def _bounds(study: Study) -> Iterator[str]:
    """Say for which patients a test is known by a bound alone."""
    for field in PATIENT_FIELDS:
        values = [field.value_of(patient) for patient in study.patients]
        bounds = [str(value) for value in values if isinstance(value, Bound)]
        if bounds:
            yield (
                f"{field.declaration.label} is known by a bound alone in {len(bounds)} "
                f"of {len(values)} patients ({', '.join(sorted(set(bounds)))}): the "
                "coagulation status and the criteria use the bound; tables of numbers "
                "count it as not recorded."
            )
