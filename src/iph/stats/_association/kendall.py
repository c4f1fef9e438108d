"""Kendall's rank correlation, with ties and an exact p-value."""

import math
from collections.abc import Iterable, Iterator
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from iph._checks import Ints
from iph.stats._association.pair_permutations import kendall_distribution
from iph.stats._association.paired_ranks import (
    PairedRanks,
    cases_concordance,
    concordance,
    read_pairs,
    sizes_of_ties,
    table_concordances,
    tied_pairs,
)
from iph.stats._association.rank_correlation import (
    Alternative,
    CorrelationMethod,
    RankCorrelation,
    Routes,
    batches,
    correlation_result,
    read_options,
)
from iph.stats._inference.dealing import permutation
from iph.stats._inference.monte_carlo import random_tables
from iph.stats._inference.tails import normal_two_sided, normal_upper

_FEWEST = 5  # patients for an interval: its error has n - 4 below
_FEW_CASES = 400  # whose pairs are compared one by one, many pairings at once
_FEW_CELLS = 400  # dealing out tables is then cheaper than shuffling cases


def kendall(
    x: npt.ArrayLike | Iterable[object],
    y: npt.ArrayLike | Iterable[object],
    *,
    confidence_level: float = 0.95,
    method: CorrelationMethod = "auto",
    alternative: Alternative = "two-sided",
    weights: npt.ArrayLike | Iterable[object] | None = None,
    rng: np.random.Generator | int | None = None,
    n_resamples: int = 10_000,
) -> RankCorrelation:
    """Rank correlation of two variables of the same patients (Kendall's tau-b).

    Of two patients who differ in both, is the one with the larger hematoma also the one
    with the weaker leg, more often than not?

    Parameters
    ----------
    x, y : sequence of float
        The two values of each patient, in the same order; None or NaN where missing.
    confidence_level : float, default: 0.95
        Level of the interval, between 0 and 1.
    method : {"auto", "exact", "asymptotic", "monte-carlo"}, default: "auto"
        The p-value from all pairings of the values, from the normal distribution with
        the variance for ties, or from `n_resamples` random pairings. ``"auto"`` is
        exact up to about a second of work (60 patients and more if one variable is
        without ties, 34 with four grades of each), else asymptotic if more than 200
        patients differ from the commonest values, else Monte Carlo; see :doc:`the rule
        </reference/p-values>`.
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
        ``interval`` (``"fieller"``), ``p_value``, ``p_low``, ``p_high``, ``method``,
        ``seed``, ``alternative``, ``n`` and ``n_missing``. All numbers are NaN if a
        variable has fewer than two distinct values; the interval also with fewer than
        five patients, or if tau is exactly -1 or 1.

    Raises
    ------
    iph.errors.InputError
        A value is not a finite number, the columns differ in length, or an option is
        unknown.
    iph.errors.WorkError
        ``method="exact"`` and the pairings cannot be counted within half a minute.
    iph.errors.DataError
        ``method="monte-carlo"`` with more than 100,000 cases.

    See Also
    --------
    spearman : The product-moment correlation of the ranks.

    Notes
    -----
    ``tau_b = (C - D) / sqrt((N - X)(N - Y))`` with C concordant and D discordant of all
    N pairs of patients, X tied in the first variable and Y in the second [1]_. The
    pairs are counted in O(n log n) steps, or from the table of two graded variables.
    The interval is that of ``atanh(tau)`` with the standard error
    ``sqrt(0.437 / (n - 4))`` [2]_, good for tau up to about 0.8. The exact p-value
    counts the pairings with C - D at least as far from zero, also under ties, where
    R's ``cor.test(method = "kendall")`` turns to the normal distribution, as it does
    from 50 patients on and SPSS always: ``method="asymptotic"``, with the same
    variance, without continuity correction.

    References
    ----------
    .. [1] Kendall MG. The treatment of ties in ranking problems. Biometrika
       1945;33:239-251. :doi:`10.1093/biomet/33.3.239`
    .. [2] Fieller EC, Hartley HO, Pearson ES. Tests for rank correlation coefficients.
       I. Biometrika 1957;44:470-481. :doi:`10.1093/biomet/44.3-4.470`

    Examples
    --------
    Lightness of nine samples of canned tuna and a panel's score (Hollander and Wolfe,
    Example 8.1):

    >>> from iph.stats import kendall
    >>> lightness = [44.4, 45.9, 41.9, 53.3, 44.7, 44.1, 50.7, 45.2, 60.1]
    >>> score = [2.6, 3.1, 2.5, 5.0, 3.6, 4.0, 5.2, 2.8, 3.8]
    >>> found = kendall(lightness, score, alternative="greater")
    >>> f"{found.estimate:.2f} ({found.low:.2f} to {found.high:.2f})"
    '0.44 (-0.10 to 0.78)'
    >>> round(found.p_value, 5), found.method
    (0.05972, 'exact')
    """
    options = read_options(confidence_level, method, alternative, rng, n_resamples)
    pairs = read_pairs(x, y, weights)
    observed = concordance(pairs)
    estimate = math.nan if pairs.is_constant else _tau(pairs, observed)
    error = math.sqrt(0.437 / (pairs.n - 4)) if pairs.n >= _FEWEST else math.nan
    routes = Routes(
        observed=observed,
        exact=lambda limit: kendall_distribution(pairs.x_sizes, pairs.y_sizes, limit),
        asymptotic=lambda side: _normal(pairs, observed, side),
        simulated=lambda generator, times: _shuffled(pairs, generator, times),
    )
    return correlation_result(pairs, options, estimate, error, "fieller", routes)


