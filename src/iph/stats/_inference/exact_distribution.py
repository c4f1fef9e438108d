"""The distribution of a whole statistic, its tails, and sums of independent ones."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from fractions import Fraction
from itertools import accumulate
from math import gcd

import attrs

from iph._checks import one_of
from iph.stats._inference.exact_dense import digit_width, pack, unpack

_DIGIT_BITS = 256  # bits of a packed product that cost as much as a pair of values


@attrs.frozen(kw_only=True)
class Tail:
    """How many equally likely assignments lie where.

    Attributes
    ----------
    less, equal, greater : int
        Assignments with a statistic below, equal to and above the observed one.
    far : int
        Assignments at least as far from the mean as the observed one.
    total : int
        All assignments.
    """

    less: int
    equal: int
    greater: int
    far: int
    total: int

    def p_value(self, alternative: str = "two-sided", two_sided: str = "abs") -> float:
        """Return the p-value: one rounding, at the last division.

        Parameters
        ----------
        alternative : {"two-sided", "less", "greater"}
            Which assignments count against the hypothesis.
        two_sided : {"abs", "central"}
            Those at least as far from the mean, or twice the smaller tail.
        """
        one_of(alternative, "alternative", ("two-sided", "less", "greater"))
        one_of(two_sided, "two_sided", ("abs", "central"))
        lower, upper = self.less + self.equal, self.greater + self.equal
        if alternative == "less":
            return lower / self.total
        if alternative == "greater":
            return upper / self.total
        if two_sided == "abs":
            return self.far / self.total
        return min(2 * min(lower, upper), self.total) / self.total


@attrs.frozen
class Distribution:
    """The distribution of a whole statistic over equally likely assignments.

    Attributes
    ----------
    values : tuple of int
        The distinct values, ascending.
    counts : tuple of int
        How many assignments give each value.
    """

    values: tuple[int, ...]
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """The number of assignments."""
        return sum(self.counts)

    @property
    def mean(self) -> Fraction:
        """The mean of the statistic, exactly."""
        summed = sum(v * c for v, c in zip(self.values, self.counts, strict=True))
        return Fraction(summed, self.total)

    def tail(self, observed: int) -> Tail:
        """Count the assignments below, at, above and far from the observed value."""
        total = self.total
        summed = sum(v * c for v, c in zip(self.values, self.counts, strict=True))
        first = bisect_left(self.values, observed)
        after = bisect_right(self.values, observed)
        less, equal = sum(self.counts[:first]), sum(self.counts[first:after])
        low, high = far_cuts(summed, total, observed)
        near = sum(
            self.counts[bisect_right(self.values, low) : bisect_left(self.values, high)]
        )
        return Tail(
            less=less,
            equal=equal,
            greater=total - less - equal,
            far=total - near,
            total=total,
        )


def far_cuts(summed: int, total: int, observed: int) -> tuple[int, int]:
    """Return (low, high): as far from the mean as the observed if <= low or >= high.

    Parameters
    ----------
    summed, total : int
        The mean of the statistic as a ratio of whole numbers.
    observed : int
        The observed value.
    """
    distance = abs(observed * total - summed)
    low = (summed - distance) // total
    high = -((-summed - distance) // total)
    # At the mean itself everything is far: the cuts must not leave a gap.
    return low, (high if high > low else low + 1)


def from_ways(ways: dict[int, int], *, base: int = 0, step: int = 1) -> Distribution:
    """Return the distribution with these ways of values, stretched and moved."""
    ordered = sorted(ways.items())
    return Distribution(
        tuple(base + step * value for value, _ in ordered),
        tuple(count for _, count in ordered),
    )


def convolve(a: Distribution, b: Distribution) -> Distribution:
    """Return the distribution of the sum of two independent statistics."""
    base = a.values[0] + b.values[0]
    gaps = [value - x.values[0] for x in (a, b) for value in x.values]
    step = gcd(*gaps) or 1
    first, second = (
        {
            (value - x.values[0]) // step: count
            for value, count in zip(x.values, x.counts, strict=True)
        }
        for x in (a, b)
    )
    width = digit_width(a.total * b.total)
    digits = max(first) + max(second) + 1
    if digits * width < _DIGIT_BITS * len(first) * len(second):
        packed = pack(first, width) * pack(second, width)
        return from_ways(unpack(packed, width), base=base, step=step)
    ways: dict[int, int] = defaultdict(int)
    for value, count in first.items():
        for other, many in second.items():
            ways[value + other] += count * many
    return from_ways(ways, base=base, step=step)


def sum_tail(a: Distribution, b: Distribution, observed: int) -> Tail:
    """Count where the sum of two independent statistics lies, without listing it.

    Parameters
    ----------
    a, b : Distribution
        The two statistics.
    observed : int
        The observed sum.
    """
    if len(a.values) > len(b.values):
        a, b = b, a
    before = [0, *accumulate(b.counts)]

    def below(cut: int) -> int:
        return sum(
            count * before[bisect_left(b.values, cut - value)]
            for value, count in zip(a.values, a.counts, strict=True)
        )

    total = a.total * b.total
    mean = a.mean + b.mean
    less = below(observed)
    equal = below(observed + 1) - less
    low, high = far_cuts(mean.numerator, mean.denominator, observed)
    far = below(low + 1) + total - below(high)
    return Tail(
        less=less, equal=equal, greater=total - less - equal, far=far, total=total
    )
