"""Spearman's rank correlation, with ties and an exact p-value."""

import math
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Literal

import numpy as np
import numpy.typing as npt

from iph._checks import Ints, one_of
from iph._wide import repeat
from iph.stats._association.pair_permutations import spearman_distribution
from iph.stats._association.paired_ranks import (
    PairedRanks,
    centered_scores,
    read_pairs,
    score_product,
    sizes_of_ties,
)
from iph.stats._association.rank_correlation import (
    Alternative,
    CorrelationMethod,
    RankCorrelation,
    Routes,
    batches,
    correlation_result,
    fisher_bounds,
    read_options,
    score_bounds,
)
from iph.stats._inference.dealing import permutation

_FEWEST = 4  # patients for an interval: its error has n - 3 below


def spearman(
    x: npt.ArrayLike | Iterable[object],
    y: npt.ArrayLike | Iterable[object],
    *,
    confidence_level: float = 0.95,
    interval: Literal["score", "bonett-wright", "fieller"] = "score",
    method: CorrelationMethod = "auto",
    alternative: Alternative = "two-sided",
    weights: npt.ArrayLike | Iterable[object] | None = None,
    rng: np.random.Generator | int | None = None,
    n_resamples: int = 10_000,
) -> RankCorrelation:
    """Rank correlation of two variables of the same patients (Spearman's rho).

    Do patients with a larger hematoma have the weaker leg?

    Parameters
    ----------
    x, y : sequence of float
        The two values of each patient, in the same order; None or NaN where missing. A
        value known by a bound alone is an `iph.Bound`; no value of the same variable
        may lie beyond it.
    confidence_level : float, default: 0.95
        Level of the interval, between 0 and 1.
    interval : {"score", "bonett-wright", "fieller"}, default: "score"
        The interval that holds under ties (see below); or that of ``atanh(rho)`` with
        the standard error ``sqrt((1 + rho^2 / 2) / (n - 3))`` [1]_ or
        ``sqrt(1.06 / (n - 3))`` [2]_, both meant for values without ties.
    method : {"auto", "exact", "asymptotic", "monte-carlo"}, default: "auto"
        The p-value from all pairings of the values, from Student's distribution with
        n - 2 degrees of freedom, or from `n_resamples` random pairings. ``"auto"`` is
        exact up to about a second of work (14 patients without ties, 28 with four
        grades), else asymptotic if more than 200 patients differ from the commonest
        values, else Monte Carlo; see :doc:`the rule </reference/p-values>`.
    alternative : {"two-sided", "less", "greater"}, default: "two-sided"
        ``"greater"``: high values go with high ones.
    weights : sequence of int, optional
        How many patients each row stands for.
    rng : numpy.random.Generator or int, optional
        Generator or seed of a simulated p-value; needed by ``"monte-carlo"``, while
        ``"auto"`` does with a documented seed.
    n_resamples : int, default: 10_000
        Random pairings of a Monte Carlo test.

    Returns
    -------
    RankCorrelation
        With attributes ``estimate``, ``low``, ``high``, ``confidence_level``,
        ``interval``, ``p_value``, ``p_low``, ``p_high``, ``method``, ``seed``,
        ``alternative``, ``n``, ``n_missing``, ``n_bounds`` and ``bound_rule``. If a
        variable has fewer than two distinct values the numbers are NaN; the interval is
        then, and with fewer than four patients, -1 to 1: nothing is known.

    Raises
    ------
    iph.errors.InputError
        A value is not a finite number, a value lies beyond a bound, the columns differ
        in length, or an option is unknown.
    iph.errors.WorkError
        ``method="exact"`` and the pairings cannot be counted within half a minute.
    iph.errors.DataError
        ``method="monte-carlo"`` with more than 100,000 cases.

    See Also
    --------
    kendall : The coefficient with an interpretation as a probability.

    Notes
    -----
    Tied values share their mid-rank, and rho is the product-moment correlation of the
    ranks, from exact integers.
    The default interval holds the t with ``(rho - t)^2 <= z^2 c (1 - t^2)``, c being
    the larger of 1 / (n - 1), the variance of rho over all pairings with ties or
    without, and of ``(1 + rho^2 / 2) (1 - rho^2) / (n - 3)``. Of graded variables, 8 to
    60 patients and a true rho from 0 to .9 the 95 % interval holds in .96 of samples or
    more on average and in .92 at the least; those of ``atanh(rho)`` in .94, and in as
    few as .67. At a rho of -1 or 1, where the latter are undefined, the default is
    given for them.

    The exact p-value counts the pairings with a rho at
    least as far from zero, ties included; no floats are compared. R's
    ``cor.test(method = "spearman")`` is exact without ties up to nine patients, uses an
    Edgeworth series above, and with ties only the asymptotic p-value, which SPSS
    prints always: ``method="asymptotic"``.

    References
    ----------
    .. [1] Bonett DG, Wright TA. Sample size requirements for estimating Pearson,
       Kendall and Spearman correlations. Psychometrika 2000;65:23-28.
       :doi:`10.1007/BF02294183`
    .. [2] Fieller EC, Hartley HO, Pearson ES. Tests for rank correlation coefficients.
       I. Biometrika 1957;44:470-481. :doi:`10.1093/biomet/44.3-4.470`

    Examples
    --------
    Lightness of nine samples of canned tuna and a panel's score (Hollander and Wolfe,
    Example 8.1); the exact p-value of a positive correlation is 0.0484:

    >>> from iph.stats import spearman
    >>> lightness = [44.4, 45.9, 41.9, 53.3, 44.7, 44.1, 50.7, 45.2, 60.1]
    >>> score = [2.6, 3.1, 2.5, 5.0, 3.6, 4.0, 5.2, 2.8, 3.8]
    >>> found = spearman(lightness, score, alternative="greater")
    >>> f"{found.estimate:.2f} ({found.low:.2f} to {found.high:.2f})"
    '0.60 (-0.09 to 0.90)'
    >>> round(found.p_value, 4), found.method
    (0.0484, 'exact')
    """
    one_of(interval, "interval", ("score", "bonett-wright", "fieller"))
    options = read_options(confidence_level, method, alternative, rng, n_resamples)
    pairs = read_pairs(x, y, weights)
    observed = score_product(pairs)
    estimate = math.nan if pairs.is_constant else _rho(pairs, observed)
    bounds = (-1.0, 1.0)
    if pairs.n >= _FEWEST and not pairs.is_constant:
        spread = 1.06 if interval == "fieller" else 1.0 + estimate * estimate / 2.0
        spread /= pairs.n - 3
        if interval == "score" or abs(estimate) == 1.0:
            rest = 1.0 - estimate * estimate
            spread = max(1.0 / (pairs.n - 1), spread * rest)
            bounds = score_bounds(estimate, spread, options)
        else:
            bounds = fisher_bounds(estimate, math.sqrt(spread), options)
    routes = Routes(
        observed=observed,
        exact=lambda limit: spearman_distribution(pairs.x_sizes, pairs.y_sizes, limit),
        asymptotic=lambda side: _student(estimate, pairs.n, side),
        simulated=lambda generator, times: _shuffled(pairs, generator, times),
    )
    return correlation_result(pairs, options, estimate, bounds, interval, routes)


