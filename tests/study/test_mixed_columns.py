"""Columns of a dataframe in which values of several kinds stand together."""

from typing import Any

import pandas as pd
import pytest

from iph.errors import InputError
from iph.study import describe_frame, tally


@pytest.mark.parametrize(
    ("cells", "levels"),
    [
        ([True, False, "unknown", True], {"False": 1, "True": 2, "unknown": 1}),
        ([True, False, 2, 3.5], {"False": 1, "True": 1, "2": 1, "3.5": 1}),
        ([1, 2, "2", 3, "1", 2], {"1": 2, "2": 3, "3": 1}),
        ([1.0, 2.5, "none", None], {"1": 1, "2.5": 1, "none": 1}),
        ([True, False, None], {"yes": 1}),
        (["true", "FALSE", None], {"yes": 1}),
    ],
)
def test_no_value_is_lost(cells: list[Any], levels: dict[str, int]) -> None:
    """Each value is a level, and what is written alike is one."""
    frame = pd.DataFrame({"x": pd.Series(cells, dtype=object)})
    (row,) = describe_frame(frame, ["x"]).rows
    cell: Any = row.cells[0]
    assert dict(zip(row.level_labels, cell.counts, strict=True)) == levels
    assert cell.n == sum(value is not None for value in cells)


def test_groups_of_several_kinds() -> None:
    """A group that is named by a number here and by a text there is one group."""
    frame = pd.DataFrame({"x": [1.0, 2.0, 3.0], "arm": [1, "1", "b"]})
    table = describe_frame(frame, ["x"], by="arm")
    assert dict(zip(table.columns, table.sizes, strict=True)) == {
        "overall": 3,
        "1": 2,
        "b": 1,
    }


@pytest.mark.parametrize("name", ["describe_frame", "tally"])
def test_odd_names_of_columns(name: str) -> None:
    """Two columns of one name, and names that are no texts, end in words."""

    def count(frame: Any) -> Any:
        if name == "tally":
            return tally(frame, "a")
        return describe_frame(frame, ["a"])

    with pytest.raises(InputError, match="columns have different names"):
        count(pd.DataFrame([[1, 2]], columns=["a", "a"]))
    levels = pd.MultiIndex.from_tuples([("a", "x"), ("b", "y")])
    with pytest.raises(InputError, match="column must be one of: "):
        count(pd.DataFrame([[1, 2]], columns=levels))
    with pytest.raises(InputError, match="column must be one of: 2024"):
        count(pd.DataFrame({2024: [1, 2]}))
