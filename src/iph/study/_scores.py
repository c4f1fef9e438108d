"""The course of a score: at each visit, against baseline, and who responded."""

from typing import Any

import attrs

from iph._categories import ScheduledVisit
from iph._fields import Kind
from iph._subject import Subject
from iph.protocol._outcomes import OutcomeRule
from iph.protocol._protocol import Protocol
from iph.stats._description.location import (
    LocationEstimate,
    hodges_lehmann,
    median_interval,
)
from iph.stats._description.quartiles import Quartiles, quartiles
from iph.stats._inference.adjust import adjust_p_values
from iph.stats._inference.result import Estimate
from iph.stats._repeated.friedman import Friedman, friedman
from iph.stats._repeated.signed_rank import WilcoxonSignedRank, wilcoxon_signed_rank
from iph.stats._repeated.skillings_mack import SkillingsMack, skillings_mack
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
from iph.study._responses import response_of

Column = list[float | None]


@attrs.frozen(kw_only=True)
class ScoreChange:
    """A score at one visit against baseline, of those scored at both.

    Attributes
    ----------
    visit : ScheduledVisit
        The visit.
    baseline, now : Quartiles
        The scores of the same patients at baseline and at the visit.
    change : LocationEstimate
        The median of the changes with its interval of order statistics, which assumes
        nothing of their distribution; negative where the score fell.
    hodges_lehmann : LocationEstimate
        The pseudomedian of the changes; a median only if they are symmetric.
    direction : Direction
        Who improved, stayed and got worse, with the sign test.
    p_adjusted : float
        The sign test adjusted after Holm for the number of visits.
    signed_rank : WilcoxonSignedRank
        The signed-rank test; its hypothesis is that the changes are symmetric about 0.
    n, n_missing : int
        Patients scored at both, and the others who had not died.
    """

    visit: ScheduledVisit
    baseline: Quartiles
    now: Quartiles
    change: LocationEstimate
    hodges_lehmann: LocationEstimate
    direction: Direction
    p_adjusted: float
    signed_rank: WilcoxonSignedRank
    n: int
    n_missing: int


@attrs.frozen(kw_only=True)
class VisitScore:
    """A score at one visit.

    Attributes
    ----------
    visit : ScheduledVisit
        The visit.
    quartiles : Quartiles
        Median and quartiles of the score, with ``n`` and ``n_missing``.
    responders : Estimate or None
        Share of patients who responded by this visit, among those whose score is known.
        None at baseline, and where the protocol states no response.
    n_responders : int
        The count behind it.
    n_died : int
        Patients who had died by the visit: neither scored nor missing.
    """

    visit: ScheduledVisit
    quartiles: Quartiles
    responders: Estimate | None
    n_responders: int
    n_died: int


@attrs.frozen(kw_only=True)
class ScoreCourse:
    """A score over the visits.

    Attributes
    ----------
    field, label : str
        The field, and its name in print.
    unit : str or None
        Its unit.
    lower_is_better : bool
        Whether the lower end is the better one.
    response_label : str
        What a response is, in words.
    visits : tuple of VisitScore
        One a visit at which anybody was scored, in the order of time.
    rows : tuple of tuple
        The score of each patient at each of these visits, None where not scored.
    primary : ScheduledVisit
        The visit of the primary analysis.
    changes : tuple of ScoreChange
        Each later visit against baseline, with all pairs that exist; empty without
        scores at baseline.
    skillings_mack : SkillingsMack or None
        The test of all visits together, paired by patient, which keeps patients with a
        missed visit; it takes visits to be missed regardless of the score.
    friedman : Friedman or None
        The same for patients scored at every visit; the others are left out and
        counted.
    quartile_rule : str
        The rule of the quartiles.
    n, n_missing : int
        Patients of the study, and those who were never scored.
    """

    field: str
    label: str
    unit: str | None
    lower_is_better: bool
    response_label: str
    visits: tuple[VisitScore, ...]
    rows: tuple[tuple[float | None, ...], ...]
    primary: ScheduledVisit
    changes: tuple[ScoreChange, ...]
    skillings_mack: SkillingsMack | None
    friedman: Friedman | None
    quartile_rule: str
    n: int
    n_missing: int


def score_courses(
    patients: tuple[Subject[Any], ...],
    protocol: Protocol[Any],
    *,
    primary: ScheduledVisit,
    quartile_rule: str,
    rng: int,
    skipped: frozenset[str] = frozenset(),
) -> tuple[ScoreCourse | Unavailable, ...]:
    """Return the course of each outcome that is a number, in the protocol's order."""
    declared = protocol.assessment_declarations
    return tuple(
        _course(patients, protocol, one, primary=primary, rule=quartile_rule, rng=rng)
        for one in protocol.outcomes
        if declared[one.field].kind is not Kind.GRADE and one.field not in skipped
    )


