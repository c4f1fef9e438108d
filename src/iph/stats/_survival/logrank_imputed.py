"""The permutation log-rank test for unequal follow-up, with imputed times.

Under the hypothesis the times to the event do not depend on the group; the times of
follow-up may. What was not seen is imputed, so that each patient has both: the time to
the event of the censored from the curve of all patients, the follow-up of those with
the event from the curve of their own group. Then only the times to the event are dealt
anew among the patients; group and follow-up stay together.
"""

from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from iph._checks import Floats, Ints
from iph._wide import bincount, repeat
from iph.stats._inference.monte_carlo import monte_carlo_p, twice
from iph.stats._inference.p_value import PValue
from iph.stats._inference.progress import Progress, reported
from iph.stats._survival.logrank_terms import Weighting
from iph.stats._survival.survival_table import SurvivalTable

_CELLS = 1 << 20  # counts held at a time
_NEAR = 1e-9  # relative; statistics so close to the observed one count as tied


@attrs.frozen(kw_only=True, eq=False)
class Patients:
    """One patient a place, in the order of group and time: no order of rows is left.

    Attributes
    ----------
    rank : ndarray of int, shape (n,)
        The place of each patient's time among the distinct times.
    event : ndarray of int, shape (n,)
        1 for an event, 0 for a censoring.
    group : ndarray of int, shape (n,)
        The number of each patient's group.
    survival : ndarray of float, shape (m,)
        The Kaplan-Meier curve of all patients after each distinct time.
    followed : ndarray of float, shape (k, m)
        The curve of follow-up of each group after each distinct time.
    """

    rank: Ints
    event: Ints
    group: Ints
    survival: Floats
    followed: Floats

    @classmethod
    def of(cls, table: SurvivalTable) -> "Patients":
        """Return the patients of a table without late entry."""
        k, m = table.events.shape
        both = np.stack((table.events, table.censored), axis=2)
        place = repeat(np.arange(both.size, dtype=np.int64), both.ravel())
        events, at_risk = table.events.sum(axis=0), table.at_risk.sum(axis=0)
        # Events come before censorings, so they are not at risk of being lost that day.
        left = table.at_risk - table.events
        kept = 1.0 - table.censored / np.maximum(left, 1)
        return cls(
            rank=place // 2 % m,
            event=1 - place % 2,
            group=place // (2 * m),
            survival=np.cumprod(1.0 - events / np.maximum(at_risk, 1)),
            followed=np.cumprod(kept, axis=1).reshape(k, m),
        )


def uniforms(shape: tuple[int, ...], rng: "np.random.Generator") -> Floats:
    """Return numbers from 0 to 1, made of the leading bits of the raw stream."""
    words = rng.integers(0, 2**64 - 1, size=shape, dtype=np.uint64, endpoint=True)
    return (words >> np.uint64(11)).astype(np.float64) * 2.0**-53


def imputed(
    patients: Patients, rows: int, rng: "np.random.Generator"
) -> tuple[Ints, Ints]:
    """Return times to the event and of follow-up as ranks, imputed anew in each row.

    A curve that does not come down to 0 leaves the rest to a rank past all others.
    """
    n, m = patients.rank.size, patients.survival.size
    share = uniforms((rows, n), rng)
    times = repeat(patients.rank[None, :], rows, axis=0)
    followed = times.copy()
    lost = np.flatnonzero(patients.event == 0)
    # Drawn uniformly below the curve's present height: the first step under it.
    height = patients.survival[patients.rank[lost]] * share[:, lost]
    times[:, lost] = np.searchsorted(-patients.survival, -height)
    for group, curve in enumerate(patients.followed):
        own = np.flatnonzero((patients.group == group) & (patients.event == 1))
        before = np.concatenate(([1.0], curve))[patients.rank[own]]
        followed[:, own] = np.searchsorted(-curve, -before * share[:, own])
    np.minimum(followed, m, out=followed)
    return times, followed


def dealt(
    patients: Patients, rows: int, rng: "np.random.Generator"
) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """Return ranks and events of imputed patients whose event times are dealt anew."""
    times, followed = imputed(patients, rows, rng)
    order = np.argsort(uniforms(times.shape, rng), axis=1, kind="stable")
    times = np.take_along_axis(times, order, axis=1)
    seen = (times <= followed) & (times < patients.survival.size)
    return np.minimum(times, followed), seen


