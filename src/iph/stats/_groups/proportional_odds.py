"""Grades of two groups compared by one odds ratio, adjusted for their baseline."""

import math
from collections.abc import Hashable, Iterable, Mapping
from typing import Literal

import attrs
import numpy as np
import numpy.typing as npt

from iph import _checks
from iph._checks import Floats, one_of, whole
from iph._results import Result
from iph.errors import DataError
from iph.stats._groups.graded_cases import GradedCases, graded_cases
from iph.stats._groups.odds_profile import ProfileScore, group_row, highest
from iph.stats._inference.fair_coin import normal_p
from iph.stats._inference.p_value import METHODS, Method, Routes, find_p_value
from iph.stats._inference.stratified_sums import (
    ScoredStratum,
    permutation_tail,
    simulated_hits,
)
from iph.stats._regression.coordinates import coordinates
from iph.stats._regression.cumulative_likelihood import CumulativeLikelihood

Alternative = Literal["two-sided", "less", "greater"]
TwoSided = Literal["abs", "central"]

AUTO_LIMIT = 2_000_000  # steps: about a second
EXACT_LIMIT = 20_000_000  # steps: ten seconds and a gigabyte
_STEPS_OF_SCORES = 1_000_000  # of a residual, which lies between -1 and 1

Column = npt.ArrayLike | Iterable[object]


@attrs.frozen(kw_only=True, eq=False)
class ProportionalOdds(Result):
    """What a proportional odds model of two groups found.

    Attributes
    ----------
    estimate : float
        The odds ratio: by what factor the odds of a higher grade are those of the
        second group, whichever grade is the limit; 0 or infinite where the groups do
        not overlap.
    low, high : float
        Its confidence interval.
    interval : str
        ``"score"``: where the interval comes from.
    confidence_level : float
        The level of the interval.
    coefficient : float
        The logarithm of the odds ratio.
    standard_error : float
        Its standard error; NaN where the odds ratio is 0 or infinite.
    statistic : float
        The chi-square statistic of the test, of one degree of freedom; NaN if nothing
        can vary.
    z : float
        Its root, positive if the first group has higher grades than the covariates let
        expect.
    p_value : float
        The p-value for the alternative asked.
    p_low, p_high : float or None
        The 99 % interval of a simulated p-value; None if nothing was simulated.
    method : str
        How the p-value was found: ``"exact"``, ``"asymptotic"`` or ``"monte-carlo"``.
    seed : int or None
        The documented seed if a p-value was simulated without `rng`, else None.
    alternative : str
        ``"two-sided"``, ``"less"`` or ``"greater"``.
    two_sided : str
        The rule of a two-sided exact or simulated p-value: ``"abs"`` or ``"central"``.
    groups : tuple
        The labels of the first and the second group.
    grades : tuple of float
        The grades that occur, ascending.
    covariates : tuple of str
        The columns that the odds ratio is adjusted for.
    n1, n2 : int
        The cases of each group.
    n : int
        The cases used.
    n_missing : int
        The cases left out because a value was missing.
    """

    estimate: float
    low: float
    high: float
    interval: str
    confidence_level: float
    coefficient: float
    standard_error: float
    statistic: float
    z: float
    p_value: float
    p_low: float | None
    p_high: float | None
    method: str
    seed: int | None
    alternative: str
    two_sided: str
    groups: tuple[Hashable, Hashable]
    grades: tuple[float, ...]
    covariates: tuple[str, ...]
    n1: int
    n2: int
    n: int
    n_missing: int


