"""Random allocations made of raw words."""

import itertools
from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from iph.stats._inference.dealing import (
    below,
    coin_tosses,
    dealt_labels,
    dealt_sums,
    dealt_tables,
    permutation,
    words,
)
from iph.stats._inference.p_value import documented_generator

GROUPS = st.lists(st.integers(0, 9), min_size=1, max_size=5)


def test_documented_words() -> None:
    """The documented seed begins with these words, on every platform."""
    found = words(documented_generator(), 2).tolist()
    assert found == np.random.PCG64(2023).random_raw(2).tolist()
    assert found == [1624317991559119395, 4066401081486699644]


@pytest.mark.parametrize("bits", [np.random.MT19937, np.random.Philox])
def test_words_of_other_generators_have_64_bits(bits: Callable[[int], object]) -> None:
    """Every bit of a word varies, also if a generator makes 32 bits at a time."""
    found = words(np.random.Generator(bits(1)), 200)  # type: ignore[arg-type]
    assert int(np.bitwise_or.reduce(found)) == 2**64 - 1
    assert int(np.bitwise_and.reduce(found)) == 0


@given(n=st.integers(1, 2**32 - 1), seed=st.integers(0, 99))
def test_below_is_the_upper_half_of_a_product(n: int, seed: int) -> None:
    """A number below n is word * n / 2**64, rounded down, in Python's integers."""
    drawn = words(np.random.default_rng(seed), 50).tolist()
    expected = [word * n >> 64 for word in drawn]
    assert below(n, np.random.default_rng(seed), (50,)).tolist() == expected


@given(sizes=GROUPS.filter(any), seed=st.integers(0, 99))
def test_labels_have_the_sizes(sizes: list[int], seed: int) -> None:
    """Every allocation has groups of the sizes asked, also empty ones."""
    rng = np.random.default_rng(seed)
    labels = np.concatenate(list(dealt_labels(sizes, 7, rng)))
    for row in labels:
        assert np.bincount(row, minlength=len(sizes)).tolist() == sizes


@pytest.mark.parametrize("sizes", [(3, 2), (2, 3, 1), (1, 1, 4), (2, 2, 2)])
def test_all_allocations_are_equally_likely(sizes: tuple[int, ...]) -> None:
    """Each way to deal the cases comes up as often as any other."""
    drawn = 60_000
    found: Counter[tuple[int, ...]] = Counter()
    for labels in dealt_labels(sizes, drawn, documented_generator()):
        found.update(map(tuple, labels.tolist()))
    base = [g for g, size in enumerate(sizes) for _ in range(size)]
    every = set(itertools.permutations(base))
    assert set(found) == every
    assert stats.chisquare([found[a] for a in every]).pvalue > 1e-3


def test_many_groups_are_dealt() -> None:
    """Forty groups of unequal size: each case is in each group by its share."""
    sizes = [1 + g % 7 for g in range(40)]
    n, drawn = sum(sizes), 20_000
    (labels,) = dealt_labels(sizes, drawn, documented_generator())
    for g in (0, 6, 39):
        expected = np.full(n, drawn * sizes[g] / n)
        found = (labels == g).sum(axis=0)
        assert found.sum() == drawn * sizes[g]
        assert stats.chisquare(found, expected).pvalue > 1e-3


def test_a_group_of_one_among_many() -> None:
    """The one case of a small group is any of a thousand, equally often."""
    (labels,) = dealt_labels((999, 1), 4_000, documented_generator())
    places = np.nonzero(labels)[1]
    assert places.size == 4_000
    assert stats.chisquare(np.bincount(places // 50, minlength=20)).pvalue > 1e-3


@given(
    ties=st.lists(st.integers(0, 6), min_size=1, max_size=6).filter(any),
    seed=st.integers(0, 99),
    data=st.data(),
)
def test_sums_and_tables_are_those_of_the_labels(
    ties: list[int], seed: int, data: st.DataObject
) -> None:
    """Sums of scores (long ones too) and tables hold what the labels say."""
    n = sum(ties)
    first = data.draw(st.integers(0, n))
    second = data.draw(st.integers(0, n - first))
    sizes = (first, second, n - first - second)
    bound = 2 ** data.draw(st.sampled_from([4, 56]))
    scores = data.draw(
        st.lists(st.integers(-bound, bound), min_size=len(ties), max_size=len(ties))
    )
    labels = np.concatenate(list(dealt_labels(sizes, 5, np.random.default_rng(seed))))
    tables = np.concatenate(
        list(dealt_tables(ties, sizes, 5, np.random.default_rng(seed)))
    )
    given_scores, counts = np.array(scores), np.array(ties)
    sums = np.concatenate(
        list(dealt_sums(given_scores, counts, sizes, 5, np.random.default_rng(seed)))
    )
    value = np.repeat(np.arange(len(ties)), ties)
    for row, label in enumerate(labels.tolist()):
        expected = [[0] * 3 for _ in ties]
        for place, group in zip(value.tolist(), label, strict=True):
            expected[place][group] += 1
        assert tables[row].tolist() == expected
        assert sums[row].tolist() == [
            sum(s * line[g] for s, line in zip(scores, expected, strict=True))
            for g in range(3)
        ]


def test_batches_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """However few cells fit, all rows are drawn."""
    monkeypatch.setattr("iph.stats._inference.dealing._CELLS_AT_ONCE", 10)
    monkeypatch.setattr("iph.stats._inference.dealing._BLOCK", 5)
    rng = np.random.default_rng(1)
    ones = np.ones(4, dtype=np.int64)
    assert sum(map(len, dealt_labels((2, 2), 23, rng))) == 23
    assert sum(map(len, dealt_tables(ones, (2, 2), 23, rng))) == 23
    assert sum(map(len, dealt_sums(ones, ones, (2, 2), 23, rng))) == 23


def test_orders_are_equally_likely() -> None:
    """Each order of four cases comes up as often as any other."""
    orders = permutation(4, 48_000, documented_generator())
    found = Counter(map(tuple, orders.tolist()))
    assert set(found) == set(itertools.permutations(range(4)))
    assert stats.chisquare(list(found.values())).pvalue > 1e-3


@pytest.mark.parametrize("count", [0, 1, 5, 64, 65, 130])
def test_heads_are_binomial(count: int) -> None:
    """The heads of a number of coins have the binomial distribution."""
    heads = coin_tosses([count, 3], 20_000, documented_generator())[:, 0]
    shares = stats.binom.pmf(np.arange(count + 1), count, 0.5)
    common = shares * heads.size > 5
    found = np.bincount(heads.astype(np.intp), minlength=count + 1)
    assert found.size == count + 1
    rest = 1.0 - shares[common].sum()
    observed = [*found[common], found[~common].sum()]
    expected = [*(heads.size * shares[common]), heads.size * rest]
    if rest * heads.size < 1:  # too few for a class of their own
        observed, expected = observed[:-1], expected[:-1]
    scale = sum(observed) / sum(expected)
    scaled = [scale * number for number in expected]
    assert count == 0 or stats.chisquare(observed, scaled).pvalue > 1e-3
