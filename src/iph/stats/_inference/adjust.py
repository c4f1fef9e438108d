"""p-values corrected for the number of tests made at once."""

import math
from collections.abc import Iterable
from typing import Literal

import numpy as np
import numpy.typing as npt

from iph._checks import numbers, one_of

Adjustment = Literal[
    "bonferroni",
    "holm",
    "hochberg",
    "hommel",
    "benjamini-hochberg",
    "benjamini-yekutieli",
    "none",
]

ADJUSTMENTS: tuple[Adjustment, ...] = (
    "bonferroni",
    "holm",
    "hochberg",
    "hommel",
    "benjamini-hochberg",
    "benjamini-yekutieli",
    "none",
)


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
    method : {"holm", "bonferroni", "hochberg", "hommel", "benjamini-hochberg", \
"benjamini-yekutieli", "none"}, default: "holm"
        Holm's step-down rule [1]_ and Bonferroni's hold the chance of any false
        positive, whatever the tests have to do with each other; Hochberg's step-up rule
        [2]_ and Hommel's [3]_ do so if the tests are independent or positively
        dependent. Benjamini and Hochberg's step-up rule [4]_ holds the expected share
        of false positives among the positives under the same condition, that of
        Benjamini and Yekutieli [5]_ always. ``"none"`` changes nothing.

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
    Agrees with ``p.adjust`` in R (``"holm"``, ``"bonferroni"``, ``"hochberg"``,
    ``"hommel"``, ``"BH"``, ``"BY"``, ``"none"``), which also leaves missing p-values
    out of the count. Holm's rule is never less powerful than Bonferroni's and needs no
    further assumption; Hochberg's is never less powerful than Holm's, nor Hommel's than
    Hochberg's.

    References
    ----------
    .. [1] Holm S. A simple sequentially rejective multiple test procedure. Scand J Stat
       1979;6:65-70.
    .. [2] Hochberg Y. A sharper Bonferroni procedure for multiple tests of
       significance. Biometrika 1988;75:800-802. :doi:`10.1093/biomet/75.4.800`
    .. [3] Hommel G. A stagewise rejective multiple test procedure based on a modified
       Bonferroni test. Biometrika 1988;75:383-386. :doi:`10.1093/biomet/75.2.383`
    .. [4] Benjamini Y, Hochberg Y. Controlling the false discovery rate: a practical
       and powerful approach to multiple testing. J R Stat Soc B 1995;57:289-300.
       :doi:`10.1111/j.2517-6161.1995.tb02031.x`
    .. [5] Benjamini Y, Yekutieli D. The control of the false discovery rate in multiple
       testing under dependency. Ann Stat 2001;29:1165-1188.
       :doi:`10.1214/aos/1013699998`

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
    rising, place = p[order], np.arange(1.0, m + 1.0)
    if method == "holm":
        steps = np.maximum.accumulate((m + 1.0 - place) * rising)
    elif method == "hochberg":
        steps = _from_the_top((m + 1.0 - place) * rising)
    elif method == "hommel":
        steps = _hommel(rising)
    else:
        more = float((1.0 / place).sum()) if method == "benjamini-yekutieli" else 1.0
        steps = _from_the_top(more * m / place * rising)
    out = np.empty(m)
    out[order] = np.minimum(1.0, steps)
    return out


def _from_the_top(steps: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the smallest of each figure and all that follow it."""
    found: npt.NDArray[np.float64] = np.minimum.accumulate(steps[::-1])[::-1]
    return found


def _hommel(rising: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the adjusted p-values of a closed test of Simes' tests.

    A set of s hypotheses has Simes' p-value ``min(s p_(k) / k)`` over its p-values in
    rising order. A hypothesis is rejected if every set that holds it is; of the sets of
    one size that hold hypothesis i, the one with the largest p-values besides it has
    the largest Simes p-value.
    """
    m = rising.size
    found = rising.copy()
    for size in range(2, m + 1):
        last = rising[m - size :]  # the set of the largest
        ranks = np.arange(1.0, size + 1.0)
        whole = float((size / ranks * last).min())
        # With a smaller one, it takes the first place, and the others keep theirs.
        others = float((size / ranks[1:] * last[1:]).min())
        found[m - size :] = np.maximum(found[m - size :], whole)
        lower = np.minimum(size * rising[: m - size], others)
        found[: m - size] = np.maximum(found[: m - size], lower)
    return found
