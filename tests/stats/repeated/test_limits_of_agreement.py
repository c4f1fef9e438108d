"""Limits of agreement."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from iph.errors import InputError
from iph.stats import limits_of_agreement

PAIRS = st.lists(
    st.tuples(st.none() | st.integers(0, 20), st.none() | st.integers(0, 20)),
    min_size=1,
    max_size=12,
)


def columns(pairs: list[tuple[Any, Any]]) -> tuple[list[Any], list[Any]]:
    """Return the two columns of a list of pairs."""
    return [x for x, _ in pairs], [y for _, y in pairs]


def numbers(found: Any) -> list[float]:
    """Return all figures of a result."""
    parts = (found.bias, found.lower, found.upper)
    return [found.sd, *(v for p in parts for v in (p.estimate, p.low, p.high))]


# The quantile of the noncentral t distribution has six digits in SciPy 1.15.
CLOSE = 1e-9 if scipy.__version__ >= "1.16" else 1e-5


def test_reference(reference: Callable[[str], list[dict[str, Any]]]) -> None:
    """Limits and bounds are those of the noncentral t distribution in R."""
    compared = 0
    for case in reference("readers.json"):
        if case["kind"] == "limits":
            found = limits_of_agreement(case["x"], case["y"], share=case["share"])
            expected = [case["sd"], *case["bias"], *case["lower"], *case["upper"]]
            np.testing.assert_allclose(numbers(found), expected, rtol=CLOSE)
            compared += 1
    assert compared == 60


def test_bound_is_where_the_limit_would_be_that_far_in_the_tail() -> None:
    """At each bound of the limit, the mean and SD that were seen are just unlikely."""
    x, y = [5.1, 6.0, 7.2, 8.1, 6.6, 5.9], [5.0, 6.4, 6.9, 7.5, 6.8, 6.1]
    found = limits_of_agreement(x, y)
    mean, z = found.bias.estimate, stats.norm.ppf(0.975)
    for bound, tail in ((found.upper.low, 0.025), (found.upper.high, 0.975)):
        t = math.sqrt(6) * (bound - mean) / found.sd
        assert stats.nct.cdf(t, 5, z * math.sqrt(6)) == pytest.approx(tail)


@given(pairs=PAIRS)
def test_swapped_and_counted(pairs: list[tuple[Any, Any]]) -> None:
    """Swapping the measurements turns all; pairs with a gap are counted."""
    x, y = columns(pairs)
    found, turned = limits_of_agreement(x, y), limits_of_agreement(y, x)
    whole = [(a, b) for a, b in pairs if a is not None and b is not None]
    assert (found.n, found.n_missing) == (len(whole), len(pairs) - len(whole))
    assert found.bias.estimate == pytest.approx(-turned.bias.estimate, nan_ok=True)
    for ours, theirs in ((found.lower, turned.upper), (found.upper, turned.lower)):
        for one, other in (
            (ours.estimate, theirs.estimate),
            (ours.low, theirs.high),
            (ours.high, theirs.low),
        ):
            assert one == pytest.approx(-other, nan_ok=True)
    if whole:
        expected = np.mean([a - b for a, b in whole])
        assert found.bias.estimate == pytest.approx(expected)
    if not math.isnan(found.lower.low):
        assert found.lower.low < found.lower.estimate < found.lower.high
        assert found.upper.low < found.upper.estimate < found.upper.high


@given(
    pairs=PAIRS,
    counts=st.lists(st.integers(0, 3), min_size=12, max_size=12),
    shift=st.integers(-50, 50),
)
def test_weights_and_shift(
    pairs: list[tuple[Any, Any]], counts: list[int], shift: int
) -> None:
    """Case counts are repetition; what both readings gain does not matter."""
    weights = counts[: len(pairs)]
    x, y = columns(pairs)
    several = [p for p, w in zip(pairs, weights, strict=True) for _ in range(w)]
    repeated = columns(several)
    more = [[None if v is None else v + shift for v in column] for column in repeated]
    found = numbers(limits_of_agreement(x, y, weights=weights))
    for other in (repeated, more):
        expected = numbers(limits_of_agreement(*other))
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("n", [1, 2, 5])
def test_differences_alike_leave_no_interval(n: int) -> None:
    """Without a spread there is no interval, and with one patient no limit."""
    found = limits_of_agreement([3.3] * n, [0.1] * n)
    assert found.bias.estimate == pytest.approx(3.2)
    assert math.isnan(found.bias.low)
    if n > 1:
        assert found.sd == 0.0
        assert found.lower.estimate == found.upper.estimate == found.bias.estimate
        assert math.isnan(found.upper.high)
    else:
        assert math.isnan(found.sd)


def test_wider_shares_and_levels() -> None:
    """A larger share lies farther out, a higher level is wider."""
    x, y = [5, 6, 7, 9, 6, 5], [5, 5, 8, 7, 6, 3]
    found = limits_of_agreement(x, y)
    farther = limits_of_agreement(x, y, share=0.99)
    surer = limits_of_agreement(x, y, confidence_level=0.99)
    assert farther.upper.estimate > found.upper.estimate
    assert surer.upper.high > found.upper.high
    assert surer.upper.low < found.upper.low


def test_nobody() -> None:
    """Without a pair nothing is defined."""
    found = limits_of_agreement([None, 1], [2, None])
    assert all(math.isnan(value) for value in numbers(found))
    assert (found.n, found.n_missing) == (0, 2)


def test_refused() -> None:
    """Columns that do not fit, and shares that are none, are refused."""
    with pytest.raises(InputError, match="y must be as long as x"):
        limits_of_agreement([1, 2], [1])
    with pytest.raises(InputError, match="share must be"):
        limits_of_agreement([1, 2], [1, 3], share=95)
