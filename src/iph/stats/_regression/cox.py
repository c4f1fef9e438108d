"""Cox regression, refused where the data cannot carry it."""

from collections.abc import Hashable, Iterable, Mapping

import attrs
import numpy.typing as npt

from iph import _checks
from iph._results import Result
from iph.stats._regression.concordance_index import concordance_index
from iph.stats._regression.covariates import Column
from iph.stats._regression.cox_data import cox_data
from iph.stats._regression.cox_fit import fit_cox
from iph.stats._regression.inference import (
    ESTIMATORS,
    INTERVALS,
    Estimator,
    Interval,
    ModelTest,
    coefficients,
    log_likelihoods,
)
from iph.stats._regression.partial_likelihood import TIES, Ties


@attrs.frozen(kw_only=True, eq=False)
class AdjustedHazardRatio(Result):
    """The hazard ratio of one covariate, adjusted for the others.

    Attributes
    ----------
    name : str
        The covariate; for labels ``name[label]``, against the first label.
    estimate : float
        The hazard ratio for one unit more of the covariate.
    low, high : float
        The bounds of its confidence interval.
    p_value : float
        The two-sided p-value of a hazard ratio of 1, by the method of the interval.
    coefficient : float
        The logarithm of the hazard ratio.
    standard_error : float
        The standard error of the coefficient.
    z : float
        The coefficient over its standard error.
    """

    name: str
    estimate: float
    low: float
    high: float
    p_value: float
    coefficient: float
    standard_error: float
    z: float


@attrs.frozen(kw_only=True, eq=False)
class CoxRegression(Result):
    """A Cox regression.

    Attributes
    ----------
    hazard_ratios : tuple of AdjustedHazardRatio
        One for each column, in the order given.
    concordance : float
        The share of comparable pairs of patients in which the one with the event first
        has the higher risk by the model; 0.5 is chance, NaN without such pairs.
    log_likelihood, null_log_likelihood : float
        The partial log-likelihood of the model, and that without covariates; with
        Firth's penalty if `estimator` is ``"firth"``.
    likelihood_ratio, score, wald : ModelTest
        The tests that all hazard ratios are 1, each with `statistic`, `df`, `p_value`
        and `method`; the score test never has a penalty.
    ties : str
        The rule for tied times: ``"efron"`` or ``"breslow"``.
    estimator : str
        ``"maximum-likelihood"``, or ``"firth"`` with the penalty.
    method : str
        The interval and the p-values of the hazard ratios: ``"wald"`` or ``"profile"``.
    confidence_level : float
        The level of the intervals.
    n : int
        The number of cases used.
    n_events : int
        The number of cases with the event.
    n_missing : int
        The number of cases left out because a value was missing.
    """

    hazard_ratios: tuple[AdjustedHazardRatio, ...]
    concordance: float
    log_likelihood: float
    null_log_likelihood: float
    likelihood_ratio: ModelTest
    score: ModelTest
    wald: ModelTest
    ties: str
    estimator: str
    method: str
    confidence_level: float
    n: int
    n_events: int
    n_missing: int


