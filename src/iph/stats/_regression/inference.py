"""Tests and intervals of a fitted likelihood."""

import math
from collections.abc import Callable
from typing import Any, Literal

import attrs
import numpy as np

from iph._checks import Floats
from iph._results import Result
from iph.errors import DataError
from iph.stats._inference.tails import (
    chi2_upper,
    normal_two_sided,
    two_sided_quantile,
)
from iph.stats._regression.coordinates import Coordinates
from iph.stats._regression.newton import (
    Likelihood,
    Peak,
    Penalized,
    inverted,
    maximum,
)

Estimator = Literal["auto", "maximum-likelihood", "firth"]
Interval = Literal["auto", "wald", "profile"]

ESTIMATORS = ("auto", "maximum-likelihood", "firth")
INTERVALS = ("auto", "wald", "profile")
_ROUNDS = 100
_NEAR = 1e-11  # of the root of the likelihood ratio
_HELD = 1e-14  # of the likelihood with one coefficient held


@attrs.frozen(kw_only=True, eq=False)
class ModelTest(Result):
    """A test of all coefficients of a model at once.

    Attributes
    ----------
    statistic : float
        The chi-square statistic.
    df : int
        Its degrees of freedom: the number of coefficients.
    p_value : float
        The probability of a statistic at least as large if all of them are 0.
    method : str
        ``"likelihood ratio"``, ``"score"`` or ``"wald"``.
    """

    statistic: float
    df: int
    p_value: float
    method: str


@attrs.frozen(kw_only=True)
class Coefficient:
    """What is told of one coefficient; the bounds are those of the coefficient."""

    name: str
    value: float
    standard_error: float
    z: float
    low: float
    high: float
    p_value: float

    @property
    def ratio(self) -> dict[str, Any]:
        """The fields of a ratio; one of tiny units can be infinite."""
        with np.errstate(over="ignore"):
            estimate, low, high = np.exp([self.value, self.low, self.high]).tolist()
        return {
            "name": self.name,
            "estimate": estimate,
            "low": low,
            "high": high,
            "p_value": self.p_value,
            "coefficient": self.value,
            "standard_error": self.standard_error,
            "z": self.z,
        }


@attrs.frozen(kw_only=True, eq=False)
class Fitted:
    """A likelihood, where it is highest, and where it is without covariates.

    Attributes
    ----------
    likelihood : Likelihood
        The likelihood, penalized or not.
    estimator : str
        ``"maximum-likelihood"`` or ``"firth"``.
    peak, null : Peak
        Its maximum, and that with all coefficients of covariates 0.
    unpenalized : Peak
        The latter without the penalty: where the score test is made.
    covariates : slice
        The places of the coefficients of covariates.
    """

    likelihood: Likelihood
    estimator: str
    peak: Peak
    null: Peak
    unpenalized: Peak
    covariates: slice

    @property
    def tests(self) -> dict[str, ModelTest]:
        """The three tests that all coefficients are 0, by the names of fields."""
        place, own = self.peak.place, self.covariates
        variance = inverted(self.peak.point.information)
        gain = self.peak.point.value - self.null.point.value
        slope = self.unpenalized.point.score
        df = place[own].size
        statistics: dict[str, Any] = {
            "likelihood ratio": 2.0 * gain,
            "score": slope @ np.linalg.solve(self.unpenalized.point.information, slope),
            "wald": place[own] @ np.linalg.solve(variance[own, own], place[own]),
        }
        return {
            method.replace(" ", "_"): ModelTest(
                statistic=max(float(statistic), 0.0),
                df=df,
                p_value=chi2_upper(float(statistic), df),
                method=method,
            )
            for method, statistic in statistics.items()
        }

    def method(self, interval: Interval) -> str:
        """Return the interval that was asked for, or that goes with the estimator."""
        if interval != "auto":
            return interval
        return "profile" if self.estimator == "firth" else "wald"


def log_likelihoods(fit: Fitted, scale: Coordinates) -> tuple[float, float]:
    """Return the log-likelihoods of the model and without covariates.

    The penalty is that of the columns as given: coordinates change it by a constant.
    """
    shift = 0.0
    if fit.estimator == "firth":
        shift = float(np.linalg.slogdet(scale.back)[1])
    return fit.peak.point.value - shift, fit.null.point.value - shift


