"""Fisher's exact test of a cross table, of any number of rows and columns."""

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

import attrs
import numpy as np

from iph._checks import Ints, one_of, whole
from iph._options import resamples
from iph._results import Result
from iph.errors import InputError
from iph.stats._inference.monte_carlo import monte_carlo_p, random_tables
from iph.stats._inference.p_value import (
    METHODS,
    Method,
    Routes,
    find_p_value,
)
from iph.stats._inference.tails import chi2_upper, normal_two_sided, normal_upper
from iph.stats._tables.cross_table import Counts, Table, cross_table, without_empty
from iph.stats._tables.fisher_network import EXACT_LIMIT, network_p
from iph.stats._tables.hypergeometric import FreeCell

Alternative = Literal["two-sided", "less", "greater"]
TwoSided = Literal["probability", "central"]

ALTERNATIVES = ("two-sided", "less", "greater")
TWO_SIDED = ("probability", "central")
AUTO_LIMIT = 20_000_000  # steps: about a second
CORNER_AUTO_LIMIT = 4_000_000  # values of the free cell: about a second
CORNER_LIMIT = 20_000_000  # values of the free cell: some seconds and a gigabyte
_NEAR = 1e-9  # relative; logarithms this close are compared as whole numbers


@attrs.frozen(kw_only=True, eq=False)
class FisherExact(Result):
    """What Fisher's exact test found.

    Attributes
    ----------
    p_value : float
        The p-value; NaN if nobody was counted.
    p_low, p_high : float or None
        The 99 % interval of a simulated p-value; None if nothing was simulated.
    method : str
        How the p-value was found: ``"exact"``, ``"asymptotic"`` or ``"monte-carlo"``.
    seed : int or None
        The documented seed if a p-value was simulated without `rng`, else None.
    alternative : str
        The alternative: ``"two-sided"``, ``"less"`` or ``"greater"``.
    two_sided : str
        What counts as extreme in a two-sided test: ``"probability"`` or ``"central"``.
    n : int
        The cases of the table.
    n_missing : int
        The cases left out of the table, as told.
    """

    p_value: float
    p_low: float | None
    p_high: float | None
    method: str
    seed: int | None
    alternative: str
    two_sided: str
    n: int
    n_missing: int


def fisher_exact(
    table: Table,
    *,
    method: Method = "auto",
    alternative: Alternative = "two-sided",
    two_sided: TwoSided = "probability",
    rng: np.random.Generator | int | None = None,
    n_resamples: int = 10_000,
    n_missing: int = 0,
) -> FisherExact:
    """Test whether two classifications of the same patients are independent.

    Is the etiology distributed differently among the patients of the treatments?

    Parameters
    ----------
    table : array-like of shape (r, c)
        The counts of patients: one row a group, one column an outcome.
    method : {"auto", "exact", "asymptotic", "monte-carlo"}, default: "auto"
        The p-value from all tables with the same margins, from Pearson's chi-square
        (not corrected), or from `n_resamples` random tables. ``"auto"`` is exact if
        that takes at most 20,000,000 steps (for 4 x 4 tables up to some 100 patients,
        3 x 3 some 300, 2 x 5 some 1,000), else asymptotic if more than 200 patients are
        expected in every cell, else Monte Carlo; see :doc:`the rule
        </reference/p-values>`. A 2 x 2 table is exact up to millions of patients.
    alternative : {"two-sided", "less", "greater"}, default: "two-sided"
        For 2 x 2 tables only. ``"greater"``: the first cell is larger than expected
        (the odds ratio is above 1).
    two_sided : {"probability", "central"}, default: "probability"
        What is two-sided: tables at most as likely as that observed, or, for 2 x 2
        tables only, twice the smaller tail. ``"central"`` agrees with the interval of
        `odds_ratio`; ``"probability"`` need not.
    rng : numpy.random.Generator or int, optional
        Generator or seed of a simulated p-value; needed by ``"monte-carlo"``, while
        ``"auto"`` does with a documented seed.
    n_resamples : int, default: 10_000
        Random tables of a Monte Carlo test.
    n_missing : int, default: 0
        Patients missing from the table; reported, not used.

    Returns
    -------
    FisherExact
        With attributes ``p_value``, ``p_low``, ``p_high``, ``method``, ``seed``,
        ``alternative``, ``two_sided``, ``n`` and ``n_missing``. Rows and columns
        without patients do not matter; if only one row or column is left the p-value is
        1, with no patient NaN.

    Raises
    ------
    iph.errors.InputError
        The table holds anything but counts; a one-sided or central test of a table that
        is not 2 x 2.
    iph.errors.WorkError
        ``method="exact"`` would take more than 1,000,000,000 steps.

    See Also
    --------
    odds_ratio : How strong the association is.
    mann_whitney, kruskal_wallis : If the columns are grades, their order says more.

    Notes
    -----
    The margins are held fixed [1]_. The probabilities of two tables are compared as
    whole numbers (products of factorials), so a table as likely as that observed counts
    always; ``fisher.test`` of R compares floats with a tolerance of 1e-7. R and SPSS
    print the p-value of ``method="exact", two_sided="probability"``. Larger tables
    are visited as a network [2]_, and their probabilities summed as floats, to a
    relative error of 1e-11. A simulated p-value is (hits + 1) / (n_resamples + 1).

    References
    ----------
    .. [1] Fisher RA. The logic of inductive inference. J R Stat Soc 1935;98:39-54.
       :doi:`10.2307/2342435`
    .. [2] Mehta CR, Patel NR. A network algorithm for performing Fisher's exact test in
       r x c contingency tables. J Am Stat Assoc 1983;78:427-434.
       :doi:`10.1080/01621459.1983.10477989`

    Examples
    --------
    The lady tasting tea, who named three of four cups rightly (one-sided p = 0.2429):

    >>> from iph.stats import fisher_exact
    >>> tea = fisher_exact([[3, 1], [1, 3]], alternative="greater")
    >>> print(f"p = {tea.p_value:.4f}")
    p = 0.2429

    Three causes against three treatments (R prints 0.003079):

    >>> test = fisher_exact([[6, 1, 0], [2, 3, 1], [0, 2, 5]])
    >>> print(f"p = {test.p_value:.6f} ({test.method})")
    p = 0.003079 (exact)
    """
    one_of(method, "method", METHODS)
    one_of(alternative, "alternative", ALTERNATIVES)
    one_of(two_sided, "two_sided", TWO_SIDED)
    drawn = resamples(n_resamples)
    left_out = whole(n_missing, "n_missing")
    counts = cross_table(table)
    _refuse_sides(counts, alternative, two_sided)
    n = sum(map(sum, counts))
    if (len(counts), len(counts[0])) == (2, 2):
        # Counted as fast as a single table is drawn.
        method = "exact" if method == "monte-carlo" else method
        routes = _corner_routes(counts, alternative, two_sided)
    else:
        routes = _network_routes(without_empty(counts), drawn)
    found = find_p_value(method, routes, rng, defined=n > 0)
    return FisherExact(
        p_value=found.p_value,
        p_low=found.p_low,
        p_high=found.p_high,
        method=found.method,
        seed=found.seed,
        alternative=alternative,
        two_sided=two_sided,
        n=n,
        n_missing=left_out,
    )


