"""Time to recovery by group: as published, exactly, and as visits can show it."""

import math

import attrs

from iph._model import Patient
from iph.stats._interval_censored.interval_logrank import (
    IntervalLogrank,
    interval_logrank,
)
from iph.stats._interval_censored.turnbull import TurnbullEstimate, turnbull
from iph.stats._survival.cumulative_incidence import (
    CumulativeIncidence,
    cumulative_incidence,
)
from iph.stats._survival.kaplan_meier import kaplan_meier
from iph.stats._survival.logrank import logrank
from iph.stats._survival.logrank_result import Logrank
from iph.stats._survival.survival_curve import SurvivalCurve
from iph.study._characteristics import Characteristic
from iph.study._endpoints import Endpoint
from iph.study._parts import MissingField, Unavailable

_TWO = 2


@attrs.frozen(kw_only=True)
class RecoveryGroup:
    """One group.

    Attributes
    ----------
    label : str
        The group; ``"all"`` if there is one.
    curve : SurvivalCurve
        Kaplan-Meier with recovery placed on the day of the visit that first saw it.
    visits : TurnbullEstimate
        The estimate that knows no more than the visits: recovery lies somewhere between
        the last visit without it and the first visit with it.
    n_recovered, n : int
        Patients seen to recover, out of those at risk.
    """

    label: str
    curve: SurvivalCurve
    visits: TurnbullEstimate
    n_recovered: int
    n: int


@attrs.frozen(kw_only=True)
class RecoveryAnalysis:
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
    logrank, exact : Logrank or None
        The log-rank test, asymptotic and exact (or by Monte Carlo, which its ``method``
        says); None with fewer than two groups.
    interval : IntervalLogrank or None
        The log-rank test of the intervals between visits.
    incidence : tuple of CumulativeIncidence
        Where anybody at risk died before recovery: the cumulative incidence of recovery
        and of death, each being the end of the chance of the other; else empty.
    n_at_start : int
        Patients who had the outcome at baseline: never at risk of reaching it.
    n_unseen : int
        Patients of whom nothing was seen after baseline.
    n_ungrouped : int
        Patients at risk whose group is not known; they count in `overall` alone.
    n : int
        Patients at risk.
    n_missing : int
        Patients not at risk or not seen: the rest of the study.
    """

    endpoint: str
    label: str
    group: str
    groups: tuple[RecoveryGroup, ...]
    overall: RecoveryGroup
    logrank: Logrank | None
    exact: Logrank | None
    interval: IntervalLogrank | None
    n_at_start: int
    n_unseen: int
    n_ungrouped: int
    n: int
    n_missing: int
    incidence: tuple[CumulativeIncidence, ...] = ()


@attrs.frozen
class _AtRisk:
    """A patient at risk: recovery lies in (left, right]; right is inf if not seen."""

    left: int
    right: float
    group: int | None
    died_day: int | None

    @property
    def time(self) -> float:
        return self.left if math.isinf(self.right) else self.right

    @property
    def event(self) -> bool:
        return not math.isinf(self.right)


def recovery_analysis(
    patients: tuple[Patient, ...],
    endpoint: Endpoint,
    by: Characteristic,
    *,
    rng: int,
) -> RecoveryAnalysis | Unavailable:
    """Analyze time to recovery of those who could still recover."""
    at_start, unseen, at_risk = 0, 0, []
    for patient in patients:
        found = endpoint.recovery(patient)
        if found.at_start:
            at_start += 1
        elif found.by_day is None and (found.after_day is None or found.after_day <= 0):
            unseen += 1
        else:
            code = by.value(patient)
            at_risk.append(
                _AtRisk(
                    max(found.after_day or 0, 0),
                    math.inf if found.by_day is None else found.by_day,
                    None if code is None else by.levels.index(code),
                    patient.follow_up.died_day,
                )
            )
    if not any(row.event for row in at_risk):
        return Unavailable(
            part=endpoint.label[0].upper() + endpoint.label[1:],
            reason=(
                f"nobody was seen to recover: {len(at_risk)} at risk were followed, "
                f"{at_start} had the outcome at baseline, {unseen} were not seen "
                "after it"
            ),
            missing=(MissingField("a dated outcome", unseen, len(patients)),),
        )
    grouped = [row for row in at_risk if row.group is not None]
    codes = sorted({row.group for row in grouped if row.group is not None})
    groups = tuple(
        _group(by.level_labels[code], [r for r in grouped if r.group == code])
        for code in codes
    )
    tested = len(groups) >= _TWO
    times = [row.time for row in grouped]
    events = [row.event for row in grouped]
    names = [by.level_labels[row.group] for row in grouped if row.group is not None]
    left, right = [row.left for row in grouped], [row.right for row in grouped]
    return RecoveryAnalysis(
        endpoint=endpoint.name,
        label=endpoint.label,
        group=by.label,
        groups=groups,
        overall=_group("all", at_risk),
        logrank=(
            logrank(times, events, names, method="asymptotic") if tested else None
        ),
        exact=(
            logrank(times, events, names, equal_follow_up=True, rng=rng)
            if tested
            else None
        ),
        interval=(
            interval_logrank(left, right, names, equal_follow_up=True, rng=rng)
            if tested
            else None
        ),
        incidence=_incidence(at_risk),
        n_at_start=at_start,
        n_unseen=unseen,
        n_ungrouped=len(at_risk) - len(grouped),
        n=len(at_risk),
        n_missing=at_start + unseen,
    )


def _group(label: str, rows: list[_AtRisk]) -> RecoveryGroup:
    return RecoveryGroup(
        label=label,
        curve=kaplan_meier(
            [r.time for r in rows], [r.event for r in rows], interval="log-log"
        ),
        visits=turnbull([r.left for r in rows], [r.right for r in rows]),
        n_recovered=sum(row.event for row in rows),
        n=len(rows),
    )


def _incidence(rows: list[_AtRisk]) -> tuple[CumulativeIncidence, ...]:
    """Return the incidence of recovery and of death before it; empty without deaths."""
    ends = [
        (row.time, "recovered")
        if row.event
        else (row.left, None)
        if row.died_day is None
        else (row.died_day, "died")
        for row in rows
    ]
    if not any(end == "died" for _, end in ends):
        return ()
    days = [day for day, _ in ends]
    status = ["last seen" if end is None else end for _, end in ends]
    lost = "last seen" if "last seen" in status else None
    return tuple(
        cumulative_incidence(days, status, cause=cause, censored=lost)
        for cause in ("recovered", "died")
    )
