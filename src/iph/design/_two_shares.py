"""Which tables of two shares the unconditional tests call significant."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from iph.design._assumed import Assumed
from iph.design._fisher_region import Bools
from iph.design._outcomes import compositions, multinomial
from iph.stats._tables.unconditional import largest_tail
from iph.stats._tables.unconditional_bounds import one_sided_p, opposite

_KINDS: Final = {
    "barnard": ("score", "difference"),
    "boschloo": ("fisher", "odds-ratio"),
    "shares-within-margins": ("score", "difference"),
}


def unconditional_refuses(
    test: str, sizes: Sequence[int], level: float, given: Assumed
) -> Bools:
    """Return, for each number with the outcome in both arms, whether p <= level.

    The one-sided p-value falls with the count of the one arm and rises with that of the
    other, so what is significant is bounded by a staircase.
    """
    n1, n2 = sizes
    lower, upper = given.margins
    if given.margins != (None, None):  # equivalence: within the one and the other
        inside = np.ones((n1 + 1, n2 + 1), dtype=bool)
        if lower is not None:
            inside &= _staircase(test, n1, n2, level / 2.0, lower)
        if upper is not None:
            mirrored = opposite("difference", upper)
            inside &= _staircase(test, n2, n1, level / 2.0, mirrored).T
        return inside
    found = np.zeros((n1 + 1, n2 + 1), dtype=bool)
    tail = level / 2.0 if given.alternative == "two-sided" else level
    if given.alternative != "less":
        found |= _staircase(test, n1, n2, tail)
    if given.alternative != "greater":
        found |= _staircase(test, n2, n1, tail).T
    return found


def chance_of(significant: Bools, sizes: Sequence[int], given: Assumed) -> float:
    """Return the chance that the numbers with the outcome are among those marked."""
    first, second = (
        multinomial(compositions(n, 2)[::-1], arm)  # none with the outcome first
        for n, arm in zip(sizes, given.arms, strict=True)
    )
    return min(1.0, float(first @ significant @ second))


def _staircase(
    test: str, n1: int, n2: int, tail: float, null: float | None = None
) -> Bools:
    statistic, measure = _KINDS[test]

    def refused(counts: tuple[int, int, int, int]) -> bool:
        value = null if null is not None else 0.0 if measure == "difference" else 1.0
        # Most that are not significant are told so without the whole p-value.
        if largest_tail(statistic, measure, value, counts, tail) > tail:
            return False
        return one_sided_p(statistic, measure, counts, null) <= tail

    found = np.zeros((n1 + 1, n2 + 1), dtype=bool)
    least = 0  # with the outcome in the first arm, given how many in the second
    for c in range(n2 + 1):
        while least <= n1 and not refused((least, n1, c, n2)):
            least += 1
        found[least:, c] = True
    return found
