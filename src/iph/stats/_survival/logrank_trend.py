"""The log-rank test for a trend over ordered groups."""

import math
from collections.abc import Hashable, Iterable, Sequence
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import Floats, numbers, one_of, same_length
from iph._options import resamples
from iph._results import Result
from iph.errors import DataError, InputError
from iph.stats._inference.tails import normal_two_sided, normal_upper
from iph.stats._survival.logrank import TwoSided
from iph.stats._survival.logrank_imputed import imputed_p
from iph.stats._survival.logrank_method import (
    ALTERNATIVES,
    METHODS,
    Alternative,
    Method,
    auto_choice,
    permutable,
    source,
)
from iph.stats._survival.logrank_permutation import exact_p, trend_drawn_p, trend_p
from iph.stats._survival.logrank_scores import StratumScores, pools
from iph.stats._survival.logrank_terms import (
    Kind,
    at_least_two,
    moments,
    strata_tables,
    weighting,
)
from iph.stats._survival.survival_table import survival_rows


@attrs.frozen(kw_only=True, eq=False)
class LogrankTrend(Result):
    """What a log-rank test for trend found.

    Attributes
    ----------
    statistic : float
        The chi-square statistic with one degree of freedom; NaN if the data cannot
        tell the groups apart.
    z : float
        Its signed root: above 0 if groups with higher scores have more events.
    df : int
        1; 0 if the statistic is NaN.
    p_value : float
        The probability of a statistic at least as extreme if the groups do not differ.
    p_low, p_high : float or None
        The 99 % interval of a simulated p-value; None if nothing was simulated.
    observed, expected : tuple of float
        Events of each group seen, and expected if the groups do not differ, weighted.
    groups : tuple
        The labels of the groups, in the order of `group_scores`.
    group_scores : tuple of float
        The score of each group.
    method : str
        How the p-value was found: ``"asymptotic"``, ``"exact"``, ``"monte-carlo"`` or
        ``"imputed"``.
    equal_follow_up : bool or None
        Whether ``"auto"`` took the groups as followed alike; None for a method by name.
    caution : str
        What is doubtful about the method that ``"auto"`` took; empty if nothing.
    seed : int or None
        The documented seed if it was used.
    alternative : str
        The side of the test.
    two_sided : str
        The two-sided rule of the exact and of the simulated test.
    kind : str
        The weights of the event times.
    n : int
        The cases used.
    n_missing : int
        The cases left out because a value was missing.
    """

    statistic: float
    z: float
    df: int
    p_value: float
    p_low: float | None
    p_high: float | None
    observed: tuple[float, ...]
    expected: tuple[float, ...]
    groups: tuple[Any, ...]
    group_scores: tuple[float, ...]
    method: str
    equal_follow_up: bool | None
    caution: str
    seed: int | None
    alternative: str
    two_sided: str
    kind: str
    n: int
    n_missing: int


