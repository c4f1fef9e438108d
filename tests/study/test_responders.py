"""Who improved by as much as counts, counted again patient by patient."""

from fractions import Fraction
from typing import Any

import attrs
import hypothesis.strategies as st
import pytest
from hypothesis import example, given, settings
from scipy.stats import binomtest

from iph import Assessment, Cohort, FollowUp, Patient, Visit
from iph.errors import DataError, InputError
from iph.evidence import published_cases
from iph.scales import CHANGE_RULES, ChangeRule, reliable_change
from iph.study import Study, analyze, responders
from iph.testing import patients

PAIN = CHANGE_RULES["pain-farrar2001"]
NEAR = Fraction(1, 10**9)  # so near what counts a change is equal to it
LATER = [visit for visit in Visit if visit != Visit.BASELINE]


def course(patient_id: str, *vas: float | None, **about: Any) -> Patient:
    """Return a patient with pain at baseline, one week and one month."""
    visits = (Visit.BASELINE, Visit.WEEK_1, Visit.MONTH_1)
    seen = [
        Assessment(visit=visit, vas=value)
        for visit, value in zip(visits, vas, strict=False)
    ]
    died = about.pop("died_day", None)
    course = FollowUp(assessments=seen, died_day=died)
    return Patient(patient_id=patient_id, follow_up=course, **about)


SIX = (
    course("P1", 7, 5, 2, sex="male"),
    course("P2", 7, 5.1, 7, sex="male"),
    course("P3", 4, 6, 1, sex="female"),
    course("P4", 1.5, 0, 0, sex="female"),
    course("P5", 8, None, 3),
    course("P6", 9, died_day=3, sex="male"),
)
BARE = analyze(Cohort(SIX), population="all")


def of(*given: Patient) -> Study:
    """Return a study of these patients; its other parts are those of six patients."""
    return attrs.evolve(BARE, patients=given)


def test_six_patients_by_hand() -> None:
    """A fall of exactly two points counts, and a start at 1.5 leaves no room for it."""
    table = responders(BARE, "vas", rule="pain-farrar2001")
    week = table.at("week_1")
    assert week is not None
    assert (week.improved, week.not_changed, week.worse) == (1, 2, 1)
    assert (week.no_room, week.died, week.n, week.n_missing) == (1, 1, 4, 1)
    assert (week.missing_failed.n, week.missing_failed.estimate) == (6, 1 / 6)
    month = table.at(Visit.MONTH_1)
    assert month is not None
    assert (month.improved, month.n, month.n_missing, month.died) == (3, 5, 0, 1)
    assert (table.n, table.n_missing, table.rule) == (6, 0, PAIN)
    assert [row.visit for row in table.rows] == [Visit.WEEK_1, Visit.MONTH_1]
    assert table.at("month_6") is None
    assert table.at("week_1", "male") is None


def test_groups_add_up_to_all() -> None:
    """Each group, and those whose group is not known, are part of the whole."""
    table = responders(BARE, "vas", rule="pain-farrar2001", by="sex")
    groups = [row.group for row in table.rows if row.visit == Visit.WEEK_1]
    assert groups[-1] is None
    assert {"male", "female"} <= set(groups)
    male = table.at("week_1", "male")
    assert male is not None
    assert (male.improved, male.not_changed, male.died) == (1, 1, 1)


def exact(value: float) -> Fraction:
    """Return a number as it is written."""
    return Fraction(repr(value))


@settings(max_examples=60)  # an example holds up to eight patients
@given(
    st.lists(patients(), max_size=8), st.sampled_from(["", "sex", "coagulation_status"])
)
@example([], "")
def test_every_patient_counts_once(drawn: list[Patient], by: str) -> None:
    """Each row is what a count of its patients gives, and rows add up to all."""
    table = responders(of(*drawn), "vas", rule=PAIN, by=by or None)
    for visit in LATER:
        pairs = []
        for patient in drawn:
            seen = [patient.follow_up.at(v) for v in (Visit.BASELINE, visit)]
            before, now = (None if one is None else one.vas for one in seen)
            if before is not None and now is not None:
                pairs.append(exact(before) - exact(now))
        rows = [row for row in table.rows if row.visit == visit]
        if not rows:
            assert not pairs
            continue
        better, worse = (
            sum(sign * gain >= 2 - NEAR for gain in pairs) for sign in (1, -1)
        )
        assert sum(row.improved for row in rows) == better
        assert sum(row.worse for row in rows) == worse
        assert sum(row.n for row in rows) == len(pairs)
        total = sum(row.n + row.n_missing + row.died for row in rows)
        assert total == len(drawn)
        for row in rows:
            assert row.improved + row.not_changed + row.worse == row.n
            assert row.improved + row.no_room <= row.n
            assert row.missing_failed.n == row.n + row.n_missing + row.died


def test_interval_is_that_of_scipy() -> None:
    """The exact interval of Clopper and Pearson, at the level that is asked for."""
    table = responders(BARE, "vas", rule=PAIN, confidence_level=0.9)
    for row in table.rows:
        known = binomtest(row.improved, row.n).proportion_ci(0.9, method="exact")
        assert [row.share.low, row.share.high] == pytest.approx([*known])
    assert table.confidence_level == 0.9


def test_a_rule_of_ones_own() -> None:
    """A reliable change must be exceeded."""
    rule = reliable_change(
        standard_deviation=1, reliability=0.5, better="lower", low=0, high=10
    )
    row = responders(BARE, "vas", rule=rule).at("week_1")
    assert row is not None
    assert rule.points == pytest.approx(1.96, abs=0.001)
    assert row.improved == 1


OTHER = attrs.evolve(PAIN, name="other", better="higher")


@pytest.mark.parametrize(
    ("field", "rule", "message"),
    [
        ("vas", "lefs-mdc90", "rule must be one of the scale of vas .0 to 10, lower"),
        ("vas", OTHER, "other .0 to 10, higher is better"),
        ("vas", attrs.evolve(PAIN, whole=True), "takes the decimals of the field"),
        ("vas", "half", "rule must be a ChangeRule, or one of lefs-mdc90"),
        ("strength", PAIN, "field must be one of: vas, hip_flexion_deg"),
        ("age_years", PAIN, "field must be one of"),
    ],
)
def test_refusals(field: str, rule: str | ChangeRule, message: str) -> None:
    """A rule of another scale or version, a grade, and a field of the patient."""
    with pytest.raises(InputError, match=message):
        responders(BARE, field, rule=rule)


def test_no_study_and_no_rate_of_a_convenience_sample() -> None:
    """Patients alone are no study; and published cases have no rate."""
    anything: Any = Cohort(SIX)
    with pytest.raises(InputError, match="a Study, as analyze"):
        responders(anything, "vas", rule=PAIN)
    published = attrs.evolve(BARE, cohort=published_cases())
    with pytest.raises(DataError, match="convenience sample"):
        responders(published, "vas", rule=PAIN)
