"""Wilcoxon's signed-rank test of paired grades, exact also with ties and zeros."""

import math
from collections.abc import Iterable
from fractions import Fraction
from typing import Any, Literal

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import (
    Floats,
    Ints,
    case_counts,
    numbers,
    on_grid,
    one_of,
    same_length,
)
from iph._options import resamples, switch
from iph._results import Result
from iph._wide import repeat
from iph.stats._inference.dealing import coin_tosses
from iph.stats._inference.exact_sums import Tail, signed_sums
from iph.stats._inference.exact_work import check_work
from iph.stats._inference.monte_carlo import TailHits
from iph.stats._inference.p_value import (
    METHODS,
    MOST_DEALT,
    Method,
    Routes,
    find_p_value,
)
from iph.stats._inference.tails import normal_two_sided, normal_upper
from iph.stats._repeated.repeated_grades import total

Column = npt.ArrayLike | Iterable[object]

# 1.3 - 1.2 and 2.3 - 2.2 differ as floats, and a rank test that compares them sees no
# tie. Values that were written with up to nine decimals are therefore subtracted as
# whole numbers of their last decimal.
_MOST_DECIMALS = 9
_EXACT_FLOATS = 2.0**53
_INT64 = 2**63


@attrs.frozen(kw_only=True, eq=False)
class SizedDifferences:
    """Differences counted by their size.

    Attributes
    ----------
    positive, negative : numpy.ndarray
        How many pairs have each distinct nonzero size, in rising order of size, with a
        positive and with a negative difference.
    n_zero : int
        The pairs without a difference.
    n, n_missing : int
        The pairs with both values, and without.
    """

    positive: Ints
    negative: Ints
    n_zero: int
    n: int
    n_missing: int


def sized_differences(x: Column, y: Column | None, weights: Any) -> SizedDifferences:
    """Count the differences x - y (or x itself, if y is None) by size and sign."""
    first = numbers(x, "x")
    if y is None:
        difference = on_grid(first)
    else:
        second = numbers(y, "y")
        same_length(first.size, second.size, "x", "y")
        difference = _subtracted(first, second)
    counts = case_counts(weights, first.size)
    known = ~np.isnan(difference)
    n = int(counts[known].sum())
    kept = known & (counts > 0) & (difference != 0.0)
    sizes, which = np.unique(np.abs(difference[kept]), return_inverse=True)
    signed = np.zeros((2, sizes.size), dtype=np.int64)
    np.add.at(signed, ((difference[kept] < 0.0).astype(np.int64), which), counts[kept])
    return SizedDifferences(
        positive=signed[0],
        negative=signed[1],
        n_zero=n - int(signed.sum()),
        n=n,
        n_missing=int(counts.sum()) - n,
    )


def _subtracted(x: Floats, y: Floats) -> Floats:
    both = np.concatenate([x, y])
    known = both[~np.isnan(both)]
    largest = float(np.abs(known).max(initial=0.0))
    for decimals in range(_MOST_DECIMALS + 1):
        scale = 10.0**decimals
        if largest * scale >= _EXACT_FLOATS:
            break
        # The quotient of two exact floats is the float nearest to that decimal number,
        # so equality means: this is how the decimal is stored.
        if np.array_equal(np.rint(known * scale) / scale, known):
            difference: Floats = np.rint(x * scale) - np.rint(y * scale)
            return difference
    return on_grid(x - y, largest)


Alternative = Literal["two-sided", "less", "greater"]
TwoSided = Literal["abs", "central"]
Zeros = Literal["wilcox", "pratt"]

ALTERNATIVES = ("two-sided", "less", "greater")
TWO_SIDED = ("abs", "central")
AUTO_LIMIT = 100_000_000  # steps: about a second
EXACT_LIMIT = 5_000_000_000  # steps: about a minute
_CELLS_AT_ONCE = 2_000_000


@attrs.frozen(kw_only=True, eq=False)
class WilcoxonSignedRank(Result):
    """What `wilcoxon_signed_rank` found.

    Attributes
    ----------
    statistic : float
        W+, the sum of the ranks of the positive differences (V in R).
    z : float
        The standardized statistic without continuity correction; positive if `x` tends
        to be higher, NaN if all differences are zero.
    rank_biserial : float
        The matched-pairs rank-biserial correlation: (W+ - W-) / (W+ + W-), from -1 to
        1; NaN if all differences are zero.
    p_value : float
        The p-value for the alternative asked.
    p_low, p_high : float or None
        The 99 % interval of a simulated p-value; None if nothing was simulated.
    method : str
        How the p-value was found: ``"exact"``, ``"asymptotic"``, ``"asymptotic,
        continuity-corrected"`` or ``"monte-carlo"``.
    seed : int or None
        The documented seed if a p-value was simulated without `rng`, else None.
    zeros, alternative, two_sided : str
        The rules chosen.
    n : int
        The pairs with both values.
    n_zero : int
        The pairs among them without a difference.
    n_missing : int
        The pairs left out because a value was missing.
    """

    statistic: float
    z: float
    rank_biserial: float
    p_value: float
    p_low: float | None
    p_high: float | None
    method: str
    seed: int | None
    zeros: str
    alternative: str
    two_sided: str
    n: int
    n_zero: int
    n_missing: int


