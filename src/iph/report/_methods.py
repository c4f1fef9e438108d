"""The methods in sentences, the rules, what is taken for granted, and the versions."""

import platform
from importlib.metadata import version
from importlib.util import find_spec

from iph.report._document import Sheet, SheetRow
from iph.report._numbers import counted, decimal, exact, listing, sentence
from iph.scales._hip_flexion import HIP_FLEXION
from iph.scales._pain import PAIN_RULES
from iph.scales._volume import VOLUME_RULES
from iph.stats._tables.proportion import proportion
from iph.study._grades import GradeCourse
from iph.study._pain import PainCourse
from iph.study._parts import Unavailable
from iph.study._recovery_results import RecoveryAnalysis
from iph.study._study import Study

_SOFTWARE = ("iph", "numpy", "scipy", "attrs", "matplotlib", "jinja2")

_POPULATION = {
    "included": "only records that met all criteria",
    "not-excluded": (
        "records that met all criteria and those whose eligibility could not be "
        "determined"
    ),
    "all": "all records, whether they meet the criteria or not",
}
_DESCRIPTION = {
    "shapiro-wilk": (
        "Numbers are given as mean (SD) where the Shapiro-Wilk test does not reject "
        "normality at the .05 level, as published, and as median (quartiles) elsewhere"
    ),
    "mean": "Numbers are given as mean (SD)",
    "median": "Numbers are given as median (quartiles)",
}
_COAGULATION = {
    "laboratory": "a clotting test was outside its reference range",
    "laboratory-or-history": (
        "a clotting test was outside its reference range or the history named an "
        "anticoagulant, rodenticide, hemophilia or another coagulopathy"
    ),
    "platelets-or-laboratory-or-history": (
        "a clotting test or the platelet count was outside its reference range or the "
        "history named an anticoagulant, rodenticide, hemophilia or another "
        "coagulopathy"
    ),
}


def methods_sentences(study: Study) -> tuple[str, ...]:
    """Return the methods in words: every test, rule, variant and version."""
    return tuple(
        part
        for part in (
            _design(study),
            _description(study),
            _pain(study),
            _grades(study),
            _size(study),
            _recovery(study),
            _published(study),
            (
                "Missing data were not imputed. P values are two-sided, exploratory "
                "and, except where stated, unadjusted. Analyses used iph "
                f"{version('iph')} on Python {platform.python_version()}."
            ),
        )
        if part
    )


