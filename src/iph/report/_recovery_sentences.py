"""Recovery in sentences an author can paste."""

from iph.report._numbers import counted, listing, none_or, p_with_error
from iph.report._recovery_sheets import (
    at_primary,
    difference_text,
    limits_text,
    share_text,
    shown_groups,
    window_text,
)
from iph.study._recovery_results import RecoveryAnalysis


def recovery_sentence(analysis: RecoveryAnalysis) -> str:
    """Say who was at risk, who recovered, and how the groups differ."""
    label = analysis.label[0].upper() + analysis.label[1:]
    if analysis.lead == "cumulative-incidence":
        risk = f"{counted(analysis.n, 'patient')} had a dated statement"
    else:
        risk = f"{counted(analysis.n, 'patient was', 'patients were')} at risk"
        out = [
            f"{count} {words}"
            for count, words in (
                (analysis.n_at_start, "with the outcome at baseline"),
                (analysis.n_unknown_baseline, "with no recorded baseline"),
            )
            if count
        ]
        risk += f" ({listing(out)} were not)" if out else ""
    whole = analysis.overall
    text = f"{label}: {risk}; {whole.n_recovered} were seen to recover"
    if whole.n_relapsed:
        text += f", and {whole.n_relapsed} of these lost it again"
    if analysis.n_died:
        text += f"; {analysis.n_died} died before recovery was seen"
    text += ". " + _by_primary(analysis)
    if analysis.lead == "interval-censored":
        told = [_window(g.label, window_text(g)) for g in shown_groups(analysis)]
        text += f" Median time to recovery (interval-censored): {'; '.join(told)}."
    return text + _compared(analysis)


def _window(label: str, window: str) -> str:
    return window if label == "all" else f"{label}, {window}"


def _by_primary(analysis: RecoveryAnalysis) -> str:
    """Say how many had recovered by the primary visit, with bounds and limits."""
    groups = shown_groups(analysis)
    told = []
    for group in groups:
        at = at_primary(group, analysis.primary)
        part = f"{none_or(at.recovered)} of {at.n} had recovered"
        if at.died:
            part += f", {at.died} had died"
        if at.undetermined:
            be = "was" if at.undetermined == 1 else "were"
            part += f" and {at.undetermined} {be} undetermined"
        part += f" ({share_text(at)}; exact 95 % limits, {limits_text(at)})"
        told.append(part if group.label == "all" else f"{group.label}, {part}")
    by = f"By {analysis.primary.label}"
    if len(groups) > 1:
        by += f", in groups by {analysis.group.lower()}"
    return f"{by}: {'; '.join(told)}."


def _compared(analysis: RecoveryAnalysis) -> str:
    text = ""
    if analysis.difference is not None:
        gap = analysis.difference
        text += (
            f" The difference, {gap.first} less {gap.second}, was "
            f"{difference_text(gap)}"
        )
        if analysis.interval is not None:
            test = analysis.interval
            p = p_with_error(test.p_value, test.p_low, test.p_high)
            text += f" (interval-censored log-rank test, {p})"
        text += "."
    elif analysis.interval is not None:
        test = analysis.interval
        p = p_with_error(test.p_value, test.p_low, test.p_high)
        text += (
            f" Groups by {analysis.group.lower()}, interval-censored log-rank test, "
            f"{p}."
        )
    if analysis.comparison is not None:
        text += (
            f" No comparison by {analysis.group.lower()}: {analysis.comparison.reason}."
        )
    return text
