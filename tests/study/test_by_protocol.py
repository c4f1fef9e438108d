"""A study of another condition, by its protocol alone."""

import enum
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import iph
from iph import fields, stats
from iph.criteria import Answered, Compare, Criteria, Criterion
from iph.errors import InputError
from iph.protocol import EndpointRule, OutcomeRule, PrimaryOutcome, Protocol
from iph.report._results_json import plain
from iph.study import GradeCourse, RecoveryAnalysis, ScoreCourse, analyze
from iph.testing import cohorts_of, protocols


class Block(iph.ScheduledVisit):
    """A schedule in minutes."""

    START = "start", 0
    MIN_10 = "min_10", 10
    MIN_30 = "min_30", 30


class Motor(enum.IntEnum):
    """Three grades, of which the highest is wanted."""

    NONE = 0
    PARTIAL = 1
    COMPLETE = 2


class Drug(enum.Enum):
    """Two arms."""

    SALINE = "saline"
    DEXAMETHASONE = "dexamethasone"


@attrs.frozen(kw_only=True)
class Seen(iph.SeenAt):
    """What is seen of a block."""

    visit: Block | None = fields.choice("Visit", Block)
    motor: Motor | None = fields.grade("Motor block", Motor, best="high")
    pain: int | None = fields.quantity("Pain", low=0, high=10, best="low", closed=True)


@attrs.frozen(kw_only=True)
class Shoulder(iph.Subject[Seen]):
    """What is known of a patient."""

    age_years: int | None = fields.quantity("Age", unit="years", low=0, high=120)
    drug: Drug | None = fields.choice("Added drug", Drug)
    rescue: bool | None = fields.yes_no("Rescue analgesic given")
    rescue_time: int | None = fields.days("First rescue analgesic, or last seen")
    stage: Motor | None = fields.grade("Stage", Motor, best="low")


def protocol(**changed: Any) -> Protocol[Shoulder]:
    """Return the protocol of the trial, with what is changed."""
    said: dict[str, Any] = {
        "title": "Dexamethasone added to an interscalene block",
        "condition": "shoulder surgery",
        "day_zero": "end of injection",
        "time_unit": "minutes",
        "patient": Shoulder,
        "outcomes": [OutcomeRule(field="motor"), OutcomeRule(field="pain", response=3)],
        "endpoints": [
            EndpointRule(
                name="onset", label="complete block", when=Compare("motor", ">=", 2)
            ),
            EndpointRule(
                name="rescue",
                label="rescue analgesic",
                reached=Answered("rescue", answer=True),
                at="rescue_time",
            ),
        ],
        "criteria": Criteria(
            name="block",
            include=[Criterion("I1", "18 or older", Compare("age_years", ">=", 18))],
        ),
        "group": "drug",
        "primary": PrimaryOutcome(outcome="pain", visit="min_30"),
    }
    return Protocol(**said | changed)


# Arm, minutes to rescue (or last seen), rescue given, motor at three visits, pain.
ROWS: list[tuple[str, int, bool, list[int | None], list[int | None]]] = [
    ("saline", 40, True, [0, 1, 1], [8, 7, 6]),
    ("saline", 55, True, [0, 1, 2], [7, 7, 6]),
    ("saline", 61, True, [0, 0, 1], [9, 8, None]),
    ("saline", 90, True, [0, 2, 2], [6, 5, 5]),
    ("saline", 240, False, [0, 1, 1], [8, 8, 4]),
    ("dexamethasone", 150, True, [0, 2, 2], [8, 4, 2]),
    ("dexamethasone", 212, True, [0, 1, 2], [7, 3, 1]),
    ("dexamethasone", 240, False, [0, 2, 2], [9, 6, 3]),
    ("dexamethasone", 240, False, [0, None, 2], [6, 2, 2]),
    ("dexamethasone", 230, True, [2, 2, 2], [7, 5, 4]),
]


