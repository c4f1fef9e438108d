"""Bands of whole curves: Steck's determinant, drawn samples, and their shape."""

import math
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from scipy.special import betaincinv

from iph.errors import InputError, WorkError
from iph.stats import cumulative_incidence, kaplan_meier
from iph.stats._survival.simultaneous_band import held_together, local_level
from iph.testing import survival_data

Rows = tuple[list[int], list[bool]]
LEVELS = st.sampled_from([0.5, 0.8, 0.95, 0.99])


def steck(lower: Any, upper: Any) -> float:
    """Return how often ordered uniform numbers lie between bounds, by a determinant."""
    n = len(lower)
    matrix = np.zeros((n, n))
    for i in range(n):
        for j in range(max(i - 1, 0), n):
            power = j - i + 1
            wide = max(upper[i] - lower[j], 0.0)
            matrix[i, j] = wide**power / math.factorial(power)
    return math.factorial(n) * float(np.linalg.det(matrix))


@given(st.integers(1, 14), st.floats(0.001, 0.9))
def test_steck(n: int, miss: float) -> None:
    """The chance that all numbers stay in their intervals is Steck's determinant."""
    place = np.arange(1, n + 1)
    lower = betaincinv(place, n - place + 1, miss / 2)
    upper = betaincinv(place, n - place + 1, 1 - miss / 2)
    assert held_together(n, miss) == pytest.approx(steck(lower, upper), abs=1e-9)


def test_drawn() -> None:
    """Of drawn samples, as many are held as asked."""
    rng = np.random.default_rng(28)
    place = np.arange(1, 29)
    tail = (1 - local_level(28, 0.9)) / 2
    ordered = np.sort(rng.random((20_000, 28)), axis=1)
    held = (ordered >= betaincinv(place, place[::-1], tail)) & (
        ordered <= betaincinv(place, place[::-1], 1 - tail)
    )
    share = float(held.all(axis=1).mean())
    assert share == pytest.approx(0.9, abs=4 * math.sqrt(0.09 / 20_000))


@given(st.integers(1, 60), LEVELS)
def test_local_level(n: int, level: float) -> None:
    """The level of each day lies between that asked and that of Bonferroni."""
    local = local_level(n, level)
    assert level <= local <= 1 - (1 - level) / (2 * n)
    assert held_together(n, 1 - local) == pytest.approx(level, abs=1e-9)


@given(survival_data(min_size=1), LEVELS)
def test_survival(rows: Rows, level: float) -> None:
    """The band falls, holds the curve, and is no narrower than the intervals."""
    time, event = rows[:2]
    curve = kaplan_meier(time, event, confidence_level=level)
    band = curve.band(confidence_level=level)
    assert band.time.tolist() == [0.0, *curve.time]
    assert (np.diff(band.low) <= 0).all()
    assert (np.diff(band.high) <= 0).all()
    survival = np.concatenate(([1.0], curve.survival))
    assert (band.low <= survival + 1e-12).all()
    assert (survival <= band.high + 1e-12).all()
    # The pointwise bounds may rise again where many are censored at once.
    lowest = np.minimum.accumulate(curve.low)
    assert (band.low[1:][curve.low == lowest] <= curve.low[curve.low == lowest]).all()
    assert (band.high[1:] >= np.minimum.accumulate(curve.high) - 1e-12).all()
    assert (band.n, band.n_missing) == (curve.n, curve.n_missing)
    assert band.method == "equal local levels"


@given(st.lists(st.integers(0, 30), min_size=1, max_size=20), LEVELS)
def test_incidence_alone(days: list[int], level: float) -> None:
    """Where nothing competes and nobody is censored, one band is 1 less the other."""
    everyone = [True] * len(days)
    survival = kaplan_meier(days, everyone).band(confidence_level=level)
    incidence = cumulative_incidence(days, everyone, cause=True, censored=False)
    band = incidence.band(confidence_level=level)
    np.testing.assert_allclose(band.low, 1 - survival.high, rtol=0, atol=1e-9)
    np.testing.assert_allclose(band.high, 1 - survival.low, rtol=0, atol=1e-9)
    assert band.pointwise_level == survival.pointwise_level


@given(
    st.lists(
        st.tuples(st.integers(0, 20), st.sampled_from([0, 1, 2])),
        min_size=1,
        max_size=30,
    ),
    LEVELS,
)
def test_incidence(rows: list[tuple[int, int]], level: float) -> None:
    """The band rises and holds the curve, also where some are censored."""
    time, status = zip(*[*rows, (9, 1)], strict=True)
    curve = cumulative_incidence(time, status, cause=1)
    band = curve.band(confidence_level=level)
    incidence = np.concatenate(([0.0], curve.incidence))
    assert (np.diff(band.low) >= 0).all()
    assert (np.diff(band.high) >= 0).all()
    assert (band.low <= incidence + 1e-12).all()
    assert (incidence <= band.high + 1e-12).all()
    assert band.low.min() >= 0
    assert band.high.max() <= 1


def test_incidence_by_hand() -> None:
    """Without censoring each day has Clopper and Pearson's interval of its count."""
    curve = cumulative_incidence([1, 2, 3, 4, 5], [2, 1, 2, 1, 2], cause=1)
    band = curve.band()
    tail = (1 - band.pointwise_level) / 2
    low = [float(betaincinv(k, 6 - k, tail)) if k else 0.0 for k in (0, 0, 1, 1, 2, 2)]
    high = [float(betaincinv(k + 1, 5 - k, 1 - tail)) for k in (0, 0, 1, 1, 2, 2)]
    np.testing.assert_allclose(band.low, low, atol=1e-12)
    np.testing.assert_allclose(band.high, high, atol=1e-12)


def test_late_entry() -> None:
    """Nobody at risk at the start bounds nothing below."""
    curve = kaplan_meier([5, 7, 9], [True] * 3, entry=[1, 6, 2])
    band = curve.band()
    assert (band.low <= [1.0, *curve.survival]).all()


def test_nobody() -> None:
    """Without a case the band is everything."""
    band = kaplan_meier([None], [True]).band()
    assert (band.time.tolist(), band.low.tolist()) == ([0.0], [0.0])
    assert band.high.tolist() == [1.0]
    assert band.n_missing == 1


def test_messages() -> None:
    """Too many cases and a level out of range are refused."""
    curve = kaplan_meier([1, 2], [True, True], weights=[2000, 1])
    with pytest.raises(WorkError, match="at most 2,000 cases, got 2,001"):
        curve.band()
    with pytest.raises(InputError, match="confidence_level"):
        curve.band(confidence_level=1.0)
