"""Friedman's test: repeated grades of the same patients."""

import math
from collections.abc import Iterable
from fractions import Fraction

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import Ints, of_one_table, one_of
from iph._options import resamples
from iph._results import Result
from iph.stats._inference.monte_carlo import monte_carlo_p
from iph.stats._inference.p_value import (
    METHODS,
    Method,
    PValue,
    Routes,
    find_p_value,
)
from iph.stats._inference.tails import chi2_upper
from iph.stats._repeated.repeated_grades import (
    Rows,
    column_sums,
    ratings,
    row_patterns,
    signed_ranks,
    sum_of_squares,
)
from iph.stats._repeated.within_rows import (
    AUTO_STEPS,
    MOST_STEPS,
    random_sums,
    squares_tail,
)


@attrs.frozen(kw_only=True, eq=False)
class Friedman(Result):
    """What `friedman` found.

    Attributes
    ----------
    statistic : float
        Friedman's chi-square, corrected for ties; NaN if no patient's grades differ.
    df : int
        Its degrees of freedom: visits minus one.
    p_value : float
        The probability of such a statistic or a larger one if visits do not matter.
    p_low, p_high : float or None
        The 99 % interval of a simulated p-value; None if nothing was simulated.
    method : str
        ``"exact"``, ``"asymptotic"`` or ``"monte-carlo"``: what was really done.
    seed : int or None
        The documented seed if a p-value was simulated without `rng`, else None.
    mean_ranks : tuple of float
        The mean rank of each visit within patients, 1 for the lowest grade.
    kendalls_w : float
        Kendall's coefficient of concordance, from 0 to 1.
    n : int
        The patients seen at every visit, who alone are used.
    n_missing : int
        The patients with a missed visit, who are left out.
    """

    statistic: float
    df: int
    p_value: float
    p_low: float | None
    p_high: float | None
    method: str
    seed: int | None
    mean_ranks: tuple[float, ...]
    kendalls_w: float
    n: int
    n_missing: int


@attrs.frozen(kw_only=True)
class RowAgreement:
    """The kernel of Friedman's and Cochran's tests: how the patients' orders agree."""

    statistic: float
    p: PValue
    w: float


