"""Every figure of a report with its words and the numbers behind it."""

from functools import partial

import attrs

from iph._categories import Nerve, Visit
from iph.report._anatomy_figure import anatomy_figure
from iph.report._baseline_sheets import flow_sheet
from iph.report._comparison_figure import comparison_figure
from iph.report._comparison_sheets import apart
from iph.report._course_sheets import (
    grades_sheet,
    moves_sheet,
    nerves_sheet,
    pain_sheet,
    zone_nerve_sheet,
    zone_share_sheet,
)
from iph.report._document import Picture, Sheet
from iph.report._flow_figure import flow_figure
from iph.report._forest_figure import ForestRow, forest_figure
from iph.report._grades_figure import alluvial_figure, grades_figure
from iph.report._incidence_figure import incidence_figure
from iph.report._interval_figure import interval_figure
from iph.report._numbers import estimate_interval, level_text, listing, share
from iph.report._pain_figure import pain_figure
from iph.report._recovery_figure import recovery_figure
from iph.report._recovery_sheets import (
    curve_sheet,
    exact_text,
    incidence_sheet,
    interval_sheet,
)
from iph.report._zones_figure import zones_figure
from iph.study._anatomy import Count, Zones
from iph.study._compared import ComparedClaim, Comparison
from iph.study._grades import GradeCourse
from iph.study._pain import PainCourse
from iph.study._parts import Unavailable
from iph.study._recovery import RecoveryAnalysis
from iph.study._study import Study
from iph.study._table_one import Table, TableRow


def comparison_pictures(comparison: Comparison, data: Sheet) -> tuple[Picture, ...]:
    """Return the shares beside those of a published study: at admission, and later."""
    shares = [row for row in comparison.rows if row.measure == "share"]
    early = [r for r in shares if r.visit is None or r.visit is Visit.BASELINE]
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
    differing = sum(apart(row) for row in rows)
    return Picture(
        name=name,
        title=f"This study beside {comparison.source}, {when}",
        alt=(
            f"Dots and squares: {len(rows)} shares of patients of this study and of "
            f"{comparison.source}, with intervals; in {differing} the interval of the "
            "difference leaves out zero."
        ),
        caption=(
            f"n = {comparison.n} in this study, fewer where not recorded. Dots, this "
            f"study; squares, as printed; lines, {level} confidence intervals after "
            "Clopper and Pearson. Differences with intervals after Miettinen and "
            "Nurminen, bold where they leave out zero; not adjusted for their number."
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
        caption=(
            "A record is excluded if it surely fails a criterion, undecided if one "
            "cannot be answered; reasons name the first such criterion."
        ),
        data=flow_sheet(found),
        draw=partial(flow_figure, study),
    )


def pain_picture(course: PainCourse) -> Picture:
    """Return the course of pain."""
    marks = (
        "marks, signed-rank tests of visits paired by patient, adjusted after Holm"
        if course.friedman_pairs
        else "no comparison, since fewer than two patients were seen at every visit"
    )
    return Picture(
        name="pain",
        title="Course of pain",
        alt=(
            f"Pain scores of {course.n - course.n_missing} patients by visit as thin "
            "lines, with the medians as a thick line and the quartiles as bars."
        ),
        caption=(
            f"n = {course.n - course.n_missing} of {course.n} ever asked. Thin lines, "
            "patients (equal scores spread by less than half a point); thick line and "
            f"bars, median and quartiles ({course.quartile_rule} rule); {marks}."
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
            "bottom, patients not assessed on top."
        ),
        caption=f"n = {course.n}; below each bar the number assessed.",
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
            "left. Counts are patients of those known; gray means not known."
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
            "those in whom it is known; a patient can stand in several cells."
        ),
        data=zone_nerve_sheet(zones),
        draw=partial(zones_figure, zones),
    )


def nerves_picture(nerves: tuple[Count, ...]) -> Picture:
    """Return the shares of the branches with their intervals."""
    rows = [
        ForestRow(label=nerve.label, estimate=c.share, text=share(c.count, c.share.n))
        for nerve, c in zip(Nerve, nerves, strict=True)
    ]
    return Picture(
        name="nerves",
        title="Branches involved",
        alt="Forest plot of the share of patients in whom each branch is involved.",
        caption=(
            "Squares, share of the patients of whom it is known; lines, 95 % "
            "confidence intervals after Clopper and Pearson."
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
            "Squares, standardized difference of the two groups; lines, 95 % "
            "confidence intervals; dashed, no difference."
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
        text=estimate_interval(found.estimate, found.low, found.high).replace(
            " (95 % CI, ", " ("
        ),
    )


def recovery_picture(analysis: RecoveryAnalysis) -> Picture:
    """Return the Kaplan-Meier curves."""
    tested = exact_text(analysis)
    ungrouped = (
        f" The group of {analysis.n_ungrouped} is not known; they are not drawn."
        if analysis.n_ungrouped and len(analysis.groups) > 1
        else ""
    )
    return Picture(
        name=f"recovery_{analysis.endpoint}",
        title=f"Time to {analysis.label}",
        alt=(
            "Kaplan-Meier curve of the share of patients not yet recovered, by day, "
            f"with the number at risk below. {tested}".strip()
        ),
        caption=(
            f"n = {analysis.n} at risk. Bands, pointwise 95 % confidence intervals, "
            "left out where undefined; ticks, patients last seen without recovery; "
            f"number at risk just before the day.{ungrouped}"
        ),
        data=curve_sheet(analysis),
        draw=partial(recovery_figure, analysis),
    )


def interval_picture(analysis: RecoveryAnalysis) -> Picture:
    """Return recovery as far as the visits tell."""
    return Picture(
        name=f"intervals_{analysis.endpoint}",
        title=f"Time to {analysis.label}, as far as the visits tell",
        alt=(
            "Share of patients not yet recovered by day: lines where it is determined, "
            "hatched boxes between visits where it is not."
        ),
        caption=(
            f"n = {analysis.n} at risk. Within a hatched box the curve falls from the "
            "upper to the lower edge on a day that no visit can tell."
        ),
        data=interval_sheet(analysis),
        draw=partial(interval_figure, analysis),
    )


def incidence_picture(analysis: RecoveryAnalysis) -> Picture:
    """Return recovery and death before it."""
    curves = {str(curve.cause): curve for curve in analysis.incidence}
    return Picture(
        name=f"incidence_{analysis.endpoint}",
        title=f"Cumulative incidence of {analysis.label}, and of death before it",
        alt="Step curves of the cumulative incidence of recovery and of death.",
        caption=(
            f"n = {analysis.n} at risk. Death ends the chance to recover and is not "
            "counted as censored here. Bands, 95 % confidence intervals."
        ),
        data=incidence_sheet(analysis),
        draw=partial(incidence_figure, curves),
    )
