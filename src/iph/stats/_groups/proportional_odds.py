"""Grades of two groups compared by one odds ratio, adjusted for their baseline."""

import math
from collections.abc import Hashable, Iterable, Mapping
from typing import Any, Literal

import attrs
import numpy as np
import numpy.typing as npt

from iph import _checks
from iph._checks import Floats, Ints, one_of, whole
from iph._results import Result
from iph.errors import DataError, InputError, WorkError
from iph.stats._inference.fair_coin import normal_p
from iph.stats._inference.p_value import METHODS, Method, Routes, find_p_value
from iph.stats._inference.stratified_sums import (
    ScoredStratum,
    permutation_tail,
    simulated_hits,
)
from iph.stats._regression.coordinates import Coordinates, coordinates
from iph.stats._regression.covariates import complete, covariate_columns
from iph.stats._regression.cumulative_likelihood import CumulativeLikelihood
from iph.stats._regression.newton import Peak, maximum
from iph.stats._regression.separation import endless_order

Alternative = Literal["two-sided", "less", "greater"]
TwoSided = Literal["abs", "central"]

AUTO_LIMIT = 2_000_000  # steps: about a second
EXACT_LIMIT = 20_000_000  # steps: ten seconds and a gigabyte
_MOST_GRADES = 200
_STEPS_OF_SCORES = 1_000_000  # of a residual, which lies between -1 and 1
_FAR = 500.0  # of a logarithm: an odds ratio that is as good as infinite
_ENOUGH = 1e-22  # of a step along the profile

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
        the covariates alone put the grades in their order.
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
    data = _data(values, group, covariates, weights)
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


@attrs.frozen(kw_only=True, eq=False)
class _Data:
    """The complete cases.

    Attributes
    ----------
    codes : ndarray of int
        The grade of each row, from 0.
    grades : tuple of float
        The grades.
    first : ndarray of bool
        Whether the row is of the first group.
    groups : tuple
        The labels of both groups.
    x : ndarray of float, shape (n, p)
        The covariates.
    names : tuple of str
        Their names.
    counts : ndarray of int
        The cases of each row.
    n_missing : int
        The cases left out.
    """

    codes: Ints
    grades: tuple[float, ...]
    first: npt.NDArray[np.bool_]
    groups: tuple[Hashable, Hashable]
    x: Floats
    names: tuple[str, ...]
    counts: Ints
    n_missing: int


def _data(values: Any, group: Any, covariates: Any, weights: Any) -> _Data:
    measured = _checks.on_grid(_checks.numbers(values, "values"))
    member, labels = _checks.labels(group, "group")
    _checks.same_length(measured.size, member.size, "values", "group")
    cases = _checks.case_counts(weights, measured.size)
    x: Floats = np.zeros((measured.size, 0))
    names: tuple[str, ...] = ()
    if covariates is not None:
        columns = covariate_columns(covariates, measured.size, "values")
        x, names = columns.x, columns.names
    whole_rows = complete(measured, member, x)
    used = whole_rows & (cases > 0)
    seen = np.unique(member[used])
    if seen.size != 2:
        found_groups = tuple(labels[code] for code in seen.tolist())
        raise InputError("group", "two groups among the complete cases", found_groups)
    grades, codes = np.unique(measured[used], return_inverse=True)
    if grades.size < 2:
        raise DataError(
            f"all {int(cases[used].sum())} complete cases have the grade "
            f"{grades[0]:g}; there is nothing to compare"
        )
    if grades.size > _MOST_GRADES:
        raise WorkError(
            f"a proportional odds model takes at most {_MOST_GRADES} grades, got "
            f"{grades.size}; use rank_covariance"
        )
    return _Data(
        codes=codes,
        grades=tuple(grades.tolist()),
        first=member[used] == seen[0],
        groups=(labels[int(seen[0])], labels[int(seen[1])]),
        x=x[used],
        names=names,
        counts=cases[used],
        n_missing=int(cases[~whole_rows].sum()),
    )


def _null(data: _Data) -> Floats:
    """Return the residual of each row by the covariates alone."""
    if not data.names:
        likelihood = CumulativeLikelihood.of(data.x.T, data.codes, data.counts)
        return likelihood.residuals(np.zeros(likelihood.base.size))
    scale = coordinates(data.names, data.x, "the complete cases")
    likelihood = CumulativeLikelihood.of(scale.columns, data.codes, data.counts)
    peak = _peak(likelihood, scale, data.codes)
    if peak is None:
        raise DataError(
            "the covariates alone put the grades in their order, so that no model of "
            "them fits; leave one out, or use rank_covariance"
        )
    return likelihood.residuals(peak.place)


