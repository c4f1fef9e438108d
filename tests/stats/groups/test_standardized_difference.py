"""Standardized differences of means and of shares."""

import math
import statistics
from random import Random

import attrs
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import t as student

from iph.errors import InputError
from iph.stats import standardized_mean_difference, standardized_share_difference
from iph.testing import contingency_tables, scores


@given(scores(min_size=2), scores(min_size=2))
def test_definition(x: list[int], y: list[int]) -> None:
    """The difference of means over the root of the mean variance, with its interval."""
    spread = math.sqrt((statistics.variance(x) + statistics.variance(y)) / 2)
    assume(spread > 0)
    d = (statistics.fmean(x) - statistics.fmean(y)) / spread
    v1, v2 = statistics.variance(x), statistics.variance(y)
    f1, f2 = len(x) - 1, len(y) - 1
    square = d * d * (v1**2 / f1 + v2**2 / f2) / (8 * spread**4)
    one, other = v1 / len(x), v2 / len(y)
    error = math.sqrt(square + (one + other) / spread**2)
    df = (one + other) ** 2 / (one**2 / f1 + other**2 / f2)
    reach = student.ppf(0.975, df) * error
    found = standardized_mean_difference(x, y)
    np.testing.assert_allclose(
        [found.estimate, found.low, found.high],
        [d, d - reach, d + reach],
        rtol=1e-9,
        atol=1e-12,
    )


def with_moments(mean: float, sd: float, n: int) -> list[float]:
    """Return n values with this mean and standard deviation."""
    plain = list(range(n))
    middle, spread = statistics.fmean(plain), statistics.stdev(plain)
    return [mean + sd * (value - middle) / spread for value in plain]


def test_standard_error_of_bonett() -> None:
    """The example of `ci.stdmean.is` in R's DGB prints d and its standard error."""
    found = standardized_mean_difference(
        with_moments(35.1, 7.32, 30), with_moments(26.7, 6.98, 30)
    )
    assert found.estimate == pytest.approx(1.174493, abs=5e-7)
    v1, v2 = 7.32**2, 6.98**2
    df = (v1 + v2) ** 2 / (v1**2 + v2**2) * 29
    error = (found.high - found.low) / 2 / student.ppf(0.975, df)
    # The example divides the variances of the means by n - 1 as well.
    more = (v1 + v2) * (1 / 29 - 1 / 30) / ((v1 + v2) / 2)
    assert math.sqrt(error**2 + more) == pytest.approx(0.2844012, abs=5e-7)
    assert found.method == "welch-bonett"


@given(scores(min_size=2), scores(min_size=2), st.integers(1, 9), st.integers(-9, 9))
def test_units(x: list[int], y: list[int], scale: int, shift: int) -> None:
    """Unit and origin do not matter, and a swap changes the sign."""
    plain = standardized_mean_difference(x, y)
    moved = standardized_mean_difference(
        [scale * v / 4 + shift for v in x], [scale * v / 4 + shift for v in y]
    )
    np.testing.assert_allclose(moved.estimate, plain.estimate, rtol=1e-9, atol=1e-12)
    swapped = standardized_mean_difference(y, x)
    np.testing.assert_array_equal(
        [-swapped.estimate, -swapped.high, -swapped.low],
        [plain.estimate, plain.low, plain.high],
    )


def mahalanobis(counts1: list[int], counts2: list[int]) -> float:
    """Yang and Dalton's distance by the inverse of a matrix of floats."""
    p, q = (np.array(c) / sum(c) for c in (counts1, counts2))
    covariance = (np.diag(p) - np.outer(p, p) + np.diag(q) - np.outer(q, q)) / 2
    gap = (p - q)[1:]
    return float(np.sqrt(gap @ np.linalg.solve(covariance[1:, 1:], gap)))


@given(contingency_tables(min_rows=2, max_rows=2, max_columns=5))
def test_shares(table: list[list[int]]) -> None:
    """The distance is that of the inverted covariance matrix."""
    counts1, counts2 = ([c + 1 for c in row] for row in table)
    found = standardized_share_difference(counts1, counts2)
    assert found.estimate == pytest.approx(mahalanobis(counts1, counts2), abs=1e-7)
    if len(counts1) > 2:
        assert math.isnan(found.low)
        assert math.isnan(found.high)
        assert "biased upward" in found.method
    else:
        assert 0.0 <= found.low <= found.estimate <= found.high


SHARES = np.linspace(0.0005, 0.9995, 1000)
SPREAD = SHARES * (1 - SHARES)
DISTANCE = abs(np.subtract.outer(SHARES, SHARES)) / np.sqrt(
    np.add.outer(SPREAD, SPREAD) / 2
)


