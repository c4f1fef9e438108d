"""What a rank correlation found, and the p-value that goes with it."""

import math
from collections.abc import Callable, Iterator
from typing import Literal

import attrs
import numpy as np

from iph._checks import Ints, level, one_of
from iph._options import resamples
from iph._results import Result
from iph.errors import DataError
from iph.stats._association.pair_permutations import (
    AUTO_LIMIT,
    EXACT_LIMIT,
    PairingDistribution,
    too_much_work,
)
from iph.stats._association.paired_ranks import PairedRanks
from iph.stats._inference.monte_carlo import monte_carlo_p
from iph.stats._inference.p_value import METHODS, PValue, find_p_value
from iph.stats._inference.p_value import Routes as Ways
from iph.stats._inference.tails import two_sided_quantile

CorrelationMethod = Literal["auto", "exact", "asymptotic", "monte-carlo"]
Alternative = Literal["two-sided", "less", "greater"]

_MOST_SHUFFLED = 100_000  # cases; beyond it the asymptotic p-value has no error left
_CELLS_AT_ONCE = 2_000_000


@attrs.frozen(kw_only=True, eq=False)
class RankCorrelation(Result):
    """What a rank correlation found.

    Attributes
    ----------
    estimate : float
        The coefficient, from -1 to 1; NaN if a variable has fewer than two values.
    low, high : float
        The confidence interval; -1 to 1 where nothing is known: too few patients, or a
        variable with one value only.
    confidence_level : float
        The level of the interval.
    interval : str
        The formula of the interval.
    p_value : float
        The p-value for the alternative asked; NaN where the estimate is.
    p_low, p_high : float or None
        The 99 % interval of a simulated p-value; None if nothing was simulated.
    method : str
        How the p-value was found: ``"exact"``, ``"asymptotic"`` or ``"monte-carlo"``;
        ``"undefined"`` where the estimate is.
    seed : int or None
        The documented seed if a p-value was simulated without `rng`, else None.
    alternative : str
        The alternative: ``"two-sided"``, ``"less"`` or ``"greater"``.
    n : int
        Number of cases with both values.
    n_missing : int
        Number of cases left out because a value was missing.
    n_bounds : int
        Number of cases with a value that is known by a bound alone, such as ">8".
    bound_rule : str or None
        How those were ranked, such as ``"x ranked in the top tie"``; None without
        bounds.
    """

    estimate: float
    low: float
    high: float
    confidence_level: float
    interval: str
    p_value: float
    p_low: float | None
    p_high: float | None
    method: str
    seed: int | None
    alternative: str
    n: int
    n_missing: int
    n_bounds: int
    bound_rule: str | None


@attrs.frozen(kw_only=True)
class Options:
    """The checked options of a rank correlation."""

    confidence_level: float
    method: CorrelationMethod
    alternative: Alternative
    rng: np.random.Generator | int | None
    n_resamples: int


@attrs.frozen(kw_only=True, eq=False)
class Routes:
    """The three ways to the p-value of one coefficient.

    Attributes
    ----------
    observed : int
        The statistic: a whole number that is zero on average.
    exact : callable
        Returns the distribution over all pairings, None above a limit of work.
    asymptotic : callable
        Returns the p-value of an alternative.
    simulated : callable
        Yields batches of the statistic over random pairings.
    """

    observed: int
    exact: Callable[[float], PairingDistribution | None]
    asymptotic: Callable[[str], float]
    simulated: Callable[["np.random.Generator", int], Iterator[Ints]]


def read_options(
    confidence_level: float,
    method: CorrelationMethod,
    alternative: Alternative,
    rng: np.random.Generator | int | None,
    n_resamples: int,
) -> Options:
    """Check the options that both coefficients share."""
    one_of(method, "method", METHODS)
    one_of(alternative, "alternative", ("two-sided", "less", "greater"))
    return Options(
        confidence_level=level(confidence_level),
        method=method,
        alternative=alternative,
        rng=rng,
        n_resamples=resamples(n_resamples),
    )


def fisher_bounds(
    estimate: float, error: float, options: Options
) -> tuple[float, float]:
    """Return the interval on the scale of the inverse hyperbolic tangent."""
    half = two_sided_quantile(options.confidence_level) * error
    middle = math.atanh(estimate)
    low, high = math.tanh(middle - half), math.tanh(middle + half)
    return min(low, estimate), max(high, estimate)


def score_bounds(
    estimate: float, spread: float, options: Options
) -> tuple[float, float]:
    """Return the t with ``(estimate - t)^2 <= z^2 spread (1 - t^2)``."""
    reach = two_sided_quantile(options.confidence_level) ** 2 * spread
    root = math.sqrt(reach * (1.0 - estimate * estimate) + reach * reach)
    low, high = ((estimate + side * root) / (1.0 + reach) for side in (-1.0, 1.0))
    return max(min(low, estimate), -1.0), min(max(high, estimate), 1.0)


def correlation_result(  # noqa: PLR0917 - what a result is made of, from two callers
    pairs: PairedRanks,
    options: Options,
    estimate: float,
    bounds: tuple[float, float],
    interval: str,
    routes: Routes,
) -> RankCorrelation:
    """Put estimate, interval and p-value together."""
    low, high = bounds
    if math.isnan(estimate):
        found = PValue(p_value=math.nan, method="undefined")
    else:
        found = _p_value(pairs, options, routes)
    return RankCorrelation(
        estimate=estimate,
        low=low,
        high=high,
        confidence_level=options.confidence_level,
        interval=interval,
        p_value=found.p_value,
        p_low=found.p_low,
        p_high=found.p_high,
        method=found.method,
        seed=found.seed,
        alternative=options.alternative,
        n=pairs.n,
        n_missing=pairs.n_missing,
        n_bounds=pairs.n_bounds,
        bound_rule=pairs.bound_rule,
    )


def _p_value(pairs: PairedRanks, options: Options, routes: Routes) -> PValue:
    def counted(limit: float) -> float:
        found = routes.exact(limit)
        if found is None:
            raise too_much_work("a rank correlation", limit)
        return found.p_value(routes.observed, options.alternative)

    n = pairs.n
    varied = (n - int(pairs.x_sizes.max())) * (n - int(pairs.y_sizes.max()))
    return find_p_value(
        options.method,
        Ways(
            exact=counted,
            limits=(AUTO_LIMIT, EXACT_LIMIT),
            drawn=lambda random: _simulated(pairs, options, routes, random),
            asymptotic=lambda: routes.asymptotic(options.alternative),
            smallest=varied / n,
            cases=n,
        ),
        options.rng,
    )


def _simulated(
    pairs: PairedRanks, options: Options, routes: Routes, rng: "np.random.Generator"
) -> PValue:
    if pairs.n > _MOST_SHUFFLED:
        message = (
            f"{pairs.n} cases are too many to pair at random (limit "
            f"{_MOST_SHUFFLED}); use method='asymptotic', which is exact enough there"
        )
        raise DataError(message)
    hits = 0
    for batch in routes.simulated(rng, options.n_resamples):
        if options.alternative == "two-sided":
            extreme = np.abs(batch) >= abs(routes.observed)
        elif options.alternative == "greater":
            extreme = batch >= routes.observed
        else:
            extreme = batch <= routes.observed
        hits += int(np.count_nonzero(extreme))
    return monte_carlo_p(hits, options.n_resamples)


def batches(n: int, n_resamples: int) -> Iterator[int]:
    """Yield the sizes of batches of random pairings of n cases."""
    size = max(1, _CELLS_AT_ONCE // n)
    for start in range(0, n_resamples, size):
        yield min(size, n_resamples - start)
