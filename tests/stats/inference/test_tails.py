"""Tails of the normal and the chi-square distribution."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from iph.stats._inference.tails import (
    chi2_upper,
    normal_quantile,
    normal_two_sided,
    normal_upper,
    two_sided_quantile,
)


@given(z=st.floats(-30, 30))
def test_normal_tails_are_those_of_scipy(z: float) -> None:
    """Both tails keep relative accuracy, far out as well."""
    assert normal_upper(z) == pytest.approx(stats.norm.sf(z), rel=1e-12, abs=0)
    both = 2 * stats.norm.sf(abs(z))
    assert normal_two_sided(z) == pytest.approx(both, rel=1e-12, abs=0)


@given(probability=st.floats(1e-9, 1 - 1e-9))
def test_normal_quantiles_are_those_of_scipy(probability: float) -> None:
    """A level lies between minus and plus its two-sided quantile."""
    expected = stats.norm.ppf(probability)
    assert normal_quantile(probability) == pytest.approx(expected, abs=1e-9)
    low, high = stats.norm.interval(probability)
    assert two_sided_quantile(probability) == pytest.approx(high, abs=1e-6)
    assert -two_sided_quantile(probability) == pytest.approx(low, abs=1e-6)
    assert two_sided_quantile(0.95) == pytest.approx(1.959963984540054, abs=1e-12)


@given(statistic=st.floats(1e-6, 400), df=st.integers(1, 25))
def test_chi_square_tail_is_that_of_scipy(statistic: float, df: int) -> None:
    """The closed sums keep relative accuracy for even and odd degrees of freedom."""
    expected = stats.chi2.sf(statistic, df)
    assert chi2_upper(statistic, df) == pytest.approx(expected, rel=1e-11, abs=0)


@pytest.mark.parametrize("df", [1, 2, 3, 4, 5, 6, 7])
def test_chi_square_tail_of_each_df(df: int) -> None:
    """Each number of degrees of freedom has its own tail."""
    for statistic in (0.5, 1.0, 3.0, 12.0):
        expected = stats.chi2.sf(statistic, df)
        assert chi2_upper(statistic, df) == pytest.approx(expected, rel=1e-12, abs=0)


def test_chi_square_ends() -> None:
    """Nothing observed has the tail 1, no statistic has no tail."""
    for df in (1, 2, 3, 10):
        assert chi2_upper(0.0, df) == 1.0
        assert chi2_upper(-1e-9, df) == 1.0
        assert chi2_upper(1e-300, df) <= 1.0
        assert chi2_upper(1e-9, df + 20) <= 1.0
        assert math.isnan(chi2_upper(math.nan, df))
