"""Order statistics of the sums of all pairs of two counted samples.

A Hodges-Lehmann estimate is a median of such sums (Walsh averages within one sample,
differences between two). Graded values have few distinct sums, which are simply
counted; of many distinct values only a window of sums around each rank is written out.
"""

from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import Floats, Ints
from iph._wide import repeat

_WRITTEN_OUT = 4_000_000  # sums held at once: some ten megabytes
_WINDOW = 200_000  # sums around a rank, where not all are written out
_INT64_SAFE = 2**62


@attrs.frozen(kw_only=True, eq=False)
class PairSums:
    """All sums of one value of `x` and one of `y`, each with its number of pairs.

    Attributes
    ----------
    x, y : array
        Distinct values in rising order.
    x_counts, y_counts : array of int
        How many cases have each.
    within : bool
        Whether `x` and `y` are the same sample. Then every case is paired with itself
        once more, which makes each unordered pair count exactly twice.
    """

    x: Floats
    x_counts: Ints
    y: Floats
    y_counts: Ints
    within: bool = False

    def ranked(self, ranks: Sequence[int]) -> list[float]:
        """Return the sums of the given ranks (1 is the smallest)."""
        if self.x.size * self.y.size <= _WRITTEN_OUT:
            sums = np.add.outer(self.x, self.y).ravel()
            return _ranked(sums, self._pairs().ravel(), ranks)
        return [self._searched(rank) for rank in ranks]

    def _pairs(self) -> npt.NDArray[Any]:
        x_counts, y_counts = self._exact_counts()
        pairs: npt.NDArray[Any] = np.multiply.outer(x_counts, y_counts)
        if self.within:
            pairs[np.diag_indices_from(pairs)] += x_counts
        return pairs

    def _exact_counts(self) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        """Return the counts, as Python integers where 64 bits might not do."""
        most = (int(self.x_counts.sum()) + 1) * int(self.y_counts.sum())
        kind = np.dtype(np.int64 if most < _INT64_SAFE else object)
        return self.x_counts.astype(kind), self.y_counts.astype(kind)

    def _searched(self, rank: int) -> float:
        """Halve a window around the rank until its sums can be written out."""
        x_counts, y_counts = self._exact_counts()
        below_y = np.concatenate([[0], np.cumsum(y_counts)])
        own = np.arange(self.x.size, dtype=np.int64)

        def first_above(bound: float) -> Ints:
            ends = np.searchsorted(self.y, bound - self.x, side="right")
            return ends.astype(np.int64, copy=False)

        def pairs_to(ends: Ints) -> int:
            found = int((x_counts * below_y[ends]).sum())
            if self.within:
                found += int(x_counts[own < ends].sum())
            return found

        low = float(np.nextafter(self.x[0] + self.y[0], -np.inf))
        high = float(np.nextafter(self.x[-1] + self.y[-1], np.inf))
        # Not by the bounds: what is above the lowest may be rounded down to it.
        starts, ends = np.zeros_like(own), np.full_like(own, self.y.size)
        while int((ends - starts).sum()) > min(_WINDOW, _WRITTEN_OUT):
            middle = low + (high - low) / 2
            if not low < middle < high:  # one sum, too often tied to be written out
                row = int(np.argmax(starts < ends))
                return float(self.x[row] + self.y[starts[row]])
            split = first_above(middle)
            if pairs_to(split) < rank:
                low, starts = middle, split
            else:
                high, ends = middle, split
        before = pairs_to(starts)
        lengths = ends - starts
        rows = repeat(np.arange(self.x.size, dtype=np.int64), lengths)
        firsts = repeat(
            starts - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths
        )
        columns = firsts + np.arange(rows.size, dtype=np.int64)
        sums = self.x[rows] + self.y[columns]
        pairs = x_counts[rows] * y_counts[columns]
        if self.within:
            pairs = pairs + np.where(rows == columns, x_counts[rows], 0)
        return _ranked(sums, pairs, [rank - before])[0]


def _ranked(sums: Floats, pairs: npt.NDArray[Any], ranks: Sequence[int]) -> list[float]:
    order = np.argsort(sums)
    through = np.cumsum(pairs[order])
    places = np.searchsorted(through, np.asarray(ranks, dtype=through.dtype))
    return [float(sums[order[min(int(p), sums.size - 1)]]) for p in places]
