"""Results in sentences an author can paste; every number comes from the study."""

import math

from iph._categories import Nerve
from iph.report._attendance_sheets import follow_up_text, middle_text
from iph.report._baseline_sheets import flow_text, number_text
from iph.report._numbers import (
    counted,
    decimal,
    level_text,
    listing,
    none_or,
    of_patients,
    p_equals,
    p_with_error,
    share_interval,
    trimmed,
)
from iph.report._recovery_sentences import recovery_sentence
from iph.stats._inference.result import Estimate
from iph.study._anatomy import Count, SizeCorrelation, Zones
from iph.study._grades import GradeCourse
from iph.study._outcomes import StatedOutcomes
from iph.study._pain import PainCourse
from iph.study._parts import Unavailable
from iph.study._recovery_results import RecoveryAnalysis
from iph.study._scores import ScoreChange
from iph.study._study import Study
from iph.study._table_one import CategoryCell, NumberCell, Table, TableRow

CAVEAT = (
    "Because there was no control group, a change cannot be attributed to treatment: "
    "patients enter when they are worst, and the natural course and regression to the "
    "mean would improve them as well; several treatments were given together."
)


def results_sentences(study: Study) -> tuple[str, ...]:
    """Return the results in words, one paragraph a part."""
    parts: list[str] = [_flow(study)]
    if study.patients:
        parts += [_attendance(study), patients_sentence(study)]
        parts.append(_groups(study.table_one))
    if isinstance(study.pain, PainCourse):
        parts.append(_pain(study.pain, study))
    parts += [_grades(c, study) for c in study.grades if isinstance(c, GradeCourse)]
    if isinstance(study.zones, Zones):
        parts.append(_zones(study.zones))
    if not isinstance(study.nerves, Unavailable):
        parts.append(_nerves(study.nerves, study))
    if isinstance(study.size, SizeCorrelation):
        parts.append(_size(study.size))
    if isinstance(study.outcomes, StatedOutcomes):
        parts.append(_outcomes(study.outcomes, study))
    parts += [
        recovery_sentence(a) for a in study.recovery if isinstance(a, RecoveryAnalysis)
    ]
    if study.patients and not study.convenience:
        parts.append(CAVEAT)
    return tuple(part for part in parts if part)


def with_interval(count: int, estimate: Estimate | None) -> str:
    """Write a share with count, denominator and interval."""
    if estimate is None:
        return str(count)
    text = of_patients(count, estimate.n)
    if not estimate.n:
        return text
    level = level_text(estimate.confidence_level)
    return f"{text[:-1]}; {level} CI, {share_interval(estimate)})"


def _shown(count: int, estimate: Estimate, study: Study) -> str:
    """Write a share; a convenience sample has no interval for any population."""
    if study.convenience:
        return of_patients(count, estimate.n)
    return with_interval(count, estimate)


def _flow(study: Study) -> str:
    analyzed = counted(len(study.patients), "patient was", "patients were")
    return (
        f"{flow_text(study.screening)} ({study.screening.criteria.name}). "
        f"{analyzed} analyzed."
    )


def _attendance(study: Study) -> str:
    found = study.attendance
    at = next(v for v in found.visits if v.visit == found.primary)
    text = ""
    if not study.convenience:
        seen = of_patients(at.seen, at.due, "patients due")
        text = f"At {at.visit.label}, {seen} were seen"
        text += f"; {at.died} had died. " if at.died else ". "
    text += follow_up_text(found)
    if found.n_died:
        died = counted(found.n_died, "patient is", "patients are")
        text += f" {died} known to have died."
    pain = next((row for row in found.compared if row.label.startswith("Pain")), None)
    if pain is not None and pain.missed.n and pain.seen.n:
        text += (
            f" Median pain at baseline was {middle_text(pain.missed)} in "
            f"{counted(pain.missed.n, 'patient')} not seen and "
            f"{middle_text(pain.seen)} in {counted(pain.seen.n, 'patient')} seen."
        )
    return text


def _row(study: Study, name: str) -> TableRow | None:
    return next((row for row in study.table_one.rows if row.name == name), None)


