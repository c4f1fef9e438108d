"""Bowker's and Stuart and Maxwell's tests: a grade on two occasions."""

import functools
import math
from collections.abc import Hashable, Iterable
from fractions import Fraction
from typing import Any, Literal

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import one_of
from iph.stats._inference.exact_sums import Distribution, convolve
from iph.stats._inference.exact_work import check_work
from iph.stats._inference.laplacian import solver
from iph.stats._inference.tails import chi2_upper
from iph.stats._tables.cross_table import Table, changes, square_table

EXACT_LIMIT = 20_000_000  # steps: some seconds


@attrs.frozen(kw_only=True)
class Bowker:
    """What `bowker` found.

    Attributes
    ----------
    statistic : float
        Bowker's chi-square; NaN if no patient changed.
    df : int
        The pairs of categories between which some patient changed.
    p_value : float
        The probability of such a statistic or a larger one under symmetry.
    method : str
        ``"asymptotic"`` or ``"exact"``.
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
    n_changed: int
    n: int
    n_missing: int


@attrs.frozen(kw_only=True)
class StuartMaxwell:
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
    method: Literal["asymptotic", "exact"] = "asymptotic",
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
    method : {"asymptotic", "exact"}, default: "asymptotic"
        The chi-square distribution, or the distribution over all ways in which the
        patients who changed could have changed the other way.

    Returns
    -------
    Bowker
        With attributes ``statistic``, ``df``, ``p_value``, ``method``, ``n_changed``,
        ``n`` and ``n_missing``. If no patient changed, the statistic and the asymptotic
        p-value are NaN, the exact p-value is 1; without any patient it is NaN too.

    Raises
    ------
    iph.errors.InputError
        The table is not square or holds anything but whole counts, or the columns are
        of unequal length.
    iph.errors.WorkError
        The exact distribution would take more than 20,000,000 steps.

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
    >>> test = bowker(eyes)
    >>> print(f"chi-square {test.statistic:.2f}, df {test.df}, p = {test.p_value:.4f}")
    chi-square 19.11, df 6, p = 0.0040
    """
    one_of(method, "method", ("asymptotic", "exact"))
    square = square_table(table, y, weights)
    moved = [(up, down) for up, down in changes(square.counts) if up + down]
    statistic = math.nan
    if moved:
        statistic = float(sum(Fraction((u - d) ** 2, u + d) for u, d in moved))
    if square.n == 0:
        p_value = math.nan
    elif method == "exact":
        p_value = _exact_symmetry(moved)
    else:
        p_value = chi2_upper(statistic, len(moved))
    return Bowker(
        statistic=statistic,
        df=len(moved),
        p_value=p_value,
        method=method,
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


def _exact_symmetry(moved: list[tuple[int, int]]) -> float:
    """Return the exact p-value: each change could as well have gone the other way."""
    common = math.lcm(*(up + down for up, down in moved))
    observed = sum((u - d) ** 2 * (common // (u + d)) for u, d in moved)
    parts = [_one_pair(up + down, common) for up, down in moved]
    steps, ways, reached = 0, 1, 1
    for part in parts:
        steps += min(ways, reached) * len(part.values)
        ways *= len(part.values)
        reached += part.values[-1]
    check_work(steps, EXACT_LIMIT, "test of symmetry")
    tail = functools.reduce(convolve, parts, Distribution((0,), (1,))).tail(observed)
    return tail.p_value("greater")


def _one_pair(size: int, common: int) -> Distribution:
    """Return the distribution of one term, times the common denominator."""
    ways: dict[int, int] = {}
    for up in range(size + 1):
        value = (2 * up - size) ** 2 * (common // size)
        ways[value] = ways.get(value, 0) + math.comb(size, up)
    ordered = sorted(ways.items())
    return Distribution(tuple(v for v, _ in ordered), tuple(c for _, c in ordered))
