import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.stats._survival.survival_bands import Transform, confidence_bands

# Each scale with its inverse and the derivative, to do the delta method by hand.
SCALES: dict[
    Transform,
    tuple[Callable[[float], float], Callable[[float], float], Callable[[float], float]],
] = {
    "plain": (lambda s: s, lambda y: y, lambda _: 1.0),
    "log": (math.log, math.exp, lambda s: 1 / s),
    "log-log": (
        lambda s: -math.log(-math.log(s)),
        lambda y: math.exp(-math.exp(-y)),
        lambda s: -1 / (s * math.log(s)),
    ),
    "logit": (
        lambda s: math.log(s / (1 - s)),
        lambda y: 1 / (1 + math.exp(-y)),
        lambda s: 1 / (s * (1 - s)),
    ),
    "arcsin": (
        lambda s: math.asin(math.sqrt(s)),
        lambda y: math.sin(min(max(y, 0.0), math.pi / 2)) ** 2,
        lambda s: 0.5 / math.sqrt(s * (1 - s)),
    ),
}


@pytest.mark.parametrize("transform", list(SCALES))
@given(s=st.floats(0.01, 0.99), error=st.floats(1e-6, 0.5), z=st.floats(0.1, 3.0))
def test_delta_method(transform: Transform, s: float, error: float, z: float) -> None:
    """The bounds are g^-1(g(S) -+ z g'(S) se), cut to [0, 1]."""
    g, inverse, slope = SCALES[transform]
    half = z * slope(s) * error
    low, high = confidence_bands(np.array([s]), np.array([error / s]), transform, z)
    expected = [min(max(inverse(g(s) + sign * half), 0.0), 1.0) for sign in (-1, 1)]
    np.testing.assert_allclose([low[0], high[0]], expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("transform", list(SCALES))
def test_ends(transform: Transform) -> None:
    """At 0 there is no interval; at 1 only on the scales whose formula has one."""
    low, high = confidence_bands(
        np.array([1.0, 0.0]), np.array([0.0, np.inf]), transform, 1.96
    )
    assert math.isnan(low[1])
    assert math.isnan(high[1])
    if transform in {"plain", "log"}:
        assert (low[0], high[0]) == (1.0, 1.0)
    else:
        assert math.isnan(low[0])
        assert math.isnan(high[0])


@pytest.mark.parametrize("transform", list(SCALES))
def test_far_from_the_middle(transform: Transform) -> None:
    """Errors so large that a power overflows still give bounds within [0, 1]."""
    low, high = confidence_bands(
        np.array([0.5, 1e-12]), np.array([900.0, 1e6]), transform, 2.0
    )
    assert ((low >= 0) & (low <= 1)).all()
    assert ((high >= 0) & (high <= 1)).all()
