"""Bowker's and Stuart and Maxwell's tests: a grade on two occasions."""

import functools
import math
from collections.abc import Hashable, Iterable
from fractions import Fraction
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import Ints, one_of
from iph._options import resamples
from iph._results import Result
from iph.stats._inference.dealing import coin_tosses
from iph.stats._inference.exact_sums import Distribution, convolve
from iph.stats._inference.exact_work import check_work
from iph.stats._inference.laplacian import solver
from iph.stats._inference.monte_carlo import monte_carlo_p
from iph.stats._inference.p_value import METHODS, Method, Routes, find_p_value
from iph.stats._inference.tails import chi2_upper
from iph.stats._tables.cross_table import Table, changes, square_table

AUTO_LIMIT = 5_000_000  # steps: about a second
EXACT_LIMIT = 20_000_000  # steps: some seconds
_LONG = 2_000  # changes whose binomial numbers make a step twice as dear
_NEAR = 1e-9  # relative; statistics this close to the observed one are compared exactly


@attrs.frozen(kw_only=True, eq=False)
class Bowker(Result):
    """What `bowker` found.

    Attributes
    ----------
    statistic : float
        Bowker's chi-square; NaN if no patient changed.
    df : int
        The pairs of categories between which some patient changed.
    p_value : float
        The probability of such a statistic or a larger one under symmetry.
    p_low, p_high : float or None
        The 99 % interval of a simulated p-value; None if nothing was simulated.
    method : str
        ``"exact"``, ``"asymptotic"`` or ``"monte-carlo"``: what was really done.
    seed : int or None
        The documented seed if a p-value was simulated without `rng`, else None.
    n_changed : int
        The patients who changed category.
    n : int
        The patients with both ratings.
    n_missing : int
        The patients left out because a rating was missing.
    """

    statistic: float
    df: int
    p_value: float
    p_low: float | None
    p_high: float | None
    method: str
    seed: int | None
    n_changed: int
    n: int
    n_missing: int


@attrs.frozen(kw_only=True, eq=False)
class StuartMaxwell(Result):
    """What `stuart_maxwell` found.

    Attributes
    ----------
    statistic : float
        Stuart and Maxwell's chi-square; NaN if no patient changed.
    df : int
        The rank of the covariance matrix: categories minus separate groups of them.
    p_value : float
        The probability of such a statistic or a larger one if the shares did not
        change.
    method : str
        ``"asymptotic"``.
    differences : tuple of int
        Of each category, the patients on the first occasion minus those on the second.
    n_changed : int
        The patients who changed category.
    n : int
        The patients with both ratings.
    n_missing : int
        The patients left out because a rating was missing.
    """

    statistic: float
    df: int
    p_value: float
    method: str
    differences: tuple[int, ...]
    n_changed: int
    n: int
    n_missing: int


