"""Gray's test: do groups differ in the incidence of one cause."""

import math
from collections.abc import Hashable, Iterable
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from iph import _checks
from iph._checks import Floats, Ints
from iph._labels import coded
from iph._results import Result
from iph.errors import DataError, InputError
from iph.stats._inference.tails import chi2_upper
from iph.stats._survival.competing_counts import (
    competing_counts,
    status_codes,
    tie_factor,
)

_Column = npt.ArrayLike | Iterable[object]
_Labels = npt.ArrayLike | Iterable[Hashable]

_SINGULAR = 1e-12  # relative size below which a variance is a rounding error


@attrs.frozen(kw_only=True, eq=False)
class GrayTest(Result):
    """Gray's test of equal cumulative incidence.

    Attributes
    ----------
    statistic : float
        The chi-square statistic; NaN if the scores have no positive variance.
    df : int
        The number of groups that can be told apart less one.
    p_value : float
        Its upper tail area; NaN with the statistic.
    scores : ndarray of float
        The score of each group: above 0 where the cause is seen more than expected.
    groups : tuple
        The labels of the groups in order.
    cause : hashable
        The label of the cause of interest.
    rho : float
        The power of the weight.
    method : str
        The name of the reference distribution: "asymptotic".
    n : int
        The number of cases used.
    n_missing : int
        The number of cases left out because a value was missing.
    """

    statistic: float
    df: int
    p_value: float
    scores: Floats
    groups: tuple[Any, ...]
    cause: Hashable
    rho: float
    method: str
    n: int
    n_missing: int


def gray_test(
    time: _Column,
    status: _Labels,
    group: _Labels,
    *,
    cause: Hashable,
    censored: Hashable = 0,
    rho: float = 0.0,
    strata: _Labels | None = None,
    weights: _Column | None = None,
) -> GrayTest:
    """Compare groups by the cumulative incidence of one cause.

    It answers: does the share of patients who have recovered by each day differ between
    the groups, when death can come first? The log-rank test with deaths as censored
    compares the speed of recovery among the living instead, which is another question.

    Parameters
    ----------
    time : array_like of float, shape (n,)
        Days under observation, 0 or more; None or NaN where missing.
    status : array_like, shape (n,)
        How the observation ended: `censored`, `cause`, or the label of any other cause;
        None where missing.
    group : array_like, shape (n,)
        The group of each patient; None where missing.
    cause : hashable
        The label of the event of interest.
    censored : hashable
        The label of a patient still without any event; 0 unless told. Where labels are
        text it must be one of them; None says that nobody is censored.
    rho : float
        Each day weighs (1 - F(t-)) ** rho, where F is the incidence of all groups
        together: 0 weighs alike, above 0 the early days more.
    strata : array_like, shape (n,), optional
        Compare within these strata and add up.
    weights : array_like of int, shape (n,), optional
        How many cases each row stands for; the result is that of the repeated rows.

    Returns
    -------
    GrayTest
        With `statistic`, `df`, `p_value`, `scores`, `groups`, `cause`, `rho`, `method`,
        `n`, `n_missing`.

    Raises
    ------
    InputError
        If an argument is not what it must be, `cause` is none of the causes in
        `status`, or `censored` is none of its text labels.
    DataError
        If there are fewer than two groups.

    See Also
    --------
    cumulative_incidence : The curves that are compared.

    Notes
    -----
    The scores sum the observed less the expected events over a risk set in which those
    who had another event are kept in proportion, R = n (1 - F(t-)) / S(t-) of each
    group; their covariance is the one of [1]_ with all curves continuous from the left,
    and tied events take off as in a hypergeometric variance. R's `cmprsk` gives the
    same numbers. The chi-square distribution is approximate with few events. A group
    that is never at risk together with another when the cause occurs adds nothing and
    takes a degree of freedom with it, as in `logrank`. NaN with df 0 means that these
    data cannot tell any groups apart, or that nearly all have the cause on one day and
    the correction for ties leaves no variance (`cmprsk` prints a negative statistic
    then).

    References
    ----------
    .. [1] Gray RJ. A class of K-sample tests for comparing the cumulative incidence of
       a competing risk. Ann Stat 1988;16:1141-1154. :doi:`10.1214/aos/1176350951`

    Examples
    --------
    >>> from iph.stats import gray_test
    >>> days = [3, 5, 5, 7, 9, 9, 12, 14, 20, 20]
    >>> status = [1, 2, 1, 0, 1, 1, 2, 1, 1, 0]
    >>> drained = [True, False, True, True, False, True, False, False, True, False]
    >>> result = gray_test(days, status, drained, cause=1)
    >>> round(result.statistic, 3), result.df, round(result.p_value, 3)
    (3.29, 1, 0.07)

    The drained recovered more often, but ten patients cannot tell it from chance.
    """
    power = _power(rho)
    codes = status_codes(status, cause=cause, censored=censored)
    member, groups = coded(group, "group")
    _checks.same_length(codes.size, member.size, "status", "group")
    n_strata = 1
    part = member
    if strata is not None:
        stratum, layers = coded(strata, "strata")
        _checks.same_length(codes.size, stratum.size, "status", "strata")
        n_strata = max(len(layers), 1)
        inside = (member >= 0) & (stratum >= 0)
        part = np.where(inside, stratum * len(groups) + member, -1)
    k = len(groups)
    counts = competing_counts(
        time, codes, part=part, n_parts=max(k * n_strata, 1), weights=weights
    )
    cases = (counts.cause + counts.other + counts.censored).sum(axis=1)
    seen = np.flatnonzero(cases.reshape(n_strata, -1).sum(axis=0))
    if seen.size < 2:
        raise DataError(
            f"Gray's test compares two or more groups with patients, got {seen.size}"
        )
    scores = np.zeros(seen.size)
    variance = np.zeros((seen.size, seen.size))
    for layer in range(n_strata):
        rows = layer * k + seen
        added = _scores(
            counts.at_risk[rows], counts.cause[rows], counts.other[rows], power
        )
        scores += added[0]
        variance += added[1]
    statistic, df = _quadratic(scores, variance)
    scores.setflags(write=False)
    return GrayTest(
        statistic=statistic,
        df=df,
        p_value=chi2_upper(statistic, df),
        scores=scores,
        groups=tuple(groups[row] for row in seen),
        cause=cause,
        rho=power,
        method="asymptotic",
        n=counts.n,
        n_missing=counts.n_missing,
    )


