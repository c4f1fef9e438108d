"""A study as a document: its parts in their order, and the one loop over them."""

import platform
import textwrap
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import version
from itertools import groupby

import attrs

from iph.design import Plan
from iph.report._checklists import checklist_sheets
from iph.report._document import (
    Block,
    Bullets,
    Document,
    Paragraph,
    Picture,
    Section,
)
from iph.report._numbers import counted, listing, sentence
from iph.report._parts import (
    anatomy,
    baseline,
    comparison,
    events,
    grades,
    groups,
    lines,
    missing,
    pain,
    participants,
    planned,
    published,
    recovery,
    responders,
    scores,
    size,
    stated,
    visits,
)
from iph.report._parts.part import Material, Part, Results, paragraphs
from iph.report._phrases import capital
from iph.report._references import references_section
from iph.report._rules import is_tested, rules_used, versions_sheet
from iph.report._sheet import Sheet
from iph.study._compared import Comparison
from iph.study._pain import PainCourse
from iph.study._parts import NotAsked, Unavailable
from iph.study._study import Study
from iph.study._table_one import CategoryCell

PARTS: tuple[Part, ...] = (
    participants.PART,
    missing.PART,
    baseline.PART,
    pain.PART,
    scores.PART,
    grades.PART,
    responders.PART,
    visits.PART,
    anatomy.DRAWING,
    anatomy.ZONES,
    anatomy.NERVES,
    size.PART,
    stated.PART,
    groups.PART,
    recovery.PART,
    planned.PART,
    events.PART,
    published.PART,
    comparison.PART,
    lines.PART,
)
"""What a report speaks of, in this order, in every medium."""

CONVENIENCE = (
    "A convenience sample: the counts describe these patients, and no rate of any "
    "population can be read from them."
)
SYNTHETIC = "Made-up patients: nothing in this report is a finding."
DISCLOSED = (
    "small counts, ranges and curves in this report can point to a person: it is not "
    "made to leave the hospital; a protected report of the same study is"
)
_WIDTH = 210  # characters; a longer line of the summary is cut, and shows it


def document_of(
    study: Study,
    comparison: Comparison | None = None,
    *,
    listed: bool = False,
    plan: Plan | None = None,
) -> Document:
    """Return the report of a study, not yet in any format."""
    material = Material(study=study, comparison=comparison, listed=listed, plan=plan)
    label = study.cohort.label or "Cohort"
    analyzed = len(study.patients)
    sections = (
        _section(
            "results", "Results in sentences", paragraphs(results_sentences(study))
        ),
        *_chapters(material),
        _section(
            "methods",
            "Methods in sentences",
            paragraphs(methods_sentences(study, comparison, plan)),
        ),
        _section("rules", "Rules used", (Bullets(rules_used(study)),)),
        _section("assumptions", "Assumptions", _bullets(assumptions(study))),
        _section("warnings", "Warnings", (Bullets(warnings_of(study, plan)),)),
        _section("gaps", "What the data cannot carry", _gaps(study)),
        _section("checklists", "Reporting checklists", _checklists(material)),
    )
    sections = (
        *sections,
        references_section(sections),
        _section("software", "Software versions", (versions_sheet(),)),
    )
    return Document(
        title=f"{capital(study.protocol.condition)}: report of a study",
        subtitle=(
            f"{_titled(study)}{label}: {analyzed} of "
            f"{counted(len(study.cohort), 'record')} analyzed"
        ),
        banner=_banner(study),
        sections=tuple(_told(s) for s in sections) if study.convenience else sections,
    )


def caveat_of(study: Study) -> str:
    """Say why a change, or a difference of groups, is no effect of treatment."""
    if study.protocol.group is not None:
        return (
            "How patients came into their groups is not in the data: unless they were "
            "allocated at random, a difference cannot be attributed to what was done."
        )
    text = (
        "Because there was no control group, a change cannot be attributed to "
        "treatment: patients enter when they are worst, and the natural course and "
        "regression to the mean would improve them as well"
    )
    together = "; several treatments were given together"
    return f"{text}{together if _treated_together(study) else ''}."


def _treated_together(study: Study) -> bool:
    """Whether more treatments were recorded than patients who had any."""
    cells = [row.cells[0] for row in study.table_one.rows if row.name == "treatments"]
    return any(isinstance(c, CategoryCell) and sum(c.counts) > c.n for c in cells)


def results_sentences(study: Study) -> tuple[str, ...]:
    """Return the results in words, one paragraph a part."""
    material = Material(study=study)
    every = [
        (found, tuple(text for text in part.sentences(found, material) if text))
        for part in PARTS
        for found in results_there(part, material)
    ]
    # The sentences of the primary outcome stand before all but who was seen.
    lead = [texts for found, texts in every if _is_primary(found, study)]
    rest = [texts for found, texts in every if not _is_primary(found, study)]
    told = [text for texts in (*rest[:1], *lead, *rest[1:]) for text in texts]
    if study.patients and not study.convenience:
        told.append(caveat_of(study))
    return tuple(told)


def _is_primary(found: object, study: Study) -> bool:
    """Whether a result is the course of the primary outcome."""
    primary = study.protocol.primary
    if primary is None:
        return False
    if isinstance(found, PainCourse):
        return primary.outcome == "vas"
    return getattr(found, "field", None) == primary.outcome


