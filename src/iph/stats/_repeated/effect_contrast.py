"""Contrasts of the relative effects of groups at visits."""

import math
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from iph import _checks
from iph._checks import Floats
from iph._results import Result
from iph.errors import InputError
from iph.stats._repeated.relative_effects import RelativeEffect

_FLOOR = 0.1  # measured: the least of a variance over that of independent yes/no
_SUM = 1e-9  # relative to the largest weight


@attrs.frozen(kw_only=True, eq=False)
class EffectContrast(Result):
    """A difference of relative effects.

    Attributes
    ----------
    estimate : float
        The effects times their weights, summed.
    low, high : float
        Its confidence interval; NaN without a standard error.
    standard_error : float
        Its standard error, no less than a tenth of the variance of independent yes/no
        would make it; NaN where a group has a single patient, or a cell nobody.
    df : float
        The degrees of freedom of Student's distribution, by Satterthwaite.
    statistic : float
        The estimate over its standard error; NaN where nothing varies.
    p_value : float
        The two-sided p-value that the contrast is 0.
    confidence_level : float
        The level of the interval.
    weights : tuple of tuple of float
        The weights, one row a group, one column a visit.
    method : str
        ``"t"``.
    """

    estimate: float
    low: float
    high: float
    standard_error: float
    df: float
    statistic: float
    p_value: float
    confidence_level: float
    weights: tuple[tuple[float, ...], ...]
    method: str


def effect_contrast(
    effects: tuple[RelativeEffect, ...],
    covariances: Floats,
    group_sizes: tuple[int, ...],
    weights: Any,
    confidence_level: float,
) -> EffectContrast:
    """Return a contrast of the effects.

    Parameters
    ----------
    effects : tuple of RelativeEffect
        The relative effects, group after group.
    covariances : ndarray of float, shape (groups, cells, cells)
        What each group adds to the covariance of the effects.
    group_sizes : tuple of int
        The patients of each group.
    weights : array_like, shape (groups, visits)
        The weights.
    confidence_level : float
        The level of the interval.
    """
    from scipy.special import stdtr, stdtrit

    asked = _checks.level(confidence_level)
    shape = (len(group_sizes), len(effects) // len(group_sizes))
    table = _weights(weights, shape)
    flat = table.ravel()
    used = np.flatnonzero(flat)
    estimates = np.array([effects[place].estimate for place in used.tolist()])
    estimate = float(flat[used] @ estimates)
    inner = covariances[:, used][:, :, used]
    parts = np.einsum("gij,i,j->g", inner, flat[used], flat[used])
    variance = float(parts.sum())
    error = df = statistic = p_value = low = high = math.nan
    if not math.isnan(variance):
        spare = np.array(group_sizes, dtype=np.float64) - 1.0
        df = float(spare.min())
        if variance > 0.0:
            df = max(df, float(variance**2 / (parts**2 / spare).sum()))
        # Few patients can look as if they did not vary.
        patients = np.array([effects[place].n for place in used.tolist()], dtype=float)
        drawn_in = (estimates * patients + 0.5) / (patients + 1.0)
        least = flat[used] ** 2 * drawn_in * (1.0 - drawn_in) / patients
        error = math.sqrt(max(variance, _FLOOR * float(least.sum())))
        statistic = estimate / error
        p_value = float(2.0 * stdtr(df, -abs(statistic)))
        reach = float(stdtrit(df, 0.5 + asked / 2.0)) * error
        low, high = estimate - reach, estimate + reach
    return EffectContrast(
        estimate=estimate,
        low=low,
        high=high,
        standard_error=error,
        df=df,
        statistic=statistic,
        p_value=p_value,
        confidence_level=asked,
        weights=tuple(map(tuple, table.tolist())),
        method="t",
    )


def _weights(weights: Any, shape: tuple[int, ...]) -> Floats:
    """Return the weights; refuse those that are no contrast."""
    rule = f"a table of {shape[0]} groups and {shape[1]} visits"
    hint = "such as [[-1, 0, 1], [1, 0, -1]] for a difference of two changes"
    try:
        table: npt.NDArray[Any] = np.array([list(row) for row in weights])
    except (TypeError, ValueError) as error:
        raise InputError("weights", rule, weights, hint) from error
    if table.shape != shape:
        raise InputError("weights", rule, table.shape, hint)
    numbers = _checks.numbers(table.ravel().tolist(), "weights")
    largest = float(np.abs(numbers).max())
    if not (math.isfinite(largest) and largest > 0.0):
        raise InputError("weights", "finite numbers, not all 0", weights, hint)
    if abs(float(numbers.sum())) > _SUM * largest:
        raise InputError("weights", "weights that add up to 0", weights, hint)
    found: Floats = numbers.reshape(shape)
    return found
