"""Samples of whole numbers with a given sum and sum of squares.

On short scales every sum of squares that exists is found by counting (a table of sums
against sums of squares, one value after the other). On long ones a sample is sought by
spreading pairs of values apart; where none is found, only the bounds and the parity
decide, so an existing sample is never denied. (Up to four values are searched one by
one.)
"""

import functools
from fractions import Fraction
from math import ceil, floor

import attrs

from iph.evidence._few_values import MOST, few_values

# Size of the exhaustive table, in (values x sums x steps) to fill.
_TABLE_WORK = 600_000
# Pairs of values looked at, over all sums of squares that are tried.
_TRIED_PAIRS = 4_000
# How far from the middle of the range the tries go.
_WIDTH = 100
# Rounds of spreading single pairs, and the most values that are paired.
_ROUNDS = 40
_MOST_PAIRED = 100


@attrs.frozen(kw_only=True)
class Search:
    """Where to look.

    Attributes
    ----------
    n : int
        Number of values.
    low, high : int or None
        Bounds of each value, in steps.
    open_end : bool
        Whether the upper end of the sum of squares is excluded.
    """

    n: int
    low: int | None
    high: int | None
    open_end: bool


def find_sample(
    total: int, low: Fraction, high: Fraction, search: Search
) -> tuple[int, ...] | None:
    """Return a sample with the sum and a sum of squares in the range, or None.

    An empty tuple says that nothing excludes one, although none was found.
    """
    n, bottom, top = search.n, search.low, search.high
    if (bottom is not None and total < n * bottom) or (
        top is not None and total > n * top
    ):
        return None
    if bottom is None:
        return _unbounded(total, (low, high), search)
    # Move the least value to zero: the squares move with it.
    shifted = total - n * bottom
    move = bottom * bottom * n + 2 * bottom * shifted
    reach = shifted if top is None else min(top - bottom, shifted)
    first, last = _whole_range(low - move, high - move, search)
    first = _same_parity(max(first, _least_squares(shifted, n)), shifted)
    last = min(last, _most_squares(shifted, n, reach))
    if first > last:
        return None
    if n * (n * reach) * (reach + 1) <= _TABLE_WORK:
        values = _from_table(shifted, n, reach, (first, last))
    else:
        values = _by_spreading(shifted, n, (first, last), (0, reach))
    return None if values is None else tuple(sorted(v + bottom for v in values))


def _unbounded(
    total: int, squares: tuple[Fraction, Fraction], search: Search
) -> tuple[int, ...] | None:
    first, last = _whole_range(*squares, search)
    first = _same_parity(max(first, _least_squares(total, search.n)), total)
    if first > last:
        return None
    return _by_spreading(total, search.n, (first, last), (None, None))


def _whole_range(low: Fraction, high: Fraction, search: Search) -> tuple[int, int]:
    last = floor(high)
    return ceil(low), last - 1 if search.open_end and last == high else last


def _same_parity(squares: int, total: int) -> int:
    """Go up to the parity of the sum, since x * x and x have one parity."""
    return squares + (squares - total) % 2


def _by_spreading(
    total: int,
    n: int,
    squares: tuple[int, int],
    bounds: tuple[int | None, int | None],
) -> tuple[int, ...] | None:
    if n <= MOST:
        return few_values(total, n, squares, bounds)
    tries = 3 + _TRIED_PAIRS // n**2
    for wanted in _from_the_middle(*squares)[:tries]:
        values = _spread(total, n, wanted, bounds)
        if values is not None:
            return tuple(values)
    return ()


def _least_squares(total: int, n: int) -> int:
    quotient, rest = divmod(total, n)
    return (n - rest) * quotient**2 + rest * (quotient + 1) ** 2


def _most_squares(total: int, n: int, reach: int) -> int:
    if reach == 0:
        return 0
    full, rest = divmod(total, reach)
    return min(full, n) * reach**2 + (rest**2 if full < n else 0)


