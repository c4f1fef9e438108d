"""Kendall's rank correlation."""

import itertools
import math
from collections.abc import Callable
from fractions import Fraction
from statistics import NormalDist
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from iph.errors import WorkError
from iph.stats import kendall
from iph.stats._association import kendall as _kendall
from iph.stats._association import paired_ranks as _paired_ranks
from iph.stats._association.rank_correlation import Alternative

SIDES: tuple[Alternative, ...] = ("two-sided", "less", "greater")
SIDE = st.sampled_from(SIDES)


@st.composite
def paired(draw: st.DrawFn, *, most: int = 20) -> tuple[list[int], list[int]]:
    """Draw two graded variables of the same patients."""
    value = st.tuples(
        st.integers(0, draw(st.integers(1, 8))), st.integers(0, draw(st.integers(1, 8)))
    )
    rows = draw(st.lists(value, min_size=2, max_size=most))
    return [a for a, _ in rows], [b for _, b in rows]


def concordance(x: list[int], y: list[int]) -> int:
    """Concordant minus discordant pairs, by looking at each pair."""
    rows = list(zip(x, y, strict=True))
    return sum(
        ((a > c) - (a < c)) * ((b > d) - (b < d))
        for (a, b), (c, d) in itertools.combinations(rows, 2)
    )


def naive_tau(x: list[int], y: list[int]) -> float:
    """Tau-b by its definition."""
    return concordance(x, y) / math.sqrt(concordance(x, x) * concordance(y, y))


def naive_p(x: list[int], y: list[int], side: str) -> Fraction:
    """Go through all orders of the second variable."""
    observed = concordance(x, y)
    hits = total = 0
    for order in itertools.permutations(y):
        found = concordance(x, list(order))
        total += 1
        if side == "two-sided":
            hits += abs(found) >= abs(observed)
        else:
            hits += found >= observed if side == "greater" else found <= observed
    return Fraction(hits, total)


def test_r_exact(reference: Callable[[str], list[dict[str, Any]]]) -> None:
    """Without ties tau and the exact p-value are those of R, up to 45 patients."""
    cases = [c for c in reference("association.json") if c["kind"] == "kendall-exact"]
    assert len(cases) == 200
    for case in cases:
        side = case["side"].replace(".", "-")
        found = kendall(case["x"], case["y"], alternative=side)
        assert found.method == "exact"
        np.testing.assert_allclose(found.estimate, case["estimate"], atol=1e-12)
        np.testing.assert_allclose(found.p_value, case["p_value"], atol=1e-12)


def test_r_asymptotic(reference: Callable[[str], list[dict[str, Any]]]) -> None:
    """With ties tau-b and the asymptotic p-value are those of R."""
    cases = [c for c in reference("association.json") if c["kind"] == "ties"]
    assert len(cases) >= 200
    for case in cases:
        side = case["side"].replace(".", "-")
        found = kendall(case["x"], case["y"], alternative=side, method="asymptotic")
        np.testing.assert_allclose(found.estimate, case["kendall"], atol=1e-12)
        np.testing.assert_allclose(
            found.p_value, case["kendall_p"], rtol=1e-9, atol=1e-14
        )


@given(paired(most=6), SIDE)
def test_full_enumeration(rows: tuple[list[int], list[int]], side: Alternative) -> None:
    """The exact p-value is the share of all orders, ties included."""
    x, y = rows
    assume(len(set(x)) > 1 and len(set(y)) > 1)
    found = kendall(x, y, alternative=side)
    assert found.method == "exact"
    assert found.p_value == float(naive_p(x, y, side))
    np.testing.assert_allclose(found.estimate, naive_tau(x, y), atol=1e-14)


@given(paired(most=6))
def test_variance_is_that_of_all_orders(rows: tuple[list[int], list[int]]) -> None:
    """The asymptotic p-value has the variance of C - D over all orders, however few."""
    x, y = rows
    assume(len(set(x)) > 1 and len(set(y)) > 1)
    found = [concordance(x, list(order)) for order in itertools.permutations(y)]
    variance = sum(s * s for s in found) / len(found)
    z = abs(concordance(x, y)) / math.sqrt(variance)
    expected = math.erfc(z / math.sqrt(2.0))
    p_value = kendall(x, y, method="asymptotic").p_value
    assert p_value == pytest.approx(expected, rel=1e-12)


