"""Simulated p-values of log-rank tests, from random allocations to the groups."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from iph._checks import Floats, Ints
from iph.stats._inference.laplacian import solver
from iph.stats._inference.monte_carlo import MonteCarloP, monte_carlo_p, random_sums
from iph.stats._inference.random_draws import drawn_sums
from iph.stats._survival.logrank_scores import Pool

Progress = Callable[..., Iterable[Any]]

_CHUNK = 10_000
_EXACT_BITS = 52  # sums of whole numbers below 2**52 are exact as floats
_NEAR = 1e-7  # relative; quadratic forms so close to the observed one count as tied
_TWO = 2


def permutation_exchanges(pools: list[Pool]) -> Floats:
    """Return minus the permutation covariance of the sums of two groups."""
    k = len(pools[0].sizes)
    exchanges = np.zeros((k, k))
    for pool in pools:
        sizes = np.array(pool.sizes, dtype=np.float64)
        exchanges += float(pool.variance) * np.outer(sizes, sizes)
    np.fill_diagonal(exchanges, 0.0)
    return exchanges


def differences(pools: list[Pool]) -> Floats:
    """Return observed minus expected events of each group, over all strata."""
    scale = pools[0].scale
    sums = [sum(column) for column in zip(*(p.sums for p in pools), strict=True)]
    # A ratio of two whole numbers is rounded once, however long they are.
    return np.array([value / scale for value in sums])


def simulated_p(
    pools: list[Pool],
    two_sided: str,
    n_resamples: int,
    rng: "np.random.Generator",
    progress: Progress | None,
) -> MonteCarloP:
    """Return the simulated p-value of the groups' sums of scores.

    Parameters
    ----------
    pools : list of Pool
        The scores of each stratum.
    two_sided : {"abs", "central"}
        The two-sided rule of two groups.
    n_resamples : int
        Random allocations.
    rng : numpy.random.Generator
        The source of randomness.
    progress : callable or None
        Wraps the iteration over chunks of allocations.
    """
    starts = range(0, n_resamples, _CHUNK)
    sizes: Iterable[int] = [min(_CHUNK, n_resamples - start) for start in starts]
    if progress is not None:
        sizes = progress(sizes, total=len(starts), desc="allocations")
    whole, tolerance = _short_scores(pools)
    if len(pools[0].sizes) > _TWO:
        return _several_groups(pools, whole, n_resamples, rng, sizes)
    observed = float(
        sum(_sum(q, pool, 0) for q, pool in zip(whole, pools, strict=True))
    )
    lower = upper = far = 0
    for rows in sizes:
        found = np.zeros(rows)
        for scores, pool in zip(whole, pools, strict=True):
            counts = np.array(pool.counts, dtype=np.int64)
            found += drawn_sums(
                scores.astype(np.float64), counts, pool.sizes[0], rows, rng
            )
        lower += int(np.count_nonzero(found <= observed + tolerance))
        upper += int(np.count_nonzero(found >= observed - tolerance))
        far += int(np.count_nonzero(np.abs(found) >= abs(observed) - tolerance))
    if two_sided == "abs":
        return monte_carlo_p(far, n_resamples)
    tail = monte_carlo_p(min(lower, upper), n_resamples)
    return MonteCarloP(
        p_value=min(1.0, 2.0 * tail.p_value),
        p_low=min(1.0, 2.0 * tail.p_low),
        p_high=min(1.0, 2.0 * tail.p_high),
    )


def _short_scores(pools: list[Pool]) -> tuple[list[Ints], float]:
    """Return scores whose sums are exact as floats, and what counts as tied.

    Longer scores lose their last digits. No sum of n of them is then off by more than
    n units (and the error the scores came with), so sums that are closer to the
    observed one than twice that count as tied: the p-value errs to the safe side.
    """
    largest = max(
        sum(abs(s) * c for s, c in zip(pool.scores, pool.counts, strict=True))
        for pool in pools
    ) * len(pools)
    shift = max(largest.bit_length() - _EXACT_BITS, 0)
    error = max(pool.error for pool in pools) >> shift
    lost = 0 if shift == 0 and error == 0 else 1 + error
    short = [
        np.array([score >> shift for score in pool.scores], dtype=np.int64)
        for pool in pools
    ]
    return short, 2.0 * lost * sum(pool.n for pool in pools)


def _sum(scores: Ints, pool: Pool, group: int) -> int:
    """Return the observed sum of a group in shortened scores."""
    return int(scores @ np.array([row[group] for row in pool.table], dtype=np.int64))


def _several_groups(
    pools: list[Pool],
    whole: list[Ints],
    n_resamples: int,
    rng: "np.random.Generator",
    sizes: Iterable[int],
) -> MonteCarloP:
    k = len(pools[0].sizes)
    inverse = solver(permutation_exchanges(pools))
    # The units of the shortened scores cancel in the comparison.
    observed = np.zeros(k)
    for scores, pool in zip(whole, pools, strict=True):
        observed += [float(_sum(scores, pool, g)) for g in range(k)]
    least = float(inverse.statistic(observed)) * (1.0 - _NEAR)
    hits = 0
    for rows in sizes:
        found = np.zeros((rows, k))
        for scores, pool in zip(whole, pools, strict=True):
            counts = np.array(pool.counts, dtype=np.int64)
            batches = random_sums(scores, counts, pool.sizes, rows, rng)
            found += np.concatenate(list(batches))
        hits += int(np.count_nonzero(inverse.statistic(found) >= least))
    return monte_carlo_p(hits, n_resamples)
