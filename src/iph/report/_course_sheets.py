"""Pain, grades, zones, nerves and size, as they are printed."""

import itertools
import math
from collections import Counter
from collections.abc import Iterable

from iph._categories import HematomaZone, Nerve
from iph.report._document import Sheet, SheetRow
from iph.report._numbers import (
    NOBODY,
    decimal,
    estimate_interval,
    p_value,
    p_with_error,
    share,
    share_interval,
    trimmed,
)
from iph.scales._grade import Grade
from iph.scales._pain import PainSeverity
from iph.stats._description.quartiles import Quartiles
from iph.stats._groups.dunn import DunnComparison
from iph.stats._repeated.friedman_pairs import FriedmanComparison
from iph.study._anatomy import Count, SizeCorrelation, Zones
from iph.study._grades import GradeCourse
from iph.study._pain import PainCourse
from iph.study._parts import Unavailable


def quartile_text(found: Quartiles) -> str:
    """Write the median with the quartiles."""
    if not found.n:
        return NOBODY
    if math.isnan(found.q1) or math.isnan(found.q3):
        return trimmed(found.median)
    return f"{trimmed(found.median)} ({trimmed(found.q1)}, {trimmed(found.q3)})"


def pain_sheet(course: PainCourse) -> Sheet:
    """Print pain at each visit."""
    rows = []
    for at in course.visits:
        half, more = (
            "" if found is None else share(count, found.n)
            for found, count in (
                (at.at_least_half, at.n_responders),
                (at.more_than_half, at.n_strict_responders),
            )
        )
        severity = (str(count) for count in at.severity)
        rows.append(
            SheetRow(
                (
                    at.visit.label,
                    str(at.quartiles.n),
                    str(at.quartiles.n_missing),
                    quartile_text(at.quartiles),
                    half,
                    more,
                    *severity,
                )
            )
        )
    return Sheet(
        name="pain",
        title="Pain (VAS, 0 to 10) by visit",
        header=(
            "Visit",
            "n",
            "Not recorded",
            "Median (Q1, Q3)",
            "Fell by 50 % or more",
            "Fell by more than 50 %",
            *(s.label[0].upper() + s.label[1:] for s in PainSeverity),
        ),
        rows=tuple(rows),
        notes=(
            (
                f"Quartiles by the {course.quartile_rule} rule; severity by the rule "
                f"{course.severity_rule}. Relief is counted among those with a score "
                f"above "
                "0 at baseline and a score at the visit."
            ),
        ),
    )


def pain_tests_sheet(course: PainCourse) -> Sheet | None:
    """Print the tests of pain over the visits, each with what it takes for granted.

    None if there are too few scores for any.
    """
    rows = []
    kruskal, friedman, skillings = (
        course.kruskal_wallis,
        course.friedman,
        course.skillings_mack,
    )
    if friedman is not None:
        rows.append(
            (
                "Friedman (recommended)",
                f"{decimal(friedman.statistic, 2)} ({friedman.df})",
                p_value(friedman.p_value),
                friedman.method,
                f"{friedman.n} patients",
                (
                    "pairs the scores by patient; leaves out "
                    f"{friedman.n_missing} with a missed visit"
                ),
            )
        )
    if skillings is not None:
        rows.append(
            (
                "Skillings-Mack",
                f"{decimal(skillings.statistic, 2)} ({skillings.df})",
                p_value(skillings.p_value),
                skillings.method,
                f"{skillings.n} patients",
                f"as Friedman, and keeps {skillings.n_incomplete} with a missed visit",
            )
        )
    if kruskal is not None:
        rows.append(
            (
                "Kruskal-Wallis (as published)",
                f"{decimal(kruskal.statistic, 2)} ({kruskal.df})",
                p_value(kruskal.p_value),
                kruskal.method,
                f"{kruskal.n} scores",
                (
                    "takes the visits for independent groups; the independence "
                    "assumption "
                    "fails, since the same patients are seen again"
                ),
            )
        )
    if not rows:
        return None
    return Sheet(
        name="pain_tests",
        title="Tests of pain over the visits",
        header=("Test", "Chi-square (df)", "P value", "Method", "Used", "Remark"),
        rows=tuple(SheetRow(row) for row in rows),
    )


