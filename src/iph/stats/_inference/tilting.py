"""The odds ratio behind a whole-number statistic, from its conditional distribution.

Given the margins, the number with the outcome in one group (or the sum of a covariate
over those with the outcome) has chances proportional to ways(t) exp(b t), with b the
logarithm of the odds ratio. The null distribution is tilted by b until it fits.
"""

import math
from collections.abc import Callable

import attrs
import numpy as np

from iph._checks import Floats

_MEDIAN = 0.5


@attrs.frozen(kw_only=True, eq=False)
class Tilting:
    """A null distribution, seen from the value observed.

    Attributes
    ----------
    steps : ndarray of float
        The distinct values minus that observed, ascending.
    logs : ndarray of float
        The logarithm of the ways to each.
    at : int
        The place of the value observed, where `steps` is 0.
    """

    steps: Floats
    logs: Floats
    at: int

    @property
    def is_degenerate(self) -> bool:
        """Whether one value alone is possible, which tells nothing."""
        return self.steps.size < 2

    @property
    def is_extreme(self) -> bool:
        """Whether the value observed is the smallest or the largest possible."""
        return self.at in {0, self.steps.size - 1}

    def chances(self, log_odds: float) -> Floats:
        """Return the probability of each value under a log odds ratio."""
        tilt = self.logs + self.steps * log_odds
        weights: Floats = np.exp(tilt - tilt.max())
        scaled: Floats = weights / weights.sum()
        return scaled

    def likeliest(self) -> float:
        """Return the conditional maximum likelihood estimate; maybe infinite."""
        if self.is_degenerate:
            return math.nan
        if self.at == 0:
            return -math.inf
        if self.at == self.steps.size - 1:
            return math.inf
        return _rising_root(lambda t: float(self.chances(t) @ self.steps))

    def median_unbiased(self) -> float:
        """Return the log odds ratio that is too high as often as too low.

        The middle of the bounds of level 0; at an end of the distribution, where one
        of them is infinite, the other. More than one value must be possible.
        """
        low, high = self.bounds(_MEDIAN)
        if math.isinf(low):
            return high
        return low if math.isinf(high) else (low + high) / 2.0

    def bounds(self, tail: float, half: float = 0.0) -> tuple[float, float]:
        """Return the log odds ratios at which each tail has this probability.

        Parameters
        ----------
        tail : float
            The probability of the tail that begins with the value observed.
        half : float
            The part of the value observed that counts in no tail (mid-p: 0.5).
        """
        low, high = -math.inf, math.inf
        if self.is_degenerate:
            return low, high
        if self.at > 0:
            low = _rising_root(
                lambda t: _tail(self.chances(t)[self.at :], half) - tail,
            )
        if self.at < self.steps.size - 1:
            high = _rising_root(
                lambda t: tail - _tail(self.chances(t)[self.at :: -1], half)
            )
        return low, high


def _tail(chances: Floats, half: float) -> float:
    """Return the sum of a tail that begins with the value observed."""
    return float(chances.sum()) - half * float(chances[0])


def _rising_root(function: Callable[[float], float]) -> float:
    """Return where a rising function crosses zero, to the last digit of a float."""
    reach = 1.0
    while function(-reach) > 0.0 or function(reach) < 0.0:
        reach *= 2.0
    low, high = -reach, reach
    middle = 0.0
    while low < middle < high:  # until floats run out
        value = function(middle)
        if not value:
            break
        if value < 0.0:
            low = middle
        else:
            high = middle
        middle = (low + high) / 2.0
    return middle
