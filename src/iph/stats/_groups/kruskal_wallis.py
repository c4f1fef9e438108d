"""The Kruskal-Wallis test of independent groups of graded values."""

import itertools
import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import one_of
from iph._options import resamples
from iph._results import Result
from iph.errors import InputError
from iph.stats._groups.ranks import Ints, RankTable, rank_table
from iph.stats._inference.exact_sums import check_work, partition_sums
from iph.stats._inference.exact_work import dealing_steps
from iph.stats._inference.monte_carlo import monte_carlo_p, random_sums
from iph.stats._inference.p_value import (
    METHODS,
    Method,
    Routes,
    find_p_value,
    smallest_share,
)
from iph.stats._inference.tails import chi2_upper

AUTO_LIMIT = 500_000  # states: about a second
EXACT_LIMIT = 5_000_000  # states: about ten seconds and 2 GB
_STATES_A_STEP = 10  # what a step to the next block of states costs, in states
_NEAR = 1e-11  # relative; floats this close to the observed value are compared exactly


@attrs.frozen(kw_only=True, eq=False)
class KruskalWallis(Result):
    """What a Kruskal-Wallis test found.

    Attributes
    ----------
    statistic : float
        H, corrected for ties; NaN if all values are equal or a group is empty.
    df : int
        The degrees of freedom: groups minus one.
    p_value : float
        The probability of an H at least as large if the groups do not differ.
    p_low, p_high : float or None
        The 99 % interval of a simulated p-value; None if nothing was simulated.
    method : str
        How the p-value was found: ``"exact"``, ``"asymptotic"`` or ``"monte-carlo"``.
    seed : int or None
        The documented seed if a p-value was simulated without `rng`, else None.
    mean_ranks : tuple of float
        The mean rank of each group in the ranking of all; NaN where a group is empty.
    group_sizes : tuple of int
        The cases used of each group.
    n : int
        The cases used.
    n_missing : int
        The cases left out because their value was missing.
    n_bounds : int
        The cases that are known by a bound alone, such as ">8".
    bound_rule : str or None
        How those were ranked, such as ``"ranked in the top tie"`` or ``"scored after
        Gehan"``; None without bounds.
    """

    statistic: float
    df: int
    p_value: float
    p_low: float | None
    p_high: float | None
    method: str
    seed: int | None
    mean_ranks: tuple[float, ...]
    group_sizes: tuple[int, ...]
    n: int
    n_missing: int
    n_bounds: int
    bound_rule: str | None


def kruskal_wallis(
    *samples: npt.ArrayLike | Iterable[object],
    weights: Sequence[Any] | None = None,
    method: Method = "auto",
    rng: np.random.Generator | int | None = None,
    n_resamples: int = 10_000,
) -> KruskalWallis:
    """Test whether several independent groups of graded values differ.

    Do the grades of some group tend to be higher than those of another?

    Parameters
    ----------
    *samples : array-like of shape (n_j,)
        The values of each group, at least two groups; None or NaN where missing. A
        value known by a bound alone is an `iph.Bound`, such as ``Bound(">", 8)``.
    weights : sequence of array-like, optional
        Case counts, one vector for each sample (None within it for ones).
    method : {"auto", "exact", "asymptotic", "monte-carlo"}, default: "auto"
        The p-value from all allocations of the values to the groups, from the
        chi-square distribution (the default of R and SPSS), or from `n_resamples`
        random allocations. ``"auto"`` is exact if that takes at most 500,000 states
        (combinations of group sums), else asymptotic if all groups are large, else
        Monte Carlo; see :doc:`the rule </reference/p-values>`.
    rng : numpy.random.Generator or int, optional
        Generator or seed of a simulated p-value; needed by ``"monte-carlo"``, while
        ``"auto"`` does with a documented seed.
    n_resamples : int, default: 10_000
        Random allocations of a Monte Carlo test.

    Returns
    -------
    KruskalWallis
        With attributes ``statistic``, ``df``, ``p_value``, ``p_low``, ``p_high``,
        ``method``, ``seed``, ``mean_ranks``, ``group_sizes``, ``n``, ``n_missing``,
        ``n_bounds`` and ``bound_rule``.
        With an empty group, statistic and p-value are NaN. With all values equal the
        statistic is NaN; the asymptotic p-value is NaN too, the exact one is 1, since
        every allocation is then the same.

    Raises
    ------
    iph.errors.InputError
        Fewer than two samples, values that are no numbers, weights that do not fit.
    iph.errors.WorkError
        ``method="exact"`` would take more than 5,000,000 states.

    See Also
    --------
    dunn : Which groups differ from which.
    epsilon_squared : How much they differ.
    friedman : The test for repeated grades of the *same* patients, for which this one
        is wrong.

    Notes
    -----
    With R_j the rank sum of group j and T the sum of t^3 - t over tied values,

    ``H = (12 / (N (N + 1)) sum R_j^2 / n_j - 3 (N + 1)) / (1 - T / (N^3 - N))``,

    as in ``kruskal.test`` of R and in SPSS [1]_. It is computed from whole numbers and
    rounded once. The exact p-value counts the allocations whose H is at least that
    observed, compared as whole numbers over a common denominator. A simulated p-value
    is (hits + 1) / (n_resamples + 1) [2]_, with the 99 % Clopper-Pearson interval of
    its error.

    Bounds are ranked, or scored after Gehan [3]_, as in `mann_whitney`; H is then that
    of the scores, and a mean rank is half the mean score plus (N + 1) / 2.

    References
    ----------
    .. [1] Kruskal WH, Wallis WA. Use of ranks in one-criterion variance analysis. J Am
       Stat Assoc 1952;47:583-621. :doi:`10.1080/01621459.1952.10483441`
    .. [2] Phipson B, Smyth GK. Permutation p-values should never be zero. Stat Appl
       Genet Mol Biol 2010;9:39. :doi:`10.2202/1544-6115.1585`
    .. [3] Gehan EA. A generalized Wilcoxon test for comparing arbitrarily
       singly-censored samples. Biometrika 1965;52:203-223.
       :doi:`10.1093/biomet/52.1-2.203`

    Examples
    --------
    Mucociliary efficiency of normal subjects and of patients with obstructive airway
    disease and with asbestosis, the example of ``kruskal.test`` in R (H = 0.77143,
    p = 0.68):

    >>> from iph.stats import kruskal_wallis
    >>> normal = [2.9, 3.0, 2.5, 2.6, 3.2]
    >>> obstructive, asbestosis = [3.8, 2.7, 4.0, 2.4], [2.8, 3.4, 3.7, 2.2, 2.0]
    >>> test = kruskal_wallis(normal, obstructive, asbestosis, method="asymptotic")
    >>> print(f"H = {test.statistic:.5f}, df = {test.df}, p = {test.p_value:.2f}")
    H = 0.77143, df = 2, p = 0.68

    Graded outcomes of small groups call for the exact p-value:

    >>> grades = [3, 3, 2, 3], [2, 1, 2, 1], [0, 1, 0, 1]
    >>> for method in ("asymptotic", "exact"):
    ...     test = kruskal_wallis(*grades, method=method)
    ...     print(f"{method}: p = {test.p_value:.4f}")
    asymptotic: p = 0.0130
    exact: p = 0.0031
    """
    at_least_two(len(samples))
    one_of(method, "method", METHODS)
    drawn = resamples(n_resamples)
    table = rank_table(samples, weights, scores=True)
    statistic = h_statistic(table)
    found = find_p_value(
        method,
        Routes(
            exact=lambda limit: _exact_p(table, limit),
            limits=(AUTO_LIMIT, EXACT_LIMIT),
            drawn=lambda random: monte_carlo_p(_hits(table, drawn, random), drawn),
            asymptotic=lambda: chi2_upper(statistic, len(samples) - 1),
            smallest=smallest_share(table.sizes, table.ties),
            cases=table.n,
        ),
        rng,
        defined=all(table.sizes),
    )
    return KruskalWallis(
        statistic=statistic,
        df=len(samples) - 1,
        p_value=found.p_value,
        p_low=found.p_low,
        p_high=found.p_high,
        method=found.method,
        seed=found.seed,
        mean_ranks=table.mean_ranks,
        group_sizes=table.sizes,
        n=table.n,
        n_missing=table.n_missing,
        n_bounds=table.n_bounds,
        bound_rule=table.bound_rule,
    )


