"""Exact unconditional tests of a 2 x 2 table, with the intervals that match."""

import math
from typing import Literal

import attrs

from iph._checks import level, one_of, whole
from iph._results import Result
from iph.errors import WorkError
from iph.stats._tables.cross_table import Table, cross_table
from iph.stats._tables.unconditional import ordering
from iph.stats._tables.unconditional_bounds import lower_bound, one_sided_p, opposite

Measure = Literal["difference", "ratio", "odds-ratio"]
Alternative = Literal["two-sided", "less", "greater"]

_MEASURES = ("difference", "ratio", "odds-ratio")
_MOST_CELLS = 50_000  # tables with these sizes; about a minute
_Counts = tuple[int, int, int, int]


@attrs.frozen(kw_only=True, eq=False)
class UnconditionalTest(Result):
    """What `barnard` or `boschloo` found.

    Attributes
    ----------
    statistic : float
        What orders the tables: the pooled z of the two shares (`barnard`), or the
        smaller one-sided p-value of Fisher's test (`boschloo`); NaN if a group is empty
        or all patients have the same outcome.
    p_value : float
        The p-value for the alternative asked; NaN if a group is empty.
    alternative : str
        ``"two-sided"``, ``"less"`` or ``"greater"``.
    measure : str
        What is estimated: ``"difference"``, ``"ratio"`` or ``"odds-ratio"``.
    estimate : float
        Its value in the table; NaN where it is undefined, infinite where a division by
        zero makes it so.
    low, high : float
        The central exact interval. It leaves out no difference (0 or 1) exactly if the
        two-sided p-value is at most 1 - level.
    confidence_level : float
        The level of the interval.
    method : str
        ``"barnard, exact unconditional"`` or ``"boschloo, exact unconditional"``.
    n : int
        The patients of both groups.
    n_missing : int
        The patients missing from the table.
    """

    statistic: float
    p_value: float
    alternative: str
    measure: str
    estimate: float
    low: float
    high: float
    confidence_level: float
    method: str
    n: int
    n_missing: int


