"""Quartiles and quantiles by any of the nine published rules."""

import math
import operator
from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import numbers
from iph._results import Result
from iph.errors import InputError
from iph.stats._description.sample import Sample, order_statistics, read_sample

_NAMES = (
    "inverted-cdf",
    "averaged-inverted-cdf",
    "closest-observation",
    "interpolated-inverted-cdf",
    "hazen",
    "weibull",
    "linear",
    "median-unbiased",
    "normal-unbiased",
)

# What the programs call by no name, under the name of the program.
_ALIASES = {
    "excel": 7,
    "excel-exc": 6,
    "matlab": 5,
    "minitab": 6,
    "numpy": 7,
    "prism": 6,
    "r": 7,
    "sas": 2,
    "sas-1": 4,
    "sas-2": 3,
    "sas-3": 1,
    "sas-4": 6,
    "sas-5": 2,
    "spss": 6,
    "stata": 2,
}

QUANTILE_RULES = MappingProxyType(
    {name: number for number, name in enumerate(_NAMES, start=1)} | _ALIASES
)
"""Every name a quantile rule goes by, with its number in Hyndman and Fan."""

# Plotting positions (k - a) / (n + 1 - a - b) of the rules that interpolate.
_POSITIONS = {
    4: (Fraction(0), Fraction(1)),
    5: (Fraction(1, 2), Fraction(1, 2)),
    6: (Fraction(0), Fraction(0)),
    7: (Fraction(1), Fraction(1)),
    8: (Fraction(1, 3), Fraction(1, 3)),
    9: (Fraction(3, 8), Fraction(3, 8)),
}

QUARTERS = (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4))


@attrs.frozen(kw_only=True, eq=False)
class Quartiles(Result):
    """The three quartiles of a sample.

    Attributes
    ----------
    q1, median, q3 : float
        The quartiles by the rule named; NaN if no value is recorded.
    n : int
        Number of cases recorded.
    n_missing : int
        Number of cases left out because the value was missing.
    method : str
        The name of the rule.
    """

    q1: float
    median: float
    q3: float
    n: int
    n_missing: int
    method: str


@attrs.frozen(kw_only=True, eq=False)
class SampleQuantile(Result):
    """One quantile of a sample.

    Attributes
    ----------
    value : float
        The quantile by the rule named; NaN if no value is recorded.
    probability : float
        The share of cases below it.
    n : int
        Number of cases recorded.
    n_missing : int
        Number of cases left out because the value was missing.
    method : str
        The name of the rule.
    """

    value: float
    probability: float
    n: int
    n_missing: int
    method: str


def quartiles(
    x: npt.ArrayLike | Iterable[object],
    *,
    method: str | int = "weibull",
    weights: npt.ArrayLike | Iterable[object] | None = None,
) -> Quartiles:
    """Quartiles of a sample, by a rule that is named.

    Between which values does the middle half of the patients lie? Programs answer
    with nine different rules; on 28 patients they differ by years of age. The default
    is the (n + 1)p rule of SPSS and Prism.

    Parameters
    ----------
    x : sequence of float
        One value a patient; None or NaN where it is missing.
    method : str or int, default: "weibull"
        The rule, by its number in Hyndman and Fan [1]_, by its name, or by the program
        that uses it (see Notes).
    weights : sequence of int, optional
        How many patients each value stands for.

    Returns
    -------
    Quartiles
        With attributes ``q1``, ``median``, ``q3``, ``n``, ``n_missing`` and ``method``
        (the name of the rule, also where a number or a program was given).

    Raises
    ------
    iph.errors.InputError
        A value is not a finite number, a weight is not a whole number of cases, or
        the rule is unknown.

    See Also
    --------
    quantile : Any other quantile.
    describe : Quartiles with mean, SD and a test of normality.
    median_interval : The median with an exact confidence interval.
    bounded_quartiles : Where some values are known by a bound alone, as ">8".

    Notes
    -----
    ====== ============================= ===========================================
    number name                          programs (aliases)
    ====== ============================= ===========================================
    1      ``inverted-cdf``              SAS with PCTLDEF=3 (``sas-3``)
    2      ``averaged-inverted-cdf``     SAS (``sas``, ``sas-5``), Stata (``stata``)
    3      ``closest-observation``       SAS with PCTLDEF=2 (``sas-2``)
    4      ``interpolated-inverted-cdf`` SAS with PCTLDEF=1 (``sas-1``)
    5      ``hazen``                     MATLAB (``matlab``)
    6      ``weibull``                   SPSS (``spss``), Prism (``prism``), Minitab
                                         (``minitab``), SAS with PCTLDEF=4
                                         (``sas-4``), Excel QUARTILE.EXC
                                         (``excel-exc``)
    7      ``linear``                    R (``r``), NumPy (``numpy``), Excel
                                         QUARTILE.INC (``excel``)
    8      ``median-unbiased``
    9      ``normal-unbiased``
    ====== ============================= ===========================================

    Ranks and interpolation are exact rational arithmetic, rounded once at the end, so
    20.25 is 20.25. R compares ranks with a tolerance of four machine epsilons instead;
    for quartiles both give the same rank. All three quartiles follow the rule, so
    ``median`` by rules 1, 3 and 4 is one that R gives only through ``quantile``.

    References
    ----------
    .. [1] Hyndman RJ, Fan Y. Sample quantiles in statistical packages. Am Stat
       1996;50:361-365. :doi:`10.1080/00031305.1996.10473566`

    Examples
    --------
    With the (n + 1)p rule the quartiles of 28 patients lie at ranks 7.25 and 21.75, so
    that ages can have quartiles such as 20.25. Other rules can give this one too; the
    (n + 1)p rule is the only one that can give all quartiles of the study together.

    >>> from iph.stats import quartiles
    >>> ages = [16, 17, 18, 18, 19, 20, 20, 21, 25, 31, 36, 40, 44, 47,
    ...         49, 50, 52, 55, 58, 60, 63, 63, 66, 68, 70, 72, 75, 79]
    >>> age = quartiles(ages)
    >>> age.median, age.q1, age.q3
    (48.0, 20.25, 63.0)
    >>> quartiles(ages, method="r").q1
    20.75
    """
    return quartiles_of(read_sample(x, weights), method)


