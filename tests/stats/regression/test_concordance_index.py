import math
from collections.abc import Sequence
from typing import Any

import hypothesis.strategies as st
import numpy as np
from hypothesis import given

from iph.stats._regression.concordance_index import (
    c_statistic,
    concordance_index,
    ranked_before,
)
from iph.testing import survival_data

Rows = tuple[list[int], list[bool], list[int]]


def naive(
    risk: Sequence[float],
    time: Sequence[int],
    event: Sequence[bool],
    entry: Sequence[int],
    stratum: Sequence[int],
) -> float:
    """Look at every pair of patients."""
    right = pairs = 0.0
    for a in range(len(time)):
        for b in range(len(time)):
            later = time[b] > time[a] or (time[b] == time[a] and not event[b])
            together = entry[b] < time[a] and stratum[a] == stratum[b]
            if event[a] and later and together:
                pairs += 1
                right += 1.0 if risk[a] > risk[b] else 0.5 if risk[a] == risk[b] else 0
    return right / pairs if pairs else math.nan


@given(survival_data(), st.data())
def test_every_pair(rows: Rows, data: st.DataObject) -> None:
    """The share is that of looking at each pair, with case counts as repeated rows."""
    time, event, stratum = rows
    risk = [data.draw(st.integers(0, 3)) for _ in time]
    counts = np.array([data.draw(st.integers(1, 3)) for _ in time])
    late, several = data.draw(st.booleans()), data.draw(st.booleans())
    entry = [data.draw(st.integers(-1, t - 1)) if late else -1 for t in time]
    stratum = stratum if several else [0] * len(time)
    found = concordance_index(
        np.array(risk, dtype=float),
        np.array(time, dtype=float),
        np.array(event),
        counts,
        entry=np.array(entry, dtype=float) if late else None,
        stratum=np.array(stratum) if several else None,
    )
    copies = np.repeat(np.arange(counts.size), counts)
    columns: Any = (risk, time, event, entry, stratum)
    expected = naive(*([column[i] for i in copies] for column in columns))
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 3)), max_size=30))
def test_ranks_before(rows: list[tuple[int, int]]) -> None:
    """Lower and equal ranks among the first rows are counted with their weights."""
    rank, weights = np.array(rows, dtype=np.int64).reshape(-1, 2).T
    upto = np.arange(rank.size + 1).repeat(42)
    bound = np.tile(np.arange(42), rank.size + 1)
    bound = np.minimum(bound, rank.max(initial=0))
    below, equal = ranked_before(rank, weights, upto, bound)
    for u, b, low, same in zip(upto, bound, below, equal, strict=True):
        assert low == weights[:u][rank[:u] < b].sum()
        assert same == weights[:u][rank[:u] == b].sum()


@given(
    st.lists(st.tuples(st.integers(0, 4), st.booleans(), st.integers(1, 3)), max_size=9)
)
def test_every_pair_of_outcomes(rows: list[tuple[int, bool, int]]) -> None:
    """The c-statistic is that of looking at each pair of outcomes."""
    rows = [(2, True, 1), (1, False, 2), *rows]
    risk, event, counts = map(np.array, zip(*rows, strict=True))
    copies = np.repeat(np.arange(counts.size), counts)
    risks, events = risk[copies], event[copies]
    gaps = risks[events][:, None] - risks[~events]
    expected = ((gaps > 0) + (gaps == 0) / 2).mean()
    found = c_statistic(risk.astype(float), event, counts)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_rounding_makes_no_order() -> None:
    """Predictions that differ by a rounding error are equal."""
    found = concordance_index(
        np.array([0.1 + 0.2, 0.3]),
        np.array([1.0, 2.0]),
        np.array([True, True]),
        np.array([1, 1]),
    )
    assert found == 0.5


def test_no_pairs() -> None:
    """Without comparable pairs there is no concordance."""
    found = concordance_index(
        np.zeros(2), np.array([1.0, 1.0]), np.array([True, True]), np.array([1, 1])
    )
    assert math.isnan(found)
