"""Samples of whole numbers with a given sum and sum of squares.

Which pairs of sum and sum of squares exist is decided by dynamic programming from the
largest value down. What is left to place is known by four figures: how many values, the
sum and the squares that they must have, and the value that none may pass. The least and
the greatest sum of squares of what is left, and its parity, cut off nearly all that
cannot be; what has failed once is not tried again. So a sample is found, or shown not
to exist, unless the search takes more steps than it is allowed.

Two values follow from their sum and squares. Of three, the largest is looked for in all
places at once: with the sum given, three values are a form in two variables, which has
gaps nearly everywhere, so that most searches for three run through their whole range.
"""

import functools
from collections.abc import Iterator
from fractions import Fraction
from math import ceil, floor, isqrt, sqrt
from statistics import NormalDist

import attrs
import numpy as np

from iph._checks import Ints

# Values tried before the answer is left open.
STEPS = 100_000
# So many of the smallest values are searched for, those above them placed once for all.
_SEARCHED = 200
# Places looked at together count as one value for each of so many.
_TOGETHER = 100
# On longer scales a place for each value takes too much room.
_LONGEST = 1_000_000
# Values above those are placed in so many batches as they halve in number.
_BATCHES = 200


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
    total: int,
    low: Fraction,
    high: Fraction,
    search: Search,
    *,
    steps: int = STEPS,
) -> tuple[int, ...] | None:
    """Return a sample with the sum and a sum of squares in the range.

    None says that there is none. An empty tuple says that the search was given up.
    """
    n, last = search.n, floor(high)
    if search.open_end and last == high:
        last -= 1
    if last * n < total * total:  # below the least that real numbers have
        return None
    bottom, top = _frame(total, last, search)
    # Move the least value to zero: the squares move with it.
    rest = _Rest(
        n=n,
        total=total - n * bottom,
        first=ceil(low) - bottom * (2 * total - n * bottom),
        last=last - bottom * (2 * total - n * bottom),
        cap=top - bottom,
    )
    walk = _Walk(steps=steps)
    try:
        values = walk.search(rest) if n <= _SEARCHED else walk.place(rest)
    except _GivenUp:
        return ()
    return None if values is None else tuple(sorted(v + bottom for v in values))


