"""Results in sentences an author can paste; every number comes from the study."""

import math

from iph._categories import Nerve
from iph.report._course_sheets import quartile_text
from iph.report._grades_figure import best_first
from iph.report._numbers import (
    counted,
    days,
    decimal,
    estimate_interval,
    level_text,
    listing,
    p_equals,
    p_with_error,
    share,
    share_interval,
    trimmed,
)
from iph.report._recovery_sheets import shown_groups
from iph.stats._inference.result import Estimate
from iph.study._anatomy import Count, SizeCorrelation, Zones
from iph.study._grades import GradeCourse
from iph.study._pain import PainCourse
from iph.study._parts import Unavailable
from iph.study._recovery import RecoveryAnalysis, RecoveryGroup
from iph.study._study import Study
from iph.study._table_one import CategoryCell, NumberCell, Table, TableRow

_USUAL_LEVEL = 0.05


def results_sentences(study: Study) -> tuple[str, ...]:
    """Return the results in words, one paragraph a part."""
    parts: list[str] = [_flow(study)]
    if study.patients:
        parts += [patients_sentence(study), _groups(study.table_one)]
    if isinstance(study.pain, PainCourse):
        parts.append(_pain(study.pain))
    parts += [_grades(c) for c in study.grades if isinstance(c, GradeCourse)]
    if isinstance(study.zones, Zones):
        parts.append(_zones(study.zones))
    if not isinstance(study.nerves, Unavailable):
        parts.append(_nerves(study.nerves))
    if isinstance(study.size, SizeCorrelation):
        parts.append(_size(study.size))
    parts += [_recovery(a) for a in study.recovery if isinstance(a, RecoveryAnalysis)]
    return tuple(part for part in parts if part)


def with_interval(count: int, estimate: Estimate) -> str:
    """Write a share with count, denominator and interval."""
    if not estimate.n:
        return share(count, estimate.n)
    level = level_text(estimate.confidence_level)
    return f"{share(count, estimate.n)[:-1]}; {level} CI, {share_interval(estimate)})"


def _flow(study: Study) -> str:
    found = study.screening
    analyzed = len(study.patients)
    return (
        f"Of {counted(found.n_assessed, 'record')}, {found.n_included} met the "
        f"criteria ({found.criteria.name}), {found.n_excluded} did not, and of "
        f"{found.n_unknown} the record did not say enough to decide; "
        f"{counted(analyzed, 'patient was', 'patients were')} analyzed."
    )


def _row(study: Study, name: str) -> TableRow | None:
    return next((row for row in study.table_one.rows if row.name == name), None)


def patients_sentence(study: Study) -> str:
    """Write age, sex and causes; empty if none of them is recorded."""
    parts = []
    age, sex = _row(study, "age_years"), _row(study, "sex")
    if age is not None and isinstance(age.cells[0], NumberCell) and age.cells[0].n:
        found = age.cells[0].description
        mean = found.mean if found.exact_mean is None else found.exact_mean
        middle = (
            f"mean age {decimal(mean, 1)} (SD {decimal(found.sd, 1)})"
            if found.shown == "mean"
            else f"median age {quartile_text(found.quartiles)}"
        )
        parts.append(f"{middle} years, recorded for {found.n}")
    if sex is not None and isinstance(sex.cells[0], CategoryCell) and sex.cells[0].n:
        cell = sex.cells[0]
        place = sex.level_labels.index("male")
        parts.append(f"{with_interval(cell.counts[place], cell.shares[place])} male")
    etiology = _row(study, "etiology")
    if etiology is not None and isinstance(etiology.cells[0], CategoryCell):
        causes = etiology.cells[0]
        listed = sorted(
            zip(causes.counts, etiology.level_labels, strict=True),
            key=lambda pair: -pair[0],
        )
        named = [f"{label} {share(k, causes.n)}" for k, label in listed[:3] if k]
        if named:
            parts.append(f"most frequent causes: {listing(named)}")
    return f"Patients: {'; '.join(parts)}." if parts else ""


def _groups(table: Table) -> str:
    """Say which characteristics of the groups differ; empty if nothing is grouped."""
    if not table.group:
        return ""
    sizes = ", ".join(
        f"{name} (n = {size})"
        for name, size in zip(table.columns[1:], table.sizes[1:], strict=True)
    )
    text = f"Grouped by {table.group}: {sizes or 'nobody'}"
    if table.n_ungrouped:
        text += f", and {table.n_ungrouped} not known"
    tested = [
        row
        for row in table.rows
        if row.test and row.p_value is not None and not math.isnan(row.p_value)
    ]
    if not tested:
        return f"{text}. No characteristic could be compared."
    differing = [row for row in tested if (row.p_value or 0.0) < _USUAL_LEVEL]
    compared = counted(len(tested), "characteristic")
    if not differing:
        return f"{text}. Of {compared} compared, none differed at the .05 level."
    named = listing(
        f"{row.label} ({p_equals(row.p_value)}, {row.test})" for row in differing
    )
    chance = trimmed(_USUAL_LEVEL * len(tested), 1)
    return (
        f"{text}. Of {compared} compared, {len(differing)} differed at the .05 level "
        f"without adjustment, where chance alone gives about {chance}: {named}."
    )