def _refuse_sides(counts: Counts, alternative: str, two_sided: str) -> None:
    """Refuse a direction where a table has none."""
    if (len(counts), len(counts[0])) == (2, 2):
        return
    for name, value, only in (
        ("alternative", alternative, "two-sided"),
        ("two_sided", two_sided, "probability"),
    ):
        if value != only:
            raise InputError(
                name,
                f"{only!r} for a table of {len(counts)} x {len(counts[0])}",
                value,
                "only a 2 x 2 table has two sides",
            )


def _corner_routes(counts: Counts, alternative: str, two_sided: str) -> Routes:
    """Return the ways to the p-value of a 2 x 2 table."""
    (a, b), (c, d) = counts
    n, products = a + b + c + d, (a + b) * (c + d) * (a + c) * (b + d)

    def asymptotic() -> float:
        if not products:
            return 1.0
        excess = a * d - b * c
        z = math.copysign(math.sqrt(Fraction(excess * excess * n, products)), excess)
        if alternative == "two-sided":
            return normal_two_sided(z)
        return normal_upper(z if alternative == "greater" else -z)

    def counted(limit: float) -> float:
        return FreeCell.of(counts).p_value(alternative, two_sided, limit=limit)

    return Routes(
        exact=counted,
        limits=(CORNER_AUTO_LIMIT, CORNER_LIMIT),
        asymptotic=asymptotic,
        smallest=min(a + b, c + d) * min(a + c, b + d) / max(n, 1),
        cases=n,
    )


def _network_routes(counts: Counts, drawn: int) -> Routes:
    """Return the ways to the p-value of a table without empty rows and columns."""
    rows = [sum(row) for row in counts]
    columns = [sum(column) for column in zip(*counts, strict=True)]
    n = sum(rows)
    trivial = min(len(rows), len(columns)) < 2

    def asymptotic() -> float:
        squares = sum(
            Fraction(cell * cell, r * c)
            for row, r in zip(counts, rows, strict=True)
            for cell, c in zip(row, columns, strict=True)
        )
        df = (len(rows) - 1) * (len(columns) - 1)
        return chi2_upper(float(n * (squares - 1)), df) if df else 1.0

    return Routes(
        exact=lambda limit: 1.0 if trivial else network_p(counts, limit=limit),
        limits=(AUTO_LIMIT, EXACT_LIMIT),
        drawn=lambda random: monte_carlo_p(
            _simulated_hits(counts, drawn, random), drawn
        ),
        asymptotic=asymptotic,
        smallest=min(rows, default=0) * min(columns, default=0) / max(n, 1),
        cases=n * (min(len(rows), len(columns)) - 1),
    )


def _simulated_hits(counts: Counts, drawn: int, rng: "np.random.Generator") -> int:
    """Count random tables at most as likely as that observed."""
    rows = [sum(row) for row in counts]
    columns = [sum(column) for column in zip(*counts, strict=True)]
    largest = min(max(rows), max(columns))
    logs = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1.0, largest + 1.0)))])
    observed = float(logs[np.array(counts)].sum())
    near = _NEAR * max(observed, 1.0)
    given = [cell for row in counts for cell in row]
    hits = 0
    if len(rows) < len(columns):  # fewer groups are dealt faster
        rows, columns = columns, rows
    for tables in random_tables(rows, columns, drawn, rng):
        sums = logs[tables].sum(axis=(1, 2))
        hits += int(np.count_nonzero(sums > observed + near))
        close: Ints = tables[np.abs(sums - observed) <= near]
        for cells in close.reshape(len(close), len(rows) * len(columns)).tolist():
            hits += _at_most_as_likely(cells, given)
    return hits


def _at_most_as_likely(cells: Sequence[int], than: Sequence[int]) -> bool:
    """Whether the product of the factorials of some cells is at least another.

    Pairs of like size leave only the factors between them, so that a million cases are
    compared by numbers of a few thousand digits.
    """
    more = fewer = 1
    for a, b in zip(sorted(cells), sorted(than), strict=True):
        if a > b:
            more *= math.perm(a, a - b)
        else:
            fewer *= math.perm(b, b - a)
    return more >= fewer
