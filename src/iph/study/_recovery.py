"""Time to recovery by group: who was at risk, and what the visits can show of it."""

import math
from collections import Counter
from typing import Any

import attrs

from iph._categories import ScheduledVisit
from iph.errors import WorkError
from iph.protocol._outcomes import EndpointRule
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
from iph.study._parts import MissingField, Unavailable
from iph.study._recovery_results import (
    CompetingEvents,
    Lead,
    RecoveryAnalysis,
    RecoveryGroup,
    RecoverySensitivity,
)
from iph.study._recovery_tables import (
    EVERY,
    LASTING,
    LOST,
    MAIN,
    UNKNOWN_NEVER,
    UNKNOWN_SEEN,
    Counted,
)
from iph.study._recovery_words import nobody, sensitivity_labels
from iph.study._risk import AT_RISK, DEATH, REACHED, UNKNOWN
from iph.study._study_counts import StudyCounts, column


def recovery_analysis(
    counts: StudyCounts,
    endpoint: EndpointRule,
    by: Characteristic,
    *,
    primary: ScheduledVisit,
    rng: int,
) -> RecoveryAnalysis | Unavailable:
    """Analyze time to recovery of those known to be at risk."""
    every = Counted(counts, endpoint.name, EVERY)
    starts = column(counts.table("start", endpoint.name), 0)
    ends = _Ends.of(every)
    n, died = starts[AT_RISK], ends.n_died
    competing = ends.competing(endpoint)
    gone = died + sum(event.n for event in competing)
    if not ends.n_recovered:
        return nobody(starts, died, endpoint, competing)
    visits = _visits(every, primary)
    in_order = zip(by.levels, by.level_labels, strict=True)
    grouped = {label: Counted(counts, endpoint.name, code) for code, label in in_order}
    grouped = {label: found for label, found in grouped.items() if found.intervals}
    n_grouped = sum(found.intervals.total() for found in grouped.values())
    lead: Lead = (
        "cumulative-incidence"
        if not endpoint.of_visits
        else "incidence-at-visit"
        if gone
        else "interval-censored"
    )
    incident = lead != "interval-censored"
    equal = not gone and _same_visits(every, ends, visits)
    tests = _tests(grouped, lead, exact=equal, rng=rng)
    alone = column(every.courses, 1)
    return RecoveryAnalysis(
        endpoint=endpoint.name,
        label=endpoint.label,
        group=by.label,
        groups=tuple(
            _group(label, found, visits, endpoint=endpoint, incident=incident)
            for label, found in grouped.items()
        ),
        overall=_group("all", every, visits, endpoint=endpoint, incident=incident),
        lead=lead,
        primary=primary,
        difference=difference_by(
            {label: found.known(primary) for label, found in grouped.items()}, primary
        ),
        interval=tests.interval,
        gray=tests.gray,
        logrank=tests.logrank,
        exact=tests.exact,
        comparison=_lost(tuple(grouped), n_grouped, endpoint, by.label, n),
        sensitivity=_sensitivity(every, endpoint, primary),
        equal_attendance=equal,
        n_at_start=starts[REACHED],
        n_unknown_baseline=starts[UNKNOWN],
        n_undated_gone=0 if endpoint.of_visits else every.n_of(UNKNOWN_NEVER),
        n_unseen=alone[True],
        n_died=died,
        competing=competing,
        n_ungrouped=n - n_grouped if by.levels else 0,
        n=n,
        n_missing=starts.total() - n,
    )


