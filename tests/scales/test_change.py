"""Who improved, by named rules and by rules of one's own."""

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import attrs
import narwhals.stable.v2 as nw
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.errors import InputError
from iph.scales import (
    CHANGE_RULES,
    ChangeGrade,
    ChangeRule,
    reliable_change,
    score_change,
    score_change_expr,
)

Evaluate = Callable[[Mapping[str, Sequence[Any]], nw.Expr], list[Any]]
EVERY = tuple(CHANGE_RULES.values())
WORSE, SAME, BETTER = ChangeGrade


@pytest.mark.parametrize(
    ("rule", "points", "better"),
    [
        ("lefs-mdc90", 9, "higher"),
        ("lefs-mcid", 9, "higher"),
        ("oxford-hip-mdc90", 5, "higher"),
        ("oxford-hip-mic", 8, "higher"),
        ("pain-farrar2001", 2, "lower"),
    ],
)
def test_points(rule: str, points: float, better: str) -> None:
    """The changes that count, as published; all of them are listed here."""
    assert (CHANGE_RULES[rule].points, CHANGE_RULES[rule].better) == (points, better)
    assert len(CHANGE_RULES) == 5


@pytest.mark.parametrize("rule", EVERY, ids=lambda rule: rule.name)
def test_edges(rule: ChangeRule) -> None:
    """A change of exactly the points counts, in both directions; one less does not."""
    middle = (rule.low + rule.high) / 2
    way = 1 if rule.better == "higher" else -1
    step = 1 if rule.whole else 1e-6
    for by, grade in (
        (rule.points, BETTER),
        (rule.points - step, SAME),
        (0, SAME),
        (-rule.points + step, SAME),
        (-rule.points, WORSE),
    ):
        assert score_change(middle, middle + way * by, rule=rule.name) is grade, by
        strict = attrs.evolve(rule, strict=True)
        expected = SAME if abs(by) == rule.points else grade
        assert score_change(middle, middle + way * by, rule=strict) is expected, by


@given(
    before=st.integers(0, 100),
    after=st.integers(0, 100),
    points=st.integers(1, 100),
    strict=st.booleans(),
    better=st.sampled_from(["higher", "lower"]),
)
def test_exact(
    before: int, after: int, points: int, *, strict: bool, better: Any
) -> None:
    """The grade is that of exact fractions, whatever floats make of the decimals."""
    rule = attrs.evolve(
        CHANGE_RULES["pain-farrar2001"],
        points=points / 10,
        strict=strict,
        better=better,
    )
    gain = Fraction(after - before, 10) * (1 if better == "higher" else -1)
    counts = abs(gain) > Fraction(points, 10)
    counts = counts or (not strict and abs(gain) == Fraction(points, 10))
    expected = (BETTER if gain > 0 else WORSE) if counts else SAME
    assert score_change(before / 10, after / 10, rule=rule) is expected


SCORE = st.none() | st.integers(0, 80)


@given(rows=st.lists(st.tuples(SCORE, SCORE), max_size=6))
def test_columns(rows: list[tuple[int | None, int | None]]) -> None:
    """A column is answered as its rows are one by one; turning time turns the grade."""
    before, after = [b for b, _ in rows], [a for _, a in rows]
    found = score_change(before, after, rule="lefs-mcid").tolist()
    assert found == [score_change(b, a, rule="lefs-mcid") for b, a in rows]
    back = score_change(after, before, rule="lefs-mcid").tolist()
    assert back == [None if grade is None else 2 - grade for grade in found]
    for (b, a), grade in zip(rows, found, strict=True):
        assert (grade is None) == (b is None or a is None)


def test_one_baseline() -> None:
    """One baseline stands for all rows."""
    assert score_change(31, [40, 39, 22], rule="lefs-mdc90").tolist() == [2, 1, 0]
    assert score_change(None, [40, 39], rule="lefs-mdc90").tolist() == [None, None]


def test_messages() -> None:
    """What is out of range, a fraction of a point, and two lengths are named."""
    with pytest.raises(InputError, match="now must be a number from 0 to 80, got 81"):
        score_change(40, 81, rule="lefs-mdc90")
    with pytest.raises(InputError, match=r"baseline\[1\] must be a whole number from"):
        score_change([40, 40.5], [50, 50], rule="lefs-mdc90")
    with pytest.raises(InputError, match="baseline must be a whole number from 0"):
        score_change(40.5, 50, rule="lefs-mdc90")
    with pytest.raises(InputError, match=r"now must be as long as baseline \(3\)"):
        score_change([1, 2, 3], [1, 2], rule="lefs-mdc90")
    with pytest.raises(InputError, match="rule must be one of 'lefs-mdc90'"):
        score_change(1, 2, rule="mcid")


