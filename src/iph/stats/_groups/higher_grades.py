"""The common odds ratio of ordered grades, exactly, from all cuts through the scale."""

import math
from collections.abc import Hashable, Iterable
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from iph import _checks
from iph._checks import Ints
from iph._labels import coded
from iph._options import each
from iph._results import Result
from iph.errors import InputError
from iph.stats._groups.odds_profile import likeliest_odds_ratio
from iph.stats._inference.margins import MarginTest, checked_margins, judged
from iph.stats._inference.tilting import Tilting
from iph.stats._tables.hypergeometric import FreeCell
from iph.stats._tables.rating_levels import level_places, ordered_levels

Grades = npt.ArrayLike | Iterable[Hashable]

_MOST_CASES = 1_000_000


@attrs.frozen(kw_only=True, eq=False)
class GradeCut(Result):
    """Two groups at one cut through the scale.

    Attributes
    ----------
    grade : object
        The lowest grade above the cut.
    above1, above2 : int
        How many of each group have this grade or a higher one.
    estimate : float
        The odds ratio of this cut, by conditional maximum likelihood; NaN if all
        patients lie on one side.
    low, high : float
        Its exact interval, at the level asked for this cut alone.
    p_value : float
        Twice the smaller tail of Fisher's test, at most 1.
    """

    grade: Any
    above1: int
    above2: int
    estimate: float
    low: float
    high: float
    p_value: float


@attrs.frozen(kw_only=True, eq=False)
class OddsOfHigherGrades(Result):
    """The common odds ratio of ordered grades.

    Attributes
    ----------
    estimate : float
        By what factor the odds of a higher grade are those of the second group, by
        maximum likelihood; NaN if all patients have one grade.
    low, high : float
        Its exact interval; NaN where no odds ratio agrees with all cuts.
    confidence_level : float
        The level of the interval.
    p_value : float
        The exact two-sided p-value of an odds ratio of 1, which agrees with the
        interval.
    cuts : tuple of GradeCut
        The odds ratio at each cut, from the lowest; under the model they differ by
        chance alone.
    method : str
        ``"exact, all cuts"``.
    levels : tuple
        The grades of the scale, from the lowest.
    n1, n2 : int
        The cases of each group.
    n : int
        The cases of both.
    n_missing : int
        The cases without a grade.
    """

    estimate: float
    low: float
    high: float
    confidence_level: float
    p_value: float
    cuts: tuple[GradeCut, ...]
    method: str
    levels: tuple[Any, ...]
    n1: int
    n2: int
    n: int
    n_missing: int