@given(st.integers(1, 25), st.integers(1, 25), st.data())
def test_interval_of_two_categories(n1: int, n2: int, data: st.DataObject) -> None:
    """The interval is the range of distances over all shares that pass the score test.

    The shares are gone through on a grid, which finds a little less than the range.
    """
    k1, k2 = data.draw(st.integers(0, n1)), data.draw(st.integers(0, n2))
    found = standardized_share_difference([k1, n1 - k1], [k2, n2 - k2])
    chi = np.add.outer(
        n1 * (k1 / n1 - SHARES) ** 2 / SPREAD, n2 * (k2 / n2 - SHARES) ** 2 / SPREAD
    )
    passed = DISTANCE[chi <= 1.959963984540054**2]
    low, high = passed.min(), passed.max()
    assert found.low <= low + 1e-9
    assert found.high >= high - 1e-9
    assert found.low == pytest.approx(low, abs=0.02)
    if high < 3:
        assert found.high == pytest.approx(high, abs=0.03)


def test_equal_groups_of_five_categories_have_no_interval() -> None:
    """Three categories that differ by chance alone: no interval that excludes 0."""
    found = standardized_share_difference([1, 5, 2, 1], [3, 4, 1, 1])
    assert math.isnan(found.low)
    assert found.estimate > 0.1


@given(contingency_tables(min_rows=2, max_rows=2, max_columns=5), st.randoms())
def test_order_of_categories(table: list[list[int]], random: Random) -> None:
    """Order, empty categories and the choice of first group do not matter."""
    columns = [*zip(*table, strict=True), (0, 0)]
    plain = standardized_share_difference(*table)
    random.shuffle(columns)
    one, other = ([column[i] for column in columns] for i in (0, 1))
    shuffled = standardized_share_difference(one, other)
    np.testing.assert_equal(attrs.astuple(shuffled), attrs.astuple(plain))
    swapped = standardized_share_difference(other, one)
    np.testing.assert_equal(attrs.astuple(swapped), attrs.astuple(plain))


@given(st.integers(1, 20), st.integers(1, 20), st.data())
def test_two_categories(n1: int, n2: int, data: st.DataObject) -> None:
    """With two categories it is the formula for a proportion."""
    k1, k2 = data.draw(st.integers(0, n1)), data.draw(st.integers(0, n2))
    p, q = k1 / n1, k2 / n2
    variance = (p * (1 - p) + q * (1 - q)) / 2
    assume(variance > 0)
    found = standardized_share_difference([k1, n1 - k1], [k2, n2 - k2])
    expected = abs(p - q) / math.sqrt(variance)
    np.testing.assert_allclose(found.estimate, expected, rtol=1e-12, atol=1e-12)


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 4)), max_size=6),
    scores(min_size=2),
)
def test_weights_are_repetition(pairs: list[tuple[int, int]], y: list[int]) -> None:
    """Case counts give what the repeated rows give."""
    rows = [value for value, count in pairs for _ in range(count)]
    weights = ([c for _, c in pairs], None)
    counted = standardized_mean_difference([v for v, _ in pairs], y, weights=weights)
    repeated = standardized_mean_difference(rows, y)
    np.testing.assert_equal(attrs.astuple(counted), attrs.astuple(repeated))


def test_constant_groups() -> None:
    """Without spread equal groups differ by 0, others by infinity."""
    assert standardized_mean_difference([3, 3], [3, 3, 3]).estimate == 0.0
    assert standardized_mean_difference([3, 3], [4, 4]).estimate == -math.inf
    assert standardized_mean_difference([5, 5], [4, 4]).estimate == math.inf
    assert math.isnan(standardized_mean_difference([5, 5], [4, 4]).low)


def test_separated_categories() -> None:
    """Categories that tell the groups apart for certain are infinitely far."""
    found = standardized_share_difference([3, 0], [0, 4])
    assert found.estimate == found.high == math.inf
    assert 0.0 < found.low < 3.0
    three = standardized_share_difference([3, 2, 0], [0, 0, 4])
    assert three.estimate == math.inf
    assert standardized_share_difference([3, 0], [4, 0]).estimate == 0.0


def test_too_few() -> None:
    """One value has no spread, and an empty group no shares."""
    found = standardized_mean_difference([1, None], [1, 2])
    assert math.isnan(found.estimate)
    assert (found.n, found.n_missing) == (3, 1)
    empty = standardized_share_difference([0, 0], [1, 2], n_missing=4)
    assert math.isnan(empty.estimate)
    assert (empty.n, empty.n_missing) == (3, 4)


def test_refused() -> None:
    """Counts and weights of the wrong form are refused."""
    with pytest.raises(InputError, match=r"counts2 must be as long as counts1 \(2\)"):
        standardized_share_difference([1, 2], [1, 2, 3])
    with pytest.raises(InputError, match=r"counts1\[0\] must be a whole number"):
        standardized_share_difference([-1, 2], [1, 2])
    with pytest.raises(InputError, match="counts1 must be a sequence of counts"):
        standardized_share_difference(3, [1, 2])  # type: ignore[arg-type] # refused
    with pytest.raises(InputError, match="counts2 must be a sequence of counts"):
        standardized_share_difference([1, 2], 3)  # type: ignore[arg-type] # refused
    with pytest.raises(InputError, match="weights must be a pair of sequences"):
        standardized_mean_difference([1, 2], [1, 2], weights=[1])  # type: ignore[arg-type] # refused
