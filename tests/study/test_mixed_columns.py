"""Columns of a dataframe in which values of several kinds stand together."""

from typing import Any

import pandas as pd
import pytest

from iph.study import describe_frame


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
