"""Unscheduled visits fall into the windows of the schedule, by one stated rule."""

import itertools
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import iph
from iph import fields
from iph.errors import InputError, RuleError
from iph.protocol import LI_2023_PROTOCOL, Protocol, place_visits
from iph.study import analyze
from iph.testing import cohorts


class Weeks(iph.ScheduledVisit):
    """Windows wide and narrow, two visits without one, a visit on no fixed day."""

    SCREENING = "screening", -14, "", (-21, -8)
    BEFORE = "before", 0, "", (-7, 0)
    CALL = "call", None
    WEEK_2 = "week_2", 14, "", (10, 20)
    WEEK_6 = "week_6", 42, "", (21, 56)
    WEEK_12 = "week_12", 84
    YEAR = "year", 365, "", (300, 430)


@attrs.frozen(kw_only=True)
class Hand(iph.SeenAt):
    """What is seen at a visit."""

    visit: Weeks | None = fields.choice("Visit", Weeks)
    pain: int | None = fields.quantity("Pain", low=0, high=10, best="low")


@attrs.frozen(kw_only=True)
class HandPatient(iph.Subject[Hand]):
    """What is known of a patient."""


HANDS = Protocol(title="Hands", condition="carpal tunnel syndrome", patient=HandPatient)

Seen = tuple[str | None, int | None]


def hand_cohort(*courses: list[Seen]) -> iph.Cohort[HandPatient]:
    """Return patients seen at visits with days."""
    return iph.Cohort(
        [
            HandPatient(patient_id=f"P{number}", follow_up=course_of(course))
            for number, course in enumerate(courses)
        ],
        patient_class=HandPatient,
    )


def course_of(seen: list[Seen]) -> iph.Course[Hand]:
    """Return a course; refuse visits out of order."""
    made = [
        Hand(visit=None if name is None else Weeks(name), day=day) for name, day in seen
    ]
    return iph.Course(assessments=made)


def read_back(cohort: iph.Cohort[HandPatient]) -> list[list[Seen]]:
    """Return the visits and days of each patient."""
    return [
        [
            (None if one.visit is None else str(one.visit.value), one.day)
            for one in patient.follow_up.assessments
        ]
        for patient in cohort
    ]


@pytest.mark.parametrize(
    ("seen", "placed", "reasons"),
    [
        ([(None, 14)], ["week_2"], []),
        ([(None, 10), (None, 20)], ["week_2", None], ["another assessment is chosen"]),
        ([(None, 12), (None, 15)], [None, "week_2"], ["another assessment is chosen"]),
        (
            [(None, 9), (None, 84), (None, 431)],
            [None, None, None],
            ["outside every window"] * 3,
        ),
        (
            [("week_2", 30), (None, 42)],
            ["week_2", "week_6"],
            [],
        ),
        (
            [(None, 14), ("week_2", None)],
            [None, "week_2"],
            ["the visit has an assessment of that name"],
        ),
        ([("week_6", 9), (None, 14)], ["week_6", None], ["out of order"]),
        ([(None, 42), ("week_2", None)], [None, "week_2"], ["out of order"]),
        ([("call", None), (None, -2)], ["call", None], ["out of order"]),
        (
            [(None, -10), (None, -1), ("call", None), (None, 50)],
            ["screening", "before", "call", "week_6"],
            [],
        ),
    ],
)
def test_one_rule_says_which_visit_it_is(
    seen: list[Seen], placed: list[str | None], reasons: list[str]
) -> None:
    """Nearest in the window, the earlier of two; a name and the order stand above."""
    found = place_visits(hand_cohort(seen), HANDS)
    assert [name for name, _ in read_back(found.cohort)[0]] == placed
    assert [place.reason for place in found.unscheduled] == reasons
    assert "the earlier" in found.rule


def test_visits_off_their_windows_stay_what_they_are_named() -> None:
    """A day outside the window of the visit that is named is listed, not changed."""
    cohort = hand_cohort([("before", 3), ("week_2", 20), ("week_6", None)], [])
    found = place_visits(cohort, HANDS)
    assert found.cohort is cohort
    (off,) = found.off_window
    assert (off.patient_id, off.day, off.visit) == ("P0", 3, Weeks.BEFORE)
    assert off.reason == "outside its window"
    assert repr(found) == "<PlacedVisits: 0 placed, 0 unscheduled, 1 off window>"


