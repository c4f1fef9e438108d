"""How much two independent groups differ: superiority and Cliff's delta."""

import math
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any, Literal

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import level, one_of
from iph.stats._groups.ranks import RankTable, rank_table
from iph.stats._inference.result import Estimate
from iph.stats._inference.tails import two_sided_quantile

Method = Literal["newcombe", "logit"]

METHODS = ("newcombe", "logit")


def probability_of_superiority(
    x: npt.ArrayLike | Iterable[object],
    y: npt.ArrayLike | Iterable[object],
    *,
    weights: tuple[Any, Any] | None = None,
    confidence_level: float = 0.95,
    method: Method = "newcombe",
) -> Estimate:
    """Probability that a case of the first group has the higher value.

    If one patient of each group is picked at random, how often has the one of the first
    group the higher grade, a tie counting one half?

    Parameters
    ----------
    x, y : array-like of shape (n1,) and (n2,)
        The values of the two groups; None or NaN where missing. A value known by a
        bound alone is an `iph.Bound`; no value may lie beyond it.
    weights : pair of array-like, optional
        Case counts of `x` and of `y` (None within the pair for ones).
    confidence_level : float, default: 0.95
        Level of the interval, between 0 and 1.
    method : {"newcombe", "logit"}, default: "newcombe"
        The interval: Newcombe's score-type interval (his method 5) [1]_, which never
        degenerates and with many ties is rather too wide; or the large-sample interval
        on the logit scale with the variance of the placements [2]_, [3]_, which
        accounts for ties, but is undefined (NaN) if that variance is zero, as when all
        values of one group are above all of the other, or if a group has fewer than two
        cases.

    Returns
    -------
    Estimate
        With attributes ``estimate``, ``low``, ``high``, ``confidence_level``,
        ``method``, ``n`` (both groups) and ``n_missing``. With an empty group the
        estimate is NaN and the interval (0, 1).

    Raises
    ------
    iph.errors.InputError
        Values that are no numbers, bounds with values beyond them, weights that do not
        fit, a level outside (0, 1).

    See Also
    --------
    cliffs_delta : The same on a scale from -1 to 1.
    mann_whitney : The test of no difference.

    Notes
    -----
    The estimate is ``U / (n1 n2)``, the area under the ROC curve. Newcombe's bounds
    solve ``|A - t| = z sqrt(V(t))`` with
    ``V(t) = t (1 - t) (1 + m (1 - t) / (2 - t) + m t / (1 + t)) / (n1 n2)`` and
    ``m = (n1 + n2) / 2 - 1``. In simulated samples of 8 to 60 patients the 95 %
    interval held the true value in .92 or more where both groups were alike in spread;
    where the smaller group was twice as spread, in .90.

    References
    ----------
    .. [1] Newcombe RG. Confidence intervals for an effect size measure based on the
       Mann-Whitney statistic. Part 2: asymptotic methods and evaluation. Stat Med
       2006;25:559-573. :doi:`10.1002/sim.2324`
    .. [2] DeLong ER, DeLong DM, Clarke-Pearson DL. Comparing the areas under two or
       more correlated receiver operating characteristic curves. Biometrics
       1988;44:837-845. :doi:`10.2307/2531595`
    .. [3] Brunner E, Munzel U. The nonparametric Behrens-Fisher problem. Biom J
       2000;42:17-25.
       :doi:`10.1002/(SICI)1521-4036(200001)42:1<17::AID-BIMJ17>3.0.CO;2-U`

    Examples
    --------
    Pain (0 to 10) after two treatments:

    >>> from iph.stats import probability_of_superiority
    >>> found = probability_of_superiority([5, 6, 6, 7, 8], [2, 3, 4, 6, 6])
    >>> print(f"{found.estimate:.2f} ({found.low:.2f} to {found.high:.2f})")
    0.84 (0.47 to 0.97)
    """
    asked = level(confidence_level)
    one_of(method, "method", METHODS)
    table = rank_table([x, y], weights, ["x", "y"])
    n1, n2 = table.sizes
    if not n1 or not n2:
        estimate, low, high = math.nan, 0.0, 1.0
    else:
        exact = Fraction(table.score_sums[0] - n1 * (n1 + 1), 2 * n1 * n2)
        estimate = float(exact)
        z = two_sided_quantile(asked)
        low, high = (
            newcombe_bounds(estimate, n1, n2, z)
            if method == "newcombe"
            else _logit(estimate, placement_error(table), z)
        )
    return Estimate(
        estimate=estimate,
        low=low,
        high=high,
        confidence_level=asked,
        method=method,
        n=table.n,
        n_missing=table.n_missing,
    )


