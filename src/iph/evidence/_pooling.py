"""Proportions pooled over series, with random effects."""

import math
from collections.abc import Iterable
from typing import Literal

import attrs
import numpy as np

from iph._checks import Floats, level, numbers, one_of, same_length
from iph.errors import DataError, InputError
from iph.evidence._binomial_normal import fit_binomial_normal
from iph.stats._inference.tails import chi2_upper, two_sided_quantile
from iph.stats._tables.proportion import proportion

__all__ = ["PooledProportion", "SeriesProportion", "pooled_proportion"]

Model = Literal["binomial-normal", "logit-normal"]
Tau2 = Literal["reml", "dersimonian-laird"]
Interval = Literal["hartung-knapp", "normal"]

_FEWEST = 2
_FEWEST_TO_PREDICT = 3
_CORRECTION = 0.5


@attrs.frozen(kw_only=True)
class SeriesProportion:
    """The proportion in one series.

    Attributes
    ----------
    label : str
        The series.
    count, n : int
        Patients with the outcome, out of how many.
    estimate, low, high : float
        The proportion with its Wilson interval.
    weight : float
        Its share of the weight in the logit-normal model; the shares add up to 1.
    """

    label: str
    count: int
    n: int
    estimate: float
    low: float
    high: float
    weight: float


@attrs.frozen(kw_only=True)
class PooledProportion:
    """A proportion pooled over series.

    Attributes
    ----------
    estimate, low, high : float
        The proportion in a middle series (the median over series), with its interval.
    prediction_low, prediction_high : float
        Where the proportion of a further series lies; NaN below three series.
    tau2 : float
        Variance of the logits between series.
    i2 : float
        Share of the scatter that is between series, from 0 to 1.
    q, q_df, q_p_value : float, int, float
        Cochran's Q of heterogeneity.
    series : tuple of SeriesProportion
        The series, in the order given.
    confidence_level : float
        The level of all intervals.
    method : str
        The model, the estimator of tau2 and the interval.
    n : int
        Patients of all series.
    n_series : int
        Number of series.
    n_missing : int
        Series left out because a number was missing or they have no patients.
    """

    estimate: float
    low: float
    high: float
    prediction_low: float
    prediction_high: float
    tau2: float
    i2: float
    q: float
    q_df: int
    q_p_value: float
    series: tuple[SeriesProportion, ...]
    confidence_level: float
    method: str
    n: int
    n_series: int
    n_missing: int


