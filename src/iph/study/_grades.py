"""How many patients have which grade at each visit, with every denominator."""

import enum
from typing import Any, Final, TypeAlias

import attrs

from iph._categories import ScheduledVisit
from iph._fields import Kind
from iph._subject import Subject
from iph.protocol._protocol import Protocol
from iph.stats._inference.result import Estimate
from iph.stats._tables.proportion import proportion
from iph.study._attendance import died_by, living
from iph.study._change import Direction, direction
from iph.study._parts import (
    Unavailable,
    at_visit,
    missing_field,
    value_at,
    visits_with,
)

DIED: Final = "died"
State: TypeAlias = Any  # a grade of the scale, "died" or None


@attrs.frozen(kw_only=True)
class VisitGrades:
    """The grades at one visit.

    Attributes
    ----------
    visit : ScheduledVisit
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

    visit: ScheduledVisit
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
    visit : ScheduledVisit
        The visit.
    table : tuple of tuple of int
        Patients by the grade at baseline (rows) and at the visit (columns).
    direction : Direction
        Who improved, stayed and got worse, with the exact sign test.
    n, n_missing : int
        Patients assessed at both, and the others who had not died.
    """

    visit: ScheduledVisit
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
    scale : type of IntEnum
        The scale; its members are the grades, in order.
    lower_is_better : bool
        Whether the lower grades are the better ones.
    visits : tuple of VisitGrades
        One a visit at which anybody was assessed, in the order of time.
    sequences : tuple of tuple
        The grade of each patient at each of these visits, None where not assessed.
    died : tuple of tuple of bool
        Whether each patient had died by each of these visits.
    primary : ScheduledVisit
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
    scale: Any
    lower_is_better: bool
    visits: tuple[VisitGrades, ...]
    sequences: tuple[tuple[Any, ...], ...]
    died: tuple[tuple[bool, ...], ...]
    primary: ScheduledVisit
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
    def best(self) -> Any:
        """The best grade of the scale."""
        return (min if self.lower_is_better else max)(self.scale)

    def at(self, visit: ScheduledVisit) -> VisitGrades | None:
        """Return a visit; None if nobody was assessed there."""
        return next((v for v in self.visits if v.visit == visit), None)

    def change_at(self, visit: ScheduledVisit) -> GradeChange | None:
        """Return a visit against baseline; None if nobody was assessed at both."""
        return next((c for c in self.changes if c.visit == visit), None)


def grade_courses(
    patients: tuple[Subject[Any], ...],
    protocol: Protocol[Any],
    *,
    primary: ScheduledVisit,
) -> tuple[GradeCourse | Unavailable, ...]:
    """Return the course of each graded outcome, in the order of the protocol."""
    declared = protocol.assessment_declarations
    return tuple(
        _course(patients, protocol, primary, outcome.field, outcome.label)
        for outcome in protocol.outcomes
        if declared[outcome.field].kind is Kind.GRADE
    )


def _course(
    patients: tuple[Subject[Any], ...],
    protocol: Protocol[Any],
    primary: ScheduledVisit,
    name: str,
    label: str,
) -> GradeCourse | Unavailable:
    declared = protocol.assessment_declarations[name]
    scale: Any = declared.options
    grade, label = value_at(protocol, name), label or declared.label
    # A grade that is cut from a number is known by the number that is recorded.
    field = next((d.cut for d in protocol.derived if d.name == name), None) or name
    falls = declared.best == "low"
    visits = visits_with(patients, grade, protocol.visits)
    if not visits:

        def anything(patient: Subject[Any]) -> Any:
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
        lower_is_better=falls,
        visits=tuple(
            _visit_grades(patients, visit, column, scale)
            for visit, column in zip(visits, columns, strict=True)
        ),
        sequences=sequences,
        died=tuple(tuple(died_by(p, visit) for visit in visits) for p in patients),
        primary=primary,
        changes=tuple(
            _change(patients, visit, columns[0], column, scale, falls=falls)
            for visit, column in zip(visits[1:], columns[1:], strict=True)
            if visits[0].is_baseline
            and any(
                a is not None and b is not None
                for a, b in zip(columns[0], column, strict=True)
            )
        ),
        n=len(patients),
        n_missing=sum(all(g is None for g in row) for row in sequences),
    )


def _change(
    patients: tuple[Subject[Any], ...],
    visit: ScheduledVisit,
    before: list[enum.IntEnum | None],
    now: list[enum.IntEnum | None],
    scale: type[enum.IntEnum],
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
    patients: tuple[Subject[Any], ...],
    visit: ScheduledVisit,
    column: list[enum.IntEnum | None],
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
