"""Non-inferiority and equivalence of scores and grades."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from iph.errors import InputError
from iph.stats import hodges_lehmann, mann_whitney, scores_within_margins

SCORES = st.lists(st.integers(0, 10), min_size=1, max_size=5)


def upper_tail(x: list[float], y: list[float]) -> float:
    """Return the share of allocations with a rank sum of the first as large."""
    pooled = [*x, *y]
    ranks = [
        sum(v < w for v in pooled) + sum(v == w for v in pooled) / 2 for w in pooled
    ]
    seen = sum(ranks[: len(x)])
    sums = [sum(c) for c in itertools.combinations(ranks, len(x))]
    return sum(s >= seen - 1e-9 for s in sums) / len(sums)


@given(SCORES, SCORES, st.integers(-3, 1))
def test_enumeration(x: list[int], y: list[int], lower: int) -> None:
    """Both p-values are those of a loop over all allocations of the moved values."""
    upper = lower + 2
    found = scores_within_margins(x, y, lower=lower, upper=upper)
    above = upper_tail([v - lower for v in x], [*map(float, y)])
    below = upper_tail([upper - v for v in x], [-float(v) for v in y])
    assert found.p_lower == pytest.approx(above, rel=1e-12)
    assert found.p_upper == pytest.approx(below, rel=1e-12)
    assert found.p_value == max(found.p_lower, found.p_upper)  # type: ignore[type-var] # given
    assert found.shown == (found.p_value <= 0.025)
    assert (found.n, found.method) == (len(x) + len(y), "Mann-Whitney, exact")


@given(
    st.lists(st.integers(0, 10_000), min_size=3, max_size=20, unique=True),
    st.integers(1, 19),
    st.integers(-5000, 5000),
)
def test_interval_agrees_without_ties(
    values: list[int], first: int, lower: int
) -> None:
    """The interval lies above the margin exactly if the p-value is at most .025."""
    x, y = values[:first], values[first:]
    assume(y)
    differences = {a - b for a in x for b in y}
    assume(len(differences) == len(x) * len(y))
    assume(lower not in differences)
    found = scores_within_margins(x, y, lower=lower)
    assert (found.low > lower) == (found.p_value <= 0.025) == found.shown
    shift = hodges_lehmann(x, y)
    assert (found.estimate, found.low, found.high) == (
        shift.estimate,
        shift.low,
        shift.high,
    )


@given(SCORES, SCORES)
def test_mirrors(x: list[int], y: list[int]) -> None:
    """With the groups swapped, the margins change their sign and their places."""
    one = scores_within_margins(x, y, lower=-1, upper=2)
    two = scores_within_margins(y, x, lower=-2, upper=1)
    assert (one.p_lower, one.p_upper) == (two.p_upper, two.p_lower)
    assert one.estimate == -two.estimate


def test_no_margin_is_mann_whitney() -> None:
    """With a margin of nothing this is the one-sided test; decimals tie as decimals."""
    x, y = [0.3, 0.5, 0.9], [0.2, 0.5, 0.1, 0.7]
    found = scores_within_margins(x, y, lower=0)
    assert found.p_lower == mann_whitney(x, y, alternative="greater").p_value
    moved = scores_within_margins([v + 0.1 for v in x], y, lower=0.1)
    assert moved.p_lower == found.p_lower


def test_large_groups() -> None:
    """Where counting takes long the p-value is asymptotic."""
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=400), rng.normal(size=400)
    found = scores_within_margins(x, y, lower=-0.3, upper=0.3, confidence_level=0.9)
    assert found.method == "Mann-Whitney, asymptotic, continuity-corrected"
    assert found.shown == (found.low > -0.3 and found.high < 0.3)


def test_weights_missing_and_empty() -> None:
    """Case counts are rows; the missing are counted; an empty group shows nothing."""
    one = scores_within_margins(
        [1, 2, None], [3, 4], lower=-5, weights=([2, 1, 3], None)
    )
    two = scores_within_margins([1, 1, 2], [3, 4], lower=-5)
    assert (one.p_value, one.n, one.n_missing) == (two.p_value, 5, 3)
    empty = scores_within_margins([], [3, 4], upper=1)
    assert math.isnan(empty.p_value)
    assert not empty.shown


def test_refused() -> None:
    """No margin, or one that is no finite number, is refused."""
    with pytest.raises(InputError, match="a margin, unless upper is given"):
        scores_within_margins([1, 2], [3, 4])
    with pytest.raises(InputError, match="upper must be a finite number or None"):
        scores_within_margins([1, 2], [3, 4], upper=math.inf)
