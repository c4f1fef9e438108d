"""Page's test: repeated grades that rise or fall in an order foreseen."""

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Literal

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import of_one_table, one_of, whole
from iph._options import each, resamples
from iph._results import Result
from iph.errors import InputError
from iph.stats._inference.exact_sums import Distribution, convolve
from iph.stats._inference.exact_work import check_work
from iph.stats._inference.monte_carlo import TailHits
from iph.stats._inference.p_value import (
    METHODS,
    Method,
    PValue,
    Routes,
    find_p_value,
)
from iph.stats._inference.tails import normal_two_sided, normal_upper
from iph.stats._repeated.repeated_grades import (
    Rows,
    column_sums,
    ratings,
    row_patterns,
    signed_ranks,
    sum_of_squares,
)
from iph.stats._repeated.within_rows import Patterns, n_orders, orders, random_sums

Alternative = Literal["two-sided", "less", "greater"]
TwoSided = Literal["abs", "central"]

AUTO_LIMIT = 5_000_000  # steps: about a second
EXACT_LIMIT = 200_000_000  # steps: about a minute
_MOST_ORDERS = 50_000


@attrs.frozen(kw_only=True, eq=False)
class PageTrend(Result):
    """What `page_trend` found.

    Attributes
    ----------
    statistic : float
        L, the sum of score times rank sum over the visits.
    z : float
        The standardized statistic; positive if grades rise with the scores, NaN if no
        patient's grades differ.
    p_value : float
        The p-value for the alternative asked.
    p_low, p_high : float or None
        The 99 % interval of a simulated p-value; None if nothing was simulated.
    method : str
        ``"exact"``, ``"asymptotic"`` or ``"monte-carlo"``: what was really done.
    seed : int or None
        The documented seed if a p-value was simulated without `rng`, else None.
    alternative, two_sided : str
        The rules chosen.
    scores : tuple of int
        The score of each visit.
    mean_ranks : tuple of float
        The mean rank of each visit within patients, 1 for the lowest grade.
    n : int
        The patients seen at every visit, who alone are used.
    n_missing : int
        The patients with a missed visit, who are left out.
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
    scores: tuple[int, ...]
    mean_ranks: tuple[float, ...]
    n: int
    n_missing: int


@of_one_table
def page_trend(
    rows: Rows,
    *,
    weights: npt.ArrayLike | Iterable[object] | None = None,
    scores: Sequence[int] | None = None,
    method: Method = "auto",
    alternative: Alternative = "two-sided",
    two_sided: TwoSided = "abs",
    rng: np.random.Generator | int | None = None,
    n_resamples: int = 10_000,
) -> PageTrend:
    """Test whether grades of the same patients rise (or fall) from visit to visit.

    Does strength get better and better in the course of follow-up? Asked this way the
    question has more power than `friedman`, which looks for any difference.

    Parameters
    ----------
    rows : array-like of shape (patients, visits)
        The grades, columns in the order foreseen; None or NaN where a visit was missed.
    weights : array-like of int, optional
        How many patients each row stands for.
    scores : sequence of int, optional
        A whole number for each visit, such as its day, if steps between visits shall
        not count alike; 1, 2, ..., k if not given (Page's test).
    method : {"auto", "exact", "asymptotic", "monte-carlo"}, default: "auto"
        The p-value from all orders of each patient's grades, from the normal
        distribution, or from random orders. ``"auto"`` is exact if that takes at most
        5,000,000 steps (some 200 patients at 5 visits), else asymptotic if more than
        200 patients have grades that differ, else Monte Carlo; see :doc:`the rule
        </reference/p-values>`.
    alternative : {"two-sided", "less", "greater"}, default: "two-sided"
        ``"greater"``: grades rise with the scores.
    two_sided : {"abs", "central"}, default: "abs"
        What is two-sided in an exact or simulated test: values at least as far from the
        mean, or twice the smaller tail.
    rng : numpy.random.Generator or int, optional
        Generator or seed of a simulated p-value; needed by ``"monte-carlo"``, while
        ``"auto"`` does with a documented seed.
    n_resamples : int, default: 10_000
        Random tables of a Monte Carlo test.

    Returns
    -------
    PageTrend
        With attributes ``statistic``, ``z``, ``p_value``, ``p_low``, ``p_high``,
        ``method``, ``seed``, ``alternative``, ``two_sided``, ``scores``,
        ``mean_ranks``, ``n`` and ``n_missing``. If no patient's grades differ the
        asymptotic p-value is NaN, the exact one 1; with no complete patient the numbers
        are NaN.

    Raises
    ------
    iph.errors.InputError
        The rows are no table of numbers with two or more columns, or scores do not fit
        them.
    iph.errors.WorkError
        ``method="exact"`` would take more than 200,000,000 steps (upper bound).

    See Also
    --------
    friedman : Any difference between visits.
    jonckheere_terpstra : A trend over groups of different patients.

    Notes
    -----
    ``L = sum_j c_j R_j`` with scores c and rank sums R [1]_. The variance is that of
    all orders of the mid-ranks seen, so it accounts for ties; there is no continuity
    correction. R has the same test as ``coin::friedman_test`` with ordered visits,
    whose statistic is z. Two-sided p-values double Page's one-sided tables.

    References
    ----------
    .. [1] Page EB. Ordered hypotheses for multiple treatments: a significance test for
       linear ranks. J Am Stat Assoc 1963;58:216-230.
       :doi:`10.1080/01621459.1963.10500843`

    Examples
    --------
    Strength (MRC grade) of five patients at four visits:

    >>> from iph.stats import page_trend
    >>> grades = [[2, 3, 4, 5], [1, 3, 3, 4], [3, 3, 4, 4], [2, 2, 3, 5], [0, 2, 4, 4]]
    >>> test = page_trend(grades, alternative="greater")
    >>> print(f"L = {test.statistic:g}, z = {test.z:.2f}, p = {test.p_value:.2g} "
    ...       f"({test.method})")
    L = 147.5, z = 3.67, p = 4e-06 (exact)
    """
    table = ratings(rows, weights)
    one_of(method, "method", METHODS)
    one_of(alternative, "alternative", ("two-sided", "less", "greater"))
    one_of(two_sided, "two_sided", ("abs", "central"))
    drawn = resamples(n_resamples)
    c = _scores(scores, table.visits)
    values, counts = table.complete()
    signed = signed_ranks(values)
    sums, n, k = column_sums(signed, counts), table.n_complete, table.visits
    excess = sum(a * s for a, s in zip(c, sums, strict=True))  # of twice L
    spread = k * sum(a * a for a in c) - sum(c) ** 2
    variance = Fraction(spread * sum_of_squares(signed, counts), k * (k - 1))
    z = math.nan
    if variance:
        z = math.copysign(math.sqrt(Fraction(excess * excess) / variance), excess)
    patterns = row_patterns(signed, counts) if n and method != "asymptotic" else {}

    def simulated(random: "np.random.Generator") -> PValue:
        hits = TailHits()
        hits.count(random_sums(patterns, drawn, random) @ np.array(c), excess)
        return hits.p_value(alternative, two_sided)

    found = find_p_value(
        method,
        Routes(
            exact=lambda limit: (
                _distribution(patterns, c, limit)
                .tail(excess)
                .p_value(alternative, two_sided)
            ),
            limits=(AUTO_LIMIT, EXACT_LIMIT),
            drawn=simulated,
            asymptotic=lambda: _normal_p(z, alternative),
            smallest=sum(m for p, m in patterns.items() if len(set(p)) > 1),
            cases=n,
        ),
        rng,
        defined=n > 0,
    )
    return PageTrend(
        statistic=(excess + n * (k + 1) * sum(c)) / 2 if n else math.nan,
        z=z,
        p_value=found.p_value,
        p_low=found.p_low,
        p_high=found.p_high,
        method=found.method,
        seed=found.seed,
        alternative=alternative,
        two_sided=two_sided,
        scores=c,
        mean_ranks=tuple((s / n + k + 1) / 2 if n else math.nan for s in sums),
        n=n,
        n_missing=table.n_incomplete,
    )


def _normal_p(z: float, alternative: str) -> float:
    if alternative == "two-sided":
        return normal_two_sided(z)
    return normal_upper(z if alternative == "greater" else -z)


def _scores(scores: Sequence[int] | None, visits: int) -> tuple[int, ...]:
    if scores is None:
        return tuple(range(1, visits + 1))
    given = each(scores, "scores", "a sequence of whole numbers")
    found = tuple(whole(s, f"scores[{index}]") for index, s in enumerate(given))
    if len(found) != visits:
        raise InputError("scores", f"one for each of {visits} visits", scores)
    return found


def _work(patterns: Patterns, c: tuple[int, ...]) -> float:
    """Return an upper bound of the steps of the exact distribution."""
    found, reached = 0.0, 1
    for pattern, count in patterns.items():
        if n_orders(pattern) > _MOST_ORDERS:
            return math.inf
        # Sums of one patient lie between the orders that agree and disagree most.
        up = sum(a * s for a, s in zip(sorted(c), pattern, strict=True))
        down = sum(a * s for a, s in zip(sorted(c), pattern[::-1], strict=True))
        width = min(n_orders(pattern), up - down + 1)
        found += width * count * (reached + (up - down) * count / 2)
        reached += (up - down) * count
    return found


def _distribution(patterns: Patterns, c: tuple[int, ...], limit: float) -> Distribution:
    """Return the distribution of the score-weighted sum over all orders."""
    check_work(_work(patterns, c), limit, "trend test")
    found = Distribution((0,), (1,))
    for pattern, count in patterns.items():
        values, ways = np.unique(orders(pattern) @ np.array(c), return_counts=True)
        one = Distribution(tuple(values.tolist()), tuple(ways.tolist()))
        for _ in range(count):
            found = convolve(found, one)
    return found