def barnard(
    table: Table,
    *,
    measure: Measure = "difference",
    alternative: Alternative = "two-sided",
    confidence_level: float = 0.95,
    n_missing: int = 0,
) -> UnconditionalTest:
    """Exact unconditional test of two shares, with the interval that matches.

    Is the outcome more frequent in one of two groups, and by how much? With two fixed
    groups this test finds more than Fisher's, and its interval holds its level.

    Parameters
    ----------
    table : array-like of shape (2, 2)
        The counts ``[[a, b], [c, d]]``: one row a group, the first column the patients
        with the outcome.
    measure : {"difference", "ratio", "odds-ratio"}, default: "difference"
        What is estimated: the first risk minus the second, or the first divided by the
        second, or the same of the odds.
    alternative : {"two-sided", "less", "greater"}, default: "two-sided"
        ``"greater"``: the outcome is more frequent in the first group. Two-sided is
        twice the smaller of both, at most 1.
    confidence_level : float, default: 0.95
        Level of the interval, between 0 and 1.
    n_missing : int, default: 0
        Patients missing from the table; reported, not used.

    Returns
    -------
    UnconditionalTest
        With attributes ``statistic``, ``p_value``, ``alternative``, ``measure``,
        ``estimate``, ``low``, ``high``, ``confidence_level``, ``method``, ``n`` and
        ``n_missing``. If a group is empty the p-value and the estimate are NaN and the
        interval is the whole range.

    Raises
    ------
    iph.errors.InputError
        The table is not 2 x 2 counts, an option is unknown, or the level not between 0
        and 1.
    iph.errors.WorkError
        The groups are too large: more than 50,000 tables with their sizes, as with 223
        patients each.

    See Also
    --------
    boschloo : The same with Fisher's p-value as the statistic.
    fisher_exact : The test given both margins.
    risk_difference, risk_ratio : Quick approximate intervals.

    Notes
    -----
    The hypothesis that the risks differ by a value d (have a ratio, an odds ratio of d)
    leaves one share free. Tables are ordered by the score statistic of d, that is
    Pearson's chi-square against the risks that fit best under d, with its sign; the
    p-value is the largest chance, over the free share, of a table at least as far from
    d [1]_, [2]_. The maximum is proved to 1e-7: where one risk is the larger and the
    other the smaller end of a stretch, the chance is not exceeded on all of it.
    The interval holds the values d that are rejected on neither side at
    (1 - level) / 2, and what lies between such values [3]_: with the statistic of the
    score test for a difference that is the interval of Chan and Zhang. To make test and
    interval agree in every table, the p-value of no difference is also the largest over
    the values further away that the interval looks at; this hardly ever changes it.

    Enumeration of all tables up to 12 against 12 patients shows that test and interval
    agree in each of them, and that the interval holds its level at all risks tried.
    SAS and StatXact print this test as Barnard's; ``scipy.stats.barnard_exact`` has the
    same one-sided p-values and doubles by the absolute statistic instead.

    References
    ----------
    .. [1] Barnard GA. Significance tests for 2 x 2 tables. Biometrika 1947;34:123-138.
       :doi:`10.1093/biomet/34.1-2.123`
    .. [2] Suissa S, Shuster JJ. Exact unconditional sample sizes for the 2 x 2 binomial
       trial. J R Stat Soc A 1985;148:317-327. :doi:`10.2307/2981892`
    .. [3] Chan ISF, Zhang Z. Test-based exact confidence intervals for the difference
       of two binomial proportions. Biometrics 1999;55:1202-1209.
       :doi:`10.1111/j.0006-341X.1999.01202.x`

    Examples
    --------
    Recovery in 7 of 12 and in 2 of 12 patients:

    >>> from iph.stats import barnard
    >>> found = barnard([[7, 5], [2, 10]])
    >>> print(f"{found.estimate:.2f} ({found.low:.2f} to {found.high:.2f}), "
    ...       f"p = {found.p_value:.3f}")
    0.42 (0.01 to 0.73), p = 0.045
    """
    one_of(measure, "measure", _MEASURES)
    one_of(alternative, "alternative", ("two-sided", "less", "greater"))
    asked, left_out = level(confidence_level), whole(n_missing, "n_missing")
    return _tested(table, "score", measure, alternative, asked, left_out)


def boschloo(
    table: Table,
    *,
    measure: Measure = "odds-ratio",
    alternative: Alternative = "two-sided",
    confidence_level: float = 0.95,
    n_missing: int = 0,
) -> UnconditionalTest:
    """Boschloo's exact unconditional test, with the interval that matches.

    Is the outcome more frequent in one of two groups? This is Fisher's exact test
    without its conservatism: it never has a larger one-sided p-value.

    Parameters
    ----------
    table : array-like of shape (2, 2)
        The counts ``[[a, b], [c, d]]``: one row a group, the first column the patients
        with the outcome.
    measure : {"difference", "ratio", "odds-ratio"}, default: "odds-ratio"
        What is estimated: the odds ratio, or the first risk minus or divided by the
        second. Where few have the outcome the interval of the last two is very wide,
        since Fisher's test knows nothing of such tables; `barnard` is better there.
    alternative : {"two-sided", "less", "greater"}, default: "two-sided"
        ``"greater"``: the outcome is more frequent in the first group. Two-sided is
        twice the smaller of both, at most 1.
    confidence_level : float, default: 0.95
        Level of the interval, between 0 and 1.
    n_missing : int, default: 0
        Patients missing from the table; reported, not used.

    Returns
    -------
    UnconditionalTest
        With attributes ``statistic``, ``p_value``, ``alternative``, ``measure``,
        ``estimate``, ``low``, ``high``, ``confidence_level``, ``method``, ``n`` and
        ``n_missing``. If a group is empty the p-value and the estimate are NaN and the
        interval is the whole range.

    Raises
    ------
    iph.errors.InputError
        The table is not 2 x 2 counts, an option is unknown, or the level not between 0
        and 1.
    iph.errors.WorkError
        The groups are too large: more than 50,000 tables with their sizes.

    See Also
    --------
    barnard : The same with the score statistic; how both work.
    fisher_exact, odds_ratio : Test and interval given both margins.

    Notes
    -----
    Tables are ordered by the one-sided p-value of Fisher's test, and the p-value is the
    largest chance, over the common risk, of one as small [1]_. Under another odds ratio
    the p-value of Fisher's test of that odds ratio orders them; under a difference or
    ratio of risks that of the odds ratio that fits best. `barnard` tells the rest.

    References
    ----------
    .. [1] Boschloo RD. Raised conditional level of significance for the 2 x 2-table
       when testing the equality of two probabilities. Stat Neerl 1970;24:1-9.
       :doi:`10.1111/j.1467-9574.1970.tb00104.x`

    Examples
    --------
    Recovery in 7 of 12 and in 2 of 12 patients; Fisher's test has p = 0.089:

    >>> from iph.stats import boschloo
    >>> found = boschloo([[7, 5], [2, 10]])
    >>> print(f"{found.estimate:.1f} ({found.low:.2f} to {found.high:.1f}), "
    ...       f"p = {found.p_value:.3f}")
    7.0 (1.07 to 56.1), p = 0.042
    """
    one_of(measure, "measure", _MEASURES)
    one_of(alternative, "alternative", ("two-sided", "less", "greater"))
    asked, left_out = level(confidence_level), whole(n_missing, "n_missing")
    return _tested(table, "fisher", measure, alternative, asked, left_out)


