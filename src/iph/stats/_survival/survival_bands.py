"""Confidence bands of a survival or incidence curve on five scales."""

from typing import Literal, TypeAlias

import numpy as np

from iph._checks import Floats

Transform: TypeAlias = Literal["log-log", "log", "plain", "logit", "arcsin"]
Interval: TypeAlias = Literal[
    "beta-product",
    "beta-product-mid-p",
    "log-log",
    "log",
    "plain",
    "logit",
    "arcsin",
]
IncidenceInterval: TypeAlias = Literal[
    "effective-size", "log-log", "log", "plain", "logit", "arcsin"
]

TRANSFORMS: tuple[Transform, ...] = ("log-log", "log", "plain", "logit", "arcsin")
INTERVALS: tuple[Interval, ...] = ("beta-product", "beta-product-mid-p", *TRANSFORMS)
INCIDENCE_INTERVALS: tuple[IncidenceInterval, ...] = ("effective-size", *TRANSFORMS)


def confidence_bands(
    curve: Floats, relative_error: Floats, transform: Transform, z: float
) -> tuple[Floats, Floats]:
    """Return the pointwise bounds: symmetric on the transformed scale, then back.

    Parameters
    ----------
    curve : ndarray of float
        Probabilities, between 0 and 1.
    relative_error : ndarray of float
        Standard error of each divided by it: the standard error of its logarithm.
    transform : str
        The scale on which the interval is symmetric.
    z : float
        Normal quantile of the confidence level.

    Returns
    -------
    tuple of ndarray
        Lower and upper bounds. NaN where the formula says nothing: at a curve of 0,
        and for "log-log", "logit" and "arcsin" also at a curve of 1.
    """
    # The formulas divide by 0 exactly where the bounds are undefined.
    with np.errstate(all="ignore"):
        half = z * relative_error
        if transform == "plain":
            half *= curve
            low, high = curve - half, curve + half
        elif transform == "log":
            np.exp(half, out=half)
            low, high = curve / half, curve * half
        elif transform == "log-log":
            # log(-log S) +- half / |log S|, written as a power of S.
            log = np.log(curve)
            half /= log
            np.exp(half, out=half)
            low, high = np.exp(log / half), np.exp(log * half)
        elif transform == "logit":
            np.exp(half / (1.0 - curve), out=half)
            odds = curve / (1.0 - curve)
            low, high = 1.0 / (1.0 + half / odds), 1.0 / (1.0 + 1.0 / (odds * half))
        else:
            half *= 0.5 * np.sqrt(curve / (1.0 - curve))
            angle = np.arcsin(np.sqrt(curve))
            low = np.sin(np.maximum(angle - half, 0.0)) ** 2
            high = np.sin(np.minimum(angle + half, np.pi / 2.0)) ** 2
    if transform in {"plain", "log"}:
        np.maximum(low, 0.0, out=low)
        np.minimum(high, 1.0, out=high)
    # A curve at 0 has an infinite relative error and no interval on any scale.
    undefined = curve <= 0.0
    if transform not in {"plain", "log"}:
        undefined |= curve >= 1.0
    if undefined.any():
        low[undefined] = np.nan
        high[undefined] = np.nan
    return low, high
