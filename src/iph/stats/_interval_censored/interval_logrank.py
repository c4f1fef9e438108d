"""The log-rank test of groups in which recovery was seen only at visits."""

import math
from collections.abc import Hashable, Iterable
from typing import Any, Literal

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import Floats, Ints, one_of
from iph._labels import coded
from iph._options import resamples
from iph._results import Result
from iph.errors import InputError
from iph.stats._inference.p_value import LARGE, MOST_DEALT
from iph.stats._inference.progress import Progress
from iph.stats._inference.tails import chi2_upper, normal_two_sided, normal_upper
from iph.stats._interval_censored.interval_permutation import (
    SCORE_RULES,
    ScorePool,
    ScoreRule,
    class_scores,
    exact_p,
    exact_work,
    pooled,
    simulated_p,
)
from iph.stats._interval_censored.intervals import (
    IntervalEnds,
    innermost,
    read_intervals,
)
from iph.stats._interval_censored.turnbull import fit_cells, refuse_none
from iph.stats._survival.logrank_method import (
    ALTERNATIVES,
    Alternative,
    Choice,
    check_sides,
    source,
)

Method = Literal["auto", "exact", "monte-carlo", "asymptotic"]
TwoSided = Literal["abs", "central"]

METHODS = ("auto", "exact", "monte-carlo", "asymptotic")
AUTO_LIMIT = 200_000  # states: well under a second
_VISITS = (
    "whether the groups came to the same visits was not said (equal_follow_up); "
    "if they did not, the level of the test is not known"
)


@attrs.frozen(kw_only=True, eq=False)
class IntervalLogrank(Result):
    """What a log-rank test of interval-censored recovery found.

    Attributes
    ----------
    statistic : float
        The chi-square statistic of the permutation test; NaN if all patients have the
        same score or a group is empty.
    df : int
        Degrees of freedom: groups minus one.
    p_value : float
        Two-sided p-value.
    p_low, p_high : float or None
        The 99 % interval of a simulated p-value; None if nothing was simulated.
    z : float
        For two groups the signed root of the statistic, above zero if the first group
        recovered earlier than expected; NaN for more groups.
    groups : tuple
        The labels of the groups, sorted.
    group_sizes : tuple of int
        Patients used of each group.
    score_sums : tuple of float
        The sum of the scores of each group, like observed minus expected events: above
        zero if the group recovered earlier than expected.
    scores : str
        The rule of the scores.
    two_sided : str
        The rule of an exact or simulated two-sided p-value.
    alternative : str
        The side of the test.
    method : str
        How the p-value was found: ``"asymptotic"``, ``"exact"`` or ``"monte-carlo"``.
    equal_follow_up : bool or None
        Whether ``"auto"`` took the groups as seen at like visits; None for a method by
        name.
    caution : str
        What is doubtful about the method that ``"auto"`` took; empty if nothing.
    seed : int or None
        The documented seed if it was used; None if a generator was given or nothing
        was simulated.
    kkt_gap : float
        The optimality gap of the pooled Turnbull estimate.
    n : int
        Number of patients used.
    n_missing : int
        Number of patients left out because an end or the group was missing.
    """

    statistic: float
    df: int
    p_value: float
    p_low: float | None
    p_high: float | None
    z: float
    groups: tuple[Any, ...]
    group_sizes: tuple[int, ...]
    score_sums: tuple[float, ...]
    scores: str
    two_sided: str
    alternative: str
    method: str
    equal_follow_up: bool | None
    caution: str
    seed: int | None
    kkt_gap: float
    n: int
    n_missing: int


