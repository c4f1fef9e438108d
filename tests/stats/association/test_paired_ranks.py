"""Pairs of ranks, and what is counted of them."""

import itertools

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from iph.stats._association.paired_ranks import exact_dot, inversions


@given(st.lists(st.integers(0, 9), max_size=40))
def test_inversions(codes: list[int]) -> None:
    """Inversions are the pairs of which the earlier is the larger."""
    expected = sum(a > b for a, b in itertools.combinations(codes, 2))
    assert inversions(np.array(codes, dtype=np.int64)) == expected


@pytest.mark.parametrize("bits", [1, 2, 7, 29, 30, 31, 32, 33, 62])
def test_inversions_of_wide_codes(bits: int) -> None:
    """The number of digits does not matter, be they few or more than 32."""
    codes = np.random.default_rng(bits).integers(0, 2**bits, 40)
    codes[[3, 30]] = 2**bits - 1
    expected = sum(a > b for a, b in itertools.combinations(codes.tolist(), 2))
    assert inversions(codes) == expected


@given(
    st.integers(20, 34),
    st.integers(20, 34),
    st.integers(-1, 1),
    st.integers(1, 40),
    st.sampled_from([-1, 1]),
)
@example(30, 30, 0, 8, 1)
@example(31, 31, 0, 2, 1)
@example(31, 31, 0, 1, -1)
def test_sums_of_products_are_exact(
    bits: int, other_bits: int, more: int, size: int, sign: int
) -> None:
    """Around and beyond 64 bits a sum of products is that of Python integers."""
    a, b = 2**bits + more, sign * (2**other_bits + more)
    found = exact_dot(
        np.full(size, a, dtype=np.int64), np.full(size, b, dtype=np.int64)
    )
    assert found == a * b * size
