"""The ANOVA-type statistic: repeated grades ranked together, missed visits allowed."""

import math
from collections.abc import Iterable

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import of_one_table
from iph._results import Result
from iph.stats._repeated.overall_ranks import (
    LEAST,
    box,
    box_p_value,
    centering,
    covariance_of_means,
    overall_scores,
)
from iph.stats._repeated.repeated_grades import Rows, ratings


@attrs.frozen(kw_only=True, eq=False)
class AnovaTypeStatistic(Result):
    """What `anova_type_statistic` found.

    Attributes
    ----------
    statistic : float
        The ANOVA-type statistic; NaN if it is undefined.
    df : float
        Its first degrees of freedom, not whole; the second are infinite.
    p_value : float
        The probability of such a statistic or a larger one if the distribution of the
        grades does not change between visits.
    method : str
        Where the p-value comes from: ``"box"``, the approximation of Box.
    relative_effects : tuple of float
        Of each visit, the probability that a grade of it is higher than one drawn from
        all visits together (ties count half); 0.5 if visits do not matter. NaN if
        nobody was seen.
    n_at_visit : tuple of int
        The patients who were seen at each visit.
    n : int
        The patients used: all who were seen at least once.
    n_incomplete : int
        The patients among them with a missed visit, whom Friedman's test would drop.
    n_missing : int
        The patients left out, who were never seen.
    """

    statistic: float
    df: float
    p_value: float
    method: str
    relative_effects: tuple[float, ...]
    n_at_visit: tuple[int, ...]
    n: int
    n_incomplete: int
    n_missing: int


@of_one_table
def anova_type_statistic(
    rows: Rows,
    *,
    weights: npt.ArrayLike | Iterable[object] | None = None,
) -> AnovaTypeStatistic:
    """Test whether grades of the same patients change, keeping those who missed visits.

    Does strength change in the course of follow-up, and by how much, when some patients
    were not seen at every visit? All grades of all visits are ranked together, so that
    the size of a change counts and not only its direction within each patient; every
    grade that was recorded is used.

    Parameters
    ----------
    rows : array-like of shape (patients, visits)
        The grades, at least two visits; None or NaN where a visit was missed.
    weights : array-like of int, optional
        How many patients each row stands for.

    Returns
    -------
    AnovaTypeStatistic
        With attributes ``statistic``, ``df``, ``p_value``, ``method``,
        ``relative_effects``, ``n_at_visit``, ``n``, ``n_incomplete`` and ``n_missing``.
        Statistic, ``df`` and p-value are NaN if a visit has fewer than two patients, or
        if the ranks leave no variance to judge the change by (all grades equal, or
        the same change in every patient).

    Raises
    ------
    iph.errors.InputError
        The rows are no table of numbers with two or more columns.

    See Also
    --------
    group_by_visit : The same for two or more groups of patients.
    skillings_mack : Ranks within each patient; missed visits allowed as well.
    friedman : Ranks within each patient seen at every visit.

    Notes
    -----
    The hypothesis is that the grades of all visits have one distribution. With N grades
    in all and the mean mid-rank R of a visit, its relative effect is
    ``(R - 1/2) / N`` [1]_. The statistic is the sum of the squared distances of the
    relative effects from their mean, divided by what it would be on average without
    change: the trace of ``P S``, where S is the covariance of the mean ranks estimated
    from the patients and P takes out the mean. Following Box, the statistic times f is
    taken for a chi-square with f degrees of freedom,
    ``f = trace(P S)**2 / trace(P S P S)``; that is the statistic for an F with f and
    infinitely many. From about ten patients on it keeps its level, which a Wald
    statistic does not [1]_; but a very small p-value of few patients is not to be taken
    by its digits.

    Of two visits with a and b patients, c of them seen at both, the products of the
    deviations of their ranks are divided by ``(a - 1) (b - 1) + c - 1`` [2]_, which is
    n (n - 1) where nobody missed a visit. The numbers are those of ``ld.f1`` in the R
    package ``nparLD`` [3]_. As with any test that takes missing visits for granted,
    they must not have been missed because of the grade.

    References
    ----------
    .. [1] Brunner E, Domhof S, Langer F. Nonparametric analysis of longitudinal data in
       factorial experiments. New York: Wiley; 2002.
    .. [2] Domhof S, Brunner E, Osgood DW. Rank procedures for repeated measures with
       missing values. Sociol Methods Res 2002;30:367-393.
    .. [3] Noguchi K, Gel YR, Brunner E, Konietschke F. nparLD: an R software package
       for the nonparametric analysis of longitudinal data in factorial experiments.
       J Stat Softw 2012;50(12). :doi:`10.18637/jss.v050.i12`

    Examples
    --------
    Pain of nine patients at admission, after a week and after a month:

    >>> from iph.stats import anova_type_statistic
    >>> pain = [
    ...     [6, 5, 4], [4, 5, 3], [7, 4, None], [3, 3, 3], [5, 6, 2], [6, None, 5],
    ...     [2, 4, 3], [5, 3, 1], [6, None, None],
    ... ]
    >>> test = anova_type_statistic(pain)
    >>> print(f"ATS {test.statistic:.2f}, df {test.df:.2f}, p = {test.p_value:.3f}")
    ATS 5.00, df 1.99, p = 0.007
    >>> [round(effect, 2) for effect in test.relative_effects]
    [0.64, 0.53, 0.29]
    >>> print(f"{test.n} patients, of whom {test.n_incomplete} missed a visit")
    9 patients, of whom 3 missed a visit
    """
    table = ratings(rows, weights)
    known = ~np.isnan(table.values)
    used = known.any(axis=1) & (table.counts > 0)
    values, known, counts = table.values[used], known[used], table.counts[used]
    n = int(counts.sum())
    at_visit = counts @ known
    effects = np.full(table.visits, math.nan)
    statistic = df = p_value = math.nan
    if n:
        scores = overall_scores(values, known, counts)
        total = int(at_visit.sum())
        with np.errstate(invalid="ignore"):  # a visit at which nobody was seen
            means = (counts @ scores) / at_visit
        # Twice the mid-ranks lie between 2 and 2 N.
        effects = (means - 1.0) / (2 * total)
        if at_visit.min() >= LEAST:
            covariance = covariance_of_means(scores, means, known, counts)
            statistic, df = box(means, covariance, centering(table.visits))
            p_value = box_p_value(statistic, df)
    complete = int(counts[known.all(axis=1)].sum())
    return AnovaTypeStatistic(
        statistic=statistic,
        df=df,
        p_value=p_value,
        method="box",
        relative_effects=tuple(effects.tolist()),
        n_at_visit=tuple(at_visit.tolist()),
        n=n,
        n_incomplete=n - complete,
        n_missing=int(table.counts.sum()) - n,
    )
