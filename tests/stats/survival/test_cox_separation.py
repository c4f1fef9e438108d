import itertools

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from iph.stats._survival.cox_separation import endless_direction
from iph.testing import survival_data

Rows = tuple[list[int], list[bool], list[int]]

# Directions enough to find any endless one of two columns with values 0, 1 and 2.
DIRECTIONS = [
    np.array(pair)
    for pair in itertools.product(range(-6, 7), repeat=2)
    if pair != (0, 0)
]


def is_endless(
    b: np.ndarray, x: np.ndarray, time: list[int], event: list[bool]
) -> bool:
    """Whether each event has the largest combination at risk, one strictly so."""
    strict = False
    for i, day in enumerate(time):
        if not event[i]:
            continue
        at_risk = [j for j, t in enumerate(time) if t >= day]
        differences = [(x[i] - x[j]) @ b for j in at_risk]
        if min(differences) < 0:
            return False
        strict |= max(differences) > 0
    return strict


@given(survival_data(max_size=8), st.data())
def test_all_directions(rows: Rows, data: st.DataObject) -> None:
    """A direction is found if and only if there is one, and it is one."""
    time, event, _ = rows
    event = [True, *event[1:]]
    level = st.integers(0, 2)
    x = np.array([[data.draw(level), data.draw(level)] for _ in time], dtype=float)
    seen = np.array(time) >= min(t for t, e in zip(time, event, strict=True) if e)
    found = endless_direction(x[seen], np.array(time)[seen], np.array(event)[seen])
    exists = any(is_endless(b, x, time, event) for b in DIRECTIONS)
    assert bool(np.any(found)) == exists
    if exists:
        assert is_endless(np.round(found, 6), x, time, event)
        assert np.abs(found).max() == pytest.approx(1.0, abs=1e-6)


def test_shown_by_the_first_events_only() -> None:
    """Patients who are still at risk later are compared at each event before, too."""
    time, event = [3, 3, 5, 5], [True, False, True, True]
    x = np.array([[0.0, 1.0], [0.0, 0.0], [1.0, 1.0], [1.0, 2.0]])
    assert is_endless(np.array([-1, 0]), x, time, event)
    found = endless_direction(x, np.array(time), np.array(event))
    assert found.tolist() == pytest.approx([-1.0, 0.0], abs=1e-6)
