"""Cases dealt at random to groups, from the raw words of a generator.

Everything here is whole-number arithmetic on words of 64 bits, so that what the
documented seed draws depends neither on the platform nor on the version of NumPy, which
reserves the right to change how its distributions use the stream. The cases come in
the order of their values, so it does not depend on the order of the rows either.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from iph._checks import Floats, Ints
from iph._wide import bincount, repeat

Words = npt.NDArray[np.uint64]

_CELLS_AT_ONCE = 1 << 22  # labels held at a time
_BLOCK = 1 << 18  # labels turned into floats at a time: fits the cache
_HALF = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)
_WORD = 64
_WHOLE_FLOATS = 1 << 53
_SPLIT = 31  # bits of the low part of a long score: sums of 2**22 such parts are exact
_FEW_GROUPS = 16  # groups whose shares are well enough told by 256 steps


def words(rng: "np.random.Generator", n: int) -> Words:
    """Return the next `n` words of 64 random bits."""
    if isinstance(rng.bit_generator, np.random.PCG64):
        return rng.bit_generator.random_raw(n)
    # Other generators may have shorter words.
    return rng.integers(0, 2**_WORD - 1, size=n, dtype=np.uint64, endpoint=True)


def below(n: int, rng: "np.random.Generator", shape: tuple[int, ...]) -> Ints:
    """Return whole numbers from 0 to n - 1, for n below 2**32.

    The upper 64 of the 128 bits of word times n: no number is favored by more than
    n / 2**64.
    """
    drawn = words(rng, int(np.prod(shape)))
    factor = np.uint64(n)
    carried = ((drawn & _LOW) * factor) >> _HALF
    found = (((drawn >> _HALF) * factor) + carried) >> _HALF
    return found.astype(np.int64).reshape(shape)


def permutation(n: int, rows: int, rng: "np.random.Generator") -> Ints:
    """Return random orders of n cases, one order a row.

    The places are sorted by random words; the last bits of a word hold the place, so
    that no two are equal.
    """
    digits = np.uint64((1 << max(n - 1, 1).bit_length()) - 1)
    keys = words(rng, rows * n).reshape(rows, n)
    keys = (keys & ~digits) | np.arange(n, dtype=np.uint64)
    keys.sort(axis=1)
    return (keys & digits).astype(np.int64)


def coin_tosses(counts: Sequence[int], rows: int, rng: "np.random.Generator") -> Ints:
    """Return how many of each count of fair coins show heads, in each of many rows.

    The heads of 64 coins are the bits of a word.
    """
    lengths = [-(-count // _WORD) for count in counts]
    drawn = words(rng, rows * sum(lengths)).reshape(rows, sum(lengths))
    found = np.empty((rows, len(counts)), dtype=np.int64)
    start = 0
    for column, (count, length) in enumerate(zip(counts, lengths, strict=True)):
        tossed = drawn[:, start : start + length]
        start += length
        if count % _WORD:
            tossed[:, -1] >>= np.uint64(_WORD - count % _WORD)
        found[:, column] = np.bitwise_count(tossed).sum(axis=1, dtype=np.int64)
    return found


def dealt_labels(
    sizes: Sequence[int], rows: int, rng: "np.random.Generator"
) -> Iterator[npt.NDArray[Any]]:
    """Yield batches of random allocations: the group of each case, one deal a row.

    Each case first gets a group of its own, with the shares of the groups rounded
    down, but for the largest group, which takes the rest. Then single cases, chosen
    at random, move from groups that have too many to groups that lack some. All cases
    are treated alike all the way, so every allocation is equally likely.
    """
    n, k = sum(sizes), len(sizes)
    unit, steps = ("u1", 1 << 8) if k <= _FEW_GROUPS else ("<u2", 1 << 16)
    shares = [steps * size // max(n, 1) for size in sizes]
    shares[int(np.argmax(sizes))] += steps - sum(shares)
    cuts = np.cumsum(shares)[:-1].tolist()
    group_of = repeat(np.arange(k, dtype=np.int64), shares).astype(unit)
    per_word = 8 // np.dtype(unit).itemsize
    batch = max(1, _CELLS_AT_ONCE // max(n, 1))
    for start in range(0, rows, batch):
        size = min(batch, rows - start)
        drawn = words(rng, -(-size * n // per_word)).astype("<u8", copy=False)
        units = drawn.view(unit)[: size * n].reshape(size, n)
        if k <= _FEW_GROUPS:
            labels = np.zeros((size, n), dtype=unit)
            for cut in cuts:
                if cut < steps:  # else no case is beyond it
                    labels += units >= cut
        else:
            labels = group_of[units]
        _repair(labels, np.array(sizes, dtype=np.int64), rng)
        yield labels


def _binned(
    labels: npt.NDArray[Any], k: int, cases: Floats | None = None
) -> npt.NDArray[Any]:
    """Return the sum of the cases of each group, row by row; their number if None."""
    rows = len(labels)
    cells = labels + k * np.arange(rows, dtype=np.int64)[:, np.newaxis]
    weights = None if cases is None else np.tile(cases, rows)
    return bincount(cells.ravel(), weights, minlength=rows * k).reshape(rows, k)


def _repair(labels: npt.NDArray[Any], sizes: Ints, rng: "np.random.Generator") -> None:
    """Move cases between the groups of each row until all have their sizes."""
    if len(sizes) <= _FEW_GROUPS:
        counted = np.empty((len(labels), len(sizes)), dtype=np.int64)
        for g in range(len(sizes) - 1):
            packed = np.packbits(labels == g, axis=1)  # eight times faster to count
            counted[:, g] = np.bitwise_count(packed).sum(axis=1, dtype=np.int64)
        counted[:, -1] = labels.shape[1] - counted[:, :-1].sum(axis=1)
    else:
        counted = _binned(labels, len(sizes)).astype(np.int64)
    excess = counted - sizes
    active = np.flatnonzero(excess.any(axis=1))
    n = labels.shape[1]
    while active.size:
        case = below(n, rng, (active.size,))
        group = labels[active, case].astype(np.int64)
        over = excess[active, group] > 0
        row, case, group = active[over], case[over], group[over]
        # Of two groups the other one lacks what this one has too many of.
        lacking = 1 - group if len(sizes) == 2 else np.argmin(excess[row], axis=1)
        labels[row, case] = lacking
        excess[row, group] -= 1
        excess[row, lacking] += 1
        active = active[excess[active].any(axis=1)]


def dealt_sums(
    scores: Ints,
    ties: Ints,
    sizes: Sequence[int],
    rows: int,
    rng: "np.random.Generator",
) -> Iterator[Ints]:
    """Yield batches of the sums of whole scores by group, over random allocations.

    `ties` of the cases have each of the `scores`.
    """
    everything = int(scores @ ties)
    parts = _float_parts(scores, ties)
    for labels in dealt_labels(sizes, rows, rng):
        sums = np.empty((len(labels), len(sizes)), dtype=np.int64)
        block = max(1, _BLOCK // max(labels.shape[1], 1))
        for start in range(0, len(labels), block):
            part = slice(start, start + block)
            if len(sizes) > _FEW_GROUPS:
                sums[part] = sum(
                    _binned(labels[part], len(sizes), cases).astype(np.int64) << shift
                    for cases, shift in parts
                )
                continue
            for g in range(len(sizes) - 1):
                mine: Floats = (labels[part] == g).astype(np.float64)
                sums[part, g] = sum(
                    (mine @ cases).astype(np.int64) << shift for cases, shift in parts
                )
        sums[:, -1] = everything - sums[:, :-1].sum(axis=1)
        yield sums


def _float_parts(scores: Ints, ties: Ints) -> list[tuple[Floats, int]]:
    """Return the score of each case, in parts whose sums are exact as floats."""
    cases = repeat(scores, ties)
    if int(np.abs(scores).max(initial=0)) * max(cases.size, 1) < _WHOLE_FLOATS:
        return [(cases.astype(np.float64), 0)]
    high = cases >> _SPLIT  # rounded down, so that the low part is not negative
    low = cases - (high << _SPLIT)
    return [(high.astype(np.float64), _SPLIT), (low.astype(np.float64), 0)]


def dealt_tables(
    ties: Sequence[int] | Ints,
    sizes: Sequence[int],
    rows: int,
    rng: "np.random.Generator",
) -> Iterator[Ints]:
    """Yield batches of tables of counts (values in rows, groups in columns).

    `ties` of the cases have each value.
    """
    counted = np.asarray(ties, dtype=np.int64)
    kept = np.flatnonzero(counted)
    first = (np.cumsum(counted) - counted)[kept].astype(np.intp)
    block = max(1, _BLOCK // int(counted.sum()))
    for labels in dealt_labels(sizes, rows, rng):
        for start in range(0, len(labels), block):
            part = labels[start : start + block]
            tables = np.zeros((len(part), counted.size, len(sizes)), dtype=np.int64)
            for g in range(len(sizes) - 1):
                mine = (part == g).astype(np.int64)
                tables[:, kept, g] = np.add.reduceat(mine, first, axis=1)
            tables[:, :, -1] = counted - tables[:, :, :-1].sum(axis=2)
            yield tables
