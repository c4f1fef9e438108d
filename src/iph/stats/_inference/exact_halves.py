"""Count draws below a cut by meeting in the middle of the pool.

The pool is cut in two. For each half all draws are listed with their sums, in order;
then, for each draw from one half, the draws from the other half that keep the total
below the cut are found by binary search. So 16 of 46 cases need two lists of 2**23
sums instead of 10**12 draws.

The key of a draw is its size and its sum in one whole number, so that one ordered list
holds the draws of all sizes. Keys may be longer than 64 bits (log-rank scores of 46
different days have the common denominator 9.4e18). Such a key is kept as several whole
numbers ("limbs"): lists are ordered by the first, and the rest decides where the first
are equal. Nothing is rounded.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from math import ceil, comb, inf, prod
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import Ints
from iph._wide import repeat
from iph.stats._inference.exact_work import check_work

Classes = list[tuple[int, int]]  # (score, count), scores from 0, counts from 1
_Weights = npt.NDArray[Any] | None  # whole numbers, int64 or Python; None: all one
_Limbs = tuple[Ints, ...]

_TOP_BITS = 61  # of the first limb: sums and differences of two still fit 63 bits
_LOW_BITS = 60  # most of the others: the sum of two, before the carry, still fits
_SHORT_BITS = 28  # limbs so short are kept in 32 bits
_WORTH_A_LOOK = 1e5  # states from which a closer bound is worth its time
_FEW_CLASSES = 200  # whose pairs are quickly looked through
_HOPELESS = 1e200
_BEYOND = 10**300  # more than any limit, and still a float
_MOST_LONG = 1e7  # keys with counts beyond 64 bits: under a gigabyte
_CHUNK = 1 << 17  # draws looked up at a time: bounds the memory


@attrs.frozen(eq=False)
class _List:
    """Keys of draws from one half, ascending, and how many draws have each."""

    limbs: _Limbs
    weights: _Weights


@attrs.frozen(kw_only=True)
class Cut:
    """Where the pool is cut, and the number of states this needs."""

    split: int
    states: float


def plan_halves(classes: Classes, size: int) -> Cut:
    """Choose the cut of the pool that needs the fewest states."""
    before = _states_of_prefixes(classes, size)
    after = _states_of_prefixes(classes[::-1], size)[::-1]
    sums = [a + b for a, b in zip(before, after, strict=True)]
    split = min(range(len(sums)), key=sums.__getitem__)
    return Cut(split=split, states=sums[split])


def _states_of_prefixes(classes: Classes, size: int) -> list[float]:
    """Return a bound for the draws that each prefix of the pool lists at most."""
    by_size = np.zeros(size + 1)
    by_size[0] = 1.0
    states = [1.0]
    for _, count in classes:
        if states[-1] > _HOPELESS:  # before the floats overflow
            states.append(inf)
            continue
        summed = np.cumsum(by_size)
        if count < size:
            summed[count + 1 :] -= summed[: size - count].copy()
        by_size = summed
        states.append(float(by_size.sum()))
    alike = any(count > 1 for _, count in classes)
    if states[-1] < _WORTH_A_LOOK or len(classes) > _FEW_CLASSES or not alike:
        return states
    merged = _merged_of_prefixes(classes)
    most = 1.0
    bounded = [most]
    for place, (_, count) in enumerate(classes):
        listed = min(states[place], merged[place]) * (min(count, size) + 1)
        most = max(most, min(listed, states[place + 1]))
        bounded.append(most)
    return bounded


def _merged_of_prefixes(classes: Classes) -> list[float]:
    """Return a bound for the distinct keys of the draws from each prefix of the pool.

    Scores often come in chains with one step, as the log-rank scores of events and of
    censorings on the same day. How many cases were drawn from each chain, and how many
    steps up in all, then gives size and sum.
    """
    gaps = Counter(abs(a - b) for (a, _), (b, _) in combinations(classes, 2))
    step = max(gaps, key=gaps.__getitem__, default=1)
    lowest: dict[int, int] = {}  # score at the start of each chain, by remainder
    for score, _ in classes:
        lowest[score % step] = min(score, lowest.get(score % step, score))
    drawn: dict[int, int] = {}
    merged, steps = [1.0], 0
    for score, count in classes:
        chain = score % step
        drawn[chain] = drawn.get(chain, 0) + count
        steps += (score - lowest[chain]) // step * count
        cells = (steps + 1) * prod(m + 1 for m in drawn.values())
        merged.append(float(min(cells, _BEYOND)))
    return merged


def listed_states(classes: Classes, size: int) -> float:
    """Return the number of states of a list of all draws of one size."""
    return _states_of_prefixes(classes, size)[-1]


def listed_sums(
    classes: Classes, size: int, *, limit: float
) -> tuple[list[int], list[int]]:
    """List the distinct sums of all draws, ascending, and their numbers.

    Parameters
    ----------
    classes, size
        As for `Halves`.
    limit : float
        The most states that may be listed.
    """
    check_work(listed_states(classes, size), limit, "distribution")
    return Halves(classes, size, split=len(classes)).sums()


class Halves:
    """The two ordered lists of a pool, ready to count the draws below any cut.

    Parameters
    ----------
    classes : list of (int, int)
        Distinct scores (0 or more) and how many cases have each.
    size : int
        How many cases are drawn.
    split : int
        How many classes make the first half, as planned by `plan_halves`.
    """

    def __init__(self, classes: Classes, size: int, *, split: int) -> None:
        self._size = size
        self._highest = sum(score * count for score, count in classes)
        # One bit more than the sums need: a negative rest falls below its own size
        # and can equal no sum of the next smaller one.
        self._shift = self._highest.bit_length() + 1
        self._bits = _limb_bits(self._shift + size.bit_length())
        first, second = classes[:split], classes[split:]
        n_first = sum(count for _, count in first)
        n_second = sum(count for _, count in second)
        exact = np.int64 if comb(n_first + n_second, size) < 2**63 else object
        self._first = self._listed(first, size - n_second, exact)
        self._second = self._listed(second, size - n_first, exact)
        weights = self._second.weights
        self._before: npt.NDArray[Any] | None = None  # draws before each place
        if weights is not None:
            zero = np.zeros(1, dtype=weights.dtype)
            self._before = np.concatenate((zero, np.cumsum(weights)))
        # Before which draws of the second half those of the wanted size stand.
        mine, other = self._places(self._first), self._places(self._second)
        start = repeat(other[size::-1], np.diff(mine))
        self._start = start if self._before is None else self._before[start]

    def below_and_equal(self, cut: int) -> tuple[int, int]:
        """Count the draws with a sum below the cut, and equal to it."""
        cut = min(max(cut, -1), self._highest + 1)
        target = _split((self._size << self._shift) + cut, self._bits)
        below = equal = 0
        for first in range(0, self._start.size, _CHUNK):
            part = slice(first, first + _CHUNK)
            wanted = tuple(
                limb - keys[part]
                for limb, keys in zip(target, self._first.limbs, strict=True)
            )
            _carry(wanted, self._bits)
            position, same = _locate(self._second.limbs, wanted)
            found = position if self._before is None else self._before[position]
            ways: npt.NDArray[Any] = found - self._start[part]
            both: npt.NDArray[Any] = np.ones(same.size, dtype=np.int64)
            if self._first.weights is not None:
                mine = self._first.weights[part]
                ways = ways * mine
                both = mine[same]
            if self._second.weights is not None:
                both = both * self._second.weights[position[same]]
            below += int(ways.sum())
            equal += int(both.sum())
        return below, equal

    def sums(self) -> tuple[list[int], list[int]]:
        """Return the sums of the first half's draws and how many have each."""
        mask = (1 << self._shift) - 1
        keys = self._first.limbs[0].astype(object)
        for limb, bits in zip(self._first.limbs[1:], self._bits[1:], strict=True):
            keys = (keys << bits) + limb
        weights = self._first.weights
        counts = [1] * keys.size if weights is None else [int(x) for x in weights]
        return [int(key) & mask for key in keys], counts

    def _places(self, listed: _List) -> Ints:
        """Return where the draws of each size start, and where the last ones end."""
        first_keys = np.arange(self._size + 2, dtype=np.int64) << (
            self._shift - sum(self._bits)
        )
        places = np.searchsorted(listed.limbs[0], first_keys)
        return places.astype(np.int64, copy=False)

    def _listed(self, classes: Classes, least: int, exact: Any) -> _List:
        """List the draws of at least and at most so many cases from one half."""
        listed = _List(
            tuple(np.zeros(1, dtype=_dtype(bits)) for bits in self._bits), None
        )
        left = sum(count for _, count in classes)
        seen = 0
        for score, count in classes:
            left -= count
            seen += count
            key = (1 << self._shift) + score
            taken = range(min(count, self._size) + 1)
            steps = [_split(key * i, self._bits) for i in taken]
            ways = [comb(count, i) for i in taken]
            if exact is object:
                rows = listed.limbs[0].size * len(steps)
                check_work(rows, _MOST_LONG, "distribution")
            listed = _joined(listed, steps, ways, bits=self._bits, exact=exact)
            listed = _ordered(listed)
            if seen > self._size or least > left:
                places = self._places(listed)
                keep = slice(places[max(least - left, 0)], places[-1])
                listed = _List(
                    tuple(limb[keep] for limb in listed.limbs),
                    None if listed.weights is None else listed.weights[keep],
                )
        return listed


