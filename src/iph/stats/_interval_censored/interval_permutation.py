"""Exact and simulated p-values of scores that are known to a stated accuracy.

The scores are whole numbers on a fine grid; sums that differ by less than
the width of a tie are taken as equal, in favor of the larger p-value.
"""

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Literal

import attrs
import numpy as np

from iph._checks import Floats, Ints
from iph.stats._inference.exact_joint import estimate_partition_sums, partition_sums
from iph.stats._inference.exact_sums import estimate_subset_tail, subset_tail
from iph.stats._inference.monte_carlo import monte_carlo_p, random_sums, twice
from iph.stats._inference.p_value import PValue
from iph.stats._inference.progress import Progress, reported
from iph.stats._interval_censored.intervals import Cells

ScoreRule = Literal["sun", "finkelstein"]
SCORE_RULES = ("sun", "finkelstein")


def class_scores(cells: Cells, mass: Floats, rule: ScoreRule) -> Floats:
    """Return the score of each class of patients under the pooled curve.

    With S before and after a class's interval, the score is
    (S' log R' - S'' log R'') / (S' - S''), where R is S itself (Finkelstein) or the
    exponential of minus the summed hazards (Sun).
    """
    after = np.append(np.cumsum(mass[::-1])[::-1], 0.0)
    log_after = np.zeros_like(after)
    some = after > 0.0
    if rule == "finkelstein":
        log_after[some] = np.log(after[some])
    else:
        hazard = np.divide(mass, after[:-1], out=np.zeros_like(mass), where=some[:-1])
        log_after[1:] = -np.cumsum(hazard)
    # The product is 0 where S is 0; the first S is 1, but for rounding.
    product = after * log_after
    product[0] = 0.0
    total = np.append(0.0, np.cumsum(mass))
    covered = np.where(
        cells.first == cells.last,
        mass[cells.first],
        total[cells.last + 1] - total[cells.first],
    )
    change: Floats = product[cells.first] - product[cells.last + 1]
    return change / covered


# Random allocations of one chunk share a random stream.
CHUNK = 2500
EXACT_LIMIT = 2_000_000  # states of more than two groups: about a minute
# Scores are multiples of 2**-40; those closer than 2**-37 are one, and sums closer than
# 2**-30 are tied: more than rounding and the accuracy of the masses can move them.
_GRID_BITS, _SAME_BITS, _TIE_BITS = 40, 37, 30
_WORD_BITS = 61
# Above this size an exact test is neither possible nor needed.
_EXACT_CASES = 5000


@attrs.frozen(kw_only=True, eq=False)
class ScorePool:
    """The scores of all patients, and what each group has of them.

    Attributes
    ----------
    scores : array of int
        Distinct scores, ascending.
    counts : array of int
        Number of patients with each.
    sizes : tuple of int
        Patients of each group.
    sums : tuple of int
        Sum of the scores of each group.
    tie : int
        Sums that differ by no more than this are equal.
    """

    scores: Ints
    counts: Ints
    sizes: tuple[int, ...]
    sums: tuple[int, ...]
    tie: int

    @property
    def n(self) -> int:
        """The number of patients."""
        return sum(self.sizes)

    @property
    def total(self) -> int:
        """The sum of all scores."""
        return sum(self.sums)


def exact_work(pool: ScorePool) -> float:
    """Return an upper bound of the states that the exact test visits."""
    if pool.n > _EXACT_CASES:
        return math.inf
    counts = pool.counts.tolist()
    if len(pool.sizes) == 2:
        return estimate_subset_tail(pool.scores.tolist(), counts, min(pool.sizes))
    return estimate_partition_sums(counts, pool.sizes)


def exact_p(pool: ScorePool, two_sided: str, alternative: str = "two-sided") -> float:
    """Return the p-value over all allocations."""
    scores, counts = pool.scores.tolist(), pool.counts.tolist()
    if len(pool.sizes) > 2:
        least = _least_root(pool) ** 2
        sums, ways = partition_sums(scores, counts, pool.sizes, limit=EXACT_LIMIT)
        hits = sum(
            way
            for found, way in zip(sums, ways, strict=True)
            if _square_sum(pool, found) >= least
        )
        return hits / sum(ways)
    size, observed = pool.sizes[0], pool.sums[0]

    # Each side is counted only where it is asked for: counting is nearly all the work.
    def upper() -> Fraction:
        tail = subset_tail(scores, counts, size, observed - pool.tie)
        return Fraction(tail.equal + tail.greater, tail.total)

    def lower() -> Fraction:
        tail = subset_tail(scores, counts, size, observed + pool.tie)
        return Fraction(tail.equal + tail.less, tail.total)

    if alternative != "two-sided":
        return float(upper() if alternative == "greater" else lower())
    if two_sided == "central":
        return float(min(2 * min(upper(), lower()), Fraction(1)))
    distance = observed - Fraction(size * pool.total, pool.n)
    if abs(distance) <= pool.tie:
        return 1.0
    nearer = observed - pool.tie if distance > 0 else observed + pool.tie
    tail = subset_tail(scores, counts, size, nearer)
    return tail.far / tail.total


