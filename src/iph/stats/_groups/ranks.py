"""Independent samples as a table of counts, ranked in exact integers.

Every rank test of independent groups depends on its data only through this table: the
distinct values, how often each group took them, and the mid-ranks that follow. Twice a
mid-rank is a whole number, so rank sums, tie corrections and variances stay exact
however many cases there are; a float appears only in the last division.

Values known by a bound alone are ranked where the order is sure, else scored; then the
table holds the scores in the place of ranks, and a test of sums of ranks is one of sums
of scores.
"""

import functools
from collections.abc import Iterable, Sequence
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import case_counts, numbers, on_grid
from iph._wide import bincount
from iph.errors import InputError
from iph.stats._inference.definite_order import (
    as_places,
    bounds_apart,
    limits_of,
    scored,
    unordered,
)

Ints = npt.NDArray[np.int64]
Samples = Sequence[npt.ArrayLike | Iterable[object]]

_WHOLE_FLOATS = 2**53  # beyond it not every whole number is a float
_INT64_SAFE = 2**62
_FEW_CELLS = 10_000  # of a table of counts that costs next to nothing


@attrs.frozen(kw_only=True, eq=False, slots=False)
class RankTable:
    """Distinct values of all groups, their counts by group, and their mid-ranks.

    Attributes
    ----------
    values : numpy.ndarray of shape (m,)
        The distinct values, ascending.
    groups : tuple of (places, cases)
        Of each group: the places of its values among all, and how many cases have
        each. Kept by group, many groups of measured values need no table of all by all.
    n_missing : int
        The cases left out because their value was missing.
    n_bounds : int
        The cases that are known by a bound alone.
    bound_rule : str or None
        How those were ranked, in words; None without bounds.
    given_scores : numpy.ndarray of shape (m,) or None
        The score of each distinct value, on the scale of twice the mid-rank, where the
        order of bounds is not sure; the values are then these scores.
    """

    values: npt.NDArray[Any]
    groups: tuple[tuple[Ints | slice, Ints], ...]
    n_missing: int
    n_bounds: int = 0
    bound_rule: str | None = None
    given_scores: Ints | None = None

    @functools.cached_property
    def counts(self) -> Ints:
        """How many cases of each group have each value: values in rows."""
        found = np.zeros((self.values.size, len(self.groups)), dtype=np.int64)
        for j, (places, cases) in enumerate(self.groups):
            found[places, j] = cases
        return found

    @functools.cached_property
    def sizes(self) -> tuple[int, ...]:
        """The number of cases of each group."""
        return tuple(int(cases.sum()) for _, cases in self.groups)

    @functools.cached_property
    def n(self) -> int:
        """The number of cases."""
        return sum(self.sizes)

    @functools.cached_property
    def ties(self) -> Ints:
        """The number of cases at each distinct value."""
        found = np.zeros(self.values.size, dtype=np.int64)
        for places, cases in self.groups:
            found[places] += cases
        return found

    @functools.cached_property
    def scores(self) -> Ints:
        """Twice the mid-rank of each distinct value, or the score in its place."""
        if self.given_scores is not None:
            return self.given_scores
        through = np.cumsum(self.ties)
        found: Ints = 2 * through - self.ties + 1
        return found

    @functools.cached_property
    def tie_sum(self) -> int:
        """The sum of t**3 - t over the distinct values, as an exact integer."""
        largest = int(self.ties.max(initial=0))
        if largest**3 * self.ties.size < _INT64_SAFE:
            return int((self.ties**3 - self.ties).sum())
        return sum(t**3 - t for t in self.ties.tolist())

    @functools.cached_property
    def spread(self) -> int:
        """Three times the sum of squares of the scores around N + 1, exactly.

        It is N**3 - N - `tie_sum` if they are twice the mid-ranks.
        """
        if self.given_scores is None:
            return self.n**3 - self.n - self.tie_sum
        pairs = zip(self.given_scores.tolist(), self.ties.tolist(), strict=True)
        squares: int = sum(t * (score - self.n - 1) ** 2 for score, t in pairs)
        return 3 * squares

    @functools.cached_property
    def score_sums(self) -> tuple[int, ...]:
        """Twice the rank sum of each group."""
        if self.n * self.n < _INT64_SAFE:
            return tuple(
                int(self.scores[places] @ cases) for places, cases in self.groups
            )
        return tuple(
            sum(s * c for s, c in zip(scores, counts, strict=True))
            for scores, counts in (
                (self.scores[places].tolist(), cases.tolist())
                for places, cases in self.groups
            )
        )

    @property
    def mean_ranks(self) -> tuple[float, ...]:
        """The mean mid-rank of each group; NaN where the group is empty."""
        return tuple(
            total / (2 * size) if size else float("nan")
            for total, size in zip(self.score_sums, self.sizes, strict=True)
        )

    @property
    def is_untied(self) -> bool:
        """Whether all ranks from 1 to N are taken."""
        return self.given_scores is None and self.values.size == self.n

    @property
    def is_constant(self) -> bool:
        """Whether fewer than two distinct values were seen."""
        return self.values.size < 2


