"""One sample of numbers with its case counts."""

from collections.abc import Iterable, Sequence

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import Floats, Ints, case_counts, numbers
from iph._wide import bincount

# Whole numbers are counted when the table is not much longer than the sample.
_TABLE_FACTOR = 4
# Below this size sorting costs less than looking for something faster.
_SORT_LIMIT = 512


@attrs.frozen(kw_only=True, eq=False)
class Sample:
    """The recorded values of one variable, counted.

    Attributes
    ----------
    values : array
        Recorded values, in the order given; rows of no case are left out.
    counts : array or None
        How many cases each value stands for; None if each stands for one.
    n : int
        Number of cases recorded.
    n_missing : int
        Number of cases not recorded.
    """

    values: Floats
    counts: Ints | None
    n: int
    n_missing: int


def read_sample(
    x: npt.ArrayLike | Iterable[object],
    weights: npt.ArrayLike | Iterable[object] | None,
    name: str = "x",
) -> Sample:
    """Check one variable and count its missing values."""
    array = numbers(x, name)
    known = ~np.isnan(array)
    if weights is None:
        n = int(np.count_nonzero(known))
        values = array if n == array.size else array[known]
        return Sample(values=values, counts=None, n=n, n_missing=array.size - n)
    counts = case_counts(weights, array.size)
    kept = known & (counts > 0)
    n = int(counts[kept].sum())
    return Sample(
        values=array[kept],
        counts=counts[kept],
        n=n,
        n_missing=int(counts.sum()) - n,
    )


def is_whole(values: Floats) -> bool:
    """Return whether all values are whole numbers that floats hold exactly."""
    if values.size == 0:
        return True
    return bool(np.abs(values).max() < 2.0**53 and (values == np.floor(values)).all())


def table(sample: Sample) -> tuple[Floats, Ints]:
    """Return the distinct values in rising order and their case counts."""
    values, counts = sample.values, sample.counts
    short = _short_range(values)
    if short is not None:
        low, size = short
        codes = (values - low).astype(np.int64)
        if counts is None:
            found = bincount(codes, minlength=size)
        else:
            found = np.zeros(size, dtype=np.int64)
            np.add.at(found, codes, counts)  # exact, unlike bincount with weights
        seen = np.flatnonzero(found)
        return seen.astype(np.float64) + low, found[seen].astype(np.int64)
    distinct, inverse, rows = np.unique(values, return_inverse=True, return_counts=True)
    if counts is None:
        return distinct, rows.astype(np.int64)
    found = np.zeros(distinct.size, dtype=np.int64)
    np.add.at(found, inverse, counts)
    return distinct, found


def compact(sample: Sample) -> Sample:
    """Return a large sample of few whole numbers as its table, any other as it is."""
    if _short_range(sample.values) is None:
        return sample
    values, counts = table(sample)
    return Sample(values=values, counts=counts, n=sample.n, n_missing=sample.n_missing)


def order_statistics(sample: Sample, ranks: Sequence[int]) -> list[float]:
    """Return the order statistics of the given ranks (1 is the smallest).

    Ranks outside 1 to n are drawn to the nearest end.
    """
    inside = np.clip(np.asarray(ranks, dtype=np.int64), 1, sample.n)
    values = sample.values
    if sample.counts is None and _short_range(values) is None:
        if values.size <= _SORT_LIMIT:
            ordered = np.sort(values)
        else:
            ordered = np.partition(values, np.unique(inside - 1).astype(np.intp))
        return [float(value) for value in ordered[inside - 1]]
    distinct, found = table(sample)
    return [float(v) for v in distinct[np.searchsorted(np.cumsum(found), inside)]]


def _short_range(values: Floats) -> tuple[float, int] | None:
    """Return the lowest value and length of a table of whole numbers, if short."""
    if values.size <= _SORT_LIMIT:
        return None
    low, high = float(values.min()), float(values.max())
    span = high - low
    if not (span < _TABLE_FACTOR * values.size and is_whole(values)):
        return None
    return low, int(span) + 1
