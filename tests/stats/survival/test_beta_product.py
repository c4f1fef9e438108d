"""The beta product procedure: R's bpcp, closed forms, and coverage by enumeration."""

import copy
import math
import pickle
from collections.abc import Callable
from functools import partial
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from iph.stats import kaplan_meier
from iph.stats._survival.beta_product import BetaProduct, Betas
from iph.testing import survival_data

Reference = Callable[[str], list[dict[str, Any]]]
Rows = tuple[list[int], list[bool], list[int]]
PRODUCTS: tuple[Any, ...] = ("beta-product", "beta-product-mid-p")


def binomial_below(k: int, n: int, p: float) -> float:
    """Return P(X <= k) of n trials, term by term."""
    return sum(math.comb(n, j) * p**j * (1 - p) ** (n - j) for j in range(k + 1))


def solved(tail: Callable[[float], float], goal: float) -> float:
    """Return where a falling function of a share reaches the goal."""
    low, high = 0.0, 1.0
    for _ in range(70):
        middle = (low + high) / 2
        low, high = (middle, high) if tail(middle) > goal else (low, middle)
    return low


def test_reference(reference: Reference) -> None:
    """Bounds and quantiles of censored series are those of R's bpcp."""
    compared = 0
    for case in reference("beta_product.json"):
        if "measure" in case:
            continue
        compared += 1
        curve = kaplan_meier(
            case["time"],
            case["event"],
            interval=PRODUCTS[case["midp"]],
            confidence_level=case["level"],
        )
        out = case["out"]
        found = curve.at(out["start"])
        # bpcp solves its mid-p equation by uniroot, here to 1e-12 in the share.
        np.testing.assert_allclose(found.low, out["low"], rtol=0, atol=1e-9)
        np.testing.assert_allclose(found.high, out["high"], rtol=0, atol=1e-9)
        # bpcp asks for the day by which the curve is down to a share.
        for index, left in enumerate((0.25, 0.5, 0.75)):
            quantile = curve.quantile(1 - left)
            for mine, name in ((quantile.low, "low"), (quantile.high, "high")):
                expected = out[f"quantile_{name}"][index]
                if expected is None:
                    assert math.isnan(mine)
                else:
                    assert mine == expected
    assert compared == 120


@pytest.mark.parametrize("n", [1, 2, 5, 12])
@pytest.mark.parametrize("level", [0.9, 0.95])
def test_without_censoring_it_is_the_exact_binomial(n: int, level: float) -> None:
    """At every day the bounds are those of Clopper and Pearson, solved here apart."""
    curve = kaplan_meier(range(1, n + 1), [True] * n, confidence_level=level)
    tail = (1 - level) / 2
    for index in range(n):
        left = n - index - 1
        high = solved(partial(binomial_below, left, n), tail)
        low = 1 - solved(partial(binomial_below, n - left, n), tail)
        assert curve.high[index] == pytest.approx(high, abs=1e-10)
        assert curve.low[index] == pytest.approx(low if left else 0.0, abs=1e-10)


def test_mid_p_without_censoring() -> None:
    """The mid-p bounds solve the equation with half of the outcome observed."""
    n, level = 9, 0.95
    curve = kaplan_meier(
        range(1, n + 1),
        [True] * n,
        confidence_level=level,
        interval="beta-product-mid-p",
    )
    for index in range(n - 1):
        left = n - index - 1

        def half(p: float, k: int = left) -> float:
            return (binomial_below(k - 1, n, p) + binomial_below(k, n, p)) / 2

        assert curve.high[index] == pytest.approx(solved(half, 0.025), abs=1e-10)
        assert curve.low[index] == pytest.approx(solved(half, 0.975), abs=1e-10)
    assert curve.low[-1] == 0.0
    assert curve.high[-1] == pytest.approx(1 - 0.05 ** (1 / n), abs=1e-10)


@pytest.mark.parametrize("interval", PRODUCTS)
def test_coverage_enumerated_without_censoring(interval: Any) -> None:
    """Of up to 12 patients, S(t) is covered at least as often as the level says.

    All numbers of events by the day are enumerated for shares from .01 to .99. The
    mid-p form promises the level on average only.
    """
    shares = np.arange(1, 100) / 100
    for n in range(1, 13):
        bounds = []
        for events in range(n + 1):
            curve = kaplan_meier(
                [1] * events + [3] * (n - events),
                [True] * events + [False] * (n - events),
                interval=interval,
            ).at(2)
            bounds.append((curve.low[0], curve.high[0]))
        covered = np.zeros(shares.size)
        for events, (low, high) in enumerate(bounds):
            chance = math.comb(n, events) * (1 - shares) ** events
            chance *= shares ** (n - events)
            covered += chance * ((low <= shares) & (shares <= high))
        if interval == "beta-product":
            assert covered.min() >= 0.95 - 1e-12
        assert covered.mean() >= 0.95


