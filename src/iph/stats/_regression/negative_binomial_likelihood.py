"""The likelihood of counts whose rate varies from patient to patient."""

from typing import Any, Final, NoReturn

import attrs
import numpy as np

from iph._checks import Floats, Ints
from iph.stats._regression.newton import Peak, Point, maximum

_SPREADS = np.concatenate(([0.0], np.geomspace(1e-3, 1e3, 25)))
_ENOUGH = 1e-18  # of a step
_LEAST: Final = 1e-200


@attrs.frozen(kw_only=True, eq=False)
class NegativeBinomialLikelihood:
    """The log-likelihood of an intercept and coefficients, given the dispersion.

    Attributes
    ----------
    columns : ndarray of float, shape (q, n)
        Ones, then the columns of the covariates.
    events : ndarray of int, shape (n,)
        The events of each row.
    log_time : ndarray of float, shape (n,)
        The logarithm of the time in which they were seen.
    counts : ndarray of int, shape (n,)
        The cases of each row.
    more : ndarray of float
        How many cases have more events than 0, 1, 2, ...
    constant : float
        What does not depend on anything asked.
    dispersion : float
        The square of the relative spread of the rates of patients; 0 is Poisson's.
    """

    columns: Floats
    events: Floats
    log_time: Floats
    counts: Ints
    more: Floats
    constant: float
    dispersion: float = 0.0

    def at(self, place: Floats) -> Point:
        """Return value, slope and information."""
        with np.errstate(over="ignore", invalid="ignore"):
            predictor = self.log_time + place @ self.columns
            mean = np.exp(predictor)
            extra = self.dispersion * mean
            grown = np.log1p(extra)
            # log(1 + d m) / d, which is m for Poisson
            # A dispersion near the least of all floats would lose its digits here.
            spent = grown / self.dispersion if self.dispersion > _LEAST else mean
            value = self.events * (predictor - grown) - spent
            rest = (self.events - mean) / (1.0 + extra)
            bend = mean * (1.0 + self.dispersion * self.events) / (1.0 + extra) ** 2
        steps = np.log1p(self.dispersion * np.arange(self.more.size, dtype=np.int64))
        total = float(self.counts @ value + self.more @ steps) + self.constant
        if not np.isfinite(total):
            nothing = np.zeros(place.size)
            return Point(
                value=-np.inf,
                score=nothing,
                information=np.eye(place.size),
                tilt=_no_penalty,
            )
        return Point(
            value=total,
            score=self.columns @ (self.counts * rest),
            information=(self.columns * (self.counts * bend)) @ self.columns.T,
            tilt=_no_penalty,
        )


def most_likely(
    likelihood: NegativeBinomialLikelihood,
    start: Floats,
    free: Floats | None = None,
    near: float | None = None,
) -> tuple[Peak, float]:
    """Return the maximum over coefficients and dispersion, and the dispersion.

    Parameters
    ----------
    likelihood : NegativeBinomialLikelihood
        The likelihood.
    start : ndarray of float
        Where the search for the coefficients begins.
    free : ndarray of float, optional
        The directions in which they may go; all if not given.
    near : float, optional
        A dispersion near which the best one lies; all are tried if not given.
    """
    from scipy.optimize import minimize_scalar

    peaks: dict[float, Peak] = {}

    def held(dispersion: float) -> float:
        if dispersion not in peaks:
            given = attrs.evolve(likelihood, dispersion=dispersion)
            close = min(peaks, key=lambda known: abs(known - dispersion), default=None)
            begin = start if close is None else peaks[close].place
            peaks[dispersion] = maximum(given, begin, free=free, enough=_ENOUGH)
        return peaks[dispersion].point.value

    spreads = _SPREADS
    if near is not None:
        at = int(np.clip(np.searchsorted(_SPREADS, near), 1, _SPREADS.size - 2))
        spreads = _SPREADS[max(at - 2, 0) : at + 3]
    best = int(np.argmax([held(float(spread)) for spread in spreads]))
    low, high = (
        float(spreads[place])
        for place in (max(best - 1, 0), min(best + 1, spreads.size - 1))
    )
    # On the scale of the root, so that 0 is a place as any other.
    minimize_scalar(
        lambda root: -held(root * root),
        bounds=(low**0.5, high**0.5),
        method="bounded",
        options={"xatol": 1e-10},
    )
    dispersion = max(peaks, key=lambda known: peaks[known].point.value)
    return peaks[dispersion], dispersion


def _no_penalty(*_: Any) -> NoReturn:
    raise NotImplementedError  # Firth's penalty of this model is not offered
