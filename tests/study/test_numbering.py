"""Counting the columns of a pandas frame."""

import datetime as dt
from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.study._numbering import grouped_counts

NAN = float("nan")
COLUMNS: dict[str, Any] = {
    "whole floats": [3.0, NAN, -2.0, 3.0, 0.0, NAN],
    "fractions": [0.5, NAN, 0.25, 0.5, 1.0, 2.0],
    "far apart": [0.0, 1e300, -1e300, 0.0, 5.0, NAN],
    "endless": [0.0, np.inf, -np.inf, 0.0, 5.0, NAN],
    "not recorded": [NAN] * 6,
    "bytes": np.array([-128, 127, 0, 127, 5, -128], dtype=np.int8),
    "large": np.array([2**63, 2**64 - 1, 0, 5, 5, 0], dtype=np.uint64),
    "yes or no": [True, False, True, True, False, False],
    "texts": ["a", "b", None, "a", "", "b"],
    "mixed": ["a", 1, None, "a", 2.5, 1],
    "categories": pd.Categorical(["x", "y", None, "x", "x", "y"], ["y", "x", "z"]),
    "nullable": pd.array([1, None, 3, 1, 1, 3], dtype=pd.Int64Dtype()),
    "days": [dt.date(2020, 1, day) for day in (1, 2, 1, 3, 3, 3)],
}


def counted(values: Any, groups: Any) -> tuple[Counter[Any], Counter[Any]]:
    """Count pairs as the module does, and one by one; missing is None in both."""
    frame = pd.DataFrame({"v": values, "g": groups})
    ((name, rows),) = grouped_counts(frame, ["v"], "g")
    assert name == "v"
    found: Counter[Any] = Counter()
    for value, group, count in rows:
        assert (value, group) not in found
        found[value, group] = count

    def plain(value: Any) -> Any:
        return None if pd.isna(value) else value

    pairs = zip(frame["v"], frame["g"], strict=True)
    return found, Counter((plain(v), plain(g)) for v, g in pairs)


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("by", ["texts", "whole floats", "categories"])
def test_every_kind_of_column(name: str, by: str) -> None:
    """Each pair of a value and a group is counted once, missing ones as None."""
    found, expected = counted(COLUMNS[name], COLUMNS[by])
    assert found == expected


@given(
    rows=st.lists(
        st.tuples(
            st.one_of(st.none(), st.integers(-5, 5), st.sampled_from([0.5, 70_000.0])),
            st.sampled_from(["a", "b", None]),
        )
    )
)
def test_numbers(rows: list[tuple[float | None, str | None]]) -> None:
    """Numbers, whole or not, are counted as one by one; so is no row."""
    values = [NAN if value is None else float(value) for value, _ in rows]
    found, expected = counted(np.array(values), [group for _, group in rows])
    assert found == expected


def test_without_groups() -> None:
    """Without groups there is one, without a name."""
    frame = pd.DataFrame({"v": [2, 1, 2]})
    ((_, rows),) = grouped_counts(frame, ["v"], None)
    assert sorted(rows) == [(1, None, 1), (2, None, 2)]


def test_more_pairs_than_rows() -> None:
    """Where each row is a pair of its own no table of all pairs is made."""
    n = 500
    found, expected = counted(np.linspace(0, 1, n), np.linspace(2, 3, n))
    assert found == expected
    assert len(found) == n
