"""Exact conditional logistic regression of few patients, with or without strata."""

import math
from collections.abc import Hashable, Iterable, Mapping
from fractions import Fraction

import attrs
import numpy as np
import numpy.typing as npt

from iph import _checks
from iph._checks import Floats, Ints
from iph._labels import coded
from iph._results import Result
from iph.errors import DataError, WorkError
from iph.stats._inference.exact_distribution import Distribution
from iph.stats._inference.tilting import Tilting
from iph.stats._regression.covariates import (
    Column,
    complete,
    covariate_columns,
)
from iph.stats._regression.exact_counts import Stratum, conditional_ways

WORK_LIMIT = 100_000_000  # steps: about ten seconds
_MOST_PATIENTS = 3_000  # beyond it the order of those to come alone takes seconds


@attrs.frozen(kw_only=True, eq=False)
class ExactOddsRatio(Result):
    """The odds ratio of one covariate, given the others.

    Attributes
    ----------
    name : str
        The covariate; for labels ``name[label]``, against the first label.
    estimate : float
        The odds ratio for one unit more of the covariate; NaN if nothing can be told.
    low, high : float
        The bounds of its exact interval; 0 and infinity if nothing can be told.
    p_value : float
        Twice the smaller tail, at most 1: it agrees with the interval.
    p_score : float
        The p-value of the conditional score test: sums at least as far from their mean
        as that observed.
    p_probability : float
        The p-value of the probability test: sums at most as likely as that observed.
    estimator : str
        ``"conditional maximum likelihood"``; ``"median unbiased"`` where that is 0 or
        infinite, since the sum is the smallest or the largest possible;
        ``"undetermined"`` if no other sum is possible.
    coefficient : float
        The logarithm of the odds ratio.
    sufficient : float
        The sum of the covariate over those with the outcome.
    n_possible : int
        How many sums are possible, given how many had the outcome and the sums of the
        other covariates. With few of them little can be told.
    """

    name: str
    estimate: float
    low: float
    high: float
    p_value: float
    p_score: float
    p_probability: float
    estimator: str
    coefficient: float
    sufficient: float
    n_possible: int


@attrs.frozen(kw_only=True, eq=False)
class ExactLogistic(Result):
    """An exact conditional logistic regression.

    Attributes
    ----------
    odds_ratios : tuple of ExactOddsRatio
        One for each column, in the order given.
    method : str
        ``"exact conditional"``.
    confidence_level : float
        The level of the intervals.
    n : int
        The number of cases used.
    n_events : int
        The number of cases with the outcome.
    n_strata : int
        The strata; 1 if none were given.
    n_strata_uninformative : int
        The strata in which all cases had the outcome or none had.
    n_missing : int
        The number of cases left out because a value was missing.
    """

    odds_ratios: tuple[ExactOddsRatio, ...]
    method: str
    confidence_level: float
    n: int
    n_events: int
    n_strata: int
    n_strata_uninformative: int
    n_missing: int


