"""Kendall's W with its interval."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import stats

from iph.errors import InputError
from iph.stats import friedman, kendalls_w
from iph.testing import rating_rows

Rows = list[list[int | None]]

PAIN = [[8, 5, 1], [7, 6, 2], [9, 4, 4], [6, 7, 3], [8, 8, 2], [7, 3, 0]]


def naive_pulls(rows: list[list[int]]) -> list[float]:
    """Find how each patient pulls W, numerically: he counts a little more, or less."""
    from scipy.stats import rankdata

    ranks = np.apply_along_axis(rankdata, 1, np.array(rows, dtype=float))
    d = ranks - ranks.mean(axis=1, keepdims=True)
    n = len(rows)

    def w(share: np.ndarray[Any, Any]) -> float:
        mean = share @ d
        return float((mean @ mean) / (share @ (d * d).sum(axis=1)))

    even = np.full(n, 1 / n)
    h = 1e-5
    pulls = []
    for i in range(n):
        unit = np.zeros(n)
        unit[i] = 1.0
        up, down = w(even + h * (unit - even)), w(even - h * (unit - even))
        pulls.append((up - down) / (2 * h))
    return pulls


def naive_error(rows: list[list[int]]) -> float:
    """Find the standard error of W from the pulls."""
    n = len(rows)
    return math.sqrt(sum(p * p for p in naive_pulls(rows)) / n / (n - 1))


def test_no_interval_unless_asked() -> None:
    """No interval of W holds its level in a few patients, so the default has none."""
    found = kendalls_w(PAIN)
    assert math.isnan(found.low)
    assert math.isnan(found.high)
    assert found.method == "none"


def test_delta_method_divides_by_n_less_one() -> None:
    """Five patients: 0.003 to 0.933, and not the narrower 0.004 to 0.898 of n."""
    rows = [[11, 13, 2], [39, 1, 5], [3, 4, 9], [3, 41, 2], [25, 50, 1]]
    found = kendalls_w(rows, method="delta")
    assert (round(found.low, 3), round(found.high, 3)) == (0.003, 0.933)


def test_delta_interval_is_that_of_the_influence_function() -> None:
    """The interval is the logit interval with a numerically found standard error."""
    found = kendalls_w(PAIN, method="delta")
    w = found.estimate
    reach = 1.959963984540054 * naive_error(PAIN) / (w * (1 - w))
    for bound, sign in ((found.low, -1), (found.high, 1)):
        logit = math.log(w / (1 - w)) + sign * reach
        assert bound == pytest.approx(1 / (1 + math.exp(-logit)), abs=1e-7)


@given(
    rows=rating_rows(missing=True),
    method=st.sampled_from(["delta", "bootstrap"]),
)
@example(rows=[[0, 0, 1], [0, 1, 0]], method="delta")  # no spread: 0.25 from 0.25
def test_interval_holds_the_estimate(rows: Rows, method: Any) -> None:
    """W is that of Friedman's test and lies in its interval, within 0 and 1."""
    found = kendalls_w(rows, method=method, rng=1, n_resamples=200)
    test = friedman(rows)
    assert (found.n, found.n_missing) == (test.n, test.n_missing)
    assert repr(found.estimate) == repr(test.kendalls_w)
    if not math.isnan(found.low):
        assert 0.0 <= found.low <= found.estimate <= found.high <= 1.0
    wider = kendalls_w(
        rows, method=method, rng=1, n_resamples=200, confidence_level=0.99
    )
    if not math.isnan(found.low):
        assert wider.low <= found.low
        assert wider.high >= found.high


@pytest.mark.parametrize("method", ["delta", "bootstrap"])
def test_weights_are_repeated_rows(method: Any) -> None:
    """Case counts give the interval of the repeated rows, draw for draw."""
    weights = [1, 3, 2, 1, 0, 2]
    repeated = [row for row, w in zip(PAIN, weights, strict=True) for _ in range(w)]
    found = kendalls_w(PAIN, weights=weights, method=method, rng=7)
    other = kendalls_w(repeated, method=method, rng=7)
    assert (found.low, found.high) == pytest.approx((other.low, other.high), abs=1e-12)


