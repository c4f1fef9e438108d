"""How each score went, in the same patients."""

from collections.abc import Iterator
from functools import partial

from iph.evidence._claims import Claim, ClaimKind
from iph.report._document import Block, Picture
from iph.report._figures.course import score_figure
from iph.report._numbers import counted, none_or, of_patients, p_equals, p_value, share
from iph.report._parts.changes import (
    Spoken,
    across_text,
    all_visits_text,
    change_summary,
    changes_sheet,
    direction_text,
    effect_text,
    further_sheet,
    paired_text,
    spoken_of,
    unequal_text,
)
from iph.report._parts.claimed import Asked, counted_claims
from iph.report._parts.part import Material, Part, headed, of_study
from iph.report._parts.tested import no_test_text, tested_visits
from iph.report._phrases import (
    bounded_location_text,
    capital,
    lowered,
    middle_text,
    quartile_words,
    unit_words,
    visit_text,
    with_interval,
)
from iph.report._sheet import Sheet, SheetRow
from iph.study._bounded_change import BoundedChange
from iph.study._scores import ScoreChange, ScoreCourse, VisitScore
from iph.study._study import Study

_BOUNDS_INCLUDED = (
    "Patients with a score or a bound at baseline and at the visit; the other tables "
    "of changes leave bounds out. Change, median of the changes, as a bound or by two "
    "limits where it is not known, with the interval of order statistics (95 % or "
    "more) whatever the bounds stand for. Better, same and worse, where that is sure. "
    "P, exact sign test of better against worse; unadjusted."
)


def _blocks(course: ScoreCourse, material: Material) -> Iterator[Block]:
    yield score_picture(course)
    yield score_sheet(course)
    spoken = spoken_of(course)
    sheets = (
        changes_sheet(course, spoken, material.study),
        bounded_sheet(course, spoken, material.study),
        further_sheet(course, spoken, material.study),
    )
    yield from (sheet for sheet in sheets if sheet is not None)


def score_sheet(course: ScoreCourse) -> Sheet:
    """Print a score at each visit."""
    responses = [course.response_label] if course.response_label else []
    unit = "" if course.unit is None else f", {unit_words(course.unit)}"
    better = "lower" if course.lower_is_better else "higher"
    notes = (
        f"Quartiles by {quartile_words(course.quartile_rule)}; {better} is better."
        f"{across_text(course)}{_bounds_text(course)}"
    )
    return Sheet(
        name=course.field,
        title=f"{course.label}{unit}, by visit",
        header=(
            "Visit",
            "n",
            "Not recorded",
            "Died",
            "Median (Q1, Q3)",
            *map(capital, responses),
        ),
        rows=tuple(
            SheetRow(
                (
                    at.visit.label,
                    str((at.bounded or at.quartiles).n),
                    str((at.bounded or at.quartiles).n_missing),
                    str(at.n_died),
                    visit_text(at.quartiles, at.bounded),
                    *(_responded(at) for _ in responses),
                )
            )
            for at in course.visits
        ),
        notes=(notes,),
    )


def _bounds_text(course: ScoreCourse) -> str:
    """Say at which visits values are known by a bound alone; empty without any."""
    told = [
        f"{at.visit.label}, {at.bounded.n_bounds}"
        for at in course.visits
        if at.bounded is not None
    ]
    if not told:
        return ""
    return (
        f" Known by a bound alone: {'; '.join(told)}. The quartiles heed the bounds, "
        "and are given as a bound or by two limits where they are not known; responses "
        "and lines of patients do without."
    )


def bounded_sheet(course: ScoreCourse, spoken: Spoken, study: Study) -> Sheet | None:
    """Print the changes of all who have a score or a bound; None without bounds."""
    found = [(c.visit, c.bounded) for c in course.changes if c.bounded]
    if not found:
        return None
    tested = tested_visits(course, study)
    rows = (
        (
            visit.label,
            str(one.n),
            str(one.n_bounds),
            bounded_location_text(one.change),
            *map(str, (one.improved, one.same, one.worse, one.undecided)),
            p_value(one.p_value) if visit in tested else "not tested",
        )
        for visit, one in found
    )
    return Sheet(
        name=f"{spoken.name}_changes_with_bounds",
        title=f"Change in {spoken.subject} since baseline, bounds included",
        header=(
            "Visit",
            "Pairs",
            "With a bound",
            "Change (95 % CI)",
            "Better",
            "Same",
            "Worse",
            "Undecided",
            "P value",
        ),
        rows=tuple(SheetRow(row) for row in rows),
        notes=(_BOUNDS_INCLUDED,),
    )


def _responded(at: VisitScore) -> str:
    return "" if at.responders is None else share(at.n_responders, at.responders.n)