def trial() -> iph.Cohort[Shoulder]:
    """Return the ten patients, and one who was too young."""
    patients = [
        Shoulder(
            patient_id=f"P{number}",
            age_years=40 + number,
            drug=Drug(arm),
            rescue=rescue,
            rescue_time=time,
            stage=Motor(number % 3),
            follow_up=iph.Course(
                assessments=[
                    Seen(
                        visit=visit,
                        motor=None if motor is None else Motor(motor),
                        pain=pain,
                    )
                    for visit, motor, pain in zip(Block, motors, pains, strict=True)
                ]
            ),
        )
        for number, (arm, time, rescue, motors, pains) in enumerate(ROWS)
    ]
    return iph.Cohort([*patients, Shoulder(patient_id="young", age_years=12)])


STUDY = analyze(trial(), protocol=protocol())


def test_everybody_is_counted_by_the_protocol() -> None:
    """Eligibility, the table, its groups and the primary visit are the protocol's."""
    assert (len(STUDY.patients), STUDY.screening.n_excluded) == (10, 1)
    assert STUDY.table_one.columns == ("overall", "saline", "dexamethasone")
    assert [row.name for row in STUDY.table_one.rows] == [
        "age_years",
        "rescue",
        "rescue_time",
        "stage",
    ]
    assert STUDY.rules.primary_visit is Block.MIN_30
    assert STUDY.coagulation.rows == ()
    assert STUDY.unavailable == ()


def test_a_grade_has_the_direction_that_is_declared() -> None:
    """The best grade is the highest, and who rose has improved."""
    (course,) = STUDY.grades
    assert isinstance(course, GradeCourse)
    assert (course.label, course.best, course.lower_is_better) == (
        "Motor block",
        Motor.COMPLETE,
        False,
    )
    assert [visit.counts for visit in course.visits] == [
        (9, 0, 1),
        (1, 4, 4),
        (0, 3, 7),
    ]
    change = course.change_at(iph.Visit.BASELINE) or course.changes[-1]
    assert (change.direction.improved, change.direction.worse) == (9, 0)


def test_a_score_has_its_responders() -> None:
    """Those whose pain fell by 3 or more, of those scored at both visits."""
    (course,) = STUDY.scores
    assert isinstance(course, ScoreCourse)
    assert course.response_label == "Pain better by at least 3"
    assert [v.n_responders for v in course.visits] == [0, 4, 6]
    assert [v.quartiles.n for v in course.visits] == [10, 10, 9]
    last = course.changes[-1]
    assert (last.n, last.n_missing, last.direction.improved) == (9, 1, 9)


def test_groups_are_compared_at_each_visit() -> None:
    """The exact test of the values themselves, with how often the second is better."""
    found = {(g.field, g.visit.value): g for g in STUDY.group_visits}
    assert len(found) == 6
    pain = found["pain", "min_30"]
    arms: dict[str, list[int | None]] = {"saline": [], "dexamethasone": []}
    for arm, _, _, _, pains in ROWS:
        arms[arm].append(pains[2])
    test = stats.mann_whitney(
        arms["saline"], arms["dexamethasone"], two_sided="central"
    )
    assert pain.mann_whitney is not None
    assert pain.mann_whitney.p_value == test.p_value
    assert pain.better is not None
    # 20 pairs: dexamethasone is better in 18 of them, with one tie (4 and 4).
    assert pain.better.estimate == pytest.approx(19.5 / 20)
    assert pain.better.n_missing == 1


def test_a_recorded_time_is_exact() -> None:
    """Its tests are those of the times, not of the intervals since the last visit."""
    rescue = STUDY.recovery[1]
    assert isinstance(rescue, RecoveryAnalysis)
    times = [time for _, time, *_ in ROWS]
    events = [event for _, _, event, *_ in ROWS]
    arms = [arm for arm, *_ in ROWS]
    assert rescue.logrank is not None
    expected = stats.logrank(times, events, arms, method="asymptotic").p_value
    assert rescue.logrank.p_value == pytest.approx(expected, rel=1e-12)
    assert rescue.interval is None
    curve = stats.kaplan_meier(times, events)
    assert list(rescue.overall.curve.survival) == list(curve.survival)
    masses = rescue.overall.visits
    assert [
        right - left for left, right in zip(masses.left, masses.right, strict=True)
    ][:-1] == [1.0] * 7