def methods_sentences(
    study: Study, comparison: Comparison | None = None, plan: Plan | None = None
) -> tuple[str, ...]:
    """Return the methods in words: every test, rule, variant and version."""
    material = Material(study=study, comparison=comparison, plan=plan)
    tests = "P values are two-sided, exploratory and, except where stated, unadjusted. "
    last = (
        f"Missing data were not imputed. {tests if is_tested(study) else ''}Analyses "
        f"used iph {version('iph')} on Python {platform.python_version()}."
    )
    return (*_once(material, lambda part: part.methods), last)


def assumptions(study: Study) -> tuple[str, ...]:
    """Return what the methods assume, and what the data say of it."""
    material = Material(study=study)
    return tuple(map(sentence, _once(material, lambda part: part.assumptions)))


def warnings_of(study: Study, plan: Plan | None = None) -> tuple[str, ...]:
    """Return what a reader must know before using any number."""
    material = Material(study=study, plan=plan)
    told = [*_once(material, lambda part: part.warnings)]
    if study.patients and not study.convenience:
        told.append(caveat_of(study))
    if not study.patients:
        told.append("no patient is analyzed: every part below is empty for this reason")
    if study.patients and not study.cohort.synthetic:
        told.append(DISCLOSED)
    told.append("not a medical device; no basis for the treatment of a patient")
    return tuple(sentence(line) for line in told)


def summary_lines(
    study: Study, comparison: Comparison | None = None, plan: Plan | None = None
) -> tuple[str, ...]:
    """Return the main results, about ten lines, each short enough for a terminal."""
    material = Material(study=study, comparison=comparison, plan=plan)
    told = [*_once(material, lambda part: part.summary)]
    gaps = study.unavailable
    if gaps:
        names = listing(gap.part for gap in gaps)
        told.append(f"Not available, {counted(len(gaps), 'part')}: {names}")
    return tuple(
        textwrap.shorten(line, width=_WIDTH, placeholder=" ...") for line in told
    )


def results_there(part: Part, material: Material) -> Results:
    """Return the results of a part that the data can carry."""
    found = part.results(material)
    return tuple(one for one in found if not isinstance(one, Unavailable))


def _once(
    material: Material, medium: Callable[[Part], Callable[..., Iterable[str]]]
) -> Iterator[str]:
    """Say what each part with results says once in a medium."""
    for part in PARTS:
        found = results_there(part, material)
        if found:
            yield from (text for text in medium(part)(found, material) if text)


def _chapters(material: Material) -> Iterator[Section]:
    """Make the chapters that anything is said in."""
    for name, parts in groupby(PARTS, key=lambda part: part.chapter):
        listed = tuple(parts)
        blocks = tuple(b for part in listed for b in _blocks(part, material))
        if blocks:
            yield _section(name, listed[0].heading(material), blocks)


def _blocks(part: Part, material: Material) -> Iterator[Block]:
    """Print each result of a part, or why it is not there."""
    for found in part.results(material):
        if not isinstance(found, Unavailable):
            yield from part.blocks(found, material)
        elif not isinstance(found, NotAsked):
            yield Paragraph(found.sentence)


def _told(section: Section) -> Section:
    """Say of each table and figure that it is of a convenience sample."""
    if section.name in {"checklists", "references", "software"}:
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


def _titled(study: Study) -> str:
    """Name the protocol; that of Li et al. 2023 is named among the rules."""
    return "" if study.protocol.compare_with else f"{study.protocol.title}. "


def _banner(study: Study) -> str:
    """Return what a reader must know first; the rest stands among the warnings."""
    if study.cohort.synthetic:
        return SYNTHETIC
    return sentence(study.cohort.notes[0]) if study.cohort.notes else ""


def _section(name: str, title: str, blocks: Iterable[Block]) -> Section:
    return Section(name=name, title=title, blocks=tuple(blocks))


def _bullets(items: tuple[str, ...]) -> tuple[Block, ...]:
    if not items:
        return (Paragraph("Nothing was computed that takes anything for granted."),)
    return (Bullets(items),)


def _gaps(study: Study) -> tuple[Block, ...]:
    gaps = study.unavailable
    if not gaps:
        return (Paragraph("Every part is filled."),)
    return (Bullets(tuple(gap.sentence for gap in gaps)),)


def answered(material: Material) -> dict[str, list[str]]:
    """Return where each topic of a checklist is answered, as the parts say."""
    found: dict[str, list[str]] = {}
    for _, parts in groupby(PARTS, key=lambda part: part.chapter):
        listed = tuple(parts)
        for part in listed:
            results = results_there(part, material)
            answers = part.answers(results, material) if results else {}
            for topic, what in answers.items():
                heading = listed[0].heading(material)
                place = f"{heading} ({what})" if what else heading
                found.setdefault(topic, []).append(place)
    return found


def _checklists(material: Material) -> tuple[Block, ...]:
    said = (
        "Filled in as far as the data answer them. The topics are named in brief; the "
        "wording of each item stands in the guideline."
    )
    return (Paragraph(said), *checklist_sheets(material.study, answered(material)))
