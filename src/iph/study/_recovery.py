"""Time to recovery by group: who was at risk, and what the visits can show of it."""

from typing import Any

import attrs

from iph._categories import ScheduledVisit
from iph._subject import Subject
from iph.errors import WorkError
from iph.stats._description.quartiles import quartiles
from iph.stats._interval_censored.interval_logrank import (
    IntervalLogrank,
    interval_logrank,
)
from iph.stats._interval_censored.turnbull import turnbull
from iph.stats._survival.cumulative_incidence import cumulative_incidence
from iph.stats._survival.gray import GrayTest, gray_test
from iph.stats._survival.kaplan_meier import kaplan_meier
from iph.stats._survival.logrank import logrank
from iph.stats._survival.logrank_result import Logrank
from iph.study._by_visit import difference_by, recovered_by
from iph.study._characteristics import Characteristic
from iph.study._endpoints import Endpoint
from iph.study._parts import MissingField, Unavailable
from iph.study._recovery_results import (
    Lead,
    RecoveryAnalysis,
    RecoveryGroup,
    RecoverySensitivity,
)
from iph.study._risk import Risk, Start, risk_of


def recovery_analysis(
    patients: tuple[Subject[Any], ...],
    endpoint: Endpoint,
    by: Characteristic,
    *,
    primary: ScheduledVisit,
    schedule: tuple[ScheduledVisit, ...],
    rng: int,
    lost: tuple[Subject[Any], ...] = (),
) -> RecoveryAnalysis | Unavailable:
    """Analyze time to recovery of those known to be at risk.

    `lost` are patients excluded for loss to follow-up alone: a sensitivity analysis
    takes them in.
    """
    every = [risk_of(patient, endpoint) for patient in patients]
    codes = [by.value(patient) for patient in patients]
    rows = [row for row in every if row.start is Start.AT_RISK]
    if not any(row.event for row in rows):
        return _nobody(every, endpoint)
    visits = _visits(rows, primary, schedule)
    grouped = {
        label: [
            row
            for row, code in zip(every, codes, strict=True)
            if row.start is Start.AT_RISK and code == level
        ]
        for level, label in zip(by.levels, by.level_labels, strict=True)
    }
    grouped = {label: found for label, found in grouped.items() if found}
    died = sum(row.died_first for row in rows)
    lead: Lead = (
        "cumulative-incidence"
        if endpoint.recorded_days
        else "incidence-at-visit"
        if died
        else "interval-censored"
    )
    incident = lead != "interval-censored"
    equal = not died and _same_visits(rows, visits)
    starts = [row.start for row in every]
    tests = _tests(grouped, lead, exact=equal, rng=rng)
    return RecoveryAnalysis(
        endpoint=endpoint.name,
        label=endpoint.label,
        group=by.label,
        groups=tuple(
            _group(label, found, visits, incident=incident)
            for label, found in grouped.items()
        ),
        overall=_group("all", rows, visits, incident=incident),
        lead=lead,
        primary=primary,
        difference=difference_by(grouped, primary),
        interval=tests.interval,
        gray=tests.gray,
        logrank=tests.logrank,
        exact=tests.exact,
        comparison=_lost(grouped, endpoint, by.label, len(rows)),
        sensitivity=_sensitivity(
            every, [risk_of(patient, endpoint) for patient in lost], primary
        ),
        equal_attendance=equal,
        n_at_start=starts.count(Start.REACHED),
        n_unknown_baseline=starts.count(Start.UNKNOWN),
        n_unseen=sum(not row.seen and row.died_day is None for row in rows),
        n_died=died,
        n_ungrouped=(len(rows) - sum(map(len, grouped.values())) if by.levels else 0),
        n=len(rows),
        n_missing=len(every) - len(rows),
    )


def _nobody(every: list[Risk], endpoint: Endpoint) -> Unavailable:
    """Say why there is nothing to analyze, with every count."""
    starts = [row.start for row in every]
    risk = [row for row in every if row.start is Start.AT_RISK]
    unknown = starts.count(Start.UNKNOWN)
    what = "dated outcome" if endpoint.recorded_days else "grade at baseline"
    died = sum(row.died_first for row in risk)
    return Unavailable(
        part=endpoint.label[0].upper() + endpoint.label[1:],
        reason=(
            (
                f"of {len(risk)} patients known to be at risk none was seen to recover"
                if risk
                else "no patient is known to be at risk"
            )
            + (f", and {died} died" if died else "")
            + f"; {starts.count(Start.REACHED)} had the outcome at baseline and "
            f"{unknown} had no {what}"
        ),
        missing=(MissingField(f"a {what}", unknown, len(every)),),
    )


def _visits(
    rows: list[Risk], primary: ScheduledVisit, schedule: tuple[ScheduledVisit, ...]
) -> tuple[ScheduledVisit, ...]:
    """Return the visits after baseline with a nominal day at which any was seen."""
    found = {visit for row in rows for visit in row.days} | {primary}
    return tuple(v for v in schedule if v in found and v.nominal_day)


def _same_visits(rows: list[Risk], visits: tuple[ScheduledVisit, ...]) -> bool:
    """Whether all were assessed at every visit that any of them attended."""
    attended = [set(row.days) for row in rows]
    wanted = {visit for found in attended for visit in found}
    ends = {row.left for row in rows if not row.event}
    last = max((row.right for row in rows if row.event), default=0.0)
    return (
        wanted <= set(visits)
        and all(found == wanted for found in attended)
        and (not ends or (len(ends) == 1 and min(ends) >= last))
    )


