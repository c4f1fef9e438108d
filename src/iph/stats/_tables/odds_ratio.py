"""The odds ratio of a 2 x 2 table, with its exact interval."""

import math
from typing import Literal

import numpy as np

from iph._checks import level, one_of, whole
from iph.errors import WorkError
from iph.stats._inference.result import Estimate
from iph.stats._inference.tilting import Tilting
from iph.stats._tables.cross_table import Table, cross_table
from iph.stats._tables.hypergeometric import FreeCell

_MOST_VALUES = 2_500_000  # of the cell: about ten seconds

Method = Literal["exact", "mid-p"]


def odds_ratio(
    table: Table,
    *,
    confidence_level: float = 0.95,
    method: Method = "exact",
    n_missing: int = 0,
) -> Estimate:
    """Odds ratio of a 2 x 2 table, by conditional maximum likelihood.

    By what factor are the odds of the outcome higher in the first group of patients?

    Parameters
    ----------
    table : array-like of shape (2, 2)
        The counts ``[[a, b], [c, d]]``: one row a group, the first column the patients
        with the outcome.
    confidence_level : float, default: 0.95
        Level of the interval, between 0 and 1.
    method : {"exact", "mid-p"}, default: "exact"
        The interval: exact given the margins, so guaranteed to hold its level; or the
        same with the table observed taken by half, which is shorter and holds about.
    n_missing : int, default: 0
        Patients missing from the table; reported, not used.

    Returns
    -------
    Estimate
        With attributes ``estimate``, ``low``, ``high``, ``confidence_level``,
        ``method``, ``n`` and ``n_missing``. The estimate is 0 or infinite if the first
        cell is as small or as large as the margins allow; if they allow one value only
        (an empty row or column) it is NaN and the interval (0, infinity).

    Raises
    ------
    iph.errors.InputError
        The table is not 2 x 2 counts, or the level not between 0 and 1.
    iph.errors.WorkError
        The counts are so large (about 1e10) that seconds would not do.

    See Also
    --------
    fisher_exact : The test; with ``two_sided="central"`` it agrees with this interval.
    boschloo : Test and interval without the margins given.
    risk_ratio, risk_difference : Easier to understand where the outcome is common.

    Notes
    -----
    Given the margins, the first cell has the noncentral hypergeometric distribution
    with the odds ratio as its parameter. The estimate makes the expected cell equal to
    that observed; the bounds make the tail probabilities (1 - level) / 2 [1]_. Both are
    what ``fisher.test`` of R reports, solved to the precision of a float where R stops
    at 1e-4. The estimate differs from the sample odds ratio ``a d / (b c)``, which is
    the unconditional one. The mid-p interval lies within the exact one in every table.

    References
    ----------
    .. [1] Cornfield J. A statistical problem arising from retrospective studies. Proc
       Third Berkeley Symp Math Stat Probab 1956;4:135-148.

    Examples
    --------
    Convictions of like-sex twins of criminals (Fisher 1962; in R the estimate is
    0.0469 and the interval 0.0033 to 0.3632):

    >>> from iph.stats import odds_ratio
    >>> found = odds_ratio([[2, 15], [10, 3]])
    >>> print(f"{found.estimate:.4f} ({found.low:.4f} to {found.high:.4f})")
    0.0469 (0.0033 to 0.3632)
    """
    asked = level(confidence_level)
    left_out = whole(n_missing, "n_missing")
    one_of(method, "method", ("exact", "mid-p"))
    cell = FreeCell.of(cross_table(table, two_by_two=True))
    half = 0.5 if method == "mid-p" else 0.0
    estimate, low, high = _solved(cell, (1.0 - asked) / 2.0, half)
    return Estimate(
        estimate=estimate,
        low=low,
        high=high,
        confidence_level=asked,
        method=f"conditional maximum likelihood, {method} interval",
        n=cell.n,
        n_missing=left_out,
    )


def _solved(cell: FreeCell, tail: float, half: float) -> tuple[float, float, float]:
    """Return estimate and bounds; `half` of the table observed counts in no tail."""
    first, last = cell.near_observed()
    if last - first > _MOST_VALUES:
        raise WorkError(
            f"the exact odds ratio of {cell.n:,} cases must look at {last - first:,} "
            "tables; use risk_ratio or risk_difference"
        )
    tilting = Tilting(
        steps=np.arange(
            first - cell.observed, last - cell.observed + 1, dtype=np.float64
        ),
        logs=cell.log_weights_between(first, last),
        at=cell.observed - first,
    )
    low, high = tilting.bounds(tail, half)
    return math.exp(tilting.likeliest()), math.exp(low), math.exp(high)
