"""Cox's partial likelihood by sums over the patients at risk.

A term of the likelihood is one event among those at risk, with the hazards w of the
tied events lowered by a fraction f: 0 by Breslow's rule; 0, 1/d, ..., (d - 1)/d by
Efron's. With q = sum w - f (sum w of the tied events) and m the mean of the columns
under these weights, the log-likelihood is the sum of x b at the events less log q of
the terms, its slope the sum of x at the events less m, and the information the sum of
the covariance matrices under the weights. What is quadratic in the columns is summed
over rows, each with the total of its weights w / q, so that no matrix is kept for each
moment.
"""

from functools import partial
from typing import Literal

import attrs
import numpy as np

from iph._checks import Floats, Ints
from iph._wide import bincount, repeat
from iph.errors import WorkError
from iph.stats._regression.newton import Point
from iph.stats._regression.risk_sets import Flags, RiskSets

Ties = Literal["efron", "breslow"]

TIES = ("efron", "breslow")
_MOST_TERMS = 100_000_000  # of Efron's rule, one for each tied event: some gigabytes


@attrs.frozen(kw_only=True, eq=False)
class Weighed:
    """The hazards at one vector of coefficients.

    Attributes
    ----------
    hazard : ndarray of float, shape (n,)
        The hazard of each row, up to a factor of its stratum, times its cases.
    size : ndarray of float, shape (j,)
        q of each term.
    mean : ndarray of float, shape (p, j)
        The mean of the columns of each term.
    value : float
        The log-likelihood.
    """

    hazard: Floats
    size: Floats
    mean: Floats
    value: float


