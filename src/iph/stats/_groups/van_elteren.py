"""Van Elteren's test: Wilcoxon's rank sum test of two groups within strata."""

import math
from collections.abc import Hashable, Iterable
from fractions import Fraction
from typing import Any, Literal

import attrs
import numpy as np
import numpy.typing as npt

from iph import _checks
from iph._checks import one_of
from iph._labels import coded
from iph._options import resamples
from iph._results import Result
from iph.errors import InputError
from iph.stats._groups.ranks import RankTable, rank_table
from iph.stats._inference.definite_order import bounds_apart
from iph.stats._inference.fair_coin import normal_p
from iph.stats._inference.p_value import (
    METHODS,
    Method,
    Routes,
    find_p_value,
    smallest_share,
)
from iph.stats._inference.stratified_sums import (
    ScoredStratum,
    permutation_tail,
    simulated_hits,
)

Alternative = Literal["two-sided", "less", "greater"]
TwoSided = Literal["abs", "central"]
StrataWeights = Literal["locally-best", "design-free"]

AUTO_LIMIT = 2_000_000  # steps: about a second
EXACT_LIMIT = 20_000_000  # steps: ten seconds and a gigabyte


@attrs.frozen(kw_only=True, eq=False)
class VanElteren(Result):
    """What van Elteren's test found.

    Attributes
    ----------
    statistic : float
        The chi-square statistic of one degree of freedom; NaN if no stratum tells
        anything.
    z : float
        Its root, positive if the first group tends to be higher.
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
    strata_weights : str
        What weighs the strata: ``"locally-best"`` or ``"design-free"``.
    groups : tuple
        The labels of the first and the second group.
    n1, n2 : int
        The cases of each group.
    n_strata : int
        The strata.
    n_strata_uninformative : int
        The strata that tell nothing: one group only, or all values equal.
    n : int
        The cases used.
    n_missing : int
        The cases left out because value, group or stratum was missing.
    n_bounds : int
        The cases that are known by a bound alone, such as ">8".
    bound_rule : str or None
        How those were ranked within their strata, such as ``"ranked in the top tie"``,
        with all rules where strata differ; None without bounds.
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
    strata_weights: str
    groups: tuple[Hashable, Hashable]
    n1: int
    n2: int
    n_strata: int
    n_strata_uninformative: int
    n: int
    n_missing: int
    n_bounds: int
    bound_rule: str | None


def van_elteren(
    values: npt.ArrayLike | Iterable[object],
    group: npt.ArrayLike | Iterable[Hashable],
    strata: npt.ArrayLike | Iterable[Hashable],
    *,
    weights: npt.ArrayLike | Iterable[object] | None = None,
    method: Method = "auto",
    alternative: Alternative = "two-sided",
    two_sided: TwoSided = "abs",
    strata_weights: StrataWeights = "locally-best",
    rng: np.random.Generator | int | None = None,
    n_resamples: int = 10_000,
) -> VanElteren:
    """Test whether one of two groups tends to have higher grades, within strata.

    Do the grades differ between two treatments when patients are only compared with
    those of their center, or with those who were as bad at the beginning?

    Parameters
    ----------
    values : array-like of shape (n,)
        The grades, scores or measures; None or NaN where missing. A value known by a
        bound alone is an `iph.Bound`; see `mann_whitney`.
    group : array-like of shape (n,)
        The group of each patient: two labels.
    strata : array-like of shape (n,)
        The stratum of each patient, such as center or grade at baseline.
    weights : array-like of int, shape (n,), optional
        How many cases each row stands for.
    method : {"auto", "exact", "asymptotic", "monte-carlo"}, default: "auto"
        The p-value from all allocations of the values to the groups within the strata,
        from the normal distribution, or from `n_resamples` random allocations.
        ``"auto"`` is exact up to 2,000,000 steps, else asymptotic if the groups are
        large, else Monte Carlo; see :doc:`the rule </reference/p-values>`.
    alternative : {"two-sided", "less", "greater"}, default: "two-sided"
        ``"greater"``: the values of the first group (the first label in order) tend to
        be higher.
    two_sided : {"abs", "central"}, default: "abs"
        What is two-sided in an exact or simulated test: allocations at least as far
        from the expected sum, or twice the smaller tail.
    strata_weights : {"locally-best", "design-free"}, default: "locally-best"
        What the rank sum of a stratum with n1 and n2 patients is divided by: n1 + n2 +
        1, which finds most if the groups differ alike in all strata, or n1 n2, which
        gives each stratum the same say however few patients it has.
    rng : numpy.random.Generator or int, optional
        Generator or seed of a simulated p-value; needed by ``"monte-carlo"``, while
        ``"auto"`` does with a documented seed.
    n_resamples : int, default: 10_000
        Random allocations of a Monte Carlo test.

    Returns
    -------
    VanElteren
        With attributes ``statistic``, ``z``, ``p_value``, ``p_low``, ``p_high``,
        ``method``, ``seed``, ``alternative``, ``two_sided``, ``strata_weights``,
        ``groups``, ``n1``, ``n2``, ``n_strata``, ``n_strata_uninformative``, ``n``,
        ``n_missing``, ``n_bounds`` and ``bound_rule``. If no stratum tells anything the
        exact p-value is 1, the asymptotic one NaN.

    Raises
    ------
    iph.errors.InputError
        Values that are no numbers, columns of unequal length, an unknown option, or
        other than two groups among the complete cases.
    iph.errors.WorkError
        ``method="exact"`` would take more than 20,000,000 steps.

    See Also
    --------
    mann_whitney : The test without strata.
    cochran_mantel_haenszel : A yes or no within strata.
    logrank : Times to an event, with ``strata=``.

    Notes
    -----
    Patients are ranked within their stratum [1]_. Mid-ranks over n1 + n2 + 1 are the
    modified ridits of SAS, where the test is the row mean score statistic of PROC FREQ
    with ``CMH2 SCORES=MODRIDIT``; ``coin::independence_test`` of R finds its exact
    p-value if it is given these scores and the strata as blocks. The exact distribution
    is counted in whole numbers, with the scores times their common denominator. With
    one stratum the test is that of Mann and Whitney without continuity correction.
    Bounds are ranked, or scored after Gehan, within their stratum as in `mann_whitney`.

    References
    ----------
    .. [1] van Elteren PH. On the combination of independent two sample tests of
       Wilcoxon. Bull Int Stat Inst 1960;37:351-361.
    .. [2] Lehmann EL. Nonparametrics: statistical methods based on ranks. Holden-Day
       1975, chapter 3.

    Examples
    --------
    Breaks of the warp by wool, at low, medium and high tension of the yarn (Tippett
    1950, the data ``warpbreaks`` of R; coin finds Z = 1.1752, p = .2473):

    >>> from iph.stats import van_elteren
    >>> low = [26, 30, 54, 25, 70, 52, 51, 26, 67, 27, 14, 29, 19, 29, 31, 41, 20, 44]
    >>> mid = [18, 21, 29, 17, 12, 18, 35, 30, 36, 42, 26, 19, 16, 39, 28, 21, 39, 29]
    >>> top = [36, 21, 24, 18, 10, 43, 28, 15, 26, 20, 21, 24, 17, 13, 15, 15, 16, 28]
    >>> wool = 3 * (9 * ["A"] + 9 * ["B"])
    >>> tension = 18 * ["L"] + 18 * ["M"] + 18 * ["H"]
    >>> test = van_elteren(low + mid + top, wool, tension)
    >>> print(f"z = {test.z:.4f}, p = {test.p_value:.4f} ({test.method})")
    z = 1.1752, p = 0.2473 (exact)
    """
    one_of(method, "method", METHODS)
    one_of(alternative, "alternative", ("two-sided", "less", "greater"))
    one_of(two_sided, "two_sided", ("abs", "central"))
    one_of(strata_weights, "strata_weights", ("locally-best", "design-free"))
    drawn = resamples(n_resamples)
    tables, groups, n_missing = _read(values, group, strata, weights)
    informative = _weighed(tables, strata_weights)
    excess = sum((one.excess for one in informative), Fraction(0))
    variance = sum((one.variance for one in informative), Fraction(0))
    z = math.nan
    if variance:
        z = math.copysign(math.sqrt(excess * excess / variance), excess)
    sizes = [sum(table.sizes[side] for table in tables) for side in (0, 1)]
    found = find_p_value(
        method,
        Routes(
            exact=lambda limit: permutation_tail(
                informative, limit, "van Elteren test"
            ).p_value(alternative, two_sided),
            limits=(AUTO_LIMIT, EXACT_LIMIT),
            drawn=lambda random: simulated_hits(informative, drawn, random).p_value(
                alternative, two_sided
            ),
            asymptotic=lambda: normal_p(z, alternative),
            smallest=sum(
                smallest_share((one.size, one.n - one.size), np.array(one.counts))
                for one in informative
            ),
            cases=sum(one.n for one in informative),
        ),
        rng,
    )
    return VanElteren(
        statistic=z * z,
        z=z,
        p_value=found.p_value,
        p_low=found.p_low,
        p_high=found.p_high,
        method=found.method,
        seed=found.seed,
        alternative=alternative,
        two_sided=two_sided,
        strata_weights=strata_weights,
        groups=groups,
        n1=sizes[0],
        n2=sizes[1],
        n_strata=len(tables),
        n_strata_uninformative=len(tables) - len(informative),
        n=sum(sizes),
        n_missing=n_missing,
        n_bounds=sum(table.n_bounds for table in tables),
        bound_rule=", ".join(sorted({t.bound_rule for t in tables if t.bound_rule}))
        or None,
    )


def _read(
    values: Any, group: Any, strata: Any, weights: Any
) -> tuple[list[RankTable], tuple[Hashable, Hashable], int]:
    """Return the ranks of each stratum, the labels of the groups, and the missing."""
    plain, bounds = bounds_apart(values, "values")
    measured: npt.NDArray[Any] = _checks.numbers(plain, "values")
    recorded = ~np.isnan(measured)
    n = measured.size
    if bounds:
        measured = measured.astype(object)
        for row, bound in bounds.items():
            measured[row], recorded[row] = bound, True
    member, groups = coded(group, "group")
    stratum, _ = coded(strata, "strata")
    _checks.same_length(n, member.size, "values", "group")
    _checks.same_length(n, stratum.size, "values", "strata")
    cases = _checks.case_counts(weights, n)
    whole_rows = recorded & (member >= 0) & (stratum >= 0)
    used = whole_rows & (cases > 0)
    seen = np.unique(member[used])
    if seen.size != 2:
        labels = tuple(groups[code] for code in seen.tolist())
        raise InputError("group", "two groups among the complete cases", labels)
    tables = []
    order = np.flatnonzero(used)[np.argsort(stratum[used], kind="stable")]
    ends = np.flatnonzero(np.diff(stratum[order])) + 1
    for rows in np.split(order, ends):
        sides = [rows[member[rows] == code] for code in seen]
        tables.append(
            rank_table(
                [measured[s] for s in sides], [cases[s] for s in sides], scores=True
            )
        )
    first, second = (groups[code] for code in seen.tolist())
    return tables, (first, second), int(cases[~whole_rows].sum())


def _weighed(tables: list[RankTable], strata_weights: str) -> list[ScoredStratum]:
    """Return the strata that tell anything, with whole weights of their ranks."""
    telling = [t for t in tables if all(t.sizes) and not t.is_constant]
    under = [
        t.n + 1 if strata_weights == "locally-best" else t.sizes[0] * t.sizes[1]
        for t in telling
    ]
    common = math.lcm(*under)
    return [
        ScoredStratum(
            scores=(table.scores - (table.n + 1)).tolist(),
            counts=table.ties.tolist(),
            chosen=table.counts[:, 0].tolist(),
            factor=common // each,
        )
        for table, each in zip(telling, under, strict=True)
    ]
