"""Which visits are tested against baseline, and what bounds stand for the others."""

from typing import TypeAlias

from iph._categories import ScheduledVisit
from iph.study._change import Direction
from iph.study._grades import GradeCourse
from iph.study._pain import PainCourse
from iph.study._scores import ScoreCourse
from iph.study._study import Study

Course: TypeAlias = PainCourse | ScoreCourse | GradeCourse


def tested_visits(course: Course, study: Study) -> tuple[ScheduledVisit, ...]:
    """Return the visits that are tested against baseline: half of those due are known.

    A convenience sample speaks for nobody else, and nothing of it is tested.
    """
    enough = {at.visit for at in course.visits if at.is_enough}
    return tuple(
        change.visit
        for change in course.changes
        if change.visit in enough and not study.convenience
    )


def may_test(course: Course, study: Study) -> bool:
    """Whether all visits may be tested: of those against baseline, one at least is."""
    return bool(tested_visits(course, study)) or not (
        course.changes or study.convenience
    )


def bounds_text(turned: Direction) -> str:
    """Say how many of those alive may be better, whatever those not known have."""
    most, n = turned.improved + turned.n_missing, turned.n + turned.n_missing
    return f"at least {turned.improved} and at most {most} of {n}"


def untested_text(course: Course, better: str, study: Study) -> str:
    """Say below a table which visits were not tested, and what bounds stand instead."""
    if study.convenience:
        return "No test was made."
    tested = tested_visits(course, study)
    told = "; ".join(
        f"{change.visit.label}, {bounds_text(change.direction)}"
        for change in course.changes
        if change.visit not in tested
    )
    return (
        told
        and "Not tested where the outcome is known of fewer than half of those due. "
        f"Patients alive who {better}, whatever those not known have: {told}."
    )


def no_test_text(turned: Direction, better: str, study: Study) -> str:
    """Say in a sentence that a visit was not tested, with the bounds of a sample."""
    if study.convenience:
        return "no test was made"
    return (
        "no test was made. Whatever the others alive had, "
        f"{bounds_text(turned)} {better}"
    )
