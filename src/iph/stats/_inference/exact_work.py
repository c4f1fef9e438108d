"""How much work an exact test takes, and the refusal above a limit.

Exact tests deal the cases of one distinct value (or the patients of one column) after
the other to groups of fixed sizes. What counts is how many cases each group has so far.
"""

import math
from collections.abc import Sequence
from decimal import Decimal

from iph.errors import WorkError

DEFAULT_LIMIT = 25_000_000  # states: some seconds and about a gigabyte


def allocations_bits(sizes: Sequence[int]) -> float:
    """Return the binary logarithm of the ways to deal cases to groups of these sizes.

    An estimate is wanted before any long number is made: those ways can have millions
    of digits.
    """
    logarithm = math.lgamma(sum(sizes) + 1) - sum(math.lgamma(n + 1) for n in sizes)
    return max(logarithm / math.log(2.0), 0.0)


def _rough(work: float) -> str:
    try:
        return f"{float(work):.2g}"
    except OverflowError:  # a whole number beyond all floats
        return f"{Decimal(work):.2g}"


def check_work(work: float, limit: float, what: str) -> None:
    """Refuse work above the limit, before it starts.

    Parameters
    ----------
    work : float
        The states that the work would visit.
    limit : float
        The most that may be visited.
    what : str
        What would be computed, as it follows the word "exact".
    """
    if work > limit:
        message = (
            f"the exact {what} must visit about {_rough(work)} states, more than "
            f'the limit of {float(limit):.2g}; use method="auto", which then turns to '
            f'another method, or method="monte-carlo" with rng='
        )
        raise WorkError(message)


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
