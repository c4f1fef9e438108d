"""The course of a score: at each visit, against baseline, and who responded."""

import math
from collections import Counter
from typing import Any

import attrs

from iph._categories import ScheduledVisit
from iph._display import Displayed
from iph._fields import Kind
from iph.protocol._outcomes import OutcomeRule
from iph.stats._description.bounded_quartiles import BoundedQuartiles
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
from iph.study._bounded_change import BoundedChange, bounded_change
from iph.study._change import Direction, direction, is_half
from iph.study._columns import DIED, Columns
from iph.study._parts import MissingField, Unavailable, not_of_counts
from iph.study._responses import Response, response_of
from iph.study._study_counts import StudyCounts
from iph.study._visit_counts import Outcome, Pairs, bounded_of, living


@attrs.frozen(kw_only=True)
class ScoreChange(Displayed):
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
        The sign test adjusted after Holm for the number of visits at which at least
        half of those due were scored; NaN at the others.
    signed_rank : WilcoxonSignedRank
        The signed-rank test; its hypothesis is that the changes are symmetric about 0.
    n, n_missing : int
        Patients scored at both, and the others who had not died.
    bounded : BoundedChange or None
        The change of all who have a number or a bound at both; None if no value is a
        bound. All other figures are those of the numbers alone.
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
    bounded: BoundedChange | None = None


@attrs.frozen(kw_only=True)
class VisitScore(Displayed):
    """A score at one visit.

    Attributes
    ----------
    visit : ScheduledVisit
        The visit.
    quartiles : Quartiles
        Median and quartiles of the score, with ``n`` and ``n_missing``; of the numbers
        alone, with bounds as missing.
    responders : Estimate or None
        Share of patients who responded by this visit, among those whose score is known.
        None at baseline, and where the protocol states no response.
    n_responders : int
        The count behind it.
    n_died : int
        Patients who had died by the visit: neither scored nor missing.
    bounded : BoundedQuartiles or None
        The quartiles of numbers and bounds together, which are shown where there is
        any bound; None where there is none.
    """

    visit: ScheduledVisit
    quartiles: Quartiles
    responders: Estimate | None
    n_responders: int
    n_died: int
    bounded: BoundedQuartiles | None = None

    @property
    def is_enough(self) -> bool:
        """Whether at least half of those due were scored, so that it can be tested."""
        found = self.bounded or self.quartiles
        return is_half(found.n, found.n_missing)


@attrs.frozen(kw_only=True)
class ScoreCourse(Displayed):
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
    rows : tuple of tuple or Unavailable
        The score of each patient at each of these visits, None where not scored; counts
        do not tell.
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
    rows: tuple[tuple[float | None, ...], ...] | Unavailable
    primary: ScheduledVisit
    changes: tuple[ScoreChange, ...]
    skillings_mack: SkillingsMack | None
    friedman: Friedman | None
    quartile_rule: str
    n: int
    n_missing: int


def score_courses(
    counts: StudyCounts,
    columns: Columns | None,
    *,
    primary: ScheduledVisit,
    quartile_rule: str,
    rng: int,
    skipped: frozenset[str] = frozenset(),
) -> tuple[ScoreCourse | Unavailable, ...]:
    """Return the course of each outcome that is a number, in the protocol's order.

    Without columns, the scores of single patients are not available.
    """
    declared = counts.protocol.assessment_declarations
    return tuple(
        _course(counts, columns, one, primary=primary, rule=quartile_rule, rng=rng)
        for one in counts.protocol.outcomes
        if declared[one.field].kind is not Kind.GRADE and one.field not in skipped
    )


def _course(
    counts: StudyCounts,
    columns: Columns | None,
    outcome: OutcomeRule,
    *,
    primary: ScheduledVisit,
    rule: str,
    rng: int,
) -> ScoreCourse | Unavailable:
    protocol, name = counts.protocol, outcome.field
    declared, found = protocol.assessment_declarations[name], Outcome(counts, name)
    label, falls = outcome.label or declared.label, declared.best == "low"
    visits = found.visits
    if not visits:
        return Unavailable(
            part=label,
            reason="no scheduled visit records it",
            missing=(MissingField(name, found.n_without, counts.n, label),),
        )
    response = response_of(protocol, outcome)
    states = outcome.response is not None or outcome.response_percent is not None
    return ScoreCourse(
        field=name,
        label=label,
        unit=declared.unit,
        lower_is_better=falls,
        response_label=response.label if states else "",
        visits=tuple(
            _visit(found, visit, response if states else None, rule) for visit in visits
        ),
        rows=rows_of(columns, name, label, visits),
        primary=primary,
        changes=changes_of(found, visits, falls=falls, rule=rule, rng=rng),
        **of_all_visits(found, visits, rng=rng),
        quartile_rule=rule,
        n=counts.n,
        n_missing=found.patterns(visits)[(None,) * len(visits)],
    )


