"""Every small table of counts, and what is published of many of them at a time.

The rule of `iph.records` is worked out here once more, on arrays; `disclosure.py` holds
what comes out against what the library publishes.
"""

import functools
from collections.abc import Iterator
from math import comb

import attrs
import numpy as np
import numpy.typing as npt

from iph.records._suppression import Release, Rule

Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]
Counts = npt.NDArray[np.int16]
"""Many tables: one row a table, then one a level, one number a group."""
Sizes = tuple[int, int]


@functools.cache
def columns(n_levels: int, size: int) -> Counts:
    """Return every way in which so many patients can have so many levels."""
    if n_levels == 1:
        return np.array([[size]], dtype=np.int16)
    made = []
    for first in range(size + 1):
        rest = columns(n_levels - 1, size - first)
        made.append(np.insert(rest, 0, first, axis=1))
    return np.concatenate(made)


@functools.cache
def tables(n_levels: int, sizes: Sizes) -> Counts:
    """Return every table of groups of these sizes."""
    one, two = (columns(n_levels, size) for size in sizes)
    first = np.broadcast_to(one[:, None], (len(one), len(two), n_levels))
    second = np.broadcast_to(two[None, :], (len(one), len(two), n_levels))
    return np.stack([first, second], axis=3).reshape(-1, n_levels, 2)


def n_tables(n_levels: int, sizes: Sizes) -> int:
    """Return how many tables there are, without making them."""
    one, two = (comb(size + n_levels - 1, size) for size in sizes)
    return one * two


def small(totals: Counts, n_levels: int, rule: Rule) -> Flags:
    """Tell which totals of so many levels must not be shown."""
    counted = n_levels if rule.all_occur else min(n_levels, 2)
    found: Flags = (totals != 0) & (np.abs(totals) < max(rule.least, counted + 2))
    return found


def summed(counts: Counts, node: range) -> Counts:
    """Return the totals of the levels under a node."""
    totals: Counts = counts[:, node.start : node.stop].sum(axis=1, dtype=np.int16)
    return totals


def all_occur(counts: Counts) -> Flags:
    """Tell which tables have a patient in every level."""
    found: Flags = np.all(counts.sum(axis=2) > 0, axis=1)
    return found


def halves(node: range) -> tuple[range, range]:
    """Return the halves of a node of the tree of levels."""
    middle = node.start + len(node) // 2
    return range(node.start, middle), range(middle, node.stop)


def _inner(node: range) -> Iterator[range]:
    """Yield the nodes that can be opened, from the top."""
    if len(node) > 1:
        yield node
        for half in halves(node):
            yield from _inner(half)


@attrs.frozen(kw_only=True, eq=False)
class Alike:
    """Tables that nobody can tell apart.

    Attributes
    ----------
    members : array
        Their places among the tables.
    shown : Release
        What is published of each.
    values : array
        The values that each count has in them, one bit each: one row a level, one
        number a group.
    """

    members: Places
    shown: Release
    values: Counts

    @property
    def hidden(self) -> Flags:
        """Which counts are hidden: one row a level, one number a group."""
        totals = [
            [total if len(block) > 1 else 0 for total in found]
            for block, found in zip(self.shown.blocks, self.shown.totals, strict=True)
            for _ in block
        ]
        return np.array(totals) > 0


