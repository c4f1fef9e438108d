"""How many patients have which grade at each visit, with every denominator."""

import enum
from collections.abc import Callable
from typing import Any, Final, Literal, TypeAlias

import attrs

from iph._categories import Visit
from iph._follow_up import MEASURED, Assessment
from iph._model import Patient
from iph.scales._grade import Grade
from iph.scales._hip_flexion import HipFlexionGrade, hip_flexion_grade
from iph.scales._numbness import NumbnessGrade
from iph.scales._strength import MRCGrade
from iph.stats._inference.result import Estimate
from iph.stats._tables.proportion import proportion
from iph.study._attendance import died_by, living
from iph.study._change import Direction, direction
from iph.study._parts import Unavailable, at_visit, missing_field, visits_with

DIED: Final = "died"
State: TypeAlias = Grade | Literal["died"] | None


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
    n_died : int
        Patients who had died by the visit: neither assessed nor missing.
    """

    visit: Visit
    counts: tuple[int, ...]
    shares: tuple[Estimate, ...]
    n: int
    n_missing: int
    n_died: int


@attrs.frozen(kw_only=True)
class GradeChange:
    """A scale at one visit against baseline, of those assessed at both.

    Attributes
    ----------
    visit : Visit
        The visit.
    table : tuple of tuple of int
        Patients by the grade at baseline (rows) and at the visit (columns).
    direction : Direction
        Who improved, stayed and got worse, with the exact sign test.
    n, n_missing : int
        Patients assessed at both, and the others who had not died.
    """

    visit: Visit
    table: tuple[tuple[int, ...], ...]
    direction: Direction
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
    died : tuple of tuple of bool
        Whether each patient had died by each of these visits.
    primary : Visit
        The visit of the primary analysis.
    changes : tuple of GradeChange
        Each later visit against baseline; empty without grades at baseline.
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
    died: tuple[tuple[bool, ...], ...]
    primary: Visit
    changes: tuple[GradeChange, ...]
    n: int
    n_missing: int

    @property
    def columns(self) -> tuple[tuple[State, ...], ...]:
        """The state of every patient at each visit: a grade, None, or ``"died"``."""
        return tuple(
            tuple(
                DIED if gone else grade
                for grade, gone in zip(grades, dead, strict=True)
            )
            for grades, dead in zip(
                zip(*self.sequences, strict=True),
                zip(*self.died, strict=True),
                strict=True,
            )
        )

    @property
    def best(self) -> Grade:
        """The best grade of the scale."""
        return (min if falls(self.field) else max)(self.scale)

    def at(self, visit: Visit) -> VisitGrades | None:
        """Return a visit; None if nobody was assessed there."""
        return next((v for v in self.visits if v.visit == visit), None)

    def change_at(self, visit: Visit) -> GradeChange | None:
        """Return a visit against baseline; None if nobody was assessed at both."""
        return next((c for c in self.changes if c.visit == visit), None)


def falls(field: str) -> bool:
    """Return whether the lower grades of a field are the better ones."""
    return MEASURED[field].best == "low"


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
    patients: tuple[Patient, ...], *, primary: Visit
) -> tuple[GradeCourse | Unavailable, ...]:
    """Return the course of numbness, strength and hip flexion, in this order."""
    return tuple(_course(patients, primary, *course) for course in _COURSES)


def _course(  # noqa: PLR0917 - a row of the table above
    patients: tuple[Patient, ...],
    primary: Visit,
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
            _visit_grades(patients, visit, column, scale)
            for visit, column in zip(visits, columns, strict=True)
        ),
        sequences=sequences,
        died=tuple(tuple(died_by(p, visit) for visit in visits) for p in patients),
        primary=primary,
        changes=tuple(
            _change(patients, visit, columns[0], column, scale, falls=falls(field))
            for visit, column in zip(visits[1:], columns[1:], strict=True)
            if visits[0] == Visit.BASELINE
            and any(
                a is not None and b is not None
                for a, b in zip(columns[0], column, strict=True)
            )
        ),
        n=len(patients),
        n_missing=sum(all(g is None for g in row) for row in sequences),
    )


def _change(
    patients: tuple[Patient, ...],
    visit: Visit,
    before: list[Grade | None],
    now: list[Grade | None],
    scale: type[Grade],
    *,
    falls: bool,
) -> GradeChange:
    found = direction(
        visit,
        [None if g is None else float(g) for g in before],
        [None if g is None else float(g) for g in now],
        [died_by(patient, visit) for patient in patients],
        falls=falls,
    )
    pairs = list(zip(before, now, strict=True))
    return GradeChange(
        visit=visit,
        table=tuple(
            tuple(pairs.count((first, second)) for second in scale) for first in scale
        ),
        direction=found,
        n=found.n,
        n_missing=found.n_missing,
    )


def _visit_grades(
    patients: tuple[Patient, ...],
    visit: Visit,
    column: list[Grade | None],
    scale: type[enum.IntEnum],
) -> VisitGrades:
    counts = tuple(sum(g is level for g in column) for level in scale)
    n = sum(counts)
    alive, died = living(patients, visit, column)
    missing = len(alive) - n
    return VisitGrades(
        visit=visit,
        counts=counts,
        shares=tuple(
            proportion(count, n, n_missing=missing, method="clopper-pearson")
            for count in counts
        ),
        n=n,
        n_missing=missing,
        n_died=died,
    )
