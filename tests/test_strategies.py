"""What is drawn from bytes reaches every legal value, and nothing is the simplest."""

import itertools
from typing import Any

import attrs
import pytest
from hypothesis import find, given
from hypothesis import strategies as st

import iph
from iph._fields import KEY, Kind
from iph.testing import follow_ups
from iph.testing._answers import Answers, width, width_of_subset
from iph.testing._declared import _coded
from iph.testing._patients import _BYTES, _visits

CODED = {Kind.CHOICE, Kind.GRADE, Kind.YES_NO}
PARTS = (iph.Patient, iph.Imaging, iph.Hematoma, iph.FollowUp, iph.Assessment)
DECLARED = [
    pytest.param(attribute.name, attribute.metadata[KEY], id=attribute.name)
    for part in PARTS
    for attribute in attrs.fields(part)
    if KEY in attribute.metadata and attribute.metadata[KEY].kind in CODED
]


@pytest.mark.parametrize(("name", "declared"), DECLARED)
def test_each_code_is_as_likely_as_any_other(name: str, declared: Any) -> None:
    """None is half of what is drawn; the codes share the rest, but for remainders."""
    field = _coded(name, declared)
    found = [
        field.choose(bytes(pair)) for pair in itertools.product(range(256), repeat=2)
    ]
    codes = list(declared.options or (False, True))
    assert field.width == 2
    assert set(found) == {None, *codes}
    assert found.count(None) * 2 == len(found)
    shares = [found.count(code) * len(codes) * 2 / len(found) for code in codes]
    assert shares == pytest.approx([1] * len(codes), abs=len(codes) / 256)


def test_each_set_of_zones_can_be_drawn() -> None:
    """Of three codes all eight sets, and none recorded."""
    field = _coded("zones", attrs.fields(iph.Hematoma).zones.metadata[KEY])
    drawn = itertools.product(range(2), range(4), range(3), range(2), range(1))
    found = {field.choose(bytes(one)) for one in drawn}
    zones = list(iph.HematomaZone)
    sets = [itertools.combinations(zones, size) for size in range(4)]
    assert found == {None} | {frozenset(one) for some in sets for one in some}


def test_unknown_is_drawn_alone() -> None:
    """A set of codes is known or unknown, not both."""
    declared = attrs.fields(iph.Patient).comorbidities.metadata[KEY]
    field = _coded("comorbidities", declared)
    rest = bytes(field.width - 1)
    unknown = frozenset({iph.Comorbidity.UNKNOWN})
    assert [field.choose(bytes([way]) + rest) for way in range(3)] == [
        None,
        frozenset(),
        unknown,
    ]


@given(st.integers(1, 1_000), st.data())
def test_answers_are_below_what_was_asked(count: int, data: st.DataObject) -> None:
    """Zero bytes answer zero, and a number that is asked for can be the answer."""
    wanted = data.draw(st.integers(0, count - 1))
    size = width(count)
    assert Answers(bytes(size)).below(count) == 0
    assert Answers(wanted.to_bytes(size)).below(count) == wanted
    drawn = data.draw(st.binary(min_size=size, max_size=size))
    assert 0 <= Answers(drawn).below(count) < count


@given(st.sets(st.integers(0, 200), max_size=12), st.data())
def test_a_subset_is_one(options: set[int], data: st.DataObject) -> None:
    """It holds options, at most as many as are allowed, and uses just its bytes."""
    size = width_of_subset(len(options))
    answers = Answers(data.draw(st.binary(min_size=size, max_size=size)))
    at_most = data.draw(st.none() | st.integers(0, 12))
    chosen = answers.subset(sorted(options), at_most=at_most)
    assert chosen <= options
    assert at_most is None or len(chosen) <= at_most
    with pytest.raises(AssertionError):
        answers.below(2)


@given(st.binary(min_size=_BYTES, max_size=_BYTES), st.integers(0, 9))
def test_visits_are_in_order(drawn: bytes, max_visits: int) -> None:
    """The baseline is first, those of the schedule follow it, none is seen twice."""
    answers = Answers(drawn)
    for _ in range(8):  # whether the day of each is known
        answers.below(2)
    visits = _visits(answers, max_visits)
    assert len(visits) <= max_visits
    named = [visit for visit in visits if visit is not None]
    planned = [visit for visit in named if visit is not iph.Visit.DISCHARGE]
    assert planned == [visit for visit in iph.Visit if visit in planned]
    assert len(set(named)) == len(named)
    assert iph.Visit.BASELINE not in visits[1:]


def test_the_longest_course_has_two_visits_outside_the_schedule() -> None:
    """The discharge, and a visit that is none of those named."""
    chosen = [6] + [0] * 6
    unplanned = [2, 1, 0, 0, 0]
    answers = Answers(bytes(chosen + unplanned))
    assert _visits(answers, 8) == [
        iph.Visit.BASELINE,
        None,
        iph.Visit.DISCHARGE,
        *[v for v in iph.Visit if v not in {iph.Visit.BASELINE, iph.Visit.DISCHARGE}],
    ]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_the_simplest_course_of_a_length_says_nothing_else(count: int) -> None:
    """Examples shrink to what they need."""
    course = find(follow_ups(), lambda one: len(one.assessments) == count)
    assert all(
        (one.vas, one.numbness, one.strength) == (None, None, None)
        for one in course.assessments
    )
