"""Whether hazard ratios stay the same over time."""

from collections.abc import Hashable, Iterable, Mapping
from typing import Literal

import attrs
import numpy as np
import numpy.typing as npt

from iph import _checks
from iph._checks import Floats
from iph._results import Result
from iph._wide import bincount
from iph.errors import DataError
from iph.stats._inference.tails import chi2_upper
from iph.stats._regression.covariates import Column
from iph.stats._regression.cox_data import CoxData, cox_data
from iph.stats._regression.cox_fit import CoxFit, fit_cox
from iph.stats._regression.partial_likelihood import TIES, Ties
from iph.stats._regression.risk_sets import risk_sets

Scale = Literal["km", "rank", "identity", "log"]

_SCALES = ("km", "rank", "identity", "log")


@attrs.frozen(kw_only=True, eq=False)
class CovariateHazards(Result):
    """Whether the hazard ratio of one covariate stays the same.

    Attributes
    ----------
    name : str
        The covariate.
    statistic : float
        The chi-square statistic.
    df : int
        Its degrees of freedom: the number of columns of the covariate.
    p_value : float
        The probability of a statistic at least as large if its ratios stay the same.
    """

    name: str
    statistic: float
    df: int
    p_value: float


@attrs.frozen(kw_only=True, eq=False)
class ProportionalHazards(Result):
    """Whether hazard ratios stay the same over time.

    Attributes
    ----------
    covariates : tuple of CovariateHazards
        The test of each covariate, in the order given.
    statistic : float
        The chi-square statistic of all covariates together.
    df : int
        Its degrees of freedom: the number of columns.
    p_value : float
        The probability of a statistic at least as large if all ratios stay the same.
    scale : str
        The function of time: ``"km"``, ``"rank"``, ``"identity"`` or ``"log"``.
    ties : str
        The rule for tied times of the model.
    method : str
        The name of the test: ``"score"``.
    n : int
        The number of cases used.
    n_events : int
        The number of cases with the event.
    n_missing : int
        The number of cases left out because a value was missing.
    """

    covariates: tuple[CovariateHazards, ...]
    statistic: float
    df: int
    p_value: float
    scale: str
    ties: str
    method: str
    n: int
    n_events: int
    n_missing: int


def proportional_hazards(
    time: Column,
    event: Column,
    covariates: Mapping[str, Column],
    *,
    weights: Column | None = None,
    strata: npt.ArrayLike | Iterable[Hashable] | None = None,
    entry: Column | None = None,
    ties: Ties = "efron",
    scale: Scale = "km",
) -> ProportionalHazards:
    """Test whether the hazard ratios of a Cox regression stay the same over time.

    Does a treatment that speeds recovery in the first weeks still do so after months?

    Parameters
    ----------
    time, event, covariates, weights, strata, entry, ties : object
        As in `cox_regression`.
    scale : {"km", "rank", "identity", "log"}, default: "km"
        The function of time with which a log hazard ratio may change: 1 - S(t-) by
        Kaplan-Meier from all patients, the rank of the day among the last days of
        all patients, the day, or its logarithm.

    Returns
    -------
    ProportionalHazards
        With `covariates` (each with `name`, `statistic`, `df`, `p_value`), `statistic`,
        `df`, `p_value`, `scale`, `ties`, `method`, `n`, `n_events`, `n_missing`. Where
        all events are on one day nothing can change: the statistics are NaN with df 0.

    Raises
    ------
    InputError
        If an argument is not what it must be.
    DataError
        If there are no events, a covariate is constant, covariates are collinear, the
        likelihood grows without end, or ``scale="log"`` meets an event on day 0.

    See Also
    --------
    cox_regression : The model.
    logrank : With weights for early or late differences.

    Notes
    -----
    The score test of Grambsch and Therneau [1]_ with the covariance matrix of each
    event: the model gets a second column x g(t) for each column x, with coefficients
    that are 0 if hazards are proportional, and their score is compared with its
    variance at the estimate. ``cox.zph`` of R's `survival` 3 gives the same; before
    version 3 it took one average matrix for all events. A covariate of labels is tested
    with all its columns at once.

    The test has little power with few events: a large p-value is no proof of
    proportional hazards. The chi-square distribution is approximate.

    References
    ----------
    .. [1] Grambsch PM, Therneau TM. Proportional hazards tests and diagnostics based on
       weighted residuals. Biometrika 1994;81:515-526.
       :doi:`10.1093/biomet/81.3.515`

    Examples
    --------
    Weeks in remission of 42 children, 6-mercaptopurine against placebo (Freireich et
    al., Blood 1963;21:699-716):

    >>> from iph.stats import proportional_hazards
    >>> treated = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32,
    ...            34, 35]
    >>> relapse = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    >>> placebo = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22,
    ...            23]
    >>> arm = ["6-MP"] * 21 + ["placebo"] * 21
    >>> test = proportional_hazards(treated + placebo, relapse + [1] * 21, {"arm": arm})
    >>> print(f"chi-square = {test.statistic:.3f}, p = {test.p_value:.2f}")
    chi-square = 0.023, p = 0.88

    Nothing speaks against a hazard ratio that stays the same.
    """
    _checks.one_of(ties, "ties", TIES)
    _checks.one_of(scale, "scale", _SCALES)
    data = cox_data(
        time, event, covariates, weights=weights, strata=strata, entry=entry
    )
    found = fit_cox(data, ties, "maximum-likelihood")
    slope, variance = _added(found, _function(data, found, scale))
    terms = np.array(data.covariates.terms)
    each = []
    for name in dict.fromkeys(data.covariates.terms):
        own = terms == name
        statistic, df = _statistic(slope[own], variance[np.ix_(own, own)])
        each.append(
            CovariateHazards(
                name=name,
                statistic=statistic,
                df=df,
                p_value=chi2_upper(statistic, df),
            )
        )
    statistic, df = _statistic(slope, variance)
    return ProportionalHazards(
        covariates=tuple(each),
        statistic=statistic,
        df=df,
        p_value=chi2_upper(statistic, df),
        scale=scale,
        ties=ties,
        method="score",
        n=data.n,
        n_events=data.n_events,
        n_missing=data.n_missing,
    )