def _power(rho: float) -> float:
    (power,) = _checks.numbers([rho], "rho")
    if math.isnan(power):
        raise InputError("rho", "a number", rho)
    return float(power)


def _quadratic(scores: Floats, variance: Floats) -> tuple[float, int]:
    """Return the scores over their covariance, and its rank; NaN and 0 without one.

    Directions in which nothing varies are left out with their degree of freedom. A
    covariance with a negative direction (ties took off too much) is none.
    """
    values, directions = np.linalg.eigh(variance)
    # The rows sum to 0: one direction is empty whatever the data.
    least = _SINGULAR * max(float(values[-1]), 1.0)
    kept = values > least
    along = directions.T @ scores
    stray = float(np.abs(along[~kept]).max(initial=0.0)) ** 2
    if not kept.any() or values[0] < -least or stray > least:
        return math.nan, 0
    return float((along[kept] ** 2 / values[kept]).sum()), int(np.count_nonzero(kept))


def _scores(
    at_risk: Ints, cause: Ints, other: Ints, rho: float
) -> tuple[Floats, Floats]:
    """Return the scores of one stratum and their covariance.

    With Y at risk, S the survival of all causes and F the incidence of the cause in
    each group, h = Y / S(t-) counts those whom the group had at the start and who would
    still be observed, and R = h (1 - F(t-)) those of them without the cause.

    The scores are sums of L (dN - R dN. / R.). Under equal incidence F0 a deviation of
    the hazard of the cause at u acts directly, D = L h (I - h / h.), and through S and
    F on all later days; one of another cause acts through S alone. The sum of D dF0 /
    (1 - F0) over the later days, C, times (1 - F0) / S carries that effect.
    """
    hit = np.flatnonzero((cause + other).any(axis=0))
    at_risk, cause, other = at_risk[:, hit], cause[:, hit], other[:, hit]
    k, m = at_risk.shape
    y = at_risk.astype(np.float64)
    here = y > 0
    y_safe = np.where(here, y, 1.0)
    one = np.ones((k, 1))
    left = y_safe - cause - other
    survival = np.cumprod(np.where(here, left / y_safe, 1.0), axis=1)
    before = np.hstack((one, survival[:, :-1]))
    before_safe = np.where(here, before, 1.0)
    f_after = np.cumsum(before * cause / y_safe, axis=1)
    f_before = np.hstack((one - 1.0, f_after[:, :-1]))
    h = np.where(here, y / before_safe, 0.0)
    r = h * (1.0 - f_before)
    total = cause.sum(axis=0)
    busy = total > 0
    r_sum = np.where(busy, r.sum(axis=0), 1.0)
    h_sum = h.sum(axis=0)
    common = np.where(busy, total / h_sum, 0.0)
    f0 = np.cumsum(common)
    f0_before = np.concatenate(([0.0], f0[:-1]))
    # Pooled over groups that have run out, the estimate can pass 1: no weight there.
    free = np.maximum(1.0 - f0_before, 0.0)
    weight = np.power(free, rho, out=np.zeros(m), where=free > 0.0)
    scores = (weight * (cause - r * total / r_sum)).sum(axis=1)
    hazard = np.divide(
        common, 1.0 - f0_before, out=np.zeros(m), where=busy & (f0_before != 1.0)
    )
    carried = np.divide(1.0 - f0, survival, out=np.zeros((k, m)), where=survival > 0.0)
    variance = np.zeros((k, k))
    identity = np.eye(k)
    for group in range(k):
        seen = here[group]
        direct = weight * h * (identity[:, [group]] - h[group] / h_sum)
        running = np.cumsum(direct * hazard, axis=1)
        later = running[:, -1:] - running
        through = later * carried[group]
        own = direct + later - through
        h_own = np.where(seen, h[group], 1.0)
        effective = h_sum * before[group]
        own_spread = np.where(seen, common / h_own * tie_factor(total, effective), 0.0)
        rest = other[group] / h_own**2 * tie_factor(other[group], y[group])
        rest_spread = np.where(seen, rest, 0.0)
        variance += (own * own_spread) @ own.T + (through * rest_spread) @ through.T
    return scores, variance
