"""The sign test of pairs in which a value is known by a bound alone."""

import itertools
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph import Bound
from iph.errors import InputError
from iph.stats import sign_test, wilcoxon_signed_rank

SIGNS = ("<", "<=", ">", ">=")
VALUES = st.integers(0, 4) | st.builds(Bound, st.sampled_from(SIGNS), st.integers(0, 4))
PAIRS = st.lists(st.tuples(VALUES | st.none(), VALUES | st.none()), min_size=1)


def possible(value: Any) -> list[float]:
    """Return values of quarter steps that a small number or bound can be."""
    steps = [quarter / 4 for quarter in range(-8, 33)]
    if not isinstance(value, Bound):
        return [float(value)]
    return [
        step
        for step in steps
        if {
            "<": step < value.value,
            "<=": step <= value.value,
            ">": step > value.value,
            ">=": step >= value.value,
        }[value.operator]
    ]


@given(PAIRS)
def test_directions_are_those_of_all_possible_values(pairs: list[Any]) -> None:
    """A pair counts if every value within the bounds changes the same way."""
    x, y = [a for a, _ in pairs], [b for _, b in pairs]
    found = sign_test(x, y)
    tally = dict.fromkeys(["up", "down", "same", "open", "missing"], 0)
    for a, b in pairs:
        if a is None or b is None:
            tally["missing"] += 1
            continue
        told = {
            (one > other) - (one < other)
            for one, other in itertools.product(possible(a), possible(b))
        }
        name = (
            {1: "up", -1: "down", 0: "same"}[told.pop()] if len(told) == 1 else "open"
        )
        tally[name] += 1
    assert (found.n_positive, found.n_negative) == (tally["up"], tally["down"])
    assert (found.n_zero, found.n_undecided) == (tally["same"], tally["open"])
    assert (found.n, found.n_missing) == (
        len(pairs) - tally["missing"],
        tally["missing"],
    )
    assert found.n_bounds == sum(
        Bound in (type(a), type(b)) for a, b in pairs if None not in (a, b)
    )
    if found.n:
        same = [0] * (tally["same"] + tally["open"])
        plain = sign_test([1] * tally["up"] + [-1] * tally["down"] + same)
        assert found.p_value == plain.p_value


@given(PAIRS, st.data())
def test_weights_and_containers(pairs: list[Any], data: st.DataObject) -> None:
    """Case counts are repeated pairs, in whatever holds the values."""
    many = [data.draw(st.integers(0, 3)) for _ in pairs]
    repeated = [pair for pair, n in zip(pairs, many, strict=True) for _ in range(n)]
    expected = (
        repr(sign_test(*map(list, zip(*repeated, strict=True)))) if repeated else ""
    )
    x, y = (list(side) for side in zip(*pairs, strict=True))
    for kind in (list, pd.Series, lambda s: np.array(s, dtype=object), iter):
        found = sign_test(kind(x), kind(y), weights=many)
        if expected:
            assert repr(found) == expected
        else:
            assert found.n == 0
            assert math.isnan(found.p_value)


def test_changes_known_by_a_bound() -> None:
    """A change of more than 2 is a rise, one of more than -1 may be anything."""
    found = sign_test([Bound(">", 2), Bound(">", -1), Bound("<", 0), Bound(">=", 0), 1])
    assert (found.n_positive, found.n_negative, found.n_undecided) == (2, 1, 2)
    assert (found.n_zero, found.n_bounds, found.n) == (0, 4, 5)


def test_what_cannot_be_a_bound() -> None:
    """Sizes of changes have no bounds, and columns still have to fit."""
    with pytest.raises(InputError, match="sign_test and bounded_quartiles take bounds"):
        wilcoxon_signed_rank([1, Bound(">", 8)], [2, 3])
    with pytest.raises(InputError, match="as long as x"):
        sign_test([1, Bound(">", 8)], [2])
    with pytest.raises(InputError, match=r"y\[0\] must be a number"):
        sign_test([Bound(">", 8)], ["high"])