def fitted(
    plain: Likelihood,
    intercepts: int,
    scale: Coordinates,
    *,
    estimator: Estimator,
    endless: Callable[[], Floats],
    why: str,
) -> Fitted:
    """Fit by maximum likelihood or with Firth's penalty, as asked or as is possible.

    Parameters
    ----------
    plain : Likelihood
        The likelihood.
    intercepts : int
        How many of its coefficients, the first ones, belong to no covariate.
    scale : Coordinates
        The coordinates of the others.
    estimator : {"auto", "maximum-likelihood", "firth"}
        With ``"auto"``, Firth's where the likelihood rises without end.
    endless : callable
        Finds a combination of columns along which it does, or zeros.
    why : str
        What that means for the data, in words.
    """
    size = intercepts + len(scale.names)
    inner = np.eye(size)[:, :intercepts]
    zeros = np.zeros(size)
    null = maximum(plain, zeros, free=inner)
    own = slice(intercepts, size)
    if estimator != "firth":
        peak = maximum(plain, null.place, bent=True)
        direction = zeros[own] if peak.found else endless()
        where = np.flatnonzero(direction)
        if not (peak.found or where.size):
            peak = maximum(plain, null.place)
        if peak.found:
            return Fitted(
                likelihood=plain,
                estimator="maximum-likelihood",
                peak=peak,
                null=null,
                unpenalized=null,
                covariates=own,
            )
        if where.size and estimator == "maximum-likelihood":
            words = ", ".join(scale.names[i] for i in where)
            raise DataError(
                f"the likelihood is monotone in {words}: {why}; leave the covariate "
                'out, join rare categories, or choose estimator="firth"'
            )
    penalized = Penalized(plain=plain)
    peak = maximum(penalized, null.place)
    if not peak.found:
        raise DataError(
            "the likelihood has no maximum that can be found; "
            "leave out covariates, or join rare categories"
        )
    return Fitted(
        likelihood=penalized,
        estimator="firth",
        peak=peak,
        null=maximum(penalized, zeros, free=inner),
        unpenalized=null,
        covariates=own,
    )


def coefficients(
    fit: Fitted, scale: Coordinates, confidence_level: float, interval: str
) -> list[Coefficient]:
    """Return each coefficient of the columns as given, with its interval.

    Parameters
    ----------
    fit : Fitted
        The fit, in coordinates.
    scale : Coordinates
        What takes it back.
    confidence_level : float
        The level of the intervals.
    interval : {"wald", "profile"}
        Whether interval and p-value come from the standard error, or from the
        likelihood with the coefficient held fixed and the others at their best.
    """
    z = two_sided_quantile(confidence_level)
    peak = fit.peak
    inverse = inverted(peak.point.information)
    rows = np.zeros((len(scale.names), peak.place.size))
    rows[:, fit.covariates] = scale.back
    found = []
    for name, row in zip(scale.names, rows, strict=True):
        # In units of its standard error, so that all searches are alike; first in
        # units of its own, since squares of very small numbers vanish.
        size = float(np.abs(row).max())
        error = size * math.sqrt(float(row / size @ inverse @ (row / size)))
        unit = row / error
        best = float(unit @ peak.place)
        low, high, p_value = best - z, best + z, normal_two_sided(best)
        if interval == "profile":
            profile = _Profile(
                fit=fit, unit=unit, best=best, free=_others(unit), lean=inverse @ unit
            )
            low, high = profile.bound(-z), profile.bound(z)
            p_value = chi2_upper(profile.root(0.0, peak.place)[0] ** 2, 1)
        found.append(
            Coefficient(
                name=name,
                value=best * error,
                standard_error=error,
                z=best,
                low=low * error,
                high=high * error,
                p_value=p_value,
            )
        )
    return found


def _others(unit: Floats) -> Floats:
    """Return orthonormal directions that leave a combination as it is."""
    basis: Floats = np.linalg.qr(unit[:, None], mode="complete")[0][:, 1:]
    return basis


@attrs.frozen(kw_only=True, eq=False)
class _Profile:
    """The likelihood of one coefficient in standard errors, the others at their best.

    The likelihood at a fixed value is highest near where the quadratic of the maximum
    has it, along `lean`; from there Newton's method takes few steps.
    """

    fit: Fitted
    unit: Floats
    best: float
    free: Floats
    lean: Floats

    def root(self, value: float, near: Floats) -> tuple[float, float, Floats]:
        """Return the signed root of the likelihood ratio, its slope, and the place.

        `near` is the place of another value, from which the search leans.
        """
        start = near + (value - float(self.unit @ near)) * self.lean
        held = maximum(self.fit.likelihood, start, free=self.free, enough=_HELD)
        loss = 2.0 * (self.fit.peak.point.value - held.point.value)
        root = math.copysign(math.sqrt(max(loss, 0.0)), value - self.best)
        # There the slope of the likelihood has only the direction of the unit.
        slope = float(held.point.score @ self.unit) / float(self.unit @ self.unit)
        return root, (-slope / root if root else 1.0), held.place

    def bound(self, z: float) -> float:
        """Return the value at which the root is z, by Newton's method within bounds."""
        inside, outside = self.best, math.copysign(math.inf, z)
        value, place = self.best + z, self.fit.peak.place
        for _ in range(_ROUNDS):
            root, slope, place = self.root(value, place)
            if abs(root - z) <= _NEAR * abs(z):
                break
            if abs(root) < abs(z):
                inside = value
            else:
                outside = value
            value += (z - root) / slope if slope > 0.0 else math.inf
            if not min(inside, outside) < value < max(inside, outside):
                far = outside if math.isfinite(outside) else inside + 4.0 * z
                value = (inside + far) / 2.0
            if value in (inside, outside):
                break
        return value
