"""How pain went, in the same patients."""

from collections.abc import Iterator
from functools import partial

from iph._categories import ScheduledVisit
from iph.evidence._claims import Claim, ClaimKind
from iph.report._document import Block, Picture
from iph.report._figures.pain import pain_figure
from iph.report._numbers import counted, of_patients, p_equals, share
from iph.report._parts.changes import (
    PAIN,
    across_text,
    all_visits_text,
    change_summary,
    changes_sheet,
    direction_text,
    effect_text,
    further_sheet,
    paired_text,
    unequal_text,
)
from iph.report._parts.claimed import Asked, counted_claims
from iph.report._parts.part import Material, Part, headed, of_study
from iph.report._parts.tested import no_test_text, tested_visits
from iph.report._phrases import (
    middle_text,
    quartile_words,
    severity_words,
    with_interval,
)
from iph.report._sheet import Sheet, SheetRow
from iph.scales._pain import PainSeverity
from iph.stats._description.quartiles import Quartiles
from iph.study._pain import PainCourse
from iph.study._study import Study

_RELIEF = ("at-least-half", "more-than-half")


def _blocks(course: PainCourse, material: Material) -> Iterator[Block]:
    yield pain_picture(course)
    yield pain_sheet(course)
    sheets = (
        changes_sheet(course, PAIN, material.study),
        pain_steps_sheet(course),
        further_sheet(course, PAIN, material.study),
    )
    yield from (sheet for sheet in sheets if sheet is not None)


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
                f"Quartiles by {quartile_words(course.quartile_rule)}; severity by "
                f"{severity_words(course.severity_rule)}. Reduction from "
                "baseline is of those with a score above 0 at baseline and a score "
                f"at the visit.{across_text(course)}"
            ),
        ),
    )


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


def pain_picture(course: PainCourse) -> Picture:
    """Return the course of pain."""
    return Picture(
        name="pain",
        title="Course of pain",
        alt=(
            f"Pain scores of {course.n - course.n_missing} patients by visit as thin "
            "lines, with the medians as a thick line and the quartiles as bars."
        ),
        caption=(
            f"Pain was recorded at least once in {course.n - course.n_missing} of "
            f"{course.n} patients. Thin lines are individual patients (jittered); "
            "thick line and bars, median and quartiles "
            f"({quartile_words(course.quartile_rule)}) of the patients scored at each "
            "visit."
        ),
        data=pain_sheet(course),
        draw=partial(pain_figure, course),
    )


def _sentence(course: PainCourse, study: Study) -> str:
    primary = course.primary
    change, at = course.change_at(primary), course.at(primary)
    if change is None or at is None:
        return f"No patient had a pain score both at baseline and at {primary.label}."
    turned, tested = change.direction, tested_visits(course, study)
    if primary not in tested:
        due = at.quartiles.n + at.quartiles.n_missing
        return (
            f"At {primary.label}, {of_patients(at.quartiles.n, due, 'patients due')} "
            f"had a pain score. Of {turned.n} scored at baseline as well, "
            f"{direction_text(turned, PAIN)}; "
            f"{no_test_text(turned, PAIN.better, study)}."
        )
    text = effect_text(change, PAIN, len(tested))
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


def _methods(course: PainCourse, study: Study) -> str:
    parts = [f"Severity of pain was graded by {severity_words(course.severity_rule)}."]
    parts += paired_text([course], PAIN.subject, study)
    parts += all_visits_text([course], PAIN.subject, study)
    tested = tested_visits(course, study)
    if any(c.direction.died for c in course.changes if c.visit in tested):
        parts.append(
            "In a sensitivity analysis each death counted as the worst outcome."
        )
    return " ".join(parts)


def _claims(course: PainCourse) -> Iterator[Claim]:
    labels = ("none", "mild", "moderate", "severe")
    for visit in course.visits:
        code, n = f"pain at {visit.visit.value}", visit.quartiles.n
        yield from _median(code, visit.visit, visit.quartiles)
        severity = dict(zip(labels, visit.severity, strict=True))
        yield from counted_claims(code, "Pain", severity, n, Asked(), divides=True)
        if visit.at_least_half is not None:
            relieved = {
                "50 % or more": visit.n_responders,
                "more than 50 %": visit.n_strict_responders,
            }
            asked = Asked(derived="pain_relief", visit=visit.visit, levels=_RELIEF)
            code, n = f"relief at {visit.visit.value}", visit.at_least_half.n
            yield from counted_claims(code, "Pain", relieved, n, asked, divides=False)


def _median(code: str, visit: ScheduledVisit, found: Quartiles) -> Iterator[Claim]:
    if found.n:
        yield Claim(
            code=f"{code}: median",
            where="Pain",
            printed=middle_text(found),
            kind=ClaimKind.MEDIAN,
            variable="vas",
            visit=visit,
            of=str(found.n),
        )


def _answers(found: tuple[PainCourse, ...], _material: Material) -> dict[str, str]:
    answers = dict.fromkeys(("pain", "examination"), "")
    if len(found[0].visits) > 1:
        answers["outcomes"] = ""
    if found[0].changes:
        answers["estimates"] = ""
    return answers


PART = Part(
    chapter="pain",
    heading=headed("Pain"),
    results=of_study("pain"),
    blocks=_blocks,
    sentences=lambda course, material: (_sentence(course, material.study),),
    claims=lambda course, _material: _claims(course),
    summary=lambda found, material: (
        change_summary(
            "Pain",
            found[0].primary.label,
            found[0].change_at(found[0].primary),
            is_tested=found[0].primary in tested_visits(found[0], material.study),
        ),
    ),
    methods=lambda found, material: (_methods(found[0], material.study),),
    assumptions=lambda found, material: (unequal_text(found[0], material.study),),
    answers=_answers,
)