@pytest.mark.parametrize("rule", EVERY, ids=lambda rule: rule.name)
def test_expression(evaluate: Evaluate, rule: ChangeRule) -> None:
    """Every engine answers as the function; out of range there is no answer."""
    middle = math.floor((rule.low + rule.high) / 2)
    after: list[Any] = [
        middle + d for d in (0.0, rule.points, -rule.points, rule.points - 1, 1.0)
    ]
    after += [None, math.nan]
    before = [float(middle)] * len(after)
    expected = score_change(before, after, rule=rule.name).tolist()
    wrong = [rule.high + 1, rule.low - 1, math.inf]
    data = {"b": [*before, *[float(middle)] * 3], "a": [*after, *wrong]}
    found = score_change_expr("b", nw.col("a"), rule=rule.name)
    assert evaluate(data, found) == [*expected, None, None, None]
    swapped = score_change_expr("a", "b", rule=attrs.evolve(rule, strict=True))
    strict = score_change(after, before, rule=attrs.evolve(rule, strict=True))
    assert evaluate(data, swapped) == [*strict.tolist(), None, None, None]


@given(
    deviation=st.floats(0.01, 100),
    reliability=st.floats(0, 0.999),
    level=st.floats(0.5, 0.999),
)
def test_reliable_change(deviation: float, reliability: float, level: float) -> None:
    """The points are the quantile times the standard error of a difference."""
    from scipy.stats import norm

    rule = reliable_change(
        standard_deviation=deviation,
        reliability=reliability,
        better="higher",
        low=0,
        high=100,
        confidence_level=level,
    )
    of_one = deviation * math.sqrt(1 - reliability)
    of_two = math.sqrt(of_one**2 + of_one**2)
    assert rule.points == pytest.approx(norm.ppf((1 + level) / 2) * of_two, rel=1e-9)
    assert rule.strict
    assert rule.kind == "reliable change"


def test_reliable_change_holds_its_level() -> None:
    """Of patients who have not changed five in a hundred exceed the rule."""
    rng = np.random.default_rng(20261129)
    deviation, reliability, n = 10.0, 0.8, 200_000
    true = rng.normal(50, deviation * math.sqrt(reliability), n)
    error = deviation * math.sqrt(1 - reliability)
    first, second = (true + rng.normal(0, error, n) for _ in range(2))
    rule = reliable_change(
        standard_deviation=deviation,
        reliability=reliability,
        better="higher",
        low=-1000,
        high=1000,
    )
    grades = score_change(first, second, rule=rule).filled()
    for grade in (WORSE, BETTER):
        share = float(np.mean(grades == grade))
        assert share == pytest.approx(0.025, abs=4 * math.sqrt(0.025 * 0.975 / n))


def test_reliable_change_by_hand() -> None:
    """A deviation of 7.6 and a reliability of 0.95: 1.96 * sqrt(2) * 1.699 = 4.71."""
    rule = reliable_change(
        standard_deviation=7.6, reliability=0.95, better="lower", low=0, high=30
    )
    assert rule.points == pytest.approx(4.7104, abs=5e-4)
    assert score_change(20, 15, rule=rule) is BETTER
    assert score_change(20, 16, rule=rule) is SAME
    assert score_change(15, 20, rule=rule) is WORSE


@pytest.mark.parametrize(
    ("given_", "message"),
    [
        ({"standard_deviation": 0}, "standard_deviation must be above 0"),
        ({"standard_deviation": math.inf}, "standard_deviation must be above 0"),
        ({"standard_deviation": math.nan}, "standard_deviation must be above 0"),
        ({"standard_deviation": "1"}, "standard_deviation must be a number"),
        ({"reliability": 1}, "reliability must be from 0 to below 1"),
        ({"reliability": -0.1}, "reliability must be from 0 to below 1"),
        ({"reliability": True}, "reliability must be a number"),
        ({"confidence_level": 95}, "did you mean 0.95"),
        ({"better": "more"}, "better must be one of 'higher', 'lower'"),
        ({"high": 0}, r"high must be finite, above low \(0\)"),
        ({"high": math.inf}, r"high must be finite, above low \(0\)"),
    ],
)
def test_reliable_change_messages(given_: dict[str, Any], message: str) -> None:
    """What is out of range is named with what is allowed."""
    fine: dict[str, Any] = {
        "standard_deviation": 5,
        "reliability": 0.9,
        "better": "higher",
        "low": 0,
        "high": 80,
    }
    with pytest.raises(InputError, match=message):
        reliable_change(**{**fine, **given_})


def test_a_rule_must_have_points() -> None:
    """A change of nothing does not count, and neither does an endless one."""
    for points in (0, -1, math.inf, math.nan):
        with pytest.raises(InputError, match="points must be a finite number above 0"):
            attrs.evolve(CHANGE_RULES["lefs-mdc90"], points=points)
    wrong: Any = "mcid"
    with pytest.raises(InputError, match="kind must be one of 'minimal important"):
        attrs.evolve(CHANGE_RULES["lefs-mdc90"], kind=wrong)
