"""How many patients have which grade at each visit, with every denominator."""

import enum
import itertools
from collections import Counter
from typing import Any, TypeAlias

import attrs

from iph._categories import ScheduledVisit
from iph._display import Displayed
from iph._fields import Kind
from iph.stats._inference.result import Estimate
from iph.stats._tables.proportion import proportion
from iph.study._change import Direction, direction, is_half
from iph.study._columns import DIED, Columns
from iph.study._parts import MissingField, Unavailable, not_of_counts
from iph.study._study_counts import StudyCounts
from iph.study._visit_counts import Outcome, Pairs

State: TypeAlias = Any  # a grade of the scale, "died" or None


@attrs.frozen(kw_only=True)
class VisitGrades(Displayed):
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

    @property
    def is_enough(self) -> bool:
        """Whether at least half of those due were graded, so that it can be tested."""
        return is_half(self.n, self.n_missing)


@attrs.frozen(kw_only=True)
class GradeChange(Displayed):
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
class GradeCourse(Displayed):
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
    sequences : tuple of tuple or Unavailable
        The grade of each patient at each of these visits, None where not assessed;
        counts do not tell.
    died : tuple of tuple of bool or Unavailable
        Whether each patient had died by each of these visits.
    flows : tuple of Counter
        From each of these visits to the next: how many patients go from which state to
        which; a state is a grade, None where not assessed, or ``"died"``.
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
    sequences: tuple[tuple[Any, ...], ...] | Unavailable
    died: tuple[tuple[bool, ...], ...] | Unavailable
    flows: tuple[Counter[tuple[State, State]], ...]
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
    counts: StudyCounts, columns: Columns | None, *, primary: ScheduledVisit
) -> tuple[GradeCourse | Unavailable, ...]:
    """Return the course of each graded outcome, in the order of the protocol.

    Without columns, the courses of single patients are not available.
    """
    declared = counts.protocol.assessment_declarations
    return tuple(
        _course(counts, columns, primary, outcome.field, outcome.label)
        for outcome in counts.protocol.outcomes
        if declared[outcome.field].kind is Kind.GRADE
    )


def _course(
    counts: StudyCounts,
    columns: Columns | None,
    primary: ScheduledVisit,
    name: str,
    label: str,
) -> GradeCourse | Unavailable:
    protocol, found = counts.protocol, Outcome(counts, name)
    declared = protocol.assessment_declarations[name]
    scale: Any = declared.options
    label, falls = label or declared.label, declared.best == "low"
    # A grade that is cut from a number is known by the number that is recorded.
    field = next((d.cut for d in protocol.derived if d.name == name), None) or name
    visits = found.visits
    if not visits:
        return Unavailable(
            part=label,
            reason="no scheduled visit records it",
            missing=(MissingField(field, found.n_without, counts.n, label),),
        )
    pairs = [found.pairs(visits[0], visit) for visit in visits[1:]]
    single = not_of_counts(f"{label}: the course of single patients")
    return GradeCourse(
        field=field,
        label=label,
        scale=scale,
        lower_is_better=falls,
        visits=tuple(
            _visit_grades(visit, found.states(visit), scale) for visit in visits
        ),
        sequences=single if columns is None else _sequences(columns, name, visits),
        died=(
            single
            if columns is None
            else _listed([columns.dead(visit).tolist() for visit in visits])
        ),
        flows=tuple(
            found.pairs(first, second).cells
            for first, second in itertools.pairwise(visits)
        ),
        primary=primary,
        changes=tuple(
            _change(visit, pair, scale, falls=falls)
            for visit, pair in zip(visits[1:], pairs, strict=True)
            if visits[0].is_baseline and pair.both
        ),
        n=counts.n,
        n_missing=found.patterns(visits)[(None,) * len(visits)],
    )


def _sequences(
    columns: Columns, name: str, visits: tuple[ScheduledVisit, ...]
) -> tuple[tuple[Any, ...], ...]:
    """Return the grade of each patient at each visit."""
    scale: Any = columns.protocol.assessment_declarations[name].options
    grade = {int(level): level for level in scale}
    return _listed(
        [columns.states(name, visit).mapped(grade.get).listed() for visit in visits]
    )


def _listed(columns: list[list[Any]]) -> tuple[tuple[Any, ...], ...]:
    return tuple(zip(*columns, strict=True))


def _change(
    visit: ScheduledVisit, pairs: Pairs, scale: type[enum.IntEnum], *, falls: bool
) -> GradeChange:
    found, both = direction(visit, pairs, falls=falls), Counter(pairs.both)
    return GradeChange(
        visit=visit,
        table=tuple(tuple(both[first, second] for second in scale) for first in scale),
        direction=found,
        n=found.n,
        n_missing=found.n_missing,
    )


def _visit_grades(
    visit: ScheduledVisit, states: Counter[Any], scale: type[enum.IntEnum]
) -> VisitGrades:
    counts = tuple(states[int(level)] for level in scale)
    n, missing = sum(counts), states[None]
    return VisitGrades(
        visit=visit,
        counts=counts,
        shares=tuple(
            proportion(count, n, n_missing=missing, method="clopper-pearson")
            for count in counts
        ),
        n=n,
        n_missing=missing,
        n_died=states[DIED],
    )
