"""Cox regression, refused where the data cannot carry it."""

import warnings
from collections.abc import Iterable, Mapping

import attrs
import numpy as np
import numpy.typing as npt

from iph import _checks
from iph._checks import Floats
from iph.errors import DataError, IphError
from iph.stats._inference.tails import normal_two_sided, two_sided_quantile
from iph.stats._survival.concordance_index import concordance_index
from iph.stats._survival.cox_checks import refuse_few_events, refuse_undetermined
from iph.stats._survival.cox_data import CoxData, cox_data
from iph.stats._survival.cox_separation import refuse_monotone

_Column = npt.ArrayLike | Iterable[object]


@attrs.frozen(kw_only=True)
class HazardRatio:
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
        The two-sided p-value of a hazard ratio of 1 (Wald).
    coefficient : float
        The logarithm of the hazard ratio.
    standard_error : float
        The standard error of the coefficient.
    """

    name: str
    estimate: float
    low: float
    high: float
    p_value: float
    coefficient: float
    standard_error: float


@attrs.frozen(kw_only=True)
class CoxRegression:
    """A Cox regression.

    Attributes
    ----------
    hazard_ratios : tuple of HazardRatio
        One for each covariate, in the order given.
    concordance : float
        The share of comparable pairs of patients in which the one with the event first
        has the higher risk by the model; 0.5 is chance, NaN without such pairs.
    log_likelihood : float
        The partial log-likelihood of the model.
    ties : str
        The rule for tied times: "efron".
    confidence_level : float
        The level of the intervals.
    method : str
        The name of the interval and the test: "wald".
    n : int
        The number of cases used.
    n_events : int
        The number of cases with the event.
    n_missing : int
        The number of cases left out because a value was missing.
    """

    hazard_ratios: tuple[HazardRatio, ...]
    concordance: float
    log_likelihood: float
    ties: str
    confidence_level: float
    method: str
    n: int
    n_events: int
    n_missing: int


def cox_regression(
    time: _Column,
    event: _Column,
    covariates: Mapping[str, _Column],
    *,
    weights: _Column | None = None,
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
        How many cases each row stands for; the rows are repeated.
    confidence_level : float
        The level of the intervals.
    min_events_per_covariate : int
        Refuse the model with fewer events for each column; 0 refuses nothing.

    Returns
    -------
    CoxRegression
        With `hazard_ratios` (each with `name`, `estimate`, `low`, `high`, `p_value`,
        `coefficient`, `standard_error`), `concordance`, `log_likelihood`, `ties`,
        `confidence_level`, `method`, `n`, `n_events`, `n_missing`.

    Raises
    ------
    InputError
        If an argument is not what it must be.
    DataError
        If there are too few events for the covariates, a covariate is constant among
        the patients at risk, covariates are collinear, or one or several together
        separate the patients with the event from the others at risk, so that the
        likelihood grows without end. The message says which and what to do.
    IphError
        If lifelines is not installed (the extra ``iph[lifelines]``).

    See Also
    --------
    kaplan_meier : Curves without a model.
    restricted_mean_difference : Two groups without proportional hazards.

    Notes
    -----
    Partial likelihood of Cox [1]_ with Efron's rule for ties [2]_, fitted by lifelines
    [3]_; R's `survival` gives the same, SPSS uses Breslow's rule for ties. Five events
    for each covariate are the least that simulations support [4]_; ten are the usual
    advice. With fewer, report medians and restricted means instead of a model.

    Whether the likelihood is monotone (separation, [5]_) is settled by a linear program
    before the fit, since the fit itself ends with huge, arbitrary numbers. The hazards
    are taken as proportional; look at the curves.

    References
    ----------
    .. [1] Cox DR. Regression models and life-tables. J R Stat Soc B 1972;34:187-220.
       :doi:`10.1111/j.2517-6161.1972.tb00899.x`
    .. [2] Efron B. The efficiency of Cox's likelihood function for censored data.
       J Am Stat Assoc 1977;72:557-565. :doi:`10.1080/01621459.1977.10480613`
    .. [3] Davidson-Pilon C. lifelines: survival analysis in Python. J Open Source Softw
       2019;4:1317. :doi:`10.21105/joss.01317`
    .. [4] Vittinghoff E, McCulloch CE. Relaxing the rule of ten events per variable in
       logistic and Cox regression. Am J Epidemiol 2007;165:710-718.
       :doi:`10.1093/aje/kwk052`
    .. [5] Heinze G, Schemper M. A solution to the problem of monotone likelihood in Cox
       regression. Biometrics 2001;57:114-119.
       :doi:`10.1111/j.0006-341X.2001.00114.x`

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
    confidence_level = _checks.level(confidence_level)
    least = _checks.whole(min_events_per_covariate, "min_events_per_covariate")
    data = cox_data(time, event, covariates, weights)
    n_events = int(data.counts[data.happened].sum())
    refuse_few_events(data, n_events, least)
    refuse_undetermined(data)
    refuse_monotone(data)
    fit = _fit(data)
    z = two_sided_quantile(confidence_level)
    return CoxRegression(
        hazard_ratios=tuple(
            _hazard_ratio(name, float(b), float(error), z)
            for name, b, error in zip(
                data.names, fit.coefficients, fit.errors, strict=True
            )
        ),
        concordance=concordance_index(
            data.x @ fit.coefficients, data.time, data.happened, data.counts
        ),
        log_likelihood=fit.log_likelihood,
        ties="efron",
        confidence_level=confidence_level,
        method="wald",
        n=int(data.counts.sum()),
        n_events=n_events,
        n_missing=data.n_missing,
    )


def _hazard_ratio(name: str, b: float, error: float, z: float) -> HazardRatio:
    """Return one hazard ratio; a column in tiny units can have an infinite one."""
    with np.errstate(over="ignore"):
        estimate, low, high = np.exp([b, b - z * error, b + z * error]).tolist()
    return HazardRatio(
        name=name,
        estimate=estimate,
        low=low,
        high=high,
        p_value=normal_two_sided(b / error),
        coefficient=b,
        standard_error=error,
    )


@attrs.frozen(kw_only=True, eq=False)
class _Fit:
    """What is taken from the engine."""

    coefficients: Floats
    errors: Floats
    log_likelihood: float


def _fit(data: CoxData) -> _Fit:
    """Fit by lifelines on the repeated rows.

    Case counts are not given to the engine as weights: with those, its rule for ties is
    not the one of the repeated rows. Its usual stopping rule leaves errors of 1e-6 in
    the coefficients, hence the stricter one.
    """
    try:
        import pandas as pd
        from lifelines import CoxPHFitter
        from lifelines.exceptions import ConvergenceError
    except ImportError:
        message = "Cox regression needs lifelines; pip install 'iph[lifelines]'"
        raise IphError(message) from None

    copies = np.repeat(np.arange(data.time.size), data.counts)
    frame = pd.DataFrame({f"x{i}": column for i, column in enumerate(data.x[copies].T)})
    frame["time"] = data.time[copies]
    frame["event"] = data.happened[copies]
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        # What its warnings are about was checked before the fit.
        warnings.simplefilter("ignore")
        try:
            model = CoxPHFitter().fit(
                frame,
                "time",
                "event",
                fit_options={"precision": 1e-22, "r_precision": 0.0},
            )
        except ConvergenceError as error:
            raise DataError(
                "the likelihood has no maximum that can be found; "
                "leave out covariates, or join rare categories"
            ) from error
        return _Fit(
            coefficients=model.params_.to_numpy(),
            errors=model.standard_errors_.to_numpy(),
            log_likelihood=float(model.log_likelihood_),
        )
