"""Logistic regression, refused where the data cannot carry it."""

import math
from collections.abc import Mapping

import attrs
import numpy as np

from iph import _checks
from iph._results import Result
from iph.errors import DataError
from iph.stats._regression.concordance_index import c_statistic
from iph.stats._regression.coordinates import Coordinates, coordinates
from iph.stats._regression.covariates import (
    Column,
    complete,
    covariate_columns,
    refuse_few_events,
)
from iph.stats._regression.inference import (
    ESTIMATORS,
    INTERVALS,
    Estimator,
    Fitted,
    Interval,
    ModelTest,
    coefficients,
    fitted,
    log_likelihoods,
)
from iph.stats._regression.logistic_likelihood import LogisticLikelihood
from iph.stats._regression.separation import endless_odds

_WHY = (
    "it separates patients with the outcome from those without, so that no finite odds "
    "ratio fits"
)


@attrs.frozen(kw_only=True, eq=False)
class AdjustedOddsRatio(Result):
    """The odds ratio of one covariate, adjusted for the others.

    Attributes
    ----------
    name : str
        The covariate; for labels ``name[label]``, against the first label.
    estimate : float
        The odds ratio for one unit more of the covariate.
    low, high : float
        The bounds of its confidence interval.
    p_value : float
        The two-sided p-value of an odds ratio of 1, by the method of the interval.
    coefficient : float
        The logarithm of the odds ratio.
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
class LogisticRegression(Result):
    """A logistic regression.

    Attributes
    ----------
    odds_ratios : tuple of AdjustedOddsRatio
        One for each column, in the order given.
    intercept, intercept_standard_error : float
        The log odds of the outcome where all columns are 0, and its standard error.
    c_statistic : float
        The share of pairs of patients, one with the outcome and one without, in which
        the first has the higher probability by the model: the area under the ROC curve.
        In the patients of the model itself it is too high.
    log_likelihood, null_log_likelihood : float
        The log-likelihood of the model, and that of the intercept alone; with Firth's
        penalty if `estimator` is ``"firth"``.
    likelihood_ratio, score, wald : ModelTest
        The tests that all odds ratios are 1, each with `statistic`, `df`, `p_value` and
        `method`; the score test never has a penalty.
    estimator : str
        ``"maximum-likelihood"``, or ``"firth"`` with the penalty.
    method : str
        The interval and the p-values of the odds ratios: ``"profile"`` or ``"wald"``.
    confidence_level : float
        The level of the intervals.
    n : int
        The number of cases used.
    n_events : int
        The number of cases with the outcome.
    n_missing : int
        The number of cases left out because a value was missing.
    """

    odds_ratios: tuple[AdjustedOddsRatio, ...]
    intercept: float
    intercept_standard_error: float
    c_statistic: float
    log_likelihood: float
    null_log_likelihood: float
    likelihood_ratio: ModelTest
    score: ModelTest
    wald: ModelTest
    estimator: str
    method: str
    confidence_level: float
    n: int
    n_events: int
    n_missing: int


def logistic_regression(
    outcome: Column,
    covariates: Mapping[str, Column],
    *,
    weights: Column | None = None,
    estimator: Estimator = "auto",
    interval: Interval = "profile",
    confidence_level: float = 0.95,
    min_events_per_covariate: int = 5,
) -> LogisticRegression:
    """Estimate how covariates act together on the odds of a yes or no.

    It answers: at equal age and severity, by what factor are the odds of full recovery
    higher with one treatment than with the other?

    Parameters
    ----------
    outcome : array_like of bool, shape (n,)
        Whether the patient had the outcome; None where missing.
    covariates : mapping of str to array_like, shape (n,)
        Numbers or yes/no as they are; labels become one yes/no column for each label
        but the first in sorted order. A row with any value missing is left out and
        counted.
    weights : array_like of int, shape (n,), optional
        How many cases each row stands for.
    estimator : {"auto", "maximum-likelihood", "firth"}, default: "auto"
        Maximum likelihood; where covariates separate the outcomes it has no maximum,
        and ``"auto"`` takes Firth's penalized likelihood while
        ``"maximum-likelihood"`` refuses. The result names which it was.
    interval : {"profile", "wald", "auto"}, default: "profile"
        Intervals and p-values from the profile of the likelihood, or from standard
        errors; ``"auto"`` is ``"wald"`` for maximum likelihood and ``"profile"`` for
        Firth's.
    confidence_level : float
        The level of the intervals.
    min_events_per_covariate : int
        Refuse the model with fewer patients for each column, with the outcome or
        without it, whichever are fewer; 0 refuses nothing.

    Returns
    -------
    LogisticRegression
        With `odds_ratios` (each with `name`, `estimate`, `low`, `high`, `p_value`,
        `coefficient`, `standard_error`, `z`), `intercept`, `intercept_standard_error`,
        `c_statistic`, `log_likelihood`, `null_log_likelihood`, `likelihood_ratio`,
        `score`, `wald`, `estimator`, `method`, `confidence_level`, `n`, `n_events`,
        `n_missing`.

    Raises
    ------
    InputError
        If an argument is not what it must be.
    DataError
        If all patients had the outcome or none had, there are too few events for the
        covariates, a covariate is constant, covariates are collinear, or, with
        ``estimator="maximum-likelihood"``, covariates separate the outcomes. The
        message says which and what to do.

    See Also
    --------
    exact_logistic : The same in few patients, exactly.
    odds_ratio, fisher_exact : One yes/no covariate, exactly.
    cox_regression : The time until it happens.

    Notes
    -----
    R's ``glm`` gives the same estimates and standard errors, and ``confint`` the same
    profile intervals. Where a covariate, or several together, separate the outcomes, an
    odds ratio of maximum likelihood is infinite or undefined [1]_; a linear program
    tells whether that is so when Newton's method finds no maximum. Firth's penalty,
    half the logarithm of the determinant of the information [2]_, keeps it finite, and
    its profile interval is the one to be read [3]_. Intervals are approximate.

    Five events for each column are a rule of thumb, as is the usual advice of ten.
    Simulations found no single number that is enough [4]_, and a model that is to
    predict needs more [5]_.

    References
    ----------
    .. [1] Albert A, Anderson JA. On the existence of maximum likelihood estimates in
       logistic regression models. Biometrika 1984;71:1-10.
       :doi:`10.1093/biomet/71.1.1`
    .. [2] Firth D. Bias reduction of maximum likelihood estimates. Biometrika
       1993;80:27-38. :doi:`10.1093/biomet/80.1.27`
    .. [3] Heinze G, Schemper M. A solution to the problem of separation in logistic
       regression. Stat Med 2002;21:2409-2419. :doi:`10.1002/sim.1047`
    .. [4] van Smeden M, et al. No rationale for 1 variable per 10 events criterion for
       binary logistic regression analysis. BMC Med Res Methodol 2016;16:163.
       :doi:`10.1186/s12874-016-0267-3`
    .. [5] Riley RD, et al. Calculating the sample size required for developing a
       clinical prediction model. BMJ 2020;368:m441. :doi:`10.1136/bmj.m441`

    Examples
    --------
    Damage to the seals of 23 flights of the space shuttle, by the temperature at launch
    in degrees Fahrenheit (Dalal, Fowlkes and Hoadley, J Am Stat Assoc 1989;84:945-957):

    >>> from iph.stats import logistic_regression
    >>> degrees = [66, 70, 69, 68, 67, 72, 73, 70, 57, 63, 70, 78, 67, 53, 67, 75, 70,
    ...            81, 76, 79, 75, 76, 58]
    >>> damage = [0, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1]
    >>> model = logistic_regression(damage, {"degrees": degrees})
    >>> (ratio,) = model.odds_ratios
    >>> print(f"{ratio.estimate:.2f} ({ratio.low:.2f} to {ratio.high:.2f})")
    0.79 (0.60 to 0.94)
    >>> round(model.c_statistic, 2)
    0.78

    Each degree more lowered the odds of damage by a fifth.
    """
    level = _checks.level(confidence_level)
    least = _checks.whole(min_events_per_covariate, "min_events_per_covariate")
    _checks.one_of(estimator, "estimator", ESTIMATORS)
    _checks.one_of(interval, "interval", INTERVALS)
    happened = _checks.events(outcome, "outcome")
    counts = _checks.case_counts(weights, happened.size)
    columns = covariate_columns(covariates, happened.size, "outcome")
    whole = complete(happened, columns.x)
    kept = whole & (counts > 0)
    n_missing = int(counts[~whole].sum())
    columns, yes, counts = columns.select(kept), happened[kept] > 0, counts[kept]
    n, n_events = int(counts.sum()), int(counts[yes].sum())
    if n_events in (0, n):
        raise DataError(
            "logistic regression needs patients with the outcome and without it, got "
            f"{n_events} with it among {n} complete cases"
        )
    refuse_few_events(columns, min(n_events, n - n_events), least)
    scale = coordinates(columns.names, columns.x, "the complete cases")
    likelihood = LogisticLikelihood(
        columns=np.vstack((np.ones(yes.size), scale.columns)),
        happened=yes,
        counts=counts,
    )
    fit = fitted(
        likelihood,
        1,
        scale,
        estimator=estimator,
        endless=lambda: endless_odds(scale.scaled, yes),
        why=_WHY,
    )
    method = fit.method(interval)
    model, null = log_likelihoods(fit, scale)
    intercept, intercept_error = _intercept(fit, scale)
    return LogisticRegression(
        odds_ratios=tuple(
            AdjustedOddsRatio(**each.ratio)
            for each in coefficients(fit, scale, level, method)
        ),
        intercept=intercept,
        intercept_standard_error=intercept_error,
        c_statistic=c_statistic(fit.peak.place @ likelihood.columns, yes, counts),
        log_likelihood=model,
        null_log_likelihood=null,
        **fit.tests,
        estimator=fit.estimator,
        method=method,
        confidence_level=level,
        n=n,
        n_events=n_events,
        n_missing=n_missing,
    )


def _intercept(fit: Fitted, scale: Coordinates) -> tuple[float, float]:
    """Return the intercept where all columns are 0, and its standard error."""
    row = np.concatenate(([1.0], -scale.center @ scale.back))
    variance = row @ np.linalg.solve(fit.peak.point.information, row)
    return float(row @ fit.peak.place), math.sqrt(float(variance))
