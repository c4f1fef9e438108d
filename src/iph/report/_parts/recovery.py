"""Who recovered when, and how the groups differ."""

from collections.abc import Iterator
from functools import partial

from iph.report._competing import (
    as_competing,
    came,
    causes_that_came,
    declared_causes,
    gone_by,
    not_dated,
    taken_for,
    treated_as_competing,
)
from iph.report._document import Block, Paragraph, Picture
from iph.report._figures.incidence import incidence_figure
from iph.report._figures.interval import interval_figure
from iph.report._numbers import counted, listing, none_or, p_equals, p_with_error
from iph.report._parts.part import Material, Part, endpoints_heading, of_study
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
    capital,
    cause_text,
    difference_text,
    grouped_text,
    interval_way,
    lead_text,
    limits_text,
    lowered,
    method_words,
    share_text,
    shown_groups,
    window_text,
)
from iph.study._recovery_results import RecoveryAnalysis
from iph.study._recovery_words import wording_of


def _blocks(analysis: RecoveryAnalysis, material: Material) -> Iterator[Block]:
    yield recovery_sheet(analysis, material.unit)
    yield by_visit_sheet(analysis)
    compared = group_tests_sheet(analysis, material.unit)
    if compared is not None:
        yield compared
    if analysis.comparison is not None:
        yield Paragraph(analysis.comparison.sentence)
    yield sensitivity_sheet(analysis)
    if analysis.lead == "interval-censored":
        yield interval_picture(analysis, material)
    else:
        yield incidence_picture(analysis, material)


def interval_picture(analysis: RecoveryAnalysis, material: Material) -> Picture:
    """Return recovery as far as the visits show."""
    test, wording = lead_text(analysis), wording_of(analysis.label)
    return Picture(
        name=f"intervals_{analysis.endpoint}",
        title=f"Time to {analysis.label}, interval-censored estimate",
        alt=(
            f"Share of patients who had not yet {wording.done} by time: lines where "
            "it is determined, hatched boxes between visits where it is not. "
            f"{test}".strip()
        ),
        caption=(
            f"n = {analysis.n} at risk.{grouped_text(analysis)} Nonparametric maximum "
            "likelihood (Turnbull) estimate. Hatched boxes: the estimate is not "
            "identified between visits."
        ),
        data=interval_sheet(analysis, material.unit),
        draw=partial(
            interval_figure,
            analysis,
            time_unit=material.unit,
            day_zero=material.protocol.day_zero,
        ),
    )


def incidence_picture(analysis: RecoveryAnalysis, material: Material) -> Picture:
    """Return recovery, and death and other competing events before it."""
    groups, wording = shown_groups(analysis), wording_of(analysis.label)
    curves = {
        cause_text(curve, wording)
        if len(groups) == 1
        else f"{analysis.group} {group.label}, {cause_text(curve, wording)}": curve
        for group in groups
        for curve in group.incidence
    }
    causes = listing(causes_that_came([analysis]))
    before = f", and of {causes} before it" if causes else ""
    others = f" and of {causes}" if causes else ""
    declared = declared_causes([analysis])
    are = "is not" if len(declared) == 1 else "are not"
    return Picture(
        name=f"incidence_{analysis.endpoint}",
        title=f"Cumulative incidence of {analysis.label}{before}",
        alt=f"Step curves of the cumulative incidence of {wording.noun}{others}.",
        caption=(
            f"n = {analysis.n} at risk.{grouped_text(analysis)} "
            f"{capital(as_competing(declared, wording.noun))} and {are} censored. "
            "Bands, pointwise 95 % CIs."
        ),
        data=incidence_sheet(analysis, material.unit),
        draw=partial(
            incidence_figure,
            curves,
            time_unit=material.unit,
            day_zero=material.protocol.day_zero,
        ),
    )