def patients_sentence(study: Study) -> str:
    """Write age, sex and causes; empty if none of them is recorded."""
    parts = []
    age, sex = _row(study, "age_years"), _row(study, "sex")
    if age is not None and isinstance(age.cells[0], NumberCell) and age.cells[0].n:
        found = age.cells[0].description
        how = "Mean age (SD)" if found.shown == "mean" else "Median age (Q1, Q3)"
        parts.append(
            f"{how} was {number_text(found, found.shown)} years (n = {found.n})"
        )
    if sex is not None and isinstance(sex.cells[0], CategoryCell) and sex.cells[0].n:
        cell = sex.cells[0]
        place = sex.level_labels.index("male")
        parts.append(f"{of_patients(cell.counts[place], cell.n)} were male")
    text = "; ".join(parts)
    text = f"{text}." if text else ""
    etiology = _row(study, "etiology")
    if etiology is not None and isinstance(etiology.cells[0], CategoryCell):
        causes = etiology.cells[0]
        listed = sorted(
            zip(causes.counts, etiology.level_labels, strict=True),
            key=lambda pair: -pair[0],
        )
        named = [f"{label} in {count}" for count, label in listed if count]
        if named:
            of = counted(causes.n, "patient")
            text += f" The recorded cause was {listing(named)} of {of}."
    return text.strip()


def _groups(table: Table) -> str:
    """Say how large the groups are; empty if nothing is grouped."""
    if not table.group:
        return ""
    sizes = [
        f"{name}, {size}"
        for name, size in zip(table.columns[1:], table.sizes[1:], strict=True)
    ]
    text = f"Groups by {table.group.lower()}: {'; '.join(sizes) or 'none'}"
    if table.n_ungrouped:
        text += f"; it was not known for {counted(table.n_ungrouped, 'patient')}"
    if len(sizes) <= 1:
        text += ", so that nothing could be compared"
    return text + "."


def _pain(course: PainCourse, study: Study) -> str:
    primary = course.primary
    change, at = course.change_at(primary), course.at(primary)
    if change is None or at is None:
        return f"No patient had a pain score both at baseline and at {primary.label}."
    turned = change.direction
    if not at.is_enough or study.convenience:
        due = at.quartiles.n + at.quartiles.n_missing
        return (
            f"At {primary.label}, {of_patients(at.quartiles.n, due, 'patients due')} "
            f"had a pain score. Of {turned.n} scored at baseline as well, "
            f"{none_or(turned.improved)} had less pain, {none_or(turned.same)} the "
            f"same and {none_or(turned.worse)} more; no test was made."
        )
    text = _effect(change)
    if at.at_least_half is not None and at.at_least_half.n:
        relief = with_interval(at.n_responders, at.at_least_half)
        text += f" Pain had fallen by at least half in {relief}."
    if turned.died:
        text += (
            f" {counted(turned.died, 'further patient')} scored at baseline had died "
            "by then; with each death counted as worse, "
            f"{p_equals(turned.p_value_death_worst)}."
        )
    for before, step in zip(course.visits, course.steps, strict=False):
        if step.worse > step.improved:
            text += (
                f" Between {before.visit.label} and {step.visit.label} more patients "
                f"got worse ({step.worse}) than better ({step.improved}) of {step.n}."
            )
    return text


def _effect(change: ScoreChange) -> str:
    found, turned = change.change, change.direction
    way = "fell" if found.estimate < 0 else "rose"
    low, high = sorted((found.low, found.high), key=abs)
    size = trimmed(abs(found.estimate), 1)
    interval = "CI not estimable"
    if math.isfinite(low) and math.isfinite(high):
        bounds = (
            (abs(low), abs(high))
            if low * high >= 0 and found.estimate
            else (found.low, found.high)
        )
        shown = " to ".join(trimmed(bound, 1) for bound in bounds)
        interval = f"{level_text(found.confidence_level)} CI, {shown}"
    moved = (
        f"pain {way} by a median of {size} points"
        if found.estimate
        else "the median change in pain was 0 points"
    )
    return (
        f"From baseline to {change.visit.label}, {moved} ({interval}; n = {change.n} "
        f"scored at both; sign test, {p_equals(turned.p_value)}): "
        f"{none_or(turned.improved)} had less pain, {none_or(turned.same)} the same "
        f"and {none_or(turned.worse)} more; the median was "
        f"{middle_text(change.baseline)} at baseline and {middle_text(change.now)} at "
        f"{change.visit.label}."
    )