def pooled_proportion(
    counts: Iterable[object],
    sizes: Iterable[object],
    *,
    labels: Iterable[str] | None = None,
    model: Model = "binomial-normal",
    tau2: Tau2 = "reml",
    interval: Interval = "hartung-knapp",
    confidence_level: float = 0.95,
) -> PooledProportion:
    """Pool a proportion over series, allowing that series differ.

    In how many patients was this seen over all series, and how much do series differ?

    Parameters
    ----------
    counts, sizes : sequence of int
        Patients with the outcome, and patients, one a series. None where not known.
    labels : sequence of str, optional
        Names of the series.
    model : {"binomial-normal", "logit-normal"}, default: "binomial-normal"
        Whether the counts are taken as binomial (exact, by maximum likelihood), or
        their logits as normal with known variances.
    tau2 : {"reml", "dersimonian-laird"}, default: "reml"
        The estimator of the variance between series in the logit-normal model.
    interval : {"hartung-knapp", "normal"}, default: "hartung-knapp"
        The interval in the logit-normal model.
    confidence_level : float, default: 0.95
        The level of the intervals, between 0 and 1.

    Returns
    -------
    PooledProportion
        With ``estimate``, ``low``, ``high``, ``prediction_low``, ``prediction_high``,
        ``tau2``, ``i2``, ``q``, ``q_df``, ``q_p_value``, ``series``,
        ``confidence_level``, ``method``, ``n``, ``n_series`` and ``n_missing``.

    Raises
    ------
    iph.errors.InputError
        If a count is no whole number, or larger than its series.
    iph.errors.DataError
        If fewer than two series are left.

    See Also
    --------
    aggregate_series : Published figures.
    iph.report.forest_figure : Draw it.

    Notes
    -----
    *Logit-normal*: the logits are weighted with 1 / (v + tau2), v = 1/a + 1/(n - a).
    A series with no or only outcomes gets half a patient added to both [1]_; the
    exact model needs no such thing and is the default. tau2 by restricted maximum
    likelihood, or by DerSimonian and Laird [2]_. The Hartung-Knapp interval [3]_ uses
    t with k - 1 degrees of freedom and the weighted scatter, which may make it narrower
    than the normal one when series agree closely.

    *Binomial-normal* [4]_: the likelihood is integrated by adaptive Gauss-Hermite
    quadrature; the interval is Wald's on the logit scale (with the normal quantile), as
    R's metafor and lme4 give it. With all counts zero, or none, there is no maximum;
    the estimate is then 0 or 1 with the interval from 0 to 1 open on one side.

    The prediction interval [5]_ uses t with k - 2 degrees of freedom. Q and I2 are
    those of the logit-normal model in both.

    References
    ----------
    .. [1] Gart JJ, Zweifel JR. On the bias of various estimators of the logit and its
       variance. Biometrika 1967;54:181-187. :doi:`10.1093/biomet/54.1-2.181`
    .. [2] DerSimonian R, Laird N. Meta-analysis in clinical trials. Control Clin
       Trials 1986;7:177-188. :doi:`10.1016/0197-2456(86)90046-2`
    .. [3] IntHout J, Ioannidis JPA, Borm GF. The Hartung-Knapp-Sidik-Jonkman method for
       random effects meta-analysis. BMC Med Res Methodol 2014;14:25.
       :doi:`10.1186/1471-2288-14-25`
    .. [4] Stijnen T, Hamza TH, Ozdemir P. Random effects meta-analysis of event outcome
       in the framework of the generalized linear mixed model. Stat Med
       2010;29:3046-3067. :doi:`10.1002/sim.4040`
    .. [5] Higgins JPT, Thompson SG, Spiegelhalter DJ. A re-evaluation of random-effects
       meta-analysis. J R Stat Soc A 2009;172:137-159.
       :doi:`10.1111/j.1467-985X.2008.00552.x`

    Examples
    --------
    Conservative treatment in Kim 2020 (13 of 25), Lefevre 2013 (7 of 16) and Li 2023
    (25 of 28):

    >>> from iph.evidence import pooled_proportion
    >>> pooled = pooled_proportion([13, 7, 25], [25, 16, 28])
    >>> print(f"{pooled.estimate:.2f} ({pooled.low:.2f} to {pooled.high:.2f})")
    0.65 (0.37 to 0.86)
    """
    one_of(model, "model", ("binomial-normal", "logit-normal"))
    one_of(tau2, "tau2", ("reml", "dersimonian-laird"))
    one_of(interval, "interval", ("hartung-knapp", "normal"))
    alpha_level = level(confidence_level)
    a, n, names, n_missing = _series(counts, sizes, labels)
    logit, variance = _logits(a, n)
    fixed = 1.0 / variance
    center = float((fixed * logit).sum() / fixed.sum())
    q, df = float((fixed * (logit - center) ** 2).sum()), len(a) - 1
    between = _reml(logit, variance) if tau2 == "reml" else _dl(q, df, fixed)
    weights = 1.0 / (variance + between)
    middle = float((weights * logit).sum() / weights.sum())
    error = math.sqrt(1.0 / float(weights.sum()))
    quantile = two_sided_quantile(alpha_level)
    method = f"{model}, {tau2}, {interval}"
    if model == "binomial-normal":
        middle, error, between = fit_binomial_normal(a, n)
        method = model
    elif interval == "hartung-knapp":
        scatter = float((weights * (logit - middle) ** 2).sum()) / df
        error *= math.sqrt(scatter)
        quantile = _t_quantile(alpha_level, df)
    low, high = middle - quantile * error, middle + quantile * error
    ahead = (math.nan, math.nan)
    if len(a) >= _FEWEST_TO_PREDICT and math.isfinite(middle):
        reach = _t_quantile(alpha_level, df - 1) * math.sqrt(between + error**2)
        ahead = (_expit(middle - reach), _expit(middle + reach))
    shares = weights / weights.sum()
    return PooledProportion(
        estimate=_expit(middle),
        low=_expit(low) if math.isfinite(middle) else 0.0,
        high=_expit(high) if math.isfinite(middle) else 1.0,
        prediction_low=ahead[0],
        prediction_high=ahead[1],
        tau2=between,
        i2=max(0.0, (q - df) / q) if q > 0 else 0.0,
        q=q,
        q_df=df,
        q_p_value=chi2_upper(q, df),
        series=tuple(
            _one(name, int(x), int(m), float(share), alpha_level)
            for name, x, m, share in zip(names, a, n, shares, strict=True)
        ),
        confidence_level=alpha_level,
        method=method,
        n=int(n.sum()),
        n_series=len(a),
        n_missing=n_missing,
    )


