"""What shares and their comparison could have been, had nobody been missing."""

import math
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import Floats, level, one_of, unmasked
from iph._options import each
from iph._results import Result
from iph.errors import InputError, WorkError
from iph.stats._inference.result import read_only
from iph.stats._tables.cross_table import Table, cases_of, cross_table
from iph.stats._tables.fisher import TWO_SIDED, TwoSided
from iph.stats._tables.hypergeometric import FreeCell

_MOST_WAYS = 10_000  # of two groups; some seconds


@attrs.frozen(kw_only=True, eq=False)
class MissingWay(Result):
    """One way the missing patients of two groups could have gone.

    Attributes
    ----------
    first, second : int
        How many of the missing of each group have the outcome.
    p_value : float
        The p-value then.
    difference : float
        The difference of the shares then, first group minus second.
    """

    first: int
    second: int
    p_value: float
    difference: float


@attrs.frozen(kw_only=True, eq=False)
class MissingBounds(Result):
    """What a comparison of two shares comes to in all ways the missing could have gone.

    Attributes
    ----------
    difference : float
        The difference of the shares of those seen; NaN if a group has nobody.
    difference_lowest, difference_highest : float
        The least and the largest difference of all patients.
    p_value : float
        The p-value of those seen; NaN if nobody was.
    p_lowest, p_highest : float
        The least and the largest p-value of all patients.
    p_values : ndarray of float, shape (m1 + 1, m2 + 1)
        The p-value of each way: by row, how many of the missing of the first group have
        the outcome, by column, how many of the second.
    alpha : float
        What a p-value must not exceed for a difference to be concluded.
    robust : bool
        Whether the conclusion from those seen is the same in all ways.
    tipping : MissingWay or None
        The way with another conclusion in which the fewest missing patients went
        otherwise than those seen of their group; None if there is none.
    boundary : tuple of tuple of tuple of int
        The table where the conclusion tips: for each number of the first group's
        missing with the outcome, the stretches (from, to) of the second group's number
        in which a difference is concluded; empty where there is none.
    n_ways, n_ways_significant : int
        All ways, and those in which a difference is concluded.
    method : str
        The test.
    n : int
        The patients of both groups who were seen.
    n_missing : int
        The patients of both groups who were not.
    """

    difference: float
    difference_lowest: float
    difference_highest: float
    p_value: float
    p_lowest: float
    p_highest: float
    p_values: Floats
    alpha: float
    robust: bool
    tipping: MissingWay | None
    boundary: tuple[tuple[tuple[int, int], ...], ...]
    n_ways: int
    n_ways_significant: int
    method: str
    n: int
    n_missing: int