def _peak(
    likelihood: CumulativeLikelihood, scale: Coordinates, codes: Ints
) -> Peak | None:
    """Return where the likelihood is highest; None if it rises without end."""
    start = np.zeros(likelihood.base.size + len(scale.names))
    peak = maximum(likelihood, start, bent=True)
    if not peak.found:
        if endless_order(scale.scaled, codes).any():
            return None
        peak = maximum(likelihood, start)
    return peak


def _pool(data: _Data, residuals: Floats) -> ScoredStratum:
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


def _odds_ratio(data: _Data, level: float) -> dict[str, float]:
    """Return the odds ratio of the groups with its score interval."""
    x = np.column_stack((data.first.astype(np.float64), data.x))
    scale = coordinates(("group", *data.names), x, "the complete cases")
    likelihood = CumulativeLikelihood.of(scale.columns, data.codes, data.counts)
    peak = _peak(likelihood, scale, data.codes)
    score = _Score(likelihood=likelihood, row=_row(likelihood, scale))
    coefficient, error = math.nan, math.nan
    if peak is None:
        coefficient = math.copysign(math.inf, score.root(0.0))
    else:
        coefficient = float(score.row @ peak.place)
        solved = np.linalg.solve(peak.point.information, score.row)
        error = math.sqrt(float(score.row @ solved))
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


def _row(likelihood: CumulativeLikelihood, scale: Coordinates) -> Floats:
    """Return what takes a place to the coefficient of the group."""
    found: Floats = np.concatenate((np.zeros(likelihood.base.size), scale.back[0]))
    return found


def _quantile(level: float, df: int) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(df, 0.5 + level / 2.0)) if df > 0 else math.inf


@attrs.frozen(kw_only=True, eq=False)
class _Score:
    """The slope of the likelihood in one coefficient, the others at their best.

    Attributes
    ----------
    likelihood : CumulativeLikelihood
        The likelihood.
    row : ndarray of float
        What takes a place to the coefficient.
    places : dict of float to ndarray
        The places that are known, by the coefficient.
    """

    likelihood: CumulativeLikelihood
    row: Floats
    places: dict[float, Floats] = attrs.field(factory=dict)

    def root(self, coefficient: float) -> float:
        """Return the slope in standard errors; it falls as the coefficient rises."""
        along = self.row / float(self.row @ self.row)
        start = coefficient * along
        if self.places:
            near = min(self.places, key=lambda known: abs(known - coefficient))
            start = self.places[near] + (coefficient - near) * along
        free = np.linalg.qr(self.row[:, None], mode="complete")[0][:, 1:]
        peak = maximum(self.likelihood, start, free=free, enough=_ENOUGH)
        self.places[coefficient] = peak.place
        slope = peak.point.score
        size = float(slope @ np.linalg.pinv(peak.point.information) @ slope)
        return math.copysign(math.sqrt(max(size, 0.0)), float(slope @ along))

    def bound(self, best: float, reach: float, side: float) -> float:
        """Return where the slope has fallen or risen by so many standard errors."""
        from scipy.optimize import brentq

        if best == side * math.inf or math.isinf(reach):
            return side * math.inf
        inside = best if math.isfinite(best) else 0.0

        def left(coefficient: float) -> float:
            return reach + side * self.root(coefficient)

        step = 1.0
        while left(inside) <= 0.0:  # of an infinite ratio, 0 may be outside already
            inside -= side * step
            step *= 2.0
        outside, step = inside + side, 1.0
        while left(outside) > 0.0:
            inside, step = outside, 2.0 * step
            outside += side * step
            if abs(outside) > _FAR:
                return side * math.inf
        found: float = brentq(left, inside, outside, xtol=1e-13)
        return found


def likeliest_odds_ratio(first: Ints, second: Ints) -> float:
    """Return the odds ratio of two groups of counted grades; NaN without two grades."""
    used = np.flatnonzero(first + second)
    if used.size < 2 or not (first.any() and second.any()):
        return math.nan
    counts = np.concatenate((first[used], second[used]))
    kept = counts > 0
    grades = np.tile(np.arange(used.size, dtype=np.int64), 2)[kept]
    is_first = (np.arange(2 * used.size, dtype=np.int64) < used.size)[kept].astype(
        np.float64
    )
    scale = coordinates(("group",), is_first[:, None], "all")
    likelihood = CumulativeLikelihood.of(scale.columns, grades, counts[kept])
    peak = _peak(likelihood, scale, grades)
    row = _row(likelihood, scale)
    if peak is None:
        rises = _Score(likelihood=likelihood, row=row).root(0.0) > 0.0
        return math.inf if rises else 0.0
    return math.exp(float(row @ peak.place))
