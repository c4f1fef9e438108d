"""Repeated grades ranked all together, and Box's approximation to what they show.

The ranks are over all patients and visits. Cells are kept as a table, one row a
patient, with case counts, so that a missed visit is a missing cell and nothing more.
"""

import math

import numpy as np
import numpy.typing as npt

from iph._checks import Floats, Ints

LEAST = 2  # patients that a mean needs for a variance
ROUNDING = 1e-12  # relative; a variance of contrasts below it is a rounding error

Flags = npt.NDArray[np.bool_]


def overall_scores(values: Floats, known: Flags, counts: Ints) -> Floats:
    """Return twice the mid-rank of each cell among all cells; 0 where missing."""
    cases = np.broadcast_to(counts[:, None], values.shape)[known]
    distinct, which = np.unique(values[known], return_inverse=True)
    ties = np.zeros(distinct.size, dtype=np.int64)
    np.add.at(ties, which, cases)
    scores = np.zeros(values.shape)
    scores[known] = (2 * np.cumsum(ties) - ties + 1)[which]
    return scores


def covariance_of_means(
    scores: Floats, means: Floats, known: Flags, counts: Ints
) -> Floats:
    """Return the estimated covariance of the mean scores of the visits."""
    seen = known.astype(np.float64)
    deviations = np.where(known, scores - means, 0.0)
    products = (deviations * counts[:, None]).T @ deviations
    together = (seen * counts[:, None]).T @ seen
    less = together.diagonal() - 1.0
    divisors = np.multiply.outer(less, less) + together - 1.0
    # Visits that no patient shares are independent.
    divisors[together == 0.0] = 1.0
    covariance: Floats = products / divisors
    return covariance


def box(means: Floats, covariance: Floats, projection: Floats) -> tuple[float, float]:
    """Return the ANOVA-type statistic and its degrees of freedom.

    The projection takes out what the hypothesis leaves free. NaN where the contrasts do
    not vary.
    """
    varied = projection @ covariance
    trace = float(np.trace(varied))
    if not trace > ROUNDING * float(np.trace(covariance)):
        return math.nan, math.nan
    # trace(A A) is the sum of the products of A with its transpose.
    df = trace * trace / float((varied * varied.T).sum())
    return float(means @ projection @ means) / trace, df


def box_p_value(statistic: float, df: float, df_error: float = math.inf) -> float:
    """Return the upper tail of F, whose second degrees of freedom may be infinite."""
    if math.isnan(statistic):
        return math.nan
    from scipy.special import fdtrc, gammaincc

    if math.isinf(df_error):
        return float(gammaincc(df / 2.0, df * statistic / 2.0))
    return float(fdtrc(df, df_error, statistic))


def centering(size: int) -> Floats:
    """Return the matrix that takes the mean out of so many values."""
    matrix: Floats = np.eye(size) - 1.0 / size
    return matrix


def averaging(size: int) -> Floats:
    """Return the matrix that puts the mean in the place of so many values."""
    return np.full((size, size), 1.0 / size)