@functools.lru_cache(maxsize=64)
def _table(n: int, reach: int) -> tuple[tuple[int, ...], ...]:
    """Return, per number of values and sum, the sums of squares as a set of bits."""
    row: tuple[int, ...] = (1,)
    rows = [row]
    for _ in range(n):
        new = [0] * (len(row) + reach)
        for total, bits in enumerate(row):
            for value in range(reach + 1):
                new[total + value] |= bits << (value * value)
        row = tuple(new)
        rows.append(row)
    return tuple(rows)


def _from_table(
    total: int, n: int, reach: int, squares: tuple[int, int]
) -> tuple[int, ...] | None:
    rows = _table(n, reach)
    first, last = squares
    bits = (rows[n][total] >> first) & ((1 << (last - first + 1)) - 1)
    if not bits:
        return None
    wanted = first + (bits & -bits).bit_length() - 1
    values: list[int] = []
    for size in range(n - 1, -1, -1):
        for value in range(min(reach, total) + 1):  # pragma: no branch - one fits
            rest = wanted - value * value
            if (
                rest >= 0
                and total - value < len(rows[size])
                and rows[size][total - value] >> rest & 1
            ):
                values.append(value)
                total -= value
                wanted = rest
                break
    return tuple(values)


def _from_the_middle(first: int, last: int) -> list[int]:
    """List sums of squares of one parity, the middle of the range first."""
    middle = first + (last - first) // 4 * 2
    order = [middle]
    for step in range(2, _WIDTH, 2):
        order += [middle - step, middle + step]
    return [value for value in order if first <= value <= last]


def _spread(
    total: int, n: int, squares: int, bounds: tuple[int | None, int | None]
) -> list[int] | None:
    """Spread equal values pair by pair until the squares add up.

    Moving two values by d each, away from each other, adds 2 d (gap + d).
    """
    low, high = bounds
    quotient, rest = divmod(total, n)
    values = [quotient] * (n - rest) + [quotient + 1] * rest
    missing = squares - _least_squares(total, n)
    for i in range(n // 2):
        j = n - 1 - i
        gap = values[j] - values[i]
        room = min(
            missing if low is None else values[i] - low,
            missing if high is None else high - values[j],
        )
        share = missing // max(n // 2 - i, 1) if i < n // 2 - 3 else missing
        move = _largest_move(gap, share, room)
        values[i] -= move
        values[j] += move
        missing -= 2 * move * (gap + move)
    return _finish(sorted(values), missing, bounds)


def _finish(
    values: list[int], missing: int, bounds: tuple[int | None, int | None]
) -> list[int] | None:
    """Spread further pairs, the widest that still fit, until nothing is missing."""
    low, high = bounds
    if len(values) > _MOST_PAIRED:
        return values if missing == 0 else None
    for _ in range(_ROUNDS):
        if missing == 0:
            return sorted(values)
        falling = [i for i, v in enumerate(values) if low is None or v > low]
        rising = [j for j, v in enumerate(values) if high is None or v < high]
        # Moving two values by one, away from each other, adds 2 (gap + 1).
        gaps = [
            (values[j] - values[i], i, j)
            for i in falling
            for j in rising
            if i != j and 0 <= values[j] - values[i] < missing // 2
        ]
        if not gaps:
            return None
        gap, i, j = max(gaps)
        room = min(
            missing if low is None else values[i] - low,
            missing if high is None else high - values[j],
        )
        move = _largest_move(gap, missing, room)
        values[i] -= move
        values[j] += move
        missing -= 2 * move * (gap + move)
    return None


def _largest_move(gap: int, allowance: int, room: int) -> int:
    """Return the largest d in the room with 2 d (gap + d) within the allowance."""
    low, high = 0, max(room, 0)
    while low < high:
        middle = (low + high + 1) // 2
        if 2 * middle * (gap + middle) <= allowance:
            low = middle
        else:
            high = middle - 1
    return low