class Tables:
    """Many tables, with what each look at them needs.

    Parameters
    ----------
    counts : array
        The tables; the counts of what is published.
    beside : array, optional
        Further counts of each table, of which the values are asked as well.
    """

    def __init__(self, counts: Counts, beside: Counts | None = None) -> None:
        self.counts = counts
        self.top = range(counts.shape[1])
        kept = counts if beside is None else np.concatenate([beside, counts], axis=1)
        self._bits = np.left_shift(1, kept, dtype=np.int16)
        self._totals = {
            node: np.ascontiguousarray(summed(counts, node).T)
            for inner in _inner(self.top)
            for node in (inner, *halves(inner))
        }
        self._sorted = functools.cache(self._sort)

    def _sort(self, blocks: tuple[range, ...]) -> tuple[Places, npt.NDArray[np.int64]]:
        """Return the places of the tables by the totals of some blocks, and a key."""
        key = np.zeros(len(self.counts), dtype=np.int64)
        for block in blocks:
            for totals in self._totals[block]:
                key = key * (int(totals.max(initial=0)) + 1) + totals
        order = np.argsort(key, kind="stable")
        return order, key[order]

    def _fit(self, node: range, rule: Rule, first: Release | None) -> Flags:
        """Tell of which tables the totals of a node may be shown."""
        before = None if first is None else first.of(node)
        fit = np.full(len(self.counts), first is None or before is not None)
        if not fit.any():
            return fit
        for group, totals in enumerate(self._totals[node]):
            each = np.arange(int(totals.max(initial=0)) + 1, dtype=np.int16)
            shown = ~small(each, len(node), rule)
            if before is not None:
                shown &= ~small(each - np.int16(before[group]), len(node), rule)
            fit &= shown[totals]
        return fit

    def published(self, rule: Rule, first: Release | None = None) -> Iterator[Alike]:
        """Publish all tables, whose sizes may be shown, and gather what looks alike."""
        nodes = list(_inner(self.top))
        opened: dict[range, Flags] = {}
        state = np.zeros(len(self.counts), dtype=np.int16)

        def open_from(node: range, above: Flags) -> None:
            found = above
            for half in halves(node):
                found = found & self._fit(half, rule, first)
            opened[node] = found
            for half in halves(node):
                if len(half) > 1:
                    open_from(half, found)

        open_from(self.top, np.ones(len(self.counts), dtype=bool))
        for place, node in enumerate(nodes):
            state |= np.left_shift(opened[node].astype(np.int16), place)
        for one in np.unique(state):
            is_open = {node for place, node in enumerate(nodes) if one >> place & 1}
            yield from self._gathered(state == one, tuple(_closed(self.top, is_open)))

    def _gathered(self, which: Flags, blocks: tuple[range, ...]) -> Iterator[Alike]:
        """Yield those of some tables that have the same totals of some blocks."""
        order, key = self._sorted(blocks)
        chosen = which[order]
        order, key = order[chosen], key[chosen]
        begins = np.flatnonzero(np.diff(key, prepend=key[0] - 1))
        values = np.bitwise_or.reduceat(self._bits[order], begins, axis=0)
        for members, found in zip(np.split(order, begins[1:]), values, strict=True):
            totals = [self._totals[block][:, members[0]].tolist() for block in blocks]
            shown = Release(blocks, tuple(map(tuple, totals)))
            yield Alike(members=members, shown=shown, values=found)


def _closed(node: range, is_open: set[range]) -> Iterator[range]:
    """Yield the blocks under a node that are shown together, in order."""
    if node in is_open:
        for half in halves(node):
            yield from _closed(half, is_open)
    else:
        yield node


@functools.lru_cache(maxsize=100_000)
def allowed(
    n_levels: int,
    totals: tuple[int, ...],
    rule: Rule,
    before: tuple[tuple[int, ...] | None, ...] | None,
) -> Counts:
    """Return which values, one bit each, the totals of a closed block allow.

    A reader may know of a block its totals, and that it was not to be opened: one of
    its halves is small, or was hidden before, or has changed by little. `before` holds
    the totals that the halves had in the first release.
    """
    one, two = totals
    counts = tables(n_levels, (one, two))
    kept = np.zeros(len(counts), dtype=bool)
    for place, half in enumerate(halves(range(n_levels))):
        found = summed(counts, half)
        kept |= small(found, len(half), rule).any(axis=1)
        if before is not None:
            former = before[place]
            if former is None:
                kept[:] = True
            else:
                change = found - np.array(former, dtype=np.int16)
                kept |= small(change, len(half), rule).any(axis=1)
    if rule.all_occur:
        kept &= all_occur(counts)
    bits = np.left_shift(1, counts[kept], dtype=np.int16)
    values: Counts = np.bitwise_or.reduce(bits, axis=0)
    return values
