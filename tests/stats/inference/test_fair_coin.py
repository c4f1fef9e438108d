"""Tails of a fair coin."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from iph.stats._inference import fair_coin as _fair_coin
from iph.stats._inference.fair_coin import (
    exact_p,
    lower_tail,
    mid_p,
    normal_p,
    standardized,
)


@given(n=st.integers(0, 60), data=st.data())
def test_lower_tail_is_a_sum_of_binomials(n: int, data: st.DataObject) -> None:
    """The tail is the exact ratio, also below 0 and at n."""
    k = data.draw(st.integers(-1, n))
    ways = sum(math.comb(n, i) for i in range(k + 1))
    assert lower_tail(k, n) == float(Fraction(ways, 2**n))


def test_large_numbers_take_the_beta_function(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways of computing agree, and the ends are exact."""
    expected = [lower_tail(k, 500) for k in (180, 250, 300, 499)]
    monkeypatch.setattr(_fair_coin, "_MOST_COUNTED", 10)
    assert [lower_tail(k, 500) for k in (180, 250, 300, 499)] == pytest.approx(
        expected, rel=1e-11
    )
    assert lower_tail(500, 500) == 1.0
    assert lower_tail(-1, 500) == 0.0


@given(up=st.integers(0, 40), down=st.integers(0, 40))
def test_exact_p_is_that_of_scipy(up: int, down: int) -> None:
    """The p-values are those of scipy's binomial test, for all alternatives."""
    for side in ("two-sided", "less", "greater"):
        expected = 1.0
        if up + down:
            expected = stats.binomtest(up, up + down, alternative=side).pvalue
        assert exact_p(up, down, side) == pytest.approx(expected, abs=1e-12)


@given(up=st.integers(0, 40), down=st.integers(0, 40))
def test_mid_p_counts_half_of_the_outcome(up: int, down: int) -> None:
    """One-sided mid p-values add up to 1; the two-sided one is at most exact."""
    low, high = mid_p(up, down, "less"), mid_p(up, down, "greater")
    assert low + high == pytest.approx(1.0, abs=1e-12)
    both = mid_p(up, down, "two-sided")
    assert both == pytest.approx(min(1.0, 2 * min(low, high)), abs=1e-12)
    assert both <= exact_p(up, down, "two-sided")


@given(up=st.integers(0, 40), down=st.integers(0, 40))
def test_mid_p_is_the_tail_of_its_alternative(up: int, down: int) -> None:
    """More successes speak for "greater": P(X > up) and half of P(X = up)."""
    tosses = stats.binom(up + down, 0.5)
    half = tosses.pmf(up) / 2
    greater, less = tosses.sf(up) + half, tosses.cdf(up) - half
    assert mid_p(up, down, "greater") == pytest.approx(greater, abs=1e-12)
    assert mid_p(up, down, "less") == pytest.approx(less, abs=1e-12)


def test_standardized_excess() -> None:
    """Z is (b - c) / sqrt(b + c), moved by one if corrected, never past zero."""
    assert standardized(9, 7) == 0.5
    assert standardized(7, 9, continuity=True) == -0.25
    assert standardized(8, 8, continuity=True) == 0.0
    assert math.isnan(standardized(0, 0))
    assert normal_p(1.0, "less") == pytest.approx(stats.norm.cdf(1.0))
    assert normal_p(1.0, "greater") == pytest.approx(stats.norm.sf(1.0))
    assert normal_p(-1.0, "two-sided") == pytest.approx(2 * stats.norm.sf(1.0))