def recovery_sentence(analysis: RecoveryAnalysis, unit: str = "days") -> str:
    """Say who was at risk, who recovered, and how the groups differ."""
    label, wording = capital(analysis.label), wording_of(analysis.label)
    if analysis.lead == "cumulative-incidence":
        risk = f"{counted(analysis.n, 'patient')} had {wording.dated}"
        if analysis.n_unknown_baseline:
            risk += f" ({not_dated(analysis)})"
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
        many = analysis.n_at_start + analysis.n_unknown_baseline
        were = "was" if many == 1 else "were"
        risk += f" ({listing(out)} {were} not)" if out else ""
    whole = analysis.overall
    found = counted(whole.n_recovered, "was", "were")
    text = f"{label}: {risk}; {found} seen to {wording.verb}"
    if whole.n_relapsed:
        text += f", and {whole.n_relapsed} of these lost it again"
    if analysis.n_died:
        text += f"; {analysis.n_died} died before {wording.noun} was seen"
    for event in came(analysis.competing):
        text += f"; {event.label} came first in {event.n}"
    text += ". " + _by_primary(analysis)
    if analysis.lead == "interval-censored":
        told = [_window(g.label, window_text(g, unit)) for g in shown_groups(analysis)]
        text += (
            f" Median time to {wording.noun} (interval-censored): {'; '.join(told)}."
        )
    return text + _compared(analysis)


def _window(label: str, window: str) -> str:
    return window if label == "all" else f"{label}, {window}"


def _by_primary(analysis: RecoveryAnalysis) -> str:
    """Say how many had recovered by the primary visit, with bounds and limits."""
    groups, done = shown_groups(analysis), wording_of(analysis.label).done
    told = []
    for group in groups:
        at = at_primary(group, analysis.primary)
        part = f"{none_or(at.recovered)} of {at.n} had {done}"
        if at.died:
            part += f", {at.died} had died"
        if at.competing:
            part += f", {gone_by(group, at.competing)}"
        if at.undetermined:
            be = "was" if at.undetermined == 1 else "were"
            part += f" and {at.undetermined} {be} undetermined"
        part += f" ({share_text(at)}; exact 95 % limits, {limits_text(at)})"
        told.append(part if group.label == "all" else f"{group.label}, {part}")
    by = f"By {analysis.primary.label}"
    if len(groups) > 1:
        by += f", in groups by {analysis.group.lower()}"
        if analysis.n_ungrouped:
            told.append(
                f"{analysis.group.lower()} was not known for {analysis.n_ungrouped}"
            )
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
            text += f"; interval-censored log-rank test, {p}"
        elif analysis.gray is not None:
            text += f"; Gray's test, {p_equals(analysis.gray.p_value)}"
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
            f"({limits_text(at)})"
            + (f", {at.died} died" if at.died else "")
            + (f", {gone_by(group, at.competing)}" if at.competing else "")
        )
    tested = lead_text(analysis)
    label = capital(analysis.label)
    by = f", {analysis.group.lower()}" if len(told) > 1 else ""
    return f"{label} by {analysis.primary.label}{by}: {'; '.join(told)}" + (
        f"; {tested}" if tested else ""
    )


def _methods(found: tuple[RecoveryAnalysis, ...], material: Material) -> str:
    parts = []
    noun, head = _together(found)
    visits = [a for a in found if a.lead != "cumulative-incidence"]
    kept, done = "recovery", "recovered"
    if noun != "recovery":
        kept, done = "the endpoint, once reached,", "reached it"
    if visits:
        parts.append(
            "Patients known not to have an outcome at baseline were at risk of "
            f"reaching it; {_not_at_risk(visits)}. By a visit the number known to have "
            f"{done} is given, with bounds from none to all of those undetermined and "
            "the exact 95 % limits of both bounds; sensitivity analyses require "
            f"{kept} to last to the last assessment."
        )
    if any(a.lead == "interval-censored" for a in found):
        parts.append(
            f"Because {noun} is known only to lie between two visits, its "
            "distribution was estimated by the Turnbull method, which assumes that "
            f"visits do not depend on {noun}."
        )
    if any(a.n_gone for a in found):
        parts.append(treated_as_competing(found, noun, head))
    forms = {rule.name: rule.form for rule in material.protocol.endpoints}
    stated = [a for a in found if forms[a.endpoint] == "stated"]
    if stated:
        causes = taken_for(declared_causes(stated))
        parts.append(
            f"{capital(noun)} stated in words with a day was analyzed by its "
            f"cumulative incidence, with {causes}; that there was a deficit to recover "
            "from is taken from the statement."
        )
    recorded = [a for a in found if forms[a.endpoint] == "recorded"]
    if recorded:
        causes = taken_for(declared_causes(recorded))
        gray = any(a.gray is not None for a in recorded)
        tested = "; groups were compared by Gray's test" if gray else ""
        parts.append(
            "An endpoint whose time was recorded was analyzed by its cumulative "
            f"incidence, with {causes}{tested}."
        )
    if any(a.overall.incidence for a in found):
        parts.append(
            "Intervals of a cumulative incidence are pointwise, those of "
            "Clopper and Pearson for a count out of an effective sample size."
        )
    differences = [a.difference for a in found if a.difference is not None]
    if differences:
        way = interval_way(one.method for one in differences)
        text = (
            f"Groups by {lowered(found[0].group)} were compared by the difference in "
            f"{noun} by {material.study.rules.primary_visit.label}, with an interval "
            f"that {way}"
        )
        methods = {
            method_words(a.interval.method) for a in found if a.interval is not None
        }
        if methods:
            text += (
                ", and by the interval-censored log-rank test "
                f"({listing(sorted(methods))}), which assumes similar visit schedules; "
                "attendance by group is given beside it"
            )
        parts.append(text + ".")
    return " ".join(parts)