def _course(
    patients: tuple[Subject[Any], ...],
    protocol: Protocol[Any],
    outcome: OutcomeRule,
    *,
    primary: ScheduledVisit,
    rule: str,
    rng: int,
) -> ScoreCourse | Unavailable:
    name = outcome.field
    declared, read = protocol.assessment_declarations[name], value_at(protocol, name)
    label, falls = outcome.label or declared.label, declared.best == "low"

    def score(assessment: Any) -> float | None:
        found = read(assessment)
        return None if found is None else float(found)

    visits = visits_with(patients, score, protocol.visits)
    if not visits:

        def anything(patient: Subject[Any]) -> float | None:
            seen = (score(a) for a in patient.follow_up.assessments)
            return next((s for s in seen if s is not None), None)

        return Unavailable(
            part=label,
            reason="no scheduled visit records it",
            missing=(missing_field(patients, name, anything),),
        )
    columns = [at_visit(patients, visit, score) for visit in visits]
    rows = tuple(zip(*columns, strict=True))
    compared = len(visits) >= 2
    complete = sum(all(one is not None for one in row) for row in rows)
    start: Column = columns[0] if visits[0].is_baseline else [None] * len(patients)
    response = response_of(protocol, outcome)
    states = outcome.response is not None or outcome.response_percent is not None
    return ScoreCourse(
        field=name,
        label=label,
        unit=declared.unit,
        lower_is_better=falls,
        response_label=response.label if states else "",
        visits=tuple(
            _visit(
                patients,
                visit,
                column,
                [response.of(patient, visit) for patient in patients]
                if states and not visit.is_baseline
                else None,
                rule,
            )
            for visit, column in zip(visits, columns, strict=True)
        ),
        rows=rows,
        primary=primary,
        changes=changes_of(
            patients, visits, columns, start, falls=falls, rule=rule, rng=rng
        ),
        skillings_mack=(
            skillings_mack(rows, method="auto", rng=rng) if compared else None
        ),
        friedman=(
            friedman(rows, method="auto", rng=rng)
            if compared and complete >= 2
            else None
        ),
        quartile_rule=rule,
        n=len(patients),
        n_missing=sum(all(one is None for one in row) for row in rows),
    )


def _visit(
    patients: tuple[Subject[Any], ...],
    visit: ScheduledVisit,
    column: Column,
    answers: list[bool | None] | None,
    rule: str,
) -> VisitScore:
    alive, died = living(patients, visit, column)
    share, count = None, 0
    if answers is not None:
        known = [answer for answer in answers if answer is not None]
        count = sum(known)
        share = proportion(
            count,
            len(known),
            n_missing=len(living(patients, visit, answers)[0]) - len(known),
            method="clopper-pearson",
        )
    return VisitScore(
        visit=visit,
        quartiles=quartiles(alive, method=rule),
        responders=share,
        n_responders=count,
        n_died=died,
    )


def changes_of(
    patients: tuple[Subject[Any], ...],
    visits: tuple[ScheduledVisit, ...],
    columns: list[Column],
    baseline: Column,
    *,
    falls: bool,
    rule: str,
    rng: int,
) -> tuple[ScoreChange, ...]:
    """Compare each later visit with baseline, in all who were scored at both."""
    found = []
    for visit, column in zip(visits, columns, strict=True):
        pairs = [
            (before, now)
            for before, now in zip(baseline, column, strict=True)
            if before is not None and now is not None
        ]
        if visit.is_baseline or not pairs:
            continue
        dead = [died_by(patient, visit) for patient in patients]
        turned = direction(visit, baseline, column, dead, falls=falls)
        # As decimals: 0.3 less 0.1 and 0.5 less 0.3 are one change.
        gains = [round(now - before, 9) for before, now in pairs]
        found.append(
            ScoreChange(
                visit=visit,
                baseline=quartiles([b for b, _ in pairs], method=rule),
                now=quartiles([a for _, a in pairs], method=rule),
                change=median_interval(gains),
                hodges_lehmann=hodges_lehmann(gains),
                direction=turned,
                p_adjusted=turned.p_value,
                signed_rank=wilcoxon_signed_rank(gains, method="auto", rng=rng),
                n=turned.n,
                n_missing=turned.n_missing,
            )
        )
    adjusted = adjust_p_values([c.direction.p_value for c in found], method="holm")
    return tuple(
        attrs.evolve(change, p_adjusted=p)
        for change, p in zip(found, adjusted, strict=True)
    )