def score_picture(course: ScoreCourse) -> Picture:
    """Return the course of a score."""
    known = course.n - course.n_missing
    return Picture(
        name=f"course_{course.field}",
        title=f"Course of {lowered(course.label)}",
        alt=(
            f"{course.label} of {known} patients by visit as thin lines, with the "
            "medians as a thick line and the quartiles as bars."
        ),
        caption=(
            f"Recorded at least once in {known} of {course.n} patients. Thin lines are "
            "individual patients; thick line and bars, median and quartiles "
            f"({quartile_words(course.quartile_rule)}) of the patients scored at "
            f"each visit{_undrawn(course)}."
        ),
        data=score_sheet(course),
        draw=partial(score_figure, course),
    )


def _undrawn(course: ScoreCourse) -> str:
    has_bounds = any(at.bounded is not None for at in course.visits)
    return "; values known by a bound alone are not drawn" if has_bounds else ""


def _at_primary(course: ScoreCourse) -> tuple[ScoreChange | None, VisitScore | None]:
    """Return the change until the primary visit, and the scores at it."""
    change = next((c for c in course.changes if c.visit == course.primary), None)
    return change, next((v for v in course.visits if v.visit == course.primary), None)


def _sentence(course: ScoreCourse, material: Material) -> str:
    name, spoken = course.primary.label, spoken_of(course)
    change, at = _at_primary(course)
    if change is None or at is None:
        return f"{course.label}: no patient was scored both at baseline and at {name}."
    turned, found = change.direction, at.bounded or at.quartiles
    tested = tested_visits(course, material.study)
    if course.primary not in tested:
        due = found.n + found.n_missing
        return (
            f"{course.label}: at {name}, "
            f"{of_patients(found.n, due, 'patients due')} were scored. Of {turned.n} "
            f"scored at baseline as well, {direction_text(turned, spoken)}; "
            f"{no_test_text(turned, spoken.better, material.study)}."
        )
    text = effect_text(change, spoken, len(tested))
    if at.responders is not None and at.responders.n:
        told = with_interval(at.n_responders, at.responders)
        text += f" {capital(course.response_label)}: {told}."
    if change.bounded is not None:
        text += _bounded_sentence(change.bounded, spoken)
    if turned.died:
        text += (
            f" {counted(turned.died, 'further patient')} scored at baseline had died "
            "by then; with each death counted as worse, "
            f"{p_equals(turned.p_value_death_worst)}."
        )
    return text


def _bounded_sentence(found: BoundedChange, spoken: Spoken) -> str:
    """Say in how many the direction is sure, with those known by a bound alone."""
    return (
        f" With the values known by a bound alone, of {counted(found.n, 'patient')} "
        f"{found.improved} surely {spoken.better}, {found.worse} surely {spoken.worse} "
        f"and of {none_or(found.undecided)} it is not known (sign test, "
        f"{p_equals(found.p_value)})."
    )


def _methods(found: tuple[ScoreCourse, ...], material: Material) -> Iterator[str]:
    yield from paired_text(found, "a score", material.study)
    yield from all_visits_text(found, "the score", material.study)


def _claims(course: ScoreCourse, material: Material) -> Iterator[Claim]:
    step = material.protocol.assessment_declarations[course.field].step
    for at in course.visits:
        code = f"{course.field} at {at.visit.value}"
        text = middle_text(at.quartiles)
        if at.bounded is None and at.quartiles.n > 1 and "(" in text:
            yield Claim(
                code=f"{code}: median",
                where=course.label,
                printed=text,
                kind=ClaimKind.MEDIAN,
                step=step,
                of=str(at.quartiles.n),
            )
        if at.responders is not None:
            counts = {course.response_label: at.n_responders}
            n = at.responders.n
            yield from counted_claims(
                code, course.label, counts, n, Asked(), divides=False
            )


def _answers(found: tuple[ScoreCourse, ...], _material: Material) -> dict[str, str]:
    answers = {"examination": ""}
    if any(len(course.visits) > 1 for course in found):
        answers["outcomes"] = ""
    if any(course.changes for course in found):
        answers["estimates"] = ""
    return answers


PART = Part(
    chapter="scores",
    heading=headed("Scores by visit"),
    results=of_study("scores"),
    blocks=_blocks,
    sentences=lambda course, material: (_sentence(course, material),),
    claims=_claims,
    summary=lambda found, material: (
        change_summary(
            course.label,
            course.primary.label,
            _at_primary(course)[0],
            is_tested=course.primary in tested_visits(course, material.study),
        )
        for course in found
    ),
    methods=_methods,
    assumptions=lambda found, material: (
        unequal_text(course, material.study) for course in found
    ),
    answers=_answers,
)
