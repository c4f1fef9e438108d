"""Spearman's rank correlation."""

import itertools
import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from iph.errors import DataError, InputError, WorkError
from iph.stats import kendall, spearman
from iph.stats._association import paired_ranks as _paired_ranks
from iph.stats._association import rank_correlation as correlation_result
from iph.stats._association.rank_correlation import Alternative

SIDES: tuple[Alternative, ...] = ("two-sided", "less", "greater")
SIDE = st.sampled_from(SIDES)
LEVELS = st.sampled_from([0.5, 0.8, 0.95, 0.99])


@st.composite
def paired(draw: st.DrawFn, *, most: int = 20) -> tuple[list[int], list[int]]:
    """Draw two graded variables of the same patients."""
    value = st.tuples(
        st.integers(0, draw(st.integers(1, 8))), st.integers(0, draw(st.integers(1, 8)))
    )
    rows = draw(st.lists(value, min_size=2, max_size=most))
    return [a for a, _ in rows], [b for _, b in rows]


def centered_ranks(values: list[int]) -> list[int]:
    """Twice the mid-rank minus n + 1, by comparing each value with each other."""
    return [sum((b < a) - (b > a) for b in values) for a in values]


def naive_rho(x: list[int], y: list[int]) -> float:
    """Return the product-moment correlation of the mid-ranks."""
    a, b = centered_ranks(x), centered_ranks(y)
    product = sum(p * q for p, q in zip(a, b, strict=True))
    return product / math.sqrt(sum(p * p for p in a) * sum(q * q for q in b))


def naive_p(x: list[int], y: list[int], side: str) -> Fraction:
    """Go through all orders of the second variable."""
    a, b = centered_ranks(x), centered_ranks(y)
    observed = sum(p * q for p, q in zip(a, b, strict=True))
    hits = total = 0
    for order in itertools.permutations(b):
        found = sum(p * q for p, q in zip(a, order, strict=True))
        total += 1
        if side == "two-sided":
            hits += abs(found) >= abs(observed)
        else:
            hits += found >= observed if side == "greater" else found <= observed
    return Fraction(hits, total)


def test_r_exact(reference: Callable[[str], list[dict[str, Any]]]) -> None:
    """Without ties rho and the exact p-value are those of R, up to nine patients."""
    cases = [c for c in reference("association.json") if c["kind"] == "spearman-exact"]
    assert len(cases) == 200
    for case in cases:
        side = case["side"].replace(".", "-")
        found = spearman(case["x"], case["y"], alternative=side, method="exact")
        np.testing.assert_allclose(found.estimate, case["estimate"], atol=1e-12)
        np.testing.assert_allclose(found.p_value, case["p_value"], atol=1e-12)


def test_r_asymptotic(reference: Callable[[str], list[dict[str, Any]]]) -> None:
    """With ties rho and the asymptotic p-value are those of R; coin agrees on rho."""
    cases = [c for c in reference("association.json") if c["kind"] == "ties"]
    assert len(cases) >= 200
    for case in cases:
        side = case["side"].replace(".", "-")
        found = spearman(case["x"], case["y"], alternative=side, method="asymptotic")
        np.testing.assert_allclose(found.estimate, case["spearman"], atol=1e-12)
        np.testing.assert_allclose(
            found.p_value, case["spearman_p"], rtol=1e-9, atol=1e-14
        )
        root = math.sqrt(found.n - 1)
        np.testing.assert_allclose(found.estimate * root, case["coin_z"], atol=1e-9)


@given(paired(most=6), SIDE)
def test_full_enumeration(rows: tuple[list[int], list[int]], side: Alternative) -> None:
    """The exact p-value is the share of all orders, ties included."""
    x, y = rows
    assume(len(set(x)) > 1 and len(set(y)) > 1)
    found = spearman(x, y, alternative=side)
    assert found.method == "exact"
    assert found.p_value == float(naive_p(x, y, side))
    np.testing.assert_allclose(found.estimate, naive_rho(x, y), atol=1e-14)


