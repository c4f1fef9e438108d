"""Time to recovery, as it is printed."""

import math

from iph.report._document import Sheet, SheetRow
from iph.report._numbers import (
    days,
    decimal,
    level_text,
    p_value,
    p_with_error,
    share,
)
from iph.study._recovery import RecoveryAnalysis, RecoveryGroup


def shown_groups(analysis: RecoveryAnalysis) -> tuple[RecoveryGroup, ...]:
    """Return the groups to show: those compared, or else all patients together."""
    return analysis.groups if len(analysis.groups) > 1 else (analysis.overall,)


def median_text(group: RecoveryGroup) -> str:
    """Write the median time to recovery with its interval."""
    found = group.curve.median()
    if math.isnan(found.value):
        return "not reached"
    bounds = f"{days(found.low)} to {days(found.high)}"
    return f"{days(found.value)} ({level_text(found.confidence_level)} CI, {bounds})"


def window_text(group: RecoveryGroup) -> str:
    """Write where the median lies, as far as the visits tell."""
    found = group.visits.median()
    if math.isinf(found.high):
        return f"after day {days(found.low)}"
    if found.low == found.high:
        return f"day {days(found.low)}"
    return f"after day {days(found.low)}, by day {days(found.high)}"


def recovery_sheet(analysis: RecoveryAnalysis) -> Sheet:
    """Print recovery by group, and the tests."""
    groups = (
        (*analysis.groups, analysis.overall)
        if len(analysis.groups) > 1
        else (analysis.overall,)
    )
    last = max(group.curve.time[-1] for group in groups)
    notes = [
        (
            f"{analysis.n} patients at risk; {analysis.n_at_start} had the outcome at "
            f"baseline, {analysis.n_unseen} were not seen after it. Last observation "
            f"on "
            f"day {days(last)}."
        ),
        (
            "Kaplan-Meier places recovery on the day of the visit that first saw it; "
            "what "
            "the visits tell is the stretch between the last visit without and the "
            "first "
            "with the outcome."
        ),
    ]
    if analysis.n_ungrouped:
        notes.append(
            f"The group of {analysis.n_ungrouped} at risk is not known: they count in "
            "the row of all alone."
        )
    return Sheet(
        name=f"recovery_{analysis.endpoint}",
        title=f"{analysis.label[0].upper()}{analysis.label[1:]}",
        header=(
            analysis.group,
            "Recovered",
            "Median, days (Kaplan-Meier)",
            "Median, by what the visits tell",
        ),
        rows=tuple(
            SheetRow(
                (
                    group.label,
                    share(group.n_recovered, group.n),
                    median_text(group),
                    window_text(group),
                )
            )
            for group in groups
        ),
        notes=tuple(notes),
    )


def logrank_sheet(analysis: RecoveryAnalysis) -> Sheet | None:
    """Print the tests that compare the groups; None with fewer than two groups."""
    if analysis.logrank is None or analysis.exact is None or analysis.interval is None:
        return None
    plain, exact, interval = analysis.logrank, analysis.exact, analysis.interval
    rows = [
        (
            f"Log-rank, {exact.method} (recommended)",
            f"{decimal(exact.statistic, 2)} ({exact.df})",
            p_with_error(exact.p_value, exact.p_low, exact.p_high),
            f"two-sided rule {exact.two_sided}" if exact.method != "asymptotic" else "",
        ),
        (
            "Log-rank, asymptotic",
            f"{decimal(plain.statistic, 2)} ({plain.df})",
            p_with_error(plain.p_value, None, None),
            "chi-square; not to be relied on with few events",
        ),
        (
            f"Interval-censored log-rank, {interval.method}",
            f"{decimal(interval.statistic, 2)} ({interval.df})",
            p_with_error(interval.p_value, interval.p_low, interval.p_high),
            f"knows no more than the visits; scores of {interval.scores.capitalize()}",
        ),
    ]
    return Sheet(
        name=f"recovery_{analysis.endpoint}_tests",
        title=f"Comparison of groups: {analysis.label}",
        header=("Test", "Chi-square (df)", "P value", "Remark"),
        rows=tuple(SheetRow(row) for row in rows),
        notes=(
            (
                f"{exact.n} patients with a known group. Where the distributions are "
                "discrete the exact P value is the one that keeps its level."
            ),
        ),
    )


def curve_sheet(analysis: RecoveryAnalysis) -> Sheet:
    """Print the steps of the Kaplan-Meier curves."""
    rows = []
    for group in shown_groups(analysis):
        curve = group.curve
        for k, day in enumerate(curve.time):
            low, high = curve.low[k], curve.high[k]
            interval = (
                "not defined"
                if math.isnan(low) or math.isnan(high)
                else f"{decimal(low * 100, 1)} to {decimal(high * 100, 1)} %"
            )
            rows.append(
                SheetRow(
                    (
                        group.label,
                        days(day),
                        str(int(curve.at_risk[k])),
                        str(int(curve.events[k])),
                        str(int(curve.censored[k])),
                        f"{decimal(curve.survival[k] * 100, 1)} %",
                        interval,
                    )
                )
            )
    return Sheet(
        name=f"recovery_{analysis.endpoint}_curve",
        title=f"Kaplan-Meier estimate: {analysis.label}",
        header=(
            "Group",
            "Day",
            "At risk just before",
            "Recovered",
            "Last seen",
            "Not yet recovered",
            "95 % CI",
        ),
        rows=tuple(rows),
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
                SheetRow((group.label, days(left), end, f"{decimal(mass * 100, 1)} %"))
            )
    return Sheet(
        name=f"recovery_{analysis.endpoint}_intervals",
        title=f"Recovery between visits: {analysis.label}",
        header=("Group", "After day", "By day", "Share"),
        rows=tuple(rows),
        notes=(
            (
                "Maximum likelihood estimate from intervals; where within a stretch "
                "recovery lies, the data cannot tell."
            ),
        ),
    )


def incidence_sheet(analysis: RecoveryAnalysis) -> Sheet:
    """Print the cumulative incidence of recovery and of death before it."""
    rows = []
    for curve in analysis.incidence:
        for k, day in enumerate(curve.time):
            low, high = curve.low[k], curve.high[k]
            interval = (
                "not defined"
                if math.isnan(low) or math.isnan(high)
                else f"{decimal(low * 100, 1)} to {decimal(high * 100, 1)} %"
            )
            rows.append(
                SheetRow(
                    (
                        str(curve.cause),
                        days(day),
                        str(int(curve.at_risk[k])),
                        str(int(curve.events[k])),
                        f"{decimal(curve.incidence[k] * 100, 1)} %",
                        interval,
                    )
                )
            )
    return Sheet(
        name=f"recovery_{analysis.endpoint}_incidence",
        title=f"Cumulative incidence: {analysis.label}, and death before it",
        header=(
            "Event",
            "Day",
            "At risk just before",
            "Events",
            "Incidence",
            "95 % CI",
        ),
        rows=tuple(rows),
    )


def exact_text(analysis: RecoveryAnalysis) -> str:
    """Write the p-value that a figure shows; empty with fewer than two groups."""
    found = analysis.exact
    if found is None:
        return ""
    method = {"exact": "exact log-rank", "monte-carlo": "simulated log-rank"}.get(
        found.method, "log-rank"
    )
    text = p_value(found.p_value)
    joined = f"P {text}" if text[0] in "<>n" else f"P = {text}"
    return f"{joined} ({method})"
