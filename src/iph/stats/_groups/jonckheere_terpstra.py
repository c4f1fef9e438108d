"""The Jonckheere-Terpstra test of a trend over ordered groups, exact with ties."""

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any, Literal

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import one_of
from iph._options import resamples
from iph._results import Result
from iph.stats._groups.kruskal_wallis import at_least_two
from iph.stats._groups.mann_whitney import standardized
from iph.stats._groups.ranks import Ints, RankTable, rank_table
from iph.stats._inference.exact_sums import Distribution, Tail, check_work
from iph.stats._inference.exact_work import dealing_steps
from iph.stats._inference.gaussian import inversion_counts, inversions_work
from iph.stats._inference.monte_carlo import TailHits, random_tables
from iph.stats._inference.p_value import (
    METHODS,
    Method,
    Routes,
    find_p_value,
    smallest_share,
)
from iph.stats._inference.tails import normal_two_sided, normal_upper

Alternative = Literal["two-sided", "greater", "less"]
TwoSided = Literal["abs", "central"]

ALTERNATIVES = ("two-sided", "greater", "less")
TWO_SIDED = ("abs", "central")
AUTO_LIMIT = 300_000  # steps: about a second
EXACT_LIMIT = 10_000_000  # steps: about half a minute
_ADDITIONS_A_STEP = 30  # of the product formula, that cost as much as a step
_WORDS_A_STEP = 1000  # what a step of a short distribution costs, in words of it


