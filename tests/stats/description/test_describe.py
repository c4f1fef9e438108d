"""Mean, SD, quartiles and the rule that picks between them."""

import math
import statistics
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.errors import InputError
from iph.stats import describe, quartiles
from iph.stats._description.describe import DescriptionRule
from iph.testing import scores


def test_r(reference: Callable[[str], list[dict[str, Any]]]) -> None:
    """Mean, SD and the p-value of Shapiro-Wilk are those of R."""
    cases = [c for c in reference("description.json") if c["kind"] == "shapiro"]
    assert len(cases) >= 195
    for case in cases:
        found = describe(case["x"], rule="shapiro-wilk")
        np.testing.assert_allclose(found.mean, case["mean"], rtol=1e-12)
        np.testing.assert_allclose(found.sd, case["sd"], rtol=1e-12)
        # SciPy's and R's translations of Royston's program differ by up to 5e-9
        np.testing.assert_allclose(
            found.normality_p_value, case["p_value"], rtol=1e-7, atol=1e-9
        )
        assert found.normal == (case["p_value"] > 0.05)
        assert found.shown == ("mean" if found.normal else "median")


@given(scores(min_size=1, low=-5))
def test_exact_mean(values: list[int]) -> None:
    """The mean of whole numbers is exact, its float the nearest."""
    found = describe(values, rule="mean")
    assert found.exact_mean == Fraction(sum(values), len(values))
    assert found.mean == float(found.exact_mean)


@given(st.lists(st.integers(-(2**40), 2**40), min_size=2, max_size=20))
def test_standard_library(values: list[int]) -> None:
    """Mean and SD are those of exact rational arithmetic, also for large numbers."""
    found = describe(values, rule="mean")
    assert found.mean == float(statistics.mean(Fraction(v) for v in values))
    expected = math.sqrt(statistics.variance(Fraction(v) for v in values))
    np.testing.assert_allclose(found.sd, expected, rtol=1e-15)
    counted = describe(values, rule="mean", weights=[3] * len(values))
    assert counted.exact_mean == found.exact_mean


@given(
    st.lists(
        st.tuples(st.integers(0, 10).map(lambda v: v / 4), st.integers(0, 4)),
        max_size=9,
    )
)
def test_weights_are_repetition(pairs: list[tuple[float, int]]) -> None:
    """Case counts give what the repeated rows give."""
    rows = [value for value, count in pairs for _ in range(count)]
    counted = describe([v for v, _ in pairs], weights=[c for _, c in pairs])
    repeated = describe(rows)
    for name in ("mean", "sd", "normality_p_value"):
        np.testing.assert_allclose(
            getattr(counted, name), getattr(repeated, name), rtol=1e-12, atol=1e-15
        )
    fields = ("n", "n_missing", "minimum", "maximum", "normal", "shown", "exact_mean")
    for name in fields:
        np.testing.assert_equal(getattr(counted, name), getattr(repeated, name))


@given(
    st.lists(
        st.integers(-(10**6), 10**6).map(lambda v: v / 997), min_size=2, max_size=30
    )
)
def test_floats(values: list[float]) -> None:
    """Mean and SD of measured values agree with correctly rounded sums."""
    found = describe(values, rule="median")
    scale = max(map(abs, values))
    np.testing.assert_allclose(
        found.mean, math.fsum(values) / len(values), atol=4e-15 * scale
    )
    np.testing.assert_allclose(
        found.sd, statistics.stdev(values), rtol=1e-12, atol=4e-15 * scale
    )
    assert found.minimum <= found.median <= found.maximum


def test_offset() -> None:
    """A large common offset costs the SD no digits."""
    assert describe([1e9 + 0.25, 1e9 + 0.5, 1e9 + 0.75]).sd == 0.25


def test_quartiles_follow_their_rule() -> None:
    """The quartiles are those of `quartiles`, by the rule asked for."""
    values = [1, 2, 4, 8, 16, 33]
    for method in ("weibull", "r", 2):
        found = describe(values, quartile_method=method)
        assert found.quartiles == quartiles(values, method=method)
        assert (found.q1, found.median, found.q3) == attrs.astuple(found.quartiles)[:3]


