import math

import hypothesis.strategies as st
import numpy as np
from hypothesis import given

from iph.stats._survival.concordance_index import concordance_index
from iph.testing import survival_data

Rows = tuple[list[int], list[bool], list[int]]


def naive(risk: list[float], time: list[int], event: list[bool]) -> float:
    """Look at every pair of patients."""
    right = pairs = 0.0
    for a in range(len(time)):
        for b in range(len(time)):
            later = time[b] > time[a] or (time[b] == time[a] and not event[b])
            if event[a] and later:
                pairs += 1
                right += 1.0 if risk[a] > risk[b] else 0.5 if risk[a] == risk[b] else 0
    return right / pairs if pairs else math.nan


@given(survival_data(), st.data())
def test_every_pair(rows: Rows, data: st.DataObject) -> None:
    """The share is that of looking at each pair, with case counts as repeated rows."""
    risk = [data.draw(st.integers(0, 3)) for _ in rows[0]]
    counts = np.array([data.draw(st.integers(1, 3)) for _ in rows[0]])
    found = concordance_index(
        np.array(risk, dtype=float), np.array(rows[0]), np.array(rows[1]), counts
    )
    copies = np.repeat(np.arange(counts.size), counts)
    expected = naive(
        [risk[i] for i in copies],
        [rows[0][i] for i in copies],
        [rows[1][i] for i in copies],
    )
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_rounding_makes_no_order() -> None:
    """Predictions that differ by a rounding error are equal."""
    found = concordance_index(
        np.array([0.1 + 0.2, 0.3]),
        np.array([1, 2]),
        np.array([True, True]),
        np.array([1, 1]),
    )
    assert found == 0.5


def test_no_pairs() -> None:
    """Without comparable pairs there is no concordance."""
    found = concordance_index(
        np.zeros(2), np.array([1, 1]), np.array([True, True]), np.array([1, 1])
    )
    assert math.isnan(found)
