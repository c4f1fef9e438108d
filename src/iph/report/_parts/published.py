"""What a published study computed and does not lead here, with why."""

import math
from collections.abc import Iterable, Iterator
from functools import partial

from iph.report._competing import causes_that_came, taken_for
from iph.report._document import Block, Paragraph, Picture
from iph.report._figures.recovery import recovery_figure
from iph.report._numbers import (
    counted,
    days,
    decimal,
    level_text,
    listing,
    p_value,
    p_with_error,
    share,
)
from iph.report._parts.part import Material, Part, Results
from iph.report._phrases import (
    analysis_title,
    band_text,
    capital,
    group_head,
    grouped_text,
    listed_groups,
    method_words,
    share_of_all,
    shown_groups,
)
from iph.report._sheet import Sheet, SheetRow
from iph.stats._groups.dunn import DunnComparison
from iph.study._pain import PainCourse
from iph.study._recovery_results import RecoveryAnalysis, RecoveryGroup
from iph.study._recovery_words import wording_of
from iph.study._study import Study


def _results(material: Material) -> Results:
    """Return the study if it holds anything of the kind."""
    study = material.study
    pain, recovery = study.pain, study.recovery
    compared = isinstance(pain, PainCourse) and (pain.kruskal_wallis or pain.dunn)
    reached = any(isinstance(a, RecoveryAnalysis) for a in recovery)
    return (study,) if compared or reached else ()


def _blocks(study: Study, material: Material) -> Iterator[Block]:
    yield Paragraph(
        "What the study of 2023 computed itself, for comparison; the sections above "
        "say what leads instead. That study chose between mean and median by the "
        "Shapiro-Wilk test; this report does so only on request."
        if _as_published(material)
        else "Kaplan-Meier curves and log-rank tests, which many readers expect; the "
        "sections above say what leads instead."
    )
    if isinstance(study.pain, PainCourse):
        kruskal = published_pain_sheet(study.pain)
        if kruskal is not None:
            yield kruskal
        if study.pain.dunn:
            yield dunn_sheet(study.pain.dunn)
    for analysis in study.recovery:
        if isinstance(analysis, RecoveryAnalysis):
            yield published_recovery_sheet(analysis, material)
            yield recovery_picture(analysis, material)


def published_pain_sheet(course: PainCourse) -> Sheet | None:
    """Print the test of all visits as published; None with fewer than two visits."""
    kruskal = course.kruskal_wallis
    if kruskal is None:
        return None
    return Sheet(
        name="pain_published",
        title="Pain at all visits, Kruskal-Wallis as published",
        header=("Test", "Chi-square (df)", "P value", "Used"),
        rows=(
            SheetRow(
                (
                    f"Kruskal-Wallis, {method_words(kruskal.method)}",
                    f"{decimal(kruskal.statistic, 1)} ({kruskal.df})",
                    p_value(kruskal.p_value),
                    f"{kruskal.n} scores",
                )
            ),
        ),
        notes=(
            (
                "The test treats visits as independent groups, although they are the "
                "same patients; its P value has no meaning here."
            ),
        ),
    )


def dunn_sheet(pairs: Iterable[DunnComparison]) -> Sheet:
    """Print the comparisons of visits as published."""
    listed = tuple(pairs)
    return Sheet(
        name="pain_pairs_published",
        title="Pain between visits, Dunn's test as published",
        header=("Visits", "z", "P value", "Adjusted P value"),
        rows=tuple(
            SheetRow(
                (
                    f"{pair.first} and {pair.second}",
                    decimal(pair.z, 2),
                    p_value(pair.p_value),
                    p_value(pair.p_adjusted),
                )
            )
            for pair in listed
        ),
        notes=(
            (
                f"Dunn's test on {listed[0].n} scores treated as independent, although "
                "they are of the same patients; P values adjusted after "
                f"{listed[0].adjust.capitalize()}."
            ),
        ),
    )


def _as_published(material: Material) -> bool:
    """Whether these are the analyses of a published study that is compared with."""
    return material.protocol.compare_with is not None


def _suffix(material: Material) -> str:
    return " as published" if _as_published(material) else ""


def published_recovery_sheet(analysis: RecoveryAnalysis, material: Material) -> Sheet:
    """Print Kaplan-Meier medians and log-rank tests, as published."""
    rows = [
        (
            f"Kaplan-Meier median, {group.label}",
            _median_text(group, material.unit),
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
                _same_follow_up(analysis),
            )
        )
    return Sheet(
        name=f"recovery_{analysis.endpoint}_published",
        title=analysis_title(analysis, f", Kaplan-Meier{_suffix(material)}"),
        header=("Statistic", "Result", "Remark"),
        rows=tuple(SheetRow(row) for row in rows),
        notes=(reason_of(analysis),),
    )


def _same_follow_up(analysis: RecoveryAnalysis) -> str:
    """Say what the exact test assumes, and holds of these patients."""
    if analysis.lead != "cumulative-incidence":
        return "all were assessed at the same visits"
    return f"nobody left before the last to {wording_of(analysis.label).verb} had"


