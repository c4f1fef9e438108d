"""Time to recovery, as its tables print it."""

import math

from iph.report._numbers import (
    counted,
    days,
    decimal,
    exact,
    p_with_error,
    places_for,
)
from iph.report._phrases import (
    analysis_title,
    band_text,
    difference_text,
    group_head,
    limits_text,
    listed_groups,
    middle_text,
    share_of_all,
    share_text,
    shown_groups,
    window_text,
)
from iph.report._sheet import Sheet, SheetRow
from iph.study._by_visit import RecoveredBy
from iph.study._recovery_results import RecoveryAnalysis, RecoveryGroup


def recovery_sheet(analysis: RecoveryAnalysis) -> Sheet:
    """Print who was at risk, who recovered, relapsed and died, by group."""
    head = group_head(analysis)
    by_visits = analysis.lead != "cumulative-incidence"
    header = [
        head,
        "At risk",
        "Seen to recover",
        "Lost it again",
        "Died before recovery",
    ]
    if by_visits and not analysis.n_died:
        header.append("Median (interval-censored)")
    rows = []
    for group in listed_groups(analysis):
        cells = [
            group.label,
            str(group.n),
            str(group.n_recovered),
            str(group.n_relapsed),
            str(group.n_died),
        ]
        if by_visits and not analysis.n_died:
            cells.append(window_text(group))
        rows.append(SheetRow(tuple(cells)))
    return Sheet(
        name=f"recovery_{analysis.endpoint}",
        title=analysis_title(analysis),
        header=tuple(header),
        rows=tuple(rows),
        notes=tuple(_risk_notes(analysis)),
    )


def _risk_notes(analysis: RecoveryAnalysis) -> list[str]:
    notes = [
        (
            f"At risk: {counted(analysis.n, 'patient')} known not to have the outcome "
            f"at baseline. Not at risk: {analysis.n_at_start} with the outcome at "
            f"baseline, and {analysis.n_unknown_baseline} whose baseline was not "
            "recorded."
        )
    ]
    if analysis.lead == "cumulative-incidence":
        notes[0] = (
            f"{counted(analysis.n, 'patient')} with a dated statement; "
            f"{analysis.n_unknown_baseline} without one are not in the analysis."
        )
    if analysis.n_unseen:
        notes.append(
            f"{counted(analysis.n_unseen, 'patient')} at risk without an assessment "
            "after baseline count as undetermined."
        )
    if analysis.n_died:
        notes.append(
            f"{counted(analysis.n_died, 'patient')} died before recovery was seen: "
            "death is a competing event, so that no median time to recovery is given."
        )
    if analysis.n_ungrouped:
        notes.append(
            f"{analysis.group} was not known for "
            f"{counted(analysis.n_ungrouped, 'patient')} at risk, who count in the row "
            "of all patients only."
        )
    return notes


def by_visit_sheet(analysis: RecoveryAnalysis) -> Sheet:
    """Print recovery by each visit: what is known, and what could be at most."""
    estimated = analysis.lead == "interval-censored"
    header = [
        group_head(analysis),
        "By",
        "Recovered",
        "Not recovered",
        "Died before",
        "Undetermined",
        "Share recovered",
        "Exact 95 % limits",
    ]
    if estimated:
        header.append("Interval-censored estimate")
    rows = []
    for group in listed_groups(analysis):
        for at in group.by_visit:
            cells = [
                group.label,
                at.visit.label,
                str(at.recovered),
                str(at.not_recovered),
                str(at.died),
                str(at.undetermined),
                share_text(at),
                limits_text(at),
            ]
            if estimated:
                cells.append(_estimated(group, at))
            rows.append(SheetRow(tuple(cells)))
    notes = [
        (
            "Share recovered: from the share if none of those undetermined had "
            "recovered to the share if all had. Limits: the lower Clopper-Pearson "
            "limit of the former and the upper one of the latter."
        )
    ]
    if analysis.n_died:
        notes.append("Those who died before recovery count as not recovered.")
    return Sheet(
        name=f"recovery_{analysis.endpoint}_visits",
        title=analysis_title(analysis, " by visit"),
        header=tuple(header),
        rows=tuple(rows),
        notes=tuple(notes),
    )


def _estimated(group: RecoveryGroup, at: RecoveredBy) -> str:
    """Write the maximum likelihood estimate on the nominal day of a visit."""
    day = at.visit.nominal_day
    if day is None:  # pragma: no cover - the visits listed have a day
        return ""
    bounds = group.visits.survival_bounds(day)
    places = places_for(at.n)
    low, high = (
        decimal(exact(round(1 - s, 12)) * 100, places)
        for s in (bounds.high, bounds.low)
    )
    return f"{low} %" if low == high else f"{low} to {high} %"