@attrs.frozen(kw_only=True, eq=False)
class JonckheereTerpstra(Result):
    """What a Jonckheere-Terpstra test found.

    Attributes
    ----------
    statistic : float
        J: the pairs of cases of two groups in which the later group has the higher
        value, a tie counting one half.
    mean : float
        The expected J if the groups do not differ.
    z : float
        The standardized statistic; positive if values rise from the first group to the
        last, NaN if all values are equal or only one group has cases.
    p_value : float
        The p-value for the alternative asked.
    p_low, p_high : float or None
        The 99 % interval of a simulated p-value; None if nothing was simulated.
    method : str
        How the p-value was found: ``"exact"``, ``"asymptotic"`` or ``"monte-carlo"``.
    seed : int or None
        The documented seed if a p-value was simulated without `rng`, else None.
    alternative : str
        The alternative: ``"two-sided"``, ``"greater"`` or ``"less"``.
    two_sided : str
        The rule of a two-sided exact or simulated p-value: ``"abs"`` or ``"central"``.
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
    mean: float
    z: float
    p_value: float
    p_low: float | None
    p_high: float | None
    method: str
    seed: int | None
    alternative: str
    two_sided: str
    group_sizes: tuple[int, ...]
    n: int
    n_missing: int
    n_bounds: int
    bound_rule: str | None


def jonckheere_terpstra(
    *samples: npt.ArrayLike | Iterable[object],
    weights: Sequence[Any] | None = None,
    method: Method = "auto",
    alternative: Alternative = "two-sided",
    two_sided: TwoSided = "abs",
    rng: np.random.Generator | int | None = None,
    n_resamples: int = 10_000,
) -> JonckheereTerpstra:
    """Test whether values rise (or fall) over groups that have an order.

    Do patients with more of the muscle's zones involved have worse grades?

    Parameters
    ----------
    *samples : array-like of shape (n_j,)
        The values of each group in the order expected, at least two groups; None or NaN
        where missing. A value known by a bound alone is an `iph.Bound`; no value may
        lie beyond it.
    weights : sequence of array-like, optional
        Case counts, one vector for each sample (None within it for ones).
    method : {"auto", "exact", "asymptotic", "monte-carlo"}, default: "auto"
        The p-value from all allocations of the values to the groups, from the normal
        distribution, or from `n_resamples` random allocations. ``"auto"`` is exact if
        that takes at most 300,000 steps by an upper bound (3 groups of 100 without
        ties), else asymptotic if all groups are large, else Monte Carlo; see
        :doc:`the rule </reference/p-values>`.
    alternative : {"two-sided", "greater", "less"}, default: "two-sided"
        ``"greater"``: values rise from the first group to the last.
    two_sided : {"abs", "central"}, default: "abs"
        What is two-sided in an exact or simulated test: allocations at least as far
        from the expected J, or twice the smaller tail.
    rng : numpy.random.Generator or int, optional
        Generator or seed of a simulated p-value; needed by ``"monte-carlo"``, while
        ``"auto"`` does with a documented seed.
    n_resamples : int, default: 10_000
        Random allocations of a Monte Carlo test.

    Returns
    -------
    JonckheereTerpstra
        With attributes ``statistic``, ``mean``, ``z``, ``p_value``, ``p_low``,
        ``p_high``, ``method``, ``seed``, ``alternative``, ``two_sided``,
        ``group_sizes``, ``n``, ``n_missing``, ``n_bounds`` and ``bound_rule``. With an
        empty group the p-value is
        NaN. With all values equal the asymptotic p-value is NaN, the exact one 1.

    Raises
    ------
    iph.errors.InputError
        Fewer than two samples, values that are no numbers, bounds with values beyond
        them, weights that do not fit.
    iph.errors.WorkError
        ``method="exact"`` would take more than 10,000,000 steps (upper bound).

    See Also
    --------
    kruskal_wallis : Groups without an order.
    page_trend : The test for repeated grades of the *same* patients.

    Notes
    -----
    J is the sum of the Mann-Whitney statistics of all pairs of groups [1]_, [2]_. Its
    variance accounts for ties [3]_, without continuity correction; SPSS prints the
    p-value of ``method="asymptotic"``. The
    exact distribution is that given the ties seen: the distinct values are dealt to the
    groups one after the other, and the number of ways to reach each J is counted in
    whole numbers. With two groups the test is `mann_whitney`.

    References
    ----------
    .. [1] Jonckheere AR. A distribution-free k-sample test against ordered
       alternatives. Biometrika 1954;41:133-145. :doi:`10.1093/biomet/41.1-2.133`
    .. [2] Terpstra TJ. The asymptotic normality and consistency of Kendall's test
       against trend, when ties are present in one ranking. Indag Math 1952;14:327-333.
       :doi:`10.1016/S1385-7258(52)50043-X`
    .. [3] Hollander M, Wolfe DA, Chicken E. Nonparametric statistical methods. 3rd ed.
       Wiley 2014, section 6.2.

    Examples
    --------
    Pieces made by workers with no, rough and accurate information on their output
    (Hollander and Wolfe, example 6.2: J = 79, z = 2.02 without the correction for
    ties):

    >>> from iph.stats import jonckheere_terpstra
    >>> none, rough = [40, 35, 38, 43, 44, 41], [38, 40, 47, 44, 40, 42]
    >>> accurate = [48, 40, 45, 43, 46, 44]
    >>> test = jonckheere_terpstra(none, rough, accurate, alternative="greater")
    >>> print(f"J = {test.statistic:g}, z = {test.z:.2f}")
    J = 79, z = 2.04
    >>> print(f"p = {test.p_value:.4f} ({test.method})")
    p = 0.0210 (exact)
    """
    at_least_two(len(samples))
    one_of(method, "method", METHODS)
    one_of(alternative, "alternative", ALTERNATIVES)
    one_of(two_sided, "two_sided", TWO_SIDED)
    drawn = resamples(n_resamples)
    table = rank_table(samples, weights)
    sizes = table.sizes
    filled = all(sizes)
    doubled = int(_doubled(table.counts[np.newaxis])[0])  # twice J, a whole number
    mean = sum(a * b for a, b in itertools.combinations(sizes, 2))  # of twice J
    excess = doubled - mean
    z = standardized(Fraction(excess, 2), trend_variance(table)) if filled else math.nan
    found = find_p_value(
        method,
        Routes(
            exact=lambda limit: _exact_tail(table, doubled, limit).p_value(
                alternative, two_sided
            ),
            limits=(AUTO_LIMIT, EXACT_LIMIT),
            drawn=lambda random: _hits(table, excess, mean, drawn, random).p_value(
                alternative, two_sided
            ),
            asymptotic=lambda: _normal_p(z, alternative),
            smallest=smallest_share(sizes, table.ties),
            cases=table.n * (len(sizes) - 1),
        ),
        rng,
        defined=filled,
    )
    return JonckheereTerpstra(
        statistic=doubled / 2 if filled else math.nan,
        mean=mean / 2,
        z=z,
        p_value=found.p_value,
        p_low=found.p_low,
        p_high=found.p_high,
        method=found.method,
        seed=found.seed,
        alternative=alternative,
        two_sided=two_sided,
        group_sizes=sizes,
        n=table.n,
        n_missing=table.n_missing,
        n_bounds=table.n_bounds,
        bound_rule=table.bound_rule,
    )


def _doubled(tables: Ints) -> Ints:
    """Return twice J of each table of counts (values in rows, groups in columns)."""
    lower = np.cumsum(tables, axis=1) - tables  # cases of the group with lower values
    earlier = np.cumsum(2 * lower + tables, axis=2) - (2 * lower + tables)
    found: Ints = (earlier * tables).sum(axis=(1, 2))
    return found


def trend_variance(table: RankTable) -> Fraction:
    """Return the variance of J given the ties, exactly; 0 where nothing can vary."""
    n, ties, sizes = table.n, table.ties.tolist(), table.sizes
    if n < 2:
        return Fraction(0)

    def summed(margin: Sequence[int], power: int) -> int:
        if power == 5:
            return sum(m * (m - 1) * (2 * m + 5) for m in margin)
        return sum(math.perm(m, power) for m in margin)

    variance = Fraction(summed([n], 5) - summed(sizes, 5) - summed(ties, 5), 72)
    variance += Fraction(summed(sizes, 2) * summed(ties, 2), 8 * n * (n - 1))
    if n > 2:
        triples = summed(sizes, 3) * summed(ties, 3)
        variance += Fraction(triples, 36 * n * (n - 1) * (n - 2))
    return variance


def _normal_p(z: float, alternative: str) -> float:
    if alternative == "two-sided":
        return normal_two_sided(z)
    return normal_upper(z if alternative == "greater" else -z)


def _work(table: RankTable) -> float:
    """Return an upper bound of the steps of the exact distribution."""
    sizes = table.sizes
    if table.is_untied:  # no ties: a product formula
        return inversions_work(sizes) / _ADDITIONS_A_STEP
    if table.n > EXACT_LIMIT // 1000:  # its factorials alone would be slow
        return EXACT_LIMIT + 1
    steps = dealing_steps(table.ties.tolist(), sizes)
    longest = sum(a * b for a, b in itertools.combinations(sizes, 2)) * 2 + 1
    words = longest * _bits(sizes) // 64
    return steps * (1 + words // _WORDS_A_STEP)


def _exact_tail(table: RankTable, doubled: int, limit: float) -> Tail:
    """Return where twice J lies among all allocations."""
    check_work(_work(table), limit, "Jonckheere-Terpstra test")
    if table.is_untied:
        ways = inversion_counts(table.sizes)
        return Distribution(tuple(range(len(ways))), tuple(ways)).tail(doubled // 2)
    return _distribution(table.ties.tolist(), table.sizes).tail(doubled)


def _bits(sizes: Sequence[int]) -> int:
    """Return the bits of the number of allocations, in whole bytes."""
    return (_allocations(sizes).bit_length() + 8) // 8 * 8


def _allocations(sizes: Sequence[int]) -> int:
    return math.factorial(sum(sizes)) // math.prod(map(math.factorial, sizes))


def _distribution(ties: Sequence[int], sizes: Sequence[int]) -> Distribution:
    """Count the allocations that give each value of twice J.

    How often each value of twice J is reached is kept as one long integer, `bits` for
    each value, so that adding a constant to J is one shift. The state is how many
    cases each group has already, all of them with lower values.
    """
    bits = _bits(sizes)
    states: dict[tuple[int, ...], int] = {(0,) * len(sizes): 1}
    for t in ties:
        following: dict[tuple[int, ...], int] = defaultdict(int)
        whole_ways = math.factorial(t)
        for used, ways in states.items():
            room = tuple(s - u for s, u in zip(sizes, used, strict=True))
            for share in _shares(t, room):
                gained = lower = same = 0
                for had, got in zip(used, share, strict=True):
                    gained += got * (2 * lower + same)
                    lower, same = lower + had, same + got
                choices = whole_ways // math.prod(map(math.factorial, share))
                target = tuple(u + s for u, s in zip(used, share, strict=True))
                following[target] += (ways * choices) << (gained * bits)
        states = following
    packed = states[tuple(sizes)]
    size = bits // 8
    raw = packed.to_bytes(-(-packed.bit_length() // bits) * size, "little")
    counts = [
        int.from_bytes(raw[at : at + size], "little") for at in range(0, len(raw), size)
    ]
    values = tuple(value for value, count in enumerate(counts) if count)
    return Distribution(values, tuple(counts[value] for value in values))


def _shares(t: int, room: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Yield all ways to deal `t` cases to groups with room left."""
    if len(room) == 1:
        yield (t,)
        return
    others = sum(room[1:])
    for first in range(max(0, t - others), min(t, room[0]) + 1):
        for rest in _shares(t - first, room[1:]):
            yield (first, *rest)


def _hits(
    table: RankTable, excess: int, mean: int, drawn: int, rng: "np.random.Generator"
) -> TailHits:
    hits = TailHits()
    for tables in random_tables(table.ties, table.sizes, drawn, rng):
        hits.count(_doubled(tables) - mean, excess)
    return hits
