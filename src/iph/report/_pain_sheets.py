"""The course of pain, as it is printed."""

import math
from collections.abc import Iterable

from iph.report._attendance_sheets import middle_text
from iph.report._document import Sheet, SheetRow
from iph.report._numbers import (
    counted,
    decimal,
    p_equals,
    p_simulated,
    p_value,
    share,
    trimmed,
)
from iph.scales._pain import PainSeverity
from iph.stats._description.location import LocationEstimate
from iph.stats._groups.dunn import DunnComparison
from iph.study._pain import PainCourse


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
                    str(at.n_died),
                    middle_text(at.quartiles),
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
            "Died",
            "Median (Q1, Q3)",
            "\N{GREATER-THAN OR EQUAL TO} 50 % reduction",
            "> 50 % reduction",
            *(s.label[0].upper() + s.label[1:] for s in PainSeverity),
        ),
        rows=tuple(rows),
        notes=(
            (
                f"Quartiles by the {course.quartile_rule} rule; severity by the rule "
                f"{course.severity_rule}. Reduction from baseline is of those with a "
                "score above 0 at baseline and a score at the visit. Patients at "
                "different visits differ; the changes of the same patients stand in "
                "the next table."
            ),
        ),
    )


def pain_changes_sheet(course: PainCourse) -> Sheet | None:
    """Print each visit against baseline in the same patients; None without pairs."""
    if not course.changes:
        return None
    rows = []
    for change in course.changes:
        turned = change.direction
        rows.append(
            (
                change.visit.label,
                str(change.n),
                middle_text(change.baseline),
                middle_text(change.now),
                location_text(change.change),
                str(turned.improved),
                str(turned.same),
                str(turned.worse),
                str(turned.died),
                p_value(change.p_adjusted),
            )
        )
    notes = [
        (
            "Patients scored both at baseline and at the visit. Change, median of the "
            "changes with the interval of order statistics (95 % or more), negative "
            "where pain fell. P, exact sign test adjusted after Holm for "
            f"{counted(len(rows), 'visit')}."
        )
    ]
    if any(change.direction.died for change in course.changes):
        worst = "; ".join(
            f"{c.visit.label}, {p_equals(c.direction.p_value_death_worst)}"
            for c in course.changes
            if c.direction.died
        )
        notes.append(
            f"With each death counted as worse, unadjusted sign test: {worst}."
        )
    return Sheet(
        name="pain_changes",
        title="Change in pain since baseline",
        header=(
            "Visit",
            "Pairs",
            "Baseline",
            "Visit score",
            "Change (95 % CI)",
            "Better",
            "Same",
            "Worse",
            "Died",
            "P value",
        ),
        rows=tuple(SheetRow(row) for row in rows),
        notes=tuple(notes),
    )


def location_text(found: LocationEstimate) -> str:
    """Write a median change with its interval."""
    middle = trimmed(found.estimate, 1)
    if not (math.isfinite(found.low) and math.isfinite(found.high)):
        return f"{middle} (CI not estimable)"
    return f"{middle} ({trimmed(found.low, 1)} to {trimmed(found.high, 1)})"


def pain_steps_sheet(course: PainCourse) -> Sheet | None:
    """Print each visit against the one before; None with fewer than two visits."""
    if not course.steps:
        return None
    return Sheet(
        name="pain_steps",
        title="Pain at each visit against the visit before",
        header=("Visit", "Pairs", "Better", "Same", "Worse", "Died"),
        rows=tuple(
            SheetRow(
                (
                    f"{before.visit.label} to {step.visit.label}",
                    *map(str, (step.n, step.improved, step.same)),
                    *map(str, (step.worse, step.died)),
                )
            )
            for before, step in zip(course.visits, course.steps, strict=False)
        ),
        notes=("Patients scored at both visits.",),
    )


def pain_tests_sheet(course: PainCourse) -> Sheet | None:
    """Print the tests of all visits together, with what each assumes.

    None if there are too few scores for any.
    """
    rows = []
    skillings, friedman = course.skillings_mack, course.friedman
    if skillings is not None:
        rows.append(
            (
                "Skillings-Mack",
                f"{decimal(skillings.statistic, 1)} ({skillings.df})",
                p_simulated(skillings.p_value, skillings.p_high),
                skillings.method,
                f"{skillings.n} patients",
                (
                    "keeps patients with a missed visit; assumes that visits were "
                    "missed regardless of pain"
                ),
            )
        )
    if friedman is not None:
        rows.append(
            (
                "Friedman",
                f"{decimal(friedman.statistic, 1)} ({friedman.df})",
                p_simulated(friedman.p_value, friedman.p_high),
                friedman.method,
                f"{friedman.n} patients",
                (
                    f"excludes {counted(friedman.n_missing, 'patient')} with a missed "
                    "visit"
                ),
            )
        )
    rows += [
        (
            f"Signed-rank, {change.visit.label}",
            location_text(change.hodges_lehmann),
            p_value(change.signed_rank.p_value),
            change.signed_rank.method,
            f"{change.n} pairs",
            "Hodges-Lehmann estimate; both assume symmetric changes; unadjusted",
        )
        for change in course.changes
    ]
    if not rows:
        return None
    return Sheet(
        name="pain_tests",
        title="Supplement: further tests of pain",
        header=(
            "Test",
            "Chi-square (df), or estimate (CI)",
            "P value",
            "Method",
            "Used",
            "Remark",
        ),
        rows=tuple(SheetRow(row) for row in rows),
    )


def published_pain_sheet(course: PainCourse) -> Sheet | None:
    """Print the test of all visits as published; None with fewer than two visits."""
    kruskal = course.kruskal_wallis
    if kruskal is None:
        return None
    return Sheet(
        name="pain_published",
        title="Pain at all visits, Kruskal-Wallis as published",
        header=("Test", "Chi-square (df)", "P value", "Used"),
        rows=(
            SheetRow(
                (
                    f"Kruskal-Wallis, {kruskal.method}",
                    f"{decimal(kruskal.statistic, 1)} ({kruskal.df})",
                    p_value(kruskal.p_value),
                    f"{kruskal.n} scores",
                )
            ),
        ),
        notes=(
            (
                "The test treats visits as independent groups, although they are the "
                "same patients; its P value has no meaning here."
            ),
        ),
    )


def dunn_sheet(pairs: Iterable[DunnComparison]) -> Sheet:
    """Print the comparisons of visits as published."""
    listed = tuple(pairs)
    return Sheet(
        name="pain_pairs_published",
        title="Pain between visits, Dunn's test as published",
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
                f"Dunn's test on {listed[0].n} scores treated as independent, although "
                "they are of the same patients; P values adjusted after "
                f"{listed[0].adjust.capitalize()}."
            ),
        ),
    )
