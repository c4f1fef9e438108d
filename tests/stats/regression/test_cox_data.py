"""The rows of a Cox regression, against rows kept one by one."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.errors import DataError, InputError
from iph.stats._regression.cox_data import cox_data

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
    found = cox_data(time, event, {"x": x, "ward": ward}, weights=weights)
    complete = [row for row in rows if None not in row]
    kept = [row for row in complete if row[4]]
    others = [label for label in "bc" if label in ward]
    assert found.covariates.names == ("x", *(f"ward[{label}]" for label in others))
    assert found.covariates.terms == ("x", *("ward" for _ in others))
    assert found.time.tolist() == [row[0] for row in kept]
    assert found.happened.tolist() == [row[1] for row in kept]
    assert found.counts.tolist() == [row[4] for row in kept]
    assert found.covariates.x.tolist() == [
        [row[2], *(float(row[3] == label) for label in others)] for row in kept
    ]
    assert found.n == sum(row[4] for row in kept)
    assert found.n_events == sum(row[4] for row in kept if row[1])
    assert found.n_missing == sum(weights) - sum(row[4] for row in complete)


def test_without_case_counts_each_row_is_one() -> None:
    """Without weights every complete row is one case."""
    found = cox_data([5, None, 7], [1, 1, 0], {"x": np.array([1.5, 2.0, 0.5])})
    assert found.counts.tolist() == [1, 1]
    assert found.covariates.x.tolist() == [[1.5], [0.5]]
    assert (found.entry, found.stratum, found.n_missing) == (None, None, 1)


def test_strata_and_entry() -> None:
    """A row without stratum or entry is left out; entry comes before the end."""
    found = cox_data(
        [5, 6, 7],
        [1, 1, 0],
        {"x": [1, 2, 3]},
        strata=["b", None, "a"],
        entry=[0.5, 1, 2],
    )
    assert found.stratum is not None
    assert found.entry is not None
    assert found.stratum.tolist() == [1, 0]
    assert found.entry.tolist() == [0.5, 2.0]
    assert found.n_missing == 1
    assert cox_data([5, 6], [1, 1], {"x": [1, 2]}, entry=[None, 1]).n_missing == 1
    with pytest.raises(InputError, match=r"entry\[1\] must be before time \(6\)"):
        cox_data([5, 6], [1, 1], {"x": [1, 2]}, entry=[1, 6])
    with pytest.raises(InputError, match="strata must be as long as time"):
        cox_data([5, 6], [1, 1], {"x": [1, 2]}, strata=["a"])
    with pytest.raises(InputError, match="entry must be as long as time"):
        cox_data([5, 6], [1, 1], {"x": [1, 2]}, entry=[1])


def test_masked_values_are_missing() -> None:
    """What is masked in an array of NumPy is not taken as a number."""
    ages = np.ma.masked_array([30.0, 99.0, 50.0], mask=[False, True, False])
    found = cox_data([5, 6, 7], [1, 1, 0], {"age": ages})
    assert found.covariates.x.tolist() == [[30.0], [50.0]]
    assert found.n_missing == 1


def test_one_label_is_constant() -> None:
    """A covariate of one label, or of none, says nothing."""
    with pytest.raises(DataError, match="covariate ward is constant; leave it out"):
        cox_data([5, 6], [1, 1], {"ward": ["a", "a"]})
