"""The Skillings-Mack test: repeated grades with missed visits."""

import math
from collections.abc import Iterable
from typing import Any, Literal

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import Floats, Ints, of_one_table, one_of
from iph._options import resamples
from iph._results import Result
from iph.stats._inference.laplacian import Solver, solver
from iph.stats._inference.monte_carlo import monte_carlo_p
from iph.stats._inference.p_value import Routes, find_p_value
from iph.stats._inference.tails import chi2_upper
from iph.stats._repeated.repeated_grades import (
    Rows,
    column_sums,
    ratings,
    row_patterns,
    signed_ranks,
)
from iph.stats._repeated.within_rows import random_sums

# Values of the statistic that differ by less are one value seen through rounding.
_ROUNDING = 1e-9


@attrs.frozen(kw_only=True, eq=False)
class SkillingsMack(Result):
    """What `skillings_mack` found.

    Attributes
    ----------
    statistic : float
        The Skillings-Mack chi-square, corrected for ties; NaN if no patient's grades
        differ.
    df : int
        Its degrees of freedom: visits minus separate groups of visits.
    p_value : float
        The probability of such a statistic or a larger one if visits do not matter.
    p_low, p_high : float or None
        The 99 % interval of a simulated p-value; None if nothing was simulated.
    method : str
        ``"asymptotic"`` or ``"monte-carlo"``.
    seed : int or None
        The documented seed if a p-value was simulated without `rng`, else None.
    adjusted_sums : tuple of float
        Of each visit, the weighted sum of its centered ranks; positive where grades are
        high.
    n_at_visit : tuple of int
        The patients used who were seen at each visit.
    n : int
        The patients used: all who were seen at two visits or more.
    n_incomplete : int
        The patients among them with a missed visit, whom Friedman's test would drop.
    n_missing : int
        The patients left out, who were seen at one visit at most.
    """

    statistic: float
    df: int
    p_value: float
    p_low: float | None
    p_high: float | None
    method: str
    seed: int | None
    adjusted_sums: tuple[float, ...]
    n_at_visit: tuple[int, ...]
    n: int
    n_incomplete: int
    n_missing: int


@attrs.frozen(kw_only=True, eq=False)
class _VisitPattern:
    """The patients who were seen at the same visits."""

    seen: npt.NDArray[np.intp]
    signed: Ints
    counts: Ints

    @property
    def weight(self) -> float:
        """What a signed rank (twice the centered rank) counts."""
        return math.sqrt(3.0 / (len(self.seen) + 1))