@st.composite
def courses(draw: st.DrawFn) -> list[Seen]:
    """Draw any legal course of visits, named or not, with days or without."""
    days = sorted(draw(st.sets(st.integers(-30, 70), max_size=8)))
    names: list[Any] = [visit.value for visit in Weeks if visit is not Weeks.CALL]
    size = draw(st.integers(0, min(len(days), 4)))
    places = sorted(draw(st.permutations(range(len(days))))[:size])
    chosen = sorted(draw(st.permutations(range(len(names))))[:size])
    named = dict(zip(places, chosen, strict=True))
    seen: list[Seen] = []
    for place, day in enumerate(days):
        if place in named:
            shown = draw(st.sampled_from([day, None]))
            seen.append((names[named[place]], shown))
        else:
            seen.append((None, day))
    after = 1 + max((p for p, _ in enumerate(seen)), default=-1)
    if draw(st.booleans()):
        seen.insert(draw(st.integers(_behind_baseline(seen), after)), ("call", None))
    return seen


def _behind_baseline(seen: list[Seen]) -> int:
    named = [name for name, _ in seen]
    return named.index("before") + 1 if "before" in named else 0


def _legal(seen: list[Seen]) -> bool:
    try:
        course_of(seen)
    except RuleError:
        return False
    return True


def expected(seen: list[Seen]) -> list[str | None]:
    """Return the names after placing: every name is tried, and the course asked."""
    names = [name for name, _ in seen]
    for visit in Weeks:
        if visit.window is None or visit.value in names:
            continue
        assert visit.nominal_day is not None
        inside = []
        for place, (name, day) in enumerate(seen):
            if name is not None or day is None:
                continue
            tried = [*seen[:place], (str(visit.value), day), *seen[place + 1 :]]
            if visit.window[0] <= day <= visit.window[1] and _legal(tried):
                inside.append((abs(day - visit.nominal_day), day, place))
        if inside:
            names[min(inside)[2]] = str(visit.value)
    return names


@given(courses())
def test_placing_is_what_trying_every_name_gives(seen: list[Seen]) -> None:
    """The rule agrees with one that knows only which courses are legal."""
    found = place_visits(hand_cohort(seen), HANDS)
    after = read_back(found.cohort)[0]
    assert [name for name, _ in after] == expected(seen)
    assert [day for _, day in after] == [day for _, day in seen]
    named = sum(name is None for name, _ in seen)
    assert len(found.placed) + len(found.unscheduled) == named
    again = place_visits(found.cohort, HANDS)
    assert not again.placed
    assert again.cohort is found.cohort


@given(st.lists(courses(), max_size=4))
def test_every_patient_stands_alone(many: list[list[Seen]]) -> None:
    """What is placed of one patient hangs on no other."""
    together = place_visits(hand_cohort(*many), HANDS)
    alone = [place_visits(hand_cohort(one), HANDS) for one in many]
    assert read_back(together.cohort) == [read_back(one.cohort)[0] for one in alone]
    days = list(itertools.chain.from_iterable(one.off_window for one in alone))
    assert [one.day for one in together.off_window] == [one.day for one in days]


@given(cohorts())
def test_a_schedule_without_windows_changes_nothing(cohort: iph.Cohort) -> None:
    """The visits of Li et al. 2023 have no windows."""
    found = place_visits(cohort, LI_2023_PROTOCOL)
    assert found.cohort is cohort
    assert not found.placed
    assert not found.off_window
    assert all(one.reason == "outside every window" for one in found.unscheduled)


def test_analysis_places_visits_and_keeps_the_records_as_they_were() -> None:
    """A visit in its window counts at that visit, and what fits none is listed."""
    protocol = attrs.evolve(
        HANDS, outcomes=[iph.protocol.OutcomeRule(field="pain", response=2)]
    )
    seen = [Hand(day=-1, pain=8), Hand(day=40, pain=3), Hand(day=70, pain=1)]
    course = iph.Course(assessments=seen)
    cohort = iph.Cohort([HandPatient(patient_id="P1", follow_up=course)])
    study = analyze(cohort, protocol=protocol, primary_visit="week_6")
    assert study.cohort is cohort
    (patient,) = study.patients
    assert patient.follow_up.at("week_6").pain == 3
    assert [one.day for one in study.visits.unscheduled] == [70]


def test_what_is_no_cohort_of_the_study_is_refused() -> None:
    """The windows are those of one protocol."""
    wrong: Any = [HandPatient(patient_id="P1")]
    with pytest.raises(InputError, match="cohort must be a Cohort"):
        place_visits(wrong, HANDS)
    other: Any = iph.Cohort([iph.Patient(patient_id="P1")])
    with pytest.raises(InputError, match=r"of the protocol \(HandPatient\)"):
        place_visits(other, HANDS)