def group_tests_sheet(analysis: RecoveryAnalysis) -> Sheet | None:
    """Print how the groups differ, and who attended; None with fewer than two."""
    if len(analysis.groups) <= 1:
        return None
    rows = []
    if analysis.difference is not None:
        gap = analysis.difference
        rows.append(
            (
                f"Recovered by {gap.visit.label}: {gap.first} less {gap.second}",
                difference_text(gap),
                f"{gap.n} at risk, {gap.n_missing} undetermined",
            )
        )
    if analysis.interval is not None:
        test = analysis.interval
        rows.append(
            (
                f"Interval-censored log-rank test, {test.method}",
                p_with_error(test.p_value, test.p_low, test.p_high),
                (
                    "assumes that visits do not depend on recovery, and similar visit "
                    "schedules of the groups"
                ),
            )
        )
    if analysis.gray is not None:
        rows.append(
            (
                "Gray's test of the cumulative incidence",
                p_with_error(analysis.gray.p_value, None, None),
                "large-sample approximation",
            )
        )
    for place, visit in enumerate(analysis.visits):
        seen = "; ".join(
            f"{g.label} {g.attended[place]} of {g.alive[place]}"
            for g in analysis.groups
        )
        rows.append((f"Assessed at {visit.label}", seen, "of those alive"))
    followed = "; ".join(
        f"{g.label} {middle_text(g.followed)}" for g in analysis.groups
    )
    rows.append(("Last assessed, median day (Q1, Q3)", followed, "recovered or not"))
    notes = [
        (
            "The interval of the difference holds for every pair of true shares: it "
            "joins the Clopper-Pearson limits of both groups."
        )
    ]
    if analysis.lead == "incidence-at-visit":
        notes.append(
            "Patients at risk died, so that no single test compares the groups."
        )
    return Sheet(
        name=f"recovery_{analysis.endpoint}_groups",
        title=f"Groups compared by {analysis.group.lower()}: {analysis.label}",
        header=("Comparison", "Result", "Remark"),
        rows=tuple(SheetRow(row) for row in rows),
        notes=tuple(notes),
    )


def sensitivity_sheet(analysis: RecoveryAnalysis) -> Sheet:
    """Print recovery by the primary visit under other choices."""
    return Sheet(
        name=f"recovery_{analysis.endpoint}_sensitivity",
        title=(
            f"Sensitivity of {analysis.label} by {analysis.primary.label} to the "
            "choices made"
        ),
        header=("Analysis", "At risk", "Recovered", "Share", "Exact 95 % limits"),
        rows=tuple(
            SheetRow(
                (
                    one.label,
                    str(one.result.n),
                    str(one.result.recovered),
                    share_text(one.result),
                    limits_text(one.result),
                )
            )
            for one in analysis.sensitivity
        ),
        notes=(
            (
                "A share with two values runs from none to all of those undetermined; "
                "its lower value counts every missing state as not recovered."
            ),
        ),
    )


def interval_sheet(analysis: RecoveryAnalysis) -> Sheet:
    """Print the stretches between visits and the share that recovered in each."""
    rows = []
    for group in shown_groups(analysis):
        visits = group.visits
        for left, right, mass in zip(
            visits.left, visits.right, visits.mass, strict=True
        ):
            end = "later" if math.isinf(right) else days(right)
            rows.append(
                SheetRow((group.label, days(left), end, share_of_all(mass, group.n)))
            )
    return Sheet(
        name=f"recovery_{analysis.endpoint}_intervals",
        title=f"Recovery between visits: {analysis.label}",
        header=(group_head(analysis), "After day", "By day", "Share"),
        rows=tuple(rows),
        notes=("Nonparametric maximum likelihood (Turnbull) estimate.",),
    )


def incidence_sheet(analysis: RecoveryAnalysis) -> Sheet:
    """Print the cumulative incidence of recovery and of death before it."""
    rows = []
    for group in shown_groups(analysis):
        for curve in group.incidence:
            for k, day in enumerate(curve.time):
                rows.append(
                    SheetRow(
                        (
                            group.label,
                            str(curve.cause),
                            days(day),
                            str(int(curve.at_risk[k])),
                            str(int(curve.events[k])),
                            share_of_all(curve.incidence[k], group.n),
                            band_text(curve.low[k], curve.high[k], group.n),
                        )
                    )
                )
    return Sheet(
        name=f"recovery_{analysis.endpoint}_incidence",
        title=f"Cumulative incidence: {analysis.label}, and death before it",
        header=(
            group_head(analysis),
            "Event",
            "Day",
            "At risk just before",
            "Events",
            "Incidence",
            "95 % CI",
        ),
        rows=tuple(rows),
    )
