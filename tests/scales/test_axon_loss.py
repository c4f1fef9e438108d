"""Loss of axons by the ratio of the sides."""

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.errors import InputError
from iph.scales import (
    AXON_LOSS,
    AxonLoss,
    axon_loss,
    axon_loss_expr,
    axon_loss_percent,
)

Evaluate = Callable[[Mapping[str, Sequence[Any]], nw.Expr], list[Any]]
TENTHS = st.integers(0, 1000)


@given(affected=TENTHS, healthy=st.integers(1, 1000))
def test_exact(affected: int, healthy: int) -> None:
    """The loss and its grade are those of exact fractions."""
    loss = max(Fraction(0), 100 * (1 - Fraction(affected, healthy)))
    a, h = affected / 10, healthy / 10
    found = axon_loss_percent(a, h)
    assert found == pytest.approx(float(loss), abs=1e-9)
    assert axon_loss(a, h) is AxonLoss(loss > 50)


@given(rows=st.lists(st.tuples(TENTHS, st.integers(1, 1000)), max_size=6))
def test_column_equals_values(rows: list[tuple[int, int]]) -> None:
    """A column is answered as its rows are one by one."""
    a, h = [r[0] / 10 for r in rows], [r[1] / 10 for r in rows]
    assert axon_loss(a, h).tolist() == [
        axon_loss(x, y) for x, y in zip(a, h, strict=True)
    ]
    expected = [axon_loss_percent(x, y) for x, y in zip(a, h, strict=True)]
    np.testing.assert_array_equal(axon_loss_percent(a, h), expected)


@given(affected=st.floats(0, 100), healthy=st.floats(1e-6, 100))
def test_bounds(affected: float, healthy: float) -> None:
    """The loss lies between nothing and all, and a smaller response is no less loss."""
    loss = axon_loss_percent(affected, healthy)
    smaller = axon_loss_percent(affected / 2, healthy)
    assert loss is not None
    assert smaller is not None
    assert 0 <= loss <= smaller <= 100
    assert axon_loss_percent(0, healthy) == 100
    assert axon_loss_percent(healthy, healthy) == 0


def test_edge() -> None:
    """Half is up to a half; the cut of a recorded loss is the same."""
    assert axon_loss(6, 12) is AxonLoss.UP_TO_HALF
    assert axon_loss(5.9, 12) is AxonLoss.MORE_THAN_HALF
    assert axon_loss(5.1, 10.2) is AxonLoss.UP_TO_HALF
    assert AXON_LOSS.grade(50) is AxonLoss.UP_TO_HALF
    assert AXON_LOSS.grade(math.nextafter(50, 51)) is AxonLoss.MORE_THAN_HALF
    assert AXON_LOSS.grade([0, 50, 50.1, 100, None]).tolist() == [0, 0, 1, 1, None]


def test_missing() -> None:
    """Without both sides there is no ratio."""
    for pair in ((None, 5), (5, None), (math.nan, 5), (None, None)):
        assert axon_loss(*pair) is None
        assert axon_loss_percent(*pair) is None
    assert axon_loss([1, None, 3], [2, 2, None]).tolist() == [0, None, None]


def test_messages() -> None:
    """An amplitude in microvolts, a silent healthy side and two lengths are named."""
    with pytest.raises(InputError, match=r"affected_mv must be .* in millivolts"):
        axon_loss(3000, 12)
    with pytest.raises(InputError, match=r"healthy_mv\[1\] must be a number from 0"):
        axon_loss([1, 1], [2, -2])
    with pytest.raises(InputError, match="healthy_mv must be above 0, got 0; without"):
        axon_loss_percent(3, 0)
    with pytest.raises(InputError, match=r"healthy_mv must be as long as affected_mv"):
        axon_loss([1, 1, 1], [2, 2])


def test_expression(evaluate: Evaluate) -> None:
    """Every engine answers as the function; out of range there is no answer."""
    affected = [3.0, 6.0, 5.1, 13.0, 0.0, None, 3.0, math.nan]
    healthy = [12.0, 12.0, 10.2, 12.0, 12.0, 12.0, None, 12.0]
    expected = axon_loss(affected, healthy).tolist()
    wrong = [(3.0, 0.0), (-1.0, 5.0), (101.0, 50.0), (5.0, 101.0), (math.inf, 5.0)]
    data = {
        "a": [*affected, *[a for a, _ in wrong]],
        "h": [*healthy, *[h for _, h in wrong]],
    }
    assert evaluate(data, axon_loss_expr("a", "h")) == [*expected, *[None] * 5]
    columns = axon_loss_expr(nw.col("a"), nw.col("h"))
    assert evaluate(data, columns) == [*expected, *[None] * 5]
