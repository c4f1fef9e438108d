"""Who recovered when, and how the groups differ."""

from collections.abc import Iterator
from functools import partial

from iph.report._document import Block, Paragraph, Picture
from iph.report._figures.incidence import incidence_figure
from iph.report._figures.interval import interval_figure
from iph.report._numbers import counted, listing, none_or, p_with_error
from iph.report._parts.part import Material, Part, headed, of_study
from iph.report._parts.recovery_tables import (
    by_visit_sheet,
    group_tests_sheet,
    incidence_sheet,
    interval_sheet,
    recovery_sheet,
    sensitivity_sheet,
)
from iph.report._phrases import (
    at_primary,
    difference_text,
    grouped_text,
    lead_text,
    limits_text,
    share_text,
    shown_groups,
    window_text,
)
from iph.study._recovery_results import RecoveryAnalysis


def _blocks(analysis: RecoveryAnalysis, _material: Material) -> Iterator[Block]:
    yield recovery_sheet(analysis)
    yield by_visit_sheet(analysis)
    compared = group_tests_sheet(analysis)
    if compared is not None:
        yield compared
    if analysis.comparison is not None:
        yield Paragraph(analysis.comparison.sentence)
    yield sensitivity_sheet(analysis)
    if analysis.lead == "interval-censored":
        yield interval_picture(analysis)
    else:
        yield incidence_picture(analysis)


def interval_picture(analysis: RecoveryAnalysis) -> Picture:
    """Return recovery as far as the visits show."""
    test = lead_text(analysis)
    return Picture(
        name=f"intervals_{analysis.endpoint}",
        title=f"Time to {analysis.label}, interval-censored estimate",
        alt=(
            "Share of patients not yet recovered by day: lines where it is determined, "
            f"hatched boxes between visits where it is not. {test}".strip()
        ),
        caption=(
            f"n = {analysis.n} at risk.{grouped_text(analysis)} Nonparametric maximum "
            "likelihood (Turnbull) estimate. Shaded boxes: the estimate is not "
            "identified between visits."
        ),
        data=interval_sheet(analysis),
        draw=partial(interval_figure, analysis),
    )


def incidence_picture(analysis: RecoveryAnalysis) -> Picture:
    """Return recovery and death before it."""
    groups = shown_groups(analysis)
    curves = {
        str(curve.cause)
        if len(groups) == 1
        else f"{analysis.group} {group.label}, {curve.cause}": curve
        for group in groups
        for curve in group.incidence
    }
    return Picture(
        name=f"incidence_{analysis.endpoint}",
        title=f"Cumulative incidence of {analysis.label}, and of death before it",
        alt="Step curves of the cumulative incidence of recovery and of death.",
        caption=(
            f"n = {analysis.n} at risk.{grouped_text(analysis)} Death before recovery "
            "is a competing event and is not censored. Bands, pointwise 95 % CIs."
        ),
        data=incidence_sheet(analysis),
        draw=partial(incidence_figure, curves),
    )


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


def _summary(analysis: RecoveryAnalysis) -> str:
    told = []
    for group in shown_groups(analysis):
        at = at_primary(group, analysis.primary)
        head = "" if group.label == "all" else f"{group.label} "
        told.append(
            f"{head}{at.recovered} of {at.n}, {share_text(at)} "
            f"({limits_text(at)})" + (f", {at.died} died" if at.died else "")
        )
    tested = lead_text(analysis)
    label = analysis.label[0].upper() + analysis.label[1:]
    by = f", {analysis.group.lower()}" if len(told) > 1 else ""
    return f"{label} by {analysis.primary.label}{by}: {'; '.join(told)}" + (
        f"; {tested}" if tested else ""
    )


def _methods(found: tuple[RecoveryAnalysis, ...], material: Material) -> str:
    parts = []
    visits = [a for a in found if a.lead != "cumulative-incidence"]
    if visits:
        parts.append(
            "Patients known not to have an outcome at baseline were at risk of "
            "reaching it; those who had it, or whose state at baseline was not "
            "recorded, were not, and sensitivity analyses include the latter both "
            "ways. Recovery by a visit is given as the number known, with bounds from "
            "none to all of those undetermined and the exact 95 % limits of both "
            "bounds; sensitivity analyses require recovery to last to the last "
            "assessment."
        )
    if any(a.lead == "interval-censored" for a in found):
        parts.append(
            "Because recovery is known only to lie between two visits, its "
            "distribution was estimated by the Turnbull method, which assumes that "
            "visits do not depend on recovery."
        )
    if any(a.n_died for a in found):
        parts.append(
            "Death before recovery was treated as a competing event (Aalen-Johansen): "
            "those who died count as not recovered, and where patients at risk died no "
            "single test compares groups of visits."
        )
    if len(visits) < len(found):
        parts.append(
            "Recovery stated in words with a day was analyzed by its cumulative "
            "incidence, with death as a competing event; that there was a deficit to "
            "recover from is taken from the statement."
        )
    if any(a.difference is not None for a in found):
        text = (
            f"Groups by {found[0].group.lower()} were compared by the difference in "
            f"recovery by {material.study.rules.primary_visit.label}, with an interval "
            "that joins the Clopper-Pearson limits of both"
        )
        if any(a.interval is not None for a in found):
            text += (
                ", and by a permutation interval-censored log-rank test, which assumes "
                "similar visit schedules; attendance by group is given beside it"
            )
        parts.append(text + ".")
    return " ".join(parts)


def _assumptions(
    found: tuple[RecoveryAnalysis, ...], _material: Material
) -> Iterator[str]:
    if any(a.lead == "interval-censored" for a in found):
        yield (
            "interval-censored estimates and tests: that visits do not depend on "
            "recovery cannot be checked from the data"
        )
    unequal = [a for a in found if len(a.groups) > 1 and not a.equal_attendance]
    if unequal:
        yield (
            "permutation tests assume similar visit schedules of the groups; "
            "attendance was not the same for everybody in "
            + listing(a.label for a in unequal)
        )
    yield "noninformative censoring cannot be checked from the data"


PART = Part(
    chapter="recovery",
    heading=headed("Recovery"),
    results=of_study("recovery"),
    blocks=_blocks,
    sentences=lambda analysis, _material: (recovery_sentence(analysis),),
    summary=lambda found, _material: (_summary(found[0]),),
    methods=lambda found, material: (_methods(found, material),),
    assumptions=_assumptions,
)
