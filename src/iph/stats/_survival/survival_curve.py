"""The Kaplan-Meier curve as an object: what can be read off it.

Longer than other modules: two thirds of it document the questions a curve answers.
"""

from collections.abc import Iterable
from fractions import Fraction
from typing import TYPE_CHECKING

import attrs
import numpy as np
import numpy.typing as npt

from iph import _checks
from iph._checks import Floats, Ints
from iph._results import Result
from iph.stats._inference.result import read_only
from iph.stats._inference.tails import two_sided_quantile
from iph.stats._survival.beta_product import BetaProduct, left_after
from iph.stats._survival.restricted_mean import RestrictedMean, restricted_mean_of
from iph.stats._survival.simultaneous_band import CurveBand, survival_band
from iph.stats._survival.survival_at import SurvivalAt
from iph.stats._survival.survival_bands import TRANSFORMS, Interval, confidence_bands
from iph.stats._survival.survival_quantile import (
    FLATS,
    Flat,
    Steps,
    SurvivalQuantile,
    band_crossing,
    bracket,
    crossing,
    share,
)
from iph.stats._survival.survival_read import asked_days, read_steps

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@attrs.frozen(kw_only=True, eq=False)
class SurvivalCurve(Result):
    """A Kaplan-Meier curve; all arrays are read-only and of one length.

    Attributes
    ----------
    time : ndarray of float
        The distinct times of events and censorings, ascending.
    survival : ndarray of float
        The probability to be without the event after each time.
    low, high : ndarray of float
        The bounds of the pointwise confidence interval; NaN where its formula is
        undefined.
    standard_error : ndarray of float
        Greenwood's standard error of the survival; NaN where it is 0.
    at_risk : ndarray of int
        Patients at risk just before each time.
    events : ndarray of int
        Events at each time.
    censored : ndarray of int
        Censorings at each time; they come after its events.
    confidence_level : float
        The level of the interval.
    interval : str
        The name of the interval.
    method : str
        The name of the estimator.
    n : int
        The number of cases used.
    n_missing : int
        The number of cases left out because a value was missing.
    """

    time: Floats
    survival: Floats
    # Beta quantiles take longer than all else, and load scipy: found when first read.
    low: Floats = attrs.field(init=False)
    high: Floats = attrs.field(init=False)
    standard_error: Floats
    at_risk: Ints
    events: Ints
    censored: Ints
    confidence_level: float
    interval: Interval
    method: str
    n: int
    n_missing: int
    # Days of entry in order, and how many enter from each on; for `at`.
    _entries: tuple[Floats, Ints] | None = attrs.field(default=None, repr=False)

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Floats:
            """Find the bounds when they are first read."""
            if name not in {"low", "high"}:
                message = f"{type(self).__name__!r} object has no attribute {name!r}"
                raise AttributeError(message)
            bounds = beta_product_of(self).bounds(self.confidence_level)
            set_bounds(self, *(read_only(bound[1:]) for bound in bounds))
            return getattr(self, name)

    @property
    def n_events(self) -> int:
        """The number of cases with the event."""
        return int(self.events.sum())

    def plot(self, ax: "Axes | None" = None, *, label: str = "") -> "Figure":
        """Draw the curve with its interval; a cross is a censored case.

        Parameters
        ----------
        ax : Axes, optional
            Where to draw, beside the curves that are there; a new figure by default.
        label : str, optional
            What the legend calls it.

        Returns
        -------
        Figure
            The figure drawn on. `iph.report.recovery_figure` adds numbers at risk.
        """
        from iph._drawing.curves import draw_falling, plotted

        return plotted(
            ax,
            lambda axes, place: draw_falling(axes, self, place, label),
            self.time,
            says="Without the event (%)",
            label=label,
        )

    def median(self, *, flat: Flat = "midpoint") -> SurvivalQuantile:
        """Return the time by which half of the patients have had the event.

        Parameters
        ----------
        flat : {"midpoint", "first"}
            Where the curve is flat at exactly one half: the middle of that stretch
            (R, Prism) or its first day (SPSS, lifelines).

        Returns
        -------
        SurvivalQuantile
            See `quantile`.
        """
        return self.quantile(0.5, flat=flat)

    def quantile(
        self, p: float | Fraction, *, flat: Flat = "midpoint"
    ) -> SurvivalQuantile:
        """Return the time by which a share of the patients has had the event.

        Parameters
        ----------
        p : float or Fraction
            The share with the event, between 0 and 1: 0.25 for the day by which a
            quarter have recovered. A float means the decimal that it prints.
        flat : {"midpoint", "first"}
            Where the curve is flat at exactly ``1 - p``: the middle of that stretch
            (up to the last day of observation if no event follows) or its first day.

        Returns
        -------
        SurvivalQuantile
            With `value`, `low`, `high`, `probability`, `flat`, `confidence_level`,
            `method`, `n`, `n_missing`. The bounds are the first times at which the
            lower and the upper bound of the curve are at ``1 - p`` or below it [1]_;
            one that is never reached is NaN. With the beta product interval the lower
            one is 0 where too few patients were seen to exclude an early time.

        Raises
        ------
        InputError
            If `p` is not between 0 and 1 or `flat` is no such rule.

        Notes
        -----
        Of the beta product interval the bounds hold whatever the pointwise interval
        holds; of complete times they are the order statistics of the sign test. Whether
        the curve equals ``1 - p`` is settled in integers: the float curve only narrows
        the search. R's `survival` has the same values; where a bound of
        the curve rises again (late entry, few at risk), its search can give a later
        bound of the quantile than the first crossing.

        References
        ----------
        .. [1] Brookmeyer R, Crowley J. A confidence interval for the median survival
           time. Biometrics 1982;38:29-41. :doi:`10.2307/2530286`
        """
        _checks.one_of(flat, "flat", FLATS)
        part = share(p)
        target = 1 - part
        low, high = self._quantile_bounds(target)
        return SurvivalQuantile(
            value=self._crossing(target, flat),
            low=low,
            high=high,
            probability=float(part),
            flat=flat,
            confidence_level=self.confidence_level,
            method=(
                "brookmeyer-crowley" if self.interval in TRANSFORMS else self.interval
            ),
            n=self.n,
            n_missing=self.n_missing,
        )

    def _quantile_bounds(self, target: Fraction) -> tuple[float, float]:
        """Return the first times at which the bounds are at the target or below it."""
        if self.interval in TRANSFORMS:
            return (
                band_crossing(self.time, self.low, target),
                band_crossing(self.time, self.high, target),
            )
        product = beta_product_of(self)
        times = np.concatenate(([0.0], self.time, [np.nan]))
        if product.mid_p:
            low, high = product.bounds(self.confidence_level)
            return band_crossing(times, low, target), band_crossing(times, high, target)

        def first(bound: int) -> float:
            """Halve the places: both bounds only fall."""
            start, end = 0, self.time.size + 1
            while start < end:
                middle = (start + end) // 2
                here = slice(middle, middle + 1)
                bounds = product.bounds(self.confidence_level, here)
                if bounds[bound][0] <= float(target):
                    end = middle
                else:
                    start = middle + 1
            return float(times[start])

        return first(0), first(1)

    def _crossing(self, target: Fraction, flat: Flat) -> float:
        """Return where the curve reaches the target."""
        first, sure = bracket(self.survival, float(target))
        if first == self.time.size:
            return np.nan
        if first == sure:  # far from the target on both sides
            return float(self.time[first])
        hit = np.flatnonzero(self.events)
        steps = Steps(
            time=self.time[hit],
            at_risk=self.at_risk[hit],
            events=self.events[hit],
            survival=self.survival[hit],
            last=float(self.time[-1]),
        )
        return crossing(steps, target, flat)

    def at(self, days: npt.ArrayLike | Iterable[object]) -> SurvivalAt:
        """Return the survival and the number at risk at given days.

        Parameters
        ----------
        days : float or array_like of float
            The days, 0 or more, in any order.

        Returns
        -------
        SurvivalAt
            With `day`, `survival`, `low`, `high`, `standard_error`, `at_risk`, one
            value a day, and the names of the rules.

        Raises
        ------
        InputError
            If a day is missing, negative or not a number.

        Notes
        -----
        The survival includes the events of the day itself, the number at risk is
        counted just before it, as in the tables printed below a curve. Beyond the last
        day of observation nothing is known unless nobody is left, so the survival is
        NaN there; it is not drawn on. The beta product interval is defined there too:
        from 0 to the last upper bound, for what would have been recorded.
        """
        day = asked_days(days)
        before = np.searchsorted(self.time, day, side="right")
        known = np.ones(day.size, dtype=np.bool_)
        if self.time.size == 0:
            known[:] = False
        elif self.survival[-1] > 0.0:
            known = day <= self.time[-1]
        low, high = self._bounds_at(before, known)
        return SurvivalAt(
            day=day,
            survival=read_steps(self.survival, 1.0, before, known),
            low=low,
            high=high,
            standard_error=read_steps(self.standard_error, 0.0, before, known),
            at_risk=self._at_risk(day),
            confidence_level=self.confidence_level,
            interval=self.interval,
            method=self.method,
            n=self.n,
            n_missing=self.n_missing,
        )

    def band(self, *, confidence_level: float = 0.95) -> CurveBand:
        """Return a band that holds the whole curve at once.

        Parameters
        ----------
        confidence_level : float
            The probability that the whole true curve lies in the band.

        Returns
        -------
        CurveBand
            With `time`, `low`, `high` (arrays of one length, day 0 first),
            `pointwise_level`, `confidence_level`, `method`, `n`, `n_missing`.

        Raises
        ------
        InputError
            If the level is not between 0 and 1.
        WorkError
            If there are more than 2,000 cases.

        Notes
        -----
        The pointwise intervals hold each day of the curve, not all days together; the
        band is wider. It is made of beta product intervals at the pointwise level at
        which all order statistics of as many uniform numbers stay between their own
        quantiles with the probability asked [1]_, so that early and late days have the
        same part in the error. With every day known the band holds a continuous curve
        exactly as often as asked, and one with ties more often; with censoring more
        often, in simulated series. It is defined at a curve of 1 and of 0 as well, and
        does not depend on the interval of the curve.

        References
        ----------
        .. [1] Aldor-Noiman S, Brown LD, Buja A, Rolke W, Stine RA. The power to see: a
           new graphical test of normality. Am Stat 2013;67:249-260.
           :doi:`10.1080/00031305.2013.847865`

        Examples
        --------
        Relapse of children with leukemia on 6-mercaptopurine (Freireich 1963; weeks):

        >>> from iph.stats import kaplan_meier
        >>> relapse = [6, 6, 6, 7, 10, 13, 16, 22, 23]
        >>> weeks = relapse + [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
        >>> curve = kaplan_meier(weeks, [True] * 9 + [False] * 12)
        >>> band = curve.band()
        >>> last = band.time.tolist().index(23)
        >>> print(f"after 23 weeks {band.low[last]:.2f} to {band.high[last]:.2f}")
        after 23 weeks 0.11 to 0.81
        >>> print(f"each day at {band.pointwise_level:.4f}")
        each day at 0.9954
        """
        return survival_band(
            beta_product_of(self, mid_p=False),
            time=self.time,
            n=self.n,
            n_missing=self.n_missing,
            confidence_level=confidence_level,
        )

    def _bounds_at(
        self, before: Ints, known: npt.NDArray[np.bool_]
    ) -> tuple[Floats, Floats]:
        """Return the bounds after as many times as given."""
        if self.interval in TRANSFORMS:
            z = two_sided_quantile(self.confidence_level)
            start = confidence_bands(np.ones(1), np.zeros(1), self.interval, z)
            return (
                read_steps(self.low, float(start[0][0]), before, known),
                read_steps(self.high, float(start[1][0]), before, known),
            )
        low, high = beta_product_of(self).bounds(self.confidence_level, before)
        return np.where(known, low, 0.0), high

    def _at_risk(self, day: Floats) -> Ints:
        """Count those seen until each day or later, less those not yet entered."""
        left = np.cumsum((self.events + self.censored)[::-1])[::-1]
        left = np.append(left, 0)
        count: Ints = left[np.searchsorted(self.time, day, side="left")]
        if self._entries is not None:
            began, later = self._entries
            count = count - later[np.searchsorted(began, day, side="left")]
        return count

    def restricted_mean(self, tau: float) -> RestrictedMean:
        """Return the mean time without the event during the first `tau` days.

        Parameters
        ----------
        tau : float
            The limit in days, above 0. It may lie beyond the last day of observation
            only if the curve has come down to 0 there.

        Returns
        -------
        RestrictedMean
            With `value`, `standard_error`, `low`, `high`, `tau`, `confidence_level`,
            `method`, `n`, `n_missing`.

        Raises
        ------
        InputError
            If `tau` is not a positive number.
        DataError
            If the curve is unknown before `tau`, or there is no patient.

        Notes
        -----
        The area under the curve from 0 to `tau` [1]_, with Greenwood's variance and a
        normal interval. R's `survival` draws the last value of the curve on to `tau`;
        here such a limit is refused.

        References
        ----------
        .. [1] Royston P, Parmar MKB. Restricted mean survival time: an alternative to
           the hazard ratio. BMC Med Res Methodol 2013;13:152.
           :doi:`10.1186/1471-2288-13-152`
        """
        return restricted_mean_of(
            time=self.time,
            survival=self.survival,
            at_risk=self.at_risk,
            events=self.events,
            tau=tau,
            confidence_level=self.confidence_level,
            n=self.n,
            n_missing=self.n_missing,
        )


def set_bounds(curve: SurvivalCurve, low: Floats, high: Floats) -> None:
    """Put the bounds of a curve in their place, once.

    Parameters
    ----------
    curve : SurvivalCurve
        A curve that has no bounds yet.
    low, high : ndarray of float
        The bounds after each time.
    """
    object.__setattr__(curve, "low", low)
    object.__setattr__(curve, "high", high)


def beta_product_of(curve: SurvivalCurve, *, mid_p: bool | None = None) -> BetaProduct:
    """Return the variables of the beta product procedure at the start and each time.

    Parameters
    ----------
    curve : SurvivalCurve
        A curve.
    mid_p : bool, optional
        Whether the bounds come from the mixture; if not given, as those of the curve.
    """
    if mid_p is None:
        mid_p = curve.interval == "beta-product-mid-p"
    return BetaProduct.of(
        curve.at_risk,
        curve.events,
        left_after(
            curve.time,
            curve.at_risk,
            curve.events + curve.censored,
            curve._entries,  # noqa: SLF001 - part of this module
        ),
        mid_p=mid_p,
    )
