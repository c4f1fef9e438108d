"""McNemar's test: a yes/no outcome of the same patients on two occasions."""

import math
from collections.abc import Hashable, Iterable
from typing import Any, Literal

import attrs
import numpy.typing as npt

from iph._checks import level, one_of
from iph._options import switch
from iph._results import Result
from iph.errors import InputError
from iph.stats._inference.fair_coin import exact_p, mid_p, normal_p, standardized
from iph.stats._tables.cross_table import SquareTable, Table, square_table
from iph.stats._tables.proportion import proportion

Method = Literal["auto", "exact", "mid-p", "asymptotic"]


@attrs.frozen(kw_only=True, eq=False)
class McNemar(Result):
    """What `mcnemar` found.

    Attributes
    ----------
    statistic : float
        McNemar's chi-square, with continuity correction only if asked for; NaN if no
        patient changed.
    df : int
        Its degrees of freedom: 1.
    p_value : float
        Two-sided.
    method : str
        ``"exact"``, ``"mid-p"``, ``"asymptotic"`` or ``"asymptotic,
        continuity-corrected"``.
    discordant : tuple of int
        The patients who changed: from first to second category, and back.
    odds_ratio : float
        The first of these divided by the second (conditional maximum likelihood);
        infinite if none changed back, NaN if none changed at all.
    low, high : float
        Its confidence interval, from that of the share: the mid-p interval beside the
        mid-p test, so that the two agree, else the one of Clopper and Pearson; 0 and
        infinity if none changed.
    confidence_level : float
        The level of the interval.
    n : int
        The patients with both outcomes.
    n_missing : int
        The patients left out because an outcome was missing.
    """

    statistic: float
    df: int
    p_value: float
    method: str
    discordant: tuple[int, int]
    odds_ratio: float
    low: float
    high: float
    confidence_level: float
    n: int
    n_missing: int


def mcnemar(
    table: Table | Iterable[Hashable],
    y: npt.ArrayLike | Iterable[Hashable] | None = None,
    *,
    weights: Any = None,
    method: Method = "auto",
    continuity: bool = False,
    confidence_level: float = 0.95,
) -> McNemar:
    """Test whether a yes/no outcome of the same patients changed between occasions.

    Do more patients lose their numbness between two visits than get it?

    Parameters
    ----------
    table : array-like of shape (2, 2), or of shape (n,) if `y` is given
        The counts by outcome on the first occasion (rows) and on the second (columns);
        or the outcomes of each patient on the first occasion, of any two categories,
        None or NaN where missing.
    y : array-like of shape (n,), optional
        The outcomes of the same patients, in the same order, on the second occasion.
    weights : array-like of int, optional
        How many patients each row of the two columns stands for; not with a table.
    method : {"auto", "exact", "mid-p", "asymptotic"}, default: "auto"
        The binomial distribution of those who changed, the same counting the observed
        outcome by half, or the chi-square distribution. ``"auto"`` is exact at any
        number of patients, since it is quick.
    continuity : bool, default: False
        Whether the asymptotic test is corrected for continuity (R's default).
    confidence_level : float, default: 0.95
        The level of the interval of the odds ratio.

    Returns
    -------
    McNemar
        With attributes ``statistic``, ``df``, ``p_value``, ``method``, ``discordant``,
        ``odds_ratio``, ``low``, ``high``, ``confidence_level``, ``n`` and
        ``n_missing``. If no patient changed, the asymptotic p-value is NaN and the
        others are 1; without any patient the p-value is NaN.

    Raises
    ------
    iph.errors.InputError
        The table is not 2 x 2 whole counts, or the columns hold more than two
        categories or are of unequal length.

    See Also
    --------
    cochran_q : Several occasions.
    bowker, stuart_maxwell : More than two categories.

    Notes
    -----
    With b and c the two counts of patients who changed, the chi-square is
    ``(b - c)^2 / (b + c)`` [1]_, with ``(|b - c| - 1)^2`` if corrected for continuity
    (the default of ``mcnemar.test`` in R: ``method="asymptotic", continuity=True``).
    The exact p-value is that of ``binom.test(b, b + c)``, which SPSS prints up to 25
    changes. The exact test is conservative and the corrected one more so; the
    mid-p test hardly ever exceeds its level and has more power [2]_.

    References
    ----------
    .. [1] McNemar Q. Note on the sampling error of the difference between correlated
       proportions or percentages. Psychometrika 1947;12:153-157.
       :doi:`10.1007/BF02295996`
    .. [2] Fagerland MW, Lydersen S, Laake P. The McNemar test for binary matched-pairs
       data: mid-p and asymptotic are better than exact conditional. BMC Med Res
       Methodol 2013;13:91. :doi:`10.1186/1471-2288-13-91`

    Examples
    --------
    Approval of a president by 1,600 voters in two surveys, the example of
    ``mcnemar.test`` in R:

    >>> from iph.stats import mcnemar
    >>> votes = [[794, 150], [86, 570]]
    >>> test = mcnemar(votes, method="asymptotic", continuity=True)
    >>> print(f"chi-square {test.statistic:.3f}, p = {test.p_value:.3g}")
    chi-square 16.818, p = 4.11e-05
    >>> print(f"{test.discordant}, odds ratio {test.odds_ratio:.2f} "
    ...       f"({test.low:.2f} to {test.high:.2f})")
    (150, 86), odds ratio 1.74 (1.33 to 2.30)
    """
    one_of(method, "method", ("auto", "exact", "mid-p", "asymptotic"))
    asked = level(confidence_level)
    square = square_table(table, y, weights)
    up, down = _discordant(square)
    corrected = switch(continuity, "continuity") and method == "asymptotic"
    z = standardized(up, down, continuity=corrected)
    used: str = "exact" if method == "auto" else method
    if square.n == 0:
        p_value = math.nan
    elif method == "asymptotic":
        p_value = normal_p(z, "two-sided")
        used = "asymptotic, continuity-corrected" if continuity else "asymptotic"
    else:
        p_value = (mid_p if method == "mid-p" else exact_p)(up, down, "two-sided")
    ratio, low, high = math.nan, 0.0, math.inf  # nobody changed: it may be anything
    if up + down:
        share = proportion(
            up,
            up + down,
            confidence_level=asked,
            method="mid-p" if method == "mid-p" else "clopper-pearson",
        )
        ratio = up / down if down else math.inf
        low, high = _odds(share.low), _odds(share.high)
    return McNemar(
        statistic=z * z,
        df=1,
        p_value=p_value,
        method=used,
        discordant=(up, down),
        odds_ratio=ratio,
        low=low,
        high=high,
        confidence_level=asked,
        n=square.n,
        n_missing=square.n_missing,
    )


def _discordant(square: SquareTable) -> tuple[int, int]:
    """Return the counts of the two kinds of change; none where one category is seen."""
    counts = square.counts
    if len(counts) > 2:
        raise InputError(
            "table",
            "of two categories",
            square.categories,
            "use bowker or stuart_maxwell for more",
        )
    if len(counts) < 2:
        return 0, 0
    return counts[0][1], counts[1][0]


def _odds(share: float) -> float:
    return share / (1.0 - share) if share < 1.0 else math.inf
