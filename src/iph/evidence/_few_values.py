"""Two, three or four whole numbers with a given sum and sum of squares.

Four values and fewer leave gaps on any scale: not every sum of squares of the right
parity is one. From five values on there are no such gaps (the lattice of whole numbers
with sum zero has all even norms), so only bounds and parity are left to check.
"""

from math import isqrt

MOST = 4
# Values tried before the answer is left open.
_WORK = 200_000

Bounds = tuple[int | None, int | None]


def few_values(
    total: int, n: int, squares: tuple[int, int], bounds: Bounds
) -> tuple[int, ...] | None:
    """Return two to four such values, None if there are none, () if left open.

    `squares` are the least and greatest sum of squares allowed.
    """
    if (2 * _reach(total, n, squares[1])) ** (n - 2) > _WORK:
        return ()
    return _values(total, n, squares, bounds)


def _values(
    total: int, n: int, squares: tuple[int, int], bounds: Bounds
) -> tuple[int, ...] | None:
    if n == 2:  # noqa: PLR2004 - solved: (x - y)^2 = 2 q - s^2
        return _two(total, squares, bounds)
    center, reach = total // n, _reach(total, n, squares[1])
    for away in range(reach + 2):
        for value in {center - away, center + 1 + away}:
            if not _inside(value, bounds):
                continue
            left = (squares[0] - value * value, squares[1] - value * value)
            rest = _values(total - value, n - 1, left, bounds)
            if rest is not None:
                return (value, *rest)
    return None


def _two(
    total: int, squares: tuple[int, int], bounds: Bounds
) -> tuple[int, int] | None:
    low, high = (2 * q - total * total for q in squares)
    if high < 0:
        return None
    difference = isqrt(max(low - 1, 0)) + (low > 0)  # the least root that is enough
    difference += (difference - total) % 2
    pair = ((total - difference) // 2, (total + difference) // 2)
    if difference * difference > high:
        return None
    return pair if _inside(pair[0], bounds) and _inside(pair[1], bounds) else None


def _reach(total: int, n: int, squares: int) -> int:
    """Return how far any value can lie from the mean."""
    return isqrt(max(squares - total * total // n, 0)) + 1


def _inside(value: int, bounds: Bounds) -> bool:
    low, high = bounds
    return (low is None or value >= low) and (high is None or value <= high)