def _tested(  # noqa: PLR0917 - what both tests pass on
    table: Table,
    statistic: str,
    measure: Measure,
    alternative: Alternative,
    asked: float,
    n_missing: int,
) -> UnconditionalTest:
    (a, b), (c, d) = cross_table(table, two_by_two=True)
    n1, n2 = a + b, c + d
    least, most = (-1.0, 1.0) if measure == "difference" else (0.0, math.inf)
    shown, p_value, estimate, low, high = math.nan, math.nan, math.nan, least, most
    if n1 and n2:
        check_tables(n1, n2)
        first, second = (a, n1, c, n2), (c, n2, a, n1)
        estimate = measured(measure, *first)
        above = one_sided_p(statistic, measure, first)
        below = one_sided_p(statistic, measure, second)
        sides = {"greater": above, "less": below}
        p_value = sides.get(alternative, min(1.0, 2.0 * min(above, below)))
        shown = _statistic(statistic, first)
        tail = (1.0 - asked) / 2.0
        low = lower_bound(statistic, measure, first, tail)
        mirrored = lower_bound(statistic, measure, second, tail)
        high = opposite(measure, mirrored)
    name = "barnard" if statistic == "score" else "boschloo"
    return UnconditionalTest(
        statistic=shown,
        p_value=p_value,
        alternative=alternative,
        measure=measure,
        estimate=estimate,
        low=low,
        high=high,
        confidence_level=asked,
        method=f"{name}, exact unconditional",
        n=n1 + n2,
        n_missing=n_missing,
    )


def measured(measure: str, a: int, n1: int, c: int, n2: int) -> float:
    """Return the difference or ratio of two shares."""
    if measure == "difference":
        return (a * n2 - c * n1) / (n1 * n2)
    over, under = (a * n2, c * n1)
    if measure == "odds-ratio":
        over, under = a * (n2 - c), c * (n1 - a)
    if under:
        return over / under
    return math.inf if over else math.nan


def check_tables(n1: int, n2: int) -> None:
    """Refuse groups that are too large to go through all their tables."""
    if (n1 + 1) * (n2 + 1) > _MOST_CELLS:
        raise WorkError(
            f"groups of {n1} and {n2} have {(n1 + 1) * (n2 + 1):,} tables, more "
            f"than {_MOST_CELLS:,}; use fisher_exact, or risk_difference "
            "for an interval"
        )


def _statistic(statistic: str, counts: _Counts) -> float:
    """Return the figure that orders the tables, as it is usually printed."""
    a, n1, c, n2 = counts
    if a + c in {0, n1 + n2}:
        return math.nan
    if statistic == "score":
        return float(ordering("score", "difference", n1, n2, 0.0)[a, c])
    ends = ((a, n1, c, n2), (c, n2, a, n1))
    return min(
        -float(ordering("fisher", "difference", m, k, 0.0)[x, y]) for x, m, y, k in ends
    )
