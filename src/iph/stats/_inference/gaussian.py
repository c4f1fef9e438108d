"""How many orders of tied cases have each number of inversions.

Without ties among the values, the Mann-Whitney, the Jonckheere-Terpstra and Kendall's
statistic all count inversions of a sequence of group labels, and their distribution is
a product formula: the coefficients of a Gaussian multinomial.
"""

from collections.abc import Sequence


def most_inversions(sizes: Sequence[int]) -> int:
    """Return the pairs of cases with different values."""
    return (sum(sizes) ** 2 - sum(size * size for size in sizes)) // 2


def inversions_work(sizes: Sequence[int]) -> int:
    """Return the additions that `inversion_counts` takes."""
    return (sum(sizes) - max(sizes, default=0)) * most_inversions(sizes)


def inversion_counts(sizes: Sequence[int]) -> list[int]:
    """Return, from no inversion to the most, how many orders have so many.

    The Gaussian multinomial is a product over the cases: of the i-th case of a value,
    with m cases placed before it, multiply by 1 - z**(m + 1) and divide by 1 - z**i. It
    reads the same from both ends, so half of the coefficients are enough; the factors
    of the value placed first cancel.
    """
    ordered = sorted(sizes, reverse=True)
    most = most_inversions(ordered)
    half = most // 2
    ways = [1] + [0] * half
    placed = ordered[0] if ordered else 0
    for size in ordered[1:]:
        for i in range(1, size + 1):
            placed += 1
            for u in range(half, placed - 1, -1):
                ways[u] -= ways[u - placed]
            for u in range(i, half + 1):
                ways[u] += ways[u - i]
    mirrored = ways[::-1] if most % 2 else ways[-2::-1]
    return ways + mirrored