@attrs.frozen(kw_only=True)
class _Tests:
    """The tests of the groups, None where one does not apply."""

    interval: IntervalLogrank | None = None
    gray: GrayTest | None = None
    logrank: Logrank | None = None
    exact: Logrank | None = None


def _tests(
    grouped: dict[str, list[Risk]], lead: Lead, *, exact: bool, rng: int
) -> _Tests:
    if len(grouped) < 2:
        return _Tests()
    rows = [row for found in grouped.values() for row in found]
    names = [label for label, found in grouped.items() for _ in found]
    times, events = [row.time for row in rows], [row.event for row in rows]
    interval, gray = None, None
    if lead == "interval-censored":
        left, right = [row.left for row in rows], [row.right for row in rows]
        # Without equal attendance permuted labels would not keep the level.
        interval = interval_logrank(left, right, names, equal_follow_up=exact, rng=rng)
    if lead == "cumulative-incidence" and any(events):
        days, status = _ends(rows)
        lost = _last_seen(status)
        gray = gray_test(days, status, names, cause="recovered", censored=lost)
    return _Tests(
        interval=interval,
        gray=gray,
        logrank=logrank(times, events, names, method="asymptotic"),
        exact=_exact(times, events, names) if exact else None,
    )


def _last_seen(status: list[str]) -> str | None:
    """Return the label of those who were last seen without an event; None if none."""
    return "last seen" if "last seen" in status else None


def _exact(times: list[float], events: list[bool], names: list[str]) -> Logrank | None:
    """Return the exact test; None for too many patients, where the others stand."""
    try:
        return logrank(times, events, names, method="exact")
    except WorkError:
        return None


def _group(
    label: str, rows: list[Risk], visits: tuple[ScheduledVisit, ...], *, incident: bool
) -> RecoveryGroup:
    days, status = _ends(rows)
    return RecoveryGroup(
        label=label,
        visits=turnbull([r.left for r in rows], [r.right for r in rows]),
        by_visit=tuple(recovered_by(rows, visit) for visit in visits),
        incidence=tuple(
            cumulative_incidence(days, status, cause=cause, censored=_last_seen(status))
            for cause in ("recovered", "died")
            if incident and cause in status
        ),
        curve=kaplan_meier([r.time for r in rows], [r.event for r in rows]),
        attended=tuple(sum(visit in r.days for r in rows) for visit in visits),
        alive=tuple(sum(not _dead_by(r, visit) for r in rows) for visit in visits),
        followed=quartiles([r.last_day for r in rows]),
        n_recovered=sum(row.event for row in rows),
        n_relapsed=sum(row.relapsed for row in rows),
        n_died=sum(row.died_first for row in rows),
        n=len(rows),
    )


def _dead_by(row: Risk, visit: ScheduledVisit) -> bool:
    """Whether a patient is known to have died before a visit."""
    nominal = visit.nominal_day
    return (
        visit not in row.days
        and row.died_day is not None
        and nominal is not None
        and row.died_day <= nominal
    )


def _ends(rows: list[Risk]) -> tuple[list[float], list[str]]:
    """Return the day on which each left the risk set, and why."""
    days, status = [], []
    for row in rows:
        if row.died_first and row.died_day is not None:
            days.append(float(max(row.died_day, 0)))
            status.append("died")
        else:
            days.append(row.time)
            status.append("recovered" if row.event else "last seen")
    return days, status


def _lost(
    grouped: dict[str, list[Risk]], endpoint: Endpoint, group: str, n: int
) -> Unavailable | None:
    """Say why groups cannot be compared; None if they can."""
    if len(grouped) >= 2 or not group:
        return None
    known = sum(map(len, grouped.values()))
    told = (
        f"all {known} at risk whose group is known are {next(iter(grouped))}"
        if grouped
        else "no group of a patient at risk is known"
    )
    return Unavailable(
        part=f"Comparison of {endpoint.label} by {group[0].lower()}{group[1:]}",
        reason=told,
        missing=(MissingField(group, n - known, n),),
    )


def _sensitivity(
    every: list[Risk], lost: list[Risk], primary: ScheduledVisit
) -> tuple[RecoverySensitivity, ...]:
    """Return recovery by the primary visit under each choice that changes it."""
    risk = [row for row in every if row.start is Start.AT_RISK]
    unknown = [
        row
        for row in every
        if row.start is Start.UNKNOWN and (row.seen or row.died_day is not None)
    ]
    seen, never = (
        [row for row in unknown if row.event is event] for event in (True, False)
    )
    choices = [
        ("main", "Main analysis", risk),
        (
            "lasting",
            "Recovery that lasted to the last assessment",
            [row.lasting() for row in risk],
        ),
    ]
    lost = [row for row in lost if row.start is Start.AT_RISK]
    if lost:
        choices.append(
            (
                "lost-included",
                "Records excluded only for loss to follow-up taken in",
                risk + lost,
            )
        )
    if unknown:
        choices += [
            (
                "unknown-at-risk",
                "Unknown baseline taken as not recovered",
                risk + unknown,
            ),
            (
                "unknown-best",
                "Unknown baseline taken as not recovered if recovery was seen later",
                risk + seen,
            ),
            (
                "unknown-worst",
                "Unknown baseline taken as not recovered if recovery was never seen",
                risk + never,
            ),
        ]
    return tuple(
        RecoverySensitivity(
            name=name,
            label=label,
            result=recovered_by(rows, primary),
            n_recovered=sum(row.event for row in rows),
        )
        for name, label, rows in choices
    )
