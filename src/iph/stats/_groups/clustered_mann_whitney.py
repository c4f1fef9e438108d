"""The rank sum test of two groups in which a patient has several values."""

import math
from collections.abc import Hashable, Iterable
from fractions import Fraction
from typing import Any, Literal

import attrs
import numpy as np
import numpy.typing as npt

from iph import _checks
from iph._checks import Ints, one_of, whole
from iph._labels import coded
from iph._results import Result
from iph._wide import bincount
from iph.errors import InputError
from iph.stats._groups.ranks import RankTable, rank_table
from iph.stats._inference.fair_coin import normal_p
from iph.stats._inference.p_value import METHODS, Method, Routes, find_p_value
from iph.stats._inference.stratified_sums import (
    ScoredStratum,
    permutation_tail,
    simulated_hits,
)

Alternative = Literal["two-sided", "less", "greater"]
TwoSided = Literal["abs", "central"]

AUTO_LIMIT = 2_000_000  # steps: about a second
EXACT_LIMIT = 20_000_000  # steps: ten seconds and a gigabyte


@attrs.frozen(kw_only=True, eq=False)
class ClusteredMannWhitney(Result):
    """What a rank sum test of clustered values found.

    Attributes
    ----------
    statistic : float
        The sum of the mid-ranks of the first group's values among all values.
    z : float
        The standardized statistic, without continuity correction; positive if the first
        group tends to be higher, NaN if nothing can vary.
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
    clusters1, clusters2 : int
        The clusters (patients) of each group.
    n_clusters : int
        The clusters used.
    n_clusters_uninformative : int
        The clusters of a size that only one group has; their groups stay as they are.
    n : int
        The values used.
    n_missing : int
        The values left out because value, group or cluster was missing.
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
    clusters1: int
    clusters2: int
    n_clusters: int
    n_clusters_uninformative: int
    n: int
    n_missing: int


def clustered_mann_whitney(
    values: npt.ArrayLike | Iterable[object],
    group: npt.ArrayLike | Iterable[Hashable],
    cluster: npt.ArrayLike | Iterable[Hashable],
    *,
    method: Method = "auto",
    alternative: Alternative = "two-sided",
    two_sided: TwoSided = "abs",
    rng: np.random.Generator | int | None = None,
    n_resamples: int = 10_000,
) -> ClusteredMannWhitney:
    """Test whether one of two groups has higher grades, with several of a patient.

    Do the hips, the sides or the episodes of treated patients tend to have better
    grades than those of the others, when some patients have two or more? They are not
    independent, and `mann_whitney` of all of them finds too much.

    Parameters
    ----------
    values : array-like of shape (n,)
        The grades, scores or measures, one a hip, side or episode; None or NaN where
        missing.
    group : array-like of shape (n,)
        The group of each value: two labels, the same for all values of a patient.
    cluster : array-like of shape (n,)
        The patient of each value.
    method : {"auto", "exact", "asymptotic", "monte-carlo"}, default: "auto"
        The p-value from all allocations of the patients to the groups, from the normal
        distribution, or from `n_resamples` random allocations. ``"auto"`` is exact up
        to 2,000,000 steps, else asymptotic if more than 200 patients of the smaller
        group could have been of the other, else Monte Carlo; see :doc:`the rule
        </reference/p-values>`.
    alternative : {"two-sided", "less", "greater"}, default: "two-sided"
        ``"greater"``: the values of the first group (the first label in order) tend to
        be higher.
    two_sided : {"abs", "central"}, default: "abs"
        What is two-sided in an exact or simulated test: allocations at least as far
        from the expected rank sum, or twice the smaller tail.
    rng : numpy.random.Generator or int, optional
        Generator or seed of a simulated p-value; needed by ``"monte-carlo"``, while
        ``"auto"`` does with a documented seed.
    n_resamples : int, default: 10_000
        Random allocations of a Monte Carlo test.

    Returns
    -------
    ClusteredMannWhitney
        With attributes ``statistic``, ``z``, ``p_value``, ``p_low``, ``p_high``,
        ``method``, ``seed``, ``alternative``, ``two_sided``, ``groups``, ``clusters1``,
        ``clusters2``, ``n_clusters``, ``n_clusters_uninformative``, ``n`` and
        ``n_missing``. If nothing can vary the exact p-value is 1, the asymptotic one
        NaN.

    Raises
    ------
    iph.errors.InputError
        Values that are no numbers, columns of unequal length, an unknown option, other
        than two groups, or a patient with values in both groups: then each is to be
        compared with himself, by `wilcoxon_signed_rank` or `sign_test`.
    iph.errors.WorkError
        ``method="exact"`` would take more than 20,000,000 steps.

    See Also
    --------
    mann_whitney : One value a patient.
    van_elteren : Patients in strata.

    Notes
    -----
    All values are ranked together, the ranks of each patient are added, and whole
    patients are dealt anew to the groups among those with as many values [1]_. The
    asymptotic test is ``clusrank::clusWilcox.test(method = "rgl")`` of R; the exact one
    counts all such allocations in whole numbers. It supposes that the number of values
    of a patient has nothing to do with them; where worse patients have more episodes,
    take one figure a patient, such as the worst or the mean, and `mann_whitney`.

    References
    ----------
    .. [1] Rosner B, Glynn RJ, Lee MLT. Incorporation of clustering effects for the
       Wilcoxon rank sum test: a large-sample approach. Biometrics 2003;59:1089-1098.
       :doi:`10.1111/j.0006-341X.2003.00125.x`

    Examples
    --------
    Grades of both hips of seven patients and of the only one of three, of two
    treatments:

    >>> from iph.stats import clustered_mann_whitney
    >>> grades = [3, 3, 2, 3, 3, 2, 3, 1, 2, 0, 1, 2, 2, 1, 3, 2, 1]
    >>> patient = [1, 1, 2, 2, 3, 3, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 10]
    >>> arm = ["new"] * 7 + ["old"] * 7 + ["new"] + ["old"] * 2
    >>> test = clustered_mann_whitney(grades, arm, patient)
    >>> print(f"p = {test.p_value:.3f} ({test.method}, {test.n_clusters} patients)")
    p = 0.010 (exact, 10 patients)
    """
    one_of(method, "method", METHODS)
    one_of(alternative, "alternative", ("two-sided", "less", "greater"))
    one_of(two_sided, "two_sided", ("abs", "central"))
    drawn = whole(n_resamples, "n_resamples", low=1)
    table, sums, sizes, first, groups = _read(values, group, cluster)
    strata = [
        _stratum(sums[sizes == size], first[sizes == size])
        for size in np.unique(sizes).tolist()
    ]
    telling = [one for one in strata if 0 < one.size < one.n]
    variance = sum((one.variance for one in telling), Fraction(0))
    excess = sum((one.excess for one in telling), Fraction(0))
    z = math.nan
    if variance:
        z = math.copysign(math.sqrt(excess * excess / variance), excess)
    found = find_p_value(
        method,
        Routes(
            exact=lambda limit: permutation_tail(
                telling, limit, "rank sum test of clusters"
            ).p_value(alternative, two_sided),
            limits=(AUTO_LIMIT, EXACT_LIMIT),
            drawn=lambda random: simulated_hits(telling, drawn, random).p_value(
                alternative, two_sided
            ),
            asymptotic=lambda: normal_p(z, alternative),
            smallest=sum(min(one.size, one.n - one.size) for one in telling),
            cases=sum(one.n for one in telling),
        ),
        rng,
    )
    return ClusteredMannWhitney(
        statistic=table.score_sums[0] / 2,
        z=z,
        p_value=found.p_value,
        p_low=found.p_low,
        p_high=found.p_high,
        method=found.method,
        seed=found.seed,
        alternative=alternative,
        two_sided=two_sided,
        groups=groups,
        clusters1=int(first.sum()),
        clusters2=int((~first).sum()),
        n_clusters=first.size,
        n_clusters_uninformative=first.size - sum(one.n for one in telling),
        n=table.n,
        n_missing=table.n_missing,
    )


def _read(
    values: Any, group: Any, cluster: Any
) -> tuple[RankTable, Ints, Ints, npt.NDArray[np.bool_], tuple[Hashable, Hashable]]:
    """Return the ranks; twice their sum, size and group of each cluster; the labels."""
    measured = _checks.numbers(values, "values")
    n = measured.size
    member, labels = coded(group, "group")
    patient, names = coded(cluster, "cluster")
    _checks.same_length(n, member.size, "values", "group")
    _checks.same_length(n, patient.size, "values", "cluster")
    used = ~np.isnan(measured) & (member >= 0) & (patient >= 0)
    measured, member, patient = measured[used], member[used], patient[used]
    seen = np.unique(member)
    if seen.size != 2:
        found = tuple(labels[code] for code in seen.tolist())
        raise InputError("group", "two groups among the complete cases", found)
    first = member == seen[0]
    own, place = np.unique(patient, return_inverse=True)
    sizes = bincount(place).astype(np.int64)
    mine = bincount(place, first).astype(np.int64)
    both = (mine > 0) & (mine < sizes)
    if both.any():
        raise InputError(
            "group",
            "the same for all values of a patient",
            f"both groups for {names[int(own[np.argmax(both)])]!r}",
            "compare each with himself: wilcoxon_signed_rank or sign_test",
        )
    table = rank_table([measured[first], measured[~first]], None)
    _, code = np.unique(_checks.on_grid(measured), return_inverse=True)
    sums = bincount(place, table.scores[code]).astype(np.int64)
    table = attrs.evolve(table, n_missing=int((~used).sum()))
    groups = (labels[int(seen[0])], labels[int(seen[1])])
    return table, sums, sizes, mine > 0, groups


def _stratum(sums: Ints, first: npt.NDArray[np.bool_]) -> ScoredStratum:
    """Return the rank sums of the clusters of one size."""
    scores, place = np.unique(sums, return_inverse=True)
    return ScoredStratum(
        scores=scores.tolist(),
        counts=bincount(place).tolist(),
        chosen=bincount(place, first).astype(np.int64).tolist(),
    )
