"""The tests of group, visit and their interaction, from the mean ranks of the cells."""

import math
from typing import Any, Literal

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import Floats
from iph._results import Result
from iph.stats._repeated.overall_ranks import (
    LEAST,
    ROUNDING,
    averaging,
    box,
    box_p_value,
    centering,
    covariance_of_means,
    overall_scores,
)
from iph.stats._repeated.relative_effects import Cells

Method = Literal["box", "wald"]

_SINGULAR = 1e-10  # relative; the least eigenvalue of a covariance that is inverted


@attrs.frozen(kw_only=True, eq=False)
class FactorTest(Result):
    """One hypothesis of a `GroupByVisit`.

    Attributes
    ----------
    statistic : float
        The ANOVA-type or the Wald-type statistic; NaN if it is undefined.
    df : float
        Its degrees of freedom; the first ones of an ANOVA-type statistic.
    df_error : float
        The second degrees of freedom; infinite but for the groups.
    p_value : float
        The probability of such a statistic or a larger one under the hypothesis.
    method : str
        ``"box"`` or ``"wald"``.
    """

    statistic: float
    df: float
    df_error: float
    p_value: float
    method: str


def factor_tests(cells: Cells, method: Method) -> list[FactorTest]:
    """Return the tests of group, visit and interaction."""
    if cells.seen.min() < LEAST:
        return [_undefined(method)] * 3
    a, t = cells.groups, cells.visits
    means, covariance = _means(cells)
    if method == "wald":
        by_group, by_visit = np.eye(a) - np.eye(a, k=1), np.eye(t) - np.eye(t, k=1)
        contrasts = [
            np.kron(by_group[:-1], np.full((1, t), 1.0 / t)),
            np.kron(np.full((1, a), 1.0 / a), by_visit[:-1]),
            np.kron(by_group[:-1], by_visit[:-1]),
        ]
        return [_wald(means, covariance, contrast) for contrast in contrasts]
    projections: list[npt.NDArray[Any]] = [
        np.kron(centering(a), averaging(t)),
        np.kron(averaging(a), centering(t)),
        np.kron(centering(a), centering(t)),
    ]
    found = []
    for place, projection in enumerate(projections):
        statistic, df = box(means, covariance, projection)
        df_error = math.inf
        if place == 0:
            df_error = _df_of_groups(cells, covariance)
        if math.isnan(statistic):
            found.append(_undefined(method))
            continue
        found.append(
            FactorTest(
                statistic=statistic,
                df=df,
                df_error=df_error,
                p_value=box_p_value(statistic, df, df_error),
                method=method,
            )
        )
    return found


def _undefined(method: Method) -> FactorTest:
    nan = math.nan
    return FactorTest(statistic=nan, df=nan, df_error=nan, p_value=nan, method=method)


def _means(cells: Cells) -> tuple[Floats, Floats]:
    """Return the mean scores of the cells, and their covariance in blocks."""
    scores = overall_scores(cells.values, cells.known, cells.counts)
    a, t = cells.groups, cells.visits
    means, covariance = np.zeros((a, t)), np.zeros((a * t, a * t))
    for place in range(a):
        mine = cells.codes == place
        known, counts = cells.known[mine], cells.counts[mine]
        means[place] = (counts @ scores[mine]) / (counts @ known)
        block = slice(place * t, (place + 1) * t)
        covariance[block, block] = covariance_of_means(
            scores[mine], means[place], known, counts
        )
    return means.ravel(), covariance


def _df_of_groups(cells: Cells, covariance: Floats) -> float:
    """Return the second degrees of freedom of the ANOVA-type statistic of the groups.

    The projection has the same diagonal everywhere, which cancels.
    """
    a, t = cells.groups, cells.visits
    blocks = covariance.reshape(a, t, a, t)
    variances = np.array([blocks[place, :, place].sum() for place in range(a)])
    with np.errstate(invalid="ignore", divide="ignore"):  # no group varies
        parts = variances**2 / (cells.in_groups - 1.0)
        return float(variances.sum() ** 2 / parts.sum())


def _wald(means: Floats, covariance: Floats, contrast: Floats) -> FactorTest:
    """Return the Wald-type test that the contrasts of the mean scores are zero."""
    from scipy.special import gammaincc

    varied = contrast @ covariance @ contrast.T
    eigenvalues = np.linalg.eigvalsh(varied)
    largest = float(np.trace(covariance))
    if not eigenvalues[0] > max(_SINGULAR * eigenvalues[-1], ROUNDING * largest):
        return _undefined("wald")
    distance = contrast @ means
    statistic = float(distance @ np.linalg.solve(varied, distance))
    df = len(contrast)
    return FactorTest(
        statistic=statistic,
        df=float(df),
        df_error=math.inf,
        p_value=float(gammaincc(df / 2.0, statistic / 2.0)),
        method="wald",
    )
