"""Pain relief and responders."""

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
from iph.scales import is_responder, pain_relief, responder_expr

Evaluate = Callable[[Mapping[str, Sequence[Any]], nw.Expr], list[Any]]

TENTHS = st.integers(0, 100)


@pytest.mark.parametrize(
    ("baseline", "now", "relief"),
    [(8, 4, 0.5), (7, 0, 1.0), (5, 5, 0.0), (4, 6, -0.5), (10, 7, 0.3)],
)
def test_relief(baseline: float, now: float, relief: float) -> None:
    """Relief is the share of the baseline that is gone; negative if it is worse."""
    assert pain_relief(baseline, now) == pytest.approx(relief, abs=1e-12)


def test_not_evaluable() -> None:
    """Without pain at baseline, or with a score missing, nobody is evaluable."""
    for baseline, now in ((0, 0), (0, 3), (None, 3), (5, None), (math.nan, 3)):
        assert pain_relief(baseline, now) is None
        assert is_responder(baseline, now) is None
    rows = [0, 0, None, 5, 8], [0, 3, 3, None, 4]
    expected = [math.nan] * 4 + [0.5]
    np.testing.assert_array_equal(pain_relief(*rows), expected)
    assert is_responder(*rows).tolist() == [None] * 4 + [True]
    assert is_responder(*rows).dtype == np.bool_


@given(
    baseline=TENTHS,
    now=TENTHS,
    threshold=st.integers(1, 100),
    strict=st.booleans(),
)
def test_exact(baseline: int, now: int, threshold: int, *, strict: bool) -> None:
    """The answer is that of exact fractions, whatever floats make of the decimals."""
    found = is_responder(
        baseline / 10, now / 10, threshold=threshold / 100, strict=strict
    )
    if baseline == 0:
        assert found is None
    else:
        relief = Fraction(baseline - now, baseline)
        share = Fraction(threshold, 100)
        assert found == (relief > share if strict else relief >= share)


@given(rows=st.lists(st.tuples(TENTHS, TENTHS), max_size=6), strict=st.booleans())
def test_column_equals_values(rows: list[tuple[int, int]], *, strict: bool) -> None:
    """A column is answered as its rows are one by one."""
    before, now = [b / 10 for b, _ in rows], [n / 10 for _, n in rows]
    expected = [
        is_responder(b, n, strict=strict) for b, n in zip(before, now, strict=True)
    ]
    assert is_responder(before, now, strict=strict).tolist() == expected
    relief = [pain_relief(b, n) for b, n in zip(before, now, strict=True)]
    np.testing.assert_array_equal(
        pain_relief(before, now), np.array(relief, dtype=float)
    )


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("threshold", [0.5, 0.3])
def test_expression(evaluate: Evaluate, threshold: float, *, strict: bool) -> None:
    """An expression answers as the function does; null where it cannot."""
    before = [8.0, 8.0, 8.0, 0.0, None, 5.0, 10.0, 10.0, math.nan]
    now = [4.0, 4.1, 3.9, 0.0, 3.0, None, 7.0, 7.1, 1.0]
    expected = is_responder(before, now, threshold=threshold, strict=strict).tolist()
    expression = responder_expr("b", "n", threshold=threshold, strict=strict)
    data = {"b": [*before, 11.0], "n": [*now, 1.0]}
    assert evaluate(data, expression) == [*expected, None]
    columns = responder_expr(
        nw.col("b"), nw.col("n"), threshold=threshold, strict=strict
    )
    assert evaluate(data, columns) == [*expected, None]


def test_edges_of_an_expression(evaluate: Evaluate) -> None:
    """No pain now and the worst pain are legal; what is beyond, or NaN, is not."""
    before = [10.0, 10.0, 0.1, 5.0, 5.0, 5.0, 5.0, 0.0, -1.0, math.inf]
    now = [0.0, 10.0, 0.0, math.nan, 10.1, -0.1, math.inf, 0.0, 0.0, 0.0]
    found = evaluate({"b": before, "n": now}, responder_expr("b", "n"))
    assert found == [1, 0, 1, *[None] * 7]


def test_a_little_pain_can_be_relieved() -> None:
    """Any pain at baseline above 0 is evaluable, however small it was."""
    for baseline in (1, 0.5, 0.1):
        assert pain_relief(baseline, 0) == 1
        assert is_responder(baseline, 0) is True
        assert is_responder(baseline, baseline) is False
    assert pain_relief([1, 0.5], [0.5, 0.25]).tolist() == [0.5, 0.5]


@pytest.mark.parametrize("now", [0.0, 2e-9])
def test_what_counts_as_equal(evaluate: Evaluate, now: float) -> None:
    """A fall that is 1e-9 more or less than the threshold is still equal to it."""
    for strict in (False, True):
        assert is_responder(2e-9, now, strict=strict) is (not strict)
        expression = responder_expr("b", "n", strict=strict)
        assert evaluate({"b": [2e-9], "n": [now]}, expression) == [float(not strict)]


def test_one_baseline_for_a_column() -> None:
    """One score stands for all rows of the other."""
    assert pain_relief(8, [4, 8]).tolist() == [0.5, 0.0]
    assert is_responder(8, [4, 8]).tolist() == [True, False]


@pytest.mark.parametrize(
    ("threshold", "hint"),
    [
        (0, ""),
        (-0.1, ""),
        (1.01, "did you mean 0.0101?"),
        (50, "did you mean 0.5?"),
        (100, "did you mean 1?"),
        (100.5, ""),
        (True, ""),
        ("0.5", ""),
        (math.nan, ""),
    ],
)
def test_threshold(threshold: Any, hint: str) -> None:
    """A threshold that is no share is refused; a percentage gets its share named."""
    with pytest.raises(InputError, match="threshold must be") as caught:
        is_responder(8, 4, threshold=threshold)
    with pytest.raises(InputError, match="threshold must be"):
        responder_expr("b", "n", threshold=threshold)
    assert caught.value.hint == hint


def test_a_threshold_of_everything() -> None:
    """The whole of the pain is a share too."""
    assert is_responder([8, 8], [0, 1], threshold=1).tolist() == [True, False]
    assert is_responder(8, 0, threshold=1, strict=True) is False


def test_messages() -> None:
    """Scores out of range and columns of two lengths are named."""
    with pytest.raises(InputError, match="now must be a number from 0 to 10, got 40"):
        pain_relief(8, 40)
    with pytest.raises(InputError, match=r"baseline\[1\] must be a number from 0"):
        is_responder([8, 80], [4, 4])
    with pytest.raises(InputError, match=r"now must be as long as baseline \(3\)"):
        pain_relief([8, 8, 8], [4, 4])
