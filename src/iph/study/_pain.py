"""The course of pain: as published, and as it should be compared."""

import attrs

from iph._categories import Visit
from iph._follow_up import Assessment
from iph._model import Patient
from iph.scales._pain import PainSeverity, pain_severity
from iph.scales._relief import is_responder
from iph.stats._description.quartiles import Quartiles, quartiles
from iph.stats._groups.dunn import DunnComparison, dunn
from iph.stats._groups.kruskal_wallis import KruskalWallis, kruskal_wallis
from iph.stats._inference.result import Estimate
from iph.stats._repeated.friedman import Friedman, friedman
from iph.stats._repeated.friedman_pairs import FriedmanComparison, friedman_pairs
from iph.stats._repeated.skillings_mack import SkillingsMack, skillings_mack
from iph.stats._tables.proportion import proportion
from iph.study._parts import Unavailable, at_visit, missing_field, visits_with


@attrs.frozen(kw_only=True)
class VisitPain:
    """Pain at one visit.

    Attributes
    ----------
    visit : Visit
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
    """

    visit: Visit
    quartiles: Quartiles
    at_least_half: Estimate | None
    more_than_half: Estimate | None
    n_responders: int
    n_strict_responders: int
    severity: tuple[int, ...]


@attrs.frozen(kw_only=True)
class PainCourse:
    """Pain over the visits.

    Attributes
    ----------
    visits : tuple of VisitPain
        One a visit at which anybody was asked, in the order of time.
    rows : tuple of tuple
        The score of each patient at each of these visits, None where not asked.
    kruskal_wallis : KruskalWallis or None
        The test of the published study. It takes the visits for independent groups,
        which repeated scores of the same patients are not.
    dunn : tuple of DunnComparison
        Its pairwise comparisons with Bonferroni's adjustment.
    friedman : Friedman or None
        The test that pairs the scores by patient; patients with a missed visit are left
        out and counted.
    friedman_pairs : tuple of FriedmanComparison
        Its pairwise comparisons (exact signed-rank tests) with Holm's adjustment.
    skillings_mack : SkillingsMack or None
        Friedman's test extended to patients with a missed visit.
    severity_rule, quartile_rule : str
        The rules used.
    n : int
        Patients of the study.
    n_missing : int
        Patients who were never asked.
    """

    visits: tuple[VisitPain, ...]
    rows: tuple[tuple[float | None, ...], ...]
    kruskal_wallis: KruskalWallis | None
    dunn: tuple[DunnComparison, ...]
    friedman: Friedman | None
    friedman_pairs: tuple[FriedmanComparison, ...]
    skillings_mack: SkillingsMack | None
    severity_rule: str
    quartile_rule: str
    n: int
    n_missing: int


def _vas(assessment: Assessment) -> float | None:
    return assessment.vas


def pain_course(
    patients: tuple[Patient, ...], *, severity_rule: str, quartile_rule: str
) -> PainCourse | Unavailable:
    """Describe pain at each visit and compare the visits in both ways."""
    visits = visits_with(patients, _vas)
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
    baseline = at_visit(patients, Visit.BASELINE, _vas)
    names = [visit.label for visit in visits]
    complete = sum(all(vas is not None for vas in row) for row in rows)
    compared = len(visits) >= 2
    paired = compared and complete >= 2
    return PainCourse(
        visits=tuple(
            _visit_pain(visit, column, baseline, severity_rule, quartile_rule)
            for visit, column in zip(visits, columns, strict=True)
        ),
        rows=rows,
        kruskal_wallis=kruskal_wallis(*columns, method="asymptotic")
        if compared
        else None,
        dunn=dunn(*columns, labels=names) if compared else (),
        friedman=friedman(rows, method="asymptotic") if paired else None,
        friedman_pairs=(
            friedman_pairs(rows, test="wilcoxon", labels=names) if paired else ()
        ),
        skillings_mack=skillings_mack(rows, method="asymptotic") if compared else None,
        severity_rule=severity_rule,
        quartile_rule=quartile_rule,
        n=len(patients),
        n_missing=sum(all(vas is None for vas in row) for row in rows),
    )


def _visit_pain(
    visit: Visit,
    column: list[float | None],
    baseline: list[float | None],
    severity_rule: str,
    quartile_rule: str,
) -> VisitPain:
    grades = [pain_severity(vas, rule=severity_rule) for vas in column]
    shares: list[Estimate | None] = [None, None]
    counts = [0, 0]
    if visit is not Visit.BASELINE:
        for place, strict in enumerate((False, True)):
            answers = [
                is_responder(before, now, strict=strict)
                for before, now in zip(baseline, column, strict=True)
            ]
            known = [answer for answer in answers if answer is not None]
            counts[place] = sum(known)
            shares[place] = proportion(
                counts[place], len(known), n_missing=len(answers) - len(known)
            )
    return VisitPain(
        visit=visit,
        quartiles=quartiles(column, method=quartile_rule),
        at_least_half=shares[0],
        more_than_half=shares[1],
        n_responders=counts[0],
        n_strict_responders=counts[1],
        severity=tuple(sum(g is level for g in grades) for level in PainSeverity),
    )