def exact_logistic(
    outcome: Column,
    covariates: Mapping[str, Column],
    *,
    strata: npt.ArrayLike | Iterable[Hashable] | None = None,
    weights: Column | None = None,
    confidence_level: float = 0.95,
) -> ExactLogistic:
    """Estimate adjusted odds ratios of a yes or no exactly, in few patients.

    At equal age, by what factor are the odds of full recovery higher with one treatment
    than with the other, when there are 28 patients, or when all of one group recovered?

    Parameters
    ----------
    outcome : array_like of bool, shape (n,)
        Whether the patient had the outcome; None where missing.
    covariates : mapping of str to array_like, shape (n,)
        Numbers or yes/no as they are; labels become one yes/no column for each label
        but the first in sorted order. A row with any value missing is left out and
        counted.
    strata : array_like, shape (n,), optional
        The center, matched set or patient of each row; each stratum has its own odds.
    weights : array_like of int, shape (n,), optional
        How many cases each row stands for.
    confidence_level : float
        The level of the intervals.

    Returns
    -------
    ExactLogistic
        With `odds_ratios` (each with `name`, `estimate`, `low`, `high`, `p_value`,
        `p_score`, `p_probability`, `estimator`, `coefficient`, `sufficient`,
        `n_possible`), `method`, `confidence_level`, `n`, `n_events`, `n_strata`,
        `n_strata_uninformative`, `n_missing`.

    Raises
    ------
    InputError
        If an argument is not what it must be.
    DataError
        If all patients of each stratum had the outcome or none had, or a covariate is
        constant.
    WorkError
        If a distribution takes more than 100,000,000 steps, or more than 3,000 cases
        remain: whole numbers with few values, such as age in years or grades, are
        counted fast, measures with many decimals are not. The message says what to do.

    See Also
    --------
    logistic_regression : More patients and covariates, approximately.
    cochran_mantel_haenszel : One yes/no covariate with strata.
    fisher_exact, odds_ratio : One yes/no covariate without strata.

    Notes
    -----
    Given how many had the outcome (in each stratum) and the sums of all other
    covariates over them, the sum of a covariate has a distribution that depends on its
    own odds ratio alone [1]_. All ways to each sum are counted in whole numbers, by a
    polynomial that grows patient by patient [2]_. Where the sum observed is the
    smallest or largest possible, as under separation, the conditional maximum
    likelihood estimate is 0 or infinite, and the median unbiased one is given instead
    [3]_: the odds ratio under which so large a sum has a chance of one half. The
    interval is that of two one-sided tests, and so conservative; it never depends on an
    approximation. PROC LOGISTIC of SAS with its EXACT statement, LogXact and
    ``exlogistic`` of Stata give the same figures; SAS and LogXact print ``p_value``
    beside the estimate, ``p_score`` and ``p_probability`` as conditional exact tests.

    With one yes/no covariate this is Fisher's test, with strata the exact test of
    Cochran, Mantel and Haenszel. With several measured covariates hardly any other
    choice of patients has the same sums, and nothing can be told; ``n_possible`` shows
    it.

    References
    ----------
    .. [1] Cox DR. Analysis of binary data. Methuen 1970.
    .. [2] Hirji KF, Mehta CR, Patel NR. Computing distributions for exact logistic
       regression. J Am Stat Assoc 1987;82:1110-1117.
       :doi:`10.1080/01621459.1987.10478547`
    .. [3] Hirji KF, Tsiatis AA, Mehta CR. Median unbiased estimation for binary data.
       Am Stat 1989;43:7-11. :doi:`10.1080/00031305.1989.10475593`

    Examples
    --------
    Recovery of 49 children, anxious or depressed, by whether they had good friendships;
    none of the eight without recovered (Hand et al. 1994, the example of PROC LOGISTIC
    of SAS):

    >>> from iph.stats import exact_logistic
    >>> model = exact_logistic(
    ...     [1, 0, 0, 1, 0],
    ...     {"depressed": [0, 0, 1, 1, 1], "friends": [1, 1, 0, 1, 1]},
    ...     weights=[13, 8, 8, 15, 5],
    ... )
    >>> for ratio in model.odds_ratios:
    ...     print(f"{ratio.name}: {ratio.estimate:.2f} ({ratio.low:.2f} to "
    ...           f"{ratio.high:.2f}), p = {ratio.p_value:.4f}, {ratio.estimator}")
    depressed: 1.82 (0.40 to 9.00), p = 0.5737, conditional maximum likelihood
    friends: 26.08 (3.33 to inf), p = 0.0008, median unbiased
    """
    level = _checks.level(confidence_level)
    happened = _checks.events(outcome, "outcome")
    n = happened.size
    cases = _checks.case_counts(weights, n)
    columns = covariate_columns(covariates, n, "outcome")
    member = np.zeros(n, dtype=np.int64)
    if strata is not None:
        member, _ = coded(strata, "strata")
        _checks.same_length(n, member.size, "outcome", "strata")
    whole_rows = complete(happened, columns.x, member)
    kept = whole_rows & (cases > 0)
    columns, counts = columns.select(kept), cases[kept]
    units = [
        _units(name, x) for name, x in zip(columns.names, columns.x.T, strict=True)
    ]
    blocks = _strata(units, happened[kept], member[kept], counts)
    telling = [block for block in blocks if block.tells]
    n_used, n_events = int(counts.sum()), int(counts[happened[kept] > 0].sum())
    if not telling:
        where = " in one stratum" if strata is not None else ""
        raise DataError(
            "exact logistic regression needs patients with the outcome and without it"
            f"{where}, got {n_events} with it among {n_used} complete cases"
        )
    if sum(len(block.rows) for block in telling) > _MOST_PATIENTS:
        raise WorkError(
            f"exact logistic regression takes at most {_MOST_PATIENTS:,} cases of "
            "strata with and without the outcome; use logistic_regression"
        )
    sums = columns.x.T @ (counts * (happened[kept] > 0))
    return ExactLogistic(
        odds_ratios=tuple(
            _ratio(unit, telling, place, float(sums[place]), level)
            for place, unit in enumerate(units)
        ),
        method="exact conditional",
        confidence_level=level,
        n=n_used,
        n_events=n_events,
        n_strata=len(blocks),
        n_strata_uninformative=len(blocks) - len(telling),
        n_missing=int(cases[~whole_rows].sum()),
    )


