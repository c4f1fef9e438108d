"""The rules that were chosen, with their sources, and the versions of the software."""

import platform
from importlib.metadata import version
from importlib.util import find_spec

from iph.report._numbers import sentence
from iph.report._parts.baseline import COAGULATION
from iph.report._parts.participants import POPULATION
from iph.report._sheet import Sheet, SheetRow
from iph.scales._hip_flexion import HIP_FLEXION
from iph.scales._pain import PAIN_RULES
from iph.scales._volume import VOLUME_RULES
from iph.study._study import Study

_SOFTWARE = ("iph", "numpy", "scipy", "attrs", "matplotlib", "jinja2")


def rules_used(study: Study) -> tuple[str, ...]:
    """Return each rule that was chosen, with its source."""
    rules = study.rules
    pain, volume = PAIN_RULES[rules.pain], VOLUME_RULES[rules.volume]
    readings = [
        f"{c.code} was interpreted as follows: {c.reading}"
        for c in study.screening.criteria.all
        if c.reading
    ]
    edges = " and ".join(f"{edge:g}" for edge in HIP_FLEXION.edges)
    lines = [
        (
            f"criteria: {study.screening.criteria.name}. "
            f"{study.screening.criteria.reference}"
        ),
        *readings,
        f"population: {rules.population}, {POPULATION[rules.population]}",
        f"description of numbers: {rules.description}",
        f"primary visit: {rules.primary_visit.label}",
        f"quartiles: {rules.quartiles}",
        f"severity of pain: {pain.name}. {pain.reference}",
        f"hip flexion: grades from {edges} degrees, each cut point in the upper grade",
        (
            f"coagulation: {rules.coagulation}, abnormal if "
            f"{COAGULATION[rules.coagulation]}"
        ),
        (
            f"volume from diameters: {volume.name}, {volume.factor:.4g} times the "
            f"product "
            f"of three diameters. {volume.reference}"
        ),
        f"visits without a day: {rules.visit_days}",
        f"groups of time to recovery: {rules.recovery_group}",
        f"seed of simulated P values: {rules.seed}",
        (
            "numbers are rounded once, for display, half away from zero; percentages "
            "have no decimals below 100 patients"
        ),
    ]
    return tuple(sentence(line) for line in lines)


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