def _frame(total: int, squares: int, search: Search) -> tuple[int, int]:
    """Return bounds of the values; far from the mean the squares are used up."""
    n = search.n
    away = isqrt(squares - -(-total * total // n)) + 1
    bottom, top = total // n - away, total // n + 1 + away
    if search.low is not None:
        bottom = max(bottom, search.low)
    if search.high is not None:
        top = min(top, search.high)
    return bottom, top


@attrs.frozen
class _Rest:
    """What is left to place: whole numbers from zero up to a cap.

    Attributes
    ----------
    n, total : int
        How many values, and their sum.
    first, last : int
        Bounds of their sum of squares.
    cap : int
        The greatest value allowed.
    """

    n: int
    total: int
    first: int
    last: int
    cap: int

    def narrowed(self) -> "_Rest | None":
        """Bring the bounds as close as they are known; None if nothing fits."""
        if not 0 <= self.total <= self.n * self.cap:
            return None
        cap = min(self.cap, self.total)
        first = max(self.first, _least(self.total, self.n))
        first += (first - self.total) % 2  # x * x and x have one parity
        last = min(self.last, _most(self.total, cap))
        if first > last:
            return None
        return _Rest(self.n, self.total, first, last, cap)

    def below(self, value: int, copies: int = 1) -> "_Rest":
        """Return what is left once the largest value is placed."""
        squares = copies * value * value
        return _Rest(
            self.n - copies,
            self.total - copies * value,
            self.first - squares,
            self.last - squares,
            value,
        )

    def largest(self) -> tuple[int, int]:
        """Return the least and greatest that the largest value can be."""
        mean = -(-self.total // self.n)
        low, high = mean, self.cap
        while low < high:  # the least that leaves squares enough to those below it
            middle = (low + high) // 2
            if _most(self.total, middle) >= self.first:
                high = middle
            else:
                low = middle + 1
        least, low, high = low, mean, self.cap
        while low < high:  # the greatest that does not use up the squares
            middle = (low + high + 1) // 2
            rest = _least(self.total - middle, self.n - 1)
            if middle * middle + rest <= self.last:
                low = middle
            else:
                high = middle - 1
        return least, low

    def likely(self) -> int:
        """Return what the largest value would be, were the values near normal."""
        mean = self.total / self.n
        variance = (self.first + self.last) / 2 / self.n - mean * mean
        return round(mean + _greatest_score(self.n) * sqrt(max(variance, 0.0)))


class _GivenUp(Exception):  # noqa: N818 - no error: a sign that never leaves the module
    """The search has taken all its steps."""


@attrs.define
class _Walk:
    """The search for one sample, with the steps that are left to it."""

    steps: int
    failed: set[_Rest] = attrs.field(factory=set)

    def search(self, given: _Rest) -> list[int] | None:
        """Return values that are what is left; None if there are none."""
        rest = given.narrowed()
        if rest is None or rest in self.failed:
            return None
        if rest.n == 1:
            return [rest.total]
        if rest.n == 2:  # (x - y)^2 = 2 q - s^2
            return _two(rest)
        if rest.n == 3 and rest.cap <= _LONGEST:
            return self.three(rest)
        for value in _outward(rest.likely(), *rest.largest()):
            self.take(1)
            below = self.search(rest.below(value))
            if below is not None:
                return [value, *below]
        self.failed.add(rest)
        return None

    def take(self, steps: int) -> None:
        """Use up steps; give up when none are left."""
        self.steps -= steps
        if self.steps < 0:
            raise _GivenUp

    def three(self, rest: _Rest) -> list[int] | None:
        """Return three values, the largest found by trying all places at once."""
        least, most = rest.largest()
        self.take(1 + (most - least) // _TOGETHER)
        largest = np.arange(least, most + 1, dtype=np.int64)
        left = rest.total - largest  # x + y; and 2 (x^2 + y^2) - (x + y)^2 = (x - y)^2
        low, high = (2 * (q - largest**2) - left**2 for q in (rest.first, rest.last))
        difference = _roots_above(np.maximum(low, 0))
        difference += (difference - left) % 2
        greater = (left + difference) // 2
        good = (difference**2 <= high) & (greater <= largest) & (left >= greater)
        for place in np.flatnonzero(good)[:1]:
            x, y = int(greater[place]), int(left[place] - greater[place])
            return [int(largest[place]), x, y]
        return None

    def place(self, given: _Rest) -> list[int] | None:
        """Place all but the smallest values without going back on them."""
        rest, placed = given.narrowed(), list[int]()
        if rest is None:
            return None
        while rest.n > _SEARCHED:
            least, most = rest.largest()
            value = min(max(rest.likely(), least), most)
            copies = max((rest.n - _SEARCHED) // _BATCHES, 1)
            left = rest.below(value, copies).narrowed()
            if left is None:
                copies, left = 1, rest.below(value).narrowed()
            if left is None:  # only parity is left to fail
                raise _GivenUp
            placed += [value] * copies
            rest = left
        values = self.search(rest)
        if values is None:  # others could have been placed
            raise _GivenUp
        return placed + values


def _outward(start: int, low: int, high: int) -> Iterator[int]:
    """Yield the whole numbers from low to high, those near the start first."""
    start = min(max(start, low), high)
    yield from range(start, start + 1 if low <= high else start)
    for away in range(1, high - low + 1):
        if start - away >= low:
            yield start - away
        if start + away <= high:
            yield start + away


def _two(rest: _Rest) -> list[int] | None:
    low, high = (2 * q - rest.total**2 for q in (rest.first, rest.last))
    difference = isqrt(max(low - 1, 0)) + (low > 0)  # the least root that is enough
    difference += (difference - rest.total) % 2
    greater = (rest.total + difference) // 2
    if difference * difference > high or greater > rest.cap:
        return None
    return [greater, rest.total - greater]


def _roots_above(squares: Ints) -> Ints:
    """Return the least whole roots whose squares reach what is given."""
    roots = np.rint(np.sqrt(squares)).astype(np.int64)
    roots += roots**2 < squares
    return roots


def _least(total: int, n: int) -> int:
    quotient, rest = divmod(total, n)
    return (n - rest) * quotient**2 + rest * (quotient + 1) ** 2


def _most(total: int, cap: int) -> int:
    if cap == 0:
        return 0
    full, rest = divmod(total, cap)
    return full * cap**2 + rest**2


@functools.cache
def _greatest_score(n: int) -> float:
    """Return about where the greatest of n normal values lies, in SDs."""
    return NormalDist().inv_cdf((n - 0.375) / (n + 0.25))