def cox_regression(
    time: Column,
    event: Column,
    covariates: Mapping[str, Column],
    *,
    weights: Column | None = None,
    strata: npt.ArrayLike | Iterable[Hashable] | None = None,
    entry: Column | None = None,
    ties: Ties = "efron",
    estimator: Estimator = "auto",
    interval: Interval = "auto",
    confidence_level: float = 0.95,
    min_events_per_covariate: int = 5,
) -> CoxRegression:
    """Estimate how covariates act together on the rate of the event.

    It answers: at equal age and severity, how many times as fast do patients with one
    treatment recover as those with the other?

    Parameters
    ----------
    time : array_like of float, shape (n,)
        Days under observation, 0 or more; None or NaN where missing.
    event : array_like of bool, shape (n,)
        Whether the event was seen at that day; None where missing.
    covariates : mapping of str to array_like, shape (n,)
        Numbers or yes/no as they are; labels become one yes/no column for each label
        but the first in sorted order. A row with any value missing is left out and
        counted.
    weights : array_like of int, shape (n,), optional
        How many cases each row stands for.
    strata : array_like, shape (n,), optional
        Patients are compared only with patients of the same stratum, such as a center.
    entry : array_like of float, shape (n,), optional
        The day from which each patient was under observation (left truncation), before
        `time`. A patient is at risk at t when entry < t <= time.
    ties : {"efron", "breslow"}, default: "efron"
        The rule for events on one day. R's default is Efron's, SPSS has Breslow's.
    estimator : {"auto", "maximum-likelihood", "firth"}, default: "auto"
        Maximum likelihood; where that has no maximum, ``"auto"`` takes Firth's
        penalized likelihood and ``"maximum-likelihood"`` refuses. The result names
        which it was.
    interval : {"auto", "wald", "profile"}, default: "auto"
        Intervals and p-values from standard errors, or from the profile of the
        likelihood; ``"auto"`` is ``"wald"`` for maximum likelihood and ``"profile"``
        for Firth's.
    confidence_level : float
        The level of the intervals.
    min_events_per_covariate : int
        Refuse the model with fewer events for each column; 0 refuses nothing.

    Returns
    -------
    CoxRegression
        With `hazard_ratios` (each with `name`, `estimate`, `low`, `high`, `p_value`,
        `coefficient`, `standard_error`, `z`), `concordance`, `log_likelihood`,
        `null_log_likelihood`, `likelihood_ratio`, `score`, `wald`, `ties`, `estimator`,
        `method`, `confidence_level`, `n`, `n_events`, `n_missing`.

    Raises
    ------
    InputError
        If an argument is not what it must be.
    DataError
        If there are too few events for the covariates, a covariate is constant among
        the patients at risk, covariates are collinear, or, with
        ``estimator="maximum-likelihood"``, one or several together separate the
        patients with the event from the others at risk, so that the likelihood grows
        without end. The message says which and what to do.

    See Also
    --------
    proportional_hazards : Whether the hazard ratios stay the same over time.
    kaplan_meier : Curves without a model.
    restricted_mean_difference : Two groups without proportional hazards.
    logistic_regression : A yes or no, without a time.

    Notes
    -----
    Partial likelihood of Cox [1]_ with Efron's [2]_ or Breslow's [3]_ rule for ties. A
    covariate that orders the events perfectly, such as a group without any, has a
    likelihood that grows without end (monotone likelihood). A linear program tells
    whether that is so when Newton's method finds no maximum. Firth's penalty, half the
    logarithm of the determinant of the information, keeps the estimate finite [4]_; its
    Wald intervals are poor, since that likelihood is skewed, so the profile is taken.
    Intervals of a hazard ratio are approximate, by either method.

    Five events for each column are a rule of thumb, as is the usual advice of ten: what
    is enough depends on the size of the effects, the frequency of the categories, and
    the purpose [5]_, and a model that is to predict needs more [6]_. With few events
    report medians and restricted means instead of a model.

    The hazards are taken as proportional: test it, and look at the curves.

    References
    ----------
    .. [1] Cox DR. Regression models and life-tables. J R Stat Soc B 1972;34:187-220.
       :doi:`10.1111/j.2517-6161.1972.tb00899.x`
    .. [2] Efron B. The efficiency of Cox's likelihood function for censored data.
       J Am Stat Assoc 1977;72:557-565. :doi:`10.1080/01621459.1977.10480613`
    .. [3] Breslow N. Covariance analysis of censored survival data. Biometrics
       1974;30:89-99. :doi:`10.2307/2529620`
    .. [4] Heinze G, Schemper M. A solution to the problem of monotone likelihood in Cox
       regression. Biometrics 2001;57:114-119.
       :doi:`10.1111/j.0006-341X.2001.00114.x`
    .. [5] Vittinghoff E, McCulloch CE. Relaxing the rule of ten events per variable in
       logistic and Cox regression. Am J Epidemiol 2007;165:710-718.
       :doi:`10.1093/aje/kwk052`
    .. [6] Riley RD, et al. Calculating the sample size required for developing a
       clinical prediction model. BMJ 2020;368:m441. :doi:`10.1136/bmj.m441`

    Examples
    --------
    Weeks in remission of 42 children, 6-mercaptopurine against placebo (Freireich et
    al., Blood 1963;21:699-716):

    >>> from iph.stats import cox_regression
    >>> treated = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32,
    ...            34, 35]
    >>> relapse = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    >>> placebo = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22,
    ...            23]
    >>> arm = ["6-MP"] * 21 + ["placebo"] * 21
    >>> model = cox_regression(treated + placebo, relapse + [1] * 21, {"arm": arm})
    >>> (ratio,) = model.hazard_ratios
    >>> ratio.name, round(ratio.estimate, 2), round(ratio.low, 2), round(ratio.high, 2)
    ('arm[placebo]', 4.82, 2.15, 10.81)

    Under placebo the children relapsed nearly five times as fast.
    """
    level = _checks.level(confidence_level)
    least = _checks.whole(min_events_per_covariate, "min_events_per_covariate")
    _checks.one_of(ties, "ties", TIES)
    _checks.one_of(estimator, "estimator", ESTIMATORS)
    _checks.one_of(interval, "interval", INTERVALS)
    data = cox_data(
        time,
        event,
        covariates,
        weights=weights,
        strata=strata,
        entry=entry,
        least=least,
    )
    found = fit_cox(data, ties, estimator)
    method = found.fit.method(interval)
    model, null = log_likelihoods(found.fit, found.scale)
    return CoxRegression(
        hazard_ratios=tuple(
            AdjustedHazardRatio(**each.ratio)
            for each in coefficients(found.fit, found.scale, level, method)
        ),
        concordance=concordance_index(
            data.covariates.x @ found.coefficients,
            data.time,
            data.happened,
            data.counts,
            entry=data.entry,
            stratum=data.stratum,
        ),
        log_likelihood=model,
        null_log_likelihood=null,
        **found.fit.tests,
        ties=ties,
        estimator=found.fit.estimator,
        method=method,
        confidence_level=level,
        n=data.n,
        n_events=data.n_events,
        n_missing=data.n_missing,
    )