def _rho(pairs: PairedRanks, product: int) -> float:
    squares = _square_sum(pairs.x_sizes) * _square_sum(pairs.y_sizes)
    # the root of one exact fraction, so that a perfect correlation is exactly 1
    return math.copysign(math.sqrt(Fraction(product * product, squares)), product)


def _square_sum(sizes: Ints) -> int:
    """Return the sum of squared centered scores over all cases.

    Four times the sum of squares of ranks about their mean, (n^3 - n) / 3, less the sum
    of t^3 - t over ties of t cases, by 3.
    """
    n = int(sizes.sum())
    tied = sum(m * (t**3 - t) for t, m in sizes_of_ties(sizes))
    return (n**3 - n - tied) // 3


def _student(rho: float, n: int, alternative: str) -> float:
    if n < 3:
        return math.nan
    from scipy.special import stdtr

    rest = 1.0 - rho * rho
    t = rho * math.sqrt((n - 2) / rest) if rest > 0.0 else math.copysign(math.inf, rho)
    if alternative == "two-sided":
        return min(2.0 * float(stdtr(n - 2, -abs(t))), 1.0)
    return float(stdtr(n - 2, -t if alternative == "greater" else t))


def _shuffled(
    pairs: PairedRanks, rng: "np.random.Generator", n_resamples: int
) -> Iterator[Ints]:
    # In the order of their values, so that the order of the rows does not matter.
    a = repeat(centered_scores(pairs.x_sizes), pairs.x_sizes)
    b = repeat(centered_scores(pairs.y_sizes), pairs.y_sizes)
    for size in batches(pairs.n, n_resamples):
        yield b[permutation(pairs.n, size, rng)] @ a
