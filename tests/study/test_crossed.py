"""Values that stand together are counted alike in few rows and in many."""

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.study import _columns
from iph.study._columns import Coded, crossed

WORDS = st.lists(st.sampled_from([None, "a", "b", 2]), min_size=1, max_size=4)


@given(
    columns=st.lists(WORDS, min_size=1, max_size=3),
    n_rows=st.integers(0, 12),
    times=st.sampled_from([1, 9]),
    data=st.data(),
)
def test_counts_are_those_of_the_rows(
    columns: list[list[Any]], n_rows: int, times: int, data: st.DataObject
) -> None:
    """Each row counts once, also where two codes mean one value, and in one order."""
    places = [
        data.draw(
            st.lists(st.integers(0, len(values) - 1), min_size=n_rows, max_size=n_rows)
        )
        * times
        for values in columns
    ]
    coded = [
        Coded(np.array(codes, dtype=np.int64), values)
        for codes, values in zip(places, columns, strict=True)
    ]
    kept = data.draw(st.lists(st.booleans(), min_size=n_rows, max_size=n_rows)) * times
    named = [one.listed() for one in coded]
    rows = list(zip(*named, strict=True))
    assert crossed(coded) == Counter(rows)
    some = [row for row, stays in zip(rows, kept, strict=True) if stays]
    where = np.array(kept, dtype=bool)
    assert crossed(coded, where) == Counter(some)


@given(st.lists(st.integers(0, 5), max_size=64), st.data())
def test_few_rows_are_in_the_order_of_many(
    codes: list[int], data: st.DataObject
) -> None:
    """A file of counts is the same whichever way they were counted."""
    second = data.draw(
        st.lists(st.integers(0, 2), min_size=len(codes), max_size=len(codes))
    )
    columns = [
        Coded(np.array(codes, dtype=np.int64), "fedcba"),
        Coded(np.array(second, dtype=np.int64), [None, "x", "x"]),
    ]
    few = crossed(columns)
    with_more = [
        Coded(np.concatenate([one.codes, np.zeros(65, dtype=np.int64)]), one.values)
        for one in columns
    ]
    where = np.arange(len(codes) + 65, dtype=np.int64) >= 0
    many = crossed(with_more, where)
    many["f", None] -= 65
    assert [key for key in many if many[key]] == [key for key in few if few[key]]
    assert +many == few
    assert len(codes) <= _columns._FEW


@pytest.mark.parametrize("n_columns", [2, 3, 12])
@pytest.mark.parametrize("n_rows", [0, 64, 65, 200])
def test_columns_of_many_values(n_columns: int, n_rows: int) -> None:
    """Tables that no memory would hold are counted by the rows that there are."""
    rng = np.random.default_rng(17)
    values = [f"{place // 2}" for place in range(64)]  # two codes mean one value
    codes = rng.integers(0, 64, size=(n_columns, n_rows), dtype=np.int64)
    codes[:, n_rows // 2 :] = codes[:, : n_rows - n_rows // 2]
    columns = [Coded(column, values) for column in codes]
    rows = zip(*(one.listed() for one in columns), strict=True)
    assert crossed(columns) == Counter(rows)
