"""A sample of which some values are known by a bound, with both of its extremes.

An order statistic rises with every value of its sample. So it is least where each value
is the least that it can be, and greatest where each is the greatest; between these two
completions of the sample it takes every value. The same holds for each sum of order
statistics with weights that are not negative, and so for quantiles.

Of ">8" no value is the least. It is held as (8, 1), just above (8, 0), and "<8" as
(8, -1), just below: in this order an order statistic reaches its limit only if it is a
pair with 0.
"""

import math
from collections.abc import Iterable
from fractions import Fraction

import attrs
import numpy as np
import numpy.typing as npt

from iph._bound import Bound
from iph._checks import Floats, Ints, case_counts, numbers
from iph.stats._description.value_range import ValueRange
from iph.stats._inference.definite_order import bounds_apart

End = tuple[float, int]
Row = tuple[float | Bound | None, ...]
_LOWEST: End = (-math.inf, 0)
_HIGHEST: End = (math.inf, 0)


@attrs.frozen(kw_only=True, eq=False)
class Extreme:
    """One completion of a sample, in rising order.

    Attributes
    ----------
    values : array
        The values.
    sides : array of int
        1 where it lies just above that number, -1 just below, 0 at it.
    through : array of int
        How many cases there are up to each.
    """

    values: Floats
    sides: Ints
    through: Ints

    def at(self, rank: int) -> End:
        """Return the order statistic of a rank, drawn to the nearest end."""
        inside = min(max(rank, 1), int(self.through[-1]))
        place = int(np.searchsorted(self.through, inside))
        return float(self.values[place]), int(self.sides[place])


@attrs.frozen(kw_only=True, eq=False)
class BoundedSample:
    """A sample between its two extremes.

    Attributes
    ----------
    least, most : Extreme
        Each value at the least, and at the greatest, that it can be.
    n, n_missing, n_bounds : int
        Cases with a value or a bound, without either, and with a bound.
    """

    least: Extreme
    most: Extreme
    n: int
    n_missing: int
    n_bounds: int

    def between(self, rank: int, share: Fraction) -> ValueRange:
        """Return a share of the way from one order statistic to the next."""
        low, includes_low = _between(self.least, rank, share)
        high, includes_high = _between(self.most, rank, share)
        return ValueRange(
            low=low,
            high=high,
            includes_low=includes_low,
            includes_high=includes_high,
        )


UNDEFINED = ValueRange(
    low=math.nan, high=math.nan, includes_low=False, includes_high=False
)


def read_bounded(
    x: npt.ArrayLike | Iterable[object],
    weights: npt.ArrayLike | Iterable[object] | None,
    name: str = "x",
) -> BoundedSample:
    """Check one variable with bounds, and count what is missing."""
    rest, bounds = bounds_apart(x, name)
    array = numbers(rest, name)
    counts = case_counts(weights, array.size)
    known = ~np.isnan(array)
    is_bound = np.zeros(array.size, dtype=bool)
    is_bound[list(bounds)] = True
    ends = np.stack([array, array])
    sides = np.zeros((2, array.size), dtype=np.int64)
    for row, one in bounds.items():
        for place, (value, side) in enumerate(ends_of(one)):
            ends[place, row], sides[place, row] = value, side
    return bounded_sample(ends, sides, counts, known | is_bound, is_bound)


def ends_of(value: float | Bound) -> tuple[End, End]:
    """Return the least and the greatest that one value can be."""
    if not isinstance(value, Bound):
        return (float(value), 0), (float(value), 0)
    beside = 0 if value.operator.endswith("=") else 1
    if value.is_upper:
        return _LOWEST, (value.value, -beside)
    return (value.value, beside), _HIGHEST


def bounded_sample(
    ends: Floats,
    sides: Ints,
    counts: Ints,
    recorded: npt.NDArray[np.bool_],
    is_bound: npt.NDArray[np.bool_],
) -> BoundedSample:
    """Return a sample from both ends of each value."""
    kept = recorded & (counts > 0)
    n = int(counts[kept].sum())
    least, most = (
        _extreme(values[kept], beside[kept], counts[kept])
        for values, beside in zip(ends, sides, strict=True)
    )
    return BoundedSample(
        least=least,
        most=most,
        n=n,
        n_missing=int(counts.sum()) - n,
        n_bounds=int(counts[kept & is_bound].sum()),
    )


def _extreme(values: Floats, sides: Ints, counts: Ints) -> Extreme:
    order = np.lexsort((sides, values))
    return Extreme(
        values=values[order], sides=sides[order], through=np.cumsum(counts[order])
    )


def _between(extreme: Extreme, rank: int, share: Fraction) -> tuple[float, bool]:
    """Return where the figure ends, and whether it can be there."""
    lower, upper = extreme.at(rank), extreme.at(rank + 1)
    used = [lower] * (share < 1) + [upper] * (share > 0)
    endless = next((value for value, _ in used if math.isinf(value)), None)
    if endless is not None:
        return endless, False
    reached = all(side == 0 for _, side in used)
    first, last = used[0][0], used[-1][0]
    if first == last:
        return first, reached
    return float((1 - share) * Fraction(first) + share * Fraction(last)), reached
