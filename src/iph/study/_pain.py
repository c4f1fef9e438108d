"""The course of pain: as published, and as it should be compared."""

import itertools
from collections import Counter

import attrs

from iph._categories import ScheduledVisit
from iph._display import Displayed
from iph.scales._pain import PainSeverity, pain_severity
from iph.scales._relief import is_responder
from iph.stats._description.quartiles import Quartiles, quartiles
from iph.stats._groups.dunn import DunnComparison, dunn
from iph.stats._groups.kruskal_wallis import KruskalWallis, kruskal_wallis
from iph.stats._inference.result import Estimate
from iph.stats._repeated.friedman import Friedman
from iph.stats._repeated.skillings_mack import SkillingsMack
from iph.study._change import Direction, direction, is_half
from iph.study._columns import DIED, Columns
from iph.study._parts import MissingField, Unavailable
from iph.study._scores import (
    ScoreChange,
    changes_of,
    of_all_visits,
    rows_of,
    share_of,
)
from iph.study._study_counts import StudyCounts
from iph.study._visit_counts import Outcome, known, living

_PART = "Pain (VAS)"


@attrs.frozen(kw_only=True)
class VisitPain(Displayed):
    """Pain at one visit.

    Attributes
    ----------
    visit : ScheduledVisit
        The visit.
    quartiles : Quartiles
        Median and quartiles of the score, with ``n`` and ``n_missing``.
    at_least_half, more_than_half : Estimate or None
        Share of patients whose score fell by 50 % or more, and by more than 50 %, out
        of those with a score above 0 at baseline and one at this visit. None at
        baseline.
    n_responders, n_strict_responders : int
        The counts behind the two shares.
    severity : tuple of int
        Patients with no, mild, moderate and severe pain by the named rule.
    n_died : int
        Patients who had died by the visit: neither scored nor missing.
    """

    visit: ScheduledVisit
    quartiles: Quartiles
    at_least_half: Estimate | None
    more_than_half: Estimate | None
    n_responders: int
    n_strict_responders: int
    severity: tuple[int, ...]
    n_died: int

    @property
    def is_enough(self) -> bool:
        """Whether at least half of those due were scored, so that it can be tested."""
        return is_half(self.quartiles.n, self.quartiles.n_missing)


@attrs.frozen(kw_only=True)
class PainCourse(Displayed):
    """Pain over the visits.

    Attributes
    ----------
    visits : tuple of VisitPain
        One a visit at which anybody was asked, in the order of time.
    rows : tuple of tuple or Unavailable
        The score of each patient at each of these visits, None where not asked; counts
        do not tell.
    primary : ScheduledVisit
        The visit of the primary analysis.
    changes : tuple of ScoreChange
        Each later visit against baseline, with all pairs that exist; empty without
        scores at baseline.
    steps : tuple of Direction
        Each visit against the one before it: who improved, stayed and got worse.
    kruskal_wallis : KruskalWallis or None
        The test of the published study. It takes the visits for independent groups,
        which repeated scores of the same patients are not.
    dunn : tuple of DunnComparison
        Its pairwise comparisons with Bonferroni's adjustment.
    skillings_mack : SkillingsMack or None
        The test of all visits together, paired by patient, which keeps patients with a
        missed visit; it takes visits to be missed regardless of pain.
    friedman : Friedman or None
        The same for patients scored at every visit; the others are left out and
        counted.
    severity_rule, quartile_rule : str
        The rules used.
    n : int
        Patients of the study.
    n_missing : int
        Patients who were never scored.
    """

    visits: tuple[VisitPain, ...]
    rows: tuple[tuple[float | None, ...], ...] | Unavailable
    primary: ScheduledVisit
    changes: tuple[ScoreChange, ...]
    steps: tuple[Direction, ...]
    kruskal_wallis: KruskalWallis | None
    dunn: tuple[DunnComparison, ...]
    friedman: Friedman | None
    skillings_mack: SkillingsMack | None
    severity_rule: str
    quartile_rule: str
    n: int
    n_missing: int

    def at(self, visit: ScheduledVisit) -> VisitPain | None:
        """Return a visit; None if nobody was scored there."""
        return next((v for v in self.visits if v.visit == visit), None)

    def change_at(self, visit: ScheduledVisit) -> ScoreChange | None:
        """Return a visit against baseline; None if nobody was scored at both."""
        return next((c for c in self.changes if c.visit == visit), None)


def pain_course(
    counts: StudyCounts,
    columns: Columns | None,
    *,
    primary: ScheduledVisit,
    severity_rule: str,
    quartile_rule: str,
    rng: int,
) -> PainCourse | Unavailable:
    """Describe pain at each visit, and compare each with baseline.

    Without columns, the scores of single patients are not available.
    """
    found = Outcome(counts, "vas")
    visits = found.visits
    if not visits:
        return Unavailable(
            part=_PART,
            reason="no scheduled visit records it",
            missing=(MissingField("vas", found.n_without, counts.n, "pain score"),),
        )
    scores = [found.scores(visit) for visit in visits]
    samples, weights = (
        [list(one) for one in scores],
        [list(one.values()) for one in scores],
    )
    names = [visit.label for visit in visits]
    compared = len(visits) >= 2
    return PainCourse(
        visits=tuple(
            _visit_pain(
                found,
                visit,
                severity_rule=severity_rule,
                quartile_rule=quartile_rule,
            )
            for visit in visits
        ),
        rows=rows_of(columns, "vas", _PART, visits),
        primary=primary,
        changes=changes_of(found, visits, falls=True, rule=quartile_rule, rng=rng),
        steps=tuple(
            direction(second, found.pairs(first, second), falls=True)
            for first, second in itertools.pairwise(visits)
        ),
        kruskal_wallis=(
            kruskal_wallis(*samples, weights=weights, method="asymptotic")
            if compared
            else None
        ),
        dunn=dunn(*samples, weights=weights, labels=names) if compared else (),
        **of_all_visits(found, visits, rng=rng),
        severity_rule=severity_rule,
        quartile_rule=quartile_rule,
        n=counts.n,
        n_missing=found.patterns(visits)[(None,) * len(visits)],
    )


def _visit_pain(
    found: Outcome,
    visit: ScheduledVisit,
    *,
    severity_rule: str,
    quartile_rule: str,
) -> VisitPain:
    states, start = found.states(visit), found.counts.protocol.baseline
    values, weights = living(states)
    grades: Counter[PainSeverity | None] = Counter()
    for score, n in known(states):
        grades[pain_severity(score, rule=severity_rule)] += n
    shares: list[Estimate | None] = [None, None]
    responders = [0, 0]
    if start is not None and not visit.is_baseline:
        both = found.pairs(start, visit).both
        for place, strict in enumerate((False, True)):
            answers: Counter[bool | None] = Counter()
            for (before, now), n in both.items():
                answers[is_responder(before, now, strict=strict)] += n
            share = share_of(answers, sum(weights))
            responders[place], shares[place] = share.count, share.estimate
    return VisitPain(
        visit=visit,
        quartiles=quartiles(values, weights=weights, method=quartile_rule),
        at_least_half=shares[0],
        more_than_half=shares[1],
        n_responders=responders[0],
        n_strict_responders=responders[1],
        severity=tuple(grades[level] for level in PainSeverity),
        n_died=states[DIED],
    )