def rank_table(
    samples: Samples,
    weights: Sequence[Any] | None = None,
    names: Sequence[str] | None = None,
    *,
    scores: bool = False,
) -> RankTable:
    """Count the samples by distinct value.

    Parameters
    ----------
    samples : sequence of array-like
        The values of each group, bounds among them, NaN or None where missing.
    weights : sequence of array-like, optional
        The case counts of each group, one vector a sample (None for ones).
    names : sequence of str, optional
        What the samples are called in messages; ``samples[0]`` and so on if not given.
    scores : bool
        Whether scores do where the order of bounds is not sure; else they are refused.

    Returns
    -------
    RankTable
    """
    names = names or [f"samples[{index}]" for index in range(len(samples))]
    if weights is None:
        weights = [None] * len(samples)
    elif isinstance(weights, (str, bytes)) or not isinstance(weights, Sequence):
        raise InputError(
            "weights",
            "a sequence of count vectors, one for each sample",
            type(weights).__name__,
        )
    if len(weights) != len(samples):
        raise InputError(
            "weights",
            f"one vector of case counts for each of the {len(samples)} samples",
            f"{len(weights)} vectors",
        )
    apart = [bounds_apart(s, n) for s, n in zip(samples, names, strict=True)]
    bounds = [found for _, found in apart]
    columns = [_column(s, n) for (s, _), n in zip(apart, names, strict=True)]
    if any(bounds):
        *columns, limits = _tying([*columns, limits_of(bounds)])
        columns = as_places(columns, bounds, limits)
    else:
        columns = _tying(columns)
    cases = [
        None if w is None else case_counts(w, column.size, f"weights[{index}]")
        for index, (w, column) in enumerate(zip(weights, columns, strict=True))
    ]
    n_missing = 0
    for index, column in enumerate(columns):
        if column.dtype.kind != "f":
            continue
        missing = np.isnan(column)
        if missing.any():
            vector = cases[index]
            n_missing += int((missing if vector is None else vector[missing]).sum())
            columns[index] = column[~missing]
            cases[index] = None if vector is None else vector[~missing]
    values, groups = _counted(columns, cases)
    table = RankTable(values=values, groups=groups, n_missing=n_missing)
    if not any(bounds) or not values.size:
        return table
    return _by_score(table, " and ".join(names), scores=scores)


def _by_score(table: RankTable, names: str, *, scores: bool) -> RankTable:
    """Merge places of values and bounds that have one score."""
    found = scored(table.values, table.ties)
    if not (found.is_ranking or scores):
        raise unordered(names)
    levels, level = np.unique(found.scores, return_inverse=True)
    groups = []
    for places, cases in table.groups:
        own, merged = np.unique(level[places], return_inverse=True)
        sums = bincount(merged, weights=cases, minlength=own.size)
        groups.append((own, sums.astype(np.int64)))
    return RankTable(
        values=levels,
        groups=tuple(groups),
        n_missing=table.n_missing,
        n_bounds=found.n_bounds,
        bound_rule=found.rule,
        given_scores=None if found.is_ranking else levels,
    )


