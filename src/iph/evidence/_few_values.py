"""Two, three or four whole numbers with a given sum and sum of squares.

Four values and fewer leave gaps on any scale: not every sum of squares of the right
parity is one. From five values on there are no such gaps (the lattice of whole numbers
with sum zero has all even norms), so only bounds and parity are left to check.
"""

from collections.abc import Iterator
from math import isqrt

MOST = 4
# Values tried before the answer is left open.
_WORK = 400_000

Bounds = tuple[int | None, int | None]


def few_values(
    total: int, n: int, squares: tuple[int, int], bounds: Bounds
) -> tuple[int, ...] | None:
    """Return two to four such values, None if there are none, () if left open."""
    first, last = squares
    reach = isqrt(max(last - total * total // n, 0)) + 1
    if (last - first + 2) * (2 * reach) ** (n - 2) > _WORK:
        return ()
    for wanted in range(first, last + 1, 2):
        values = next(_values(total, n, wanted, bounds), None)
        if values is not None:
            return values
    return None


def _values(
    total: int, n: int, squares: int, bounds: Bounds
) -> Iterator[tuple[int, ...]]:
    if n == 2:  # noqa: PLR2004 - solved: (x - y)^2 = 2 q - s^2
        difference = 2 * squares - total * total
        root = isqrt(max(difference, 0))
        if root * root == difference and (total - root) % 2 == 0:
            pair = ((total - root) // 2, (total + root) // 2)
            if _inside(pair[0], bounds) and _inside(pair[1], bounds):
                yield pair
        return
    center = total // n
    spread = squares * n - total * total
    if spread < 0:
        return
    reach = isqrt(spread) + 1
    for value in range(center - reach, center + reach + 2):
        if _inside(value, bounds):
            for rest in _values(total - value, n - 1, squares - value * value, bounds):
                yield (value, *rest)


def _inside(value: int, bounds: Bounds) -> bool:
    low, high = bounds
    return (low is None or value >= low) and (high is None or value <= high)