@given(paired(), st.permutations(range(20)))
def test_invariance(rows: tuple[list[int], list[int]], order: list[int]) -> None:
    """Row order, monotone transforms and the order of the variables do not matter."""
    x, y = rows
    plain = kendall(x, y, method="asymptotic")
    chosen = [i for i in order if i < len(x)]
    for other in (
        kendall([x[i] for i in chosen], [y[i] for i in chosen], method="asymptotic"),
        kendall([math.exp(v) for v in x], [v**3 for v in y], method="asymptotic"),
        kendall(y, x, method="asymptotic"),
    ):
        np.testing.assert_equal(attrs.astuple(other), attrs.astuple(plain))
    turned = kendall(x, [-v for v in y], method="asymptotic")
    assume(not math.isnan(plain.estimate))
    assert turned.estimate == -plain.estimate
    assert turned.p_value == plain.p_value


@given(paired(), st.sampled_from([0.5, 0.8]), st.sampled_from([0.95, 0.99]))
def test_interval(rows: tuple[list[int], list[int]], few: float, many: float) -> None:
    """The interval holds tau, stays within -1 and 1 and grows with the level."""
    inner = kendall(*rows, confidence_level=few, method="asymptotic")
    outer = kendall(*rows, confidence_level=many, method="asymptotic")
    assume(not math.isnan(inner.estimate))
    assert -1.0 <= outer.low <= inner.low <= inner.estimate
    assert inner.estimate <= inner.high <= outer.high <= 1.0


@given(paired(most=6), st.data())
def test_weights_are_repetition(
    rows: tuple[list[int], list[int]], data: st.DataObject
) -> None:
    """Case counts give what the repeated rows give."""
    x, y = rows
    cases = [data.draw(st.integers(0, 2)) for _ in x]
    counted = kendall(x, y, weights=cases)
    repeated = kendall(
        [v for v, c in zip(x, cases, strict=True) for _ in range(c)],
        [v for v, c in zip(y, cases, strict=True) for _ in range(c)],
    )
    np.testing.assert_equal(attrs.astuple(counted), attrs.astuple(repeated))


@given(paired(most=7))
def test_monte_carlo(rows: tuple[list[int], list[int]]) -> None:
    """The simulated p-value is near the exact one."""
    x, y = rows
    assume(len(set(x)) > 1 and len(set(y)) > 1)
    exact = kendall(x, y, method="exact").p_value
    found = kendall(x, y, method="monte-carlo", rng=7, n_resamples=1000)
    assert found.method == "monte-carlo"
    assert abs(found.p_value - exact) < 0.08