def friedman_pairs_sheet(pairs: Iterable[FriedmanComparison]) -> Sheet:
    """Print the paired comparisons of visits."""
    listed = tuple(pairs)
    return Sheet(
        name="pain_pairs_paired",
        title="Pain between visits, paired by patient (recommended)",
        header=("Visits", "Signed-rank sum", "P value", "Adjusted P value", "Method"),
        rows=tuple(
            SheetRow(
                (
                    f"{pair.first} and {pair.second}",
                    trimmed(pair.statistic, 1),
                    p_value(pair.p_value),
                    p_value(pair.p_adjusted),
                    pair.method,
                )
            )
            for pair in listed
        ),
        notes=(
            (
                f"Wilcoxon's signed-rank test of {listed[0].n} patients seen at every "
                f"visit; P values adjusted after {listed[0].adjust.capitalize()}."
            ),
        ),
    )


def dunn_sheet(pairs: Iterable[DunnComparison]) -> Sheet:
    """Print the comparisons of visits as published."""
    listed = tuple(pairs)
    return Sheet(
        name="pain_pairs_published",
        title="Pain between visits, as published (independence assumption fails)",
        header=("Visits", "z", "P value", "Adjusted P value"),
        rows=tuple(
            SheetRow(
                (
                    f"{pair.first} and {pair.second}",
                    decimal(pair.z, 2),
                    p_value(pair.p_value),
                    p_value(pair.p_adjusted),
                )
            )
            for pair in listed
        ),
        notes=(
            (
                f"Dunn's test on {listed[0].n} scores taken as independent; P values "
                f"adjusted after {listed[0].adjust.capitalize()}."
            ),
        ),
    )


def grade_label(grade: Grade) -> str:
    """Write a grade by numeral and words."""
    return f"{grade.numeral}, {grade.label}"


def grades_sheet(course: GradeCourse) -> Sheet:
    """Print how many have which grade at each visit."""
    scale = list(course.scale)
    return Sheet(
        name=f"grades_{course.field}",
        title=f"{course.label} by visit",
        header=("Visit", "Assessed", "Not assessed", *map(grade_label, scale)),
        rows=tuple(
            SheetRow(
                (
                    at.visit.label,
                    str(at.n),
                    str(at.n_missing),
                    *(share(count, at.n) for count in at.counts),
                )
            )
            for at in course.visits
        ),
        notes=(
            (
                "Percentages of those assessed at the visit. "
                f"{course.n - course.n_missing} of {course.n} patients were ever "
                f"assessed."
            ),
        ),
    )


def moves_sheet(course: GradeCourse) -> Sheet:
    """Print how many patients go from which grade to which, visit by visit."""
    columns = list(zip(*course.sequences, strict=True))
    order: list[Grade | None] = [*course.scale, None]
    rows = []
    for place, (before, after) in enumerate(itertools.pairwise(columns)):
        first, second = course.visits[place].visit, course.visits[place + 1].visit
        moves = Counter(zip(before, after, strict=True))
        rows += [
            (
                f"{first.label} to {second.label}",
                "not assessed" if a is None else grade_label(a),
                "not assessed" if b is None else grade_label(b),
                str(moves[a, b]),
            )
            for a in order
            for b in order
            if moves[a, b]
        ]
    return Sheet(
        name=f"moves_{course.field}",
        title=f"{course.label}: patients between visits",
        header=("Visits", "From", "To", "Patients"),
        rows=tuple(SheetRow(row) for row in rows),
    )


