"""Medians, pseudomedians and shifts with intervals from ranks."""

import itertools
import math
import statistics
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.errors import InputError
from iph.stats import hodges_lehmann, median_interval
from iph.stats._description import pair_sums as _pair_sums
from iph.testing import scores

LEVELS = st.sampled_from([0.5, 0.8, 0.9, 0.95, 0.99])


@pytest.fixture(scope="module")
def cases(reference: Callable[[str], list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Return R's intervals."""
    return reference("location.json")


def test_r_one_sample(cases: list[dict[str, Any]]) -> None:
    """Pseudomedian, interval and achieved level are those of R's wilcox.test."""
    chosen = [case for case in cases if case["kind"] == "one"]
    assert len(chosen) == 200
    for case in chosen:
        found = hodges_lehmann(case["x"], confidence_level=case["level"])
        np.testing.assert_allclose(found.estimate, case["estimate"], atol=1e-9)
        np.testing.assert_allclose([found.low, found.high], case["interval"], atol=1e-9)
        np.testing.assert_allclose(found.achieved_level, case["achieved"], atol=1e-12)


def test_r_two_samples(cases: list[dict[str, Any]]) -> None:
    """Shift, interval and achieved level are those of R's wilcox.test."""
    chosen = [case for case in cases if case["kind"] == "two"]
    assert len(chosen) == 200
    for case in chosen:
        found = hodges_lehmann(case["x"], case["y"], confidence_level=case["level"])
        np.testing.assert_allclose(found.estimate, case["estimate"], atol=1e-9)
        np.testing.assert_allclose([found.low, found.high], case["interval"], atol=1e-9)
        np.testing.assert_allclose(found.achieved_level, case["achieved"], atol=1e-12)


def test_r_median(cases: list[dict[str, Any]]) -> None:
    """The rank of the bound and the achieved level are R's binomial ones."""
    chosen = [case for case in cases if case["kind"] == "median"]
    assert len(chosen) == 200
    for case in chosen:
        n = case["n"]
        found = median_interval(range(1, n + 1), confidence_level=case["level"])
        assert (found.low, found.high) == (case["rank"], n + 1 - case["rank"])
        np.testing.assert_allclose(found.achieved_level, case["achieved"], atol=1e-11)


@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(1, 4)), min_size=1), LEVELS)
def test_median_naive(pairs: list[tuple[int, int]], level: float) -> None:
    """Median and interval are read off the sorted list, counted or not."""
    rows = sorted(value for value, count in pairs for _ in range(count))
    n = len(rows)
    below = [sum(math.comb(n, i) for i in range(r)) for r in range(n // 2 + 2)]
    room = (1 - Fraction(repr(level))) * 2**n / 2
    rank = max(r for r, ways in enumerate(below) if ways <= room)
    for found in (
        median_interval(rows, confidence_level=level),
        median_interval(
            [v for v, _ in pairs], weights=[c for _, c in pairs], confidence_level=level
        ),
    ):
        assert found.estimate == statistics.median(rows)
        assert found.low == (rows[rank - 1] if rank else -math.inf)
        assert found.high == (rows[n - rank] if rank else math.inf)
        assert found.achieved_level == float(1 - Fraction(2 * below[rank], 2**n))
        assert found.n == n


def signed_rank_level(n: int, rank: int) -> Fraction:
    """Count all signs whose rank sum is at least `rank` from both ends."""
    total = n * (n + 1) // 2
    inside = sum(
        rank
        <= sum(r for r, s in zip(range(1, n + 1), signs, strict=True) if s)
        <= total - rank
        for signs in itertools.product((0, 1), repeat=n)
    )
    return Fraction(inside, 2**n)


@given(scores(min_size=1, max_size=9, low=-5), LEVELS)
def test_one_sample_naive(values: list[int], level: float) -> None:
    """Estimate and interval are read off the sorted list of all averages."""
    n = len(values)
    averages = sorted((a + b) / 2 for i, a in enumerate(values) for b in values[i:])
    found = hodges_lehmann(values, confidence_level=level)
    assert found.estimate == statistics.median(averages)
    ranks = [
        k
        for k in range(1, len(averages) // 2 + 1)
        if signed_rank_level(n, k) >= Fraction(repr(level))
    ]
    if not ranks:
        assert (found.low, found.high) == (-math.inf, math.inf)
        assert found.achieved_level == 1.0
    else:
        k = max(ranks)
        assert (found.low, found.high) == (averages[k - 1], averages[-k])
        assert found.achieved_level == float(signed_rank_level(n, k))


def rank_sum_level(m: int, n: int, rank: int) -> Fraction:
    """Count all orders in which at least `rank` pairs go either way."""
    orders = list(itertools.combinations(range(m + n), m))
    inside = sum(
        rank <= sum(order) - m * (m - 1) // 2 <= m * n - rank for order in orders
    )
    return Fraction(inside, len(orders))


@given(scores(min_size=1, max_size=5), scores(min_size=1, max_size=5), LEVELS)
def test_two_samples_naive(x: list[int], y: list[int], level: float) -> None:
    """Estimate and interval are read off the sorted list of all differences."""
    differences = sorted(float(a - b) for a in x for b in y)
    found = hodges_lehmann(x, y, confidence_level=level)
    assert found.estimate == statistics.median(differences)
    ranks = [
        k
        for k in range(1, (len(differences) + 1) // 2 + 1)
        if rank_sum_level(len(x), len(y), k) >= Fraction(repr(level))
    ]
    if not ranks:
        assert (found.low, found.high) == (-math.inf, math.inf)
    else:
        k = max(ranks)
        assert (found.low, found.high) == (differences[k - 1], differences[-k])
        assert found.achieved_level == float(rank_sum_level(len(x), len(y), k))


@given(scores(min_size=1), scores(min_size=1), LEVELS)
def test_interval_holds_estimate(x: list[int], y: list[int], level: float) -> None:
    """The interval holds the estimate and has at least its level."""
    for found in (
        median_interval(x, confidence_level=level),
        hodges_lehmann(x, confidence_level=level),
        hodges_lehmann(x, y, confidence_level=level),
    ):
        assert found.low <= found.estimate <= found.high
        assert level <= found.achieved_level <= 1.0


@given(scores(min_size=1), scores(min_size=1), LEVELS, LEVELS)
def test_interval_grows_with_level(
    x: list[int], y: list[int], one: float, other: float
) -> None:
    """A higher level gives an interval that holds the other."""
    few, many = sorted((one, other))
    for inner, outer in (
        (
            median_interval(x, confidence_level=few),
            median_interval(x, confidence_level=many),
        ),
        (
            hodges_lehmann(x, y, confidence_level=few),
            hodges_lehmann(x, y, confidence_level=many),
        ),
    ):
        assert outer.low <= inner.low
        assert inner.high <= outer.high


@given(scores(min_size=1), scores(min_size=1))
def test_swap(x: list[int], y: list[int]) -> None:
    """Swapping the groups changes the sign."""
    one, two = hodges_lehmann(x, y), hodges_lehmann(y, x)
    assert one.estimate == -two.estimate
    assert (one.low, one.high) == (-two.high, -two.low)


PAIRS = st.lists(st.tuples(st.integers(-3, 3), st.integers(0, 4)), max_size=6)


@given(PAIRS, PAIRS)
def test_weights_are_repetition(
    first: list[tuple[int, int]], second: list[tuple[int, int]]
) -> None:
    """Case counts give what the repeated rows give."""
    x, wx = [v for v, _ in first], [c for _, c in first]
    y, wy = [v for v, _ in second], [c for _, c in second]
    long_x = [v for v, c in first for _ in range(c)]
    long_y = [v for v, c in second for _ in range(c)]
    for counted, repeated in (
        (median_interval(x, weights=wx), median_interval(long_x)),
        (hodges_lehmann(x, weights=wx), hodges_lehmann(long_x)),
        (hodges_lehmann(x, y, weights=(wx, wy)), hodges_lehmann(long_x, long_y)),
    ):
        np.testing.assert_equal(attrs.astuple(counted), attrs.astuple(repeated))


@pytest.mark.parametrize("whole", [True, False])
def test_search_is_sorting(whole: bool, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: FBT001 - a case
    """Searching for a rank among many sums finds what sorting them finds."""
    rng = np.random.default_rng(3)
    x: npt.NDArray[Any]
    y: npt.NDArray[Any]
    if whole:
        x, y = rng.integers(0, 90, 400), rng.integers(10, 99, 300)
    else:
        x, y = rng.normal(size=300).round(3), rng.normal(size=250)
    expected = hodges_lehmann(x), hodges_lehmann(x, y)
    monkeypatch.setattr(_pair_sums, "_WRITTEN_OUT", 50)
    found = hodges_lehmann(x), hodges_lehmann(x, y)
    for one, other in zip(found, expected, strict=True):
        assert one.method == other.method == "asymptotic"
        np.testing.assert_allclose(
            [one.estimate, one.low, one.high],
            [other.estimate, other.low, other.high],
            rtol=1e-14,
        )


def test_large_is_near_normal_theory() -> None:
    """The interval of 20,000 normal values is that of a mean, widened by pi / 3."""
    x = np.random.default_rng(1).normal(size=20_000)
    found = hodges_lehmann(x)
    half = 1.959964 * math.sqrt(math.pi / 3 / x.size)
    np.testing.assert_allclose(found.high - found.low, 2 * half, rtol=0.02)
    assert found.achieved_level == pytest.approx(0.95, abs=1e-5)


def test_many_cases_by_counts() -> None:
    """Counts of billions of cases are no more work than of a few."""
    found = hodges_lehmann([0, 1, 2], weights=[3 * 10**9, 4 * 10**9, 3 * 10**9])
    assert (found.estimate, found.low, found.high) == (1.0, 1.0, 1.0)
    middle = median_interval([0, 1, 2], weights=[3 * 10**5, 4 * 10**5, 3 * 10**5])
    assert (middle.estimate, middle.low, middle.high) == (1.0, 1.0, 1.0)


def test_level_next_to_one() -> None:
    """A level that only everything reaches gives the widest finite interval or none."""
    level = math.nextafter(1.0, 0.0)
    found = median_interval(range(1001), confidence_level=level)
    assert found.low < 400
    assert found.high > 600
    assert median_interval(range(9), confidence_level=level).low == -math.inf


def test_too_few() -> None:
    """Five patients give no finite 95 % interval; six do."""
    assert median_interval([1, 2, 3, 4, 5]).high == math.inf
    six = median_interval([1, 2, 3, 4, 5, 6])
    assert (six.low, six.high, six.achieved_level) == (1.0, 6.0, 0.96875)


def test_empty() -> None:
    """Without values all numbers are undefined, and the missing are counted."""
    for found, n in (
        (median_interval([None]), 0),
        (hodges_lehmann([None]), 0),
        (hodges_lehmann([None, 1, 2], []), 2),
        (hodges_lehmann([], [None, 1, 2, 3]), 3),
    ):
        assert found.n == n
        assert math.isnan(found.estimate)
        assert math.isnan(found.low)
        assert math.isnan(found.achieved_level)
        assert found.n_missing == 1


def test_refused() -> None:
    """Weights of two samples come as a pair, levels lie between 0 and 1."""
    for weights in ([1, 2], ([1, 2],), 3):
        with pytest.raises(InputError, match="weights must be a pair of sequences"):
            hodges_lehmann([1, 2], [3, 4], weights=weights)
    assert hodges_lehmann([1, 2], [3, 4], weights=(None, [1, 1])).n == 4
    with pytest.raises(InputError, match="confidence_level must be between"):
        median_interval([1], confidence_level=1.0)
    with pytest.raises(InputError, match=r"y\[0\] must be a finite number"):
        hodges_lehmann([1], [math.inf])
