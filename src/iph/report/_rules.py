"""The rules that were chosen, with their sources, and the versions of the software."""

import platform
from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec

from iph.report._numbers import listing, sentence
from iph.report._parts.baseline import COAGULATION, COMPUTED
from iph.report._parts.participants import POPULATION
from iph.report._parts.tested import tested_visits
from iph.report._phrases import lowered, quartile_words, severity_words
from iph.report._sheet import Sheet, SheetRow
from iph.scales._pain import PAIN_RULES
from iph.scales._volume import VOLUME_RULES
from iph.study._anatomy import SizeCorrelation
from iph.study._outcomes import StatedOutcomes
from iph.study._parts import Unavailable
from iph.study._recovery_results import RecoveryAnalysis
from iph.study._study import Study

_DESCRIBED = {
    "median": "median and quartiles",
    "mean": "mean and SD",
    "shapiro-wilk": "mean and SD, or median and quartiles, by the Shapiro-Wilk test",
}
_SOFTWARE = ("iph", "numpy", "scipy", "attrs", "matplotlib", "jinja2")


def rules_used(study: Study) -> tuple[str, ...]:
    """Return each rule that was chosen, with its source."""
    rules, criteria = study.rules, study.screening.criteria
    one = study.protocol.time_unit.removesuffix("s")
    lines = [f"protocol: {study.protocol.title}. {study.protocol.reference}"]
    lines.append(f"criteria: {criteria.name}. {criteria.reference}")
    lines += [
        f"{c.code} was interpreted as follows: {c.reading}"
        for c in criteria.all
        if c.reading
    ]
    lines += [
        f"patients analyzed: {POPULATION[rules.population]}",
        f"description of numbers: {_DESCRIBED[rules.description]}",
        f"primary visit: {rules.primary_visit.label}",
        f"quartiles: {quartile_words(rules.quartiles)}",
        *_of_fields(study),
        f"visits without a {one}: {rules.visit_days.replace('day', one)}",
    ]
    lines += [
        f"competing with {rule.label}: {listing(['death', *events])}"
        for rule in study.protocol.endpoints
        if (events := [f"{event.label} ({event.at})" for event in rule.competing])
    ]
    grouped = dict.fromkeys(
        lowered(found.group)
        for found in study.recovery
        if isinstance(found, RecoveryAnalysis) and len(found.groups) > 1
    )
    if grouped:
        lines.append(f"groups of time to each endpoint: {listing(grouped)}")
    if is_tested(study):
        lines.append(f"seed of simulated P values: {rules.seed}")
    lines.append(
        "numbers are rounded once, for display, half away from zero; percentages "
        "have no decimals below 100 patients"
    )
    return tuple(sentence(line) for line in lines)


def is_tested(study: Study) -> bool:
    """Whether anything of a study was compared by a test."""
    scored = (study.pain, *study.scores, *study.grades)
    return (
        any(
            tested_visits(found, study)
            for found in scored
            if not isinstance(found, Unavailable)
        )
        or (_is_there(study.pain) and study.pain.kruskal_wallis is not None)
        or any(isinstance(found, RecoveryAnalysis) for found in study.recovery)
        or isinstance(study.size, SizeCorrelation)
        or (isinstance(study.outcomes, StatedOutcomes) and bool(study.outcomes.test))
        or any(row.test for row in study.table_one.rows)
    )


def _is_there(found: object) -> bool:
    return not isinstance(found, Unavailable)


def _is_known(study: Study, field: str) -> bool:
    """Whether a score or a grade of this name was recorded at any visit."""
    scored = (*study.scores, *study.grades)
    return any(_is_there(one) and one.field == field for one in scored)


def _of_fields(study: Study) -> Iterator[str]:
    """Say how grades are cut from numbers, and what the protocol asks for beyond."""
    rules, protocol = study.rules, study.protocol
    if rules.pain and _is_there(study.pain):
        yield (
            f"severity of pain: {severity_words(rules.pain)}. "
            f"{PAIN_RULES[rules.pain].reference}"
        )
    for table in study.responders:
        rule = table.rule
        yield f"change of {lowered(table.label)}: {rule.name}. {rule.reference}"
    for one in protocol.derived:
        if one.cut is not None and _is_known(study, one.cut):
            edges = listing(f"{edge:g}" for edge in one.at)
            unit = protocol.assessment_declarations.get(one.cut)
            shown = "" if unit is None or unit.unit is None else f" {unit.unit}"
            yield (
                f"{lowered(one.declaration.label)}: grades from {edges}{shown}, each "
                "cut point in the upper grade"
            )
    if rules.coagulation:
        yield f"coagulation: abnormal if {COAGULATION[rules.coagulation]}"
    volumes = [row.cells[0].n for row in study.table_one.rows if row.name in COMPUTED]
    if rules.volume and (any(volumes) or isinstance(study.size, SizeCorrelation)):
        volume = VOLUME_RULES[rules.volume]
        yield (
            f"volume from diameters: {volume.name}, {volume.factor:.4g} times the "
            f"product of three diameters. {volume.reference}"
        )


def versions_sheet() -> Sheet:
    """Print the versions of the software."""
    rows = [SheetRow((name, version(name))) for name in _SOFTWARE]
    word = version("python-docx") if find_spec("docx") else "not installed"
    rows.append(SheetRow(("python-docx (report.docx)", word)))
    return Sheet(
        name="software",
        title="Software",
        header=("Software", "Version"),
        rows=(SheetRow(("Python", platform.python_version())), *rows),
    )
