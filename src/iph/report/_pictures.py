"""Every figure of a report with its words and the numbers behind it."""

import math
from functools import partial
from typing import Final

import attrs

from iph._categories import Nerve, Visit
from iph.report._anatomy_figure import anatomy_figure
from iph.report._anatomy_sheets import (
    count_text,
    nerves_sheet,
    zone_nerve_sheet,
    zone_share_sheet,
)
from iph.report._baseline_sheets import flow_sheet
from iph.report._comparison_figure import comparison_figure
from iph.report._document import Picture, Sheet
from iph.report._flow_figure import flow_figure
from iph.report._forest_figure import ForestRow, forest_figure
from iph.report._grade_sheets import grades_sheet, moves_sheet
from iph.report._grades_figure import alluvial_figure, grades_figure
from iph.report._incidence_figure import incidence_figure
from iph.report._interval_figure import interval_figure
from iph.report._numbers import decimal, estimate_interval, level_text, listing
from iph.report._pain_figure import pain_figure
from iph.report._pain_sheets import pain_sheet
from iph.report._published_sheets import curve_sheet, reason_of
from iph.report._recovery_figure import recovery_figure
from iph.report._recovery_sheets import (
    incidence_sheet,
    interval_sheet,
    lead_text,
    shown_groups,
)
from iph.report._zones_figure import zones_figure
from iph.stats._tables.proportion import proportion
from iph.study._anatomy import Count, Zones
from iph.study._compared import ComparedClaim, Comparison
from iph.study._grades import GradeCourse
from iph.study._pain import PainCourse
from iph.study._parts import Unavailable
from iph.study._recovery_results import RecoveryAnalysis
from iph.study._study import Study
from iph.study._table_one import Table, TableRow

_NO_SHARE: Final = attrs.evolve(proportion(0, 0), low=math.nan, high=math.nan)


def comparison_pictures(comparison: Comparison, data: Sheet) -> tuple[Picture, ...]:
    """Return the shares beside those of a published study: at admission, and later."""
    shares = [row for row in comparison.rows if row.measure == "share"]
    early = [r for r in shares if r.visit is None or r.visit == Visit.BASELINE]
    late = [row for row in shares if row not in early]
    return tuple(
        _comparison_picture(comparison, tuple(rows), data, name, when)
        for name, when, rows in (
            ("comparison_admission", "at admission", early),
            ("comparison_course", "during follow-up", late),
        )
        if rows
    )


def _comparison_picture(
    comparison: Comparison,
    rows: tuple[ComparedClaim, ...],
    data: Sheet,
    name: str,
    when: str,
) -> Picture:
    level = level_text(comparison.confidence_level)
    return Picture(
        name=name,
        title=f"This study beside {comparison.source}, {when}",
        alt=(
            f"Dots and squares: {len(rows)} shares of patients of this study and of "
            f"{comparison.source}, with intervals."
        ),
        caption=(
            f"n = {comparison.n} in this study, fewer where not recorded. Dots, this "
            f"study; squares, as printed; lines, Clopper-Pearson {level} CIs. "
            "Differences with Miettinen and Nurminen's intervals; rows of one "
            "characteristic are not independent, and nothing is adjusted for case mix."
        ),
        data=data,
        draw=partial(comparison_figure, attrs.evolve(comparison, rows=rows)),
    )


def flow_picture(study: Study) -> Picture:
    """Return the flow diagram."""
    found = study.screening
    return Picture(
        name="flow",
        title="Flow of records",
        alt=(
            f"Flow diagram: {found.n_assessed} records assessed, {found.n_excluded} "
            f"excluded, {found.n_unknown} of unknown eligibility, {found.n_included} "
            f"included, {len(study.patients)} analyzed."
        ),
        caption=("Records failing several criteria are counted under the first."),
        data=flow_sheet(found),
        draw=partial(flow_figure, study),
    )


def pain_picture(course: PainCourse) -> Picture:
    """Return the course of pain."""
    return Picture(
        name="pain",
        title="Course of pain",
        alt=(
            f"Pain scores of {course.n - course.n_missing} patients by visit as thin "
            "lines, with the medians as a thick line and the quartiles as bars."
        ),
        caption=(
            f"Pain was recorded at least once in {course.n - course.n_missing} of "
            f"{course.n} patients. Thin lines are individual patients (jittered); "
            f"thick line and bars, median and quartiles ({course.quartile_rule} rule) "
            "of the patients scored at each visit."
        ),
        data=pain_sheet(course),
        draw=partial(pain_figure, course),
    )


def grades_picture(course: GradeCourse) -> Picture:
    """Return the stacked bars of a scale."""
    return Picture(
        name=f"grades_{course.field}",
        title=f"{course.label} at each visit",
        alt=(
            f"Stacked bars of {course.n} patients by grade at "
            f"{listing(v.visit.label for v in course.visits)}, best grade at the "
            "bottom, patients not assessed, or who had died, on top."
        ),
        caption=(
            f"n = {course.n}; below each bar the number assessed. Patients not "
            "assessed and those who had died are shown on top."
        ),
        data=grades_sheet(course),
        draw=partial(grades_figure, course),
    )