def odds_of_higher_grades(
    x: Grades,
    y: Grades,
    *,
    levels: Iterable[Hashable],
    weights: tuple[Any, Any] | None = None,
    confidence_level: float = 0.95,
) -> OddsOfHigherGrades:
    """Odds ratio of a higher grade in one group than in another, with exact interval.

    By what factor are the odds of a better grade higher with one treatment than with
    the other, in two small groups, or when one of them is better throughout?

    Parameters
    ----------
    x, y : array-like of shape (n1,) and (n2,)
        The grades of both groups; None or NaN where missing.
    levels : sequence
        All grades of the scale, from the lowest to the highest. They are declared,
        since the interval must not depend on which of them occur.
    weights : pair of array-like, optional
        Case counts of `x` and of `y` (None within the pair for ones).
    confidence_level : float, default: 0.95
        Level of the interval, between 0 and 1.

    Returns
    -------
    OddsOfHigherGrades
        With attributes ``estimate``, ``low``, ``high``, ``confidence_level``,
        ``p_value``, ``cuts`` (each with ``grade``, ``above1``, ``above2``,
        ``estimate``, ``low``, ``high`` and ``p_value``), ``method``, ``levels``,
        ``n1``, ``n2``, ``n`` and ``n_missing``. With an empty group the estimate is
        NaN, the interval goes from 0 to infinity and the p-value is 1.

    Raises
    ------
    iph.errors.InputError
        A grade is not among `levels`, there are fewer than two levels, or the weights
        do not fit.

    See Also
    --------
    proportional_odds : Adjusted for baseline; shorter intervals, approximate.
    odds_within_margins : Whether the odds ratio is within a margin.
    mann_whitney : A test without a model, which finds more.

    Notes
    -----
    The model of proportional odds says that every cut through the scale, into this
    grade or higher and lower ones, has the same odds ratio [1]_. Each cut then has an
    exact interval given its margins, that of `odds_ratio`; with k levels each is taken
    at 1 - (1 - level) / (k - 1), and the interval is what all of them have in common
    (Bonferroni). It holds at least as often as asked, in samples of any size, wherever
    the model holds; the price is its width. The p-value is k - 1 times the smallest of
    the cuts, at most 1, and is at most 1 - level exactly if the interval leaves out 1.

    Cuts that contradict each other leave nothing in common: the bounds are then NaN,
    and the model does not fit. With two levels all is as in `odds_ratio`.

    References
    ----------
    .. [1] McCullagh P. Regression models for ordinal data. J R Stat Soc B
       1980;42:109-142. :doi:`10.1111/j.2517-6161.1980.tb01109.x`

    Examples
    --------
    Grades of strength from 0 to 5 of eight patients of each of two groups, made for the
    example:

    >>> from iph.stats import odds_of_higher_grades
    >>> drained, waited = [4, 5, 3, 5, 4, 5, 5, 4], [2, 4, 3, 1, 3, 2, 3, 4]
    >>> odds = odds_of_higher_grades(drained, waited, levels=range(6))
    >>> print(f"{odds.estimate:.1f} ({odds.low:.2f} to {odds.high:.0f}), "
    ...       f"p = {odds.p_value:.3f}")
    32.8 (0.61 to 5579), p = 0.203

    Each of five cuts is allowed a fifth of the error, which eight patients a group
    hardly afford; `mann_whitney` has p = 0.008 here.
    """
    asked = _checks.level(confidence_level)
    graded = _graded(x, y, levels, weights)
    tail = (1.0 - asked) / 2.0
    cuts = [_cut(graded, place, tail) for place in range(1, len(graded.levels))]
    shared = [
        tilting.bounds(tail / len(cuts)) for tilting in map(_tilting, graded.cells)
    ]
    low = math.exp(max(bounds[0] for bounds in shared))
    high = math.exp(min(bounds[1] for bounds in shared))
    if not low <= high:
        low = high = math.nan
    return OddsOfHigherGrades(
        estimate=likeliest_odds_ratio(*graded.counts),
        low=low,
        high=high,
        confidence_level=asked,
        p_value=min(len(cuts) * min(cut.p_value for cut in cuts), 1.0),
        cuts=tuple(cuts),
        method="exact, all cuts",
        levels=graded.levels,
        n1=int(graded.counts[0].sum()),
        n2=int(graded.counts[1].sum()),
        n=int(graded.counts.sum()),
        n_missing=graded.n_missing,
    )


def odds_within_margins(
    x: Grades,
    y: Grades,
    *,
    levels: Iterable[Hashable],
    lower: float | None = None,
    upper: float | None = None,
    weights: tuple[Any, Any] | None = None,
    confidence_level: float = 0.95,
) -> MarginTest:
    """Test whether the odds of a higher grade differ by less than a factor, exactly.

    Are the odds of a better grade with the gentler treatment at least half those of the
    other (non-inferiority), or between half and twice those (equivalence)?

    Parameters
    ----------
    x, y : array-like of shape (n1,) and (n2,)
        The grades of the new treatment and of the other; None or NaN where missing.
    levels : sequence
        All grades of the scale, from the lowest to the highest.
    lower, upper : float, optional
        The margins of the odds ratio of `x` against `y`, above 0. If high grades are
        good give `lower` alone for non-inferiority, such as 0.5; if they are bad give
        `upper` alone, such as 2; for equivalence both.
    weights : pair of array-like, optional
        Case counts of `x` and of `y` (None within the pair for ones).
    confidence_level : float, default: 0.95
        Level of the interval. At .95 each one-sided test is made at .025, as usual for
        non-inferiority; .90 makes them at .05, as usual for equivalence.

    Returns
    -------
    MarginTest
        With attributes ``measure``, ``estimate``, ``low``, ``high``,
        ``confidence_level``, ``lower``, ``upper``, ``p_lower``, ``p_upper``,
        ``p_value``, ``shown``, ``method``, ``n`` and ``n_missing``. With an empty group
        the p-values are 1.

    Raises
    ------
    iph.errors.InputError
        A grade is not among `levels`, the weights do not fit, there is no margin, or a
        lower one is not below the upper one.

    See Also
    --------
    odds_of_higher_grades : The odds ratio and its interval.
    scores_within_margins : Margins in points or grades.
    shares_within_margins : A yes or no.

    Notes
    -----
    Under proportional odds each cut through the scale has an exact one-sided test that
    the odds ratio is the margin, given the margins of its table; k - 1 times the
    smallest p-value, at most 1, is that of all k - 1 cuts. The tests hold their level
    wherever the model holds, and agree with the interval of `odds_of_higher_grades`.

    References
    ----------
    .. [1] McCullagh P. Regression models for ordinal data. J R Stat Soc B
       1980;42:109-142. :doi:`10.1111/j.2517-6161.1980.tb01109.x`

    Examples
    --------
    Grades of strength from 0 to 5 of two groups, made for the example, with a margin of
    one half:

    >>> from iph.stats import odds_within_margins
    >>> drained, waited = [4, 5, 3, 5, 4, 5, 5, 4], [2, 4, 3, 1, 3, 2, 3, 4]
    >>> test = odds_within_margins(drained, waited, levels=range(6), lower=0.5)
    >>> print(f"p = {test.p_value:.4f}, shown: {test.shown}")
    p = 0.0137, shown: True
    """
    margins = checked_margins(lower, upper, 0.0, math.inf)
    found = odds_of_higher_grades(
        x, y, levels=levels, weights=weights, confidence_level=confidence_level
    )
    tiltings = list(map(_tilting, _graded(x, y, found.levels, weights).cells))
    p_lower, p_upper = (
        None
        if margin is None
        else min(len(tiltings) * min(_tail(t, margin, side) for t in tiltings), 1.0)
        for margin, side in zip(margins, (1, -1), strict=True)
    )
    return MarginTest(
        measure="odds ratio",
        estimate=found.estimate,
        low=found.low,
        high=found.high,
        confidence_level=found.confidence_level,
        lower=margins[0],
        upper=margins[1],
        **judged(p_lower, p_upper, (1.0 - found.confidence_level) / 2.0),
        method=found.method,
        n=found.n,
        n_missing=found.n_missing,
    )