def bowker(
    table: Table | Iterable[Hashable],
    y: npt.ArrayLike | Iterable[Hashable] | None = None,
    *,
    weights: Any = None,
    method: Method = "auto",
    rng: np.random.Generator | int | None = None,
    n_resamples: int = 10_000,
) -> Bowker:
    """Test whether changes between categories go either way equally often.

    Patients were graded twice: did as many move from grade i to grade j as from j to i,
    for every i and j?

    Parameters
    ----------
    table : array-like of shape (k, k), or of shape (n,) if `y` is given
        The counts by category on the first occasion (rows) and on the second (columns);
        or the categories of each patient on the first occasion, None where missing.
    y : array-like of shape (n,), optional
        The categories of the same patients, in the same order, on the second occasion.
    weights : array-like of int, optional
        How many patients each row of the two columns stands for; not with a table.
    method : {"auto", "exact", "asymptotic", "monte-carlo"}, default: "auto"
        The distribution over all ways in which the patients who changed could have
        changed the other way, counted exactly or simulated, or the chi-square
        distribution (that of R and SPSS). ``"auto"`` is exact if that takes at most
        5,000,000 steps, else asymptotic if between any two categories more than 400
        patients changed (or none), else Monte Carlo; see :doc:`the rule
        </reference/p-values>`.
    rng : numpy.random.Generator or int, optional
        Generator or seed of a simulated p-value; needed by ``"monte-carlo"``, while
        ``"auto"`` does with a documented seed.
    n_resamples : int, default: 10_000
        How many tables are simulated.

    Returns
    -------
    Bowker
        With attributes ``statistic``, ``df``, ``p_value``, ``p_low``, ``p_high``,
        ``method``, ``seed``, ``n_changed``, ``n`` and ``n_missing``. If no patient
        changed, the statistic and the asymptotic p-value are NaN, the exact p-value is
        1; without any patient it is NaN too.

    Raises
    ------
    iph.errors.InputError
        The table is not square or holds anything but whole counts, or the columns are
        of unequal length.
    iph.errors.WorkError
        ``method="exact"`` would take more than 20,000,000 steps.

    See Also
    --------
    stuart_maxwell : Whether the shares of the categories changed.
    mcnemar : Two categories.

    Notes
    -----
    The statistic is the sum of ``(n_ij - n_ji)^2 / (n_ij + n_ji)`` over the pairs
    i < j [1]_. Pairs between which nobody changed hold no information: they are left
    out of the sum and of the degrees of freedom. ``mcnemar.test`` in R gives NaN in
    their presence, and other programs keep k (k - 1) / 2 degrees of freedom, which
    makes p too large.

    References
    ----------
    .. [1] Bowker AH. A test for symmetry in contingency tables. J Am Stat Assoc
       1948;43:572-574. :doi:`10.1080/01621459.1948.10483284`

    Examples
    --------
    Unaided vision of the right and left eye of 7,477 women in four grades (Stuart):

    >>> from iph.stats import bowker
    >>> eyes = [[1520, 266, 124, 66], [234, 1512, 432, 78],
    ...         [117, 362, 1772, 205], [36, 82, 179, 492]]
    >>> test = bowker(eyes, method="asymptotic")
    >>> print(f"chi-square {test.statistic:.2f}, df {test.df}, p = {test.p_value:.4f}")
    chi-square 19.11, df 6, p = 0.0040
    """
    one_of(method, "method", METHODS)
    draws = resamples(n_resamples)
    square = square_table(table, y, weights)
    moved = [(up, down) for up, down in changes(square.counts) if up + down]
    statistic = math.nan
    if moved:
        statistic = float(sum(Fraction((u - d) ** 2, u + d) for u, d in moved))
    sizes = [up + down for up, down in moved]
    found = find_p_value(
        method,
        Routes(
            exact=lambda limit: _exact_symmetry(moved, limit),
            limits=(AUTO_LIMIT, EXACT_LIMIT),
            drawn=lambda random: monte_carlo_p(
                _hits(moved, coin_tosses(sizes, draws, random)), draws
            ),
            asymptotic=lambda: chi2_upper(statistic, len(moved)),
            smallest=min(sizes, default=0) / 2,
            cases=sum(sizes),
        ),
        rng,
        defined=square.n > 0,
    )
    return Bowker(
        statistic=statistic,
        df=len(moved),
        p_value=found.p_value,
        p_low=found.p_low,
        p_high=found.p_high,
        method=found.method,
        seed=found.seed,
        n_changed=sum(up + down for up, down in moved),
        n=square.n,
        n_missing=square.n_missing,
    )