@attrs.frozen(kw_only=True, eq=False)
class _Units:
    """A column in whole steps above its smallest value.

    Attributes
    ----------
    name : str
        Its name.
    values : ndarray of int
        How many steps each row is above the smallest value.
    step : Fraction
        The step in the units of the column.
    """

    name: str
    values: Ints
    step: Fraction


def _units(name: str, x: Floats) -> _Units:
    """Return a column in whole numbers; decimals are read as they are printed."""
    distinct, codes = np.unique(_checks.on_grid(x), return_inverse=True)
    if distinct.size < 2:
        raise DataError(f"covariate {name} is constant; leave it out")
    exact = [Fraction(repr(float(value))) for value in distinct]
    gaps = [value - exact[0] for value in exact]
    under = math.lcm(*(gap.denominator for gap in gaps))
    whole = [int(gap * under) for gap in gaps]
    step = math.gcd(*whole)
    values = np.array([value // step for value in whole], dtype=object)[codes]
    return _Units(name=name, values=values, step=Fraction(step, under))


def _strata(
    units: list[_Units], happened: Ints, member: Ints, counts: Ints
) -> list[Stratum]:
    """Return the patients of each stratum, one row a patient."""
    found = []
    for code in np.unique(member):
        rows: list[tuple[int, ...]] = []
        yes: list[bool] = []
        for place in np.flatnonzero(member == code).tolist():
            row = tuple(int(each.values[place]) for each in units)
            # more are refused later, and need not be written out
            times = min(int(counts[place]), _MOST_PATIENTS + 1)
            rows += [row] * times
            yes += [bool(happened[place])] * times
        found.append(Stratum(rows=tuple(rows), happened=tuple(yes)))
    return found


def _ratio(
    unit: _Units, strata: list[Stratum], place: int, sufficient: float, level: float
) -> ExactOddsRatio:
    observed = sum(stratum.observed(place) for stratum in strata)
    distribution = conditional_ways(strata, place, WORK_LIMIT)
    tail = distribution.tail(observed)
    at = distribution.values.index(observed)
    rare = sum(c for c in distribution.counts if c <= distribution.counts[at])
    tilting = _tilting(distribution, at, unit.step)
    coefficient, estimator = tilting.likeliest(), "conditional maximum likelihood"
    if tilting.is_degenerate:
        estimator = "undetermined"
    elif tilting.is_extreme:
        coefficient, estimator = tilting.median_unbiased(), "median unbiased"
    low, high = tilting.bounds((1.0 - level) / 2.0)
    return ExactOddsRatio(
        name=unit.name,
        estimate=_exp(coefficient),
        low=_exp(low),
        high=_exp(high),
        p_value=tail.p_value("two-sided", "central"),
        p_score=tail.p_value("two-sided", "abs"),
        p_probability=rare / distribution.total,
        estimator=estimator,
        coefficient=coefficient,
        sufficient=sufficient,
        n_possible=len(distribution.values),
    )


def _tilting(distribution: Distribution, at: int, step: Fraction) -> Tilting:
    """Return the distribution in the units of the covariate."""
    observed = distribution.values[at]
    whole = np.array([float(value - observed) for value in distribution.values])
    return Tilting(
        steps=whole * float(step),
        logs=np.array([math.log(count) for count in distribution.counts]),
        at=at,
    )


def _exp(value: float) -> float:
    """Return the exponential; infinite where no float is as large."""
    try:
        return math.exp(value)
    except OverflowError:
        return math.inf