def test_a_time_seen_at_visits_is_an_interval() -> None:
    """Who has it at the start was never at risk; the rest between two visits."""
    onset = STUDY.recovery[0]
    assert isinstance(onset, RecoveryAnalysis)
    assert (onset.n, onset.n_at_start, onset.overall.n_recovered) == (9, 1, 6)
    assert onset.lead == "interval-censored"
    assert onset.interval is not None
    assert [at.visit for at in onset.overall.by_visit] == [Block.MIN_10, Block.MIN_30]
    assert [at.recovered for at in onset.overall.by_visit] == [3, 6]


def test_a_series_without_groups_has_no_gap() -> None:
    """Nothing is compared, and nothing that was not asked for is called missing."""
    study = analyze(trial(), protocol=protocol(group=None, criteria=None, primary=None))
    assert len(study.patients) == 11
    assert study.table_one.columns == ("overall",)
    assert study.group_visits == ()
    assert study.group_outcomes == ()
    assert study.unavailable == ()
    onset = study.recovery[0]
    assert isinstance(onset, RecoveryAnalysis)
    assert (onset.groups, onset.n_ungrouped, onset.comparison) == ((), 0, None)


def test_the_comparison_can_be_named() -> None:
    """The group that others are compared with comes first."""
    study = analyze(trial(), protocol=protocol(group_reference="dexamethasone"))
    assert study.table_one.columns == ("overall", "dexamethasone", "saline")
    pain = next(g for g in study.group_visits if g.visit is Block.MIN_30)
    assert [group.label for group in pain.groups] == ["dexamethasone", "saline"]


def values(found: Any) -> list[str]:
    """Return every text among the values of a result."""
    if isinstance(found, dict):
        found = list(found.values())
    if isinstance(found, list):
        return [text for one in found for text in values(one)]
    return [found] if isinstance(found, str) else []


def test_no_word_of_another_condition() -> None:
    """Whatever the results say, they say of this study."""
    said = [text.lower() for text in values(plain(STUDY))]
    for word in ("hematoma", "iliopsoas", "numbness", "strength", "hip ", "coagul"):
        assert not [text for text in said if word in text], word


def test_what_a_study_cannot_analyze_is_refused() -> None:
    """Patients of another protocol, a wrong visit, a wrong group."""
    with pytest.raises(InputError, match=r"patients of the protocol \(Patient\)"):
        analyze(trial())
    with pytest.raises(
        InputError, match="primary_visit must be one of 'min_10', 'min_30'"
    ):
        analyze(trial(), protocol=protocol(), primary_visit="month_6")
    with pytest.raises(InputError, match="by must be one of: drug, rescue"):
        analyze(trial(), protocol=protocol(), by="coagulation_status")


STUDIES = protocols().flatmap(
    lambda drawn: st.tuples(st.just(drawn), cohorts_of(drawn, min_size=1, max_size=5))
)


@settings(max_examples=8)  # a whole study each
@given(STUDIES)
def test_the_counts_of_any_study_reconcile(
    drawn: tuple[Protocol[Any], iph.Cohort[Any]],
) -> None:
    """Each part counts the patients that a naive look at the records counts."""
    study_protocol, cohort = drawn
    study = analyze(cohort, protocol=study_protocol, population="all")
    n = len(cohort)
    for visit in study.attendance.visits:
        seen = sum(p.follow_up.at(visit.visit) is not None for p in cohort)
        assert (visit.seen, visit.due + visit.died) == (seen, n)
    for course in (*study.grades, *study.scores):
        if not isinstance(course, (GradeCourse, ScoreCourse)):
            continue
        name = course.field
        for at in course.visits:
            seen_at = [p.follow_up.at(at.visit) for p in cohort]
            values = [getattr(a, name) for a in seen_at if a is not None]
            known = sum(value is not None for value in values)
            found = at.quartiles.n if hasattr(at, "quartiles") else at.n
            assert found == known
    for row in study.table_one.rows:
        assert row.cells[0].n + row.cells[0].n_missing == n
    for part in study.recovery:
        if isinstance(part, RecoveryAnalysis):
            assert part.n + part.n_missing == n
            grouped = sum(group.n for group in part.groups)
            assert grouped + part.n_ungrouped in {part.n, 0}