@attrs.frozen(kw_only=True, eq=False)
class _Ranked:
    """Twice the mid-rank of each distinct size, with how many pairs have it."""

    scores: Ints
    ties: Ints
    above: int  # twice W+
    excess: int  # twice W+ minus twice W-
    variance: int  # of the excess
    whole: int  # twice W+ plus twice W-


def wilcoxon_signed_rank(
    x: Column,
    y: Column | None = None,
    *,
    weights: Any = None,
    zeros: Zeros = "wilcox",
    method: Method = "auto",
    alternative: Alternative = "two-sided",
    two_sided: TwoSided = "abs",
    continuity: bool = True,
    rng: np.random.Generator | int | None = None,
    n_resamples: int = 10_000,
) -> WilcoxonSignedRank:
    """Test whether the same patients' values differ between two occasions.

    Is pain lower after treatment than before, when each patient is compared with
    himself and larger changes count more than smaller ones?

    Parameters
    ----------
    x : array-like of shape (n,)
        The values on one occasion, or the differences themselves; None or NaN where
        missing.
    y : array-like of shape (n,), optional
        The values of the same patients, in the same order, on the other occasion.
    weights : array-like of int, optional
        How many pairs each row stands for.
    zeros : {"wilcox", "pratt"}, default: "wilcox"
        Pairs without a difference are dropped before ranking, or ranked with the others
        and dropped then, as Pratt proposed [2]_.
    method : {"auto", "exact", "asymptotic", "monte-carlo"}, default: "auto"
        The p-value from all assignments of signs to the ranks, from the normal
        distribution, or from random signs. ``"auto"`` is exact if that takes at most
        100,000,000 steps (always up to 300 pairs), else asymptotic; see :doc:`the rule
        </reference/p-values>`.
    alternative : {"two-sided", "less", "greater"}, default: "two-sided"
        ``"greater"``: the values of `x` tend to be higher than those of `y`.
    two_sided : {"abs", "central"}, default: "abs"
        The rule of a two-sided p-value. The distribution is symmetric, so both rules
        give the same exact p-value; they differ by chance in a simulation.
    continuity : bool, default: True
        Whether the normal approximation moves W+ by one half towards its mean.
    rng : numpy.random.Generator or int, optional
        Generator or seed of a simulated p-value; needed by ``"monte-carlo"``, while
        ``"auto"`` does with a documented seed.
    n_resamples : int, default: 10_000
        Random assignments of a Monte Carlo test.

    Returns
    -------
    WilcoxonSignedRank
        With attributes ``statistic``, ``z``, ``rank_biserial``, ``p_value``, ``p_low``,
        ``p_high``, ``method``, ``seed``, ``zeros``, ``alternative``, ``two_sided``,
        ``n``, ``n_zero`` and ``n_missing``. If all differences are zero the asymptotic
        p-value is NaN, the exact one 1; without any pair all numbers are NaN.

    Raises
    ------
    iph.errors.InputError
        Values that are no numbers, columns of unequal length, an unknown option.
    iph.errors.WorkError
        ``method="exact"`` would take more than 5,000,000,000 steps (some 900 pairs).

    See Also
    --------
    sign_test : When only the direction of a change is trusted, as between grades.
    friedman : Three occasions and more.
    mann_whitney : The test for two groups of *different* patients.

    Notes
    -----
    The exact distribution is that of W+ over all signs of the mid-ranks seen, counted
    in whole numbers [1]_. Without ties and zeros it is that of R's
    ``wilcox.test(paired = TRUE, exact = TRUE)``; with them
    ``coin::wilcoxsign_test(distribution = "exact")``, where ``wilcox.test`` falls back
    on the approximation, as it does from 50 pairs on: ``method="asymptotic"``. SPSS
    prints that of ``method="asymptotic", continuity=False``. Its variance is the sum of
    the squared ranks over four, in which ties and zeros are accounted for.

    Values with up to nine decimals are subtracted as decimals: 1.3 - 1.2 ties with
    2.3 - 2.2, which differ as floating-point numbers. Other differences tie if they
    agree in twelve digits of the largest value.

    References
    ----------
    .. [1] Wilcoxon F. Individual comparisons by ranking methods. Biometrics Bull
       1945;1:80-83. :doi:`10.2307/3001968`
    .. [2] Pratt JW. Remarks on zeros and ties in the Wilcoxon signed rank procedures.
       J Am Stat Assoc 1959;54:655-667. :doi:`10.1080/01621459.1959.10501526`

    Examples
    --------
    Depression scores of nine patients before and after a tranquilizer, the example of
    ``wilcox.test`` in R (V = 40, p = 0.01953):

    >>> from iph.stats import wilcoxon_signed_rank
    >>> before = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30]
    >>> after = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29]
    >>> test = wilcoxon_signed_rank(before, after, alternative="greater")
    >>> print(f"W+ = {test.statistic:g}, p = {test.p_value:.5f} ({test.method})")
    W+ = 40, p = 0.01953 (exact)
    """
    one_of(zeros, "zeros", ("wilcox", "pratt"))
    one_of(method, "method", METHODS)
    continuity = switch(continuity, "continuity")
    one_of(alternative, "alternative", ALTERNATIVES)
    one_of(two_sided, "two_sided", TWO_SIDED)
    drawn = resamples(n_resamples)
    pairs = sized_differences(x, y, weights)
    ranked = _ranked(pairs, zeros)
    found = find_p_value(
        method,
        Routes(
            exact=lambda limit: _exact_tail(ranked, limit).p_value(
                alternative, two_sided
            ),
            limits=(AUTO_LIMIT, EXACT_LIMIT),
            drawn=lambda random: _simulated(ranked, random, drawn).p_value(
                alternative, two_sided
            ),
            asymptotic=lambda: _normal_p(ranked, alternative, continuity=continuity),
            smallest=int(ranked.ties.sum()),
            cases=pairs.n,
            asymptotic_name="asymptotic, continuity-corrected"
            if continuity
            else "asymptotic",
        ),
        rng,
        defined=pairs.n > 0,
    )
    return WilcoxonSignedRank(
        statistic=ranked.above / 2 if pairs.n else math.nan,
        z=_standardized(ranked.excess, ranked.variance),
        rank_biserial=ranked.excess / ranked.whole if ranked.whole else math.nan,
        p_value=found.p_value,
        p_low=found.p_low,
        p_high=found.p_high,
        method=found.method,
        seed=found.seed,
        zeros=zeros,
        alternative=alternative,
        two_sided=two_sided,
        n=pairs.n,
        n_zero=pairs.n_zero,
        n_missing=pairs.n_missing,
    )