def at_least_two(k: int) -> None:
    """Refuse a comparison of fewer than two groups."""
    if k < 2:
        raise InputError(
            "samples",
            "at least two groups",
            k,
            "give each group as an argument of its own: kruskal_wallis(a, b, c)",
        )


def h_statistic(table: RankTable) -> float:
    """Return H corrected for ties, rounded once; NaN where it is undefined."""
    n = table.n
    if table.spread == 0 or not all(table.sizes):
        return math.nan
    squares = sum(
        (
            Fraction(s * s, m)
            for s, m in zip(table.score_sums, table.sizes, strict=True)
        ),
        Fraction(0),
    )
    return float(3 * (n - 1) * (squares - n * (n + 1) ** 2) / table.spread)


def _weighted_squares(sizes: Sequence[int]) -> tuple[int, ...]:
    """Return the factors that put the squared rank sums over one denominator."""
    common = math.lcm(*sizes)
    return tuple(common // size for size in sizes)


def _exact_p(table: RankTable, limit: float) -> float:
    scores, ties = table.scores.tolist(), table.ties.tolist()
    # States are visited in blocks that share the cases dealt: no state, but a step each
    if table.n > limit // _STATES_A_STEP:
        steps = table.n
    else:
        steps = dealing_steps(ties, table.sizes)
    check_work(steps * _STATES_A_STEP, limit, "Kruskal-Wallis test")
    factors = _weighted_squares(table.sizes)
    observed = _square_sum(table.score_sums, factors)
    sums, ways = partition_sums(scores, ties, table.sizes, limit=limit)
    extreme = _at_least(np.array(sums, dtype=np.int64), factors, observed)
    return sum(itertools.compress(ways, extreme.tolist())) / sum(ways)


def _hits(table: RankTable, drawn: int, rng: "np.random.Generator") -> int:
    factors = _weighted_squares(table.sizes)
    observed = _square_sum(table.score_sums, factors)
    batches = random_sums(table.scores, table.ties, table.sizes, drawn, rng)
    return sum(
        int(np.count_nonzero(_at_least(sums, factors, observed))) for sums in batches
    )


def _square_sum(sums: Sequence[int], factors: Sequence[int]) -> int:
    return sum(f * s * s for f, s in zip(factors, sums, strict=True))


def _at_least(
    sums: Ints, factors: Sequence[int], observed: int
) -> npt.NDArray[np.bool_]:
    """Say which rows are at least as extreme; integers decide what floats cannot."""
    scaled = np.array([factor / observed for factor in factors])
    ratio = (sums.astype(np.float64) ** 2) @ scaled
    found: npt.NDArray[np.bool_] = ratio > 1.0
    for index in np.flatnonzero(np.abs(ratio - 1.0) <= _NEAR).tolist():
        found[index] = _square_sum(sums[index].tolist(), factors) >= observed
    return found