def cliffs_delta(
    x: npt.ArrayLike | Iterable[object],
    y: npt.ArrayLike | Iterable[object],
    *,
    weights: tuple[Any, Any] | None = None,
    confidence_level: float = 0.95,
    method: Method = "newcombe",
) -> Estimate:
    """Cliff's delta: how often the first group is higher minus how often lower.

    Over all pairs of one patient of each group, by how much do those in which the first
    group has the higher grade outweigh those in which it has the lower?

    Parameters
    ----------
    x, y : array-like of shape (n1,) and (n2,)
        The values of the two groups; None or NaN where missing. A value known by a
        bound alone is an `iph.Bound`; no value may lie beyond it.
    weights : pair of array-like, optional
        Case counts of `x` and of `y` (None within the pair for ones).
    confidence_level : float, default: 0.95
        Level of the interval, between 0 and 1.
    method : {"newcombe", "logit"}, default: "newcombe"
        The interval, that of `probability_of_superiority` put on the scale of delta, so
        that the two never disagree.

    Returns
    -------
    Estimate
        From -1 to 1: ``estimate``, ``low``, ``high``, ``confidence_level``, ``method``,
        ``n`` (both groups) and ``n_missing``. With an empty group the estimate is NaN
        and the interval (-1, 1).

    Raises
    ------
    iph.errors.InputError
        Values that are no numbers, bounds with values beyond them, weights that do not
        fit, a level outside (0, 1).

    See Also
    --------
    probability_of_superiority : The same on a scale from 0 to 1, with the formulas.

    Notes
    -----
    ``delta = P(X > Y) - P(X < Y) = 2 A - 1`` with A the probability of superiority
    [1]_; also known as the rank-biserial correlation.

    References
    ----------
    .. [1] Cliff N. Dominance statistics: ordinal analyses to answer ordinal questions.
       Psychol Bull 1993;114:494-509. :doi:`10.1037/0033-2909.114.3.494`

    Examples
    --------
    >>> from iph.stats import cliffs_delta
    >>> found = cliffs_delta([5, 6, 6, 7, 8], [2, 3, 4, 6, 6])
    >>> print(f"{found.estimate:.2f} ({found.low:.2f} to {found.high:.2f})")
    0.68 (-0.07 to 0.93)
    """
    found = probability_of_superiority(
        x, y, weights=weights, confidence_level=confidence_level, method=method
    )
    return attrs.evolve(
        found,
        estimate=2.0 * found.estimate - 1.0,
        low=2.0 * found.low - 1.0,
        high=2.0 * found.high - 1.0,
    )


def newcombe_bounds(a: float, n1: int, n2: int, z: float) -> tuple[float, float]:
    """Return Newcombe's bounds of a probability of superiority."""
    m = (n1 + n2) / 2.0 - 1.0

    def outside(t: float) -> bool:
        spread = 1.0 + m * (1.0 - t) / (2.0 - t) + m * t / (1.0 + t)
        return (a - t) ** 2 > z * z * t * (1.0 - t) * spread / n1 / n2

    low = 0.0 if a == 0.0 else _edge(outside, 0.0, a)
    high = 1.0 if a == 1.0 else _edge(outside, 1.0, a)
    return low, high


def _edge(outside: Callable[[float], bool], far: float, near: float) -> float:
    """Return where the interval around `near` ends on the way to `far`."""
    middle = (far + near) / 2.0
    while middle not in {far, near}:  # until floats run out
        if outside(middle):
            far = middle
        else:
            near = middle
        middle = (far + near) / 2.0
    return near


def placement_error(table: RankTable) -> float:
    """Return the standard error of U / (n1 n2) from the placements of each case.

    NaN if a group has fewer than two cases.
    """
    n1, n2 = table.sizes
    if min(n1, n2) < 2:
        return math.nan
    x, y = (table.counts[:, j].astype(object) for j in (0, 1))
    below_x, below_y = (2 * np.cumsum(column) - column for column in (x, y))
    # Twice the placements: of each x among the y, of each y among the x
    parts = [
        Fraction(_squares(x, below_y, n1), 4 * n1 * (n1 - 1) * n2 * n2),
        Fraction(_squares(y, below_x, n2), 4 * n2 * (n2 - 1) * n1 * n1),
    ]
    return math.sqrt(sum(parts, Fraction(0)))


def _squares(
    counts: npt.NDArray[Any], placements: npt.NDArray[Any], n: int
) -> Fraction:
    """Return the sum of squares of the placements around their mean, exactly."""
    total = int((counts * placements).sum())
    squares = int((counts * placements * placements).sum())
    return squares - Fraction(total * total, n)


def _logit(a: float, error: float, z: float) -> tuple[float, float]:
    if not error > 0.0 or a in {0.0, 1.0}:  # NaN is not above 0 either
        return math.nan, math.nan
    center = math.log(a / (1.0 - a))
    reach = z * error / (a * (1.0 - a))
    return _expit(center - reach), _expit(center + reach)


def _expit(t: float) -> float:
    if t >= 0.0:
        return 1.0 / (1.0 + math.exp(-t))
    return math.exp(t) / (1.0 + math.exp(t))
