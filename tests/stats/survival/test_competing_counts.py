"""Counts of two kinds of events, against counting row by row."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.errors import InputError
from iph.stats._survival.competing_counts import competing_counts, status_codes

Patient = tuple[int | None, int, int, int]


def test_codes_of_the_status() -> None:
    """Censored is 0, the cause 1, any other event 2, and what is missing -1."""
    status = ["dead", None, "ward", "home", "moved", None]
    for cause, expected in (("dead", [1, -1, 0, 2, 2, -1]), ("home", [2, -1, 0, 1, 2])):
        codes = status_codes(status, cause=cause, censored="ward").tolist()
        assert codes[: len(expected)] == expected
    assert status_codes([None, 0], cause=1, censored=0).tolist() == [-1, 0]
    assert status_codes([1, 2], cause=2, censored=0).tolist() == [2, 1]
    assert status_codes([], cause=1, censored=0).tolist() == []


def test_cause_is_another_than_censored() -> None:
    """A cause that is the word for censored, or never seen, is refused."""
    with pytest.raises(InputError, match="cause must be another label than censored"):
        status_codes([0, 1], cause=0, censored=0)
    with pytest.raises(InputError, match=r"one of the causes in status \(1, 2\)"):
        status_codes([0, 1, 2], cause=3, censored=0)


@given(
    st.lists(
        st.tuples(
            st.one_of(st.none(), st.integers(0, 4)),
            st.integers(-1, 2),
            st.integers(-1, 2),
            st.integers(0, 3),
        ),
        min_size=1,
        max_size=25,
    )
)
def test_counts(rows: list[Patient]) -> None:
    """Every cell is what counting the complete patients one by one gives."""
    time, codes, part, weights = zip(*rows, strict=True)
    found = competing_counts(
        time, np.array(codes), part=np.array(part), n_parts=3, weights=weights
    )
    complete = [row for row in rows if None not in row and -1 not in row and row[3]]
    assert found.n == sum(row[3] for row in complete)
    assert found.n_missing == sum(weights) - found.n
    times: list[Any] = sorted({row[0] for row in complete})
    assert found.time.tolist() == times

    def cases(mine: int, kind: int, first: int, last: int) -> int:
        return sum(
            count
            for day, code, where, count in complete
            if where == mine
            and (kind < 0 or code == kind)
            and day is not None
            and first <= day <= last
        )

    for mine in range(3):
        for place, t in enumerate(times):
            assert found.censored[mine, place] == cases(mine, 0, t, t)
            assert found.cause[mine, place] == cases(mine, 1, t, t)
            assert found.other[mine, place] == cases(mine, 2, t, t)
            assert found.at_risk[mine, place] == cases(mine, -1, t, 4)


def test_one_part() -> None:
    """Without parts all patients are one."""
    found = competing_counts([3, 1, 3, None], np.array([1, 2, 0, 1]))
    assert found.time.tolist() == [1.0, 3.0]
    assert found.cause.tolist() == [[0, 1]]
    assert found.other.tolist() == [[1, 0]]
    assert found.censored.tolist() == [[0, 1]]
    assert found.at_risk.tolist() == [[3, 2]]
    assert (found.n, found.n_missing) == (3, 1)
