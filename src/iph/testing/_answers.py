"""Answers of few values each, read from one drawn string of bytes.

One draw of Hypothesis costs some 100 microseconds, whether of a truth value or of a
hundred bytes; what has many small questions draws the bytes for all of them at once.
"""

from collections.abc import Sequence
from typing import Any


class Answers:
    """Answers of few values each, read one after the other from drawn bytes."""

    def __init__(self, drawn: bytes) -> None:
        self._drawn = drawn
        self._read = 0

    def below(self, count: int) -> int:
        """Return a number from 0 to `count` - 1."""
        first, self._read = self._read, self._read + width(count)
        assert self._read <= len(self._drawn)  # noqa: S101 - callers count their bytes
        return int.from_bytes(self._drawn[first : self._read]) % count

    def subset(
        self, options: Sequence[Any], *, at_most: int | None = None
    ) -> frozenset[Any]:
        """Return some of the options; each number of them is as likely as any other."""
        left = list(options)
        most = len(left) if at_most is None else min(at_most, len(left))
        size = self.below(most + 1)
        picked = [left.pop(self.below(len(left))) for _ in options]
        return frozenset(picked[:size])


def width(count: int) -> int:
    """Return how many bytes answer `below`: a bit more than are needed at least."""
    return count.bit_length() // 8 + 1


def width_of_subset(count: int) -> int:
    """Return how many bytes answer `subset` of so many options."""
    return width(count + 1) + sum(width(left) for left in range(1, count + 1))
