"""Negative binomial rates: R's glm.nb, SciPy's distribution, and shape."""

import math
from collections.abc import Callable
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from scipy import stats

from iph.errors import DataError, InputError
from iph.stats import negative_binomial_rates
from iph.stats._regression.negative_binomial_likelihood import (
    NegativeBinomialLikelihood,
)

Reference = Callable[[str], list[dict[str, Any]]]


def test_reference(reference: Reference) -> None:
    """Coefficients, dispersion and log-likelihood are those of glm.nb."""
    for case in reference("negative_binomial.json"):
        columns = {f"x{j}": x for j, x in enumerate(case["covariates"])}
        found = negative_binomial_rates(case["events"], case["years"], columns or None)
        ours = [math.log(found.rate), *(r.coefficient for r in found.rate_ratios)]
        theirs = np.atleast_1d(case["coefficients"])
        assert ours == pytest.approx(theirs.tolist(), rel=1e-4, abs=1e-5)
        assert found.dispersion * case["theta"] == pytest.approx(1, rel=1e-3)
        assert found.log_likelihood == pytest.approx(case["likelihood"], abs=1e-6)


@given(
    st.lists(st.integers(0, 9), min_size=1, max_size=8),
    st.floats(0, 4),
    st.floats(-1.5, 1.5),
    st.data(),
)
def test_likelihood(
    events: list[int], dispersion: float, slope: float, data: st.DataObject
) -> None:
    """Value, slope and information are those of SciPy's distributions."""
    n = len(events)
    times = np.array(data.draw(st.lists(st.floats(0.2, 5), min_size=n, max_size=n)))
    x = np.arange(n) % 3 - 1.0
    counts = np.array(data.draw(st.lists(st.integers(1, 3), min_size=n, max_size=n)))
    y = np.array(events, dtype=float)
    likelihood = NegativeBinomialLikelihood(
        columns=np.vstack((np.ones(n), x)),
        events=y,
        log_time=np.log(times),
        counts=counts,
        more=np.array([float(counts @ (y > k)) for k in range(int(y.max()))]),
        constant=-float(counts @ [math.lgamma(v + 1) for v in events]),
        dispersion=dispersion,
    )
    place = np.array([0.2, slope])

    def value(at: Any) -> float:
        mean = times * np.exp(at[0] + at[1] * x)
        if dispersion < 1e-9:
            return float(counts @ stats.poisson.logpmf(y, mean))
        size = 1 / dispersion
        return float(counts @ stats.nbinom.logpmf(y, size, size / (size + mean)))

    point = likelihood.at(place)
    if dispersion == 0 or dispersion > 1e-4:  # SciPy loses digits at huge sizes
        assert point.value == pytest.approx(value(place), rel=1e-8, abs=1e-8)
    for axis in (0, 1):
        step = np.zeros(2)
        step[axis] = 1e-5
        up, down = likelihood.at(place + step), likelihood.at(place - step)
        change = (up.value - down.value) / 2e-5
        assert point.score[axis] == pytest.approx(change, rel=1e-5, abs=1e-4)
        bend = (down.score - up.score) / 2e-5
        np.testing.assert_allclose(point.information[axis], bend, rtol=1e-5, atol=1e-4)


def test_poisson_and_profile() -> None:
    """Counts that scatter less than Poisson's have a dispersion of 0.

    The bounds are where the likelihood has fallen by half the square of Student's
    quantile: with a dispersion of 0, and equal times, that of Poisson's.
    """
    found = negative_binomial_rates([2, 2, 3, 2, 3, 2], [1.0] * 6)
    assert found.dispersion == pytest.approx(0, abs=1e-6)
    assert found.rate == pytest.approx(14 / 6)
    assert found.log_likelihood == pytest.approx(found.poisson_log_likelihood, abs=1e-8)
    reach = stats.t.ppf(0.975, 5)
    for bound in (found.low, found.high):
        loss = 14 * math.log(14 / 6 / bound) - 14 + 6 * bound
        # at the upper bound a dispersion above 0 may fit better than 0
        assert 2 * loss >= reach**2 * (1 - 1e-6)
    low = 14 * math.log(14 / 6 / found.low) - 14 + 6 * found.low
    assert math.sqrt(2 * low) >= reach * (1 - 1e-6)


@settings(max_examples=8)  # each fits a model a hundred times
@given(
    st.lists(st.integers(0, 8), min_size=4, max_size=10),
    st.sampled_from([0.8, 0.95]),
)
def test_interval(events: list[int], level: float) -> None:
    """Intervals hold the estimate, turn over with the group, and agree with p."""
    first = [place % 2 for place in range(len(events))]
    events = [*events, 1, 2]
    first = [*first, 0, 1]
    times = [1.0 + place % 3 for place in range(len(events))]
    found = negative_binomial_rates(
        events, times, {"first": first}, confidence_level=level
    )
    (ratio,) = found.rate_ratios
    assert ratio.low < ratio.estimate < ratio.high
    assert found.low < found.rate < found.high
    if abs(ratio.p_value - (1 - level)) > 1e-6:
        assert (ratio.p_value < 1 - level) == (not ratio.low <= 1 <= ratio.high)
    turned = negative_binomial_rates(
        events, times, {"first": [1 - v for v in first]}, confidence_level=level
    )
    (other,) = turned.rate_ratios
    assert other.estimate * ratio.estimate == pytest.approx(1, rel=1e-4)
    assert other.low * ratio.high == pytest.approx(1, rel=1e-3)
    assert found.dispersion >= 0
    assert found.log_likelihood >= found.poisson_log_likelihood - 1e-9


def test_weights_and_missing() -> None:
    """Rows that stand for patients give what the repeated rows give."""
    one = negative_binomial_rates([0, 3, 5, None], [1, 2, 1, 1], weights=[3, 2, 1, 4])
    other = negative_binomial_rates([0, 0, 0, 3, 3, 5], [1, 1, 1, 2, 2, 1])
    assert one.n_missing == 4
    for name in (
        "rate",
        "low",
        "high",
        "dispersion",
        "log_likelihood",
        "n",
        "n_events",
    ):
        assert getattr(one, name) == pytest.approx(getattr(other, name), rel=1e-4)


def test_trend() -> None:
    """A rate that falls by a factor each year has that ratio."""
    years = [0, 1, 2, 3] * 3
    events = [16, 8, 4, 2] * 3
    found = negative_binomial_rates(events, [1.0] * 12, {"year": years})
    assert found.rate_ratios[0].estimate == pytest.approx(0.5, rel=1e-6)
    assert found.rate == pytest.approx(16, rel=1e-6)


def test_messages() -> None:
    """What has no rate is refused in words."""
    with pytest.raises(DataError, match="without any event"):
        negative_binomial_rates(
            [0, 0, 0, 2, 1, 3], [1] * 6, {"arm": [0, 0, 0, 1, 1, 1]}
        )
    with pytest.raises(DataError, match="3 patients with 0 events"):
        negative_binomial_rates([0, 0, 0], [1, 1, 1])
    with pytest.raises(InputError, match=r"events\[1\] must be a whole number"):
        negative_binomial_rates([0, 0.5, 1], [1, 1, 1])
    with pytest.raises(InputError, match=r"time\[2\] must be a length of time above 0"):
        negative_binomial_rates([0, 1, 1], [1, 1, 0])
