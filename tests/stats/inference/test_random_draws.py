"""Random draws of a part of a pool, by whichever way is shortest."""

import itertools
import math
from collections import Counter
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from iph._checks import Floats
from iph.stats._inference import random_draws as _random_draws
from iph.stats._inference.random_draws import drawn_sums, label_sums


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
    least, limits = _random_draws._limits(count, share)
    found = limits.astype(np.float64) / 2.0**64
    expected = stats.binom.cdf(least + np.arange(limits.size), count, share)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-15)
    assert least == 0 or stats.binom.cdf(least - 1, count, share) < 1e-20
    assert limits[-1] == 2**64 - 1


@pytest.mark.parametrize("share", [0.01, 0.5])
def test_a_random_number_means_the_first_limit_it_does_not_pass(share: float) -> None:
    """Table and search find what going through the limits one by one finds."""
    counts = np.array([5000, 1, 300, 0, 40])
    limits = [_random_draws._limits(count, share) for count in counts.tolist()]
    edges = np.concatenate([own for _, own in limits])
    numbers = np.concatenate(
        (edges, edges + np.uint64(1), np.arange(0, 2**64, 2**56 + 3, dtype=np.uint64))
    )
    given = np.repeat(numbers[:, None], counts.size, axis=1)
    rng: Any = SimpleNamespace(integers=lambda *_, **__: given)
    found = _random_draws._BinomialTables.of(counts, share).draw(given.shape, rng)
    expected = [least + np.searchsorted(own, numbers) for least, own in limits]
    np.testing.assert_array_equal(found, np.stack(expected, axis=1))


def test_many_classes_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mean and variance are those of a draw without replacement, in every batch."""
    monkeypatch.setattr(_random_draws, "_LABELS_AT_ONCE", 40_000)
    rng = np.random.default_rng(6)
    counts = rng.integers(0, 200, 40)
    scores = np.arange(40.0) ** 2
    n, size, drawn = int(counts.sum()), 1000, 3000
    found = label_sums(scores, counts, size, drawn, np.random.default_rng(1))
    cases = np.repeat(scores, counts.astype(np.intp))
    variance = cases.var() * size * (n - size) / (n - 1)
    assert (found == np.round(found)).all()
    error = math.sqrt(variance / drawn)
    assert abs(found.mean() - size * cases.mean()) < 5 * error
    assert abs(found.var() / variance - 1) < 5 * math.sqrt(2 / drawn)


@pytest.mark.parametrize(
    ("counts", "size"),
    [([1, 1, 1, 1, 1, 1], 2), ([1, 2, 1, 1, 1], 3), ([40, 30, 2], 3), ([1] * 5, 4)],
)
def test_drawn_sums(counts: list[int], size: int) -> None:
    """Every sum comes up as often as its share of all draws, by whichever route."""
    scores = np.array([5.0**i for i in range(len(counts))])
    pool = np.repeat(scores, counts)
    shares = Counter(sum(draw) for draw in itertools.combinations(pool.tolist(), size))
    n = 40_000
    found = Counter(
        drawn_sums(scores, np.array(counts), size, n, np.random.default_rng(4)).tolist()
    )
    assert set(found) <= set(shares)
    total = math.comb(len(pool), size)
    chi_square = sum(
        (found[value] - n * ways / total) ** 2 / (n * ways / total)
        for value, ways in shares.items()
    )
    # A chi-square of so many degrees of freedom exceeds this once in 10**6 seeds.
    df = len(shares) - 1
    assert chi_square < df + 5 * math.sqrt(2 * df) + 15


def test_drawn_sums_nothing() -> None:
    """Drawing none gives 0, drawing all gives the whole sum."""
    rng = np.random.default_rng(1)
    scores, counts = np.array([3.0, 4.0]), np.array([2, 1])
    assert drawn_sums(scores, counts, 0, 3, rng).tolist() == [0.0] * 3
    assert drawn_sums(scores, counts, 3, 3, rng).tolist() == [10.0] * 3


@pytest.mark.parametrize("n", [0, 1, 2, 3, 4])
def test_small_pools(n: int) -> None:
    """Of none to four cases any number is drawn, and every part comes up."""
    scores = np.array([2.0**case for case in range(n)])
    counts = np.ones(n, dtype=np.int64)
    for size in range(n + 1):
        found = drawn_sums(scores, counts, size, 400, np.random.default_rng(1))
        every = itertools.combinations(scores.tolist(), size)
        assert set(found.tolist()) == {sum(part) for part in every}


def test_drawn_sums_in_batches() -> None:
    """Many draws from a long list are exact whole numbers of the right mean."""
    scores = np.arange(3000.0)
    found = drawn_sums(
        scores, np.ones(3000, dtype=np.int64), 700, 6000, np.random.default_rng(2)
    )
    assert found.size == 6000
    assert (found == np.round(found)).all()
    sd = math.sqrt(700 * 2300 / 2999 * np.var(scores) * 3000 / 3000)
    assert abs(found.mean() - 700 * 1499.5) < 5 * sd / math.sqrt(6000)
    assert abs(found.std() / sd - 1) < 0.05


@pytest.mark.parametrize("way", ["parts", "labels", "cases"])
@pytest.mark.parametrize(
    ("counts", "size"), [([1, 1, 1, 1, 1, 1], 2), ([1, 3, 2], 3), ([2, 1, 4], 6)]
)
def test_each_way_draws_every_part_alike(
    way: str, counts: list[int], size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever way is taken, in however many batches, all draws are as likely."""
    monkeypatch.setattr(_random_draws, "_shortest_way", lambda *_: way)
    monkeypatch.setattr(_random_draws, "_BYTES", 20_000)
    monkeypatch.setattr(_random_draws, "_BLOCK", 1000)
    monkeypatch.setattr(_random_draws, "_LABELS_AT_ONCE", 9000)
    drawn = 20_011
    scores = np.array([7.0**i for i in range(len(counts))])
    cases = np.repeat(scores, counts).tolist()
    shares = Counter(sum(part) for part in itertools.combinations(cases, size))
    sums = drawn_sums(scores, np.array(counts), size, drawn, np.random.default_rng(8))
    assert sums.shape == (drawn,)
    found = Counter(sums.tolist())
    assert set(found) <= set(shares)
    total = math.comb(len(cases), size)
    expected = [drawn * ways / total for ways in shares.values()]
    assert stats.chisquare([found[s] for s in shares], expected).pvalue > 1e-4