def quantile(
    x: npt.ArrayLike | Iterable[object],
    p: float | Fraction,
    *,
    method: str | int = "weibull",
    weights: npt.ArrayLike | Iterable[object] | None = None,
) -> SampleQuantile:
    """One quantile of a sample, by a rule that is named.

    Below which value lie nine tenths of the patients?

    Parameters
    ----------
    x : sequence of float
        One value a patient; None or NaN where it is missing.
    p : float or Fraction
        Share of patients, from 0 to 1. A float is read as the decimal number that is
        printed for it, so 0.1 means one tenth; give ``Fraction(1, 3)`` for a third.
    method : str or int, default: "weibull"
        The rule, as in `quartiles`.
    weights : sequence of int, optional
        How many patients each value stands for.

    Returns
    -------
    SampleQuantile
        With attributes ``value``, ``probability``, ``n``, ``n_missing`` and ``method``.

    Raises
    ------
    iph.errors.InputError
        A value is not a finite number, a weight is not a whole number of cases, `p`
        is outside 0 to 1, or the rule is unknown.

    See Also
    --------
    quartiles : The three quartiles, and the table of rules.

    Notes
    -----
    The quantile lies at rank ``a + p (n + 1 - a - b)``, between the neighboring order
    statistics and drawn to the ends outside them (rules 4 to 9 [1]_). The rank is an
    exact fraction. R adds four machine epsilons before it rounds down, which decides
    the same unless `p` was rounded on its way in; hence the decimal reading of `p`.

    References
    ----------
    .. [1] Hyndman RJ, Fan Y. Sample quantiles in statistical packages. Am Stat
       1996;50:361-365. :doi:`10.1080/00031305.1996.10473566`

    Examples
    --------
    >>> from iph.stats import quantile
    >>> quantile([1, 2, 3, 5, 7, 14, 30, None], 0.9).value
    30.0
    >>> quantile([1, 2, 3, 5, 7, 14, 30, None], 0.9, method="r").value
    20.4
    """
    number = _rule_number(method)
    probability = _probability(p)
    sample = read_sample(x, weights)
    (value,) = sample_quantiles(sample, (probability,), number)
    return SampleQuantile(
        value=value,
        probability=float(probability),
        n=sample.n,
        n_missing=sample.n_missing,
        method=_NAMES[number - 1],
    )


def quartiles_of(
    sample: Sample, method: str | int, *, name: str = "method"
) -> Quartiles:
    """Return the quartiles of a counted sample."""
    number = _rule_number(method, name)
    q1, median, q3 = sample_quantiles(sample, QUARTERS, number)
    return Quartiles(
        q1=q1,
        median=median,
        q3=q3,
        n=sample.n,
        n_missing=sample.n_missing,
        method=_NAMES[number - 1],
    )


def sample_quantiles(
    sample: Sample, probabilities: tuple[Fraction, ...], number: int
) -> list[float]:
    """Return quantiles of a counted sample by the rule of the given number."""
    if sample.n == 0:
        return [math.nan] * len(probabilities)
    places = [quantile_place(sample.n, p, number) for p in probabilities]
    ranks = [rank for low, _ in places for rank in (low, low + 1)]
    found = order_statistics(sample, ranks)
    return [
        _between(found[2 * i], found[2 * i + 1], share)
        for i, (_, share) in enumerate(places)
    ]


@lru_cache(maxsize=1024)  # of one sample size and rule it is asked many times
def quantile_place(n: int, p: Fraction, number: int) -> tuple[int, Fraction]:
    """Return the lower rank and the share of the way to the next."""
    if number in _POSITIONS:
        a, b = _POSITIONS[number]
        place = a + p * (n + 1 - a - b)
        low = math.floor(place)
        return low, place - low
    nearest = number == 3
    place = n * p - Fraction(1, 2) if nearest else n * p
    low = math.floor(place)
    if place != low:
        return low, Fraction(1)
    if nearest:
        return low, Fraction(low % 2)
    return low, Fraction(number - 1, 2)


def _between(low: float, high: float, share: Fraction) -> float:
    if share == 0 or low == high:
        return low
    return float((1 - share) * Fraction(low) + share * Fraction(high))


def rule_of(method: str | int) -> tuple[int, str]:
    """Return the number and the name of a rule."""
    number = _rule_number(method)
    return number, _NAMES[number - 1]


def _rule_number(method: str | int, name: str = "method") -> int:
    if isinstance(method, str) and method in QUANTILE_RULES:
        return QUANTILE_RULES[method]
    if not isinstance(method, (str, bool)):
        try:
            number = operator.index(method)
        except TypeError:
            number = 0
        if 1 <= number <= len(_NAMES):
            return number
    words = ", ".join(repr(name) for name in sorted(QUANTILE_RULES))
    raise InputError(name, f"a number from 1 to 9 or one of {words}", method)


def _probability(p: float | Fraction) -> Fraction:
    if isinstance(p, Fraction):
        value = p
    else:
        (number,) = numbers([p], "p").tolist()
        value = Fraction(repr(number)) if not np.isnan(number) else Fraction(-1)
    if not 0 <= value <= 1:
        raise InputError("p", "a number from 0 to 1", p)
    return value