@attrs.frozen(kw_only=True)
class _Ends:
    """When recovery came, in columns of one length.

    Attributes
    ----------
    left, right : list of float
        It came after the first day and by the second, infinite if it was not seen.
    events : list of bool
        Whether it was seen.
    times : list of float
        The day of the visit that first saw it, or the last day without it.
    days : list of float
        The day on which each left the risk set.
    status : list of str
        Why each left it: "recovered", "died", the label of another event, "last seen".
    weights : list of int
        How many patients each row stands for.
    """

    left: list[float]
    right: list[float]
    events: list[bool]
    times: list[float]
    days: list[float]
    status: list[str]
    weights: list[int]

    @classmethod
    def of(cls, found: Counted) -> "_Ends":
        table, words = found.intervals, found.event_labels
        rows = list(table)
        right = [math.inf if row[1] is None else float(row[1]) for row in rows]
        left = [float(row[0]) for row in rows]
        events = [not math.isinf(end) for end in right]
        times = [
            b if seen else a for a, b, seen in zip(left, right, events, strict=True)
        ]
        days, status = list(times), []
        for place, (_, end, gone, *cause) in enumerate(rows):
            if gone is not None:
                days[place] = float(max(gone, 0))
            status.append(
                words[cause[0] if cause else DEATH]
                if gone is not None
                else "last seen"
                if end is None
                else "recovered"
            )
        return cls(
            left=left,
            right=right,
            events=events,
            times=times,
            days=days,
            status=status,
            weights=list(table.values()),
        )

    @property
    def n_recovered(self) -> int:
        """Those seen to recover."""
        return self._with("recovered")

    @property
    def n_died(self) -> int:
        """Those who died before."""
        return self._with(DEATH)

    def competing(self, endpoint: EndpointRule) -> tuple[CompetingEvents, ...]:
        """Those who had each other competing event before."""
        return tuple(
            CompetingEvents(label=event.label, n=self._with(event.label))
            for event in endpoint.competing
        )

    def _with(self, why: str) -> int:
        pairs = zip(self.status, self.weights, strict=True)
        return sum(n for status, n in pairs if status == why)

    @property
    def last_seen(self) -> str | None:
        """The label of those last seen without an event; None if there are none."""
        return "last seen" if "last seen" in self.status else None


def _visits(every: Counted, primary: ScheduledVisit) -> tuple[ScheduledVisit, ...]:
    """Return the visits after baseline with a nominal day at which any was seen."""
    return tuple(
        visit
        for visit in every.counts.protocol.visits
        if visit.nominal_day
        and (visit == primary or column(every.assessed(visit), 0)[True])
    )


def _same_visits(
    every: Counted, ends: _Ends, visits: tuple[ScheduledVisit, ...]
) -> bool:
    """Whether all were assessed at every visit that any of them attended."""
    for visit in every.counts.protocol.visits:
        attended = column(every.assessed(visit), 0)
        if attended[True] and (attended[False] or visit not in visits):
            return False
    pairs = list(zip(ends.left, ends.right, ends.events, strict=True))
    without = {left for left, _, event in pairs if not event}
    last = max((right for _, right, event in pairs if event), default=0.0)
    return not without or (len(without) == 1 and min(without) >= last)


@attrs.frozen(kw_only=True)
class _Tests:
    """The tests of the groups, None where one does not apply."""

    interval: IntervalLogrank | None = None
    gray: GrayTest | None = None
    logrank: Logrank | None = None
    exact: Logrank | None = None


def _tests(grouped: dict[str, Counted], lead: Lead, *, exact: bool, rng: int) -> _Tests:
    if len(grouped) < 2:
        return _Tests()
    every: dict[str, list[Any]] = {field.name: [] for field in attrs.fields(_Ends)}
    names: list[str] = []
    for label, found in grouped.items():
        ends = _Ends.of(found)
        names += [label] * len(ends.weights)
        for name, joined in every.items():
            joined.extend(getattr(ends, name))
    rows = _Ends(**every)
    weights, times, events = rows.weights, rows.times, rows.events
    interval, gray = None, None
    if lead == "interval-censored":
        # Without equal attendance permuted labels would not keep the level.
        interval = interval_logrank(
            rows.left,
            rows.right,
            names,
            weights=weights,
            equal_follow_up=exact,
            rng=rng,
        )
    several = all(found.intervals.total() > 1 for found in grouped.values())
    if lead == "cumulative-incidence" and any(events) and several:
        gray = gray_test(
            rows.days,
            rows.status,
            names,
            weights=weights,
            cause="recovered",
            censored=rows.last_seen,
        )
    return _Tests(
        interval=interval,
        gray=gray,
        logrank=logrank(times, events, names, weights=weights, method="asymptotic"),
        exact=_exact(rows, names) if exact else None,
    )


