"""Risks that fit best under a difference: for one table as for many."""

import math

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from iph.stats._tables.risk_score import (
    difference_score,
    fit_difference,
    signed_score,
)


@st.composite
def arms(draw: st.DrawFn) -> tuple[int, int]:
    """Draw how many of how many patients had the outcome."""
    n = draw(st.integers(1, 80))
    return draw(st.integers(0, n)), n


DIFFERENCES = st.sampled_from([-1.0, 0.0, 0.2, 1.0]) | st.floats(-1, 1)


@given(first=arms(), second=arms(), difference=DIFFERENCES)
def test_one_table_is_scored_as_many_are(
    first: tuple[int, int], second: tuple[int, int], difference: float
) -> None:
    """The quick score of one table is that of the arrays, infinite where it is."""
    (a, n1), (c, n2) = first, second
    x, y = np.array(float(a)), np.array(float(c))
    fitted = fit_difference(x, n1, y, n2, difference)
    expected = float(signed_score(x, n1, y, n2, fitted)) ** 2
    found = difference_score(a, n1, c, n2, difference)
    if math.isinf(expected):
        assert math.isinf(found)
    else:
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


@given(first=arms(), second=arms(), difference=DIFFERENCES)
def test_no_other_risks_fit_better(
    first: tuple[int, int], second: tuple[int, int], difference: float
) -> None:
    """On a fine grid of risks with that difference none has a higher likelihood."""
    (a, n1), (c, n2) = first, second
    p1, p2 = fit_difference(np.array(float(a)), n1, np.array(float(c)), n2, difference)

    def likelihood(one: float, other: float) -> float:
        parts = ((a, one), (n1 - a, 1 - one), (c, other), (n2 - c, 1 - other))
        if any(count and share <= 0 for count, share in parts):
            return -math.inf
        return sum(count * math.log(share) for count, share in parts if count)

    low, high = max(0.0, -difference), min(1.0, 1.0 - difference)
    # Risks within a few floats of 0 and 1 cannot be told apart from them.
    assume(high == low or high - low > 1e-9)
    best = likelihood(float(p1), float(p2))
    others = [
        likelihood(p + difference, p) for p in np.linspace(low, high, 21).tolist()
    ]
    assert max(others) <= best or math.isclose(max(others), best, rel_tol=1e-9)