@given(paired(), st.permutations(range(20)))
def test_invariance(rows: tuple[list[int], list[int]], order: list[int]) -> None:
    """Row order, monotone transforms and the order of the variables do not matter."""
    x, y = rows
    plain = spearman(x, y, method="asymptotic")
    chosen = [i for i in order if i < len(x)]
    for other in (
        spearman([x[i] for i in chosen], [y[i] for i in chosen], method="asymptotic"),
        spearman([math.exp(v) for v in x], [v**3 for v in y], method="asymptotic"),
        spearman(y, x, method="asymptotic"),
    ):
        np.testing.assert_equal(attrs.astuple(other), attrs.astuple(plain))
    turned = spearman(x, [-v for v in y], method="asymptotic")
    assume(not math.isnan(plain.estimate))
    assert turned.estimate == -plain.estimate
    np.testing.assert_equal(turned.p_value, plain.p_value)
    np.testing.assert_allclose([turned.low, turned.high], [-plain.high, -plain.low])


@given(paired(), LEVELS, LEVELS, st.sampled_from(["score", "bonett-wright", "fieller"]))
def test_interval(
    rows: tuple[list[int], list[int]], one: float, other: float, kind: Any
) -> None:
    """The interval holds rho, stays within -1 and 1 and grows with the level."""
    few, many = (
        spearman(*rows, confidence_level=c, interval=kind, method="asymptotic")
        for c in sorted((one, other))
    )
    assume(not math.isnan(few.estimate))
    assert -1.0 <= many.low <= few.low <= few.estimate
    assert few.estimate <= few.high <= many.high <= 1.0


@given(paired(most=6), st.data())
def test_weights_are_repetition(
    rows: tuple[list[int], list[int]], data: st.DataObject
) -> None:
    """Case counts give what the repeated rows give."""
    x, y = rows
    cases = [data.draw(st.integers(0, 2)) for _ in x]
    counted = spearman(x, y, weights=cases, rng=1)
    repeated = spearman(
        [v for v, c in zip(x, cases, strict=True) for _ in range(c)],
        [v for v, c in zip(y, cases, strict=True) for _ in range(c)],
        rng=1,
    )
    np.testing.assert_equal(attrs.astuple(counted), attrs.astuple(repeated))


@given(paired(most=7))
def test_monte_carlo(rows: tuple[list[int], list[int]]) -> None:
    """The simulated p-value is near the exact one, and its interval holds it."""
    x, y = rows
    assume(len(set(x)) > 1 and len(set(y)) > 1)
    for side in SIDES:
        exact = spearman(x, y, method="exact", alternative=side).p_value
        found = spearman(x, y, method="monte-carlo", alternative=side, rng=7)
        assert found.method == "monte-carlo"
        assert found.p_low is not None
        assert found.p_high is not None
        assert abs(found.p_value - exact) < 0.03
        assert found.p_low <= found.p_value <= found.p_high + 1e-4


def test_auto_falls_back() -> None:
    """Beyond the exact limit auto simulates, and approximates for many patients."""
    rng = np.random.default_rng(4)
    x, y = rng.normal(size=(2, 40))
    drawn = spearman(x, y)
    assert (drawn.method, drawn.seed) == ("monte-carlo", 2023)
    many = spearman(*rng.normal(size=(2, 400)))
    assert (many.method, many.p_low, many.seed) == ("asymptotic", None, None)
    simulated = spearman(x, y, rng=3, n_resamples=2000)
    assert simulated.method == "monte-carlo"
    assert simulated.p_value == spearman(x, y, rng=3, n_resamples=2000).p_value
    assert abs(simulated.p_value - spearman(x, y).p_value) < 0.05
    with pytest.raises(WorkError, match="use method='auto', which then turns"):
        spearman(x, y, method="exact")


