"""The distribution of a day that is known only to lie between two visits."""

import math
import warnings
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from iph._checks import Floats, days, level, whole
from iph._options import one_number
from iph._results import Result
from iph.errors import DataError, InputError, IphWarning
from iph.stats._inference.result import read_only
from iph.stats._interval_censored.intervals import (
    Cells,
    IntervalEnds,
    innermost,
    read_intervals,
)
from iph.stats._interval_censored.npmle import Masses, fit_masses

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MAX_ITERATIONS = 500
DEFAULT_TOLERANCE = 1e-10
# Cumulative masses closer than this to a probability are equal to it: they solve
# equations numerically, and no fraction is at hand to compare exactly.
_EQUAL = 1e-9


@attrs.frozen(kw_only=True, eq=False)
class SurvivalBounds(Result):
    """How many are not yet recovered on a day, as far as the visits tell.

    Attributes
    ----------
    day : float
        The day.
    low, high : float
        The survival function lies between them; equal where it is determined.
    n : int
        Number of patients.
    n_missing : int
        Number of patients left out because an end of their interval was missing.
    """

    day: float
    low: float
    high: float
    n: int
    n_missing: int


@attrs.frozen(kw_only=True, eq=False)
class QuantileInterval(Result):
    """Where a quantile lies, as far as the visits tell.

    Attributes
    ----------
    probability : float
        The share of patients that have recovered by then.
    low, high : float
        The quantile lies in (low, high]; equal ends are one day, and `high` is infinity
        where too few were seen recovered.
    n : int
        Number of patients.
    n_missing : int
        Number of patients left out because an end of their interval was missing.
    """

    probability: float
    low: float
    high: float
    n: int
    n_missing: int


@attrs.frozen(kw_only=True, eq=False)
class TurnbullEstimate(Result):
    """The nonparametric maximum likelihood estimate from intervals.

    Attributes
    ----------
    left, right : array
        The innermost intervals (left, right] that carry mass, in rising order; equal
        ends are one day that is known exactly, an infinite right end means "later".
    mass : array
        The share of patients whose day lies in each; the sum is 1. Where within an
        interval the mass lies, the data cannot tell.
    n_innermost : int
        Number of innermost intervals, with and without mass.
    log_likelihood : float
        The log likelihood at its maximum.
    kkt_gap : float
        How far the optimality conditions are from being met: the log likelihood is
        within ``n * kkt_gap`` of its maximum.
    converged : bool
        Whether `kkt_gap` is within the tolerance.
    iterations : int
        Number of Newton steps.
    method : str
        The algorithm, ``"constrained-newton"``.
    n : int
        Number of patients.
    n_missing : int
        Number of patients left out because an end of their interval was missing.
    """

    left: Floats
    right: Floats
    mass: Floats
    n_innermost: int
    log_likelihood: float
    kkt_gap: float
    converged: bool
    iterations: int
    method: str
    n: int
    n_missing: int

    def plot(self, ax: "Axes | None" = None, *, label: str = "") -> "Figure":
        """Draw the share without the event as far as the visits tell.

        Parameters
        ----------
        ax : Axes, optional
            Where to draw, beside the curves that are there; a new figure by default.
        label : str, optional
            What the legend calls it.

        Returns
        -------
        Figure
            The figure drawn on. The curve falls somewhere within each hatched box, from
            its upper to its lower edge; the data cannot tell where.
        """
        from iph._drawing.curves import draw_between, last_day, plotted

        ends = np.concatenate((self.left, self.right))
        end = last_day(self) * 100  # an open box goes on beyond any axis
        return plotted(
            ax,
            lambda axes, place: draw_between(axes, self, place, label, end=end),
            ends[np.isfinite(ends)],
            says="Without the event (%)",
            label=label,
        )

    def survival_bounds(self, day: float) -> SurvivalBounds:
        """Return between which values the survival function lies on a day.

        Parameters
        ----------
        day : float
            A day, zero or later.

        Returns
        -------
        SurvivalBounds
            With `low` and `high`, equal unless the day lies within an interval that
            carries mass.
        """
        array = days([day], "day")
        if np.isnan(array[0]):
            raise InputError("day", "a number of days", day)
        low, high = survival_limits(self.left, self.right, self.mass, array)
        return SurvivalBounds(
            day=float(array[0]),
            low=float(low[0]),
            high=float(high[0]),
            n=self.n,
            n_missing=self.n_missing,
        )

    def quantile(self, probability: float) -> QuantileInterval:
        """Return between which days a share of the patients has recovered.

        Where exactly this share lies at or before the end of an interval, every day up
        to the end of the next one is a quantile, and `high` is that end.

        Parameters
        ----------
        probability : float
            The share, between 0 and 1.

        Returns
        -------
        QuantileInterval
            With `low` and `high`: the quantile lies in (low, high].
        """
        share = level(probability, "probability")
        low, high = quantile_limits(self.left, self.right, self.mass, share)
        return QuantileInterval(
            probability=share, low=low, high=high, n=self.n, n_missing=self.n_missing
        )

    def median(self) -> QuantileInterval:
        """Return between which days half of the patients have recovered.

        Returns
        -------
        QuantileInterval
            With `low` and `high`: the median lies in (low, high].
        """
        return self.quantile(0.5)


