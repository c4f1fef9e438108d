"""Questionnaires with their version: which totals there can be."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs
import narwhals.stable.v2 as nw
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.errors import InputError
from iph.scales import (
    HARRIS_HIP,
    INSTRUMENTS,
    NEUROPATHIC_PAIN_RULES,
    OXFORD_HIP,
    Cutpoints,
    Instrument,
    Score,
    convert_oxford_hip,
    oxford_hip_grade,
)
from iph.testing import totals

Evaluate = Callable[[Mapping[str, Sequence[Any]], nw.Expr], list[Any]]
EVERY = tuple(INSTRUMENTS.values())


def named(instrument: Instrument) -> str:
    """Name an instrument in the report of the tests."""
    return instrument.name


@pytest.mark.parametrize(
    ("name", "low", "high", "better"),
    [
        ("lefs", 0, 80, "higher"),
        ("oxford-hip-2007", 0, 48, "higher"),
        ("oxford-hip-1996", 12, 60, "lower"),
        ("harris-hip", 0, 100, "higher"),
        ("dn4", 0, 10, "lower"),
        ("dn4-interview", 0, 7, "lower"),
        ("paindetect", -1, 38, "lower"),
        ("hjhs-2.1", 0, 126, "lower"),
        ("fish-8", 8, 32, "higher"),
        ("fish-7", 7, 28, "higher"),
    ],
)
def test_ranges(name: str, low: float, high: float, better: str) -> None:
    """The totals that each version can have, as published."""
    found = INSTRUMENTS[name]
    assert (found.low, found.high, found.better) == (low, high, better)


def test_items_make_the_ranges() -> None:
    """A sum of items has the range that their points give it."""
    for name, items, least, most in (
        ("lefs", 20, 0, 4),
        ("oxford-hip-2007", 12, 0, 4),
        ("oxford-hip-1996", 12, 1, 5),
        ("dn4", 10, 0, 1),
        ("dn4-interview", 7, 0, 1),
        ("fish-8", 8, 1, 4),
        ("fish-7", 7, 1, 4),
    ):
        found = INSTRUMENTS[name]
        assert (found.low, found.high) == (items * least, items * most)
    pain = INSTRUMENTS["paindetect"]  # seven of 0 to 5, -1 to 1, and 0 or 2
    assert (pain.low, pain.high) == (7 * 0 - 1 + 0, 7 * 5 + 1 + 2)
    assert INSTRUMENTS["harris-hip"].high == 44 + 47 + 4 + 5


@pytest.mark.parametrize("instrument", EVERY, ids=named)
@given(data=st.data())
def test_legal_totals_pass(instrument: Instrument, data: st.DataObject) -> None:
    """Every total of the version is taken, alone and in a column."""
    total = data.draw(totals(instrument))
    score = instrument.score(total)
    assert score == Score(instrument=instrument, total=total)
    column = data.draw(st.lists(st.none() | totals(instrument), max_size=5))
    expected = [math.nan if t is None else t for t in column]
    np.testing.assert_array_equal(instrument.scores(column), expected)


@pytest.mark.parametrize("instrument", EVERY, ids=named)
def test_edges(evaluate: Evaluate, instrument: Instrument) -> None:
    """The smallest and the largest total are legal, and the nearest beyond are not."""
    low, high = instrument.low, instrument.high
    legal: list[Any] = [low, high, None, math.nan]
    wrong = [math.nextafter(low, -9), math.nextafter(high, 999), low - 1, high + 1]
    wrong += [math.inf, -math.inf]
    fraction = low + 0.5
    (wrong if instrument.whole else legal).append(fraction)
    for total in legal:
        instrument.score(total)
        instrument.scores([total])
    for total in wrong:
        with pytest.raises(InputError, match="total must be a"):
            instrument.score(total)
        with pytest.raises(InputError, match=r"totals\[1\] must be a"):
            instrument.scores([None, total])
    data = {"total": [*legal, *wrong]}
    expected = [*[0.0] * len(legal), *[1.0] * len(wrong)]
    assert evaluate(data, instrument.impossible_expr("total")) == expected


def test_the_other_version_is_named() -> None:
    """A total that only the other version allows is refused with that hint."""
    for name, total, hint in (
        ("fish-7", 29, "eight activities (8 to 32)"),
        ("fish-7", 32, "eight activities (8 to 32)"),
        ("fish-8", 7, "seven activities (7 to 28)"),
        ("oxford-hip-2007", 49, "scoring of 1996, lower is better (12 to 60)"),
        ("oxford-hip-1996", 11, "scoring of 2007, higher is better (0 to 48)"),
        ("dn4-interview", 8, "all 10 items (0 to 10)"),
    ):
        expected = f"possible in another version: {hint}"
        with pytest.raises(InputError) as caught:
            INSTRUMENTS[name].score(total)
        assert caught.value.hint == expected
        with pytest.raises(InputError) as caught:
            INSTRUMENTS[name].scores([total])
        assert caught.value.hint == expected
    with pytest.raises(InputError) as caught:
        INSTRUMENTS["fish-7"].score(33)
    assert "another" not in caught.value.hint


def test_other_versions_are_those_of_the_list() -> None:
    """What an instrument says of its other versions is what these say of themselves."""
    for instrument in EVERY:
        siblings = {
            (one.low, one.high)
            for one in EVERY
            if one.title == instrument.title and one is not instrument
        }
        assert {(low, high) for _, low, high in instrument.others} == siblings
    assert {name: one.name for name, one in INSTRUMENTS.items()} == {
        name: name for name in INSTRUMENTS
    }


def test_cut_points_have_the_range_of_their_instrument() -> None:
    """A scale of classes takes the totals of its instrument, and no others."""
    pairs: list[tuple[Cutpoints[Any], str]] = [
        (HARRIS_HIP, "harris-hip"),
        (OXFORD_HIP, "oxford-hip-2007"),
    ]
    pairs += [
        (NEUROPATHIC_PAIN_RULES[rule], name)
        for rule, name in (
            ("dn4", "dn4"),
            ("dn4-dutch", "dn4"),
            ("dn4-interview-dutch", "dn4-interview"),
            ("paindetect", "paindetect"),
        )
    ]
    for rule, name in pairs:
        found = INSTRUMENTS[name]
        expected = (found.low, found.high, found.whole)
        assert (rule.low, rule.high, rule.whole) == expected


@given(first=st.integers(8, 28), second=st.integers(8, 28))
def test_scores_are_ordered_within_a_version(first: int, second: int) -> None:
    """Within a version totals decide; between versions nothing does."""
    fish = INSTRUMENTS["fish-8"]
    a, b = fish.score(first), fish.score(second)
    assert a is not None
    assert b is not None
    assert (a < b, a <= b) == (first < second, first <= second)
    assert (a > b, a >= b, a == b) == (first > second, first >= second, first == second)
    other = INSTRUMENTS["fish-7"].score(second)
    assert other is not None
    assert a != other
    for compare in ("__lt__", "__le__", "__gt__", "__ge__"):
        with pytest.raises(InputError, match="a score must be compared with one of"):
            getattr(a, compare)(other)
        with pytest.raises(InputError, match="a score must be compared with one of"):
            getattr(a, compare)(first)


def test_missing_and_messages() -> None:
    """Nothing is no score; a column, text and yes/no are no total."""
    lefs = INSTRUMENTS["lefs"]
    assert lefs.score(None) is None
    assert lefs.score(math.nan) is None
    assert str(lefs.score(52)) == "52 (lefs)"
    column: Any = [52]
    with pytest.raises(InputError, match=r"total must be a number or None, got \[52\]"):
        lefs.score(column)
    for value in ("52", True):
        wrong: Any = value
        with pytest.raises(InputError, match="total must be a number"):
            lefs.score(wrong)


def test_an_instrument_of_your_own() -> None:
    """A questionnaire of a study is declared the same way, and checked."""
    own = attrs.evolve(INSTRUMENTS["lefs"], name="own", low=1, high=3)
    assert own.scores([1, 3]).tolist() == [1, 3]
    with pytest.raises(InputError, match=r"high must be above low \(3\), got 3"):
        attrs.evolve(own, low=3)
    wrong: Any = "more"
    with pytest.raises(InputError, match="better must be one of 'higher', 'lower'"):
        attrs.evolve(own, better=wrong)


@given(total=st.integers(0, 48))
def test_oxford_scorings_mirror_each_other(total: int) -> None:
    """Converting there and back changes nothing, and neither does the grade."""
    old = convert_oxford_hip(total, to="1996")
    assert old == 60 - total
    assert convert_oxford_hip(old, to="2007") == total
    expected = oxford_hip_grade(total, version="2007")
    assert oxford_hip_grade(old, version="1996") is expected
    columns = convert_oxford_hip([total, None], to="1996")
    np.testing.assert_array_equal(columns, [old, math.nan])
    assert oxford_hip_grade(columns, version="1996").tolist() == [expected, None]


def test_oxford_answers_add_up() -> None:
    """Twelve answers, counted both ways, give two totals that add up to 60."""
    answers = [1, 5, 2, 4, 3, 3, 1, 1, 5, 2, 4, 2]  # of 1996: 1 is best
    old, new = sum(answers), sum(5 - answer for answer in answers)
    assert convert_oxford_hip(old, to="2007") == new


def test_oxford_messages() -> None:
    """A total of the other scoring is named as such."""
    with pytest.raises(InputError, match="another version: scoring of 1996"):
        oxford_hip_grade(55, version="2007")
    with pytest.raises(InputError, match="another version: scoring of 2007"):
        oxford_hip_grade([20, 3], version="1996")
    with pytest.raises(InputError, match=r"totals\[0\] must be a whole number from 0"):
        oxford_hip_grade([49], version="2007")
    wrong: Any = "2010"
    with pytest.raises(InputError, match="version must be one of '1996', '2007'"):
        oxford_hip_grade(20, version=wrong)
    with pytest.raises(InputError, match="to must be one of '1996', '2007'"):
        convert_oxford_hip(20, to=wrong)
    assert oxford_hip_grade(None, version="2007") is None
    assert oxford_hip_grade(None, version="1996") is None
    assert convert_oxford_hip(None, to="1996") is None
