"""Rates of events of patients who differ in how often they have them."""

import math
from collections.abc import Mapping

import attrs
import numpy as np

from iph import _checks
from iph._checks import Floats, Ints
from iph._results import Result
from iph.errors import DataError, InputError
from iph.stats._regression.coordinates import Coordinates, coordinates
from iph.stats._regression.covariates import (
    Column,
    complete,
    covariate_columns,
)
from iph.stats._regression.negative_binomial_likelihood import (
    NegativeBinomialLikelihood,
    most_likely,
)
from iph.stats._regression.newton import Peak, maximum

_MOST_EVENTS = 100_000  # of one patient
_FAR = 5_000.0  # standard errors: a bound that is as good as 0 or infinite


@attrs.frozen(kw_only=True, eq=False)
class RateRatio(Result):
    """The ratio of two rates, adjusted for the other covariates.

    Attributes
    ----------
    name : str
        The covariate; for labels ``name[label]``, against the first label.
    estimate : float
        The rate ratio for one unit more of the covariate.
    low, high : float
        The bounds of its confidence interval.
    p_value : float
        The two-sided p-value of a ratio of 1, which agrees with the interval.
    coefficient : float
        The logarithm of the ratio.
    """

    name: str
    estimate: float
    low: float
    high: float
    p_value: float
    coefficient: float


@attrs.frozen(kw_only=True, eq=False)
class NegativeBinomialRates(Result):
    """Rates by a negative binomial model.

    Attributes
    ----------
    rate : float
        The events by unit of time where all covariates are 0: of all patients if there
        are none, of the first label of labels.
    low, high : float
        Its confidence interval.
    rate_ratios : tuple of RateRatio
        One for each column of the covariates, in the order given.
    dispersion : float
        The square of the relative spread of the rates of patients; 0 if they differ no
        more than chance lets expect, as by Poisson.
    log_likelihood : float
        The log-likelihood.
    poisson_log_likelihood : float
        That with a dispersion of 0.
    confidence_level : float
        The level of the intervals.
    method : str
        ``"profile, t"``: where the intervals come from.
    n : int
        The patients used.
    n_events : int
        Their events.
    total_time : float
        Their time.
    n_missing : int
        The patients left out because a value was missing.
    """

    rate: float
    low: float
    high: float
    rate_ratios: tuple[RateRatio, ...]
    dispersion: float
    log_likelihood: float
    poisson_log_likelihood: float
    confidence_level: float
    method: str
    n: int
    n_events: int
    total_time: float
    n_missing: int


