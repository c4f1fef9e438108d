"""Differences of paired grades."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.errors import InputError
from iph.stats._repeated.paired_differences import sized_differences


@given(
    pairs=st.lists(
        st.tuples(st.integers(-5000, 5000), st.integers(-5000, 5000)), max_size=20
    ),
    decimals=st.integers(0, 9),
)
def test_decimals_tie_as_written(pairs: list[tuple[int, int]], decimals: int) -> None:
    """Sizes are those of exact decimal arithmetic, whatever floats make of them."""
    scale = 10**decimals
    found = sized_differences(
        [x / scale for x, _ in pairs], [y / scale for _, y in pairs], None
    )
    exact = [Fraction(x - y, scale) for x, y in pairs]
    sizes = sorted({abs(d) for d in exact if d})
    assert found.positive.tolist() == [sum(d == s for d in exact) for s in sizes]
    assert found.negative.tolist() == [sum(d == -s for d in exact) for s in sizes]
    assert found.n_zero == sum(d == 0 for d in exact)
    assert (found.n, found.n_missing) == (len(pairs), 0)


@pytest.mark.parametrize("most", [1, 99, 10**6])
def test_decimals_tie_at_any_size(most: int) -> None:
    """One more tenth is one more tenth, however large the values are."""
    x = [0.1, 0.7, 1.1, 2.3, most + 0.3, most + 0.9]
    y = [0.0, 0.6, 1.0, 2.2, most + 0.2, most + 0.8]
    assert sized_differences(x, y, None).positive.tolist() == [6]
    assert sized_differences(y, x, None).negative.tolist() == [6]


@pytest.mark.parametrize(("decimals", "ties"), [(8, True), (9, True), (10, False)])
def test_up_to_nine_decimals_tie(decimals: int, *, ties: bool) -> None:
    """The last decimal that is looked at is the ninth."""
    unit = 10**decimals
    x = [(whole * unit + 3) / unit for whole in range(10)]
    y = [(whole * unit + 2) / unit for whole in range(10)]
    assert (sized_differences(x, y, None).positive.tolist() == [10]) == ties


def test_large_floats_are_not_taken_for_decimals() -> None:
    """Values with all digits a float has are subtracted as they are.

    Their products with a power of ten are rounded, and would not tie.
    """
    y = [16703049314.23078, 15111673049.84966]
    x = [value + 2.0**-15 for value in y]
    assert {Fraction(a) - Fraction(b) for a, b in zip(x, y, strict=True)} == {
        Fraction(1, 2**15)
    }
    assert sized_differences(x, y, None).positive.tolist() == [2]


def test_floats_that_are_no_short_decimals() -> None:
    """Values with many digits, or too large for their decimals, are plain floats."""
    found = sized_differences([math.pi, 2.0**60 + 0.0, 1e15], [math.e, 0.5, 0.1], None)
    assert found.positive.tolist() == [1, 1, 1]
    assert sized_differences([math.pi, math.e], [0.5, 1.5], None).n_zero == 0


def test_missing_and_weights() -> None:
    """A pair with a missing value is counted with its cases, and left out."""
    found = sized_differences([1, None, 3, 4], [1, 2, math.nan, 2], [2, 3, 4, 5])
    assert (found.n, found.n_zero, found.n_missing) == (7, 2, 7)
    assert found.positive.tolist() == [5]


def test_one_column_holds_differences() -> None:
    """Without a second column the values are the differences."""
    found = sized_differences([-2, 1, 2, 0, 1], None, None)
    assert found.positive.tolist() == [2, 1]
    assert found.negative.tolist() == [0, 1]
    assert found.n_zero == 1


def test_unequal_columns_are_refused() -> None:
    """Pairs need columns of equal length."""
    with pytest.raises(InputError, match=r"y must be as long as x \(2\), got 1"):
        sized_differences([1, 2], [1], None)