def stuart_maxwell(
    table: Table | Iterable[Hashable],
    y: npt.ArrayLike | Iterable[Hashable] | None = None,
    *,
    weights: Any = None,
) -> StuartMaxwell:
    """Test whether the shares of the categories differ between two occasions.

    Patients were graded twice: is each grade as frequent on the second occasion as on
    the first?

    Parameters
    ----------
    table : array-like of shape (k, k), or of shape (n,) if `y` is given
        The counts by category on the first occasion (rows) and on the second (columns);
        or the categories of each patient on the first occasion, None where missing.
    y : array-like of shape (n,), optional
        The categories of the same patients, in the same order, on the second occasion.
    weights : array-like of int, optional
        How many patients each row of the two columns stands for; not with a table.

    Returns
    -------
    StuartMaxwell
        With attributes ``statistic``, ``df``, ``p_value``, ``method``,
        ``differences``, ``n_changed``, ``n`` and ``n_missing``. If no patient changed,
        the statistic and the p-value are NaN.

    Raises
    ------
    iph.errors.InputError
        The table is not square or holds anything but whole counts, or the columns are
        of unequal length.

    See Also
    --------
    bowker : Whether changes go either way equally often, pair by pair.
    mcnemar : Two categories, where both are the same test.

    Notes
    -----
    With d the differences of the margins and V their covariance, ``V_ii = n_i. + n_.i -
    2 n_ii`` and ``V_ij = -(n_ij + n_ji)``, the statistic is ``d' V^- d`` [1]_ [2]_.
    Categories form one group if patients moved between them, directly or through
    others; the rank of V, and so the degrees of freedom, is the number of categories
    minus the number of groups. That is k - 1 in the ordinary case; a category that
    nobody entered or left costs one, and so does a table that falls apart.
    ``coin::mh_test`` in R uses the same statistic.

    References
    ----------
    .. [1] Stuart A. A test for homogeneity of the marginal distributions in a two-way
       classification. Biometrika 1955;42:412-416. :doi:`10.1093/biomet/42.3-4.412`
    .. [2] Maxwell AE. Comparing the classification of subjects by two independent
       judges. Br J Psychiatry 1970;116:651-655. :doi:`10.1192/bjp.116.535.651`

    Examples
    --------
    Unaided vision of the right and left eye of 7,477 women in four grades (Stuart):

    >>> from iph.stats import stuart_maxwell
    >>> eyes = [[1520, 266, 124, 66], [234, 1512, 432, 78],
    ...         [117, 362, 1772, 205], [36, 82, 179, 492]]
    >>> test = stuart_maxwell(eyes)
    >>> print(f"chi-square {test.statistic:.2f}, df {test.df}, p = {test.p_value:.4f}")
    chi-square 11.96, df 3, p = 0.0075
    """
    square = square_table(table, y, weights)
    k = len(square.counts)
    counts = np.array(square.counts, dtype=np.float64).reshape(k, k)
    exchanges = counts + counts.T
    np.fill_diagonal(exchanges, 0.0)
    rows = [sum(row) for row in square.counts]
    columns = [sum(column) for column in zip(*square.counts, strict=True)]
    differences = tuple(r - c for r, c in zip(rows, columns, strict=True))
    solved = solver(exchanges)
    statistic = math.nan
    if solved.df:
        statistic = float(solved.statistic(np.array(differences, dtype=np.float64)))
    return StuartMaxwell(
        statistic=statistic,
        df=solved.df,
        p_value=chi2_upper(statistic, solved.df),
        method="asymptotic",
        differences=differences,
        n_changed=sum(up + down for up, down in changes(square.counts)),
        n=square.n,
        n_missing=square.n_missing,
    )


def _exact_symmetry(moved: list[tuple[int, int]], limit: float) -> float:
    """Return the exact p-value: each change could as well have gone the other way."""
    sizes = [up + down for up, down in moved]
    common = math.lcm(*sizes)
    steps, ways, reached = 0, 1, 1
    for size in sizes:
        length = size // 2 + 1
        steps += min(ways, reached) * length
        ways *= length
        reached += size * common
    check_work(steps * (1 + sum(sizes) // _LONG), limit, "test of symmetry")
    parts = [_one_pair(size, common) for size in sizes]
    tail = functools.reduce(convolve, parts, Distribution((0,), (1,)))
    return tail.tail(_scaled(moved, common)).p_value("greater")


def _scaled(moved: list[tuple[int, int]], common: int) -> int:
    """Return the statistic times the common denominator."""
    return sum((u - d) ** 2 * (common // (u + d)) for u, d in moved)


def _one_pair(size: int, common: int) -> Distribution:
    """Return the distribution of one term, times the common denominator."""
    ways: dict[int, int] = {}
    choices = 1
    for up in range(size + 1):
        value = (2 * up - size) ** 2 * (common // size)
        ways[value] = ways.get(value, 0) + choices
        choices = choices * (size - up) // (up + 1)
    ordered = sorted(ways.items())
    return Distribution(tuple(v for v, _ in ordered), tuple(c for _, c in ordered))


def _hits(moved: list[tuple[int, int]], ups: Ints) -> int:
    """Count the draws that reach the statistic; integers decide what floats cannot."""
    sizes = np.array([up + down for up, down in moved], dtype=np.int64)
    if not sizes.size:
        return len(ups)
    common = math.lcm(*sizes.tolist())
    observed = _scaled(moved, common)
    terms = (2 * ups - sizes) ** 2 / sizes
    least = float(Fraction(observed, common))
    sums = terms.sum(axis=1)
    near = np.abs(sums - least) <= _NEAR * max(least, 1.0)
    hits = int(np.count_nonzero(sums[~near] > least))
    for row in ups[near].tolist():
        drawn = [(up, size - up) for up, size in zip(row, sizes.tolist(), strict=True)]
        hits += _scaled(drawn, common) >= observed
    return hits