def negative_binomial_rates(
    events: Column,
    time: Column,
    covariates: Mapping[str, Column] | None = None,
    *,
    weights: Column | None = None,
    confidence_level: float = 0.95,
) -> NegativeBinomialRates:
    """Estimate rates of events that some patients have often and others never.

    How many bleedings does a patient have a year, by what factor are they more frequent
    in one group, and do they become rarer from year to year of admission, when the
    patients differ in how easily they bleed?

    Parameters
    ----------
    events : array_like of int, shape (n,)
        The events of each patient; None where missing.
    time : array_like of float, shape (n,)
        The time in which they were seen, above 0, such as years; None where missing.
    covariates : mapping of str to array_like, shape (n,), optional
        Numbers or yes/no as they are, such as the year of admission for a trend; labels
        become one yes/no column for each label but the first in sorted order. A row
        with any value missing is left out and counted.
    weights : array_like of int, shape (n,), optional
        How many cases each row stands for.
    confidence_level : float, default: 0.95
        Level of the intervals, between 0 and 1.

    Returns
    -------
    NegativeBinomialRates
        With `rate`, `low`, `high`, `rate_ratios` (each with `name`, `estimate`, `low`,
        `high`, `p_value`, `coefficient`), `dispersion`, `log_likelihood`,
        `poisson_log_likelihood`, `confidence_level`, `method`, `n`, `n_events`,
        `total_time`, `n_missing`.

    Raises
    ------
    InputError
        If an argument is not what it must be.
    DataError
        If there are no more patients than columns, nobody had an event, a covariate is
        constant or follows from others, or the rate of some group has no maximum since
        nobody in it had an event.

    See Also
    --------
    poisson_rate, rate_ratio : Exact, where all patients have the same rate.
    mann_whitney : Ranks of the rates of two groups.

    Notes
    -----
    The rates of patients with equal covariates vary by a gamma distribution, so that
    the variance of a count with mean m is ``m + d m**2`` [1]_; the estimates are those
    of maximum likelihood, as by ``glm.nb`` of the R package MASS, and the dispersion d
    may come out as 0. One row is one patient: several rows of one patient, such as
    years, go together, which the model does not know.

    The intervals hold what the likelihood ratio does not reject, with all else at its
    best. The square of Student's quantile with as many degrees of freedom as patients
    beyond the columns takes the place of that of chi-square: in simulated groups of 4
    to 30 patients with 0.5 or 3 events each, dispersions from 0 to 2 and ratios of 1
    and 4, the 95 % interval of a ratio so held .96 on average and nowhere fewer than
    .93, and with the quantile of chi-square as few as .88.

    References
    ----------
    .. [1] Lawless JF. Negative binomial and mixed Poisson regression. Can J Stat
       1987;15:209-225. :doi:`10.2307/3314912`

    Examples
    --------
    Bleedings of twelve patients in the years observed, made for the example:

    >>> from iph.stats import negative_binomial_rates
    >>> bleeds = [0, 1, 0, 2, 0, 1, 3, 9, 0, 4, 2, 6]
    >>> years = [1.0, 2.0, 1.5, 2.0, 1.0, 2.0, 1.0, 2.0, 1.5, 2.0, 1.0, 2.0]
    >>> prophylaxis = [True] * 6 + [False] * 6
    >>> model = negative_binomial_rates(bleeds, years, {"prophylaxis": prophylaxis})
    >>> (ratio,) = model.rate_ratios
    >>> print(f"{model.rate:.1f} a year without; ratio {ratio.estimate:.2f} "
    ...       f"({ratio.low:.2f} to {ratio.high:.2f})")
    2.5 a year without; ratio 0.17 (0.04 to 0.57)
    """
    level = _checks.level(confidence_level)
    seen = _events(events)
    span = _checks.numbers(time, "time")
    _checks.same_length(seen.size, span.size, "events", "time")
    wrong = np.flatnonzero(~(span > 0.0) & ~np.isnan(span))
    if wrong.size or np.isinf(span).any():
        place = int(wrong[0]) if wrong.size else int(np.argmax(np.isinf(span)))
        raise InputError(f"time[{place}]", "a length of time above 0", span[place])
    cases = _checks.case_counts(weights, seen.size)
    x, names = np.zeros((seen.size, 0)), tuple[str, ...]()
    if covariates is not None:
        columns = covariate_columns(covariates, seen.size, "events")
        x, names = columns.x, columns.names
    whole = complete(seen, span, x)
    kept = whole & (cases > 0)
    counts = cases[kept]
    n, df = int(counts.sum()), int(counts.sum()) - len(names) - 1
    n_events = int(counts @ seen[kept])
    if df < 1 or not n_events:
        raise DataError(
            f"rates with {len(names)} columns need at least {len(names) + 2} complete "
            f"patients and an event, got {n} patients with {n_events} events; use "
            "poisson_rate"
        )
    scale = _scale(names, x[kept])
    fit = _fit(seen[kept], span[kept], counts, scale)
    rows = np.zeros((1 + len(names), 1 + len(names)))
    rows[0] = np.concatenate(([1.0], -scale.center @ scale.back))
    rows[1:, 1:] = scale.back
    found = [fit.ratio(row, level, df) for row in rows]
    return NegativeBinomialRates(
        rate=found[0]["estimate"],
        low=found[0]["low"],
        high=found[0]["high"],
        rate_ratios=tuple(
            RateRatio(name=name, **one)
            for name, one in zip(names, found[1:], strict=True)
        ),
        dispersion=float(fit.dispersion),
        log_likelihood=fit.peak.point.value,
        poisson_log_likelihood=fit.poisson,
        confidence_level=level,
        method="profile, t",
        n=n,
        n_events=n_events,
        total_time=float(counts @ span[kept]),
        n_missing=int(cases[~whole].sum()),
    )


def _events(events: Column) -> Floats:
    seen = _checks.numbers(events, "events")
    known = seen[~np.isnan(seen)]
    if ((known < 0) | (known != np.rint(known)) | (known > _MOST_EVENTS)).any():
        bad = (seen < 0) | (seen != np.rint(seen)) | (seen > _MOST_EVENTS)
        place = int(np.argmax(bad & ~np.isnan(seen)))
        rule = f"a whole number from 0 to {_MOST_EVENTS:,}"
        raise InputError(f"events[{place}]", rule, seen[place])
    return seen


