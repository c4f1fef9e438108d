"""The rows of a Cox regression, against rows kept one by one."""

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from iph.stats._survival.cox_data import cox_data

Row = tuple[int | None, bool | None, int | None, str | None, int]
PATIENTS: Any = st.lists(
    st.tuples(
        st.one_of(st.none(), st.integers(0, 9)),
        st.one_of(st.none(), st.booleans()),
        st.one_of(st.none(), st.integers(-3, 3)),
        st.one_of(st.none(), st.sampled_from("abc")),
        st.integers(0, 3),
    ),
    max_size=12,
)


@given(PATIENTS)
def test_complete_rows_of_some_case_are_kept(rows: list[Row]) -> None:
    """Kept is a row without a gap that stands for a case; labels become columns."""
    rows = [
        (1, True, 2, "a", 1),
        (2, False, 5, "b", 0),
        (3, True, None, "b", 2),
        (4, None, 3, None, 0),
        *rows,
    ]
    time, event, x, ward, weights = map(list, zip(*rows, strict=True))
    found = cox_data(time, event, {"x": x, "ward": ward}, weights)
    complete = [row for row in rows if None not in row]
    kept = [row for row in complete if row[4]]
    others = [label for label in "bc" if label in ward]
    assert found.names == ("x", *(f"ward[{label}]" for label in others))
    assert found.time.tolist() == [row[0] for row in kept]
    assert found.happened.tolist() == [row[1] for row in kept]
    assert found.counts.tolist() == [row[4] for row in kept]
    assert found.x.tolist() == [
        [row[2], *(float(row[3] == label) for label in others)] for row in kept
    ]
    assert found.n_missing == sum(weights) - sum(row[4] for row in complete)


def test_without_case_counts_each_row_is_one() -> None:
    """Without weights every complete row is one case."""
    found = cox_data([5, None, 7], [1, 1, 0], {"x": np.array([1.5, 2.0, 0.5])}, None)
    assert found.counts.tolist() == [1, 1]
    assert found.x.tolist() == [[1.5], [0.5]]
    assert found.n_missing == 1