def _design(study: Study) -> str:
    rules, criteria = study.rules, study.screening.criteria
    text = (
        "This is a descriptive analysis of an uncontrolled series; no sample size was "
        "calculated, and analyses of subgroups are exploratory."
    )
    if study.convenience:
        text = (
            "This is a description of a convenience sample; no rate was estimated for "
            "any population."
        )
    n = len(study.patients)
    if n and not study.convenience:
        half = proportion(n // 2, n, method="clopper-pearson")
        width = decimal(exact((half.high - half.low) / 2) * 100, 0)
        text += (
            f" With {counted(n, 'patient')} the exact 95 % CI of a share of about one "
            f"half reaches {width} percentage points to either side."
        )
    return (
        f"{text} Eligibility was decided by "
        f"{counted(len(criteria.all), 'criterion', 'criteria')} ({criteria.name}), "
        "each answered as met, not met or unknown; the analysis includes "
        f"{_POPULATION[rules.population]}. The primary visit was "
        f"{rules.primary_visit.label}."
    )


def _description(study: Study) -> str:
    rules = study.rules
    text = (
        f"{_DESCRIPTION[rules.description]}; quartiles follow the {rules.quartiles} "
        "rule. Categories are given as counts, with percentages of the patients with a "
        "known value and Clopper-Pearson 95 % CIs where an interval is shown. What was "
        "recorded only where present is given as a count alone. Coagulation was called "
        f"abnormal if {_COAGULATION[rules.coagulation]}; normal if all of these were "
        "recorded and none applied."
    )
    tests = sorted({row.test for row in study.table_one.rows if row.test})
    if study.table_one.group:
        text += (
            " Imbalance between the groups of the tables is given as standardized "
            "differences."
        )
    if tests:
        text += f" P values asked for in the tables are of {', '.join(tests)}."
    if study.attendance.n_died:
        text += (
            " Patients who died count as died at later visits; they are neither "
            "missing nor imputed."
        )
    return text


def _pain(study: Study) -> str:
    course = study.pain
    if not isinstance(course, PainCourse):
        return ""
    parts = [f"Severity of pain was graded by the rule {course.severity_rule}."]
    if course.changes:
        parts.append(
            "The change in pain since baseline is the median of the paired changes "
            "with its interval of order statistics, which assumes nothing of their "
            "distribution; each visit was compared with baseline by the exact sign "
            "test with Holm's adjustment, in all patients scored at both."
        )
    if course.skillings_mack is not None:
        parts.append(
            "All visits together were compared by the Skillings-Mack test "
            f"({course.skillings_mack.method}), which keeps patients with a missed "
            "visit and assumes that visits were missed regardless of pain."
        )
    if any(change.direction.died for change in course.changes):
        parts.append(
            "In a sensitivity analysis each death counted as the worst outcome."
        )
    return " ".join(parts)


def _grades(study: Study) -> str:
    found = [c for c in study.grades if isinstance(c, GradeCourse) and c.changes]
    if not found:
        return ""
    return (
        "Grades are ordered categories: those at baseline and at "
        f"{study.rules.primary_visit.label} were cross-tabulated, and patients who "
        "were better and worse were compared by the exact sign test."
    )


def _size(study: Study) -> str:
    if isinstance(study.size, Unavailable):
        return ""
    return (
        "Volume was correlated with extent by Spearman's rank correlation "
        f"({study.size.zones.method}); volumes not recorded were computed from three "
        f"diameters by the rule {study.size.volume_rule}."
    )


def _recovery(study: Study) -> str:
    found = [a for a in study.recovery if isinstance(a, RecoveryAnalysis)]
    if not found:
        return ""
    parts = []
    visits = [a for a in found if a.lead != "cumulative-incidence"]
    if visits:
        parts.append(
            "Patients known not to have an outcome at baseline were at risk of "
            "reaching it; those who had it, or whose state at baseline was not "
            "recorded, were not, and sensitivity analyses include the latter both "
            "ways. Recovery by a visit is given as the number known, with bounds from "
            "none to all of those undetermined and the exact 95 % limits of both "
            "bounds; sensitivity analyses require recovery to last to the last "
            "assessment."
        )
    if any(a.lead == "interval-censored" for a in found):
        parts.append(
            "Because recovery is known only to lie between two visits, its "
            "distribution was estimated by the Turnbull method, which assumes that "
            "visits do not depend on recovery."
        )
    if any(a.n_died for a in found):
        parts.append(
            "Death before recovery was treated as a competing event (Aalen-Johansen): "
            "those who died count as not recovered, and where patients at risk died no "
            "single test compares groups of visits."
        )
    if len(visits) < len(found):
        parts.append(
            "Recovery stated in words with a day was analyzed by its cumulative "
            "incidence, with death as a competing event; that there was a deficit to "
            "recover from is taken from the statement."
        )
    if any(a.difference is not None for a in found):
        text = (
            f"Groups by {found[0].group.lower()} were compared by the difference in "
            f"recovery by {study.rules.primary_visit.label}, with an interval that "
            "joins the Clopper-Pearson limits of both"
        )
        if any(a.interval is not None for a in found):
            text += (
                ", and by a permutation interval-censored log-rank test, which assumes "
                "similar visit schedules; attendance by group is given beside it"
            )
        parts.append(text + ".")
    return " ".join(parts)


def _published(study: Study) -> str:
    """Name what is shown only because it was published."""
    parts = []
    if isinstance(study.pain, PainCourse) and study.pain.kruskal_wallis is not None:
        parts.append(
            "the Kruskal-Wallis test of visits with Dunn's comparisons (Bonferroni)"
        )
    if any(isinstance(a, RecoveryAnalysis) for a in study.recovery):
        parts.append(
            "Kaplan-Meier curves and log-rank tests with recovery dated to the first "
            "visit at which it was seen"
        )
    if not parts:
        return ""
    return (
        f"For comparison with the study of 2023, {listing(parts)} are shown in a "
        "section of their own; no conclusion rests on them."
    )


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
        f"population: {rules.population}, {_POPULATION[rules.population]}",
        f"description of numbers: {rules.description}",
        f"primary visit: {rules.primary_visit.label}",
        f"quartiles: {rules.quartiles}",
        f"severity of pain: {pain.name}. {pain.reference}",
        f"hip flexion: grades from {edges} degrees, each cut point in the upper grade",
        (
            f"coagulation: {rules.coagulation}, abnormal if "
            f"{_COAGULATION[rules.coagulation]}"
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
