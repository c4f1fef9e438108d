"""Kaplan-Meier and log-rank tests of recovery, as published, as they are printed."""

import math

from iph.report._document import Sheet, SheetRow
from iph.report._numbers import counted, days, level_text, p_with_error, share
from iph.report._recovery_sheets import (
    analysis_title,
    band_text,
    group_head,
    listed_groups,
    share_of_all,
    shown_groups,
)
from iph.study._recovery_results import RecoveryAnalysis, RecoveryGroup


def published_recovery_sheet(analysis: RecoveryAnalysis) -> Sheet:
    """Print Kaplan-Meier medians and log-rank tests, as published."""
    rows = [
        (
            f"Kaplan-Meier median, {group.label}",
            _median_text(group),
            f"{share(group.n_recovered, group.n)} with the event",
        )
        for group in listed_groups(analysis)
    ]
    if analysis.logrank is not None:
        rows.append(
            (
                "Log-rank test, asymptotic",
                p_with_error(analysis.logrank.p_value, None, None),
                "large-sample approximation",
            )
        )
    if analysis.exact is not None:
        rows.append(
            (
                "Log-rank test, exact",
                p_with_error(
                    analysis.exact.p_value, analysis.exact.p_low, analysis.exact.p_high
                ),
                "all were assessed at the same visits",
            )
        )
    return Sheet(
        name=f"recovery_{analysis.endpoint}_published",
        title=analysis_title(analysis, ", Kaplan-Meier as published"),
        header=("Statistic", "Result", "Remark"),
        rows=tuple(SheetRow(row) for row in rows),
        notes=(reason_of(analysis),),
    )


def reason_of(analysis: RecoveryAnalysis) -> str:
    """Say why Kaplan-Meier does not lead."""
    if analysis.n_died:
        return (
            "Kaplan-Meier treats death as if recovery were still possible "
            f"({counted(analysis.n_died, 'patient')}), and so overstates recovery: the "
            "main analysis counts death as a competing event."
        )
    if analysis.lead == "cumulative-incidence":
        return "Without deaths it is the complement of the cumulative incidence."
    return (
        "Recovery is dated to the first visit at which it was seen, although it came "
        "somewhere between two visits; the tests compare days of visits, and depend on "
        "who attended which."
    )


def _median_text(group: RecoveryGroup) -> str:
    """Write the median as the day of a visit, with its interval."""
    found = group.curve.median(flat="first")
    if math.isnan(found.value):
        low = "" if math.isnan(found.low) else f" (lower limit, {days(found.low)} days)"
        return f"not reached{low}"
    level = level_text(found.confidence_level)
    low, high = (
        "not estimable" if math.isnan(b) else days(b) for b in (found.low, found.high)
    )
    if low == high == "not estimable":
        return f"{days(found.value)} days ({level} CI not estimable)"
    return f"{days(found.value)} days ({level} CI, {low} to {high})"


def curve_sheet(analysis: RecoveryAnalysis) -> Sheet:
    """Print the steps of the Kaplan-Meier curves."""
    rows = []
    for group in shown_groups(analysis):
        curve = group.curve
        for k, day in enumerate(curve.time):
            rows.append(
                SheetRow(
                    (
                        group.label,
                        days(day),
                        str(int(curve.at_risk[k])),
                        str(int(curve.events[k])),
                        str(int(curve.censored[k])),
                        share_of_all(curve.survival[k], group.n),
                        band_text(curve.low[k], curve.high[k], group.n),
                    )
                )
            )
    return Sheet(
        name=f"recovery_{analysis.endpoint}_curve",
        title=f"Kaplan-Meier estimate: {analysis.label}",
        header=(
            group_head(analysis),
            "Day",
            "At risk just before",
            "Recovered",
            "Censored",
            "Not yet recovered",
            "95 % CI",
        ),
        rows=tuple(rows),
        notes=(reason_of(analysis),),
    )