def proportional_odds(
    values: Column,
    group: npt.ArrayLike | Iterable[Hashable],
    covariates: Mapping[str, Column] | None = None,
    *,
    method: Method = "auto",
    alternative: Alternative = "two-sided",
    two_sided: TwoSided = "abs",
    confidence_level: float = 0.95,
    weights: Column | None = None,
    rng: np.random.Generator | int | None = None,
    n_resamples: int = 10_000,
) -> ProportionalOdds:
    """Compare the grades of two groups by one odds ratio, adjusted for their baseline.

    By what factor are the odds of a better grade at one month higher with one treatment
    than with the other, given how bad each patient was at the beginning?

    Parameters
    ----------
    values : array-like of shape (n,)
        The grades of the outcome, as numbers; None or NaN where missing.
    group : array-like of shape (n,)
        The group of each patient: two labels.
    covariates : mapping of str to array-like of shape (n,), optional
        What was known before treatment: the grade at baseline, age. Numbers or yes/no
        as they are; labels become one yes/no column for each label but the first in
        sorted order. A row with any value missing is left out and counted.
    method : {"auto", "exact", "asymptotic", "monte-carlo"}, default: "auto"
        The p-value from all allocations of the patients to the groups, from the normal
        distribution, or from `n_resamples` random allocations. ``"auto"`` is exact up
        to 2,000,000 steps (about 16 against 16), else asymptotic if both groups have
        more than 200 patients, else Monte Carlo; see :doc:`the rule
        </reference/p-values>`.
    alternative : {"two-sided", "less", "greater"}, default: "two-sided"
        ``"greater"``: the first group (the first label in order) has higher grades.
    two_sided : {"abs", "central"}, default: "abs"
        What is two-sided in an exact or simulated test: allocations at least as far
        from the mean as that observed, or twice the smaller tail.
    confidence_level : float, default: 0.95
        The level of the interval.
    weights : array-like of int, shape (n,), optional
        How many cases each row stands for.
    rng : numpy.random.Generator or int, optional
        The source of random allocations; a documented seed if not given.
    n_resamples : int, default: 10,000
        How many random allocations are drawn.

    Returns
    -------
    ProportionalOdds
        With attributes ``estimate``, ``low``, ``high``, ``interval``,
        ``confidence_level``, ``coefficient``, ``standard_error``, ``statistic``, ``z``,
        ``p_value``, ``p_low``, ``p_high``, ``method``, ``seed``, ``alternative``,
        ``two_sided``, ``groups``, ``grades``, ``covariates``, ``n1``, ``n2``, ``n`` and
        ``n_missing``.

    Raises
    ------
    iph.errors.InputError
        Values that are no numbers, not two groups among the complete cases, columns of
        different length, an unknown option.
    iph.errors.DataError
        All grades are the same, a covariate is constant or follows from the others, or
        the covariates put the grades in their order, or all but do so.
    iph.errors.WorkError
        There are more than 200 grades, or ``method="exact"`` takes more than 20,000,000
        steps.

    See Also
    --------
    odds_of_higher_grades : Two groups without covariates, with an exact interval.
    rank_covariance, van_elteren : Tests without a model of the odds.
    logistic_regression : A yes or no.

    Notes
    -----
    The odds of a grade above j are ``exp(b x - a_j)`` with one b for all j [1]_: each
    cut through the scale has the same odds ratio. The estimate is that of maximum
    likelihood, as by ``polr`` of the R package MASS. The interval holds the odds ratios
    that the score test of the model does not reject, with the others at their best
    there, the n / (n - 1) of a permutation variance, and Student's quantile of n - 2
    degrees of freedom, less one for each covariate. It is defined where the groups do
    not overlap too, and approximate; how often it holds is in the documentation
    (*Coverage of the intervals*). The profile interval of other programs held as few as
    .86 in samples of 8.

    The test does not depend on the model. The model with the covariates alone leaves
    each patient with a residual: the chance of a lower grade minus that of a higher
    one. Under the hypothesis that the treatment does nothing the groups are a random
    draw of the patients, so that the residuals of the first group, summed, have a known
    distribution; randomization is all that it needs, and their rounding to a
    millionth changes nothing in that. Without covariates the residuals are ranks, and
    the test is that of Mann and Whitney [2]_. Test and interval answer by different
    rules and can disagree near the limit.

    References
    ----------
    .. [1] McCullagh P. Regression models for ordinal data. J R Stat Soc B
       1980;42:109-142. :doi:`10.1111/j.2517-6161.1980.tb01109.x`
    .. [2] Mann HB, Whitney DR. On a test of whether one of two random variables is
       stochastically larger than the other. Ann Math Stat 1947;18:50-60.
       :doi:`10.1214/aoms/1177730491`

    Examples
    --------
    Grades of twelve patients before and after two treatments, made for the example:

    >>> from iph.stats import proportional_odds
    >>> after = [4, 5, 3, 5, 4, 5, 3, 4, 2, 4, 3, 4]
    >>> before = [3, 4, 3, 4, 2, 3, 2, 3, 1, 4, 3, 2]
    >>> arm = ["new"] * 6 + ["old"] * 6
    >>> odds = proportional_odds(after, arm, {"before": before})
    >>> print(f"{odds.estimate:.1f} ({odds.low:.2f} to {odds.high:.0f}), "
    ...       f"p = {odds.p_value:.3f} ({odds.method})")
    9.9 (0.50 to 167), p = 0.162 (exact)

    The new treatment seems better, but twelve patients cannot tell it from chance.
    """
    one_of(method, "method", METHODS)
    one_of(alternative, "alternative", ("two-sided", "less", "greater"))
    one_of(two_sided, "two_sided", ("abs", "central"))
    drawn = whole(n_resamples, "n_resamples", low=1)
    level = _checks.level(confidence_level)
    data = graded_cases(values, group, covariates, weights)
    null = _null(data)
    pool = _pool(data, null)
    z = math.nan
    if pool.variance:
        excess = pool.excess
        z = math.copysign(math.sqrt(excess * excess / pool.variance), excess)
    n1, n2 = pool.size, pool.n - pool.size
    found = find_p_value(
        method,
        Routes(
            exact=lambda limit: permutation_tail(
                [pool], limit, "proportional odds test"
            ).p_value(alternative, two_sided),
            limits=(AUTO_LIMIT, EXACT_LIMIT),
            drawn=lambda random: simulated_hits([pool], drawn, random).p_value(
                alternative, two_sided
            ),
            asymptotic=lambda: normal_p(z, alternative),
            smallest=min(n1, n2),
            cases=n1 + n2,
        ),
        rng,
    )
    return ProportionalOdds(
        **_odds_ratio(data, level),
        interval="score",
        confidence_level=level,
        statistic=z * z,
        z=z,
        p_value=found.p_value,
        p_low=found.p_low,
        p_high=found.p_high,
        method=found.method,
        seed=found.seed,
        alternative=alternative,
        two_sided=two_sided,
        groups=data.groups,
        grades=data.grades,
        covariates=data.names,
        n1=n1,
        n2=n2,
        n=n1 + n2,
        n_missing=data.n_missing,
    )


