"""The difference of two means from summaries, against R, all values and its rules."""

import math
import statistics
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from scipy import stats as scipy_stats
from scipy.special import betaincinv

from iph.errors import InputError
from iph.stats import mean_difference

# R 4.2: t.test(extra ~ group, data = sleep)$conf.int, printed with 15 digits.
SLEEP = (
    [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0],
    [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4],
)
SLEEP_LOW, SLEEP_HIGH = -3.365483, 0.205483

values = st.lists(st.integers(-1000, 1000), min_size=2, max_size=12)
levels = st.sampled_from([0.5, 0.8, 0.9, 0.95, 0.99])


def summary(x: list[int] | list[float]) -> tuple[float, float, int]:
    """Return mean, standard deviation and size."""
    return float(np.mean(x)), float(np.std(x, ddof=1)), len(x)


def test_the_sleep_of_ten_patients() -> None:
    """Mean and interval are those that R prints for Student's data."""
    found = mean_difference(*summary(SLEEP[0]), *summary(SLEEP[1]))
    assert found.method == "welch"
    assert (found.n, found.n_missing, found.confidence_level) == (20, 0, 0.95)
    np.testing.assert_allclose(
        [found.estimate, found.low, found.high],
        [-1.58, SLEEP_LOW, SLEEP_HIGH],
        atol=5e-7,
    )


def naive_interval(x: list[int], y: list[int], asked: float) -> list[float]:
    """Find Welch's interval from all values, the variances in fractions."""
    n1, n2 = len(x), len(y)
    v1, v2 = (statistics.variance(map(Fraction, z)) / len(z) for z in (x, y))
    df = float((v1 + v2) ** 2 / (v1**2 / (n1 - 1) + v2**2 / (n2 - 1)))
    # Student's t in the incomplete beta function: P(|T| > t) = I_u(df / 2, 1 / 2)
    # with u = df / (df + t^2).
    share = betaincinv(df / 2, 0.5, 1 - asked)
    t = math.sqrt(df * (1 - share) / share)
    middle = float(Fraction(sum(x), n1) - Fraction(sum(y), n2))
    half = t * math.sqrt(v1 + v2)
    return [middle - half, middle + half]


@given(x=values, y=values, asked=levels)
@example(x=[0, 1], y=[1, 1], asked=0.95)  # one group does not spread
def test_the_interval_is_that_of_all_values(
    x: list[int], y: list[int], asked: float
) -> None:
    """Mean, SD and n give the interval that all values give."""
    assume(len({*x}) > 1 or len({*y}) > 1)
    found = mean_difference(*summary(x), *summary(y), confidence_level=asked)
    np.testing.assert_allclose(
        [found.low, found.high], naive_interval(x, y, asked), rtol=1e-9, atol=1e-9
    )


@given(x=values, y=values, asked=levels)
def test_groups_can_be_swapped(x: list[int], y: list[int], asked: float) -> None:
    """Swapping the groups turns the sign of the estimate and of its interval."""
    there = mean_difference(*summary(x), *summary(y), confidence_level=asked)
    back = mean_difference(*summary(y), *summary(x), confidence_level=asked)
    np.testing.assert_array_equal(
        [there.estimate, there.low, there.high], [-back.estimate, -back.high, -back.low]
    )


@given(
    x=values.filter(lambda x: len({*x}) > 1),
    y=values,
    scale=st.sampled_from([1e-160, 0.1, 88.4, 1e160]),
)
def test_the_unit_does_not_matter(x: list[int], y: list[int], scale: float) -> None:
    """In another unit the interval is the same, in that unit, large or small."""
    m1, s1, n1 = summary(x)
    m2, s2, n2 = summary(y)
    found = mean_difference(m1, s1, n1, m2, s2, n2)
    other = mean_difference(m1 * scale, s1 * scale, n1, m2 * scale, s2 * scale, n2)
    width = found.high - found.low
    np.testing.assert_allclose((other.high - other.low) / scale, width, rtol=1e-9)


@pytest.mark.parametrize(
    "given_", [(1.0, 0.5, 1, 2.0, 0.5, 9), (1.0, math.nan, 9, 2.0, 0.5, 9)]
)
def test_no_spread_no_interval(given_: tuple[float, ...]) -> None:
    """With one value in a group, or no SD, the difference has no interval."""
    found = mean_difference(*given_)  # type: ignore[arg-type] # sizes are whole
    assert found.estimate == -1.0
    assert math.isnan(found.low)
    assert math.isnan(found.high)


def test_groups_that_do_not_vary() -> None:
    """If no value differs from another nothing is known of chance; one group may."""
    still = mean_difference(5.0, 0.0, 4, 3.0, 0.0, 6)
    assert still.estimate == 2.0
    assert math.isnan(still.low)
    one = mean_difference(5.0, 0.0, 4, 3.0, 1.0, 6)
    half = float(scipy_stats.t.ppf(0.975, 5)) / math.sqrt(6)
    np.testing.assert_allclose([one.low, one.high], [2.0 - half, 2.0 + half])


def test_an_empty_group() -> None:
    """Nobody has no mean."""
    assert math.isnan(mean_difference(0.0, 0.0, 0, 3.0, 1.0, 6).estimate)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"mean1": "high"}, "mean1"),
        ({"sd2": -1.0}, "sd2"),
        ({"sd1": [1.0, 2.0]}, "sd1 must be one number"),
        ({"n1": 2.5}, "n1"),
        ({"confidence_level": 95}, r"did you mean 0\.95"),
        ({"method": "student"}, "method"),
    ],
)
def test_wrong_figures_are_named(change: dict[str, object], message: str) -> None:
    """What is no number, no spread, no size or no level is refused by name."""
    sound = {"mean1": 1.0, "sd1": 1.0, "n1": 5, "mean2": 2.0, "sd2": 1.0, "n2": 5}
    with pytest.raises(InputError, match=message):
        mean_difference(**{**sound, **change})  # type: ignore[arg-type] # on purpose