def rows_of(
    columns: Columns | None, name: str, label: str, visits: tuple[ScheduledVisit, ...]
) -> tuple[tuple[float | None, ...], ...] | Unavailable:
    """Return the score of each patient at each visit; counts do not tell."""
    if columns is None:
        return not_of_counts(f"{label}: the scores of single patients")
    found = [
        columns.states(name, visit).mapped(lambda s: None if s == DIED else s).listed()
        for visit in visits
    ]
    return tuple(zip(*found, strict=True))


def of_all_visits(
    found: Outcome, visits: tuple[ScheduledVisit, ...], *, rng: int
) -> dict[str, Any]:
    """Return the tests of all visits together, which need the order of values alone."""
    made: dict[str, Any] = {"skillings_mack": None, "friedman": None}
    if len(visits) < 2:
        return made
    patterns = found.patterns(visits)
    rows, weights = list(patterns), list(patterns.values())
    made["skillings_mack"] = skillings_mack(
        rows, weights=weights, method="auto", rng=rng
    )
    if sum(n for row, n in patterns.items() if None not in row) >= 2:
        made["friedman"] = friedman(rows, weights=weights, method="auto", rng=rng)
    return made


def _visit(
    found: Outcome, visit: ScheduledVisit, response: Response | None, rule: str
) -> VisitScore:
    states = found.states(visit)
    values, weights = living(states)
    share, count = None, 0
    if response is not None and not visit.is_baseline:
        share = share_of(response.answers(found, visit), sum(weights))
        count = share.count
    return VisitScore(
        visit=visit,
        quartiles=quartiles(values, weights=weights, method=rule),
        responders=None if share is None else share.estimate,
        n_responders=count,
        n_died=states[DIED],
        bounded=bounded_of(*living(found.told(visit)), rule),
    )


@attrs.frozen
class Share:
    """How many of those whose answer is known are better."""

    count: int
    estimate: Estimate


def share_of(answers: Counter[bool | None], n_living: int) -> Share:
    """Return the share of those who are better; others who live are missing."""
    known = answers[True] + answers[False]
    estimate = proportion(
        answers[True], known, n_missing=n_living - known, method="clopper-pearson"
    )
    return Share(answers[True], estimate)


def changes_of(
    found: Outcome,
    visits: tuple[ScheduledVisit, ...],
    *,
    falls: bool,
    rule: str,
    rng: int,
) -> tuple[ScoreChange, ...]:
    """Compare each later visit with baseline, in all who were scored at both."""
    if not visits[0].is_baseline:
        return ()
    changes = [
        attrs.evolve(
            _change(visit, pairs, falls=falls, rule=rule, rng=rng),
            bounded=bounded_change(found.told_pairs(visits[0], visit), falls=falls),
        )
        for visit in visits[1:]
        if (pairs := found.pairs(visits[0], visit)).both
    ]
    adjusted = adjust_p_values(
        [
            c.direction.p_value if _is_enough(found, c.visit) else math.nan
            for c in changes
        ],
        method="holm",
    )
    return tuple(
        attrs.evolve(change, p_adjusted=p)
        for change, p in zip(changes, adjusted, strict=True)
    )


def _is_enough(found: Outcome, visit: ScheduledVisit) -> bool:
    values, weights = living(found.told(visit))
    n_missing = sum(n for v, n in zip(values, weights, strict=True) if v is None)
    return is_half(sum(weights) - n_missing, n_missing)


def _change(
    visit: ScheduledVisit, pairs: Pairs, *, falls: bool, rule: str, rng: int
) -> ScoreChange:
    turned, both = direction(visit, pairs, falls=falls), pairs.both
    weights = list(both.values())
    # As decimals: 0.3 less 0.1 and 0.5 less 0.3 are one change.
    gained: Counter[float] = Counter()
    for (before, now), n in both.items():
        gained[round(now - before, 9)] += n
    gains, counted = list(gained), list(gained.values())
    return ScoreChange(
        visit=visit,
        baseline=quartiles([b for b, _ in both], weights=weights, method=rule),
        now=quartiles([a for _, a in both], weights=weights, method=rule),
        change=median_interval(gains, weights=counted),
        hodges_lehmann=hodges_lehmann(gains, weights=counted),
        direction=turned,
        p_adjusted=turned.p_value,
        signed_rank=wilcoxon_signed_rank(
            gains, weights=counted, method="auto", rng=rng
        ),
        n=turned.n,
        n_missing=turned.n_missing,
    )