def _null(data: GradedCases) -> Floats:
    """Return the residual of each row by the covariates alone."""
    if not data.names:
        likelihood = CumulativeLikelihood.of(data.x.T, data.codes, data.counts)
        return likelihood.residuals(np.zeros(likelihood.base.size))
    scale = coordinates(data.names, data.x, "the complete cases")
    likelihood = CumulativeLikelihood.of(scale.columns, data.codes, data.counts)
    peak = highest(likelihood, scale, data.codes)
    if peak is None:
        raise DataError(
            "the covariates alone put the grades in their order, so that no model of "
            "them fits; leave one out, or use rank_covariance"
        )
    return likelihood.residuals(peak.place)


def _pool(data: GradedCases, residuals: Floats) -> ScoredStratum:
    """Return the distinct residuals in whole steps, with their counts.

    Without covariates they are whole numbers of patients over all patients.
    """
    size = _STEPS_OF_SCORES if data.names else int(data.counts.sum())
    steps = np.rint(residuals * size).astype(np.int64)
    scores, place = np.unique(steps, return_inverse=True)
    counts = np.zeros(scores.size, dtype=np.int64)
    chosen = np.zeros(scores.size, dtype=np.int64)
    np.add.at(counts, place, data.counts)
    np.add.at(chosen, place, data.counts * data.first)
    return ScoredStratum(
        scores=scores.tolist(), counts=counts.tolist(), chosen=chosen.tolist()
    )


def _odds_ratio(data: GradedCases, level: float) -> dict[str, float]:
    """Return the odds ratio of the groups with its score interval."""
    x = np.column_stack((data.first.astype(np.float64), data.x))
    scale = coordinates(("group", *data.names), x, "the complete cases")
    likelihood = CumulativeLikelihood.of(scale.columns, data.codes, data.counts)
    peak = highest(likelihood, scale, data.codes)
    score = ProfileScore(likelihood=likelihood, row=group_row(likelihood, scale))
    coefficient, error = math.nan, math.nan
    if peak is None:
        coefficient = math.copysign(math.inf, score.root(0.0))
    else:
        coefficient = float(score.row @ peak.place)
        error = _standard_error(peak.point.information, score.row)
        score.places[coefficient] = peak.place
    n = int(data.counts.sum())
    reach = _quantile(level, n - 2 - len(data.names)) * math.sqrt(n / (n - 1.0))
    low, high = (score.bound(coefficient, reach, side) for side in (-1.0, 1.0))
    with np.errstate(over="ignore"):
        estimate, low, high = np.exp([coefficient, low, high]).tolist()
    return {
        "estimate": estimate,
        "low": low,
        "high": high,
        "coefficient": coefficient,
        "standard_error": error,
    }


def _standard_error(information: Floats, row: Floats) -> float:
    """Return the standard error of the group; refuse a likelihood that is flat."""
    try:
        variance = float(row @ np.linalg.solve(information, row))
    except np.linalg.LinAlgError:
        variance = math.nan
    if not 0.0 < variance < math.inf:
        raise DataError(
            "the likelihood is flat where it is highest: these cases do not tell the "
            "groups from the covariates; leave one out, or use rank_covariance"
        )
    return math.sqrt(variance)


def _quantile(level: float, df: int) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(df, 0.5 + level / 2.0)) if df > 0 else math.inf
