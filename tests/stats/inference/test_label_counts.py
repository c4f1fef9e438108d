"""Random parts drawn as counts of labels."""

import itertools
import math
from collections import Counter
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from iph.stats._inference import label_counts as _label_counts
from iph.stats._inference.label_counts import label_sums


@pytest.mark.parametrize(
    ("counts", "size"),
    [([1, 1, 1, 1, 1, 1], 2), ([1, 2, 1, 1, 1], 3), ([6, 1, 3], 5), ([3, 7, 2], 1)],
)
def test_every_part_is_equally_likely(counts: list[int], size: int) -> None:
    """Every sum comes up as often as its share of all draws, after the repair too."""
    scores = np.array([15.0**i for i in range(len(counts))])
    pool = np.repeat(scores, counts)
    shares = Counter(sum(draw) for draw in itertools.combinations(pool.tolist(), size))
    drawn = 40_000
    sums = label_sums(scores, np.array(counts), size, drawn, np.random.default_rng(4))
    found = Counter(sums.tolist())
    assert set(found) <= set(shares)
    frequencies = [found[value] for value in shares]
    total = math.comb(len(pool), size)
    expected = [drawn * ways / total for ways in shares.values()]
    assert stats.chisquare(frequencies, expected).pvalue > 1e-4


@pytest.mark.parametrize(("count", "share"), [(1, 0.5), (300, 0.5), (5000, 0.01)])
def test_labels_are_binomial_numbers(count: int, share: float) -> None:
    """The limits of 64 bits divide them as the binomial distribution does."""
    least, limits = _label_counts._limits(count, share)
    found = limits.astype(np.float64) / 2.0**64
    expected = stats.binom.cdf(least + np.arange(limits.size), count, share)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-15)
    assert least == 0 or stats.binom.cdf(least - 1, count, share) < 1e-20
    assert limits[-1] == 2**64 - 1


@pytest.mark.parametrize("share", [0.01, 0.5])
def test_a_random_number_means_the_first_limit_it_does_not_pass(share: float) -> None:
    """Table and search find what going through the limits one by one finds."""
    counts = np.array([5000, 1, 300, 0, 40])
    limits = [_label_counts._limits(count, share) for count in counts.tolist()]
    edges = np.concatenate([own for _, own in limits])
    numbers = np.concatenate(
        (edges, edges + np.uint64(1), np.arange(0, 2**64, 2**56 + 3, dtype=np.uint64))
    )
    given = np.repeat(numbers[:, None], counts.size, axis=1)
    rng: Any = SimpleNamespace(integers=lambda *_, **__: given)
    found = _label_counts._Table.of(counts, share).draw(given.shape, rng)
    expected = [least + np.searchsorted(own, numbers) for least, own in limits]
    np.testing.assert_array_equal(found, np.stack(expected, axis=1))


def test_many_classes_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mean and variance are those of a draw without replacement, in every batch."""
    monkeypatch.setattr(_label_counts, "_LABELS", 40_000)
    rng = np.random.default_rng(6)
    counts = rng.integers(0, 200, 40)
    scores = np.arange(40.0) ** 2
    n, size, drawn = int(counts.sum()), 1000, 3000
    found = label_sums(scores, counts, size, drawn, np.random.default_rng(1))
    cases = np.repeat(scores, counts)
    variance = cases.var() * size * (n - size) / (n - 1)
    assert (found == np.round(found)).all()
    error = math.sqrt(variance / drawn)
    assert abs(found.mean() - size * cases.mean()) < 5 * error
    assert abs(found.var() / variance - 1) < 5 * math.sqrt(2 / drawn)