def _series(
    counts: Iterable[object], sizes: Iterable[object], labels: Iterable[str] | None
) -> tuple[Floats, Floats, list[str], int]:
    a = numbers(counts, "counts", low=0.0, high=2.0**53)
    n = numbers(sizes, "sizes", low=0.0, high=2.0**53)
    same_length(a.size, n.size, "counts", "sizes")
    names = [f"series {i + 1}" for i in range(a.size)] if labels is None else []
    names = names or [str(label) for label in labels or ()]
    same_length(a.size, len(names), "counts", "labels")
    for name, column in (("counts", a), ("sizes", n)):
        wrong = ~np.isnan(column) & (column != np.floor(column))
        if wrong.any():
            place = int(np.argmax(wrong))
            raise InputError(f"{name}[{place}]", "a whole number", float(column[place]))
    known = ~np.isnan(a) & ~np.isnan(n) & (n > 0)
    more = known & (a > n)
    if more.any():
        place = int(np.argmax(more))
        rule = f"at most its series of {int(n[place])}"
        raise InputError(f"counts[{place}]", rule, int(a[place]))
    if int(known.sum()) < _FEWEST:
        raise DataError(
            f"pooling needs at least {_FEWEST} series with patients, there are "
            f"{int(known.sum())}; see iph.stats.proportion for one"
        )
    kept = [name for name, here in zip(names, known, strict=True) if here]
    return a[known], n[known], kept, int((~known).sum())


def _logits(a: Floats, n: Floats) -> tuple[Floats, Floats]:
    extra = np.where((a == 0) | (a == n), _CORRECTION, 0.0)
    yes, no = a + extra, n - a + extra
    return np.log(yes / no), 1.0 / yes + 1.0 / no


def _dl(q: float, df: int, weights: Floats) -> float:
    scale = float(weights.sum() - (weights**2).sum() / weights.sum())
    return max(0.0, (q - df) / scale)


def _reml(logit: Floats, variance: Floats) -> float:
    """Return the tau2 at which the slope of the restricted likelihood is zero."""
    from scipy.optimize import brentq

    def slope(tau2: float) -> float:
        weights = 1.0 / (variance + tau2)
        total = float(weights.sum())
        center = float((weights * logit).sum()) / total
        squares = weights**2
        lost = total - float(squares.sum()) / total
        return float((squares * (logit - center) ** 2).sum()) - lost

    if slope(0.0) <= 0.0:
        return 0.0
    top = 1.0
    while slope(top) > 0.0:
        top *= 2.0
    return float(brentq(slope, 0.0, top, xtol=1e-14, rtol=1e-14))


def _t_quantile(confidence_level: float, df: int) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(df, 0.5 + confidence_level / 2.0))


def _expit(x: float) -> float:
    if x >= 0:
        return 1.0 / (1.0 + math.exp(-x))
    return math.exp(x) / (1.0 + math.exp(x))


def _one(
    label: str, count: int, n: int, weight: float, confidence_level: float
) -> SeriesProportion:
    found = proportion(count, n, confidence_level=confidence_level)
    return SeriesProportion(
        label=label,
        count=count,
        n=n,
        estimate=found.estimate,
        low=found.low,
        high=found.high,
        weight=weight,
    )
