"""Exact unconditional tests of two shares, and the intervals that match."""

import itertools
import math
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from iph.errors import InputError, WorkError
from iph.stats import barnard, boschloo, fisher_exact
from iph.stats._tables.barnard import Measure, UnconditionalTest
from iph.stats._tables.unconditional import largest_tail

MEASURES: tuple[Measure, ...] = ("difference", "ratio", "odds-ratio")
TESTS = {"barnard": barnard, "boschloo": boschloo}


@cache
def all_tables(
    name: str, measure: Measure, n1: int, n2: int
) -> dict[tuple[int, int], UnconditionalTest]:
    """Return the test of every table of two groups."""
    return {
        (a, c): TESTS[name]([[a, n1 - a], [c, n2 - c]], measure=measure)
        for a, c in itertools.product(range(n1 + 1), range(n2 + 1))
    }


CASES = [
    ("barnard", "difference", 4, 4),
    ("barnard", "ratio", 3, 4),
    ("barnard", "odds-ratio", 3, 4),
    ("boschloo", "odds-ratio", 3, 5),
    ("boschloo", "difference", 2, 3),
]


@pytest.mark.parametrize(("name", "measure", "n1", "n2"), CASES)
def test_agreement(name: str, measure: Measure, n1: int, n2: int) -> None:
    """The interval leaves out no difference exactly if p is at most .05, everywhere."""
    null = 0.0 if measure == "difference" else 1.0
    for found in all_tables(name, measure, n1, n2).values():
        outside = not found.low <= null <= found.high
        assert outside == (found.p_value <= 0.05)


def truth(measure: str, p: float, q: float) -> float:
    """Return the measure of two risks."""
    if measure == "difference":
        return p - q
    return p / q if measure == "ratio" else p * (1 - q) / (q * (1 - p))


@pytest.mark.parametrize(("name", "measure", "n1", "n2"), CASES)
def test_guaranteed_coverage(name: str, measure: Measure, n1: int, n2: int) -> None:
    """At every pair of risks tried at least 95 % of samples have the truth inside."""
    tables = all_tables(name, measure, n1, n2)
    risks = [0.01, *(i / 20 for i in range(1, 20)), 0.99]
    for p, q in itertools.product(risks, risks):
        value = truth(measure, p, q)
        held = math.fsum(
            math.comb(n1, a) * p**a * (1 - p) ** (n1 - a)
            * math.comb(n2, c) * q**c * (1 - q) ** (n2 - c)
            for (a, c), found in tables.items()
            if found.low - 1e-9 <= value <= found.high + 1e-9
        )  # fmt: skip
        assert held >= 0.95 - 1e-9


def pooled_z(a: int, n1: int, c: int, n2: int) -> float:
    """Return the z of two shares with the pooled variance; 0 where it has none."""
    m, n = a + c, n1 + n2
    if m in {0, n}:
        return 0.0
    spread = m * (n - m) / n**2 * (1 / n1 + 1 / n2)
    return (a / n1 - c / n2) / math.sqrt(spread)


def naive_p(statistic: Any, a: int, n1: int, c: int, n2: int) -> float:
    """Return the largest chance over a fine grid of tables that go as far."""
    region = [
        (x, y)
        for x, y in itertools.product(range(n1 + 1), range(n2 + 1))
        if statistic(x, n1, y, n2) >= statistic(a, n1, c, n2) - 1e-9
    ]
    shares = np.linspace(0, 1, 20_001)
    chance = np.zeros_like(shares)
    for x, y in region:
        many = math.comb(n1, x) * math.comb(n2, y)
        chance += many * shares ** (x + y) * (1 - shares) ** (n1 + n2 - x - y)
    return float(chance.max())


@pytest.mark.parametrize(("n1", "n2"), [(3, 5), (6, 6), (2, 9)])
def test_p_value_by_enumeration(n1: int, n2: int) -> None:
    """One-sided p-values are the largest chance over a fine grid of the common risk."""

    def fisher(x: int, m: int, y: int, k: int) -> float:
        return -float(stats.hypergeom.sf(x - 1, m + k, x + y, m))

    for a, c in itertools.product(range(n1 + 1), range(n2 + 1)):
        counts = (a, n1, c, n2)
        for name, statistic in (("score", pooled_z), ("fisher", fisher)):
            found = largest_tail(name, "difference", 0.0, counts)
            assert found == pytest.approx(naive_p(statistic, *counts), abs=1e-6)


def test_scipy() -> None:
    """One-sided p-values are those of scipy, which looks for the maximum otherwise."""
    for a, n1, c, n2 in ((7, 12, 2, 12), (5, 10, 0, 10), (11, 14, 5, 18)):
        table = [[a, n1 - a], [c, n2 - c]]
        columns = np.transpose(table)  # scipy has the groups in columns
        for ours, theirs in (
            (barnard, stats.barnard_exact),
            (boschloo, stats.boschloo_exact),
        ):
            found = ours(table, alternative="greater").p_value
            expected = theirs(columns, alternative="greater", n=512).pvalue
            assert found == pytest.approx(expected, abs=2e-7)


