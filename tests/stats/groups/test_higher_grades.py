"""The exact odds ratio of grades: enumeration, its test, and its cuts."""

import itertools
import math
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from iph.errors import InputError
from iph.stats import (
    fisher_exact,
    odds_of_higher_grades,
    odds_ratio,
    odds_within_margins,
    proportional_odds,
)

GRADES = st.lists(st.sampled_from([0, 1, 2, 3, None]), max_size=10)


def raised(shares: Any, ratio: float) -> Any:
    """Return the shares of grades whose odds to be higher are so many times those."""
    below = np.cumsum(shares)[:-1]
    moved = below / (below + ratio * (1 - below))
    return np.diff(np.concatenate(([0.0], moved, [1.0])))


def multinomial(n: int, shares: Any) -> list[tuple[tuple[int, ...], float]]:
    """Return all counts of n patients with their probabilities."""
    found = []
    for counts in itertools.product(range(n + 1), repeat=len(shares)):
        if sum(counts) == n:
            ways, left = 1, n
            for count in counts:
                ways *= math.comb(left, count)
                left -= count
            found.append(
                (
                    counts,
                    ways * math.prod(s**c for s, c in zip(shares, counts, strict=True)),
                )
            )
    return found


@pytest.mark.parametrize("ratio", [0.25, 1.0, 3.0])
@pytest.mark.parametrize("shares", [(0.4, 0.3, 0.3), (0.7, 0.2, 0.1)])
def test_coverage(ratio: float, shares: tuple[float, ...]) -> None:
    """Over all samples of 5 and 4 patients the interval holds as often as asked."""
    covered = total = 0.0
    for first, p in multinomial(5, raised(shares, ratio)):
        for second, q in multinomial(4, shares):
            found = odds_of_higher_grades(
                range(3),
                range(3),
                levels=range(3),
                weights=(first, second),
                confidence_level=0.8,
            )
            covered += p * q * (found.low <= ratio <= found.high)
            total += p * q
    assert total == pytest.approx(1)
    assert covered >= 0.8


@given(GRADES, GRADES, st.sampled_from([0.8, 0.95]))
def test_interval_and_test(x: Any, y: Any, level: float) -> None:
    """The interval leaves out 1 exactly if the p-value is at most 1 - level."""
    found = odds_of_higher_grades(x, y, levels=range(4), confidence_level=level)
    if abs(found.p_value - (1 - level)) > 1e-9:
        assert (found.p_value < 1 - level) == (not found.low <= 1 <= found.high)
    assert found.n_missing == x.count(None) + y.count(None)
    assert (found.n1 + found.n_missing - y.count(None), found.n) == (
        len(x),
        found.n1 + found.n2,
    )
    for cut, grade in zip(found.cuts, (1, 2, 3), strict=True):
        table = [
            [
                sum(v is not None and v >= grade for v in values),
                sum(v is not None and v < grade for v in values),
            ]
            for values in (x, y)
        ]
        assert (cut.grade, cut.above1, cut.above2) == (grade, table[0][0], table[1][0])
        own = odds_ratio(table, confidence_level=level)
        assert (cut.low, cut.high) == (own.low, own.high)
        assert cut.estimate == own.estimate or math.isnan(cut.estimate)
        if found.n:
            assert cut.p_value == fisher_exact(table, two_sided="central").p_value
        wide = odds_ratio(table, confidence_level=1 - (1 - level) / 3)
        if not math.isnan(found.low):
            assert wide.low <= found.low * (1 + 1e-12)
            assert found.high <= wide.high * (1 + 1e-12)


@given(GRADES, GRADES)
def test_estimate(x: Any, y: Any) -> None:
    """The estimate is that of the model of proportional odds."""
    found = odds_of_higher_grades(x, y, levels=range(4))
    if not (found.n1 and found.n2) or len({*x, *y} - {None}) < 2:
        assert math.isnan(found.estimate)
        return
    group = ["a"] * len(x) + ["b"] * len(y)
    model = proportional_odds([*x, *y], group, method="asymptotic")
    assert found.estimate == pytest.approx(model.estimate, rel=1e-6)


