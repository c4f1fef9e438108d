"""How many patients have which grade at each visit, with every denominator."""

import enum
from collections.abc import Callable
from typing import Any

import attrs

from iph._categories import Visit
from iph._follow_up import Assessment
from iph._model import Patient
from iph.scales._grade import Grade
from iph.scales._hip_flexion import HipFlexionGrade, hip_flexion_grade
from iph.scales._numbness import NumbnessGrade
from iph.scales._strength import MRCGrade
from iph.stats._inference.result import Estimate
from iph.stats._tables.proportion import proportion
from iph.study._parts import Unavailable, at_visit, missing_field, visits_with


@attrs.frozen(kw_only=True)
class VisitGrades:
    """The grades at one visit.

    Attributes
    ----------
    visit : Visit
        The visit.
    counts : tuple of int
        Patients in each grade, in the order of the scale.
    shares : tuple of Estimate
        The same as shares of those assessed, with 95 % intervals.
    n : int
        Patients assessed at this visit.
    n_missing : int
        Patients not seen at this visit, or not assessed there.
    """

    visit: Visit
    counts: tuple[int, ...]
    shares: tuple[Estimate, ...]
    n: int
    n_missing: int


@attrs.frozen(kw_only=True)
class GradeCourse:
    """One scale over the visits.

    Attributes
    ----------
    field, label : str
        The field, and its name in print.
    scale : type of Grade
        The scale; its members are the grades, in order.
    visits : tuple of VisitGrades
        One a visit at which anybody was assessed, in the order of time.
    sequences : tuple of tuple
        The grade of each patient at each of these visits, None where not assessed.
    n : int
        Patients of the study.
    n_missing : int
        Patients without any assessment on this scale.
    """

    field: str
    label: str
    scale: type[Grade]
    visits: tuple[VisitGrades, ...]
    sequences: tuple[tuple[Grade | None, ...], ...]
    n: int
    n_missing: int


def _numbness(assessment: Assessment) -> Grade | None:
    return assessment.numbness


def _strength(assessment: Assessment) -> Grade | None:
    return assessment.strength


def _hip_flexion(assessment: Assessment) -> Grade | None:
    return hip_flexion_grade(assessment.hip_flexion_deg)


_COURSES: tuple[
    tuple[str, str, type[Grade], Callable[[Assessment], Grade | None]], ...
] = (
    ("numbness", "Numbness (BNI)", NumbnessGrade, _numbness),
    ("strength", "Thigh strength (MRC)", MRCGrade, _strength),
    ("hip_flexion_deg", "Hip flexion", HipFlexionGrade, _hip_flexion),
)


def grade_courses(
    patients: tuple[Patient, ...],
) -> tuple[GradeCourse | Unavailable, ...]:
    """Return the course of numbness, strength and hip flexion, in this order."""
    return tuple(_course(patients, *course) for course in _COURSES)


def _course(
    patients: tuple[Patient, ...],
    field: str,
    label: str,
    scale: type[Grade],
    grade: Callable[[Assessment], Grade | None],
) -> GradeCourse | Unavailable:
    visits = visits_with(patients, grade)
    if not visits:

        def anything(patient: Patient) -> Any:
            seen = (grade(a) for a in patient.follow_up.assessments)
            return next((g for g in seen if g is not None), None)

        return Unavailable(
            part=label,
            reason="no scheduled visit records it",
            missing=(missing_field(patients, field, anything),),
        )
    columns = [at_visit(patients, visit, grade) for visit in visits]
    sequences = tuple(zip(*columns, strict=True))
    return GradeCourse(
        field=field,
        label=label,
        scale=scale,
        visits=tuple(
            _visit_grades(visit, column, scale)
            for visit, column in zip(visits, columns, strict=True)
        ),
        sequences=sequences,
        n=len(patients),
        n_missing=sum(all(g is None for g in row) for row in sequences),
    )


def _visit_grades(
    visit: Visit, column: list[Grade | None], scale: type[enum.IntEnum]
) -> VisitGrades:
    counts = tuple(sum(g is level for g in column) for level in scale)
    n = sum(counts)
    missing = len(column) - n
    return VisitGrades(
        visit=visit,
        counts=counts,
        shares=tuple(proportion(count, n, n_missing=missing) for count in counts),
        n=n,
        n_missing=missing,
    )