def _limb_bits(total_bits: int) -> list[int]:
    """Return the bits of each limb but the first; [0] stands for the first."""
    spare = total_bits - _TOP_BITS
    if spare <= 0:
        return [0]
    pieces = ceil(spare / _LOW_BITS)
    return [0] + [ceil(spare / pieces)] * pieces


def _dtype(bits: int) -> type[np.int64] | type[np.int32]:
    """Return the type that holds the sum of two limbs of so many bits."""
    return np.int32 if 0 < bits <= _SHORT_BITS else np.int64


def _split(value: int, bits: Sequence[int]) -> list[int]:
    """Split a whole number into limbs: all but the first are not negative."""
    limbs: list[int] = []
    for width in reversed(bits[1:]):
        limbs.append(value & ((1 << width) - 1))
        value >>= width
    limbs.append(value)
    return limbs[::-1]


def _carry(limbs: _Limbs, bits: Sequence[int]) -> None:
    """Bring all limbs but the first into their range, in place."""
    for place in range(len(limbs) - 1, 0, -1):
        low = limbs[place]
        limbs[place - 1][...] += low >> bits[place]
        low &= (1 << bits[place]) - 1


def _joined(
    listed: _List,
    steps: list[list[int]],
    ways: list[int],
    *,
    bits: Sequence[int],
    exact: Any,
) -> _List:
    """Take 0, 1, 2 ... cases of one score in addition to each draw."""
    n = listed.limbs[0].size
    limbs = tuple(np.empty(n * len(steps), limb.dtype) for limb in listed.limbs)
    for i, step in enumerate(steps):
        part = slice(i * n, (i + 1) * n)
        for limb, before, added in zip(limbs, listed.limbs, step, strict=True):
            np.add(before, added, out=limb[part])
        if i:
            _carry(tuple(limb[part] for limb in limbs), bits)
    if listed.weights is None and max(ways) == 1:
        return _List(limbs, None)
    draws = listed.weights
    if draws is None:
        draws = np.ones(n, dtype=np.int64)
    draws = draws.astype(exact, copy=False)
    return _List(limbs, np.concatenate([draws * way for way in ways]))


