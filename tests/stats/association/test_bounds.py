"""Rank correlations of values some of which are known by a bound alone."""

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph import Bound
from iph.errors import InputError
from iph.stats import kendall, spearman

BOTH = pytest.mark.parametrize("function", [spearman, kendall])
TOP = st.integers(0, 5) | st.builds(Bound, st.sampled_from([">", ">="]), st.just(6))
END = st.integers(0, 5) | st.builds(Bound, st.sampled_from(["<", "<="]), st.just(-1))


def number(value: Any) -> float:
    """Return what ranks a value of these as its bound does."""
    if not isinstance(value, Bound):
        return float(value)
    return -9.0 if value.is_upper else 9.0


@BOTH
@given(pairs=st.lists(st.tuples(TOP, END), min_size=1, max_size=9), data=st.data())
def test_bounds_at_the_end_tie(function: Any, pairs: Any, data: st.DataObject) -> None:
    """They are what equal values beyond all others are, in whatever holds them."""
    x, y = (list(side) for side in zip(*pairs, strict=True))
    weights = data.draw(st.lists(st.integers(0, 2), min_size=len(x), max_size=len(x)))
    kind: Any = data.draw(st.sampled_from([list, pd.Series, iter]))
    found = function(
        kind([*x, None]), kind([*y, Bound("<", -1)]), weights=[*weights, 1]
    )
    plain = function(list(map(number, x)), list(map(number, y)), weights=weights)
    for name in ("estimate", "low", "high", "p_value"):
        np.testing.assert_equal(getattr(found, name), getattr(plain, name))
    assert (found.n, found.n_missing) == (plain.n, 1)
    seen = [pair for pair, n in zip(pairs, weights, strict=True) for _ in range(n)]
    assert found.n_bounds == sum(
        isinstance(a, Bound) or isinstance(b, Bound) for a, b in seen
    )
    told = []
    if any(isinstance(a, Bound) for a, _ in seen):
        told.append("x ranked in the top tie")
    if any(isinstance(b, Bound) for _, b in seen):
        told.append("y ranked in the bottom tie")
    assert found.bound_rule == (", ".join(told) or None)
    assert (plain.n_bounds, plain.bound_rule) == (0, None)


@BOTH
def test_an_unknown_order_is_refused(function: Any) -> None:
    """Where a value lies beyond a bound no rank is sure; only pairs count."""
    beyond = [1, 9, Bound(">", 8), 3]
    with pytest.raises(InputError, match=r"x must be in a known order.*mann_whitney"):
        function(beyond, [1, 2, 3, 4])
    with pytest.raises(InputError, match="y must be in a known order"):
        function([1, 2, 3, 4], beyond)
    found = function(beyond, [1, None, 3, 4])
    assert (found.n, found.n_bounds, found.n_missing) == (3, 1, 1)


@BOTH
def test_nobody_has_both(function: Any) -> None:
    """Without a pair there is no order to be known."""
    found = function([Bound(">", 8), None], [None, 1])
    assert math.isnan(found.estimate)
    assert (found.n, found.n_missing, found.bound_rule) == (0, 2, None)
