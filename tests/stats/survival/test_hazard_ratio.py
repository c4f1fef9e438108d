import math
from fractions import Fraction
from statistics import NormalDist
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from iph.errors import InputError
from iph.stats import hazard_ratio, logrank
from iph.testing import survival_data

Rows = tuple[list[int], list[bool], list[int]]
METHODS: tuple[Any, ...] = ("mantel-haenszel", "peto", "logrank")


@given(survival_data(groups=2, min_size=2))
def test_naive(rows: Rows) -> None:
    """The Mantel-Haenszel sums are those of a loop over the event times."""
    time, event, group = rows
    time, event, group = [*time, 0, 0], [*event, False, False], [*group, 0, 1]
    ours = theirs = variance = Fraction(0)
    for t in sorted({t for t, e in zip(time, event, strict=True) if e}):
        at_risk = [g for s, g in zip(time, group, strict=True) if s >= t]
        died = [g for s, e, g in zip(time, event, group, strict=True) if e and s == t]
        n, n_1, d, d_1 = len(at_risk), at_risk.count(1), len(died), died.count(1)
        ours += Fraction(d_1 * (n - n_1), n)
        theirs += Fraction((d - d_1) * n_1, n)
        if n > 1:
            variance += Fraction(d * (n - d) * n_1 * (n - n_1), n * n * (n - 1))
    found = hazard_ratio(time, event, group)
    if ours and theirs:
        assert found.estimate == pytest.approx(float(ours / theirs), rel=1e-12)
    elif ours or theirs:
        assert found.estimate == (math.inf if ours else 0.0)
    else:
        assert math.isnan(found.estimate)
    if not variance:
        assert (found.low, found.high) == (0.0, math.inf)
        return
    z = Fraction(NormalDist().inv_cdf(0.975))

    def excess(ratio: float) -> float:
        """Return how far the test of a ratio exceeds its critical value, relatively."""
        h = Fraction(ratio)
        critical = z * z * h * variance
        return float(((ours - h * theirs) ** 2 - critical) / critical)

    if ours:
        assert excess(found.low) == pytest.approx(0, abs=1e-9)
    else:
        assert found.low == 0.0
    if theirs:
        assert excess(found.high) == pytest.approx(0, abs=1e-9)
    else:
        assert found.high == math.inf
    assert found.low <= found.estimate <= found.high
    test = logrank(time, event, group, method="asymptotic")
    if abs(test.p_value - 0.05) > 1e-9:
        assert (test.p_value < 0.05) == (not found.low <= 1.0 <= found.high)


@given(survival_data(groups=2, min_size=2))
def test_reference(rows: Rows) -> None:
    """With the other group as reference, estimate and bounds are inverted."""
    time, event, group = rows
    time, event, group = (
        [*time, 1, 1, 2],
        [*event, True, True, False],
        [*group, 0, 1, 0],
    )
    for method in METHODS:
        one = hazard_ratio(time, event, group, method=method)
        other = hazard_ratio(time, event, group, method=method, reference=1)
        if 0 < one.estimate < math.inf:
            assert one.estimate * other.estimate == pytest.approx(1, rel=1e-9)
            assert one.low * other.high == pytest.approx(1, rel=1e-9)


def test_peto_and_logrank() -> None:
    """Peto's ratio is exp((O - E) / V), and excludes 1 as the log-rank test rejects."""
    time = [1, 3, 4, 7, 8, 9, 12, 15, 16, 20]
    event, group = [True] * 8 + [False] * 2, list("aababbabba")
    test = logrank(time, event, group)
    difference = test.observed[1] - test.expected[1]
    variance = difference**2 / test.statistic
    peto = hazard_ratio(time, event, group, method="peto")
    assert peto.estimate == pytest.approx(math.exp(difference / variance), rel=1e-12)
    z = math.log(peto.estimate) * math.sqrt(variance)
    assert z * z == pytest.approx(test.statistic, rel=1e-12)
    crude = hazard_ratio(time, event, group, method="logrank")
    (o_a, o_b), (e_a, e_b) = test.observed, test.expected
    assert crude.estimate == pytest.approx((o_b / e_b) / (o_a / e_a), rel=1e-12)
    error = math.log(crude.high / crude.estimate) / 1.959963984540054
    assert error == pytest.approx(math.sqrt(1 / e_a + 1 / e_b), rel=1e-9)