def _ordered(listed: _List) -> _List:
    """Sort the keys and merge equal ones."""
    limbs, weights = listed.limbs, listed.weights
    # The keys come as a few ascending runs, which a stable sort merges in one pass.
    if weights is None and len(limbs) == 1:
        limbs = (np.sort(limbs[0], kind="stable"),)
    else:
        order = np.argsort(limbs[0], kind="stable")
        limbs = tuple(limb[order] for limb in limbs)
        weights = None if weights is None else weights[order]
        if len(limbs) > 1:
            _order_ties(limbs, weights)
    new = _changes(limbs)
    if new.all():
        return _List(limbs, weights)
    starts = np.flatnonzero(new)
    if weights is None:
        weights = np.diff(np.append(starts, new.size)).astype(np.int64, copy=False)
    else:
        weights = np.add.reduceat(weights, starts)
    return _List(tuple(limb[starts] for limb in limbs), weights)


def _order_ties(limbs: _Limbs, weights: _Weights) -> None:
    """Order the few runs of equal first limbs by the others, in place."""
    tied = limbs[0][1:] == limbs[0][:-1]
    if not tied.any():
        return
    in_run = np.zeros(tied.size + 1, dtype=np.bool_)
    in_run[1:] = tied
    in_run[:-1] |= tied
    run = np.flatnonzero(in_run)
    inner = run[np.lexsort([limb[run] for limb in reversed(limbs)])]
    for limb in limbs:
        limb[run] = limb[inner]
    if weights is not None:
        weights[run] = weights[inner]


def _changes(limbs: _Limbs) -> npt.NDArray[np.bool_]:
    """Return where a key differs from the one before it."""
    new = np.empty(limbs[0].size, dtype=np.bool_)
    new[:1] = True
    np.not_equal(limbs[0][1:], limbs[0][:-1], out=new[1:])
    for limb in limbs[1:]:
        new[1:] |= limb[1:] != limb[:-1]
    return new


def _locate(listed: _Limbs, wanted: _Limbs) -> tuple[Ints, Ints]:
    """Return how many listed keys are below each wanted one, and which are equal."""
    top = listed[0]
    places = np.searchsorted(top, wanted[0])
    # Beyond the end the last key is looked at, which is below: not equal either.
    same = np.flatnonzero(top.take(places, mode="clip") == wanted[0])
    # Wide, since sums and products of places count draws.
    position = places.astype(np.int64, copy=False)
    if len(wanted) == 1:
        return position, same
    # The first limbs are equal: walk on while the listed key is still below.
    equal: list[Ints] = [same[:0]]
    while same.size:
        here = position[same]
        order = np.zeros(same.size, dtype=np.int64)
        for mine, limb in zip(listed[1:], wanted[1:], strict=True):
            undecided = order == 0
            order[undecided] = np.sign(mine[here[undecided]] - limb[same[undecided]])
        equal.append(same[order == 0])
        same = same[order < 0]
        position[same] += 1
        same = _on_equal_top(listed, wanted, position, same)
    return position, np.concatenate(equal)


def _on_equal_top(listed: _Limbs, wanted: _Limbs, position: Ints, rows: Ints) -> Ints:
    """Return the rows whose place in the list has the wanted first limb."""
    here = position[rows]
    here_or_last = np.minimum(here, listed[0].size - 1)
    hit = (listed[0][here_or_last] == wanted[0][rows]) & (here == here_or_last)
    found: Ints = rows[hit]
    return found
