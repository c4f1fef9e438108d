"""The work of dealing tied cases to groups."""

import itertools
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from iph.stats._inference.dealing import dealing_steps, state_counts


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