def test_monte_carlo_by_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shuffling cases gives the p-value that dealing out tables gives."""
    rng = np.random.default_rng(8)
    x = rng.integers(0, 5, 30)
    y = np.minimum(x + rng.integers(0, 9, 30), 9)
    tables = kendall(x, y, method="monte-carlo", rng=1, n_resamples=4000)
    monkeypatch.setattr(_kendall, "_FEW_CELLS", 0)
    cases = kendall(x, y, method="monte-carlo", rng=1, n_resamples=4000)
    assert abs(tables.p_value - cases.p_value) < 0.04


@pytest.mark.parametrize("side", SIDES)
def test_monte_carlo_of_unrelated_variables(side: Alternative) -> None:
    """With more cells than are dealt out, shuffled cases give the exact p-value."""
    rng = np.random.default_rng(14)
    x, y = rng.permutation(24), rng.permutation(24)
    exact = kendall(x, y, method="exact", alternative=side).p_value
    assert 0.1 < exact < 0.9
    found = kendall(
        x, y, method="monte-carlo", alternative=side, rng=1, n_resamples=600
    )
    assert abs(found.p_value - exact) < 0.06


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=2))
def test_counting_without_table(rows: list[tuple[int, int]]) -> None:
    """Counting inversions gives the concordance of all pairs."""
    x, y = [a for a, _ in rows], [b for _, b in rows]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_paired_ranks, "_SMALL_TABLE", 0)
        pairs = _paired_ranks.read_pairs(x + x, y + y, None)
        counted = _paired_ranks.read_pairs(x, y, [2] * len(x))
        expected = concordance(x + x, y + y)
        for found in (pairs, counted):
            cases = _paired_ranks.cases_concordance(found, *found.repeated())
            each, _, _, many = _paired_ranks.concordance_of_each(found)
            assert cases == expected
            assert int((each * many).sum()) == 2 * expected


def test_large() -> None:
    """A hundred thousand distinct pairs are counted exactly; the variance holds."""
    rng = np.random.default_rng(3)
    x = rng.permutation(100_000)
    y = x + rng.normal(scale=30_000, size=x.size)
    found = kendall(x, y)
    assert found.method == "asymptotic"
    # tau of a sum of independent parts, from a thousand of the cases
    few = kendall(x[:1000], y[:1000], method="asymptotic")
    assert few.low < found.estimate < few.high
    grades = kendall(x // 20_000, x // 50_000, weights=np.full(x.size, 10**6))
    assert grades.estimate == kendall(x // 20_000, x // 50_000).estimate


def test_exact_limits() -> None:
    """Sixty patients without ties in one variable are exact; ties in both are not."""
    rng = np.random.default_rng(5)
    x = rng.permutation(60)
    assert kendall(x, rng.permutation(60)).method == "exact"
    assert kendall(x, rng.integers(0, 4, 60)).method == "exact"
    assert kendall(rng.integers(0, 4, 60), x).method == "exact"
    y = rng.integers(0, 9, 60)
    drawn = kendall(x // 6, y)
    assert (drawn.method, drawn.seed) == ("monte-carlo", 2023)
    assert kendall(x // 6, y, rng=1, n_resamples=500).seed is None
    with pytest.raises(WorkError, match="exact distribution of a rank correlation"):
        kendall(x // 6, y, method="exact")
    with pytest.raises(WorkError, match="exact distribution of a rank correlation"):
        kendall(range(3000), range(3000), method="exact")


def test_perfect() -> None:
    """Perfect agreement is exactly 1, also in tied grades."""
    found = kendall([0, 0, 1, 1, 2, 2], [3, 3, 5, 5, 9, 9])
    assert found.estimate == 1.0
    assert found.low < found.high == 1.0
    assert found.p_value == 2 / 90


def test_interval_by_hand() -> None:
    """Four patients: tau 2/3, variance over all orders 26/108, or that by delta."""
    found = kendall([1, 2, 3, 4], [1, 3, 2, 4], confidence_level=0.9)
    z = 1.6448536269514722
    spread = max(26 / 108, delta_variance([1, 2, 3, 4], [1, 3, 2, 4]) / (1 - 4 / 9))
    for bound in (found.low, found.high):
        left, right = (2 / 3 - bound) ** 2, z * z * spread * (1 - bound * bound)
        assert left == pytest.approx(right, rel=1e-9)


def delta_variance(x: list[int], y: list[int]) -> float:
    """Return the variance of tau-b by the delta method, with numerical derivatives."""
    n = len(x)
    signs_x, signs_y = (np.sign(np.subtract.outer(v, v)) for v in (x, y))

    def tau(shares: list[float]) -> float:
        pairs = np.multiply.outer(shares, shares)
        products = [
            (pairs * one * other).sum()
            for one, other in (
                (signs_x, signs_y),
                (signs_x, signs_x),
                (signs_y, signs_y),
            )
        ]
        return float(products[0] / math.sqrt(products[1] * products[2]))

    slopes, step = [], 1e-6
    for i in range(n):
        moved = [
            tau([1 / n + sign * step * ((i == j) - 1 / n) for j in range(n)])
            for sign in (1, -1)
        ]
        slopes.append((moved[0] - moved[1]) / (2 * step))
    return sum(slope * slope for slope in slopes) / n**2


@given(paired(most=12))
def test_interval_against_the_delta_method(rows: tuple[list[int], list[int]]) -> None:
    """The bounds solve the quadratic equation with the larger of both variances."""
    x, y = rows
    assume(len(set(x)) > 1 and len(set(y)) > 1)
    found = kendall(x, y, method="asymptotic")
    assume(abs(found.estimate) < 1.0)
    z = 1.959963984540054
    asymptotic = found.p_value
    null = (found.estimate / _quantile(asymptotic)) ** 2 if asymptotic < 1.0 else 0.0
    assume(asymptotic < 0.999)  # else the variance cannot be read off
    spread = max(null, delta_variance(x, y) / (1.0 - found.estimate**2))
    for bound in (found.low, found.high):
        gap = (found.estimate - bound) ** 2
        assert gap == pytest.approx(z * z * spread * (1 - bound * bound), rel=1e-4)


def _quantile(two_sided: float) -> float:
    return -NormalDist().inv_cdf(two_sided / 2.0)


def test_interval_agrees_with_the_test_under_ties() -> None:
    """Two yes/no variables: the interval is that of the tied data, not of Fieller.

    The standard error of Brown and Benedetti is 0.145 there.
    """
    x, y = [0] * 20 + [1] * 20, [0] * 14 + [1] * 6 + [0] * 6 + [1] * 14
    assert math.sqrt(delta_variance(x, y)) == pytest.approx(0.145, abs=5e-4)
    found = kendall(x, y)
    assert (round(found.low, 3), round(found.high, 3)) == (0.087, 0.641)


def test_interval_without_variance() -> None:
    """Perfect agreement has a lower bound that rises with n; nothing known, none."""
    bounds = [kendall(range(n), range(n)).low for n in (3, 5, 10, 30)]
    assert bounds == sorted(bounds)
    assert bounds[-1] > 0.8
    nothing = kendall([1, 2, 3], [4, 4, 4])
    assert (nothing.low, nothing.high) == (-1.0, 1.0)


@given(paired(most=9), st.data())
def test_concordance_of_each(
    rows: tuple[list[int], list[int]], data: st.DataObject
) -> None:
    """Each patient's concordant minus discordant partners, counted one by one."""
    x, y = rows
    cases = [data.draw(st.integers(1, 2)) for _ in x]
    expected = {
        (a, b): sum(
            c * ((a > p) - (a < p)) * ((b > q) - (b < q))
            for p, q, c in zip(x, y, cases, strict=True)
        )
        for a, b in zip(x, y, strict=True)
    }
    for cells in (10_000, 0):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(_paired_ranks, "_SMALL_TABLE", cells)
            pairs = _paired_ranks.read_pairs(x, y, cases)
            each, i, j, many = _paired_ranks.concordance_of_each(pairs)
        values_x, values_y = sorted(set(x)), sorted(set(y))
        found = {
            (values_x[a], values_y[b]): e
            for a, b, e in zip(i.tolist(), j.tolist(), each.tolist(), strict=True)
        }
        assert found == expected
        assert int(many.sum()) == sum(cases)


def test_degenerate() -> None:
    """A constant variable, or too few patients, have no correlation."""
    for x, y in (([], []), ([1], [2]), ([1, 2, 3], [4, 4, 4]), ([None, 1], [1, None])):
        found = kendall(x, y)
        assert math.isnan(found.estimate)
        assert math.isnan(found.p_value)
        assert (found.low, found.high) == (-1.0, 1.0)
        assert found.method == "undefined"
    two = kendall([1, 2], [5, 3])
    assert (two.estimate, two.p_value) == (-1.0, 1.0)
    assert kendall([1, 2], [5, 3], method="asymptotic").p_value == pytest.approx(
        math.erfc(math.sqrt(0.5))
    )


def test_missing() -> None:
    """A patient without one of the values is left out and counted."""
    found = kendall([1, None, 3, 4], [2, 3, math.nan, 1])
    assert (found.n, found.n_missing) == (2, 2)


def test_more_orders_than_floats_can_count() -> None:
    """The orders of 180 patients exceed all floats, which leads to no error."""
    first, second = [*range(179), 0], [*range(178), 5, 7]
    found = kendall(first, second)
    assert found.method == "monte-carlo"
    assert found.estimate > 0.9