def _tau(pairs: PairedRanks, observed: int) -> float:
    every = pairs.n * (pairs.n - 1) // 2
    comparable = (every - tied_pairs(pairs.x_sizes)) * (
        every - tied_pairs(pairs.y_sizes)
    )
    # the root of one exact fraction, so that perfect agreement is exactly 1
    return math.copysign(math.sqrt(Fraction(observed**2, comparable)), observed)


def _variance(pairs: PairedRanks) -> Fraction:
    """Return the variance of C - D over all pairings, exactly."""
    n = pairs.n
    one, two = sizes_of_ties(pairs.x_sizes), sizes_of_ties(pairs.y_sizes)

    def spread(ties: list[tuple[int, int]]) -> int:
        return sum(m * t * (t - 1) * (2 * t + 5) for t, m in ties)

    def doubles(ties: list[tuple[int, int]]) -> int:
        return sum(m * t * (t - 1) for t, m in ties)

    def triples(ties: list[tuple[int, int]]) -> int:
        return sum(m * t * (t - 1) * (t - 2) for t, m in ties)

    found = Fraction(n * (n - 1) * (2 * n + 5) - spread(one) - spread(two), 18)
    found += Fraction(doubles(one) * doubles(two), 2 * n * (n - 1))
    if n > 2:  # noqa: PLR2004 - there are no triples else
        found += Fraction(triples(one) * triples(two), 9 * n * (n - 1) * (n - 2))
    return found


def _normal(pairs: PairedRanks, observed: int, alternative: str) -> float:
    z = observed / math.sqrt(_variance(pairs))
    if alternative == "two-sided":
        return normal_two_sided(z)
    return normal_upper(z if alternative == "greater" else -z)


def _shuffled(
    pairs: PairedRanks, rng: np.random.Generator, n_resamples: int
) -> Iterator[Ints]:
    rows, columns = pairs.x_sizes, pairs.y_sizes
    if rows.size * columns.size <= _FEW_CELLS:
        for tables in random_tables(rows, columns, n_resamples, rng):
            yield table_concordances(tables, pairs.n)
        return
    # In the order of their values, so that the order of the rows does not matter.
    x = np.repeat(np.arange(rows.size), rows)
    y = np.repeat(np.arange(columns.size), columns)
    for size in batches(pairs.n, n_resamples):
        shuffled = y[permutation(pairs.n, size, rng)]
        if pairs.n <= _FEW_CASES:
            yield _concordances(rows, shuffled.T)
        else:
            found = [cases_concordance(pairs, x, one) for one in shuffled]
            yield np.array(found, dtype=np.int64)


def _concordances(x_sizes: Ints, y: Ints) -> Ints:
    """Return C - D of many pairings, one a column; rows are in the order of x."""
    codes = np.ascontiguousarray(y, dtype=np.int16)
    found = np.zeros(codes.shape[1], dtype=np.int64)
    higher_x = np.repeat(np.cumsum(x_sizes), x_sizes).tolist()
    for own, start in zip(codes, higher_x, strict=True):
        later = codes[start:]
        order = (later > own).view(np.int8) - (later < own).view(np.int8)
        found += order.sum(axis=0, dtype=np.int16)
    return found