def simulated_p(
    pool: ScorePool,
    two_sided: str,
    n_resamples: int,
    rng: "np.random.Generator",
    progress: Progress | None,
    *,
    alternative: str = "two-sided",
) -> PValue:
    """Return the p-value over random allocations."""
    rule = "central" if alternative != "two-sided" else two_sided
    sizes = [CHUNK] * (n_resamples // CHUNK)
    if n_resamples % CHUNK:
        sizes.append(n_resamples % CHUNK)
    chunks = list(zip(sizes, rng.spawn(len(sizes)), strict=True))
    count = _counter(pool)
    hits = np.zeros(2, dtype=np.int64)
    for size, stream in reported(chunks, "allocations", progress):
        for sums in random_sums(pool.scores, pool.counts, pool.sizes, size, stream):
            hits += count(sums, rule)
    if alternative != "two-sided":
        return monte_carlo_p(int(hits[int(alternative == "less")]), n_resamples)
    if two_sided == "central" and len(pool.sizes) == 2:
        return twice(monte_carlo_p(int(hits.min()), n_resamples))
    return monte_carlo_p(int(hits[0]), n_resamples)


def _counter(pool: ScorePool) -> Callable[[Ints, str], Ints]:
    """Return what counts the extreme rows: far or upper ones, and lower ones."""

    def of_two(sums: Ints, two_sided: str) -> Ints:
        first = sums[:, 0]
        observed = pool.sums[0]
        if two_sided == "central":
            upper = first >= observed - pool.tie
            lower = first <= observed + pool.tie
            return np.array([upper.sum(), lower.sum()])
        mean = Fraction(pool.sizes[0] * pool.total, pool.n)
        far = abs(observed - mean) - pool.tie  # if it is not above 0, all sums are
        extreme = (first >= math.ceil(mean + far)) | (first <= math.floor(mean - far))
        return np.array([extreme.sum(), 0])

    def of_many(sums: Ints, _: str) -> Ints:
        # The width of a tie is far above what floats lose here.
        factors = np.array(_factors(pool), dtype=np.float64)
        part = np.array(pool.sizes) * (pool.total / pool.n)
        root = pool.n * np.sqrt(((sums - part) ** 2) @ factors)
        return np.array([np.count_nonzero(root >= float(_least_root(pool))), 0])

    return of_two if len(pool.sizes) == 2 else of_many


def _factors(pool: ScorePool) -> tuple[int, ...]:
    """Return the factors that put squares by group size over one denominator."""
    common = math.lcm(*pool.sizes)
    return tuple(common // size for size in pool.sizes)


def _square_sum(pool: ScorePool, sums: tuple[int, ...]) -> int:
    """Return the statistic as a whole number, up to a constant factor."""
    return sum(
        factor * (pool.n * found - size * pool.total) ** 2
        for factor, found, size in zip(_factors(pool), sums, pool.sizes, strict=True)
    )


def _least_root(pool: ScorePool) -> int:
    """Return the root of the statistic from which on an allocation is extreme.

    If each sum is off by a tie, the root is off by no more than what is taken away.
    """
    root = math.isqrt(_square_sum(pool, pool.sums))
    slack = (math.isqrt(sum(_factors(pool))) + 1) * pool.n * pool.tie
    return max(root - slack, 0)


def pooled(scores: Floats, table: Ints) -> ScorePool:
    """Put the scores on the grid and count those that are one, up to rounding.

    Parameters
    ----------
    scores : array of shape (c,)
        The score of each class of patients.
    table : array of int of shape (c, k)
        How many patients of each group each class has.
    """
    # The grid is coarser only if the sum of all scores would not fit a machine word.
    largest = max(float(np.abs(scores) @ table.sum(axis=1)), 1.0)
    bits = min(_GRID_BITS, _WORD_BITS - math.ceil(math.log2(largest)))
    whole = np.rint(np.ldexp(scores, bits)).astype(np.int64)
    order = np.argsort(whole, kind="stable")
    ordered = whole[order]
    new = np.append(True, np.diff(ordered) > (1 << max(bits - _SAME_BITS, 0)))
    merged = np.zeros((np.count_nonzero(new), table.shape[1]), dtype=np.int64)
    np.add.at(merged, np.cumsum(new) - 1, table[order])
    distinct = ordered[new]
    return ScorePool(
        scores=distinct,
        counts=merged.sum(axis=1),
        sizes=tuple(int(size) for size in merged.sum(axis=0)),
        sums=tuple(int(total) for total in distinct @ merged),
        tie=1 << max(bits - _TIE_BITS, 0),
    )