def turnbull(
    left: IntervalEnds,
    right: IntervalEnds,
    *,
    weights: Any = None,
    tolerance: float = DEFAULT_TOLERANCE,
    max_iterations: int = MAX_ITERATIONS,
) -> TurnbullEstimate:
    """Recovery curve of patients who were seen only at visits.

    When a patient is found recovered at a visit, the day of recovery is known only to
    lie after the visit before. Which share has recovered by which day, without guessing
    the days?

    Parameters
    ----------
    left : sequence of float
        The last day on which each patient was seen not recovered, zero or later.
    right : sequence of float
        The first day on which the patient was seen recovered; ``math.inf`` if never.
        Recovery lies in (left, right]. A day that is known exactly is given as both
        ends. None or NaN in either column means that nothing is known; the patient is
        left out and counted.
    weights : sequence of int, optional
        How many patients each row stands for.
    tolerance : float, default: 1e-10
        The largest gap of the optimality conditions; see Notes.
    max_iterations : int, default: 500
        Newton steps after which the search gives up. About ten are needed.

    Returns
    -------
    TurnbullEstimate
        With `left`, `right` and `mass` of the intervals that carry mass, `n_innermost`,
        `log_likelihood`, `kkt_gap`, `converged`, `iterations`, `method`, `n` and
        `n_missing`, and the methods `survival_bounds`, `quantile`
        and `median`.

    Raises
    ------
    InputError
        If a right end lies before its left end, a left end is infinite, or a day is
        negative.
    DataError
        If no patient has both ends.

    See Also
    --------
    turnbull_bootstrap : Confidence intervals for this curve.
    interval_logrank : Compare groups seen only at visits.
    interval_sensitivity : What assumed days would give instead.

    Notes
    -----
    The likelihood depends only on the mass of the *innermost intervals* [1]_ [2]_: each
    begins where some patient's interval begins and ends where one ends, with none of
    these between. The masses are found by a constrained Newton method with a
    support that grows where the gradient is largest [3]_; it works on patients counted
    by the first and last innermost interval they cover, never on a table of patients by
    intervals. On a line, unlike in the plane, no other masses are as likely.

    The search stops when ``max(d) / n - 1`` is within the tolerance, d being the sum,
    over the patients whose interval covers a cell, of 1 over the mass they cover. By
    concavity this bounds the shortfall of the log likelihood. Programs that stop when
    the masses or the likelihood change little can stop long before the maximum.

    Intervals are half-open, as visits make them: (1, 3] and (3, 6] do not overlap. R's
    ``survfit`` takes closed intervals, in which day 3 belongs to both; there the left
    ends must be moved by a fraction of a day to say the same. With exact days and
    intervals without end only, the estimate is that of Kaplan and Meier.

    References
    ----------
    .. [1] Peto R. Experimental survival curves for interval-censored data. Appl Stat
       1973;22:86-91. :doi:`10.2307/2346307`
    .. [2] Turnbull BW. The empirical distribution function with arbitrarily grouped,
       censored and truncated data. J R Stat Soc B 1976;38:290-5.
       :doi:`10.1111/j.2517-6161.1976.tb01597.x`
    .. [3] Wang Y. Maximum likelihood computation for fitting semiparametric mixture
       models. Stat Comput 2010;20:75-86. :doi:`10.1007/s11222-009-9117-z`

    Examples
    --------
    Five patients seen on days 1, 3 and 6, one of them never recovered:

    >>> import math
    >>> from iph.stats import turnbull
    >>> curve = turnbull([0, 1, 3, 3, 6], [1, 3, 6, 6, math.inf])
    >>> [round(float(share), 4) for share in curve.mass]
    [0.2, 0.2, 0.4, 0.2]
    >>> [round(curve.survival_bounds(day).low, 4) for day in (1, 3, 6)]
    [0.8, 0.6, 0.2]

    On day 4 between 20 % and 60 % had not recovered; the median lies between two
    visits:

    >>> between = curve.survival_bounds(4)
    >>> round(between.low, 4), round(between.high, 4)
    (0.2, 0.6)
    >>> curve.median().low, curve.median().high
    (3.0, 6.0)
    """
    tolerance = _tolerance(tolerance)
    max_iterations = whole(max_iterations, "max_iterations", low=1)
    rows = read_intervals(left, right, weights)
    refuse_none(rows.n)
    cells = innermost(rows)
    found = fit_cells(cells, tolerance, max_iterations)
    carrying = found.mass > 0.0
    if found.gap > tolerance:
        warnings.warn(
            f"the masses are not at the maximum: kkt_gap {found.gap:.1g} after "
            f"{found.iterations} iterations",
            IphWarning,
            stacklevel=2,
        )
    return TurnbullEstimate(
        left=read_only(cells.left[carrying]),
        right=read_only(cells.right[carrying]),
        mass=read_only(found.mass[carrying]),
        n_innermost=cells.left.size,
        log_likelihood=found.log_likelihood,
        kkt_gap=found.gap,
        converged=found.gap <= tolerance,
        iterations=found.iterations,
        method="constrained-newton",
        n=rows.n,
        n_missing=rows.n_missing,
    )