@pytest.mark.parametrize("late", [False, True])
@given(survival_data(), st.sampled_from(PRODUCTS), st.floats(0.5, 0.99))
def test_interval_is_always_there(
    late: Any, rows: Rows, interval: Any, level: float
) -> None:
    """Bounds lie from 0 to 1 around the curve, fall, and widen with the level."""
    time = [t + 1 for t in rows[0]]
    entry = [t % 2 * t / 2 for t in time] if late else None
    narrow, wide = (
        kaplan_meier(
            time, rows[1], entry=entry, interval=interval, confidence_level=asked
        )
        for asked in (level, (1 + level) / 2)
    )
    assert (narrow.low >= 0).all()
    assert (narrow.high <= 1).all()
    assert (wide.low <= narrow.low + 1e-12).all()
    assert (wide.high >= narrow.high - 1e-12).all()
    if not late:
        assert (narrow.low <= narrow.survival + 1e-12).all()
        assert (narrow.survival <= narrow.high + 1e-12).all()
        assert (np.diff(narrow.low) <= 1e-12).all()
        assert (np.diff(narrow.high) <= 1e-12).all()
    far = narrow.at([0, 99])
    assert far.high[0] == 1.0
    assert (far.low[1], far.high[1]) == (0.0, narrow.high[-1])


@given(survival_data(), st.sampled_from(PRODUCTS), st.sampled_from([0.1, 0.5, 0.8]))
def test_quantile_bounds_are_the_first_crossings(
    rows: Rows, interval: Any, share: float
) -> None:
    """The bounds of a quantile are found in the bounds of the curve one by one."""
    curve = kaplan_meier(rows[0], rows[1], interval=interval)
    found = curve.quantile(share)
    start = curve.at(-0.0 if curve.time[0] > 0 else 0.0)
    for mine, bounds, before in (
        (found.low, curve.low, start.low[0]),
        (found.high, curve.high, start.high[0]),
    ):
        target = 1 - share
        crossed = [t for t, b in zip(curve.time, bounds, strict=True) if b <= target]
        if curve.time[0] > 0 and before <= target:
            crossed = [0.0]
        elif curve.time[0] == 0:
            alone = kaplan_meier([1] * curve.n, [False] * curve.n, interval=interval)
            if alone.at(0.5).low[0] <= target and bounds is curve.low:
                crossed = [0.0]
        expected = min(crossed, default=math.nan)
        assert mine == pytest.approx(expected, nan_ok=True)


@given(survival_data(), st.sampled_from(PRODUCTS), st.randoms(use_true_random=False))
def test_row_order_and_weights(rows: Rows, interval: Any, random: Any) -> None:
    """Neither the order of rows matters, nor whether cases are rows or counts."""
    time, event, weights = rows
    weights = [1 + w for w in weights]
    pairs = [
        (t, e) for t, e, w in zip(time, event, weights, strict=True) for _ in range(w)
    ]
    random.shuffle(pairs)
    counted = kaplan_meier(time, event, weights=weights, interval=interval)
    repeated = kaplan_meier(*zip(*pairs, strict=True), interval=interval)
    np.testing.assert_array_equal(counted.low, repeated.low)
    np.testing.assert_array_equal(counted.high, repeated.high)


def test_bounds_wait_until_they_are_read() -> None:
    """A curve can be copied and stored before and after its bounds were read."""
    curve = kaplan_meier([1, 2, 3], [1, 0, 1])
    stored = pickle.dumps(curve)
    for twin in (copy.deepcopy(curve), pickle.loads(stored)):  # noqa: S301 - our own
        np.testing.assert_array_equal(twin.low, curve.low)
        np.testing.assert_array_equal(twin.high, curve.high)
    assert not curve.low.flags.writeable
    with pytest.raises(AttributeError, match="no attribute 'middle'"):
        _ = curve.middle  # type: ignore[attr-defined] # there is none


def test_large_series_agree_with_greenwood() -> None:
    """With 100,000 patients the bounds are those of the normal distribution."""
    rng = np.random.default_rng(5)
    time = rng.exponential(100, 100_000)
    lost = rng.uniform(0, 200, 100_000)
    data = (np.minimum(time, lost), time <= lost)
    exact, normal = (
        kaplan_meier(*data, interval=name).at([20, 70, 120])
        for name in ("beta-product", "log-log")
    )
    np.testing.assert_allclose(exact.low, normal.low, atol=2e-5)
    np.testing.assert_allclose(exact.high, normal.high, atol=2e-5)


def test_points_at_the_ends() -> None:
    """Nobody left is a point at 0, no event yet a point at 1."""
    product = BetaProduct.of(
        np.array([3, 1]), np.array([0, 1]), np.array([3, 1, 0]), mid_p=False
    )
    low, high = product.bounds(0.95)
    assert low.tolist()[2] == 0.0
    assert high.tolist()[:2] == [1.0, 1.0]
    ends = Betas(a=np.array([0.0, 1.0]), b=np.array([1.0, 0.0]))
    assert ends.below(0.5).tolist() == [1.0, 0.0]
    assert ends.below(0.0).tolist() == [1.0, 0.0]
    assert ends.below(1.0).tolist() == [1.0, 1.0]
    assert ends.quantile(0.3).tolist() == [0.0, 1.0]