@given(survival_data(groups=2, min_size=2), st.sampled_from([0.8, 0.95, 0.99]))
def test_intervals_by_loop(rows: Rows, level: float) -> None:
    """Both other ratios and their bounds are those of sums over the event times."""
    time, event, group = rows
    time, event, group = (
        [*time, 1, 1, 9],
        [*event, True, True, False],
        [*group, 0, 1, 0],
    )
    observed, expected = [0, 0], [Fraction(0), Fraction(0)]
    variance = Fraction(0)
    for t in {t for t, e in zip(time, event, strict=True) if e}:
        at_risk = [g for s, g in zip(time, group, strict=True) if s >= t]
        died = [g for s, e, g in zip(time, event, group, strict=True) if e and s == t]
        n, d = len(at_risk), len(died)
        for g in (0, 1):
            observed[g] += died.count(g)
            expected[g] += Fraction(d * at_risk.count(g), n)
        if n > 1:
            ways = at_risk.count(0) * at_risk.count(1)
            variance += Fraction(d * (n - d) * ways, n * n * (n - 1))
    z = NormalDist().inv_cdf((1 + level) / 2)
    log = float((observed[1] - expected[1]) / variance)
    half = z / math.sqrt(variance)
    peto = hazard_ratio(time, event, group, method="peto", confidence_level=level)
    logs = [math.log(v) for v in (peto.low, peto.estimate, peto.high)]
    assert logs == pytest.approx([log - half, log, log + half], rel=1e-9, abs=1e-12)
    crude = hazard_ratio(time, event, group, method="logrank", confidence_level=level)
    ratio = observed[1] / expected[1] / (observed[0] / expected[0])
    log, half = math.log(ratio), z * math.sqrt(1 / expected[0] + 1 / expected[1])
    logs = [math.log(v) for v in (crude.low, crude.estimate, crude.high)]
    assert logs == pytest.approx([log - half, log, log + half], rel=1e-9, abs=1e-12)


def test_freireich_by_hand() -> None:
    """9 relapses under 6-mercaptopurine, 19.25 expected, variance 6.257, as printed.

    R 4.2.2, survdiff: O = 9, E = 19.25, chi-square 16.79 on one degree of freedom.
    """
    relapse = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    placebo = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
    found = hazard_ratio(
        relapse + censored + placebo,
        [1] * 9 + [0] * 12 + [1] * 21,
        ["6-MP"] * 21 + ["placebo"] * 21,
        reference="placebo",
        method="peto",
    )
    log, half = (9 - 19.2505) / 6.2570, 1.959964 / math.sqrt(6.2570)
    for value, shift in ((found.low, -half), (found.estimate, 0), (found.high, half)):
        assert value == pytest.approx(math.exp(log + shift), rel=1e-3)


def test_grows_with_level() -> None:
    """A higher level gives a wider interval."""
    time, event, group = [1, 2, 3, 4, 5, 6], [True] * 6, list("abaabb")
    for method in METHODS:
        narrow = hazard_ratio(time, event, group, method=method, confidence_level=0.8)
        wide = hazard_ratio(time, event, group, method=method, confidence_level=0.99)
        assert wide.low < narrow.low < narrow.high < wide.high


def test_one_sided_events() -> None:
    """With events in one group only, the estimate is 0 or infinite, one bound open."""
    time, event = [1, 2, 3, 4], [True, True, False, False]
    found = hazard_ratio(time, event, list("aabb"))
    assert (found.estimate, found.low) == (0.0, 0.0)
    # R = 0, S = 2/4 + 2/3, V = 4/16 + 2/9, so that the bound is z**2 V / S**2.
    assert found.high == pytest.approx(3.841458820694124 * (17 / 36) / (7 / 6) ** 2)
    other = hazard_ratio(time, event, list("aabb"), reference="b")
    assert (other.estimate, other.high) == (math.inf, math.inf)
    assert other.low == pytest.approx(1 / found.high)
    crude = hazard_ratio(time, event, list("aabb"), reference="b", method="logrank")
    assert (crude.estimate, crude.high) == (math.inf, math.inf)
    assert math.isnan(crude.low)
    none = hazard_ratio(time, event, list("aabb"), method="logrank")
    assert (none.estimate, none.low) == (0.0, 0.0)
    assert math.isnan(none.high)
    for method in METHODS[1:]:
        none = hazard_ratio(time, [False] * 4, list("aabb"), method=method)
        assert math.isnan(none.estimate)
        assert math.isnan(none.low)
        assert math.isnan(none.high)
    nothing = hazard_ratio(time, [False] * 4, list("aabb"))
    assert math.isnan(nothing.estimate)
    assert (nothing.low, nothing.high) == (0.0, math.inf)


def test_all_at_once() -> None:
    """Where all have the event on one day, any ratio is possible."""
    found = hazard_ratio([3, 3, 3, 3], [True] * 4, list("abbb"))
    assert found.estimate == 1.0
    assert (found.low, found.high) == (0.0, math.inf)


def test_strata_and_missing() -> None:
    """Strata add their sums; incomplete patients are counted."""
    time, event, group = [1, 2, 3, 4, None], [True] * 5, list("abbaa")
    once = hazard_ratio(time, event, group)
    twice = hazard_ratio(time * 2, event * 2, group * 2, strata=[1] * 5 + [2] * 5)
    assert twice.estimate == pytest.approx(once.estimate, rel=1e-12)
    assert (twice.n, twice.n_missing) == (8, 2)


def test_messages() -> None:
    """A ratio needs two groups and a known reference."""
    with pytest.raises(InputError, match="exactly two groups"):
        hazard_ratio([1, 2, 3], [1, 1, 1], [1, 2, 3])
    with pytest.raises(InputError, match="reference"):
        hazard_ratio([1, 2, 3], [1, 1, 1], [1, 2, 2], reference=3)
    with pytest.raises(InputError, match="method"):
        hazard_ratio([1, 2], [1, 1], [1, 2], method="cox")  # type: ignore[arg-type] # on purpose