def _scale(names: tuple[str, ...], x: Floats) -> Coordinates:
    if names:
        return coordinates(names, x, "the complete cases")
    nothing = np.zeros((0, 0))
    return Coordinates(
        names=(),
        scaled=x,
        columns=np.zeros((0, len(x))),
        back=nothing,
        center=np.zeros(0),
    )


@attrs.frozen(kw_only=True, eq=False)
class _Fit:
    """A likelihood, its maximum, and the dispersion there.

    Attributes
    ----------
    likelihood : NegativeBinomialLikelihood
        The likelihood.
    peak : Peak
        Its maximum.
    dispersion : float
        The dispersion of the maximum.
    poisson : float
        The highest log-likelihood with a dispersion of 0.
    """

    likelihood: NegativeBinomialLikelihood
    peak: Peak
    dispersion: float
    poisson: float

    def ratio(self, row: Floats, level: float, df: int) -> dict[str, float]:
        """Return the exponential of a combination of coefficients with its interval."""
        from scipy.optimize import brentq
        from scipy.special import stdtr, stdtrit

        best = float(row @ self.peak.place)
        along = row / float(row @ row)
        free = np.linalg.qr(row[:, None], mode="complete")[0][:, 1:]
        places = {best: (self.peak.place, self.dispersion)}
        roots = {best: 0.0}

        def root(value: float) -> float:
            """Return the root of the likelihood ratio of a value, signed.

            It is kept: found again, from its own place, it could be a little smaller,
            and an interval that held a root would hold none.
            """
            if value not in roots:
                near = min(places, key=lambda known: abs(known - value))
                start, spread = places[near]
                start = start + (value - near) * along
                peak, found = most_likely(self.likelihood, start, free, spread)
                places[value] = peak.place, found
                loss = 2.0 * (self.peak.point.value - peak.point.value)
                roots[value] = math.copysign(math.sqrt(max(loss, 0.0)), value - best)
            return roots[value]

        reach = float(stdtrit(df, 0.5 + level / 2.0))
        solved = np.linalg.solve(self.peak.point.information, row)
        error = math.sqrt(float(row @ solved))
        bounds = []
        for side in (-1.0, 1.0):
            inside, step = best, reach * error
            outside, far = inside + side * step, _FAR * error
            while side * root(outside) < reach and step < far:
                inside, step = outside, 2.0 * step
                outside = inside + side * step
            if step >= far:
                bounds.append(side * math.inf)
                continue
            target = side * reach
            bounds.append(brentq(lambda v: root(v) - target, inside, outside))  # noqa: B023
        with np.errstate(over="ignore"):  # of covariates in tiny units
            estimate, low, high = np.exp([best, *bounds]).tolist()
        return {
            "estimate": estimate,
            "low": low,
            "high": high,
            "p_value": float(2.0 * stdtr(df, -abs(root(0.0)))),
            "coefficient": best,
        }


def _fit(events: Floats, time: Floats, counts: Ints, scale: Coordinates) -> _Fit:
    whole = events.astype(np.int64)
    at_most = np.zeros(int(whole.max()) + 1)
    np.add.at(at_most, whole, counts)
    factorials = np.array([math.lgamma(value + 1.0) for value in events.tolist()])
    likelihood = NegativeBinomialLikelihood(
        columns=np.vstack((np.ones(events.size), scale.columns)),
        events=events,
        log_time=np.log(time),
        counts=counts,
        more=(at_most.sum() - np.cumsum(at_most))[:-1],
        constant=-float(counts @ factorials),
    )
    start = np.zeros(len(scale.names) + 1)
    start[0] = math.log(float(counts @ events) / float(counts @ time))
    peak, dispersion = most_likely(likelihood, start)
    information = peak.point.information
    if not peak.found or np.linalg.eigvalsh(information)[0] < 1e-7 * (counts @ events):
        raise DataError(
            "the likelihood has no maximum: some combination of the covariates sets "
            "patients without any event apart; compare two groups by rate_ratio, or "
            "leave the covariate out"
        )
    plain = maximum(likelihood, start).point.value  # its dispersion is 0
    return _Fit(likelihood=likelihood, peak=peak, dispersion=dispersion, poisson=plain)
