"""Scores against baseline in the same patients, as tables and sentences print them."""

import math
from collections.abc import Iterator, Sequence

import attrs

from iph._categories import ScheduledVisit
from iph.report._numbers import (
    counted,
    decimal,
    level_text,
    listing,
    none_or,
    p_equals,
    p_simulated,
    p_value,
    sentence,
    trimmed,
)
from iph.report._parts.tested import may_test, tested_visits, untested_text
from iph.report._phrases import location_text, lowered, method_words, middle_text
from iph.report._sheet import Sheet, SheetRow
from iph.study._change import Direction
from iph.study._pain import PainCourse
from iph.study._scores import ScoreChange, ScoreCourse
from iph.study._study import Study

_WHOLE = "no visit was missed"


@attrs.frozen(kw_only=True)
class Spoken:
    """How a score is spoken of.

    Attributes
    ----------
    name : str
        What its files are called.
    subject, unit : str
        What it is within a sentence, and what its changes are counted in.
    better, worse : str
        What those have whose score improved, and got worse.
    """

    name: str
    subject: str
    unit: str
    better: str
    worse: str


PAIN = Spoken(
    name="pain", subject="pain", unit="points", better="had less pain", worse="more"
)


def spoken_of(course: ScoreCourse) -> Spoken:
    """Return how a score of any protocol is spoken of."""
    return Spoken(
        name=course.field,
        subject=lowered(course.label),
        unit=course.unit or "points",
        better="improved",
        worse="got worse",
    )


def across_text(course: PainCourse | ScoreCourse) -> str:
    """Say below the scores of each visit that they are of other patients, if so."""
    told = []
    if len({at.quartiles.n for at in course.visits}) > 1 or any(
        at.quartiles.n_missing for at in course.visits
    ):
        told.append("patients at different visits differ")
    if course.changes:
        told.append("the changes of the same patients stand in the next table")
    return f" {sentence('; '.join(told))}" if told else ""


def changes_sheet(
    course: PainCourse | ScoreCourse, spoken: Spoken, study: Study
) -> Sheet | None:
    """Print each visit against baseline in the same patients; None without pairs."""
    if not course.changes:
        return None
    rows, tested = [], tested_visits(course, study)
    shown = len(tested) > 0  # whether there is any P value to head a column
    for change in course.changes:
        turned, is_tested = change.direction, change.visit in tested
        rows.append(
            (
                change.visit.label,
                str(change.n),
                middle_text(change.baseline),
                middle_text(change.now),
                changed_text(change, is_tested=is_tested),
                str(turned.improved),
                str(turned.same),
                str(turned.worse),
                str(turned.died),
                *([p_value(change.p_adjusted) if is_tested else "not tested"] * shown),
            )
        )
    interval = " with the interval of order statistics (95 % or more)" * shown
    notes = [
        (
            "Patients scored both at baseline and at the visit. Change, median of the "
            f"changes{interval}, negative where {spoken.subject} fell."
            + (f" {_sign_test_text(course, tested)}." if shown else "")
        )
    ]
    if told := untested_text(course, spoken.better, study):
        notes.append(told)
    worst = "; ".join(
        f"{c.visit.label}, {p_equals(c.direction.p_value_death_worst)}"
        for c in course.changes
        if c.direction.died and c.visit in tested
    )
    if worst:
        notes.append(
            f"With each death counted as worse, unadjusted sign test: {worst}."
        )
    return Sheet(
        name=f"{spoken.name}_changes",
        title=f"Change in {spoken.subject} since baseline",
        header=(
            "Visit",
            "Pairs",
            "Baseline",
            "Visit score",
            "Change (95 % CI)" if shown else "Change",
            "Better",
            "Same",
            "Worse",
            "Died",
            *(["P value"] * shown),
        ),
        rows=tuple(SheetRow(row) for row in rows),
        notes=tuple(notes),
    )


def changed_text(change: ScoreChange, *, is_tested: bool) -> str:
    """Write the median change; its interval only where the visit is tested."""
    if is_tested:
        return location_text(change.change)
    return trimmed(change.change.estimate, 1)


