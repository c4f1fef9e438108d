"""Permutation tests of a sum of scores, with the cases dealt anew within strata.

The statistic is the sum of whole-number scores over the cases of the first group. In
each stratum the cases that are of this group are drawn anew, as many as there are.
"""

import functools
import math
from collections.abc import Sequence
from fractions import Fraction

import attrs
import numpy as np

from iph.stats._inference.exact_distribution import (
    Distribution,
    Tail,
    convolve,
    sum_tail,
)
from iph.stats._inference.exact_sums import (
    estimate_subset_sums,
    estimate_subset_tail,
    subset_sums,
    subset_tail,
)
from iph.stats._inference.exact_work import check_work
from iph.stats._inference.monte_carlo import TailHits, random_sums

_SHORT_BITS = 40  # of scores too long for a machine word, when they are simulated


@attrs.frozen(kw_only=True, eq=False, slots=False)
class ScoredStratum:
    """The scores of one stratum.

    Attributes
    ----------
    scores : sequence of int
        The scores.
    counts : sequence of int
        How many cases have each.
    chosen : sequence of int
        How many of these are of the first group.
    factor : int
        What the sum counts for in the statistic.
    """

    scores: Sequence[int]
    counts: Sequence[int]
    chosen: Sequence[int]
    factor: int = 1

    @functools.cached_property
    def n(self) -> int:
        """The cases."""
        return sum(self.counts)

    @functools.cached_property
    def size(self) -> int:
        """The cases of the first group."""
        return sum(self.chosen)

    @functools.cached_property
    def observed(self) -> int:
        """The sum of the scores of the first group."""
        return sum(s * c for s, c in zip(self.scores, self.chosen, strict=True))

    @functools.cached_property
    def total(self) -> int:
        """The sum of all scores."""
        return sum(s * c for s, c in zip(self.scores, self.counts, strict=True))

    @property
    def excess(self) -> Fraction:
        """The sum observed minus that expected, times the factor."""
        return self.factor * (self.observed - Fraction(self.size * self.total, self.n))

    @property
    def variance(self) -> Fraction:
        """The variance of `excess`, of two cases at least."""
        pairs = zip(self.scores, self.counts, strict=True)
        squares = sum(s * s * c for s, c in pairs) - Fraction(self.total**2, self.n)
        drawn = Fraction(self.size * (self.n - self.size), self.n * (self.n - 1))
        return self.factor**2 * squares * drawn

    def distribution(self, limit: float, what: str) -> Distribution:
        """Return the distribution of the sum times the factor, which is above 0."""
        few = min(self.size, self.n - self.size)
        check_work(estimate_subset_sums(self.scores, self.counts, few), limit, what)
        found = subset_sums(self.scores, self.counts, few, limit=limit)
        values, counts = found.values, found.counts
        if few != self.size:  # the other group was drawn
            values = tuple(self.total - value for value in reversed(values))
            counts = counts[::-1]
        return Distribution(tuple(self.factor * value for value in values), counts)


def permutation_tail(strata: Sequence[ScoredStratum], limit: float, what: str) -> Tail:
    """Return where the sum over all strata lies among all allocations.

    Raises
    ------
    WorkError
        If it would take more steps than the limit.
    """
    if len(strata) == 1:
        (one,) = strata
        states = estimate_subset_tail(one.scores, one.counts, one.size)
        check_work(states, limit, what)
        return subset_tail(
            one.scores, one.counts, one.size, one.observed, limit=math.inf
        )
    parts = [stratum.distribution(limit, what) for stratum in strata]
    parts.sort(key=lambda part: len(part.values), reverse=True)
    # In two halves; all that is counted is where both together lie
    halves = [Distribution((0,), (1,)), Distribution((0,), (1,))]
    steps = 0
    for part in parts:
        halves.sort(key=lambda half: len(half.values))
        steps += len(halves[0].values) * len(part.values)
        check_work(steps, limit, what)
        halves[0] = convolve(halves[0], part)
    observed = sum(one.factor * one.observed for one in strata)
    return sum_tail(halves[0], halves[1], observed)


def simulated_hits(
    strata: Sequence[ScoredStratum], drawn: int, rng: "np.random.Generator"
) -> TailHits:
    """Count random allocations by where their sum lies, seen from its mean.

    Scores beyond a machine word are shortened to 40 bits, those of the data and those
    of the draws alike, so that it stays a test of its level.
    """
    reach = max((abs(s) for one in strata for s in one.scores), default=0)
    shift = max(reach.bit_length() - _SHORT_BITS, 0)
    common = math.lcm(*(one.n for one in strata))
    observed = 0
    sums = np.zeros(drawn, dtype=object)  # whole numbers of any length
    for one in strata:
        scores = np.array([score >> shift for score in one.scores], dtype=np.int64)
        counts = np.array(one.counts, dtype=np.int64)
        sizes = (one.size, one.n - one.size)
        batches = random_sums(scores, counts, sizes, drawn, rng)
        firsts = np.concatenate([batch[:, 0] for batch in batches]).astype(object)
        mean = one.size * int(scores @ counts)  # times n
        weight = one.factor * common // one.n
        sums = sums + (firsts * one.n - mean) * weight
        mine = int(scores @ np.array(one.chosen, dtype=np.int64))
        observed += (mine * one.n - mean) * weight
    hits = TailHits()
    hits.count(sums, observed)
    return hits