def missing_bounds(
    table: Table,
    missing: npt.ArrayLike | Iterable[object],
    *,
    two_sided: TwoSided = "probability",
    alpha: float = 0.05,
) -> MissingBounds:
    """Compare two shares in all ways the missing patients could have gone.

    Does the difference stand whatever became of those lost to follow-up, and if not,
    how many of them would have to have gone otherwise for the conclusion to tip?

    Parameters
    ----------
    table : array-like of shape (2, 2)
        The counts ``[[a, b], [c, d]]`` of the patients seen: one row a group, the first
        column those with the outcome.
    missing : array-like of shape (2,)
        The patients of each group who were not seen. The dead are not missing: they
        have an outcome, or the question is asked of the living.
    two_sided : {"probability", "central"}, default: "probability"
        What is two-sided in Fisher's test; see `fisher_exact`.
    alpha : float, default: 0.05
        A difference is concluded if the p-value is at most this.

    Returns
    -------
    MissingBounds
        With attributes ``difference``, ``difference_lowest``, ``difference_highest``,
        ``p_value``, ``p_lowest``, ``p_highest``, ``p_values``, ``alpha``, ``robust``,
        ``tipping`` (with ``first``, ``second``, ``p_value``, ``difference``),
        ``boundary``, ``n_ways``, ``n_ways_significant``, ``method``, ``n`` and
        ``n_missing``.

    Raises
    ------
    iph.errors.InputError
        The table is not 2 x 2 counts, `missing` not two counts, or alpha not between 0
        and 1.
    iph.errors.WorkError
        More than 10,000 ways, as with 100 missing in each group.

    See Also
    --------
    share_bounds : One group.
    fisher_exact, risk_difference : The comparison of those seen.

    Notes
    -----
    Fisher's exact test is made of each table that the missing could have completed.
    `tipping` is the nearest way with another conclusion: the sum over both groups of
    how far the number of missing with the outcome is from what the share of those seen
    lets expect. If even that is hard to believe, the missing do not matter for the
    conclusion. Of yes/no outcomes such a table of tipping points shows, without any
    model, how far a conclusion depends on the missing [1]_.

    References
    ----------
    .. [1] Campbell G, Pennello G, Yue L. Missing data in the regulation of medical
       devices. J Biopharm Stat 2011;21:180-195. :doi:`10.1080/10543406.2011.550094`

    Examples
    --------
    Recovery in 10 of 11 patients seen of one group and in 3 of 10 of another, and two
    and three lost:

    >>> from iph.stats import missing_bounds
    >>> found = missing_bounds([[10, 1], [3, 7]], [2, 3])
    >>> print(f"p = {found.p_value:.3f}; {found.p_lowest:.4f} to {found.p_highest:.3f} "
    ...       f"in {found.n_ways} ways")
    p = 0.008; 0.0010 to 0.226 in 12 ways
    >>> tip = found.tipping
    >>> assert tip is not None  # else the conclusion stands in all ways
    >>> print(f"tips if {tip.first} of 2 and {tip.second} of 3 recovered, "
    ...       f"p = {tip.p_value:.3f}")
    tips if 0 of 2 and 2 of 3 recovered, p = 0.111
    """
    one_of(two_sided, "two_sided", TWO_SIDED)
    cut = level(alpha, "alpha")
    counts = cross_table(table, two_by_two=True)
    m1, m2 = _two_counts(missing)
    ways = (m1 + 1) * (m2 + 1)
    if ways > _MOST_WAYS:
        raise WorkError(
            f"{m1} and {m2} missing patients can go {ways:,} ways, more than "
            f"{_MOST_WAYS:,}; a comparison that misses so many is not to be mended"
        )

    def p_of(i: int, j: int) -> float:
        return _p_value(_completed(counts, (m1, m2), (i, j)), two_sided)

    grid = np.array([[p_of(i, j) for j in range(m2 + 1)] for i in range(m1 + 1)])
    concluded = grid <= cut
    seen = _p_value(counts, two_sided)
    other = ~concluded if seen <= cut else concluded
    tipping = None
    if other.any():
        i, j = _nearest(counts, (m1, m2), other)
        tipping = MissingWay(
            first=i,
            second=j,
            p_value=float(grid[i, j]),
            difference=_difference(_completed(counts, (m1, m2), (i, j))),
        )
    return MissingBounds(
        difference=_difference(counts),
        difference_lowest=_difference(_completed(counts, (m1, m2), (0, m2))),
        difference_highest=_difference(_completed(counts, (m1, m2), (m1, 0))),
        p_value=seen,
        p_lowest=float(grid.min()),
        p_highest=float(grid.max()),
        p_values=read_only(grid),
        alpha=cut,
        robust=tipping is None,
        tipping=tipping,
        boundary=tuple(_stretches(row.tolist()) for row in concluded),
        n_ways=ways,
        n_ways_significant=int(concluded.sum()),
        method=f"Fisher's exact test, {two_sided}",
        n=sum(map(sum, counts)),
        n_missing=m1 + m2,
    )


_Cells = tuple[tuple[int, ...], ...]
_Pair = tuple[int, int]


def _two_counts(missing: Any) -> tuple[int, int]:
    values = unmasked(missing)
    listed = each(values, "missing", "two counts, one a group")
    if len(listed) != 2:
        raise InputError("missing", "two counts, one a group", missing)
    first, second = (cases_of(v, f"missing[{g}]") for g, v in enumerate(listed))
    return first, second


def _completed(
    counts: _Cells, missing: tuple[int, int], yes: tuple[int, int]
) -> _Cells:
    """Return the table with the missing, so many of them with the outcome."""
    return tuple(
        (row[0] + k, row[1] + m - k)
        for row, m, k in zip(counts, missing, yes, strict=True)
    )


def _p_value(counts: _Cells, two_sided: str) -> float:
    if not any(map(sum, counts)):
        return math.nan
    return FreeCell.of(counts).p_value("two-sided", two_sided)


def _difference(counts: _Cells) -> float:
    (a, b), (c, d) = counts
    if not a + b or not c + d:
        return math.nan
    return float(Fraction(a, a + b) - Fraction(c, c + d))


def _nearest(
    counts: _Cells, missing: tuple[int, int], other: npt.NDArray[np.bool_]
) -> tuple[int, int]:
    """Return the way nearest to what those seen let expect; the first of several."""
    expected = [
        Fraction(row[0] * m, sum(row)) if sum(row) else None
        for row, m in zip(counts, missing, strict=True)
    ]

    def distance(way: tuple[int, int]) -> Fraction:
        gaps = zip(way, expected, strict=True)
        return sum((abs(k - e) for k, e in gaps if e is not None), Fraction(0))

    found: list[tuple[int, int]] = [(i, j) for i, j in np.argwhere(other).tolist()]
    return min(found, key=distance)


def _stretches(concluded: list[bool]) -> tuple[tuple[int, int], ...]:
    """Return the stretches of places that are true, first and last of each."""
    edges = np.diff([0, *map(int, concluded), 0])
    starts, stops = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) - 1
    return tuple(zip(starts.tolist(), stops.tolist(), strict=True))
