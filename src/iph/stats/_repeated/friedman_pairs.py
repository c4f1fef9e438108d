"""Which visits differ from which, after a Friedman test."""

import itertools
import math
from collections.abc import Hashable, Iterable, Sequence
from fractions import Fraction
from typing import Literal

import attrs
import numpy.typing as npt

from iph._checks import Floats, Ints, of_one_table, one_of
from iph._options import each, switch
from iph._results import Result
from iph.errors import InputError
from iph.stats._inference.adjust import ADJUSTMENTS, Adjustment, adjust_p_values
from iph.stats._inference.tails import normal_two_sided
from iph.stats._repeated.repeated_grades import (
    Rows,
    column_sums,
    ratings,
    signed_ranks,
    sum_of_squares,
)
from iph.stats._repeated.signed_rank import wilcoxon_signed_rank

PairTest = Literal["siegel", "conover", "wilcoxon"]


@attrs.frozen(kw_only=True, eq=False)
class FriedmanComparison(Result):
    """Two visits compared by `friedman_pairs`.

    Attributes
    ----------
    first, second : hashable
        The two visits: their labels, or their columns counted from 0.
    mean_rank_difference : float
        The mean rank of the first visit minus that of the second, ranked within
        patients over all visits.
    statistic : float
        z (``"siegel"``), t (``"conover"``), or the sum of positive ranks of first minus
        second (``"wilcoxon"``).
    p_value : float
        Two-sided, not adjusted.
    p_adjusted : float
        Adjusted for the number of comparisons.
    test, adjust : str
        The rules chosen.
    method : str
        ``"asymptotic"``, or ``"exact"`` where Wilcoxon's test was counted.
    n : int
        The patients seen at every visit, who alone are used.
    n_missing : int
        The patients with a missed visit, who are left out.
    """

    first: Hashable
    second: Hashable
    mean_rank_difference: float
    statistic: float
    p_value: float
    p_adjusted: float
    test: str
    adjust: str
    method: str
    n: int
    n_missing: int


@attrs.frozen
class _Pair:
    statistic: float
    p_value: float
    method: str = "asymptotic"


