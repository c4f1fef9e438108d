"""How many steps it takes to deal tied cases to groups, before any is taken.

Exact tests deal the cases of one distinct value (or the patients of one column) after
the other to groups of fixed sizes. What counts is how many cases each group has so far.
"""

import math
from collections.abc import Sequence


def state_counts(sizes: Sequence[int]) -> list[int]:
    """Return in how many states a given number of cases has been dealt.

    Entry s is the number of vectors of whole numbers, none above its group's size,
    that sum to s.
    """
    counts = [1]
    for size in sizes:
        longer: list[int] = []
        running = 0
        for total in range(len(counts) + size):
            running += counts[total] if total < len(counts) else 0
            gone = total - size - 1
            running -= counts[gone] if gone >= 0 else 0
            longer.append(running)
        counts = longer
    return counts


def dealing_steps(ties: Sequence[int], sizes: Sequence[int]) -> int:
    """Return an upper bound of the steps from one state to the next.

    Parameters
    ----------
    ties : sequence of int
        How many cases have each distinct value, in the order they are dealt.
    sizes : sequence of int
        The size of each group; together the cases.

    Returns
    -------
    int
    """
    states = state_counts(sizes)
    free = len(sizes) - 1
    steps = dealt = 0
    for t in ties:
        shares = min(math.comb(t + free, free), states[dealt + t])
        steps += states[dealt] * shares
        dealt += t
    return steps
