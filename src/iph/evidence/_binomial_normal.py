"""Binomial counts whose logits scatter normally over series: maximum likelihood."""

import math

import numpy as np

from iph._checks import Floats

_POINTS = 25
_NEWTON = 60
_FLAT = -16.0  # log of a standard deviation that is as good as none
_WIDEST = 3.0  # log of one beyond which all series are nearly 0 or 1


def fit_binomial_normal(a: Floats, n: Floats) -> tuple[float, float, float]:
    """Return the mean logit, its standard error, and the variance between series.

    The integral over each series is taken by Gauss-Hermite quadrature about its mode.
    The standard error is infinite where the likelihood has no peak, as it has none when
    every series is all or nothing.
    """
    if not a.any():
        return -math.inf, math.nan, 0.0
    if (a == n).all():
        return math.inf, math.nan, 0.0
    from scipy.optimize import minimize

    nodes, weights = np.polynomial.hermite.hermgauss(_POINTS)

    def negative(point: Floats) -> float:
        mean, deviation = float(point[0]), math.exp(min(float(point[1]), _WIDEST))
        return -_log_likelihood(a, n, mean, deviation, (nodes, weights))

    plain = float(np.log((a.sum() + 0.5) / (n.sum() - a.sum() + 0.5)))
    best: tuple[float, Floats] | None = None
    for start in (-3.0, -1.0, 0.5):
        found = minimize(
            negative,
            np.array([plain, start]),
            method="Nelder-Mead",
            options={"xatol": 1e-10, "fatol": 1e-13, "maxiter": 4000},
        )
        if best is None or found.fun < best[0]:
            best = (float(found.fun), found.x)
    pooled = float(np.log(a.sum() / (n.sum() - a.sum())))
    without = np.array([pooled, _FLAT])
    if best is None or negative(without) <= best[0] + 1e-9:
        share = a.sum() / n.sum()
        return pooled, 1.0 / math.sqrt(float(n.sum()) * share * (1 - share)), 0.0
    point = best[1]
    if point[1] >= _WIDEST - 1e-3:  # the likelihood rises without end
        return float(point[0]), math.inf, math.exp(2 * _WIDEST)
    return float(point[0]), _standard_error(negative, point), math.exp(2 * point[1])


def _log_likelihood(
    a: Floats,
    n: Floats,
    mean: float,
    deviation: float,
    rule: tuple[Floats, Floats],
) -> float:
    """Return the log-likelihood up to the binomial coefficients."""
    nodes, weights = rule
    mode = np.zeros_like(a)  # in standard deviations
    for _ in range(_NEWTON):  # pragma: no branch - a few are enough
        chance = 1.0 / (1.0 + np.exp(-(mean + deviation * mode)))
        slope = deviation * (a - n * chance) - mode
        curve = deviation**2 * n * chance * (1.0 - chance) + 1.0
        step = slope / curve
        farthest = float(np.abs(step).max())
        if farthest > 1.0:
            step = np.minimum(np.maximum(step, -1.0), 1.0)
        mode += step
        if farthest < 1e-12:  # noqa: PLR2004 - converged
            break
    chance = 1.0 / (1.0 + np.exp(-(mean + deviation * mode)))
    width = 1.0 / np.sqrt(deviation**2 * n * chance * (1.0 - chance) + 1.0)
    z = mode[:, None] + math.sqrt(2.0) * width[:, None] * nodes[None, :]
    logit = mean + deviation * z
    inside = (
        a[:, None] * logit
        - n[:, None] * np.logaddexp(0.0, logit)
        - z**2 / 2.0
        + nodes[None, :] ** 2
        + np.log(weights)[None, :]
    )
    top = inside.max(axis=1)
    integral = np.log(np.exp(inside - top[:, None]).sum(axis=1)) + top
    return float((integral + np.log(width) - 0.5 * math.log(math.pi)).sum())


def _standard_error(negative: object, point: Floats) -> float:
    """Return the standard error of the mean logit from the observed information."""
    step = 1e-4
    information = np.empty((2, 2))
    units = np.eye(2) * step
    for i in range(2):
        for j in range(2):
            values = [
                negative(point + s * units[i] + t * units[j])  # type: ignore[operator] # a function
                for s, t in ((1, 1), (1, -1), (-1, 1), (-1, -1))
            ]
            information[i, j] = (values[0] - values[1] - values[2] + values[3]) / (
                4 * step**2
            )
    determinant = float(np.linalg.det(information))
    if determinant <= 0 or information[1, 1] <= 0:
        return math.inf
    return math.sqrt(float(information[1, 1]) / determinant)
