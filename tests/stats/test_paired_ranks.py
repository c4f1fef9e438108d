"""Pairs of ranks, and what is counted of them."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from iph.stats._paired_ranks import inversions


@given(
    st.sampled_from([2, 9, 2**15, 2**31, 2**40]).flatmap(
        lambda most: st.lists(st.integers(0, most), max_size=40)
    )
)
def test_inversions(codes: list[int]) -> None:
    """Inversions are the pairs of which the earlier is the larger, of any size."""
    expected = sum(a > b for a, b in itertools.combinations(codes, 2))
    assert inversions(np.array(codes, dtype=np.int64)) == expected
