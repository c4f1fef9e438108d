"""The methods in sentences, the rules, what is taken for granted, and the versions."""

import platform
from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec

from iph._bound import Bound
from iph._model import PATIENT_FIELDS
from iph.report._document import Sheet, SheetRow
from iph.report._numbers import counted, sentence
from iph.scales._hip_flexion import HIP_FLEXION
from iph.scales._pain import PAIN_RULES
from iph.scales._volume import VOLUME_RULES
from iph.study._grades import GradeCourse
from iph.study._pain import PainCourse
from iph.study._parts import Unavailable
from iph.study._recovery import RecoveryAnalysis
from iph.study._study import Study

_SOFTWARE = ("iph", "numpy", "scipy", "attrs", "matplotlib", "jinja2")

_POPULATION = {
    "included": "the records that surely meet the criteria",
    "not-excluded": (
        "the records that surely meet the criteria and those whose eligibility is not "
        "known"
    ),
    "all": "all records, whether they meet the criteria or not",
}
_DESCRIPTION = {
    "shapiro-wilk": (
        "Numbers are described by mean and SD where the Shapiro-Wilk test does not "
        "reject normality at the .05 level, else by median and quartiles"
    ),
    "mean": "Numbers are described by mean and SD",
    "median": "Numbers are described by median and quartiles",
}
_COAGULATION = {
    "laboratory": "a clotting test outside its reference range",
    "laboratory-or-history": (
        "a clotting test outside its reference range, an anticoagulant, or hemophilia"
    ),
}


def methods_sentences(study: Study) -> tuple[str, ...]:
    """Return the methods in words: every test, rule, variant and version."""
    rules = study.rules
    criteria = study.screening.criteria
    first = (
        f"Eligibility was decided by "
        f"{counted(len(criteria.all), 'criterion', 'criteria')} "
        f"({criteria.name}), each answered as met, not met or not known. Analyzed were "
        f"{_POPULATION[rules.population]}. {_DESCRIPTION[rules.description]}; "
        f"quartiles follow the {rules.quartiles} rule. Shares of patients are given "
        "with count and denominator, with 95 % confidence intervals after Wilson. "
        f"Coagulation counts as abnormal with {_COAGULATION[rules.coagulation]}. "
        "Missing values were left out part by part and counted; none was imputed."
    )
    return tuple(
        part
        for part in (
            first,
            _groups(study),
            _pain(study),
            _size(study),
            _recovery(study),
            (
                "P values are two-sided and were not adjusted for the number of "
                "questions "
                "asked of the data. Computed with iph "
                f"{version('iph')} on Python {platform.python_version()}."
            ),
        )
        if part
    )


def _groups(study: Study) -> str:
    tests = sorted({row.test for row in study.table_one.rows if row.test})
    if not tests:
        return ""
    return (
        f"Groups ({study.table_one.group}) were compared by {', '.join(tests)}; "
        "differences of two groups are standardized."
    )


def _pain(study: Study) -> str:
    course = study.pain
    if not isinstance(course, PainCourse):
        return ""
    parts = [f"Severity of pain was graded by the rule {course.severity_rule}."]
    if course.friedman is not None:
        parts.append(
            f"Pain at the visits was compared by Friedman's test "
            f"({course.friedman.method}) "
            "in patients seen at every visit, pairwise by Wilcoxon's signed-rank test "
            "with Holm's adjustment."
        )
    if course.skillings_mack is not None and course.skillings_mack.n_incomplete:
        parts.append("The Skillings-Mack test keeps patients with a missed visit.")
    if course.kruskal_wallis is not None:
        parts.append(
            "The Kruskal-Wallis test with Dunn's comparisons (Bonferroni) is reported "
            "because the study of 2023 used it; its assumption of independence fails."
        )
    return " ".join(parts)


def _size(study: Study) -> str:
    if isinstance(study.size, Unavailable):
        return ""
    return (
        "Volume was correlated with extent by Spearman's rank correlation "
        f"({study.size.zones.method}); volumes not recorded follow from three "
        f"diameters by the rule {study.size.volume_rule}."
    )