@of_one_table
def friedman(
    rows: Rows,
    *,
    weights: npt.ArrayLike | Iterable[object] | None = None,
    method: Method = "auto",
    rng: np.random.Generator | int | None = None,
    n_resamples: int = 10_000,
) -> Friedman:
    """Test whether grades of the same patients differ between visits.

    Does strength (or pain, or numbness) change in the course of follow-up, when each
    patient is compared with himself only?

    Parameters
    ----------
    rows : array-like of shape (patients, visits)
        The grades, at least two visits; None or NaN where a visit was missed. Only the
        order of grades within a patient matters.
    weights : array-like of int, optional
        How many patients each row stands for.
    method : {"auto", "exact", "asymptotic", "monte-carlo"}, default: "auto"
        The distribution of the statistic over all orders of each patient's grades,
        counted exactly or simulated, or the chi-square distribution (the default of R
        and SPSS). ``"auto"`` counts where that takes about a second, else takes the
        chi-square distribution if more than 200 patients have grades that differ, else
        simulates; see :doc:`the rule </reference/p-values>`.
    rng : numpy.random.Generator or int, optional
        Generator or seed of a simulated p-value; needed by ``"monte-carlo"``, while
        ``"auto"`` does with a documented seed.
    n_resamples : int, default: 10000
        How many tables are simulated.

    Returns
    -------
    Friedman
        With attributes ``statistic``, ``df``, ``p_value``, ``p_low``, ``p_high``,
        ``method``, ``seed``, ``mean_ranks``, ``kendalls_w``, ``n`` and ``n_missing``.

    Raises
    ------
    iph.errors.InputError
        The rows are no table of numbers with two or more columns, or the method is
        Monte Carlo and `rng` is missing.
    iph.errors.WorkError
        The exact distribution was asked for and would take too long.

    See Also
    --------
    friedman_pairs : Which visits differ from which.
    skillings_mack : The same question without losing patients with a missed visit.
    anova_type_statistic : The same, all grades ranked together.
    page_trend : The question whether grades rise or fall steadily.
    kendalls_w : The effect size with its confidence interval.

    Notes
    -----
    With r the mid-ranks within each of n patients, k visits and R_j the rank sums,

    ``Q = (k - 1) sum_j (R_j - n (k + 1) / 2)^2 / sum_ij (r_ij - (k + 1) / 2)^2``,

    which is Friedman's chi-square [1]_ with the correction for ties [2]_, as in R, SPSS
    and scipy. Kendall's W is Q / (n (k - 1)). Both are computed from whole numbers.

    The exact distribution is conditional on the ties of each patient; equal sums are
    decided in whole numbers. ``"auto"`` counts it for some 200 patients at 3 visits, 30
    at 4, or 12 at 5 (10,000,000 steps); asked for by name it goes 50 times as far.

    A patient all of whose grades are equal stays in the analysis, carries no order, and
    lowers W. If no patient's grades differ, Q, W and the asymptotic p-value are NaN,
    and the exact p-value is 1. With no complete patient everything is NaN.

    References
    ----------
    .. [1] Friedman M. The use of ranks to avoid the assumption of normality implicit in
       the analysis of variance. J Am Stat Assoc 1937;32:675-701.
       :doi:`10.1080/01621459.1937.10503522`
    .. [2] Hollander M, Wolfe DA, Chicken E. Nonparametric statistical methods. 3rd ed.
       Wiley 2014, section 7.1. :doi:`10.1002/9781119196037`

    Examples
    --------
    Three ways of rounding first base, timed on 22 players (Hollander and Wolfe):

    >>> from iph.stats import friedman
    >>> times = [
    ...     [5.40, 5.50, 5.55], [5.85, 5.70, 5.75], [5.20, 5.60, 5.50],
    ...     [5.55, 5.50, 5.40], [5.90, 5.85, 5.70], [5.45, 5.55, 5.60],
    ...     [5.40, 5.40, 5.35], [5.45, 5.50, 5.35], [5.25, 5.15, 5.00],
    ...     [5.85, 5.80, 5.70], [5.25, 5.20, 5.10], [5.65, 5.55, 5.45],
    ...     [5.60, 5.35, 5.45], [5.05, 5.00, 4.95], [5.50, 5.50, 5.40],
    ...     [5.45, 5.55, 5.50], [5.55, 5.55, 5.35], [5.45, 5.50, 5.55],
    ...     [5.50, 5.45, 5.25], [5.65, 5.60, 5.40], [5.70, 5.65, 5.55],
    ...     [6.30, 6.30, 6.25],
    ... ]
    >>> found = friedman(times, method="asymptotic")
    >>> print(f"chi-square {found.statistic:.3f}, df {found.df}, p {found.p_value:.6f}")
    chi-square 11.143, df 2, p 0.003805
    >>> print(f"W {found.kendalls_w:.3f}, n {found.n}, incomplete {found.n_missing}")
    W 0.253, n 22, incomplete 0
    >>> found = friedman(times)
    >>> print(f"{found.method} p {found.p_value:.6f}")
    exact p 0.003150
    """
    table = ratings(rows, weights)
    one_of(method, "method", METHODS)
    values, counts = table.complete()
    signed = signed_ranks(values)
    found = agreement(signed, counts, method, rng, n_resamples)
    return Friedman(
        statistic=found.statistic,
        df=table.visits - 1,
        p_value=found.p.p_value,
        p_low=found.p.p_low,
        p_high=found.p.p_high,
        method=found.p.method,
        seed=found.p.seed,
        mean_ranks=mean_ranks(signed, counts),
        kendalls_w=found.w,
        n=table.n_complete,
        n_missing=table.n_incomplete,
    )


def mean_ranks(signed: Ints, counts: Ints) -> tuple[float, ...]:
    """Return the mean rank of each visit."""
    n, k = int(counts.sum()), int(signed.shape[1])
    if n == 0:
        return (math.nan,) * k
    return tuple(
        float(Fraction(s + n * (k + 1), 2 * n)) for s in column_sums(signed, counts)
    )


def agreement(
    signed: Ints,
    counts: Ints,
    method: str,
    rng: np.random.Generator | int | None,
    n_resamples: int,
) -> RowAgreement:
    """Return statistic, p-value and W from the signed ranks of complete rows."""
    n, k = int(counts.sum()), int(signed.shape[1])
    squares = sum(s * s for s in column_sums(signed, counts))
    spread = sum_of_squares(signed, counts)
    statistic = (k - 1) * squares / spread if spread else math.nan
    draws = resamples(n_resamples)
    patterns = row_patterns(signed, counts) if method != "asymptotic" and n else {}

    def drawn(random: "np.random.Generator") -> PValue:
        sums = random_sums(patterns, draws, random)
        return monte_carlo_p(int(((sums * sums).sum(axis=1) >= squares).sum()), draws)

    found = find_p_value(
        method,
        Routes(
            exact=lambda limit: float(squares_tail(patterns, squares, limit)),
            limits=(AUTO_STEPS, MOST_STEPS),
            drawn=drawn,
            asymptotic=lambda: chi2_upper(statistic, k - 1),
            smallest=sum(c for p, c in patterns.items() if len(set(p)) > 1),
            cases=n,
        ),
        rng,
        defined=n > 0,
    )
    return RowAgreement(
        statistic=statistic,
        p=found,
        w=squares / (n * spread) if spread else math.nan,
    )
