"""The rules that were chosen, with their sources, and the versions of the software."""

import platform
from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec

from iph.report._numbers import listing, sentence
from iph.report._parts.baseline import COAGULATION
from iph.report._parts.participants import POPULATION
from iph.report._phrases import lowered
from iph.report._sheet import Sheet, SheetRow
from iph.scales._pain import PAIN_RULES
from iph.scales._volume import VOLUME_RULES
from iph.study._study import Study

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
        f"population: {rules.population}, {POPULATION[rules.population]}",
        f"description of numbers: {rules.description}",
        f"primary visit: {rules.primary_visit.label}",
        f"quartiles: {rules.quartiles}",
        *_of_fields(study),
        f"visits without a {one}: {rules.visit_days.replace('day', one)}",
    ]
    lines += [
        f"competing with {rule.label}: {listing(['death', *events])}"
        for rule in study.protocol.endpoints
        if (events := [f"{event.label} ({event.at})" for event in rule.competing])
    ]
    if rules.recovery_group:
        lines.append(f"groups of time to each endpoint: {rules.recovery_group}")
    lines += [
        f"seed of simulated P values: {rules.seed}",
        (
            "numbers are rounded once, for display, half away from zero; percentages "
            "have no decimals below 100 patients"
        ),
    ]
    return tuple(sentence(line) for line in lines)


def _of_fields(study: Study) -> Iterator[str]:
    """Say how grades are cut from numbers, and what the protocol asks for beyond."""
    rules, protocol = study.rules, study.protocol
    if rules.pain:
        found = PAIN_RULES[rules.pain]
        yield f"severity of pain: {found.name}. {found.reference}"
    for table in study.responders:
        rule = table.rule
        yield f"change of {lowered(table.label)}: {rule.name}. {rule.reference}"
    for one in protocol.derived:
        if one.cut is not None:
            edges = listing(f"{edge:g}" for edge in one.at)
            unit = protocol.assessment_declarations.get(one.cut)
            shown = "" if unit is None or unit.unit is None else f" {unit.unit}"
            yield (
                f"{lowered(one.declaration.label)}: grades from {edges}{shown}, each "
                "cut point in the upper grade"
            )
    if rules.coagulation:
        yield (
            f"coagulation: {rules.coagulation}, abnormal if "
            f"{COAGULATION[rules.coagulation]}"
        )
    if rules.volume:
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
