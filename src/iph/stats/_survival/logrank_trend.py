"""The log-rank test for a trend over ordered groups."""

import math
from collections.abc import Hashable, Iterable, Sequence
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import Floats, numbers, same_length
from iph.errors import InputError
from iph.stats._inference.tails import normal_two_sided
from iph.stats._survival.logrank_terms import (
    Kind,
    at_least_two,
    moments,
    strata_tables,
    weighting,
)
from iph.stats._survival.survival_table import survival_rows


@attrs.frozen(kw_only=True)
class LogrankTrend:
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
        The two-sided p-value from the normal distribution.
    observed, expected : tuple of float
        Events of each group seen, and expected if the groups do not differ, weighted.
    groups : tuple
        The labels of the groups, in the order of `group_scores`.
    group_scores : tuple of float
        The score of each group.
    method : str
        ``"asymptotic"``.
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
    observed: tuple[float, ...]
    expected: tuple[float, ...]
    groups: tuple[Any, ...]
    group_scores: tuple[float, ...]
    method: str
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

    Returns
    -------
    LogrankTrend
        With attributes ``statistic``, ``z``, ``df``, ``p_value``, ``observed``,
        ``expected``, ``groups``, ``group_scores``, ``method``, ``kind``, ``n`` and
        ``n_missing``.

    Raises
    ------
    iph.errors.InputError
        Events that are not yes/no, fewer than two groups, scores that do not fit.

    See Also
    --------
    logrank : Against any difference between groups.

    Notes
    -----
    With scores s and observed minus expected events U of covariance V, the statistic is
    (s'U)^2 / s'Vs [1]_. It does not change if the scores are shifted or multiplied.

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
    >>> print(f"z = {test.z:.2f}, p = {test.p_value:.3f}")
    z = -2.47, p = 0.014

    The higher the grade at baseline, the later the recovery.
    """
    rule = weighting(kind, rho, gamma)
    rows = survival_rows(
        time, event, group=group, weights=weights, entry=entry, strata=strata
    )
    at_least_two(rows.groups)
    scores = _scores(group_scores, len(rows.groups))
    sums = moments(strata_tables(rows), rule)
    gaps = np.subtract.outer(scores, scores)
    # Each pair of groups stands twice in the matrix.
    variance = float((sums.exchanges * gaps * gaps).sum()) / 2.0
    z = math.nan
    if variance > 0.0:
        z = float(scores @ (sums.observed - sums.expected)) / math.sqrt(variance)
    return LogrankTrend(
        statistic=z * z,
        z=z,
        df=0 if math.isnan(z) else 1,
        p_value=normal_two_sided(z),
        observed=tuple(sums.observed.tolist()),
        expected=tuple(sums.expected.tolist()),
        groups=rows.groups,
        group_scores=tuple(scores.tolist()),
        method="asymptotic",
        kind=kind,
        n=rows.n,
        n_missing=rows.n_missing,
    )


def _scores(group_scores: Sequence[float] | None, k: int) -> Floats:
    if group_scores is None:
        return np.arange(1.0, k + 1.0)
    scores = numbers(group_scores, "group_scores")
    same_length(k, scores.size, "the groups", "group_scores")
    if np.isnan(scores).any() or (scores == scores[0]).all():
        raise InputError("group_scores", "at least two different numbers", group_scores)
    return scores
