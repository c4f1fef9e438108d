"""Counts side by side as the digits of one long integer."""

import random

import hypothesis.strategies as st
import pytest
from hypothesis import given

from iph.stats._inference.exact_dense import digit_width, pack, unpack


@given(st.integers(0, 600), st.integers(-1, 1))
def test_digits_hold_every_count(bits: int, off: int) -> None:
    """A digit holds the total, in 16 or 32 bits or as few whole words as will do."""
    total = max((1 << bits) + off, 1)
    width = digit_width(total)
    assert total < 1 << width
    assert width in {16, 32} or width % 64 == 0
    least = {16: 1, 32: 16, 64: 32}.get(width, width - 63)
    assert total.bit_length() >= least


@given(
    st.dictionaries(st.integers(0, 40), st.integers(1, 2**200), min_size=1),
    st.randoms(use_true_random=False),
)
def test_packed_counts_come_back(counts: dict[int, int], order: random.Random) -> None:
    """Counts are packed by their value, in whatever order they are listed."""
    listed = list(counts.items())
    order.shuffle(listed)
    width = digit_width(max(counts.values()))
    packed = pack(dict(listed), width)
    assert packed == sum(count << (width * value) for value, count in listed)
    assert list(unpack(packed, width).items()) == sorted(listed)


@pytest.mark.parametrize("width", [16, 32, 64, 128])
def test_full_digits(width: int) -> None:
    """A digit of ones only does not spill into the next."""
    counts = {0: (1 << width) - 1, 2: 1, 3: (1 << width) - 1}
    assert unpack(pack(counts, width), width) == counts