def _column(sample: npt.ArrayLike | Iterable[object], name: str) -> npt.NDArray[Any]:
    """Return numbers that need no check as they are, others as checked floats."""
    if type(sample) is np.ndarray and sample.ndim == 1 and sample.size:  # not masked
        if sample.dtype.kind in "iu" and sample.dtype != np.uint64:
            return sample
        # The extremes are finite only if nothing is missing or infinite.
        if (
            sample.dtype == np.float64
            and np.isfinite([sample.min(), sample.max()]).all()
        ):
            return sample
    return numbers(sample, name)


def _tying(columns: list[npt.NDArray[Any]]) -> list[npt.NDArray[Any]]:
    """Put the values of all groups on one grid, so that measured decimals tie."""
    if all(column.dtype.kind != "f" for column in columns):
        return columns
    largest = max(
        (
            float(np.nanmax(np.abs(column), initial=0))
            for column in columns
            if column.size
        ),
        default=0.0,
    )
    return [
        on_grid(column, largest) if column.dtype.kind == "f" else column
        for column in columns
    ]


_Groups = tuple[tuple[Ints | slice, Ints], ...]


def _counted(
    columns: list[npt.NDArray[Any]], cases: list[Ints | None]
) -> tuple[npt.NDArray[Any], _Groups]:
    filled = [column for column in columns if column.size]
    if not filled:
        nothing = slice(None), np.zeros(0, dtype=np.int64)
        return np.empty(0), (nothing,) * len(columns)
    low = min(column.min().item() for column in filled)
    high = max(column.max().item() for column in filled)
    size = sum(column.size for column in filled)
    width = int(high) - int(low) + 1
    cells = width * len(columns)
    if cells <= max(_FEW_CELLS, 4 * size) and max(-low, high) < _WHOLE_FLOATS:
        counts = _tallied(columns, cases, int(low), width)
        if counts is not None:
            values = np.arange(int(low), int(low) + width, dtype=np.int64)
            seen = counts.any(axis=1)
            if not seen.all():
                values, counts = values[seen], counts[seen]
            return values, tuple((slice(None), column) for column in counts.T)
    return _sorted_counts(columns, cases)


def _tallied(
    columns: list[npt.NDArray[Any]], cases: list[Ints | None], start: int, width: int
) -> Ints | None:
    """Count whole numbers without sorting; None when a value is no whole number."""
    counts = np.empty((width, len(columns)), dtype=np.int64)
    for j, (column, vector) in enumerate(zip(columns, cases, strict=True)):
        cut = column.astype(np.int64, copy=False)
        if column.dtype.kind == "f" and not np.array_equal(cut, column):
            return None
        if start:
            cut = cut - start  # not in place: it may be the caller's array
        counts[:, j] = bincount(cut, weights=vector, minlength=width)
    return counts


def _sorted_counts(
    columns: list[npt.NDArray[Any]], cases: list[Ints | None]
) -> tuple[npt.NDArray[Any], _Groups]:
    distinct: list[npt.NDArray[Any]] = []
    tallies: list[Ints] = []
    for column, vector in zip(columns, cases, strict=True):
        if vector is None:
            found, tally = np.unique(column, return_counts=True)
        else:
            found, codes = np.unique(column, return_inverse=True)
            sums = bincount(codes, weights=vector, minlength=found.size)
            tally = sums.astype(np.int64)
            found, tally = found[tally > 0], tally[tally > 0]
        distinct.append(found)
        tallies.append(tally.astype(np.int64, copy=False))
    values = np.unique(np.concatenate(distinct))
    places = [np.searchsorted(values, found) for found in distinct]
    return values, tuple(zip(places, tallies, strict=True))