def counts_sheet(
    counts: Iterable[Count], *, name: str, title: str, head: str, note: str = ""
) -> Sheet:
    """Print shares of patients with their intervals."""
    return Sheet(
        name=name,
        title=title,
        header=(head, "Patients", "95 % CI", "Not known"),
        rows=tuple(
            SheetRow(
                (
                    count.label,
                    share(count.count, count.share.n),
                    share_interval(count.share),
                    str(count.share.n_missing),
                )
            )
            for count in counts
        ),
        notes=tuple(
            filter(None, (note, "CI, exact confidence interval (Clopper-Pearson)."))
        ),
    )


def zones_sheet(zones: Zones) -> Sheet:
    """Print the stretches of zones, and each zone by itself."""
    return counts_sheet(
        (*zones.stretches, *zones.zones),
        name="zones",
        title="Zones of the hematoma",
        head="Zones",
        note=(
            f"The first {len(zones.stretches)} rows divide the {zones.n} patients; the "
            f"last {len(zones.zones)} count each zone by itself, so that a patient can "
            "stand in several."
        ),
    )


def zone_nerve_sheet(zones: Zones) -> Sheet:
    """Print zone by nerve."""
    return Sheet(
        name="zones_by_nerve",
        title="Patients with a zone and with a nerve involved",
        header=("Zone", *(nerve.label for nerve in Nerve)),
        rows=tuple(
            SheetRow(
                (zone.label, *(share(c, n) for c, n in zip(row, known, strict=True)))
            )
            for zone, row, known in zip(
                HematomaZone, zones.by_nerve, zones.known_by_nerve, strict=True
            )
        ),
        notes=(
            (
                f"Counts among {zones.n} patients with recorded zones; a patient can "
                f"stand "
                "in several cells."
            ),
        ),
    )


def zone_share_sheet(
    zones: Zones | Unavailable, nerves: tuple[Count, ...] | Unavailable
) -> Sheet:
    """Print the share of each zone and of each branch, as the schematic shows them."""
    rows = []
    if isinstance(zones, Zones):
        found = zip(HematomaZone, zones.zones, strict=True)
        rows += [(f"{zone.label} zone", share(c.count, zones.n)) for zone, c in found]
    if not isinstance(nerves, Unavailable):
        branches = zip(Nerve, nerves, strict=True)
        rows += [(f"{n.label} nerve", share(c.count, c.share.n)) for n, c in branches]
    return Sheet(
        name="anatomy",
        title="Zones and branches",
        header=("Zone or branch", "Patients"),
        rows=tuple(SheetRow(row) for row in rows),
    )


def nerves_sheet(nerves: Iterable[Count]) -> Sheet:
    """Print the branches involved."""
    return counts_sheet(nerves, name="nerves", title="Nerves involved", head="Branch")


def size_sheet(size: SizeCorrelation) -> Sheet:
    """Print volume against number of zones and of nerves."""
    return Sheet(
        name="size",
        title="Volume of the hematoma and its extent",
        header=("Volume and", "Spearman's rho (95 % CI)", "P value", "n", "Left out"),
        rows=tuple(
            SheetRow(
                (
                    what,
                    estimate_interval(
                        found.estimate,
                        found.low,
                        found.high,
                        level=found.confidence_level,
                    ),
                    p_with_error(found.p_value, found.p_low, found.p_high)
                    + f", {found.method}",
                    str(found.n),
                    str(found.n_missing),
                )
            )
            for what, found in (
                ("number of zones", size.zones),
                ("number of nerves", size.nerves),
            )
        ),
        notes=(
            (
                f"Volume as recorded in {size.n_measured} patients, from three "
                f"diameters "
                f"({size.volume_rule}) in {size.n_from_diameters}. Interval by "
                f"{size.zones.interval}. More zones and more nerves leave less room "
                f"for "
                "a small hematoma: a correlation of parts of one whole."
            ),
        ),
    )