def _grades(course: GradeCourse, study: Study) -> str:
    label = course.label
    change = course.change_at(course.primary)
    if change is None:
        return (
            f"{label}: no patient was assessed both at baseline and at "
            f"{course.primary.label}."
        )
    turned, at = change.direction, course.at(course.primary)
    place = list(course.scale).index(course.best)
    before = sum(change.table[place])
    after = sum(row[place] for row in change.table)
    text = (
        f"{label}: of {counted(change.n, 'patient')} assessed both at baseline and at "
        f"{course.primary.label}, {none_or(turned.improved)} improved, "
        f"{none_or(turned.same)} stayed the same and {none_or(turned.worse)} got worse"
    )
    enough = at is not None and 2 * at.n >= at.n + at.n_missing
    if enough and not study.convenience:
        text += f" (exact sign test, {p_equals(turned.p_value)})"
    text += (
        f"; {none_or(before)} of them had grade {course.best.numeral} "
        f"({course.best.label}) at baseline and {none_or(after)} at "
        f"{course.primary.label}."
    )
    if turned.died:
        text += f" {counted(turned.died, 'other')} had died by then."
    return text


def _zones(zones: Zones) -> str:
    parts = [
        f"the {listing(count.label.split('-'))} "
        f"{'zones' if '-' in count.label else 'zone'} in "
        f"{of_patients(count.count, zones.n)}"
        for count in zones.stretches
        if count.count
    ]
    return f"The hematoma involved {listing(parts)}."


def _nerves(nerves: tuple[Count, ...], study: Study) -> str:
    told, reported = [], []
    for nerve, count in zip(Nerve, nerves, strict=True):
        if not count.count:
            continue
        if count.share is None:
            reported.append(
                f"the {nerve.label} nerve in {count.count} of "
                f"{count.n + count.n_missing}"
            )
        else:
            shown = _shown(count.count, count.share, study)
            told.append(f"the {nerve.label} nerve in {shown}")
    if not told and not reported:
        return "No branch of the lumbar plexus was recorded as involved."
    text = ""
    if told:
        text = f"Nerve involvement: {listing(told)}."
    if reported:
        text += (
            f" Involvement was reported of {listing(reported)} patients; it was "
            "recorded only where present, so that no share can be read."
        )
    return text.strip()


def _size(size: SizeCorrelation) -> str:
    parts = []
    for what, found in (("zones", size.zones), ("nerves", size.nerves)):
        if math.isnan(found.estimate):
            parts.append(f"not defined with the number of {what} (n = {found.n})")
            continue
        interval = "CI not estimable"
        if not math.isnan(found.low):
            level = level_text(found.confidence_level)
            interval = (
                f"{level} CI, {decimal(found.low, 2)} to {decimal(found.high, 2)}"
            )
        parts.append(
            f"{decimal(found.estimate, 2)} ({interval}; n = {found.n}) with the number "
            f"of {what}"
        )
    return (
        f"Spearman's correlation of hematoma volume was {listing(parts)}; part of the "
        "former is built in, because both describe extent."
    )


def _outcomes(found: StatedOutcomes, study: Study) -> str:
    whole = found.overall
    if not whole.share.n:
        return (
            f"An outcome was stated in words for {found.n} patients, and for none of "
            "them whether recovery was complete."
        )
    text = (
        "Recovery was stated to be complete in "
        f"{_stated(whole.complete, whole.share, study)}, among those for whom it was "
        f"stated either way; no outcome was stated for {found.n_missing}."
    )
    if len(found.groups) > 1:
        told = [
            f"{_stated(g.complete, g.share, study)} treated {g.label}"
            for g in found.groups
        ]
        text += f" It was complete in {listing(told)}"
        if found.test is not None:
            p = p_with_error(found.test.p_value, found.test.p_low, found.test.p_high)
            text += f" (Fisher's test, {p}; treatment was not allocated at random)"
        text += "."
    return text


def _stated(complete: int, share: Estimate, study: Study) -> str:
    if study.convenience:
        return f"{complete} of {counted(share.n, 'patient')}"
    return with_interval(complete, share)
