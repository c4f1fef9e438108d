"""The Mann-Whitney test of two independent groups, exact also with ties."""

import math
from collections.abc import Iterable
from fractions import Fraction
from typing import Any, Literal

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import one_of
from iph._options import resamples, switch
from iph._results import Result
from iph.stats._groups.ranks import RankTable, rank_table
from iph.stats._inference.exact_sums import (
    Distribution,
    Tail,
    check_work,
    subset_tail,
)
from iph.stats._inference.gaussian import inversion_counts, inversions_work
from iph.stats._inference.monte_carlo import TailHits, random_sums
from iph.stats._inference.p_value import (
    METHODS,
    Method,
    Routes,
    find_p_value,
    smallest_share,
)
from iph.stats._inference.tails import normal_two_sided, normal_upper

Alternative = Literal["two-sided", "less", "greater"]
TwoSided = Literal["abs", "central"]

ALTERNATIVES = ("two-sided", "less", "greater")
TWO_SIDED = ("abs", "central")
AUTO_LIMIT = 10_000_000  # steps: about half a second
EXACT_LIMIT = 200_000_000  # steps: about half a minute


@attrs.frozen(kw_only=True, eq=False)
class MannWhitney(Result):
    """What a Mann-Whitney test found.

    Attributes
    ----------
    statistic : float
        U: the pairs (one of each group) in which the first group's value is higher, a
        tie counting one half.
    z : float
        The standardized statistic without continuity correction; positive if the first
        group tends to be higher, NaN if all values are equal or a group is empty.
    p_value : float
        The p-value for the alternative asked.
    p_low, p_high : float or None
        The 99 % interval of a simulated p-value; None if nothing was simulated.
    method : str
        How the p-value was found: ``"exact"``, ``"asymptotic"``, ``"asymptotic,
        continuity-corrected"`` or ``"monte-carlo"``.
    seed : int or None
        The documented seed if a p-value was simulated without `rng`, else None.
    alternative : str
        The alternative: ``"two-sided"``, ``"less"`` or ``"greater"``.
    two_sided : str
        The rule of a two-sided exact or simulated p-value: ``"abs"`` or ``"central"``.
    n1, n2 : int
        The cases used of each group.
    n : int
        The cases used of both.
    n_missing : int
        The cases left out because their value was missing.
    n_bounds : int
        The cases that are known by a bound alone, such as ">8".
    bound_rule : str or None
        How those were ranked, such as ``"ranked in the top tie"`` or ``"scored after
        Gehan"``; None without bounds.
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
    n1: int
    n2: int
    n: int
    n_missing: int
    n_bounds: int
    bound_rule: str | None


def mann_whitney(
    x: npt.ArrayLike | Iterable[object],
    y: npt.ArrayLike | Iterable[object],
    *,
    weights: tuple[Any, Any] | None = None,
    method: Method = "auto",
    alternative: Alternative = "two-sided",
    two_sided: TwoSided = "abs",
    continuity: bool = True,
    rng: np.random.Generator | int | None = None,
    n_resamples: int = 10_000,
) -> MannWhitney:
    """Test whether one of two independent groups tends to have higher grades.

    Parameters
    ----------
    x, y : array-like of shape (n1,) and (n2,)
        The values of the two groups; None or NaN where missing. A value known by a
        bound alone is an `iph.Bound`, such as ``Bound(">", 8)``.
    weights : pair of array-like, optional
        Case counts of `x` and of `y` (None within the pair for ones).
    method : {"auto", "exact", "asymptotic", "monte-carlo"}, default: "auto"
        The p-value from all allocations of the values to the groups, from the normal
        distribution, or from `n_resamples` random allocations. ``"auto"`` is exact if
        that takes at most 10,000,000 steps by an upper bound (always up to 45 against
        45, to 100 against 100 without ties, and far more if grades are few), else
        asymptotic if both groups are large, else Monte Carlo; see :doc:`the rule
        </reference/p-values>`.
    alternative : {"two-sided", "less", "greater"}, default: "two-sided"
        ``"greater"``: the values of `x` tend to be higher than those of `y`.
    two_sided : {"abs", "central"}, default: "abs"
        What is two-sided in an exact or simulated test: allocations at least as far
        from the expected U, or twice the smaller tail. Without ties they agree.
    continuity : bool, default: True
        Whether the normal approximation moves U by one half towards its mean.
    rng : numpy.random.Generator or int, optional
        Generator or seed of a simulated p-value; needed by ``"monte-carlo"``, while
        ``"auto"`` does with a documented seed.
    n_resamples : int, default: 10_000
        Random allocations of a Monte Carlo test.

    Returns
    -------
    MannWhitney
        With attributes ``statistic``, ``z``, ``p_value``, ``p_low``, ``p_high``,
        ``method``, ``seed``, ``alternative``, ``two_sided``, ``n1``, ``n2``, ``n``,
        ``n_missing``, ``n_bounds`` and ``bound_rule``. With an empty group the p-value
        is NaN. With all values equal the asymptotic p-value is NaN, the exact one 1.

    Raises
    ------
    iph.errors.InputError
        Values that are no numbers, weights that do not fit, an unknown option.
    iph.errors.WorkError
        ``method="exact"`` would take more than 200,000,000 steps (upper bound).

    See Also
    --------
    probability_of_superiority, cliffs_delta : How much the groups differ.
    kruskal_wallis : Three groups and more.
    wilcoxon_signed_rank : The test for two grades of the *same* patients.

    Notes
    -----
    The test is Wilcoxon's rank sum test. The exact distribution is that of the rank
    sum given the ties seen, counted in whole numbers (twice the mid-ranks): without
    ties ``wilcox.test(exact = TRUE)`` of R, with ties
    ``coin::wilcox_test(distribution = "exact")``, where ``wilcox.test`` gives only the
    approximation, as it does from 50 cases a group on: ``method="asymptotic"``. SPSS
    prints that of ``method="asymptotic", continuity=False``. It has the variance
    ``n1 n2 / 12 (N + 1 - T / (N (N - 1)))`` with T the sum of t^3 - t over ties [1]_.

    The null hypothesis is that both groups have one distribution, and the exact p-value
    holds its level under it. Groups that differ in spread alone can be told apart: of
    40,000 simulated samples of 8 patients with an SD of 5 and 20 with an SD of 1, all
    normal about the same mean, 14.5 % had p <= .05.

    Bounds beyond which no value lies are ranked in the top tie (">8" where nothing
    above 8 was measured) or in the bottom tie. Else the order of some pairs is not
    known; each value is then scored by how many are surely lower less how many are
    surely higher, after Gehan [3]_, and the test is that of the sums of these scores,
    by the same permutations: a pair without a known order counts one half in U, and the
    variance is that of the scores. Without bounds the scores are the ranks. The test
    holds its level if the limits of measurement are alike in both groups; a laboratory
    that measures up to 8 and another up to 10, one for each group, would differ by
    themselves.

    References
    ----------
    .. [1] Lehmann EL. Nonparametrics: statistical methods based on ranks. Holden-Day
       1975, chapter 1.
    .. [2] Mann HB, Whitney DR. On a test of whether one of two random variables is
       stochastically larger than the other. Ann Math Stat 1947;18:50-60.
       :doi:`10.1214/aoms/1177730491`
    .. [3] Gehan EA. A generalized Wilcoxon test for comparing arbitrarily
       singly-censored samples. Biometrika 1965;52:203-223.
       :doi:`10.1093/biomet/52.1-2.203`

    Examples
    --------
    Permeability constants of the human chorioamnion at term and in early pregnancy, the
    example of ``wilcox.test`` in R (W = 35, p = 0.1272):

    >>> from iph.stats import mann_whitney
    >>> term = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
    >>> early = [1.15, 0.88, 0.90, 0.74, 1.21]
    >>> test = mann_whitney(term, early, alternative="greater")
    >>> print(f"U = {test.statistic:g}, p = {test.p_value:.4f} ({test.method})")
    U = 35, p = 0.1272 (exact)

    Weeks in remission of 42 children with leukemia, with 6-MP and with placebo, the
    example of Gehan [3]_, whose score is 271; of twelve it is known only that the
    remission lasted longer:

    >>> from iph import Bound
    >>> drug = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    >>> longer = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    >>> placebo = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17]
    >>> placebo += [22, 23]
    >>> test = mann_whitney([*drug, *(Bound(">", week) for week in longer)], placebo)
    >>> print(f"{2 * test.statistic - 21 * 21:g}, p = {test.p_value:.5f}")
    271, p = 0.00018
    >>> print(test.n_bounds, test.bound_rule)
    12 scored after Gehan
    """
    one_of(method, "method", METHODS)
    continuity = switch(continuity, "continuity")
    one_of(alternative, "alternative", ALTERNATIVES)
    one_of(two_sided, "two_sided", TWO_SIDED)
    drawn = resamples(n_resamples)
    table = rank_table([x, y], weights, ["x", "y"], scores=True)
    n1, n2 = table.sizes
    # Twice U, and twice U minus its mean, in whole numbers
    pairs = table.score_sums[0] - n1 * (n1 + 1)
    excess = pairs - n1 * n2
    variance = u_variance(table)
    found = find_p_value(
        method,
        Routes(
            exact=lambda limit: exact_tail(table, limit).p_value(
                alternative, two_sided
            ),
            limits=(AUTO_LIMIT, EXACT_LIMIT),
            drawn=lambda random: _hits(table, excess, drawn, random).p_value(
                alternative, two_sided
            ),
            asymptotic=lambda: _normal_p(
                excess, variance, alternative, continuity=continuity
            ),
            smallest=smallest_share(table.sizes, table.ties),
            cases=table.n,
            asymptotic_name="asymptotic, continuity-corrected"
            if continuity
            else "asymptotic",
        ),
        rng,
        defined=bool(n1 and n2),
    )
    return MannWhitney(
        statistic=pairs / 2 if n1 and n2 else math.nan,
        z=standardized(Fraction(excess, 2), variance),
        p_value=found.p_value,
        p_low=found.p_low,
        p_high=found.p_high,
        method=found.method,
        seed=found.seed,
        alternative=alternative,
        two_sided=two_sided,
        n1=n1,
        n2=n2,
        n=table.n,
        n_missing=table.n_missing,
        n_bounds=table.n_bounds,
        bound_rule=table.bound_rule,
    )


def u_variance(table: RankTable) -> Fraction:
    """Return the variance of U given the ties, exactly; 0 where nothing can vary."""
    n, (n1, n2) = table.n, table.sizes
    if not n1 or not n2:
        return Fraction(0)
    return Fraction(n1 * n2 * table.spread, 12 * n * (n - 1))


def standardized(excess: Fraction, variance: Fraction) -> float:
    """Return the excess in standard deviations; NaN where nothing can vary."""
    if not variance:
        return math.nan
    return math.copysign(math.sqrt(excess * excess / variance), excess)


def _normal_p(
    excess: int, variance: Fraction, alternative: str, *, continuity: bool
) -> float:
    step = 1 if continuity else 0  # half a pair, in units of twice U
    if alternative == "two-sided":
        moved = max(abs(excess) - step, 0)
        return normal_two_sided(standardized(Fraction(moved, 2), variance))
    if alternative == "greater":
        return normal_upper(standardized(Fraction(excess - step, 2), variance))
    return normal_upper(-standardized(Fraction(excess + step, 2), variance))


def _work(table: RankTable, limit: float) -> float:
    """Return an upper bound of the steps of the exact distribution.

    Once it is above the limit it is not followed further.
    """
    small, large = sorted(table.sizes)
    if table.is_untied:  # no ties: a product formula
        return inversions_work((small, large))
    most = (small + 1) * (2 * small * large + 1) // 4  # cases drawn, sums reached
    steps, states = 0, 1
    for t in table.ties.tolist():
        shares = min(t, small) + 1
        steps += states * shares
        if steps > limit:
            break
        states = min(states * shares, most)
    return steps


def exact_tail(table: RankTable, limit: float) -> Tail:
    """Return where U lies among all allocations, seen from the first group."""
    check_work(_work(table, limit), limit, "Mann-Whitney test")
    n1, n2 = table.sizes
    if table.is_untied:
        ways = inversion_counts(table.sizes)
        pairs = (table.score_sums[0] - n1 * (n1 + 1)) // 2
        return Distribution(tuple(range(len(ways))), tuple(ways)).tail(pairs)
    # Twice the mid-rank minus (N + 1) sums to zero over all cases, so the sums of the
    # two groups are opposite, and the smaller group can be counted.
    scores = (table.scores - (table.n + 1)).tolist()
    observed = table.score_sums[0] - n1 * (table.n + 1)
    tail = subset_tail(
        scores,
        table.ties.tolist(),
        min(n1, n2),
        observed if n1 <= n2 else -observed,
    )
    if n1 <= n2:
        return tail
    return attrs.evolve(tail, less=tail.greater, greater=tail.less)


def _hits(
    table: RankTable,
    excess: int,
    drawn: int,
    rng: "np.random.Generator",
) -> TailHits:
    n1 = table.sizes[0]
    mean = n1 * (table.n + 1)
    hits = TailHits()
    for sums in random_sums(table.scores, table.ties, table.sizes, drawn, rng):
        hits.count(sums[:, 0] - mean, excess)
    return hits