def test_bootstrap_is_near_the_delta_method() -> None:
    """With many patients both intervals agree, and the generator decides the draws."""
    rng = np.random.default_rng(3)
    rows = np.arange(4) + rng.normal(0, 2, (300, 4))
    delta = kendalls_w(rows, method="delta")
    boot = kendalls_w(rows, method="bootstrap", rng=1, n_resamples=4000)
    assert boot.low == pytest.approx(delta.low, abs=0.015)
    assert boot.high == pytest.approx(delta.high, abs=0.015)
    assert boot == kendalls_w(rows, method="bootstrap", rng=1, n_resamples=4000)


def test_bootstrap_is_corrected_and_accelerated() -> None:
    """The bounds are those of Efron's BCa interval, written out with own resamples."""
    found = kendalls_w(PAIN, method="bootstrap", rng=1, n_resamples=20_000)
    twice = np.array([[sum((b < a) - (b > a) for b in r) for a in r] for r in PAIN])
    n = len(PAIN)
    drawn = twice[np.random.default_rng(8).integers(0, n, (20_000, n))]
    squares = (drawn.sum(axis=1) ** 2).sum(axis=1)
    resampled = squares / (n * (drawn**2).sum(axis=(1, 2)))
    below = (resampled < found.estimate).mean() + (
        resampled == found.estimate
    ).mean() / 2
    pulls = np.array(naive_pulls(PAIN))
    a = float((pulls**3).sum() / (6 * (pulls**2).sum() ** 1.5))
    z0 = stats.norm.ppf(below)
    for bound, share in ((found.low, 0.025), (found.high, 0.975)):
        z = z0 + stats.norm.ppf(share)
        end = stats.norm.cdf(z0 + z / (1 - a * z))
        assert bound == pytest.approx(np.quantile(resampled, end), abs=0.015)


def test_degenerate_tables() -> None:
    """Perfect agreement, none at all, one patient, and no order have stated results."""
    agreed = kendalls_w([[1, 2, 3]] * 5, method="delta")
    assert agreed.estimate == 1.0
    assert math.isnan(agreed.low)
    none = kendalls_w([[1, 2, 3], [3, 2, 1]], method="delta")
    assert none.estimate == 0.0
    assert math.isnan(none.high)
    tied = kendalls_w([[1, 1], [2, 2]], method="bootstrap", rng=1)
    assert math.isnan(tied.estimate)
    assert math.isnan(tied.low)
    boot = kendalls_w([[1, 2, 3]] * 5, method="bootstrap", rng=1)
    assert (boot.low, boot.high) == (1.0, 1.0)
    assert math.isnan(kendalls_w([[None, 1]]).estimate)


def test_resamples_without_any_order_are_left_out() -> None:
    """If every resample happens to hold tied patients only, the interval is a point."""
    rows = [[1, 2], *[[1, 1]] * 400]
    seeds = [
        kendalls_w(rows, method="bootstrap", rng=seed, n_resamples=1)
        for seed in range(8)
    ]
    assert all(found.low <= found.estimate <= found.high for found in seeds)
    assert any(found.low == found.high for found in seeds)


def test_two_patients_of_opposite_order() -> None:
    """Resamples of two opposite orders agree fully or not at all: 0 to 1."""
    found = kendalls_w([[1, 2, 3], [3, 2, 1]], method="bootstrap", rng=1)
    assert (found.estimate, found.low, found.high) == (0.0, 0.0, 1.0)


@pytest.mark.parametrize("seed", range(8))
def test_resamples_all_on_one_side(seed: int) -> None:
    """A single resample is one end of the interval, the estimate the other."""
    found = kendalls_w(PAIN, method="bootstrap", rng=seed, n_resamples=1)
    assert found.low <= found.estimate <= found.high
    assert found.estimate in (found.low, found.high)


def test_refusals() -> None:
    """The bootstrap needs a generator; levels and methods are checked."""
    with pytest.raises(InputError, match="rng must be"):
        kendalls_w(PAIN, method="bootstrap")
    with pytest.raises(InputError, match="confidence_level must be between 0 and 1"):
        kendalls_w(PAIN, confidence_level=95)
    with pytest.raises(InputError, match="method must be one of"):
        kendalls_w(PAIN, method="bca")  # type: ignore[arg-type] # that is the test
