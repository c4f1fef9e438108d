"""A study as a document: which chapter says what, in which order."""

from collections.abc import Iterable

import attrs

from iph.report._anatomy_sheets import nerves_sheet, size_sheet, zones_sheet
from iph.report._attendance_sheets import attendance_sheet, missed_sheet
from iph.report._baseline_sheets import (
    coagulation_sheet,
    table_one_sheet,
)
from iph.report._checklists import checklist_sheets
from iph.report._comparison_sheets import (
    comparison_cautions,
    comparison_methods,
    comparison_sentences,
    comparison_sheet,
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
from iph.report._grade_sheets import (
    grade_changes_sheet,
    grades_sheet,
    transition_sheet,
)
from iph.report._group_sheets import group_outcomes_sheet, treatments_sheet
from iph.report._methods import (
    methods_sentences,
    rules_used,
    versions_sheet,
)
from iph.report._numbers import sentence
from iph.report._outcome_sheets import outcomes_sheet
from iph.report._pain_sheets import (
    dunn_sheet,
    pain_changes_sheet,
    pain_sheet,
    pain_steps_sheet,
    pain_tests_sheet,
    published_pain_sheet,
)
from iph.report._pictures import (
    alluvial_picture,
    anatomy_picture,
    balance_picture,
    comparison_pictures,
    flow_picture,
    grades_picture,
    incidence_picture,
    interval_picture,
    nerves_picture,
    pain_picture,
    recovery_picture,
    zones_picture,
)
from iph.report._published_sheets import published_recovery_sheet
from iph.report._recovery_sheets import (
    by_visit_sheet,
    group_tests_sheet,
    recovery_sheet,
    sensitivity_sheet,
)
from iph.report._sentences import results_sentences
from iph.report._warnings import assumptions, coagulation_note, warnings_of
from iph.study._anatomy import SizeCorrelation, Zones
from iph.study._compared import Comparison
from iph.study._grades import GradeCourse
from iph.study._outcomes import StatedOutcomes
from iph.study._pain import PainCourse
from iph.study._parts import Unavailable
from iph.study._recovery_results import RecoveryAnalysis
from iph.study._study import Study

CONVENIENCE = (
    "A convenience sample: the counts describe these patients, and no rate of any "
    "population can be read from them."
)
SYNTHETIC = "Made-up patients: nothing in this report is a finding."


def document_of(study: Study, comparison: Comparison | None = None) -> Document:
    """Return the report of a study, not yet in any format."""
    label = study.cohort.label or "Cohort"
    analyzed = len(study.patients)
    sections = (
        _section(
            "results", "Results in sentences", _paragraphs(results_sentences(study))
        ),
        _section("participants", "Participants", _participants(study)),
        _section(
            "baseline",
            "Baseline characteristics",
            _baseline(study),
        ),
        _section("pain", "Pain", _pain(study.pain)),
        _section("grades", "Grades by visit", _grades(study)),
        _section("anatomy", "Zones and nerves", _anatomy(study)),
        _section("recovery", "Recovery", _recovery(study)),
        *_published(study),
        *_compared(comparison),
        _section("methods", "Methods in sentences", _methods(study, comparison)),
        _section("rules", "Rules used", (Bullets(rules_used(study)),)),
        _section("assumptions", "Assumptions", _bullets(assumptions(study))),
        _section("warnings", "Warnings", (Bullets(warnings_of(study)),)),
        _section("gaps", "What the data cannot carry", _gaps(study)),
        _section("checklists", "Reporting checklists", _checklists(study)),
        _section("software", "Software versions", (versions_sheet(),)),
    )
    return Document(
        title="Iliopsoas hematoma: report of a study",
        subtitle=f"{label}: {analyzed} of {len(study.cohort)} records analyzed",
        banner=_banner(study),
        sections=tuple(_told(s) for s in sections) if study.convenience else sections,
    )


def _told(section: Section) -> Section:
    """Say of each table and figure that it is of a convenience sample."""
    if section.name in {"checklists", "software"}:
        return section
    blocks: list[Block] = []
    for block in section.blocks:
        found = block
        if isinstance(found, Sheet):
            found = attrs.evolve(found, notes=(*found.notes, CONVENIENCE))
        elif isinstance(found, Picture):
            data = attrs.evolve(found.data, notes=(*found.data.notes, CONVENIENCE))
            caption = f"{found.caption} {CONVENIENCE}"
            found = attrs.evolve(found, caption=caption, data=data)
        blocks.append(found)
    return attrs.evolve(section, blocks=tuple(blocks))


def _participants(study: Study) -> tuple[Block, ...]:
    missed = missed_sheet(study.attendance)
    blocks: tuple[Block, ...] = (flow_picture(study),)
    if study.patients:
        blocks = (*blocks, attendance_sheet(study.attendance))
    return blocks if missed is None else (*blocks, missed)


def _compared(comparison: Comparison | None) -> tuple[Section, ...]:
    if comparison is None:
        return ()
    blocks: list[Block] = [*_paragraphs(comparison_sentences(comparison))]
    if comparison.rows:
        table = comparison_sheet(comparison)
        blocks += [*comparison_pictures(comparison, table), table]
    blocks.append(Bullets(comparison_cautions(comparison)))
    title = f"Comparison with {comparison.source}"
    return (_section("comparison", title, blocks),)


def _methods(study: Study, comparison: Comparison | None) -> tuple[Block, ...]:
    texts = list(methods_sentences(study))
    if comparison is not None:
        texts.insert(-1, comparison_methods(comparison))  # before the versions
    return _paragraphs(text for text in texts if text)


def _banner(study: Study) -> str:
    """Return what a reader must know first; the rest stands among the warnings."""
    if study.cohort.synthetic:
        return SYNTHETIC
    return sentence(study.cohort.notes[0]) if study.cohort.notes else ""


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


def _baseline(study: Study) -> tuple[Block, ...]:
    table = table_one_sheet(study.table_one, coagulation=coagulation_note(study))
    balance = balance_picture(study.table_one, table)
    tables: tuple[Block, ...] = (table, coagulation_sheet(study.coagulation))
    return tables if balance is None else (*tables, balance)


def _checklists(study: Study) -> tuple[Block, ...]:
    said = (
        "Filled in as far as the data answer them. The topics are named in brief; the "
        "wording of each item stands in the guideline."
    )
    return (Paragraph(said), *checklist_sheets(study))


def _pain(course: PainCourse | Unavailable) -> tuple[Block, ...]:
    if isinstance(course, Unavailable):
        return (Paragraph(course.sentence),)
    sheets = (
        pain_changes_sheet(course),
        pain_steps_sheet(course),
        pain_tests_sheet(course),
    )
    told = [sheet for sheet in sheets if sheet is not None]
    return (pain_picture(course), pain_sheet(course), *told)


def _grades(study: Study) -> tuple[Block, ...]:
    blocks: list[Block] = []
    for course in study.grades:
        if not isinstance(course, GradeCourse):
            blocks.append(Paragraph(course.sentence))
            continue
        blocks += [grades_sheet(course), grades_picture(course)]
        changed = (transition_sheet(course), grade_changes_sheet(course))
        blocks += [sheet for sheet in changed if sheet is not None]
        if len(course.visits) > 1:
            blocks.append(alluvial_picture(course))
    return tuple(blocks)


def _published(study: Study) -> tuple[Section, ...]:
    """Return what the study of 2023 computed, with why another analysis leads."""
    blocks: list[Block] = []
    if isinstance(study.pain, PainCourse):
        kruskal = published_pain_sheet(study.pain)
        blocks += [] if kruskal is None else [kruskal]
        blocks += [dunn_sheet(study.pain.dunn)] if study.pain.dunn else []
    for analysis in study.recovery:
        if isinstance(analysis, RecoveryAnalysis):
            blocks += [
                published_recovery_sheet(analysis),
                recovery_picture(analysis),
            ]
    if not blocks:
        return ()
    said = (
        "What the study of 2023 computed itself, for comparison; the sections above "
        "say what leads instead. Its mean or median by the Shapiro-Wilk test is had "
        'with description="shapiro-wilk".'
    )
    return (_section("published", "As published", (Paragraph(said), *blocks)),)


def _anatomy(study: Study) -> tuple[Block, ...]:
    blocks: list[Block] = []
    if isinstance(study.zones, Zones) or not isinstance(study.nerves, Unavailable):
        blocks.append(anatomy_picture(study.zones, study.nerves))
    if isinstance(study.zones, Zones):
        blocks += [zones_sheet(study.zones), zones_picture(study.zones)]
    else:
        blocks.append(Paragraph(study.zones.sentence))
    if isinstance(study.nerves, Unavailable):
        blocks.append(Paragraph(study.nerves.sentence))
    else:
        blocks += [nerves_sheet(study.nerves), nerves_picture(study.nerves)]
    if isinstance(study.size, SizeCorrelation):
        blocks.append(size_sheet(study.size))
    else:
        blocks.append(Paragraph(study.size.sentence))
    return tuple(blocks)


def _recovery(study: Study) -> tuple[Block, ...]:
    blocks: list[Block] = []
    outcomes = study.outcomes
    if isinstance(outcomes, StatedOutcomes):
        blocks.append(outcomes_sheet(outcomes, counts_only=study.convenience))
    else:
        blocks.append(Paragraph(outcomes.sentence))
    name = next(
        (a.group for a in study.recovery if isinstance(a, RecoveryAnalysis)),
        study.rules.recovery_group.replace("_", " "),
    )
    counted = (group_outcomes_sheet(study, name), treatments_sheet(study))
    blocks += [sheet for sheet in counted if sheet is not None]
    for analysis in study.recovery:
        if isinstance(analysis, Unavailable):
            blocks.append(Paragraph(analysis.sentence))
            continue
        blocks += [recovery_sheet(analysis), by_visit_sheet(analysis)]
        compared = group_tests_sheet(analysis)
        blocks += [] if compared is None else [compared]
        if analysis.comparison is not None:
            blocks.append(Paragraph(analysis.comparison.sentence))
        blocks.append(sensitivity_sheet(analysis))
        if analysis.lead == "interval-censored":
            blocks.append(interval_picture(analysis))
        else:
            blocks.append(incidence_picture(analysis))
    return tuple(blocks)
