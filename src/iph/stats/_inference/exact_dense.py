"""Distributions over a short range of whole sums, packed into one long integer.

The counts of all sums stand side by side as the digits of one Python integer, wide
enough that no digit can overflow. Adding a score to every sum is then a shift, adding
two distributions an addition, and the product of two integers is the distribution of
the sum: exact at any size, and as fast as memory.
"""

from math import comb

import numpy as np

from iph.stats._inference.exact_work import allocations_bits

_WORD = 64


def digit_width(total: int) -> int:
    """Return the bits of a digit that can hold every count up to the total."""
    bits = total.bit_length()
    for width in (16, 32, 64):
        if bits < width:
            return width
    return -(-bits // _WORD) * _WORD


def subset_words(classes: list[tuple[int, int]], size: int) -> float:
    """Return how many machine words `packed_subset_sums` reads."""
    n = sum(count for _, count in classes)
    width = allocations_bits((size, n - size)) + 1.0
    moves = sum(min(count, size) for _, count in classes)
    return moves * (size + 1) * (largest_sum(classes, size) + 1) * width / _WORD


def largest_sum(classes: list[tuple[int, int]], size: int) -> int:
    """Return the sum of the `size` largest scores."""
    summed, left = 0, size
    for score, count in sorted(classes, reverse=True):
        taken = min(count, left)
        summed += score * taken
        left -= taken
    return summed


def packed_subset_sums(classes: list[tuple[int, int]], size: int, width: int) -> int:
    """Return the packed distribution of the sum of `size` cases of a pool.

    Parameters
    ----------
    classes : list of (int, int)
        Distinct scores (0 or more) and how many cases have each.
    size : int
        How many cases are drawn.
    width : int
        The bits of a digit.
    """
    rest = sum(count for _, count in classes)
    seen = 0
    packed = [1] + [0] * size  # by the number of cases drawn so far
    for score, count in classes:
        rest -= count
        seen += count
        ways = [comb(count, taken) for taken in range(min(count, size) + 1)]
        # From above, since a larger draw is made from smaller ones not yet changed;
        # draws that can no longer reach the size are left as they are, unread.
        for have in range(min(seen, size), max(size - rest, 1) - 1, -1):
            for taken in range(1, min(count, have) + 1):
                before = packed[have - taken]
                if before:
                    added = before << (width * score * taken)
                    packed[have] += added if ways[taken] == 1 else added * ways[taken]
    return packed[size]


def packed_signed_sums(scores: list[int], width: int) -> int:
    """Return the packed distribution of the sum of scores taken or left out."""
    packed = 1
    for score in scores:
        packed += packed << (width * score)
    return packed


def pack(counts: dict[int, int], width: int) -> int:
    """Pack counts by value (0 or more) into one integer."""
    step = width // 8
    raw = bytearray(step * (max(counts) + 1))
    for value, count in counts.items():
        raw[value * step : (value + 1) * step] = count.to_bytes(step, "little")
    return int.from_bytes(raw, "little")


def unpack(packed: int, width: int) -> dict[int, int]:
    """Return the counts above 0 by value, ascending."""
    step = width // 8
    digits = -(-packed.bit_length() // width)
    raw = packed.to_bytes(digits * step, "little")
    if width <= _WORD:
        counts = np.frombuffer(raw, dtype=f"<u{step}").tolist()
    else:
        counts = [
            int.from_bytes(raw[i : i + step], "little")
            for i in range(0, len(raw), step)
        ]
    return {value: count for value, count in enumerate(counts) if count}
