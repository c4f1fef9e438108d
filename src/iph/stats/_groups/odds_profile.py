"""One coefficient of a proportional odds model, the others at their best."""

import math

import attrs
import numpy as np

from iph._checks import Floats, Ints
from iph.stats._regression.coordinates import Coordinates, coordinates
from iph.stats._regression.cumulative_likelihood import CumulativeLikelihood
from iph.stats._regression.newton import Peak, maximum
from iph.stats._regression.separation import endless_order

_FAR = 500.0  # of a logarithm: an odds ratio that is as good as infinite
_ENOUGH = 1e-22  # of a step along the profile


def highest(
    likelihood: CumulativeLikelihood, scale: Coordinates, codes: Ints
) -> Peak | None:
    """Return where the likelihood is highest; None if it rises without end."""
    start = np.zeros(likelihood.base.size + len(scale.names))
    peak = maximum(likelihood, start, bent=True)
    if not peak.found:
        if endless_order(scale.scaled, codes).any():
            return None
        peak = maximum(likelihood, start)
    return peak


def group_row(likelihood: CumulativeLikelihood, scale: Coordinates) -> Floats:
    """Return what takes a place to the coefficient of the group."""
    found: Floats = np.concatenate((np.zeros(likelihood.base.size), scale.back[0]))
    return found


@attrs.frozen(kw_only=True, eq=False)
class ProfileScore:
    """The slope of the likelihood in one coefficient, the others at their best.

    Attributes
    ----------
    likelihood : CumulativeLikelihood
        The likelihood.
    row : ndarray of float
        What takes a place to the coefficient.
    places : dict of float to ndarray
        The places that are known, by the coefficient.
    """

    likelihood: CumulativeLikelihood
    row: Floats
    places: dict[float, Floats] = attrs.field(factory=dict)

    def root(self, coefficient: float) -> float:
        """Return the slope in standard errors; it falls as the coefficient rises."""
        along = self.row / float(self.row @ self.row)
        start = coefficient * along
        if self.places:
            near = min(self.places, key=lambda known: abs(known - coefficient))
            start = self.places[near] + (coefficient - near) * along
        free = np.linalg.qr(self.row[:, None], mode="complete")[0][:, 1:]
        peak = maximum(self.likelihood, start, free=free, enough=_ENOUGH)
        self.places[coefficient] = peak.place
        slope = peak.point.score
        size = float(slope @ np.linalg.pinv(peak.point.information) @ slope)
        return math.copysign(math.sqrt(max(size, 0.0)), float(slope @ along))

    def bound(self, best: float, reach: float, side: float) -> float:
        """Return where the slope has fallen or risen by so many standard errors."""
        from scipy.optimize import brentq

        if best == side * math.inf or math.isinf(reach):
            return side * math.inf
        inside = best if math.isfinite(best) else 0.0

        def left(coefficient: float) -> float:
            return reach + side * self.root(coefficient)

        step = 1.0
        while left(inside) <= 0.0:  # of an infinite ratio, 0 may be outside already
            inside -= side * step
            step *= 2.0
        outside, step = inside + side, 1.0
        while left(outside) > 0.0:
            inside, step = outside, 2.0 * step
            outside += side * step
            if abs(outside) > _FAR:
                return side * math.inf
        found: float = brentq(left, inside, outside, xtol=1e-13)
        return found


def likeliest_odds_ratio(first: Ints, second: Ints) -> float:
    """Return the odds ratio of two groups of counted grades; NaN without two grades."""
    used = np.flatnonzero(first + second)
    if used.size < 2 or not (first.any() and second.any()):
        return math.nan
    counts = np.concatenate((first[used], second[used]))
    kept = counts > 0
    grades = np.tile(np.arange(used.size, dtype=np.int64), 2)[kept]
    is_first = (np.arange(2 * used.size, dtype=np.int64) < used.size)[kept].astype(
        np.float64
    )
    scale = coordinates(("group",), is_first[:, None], "all")
    likelihood = CumulativeLikelihood.of(scale.columns, grades, counts[kept])
    peak = highest(likelihood, scale, grades)
    row = group_row(likelihood, scale)
    if peak is None:
        rises = ProfileScore(likelihood=likelihood, row=row).root(0.0) > 0.0
        return math.inf if rises else 0.0
    return math.exp(float(row @ peak.place))
