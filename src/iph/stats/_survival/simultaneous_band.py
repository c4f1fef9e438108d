"""Bands that hold a whole survival or incidence curve at once.

The n values of a curve at the days of n patients are distributed as n ordered uniform
numbers. A band is made of pointwise intervals at one level for all days, so chosen that
all ordered numbers together stay between their own quantiles with the probability
asked.
"""

import functools
import math
from typing import Any

import attrs
import numpy as np

from iph import _checks
from iph._checks import Floats, Ints
from iph._results import Result
from iph.errors import WorkError
from iph.stats._inference.result import read_only
from iph.stats._survival.beta_product import BetaProduct
from iph.stats._survival.effective_size import bearing_bounds, bearing_cases

_MOST = 2_000  # cases; the pointwise level then takes two seconds


@attrs.frozen(kw_only=True, eq=False)
class CurveBand(Result):
    """A band around a survival or an incidence curve.

    Attributes
    ----------
    time : ndarray of float
        Day 0, and the distinct times of the curve.
    low, high : ndarray of float
        The bounds from each time until the next.
    pointwise_level : float
        The level of the interval at each single day.
    confidence_level : float
        The probability that the whole true curve lies in the band.
    method : str
        ``"equal local levels"``.
    n : int
        The number of cases used.
    n_missing : int
        The number of cases left out because a value was missing.
    """

    time: Floats
    low: Floats
    high: Floats
    pointwise_level: float
    confidence_level: float
    method: str
    n: int
    n_missing: int


def survival_band(
    product: BetaProduct,
    *,
    time: Floats,
    n: int,
    n_missing: int,
    confidence_level: float,
) -> CurveBand:
    """Return the band of a Kaplan-Meier curve from its beta product variables."""
    asked = _checks.level(confidence_level)
    local = local_level(n, asked)
    low, high = product.bounds(local)
    # A curve that only falls is above all later lower bounds.
    low = np.maximum.accumulate(low[::-1])[::-1]
    return CurveBand(
        **_known(time, local, asked),
        low=read_only(low),
        high=read_only(np.minimum.accumulate(high)),
        n=n,
        n_missing=n_missing,
    )


def incidence_band(
    *,
    time: Floats,
    incidence: Floats,
    variance: Floats,
    censored: Ints,
    n: int,
    n_missing: int,
    confidence_level: float,
) -> CurveBand:
    """Return the band of a cumulative incidence curve.

    Each day has the interval of Clopper and Pearson for a count out of so many patients
    as give the variance of the curve; out of all while nobody was censored, and before
    the first event out of those not censored.
    """
    asked = _checks.level(confidence_level)
    local = local_level(n, asked)
    share = np.concatenate(([0.0], incidence))
    spread = np.concatenate(([0.0], variance))
    lost = np.concatenate(([0], np.cumsum(censored)))
    cases = bearing_cases(share, spread, lost, n)
    low, high = bearing_bounds(share, cases, (1.0 - local) / 2.0)
    # A curve that only rises is below all later upper bounds.
    high = np.minimum.accumulate(high[::-1])[::-1]
    return CurveBand(
        **_known(time, local, asked),
        low=read_only(np.maximum.accumulate(low)),
        high=read_only(high),
        n=n,
        n_missing=n_missing,
    )


def _known(time: Floats, local: float, asked: float) -> dict[str, Any]:
    """Return what both kinds of bands say alike."""
    return {
        "time": read_only(np.concatenate(([0.0], time))),
        "pointwise_level": local,
        "confidence_level": asked,
        "method": "equal local levels",
    }


@functools.lru_cache(maxsize=256)
def local_level(n: int, confidence_level: float) -> float:
    """Return the level of each interval at which all n hold together as asked."""
    if n < 2:
        return confidence_level
    if n > _MOST:
        raise WorkError(
            f"a band of a whole curve takes at most {_MOST:,} cases, got {n:,}; give "
            "the pointwise interval"
        )
    from scipy.optimize import brentq

    miss = 1.0 - confidence_level
    # Between the level of one number and that of Bonferroni.
    logarithm = brentq(
        lambda log: held_together(n, math.exp(log)) - confidence_level,
        math.log(miss / (2 * n)),
        math.log(miss),
        xtol=1e-13,
    )
    return 1.0 - math.exp(logarithm)


def held_together(n: int, miss: float) -> float:
    """Return how often n ordered uniform numbers all lie in their own intervals.

    The i-th is missed with the probability `miss`. How many numbers lie below each
    bound is followed from bound to bound, as a Poisson process of rate n that has n
    events in all: below the i-th lower bound are fewer than i, below its upper bound i
    or more.
    """
    from scipy.special import betaincinv, gammaln

    place = np.arange(1, n + 1, dtype=np.int64)
    lower = betaincinv(place, place[::-1], miss / 2.0)
    bounds = np.concatenate((lower, 1.0 - lower[::-1]))
    order = np.argsort(bounds, kind="stable")
    is_lower = (order < n).tolist()
    chances, fewest, below = np.ones(1), 0, 0.0
    rises, least = 0, 0
    for bound, rising in zip(bounds[order].tolist(), is_lower, strict=True):
        most = rises
        if rising:
            rises += 1
        else:
            least += 1
        more = np.arange(most - fewest + 1, dtype=np.int64)
        arrivals = _poisson(n * (bound - below), more, gammaln(more + 1.0))
        grown = np.convolve(chances, arrivals)[: more.size]
        chances, fewest, below = grown[least - fewest :], least, bound
    rest = n - fewest - np.arange(chances.size, dtype=np.int64)
    last = _poisson(n * (1.0 - below), rest, gammaln(rest + 1.0))
    whole = math.exp(n * math.log(n) - n - math.lgamma(n + 1.0))
    return float(chances @ last) / whole


def _poisson(mean: float, counts: Ints, factorials: Floats) -> Floats:
    if mean <= 0.0:
        return np.where(counts == 0, 1.0, 0.0)
    found: Floats = np.exp(counts * math.log(mean) - mean - factorials)
    return found