@attrs.frozen(kw_only=True, eq=False)
class _Graded:
    """The grades of both groups, counted.

    Attributes
    ----------
    counts : ndarray of int, shape (2, k)
        The cases of each group and grade.
    levels : tuple
        The grades.
    n_missing : int
        The cases without one.
    """

    counts: Ints
    levels: tuple[Any, ...]
    n_missing: int

    @property
    def cells(self) -> list[FreeCell]:
        """The table of each cut, from the lowest."""
        above = self.counts[:, ::-1].cumsum(axis=1)[:, ::-1]
        found = []
        for place in range(1, len(self.levels)):
            table = (
                (int(high), int(total - high))
                for high, total in zip(above[:, place], above[:, 0], strict=True)
            )
            found.append(FreeCell.of(tuple(table)))
        return found


def _graded(x: Any, y: Any, levels: Any, weights: Any) -> _Graded:
    given = each(levels, "levels", "grades from lowest to highest")
    ordered = ordered_levels([], given)
    if len(ordered) < 2:
        raise InputError("levels", "two grades or more, the lowest first", ordered)
    place = {value: index for index, value in enumerate(ordered)}
    pair = (None, None) if weights is None else weights
    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        raise InputError("weights", "a pair, one for x and one for y", weights)
    counts = np.zeros((2, len(ordered)), dtype=np.int64)
    n_missing = 0
    for row, (name, values) in enumerate((("x", x), ("y", y))):
        codes, found = coded(values, name)
        cases = _checks.case_counts(pair[row], codes.size)
        known = codes >= 0
        at = level_places(found, place, name)[codes[known]]
        np.add.at(counts[row], at, cases[known])
        n_missing += int(cases[~known].sum())
    if counts.sum() > _MOST_CASES:
        rule = f"at most {_MOST_CASES:,} cases"
        hint = "use proportional_odds"
        raise InputError("x", rule, int(counts.sum()), hint)
    return _Graded(counts=counts, levels=ordered, n_missing=n_missing)


def _cut(graded: _Graded, place: int, tail: float) -> GradeCut:
    cell = graded.cells[place - 1]
    tilting = _tilting(cell)
    low, high = tilting.bounds(tail)
    return GradeCut(
        grade=graded.levels[place],
        above1=cell.observed,
        above2=cell.column - cell.observed,
        estimate=math.exp(tilting.likeliest()),
        low=math.exp(low),
        high=math.exp(high),
        p_value=cell.p_value("two-sided", "central"),
    )


def _tilting(cell: FreeCell) -> Tilting:
    """Return the distribution of the table of a cut, seen from that observed."""
    first, last = cell.near_observed()
    return Tilting(
        steps=np.arange(
            first - cell.observed, last - cell.observed + 1, dtype=np.float64
        ),
        logs=cell.log_weights_between(first, last),
        at=cell.observed - first,
    )


def _tail(tilting: Tilting, odds_ratio: float, side: int) -> float:
    """Return the tail from the table observed on, upward or downward."""
    chances = tilting.chances(math.log(odds_ratio))
    tail = chances[tilting.at :] if side > 0 else chances[: tilting.at + 1]
    return min(float(tail.sum()), 1.0)
