"""Sums over the patients at risk at each event, and over the events of each patient.

Within a stratum the rows stand with the last day first, and so do the moments, the
distinct days with an event: the rows at risk at a moment are then all rows of the
stratum up to some place, and sums over them are running sums. Late entry breaks that;
the moments of a row are then cut into blocks of a binary tree. Neither way subtracts
one large sum from another, so nothing is lost where few patients are left.
"""

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import Floats, Ints
from iph._wide import bincount

Flags = npt.NDArray[np.bool_]


@attrs.frozen(kw_only=True, eq=False)
class RiskSets:
    """Who is at risk when.

    Attributes
    ----------
    rows : ndarray of int, shape (n,)
        The rows that are at risk at some moment, in the order of all sums.
    first, end : ndarray of int, shape (n,)
        A row is at risk at the moments from `first` on, before `end`.
    moments : ndarray of float, shape (k,)
        The days of the moments.
    bounds : ndarray of int, shape (s + 1,)
        Where the moments of each stratum with events begin; at last k.
    stratum : ndarray of int, shape (n,)
        The place of a row's stratum among those with events.
    late : bool
        Whether a row enters after the first event of its stratum.
    """

    rows: Ints
    first: Ints
    end: Ints
    moments: Floats
    bounds: Ints
    stratum: Ints
    late: bool
    _last: Ints  # for each moment, the last row at risk
    _starts: Ints  # where the rows of each stratum begin; at last n
    _blocks: tuple[Ints, Ints]  # rows and the blocks of the tree that they fill

    def sums(self, values: Floats) -> Floats:
        """Return for each moment the sums of rows of `values` over those at risk."""
        if self.late:
            return self._down(values)
        total = np.empty_like(values)
        for a, b in zip(self._starts[:-1], self._starts[1:], strict=True):
            np.cumsum(values[:, a:b], axis=1, out=total[:, a:b])
        return total[:, self._last]

    def collected(self, values: Floats) -> Floats:
        """Return for each row the sums of `values` over the moments it is at risk."""
        if self.late:
            return self._up(values)
        total = np.empty_like(values)
        for a, b in zip(self.bounds[:-1], self.bounds[1:], strict=True):
            np.cumsum(values[:, a:b][:, ::-1], axis=1, out=total[:, a:b][:, ::-1])
        return total[:, self.first]

    def _down(self, values: Floats) -> Floats:
        row, block = self._blocks
        leaves = _leaves(self.moments.size)
        tree: Floats = np.stack([bincount(block, v[row], 2 * leaves) for v in values])
        parents = 1
        while parents < leaves:
            at = np.arange(parents, 2 * parents, dtype=np.int64)
            tree[:, 2 * at] += tree[:, at]
            tree[:, 2 * at + 1] += tree[:, at]
            parents *= 2
        return tree[:, leaves : leaves + self.moments.size]

    def _up(self, values: Floats) -> Floats:
        row, block = self._blocks
        leaves = _leaves(self.moments.size)
        tree = np.zeros((len(values), 2 * leaves))
        tree[:, leaves : leaves + self.moments.size] = values
        parents = leaves // 2
        while parents:
            at = np.arange(parents, 2 * parents, dtype=np.int64)
            tree[:, at] = tree[:, 2 * at] + tree[:, 2 * at + 1]
            parents //= 2
        n = self.rows.size
        return np.stack([bincount(row, level[block], n) for level in tree])

    def cover(self) -> tuple[Ints, Ints, Ints, Ints, Ints]:
        """Return nodes for an upper bound of some value of all who are at risk.

        Returns
        -------
        row, node : ndarray of int
            The bound of a node holds for these rows.
        above, below : ndarray of int
            The bound of the node `above` is at least that of the node `below`.
        leaf : ndarray of int, shape (k,)
            The node of each moment.
        """
        k = self.moments.size
        if self.late:
            leaves = _leaves(k)
            child = np.arange(2, 2 * leaves, dtype=np.int64)
            return (
                *self._blocks,
                child,
                child // 2,
                np.arange(leaves, leaves + k, dtype=np.int64),
            )
        # A row is at risk at its first moment and all later ones of its stratum.
        inner = np.setdiff1d(np.arange(1, k, dtype=np.int64), self.bounds)
        row = np.arange(self.rows.size, dtype=np.int64)
        return row, self.first, inner, inner - 1, np.arange(k, dtype=np.int64)


def risk_sets(
    time: Floats, happened: Flags, entry: Floats | None, stratum: Ints | None
) -> RiskSets:
    """Order the rows by stratum and day, and tell when each of them is at risk.

    A row is at risk at t if entry < t <= time.
    """
    n = time.size
    strata = np.zeros(n, dtype=np.int64) if stratum is None else stratum
    order = np.argsort(-time, kind="stable")
    if stratum is not None:
        order = order[np.argsort(strata[order], kind="stable")]
    day, own = time[order], strata[order]
    new = np.ones(n, dtype=bool)
    new[1:] = (day[1:] != day[:-1]) | (own[1:] != own[:-1])
    at = np.cumsum(new) - 1
    with_event = np.zeros(int(at[-1]) + 1, dtype=bool)
    with_event[at[happened[order]]] = True
    begun = np.concatenate(([0], np.cumsum(with_event)))
    first = begun[at]
    place = np.flatnonzero(new)[with_event]
    moments, of = day[place], own[place]
    # Strata without events have no moments, and their rows fall out below.
    found, bounds = np.unique(of, return_index=True)
    bounds = np.append(bounds, of.size)
    last = np.searchsorted(of, own, side="right")
    end = last if entry is None else _entered(moments, bounds, found, own, entry[order])
    end = np.minimum(end, last)
    keep = first < end
    first, end, rows, own = first[keep], end[keep], order[keep], own[keep]
    late = bool((end < last[keep]).any())
    return RiskSets(
        rows=rows,
        first=first,
        end=end,
        moments=moments,
        bounds=bounds,
        stratum=np.searchsorted(found, own),
        late=late,
        last=np.searchsorted(first, np.arange(of.size, dtype=np.int64), side="right")
        - 1,
        starts=np.searchsorted(first, bounds),
        blocks=_blocks(first, end, of.size) if late else (first[:0], first[:0]),
    )


def _entered(
    moments: Floats, bounds: Ints, found: Ints, own: Ints, entry: Floats
) -> Ints:
    """Return for each row the place after the last moment above its day of entry."""
    end = np.zeros(entry.size, dtype=np.int64)
    for stratum, a, b in zip(found, bounds[:-1], bounds[1:], strict=True):
        low, high = np.searchsorted(own, [stratum, stratum + 1])
        after = np.searchsorted(-moments[a:b], -entry[low:high], side="left")
        end[low:high] = a + after
    return end


def _leaves(k: int) -> int:
    """Return the number of leaves of a binary tree over k moments."""
    return 1 << max(k - 1, 0).bit_length()


def _blocks(first: Ints, end: Ints, k: int) -> tuple[Ints, Ints]:
    """Return rows and the blocks of a binary tree that make up their moments."""
    low, high = first + _leaves(k), end + _leaves(k)
    row = np.arange(first.size, dtype=np.int64)
    rows, blocks = [], []
    while row.size:
        odd = low % 2 == 1
        rows.append(row[odd])
        blocks.append(low[odd])
        low = low + odd
        odd = high % 2 == 1
        high = high - odd
        rows.append(row[odd])
        blocks.append(high[odd])
        low, high = low // 2, high // 2
        left = low < high
        row, low, high = row[left], low[left], high[left]
    return np.concatenate(rows), np.concatenate(blocks)