def _ranked(pairs: SizedDifferences, zeros: Zeros) -> _Ranked:
    ties = pairs.positive + pairs.negative
    below = pairs.n_zero if zeros == "pratt" else 0
    scores = 2 * (below + np.cumsum(ties)) - ties + 1
    above = total(scores * pairs.positive)
    under = total(scores * pairs.negative)
    return _Ranked(
        scores=scores,
        ties=ties,
        above=above,
        excess=above - under,
        variance=_sum_of_squares(scores, ties),
        whole=above + under,
    )


def _sum_of_squares(scores: Ints, ties: Ints) -> int:
    if int(scores.max(initial=0)) ** 2 * int(ties.max(initial=0)) < _INT64:
        return total(scores * scores * ties)
    rows = zip(scores.tolist(), ties.tolist(), strict=True)
    return sum(score * score * tie for score, tie in rows)


def _work(ranked: _Ranked) -> int:
    """Return the steps of the exact distribution: pairs times words of its table."""
    n = int(ranked.ties.sum())
    unit = int(np.gcd.reduce(ranked.scores)) or 1
    return ranked.whole // unit * (n + 1) // 64 * n


def _exact_tail(ranked: _Ranked, limit: float) -> Tail:
    """Return where twice W+ lies among all assignments of signs."""
    check_work(_work(ranked), limit, "signed-rank test")
    scores = repeat(ranked.scores, ranked.ties).tolist()
    return signed_sums(scores, limit=limit).tail(ranked.above)


def _standardized(excess: int, variance: int) -> float:
    """Return the excess in standard deviations; NaN where nothing can vary."""
    if not variance:
        return math.nan
    return math.copysign(math.sqrt(Fraction(excess * excess, variance)), excess)


def _normal_p(ranked: _Ranked, alternative: str, *, continuity: bool) -> float:
    step = 2 if continuity else 0  # half a rank, in units of the excess
    excess, variance = ranked.excess, ranked.variance
    if alternative == "two-sided":
        return normal_two_sided(_standardized(max(abs(excess) - step, 0), variance))
    if alternative == "greater":
        return normal_upper(_standardized(excess - step, variance))
    return normal_upper(-_standardized(excess + step, variance))


def _simulated(ranked: _Ranked, rng: Any, drawn: int) -> TailHits:
    """Count where the excess lies among random assignments of signs."""
    hits = TailHits()
    words = int(ranked.ties.sum()) // 64 + ranked.ties.size  # of random bits, at most
    width = max(1, _CELLS_AT_ONCE // max(1, min(words, MOST_DEALT)))
    for start in range(0, drawn, width):
        rows = min(width, drawn - start)
        if words <= MOST_DEALT:
            taken = coin_tosses(ranked.ties.tolist(), rows, rng)
        else:
            taken = rng.binomial(ranked.ties, 0.5, size=(rows, ranked.ties.size))
        hits.count((2 * taken - ranked.ties) @ ranked.scores, ranked.excess)
    return hits
