import itertools
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from iph.stats._regression.risk_sets import risk_sets
from iph.stats._regression.separation import endless_hazard, endless_odds
from iph.testing import survival_data

Rows = tuple[list[int], list[bool], list[int]]

# Directions enough to find any endless one of two columns with values 0, 1 and 2.
DIRECTIONS = [
    np.array(pair)
    for pair in itertools.product(range(-6, 7), repeat=2)
    if pair != (0, 0)
]


def is_endless(b: np.ndarray, x: np.ndarray, rows: Any) -> bool:
    """Whether each event has the largest combination at risk, one strictly so."""
    time, event, entry, stratum = rows
    strict = False
    for i, day in enumerate(time):
        if not event[i]:
            continue
        at_risk = [
            j
            for j, t in enumerate(time)
            if entry[j] < day <= t and stratum[j] == stratum[i]
        ]
        differences = [(x[i] - x[j]) @ b for j in at_risk]
        if min(differences) < 0:
            return False
        strict |= max(differences) > 0
    return strict


def direction(x: np.ndarray, rows: Any) -> np.ndarray:
    """Look for a direction by the linear program."""
    time, event, entry, stratum = map(np.asarray, rows)
    sets = risk_sets(time.astype(float), event, entry, stratum)
    return endless_hazard(x[sets.rows], event[sets.rows], sets)


@given(survival_data(max_size=8), st.data())
def test_all_directions(drawn: Rows, data: st.DataObject) -> None:
    """A direction is found if and only if there is one, and it is one."""
    time, event, stratum = drawn
    event = [True, *event[1:]]
    late = data.draw(st.booleans())
    entry = [data.draw(st.integers(0, t)) - 1 if late else -1 for t in time]
    if not data.draw(st.booleans()):
        stratum = [0] * len(time)
    level = st.integers(0, 2)
    x = np.array([[data.draw(level), data.draw(level)] for _ in time], dtype=float)
    rows = time, event, entry, stratum
    found = direction(x, rows)
    exists = any(is_endless(b, x, rows) for b in DIRECTIONS)
    assert bool(np.any(found)) == exists
    if exists:
        assert is_endless(np.round(found, 6), x, rows)
        assert np.abs(found).max() == pytest.approx(1.0, abs=1e-6)


def test_shown_by_the_first_events_only() -> None:
    """Patients who are still at risk later are compared at each event before, too."""
    rows = [3, 3, 5, 5], [True, False, True, True], [-1.0] * 4, [0] * 4
    x = np.array([[0.0, 1.0], [0.0, 0.0], [1.0, 1.0], [1.0, 2.0]])
    assert is_endless(np.array([-1, 0]), x, rows)
    assert direction(x, rows).tolist() == pytest.approx([-1.0, 0.0], abs=1e-6)


@given(st.lists(st.tuples(*[st.integers(0, 2)] * 2, st.booleans()), max_size=8))
def test_all_lines(rows: list[tuple[int, int, bool]]) -> None:
    """Outcomes are separated if and only if some line does it."""
    rows = [(0, 1, True), (1, 1, False), *rows]
    x = np.array([row[:2] for row in rows], dtype=float)
    event = np.array([row[2] for row in rows])

    def separates(b: np.ndarray) -> bool:
        with_it, without = x[event] @ b, x[~event] @ b
        apart = min(with_it) >= max(without)
        return bool(apart and (max(with_it) > min(without)))

    found = endless_odds(x, event)
    exists = any(separates(b) for b in DIRECTIONS)
    assert bool(np.any(found)) == exists
    if exists:
        assert separates(np.round(found, 6))
