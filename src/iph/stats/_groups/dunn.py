"""Dunn's pairwise comparisons after a Kruskal-Wallis test."""

import itertools
import math
from collections.abc import Hashable, Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any

import attrs
import numpy.typing as npt

from iph._checks import one_of
from iph._results import Result
from iph._scalars import is_missing
from iph.errors import InputError
from iph.stats._groups.ranks import rank_table
from iph.stats._inference.adjust import ADJUSTMENTS, Adjustment, adjust_p_values
from iph.stats._inference.tails import normal_two_sided


@attrs.frozen(kw_only=True, eq=False)
class DunnComparison(Result):
    """One pair of groups in Dunn's test.

    Attributes
    ----------
    first, second : hashable
        The two groups: their labels, or their positions counted from 0.
    mean_rank_difference : float
        Mean rank of the first group minus mean rank of the second, both taken in the
        ranking of all groups together.
    standard_error : float
        Its standard error under the hypothesis of equal distributions.
    z : float
        The difference divided by its standard error.
    p_value : float
        Two-sided, by the normal distribution, not adjusted.
    p_adjusted : float
        Adjusted for the number of comparisons.
    adjust : str
        The rule of the adjustment.
    method : str
        ``"asymptotic"``.
    n : int
        The cases of all groups, since all of them are ranked.
    n_missing : int
        The cases left out because their value was missing.
    n_bounds : int
        The cases that are known by a bound alone, such as ">8".
    bound_rule : str or None
        How those were ranked, such as ``"ranked in the top tie"`` or ``"scored after
        Gehan"``; None without bounds.
    """

    first: Hashable
    second: Hashable
    mean_rank_difference: float
    standard_error: float
    z: float
    p_value: float
    p_adjusted: float
    adjust: str
    method: str
    n: int
    n_missing: int
    n_bounds: int
    bound_rule: str | None


def dunn(
    *samples: npt.ArrayLike | Iterable[object],
    weights: Sequence[Any] | None = None,
    adjust: Adjustment = "bonferroni",
    labels: Sequence[Hashable] | None = None,
    control: Hashable | None = None,
) -> tuple[DunnComparison, ...]:
    """Compare every two of several independent groups of graded values.

    The groups differ as a whole (see `kruskal_wallis`): which of them differ from
    which?

    Parameters
    ----------
    *samples : array-like of shape (n_j,)
        The values of each group, at least two groups; None or NaN where missing. A
        value known by a bound alone is an `iph.Bound`; see `mann_whitney`.
    weights : sequence of array-like, optional
        Case counts, one vector for each sample (None within it for ones).
    adjust : {"bonferroni", "holm", "hochberg", "hommel", "benjamini-hochberg", \
"benjamini-yekutieli", "none"}, default: "bonferroni"
        How the p-values are adjusted for the number of comparisons; see
        `adjust_p_values`.
    labels : sequence of hashable, optional
        The names of the groups, for ``first`` and ``second``; their positions, counted
        from 0, if not given.
    control : hashable, optional
        The name (or position) of a group with which alone all others are compared, in
        the place of every two. Fewer comparisons are then adjusted for.

    Returns
    -------
    tuple of DunnComparison
        The pairs (0, 1), (0, 2), ..., (1, 2), ..., or with a control, which is then the
        second of each pair, (0, control), (1, control), ...; each with attributes
        ``first``,
        ``second``, ``mean_rank_difference``, ``standard_error``, ``z``, ``p_value``,
        ``p_adjusted``, ``adjust``, ``method``, ``n``, ``n_missing``, ``n_bounds`` and
        ``bound_rule``. With an empty
        group in the pair, or all values equal, ``z`` and the p-values are NaN, and the
        pair does not count in the adjustment.

    Raises
    ------
    iph.errors.InputError
        Fewer than two samples, values that are no numbers, labels or weights that do
        not fit the samples, a control that is no group.

    See Also
    --------
    kruskal_wallis : The test of all groups together, with their mean ranks.

    Notes
    -----
    With N cases and T the sum of t^3 - t over the tied values,

    ``z = (R_i - R_j) / sqrt((N (N + 1) / 12 - T / (12 (N - 1))) (1/n_i + 1/n_j))``,

    where R are mean ranks [1]_. Prism and SPSS print the same z with the Bonferroni
    rule. ``rstatix::dunn_test`` in R subtracts the other way round, so its z has the
    opposite sign. The variance is computed from whole numbers: it stays right where
    programs that hold N^3 in 64 bits overflow.

    References
    ----------
    .. [1] Dunn OJ. Multiple comparisons using rank sums. Technometrics 1964;6:241-252.
       :doi:`10.1080/00401706.1964.10490181`

    Examples
    --------
    Pain (0 to 10) of three groups:

    >>> from iph.stats import dunn
    >>> pairs = dunn([7, 8, 9, 9], [3, 4, 7, 5], [0, 1, 2, 3], adjust="holm")
    >>> for pair in pairs:
    ...     print(f"{pair.first}-{pair.second}: z = {pair.z:.2f}, "
    ...           f"p = {pair.p_value:.4f}, Holm {pair.p_adjusted:.4f}")
    0-1: z = 1.53, p = 0.1265, Holm 0.2531
    0-2: z = 3.06, p = 0.0022, Holm 0.0067
    1-2: z = 1.53, p = 0.1265, Holm 0.2531
    """
    if len(samples) < 2:
        raise InputError("samples", "at least two groups", len(samples))
    one_of(adjust, "adjust", ADJUSTMENTS)
    names: Sequence[Hashable] = range(len(samples)) if labels is None else list(labels)
    if len(names) != len(samples):
        raise InputError("labels", f"one for each of {len(samples)} samples", labels)
    table = rank_table(samples, weights, scores=True)
    sizes, sums, n = table.sizes, table.score_sums, table.n
    rows: list[tuple[int, int, float, float, float]] = []
    for i, j in _compared(list(names), control):
        if not sizes[i] or not sizes[j]:
            rows.append((i, j, math.nan, math.nan, math.nan))
            continue
        difference = Fraction(sums[i], 2 * sizes[i]) - Fraction(sums[j], 2 * sizes[j])
        if table.spread == 0:
            rows.append((i, j, float(difference), 0.0, math.nan))
            continue
        pooled = Fraction(1, sizes[i]) + Fraction(1, sizes[j])
        variance = Fraction(table.spread, 12 * (n - 1)) * pooled
        z = math.copysign(math.sqrt(difference**2 / variance), difference)
        rows.append((i, j, float(difference), math.sqrt(variance), z))
    raw = [normal_two_sided(z) for *_, z in rows]
    adjusted = adjust_p_values(raw, method=adjust)
    return tuple(
        DunnComparison(
            first=names[i],
            second=names[j],
            mean_rank_difference=difference,
            standard_error=error,
            z=z,
            p_value=p,
            p_adjusted=q,
            adjust=adjust,
            method="asymptotic",
            n=n,
            n_missing=table.n_missing,
            n_bounds=table.n_bounds,
            bound_rule=table.bound_rule,
        )
        for (i, j, difference, error, z), p, q in zip(rows, raw, adjusted, strict=True)
    )


def _compared(
    names: list[Hashable], control: Hashable | None
) -> Iterator[tuple[int, int]]:
    """Yield the pairs of groups: every two, or each with the control."""
    places = range(len(names))
    if control is None:
        yield from itertools.combinations(places, 2)
        return
    is_column = getattr(control, "ndim", 0)
    if is_column or is_missing(control) or control not in names:
        raise InputError("control", f"one of the groups {tuple(names)}", control)
    last = names.index(control)
    yield from ((i, last) for i in places if i != last)
