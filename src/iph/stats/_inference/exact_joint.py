"""Joint distributions of the sums of several groups or columns, by exact counting."""

import math
from collections.abc import Iterable, Sequence
from itertools import permutations
from math import comb, factorial, prod
from typing import Any

import numpy as np
import numpy.typing as npt

from iph._wide import repeat
from iph.stats._inference.exact_work import DEFAULT_LIMIT, allocations_bits, check_work

_INT64 = 2**63
_MOST_BITS = 1000.0  # more than any limit, and still a float
_Keys = npt.NDArray[Any]  # whole numbers, int64 where they fit, else Python's


def estimate_partition_sums(counts: Sequence[int], sizes: Sequence[int]) -> float:
    """Return how many states `partition_sums` visits at most.

    Parameters
    ----------
    counts : sequence of int
        How many cases have each distinct score.
    sizes : sequence of int
        The size of each group.
    """
    k = len(sizes)
    shares = sum(math.log2(comb(count + k - 1, k - 1)) for count in counts)
    bits = min(shares, allocations_bits(sizes), _MOST_BITS)
    # All prefixes together are about twice the last one.
    return 2.0 * float(2.0**bits)


def _shares(count: int, room: Sequence[int]) -> Iterable[tuple[int, ...]]:
    """Yield all ways to share `count` like cases among groups with room left."""
    if len(room) == 1:
        if count <= room[0]:
            yield (count,)
        return
    for first in range(min(count, room[0]) + 1):
        for others in _shares(count - first, room[1:]):
            yield (first, *others)


def partition_sums(
    scores: Sequence[int],
    counts: Sequence[int],
    sizes: Sequence[int],
    *,
    limit: float = DEFAULT_LIMIT,
) -> tuple[list[tuple[int, ...]], list[int]]:
    """Return the joint distribution of the group sums over all assignments.

    Parameters
    ----------
    scores, counts : sequence of int
        The pool: `counts[i]` cases have the score `scores[i]`.
    sizes : sequence of int
        The size of each of k groups; together the whole pool.
    limit : float
        The most states that may be visited.

    Returns
    -------
    sums : list of tuple of int
        The k group sums of each distinct outcome.
    ways : list of int
        How many of the multinomial assignments give it.

    Raises
    ------
    WorkError
        If more states than the limit come up.
    """
    pool: dict[int, int] = {}
    for score, count in zip(scores, counts, strict=True):
        if count:
            pool[int(score)] = pool.get(int(score), 0) + int(count)
    base = min(pool, default=0)
    classes = [(score - base, count) for score, count in pool.items()]
    highest = sum(score * count for score, count in classes)
    k = len(sizes)
    # One key holds the sums of all groups but the last, as digits.
    radix = highest + 1
    digits = [radix**g for g in range(k - 1)] + [0]
    whole: Any = np.int64 if radix ** (k - 1) < _INT64 else object
    n_ways = factorial(sum(sizes)) // prod(map(factorial, sizes))
    exact: Any = np.int64 if n_ways < _INT64 else object
    # By the room that is left in each group.
    table: dict[tuple[int, ...], tuple[_Keys, _Keys]] = {
        tuple(sizes): (np.zeros(1, dtype=whole), np.ones(1, dtype=exact))
    }
    for score, count in classes:
        pieces: dict[tuple[int, ...], list[tuple[_Keys, _Keys]]] = {}
        states = 0
        for room, (keys, ways) in table.items():
            for share in _shares(count, room):
                step = sum(score * s * d for s, d in zip(share, digits, strict=True))
                choices = factorial(count) // prod(map(factorial, share))
                left = tuple(r - s for r, s in zip(room, share, strict=True))
                states += keys.size
                check_work(states, limit, "joint distribution")
                pieces.setdefault(left, []).append(
                    (keys + step, ways if choices == 1 else ways * choices)
                )
        table = {left: _merged(found) for left, found in pieces.items()}
    keys, ways = table[(0,) * k]
    columns: list[list[int]] = []
    for _ in range(k - 1):
        columns.append((keys % radix).tolist())
        keys = keys // radix
    rest = [highest - sum(row) for row in zip(*columns, strict=True)]
    if not columns:  # one group takes all
        rest = [highest]
    columns.append(rest)
    moved = [
        [value + base * size for value in column]
        for column, size in zip(columns, sizes, strict=True)
    ]
    return list(zip(*moved, strict=True)), ways.tolist()


def _merged(pieces: list[tuple[_Keys, _Keys]]) -> tuple[_Keys, _Keys]:
    """Put lists of keys together, adding the ways of equal ones."""
    if len(pieces) == 1:
        return pieces[0]
    keys = np.concatenate([keys for keys, _ in pieces])
    ways = np.concatenate([ways for _, ways in pieces])
    order = np.argsort(keys, kind="stable")
    keys, ways = keys[order], ways[order]
    starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    return keys[starts], np.add.reduceat(ways, starts)


def block_sums(
    rows: Sequence[Sequence[int]], *, limit: float = DEFAULT_LIMIT
) -> tuple[list[tuple[int, ...]], list[int]]:
    """Return the joint distribution of column sums when each row is permuted.

    The columns are exchangeable, so only the sorted sums are kept: enough for every
    statistic that does not depend on the order of the columns.

    Parameters
    ----------
    rows : sequence of sequences of int
        The k scores of each block; every order of each row is equally likely.
    limit : float
        The most states that may be visited.

    Returns
    -------
    sums : list of tuple of int
        The column sums of each distinct outcome, ascending within the tuple.
    ways : list of int
        How many of the orders give these sums in some arrangement.

    Raises
    ------
    WorkError
        If more states than the limit come up.
    """
    if not rows:
        return [()], [1]
    k = len(rows[0])
    base = min(min(row) for row in rows)
    blocks = sorted(sorted(int(x) - base for x in row) for row in rows)
    radix = sum(row[-1] for row in blocks) + 1
    total = factorial(k) ** len(rows)
    whole: Any = np.int64 if radix**k < _INT64 else object
    exact: Any = np.int64 if total < _INT64 else object
    digits = np.array([radix**g for g in range(k)], dtype=whole)
    sums = np.array([blocks[0]], dtype=whole)
    ways = np.array([factorial(k)], dtype=exact)  # sorted sums stand for all orders
    for row in blocks[1:]:
        orders = sorted(set(permutations(row)))
        alike = factorial(k) // len(orders)
        check_work(len(sums) * len(orders), limit, "joint distribution")
        moved = sums[:, None, :] + np.array(orders, dtype=whole)[None, :, :]
        moved = np.sort(moved.reshape(-1, k), axis=1)
        many = repeat(ways * alike, len(orders))
        keys = (moved * digits).sum(axis=1)
        order = np.argsort(keys, kind="stable")
        keys = keys[order]
        starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
        sums = moved[order[starts]]
        ways = np.add.reduceat(many[order], starts)
    moved_by = base * len(rows)
    shifted = [tuple(value + moved_by for value in row) for row in sums.tolist()]
    return shifted, ways.tolist()