def alluvial_picture(course: GradeCourse) -> Picture:
    """Return the patients between grades."""
    return Picture(
        name=f"moves_{course.field}",
        title=f"{course.label}: patients between visits",
        alt=(
            f"Bands of {course.n} patients moving between grades at "
            f"{listing(v.visit.label for v in course.visits)}; the best grade is on "
            "top, patients not assessed at the bottom."
        ),
        caption=(
            f"n = {course.n}. A band is as wide as its number of patients and has the "
            "color of the grade that it comes from."
        ),
        data=moves_sheet(course),
        draw=partial(alluvial_figure, course),
    )


def anatomy_picture(
    zones: Zones | Unavailable, nerves: tuple[Count, ...] | Unavailable
) -> Picture:
    """Return the schematic of the iliopsoas."""
    sheet: Sheet = zone_share_sheet(zones, nerves)
    told = [f"{row.cells[0]} {row.cells[1]}" for row in sheet.rows]
    return Picture(
        name="anatomy",
        title="Iliopsoas: zones of the hematoma and branches of the lumbar plexus",
        alt=f"Drawing of the iliopsoas colored by share of patients: {listing(told)}.",
        caption=(
            "Schematic, not to scale: one side from the front, the midline on the "
            "left. Denominators are patients with known status; gray, not recorded, or "
            "recorded only where present."
        ),
        data=sheet,
        draw=partial(anatomy_figure, zones, nerves),
    )


def zones_picture(zones: Zones) -> Picture:
    """Return zone by nerve."""
    return Picture(
        name="zones_by_nerve",
        title="Zone by nerve",
        alt="Matrix of the number of patients with each zone and each nerve involved.",
        caption=(
            f"n = {zones.n} with recorded zones. Patients with the nerve involved, of "
            "those in whom it is known; a patient may be counted in several cells."
        ),
        data=zone_nerve_sheet(zones),
        draw=partial(zones_figure, zones),
    )


def nerves_picture(nerves: tuple[Count, ...]) -> Picture:
    """Return the shares of the branches with their intervals."""
    rows = [
        ForestRow(
            label=nerve.label,
            estimate=_NO_SHARE if c.share is None else c.share,
            text=count_text(c),
        )
        for nerve, c in zip(Nerve, nerves, strict=True)
    ]
    return Picture(
        name="nerves",
        title="Branches involved",
        alt="Forest plot of the share of patients in whom each branch is involved.",
        caption=(
            "Squares, share of the patients with known status; lines, Clopper-Pearson "
            "95 % CIs. Branches recorded only where involved have a count and no share."
        ),
        data=nerves_sheet(nerves),
        draw=partial(
            forest_figure,
            rows,
            label="Patients with the branch involved (%)",
            percent=True,
        ),
    )


def balance_picture(table: Table, data: Sheet) -> Picture | None:
    """Return the standardized differences of two groups; None if there are none."""
    rows = [_balance_row(row) for row in table.rows if row.difference is not None]
    if not rows:
        return None
    return Picture(
        name="balance",
        title=f"Standardized differences by {table.group}",
        alt="Forest plot of the standardized differences of the baseline table.",
        caption=(
            "Squares, standardized difference of the two groups; lines, 95 % CIs of "
            "numbers. Those of categories have no sign and no interval, and lie well "
            "above 0 by chance alone at this size; dashed, no difference."
        ),
        data=data,
        draw=partial(
            forest_figure, rows, label="Standardized difference", reference=0.0
        ),
    )


def _balance_row(row: TableRow) -> ForestRow:
    found = row.difference
    if found is None:  # pragma: no cover - filtered by the caller
        raise TypeError(row.name)
    return ForestRow(
        label=row.label,
        estimate=found,
        text=(
            decimal(found.estimate, 2)
            if math.isnan(found.low)
            else estimate_interval(found.estimate, found.low, found.high).replace(
                " (95 % CI, ", " ("
            )
        ),
    )


def _grouped(analysis: RecoveryAnalysis) -> str:
    """Say what the groups of a figure are, and who is in none."""
    if len(analysis.groups) <= 1:
        return ""
    text = f" Groups: {analysis.group.lower()}."
    if analysis.n_ungrouped:
        text += f" It was not known for {analysis.n_ungrouped}, who are not drawn."
    return text


def recovery_picture(analysis: RecoveryAnalysis) -> Picture:
    """Return the Kaplan-Meier curves, as published."""
    return Picture(
        name=f"recovery_{analysis.endpoint}",
        title=f"Time to {analysis.label}, Kaplan-Meier as published",
        alt=(
            "Kaplan-Meier curve of the share of patients not yet recovered, by day, "
            "with the number at risk below."
        ),
        caption=(
            f"n = {analysis.n} at risk.{_grouped(analysis)} Bands, pointwise 95 % CIs, "
            "left out where undefined; tick marks, censored patients; number at risk "
            f"just before the day. {reason_of(analysis)}"
        ),
        data=curve_sheet(analysis),
        draw=partial(recovery_figure, analysis),
    )


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
            f"n = {analysis.n} at risk.{_grouped(analysis)} Nonparametric maximum "
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
            f"n = {analysis.n} at risk.{_grouped(analysis)} Death before recovery is a "
            "competing event and is not censored. Bands, pointwise 95 % CIs."
        ),
        data=incidence_sheet(analysis),
        draw=partial(incidence_figure, curves),
    )
