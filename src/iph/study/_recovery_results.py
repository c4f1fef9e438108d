"""What an analysis of time to recovery holds."""

from typing import Literal, TypeAlias

import attrs

from iph._categories import ScheduledVisit
from iph._display import Displayed
from iph.stats._description.quartiles import Quartiles
from iph.stats._interval_censored.interval_logrank import IntervalLogrank
from iph.stats._interval_censored.turnbull import TurnbullEstimate
from iph.stats._survival.cumulative_incidence import CumulativeIncidence
from iph.stats._survival.gray import GrayTest
from iph.stats._survival.logrank_result import Logrank
from iph.stats._survival.survival_curve import SurvivalCurve
from iph.study._by_visit import RecoveredBy, RecoveryDifference
from iph.study._parts import Unavailable

Lead: TypeAlias = Literal[
    "interval-censored", "incidence-at-visit", "cumulative-incidence"
]


@attrs.frozen(kw_only=True)
class CompetingEvents(Displayed):
    """Patients who had a competing event, other than death, before the endpoint.

    Attributes
    ----------
    label : str
        The event, as the protocol calls it.
    n : int
        Patients at risk who had it first.
    """

    label: str
    n: int


@attrs.frozen(kw_only=True)
class RecoveryGroup(Displayed):
    """One group.

    Attributes
    ----------
    label : str
        The group; ``"all"`` if there is one.
    visits : TurnbullEstimate
        The estimate that uses only what the visits show: recovery lies between the last
        visit without it and the first visit with it.
    by_visit : tuple of RecoveredBy
        Recovery by each visit.
    incidence : tuple of CumulativeIncidence
        The cumulative incidence of recovery, of death before it and of every other
        competing event, where days are recorded or any of these happened to anybody at
        risk: one curve for each that occurred; else empty.
    curve : SurvivalCurve
        Kaplan-Meier with recovery placed on the day of the visit that first saw it, and
        those with a competing event taken as if they could still recover: as
        published.
    attended : tuple of int
        Patients of the group assessed at each visit, recovered or not.
    alive : tuple of int
        Patients of the group not known to have died, or to have had another competing
        event, before each visit.
    followed : Quartiles
        The day on which each patient was last assessed, recovered or not.
    n_recovered, n_relapsed, n_died, n : int
        Patients seen to recover, those of them who were later seen without the outcome,
        patients who died before recovery was seen, and patients at risk.
    competing : tuple of CompetingEvents
        Patients who had each other competing event of the protocol before.
    """

    label: str
    visits: TurnbullEstimate
    by_visit: tuple[RecoveredBy, ...]
    incidence: tuple[CumulativeIncidence, ...]
    curve: SurvivalCurve
    attended: tuple[int, ...]
    alive: tuple[int, ...]
    followed: Quartiles
    n_recovered: int
    n_relapsed: int
    n_died: int
    competing: tuple[CompetingEvents, ...] = ()
    n: int


@attrs.frozen(kw_only=True)
class RecoverySensitivity(Displayed):
    """Recovery by the primary visit under another choice.

    Attributes
    ----------
    name, label : str
        The choice, and in words.
    result : RecoveredBy
        What it gives.
    n_recovered : int
        Patients seen to recover at any time.
    """

    name: str
    label: str
    result: RecoveredBy
    n_recovered: int


@attrs.frozen(kw_only=True)
class RecoveryAnalysis(Displayed):
    """Time to recovery.

    Attributes
    ----------
    endpoint, label : str
        The outcome.
    group : str
        What the patients are grouped by.
    groups : tuple of RecoveryGroup
        One a group that has patients at risk.
    overall : RecoveryGroup
        All patients at risk, grouped or not.
    lead : str
        What leads: ``"interval-censored"``, the estimate and test from intervals
        between visits; ``"incidence-at-visit"``, where patients at risk died or had
        another competing event: recovery by a visit with its bounds, and no single
        test; ``"cumulative-incidence"``, where days were recorded.
    primary : ScheduledVisit
        The visit of the primary analysis.
    difference : RecoveryDifference or None
        Two groups compared at the primary visit.
    interval : IntervalLogrank or None
        The log-rank test of the intervals between visits; None with fewer than two
        groups, and where it does not lead.
    gray : GrayTest or None
        Gray's test of the cumulative incidence; None unless days were recorded, and
        where a group has one patient.
    logrank : Logrank or None
        The asymptotic log-rank test of the days of visits: as published.
    exact : Logrank or None
        Its exact form; None unless all were assessed at the same visits and nobody had
        a competing event, since it assumes equal follow-up.
    comparison : Unavailable or None
        Why no groups could be compared; None if they were.
    sensitivity : tuple of RecoverySensitivity
        Recovery by the primary visit under other choices; the first is the main one.
    equal_attendance : bool
        Whether all at risk were assessed at the same visits to the end.
    n_at_start : int
        Patients who had the outcome at baseline: never at risk of reaching it.
    n_unknown_baseline : int
        Patients whose state at baseline is not recorded: not known to be at risk.
    n_undated_gone : int
        Where days were recorded or stated: those of them with a day of death, or of
        another competing event; in no main analysis. 0 where visits are analyzed.
    n_unseen : int
        Patients at risk without any assessment after baseline.
    n_died : int
        Patients at risk who died before recovery was seen.
    competing : tuple of CompetingEvents
        Patients at risk who had each other competing event of the protocol before.
    n_ungrouped : int
        Patients at risk whose group is not known; they count in `overall` alone.
    n : int
        Patients known to be at risk.
    n_missing : int
        The rest of the study.
    """

    endpoint: str
    label: str
    group: str
    groups: tuple[RecoveryGroup, ...]
    overall: RecoveryGroup
    lead: Lead
    primary: ScheduledVisit
    difference: RecoveryDifference | None
    interval: IntervalLogrank | None
    gray: GrayTest | None
    logrank: Logrank | None
    exact: Logrank | None
    comparison: Unavailable | None
    sensitivity: tuple[RecoverySensitivity, ...]
    equal_attendance: bool
    n_at_start: int
    n_unknown_baseline: int
    n_undated_gone: int = 0
    n_unseen: int
    n_died: int
    competing: tuple[CompetingEvents, ...] = ()
    n_ungrouped: int
    n: int
    n_missing: int

    @property
    def n_gone(self) -> int:
        """Patients at risk who died or had another competing event before."""
        return self.n_died + sum(event.n for event in self.competing)

    @property
    def visits(self) -> tuple[ScheduledVisit, ...]:
        """The visits of `RecoveryGroup.by_visit`."""
        return tuple(at.visit for at in self.overall.by_visit)
