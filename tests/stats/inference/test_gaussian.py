"""Inversions of sequences with ties."""

import math
from collections import Counter
from itertools import combinations, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.stats._inference.gaussian import inversion_counts, inversions_work


@given(st.lists(st.integers(0, 3), max_size=4))
def test_every_order_is_counted(sizes: list[int]) -> None:
    """The counts are those of all distinct orders, looked at one by one."""
    base = [value for value, size in enumerate(sizes) for _ in range(size)]
    if len(base) > 8:
        base, sizes = [0, 0, 1, 1, 2], [2, 2, 1]
    found = Counter(
        sum(a > b for a, b in combinations(order, 2))
        for order in set(permutations(base))
    )
    counts = inversion_counts(sizes)
    assert counts == [found[number] for number in range(len(counts))]
    assert sum(counts) == sum(found.values())


@pytest.mark.parametrize("sizes", [(40, 35), (12, 9, 20), (30, 30, 30)])
def test_long_sequences_add_up(sizes: tuple[int, ...]) -> None:
    """The counts add up to all orders and read the same from both ends."""
    counts = inversion_counts(sizes)
    every = math.factorial(sum(sizes)) // math.prod(map(math.factorial, sizes))
    assert sum(counts) == every
    assert counts == counts[::-1]
    assert len(counts) == sum(a * b for a, b in combinations(sizes, 2)) + 1


def test_work() -> None:
    """The work is cases after the largest value, times the inversions there can be."""
    assert inversions_work((3, 5)) == 3 * 15
    assert inversions_work((5,)) == 0
    assert inversions_work(()) == 0