def drift(
    rank: Ints,
    event: npt.NDArray[np.bool_] | Ints,
    group: Ints,
    size: tuple[int, int],
    rule: Weighting,
) -> tuple[Floats, Floats]:
    """Return observed minus expected events of the groups, and their covariance.

    Parameters
    ----------
    rank, event, group : ndarray, shape (rows, n)
        The time, whether the event was seen, and the group of each patient.
    size : tuple of int
        The numbers of groups and of ranks.
    rule : Weighting
        The weights of the event times.

    Returns
    -------
    tuple of ndarray
        Of shapes (rows, k) and (rows, k, k).
    """
    (rows, _), (k, m) = rank.shape, size
    row = np.arange(rows, dtype=np.int64)[:, None]
    key = (((row * k + group) * 2 + event) * m + rank).ravel()
    counts = bincount(key, minlength=rows * k * 2 * m).reshape(rows, k, 2, m)
    happened = counts[:, :, 1].astype(np.float64)
    both = counts.sum(axis=2)
    at_risk = np.cumsum(both[:, :, ::-1], axis=2)[:, :, ::-1].astype(np.float64)
    d, n = happened.sum(axis=1), at_risk.sum(axis=1)
    some = np.maximum(n, 1.0)
    share = at_risk / some[:, None, :]
    weight = _weights(rule, d, n, some)
    spread = d * (n - d) / np.maximum(n - 1.0, 1.0) * weight * weight
    found = ((happened - share * d[:, None, :]) * weight[:, None, :]).sum(axis=2)
    covariance = -np.einsum("rgm,rhm,rm->rgh", share, share, spread)
    place = np.arange(k, dtype=np.int64)
    covariance[:, place, place] += (share * spread[:, None, :]).sum(axis=2)
    return found, covariance


def _weights(rule: Weighting, d: Floats, n: Floats, some: Floats) -> Floats:
    """Return the weight of each time of each row."""
    if rule.kind == "gehan":
        return n
    if rule.kind == "tarone-ware":
        roots: Floats = np.sqrt(n)
        return roots
    if not (rule.rho or rule.gamma):
        return np.ones_like(n)
    survival = np.ones_like(n)
    np.cumprod(((n - d) / some)[:, :-1], axis=1, out=survival[:, 1:])
    weights: Floats = survival**rule.rho * (1.0 - survival) ** rule.gamma
    return weights


def contrast(found: Floats, covariance: Floats, scores: Floats) -> Floats:
    """Return the standardized sum of scores times drifts; 0 without a comparison."""
    variance = np.einsum("g,rgh,h->r", scores, covariance, scores)
    # What is left of a variance of 0 by rounding is no variance.
    some = variance > _NEAR * np.maximum(scores @ scores, 1.0)
    z: Floats = np.zeros(found.shape[0])
    np.divide(found @ scores, np.sqrt(np.maximum(variance, 0.0)), out=z, where=some)
    return z


def quadratic(found: Floats, covariance: Floats) -> Floats:
    """Return the chi-square statistic of all groups."""
    inverse = np.linalg.pinv(covariance[:, 1:, 1:], rcond=1e-9, hermitian=True)
    part = found[:, 1:]
    form: Floats = np.einsum("rg,rgh,rh->r", part, inverse, part)
    return form


def chunk_rows(patients: Patients) -> int:
    """Return how many rows are held at a time."""
    k, m = patients.followed.shape
    cells: int = max(2 * k * (m + 1), patients.rank.size)
    return max(1, _CELLS // cells)


def imputed_p(
    table: SurvivalTable,
    rule: Weighting,
    scores: Floats | None,
    *,
    sides: tuple[str, str],
    n_resamples: int,
    rng: "np.random.Generator",
    progress: Progress | None,
) -> PValue:
    """Return the simulated p-value of the log-rank statistic.

    The statistic is standardized anew in each permutation: with unequal follow-up its
    variance depends on who got which time.

    Parameters
    ----------
    table : SurvivalTable
        The counts, without late entry.
    rule : Weighting
        The weights of the event times.
    scores : ndarray of float or None
        The scores of the groups in a contrast; None for the chi-square of all groups.
    sides : tuple of str
        The alternative and the two-sided rule: which permutations count as extreme;
        without scores the largest.
    n_resamples : int
        Permutations, each with times imputed anew.
    rng : numpy.random.Generator
        The source of randomness.
    progress : callable or None
        Called before each chunk of permutations and after the last.
    """
    patients = Patients.of(table)
    size = (len(patients.followed), patients.survival.size + 1)

    def statistic(rank: Ints, event: npt.NDArray[Any]) -> Floats:
        group = np.broadcast_to(patients.group, rank.shape)
        found, covariance = drift(rank, event, group, size, rule)
        if scores is None:
            return quadratic(found, covariance)
        return contrast(found, covariance, scores)

    observed = float(statistic(patients.rank[None, :], patients.event[None, :])[0])
    slack = _NEAR * max(abs(observed), 1.0)
    rows = chunk_rows(patients)
    starts = range(0, n_resamples, rows)
    chunks = [min(rows, n_resamples - start) for start in starts]
    lower = upper = far = 0
    for some in reported(chunks, "allocations", progress):
        found = statistic(*dealt(patients, some, rng))
        lower += int(np.count_nonzero(found <= observed + slack))
        upper += int(np.count_nonzero(found >= observed - slack))
        far += int(np.count_nonzero(np.abs(found) >= abs(observed) - slack))
    alternative, two_sided = sides
    central = alternative == "two-sided" and two_sided == "central"
    hits = {"less": lower, "greater": upper, "two-sided": far}[alternative]
    tail = monte_carlo_p(min(lower, upper) if central else hits, n_resamples)
    return twice(tail) if central else tail