@given(GRADES, GRADES, st.floats(0.05, 0.9), st.floats(1.1, 20))
def test_margins(x: Any, y: Any, lower: float, upper: float) -> None:
    """Margins are held exactly if the interval lies between them."""
    test = odds_within_margins(x, y, levels=range(4), lower=lower, upper=upper)
    found = odds_of_higher_grades(x, y, levels=range(4))
    assert (test.low, test.high) == pytest.approx((found.low, found.high), nan_ok=True)
    assert test.p_lower is not None
    assert test.p_upper is not None
    assert test.p_value == max(test.p_lower, test.p_upper)
    if not math.isnan(found.low):
        if abs(test.p_lower - 0.025) > 1e-9:
            assert (test.p_lower < 0.025) == (found.low > lower)
        if abs(test.p_upper - 0.025) > 1e-9:
            assert (test.p_upper < 0.025) == (found.high < upper)


@settings(max_examples=50)  # each sums a noncentral distribution term by term
@given(GRADES, GRADES, st.floats(0.1, 10))
def test_margin_by_loop(x: Any, y: Any, margin: float) -> None:
    """The p-value is that of the cuts' noncentral hypergeometric tails."""
    test = odds_within_margins(x, y, levels=range(4), lower=margin)
    x, y = ([v for v in values if v is not None] for values in (x, y))
    tails = []
    for grade in (1, 2, 3):
        above1, above2 = (sum(v >= grade for v in values) for values in (x, y))
        ways = {
            t: math.comb(len(x), t) * math.comb(len(y), above1 + above2 - t) * margin**t
            for t in range(above1 + above2 + 1)
        }
        upper = sum(w for t, w in ways.items() if t >= above1)
        tails.append(upper / sum(ways.values()))
    assert test.p_value == pytest.approx(min(3 * min(tails), 1), rel=1e-9)


def test_contradicting_cuts() -> None:
    """Cuts that contradict each other leave no odds ratio."""
    low, high = [0] * 40 + [2] * 40, [1] * 80
    found = odds_of_higher_grades(low, high, levels=range(3))
    assert math.isnan(found.low)
    assert math.isnan(found.high)
    assert found.p_value < 1e-6


def test_words() -> None:
    """Grades may be words, whose order is that of the levels."""
    levels = ["none", "some", "full"]
    found = odds_of_higher_grades(["some", "full"], ["none"], levels=levels)
    assert found.levels == ("none", "some", "full")
    assert (found.estimate, found.high) == (math.inf, math.inf)


def test_messages() -> None:
    """What is no grade of the scale is refused."""
    with pytest.raises(InputError, match="one of the levels"):
        odds_of_higher_grades([4], [1], levels=range(4))
    with pytest.raises(InputError, match="two grades or more"):
        odds_of_higher_grades([0], [0], levels=[0])
    for levels in (6, 0.5, None, "abc"):
        with pytest.raises(InputError, match="grades from lowest to highest"):
            odds_of_higher_grades([0], [0], levels=levels)  # type: ignore[arg-type] # on purpose
    with pytest.raises(InputError, match="distinct grades"):
        odds_of_higher_grades([0], [0], levels=[0, 0, 1])
    with pytest.raises(InputError, match="weights must be a pair"):
        odds_of_higher_grades([0], [0], levels=[0, 1], weights=[1, 1, 1])  # type: ignore[arg-type] # on purpose
    with pytest.raises(InputError, match="at most 1,000,000 cases"):
        odds_of_higher_grades([0], [1], levels=[0, 1], weights=([10**6], [1]))
    with pytest.raises(InputError, match="a margin, unless upper is given"):
        odds_within_margins([0], [1], levels=[0, 1])
    with pytest.raises(InputError, match="lower must be a number between 0 and inf"):
        odds_within_margins([0], [1], levels=[0, 1], lower=-1.0)