@of_one_table
def skillings_mack(
    rows: Rows,
    *,
    weights: npt.ArrayLike | Iterable[object] | None = None,
    method: Literal["auto", "asymptotic", "monte-carlo"] = "auto",
    rng: np.random.Generator | int | None = None,
    n_resamples: int = 10_000,
) -> SkillingsMack:
    """Test whether grades of the same patients differ, keeping those who missed visits.

    Does strength change in the course of follow-up, when some patients were not seen at
    every visit? Friedman's test drops them; here each patient is ranked over the visits
    at which he was seen.

    Parameters
    ----------
    rows : array-like of shape (patients, visits)
        The grades, at least two visits; None or NaN where a visit was missed.
    weights : array-like of int, optional
        How many patients each row stands for.
    method : {"auto", "asymptotic", "monte-carlo"}, default: "auto"
        The chi-square distribution, or random orders of each patient's grades over the
        visits at which he was seen. With few patients or many ties the simulation is to
        be preferred [2]_, so ``"auto"`` simulates unless more than 200 patients have
        grades that differ; see :doc:`the rule </reference/p-values>`.
    rng : numpy.random.Generator or int, optional
        Generator or seed of a simulated p-value; needed by ``"monte-carlo"``, while
        ``"auto"`` does with a documented seed.
    n_resamples : int, default: 10_000
        Random tables of a Monte Carlo test.

    Returns
    -------
    SkillingsMack
        With attributes ``statistic``, ``df``, ``p_value``, ``p_low``, ``p_high``,
        ``method``, ``seed``, ``adjusted_sums``, ``n_at_visit``, ``n``, ``n_incomplete``
        and ``n_missing``. If no patient's grades differ, the statistic and the p-value
        are NaN and ``df`` is 0.

    Raises
    ------
    iph.errors.InputError
        The rows are no table of numbers with two or more columns, or the method is
        Monte Carlo and `rng` is missing.

    See Also
    --------
    friedman : The test that this one equals when no visit was missed.
    anova_type_statistic : Uses the grades of patients seen only once as well.

    Notes
    -----
    Patient i, seen at k_i visits, gives each of them ``sqrt(12 / (k_i + 1))`` times his
    centered mid-rank; A are the sums of these over the patients and the statistic is
    ``A' V^- A`` with V the covariance of A over all orders of each patient's grades
    [1]_. Without ties V has in place (j, l) minus the number of patients seen at both
    visits, as published. With ties that number is reduced in the proportion in which
    ties reduce the variance of a patient's ranks, so that complete data give Friedman's
    statistic corrected for ties; other programs leave V as it is without ties, and
    their statistic is then smaller.

    The degrees of freedom are the rank of V. This is k - 1 unless visits fall into
    groups between which no patient can be compared.

    Like Friedman's test it supposes that visits were missed for reasons that have
    nothing to do with the grade. If patients stay away because they have recovered (or
    have not), no rank test repairs that.

    References
    ----------
    .. [1] Skillings JH, Mack GA. On the use of a Friedman-type statistic in balanced
       and unbalanced block designs. Technometrics 1981;23:171-177.
       :doi:`10.1080/00401706.1981.10486261`
    .. [2] Chatfield M, Mander A. The Skillings-Mack test (Friedman test when there are
       missing data). Stata J 2009;9:299-305. :doi:`10.1177/1536867X0900900208`

    Examples
    --------
    Assembly times by four methods, with gaps (Hollander, Wolfe and Chicken 2014,
    table 7.20):

    >>> from iph.stats import skillings_mack
    >>> times = [
    ...     [3.2, 4.1, 3.8, 4.2], [3.1, 3.9, 3.4, 4.0], [4.3, 3.5, 4.6, 4.8],
    ...     [3.5, 3.6, 3.9, 4.0], [3.6, 4.2, 3.7, 3.9], [4.5, 4.7, 3.7, None],
    ...     [None, 4.2, 3.4, None], [4.3, 4.6, 4.4, 4.9], [3.5, None, 3.7, 3.9],
    ... ]
    >>> test = skillings_mack(times, method="asymptotic")
    >>> print(f"SM {test.statistic:.3f}, df {test.df}, p = {test.p_value:.4f}")
    SM 15.493, df 3, p = 0.0014
    >>> print(f"{test.n} patients, of whom {test.n_incomplete} missed a visit")
    9 patients, of whom 3 missed a visit
    """
    table = ratings(rows, weights)
    one_of(method, "method", ("auto", "asymptotic", "monte-carlo"))
    drawn = resamples(n_resamples)
    known = ~np.isnan(table.values)
    used = (known.sum(axis=1) > 1) & (table.counts > 0)
    n = int(table.counts[used].sum())
    blocks = _blocks(table.values[used], known[used], table.counts[used])
    k = table.visits
    sums = np.zeros(k)
    exchanges = np.zeros((k, k))
    for block in blocks:
        totals = column_sums(block.signed, block.counts)
        sums[block.seen] += block.weight * np.array(totals, dtype=np.float64)
        exchanges[np.ix_(block.seen, block.seen)] += _exchanged(block)
    np.fill_diagonal(exchanges, 0.0)
    solved = solver(exchanges)
    statistic = float(solved.statistic(sums)) if solved.df else math.nan
    found = find_p_value(
        method,
        Routes(
            exact=None,
            drawn=lambda random: monte_carlo_p(
                _hits(blocks, solved, statistic, drawn, random), drawn
            ),
            asymptotic=lambda: chi2_upper(statistic, solved.df),
            smallest=sum(
                int(block.counts[block.signed.any(axis=1)].sum()) for block in blocks
            ),
            cases=n,
        ),
        rng,
        defined=bool(solved.df),
    )
    at_visit = (known[used] * table.counts[used][:, None]).sum(axis=0)
    return SkillingsMack(
        statistic=statistic,
        df=solved.df,
        p_value=found.p_value,
        p_low=found.p_low,
        p_high=found.p_high,
        method=found.method,
        seed=found.seed,
        adjusted_sums=tuple(sums.tolist()),
        n_at_visit=tuple(at_visit.tolist()),
        n=n,
        n_incomplete=n - table.n_complete,
        n_missing=int(table.counts.sum()) - n,
    )


def _blocks(
    values: Floats, known: npt.NDArray[np.bool_], counts: Ints
) -> list[_VisitPattern]:
    """Split the patients by the visits at which they were seen."""
    signed = signed_ranks(values)
    packed, which = np.unique(np.packbits(known, axis=1), axis=0, return_inverse=True)
    found = []
    for index, pattern in enumerate(np.unpackbits(packed, axis=1)):
        mine = which.reshape(-1) == index
        seen = np.flatnonzero(pattern)
        found.append(
            _VisitPattern(
                seen=seen, signed=signed[np.ix_(mine, seen)], counts=counts[mine]
            )
        )
    return found


def _exchanged(block: _VisitPattern) -> float:
    """Return the patients of a block, reduced by their ties."""
    k = len(block.seen)
    squares = (block.signed * block.signed).sum(axis=1)
    # Without ties the squares of one row sum to k (k^2 - 1) / 3.
    return float(3 * (squares * block.counts).sum() / (k * (k * k - 1)))


def _hits(
    blocks: list[_VisitPattern], solved: Solver, statistic: float, drawn: int, rng: Any
) -> int:
    """Count the random tables that reach the statistic."""
    sums = np.zeros((drawn, len(solved.inverse)))
    for block in blocks:
        patterns = row_patterns(block.signed, block.counts)
        sums[:, block.seen] += block.weight * random_sums(patterns, drawn, rng)
    reached = solved.statistic(sums) >= statistic * (1.0 - _ROUNDING)
    return int(np.count_nonzero(reached))
