"""The smallest p-value that so few patients can give."""

from collections import Counter
from collections.abc import Hashable, Iterable
from math import comb, factorial, prod

import attrs
import numpy.typing as npt

from iph._checks import one_of
from iph._results import Result
from iph.errors import DataError, InputError
from iph.stats._survival.logrank import TwoSided
from iph.stats._survival.logrank_permutation import all_forms
from iph.stats._survival.logrank_scores import StratumScores, pools
from iph.stats._survival.logrank_terms import (
    Kind,
    at_least_two,
    strata_tables,
    weighting,
)
from iph.stats._survival.survival_table import survival_rows

_MOST_CASES = 100_000


@attrs.frozen(kw_only=True, eq=False)
class AttainableP(Result):
    """The smallest p-value that an exact log-rank test of these patients can give.

    Attributes
    ----------
    p_value : float
        That p-value; 1 if all allocations are alike.
    n_extreme : int
        The allocations that give it.
    n_allocations : int
        All allocations of the patients to groups of these sizes.
    two_sided : str
        The two-sided rule.
    kind : str
        The weights of the event times.
    method : str
        ``"exact"``.
    n : int
        The cases used.
    n_missing : int
        The cases left out because a value was missing.
    """

    p_value: float
    n_extreme: int
    n_allocations: int
    two_sided: str
    kind: str
    method: str
    n: int
    n_missing: int


def smallest_attainable_p(
    time: npt.ArrayLike | Iterable[object],
    event: npt.ArrayLike | Iterable[object],
    group: npt.ArrayLike | Iterable[Hashable],
    *,
    weights: npt.ArrayLike | Iterable[object] | None = None,
    strata: npt.ArrayLike | Iterable[Hashable] | None = None,
    kind: Kind = "logrank",
    rho: float = 0.0,
    gamma: float = 0.0,
    two_sided: TwoSided = "abs",
) -> AttainableP:
    """Tell how small the p-value of an exact log-rank test could become.

    Could these patients, with these days and group sizes, show a difference at all,
    even if the groups had recovered one after the other?

    Parameters
    ----------
    time : array-like of shape (n,)
        Days under observation, 0 or more; None or NaN where missing.
    event : array-like of bool, shape (n,)
        Whether the event was seen on that day (False: censored); only yes/no is taken.
    group : array-like of shape (n,)
        The group of each patient; only the sizes of the groups matter.
    weights : array-like of int, shape (n,), optional
        How many cases each row stands for.
    strata : array-like of shape (n,), optional
        Patients are exchanged only within their stratum.
    kind, rho, gamma : str, float, float
        The weights of the event times, as for `logrank`.
    two_sided : {"abs", "central"}, default: "abs"
        The two-sided rule, as for `logrank`.

    Returns
    -------
    AttainableP
        With attributes ``p_value``, ``n_extreme``, ``n_allocations``, ``two_sided``,
        ``kind``, ``method``, ``n`` and ``n_missing``.

    Raises
    ------
    iph.errors.InputError
        Events that are not yes/no, fewer than two groups, columns that do not fit.
    iph.errors.WorkError
        More than two groups with too many allocations to look through.
    iph.errors.DataError
        More than two groups with strata; more than 100,000 patients.

    See Also
    --------
    logrank : The test itself.

    Notes
    -----
    The exact test has finitely many p-values. The most extreme allocation of two groups
    puts the patients with the largest (or smallest) scores into one of them, and ties
    at the border can be dealt in several ways. If the smallest p-value is above the
    level of the test, the study cannot reject whatever happened [1]_.

    References
    ----------
    .. [1] Tarone RE. A modified Bonferroni method for discrete data. Biometrics
       1990;46:515-522. :doi:`10.2307/2531456`

    Examples
    --------
    Three patients against three, all recovered on different days:

    >>> from iph.stats import smallest_attainable_p
    >>> found = smallest_attainable_p([3, 5, 8, 11, 14, 20], [True] * 6, list("ababab"))
    >>> print(f"{found.n_extreme} of {found.n_allocations}: p = {found.p_value:.2f}")
    2 of 20: p = 0.10

    No result of such a study is below 0.1.
    """
    one_of(two_sided, "two_sided", ("abs", "central"))
    rule = weighting(kind, rho, gamma)
    rows = survival_rows(time, event, group=group, weights=weights, strata=strata)
    at_least_two(rows.groups)
    scores = pools(strata_tables(rows), rule)
    _refuse_too_many(rows.n)
    total = prod(_allocations(pool) for pool in scores)
    if len(rows.groups) > 2:
        if two_sided != "abs":
            raise InputError("two_sided", '"abs" with more than two groups', two_sided)
        extreme = _several_groups(scores)
    else:
        extreme = _two_groups(scores, two_sided)
    extreme = min(extreme, total)
    return AttainableP(
        p_value=extreme / total,
        n_extreme=extreme,
        n_allocations=total,
        two_sided=two_sided,
        kind=kind,
        method="exact",
        n=rows.n,
        n_missing=rows.n_missing,
    )


def _refuse_too_many(n: int) -> None:
    if n > _MOST_CASES:
        message = (
            f"{n} patients can be allocated in more ways than are worth counting; with "
            "so many the smallest p-value is 0 in print"
        )
        raise DataError(message)


def _allocations(pool: StratumScores) -> int:
    """Return the number of ways to deal the patients to groups of these sizes."""
    return factorial(pool.n) // prod(map(factorial, pool.sizes))


def _two_groups(scores: list[StratumScores], two_sided: str) -> int:
    """Count the allocations that give the smallest p-value (doubled if central)."""
    tops = [_top(pool, 1) for pool in scores]
    bottoms = [_top(pool, -1) for pool in scores]
    # The scores sum to zero, so zero is the mean of the statistic.
    high, low = sum(value for value, _ in tops), sum(value for value, _ in bottoms)
    most, least = prod(ways for _, ways in tops), prod(ways for _, ways in bottoms)
    if two_sided == "central":
        return 2 * min(most, least)
    if high == low:
        return _allocations_all(scores)
    if high == -low:
        return most + least
    return most if high > -low else least


def _allocations_all(scores: list[StratumScores]) -> int:
    return prod(_allocations(pool) for pool in scores)


def _top(pool: StratumScores, sign: int) -> tuple[int, int]:
    """Return the largest (or smallest) sum of the first group, and its ways."""
    merged: Counter[int] = Counter()
    for score, count in zip(pool.scores, pool.counts, strict=True):
        merged[score] += count
    left, summed, ways = pool.sizes[0], 0, 1
    for score in sorted(merged, reverse=sign > 0):
        taken = min(left, merged[score])
        ways *= comb(merged[score], taken)
        summed += score * taken
        left -= taken
    return summed, ways


def _several_groups(scores: list[StratumScores]) -> int:
    if len(scores) > 1:
        message = (
            "the smallest p-value of more than two groups is only known without "
            "strata; leave strata out, or compare two groups"
        )
        raise DataError(message)
    forms, ways = all_forms(scores[0])
    most = max(forms)
    return sum(way for way, form in zip(ways, forms, strict=True) if form == most)
