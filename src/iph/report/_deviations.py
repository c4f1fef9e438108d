"""What was planned and what was done otherwise."""

from collections.abc import Iterator
from typing import Any

from iph._fields import Kind
from iph.design import Deviation, Plan, PlanItem
from iph.design._analysis_plan import differences
from iph.design._plan_items import (
    change_item,
    groups_item,
    items_of_tests,
    protocol_items,
    rule_items,
    visits_item,
)
from iph.errors import InputError
from iph.report._competing import why_no_test
from iph.report._sheet import Sheet, SheetRow
from iph.study._parts import Unavailable
from iph.study._recovery_results import RecoveryAnalysis
from iph.study._selection import EVERYBODY
from iph.study._study import Study

_ABSENT = "-"
_LEVEL = 0.95
_UNSEEN = "not made: no two groups were seen"


def deviations(plan: Plan, study: Study) -> Sheet:
    """List what a study did otherwise than planned.

    A reader wants to see at a glance whether the outcome, the groups, the tests or the
    number of patients changed after the plan was made.

    Parameters
    ----------
    plan : Plan
        What `iph.design.plan` made, or `iph.design.read_plan_file` read.
    study : Study
        What `iph.study.analyze` found.

    Returns
    -------
    Sheet
        A row each deviation, with topic, name, what was planned and what was done; no
        row if there is none, which a note says. A notebook shows it as it is.

    Raises
    ------
    InputError
        If `plan` is no `Plan`, or `study` no `Study`.

    Examples
    --------
    >>> from iph.design import plan
    >>> from iph.evidence import published_cases
    >>> from iph.protocol import LI_2023_PROTOCOL
    >>> from iph.report import deviations
    >>> from iph.study import analyze
    >>> study = analyze(published_cases(), population="not-excluded")
    >>> found = deviations(plan(LI_2023_PROTOCOL), study)
    >>> [row.cells for row in found.rows if row.cells[0] == "population"]
    [('population', 'analyzed', 'included', 'not-excluded')]
    """
    if not isinstance(plan, Plan):
        raise InputError("plan", "a Plan", plan, "use iph.design.plan(protocol)")
    if not isinstance(study, Study):
        raise InputError("study", "a Study", study, "use iph.study.analyze(cohort)")
    found = deviations_of(plan, study)
    same = plan.protocol_digest == study.protocol.digest
    return Sheet(
        name="deviations",
        title="What was planned, and done otherwise",
        header=("Topic", "What", "Planned", "Done"),
        rows=tuple(
            SheetRow(
                (
                    one.topic,
                    one.name,
                    _ABSENT if one.planned is None else one.planned,
                    _ABSENT if one.done is None else one.done,
                )
            )
            for one in found
        ),
        notes=(
            f"Version {plan.version} of the plan. The protocol is "
            + ("the one planned." if same else "not the one planned.")
            + ("" if found else " Nothing was done otherwise."),
        ),
    )


def deviations_of(plan: Plan, study: Study) -> tuple[Deviation, ...]:
    """Return what a study did otherwise than planned, the number of patients first."""
    found = differences(plan.items, tuple(_done(study)))
    n = len(study.patients)
    if plan.n_planned is None or plan.n_planned == n:
        return found
    number = Deviation(
        topic="patients", name="analyzed", planned=str(plan.n_planned), done=str(n)
    )
    return (number, *found)


def _done(study: Study) -> Iterator[PlanItem]:
    """Yield what a study did, as a plan would have laid it down."""
    protocol, rules, criteria = study.protocol, study.rules, study.screening.criteria
    yield from protocol_items(protocol, None if criteria == EVERYBODY else criteria)
    yield from rule_items(
        population=rules.population,
        level=1.0 - _level_of(study),
        primary_visit=rules.primary_visit.value,
        group=rules.recovery_group,
        description=rules.description,
        quartiles=rules.quartiles,
    )
    done = {item.name: item for item in _tests_made(study)}
    for item in items_of_tests(protocol, rules.recovery_group):
        unseen = PlanItem(topic="test", name=item.name, text=_UNSEEN)
        yield done.pop(item.name, unseen)
    yield from done.values()


def _level_of(study: Study) -> float:
    """Return the level of the intervals of a study."""
    levels = {one.confidence_level for one in study.group_outcomes}
    return levels.pop() if len(levels) == 1 else _LEVEL


def _tests_made(study: Study) -> Iterator[PlanItem]:
    """Yield each test that a study made, or why it did not."""
    courses: dict[str, Any] = {}
    for part in (*study.grades, *study.scores):
        courses[part.part if isinstance(part, Unavailable) else part.label] = part
    declared = study.protocol.assessment_declarations
    for outcome in study.protocol.outcomes:
        label = outcome.label or declared[outcome.field].label
        course = courses.get(label, study.pain)
        yield change_item(label, _test_or_reason("sign test", course, _changed(course)))
        if declared[outcome.field].kind is not Kind.GRADE:
            whole = getattr(course, "skillings_mack", None) is not None
            test = _test_or_reason("Skillings-Mack test", course, whole)
            yield visits_item(label, test)
        visits = [one for one in study.group_visits if one.field == outcome.field]
        if any(one.mann_whitney is not None for one in visits):
            yield groups_item(label, "Mann-Whitney test")
        elif any(one.kruskal_wallis is not None for one in visits):
            yield groups_item(label, "Kruskal-Wallis test")
    if study.rules.recovery_group:
        for endpoint, one in zip(study.protocol.endpoints, study.recovery, strict=True):
            yield groups_item(endpoint.label, _test_of_recovery(one))
    if any(row.p_value is not None for row in study.table_one.rows):
        yield groups_item("characteristics at baseline", "a test for each row")


def _changed(course: Any) -> bool:
    """Whether anybody was seen before and after."""
    if isinstance(course, Unavailable):
        return False
    return any(change.n for change in course.changes)


def _test_or_reason(test: str, course: Any, made: bool) -> str:  # noqa: FBT001 - of this module alone
    if made:
        return test
    if isinstance(course, Unavailable):
        return f"not made: {course.reason}"
    return "not made: nobody was seen at two visits"


def _test_of_recovery(found: RecoveryAnalysis | Unavailable) -> str:
    """Return the test of the groups of one endpoint, or why there is none."""
    if isinstance(found, Unavailable):
        return f"not made: {found.reason}"
    if found.gray is not None:
        return "Gray's test"
    if found.interval is not None:
        return "interval-censored log-rank test"
    if found.comparison is not None:
        return f"not made: {found.comparison.reason}"
    if found.lead == "incidence-at-visit":
        why = why_no_test([found]).replace("patients at risk died", "patients died")
        return f"not made: {why}, shares by visit stand in its place"
    return _UNSEEN