def reason_of(analysis: RecoveryAnalysis) -> str:
    """Say why Kaplan-Meier does not lead."""
    wording = wording_of(analysis.label)
    subject = "Recovery" if wording.noun == "recovery" else "The endpoint"
    if analysis.n_gone:
        causes = causes_that_came([analysis])
        return (
            f"Kaplan-Meier treats {listing(causes)} as if {wording.noun} were still "
            f"possible ({counted(analysis.n_gone, 'patient')}), and so overstates its "
            f"share: the main analysis counts {taken_for(causes)}."
        )
    if analysis.lead == "cumulative-incidence":
        without = ["deaths", *(event.label for event in analysis.competing)]
        return (
            f"Without {' or '.join(without)} it is the complement of the cumulative "
            "incidence."
        )
    tested = (
        "; the tests compare times of visits, and depend on who attended which"
        if _is_tested(analysis)
        else ""
    )
    return (
        f"{subject} is dated to the first visit at which it was seen, although it "
        f"came somewhere between two visits{tested}."
    )


def _is_tested(analysis: RecoveryAnalysis) -> bool:
    """Whether groups are compared by a log-rank test."""
    return analysis.logrank is not None or analysis.exact is not None


def _median_text(group: RecoveryGroup, unit: str) -> str:
    """Write the median as the day of a visit, with its interval."""
    found = group.curve.median(flat="first")
    if math.isnan(found.value):
        low = (
            "" if math.isnan(found.low) else f" (lower limit, {days(found.low)} {unit})"
        )
        return f"not reached{low}"
    level = level_text(found.confidence_level)
    low, high = (
        "not estimable" if math.isnan(b) else days(b) for b in (found.low, found.high)
    )
    if low == high == "not estimable":
        return f"{days(found.value)} {unit} ({level} CI not estimable)"
    return f"{days(found.value)} {unit} ({level} CI, {low} to {high})"


def curve_sheet(analysis: RecoveryAnalysis, unit: str = "days") -> Sheet:
    """Print the steps of the Kaplan-Meier curves."""
    rows, head = [], wording_of(analysis.label).head
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
            capital(unit.removesuffix("s")),
            "At risk just before",
            head,
            "Censored",
            f"Not yet {head.lower()}",
            "95 % CI",
        ),
        rows=tuple(rows),
        notes=(reason_of(analysis),),
    )


def recovery_picture(analysis: RecoveryAnalysis, material: Material) -> Picture:
    """Return the Kaplan-Meier curves, as published."""
    return Picture(
        name=f"recovery_{analysis.endpoint}",
        title=f"Time to {analysis.label}, Kaplan-Meier{_suffix(material)}",
        alt=(
            "Kaplan-Meier curve of the share of patients who had not yet "
            f"{wording_of(analysis.label).done}, by time, with the number at risk "
            "below."
        ),
        caption=(
            f"n = {analysis.n} at risk.{grouped_text(analysis)} Bands, pointwise "
            "95 % CIs, left out where undefined; crosses, censored patients; "
            f"number at risk just before each time. {reason_of(analysis)}"
        ),
        data=curve_sheet(analysis, material.unit),
        draw=partial(
            recovery_figure,
            analysis,
            time_unit=material.unit,
            day_zero=material.protocol.day_zero,
        ),
    )


def _noun(study: Study) -> str:
    labels = [a.label for a in study.recovery if isinstance(a, RecoveryAnalysis)]
    nouns = {wording_of(label).noun for label in labels}
    return nouns.pop() if len(nouns) == 1 else "what was reached"


def _methods(study: Study, material: Material) -> str:
    """Name what is shown only because it was published."""
    parts = []
    if isinstance(study.pain, PainCourse) and study.pain.kruskal_wallis is not None:
        parts.append(
            "the Kruskal-Wallis test of visits with Dunn's comparisons (Bonferroni)"
        )
    found = [a for a in study.recovery if isinstance(a, RecoveryAnalysis)]
    if found:
        what = (
            "Kaplan-Meier curves and log-rank tests with"
            if any(map(_is_tested, found))
            else "Kaplan-Meier curves with"
        )
        parts.append(
            f"{what} {_noun(study)} dated to the first visit at which it was seen"
        )
    if not parts:
        return ""
    named = capital(listing(parts))
    if _as_published(material):
        named = f"For comparison with the study of 2023, {listing(parts)}"
    text = f"{named} are shown in a section of their own; no conclusion rests on them."
    if found:
        text += (
            " Intervals of a Kaplan-Meier curve are pointwise and of the beta product "
            "kind; that of its median is where they cross one half."
        )
    return text


PART = Part(
    chapter="published",
    heading=lambda material: (
        "As published"
        if _as_published(material)
        else "Kaplan-Meier estimates, for comparison"
    ),
    results=_results,
    blocks=_blocks,
    methods=lambda _found, material: (_methods(material.study, material),),
)