def _recovery(study: Study) -> str:
    found = [a for a in study.recovery if isinstance(a, RecoveryAnalysis)]
    if not found:
        return ""
    parts = [
        (
            "Time to recovery was estimated by Kaplan-Meier with log-log intervals, "
            "recovery being placed on the day of the visit that first saw it, and by "
            "the "
            "maximum likelihood estimate from intervals (Turnbull), which knows no "
            "more "
            "than the visits. Patients who had the outcome at baseline were not at "
            "risk."
        ),
    ]
    tests = sorted({a.exact.method for a in found if a.exact is not None})
    if tests:
        parts.append(
            f"Groups ({found[0].group}) were compared by the log-rank test "
            f"({' and '.join(tests)}; two-sided rule "
            f"{next(a.exact.two_sided for a in found if a.exact is not None)}) and by "
            "its interval-censored form."
        )
    return " ".join(parts)


def rules_used(study: Study) -> tuple[str, ...]:
    """Return each rule that was chosen, with its source."""
    rules = study.rules
    pain, volume = PAIN_RULES[rules.pain], VOLUME_RULES[rules.volume]
    readings = [
        f"{c.code} is read so: {c.reading}"
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
        f"population: {rules.population}, {_POPULATION[rules.population]}",
        f"description of numbers: {rules.description}",
        f"quartiles: {rules.quartiles}",
        f"severity of pain: {pain.name}. {pain.reference}",
        f"hip flexion: grades from {edges} degrees, each cut point in the upper grade",
        f"coagulation: {rules.coagulation}, {_COAGULATION[rules.coagulation]}",
        (
            f"volume from diameters: {volume.name}, {volume.factor:.4g} times the "
            f"product "
            f"of three diameters. {volume.reference}"
        ),
        f"visits without a day: {rules.visit_days}",
        f"groups of time to recovery: {rules.recovery_group}",
        f"seed of simulated P values: {rules.seed}",
        "numbers are rounded once, for display, half away from zero",
    ]
    return tuple(sentence(line) for line in lines)


def assumptions(study: Study) -> tuple[str, ...]:
    """Return what the methods take for granted, and what the data say of it."""
    lines = []
    for row in (*study.table_one.rows, *study.coagulation.rows):
        description = getattr(row.cells[0], "description", None)
        if description is not None and description.n:
            lines.append(
                f"{row.label}: {description.shown}, since {description.reason}"
            )
    if isinstance(study.pain, PainCourse) and study.pain.kruskal_wallis is not None:
        lines.append(
            "Kruskal-Wallis over visits: independence of the groups fails, since they "
            "are the same patients"
        )
    if any(isinstance(a, RecoveryAnalysis) for a in study.recovery):
        lines.append(
            "Kaplan-Meier: that those last seen without recovery go on as the others "
            "do "
            "cannot be checked from the data"
        )
    return tuple(sentence(line) for line in lines)


def warnings_of(study: Study) -> tuple[str, ...]:
    """Return what a reader must know before using any number."""
    lines = list(study.cohort.notes)
    lines += list(_bounds(study))
    lines += [f"Not read: {said}." for said in study.cohort.not_read]
    if study.cohort.synthetic:
        lines.insert(0, "the patients are made up: nothing here is a finding")
    if study.screening.n_unknown:
        counts = f"{study.screening.n_unknown} of {study.screening.n_assessed}"
        handled = (
            "left out"
            if study.rules.population == "included"
            else "analyzed all the same"
        )
        lines.append(
            f"eligibility is not known for {counts} records; they are {handled}"
        )
    if study.rules.population == "all" and study.screening.n_excluded:
        lines.append("records that do not meet the criteria are analyzed as well")
    for course in study.grades:
        if isinstance(course, GradeCourse) and any(v.n_missing for v in course.visits):
            least = min(course.visits, key=lambda visit: visit.n)
            lines.append(
                f"{course.label}: at {least.visit.label} {least.n} of {course.n} "
                "patients were assessed; shares at different visits are of different "
                "patients"
            )
    if not study.patients:
        lines.append(
            "no patient is analyzed: every part below is empty for this reason"
        )
    lines.append("not a medical device; no basis for the treatment of a patient")
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


def _bounds(study: Study) -> Iterator[str]:
    """Say for which patients a test is known by a bound alone."""
    for field in PATIENT_FIELDS:
        values = [field.value_of(patient) for patient in study.patients]
        bounds = [str(value) for value in values if isinstance(value, Bound)]
        if bounds:
            yield (
                f"{field.declaration.label} is known by a bound alone in {len(bounds)} "
                f"of {len(values)} patients ({', '.join(sorted(set(bounds)))}): the "
                "coagulation status and the criteria use the bound; tables of numbers "
                "count it as not recorded."
            )