@pytest.mark.parametrize("size", [1, 2, 3, 500])
def test_labels_of_single_cases_are_as_many_as_asked(size: int) -> None:
    """Each draw of a long list has its size, be it one case of a thousand."""
    ones: Floats = np.ones(1000)
    found = _random_draws._labeled_sums(ones, size, 300, np.random.default_rng(1))
    assert found.tolist() == [float(size)] * 300


@pytest.mark.parametrize("size", [19_880, 19_990])
def test_few_labels_of_single_cases_are_repaired(size: int) -> None:
    """Labels are given with nearly the right share, so few cases need a repair.

    A binomial number is off by 0.8 standard deviations; half of the cases tried help.
    """
    rng = np.random.default_rng(1)
    tried: list[int] = []

    def integers(low: int, high: int, *, size: int) -> Any:
        tried.append(size)
        return rng.integers(low, high, size=size)

    n, rows = 40_000, 100
    counted: Any = SimpleNamespace(bytes=rng.bytes, integers=integers)
    _random_draws._labeled_sums(np.ones(n), size, rows, counted)
    expected = 2 * 0.8 * math.sqrt(size * (n - size) / n)
    assert 0.7 * expected < sum(tried) / rows < 1.3 * expected


def test_the_shortest_way_is_taken() -> None:
    """Few classes are dealt, many of many cases labeled, single cases labeled each.

    For a few draws no tables are made, of very many cases none is looked up, and
    where the number of labels is far off their repair costs more than dealing.
    """
    way = _random_draws._shortest_way
    year = np.full(730, 137)
    assert way(year, 50_000, 10_000) == "labels"
    assert way(year, 50_000, 100) == "parts"
    assert way(np.full(100, 1000), 50_000, 10_000) == "parts"
    assert way(np.full(100, 1000), 100, 10_000) == "labels"
    assert way(np.full(12, 8000), 50_000, 10_000) == "parts"
    assert way(np.ones(1000, dtype=np.int64), 500, 10_000) == "cases"
    assert way(np.full(7300, 10**5), 10**8, 10_000) == "parts"


@pytest.mark.parametrize("classes", [12, 730])
def test_either_way_has_the_right_variance(classes: int) -> None:
    """Parts and labels by class have the distribution of a draw, nearly normal."""
    counts, scores = np.full(classes, 100_000 // classes), np.arange(float(classes))
    n, drawn = int(counts.sum()), 60_000  # the smaller part is drawn
    found = drawn_sums(scores, counts, drawn, 4000, np.random.default_rng(2))
    sd = math.sqrt(np.repeat(scores, counts).var() * drawn * (n - drawn) / (n - 1))
    standardized = (found - drawn * scores.mean()) / sd
    assert stats.kstest(standardized, "norm").pvalue > 1e-4