@of_one_table
def friedman_pairs(
    rows: Rows,
    *,
    weights: npt.ArrayLike | Iterable[object] | None = None,
    test: PairTest = "siegel",
    adjust: Adjustment = "holm",
    tie_correction: bool = True,
    labels: Sequence[Hashable] | None = None,
) -> tuple[FriedmanComparison, ...]:
    """Compare every two visits of the same patients.

    Grades differ between visits (see `friedman`): from which visit to which do they?

    Parameters
    ----------
    rows : array-like of shape (patients, visits)
        The grades, at least two visits; None or NaN where a visit was missed.
    weights : array-like of int, optional
        How many patients each row stands for.
    test : {"siegel", "conover", "wilcoxon"}, default: "siegel"
        Differences of mean ranks against the normal distribution [1]_ or against
        Student's t [2]_, or Wilcoxon's signed-rank test of each pair of columns.
    adjust : {"holm", "bonferroni", "benjamini-hochberg", "none"}, default: "holm"
        How the p-values are adjusted for the number of comparisons; see
        `adjust_p_values`.
    tie_correction : bool, default: True
        Whether the variance of ``"siegel"`` takes account of ties. False gives the
        formula as printed in [1]_, which SPSS also prints as the pairwise comparisons
        of its Friedman test; under ties its p-values are too large.
    labels : sequence of hashable, optional
        The names of the visits; their columns counted from 0 if not given.

    Returns
    -------
    tuple of FriedmanComparison
        The pairs (0, 1), (0, 2), ..., (1, 2), ...; each with attributes ``first``,
        ``second``, ``mean_rank_difference``, ``statistic``, ``p_value``,
        ``p_adjusted``, ``test``, ``adjust``, ``method``, ``n`` and ``n_missing``.

    Raises
    ------
    iph.errors.InputError
        The rows are no table of numbers with two or more columns, or the labels do not
        fit them.

    See Also
    --------
    friedman : The test of all visits together.
    wilcoxon_signed_rank : The test of two visits.

    Notes
    -----
    With n complete patients, k visits, mid-ranks r within patients and rank sums R:

    - Siegel: ``z = (R_i - R_j) / sqrt(2 S / (k - 1))``, where S is the sum of
      ``(r - (k + 1) / 2)^2`` over the table; without ties the root is
      ``sqrt(n k (k + 1) / 6)``.
    - Conover: ``t = (R_i - R_j) / sqrt(2 (n A - sum R^2) / ((n - 1) (k - 1)))`` with
      A the sum of r^2 and (n - 1)(k - 1) degrees of freedom. It is valid only after a
      significant Friedman test and does not by itself hold the level.
    - Wilcoxon: exact where feasible, zero differences dropped (`wilcoxon_signed_rank`
      with its default options). Unlike the others it needs grades whose differences
      can be compared in size.

    If all patients have the same order, Conover's root is 0: t is then infinite and p
    is 0 for visits that differ. A pair that cannot be tested has NaN and does not count
    in the adjustment.

    References
    ----------
    .. [1] Siegel S, Castellan NJ. Nonparametric statistics for the behavioral sciences.
       2nd ed. McGraw-Hill 1988, section 7.2.
    .. [2] Conover WJ. Practical nonparametric statistics. 3rd ed. Wiley 1999,
       section 5.8.

    Examples
    --------
    >>> from iph.stats import friedman_pairs
    >>> pain = [[8, 5, 1], [7, 6, 2], [9, 4, 4], [6, 7, 3], [8, 8, 2], [7, 3, 0]]
    >>> for pair in friedman_pairs(pain, labels=("baseline", "week 1", "month 1")):
    ...     print(f"{pair.first} - {pair.second}: z = {pair.statistic:.2f}, "
    ...           f"p = {pair.p_value:.4f}, Holm {pair.p_adjusted:.4f}")
    baseline - week 1: z = 1.06, p = 0.2913, Holm 0.2913
    baseline - month 1: z = 3.02, p = 0.0026, Holm 0.0077
    week 1 - month 1: z = 1.96, p = 0.0500, Holm 0.1000
    """
    table = ratings(rows, weights)
    one_of(test, "test", ("siegel", "conover", "wilcoxon"))
    one_of(adjust, "adjust", ADJUSTMENTS)
    tie_correction = switch(tie_correction, "tie_correction")
    names: Sequence[Hashable] = range(table.visits)
    if labels is not None:
        names = each(labels, "labels", "names of the visits")
    if len(names) != table.visits:
        raise InputError("labels", f"one for each of {table.visits} visits", labels)
    values, counts = table.complete()
    signed = signed_ranks(values)
    sums, n = column_sums(signed, counts), table.n_complete
    columns = list(itertools.combinations(range(table.visits), 2))
    if test == "wilcoxon":
        pairs = [_wilcoxon(values, counts, i, j) for i, j in columns]
    elif test == "siegel":
        pairs = _siegel(signed, counts, sums, columns, ties=tie_correction)
    else:
        pairs = _conover(signed, counts, sums, columns)
    adjusted = adjust_p_values([pair.p_value for pair in pairs], method=adjust)
    return tuple(
        FriedmanComparison(
            first=names[i],
            second=names[j],
            mean_rank_difference=(sums[i] - sums[j]) / (2 * n) if n else math.nan,
            statistic=pair.statistic,
            p_value=pair.p_value,
            p_adjusted=q,
            test=test,
            adjust=adjust,
            method=pair.method,
            n=n,
            n_missing=table.n_incomplete,
        )
        for (i, j), pair, q in zip(columns, pairs, adjusted, strict=True)
    )


def _wilcoxon(values: Floats, counts: Ints, i: int, j: int) -> _Pair:
    found = wilcoxon_signed_rank(values[:, i], values[:, j], weights=counts)
    return _Pair(found.statistic, found.p_value, found.method)


def _siegel(
    signed: Ints,
    counts: Ints,
    sums: tuple[int, ...],
    columns: list[tuple[int, int]],
    *,
    ties: bool,
) -> list[_Pair]:
    n, k = int(counts.sum()), len(sums)
    # Four times the variance of a difference of rank sums.
    variance = Fraction(2 * sum_of_squares(signed, counts), k - 1)
    if not ties:
        variance = Fraction(2 * n * k * (k + 1), 3)
    scores = [_ratio(sums[i] - sums[j], variance) for i, j in columns]
    return [_Pair(z, normal_two_sided(z)) for z in scores]


def _conover(
    signed: Ints, counts: Ints, sums: tuple[int, ...], columns: list[tuple[int, int]]
) -> list[_Pair]:
    from scipy.special import stdtr

    n, k = int(counts.sum()), len(sums)
    df = (n - 1) * (k - 1)
    if df < 1:
        return [_Pair(math.nan, math.nan)] * len(columns)
    left = n * sum_of_squares(signed, counts) - sum(s * s for s in sums)
    scores = [_ratio(sums[i] - sums[j], Fraction(2 * left, df)) for i, j in columns]
    return [_Pair(t, 2.0 * float(stdtr(df, -abs(t)))) for t in scores]


def _ratio(difference: int, variance: Fraction) -> float:
    """Return difference / root of variance; infinite or NaN where there is no root."""
    if variance == 0:
        return math.copysign(math.inf, difference) if difference else math.nan
    return math.copysign(math.sqrt(Fraction(difference**2) / variance), difference)
