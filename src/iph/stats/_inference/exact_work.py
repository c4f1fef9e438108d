"""The limit of exact work, and the refusal above it."""

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
            f'the limit of {float(limit):.2g}; use method="monte-carlo", or '
            f'method="auto", which falls back on it'
        )
        raise WorkError(message)