def _function(data: CoxData, found: CoxFit, scale: Scale) -> Floats:
    """Return the function of time at each moment, less its mean, over its spread."""
    days = found.likelihood.sets.moments
    if scale == "log" and not days.min() > 0.0:
        raise DataError(
            'scale="log" needs events after day 0, got one on day 0; choose another'
        )
    values: Floats
    if scale == "log":
        values = np.log(days)
    elif scale == "identity":
        values = days
    elif scale == "rank":
        order = np.argsort(data.time)
        cases = np.concatenate(([0], np.cumsum(data.counts[order])))
        ends = data.time[order]
        before, upto = (np.searchsorted(ends, days, side) for side in ("left", "right"))
        values = (cases[before] + cases[upto] + 1.0) / 2.0
    else:
        values = _left_curve(data, days)
    spread = float(np.ptp(values))
    scaled: Floats = (values - values.mean()) / (spread if spread > 0.0 else 1.0)
    return scaled


def _left_curve(data: CoxData, days: Floats) -> Floats:
    """Return 1 - S(t-) of all patients, in whatever stratum they are."""
    whole = risk_sets(data.time, data.happened, data.entry, None)
    own, counts = data.happened[whole.rows], data.counts[whole.rows]
    deaths = bincount(whole.first[own], counts[own], whole.moments.size)
    left = 1.0 - deaths / whole.sums(counts[None].astype(np.float64))[0]
    # The last day stands first: S(t-) is the product over the days behind it.
    curve = np.append(np.cumprod(left[:0:-1])[::-1], 1.0)
    lost: Floats = 1.0 - curve[np.searchsorted(-whole.moments, -days)]
    return lost


def _added(found: CoxFit, function: Floats) -> tuple[Floats, Floats]:
    """Return score and variance of the columns that change with time.

    The variance is what is left when the other coefficients are estimated. Both are in
    units of the columns as given, but for a scale of each, which no statistic sees.
    """
    likelihood = found.likelihood
    weighed = likelihood.weighed(found.fit.peak.place)
    times = likelihood.times
    g = function[likelihood.moment]
    plain = likelihood.information(weighed, times)
    mixed = likelihood.information(weighed, times * g)
    double = likelihood.information(weighed, times * g**2)
    slope = likelihood.slope(weighed, times * g)
    variance = double - mixed @ np.linalg.solve(plain, mixed)
    # The columns as given are combinations of the coordinates: x = turn' u.
    turn = np.linalg.inv(found.scale.back)
    turn /= np.abs(turn).max(axis=0)
    spread: Floats = turn.T @ variance @ turn
    return slope @ turn, spread


def _statistic(slope: Floats, variance: Floats) -> tuple[float, int]:
    """Return the chi-square statistic and its degrees of freedom."""
    values, directions = np.linalg.eigh(variance)
    if values[-1] <= 0:
        return float("nan"), 0
    kept = values > 1e-10 * values[-1]
    parts = slope @ directions[:, kept]
    return float((parts**2 / values[kept]).sum()), int(kept.sum())
