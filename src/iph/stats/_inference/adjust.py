"""p-values corrected for the number of tests made at once."""

import math
from collections.abc import Iterable
from typing import Literal

import numpy as np
import numpy.typing as npt

from iph._checks import numbers, one_of

Adjustment = Literal["bonferroni", "holm", "benjamini-hochberg", "none"]

ADJUSTMENTS = ("bonferroni", "holm", "benjamini-hochberg", "none")


def adjust_p_values(
    p_values: npt.ArrayLike | Iterable[float | None],
    *,
    method: Adjustment = "holm",
) -> tuple[float, ...]:
    """Correct p-values for the number of tests made at once.

    Several comparisons were made on the same patients: which of them still stand when
    it is taken into account that there were several?

    Parameters
    ----------
    p_values : array-like of shape (m,)
        The p-values, from 0 to 1. None or NaN marks a test that could not be made; it
        stays NaN and does not count among the `m`.
    method : {"holm", "bonferroni", "benjamini-hochberg", "none"}, default: "holm"
        Holm's step-down rule [1]_ and Bonferroni's hold the chance of any false
        positive; Benjamini and Hochberg's step-up rule [2]_ holds the expected share of
        false positives among the positives; ``"none"`` changes nothing.

    Returns
    -------
    tuple of float
        The adjusted p-values in the order given, none above 1.

    Raises
    ------
    iph.errors.InputError
        A p-value is below 0 or above 1, or the method is unknown.

    See Also
    --------
    dunn : Pairwise comparisons that use it.

    Notes
    -----
    Agrees with ``p.adjust`` in R (``"holm"``, ``"bonferroni"``, ``"BH"``, ``"none"``),
    which also leaves missing p-values out of the count. Holm's rule is never less
    powerful than Bonferroni's and needs no further assumption.

    References
    ----------
    .. [1] Holm S. A simple sequentially rejective multiple test procedure. Scand J Stat
       1979;6:65-70.
    .. [2] Benjamini Y, Hochberg Y. Controlling the false discovery rate: a practical
       and powerful approach to multiple testing. J R Stat Soc B 1995;57:289-300.
       :doi:`10.1111/j.2517-6161.1995.tb02031.x`

    Examples
    --------
    >>> from iph.stats import adjust_p_values
    >>> [round(p, 3) for p in adjust_p_values([0.01, 0.04, 0.03], method="holm")]
    [0.03, 0.06, 0.06]
    >>> [round(p, 3) for p in adjust_p_values([0.01, 0.04, 0.03], method="bonferroni")]
    [0.03, 0.12, 0.09]
    """
    one_of(method, "method", ADJUSTMENTS)
    raw = numbers(p_values, "p_values", low=0.0, high=1.0)
    adjusted = np.full(raw.size, math.nan)
    known = np.flatnonzero(~np.isnan(raw))
    adjusted[known] = _adjusted(raw[known], method)
    return tuple(adjusted.tolist())


def _adjusted(
    p: npt.NDArray[np.float64], method: Adjustment
) -> npt.NDArray[np.float64]:
    m = p.size
    if method == "none":
        return p
    if method == "bonferroni":
        return np.minimum(1.0, m * p)
    order = np.argsort(p, kind="stable")
    if method == "holm":
        steps = np.maximum.accumulate((m - np.arange(m)) * p[order])
    else:
        steps = np.minimum.accumulate((m / np.arange(m, 0, -1.0)) * p[order][::-1])
        steps = steps[::-1]
    out = np.empty(m)
    out[order] = np.minimum(1.0, steps)
    return out