def _exact(rows: _Ends, names: list[str]) -> Logrank | None:
    """Return the exact test; None for too many patients, where the others stand."""
    try:
        return logrank(
            rows.times, rows.events, names, weights=rows.weights, method="exact"
        )
    except WorkError:
        return None


def _group(
    label: str,
    found: Counted,
    visits: tuple[ScheduledVisit, ...],
    *,
    endpoint: EndpointRule,
    incident: bool,
) -> RecoveryGroup:
    ends, courses = _Ends.of(found), found.courses
    last_days = column(courses, 2)
    assessed = [found.assessed(visit) for visit in visits]
    n = sum(ends.weights)
    return RecoveryGroup(
        label=label,
        visits=turnbull(ends.left, ends.right, weights=ends.weights),
        by_visit=tuple(recovered_by(found.known(visit), visit) for visit in visits),
        incidence=tuple(
            cumulative_incidence(
                ends.days,
                ends.status,
                cause=cause,
                censored=ends.last_seen,
                weights=ends.weights,
            )
            for cause in ("recovered", *found.event_labels.values())
            if incident and cause in ends.status
        ),
        curve=kaplan_meier(ends.times, ends.events, weights=ends.weights),
        attended=tuple(column(table, 0)[True] for table in assessed),
        alive=tuple(n - column(table, 1)[True] for table in assessed),
        followed=quartiles(list(last_days), weights=list(last_days.values())),
        n_recovered=ends.n_recovered,
        n_relapsed=column(courses, 0)[True],
        n_died=ends.n_died,
        competing=ends.competing(endpoint),
        n=n,
    )


def _lost(
    labels: tuple[str, ...], known: int, endpoint: EndpointRule, group: str, n: int
) -> Unavailable | None:
    """Say why groups cannot be compared; None if they can."""
    if len(labels) >= 2 or not group:
        return None
    told = (
        f"all {known} at risk whose group is known are in one group ({labels[0]})"
        if labels
        else "no group of a patient at risk is known"
    )
    return Unavailable(
        part=f"Comparison of {endpoint.label} by {group[0].lower()}{group[1:]}",
        reason=told,
        missing=(MissingField(group, n - known, n),),
    )


def _sensitivity(
    every: Counted, endpoint: EndpointRule, primary: ScheduledVisit
) -> tuple[RecoverySensitivity, ...]:
    """Return what was reached by the primary visit under each choice."""
    choices: dict[str, tuple[str, ...]] = {"main": (MAIN,), "lasting": (LASTING,)}
    if every.known(primary, LOST):
        choices["lost-included"] = (MAIN, LOST)
    if every.known(primary, UNKNOWN_SEEN) or every.known(primary, UNKNOWN_NEVER):
        choices["unknown-at-risk"] = (MAIN, UNKNOWN_SEEN, UNKNOWN_NEVER)
        choices["unknown-best"] = (MAIN, UNKNOWN_SEEN)
        choices["unknown-worst"] = (MAIN, UNKNOWN_NEVER)
    labels = sensitivity_labels(endpoint.label)
    return tuple(
        RecoverySensitivity(
            name=name,
            label=labels[name],
            result=recovered_by(
                sum((every.known(primary, kind) for kind in kinds), Counter()), primary
            ),
            n_recovered=sum(map(every.n_recovered, kinds)),
        )
        for name, kinds in choices.items()
    )
