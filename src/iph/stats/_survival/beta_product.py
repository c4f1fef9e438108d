"""The beta product confidence procedure of a survival curve.

Among n patients at risk the chance to stay without the event up to the d-th of them is
distributed as the d-th largest of n uniform numbers: a beta variable. Multiplied over
the event times they make the upper variable of S(t). The lower one looks further, to
the event that may follow at once among those still at risk; nobody left makes it 0.
A product of betas is taken as the beta of equal mean and variance, which is exact as
long as nobody was censored before.
"""

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import Floats, Ints

_ALL = slice(None)
_HALVINGS = 60  # of the range in which the quantile of a mixture is sought


@attrs.frozen(kw_only=True, eq=False)
class Betas:
    """Beta variables, one a place; a point at 0 has a = 0, a point at 1 has b = 0.

    Attributes
    ----------
    a, b : ndarray of float
        The parameters.
    """

    a: Floats
    b: Floats

    def __getitem__(self, places: npt.NDArray[np.intp] | slice) -> "Betas":
        """Return the variables of some places."""
        return Betas(a=self.a[places], b=self.b[places])

    def below(self, x: npt.ArrayLike) -> Floats:
        """Return the probability of at most x."""
        from scipy.special import betainc

        x = np.asarray(x, dtype=np.float64)
        inside = (self.a > 0.0) & (self.b > 0.0)
        a, b = np.where(inside, self.a, 1.0), np.where(inside, self.b, 1.0)
        smooth = betainc(a, b, np.clip(x, 0.0, 1.0))
        point = np.where(self.a > 0.0, x >= 1.0, x >= 0.0)
        found: Floats = np.where(inside, smooth, point)
        return found

    def quantile(self, probability: float) -> Floats:
        """Return the value that is not passed with a probability."""
        from scipy.special import betaincinv

        found = np.where(self.a > 0.0, 1.0, 0.0)
        inside = (self.a > 0.0) & (self.b > 0.0)
        found[inside] = betaincinv(self.a[inside], self.b[inside], probability)
        return found


@attrs.frozen(kw_only=True, eq=False)
class BetaProduct:
    """The lower and the upper variable of S, at the start and after each time.

    Attributes
    ----------
    lower, upper : Betas
        The variables.
    mid_p : bool
        Whether both bounds come from the even mixture of the two.
    """

    lower: Betas
    upper: Betas
    mid_p: bool

    @classmethod
    def of(
        cls, at_risk: Ints, events: Ints, after: Ints, *, mid_p: bool
    ) -> "BetaProduct":
        """Return the variables of a counted curve.

        Parameters
        ----------
        at_risk, events : ndarray of int, shape (m,)
            Patients at risk just before, and events at, each time.
        after : ndarray of int, shape (m + 1,)
            Patients at risk at the start, and just after each time.
        mid_p : bool
            Whether both bounds come from the mixture.
        """
        n, d = at_risk.astype(np.float64), events.astype(np.float64)
        # Logarithms of the means of Beta(n - d + 1, d), and of one more than their
        # squared relative spreads: both add up over the times.
        mean = np.concatenate(([0.0], np.cumsum(np.log1p(-d / (n + 1.0)))))
        own = np.log1p(d / ((n - d + 1.0) * (n + 2.0)))
        spread = np.concatenate(([0.0], np.cumsum(own)))
        left = after.astype(np.float64)
        some = np.maximum(left, 1.0)
        following = np.log(some / (some + 1.0))
        lower = _matched(mean + following, spread + np.log1p(1.0 / (some * (some + 2))))
        lower = Betas(a=np.where(left > 0.0, lower.a, 0.0), b=lower.b)
        return cls(lower=lower, upper=_matched(mean, spread), mid_p=mid_p)

    def __getitem__(self, places: npt.NDArray[np.intp] | slice) -> "BetaProduct":
        """Return the variables of some places."""
        return attrs.evolve(self, lower=self.lower[places], upper=self.upper[places])

    def bounds(
        self, confidence_level: float, places: npt.NDArray[np.intp] | slice = _ALL
    ) -> tuple[Floats, Floats]:
        """Return the central interval at some places."""
        tail = (1.0 - confidence_level) / 2.0
        if not self.mid_p:
            low, high = self.lower[places], self.upper[places]
            return low.quantile(tail), high.quantile(1.0 - tail)
        # Where a censoring moves weight between the two, the bound would rise again.
        falling = np.minimum.accumulate(self._mixed(1.0 - tail))
        return self._mixed(tail)[places], falling[places]

    def _mixed(self, probability: float) -> Floats:
        """Return the quantile of the even mixture, by halving the range."""
        low, high = np.zeros(self.lower.a.size), np.ones(self.lower.a.size)
        for _ in range(_HALVINGS):
            middle = (low + high) / 2.0
            short = self.lower.below(middle) + self.upper.below(middle)
            less = short < 2.0 * probability
            low, high = np.where(less, middle, low), np.where(less, high, middle)
        # The mixture has a point at 0 where nobody is left, at 1 where nobody had it.
        at_zero = self.lower.below(0.0) + self.upper.below(0.0) >= 2.0 * probability
        at_one = np.nextafter(1.0, 0.0)
        beyond = self.lower.below(at_one) + self.upper.below(at_one) < 2.0 * probability
        return np.where(at_zero, 0.0, np.where(beyond, 1.0, high))


def left_after(
    time: Floats, at_risk: Ints, ends: Ints, entries: tuple[Floats, Ints] | None
) -> Ints:
    """Return how many are at risk at the start and just after each time.

    Parameters
    ----------
    time : ndarray of float, shape (m,)
        The times of a curve.
    at_risk, ends : ndarray of int, shape (m,)
        Patients at risk just before each time, and those whose observation ends at it.
    entries : pair of ndarray, optional
        Days of entry in order, and how many enter from each on.
    """
    after = at_risk - ends
    if entries is not None:
        began, later = entries
        before, until = (
            later[np.searchsorted(began, time, side=side)] for side in ("left", "right")
        )
        after = after + before - until
    start = at_risk[:1] if time.size else np.zeros(1, dtype=np.int64)
    left: Ints = np.concatenate((start, after))
    return left


def _matched(mean_log: Floats, spread_log: Floats) -> Betas:
    """Return the betas of given means and squared relative spreads (plus one)."""
    mean, rest = np.exp(mean_log), -np.expm1(mean_log)
    spread = np.expm1(spread_log)
    some = spread > 0.0
    size = np.divide(rest, mean * spread, out=np.ones_like(mean), where=some) - 1.0
    return Betas(a=np.where(some, mean * size, 1.0), b=np.where(some, rest * size, 0.0))