def refuse_none(n: int) -> None:
    """Refuse data without a single patient."""
    if n == 0:
        message = (
            "no patient has both ends of an interval; there is nothing to estimate"
        )
        raise DataError(message)


def fit_cells(
    cells: Cells,
    tolerance: float = DEFAULT_TOLERANCE,
    max_iterations: int = MAX_ITERATIONS,
) -> Masses:
    """Estimate the masses of innermost intervals from counted patients."""
    return fit_masses(
        cells.first,
        cells.last,
        cells.counts,
        cells.left.size,
        tolerance=tolerance,
        max_iterations=max_iterations,
    )


def survival_limits(
    left: Floats, right: Floats, mass: Floats, at: Floats
) -> tuple[Floats, Floats]:
    """Return the bounds of the survival function on several days."""
    after = np.concatenate((np.cumsum(mass[::-1])[::-1], [0.0]))
    after = np.minimum(after, 1.0)
    # Mass in (l, r] lies after the day for sure if l >= day, and maybe if r > day; a
    # mass on one day counts as gone on that day.
    point = left == right
    surely = np.searchsorted(np.where(point, np.nextafter(left, -np.inf), left), at)
    maybe = np.searchsorted(right, at, side="right")
    return after[surely], after[maybe]


def quantile_limits(
    left: Floats, right: Floats, mass: Floats, share: float
) -> tuple[float, float]:
    """Return the interval in which a quantile lies."""
    total = np.cumsum(mass)
    index = min(int(np.searchsorted(total, share - _EQUAL)), mass.size - 1)
    end = index
    if abs(total[index] - share) <= _EQUAL and index + 1 < mass.size:
        end = index + 1
    return float(left[index]), float(right[end])


def _tolerance(value: object) -> float:
    found = one_number(value, "tolerance", "a number above zero")
    if not 0.0 < found < math.inf:
        raise InputError("tolerance", "a number above zero", value)
    return found
