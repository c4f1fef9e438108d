"""The maximum of a likelihood by Newton's method with step halving."""

from collections.abc import Callable
from typing import Protocol

import attrs
import numpy as np

from iph._checks import Floats

ENOUGH = 1e-24  # of a step: its square in standard errors
_STEPS = 200
_HALVINGS = 40
_FLAT = 1e-7  # of the information at the start: the likelihood no longer bends
_ROUNDING = 1e-13  # by which a likelihood may seem to fall


@attrs.frozen(kw_only=True, eq=False)
class Point:
    """A log-likelihood at one place.

    Attributes
    ----------
    value : float
        The log-likelihood, or minus infinity where it is out of a float's reach.
    score : ndarray of float, shape (q,)
        Its slope.
    information : ndarray of float, shape (q, q)
        Minus its second derivatives; of a penalized likelihood, without the penalty.
    tilt : callable
        From the inverse of the information, the slope of half the logarithm of its
        determinant.
    """

    value: float
    score: Floats
    information: Floats
    tilt: Callable[[Floats], Floats]


class Likelihood(Protocol):
    """A log-likelihood of a vector."""

    def at(self, place: Floats) -> Point:
        """Return value, slope and information."""
        ...


@attrs.frozen(kw_only=True, eq=False)
class Penalized:
    """A likelihood with Firth's penalty: half the log determinant of the information.

    Attributes
    ----------
    plain : Likelihood
        The likelihood without the penalty.
    """

    plain: Likelihood

    def at(self, place: Floats) -> Point:
        """Return value and slope with the penalty, and the plain information."""
        point = self.plain.at(place)
        sign, size = np.linalg.slogdet(point.information)
        if not (np.isfinite(point.value) and sign > 0.0):
            return attrs.evolve(point, value=-np.inf)
        slope = point.tilt(inverted(point.information))
        return attrs.evolve(
            point, value=point.value + 0.5 * float(size), score=point.score + slope
        )


def inverted(information: Floats) -> Floats:
    """Return the inverse of an information matrix."""
    return np.asarray(np.linalg.inv(information), dtype=np.float64)


@attrs.frozen(kw_only=True, eq=False)
class Peak:
    """Where the search for a maximum ended.

    Attributes
    ----------
    place : ndarray of float
        The place.
    point : Point
        The likelihood there.
    found : bool
        Whether it is a maximum.
    """

    place: Floats
    point: Point
    found: bool


def maximum(
    likelihood: Likelihood,
    start: Floats,
    *,
    free: Floats | None = None,
    bent: bool = False,
    enough: float = ENOUGH,
) -> Peak:
    """Search the maximum from a start.

    Parameters
    ----------
    likelihood : Likelihood
        What is maximized.
    start : ndarray of float, shape (q,)
        Where to begin.
    free : ndarray of float, shape (q, m), optional
        The directions in which to move, as orthonormal columns; all if not given.
    bent : bool
        Whether to give up where the information has become so small that the
        likelihood may rise without end.
    enough : float
        The square of the last step, in standard errors: by half of it the likelihood
        is too low.
    """
    if free is None:
        free = np.eye(start.size)
    place, point = start, likelihood.at(start)
    if free.shape[1] == 0:
        return Peak(place=place, point=point, found=True)
    least = _FLAT * np.linalg.eigvalsh(free.T @ point.information @ free)[0]
    for _ in range(_STEPS):
        score, information = free.T @ point.score, free.T @ point.information @ free
        try:
            step = np.linalg.solve(information, score)
        except np.linalg.LinAlgError:
            break
        gain = float(score @ step)
        if not gain >= 0.0 or (bent and np.linalg.eigvalsh(information)[0] < least):
            break
        if gain <= enough:
            return Peak(place=place, point=point, found=True)
        floor = point.value - _ROUNDING * (1.0 + abs(point.value))
        size = 1.0
        for _ in range(_HALVINGS):
            other = likelihood.at(place + size * (free @ step))
            # Of a penalized likelihood the information is not the second derivative: a
            # step may lead as far beyond the top as it began before it.
            beyond = float(other.score @ (free @ step)) < -0.5 * gain
            if other.value >= floor and not beyond:
                break
            size /= 2.0
        else:
            break
        place, point = place + size * (free @ step), other
    return Peak(place=place, point=point, found=False)