def logrank_trend(
    time: npt.ArrayLike | Iterable[object],
    event: npt.ArrayLike | Iterable[object],
    group: npt.ArrayLike | Iterable[Hashable],
    *,
    group_scores: Sequence[float] | None = None,
    weights: npt.ArrayLike | Iterable[object] | None = None,
    strata: npt.ArrayLike | Iterable[Hashable] | None = None,
    entry: npt.ArrayLike | Iterable[object] | None = None,
    kind: Kind = "logrank",
    rho: float = 0.0,
    gamma: float = 0.0,
    method: Method = "auto",
    equal_follow_up: bool | None = None,
    alternative: Alternative = "two-sided",
    two_sided: TwoSided = "abs",
    rng: "np.random.Generator | int | None" = None,
    n_resamples: int = 10_000,
) -> LogrankTrend:
    """Test whether the rate of an event rises or falls over ordered groups.

    Do patients recover the later, the more severe their deficit was at baseline?

    Parameters
    ----------
    time : array-like of shape (n,)
        Days under observation, 0 or more; None or NaN where missing.
    event : array-like of bool, shape (n,)
        Whether the event was seen on that day (False: censored); only yes/no is taken.
    group : array-like of shape (n,)
        The group of each patient; the groups are taken in the order of their labels.
    group_scores : sequence of float, optional
        One number a group, in the order of their labels; 1, 2, 3 ... if not given.
    weights : array-like of int, shape (n,), optional
        How many cases each row stands for.
    strata : array-like of shape (n,), optional
        Patients are compared only with patients of the same stratum.
    entry : array-like of float, shape (n,), optional
        The day from which each patient was under observation.
    kind, rho, gamma : str, float, float
        The weights of the event times, as for `logrank`.
    method, equal_follow_up : str, bool
        How the p-value is found, as for `logrank`; ``"asymptotic"`` is R's.
    alternative : {"two-sided", "less", "greater"}, default: "two-sided"
        ``"greater"`` if groups with higher scores have the event earlier.
    two_sided, rng, n_resamples : str, generator, int
        As for `logrank`.

    Returns
    -------
    LogrankTrend
        With attributes ``statistic``, ``z``, ``df``, ``p_value``, ``p_low``,
        ``p_high``, ``observed``, ``expected``, ``groups``, ``group_scores``,
        ``method``, ``equal_follow_up``, ``caution``, ``seed``, ``alternative``,
        ``two_sided``, ``kind``, ``n`` and ``n_missing``.

    Raises
    ------
    iph.errors.InputError
        Events that are not yes/no, fewer than two groups, scores that do not fit.
    iph.errors.WorkError
        ``method="exact"`` above the limit of its work.
    iph.errors.DataError
        ``method="exact"`` with strata and more than two groups.

    See Also
    --------
    logrank : Against any difference between groups.

    Notes
    -----
    With scores s and observed minus expected events U of covariance V, the statistic is
    (s'U)^2 / s'Vs [1]_. It does not change if the scores are shifted or multiplied. The
    exact and the simulated test permute the scores of the patients, the imputed one
    their event times, as in `logrank`; `statistic` and `z` stay those given here.

    References
    ----------
    .. [1] Tarone RE. Tests for trend in life table analysis. Biometrika
       1975;62:679-690. :doi:`10.1093/biomet/62.3.679`

    Examples
    --------
    >>> from iph.stats import logrank_trend
    >>> days = [5, 8, 12, 9, 14, 20, 16, 25, 30]
    >>> recovered = [True, True, True, True, True, False, True, True, False]
    >>> grade = [1, 1, 1, 2, 2, 2, 3, 3, 3]
    >>> test = logrank_trend(days, recovered, grade)
    >>> print(f"z = {test.z:.2f}, p = {test.p_value:.3f} ({test.method})")
    z = -2.47, p = 0.018 (imputed)

    The higher the grade at baseline, the later the recovery.
    """
    one_of(method, "method", METHODS)
    one_of(alternative, "alternative", ALTERNATIVES)
    one_of(two_sided, "two_sided", ("abs", "central"))
    drawn = resamples(n_resamples)
    rule = weighting(kind, rho, gamma)
    rows = survival_rows(
        time, event, group=group, weights=weights, entry=entry, strata=strata
    )
    at_least_two(rows.groups)
    scores = _scores(group_scores, len(rows.groups))
    tables = strata_tables(rows)
    choice = (
        auto_choice(tables, rule, equal_follow_up=equal_follow_up, entry=entry)
        if method == "auto"
        else None
    )
    used = method if choice is None else choice.method
    if used != "asymptotic":
        permutable(entry, used, len(tables))
    sums = moments(tables, rule)
    gaps = np.subtract.outer(scores, scores)
    # Each pair of groups stands twice in the matrix.
    variance = float((sums.exchanges * gaps * gaps).sum()) / 2.0
    z = math.nan
    if variance > 0.0:
        z = float(scores @ (sums.observed - sums.expected)) / math.sqrt(variance)
    simulated: Any = None
    seed = None
    sides = (alternative, two_sided)
    if used == "exact":
        p_value = _exact_p(pools(tables, rule), scores, sides)
    elif used == "asymptotic":
        p_value = _normal_p(z, alternative)
    else:
        generator, seed = source(rng, method)
        if used == "imputed":
            simulated = imputed_p(
                tables[0],
                rule,
                scores,
                sides=sides,
                n_resamples=drawn,
                rng=generator,
                progress=None,
            )
        else:
            cut = pools(tables, rule, cut=True)
            simulated = trend_drawn_p(cut, scores, sides, drawn, generator)
        p_value = simulated.p_value
    return LogrankTrend(
        statistic=z * z,
        z=z,
        df=0 if math.isnan(z) else 1,
        p_value=p_value,
        p_low=None if simulated is None else simulated.p_low,
        p_high=None if simulated is None else simulated.p_high,
        observed=tuple(sums.observed.tolist()),
        expected=tuple(sums.expected.tolist()),
        groups=rows.groups,
        group_scores=tuple(scores.tolist()),
        method=used,
        equal_follow_up=None if choice is None else choice.equal_follow_up,
        caution="" if choice is None else choice.caution,
        seed=seed,
        alternative=alternative,
        two_sided=two_sided,
        kind=kind,
        n=rows.n,
        n_missing=rows.n_missing,
    )


def _exact_p(
    pooled: list[StratumScores], scores: Floats, sides: tuple[str, str]
) -> float:
    """Return the p-value over all allocations."""
    alternative, two_sided = sides
    if scores.size == 2:
        turned = {"less": "greater", "greater": "less"}
        if scores[1] > scores[0]:
            alternative = turned.get(alternative, alternative)
        return exact_p(pooled, two_sided, alternative)
    if len(pooled) > 1:
        message = (
            "the exact trend test of more than two groups cannot be stratified; use "
            'method="monte-carlo" or "asymptotic"'
        )
        raise DataError(message)
    return trend_p(pooled[0], scores.tolist(), two_sided, alternative)


def _normal_p(z: float, alternative: str) -> float:
    if alternative == "two-sided":
        return normal_two_sided(z)
    return normal_upper(z if alternative == "greater" else -z)


def _scores(group_scores: Sequence[float] | None, k: int) -> Floats:
    if group_scores is None:
        return np.arange(1.0, k + 1.0)
    scores = numbers(group_scores, "group_scores")
    same_length(k, scores.size, "the groups", "group_scores")
    if np.isnan(scores).any() or (scores == scores[0]).all():
        raise InputError("group_scores", "at least two different numbers", group_scores)
    return scores
