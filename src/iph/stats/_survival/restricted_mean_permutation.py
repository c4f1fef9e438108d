"""The studentized permutation test of two restricted means."""

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import Floats, Ints
from iph._wide import bincount
from iph.stats._inference.monte_carlo import monte_carlo_p
from iph.stats._survival.logrank_imputed import Patients, uniforms
from iph.stats._survival.survival_table import SurvivalTable

_CELLS = 1 << 20  # counts held at a time
_NEAR = 1e-9  # relative; statistics so close to the observed one count as tied


@attrs.frozen(kw_only=True)
class PermutedMeans:
    """What the permutations of two restricted means gave.

    Attributes
    ----------
    p_value, p_low, p_high : float
        The two-sided p-value and its 99 % interval.
    quantile : float
        What the standardized difference passes with the chance 1 - level; infinite if
        too many permutations have no standard error.
    """

    p_value: float
    p_low: float | None
    p_high: float | None
    quantile: float


def permuted_means(
    table: SurvivalTable,
    tau: float | None,
    observed: float,
    *,
    confidence_level: float,
    n_resamples: int,
    rng: "np.random.Generator",
) -> PermutedMeans:
    """Permute the labels of two groups and standardize each difference anew.

    Parameters
    ----------
    table : SurvivalTable
        The counts of two groups, without late entry.
    tau : float or None
        The limit of the means; None for the rule by which the data choose it, which is
        then applied to each permutation.
    observed : float
        The difference of the data over its standard error.
    confidence_level : float
        The level of the quantile.
    n_resamples : int
        Permutations.
    rng : numpy.random.Generator
        The source of randomness.
    """
    patients = Patients.of(table)
    n, m = patients.rank.size, table.time.size
    # Labels without patients have numbers too.
    member = np.unique(patients.group, return_inverse=True)[1]
    rows = max(1, _CELLS // max(4 * m, n))
    found = []
    for start in range(0, n_resamples, rows):
        some = min(rows, n_resamples - start)
        order = np.argsort(uniforms((some, n), rng), axis=1, kind="stable")
        group = member[order]
        found.append(standardized(patients, group, table.time, tau))
    far = np.abs(np.concatenate(found))
    hits = np.count_nonzero(far >= abs(observed) * (1.0 - _NEAR))
    simulated = monte_carlo_p(int(hits), n_resamples)
    # With the data themselves, as many lie at the quantile or beyond as the level says.
    place = int(np.ceil((n_resamples + 1) * confidence_level)) - 1
    ordered = np.append(np.sort(far), np.inf)
    return PermutedMeans(
        p_value=simulated.p_value,
        p_low=simulated.p_low,
        p_high=simulated.p_high,
        quantile=float(ordered[min(place, n_resamples)]),
    )


def standardized(
    patients: Patients, group: Ints, time: Floats, tau: float | None
) -> Floats:
    """Return the difference of the means over its standard error, row by row.

    Without a limit that of each row is the last day up to which both curves are known.
    With one, a curve that ends before it is drawn on at its last value: a permuted
    group may have lost its last patient early. A difference without a standard error is
    infinite.
    """
    rows, m = group.shape[0], time.size
    row = np.arange(rows, dtype=np.int64)[:, None]
    key = (((row * 2 + group) * 2 + patients.event) * m + patients.rank).ravel()
    counts = bincount(key, minlength=rows * 4 * m).reshape(rows, 2, 2, m)
    d = counts[:, :, 1].astype(np.float64)
    both = counts.sum(axis=2)
    n = np.cumsum(both[:, :, ::-1], axis=2)[:, :, ::-1].astype(np.float64)
    if tau is None:
        limit = time[(n > 0.0).sum(axis=2) - 1].min(axis=1)
    else:
        limit = np.full(rows, tau)
    # Days beyond the limit have no length.
    edges = np.minimum(np.append(time, np.inf), limit[:, None])
    some = np.maximum(n, 1.0)
    survival = np.cumprod((some - d) / some, axis=2)
    areas = survival * np.diff(edges)[:, None, :]
    # The area from each time on, up to the limit.
    following = np.cumsum(areas[:, :, ::-1], axis=2)[:, :, ::-1]
    means = edges[:, :1] + following[:, :, 0]
    left = some * (n - d)
    spread = np.divide(d, left, out=np.zeros_like(d), where=left > 0.0)
    variance = (following**2 * spread).sum(axis=(1, 2))
    return _over(means[:, 1] - means[:, 0], np.sqrt(variance), limit)


def _over(difference: Floats, error: Floats, tau: Floats) -> Floats:
    """Divide; differences that are rounding errors are none."""
    difference = np.where(np.abs(difference) > _NEAR * tau, difference, 0.0)
    some: npt.NDArray[np.bool_] = error > _NEAR * tau
    infinite = np.where(difference == 0.0, 0.0, np.copysign(np.inf, difference))
    found: Floats = np.divide(difference, error, out=infinite, where=some)
    return found
