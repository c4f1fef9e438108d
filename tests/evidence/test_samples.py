"""Samples with a given sum and sum of squares: found exactly where they exist."""

import itertools
from fractions import Fraction

import hypothesis.strategies as st
import pytest
from hypothesis import given

from iph.evidence import _samples
from iph.evidence._few_values import few_values
from iph.evidence._samples import Search, find_sample


def squares_that_exist(n: int, low: int, high: int) -> set[tuple[int, int]]:
    """List all pairs of sum and sum of squares."""
    return {
        (sum(sample), sum(v * v for v in sample))
        for sample in itertools.combinations_with_replacement(range(low, high + 1), n)
    }


@pytest.mark.parametrize(("n", "low", "high"), [(2, 0, 7), (3, -2, 4), (5, 1, 4)])
def test_exists_exactly_where_enumeration_says(n: int, low: int, high: int) -> None:
    """On a short scale every pair is decided, and the sample has it."""
    exist = squares_that_exist(n, low, high)
    search = Search(n=n, low=low, high=high, open_end=False)
    for total in range(n * low - 1, n * high + 2):
        for squares in range(n * high * high + 2):
            found = find_sample(total, Fraction(squares), Fraction(squares), search)
            assert (found is not None) == ((total, squares) in exist)
            if found is not None:
                assert sum(found) == total
                assert sum(v * v for v in found) == squares


@given(st.integers(2, 4), st.data())
def test_few_values_without_bounds(n: int, data: st.DataObject) -> None:
    """Up to four values are found wherever they exist, and only there."""
    total = data.draw(st.integers(-8, 8))
    squares = data.draw(st.integers(0, 40))
    exist = squares_that_exist(n, -7, 7)
    found = few_values(total, n, (squares, squares), (None, None))
    assert (found is not None) == ((total, squares) in exist)
    if found:
        assert (sum(found), sum(v * v for v in found)) == (total, squares)


def test_few_values_with_bounds() -> None:
    """Bounds exclude values, and too long a search is left open."""
    assert few_values(6, 3, (14, 14), (1, 3)) is not None
    assert few_values(6, 3, (14, 14), (2, 3)) is None
    assert few_values(5, 2, (17, 17), (2, None)) is None
    assert few_values(5, 2, (3, 3), (None, None)) is None
    assert few_values(0, 4, (10**8, 10**8), (None, None)) == ()


@given(
    st.lists(st.integers(0, 2_000), min_size=5, max_size=25),
    st.booleans(),
    st.integers(0, 60),
)
def test_long_scales_never_deny_a_sample(
    values: list[int],
    bounded: bool,  # noqa: FBT001 - drawn
    width: int,
) -> None:
    """A sample that exists is never denied; what is shown for it is right."""
    total, squares = sum(values), sum(v * v for v in values)
    search = Search(
        n=len(values),
        low=0 if bounded else None,
        high=2_000 if bounded else None,
        open_end=True,
    )
    low, high = Fraction(squares - width), Fraction(squares + width + 1)
    found = find_sample(total, low, high, search)
    assert found is not None
    if found:
        assert sum(found) == total
        assert low <= sum(v * v for v in found) < high
        assert not bounded or 0 <= min(found) <= max(found) <= 2_000


def test_parity_and_bounds_exclude() -> None:
    """Sum and squares have one parity, and squares have a least and greatest value."""
    search = Search(n=6, low=None, high=None, open_end=False)
    assert find_sample(10, Fraction(31), Fraction(31), search) is None
    assert find_sample(10, Fraction(2), Fraction(16), search) is None
    open_end = Search(n=6, low=None, high=None, open_end=True)
    assert find_sample(10, Fraction(29), Fraction(30), open_end) is None
    assert find_sample(10, Fraction(29), Fraction(30), search) is not None
    zero = Search(n=6, low=0, high=9, open_end=False)
    assert find_sample(0, Fraction(0), Fraction(0), zero) == (0,) * 6
    assert find_sample(0, Fraction(1), Fraction(9), zero) is None


def test_many_values_are_not_paired(monkeypatch: pytest.MonkeyPatch) -> None:
    """With many values the search is short, and an open answer is no denial."""
    monkeypatch.setattr(_samples, "_MOST_PAIRED", 4)
    search = Search(n=7, low=0, high=10_000, open_end=False)
    values = (0, 0, 1, 5, 9_000, 9_999, 10_000)
    total, squares = sum(values), sum(v * v for v in values)
    assert find_sample(total, Fraction(squares), Fraction(squares), search) is not None
