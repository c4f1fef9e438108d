"""Rank analysis of covariance of two groups: grades compared at equal baseline."""

import math
from collections.abc import Hashable, Iterable, Mapping
from fractions import Fraction
from typing import Any, Literal

import attrs
import numpy as np
import numpy.typing as npt

from iph import _checks
from iph._checks import one_of, whole
from iph._labels import coded
from iph._results import Result
from iph.errors import DataError, InputError
from iph.stats._groups.ranks import rank_table
from iph.stats._inference.fair_coin import normal_p
from iph.stats._inference.p_value import METHODS, Method, Routes, find_p_value
from iph.stats._inference.stratified_sums import (
    ScoredStratum,
    permutation_tail,
    simulated_hits,
)
from iph.stats._regression.covariates import complete, covariate_columns

Alternative = Literal["two-sided", "less", "greater"]
TwoSided = Literal["abs", "central"]

AUTO_LIMIT = 2_000_000  # steps: about a second
EXACT_LIMIT = 20_000_000  # steps: ten seconds and a gigabyte


@attrs.frozen(kw_only=True, eq=False)
class RankCovariance(Result):
    """What a rank analysis of covariance found.

    Attributes
    ----------
    statistic : float
        The chi-square statistic of one degree of freedom; NaN if nothing can vary.
    z : float
        Its root, positive if the first group tends to be higher than its baseline lets
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
    mean_residuals : tuple of float
        The mean of each group's residuals, in ranks of the outcome.
    n1, n2 : int
        The cases of each group.
    n : int
        The cases used.
    n_missing : int
        The cases left out because a value was missing.
    """

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
    mean_residuals: tuple[float, float]
    n1: int
    n2: int
    n: int
    n_missing: int


