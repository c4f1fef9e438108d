"""The course of pain: as published, and as it should be compared."""

import attrs

from iph._categories import ScheduledVisit, Visit
from iph._follow_up import Assessment
from iph._model import Patient
from iph.scales._pain import PainSeverity, pain_severity
from iph.scales._relief import is_responder
from iph.stats._description.quartiles import Quartiles, quartiles
from iph.stats._groups.dunn import DunnComparison, dunn
from iph.stats._groups.kruskal_wallis import KruskalWallis, kruskal_wallis
from iph.stats._inference.result import Estimate
from iph.stats._repeated.friedman import Friedman, friedman
from iph.stats._repeated.skillings_mack import SkillingsMack, skillings_mack
from iph.stats._tables.proportion import proportion
from iph.study._attendance import died_by, living
from iph.study._change import Direction, direction
from iph.study._parts import Unavailable, at_visit, missing_field, visits_with
from iph.study._scores import ScoreChange, changes_of


@attrs.frozen(kw_only=True)
class VisitPain:
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
        found = self.quartiles
        return found.n > 0 and 2 * found.n >= found.n + found.n_missing


@attrs.frozen(kw_only=True)
class PainCourse:
    """Pain over the visits.

    Attributes
    ----------
    visits : tuple of VisitPain
        One a visit at which anybody was asked, in the order of time.
    rows : tuple of tuple
        The score of each patient at each of these visits, None where not asked.
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
    rows: tuple[tuple[float | None, ...], ...]
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


def _vas(assessment: Assessment) -> float | None:
    return assessment.vas


def pain_course(
    patients: tuple[Patient, ...],
    *,
    primary: ScheduledVisit,
    severity_rule: str,
    quartile_rule: str,
    rng: int,
) -> PainCourse | Unavailable:
    """Describe pain at each visit, and compare each with baseline."""
    visits = visits_with(patients, _vas, Visit)
    if not visits:

        def asked(patient: Patient) -> float | None:
            seen = (a.vas for a in patient.follow_up.assessments)
            return next((vas for vas in seen if vas is not None), None)

        return Unavailable(
            part="Pain (VAS)",
            reason="no scheduled visit records it",
            missing=(missing_field(patients, "vas", asked),),
        )
    columns = [at_visit(patients, visit, _vas) for visit in visits]
    rows = tuple(zip(*columns, strict=True))
    names = [visit.label for visit in visits]
    complete = sum(all(vas is not None for vas in row) for row in rows)
    compared = len(visits) >= 2
    paired = compared and complete >= 2
    return PainCourse(
        visits=tuple(
            _visit_pain(
                patients,
                visit,
                column,
                severity_rule=severity_rule,
                quartile_rule=quartile_rule,
            )
            for visit, column in zip(visits, columns, strict=True)
        ),
        rows=rows,
        primary=primary,
        changes=changes_of(
            patients,
            visits,
            columns,
            at_visit(patients, Visit.BASELINE, _vas),
            falls=True,
            rule=quartile_rule,
            rng=rng,
        ),
        steps=tuple(
            direction(
                visit,
                before,
                now,
                [died_by(patient, visit) for patient in patients],
                falls=True,
            )
            for visit, before, now in zip(
                visits[1:], columns[:-1], columns[1:], strict=True
            )
        ),
        kruskal_wallis=(
            kruskal_wallis(*columns, method="asymptotic") if compared else None
        ),
        dunn=dunn(*columns, labels=names) if compared else (),
        friedman=friedman(rows, method="auto", rng=rng) if paired else None,
        skillings_mack=(
            skillings_mack(rows, method="auto", rng=rng) if compared else None
        ),
        severity_rule=severity_rule,
        quartile_rule=quartile_rule,
        n=len(patients),
        n_missing=sum(all(vas is None for vas in row) for row in rows),
    )


def _visit_pain(
    patients: tuple[Patient, ...],
    visit: ScheduledVisit,
    column: list[float | None],
    *,
    severity_rule: str,
    quartile_rule: str,
) -> VisitPain:
    baseline = at_visit(patients, Visit.BASELINE, _vas)
    grades = [pain_severity(vas, rule=severity_rule) for vas in column]
    shares: list[Estimate | None] = [None, None]
    counts = [0, 0]
    if visit != Visit.BASELINE:
        for place, strict in enumerate((False, True)):
            answers = [
                is_responder(before, now, strict=strict)
                for before, now in zip(baseline, column, strict=True)
            ]
            known = [answer for answer in answers if answer is not None]
            counts[place] = sum(known)
            shares[place] = proportion(
                counts[place],
                len(known),
                n_missing=len(living(patients, visit, answers)[0]) - len(known),
                method="clopper-pearson",
            )
    alive, died = living(patients, visit, column)
    return VisitPain(
        visit=visit,
        quartiles=quartiles(alive, method=quartile_rule),
        at_least_half=shares[0],
        more_than_half=shares[1],
        n_responders=counts[0],
        n_strict_responders=counts[1],
        severity=tuple(sum(g is level for g in grades) for level in PainSeverity),
        n_died=died,
    )