def test_large_sample_of_grades() -> None:
    """A large sample of grades is counted first; the numbers are those of the rows."""
    grades = np.random.default_rng(6).integers(0, 11, 3000)
    found = describe(grades, rule="shapiro-wilk")
    scattered = describe(grades / 7.0, rule="shapiro-wilk")
    assert found.exact_mean == Fraction(int(grades.sum()), 3000)
    np.testing.assert_allclose(found.sd, grades.std(ddof=1), rtol=1e-13)
    np.testing.assert_allclose(
        found.normality_p_value, scattered.normality_p_value, rtol=1e-6
    )
    assert (found.minimum, found.median, found.maximum) == (0.0, 5.0, 10.0)


def test_fixed_rules() -> None:
    """A choice made beforehand needs no test."""
    rules: tuple[DescriptionRule, ...] = ("mean", "median")
    for rule in rules:
        found = describe([1, 2, 3, 50], rule=rule)
        assert (found.shown, found.normal, found.rule) == (rule, None, rule)
        assert found.reason == f"{rule} by choice"
        assert math.isnan(found.normality_p_value)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([], "normality not testable: fewer than 3 values"),
        ([1, None, 4], "normality not testable: fewer than 3 values"),
        ([5, 5, 5], "normality not testable: all values equal"),
        (list(range(5001)), "normality not tested: more than 5000 values"),
    ],
)
def test_not_testable(values: list[int | None], reason: str) -> None:
    """Where normality cannot be tested the result says so and shows the median."""
    found = describe(values, rule="shapiro-wilk")
    assert (found.normal, found.shown, found.reason) == (None, "median", reason)


@pytest.mark.parametrize(("n", "tested"), [(2, False), (3, True), (5000, True)])
def test_sizes_of_the_test_of_normality(n: int, tested: bool) -> None:  # noqa: FBT001 - a case
    """Normality is tested from 3 to 5,000 values, the ends among them."""
    found = describe([1, 2], weights=[1, n - 1], rule="shapiro-wilk")
    assert math.isnan(found.normality_p_value) is not tested
    assert (found.normal is None) is not tested


def test_nothing_recorded() -> None:
    """Without a value all numbers are undefined, and the missing are counted."""
    found = describe([None, math.nan])
    for name in ("mean", "sd", "minimum", "maximum", "median"):
        assert math.isnan(getattr(found, name))
    assert (found.n, found.n_missing, found.exact_mean) == (0, 2, None)


@pytest.mark.parametrize("value", [7, 7.5])
def test_one_patient(value: float) -> None:
    """One patient has a mean but no spread."""
    found = describe([value])
    assert found.mean == value
    assert math.isnan(found.sd)


def test_median_unless_told_otherwise() -> None:
    """Whatever the values look like, the median is shown, and nothing is tested."""
    found = describe([2.1, 2.9, 3.0, 3.1, 3.9])
    assert (found.shown, found.rule, found.normal) == ("median", "median", None)


def test_refused() -> None:
    """Unknown rules and impossible levels are refused."""
    with pytest.raises(InputError, match="rule must be one of 'shapiro-wilk'"):
        describe([1], rule="ks")  # type: ignore[arg-type] # refused
    with pytest.raises(InputError, match="alpha must be between 0 and 1"):
        describe([1], alpha=5)


def test_many_cases_of_measurements() -> None:
    """Thousands of cases add up to what their few distinct values say exactly."""
    values, counts = [0.1, 0.7, 1.3], [20_000, 30_000, 50_000]
    found = describe(values, weights=counts, rule="mean")
    parts = list(zip(map(Fraction, values), counts, strict=True))
    mean = sum(v * c for v, c in parts) / found.n
    variance = sum(c * (v - mean) ** 2 for v, c in parts) / (found.n - 1)
    assert found.n == 100_000
    assert found.mean == pytest.approx(float(mean), rel=1e-14)
    assert found.sd == pytest.approx(math.sqrt(variance), rel=1e-12)
    rows = describe(np.repeat(values, counts), rule="mean")
    assert rows.mean == pytest.approx(found.mean, rel=1e-13)
    assert rows.sd == pytest.approx(found.sd, rel=1e-12)


@pytest.mark.parametrize("weights", [None, [1, 2, 3]])
def test_wide_whole_numbers(weights: list[int] | None) -> None:
    """Whole numbers whose squares leave 64 bits keep an exact mean and SD."""
    values = [-(2**45) + 1, 3, 2**45]
    found = describe(values, rule="mean", weights=weights)
    rows = np.repeat(np.array(values), weights or 1).tolist()
    assert found.exact_mean == Fraction(sum(rows), len(rows))
    expected = math.sqrt(statistics.variance(Fraction(v) for v in rows))
    np.testing.assert_allclose(found.sd, expected, rtol=1e-15)