def rank_covariance(
    values: npt.ArrayLike | Iterable[object],
    group: npt.ArrayLike | Iterable[Hashable],
    covariates: Mapping[str, npt.ArrayLike | Iterable[object]],
    *,
    method: Method = "auto",
    alternative: Alternative = "two-sided",
    two_sided: TwoSided = "abs",
    rng: np.random.Generator | int | None = None,
    n_resamples: int = 10_000,
) -> RankCovariance:
    """Compare the grades of two randomized groups, adjusted for their baseline.

    Does strength at one month differ between two treatments, given how strong each
    patient was at the beginning?

    Parameters
    ----------
    values : array-like of shape (n,)
        The grades, scores or measures of the outcome; None or NaN where missing.
    group : array-like of shape (n,)
        The group of each patient: two labels.
    covariates : mapping of str to array-like of shape (n,)
        What was known before treatment: the grade at baseline, age. Numbers are ranked;
        labels become one yes/no column for each label but the first in sorted order.
    method : {"auto", "exact", "asymptotic", "monte-carlo"}, default: "auto"
        The p-value from all allocations of the patients to the groups, from the normal
        distribution, or from `n_resamples` random allocations. ``"auto"`` is exact up
        to 2,000,000 steps (about 20 against 20), else asymptotic if both groups have
        more than 200 patients, else Monte Carlo; see :doc:`the rule
        </reference/p-values>`.
    alternative : {"two-sided", "less", "greater"}, default: "two-sided"
        ``"greater"``: the first group (the first label in order) tends to have higher
        values than its baseline lets expect.
    two_sided : {"abs", "central"}, default: "abs"
        What is two-sided in an exact or simulated test: allocations at least as far
        from zero, or twice the smaller tail.
    rng : numpy.random.Generator or int, optional
        Generator or seed of a simulated p-value; needed by ``"monte-carlo"``, while
        ``"auto"`` does with a documented seed.
    n_resamples : int, default: 10_000
        Random allocations of a Monte Carlo test.

    Returns
    -------
    RankCovariance
        With attributes ``statistic``, ``z``, ``p_value``, ``p_low``, ``p_high``,
        ``method``, ``seed``, ``alternative``, ``two_sided``, ``groups``,
        ``mean_residuals``, ``n1``, ``n2``, ``n`` and ``n_missing``. If the covariates
        tell the outcome without rest the exact p-value is 1, the asymptotic one NaN.

    Raises
    ------
    iph.errors.InputError
        Values that are no numbers, columns of unequal length, an unknown option, or
        other than two groups among the complete cases.
    iph.errors.DataError
        A covariate is constant, or its ranks follow from those of the others.
    iph.errors.WorkError
        ``method="exact"`` would take more than 20,000,000 steps.

    See Also
    --------
    mann_whitney : Without a covariate.
    van_elteren : Compared only with those of the same baseline grade.

    Notes
    -----
    Outcome and covariates are ranked among all patients of both groups, the ranks of
    the outcome are regressed on those of the covariates without looking at the groups,
    and the residuals are compared [1]_. Treatments that were drawn by lot could have
    been drawn otherwise while outcome and baseline stayed as they are, if treatment
    does nothing; the p-value counts these allocations exactly, whether or not the
    regression fits [2]_. The residuals are held as fractions, so no two of them are
    told apart by rounding. The statistic is ``(n - 1) R^2`` of the residuals on the
    group, that of Koch's randomization test; Quade compares the same residuals by an F
    test. Where groups were not randomized, residuals of unlike groups do not adjust for
    what made them unlike.

    References
    ----------
    .. [1] Quade D. Rank analysis of covariance. J Am Stat Assoc 1967;62:1187-1200.
       :doi:`10.1080/01621459.1967.10500925`
    .. [2] Koch GG, Tangen CM, Jung JW, Amara IA. Issues for covariance analysis of
       dichotomous and ordered categorical data from randomized clinical trials and
       non-parametric strategies for addressing them. Stat Med 1998;17:1863-1892.
       :doi:`10.1002/(SICI)1097-0258(19980815/30)17:15/16<1863::AID-SIM989>3.0.CO;2-M`

    Examples
    --------
    Grades of twelve patients before and after two treatments, made for the example:

    >>> from iph.stats import mann_whitney, rank_covariance
    >>> after = [4, 5, 3, 5, 4, 5, 3, 4, 2, 4, 3, 4]
    >>> before = [3, 4, 1, 4, 2, 3, 2, 3, 1, 4, 3, 4]
    >>> arm = ["new"] * 6 + ["old"] * 6
    >>> test = rank_covariance(after, arm, {"before": before})
    >>> plain = mann_whitney(after[:6], after[6:])
    >>> print(f"p = {test.p_value:.3f} ({test.method}); unadjusted {plain.p_value:.3f}")
    p = 0.006 (exact); unadjusted 0.119
    """
    one_of(method, "method", METHODS)
    one_of(alternative, "alternative", ("two-sided", "less", "greater"))
    one_of(two_sided, "two_sided", ("abs", "central"))
    drawn = whole(n_resamples, "n_resamples", low=1)
    measured = _checks.numbers(values, "values")
    member, labels = coded(group, "group")
    _checks.same_length(measured.size, member.size, "values", "group")
    columns = covariate_columns(covariates, measured.size, "values")
    used = complete(measured, member, columns.x)
    seen = np.unique(member[used])
    if seen.size != 2:
        found_groups = tuple(labels[code] for code in seen.tolist())
        raise InputError("group", "two groups among the complete cases", found_groups)
    first = member[used] == seen[0]
    ranks = [_ranks(columns.x[used, j]) for j in range(len(columns.names))]
    residuals, unit = _residuals(_ranks(measured[used]), ranks, columns.names)
    pool = _pool(residuals, first)
    z = math.nan
    if pool.variance:
        excess = pool.excess
        z = math.copysign(math.sqrt(excess * excess / pool.variance), excess)
    n1, n2 = int(first.sum()), int((~first).sum())
    found = find_p_value(
        method,
        Routes(
            exact=lambda limit: permutation_tail(
                [pool], limit, "rank analysis of covariance"
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
    return RankCovariance(
        statistic=z * z,
        z=z,
        p_value=found.p_value,
        p_low=found.p_low,
        p_high=found.p_high,
        method=found.method,
        seed=found.seed,
        alternative=alternative,
        two_sided=two_sided,
        groups=(labels[int(seen[0])], labels[int(seen[1])]),
        mean_residuals=(
            float(pool.observed * unit / n1),
            float((pool.total - pool.observed) * unit / n2),
        ),
        n1=n1,
        n2=n2,
        n=n1 + n2,
        n_missing=int((~used).sum()),
    )


def _ranks(column: Any) -> list[int]:
    """Return twice the mid-ranks minus their mean."""
    table = rank_table([column])
    moved = table.scores - (table.n + 1)
    _, code = np.unique(_checks.on_grid(column), return_inverse=True)
    found: list[int] = moved[code].tolist()
    return found


def _residuals(
    outcome: list[int], covariates: list[list[int]], names: tuple[str, ...]
) -> tuple[list[int], Fraction]:
    """Return the residuals of the regression as whole numbers, and their unit.

    Covariate by covariate what the earlier ones tell of it is taken away (Gram and
    Schmidt, in fractions), so that each coefficient is a quotient of two sums.
    """
    basis: list[list[Fraction]] = []
    left = [Fraction(value) for value in outcome]
    for name, column in zip(names, covariates, strict=True):
        own = [Fraction(value) for value in column]
        if not any(own):
            raise DataError(f"covariate {name} is constant; leave it out")
        for other in basis:
            own = _without(own, other)
        if not any(own):
            raise DataError(
                f"the ranks of covariate {name} follow from those of the others; leave "
                "it out"
            )
        basis.append(own)
        left = _without(left, own)
    under = math.lcm(*(value.denominator for value in left))
    found = [int(value * under) for value in left]
    step = math.gcd(*found) or 1
    return [value // step for value in found], Fraction(step, 2 * under)


def _without(column: list[Fraction], other: list[Fraction]) -> list[Fraction]:
    """Take away from a column what another tells of it."""
    along = sum((a * b for a, b in zip(column, other, strict=True)), Fraction(0))
    square = sum((b * b for b in other), Fraction(0))
    share = along / square
    return [a - share * b for a, b in zip(column, other, strict=True)]


def _pool(residuals: list[int], first: npt.NDArray[np.bool_]) -> ScoredStratum:
    """Return the distinct residuals with their counts."""
    distinct = sorted(set(residuals))
    place = {value: index for index, value in enumerate(distinct)}
    counts, chosen = [0] * len(distinct), [0] * len(distinct)
    for value, own in zip(residuals, first.tolist(), strict=True):
        counts[place[value]] += 1
        chosen[place[value]] += own
    return ScoredStratum(scores=distinct, counts=counts, chosen=chosen)