def test_limits_of_auto_and_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work between the two limits is done if asked for by name, and not by itself."""
    x, y = [1, 2, 3, 4, 5, 6], [2, 1, 4, 3, 6, 5]
    monkeypatch.setattr(correlation_result, "AUTO_LIMIT", 1)
    for test in (spearman, kendall):
        assert test(x, y).method == "monte-carlo"
        assert test(x, y, method="exact").method == "exact"
    monkeypatch.setattr(correlation_result, "AUTO_LIMIT", 10**9)
    monkeypatch.setattr(correlation_result, "EXACT_LIMIT", 1)
    for test in (spearman, kendall):
        assert test(x, y).method == "exact"
        with pytest.raises(WorkError, match="rank correlation"):
            test(x, y, method="exact")


@given(st.integers(2, 50), st.integers(1, 300), st.integers(1, 400))
def test_batches(n: int, n_resamples: int, cells: int) -> None:
    """Batches make up all pairings asked for, each as long as the memory allows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(correlation_result, "_CELLS_AT_ONCE", cells)
        sizes = list(correlation_result.batches(n, n_resamples))
    assert sum(sizes) == n_resamples
    assert set(sizes[:-1]) <= {max(1, cells // n)}
    assert 1 <= sizes[-1] <= max(1, cells // n)


def test_many_cases() -> None:
    """A million patients and billions of counted ones give exact sums."""
    rng = np.random.default_rng(2)
    x = rng.integers(0, 11, 100_001)
    y = np.minimum(x + rng.integers(0, 9, x.size), 12)
    found = spearman(x, y, rng=1)
    assert found.method == "asymptotic"
    a, b = (
        np.searchsorted(np.sort(v), v) + np.searchsorted(np.sort(v), v, "right")
        for v in (x, y)
    )
    np.testing.assert_allclose(found.estimate, np.corrcoef(a, b)[0, 1], rtol=1e-12)
    counted = spearman(x, y, weights=np.full(x.size, 10**10))
    assert counted.estimate == pytest.approx(found.estimate, rel=1e-12)
    with pytest.raises(DataError, match="too many to pair at random"):
        spearman(x, y, method="monte-carlo", rng=1)


def test_most_cases_that_are_paired_at_random() -> None:
    """100,000 cases are paired at random, one more is not, whatever is counted."""
    x, y = [0, 1, 2], [1, 0, 2]
    for last, by_chance in ((50_000, True), (50_001, False)):
        options: dict[str, Any] = {"weights": [20_000, 30_000, last], "rng": 1}
        if by_chance:
            found = spearman(x, y, method="monte-carlo", n_resamples=1, **options)
            assert found.p_value == 0.5
            assert found.n == 100_000
        else:
            assert spearman(x, y, **options).method == "asymptotic"
            with pytest.raises(DataError, match="too many to pair at random"):
                spearman(x, y, method="monte-carlo", **options)


def test_exact_dot(monkeypatch: pytest.MonkeyPatch) -> None:
    """Products are summed exactly on every one of the three ways."""
    a = np.array([2**40, -(2**40), 3, 2**20])
    b = np.array([2**20, 5, -7, 2**15])
    expected = sum(p * q for p, q in zip(a.tolist(), b.tolist(), strict=True))
    assert _paired_ranks.exact_dot(a, b) == expected
    monkeypatch.setattr(_paired_ranks, "_INT64_SAFE", 2**61 - 1)
    assert _paired_ranks.exact_dot(a, b) == expected
    monkeypatch.setattr(_paired_ranks, "_INT64_SAFE", 2**20)
    assert _paired_ranks.exact_dot(a, b) == expected
    assert _paired_ranks.exact_dot(a[:0], b[:0]) == 0


def test_perfect() -> None:
    """A perfect correlation is exactly 1; its low solves (1 - t)^2 = c (1 - t^2).

    There c is z^2 over n - 1, the variance over all pairings.
    """
    found = spearman([1, 2, 3, 4, 5, 6], [2, 3, 5, 7, 11, 13])
    assert found.estimate == 1.0
    c = 1.959963984540054**2 / 5
    assert found.low == pytest.approx((1 - c) / (1 + c), rel=1e-12)
    assert found.high == 1.0
    assert found.p_value == 2 / 720
    assert spearman([1, 2, 3], [3, 2, 1], method="asymptotic").p_value == 0.0


def test_interval_that_knows_the_ties() -> None:
    """Two yes/no variables, 14 of 20 alike in each: the bounds solve the equation.

    The variance is the larger of that over all pairings and of Bonett and Wright's.
    """
    x, y = [0] * 20 + [1] * 20, [0] * 14 + [1] * 6 + [0] * 6 + [1] * 14
    tied = spearman(x, y)
    untied = spearman(range(10), [1, 5, 0, 3, 2, 7, 4, 9, 8, 6], confidence_level=0.9)
    rho = untied.estimate
    cases = [
        (tied, 1.959963984540054, max(1 / 39, (1 + 0.4**2 / 2) * (1 - 0.4**2) / 37)),
        (
            untied,
            1.6448536269514722,
            max(1 / 9, (1 + rho**2 / 2) * (1 - rho**2) / 7),
        ),
    ]
    for found, z, spread in cases:
        for bound in (found.low, found.high):
            gap = (found.estimate - bound) ** 2
            assert gap == pytest.approx(z * z * spread * (1 - bound**2), rel=1e-9)


def test_smallest_sample_with_an_interval() -> None:
    """The standard error has n - 3 below the root, so four patients have one."""
    found = spearman([1, 2, 3, 4], [1, 3, 2, 4], interval="fieller")
    middle = math.atanh(found.estimate)
    half = 1.959963984540054 * math.sqrt(1.06)
    expected = [math.tanh(middle - half), math.tanh(middle + half)]
    np.testing.assert_allclose([found.low, found.high], expected, rtol=1e-12)
    nothing = spearman([1, 2, 3], [1, 3, 2])
    assert (nothing.low, nothing.high) == (-1.0, 1.0)


def test_degenerate() -> None:
    """A constant variable, or too few patients, have no correlation."""
    for x, y in (([], []), ([1], [2]), ([1, 2, 3], [4, 4, 4]), ([None, 1], [1, None])):
        found = spearman(x, y)
        assert math.isnan(found.estimate)
        assert math.isnan(found.p_value)
        assert (found.low, found.high) == (-1.0, 1.0)
        assert found.method == "undefined"
    two = spearman([1, 2], [5, 3])
    assert (two.estimate, two.p_value) == (-1.0, 1.0)
    assert math.isnan(spearman([1, 2], [5, 3], method="asymptotic").p_value)


def test_missing() -> None:
    """A patient without one of the values is left out and counted."""
    found = spearman([1, None, 3, 4], [2, 3, math.nan, 1])
    assert (found.n, found.n_missing) == (2, 2)
    counted = spearman([1, None, 3, 4], [2, 3, 5, 1], weights=[1, 4, 0, 1])
    assert (counted.n, counted.n_missing) == (2, 4)


def test_refused() -> None:
    """Unknown options are refused, and a simulation needs a generator."""
    with pytest.raises(InputError, match="interval must be one of 'score'"):
        spearman([1, 2], [2, 1], interval="wald")  # type: ignore[arg-type] # refused
    with pytest.raises(InputError, match="method must be one of 'auto'"):
        spearman([1, 2], [2, 1], method="t")  # type: ignore[arg-type] # refused
    with pytest.raises(InputError, match="alternative must be one of 'two-sided'"):
        spearman([1, 2], [2, 1], alternative="up")  # type: ignore[arg-type] # refused
    with pytest.raises(InputError, match="rng must be a numpy Generator"):
        spearman([1, 2], [2, 1], method="monte-carlo")
    with pytest.raises(InputError, match="n_resamples must be a whole number"):
        spearman([1, 2], [2, 1], n_resamples=0)
    with pytest.raises(InputError, match=r"y must be as long as x \(2\)"):
        spearman([1, 2], [2])
    assert correlation_result.RankCorrelation is type(spearman([1, 2], [2, 1]))