@attrs.frozen(kw_only=True, eq=False)
class PartialLikelihood:
    """The partial log-likelihood of coefficients.

    Attributes
    ----------
    sets : RiskSets
        Who is at risk when.
    columns : ndarray of float, shape (p, n)
        The columns, in the order of `sets`.
    counts : ndarray of float, shape (n,)
        The cases of each row.
    happened : ndarray of bool, shape (n,)
        Whether the row ends with the event.
    moment : ndarray of int, shape (j,)
        The moment of each term.
    fraction : ndarray of float, shape (j,)
        The fraction by which the tied events are lowered.
    times : ndarray of float, shape (j,)
        How often the term counts.
    """

    sets: RiskSets
    columns: Floats
    counts: Floats
    happened: Flags
    moment: Ints
    fraction: Floats
    times: Floats

    def at(self, place: Floats) -> Point:
        """Return value, slope and information."""
        weighed = self.weighed(place)
        return Point(
            value=weighed.value,
            score=self.slope(weighed, self.times),
            information=self.information(weighed, self.times),
            tilt=partial(self._tilt, weighed),
        )

    def weighed(self, place: Floats) -> Weighed:
        """Return the hazards and the means at risk."""
        predictor = place @ self.columns
        predictor -= self._highest(predictor)
        hazard = self.counts * np.exp(predictor)
        size = self._terms(hazard[None])[0]
        # A risk set whose hazards are all too small for a float has no likelihood.
        safe = np.where(size > 0.0, size, 1.0)
        events = (self.counts * predictor)[self.happened].sum()
        value = events - (self.times * np.log(safe)).sum()
        return Weighed(
            hazard=hazard,
            size=safe,
            mean=self._terms(hazard * self.columns) / safe,
            value=float(value) if (size > 0.0).all() else -np.inf,
        )

    def slope(self, weighed: Weighed, times: Floats) -> Floats:
        """Return the sum of the columns less their mean, terms counted `times`."""
        per_event = self._reduced((times / self._tied[self.moment])[None])[0]
        expected = weighed.hazard * self._shares(weighed, times)
        observed: Floats = np.zeros_like(expected)
        own = self.happened
        observed[own] = (self.counts * per_event[self.sets.first])[own]
        slope: Floats = self.columns @ (observed - expected)
        return slope

    def information(self, weighed: Weighed, times: Floats) -> Floats:
        """Return the sum of the covariance matrices, terms counted `times`."""
        x, m = self.columns, weighed.mean
        spread = x * (weighed.hazard * self._shares(weighed, times))
        information: Floats = spread @ x.T - (m * times) @ m.T
        return information

    @property
    def _tied(self) -> Floats:
        """How many terms each moment has, counted by `times`."""
        tied = np.zeros(self.sets.moments.size)
        np.add.at(tied, self.moment, self.times)
        return tied

    def _tilt(self, weighed: Weighed, inverse: Floats) -> Floats:
        """Return the slope of half the log determinant of the information.

        The slope of the covariance matrix along a column x is the third central moment,
        and its product with the inverse W comes to cov(x, x'Wx) - 2 cov(x, x') W m.
        """
        x, m, c = self.columns, weighed.mean, self.times
        turned = inverse @ x
        form = (turned * x).sum(axis=0)
        mean_form = self._terms((weighed.hazard * form)[None])[0] / weighed.size
        own_form = ((inverse @ m) * m).sum(axis=0)
        expected = weighed.hazard * self._shares(weighed, c)
        crossed = (turned * self._shared(weighed, c * m)).sum(axis=0)
        slope: Floats = x @ (expected * form / 2.0 - weighed.hazard * crossed)
        slope += m @ (c * (own_form - mean_form / 2.0))
        return slope

    def _shares(self, weighed: Weighed, times: Floats) -> Floats:
        """Return for each row the sum of 1 / q over the terms that it is part of."""
        shares: Floats = self._shared(weighed, times[None])[0]
        return shares

    def _shared(self, weighed: Weighed, values: Floats) -> Floats:
        """Return for each row the sums of values / q, lowered where it is tied."""
        each = values / weighed.size
        total = self.sets.collected(self._reduced(each))
        if self.fraction.any():
            own = self.happened
            lowered = self._reduced(each * self.fraction)
            total[:, own] -= lowered[:, self.sets.first[own]]
        return total

    def _terms(self, values: Floats) -> Floats:
        """Return for each term the sums over those at risk, the tied events lowered."""
        sums = self.sets.sums(values)
        if not self.fraction.any():
            return sums
        own, k = self.happened, self.sets.moments.size
        at = self.sets.first[own]
        tied: Floats = np.stack([bincount(at, v[own], k) for v in values])
        lowered: Floats = sums[:, self.moment] - self.fraction * tied[:, self.moment]
        return lowered

    def _reduced(self, values: Floats) -> Floats:
        """Return the sums of the terms of each moment."""
        if self.moment.size == self.sets.moments.size:
            return values
        starts = np.searchsorted(
            self.moment, np.arange(self.sets.moments.size, dtype=np.int64)
        )
        reduced: Floats = np.add.reduceat(values, starts, axis=1)
        return reduced

    def _highest(self, predictor: Floats) -> Floats | float:
        """Return the highest predictor of each row's stratum: the scale of hazards."""
        if self.sets.bounds.size == 2:
            return float(predictor.max())
        starts = np.searchsorted(
            self.sets.stratum, np.arange(self.sets.bounds.size - 1, dtype=np.int64)
        )
        highest: Floats = np.maximum.reduceat(predictor, starts)[self.sets.stratum]
        return highest


def partial_likelihood(
    sets: RiskSets, columns: Floats, happened: Flags, counts: Ints, ties: Ties
) -> PartialLikelihood:
    """Return the likelihood; columns, events and counts in the order of the sets."""
    k = sets.moments.size
    deaths = bincount(sets.first[happened], counts[happened], k).astype(np.int64)
    moment, fraction, times = (
        np.arange(k, dtype=np.int64),
        np.zeros(k),
        deaths.astype(np.float64),
    )
    if ties == "efron" and (deaths > 1).any():
        total = int(deaths.sum())
        if total > _MOST_TERMS:
            raise WorkError(
                f"Efron's rule takes a term for each of {total} events, more than "
                f'{_MOST_TERMS}; choose ties="breslow"'
            )
        moment = repeat(moment, deaths)
        before = repeat(np.cumsum(deaths) - deaths, deaths)
        fraction = (np.arange(total, dtype=np.int64) - before) / deaths[moment]
        times = np.ones(total)
    return PartialLikelihood(
        sets=sets,
        columns=columns,
        counts=counts.astype(np.float64),
        happened=happened,
        moment=moment,
        fraction=fraction,
        times=times,
    )