def _pain(course: PainCourse) -> str:
    medians = ", ".join(
        f"{quartile_text(at.quartiles)} at {at.visit.label} (n = {at.quartiles.n})"
        for at in course.visits
    )
    text = f"Median pain (Q1, Q3) was {medians}."
    last = course.visits[-1]
    if last.at_least_half is not None and last.at_least_half.n:
        relief = with_interval(last.n_responders, last.at_least_half)
        text += f" At {last.visit.label} it had fallen by 50 % or more in {relief}."
    friedman, kruskal = course.friedman, course.kruskal_wallis
    if friedman is not None:
        text += (
            f" The scores of {counted(friedman.n, 'patient')} seen at every visit "
            f"changed over time (Friedman chi-square with {friedman.df} df, "
            f"{decimal(friedman.statistic, 1)}; {p_equals(friedman.p_value)})."
            if friedman.p_value <= _USUAL_LEVEL
            else f" A change of the scores of {counted(friedman.n, 'patient')} seen at "
            f"every visit was not shown (Friedman {p_equals(friedman.p_value)})."
        )
    if kruskal is not None:
        text += (
            f" The test of the published study, Kruskal-Wallis, gives "
            f"{p_equals(kruskal.p_value)}; it takes the visits for independent groups, "
            "which they are not."
        )
    return text


def _grades(course: GradeCourse) -> str:
    best = best_first(course)[0]
    place = list(course.scale).index(best)
    ends = course.visits[:1] + course.visits[1:][-1:]
    told = [
        f"{with_interval(at.counts[place], at.shares[place])} at {at.visit.label}"
        for at in ends
    ]
    return f"{course.label}: grade {best.numeral} ({best.label}) in {listing(told)}."


def _zones(zones: Zones) -> str:
    parts = [
        f"{count.label} {share(count.count, zones.n)}"
        for count in zones.stretches
        if count.count
    ]
    return f"The hematoma lay in the zones {listing(parts)}."


def _nerves(nerves: tuple[Count, ...]) -> str:
    parts = [
        f"{nerve.label} {with_interval(count.count, count.share)}"
        for nerve, count in zip(Nerve, nerves, strict=True)
        if count.count
    ]
    if not parts:
        return "No branch of the lumbar plexus was recorded as involved."
    return f"Branches involved: {listing(parts)}."


def _size(size: SizeCorrelation) -> str:
    parts = []
    for what, found in (("zones", size.zones), ("nerves", size.nerves)):
        rho = estimate_interval(
            found.estimate, found.low, found.high, level=found.confidence_level
        )
        p = p_with_error(found.p_value, found.p_low, found.p_high)
        equals = "rho" if math.isnan(found.estimate) else "rho ="
        parts.append(f"number of {what}, {equals} {rho}, {p}, n = {found.n}")
    return f"Volume of the hematoma (Spearman): {'; '.join(parts)}."


def _one_group(group: RecoveryGroup) -> str:
    median = group.curve.median()
    text = f"{share(group.n_recovered, group.n)}"
    if math.isnan(median.value):
        return f"{text}, median not reached"
    bounds = f"{days(median.low)} to {days(median.high)}"
    level = level_text(median.confidence_level)
    return f"{text}, median {days(median.value)} days ({level} CI, {bounds})"


def _recovery(analysis: RecoveryAnalysis) -> str:
    groups = shown_groups(analysis)
    told = [
        f"{group.label}, {_one_group(group)}" if len(groups) > 1 else _one_group(group)
        for group in groups
    ]
    label = analysis.label[0].upper() + analysis.label[1:]
    text = f"{label} by Kaplan-Meier: {'; '.join(told)}"
    exact = analysis.exact
    if exact is not None:
        how = {
            "exact": f"exact log-rank, two-sided rule {exact.two_sided}",
            "monte-carlo": "simulated log-rank",
        }.get(exact.method, "asymptotic log-rank")
        p = p_with_error(exact.p_value, exact.p_low, exact.p_high)
        text += f" ({how}, {p})"
    return text + "."
