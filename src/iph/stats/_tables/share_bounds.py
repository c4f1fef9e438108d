"""A share of all patients, whatever became of those who are missing."""

import math
from typing import Literal

import attrs

from iph._checks import level, one_of, whole
from iph._results import Result
from iph.stats._tables.proportion import proportion

IntervalMethod = Literal["clopper-pearson", "blaker"]

_MOST_CASES = 1_000_000


@attrs.frozen(kw_only=True, eq=False)
class ShareBounds(Result):
    """A share among all patients, whatever became of those who are missing.

    Attributes
    ----------
    estimate : float
        The share of those who were seen; NaN if nobody was.
    lowest, highest : float
        The share of all, if none and if all of the missing had the outcome.
    low, high : float
        The lower bound of the interval of `lowest`, and the upper of `highest`. It
        holds the true share of all patients at its level, whoever is missing and why.
    confidence_level : float
        The level of the interval.
    method : str
        The interval.
    n : int
        The patients who were seen.
    n_missing : int
        The patients who were not.
    """

    estimate: float
    lowest: float
    highest: float
    low: float
    high: float
    confidence_level: float
    method: str
    n: int
    n_missing: int


def share_bounds(
    count: int,
    n: int,
    missing: int,
    *,
    confidence_level: float = 0.95,
    method: IntervalMethod = "clopper-pearson",
) -> ShareBounds:
    """Bounds of a share, whatever became of the patients who are missing.

    If 19 of 22 patients seen at one year had recovered, and six of 28 were not seen,
    what share of all had recovered?

    Parameters
    ----------
    count : int
        The patients seen with the outcome.
    n : int
        The patients seen.
    missing : int
        The patients not seen. The dead are not missing: they have an outcome, or the
        question is asked of the living.
    confidence_level : float, default: 0.95
        Level of the interval, between 0 and 1.
    method : {"clopper-pearson", "blaker"}, default: "clopper-pearson"
        The interval, one that is guaranteed to hold its level; see `proportion`.

    Returns
    -------
    ShareBounds
        With attributes ``estimate``, ``lowest``, ``highest``, ``low``, ``high``,
        ``confidence_level``, ``method``, ``n`` and ``n_missing``. Without any patient
        the shares are NaN and the interval (0, 1).

    Raises
    ------
    iph.errors.InputError
        A number is not a count, `count` is above `n`, or the level not between 0 and 1.

    See Also
    --------
    missing_bounds : The comparison of two groups.
    proportion : The share of those seen.

    Notes
    -----
    Nothing is supposed about why patients are missing, so the bounds cannot be made
    narrower by any analysis without such a supposition [1]_. The interval is the union
    of those of all ways the missing could have gone.

    References
    ----------
    .. [1] Horowitz JL, Manski CF. Nonparametric analysis of randomized experiments with
       missing covariate and outcome data. J Am Stat Assoc 2000;95:77-84.
       :doi:`10.1080/01621459.2000.10473902`

    Examples
    --------
    >>> from iph.stats import share_bounds
    >>> found = share_bounds(19, 22, 6)
    >>> print(f"{found.lowest:.2f} to {found.highest:.2f} of all "
    ...       f"(95 % interval {found.low:.2f} to {found.high:.2f})")
    0.68 to 0.89 of all (95 % interval 0.48 to 0.98)
    """
    asked = level(confidence_level)
    one_of(method, "method", ("clopper-pearson", "blaker"))
    seen = whole(n, "n", high=_MOST_CASES)
    yes = whole(count, "count", high=seen)
    gone = whole(missing, "missing", high=_MOST_CASES)
    every = seen + gone
    ends = [
        proportion(k, every, confidence_level=asked, method=method)
        for k in (yes, yes + gone)
    ]
    return ShareBounds(
        estimate=yes / seen if seen else math.nan,
        lowest=ends[0].estimate,
        highest=ends[1].estimate,
        low=ends[0].low,
        high=ends[1].high,
        confidence_level=asked,
        method=method,
        n=seen,
        n_missing=gone,
    )
