"""Samples with a given sum and sum of squares: found exactly where they exist."""

import functools
import itertools
from fractions import Fraction

import hypothesis.strategies as st
import pytest
from hypothesis import example, given

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


@given(st.integers(2, 6), st.data())
def test_any_narrow_range_is_decided(n: int, data: st.DataObject) -> None:
    """A range of sums of squares holds a sample exactly if one of them exists."""
    top = data.draw(st.integers(1, 7))
    total = data.draw(st.integers(0, n * top))
    low = data.draw(st.integers(0, n * top * top))
    width = data.draw(st.integers(0, 5))
    found = find_sample(
        total,
        Fraction(low) - Fraction(1, 3),
        Fraction(low + width),
        Search(n=n, low=0, high=top, open_end=True),
    )
    exist = {q for s, q in squares_that_exist(n, 0, top) if s == total}
    assert (found is not None) == any(low <= q < low + width for q in exist)


@given(st.integers(2, 4), st.data())
def test_without_bounds_enumeration_decides(n: int, data: st.DataObject) -> None:
    """Without bounds too a sample is found wherever it exists, and only there."""
    total = data.draw(st.integers(-8, 8))
    squares = data.draw(st.integers(0, 40))
    search = Search(n=n, low=None, high=None, open_end=False)
    exist = squares_that_exist(n, -7, 7)
    found = find_sample(total, Fraction(squares), Fraction(squares), search)
    assert (found is not None) == ((total, squares) in exist)
    if found:
        assert (sum(found), sum(v * v for v in found)) == (total, squares)


@functools.cache
def bits_of_squares(n: int, top: int) -> tuple[int, ...]:
    """Return, for each sum, the sums of squares that exist as bits, value by value."""
    sums = [1] + [0] * (n * top)
    for _ in range(n):
        old, sums = sums, [0] * (n * top + 1)
        for total, bits in enumerate(old):
            for value in range(min(top, n * top - total) + 1):
                sums[total + value] |= bits << value * value
    return tuple(sums)


@given(st.sampled_from([(9, 10), (5, 40), (28, 4), (7, 20)]), st.data())
def test_long_scales_are_decided_as_by_counting(
    shape: tuple[int, int], data: st.DataObject
) -> None:
    """The answer is that of a table of all sums and sums of squares."""
    n, top = shape
    total = data.draw(st.integers(0, n * top))
    bits = bits_of_squares(n, top)[total]
    most, least = bits.bit_length() - 1, (bits & -bits).bit_length() - 1
    # The gaps lie near the ends.
    squares = data.draw(
        st.one_of(
            st.integers(least, most),
            st.integers(max(least, most - 8 * top), most + 2),
            st.integers(max(least - 2, 0), least + 2 * top),
        )
    )
    search = Search(n=n, low=0, high=top, open_end=False)
    found = find_sample(total, Fraction(squares), Fraction(squares), search)
    assert found != ()
    assert (found is not None) == bool(bits >> squares & 1)


@given(
    st.lists(st.integers(0, 2_000), min_size=5, max_size=60),
    st.booleans(),
    st.integers(0, 60),
)
@example(values=[0, 0, 0, 0, 1907], bounded=False, width=0)
@example(values=[539, 0, 2000, 2000, 0], bounded=False, width=0)
@example(values=[215, 0, 2000, 1158, 1557, 194], bounded=False, width=0)
def test_a_sample_that_exists_is_found(
    values: list[int],
    bounded: bool,  # noqa: FBT001 - drawn
    width: int,
) -> None:
    """A sample that exists is found, on scales of any length."""
    total, squares = sum(values), sum(v * v for v in values)
    search = Search(
        n=len(values),
        low=0 if bounded else None,
        high=2_000 if bounded else None,
        open_end=True,
    )
    low, high = Fraction(squares - width), Fraction(squares + width + 1)
    found = find_sample(total, low, high, search)
    assert found
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


@given(st.lists(st.integers(-(10**5), 10**5), min_size=3, max_size=3))
def test_three_values_are_found_on_any_scale(values: list[int]) -> None:
    """Three values have few others with their sum and squares, and are found."""
    total, squares = sum(values), sum(v * v for v in values)
    search = Search(n=3, low=None, high=None, open_end=False)
    found = find_sample(total, Fraction(squares), Fraction(squares), search)
    assert found
    assert (sum(found), sum(v * v for v in found)) == (total, squares)


def test_a_scale_too_long_to_look_everywhere_is_given_up() -> None:
    """Three values far apart are looked for one by one, and no denial is made."""
    far = 3 * 10**6
    search = Search(n=3, low=None, high=None, open_end=False)
    squares = Fraction(2 * far**2)
    assert find_sample(0, squares, squares, search, steps=5) == ()


@pytest.mark.parametrize("n", [201, 450, 5_000])
def test_many_values(n: int) -> None:
    """Of many values most are placed at once, the smallest are searched for."""
    values = [i * i % 97 for i in range(n)]
    total, squares = sum(values), sum(v * v for v in values)
    search = Search(n=n, low=0, high=100, open_end=False)
    found = find_sample(total, Fraction(squares), Fraction(squares), search)
    assert found
    assert (len(found), sum(found)) == (n, total)
    assert sum(v * v for v in found) == squares
    assert 0 <= found[0] <= found[-1] <= 100


def test_many_values_at_the_end_of_a_scale() -> None:
    """Where placing at once leads nowhere the answer is open, and no denial."""
    search = Search(n=300, low=0, high=10, open_end=False)
    assert find_sample(3_001, Fraction(0), Fraction(10**6), search) is None
    most = 150 * 100
    found = find_sample(1_500, Fraction(most), Fraction(most), search)
    assert found == (0,) * 150 + (10,) * 150
    squares = Fraction(most - 2)
    assert find_sample(1_500, squares, squares, search) == ()
    # Nor do 45 tens and a two (4,504) or 44 tens, a nine and a three (4,490).
    assert find_sample(452, Fraction(4_492), Fraction(4_492), search) == ()


def test_a_search_without_steps_is_given_up() -> None:
    """When the steps are used up the answer is open."""
    search = Search(n=6, low=0, high=50, open_end=False)
    assert find_sample(100, Fraction(3_000), Fraction(3_000), search, steps=1) == ()
    found = find_sample(100, Fraction(3_000), Fraction(3_000), search)
    assert found


def test_one_value() -> None:
    """One value is its own sum."""
    search = Search(n=1, low=0, high=9, open_end=False)
    assert find_sample(3, Fraction(9), Fraction(9), search) == (3,)
    assert find_sample(3, Fraction(8), Fraction(8), search) is None
