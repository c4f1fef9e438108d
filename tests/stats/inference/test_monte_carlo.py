"""Simulated p-values and the tables they are counted from."""

import itertools
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from scipy import stats

from iph.errors import DataError
from iph.stats._inference.monte_carlo import (
    TailHits,
    monte_carlo_p,
    random_sums,
    random_tables,
)


@pytest.mark.parametrize("hits", [0, 1, 37, 999, 1000])
def test_interval_is_clopper_pearson(hits: int) -> None:
    """The error of a simulated p-value is the 99 % exact binomial interval."""
    found = monte_carlo_p(hits, 1000)
    assert found.p_low is not None
    assert found.p_high is not None
    expected = stats.binomtest(hits, 1000).proportion_ci(0.99, method="exact")
    np.testing.assert_allclose(
        [found.p_low, found.p_high], [expected.low, expected.high], rtol=0, atol=1e-12
    )
    assert found.p_value == (hits + 1) / 1001
    assert found.p_low <= found.p_value <= found.p_high


def test_tables_have_the_margins() -> None:
    """Every random table has the margins asked."""
    ties, sizes = [3, 0, 4, 1], [2, 5, 1]
    tables = np.concatenate(
        list(random_tables(ties, sizes, 500, np.random.default_rng(1)))
    )
    assert tables.shape == (500, 4, 3)
    assert (tables >= 0).all()
    assert (tables.sum(axis=2) == ties).all()
    assert (tables.sum(axis=1) == sizes).all()


def test_tables_come_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Large requests are drawn piece by piece, none lost."""
    monkeypatch.setattr("iph.stats._inference.monte_carlo.MOST_DEALT", 0)
    monkeypatch.setattr("iph.stats._inference.monte_carlo._CELLS_AT_ONCE", 40)
    rng = np.random.default_rng(1)
    assert sum(map(len, random_tables([3, 4], [2, 5], 23, rng))) == 23
    distinct = np.arange(7), np.ones(7, dtype=np.int64)
    sums = np.concatenate(list(random_sums(*distinct, (2, 5), 23, rng)))
    assert sums.shape == (23, 2)
    assert (sums.sum(axis=1) == 21).all()


@pytest.mark.parametrize("most_dealt", [0, 5])
@pytest.mark.parametrize("ties", [(2, 2, 1), (1, 1, 1, 1, 1)])
def test_group_sums_are_equally_likely_allocations(
    ties: tuple[int, ...], most_dealt: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Drawing tables and dealing cases have the distribution of allocations."""
    monkeypatch.setattr("iph.stats._inference.monte_carlo.MOST_DEALT", most_dealt)
    scores = np.arange(len(ties)) ** 2
    cases = np.repeat(scores, ties).tolist()
    expected = Counter(
        sum(cases[i] for i in chosen) for chosen in itertools.combinations(range(5), 2)
    )
    drawn = 20_000
    rng = np.random.default_rng(7)
    batches = list(random_sums(scores, np.array(ties), (2, 3), drawn, rng))
    found = Counter(np.concatenate(batches)[:, 0].tolist())
    assert set(found) <= set(expected)
    frequencies = [found[value] for value in expected]
    shares = [drawn * many / 10 for many in expected.values()]
    assert stats.chisquare(frequencies, shares).pvalue > 1e-4


@pytest.mark.parametrize(("ties", "dealt"), [((4, 2), 6007), ((2, 2, 1, 1), 0)])
def test_three_groups_are_dealt_alike(
    ties: tuple[int, ...], dealt: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All sums of three groups come up as often as in all 60 ways to deal six cases.

    Of more cases than are dealt one by one, few values are dealt as counts, in batches.
    """
    monkeypatch.setattr("iph.stats._inference.monte_carlo.MOST_DEALT", 0)
    monkeypatch.setattr("iph.stats._inference.monte_carlo._CELLS_AT_ONCE", 600)
    monkeypatch.setattr("iph.stats._inference.dealing._CELLS_AT_ONCE", 600)
    tables: list[int] = []

    def counted(*given: Any) -> Iterator[Any]:
        for batch in random_tables(*given):
            tables.append(len(batch))
            yield batch

    monkeypatch.setattr("iph.stats._inference.monte_carlo.random_tables", counted)
    scores, drawn = 3 ** np.arange(len(ties)), 6007
    cases = np.repeat(scores, ties).tolist()
    expected = Counter(
        (sum(order[:1]), sum(order[1:3]), sum(order[3:]))
        for order in itertools.permutations(cases)
    )
    batches = list(
        random_sums(scores, np.array(ties), (1, 2, 3), drawn, np.random.default_rng(5))
    )
    assert sum(tables) == dealt
    found = Counter(tuple(row) for row in np.concatenate(batches).tolist())
    assert sum(found.values()) == drawn
    assert len(batches) > 50
    assert set(found) <= set(expected)
    total = sum(expected.values())
    shares = [drawn * many / total for many in expected.values()]
    assert stats.chisquare([found[s] for s in expected], shares).pvalue > 1e-4


@pytest.mark.parametrize("ties", [(4, 2), (2, 2, 1, 1)])
def test_more_cases_than_fit_are_dealt_one_by_one(
    ties: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However large a table or a list of cases is, one is held at a time."""
    monkeypatch.setattr("iph.stats._inference.monte_carlo.MOST_DEALT", 0)
    monkeypatch.setattr("iph.stats._inference.monte_carlo._CELLS_AT_ONCE", 1)
    monkeypatch.setattr("iph.stats._inference.dealing._CELLS_AT_ONCE", 1)
    scores = np.arange(len(ties))
    rng = np.random.default_rng(5)
    batches = list(random_sums(scores, np.array(ties), (1, 2, 3), 7, rng))
    assert [batch.shape for batch in batches] == [(1, 3)] * 7
    assert {int(batch.sum()) for batch in batches} == {int(scores @ ties)}


def test_tails() -> None:
    """Each alternative counts its own resamples; central doubles the smaller tail."""
    hits = TailHits()
    hits.count(np.array([-3, -2, 0, 2, 2, 1]), 2)
    assert (hits.lower, hits.upper, hits.far, hits.drawn) == (6, 2, 4, 6)
    assert hits.p_value("greater", "abs").p_value == 3 / 7
    assert hits.p_value("less", "abs").p_value == 1.0
    assert hits.p_value("two-sided", "abs").p_value == 5 / 7
    central = hits.p_value("two-sided", "central")
    assert central.p_value == 6 / 7
    assert central.p_high == 1.0
    hits.count(np.array([-1] * 90 + [5] * 4), 2)
    tail = hits.p_value("greater", "abs")
    assert tail.p_low is not None
    assert tail.p_high is not None
    central = hits.p_value("two-sided", "central")
    assert central.p_value == 2 * tail.p_value == 14 / 101
    assert (central.p_low, central.p_high) == (2 * tail.p_low, 2 * tail.p_high)
    mirrored = TailHits(
        lower=hits.upper, upper=hits.lower, far=hits.far, drawn=hits.drawn
    )
    assert mirrored.p_value("two-sided", "central") == central
    middle = TailHits(lower=60, upper=60, far=100, drawn=100)
    central = middle.p_value("two-sided", "central")
    assert (central.p_value, central.p_high) == (1.0, 1.0)
    assert central.p_low is not None
    assert central.p_low < 1.0


def test_too_many_cases() -> None:
    """A simulation of a billion cases says what to do instead."""
    rng = np.random.default_rng(1)
    with pytest.raises(DataError, match="use method='asymptotic'"):
        list(random_tables([10**9], [10**9], 1, rng))
