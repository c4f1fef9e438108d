"""Differences of paired grades, with ties decided as a reader would.

1.3 - 1.2 and 2.3 - 2.2 differ as floats, and a rank test that compares them sees no
tie. Values that were written with up to nine decimals are therefore subtracted as whole
numbers of their last decimal.
"""

from collections.abc import Iterable
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import Floats, Ints, case_counts, numbers, same_length

Column = npt.ArrayLike | Iterable[object]

_MOST_DECIMALS = 9
_EXACT_FLOATS = 2.0**53


@attrs.frozen(kw_only=True, eq=False)
class SizedDifferences:
    """Differences counted by their size.

    Attributes
    ----------
    positive, negative : numpy.ndarray
        How many pairs have each distinct nonzero size, in rising order of size, with a
        positive and with a negative difference.
    n_zero : int
        The pairs without a difference.
    n, n_missing : int
        The pairs with both values, and without.
    """

    positive: Ints
    negative: Ints
    n_zero: int
    n: int
    n_missing: int


def sized_differences(x: Column, y: Column | None, weights: Any) -> SizedDifferences:
    """Count the differences x - y (or x itself, if y is None) by size and sign."""
    first = numbers(x, "x")
    difference = first
    if y is not None:
        second = numbers(y, "y")
        same_length(first.size, second.size, "x", "y")
        difference = _subtracted(first, second)
    counts = case_counts(weights, first.size)
    known = ~np.isnan(difference)
    n = int(counts[known].sum())
    kept = known & (counts > 0) & (difference != 0.0)
    sizes, which = np.unique(np.abs(difference[kept]), return_inverse=True)
    signed = np.zeros((2, sizes.size), dtype=np.int64)
    np.add.at(signed, ((difference[kept] < 0.0).astype(np.int64), which), counts[kept])
    return SizedDifferences(
        positive=signed[0],
        negative=signed[1],
        n_zero=n - int(signed.sum()),
        n=n,
        n_missing=int(counts.sum()) - n,
    )


def _subtracted(x: Floats, y: Floats) -> Floats:
    both = np.concatenate([x, y])
    known = both[~np.isnan(both)]
    largest = float(np.abs(known).max(initial=0.0))
    for decimals in range(_MOST_DECIMALS + 1):
        scale = 10.0**decimals
        if largest * scale >= _EXACT_FLOATS:
            break
        # The quotient of two exact floats is the float nearest to that decimal number,
        # so equality means: this is how the decimal is stored.
        if np.array_equal(np.rint(known * scale) / scale, known):
            difference: Floats = np.rint(x * scale) - np.rint(y * scale)
            return difference
    plain: Floats = x - y
    return plain