def interval_logrank(
    left: IntervalEnds,
    right: IntervalEnds,
    group: npt.ArrayLike | Iterable[Hashable],
    *,
    weights: Any = None,
    scores: ScoreRule = "sun",
    method: Method = "auto",
    equal_follow_up: bool | None = None,
    alternative: Alternative = "two-sided",
    two_sided: TwoSided = "abs",
    rng: np.random.Generator | int | None = None,
    n_resamples: int = 10_000,
    progress: Progress | None = None,
) -> IntervalLogrank:
    """Test whether groups that were seen only at visits recover at different speed.

    The log-rank test needs the day of recovery of each patient. Visits tell only
    between which days it lies; this test needs no more.

    Parameters
    ----------
    left, right : sequence of float
        Recovery lies in (left, right], as for `turnbull`: infinity as right end if it
        was never seen, equal ends if the day is known, None or NaN if missing.
    group : sequence
        The group of each patient, at least two distinct labels; None if missing.
    weights : sequence of int, optional
        How many patients each row stands for.
    scores : {"sun", "finkelstein"}, default: "sun"
        Sun's scores [1]_, which are those of the log-rank test if all days are known,
        or Finkelstein's of grouped proportional hazards [2]_.
    method : {"auto", "exact", "monte-carlo", "asymptotic"}, default: "auto"
        The p-value from all allocations of the patients to the groups, from
        `n_resamples` random ones, or from the chi-square distribution. ``"auto"`` is
        exact if `equal_follow_up` is True and that needs at most 200,000 states (an
        upper bound), then Monte Carlo; it is asymptotic if the groups may have been
        seen at other visits, and above 200 patients in every group or 30,000 in all.
    equal_follow_up : bool, optional
        Whether all groups were to come to the same visits, and came to them alike:
        a matter of the protocol, which the intervals do not show.
    alternative : {"two-sided", "less", "greater"}, default: "two-sided"
        For two groups: ``"greater"`` if the first recovers earlier than expected,
        ``"less"`` if later.
    two_sided : {"abs", "central"}, default: "abs"
        For exact and simulated p-values of two groups: the allocations at least as far
        from the mean, or twice the smaller tail.
    rng : numpy.random.Generator or int, optional
        Generator or seed; needed by ``"monte-carlo"``. ``"auto"`` takes the documented
        seed 2023 without it, and names it in the result.
    n_resamples : int, default: 10_000
        Random allocations of a Monte Carlo test.
    progress : callable, optional
        Called as ``progress(what, done, total)`` before each chunk of the simulation
        and after the last.

    Returns
    -------
    IntervalLogrank
        With `statistic`, `df`, `p_value`, `p_low`, `p_high`, `z`, `groups`,
        `group_sizes`, `score_sums`, `scores`, `two_sided`, `alternative`, `method`,
        `equal_follow_up`, `caution`, `seed`, `kkt_gap`, `n` and `n_missing`. With all
        scores equal, the statistic and the asymptotic p-value are NaN and the exact
        p-value is 1; with an empty group all are NaN.

    Raises
    ------
    InputError
        If an argument is not what it must be, or there are fewer than two groups.
    DataError
        If no patient has both ends and a group.
    WorkError
        If ``method="exact"`` would need too much work.

    See Also
    --------
    turnbull : The recovery curve of one group.
    logrank : The test for days that are known.

    Notes
    -----
    Each patient gets a score from the pooled Turnbull estimate S,

    ``c = (S(L) log R(L) - S(R) log R(R)) / (S(L) - S(R))``,

    where R(t) is S(t) itself (Finkelstein) or exp(-sum of p_j / S(t_{j-1})) (Sun).
    Under the hypothesis that neither recovery nor visits differ between the groups, the
    scores are fixed and every allocation of them is equally likely [3]_; so

    ``(N - 1) sum_g (sum c - n_g mean)^2 / n_g / sum (c - mean)^2``

    is about chi-square with k - 1 degrees of freedom. That visits are scheduled alike
    in all groups matters: otherwise no permutation test is valid.

    The scores come from a numerical maximum. For exact and simulated p-values they are
    rounded to multiples of 2**-40, summed as whole numbers, and sums that differ by
    less than 2**-30 count as tied, so neither rounding nor the accuracy of the maximum
    decides whether an allocation is as extreme as the one observed.

    References
    ----------
    .. [1] Sun J. A non-parametric test for interval-censored failure time data with
       application to AIDS studies. Stat Med 1996;15:1387-95.
    .. [2] Finkelstein DM. A proportional hazards model for interval-censored failure
       time data. Biometrics 1986;42:845-54. :doi:`10.2307/2530698`
    .. [3] Fay MP, Shaw PA. Exact and asymptotic weighted logrank tests for interval
       censored data: the interval R package. J Stat Softw 2010;36(2):1-34.
       :doi:`10.18637/jss.v036.i02`

    Examples
    --------
    Recovery seen on days 7, 30, 91 and 182 under two treatments:

    >>> import math
    >>> from iph.stats import interval_logrank
    >>> left = [0, 0, 7, 7, 30, 7, 30, 91, 91, 182]
    >>> right = [7, 7, 30, 30, 91, 91, 91, 182, 182, math.inf]
    >>> treated = [True] * 5 + [False] * 5
    >>> test = interval_logrank(left, right, treated, method="exact")
    >>> test.groups, [round(total, 3) for total in test.score_sums]
    ((False, True), [-2.608, 2.608])
    >>> print(f"chi-square = {test.statistic:.3f}, p = {test.p_value:.4f}")
    chi-square = 4.622, p = 0.0238
    """
    one_of(scores, "scores", SCORE_RULES)
    one_of(method, "method", METHODS)
    one_of(alternative, "alternative", ALTERNATIVES)
    one_of(two_sided, "two_sided", ("abs", "central"))
    drawn = resamples(n_resamples)
    codes, names = coded(group, "group")
    if len(names) < 2:
        raise InputError("group", "labels of at least two groups", names)
    check_sides(alternative, two_sided, len(names))
    rows = read_intervals(left, right, weights, codes >= 0)
    refuse_none(rows.n)
    cells = innermost(rows)
    found = fit_cells(cells)
    values = class_scores(cells, found.mass, scores)
    table = np.zeros((values.size, len(names)), dtype=np.int64)
    np.add.at(table, (cells.of_row, codes[rows.kept]), rows.counts)
    sizes = tuple(int(size) for size in table.sum(axis=0))
    p_value, p_low, p_high = math.nan, None, None
    pool = pooled(values, table)
    statistic, z = _chi_square(values, table, pool)
    choice = _auto(pool, equal_follow_up=equal_follow_up) if method == "auto" else None
    used = method if choice is None else choice.method
    seed = None
    if used == "monte-carlo":
        generator, seed = source(rng, method)
    if all(sizes):
        if used == "exact":
            p_value = exact_p(pool, two_sided, alternative)
        elif used == "monte-carlo":
            simulated = simulated_p(
                pool, two_sided, drawn, generator, progress, alternative=alternative
            )
            p_value = simulated.p_value
            p_low, p_high = simulated.p_low, simulated.p_high
        elif alternative != "two-sided":
            p_value = normal_upper(z if alternative == "greater" else -z)
        elif len(sizes) == 2:
            p_value = normal_two_sided(z)
        else:
            p_value = chi2_upper(statistic, len(sizes) - 1)
    return IntervalLogrank(
        statistic=statistic,
        df=len(names) - 1,
        p_value=p_value,
        p_low=p_low,
        p_high=p_high,
        z=z,
        groups=names,
        group_sizes=sizes,
        score_sums=tuple(float(total) for total in values @ table),
        scores=scores,
        two_sided=two_sided,
        alternative=alternative,
        method=used,
        equal_follow_up=None if choice is None else choice.equal_follow_up,
        caution="" if choice is None else choice.caution,
        seed=seed,
        kkt_gap=found.gap,
        n=rows.n,
        n_missing=rows.n_missing,
    )


def _auto(pool: ScorePool, *, equal_follow_up: bool | None) -> Choice:
    """Return what "auto" does: visits alike are known from the protocol alone."""
    alike = bool(equal_follow_up)
    if min(pool.sizes) > LARGE or pool.n > MOST_DEALT:
        return Choice(method="asymptotic", equal_follow_up=alike)
    if not alike:
        return Choice(method="asymptotic", equal_follow_up=False, caution=_VISITS)
    used = "exact" if exact_work(pool) <= AUTO_LIMIT else "monte-carlo"
    return Choice(method=used, equal_follow_up=True)


def _chi_square(values: Floats, table: Ints, pool: ScorePool) -> tuple[float, float]:
    """Return the permutation statistic, and its signed root for two groups."""
    if pool.scores.size == 1 or not all(pool.sizes):
        return math.nan, math.nan
    counts, sizes = table.sum(axis=1), np.array(pool.sizes)
    centered = values - (counts @ values) / pool.n
    excess = centered @ table
    spread = float(counts @ centered**2) / (pool.n - 1)
    statistic = float((excess**2 / sizes).sum()) / spread
    if len(pool.sizes) > 2:
        return statistic, math.nan
    return statistic, math.copysign(math.sqrt(statistic), float(excess[0]))