def _not_at_risk(found: list[RecoveryAnalysis]) -> str:
    """Say who is not at risk, and of an unknown baseline only where there is one."""
    if not any(a.n_unknown_baseline for a in found):
        return "those who had it were not"
    return (
        "those who had it, or whose state at baseline was not recorded, were not, and "
        "sensitivity analyses include the latter both ways"
    )


def _together(found: tuple[RecoveryAnalysis, ...]) -> tuple[str, str]:
    """Return how several endpoints are spoken of together."""
    recovers = all(wording_of(a.label).noun == "recovery" for a in found)
    return (
        ("recovery", "recovered") if recovers else ("reaching the endpoint", "reached")
    )


def _assumptions(
    found: tuple[RecoveryAnalysis, ...], _material: Material
) -> Iterator[str]:
    noun, _ = _together(found)
    if any(a.lead == "interval-censored" for a in found):
        yield (
            "interval-censored estimates and tests: that visits do not depend on "
            f"{noun} cannot be checked from the data"
        )
    tested = [a for a in found if a.interval is not None]  # where nobody died
    unequal = [a for a in tested if not a.equal_attendance]
    if unequal:
        yield (
            "tests of groups assume similar visit schedules of the groups; "
            "attendance was not the same for everybody in "
            + listing(a.label for a in unequal)
        )
    yield "noninformative censoring cannot be checked from the data"


def _warnings(
    found: tuple[RecoveryAnalysis, ...], _material: Material
) -> Iterator[str]:
    """Say what was seen, and does not count, and who died outside the analysis."""
    for analysis in found:
        wording = wording_of(analysis.label)
        if analysis.n_undated_gone:
            yield (
                f"{analysis.label}: {not_dated(analysis, wording.dated)}; leaving them "
                f"out can overstate how many {wording.done}"
            )
        events = [
            f"{event.label} came first in {counted(event.n, 'patient')} at risk"
            for event in came(analysis.competing)
        ]
        if events:
            yield (
                f"{listing(events)}: what was seen of {analysis.label} after that does "
                "not count"
            )


def _answers(
    found: tuple[RecoveryAnalysis, ...], _material: Material
) -> dict[str, str]:
    answers = dict.fromkeys(("outcomes", "estimates", "risks"), "")
    if any(len(analysis.groups) > 1 for analysis in found):
        answers["subgroups"] = ""
    return {**answers, "sensitivity": "sensitivity tables"}


PART = Part(
    chapter="recovery",
    heading=endpoints_heading,
    results=of_study("recovery"),
    blocks=_blocks,
    sentences=lambda analysis, material: (recovery_sentence(analysis, material.unit),),
    summary=lambda found, _material: (_summary(found[0]),),
    methods=lambda found, material: (_methods(found, material),),
    warnings=_warnings,
    assumptions=_assumptions,
    answers=_answers,
)
