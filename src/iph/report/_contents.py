"""A study as a document: which chapter says what, in which order."""

from collections.abc import Iterable
from functools import partial

from iph.report._baseline_sheets import (
    coagulation_sheet,
    flow_sheet,
    table_one_sheet,
)
from iph.report._course_sheets import (
    dunn_sheet,
    friedman_pairs_sheet,
    grades_sheet,
    nerves_sheet,
    pain_sheet,
    pain_tests_sheet,
    size_sheet,
    zone_nerve_sheet,
    zones_sheet,
)
from iph.report._document import (
    Block,
    Bullets,
    Document,
    Paragraph,
    Picture,
    Section,
    Sheet,
)
from iph.report._flow_figure import flow_figure
from iph.report._methods import (
    assumptions,
    methods_sentences,
    rules_used,
    versions_sheet,
    warnings_of,
)
from iph.report._recovery_figure import recovery_figure
from iph.report._recovery_sheets import (
    curve_sheet,
    exact_text,
    logrank_sheet,
    recovery_sheet,
)
from iph.report._sentences import results_sentences
from iph.study._anatomy import SizeCorrelation, Zones
from iph.study._grades import GradeCourse
from iph.study._pain import PainCourse
from iph.study._parts import Unavailable
from iph.study._recovery import RecoveryAnalysis
from iph.study._study import Study

SYNTHETIC = "Made-up patients: nothing in this report is a finding."


def document_of(study: Study) -> Document:
    """Return the report of a study, not yet in any format."""
    label = study.cohort.label or "Cohort"
    analyzed = len(study.patients)
    sections = (
        _section(
            "results", "Results in sentences", _paragraphs(results_sentences(study))
        ),
        _section("participants", "Participants", (_flow(study),)),
        _section(
            "baseline",
            "Baseline characteristics",
            (table_one_sheet(study), coagulation_sheet(study)),
        ),
        _section("pain", "Pain", _pain(study.pain)),
        _section("grades", "Grades by visit", _grades(study)),
        _section("anatomy", "Zones and nerves", _anatomy(study)),
        _section("recovery", "Recovery", _recovery(study)),
        _section(
            "methods", "Methods in sentences", _paragraphs(methods_sentences(study))
        ),
        _section("rules", "Rules used", (Bullets(rules_used(study)),)),
        _section("assumptions", "Assumptions", _bullets(assumptions(study))),
        _section("warnings", "Warnings", (Bullets(warnings_of(study)),)),
        _section("gaps", "What the data cannot carry", _gaps(study)),
        _section("software", "Software versions", (versions_sheet(),)),
    )
    return Document(
        title="Iliopsoas hematoma: report of a study",
        subtitle=f"{label}: {analyzed} of {len(study.cohort)} records analyzed",
        banner=SYNTHETIC if study.cohort.synthetic else "",
        sections=sections,
    )


def _section(name: str, title: str, blocks: Iterable[Block]) -> Section:
    return Section(name=name, title=title, blocks=tuple(blocks))


def _paragraphs(texts: Iterable[str]) -> tuple[Block, ...]:
    return tuple(Paragraph(text) for text in texts)


def _bullets(items: tuple[str, ...]) -> tuple[Block, ...]:
    if not items:
        return (Paragraph("Nothing was computed that takes anything for granted."),)
    return (Bullets(items),)


def _gaps(study: Study) -> tuple[Block, ...]:
    gaps = study.unavailable
    if not gaps:
        return (Paragraph("Every part is filled."),)
    return (Bullets(tuple(gap.sentence for gap in gaps)),)


def _flow(study: Study) -> Picture:
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


def _pain(course: PainCourse | Unavailable) -> tuple[Block, ...]:
    if isinstance(course, Unavailable):
        return (Paragraph(course.sentence),)
    blocks: list[Block] = [pain_sheet(course)]
    if course.kruskal_wallis is not None:
        blocks.append(pain_tests_sheet(course))
    if course.friedman_pairs:
        blocks.append(friedman_pairs_sheet(course.friedman_pairs))
    if course.dunn:
        blocks.append(dunn_sheet(course.dunn))
    return tuple(blocks)


def _grades(study: Study) -> tuple[Block, ...]:
    blocks: list[Block] = []
    for course in study.grades:
        if isinstance(course, GradeCourse):
            blocks.append(grades_sheet(course))
        else:
            blocks.append(Paragraph(course.sentence))
    return tuple(blocks)


def _anatomy(study: Study) -> tuple[Block, ...]:
    blocks: list[Block] = []
    if isinstance(study.zones, Zones):
        blocks += [zones_sheet(study.zones), zone_nerve_sheet(study.zones)]
    else:
        blocks.append(Paragraph(study.zones.sentence))
    if isinstance(study.nerves, Unavailable):
        blocks.append(Paragraph(study.nerves.sentence))
    else:
        blocks.append(nerves_sheet(study.nerves))
    if isinstance(study.size, SizeCorrelation):
        blocks.append(size_sheet(study.size))
    else:
        blocks.append(Paragraph(study.size.sentence))
    return tuple(blocks)


def _recovery(study: Study) -> tuple[Block, ...]:
    blocks: list[Block] = []
    for analysis in study.recovery:
        if isinstance(analysis, Unavailable):
            blocks.append(Paragraph(analysis.sentence))
            continue
        blocks.append(recovery_sheet(analysis))
        tests: Sheet | None = logrank_sheet(analysis)
        if tests is not None:
            blocks.append(tests)
        blocks.append(_recovery_picture(analysis))
    return tuple(blocks)


def _recovery_picture(analysis: RecoveryAnalysis) -> Picture:
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