def test_chan_zhang() -> None:
    """No outcome in 10 against 10: -0.3085 to 0.3085, where the tail is .025.

    With the risks 0 and 0.3085 the chance of no outcome at all in the second group is
    0.6915^10 = 0.025.
    """
    found = barnard([[0, 10], [0, 10]])
    assert found.high == pytest.approx(1 - 0.025**0.1, abs=1e-5)
    assert found.low == -found.high
    assert found.p_value == 1.0
    assert math.isnan(found.statistic)


def test_score_interval_by_enumeration() -> None:
    """At the bounds of 5 of 6 against 1 of 7 a naive p-value passes .025.

    The risks that fit best and the nuisance risk are both gone through in steps.
    """
    a, n1, c, n2 = 5, 6, 1, 7
    found = barnard([[a, n1 - a], [c, n2 - c]])

    def score(x: int, m: int, y: int, k: int, d: float) -> float:
        q = np.linspace(max(0, -d), min(1, 1 - d), 4001)[1:-1]
        p = q + d
        likely = stats.binom.logpmf(x, m, p) + stats.binom.logpmf(y, k, q)
        best = int(np.argmax(likely))
        spread = p[best] * (1 - p[best]) / m + q[best] * (1 - q[best]) / k
        return float((x / m - y / k - d) / math.sqrt(spread))

    def p_value(d: float, sign: int) -> float:
        observed = sign * score(a, n1, c, n2, d)
        q = np.linspace(max(0, -d), min(1, 1 - d), 2001)
        chance = np.zeros_like(q)
        for x, y in itertools.product(range(n1 + 1), range(n2 + 1)):
            if sign * score(x, n1, y, n2, d) >= observed - 1e-6:
                chance += stats.binom.pmf(x, n1, np.clip(q + d, 0, 1)) * (
                    stats.binom.pmf(y, n2, np.clip(q, 0, 1))
                )
        return float(chance.max())

    for bound, sign in ((found.low, 1), (found.high, -1)):
        assert p_value(bound - sign * 1e-3, sign) < 0.025
        assert p_value(bound + sign * 1e-3, sign) > 0.025


@settings(max_examples=4)  # a second each
@given(st.data())
def test_mirrors(data: st.DataObject) -> None:
    """Swapping groups mirrors the result; the estimate lies in the interval."""
    n1, n2 = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 6))
    a, c = data.draw(st.integers(0, n1)), data.draw(st.integers(0, n2))
    name = data.draw(st.sampled_from(sorted(TESTS)))
    one = TESTS[name]([[a, n1 - a], [c, n2 - c]], measure="difference")
    two = TESTS[name]([[c, n2 - c], [a, n1 - a]], measure="difference")
    assert one.p_value == pytest.approx(two.p_value, abs=1e-9)
    assert [one.low, one.high] == pytest.approx([-two.high, -two.low], abs=1e-9)
    assert one.low <= one.estimate <= one.high
    assert 0.0 < one.p_value <= 1.0
    table = [[a, n1 - a], [c, n2 - c]]
    greater = TESTS[name](table, measure="difference", alternative="greater")
    less = TESTS[name](table, measure="difference", alternative="less")
    assert one.p_value == min(1.0, 2 * min(greater.p_value, less.p_value))
    if name == "boschloo":  # never above Fisher's one-sided p-value
        assert greater.p_value <= (
            float(stats.hypergeom.sf(a - 1, n1 + n2, a + c, n1)) + 1e-9
        )


def test_boschloo_is_less_conservative() -> None:
    """The example of the docstring: .042 against Fisher's .089."""
    table = [[7, 5], [2, 10]]
    assert round(boschloo(table).p_value, 3) == 0.042
    assert round(fisher_exact(table).p_value, 3) == 0.089


@pytest.mark.parametrize("measure", MEASURES)
def test_unbounded(measure: Measure) -> None:
    """All against none has an open end; an empty group, the whole range."""
    found = barnard([[4, 0], [0, 5]], measure=measure)
    assert found.high == (1.0 if measure == "difference" else math.inf)
    assert found.low > (0.0 if measure == "difference" else 1.0)
    empty = barnard([[0, 0], [3, 2]], measure=measure, n_missing=2)
    assert math.isnan(empty.p_value)
    assert math.isnan(empty.estimate)
    whole = (-1.0, 1.0) if measure == "difference" else (0.0, math.inf)
    assert (empty.low, empty.high) == whole
    assert (empty.n, empty.n_missing) == (5, 2)


def test_large_effect() -> None:
    """A ratio beyond the grid is found by going on: 20 of 20 against 1 of 20."""
    found = barnard([[20, 0], [1, 19]], measure="ratio")
    assert found.estimate == 20.0
    assert found.low > 4.0
    assert found.high > 64.0


def test_refused() -> None:
    """Unknown options and large groups are refused, with what to do."""
    with pytest.raises(InputError, match="measure must be one of"):
        barnard([[1, 2], [3, 4]], measure="risk")  # type: ignore[arg-type] # refused
    with pytest.raises(InputError, match="alternative must be one of"):
        boschloo([[1, 2], [3, 4]], alternative="both")  # type: ignore[arg-type] # refused
    with pytest.raises(WorkError, match="use fisher_exact"):
        barnard([[300, 10], [200, 90]])