def _sign_test_text(
    course: PainCourse | ScoreCourse, tested: tuple[ScheduledVisit, ...]
) -> str:
    """Say which P value a table of changes holds."""
    text = "P, exact sign test"
    if len(tested) > 1:
        text += f" adjusted after Holm for {len(tested)} visits"
        if course.primary in tested:
            text += "; the text gives that of the primary visit unadjusted"
    return text


def further_sheet(
    course: PainCourse | ScoreCourse, spoken: Spoken, study: Study
) -> Sheet | None:
    """Print the tests of all visits together, with what each assumes.

    None if there are too few scores for any.
    """
    rows, tested = [], tested_visits(course, study)
    if not may_test(course, study):
        return None
    skillings, friedman = course.skillings_mack, course.friedman
    if skillings is not None:
        rows.append(
            (
                "Skillings-Mack",
                f"{decimal(skillings.statistic, 1)} ({skillings.df})",
                p_simulated(skillings.p_value, skillings.p_high),
                method_words(skillings.method),
                f"{skillings.n} patients",
                (
                    f"keeps patients with a missed visit{_or_died(course)}; assumes "
                    "that "
                    f"{_assumed_text(course, spoken.subject)}"
                    if any_missed(course)
                    else _WHOLE
                ),
            )
        )
    if friedman is not None:
        rows.append(
            (
                "Friedman",
                f"{decimal(friedman.statistic, 1)} ({friedman.df})",
                p_simulated(friedman.p_value, friedman.p_high),
                method_words(friedman.method),
                f"{friedman.n} patients",
                (
                    f"excludes {_excluded_text(friedman.n_missing, n_died(course))}"
                    if friedman.n_missing
                    else _WHOLE
                ),
            )
        )
    rows += [
        (
            f"Signed-rank, {change.visit.label}",
            location_text(change.hodges_lehmann),
            p_value(change.signed_rank.p_value),
            method_words(change.signed_rank.method),
            f"{change.n} pairs",
            "Hodges-Lehmann estimate; both assume symmetric changes; unadjusted",
        )
        for change in course.changes
        if change.visit in tested
    ]
    if not rows:
        return None
    return Sheet(
        name=f"{spoken.name}_tests",
        title=f"Supplement: further tests of {spoken.subject}",
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


def effect_text(change: ScoreChange, spoken: Spoken, n_tested: int) -> str:
    """Say how a score changed, with the interval and its direction."""
    found, turned = change.change, change.direction
    fell = found.estimate < 0
    # A fall is the change with its sign turned, and so are the ends of its interval.
    low, high = (-found.high, -found.low) if fell else (found.low, found.high)
    size = trimmed(abs(found.estimate), 1)
    interval = "CI not estimable"
    if math.isfinite(low) and math.isfinite(high):
        shown = f"{trimmed(low, 1)} to {trimmed(high, 1)}"
        interval = f"{level_text(found.confidence_level)} CI, {shown}"
    moved = (
        f"{spoken.subject} {'fell' if fell else 'rose'} by a median of {size} "
        f"{spoken.unit}"
        if found.estimate
        else f"the median change in {spoken.subject} was 0 {spoken.unit}"
    )
    unadjusted = "unadjusted " if n_tested > 1 else ""
    return (
        f"From baseline to {change.visit.label}, {moved} ({interval}; n = {change.n} "
        f"scored at both visits; sign test, {unadjusted}{p_equals(turned.p_value)}): "
        f"{direction_text(turned, spoken)}; the median was "
        f"{middle_text(change.baseline)} at baseline and {middle_text(change.now)} at "
        f"{change.visit.label}."
    )


def direction_text(turned: Direction, spoken: Spoken) -> str:
    """Say how many were better, the same and worse."""
    same = "the same" if spoken == PAIN else "stayed the same"
    return (
        f"{none_or(turned.improved)} {spoken.better}, {none_or(turned.same)} {same} "
        f"and {none_or(turned.worse)} {spoken.worse}"
    )


def n_died(course: PainCourse | ScoreCourse) -> int:
    """Return who had died by the last visit: nobody of them was seen at every visit."""
    return course.visits[-1].n_died


def _excluded_text(n: int, died: int) -> str:
    """Say whom a test of those seen at every visit leaves out."""
    if n == died:
        return f"{counted(died, 'patient')} who died"
    missed = f"{counted(n - died, 'patient')} with a missed visit"
    return f"{missed} and {died} who died" if died else missed


def _or_died(course: PainCourse | ScoreCourse) -> str:
    return " or who died" if n_died(course) else ""


def _assumed_text(course: PainCourse | ScoreCourse, subject: str) -> str:
    """Say what the test of all visits assumes of visits without a score."""
    and_died = " and patients died" if n_died(course) else ""
    return f"visits were missed{and_died} regardless of {subject}"


def any_missed(course: PainCourse | ScoreCourse) -> bool:
    """Whether any patient of the test of all visits missed one."""
    return course.friedman is None or course.friedman.n_missing > 0


def paired_text(
    courses: Sequence[PainCourse | ScoreCourse], subject: str, study: Study
) -> Iterator[str]:
    """Say for the methods how each visit was compared with baseline."""
    tested = [len(tested_visits(course, study)) for course in courses]
    paired = [len(course.changes) for course in courses]
    change = f"The change in {subject} since baseline is the median of the paired"
    if any(tested):
        yield (
            f"{change} changes with its interval of order statistics, which assumes "
            "nothing of their distribution; each visit was compared with baseline by "
            "the exact sign test, in all patients scored at both."
        )
    elif any(paired):
        yield f"{change} changes, in all patients scored at both."
    if tested != paired and not study.convenience:
        yield (
            "Visits at which fewer than half of those due were scored were not tested; "
            "the least and the most patients who may have improved are given instead."
        )
    if any(n > 1 for n in tested):
        yield (
            "Its P values have Holm's adjustment for the visits of a table; the text "
            "gives that of the primary visit unadjusted."
        )


def all_visits_text(
    found: Sequence[PainCourse | ScoreCourse], subject: str, study: Study
) -> Iterator[str]:
    """Say for the methods how all visits were compared, and what the supplement has."""
    courses = [course for course in found if may_test(course, study)]
    together = [c for c in courses if c.skillings_mack is not None]
    if together:
        ways = sorted(
            {
                method_words(c.skillings_mack.method)
                for c in together
                if c.skillings_mack
            }
        )
        missed = any(map(any_missed, together))
        dead = max(together, key=n_died)
        yield (
            "All visits together were compared by the Skillings-Mack test "
            f"({listing(ways)})"
            + (
                ", which keeps patients with a missed visit"
                f"{_or_died(dead)} and assumes that "
                f"{_assumed_text(dead, subject)}."
                if missed
                else "; no visit was missed."
            )
        )
    further = []
    if any(course.friedman is not None for course in courses):
        further.append("Friedman's test of the patients seen at every visit")
    if any(course.changes for course in courses):
        further.append(
            "the signed-rank test of each visit against baseline with the "
            "Hodges-Lehmann estimate"
        )
    if further:
        symmetric = (
            "; the signed-rank test and the Hodges-Lehmann estimate assume symmetric "
            "changes"
            if any(course.changes for course in courses)
            else ""
        )
        yield f"The supplement holds {listing(further)}{symmetric}."


def unequal_text(course: PainCourse | ScoreCourse, study: Study) -> str:
    """Name the tests whose assumption the data cannot show; empty without."""
    tested = course.skillings_mack is not None and may_test(course, study)
    if not tested or not any_missed(course):
        return ""
    subject = "pain" if isinstance(course, PainCourse) else lowered(course.label)
    assumed = _assumed_text(course, subject)
    return f"Skillings-Mack: that {assumed} cannot be checked from the data"


def change_summary(
    head: str, name: str, change: ScoreChange | None, *, is_tested: bool
) -> str:
    """Say in one line how the same patients changed until a visit."""
    if change is None:
        return f"{head}: nobody was scored both at baseline and at {name}"
    turned = change.direction
    return (
        f"{head}, baseline to {name} (n = {change.n}): {middle_text(change.baseline)} "
        f"to {middle_text(change.now)}, median change "
        f"{changed_text(change, is_tested=is_tested)}; "
        f"{turned.improved} better, {turned.same} same, {turned.worse} worse"
        + (f", {turned.died} died" if turned.died else "")
    )
