"""The estimate of exact work, and the refusal above the limit."""

import itertools
import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.errors import WorkError
from iph.stats._inference.exact_work import (
    allocations_bits,
    check_work,
    dealing_steps,
    state_counts,
)


@given(st.lists(st.integers(0, 4), min_size=1, max_size=4))
def test_state_counts(sizes: list[int]) -> None:
    """The states are the vectors up to the sizes, counted by their sum."""
    vectors = itertools.product(*(range(size + 1) for size in sizes))
    expected = Counter(map(sum, vectors))
    assert state_counts(sizes) == [expected[s] for s in range(sum(sizes) + 1)]


@given(st.lists(st.integers(1, 4), min_size=2, max_size=3), st.data())
def test_bound_holds(sizes: list[int], data: st.DataObject) -> None:
    """The steps from state to state are never more than the bound."""
    left, ties = sum(sizes), []
    while left:
        ties.append(data.draw(st.integers(1, left)))
        left -= ties[-1]
    states, steps = {(0,) * len(sizes)}, 0
    for t in ties:
        reached = set()
        for state in states:
            room = [size - had for size, had in zip(sizes, state, strict=True)]
            for share in itertools.product(*(range(r + 1) for r in room)):
                if sum(share) == t:
                    steps += 1
                    reached.add(tuple(a + b for a, b in zip(state, share, strict=True)))
        states = reached
    assert steps <= dealing_steps(ties, sizes)


@given(sizes=st.lists(st.integers(0, 60), min_size=1, max_size=5))
def test_bits_are_those_of_the_multinomial(sizes: list[int]) -> None:
    """Two to that power are the ways to deal cases to groups of these sizes."""
    ways = math.factorial(sum(sizes)) // math.prod(map(math.factorial, sizes))
    assert allocations_bits(sizes) == pytest.approx(math.log2(ways), abs=1e-9)


def test_bits_of_nothing_to_choose() -> None:
    """One group, or nobody, leaves one way: no bits, and never less than none."""
    for sizes in ((), (0,), (0, 0), (1,), (7,), (10**6,), (12_345, 0)):
        assert allocations_bits(sizes) == 0.0
    assert allocations_bits((1, 1)) == pytest.approx(1.0, abs=1e-12)


def test_millions_are_estimated_without_a_long_number() -> None:
    """A coin thrown 2m times has 2m bits, less half of the logarithm of pi m."""
    m = 10**7
    expected = 2 * m - math.log2(math.pi * m) / 2
    assert allocations_bits((m, m)) == pytest.approx(expected, rel=1e-12)


def test_the_limit_itself_is_allowed() -> None:
    """What comes to the limit is done, what passes it is refused before it starts."""
    check_work(1000, 1000, "test")
    check_work(0.0, 0.0, "test")
    with pytest.raises(WorkError) as refusal:
        check_work(12_345_678, 1000, "test of trend")
    message = str(refusal.value)
    assert "the exact test of trend must visit about 1.2e+07 states" in message
    assert "more than the limit of 1e+03" in message
    assert 'method="monte-carlo"' in message
    with pytest.raises(WorkError, match="inf states"):
        check_work(math.inf, 1e9, "test")


def test_work_beyond_all_floats_is_refused() -> None:
    """A count of states that no float can hold is refused and told like others."""
    with pytest.raises(WorkError, match=r"about 1\.2e\+400 states"):
        check_work(12 * 10**399, 1000, "test")
