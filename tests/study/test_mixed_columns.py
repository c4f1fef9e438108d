"""Columns of a dataframe in which values of several kinds stand together."""

import datetime as dt
import math
from collections.abc import Callable
from typing import Any

import pandas as pd
import polars as pl
import pytest

from iph.errors import InputError
from iph.study import CategoryCell, describe_frame, tally


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


_PAIN = ["mild", "severe", "none", None, "mild", "severe"]
_ARM = ["b", "a", "b", "a", "b", "a"]
_LEVELS = ["none", "mild", "severe", "worst"]


def _in_pandas() -> Any:
    pain = pd.Series(_PAIN, dtype=pd.CategoricalDtype(_LEVELS, ordered=True))
    arms = pd.Series(_ARM, dtype=pd.CategoricalDtype(["b", "a", "c"], ordered=True))
    return pd.DataFrame({"pain": pain, "arm": arms})


def _in_polars() -> Any:
    kinds = {"pain": pl.Enum(_LEVELS), "arm": pl.Enum(["b", "a", "c"])}
    return pl.DataFrame({"pain": _PAIN, "arm": _ARM}, schema_overrides=kinds)


@pytest.mark.parametrize("made", [_in_pandas, _in_polars])
def test_an_ordered_categorical_brings_its_order(made: Callable[[], Any]) -> None:
    """Levels stand in their order, with those that nobody has, and so do groups."""
    table = describe_frame(made(), ["pain"], by="arm")
    (row,) = table.rows
    assert row.level_labels == ("none", "mild", "severe", "worst")
    counts = [cell.counts for cell in row.cells if isinstance(cell, CategoryCell)]
    # All, b and a; nobody is in c.
    assert counts == [(1, 2, 2, 0), (1, 2, 0, 0), (0, 0, 2, 0)]
    found = tally(made(), "pain", by="arm")
    assert (found.levels, found.groups) == (tuple(_LEVELS), ("b", "a", "c"))
    assert found.counts == ((1, 2, 0, 0), (0, 0, 2, 0), (0, 0, 0, 0))


@pytest.mark.parametrize(
    "made", [pd.DataFrame, pl.DataFrame, pl.LazyFrame], ids=["pandas", "polars", "lazy"]
)
def test_what_cannot_be_described_is_named(made: Callable[[Any], Any]) -> None:
    """Days, infinities and lists are refused by the name of their column."""
    frame = made(
        {
            "seen": [dt.date(2020, 1, 1), dt.date(2020, 2, 1)],
            "ratio": [math.inf, 1.0],
            "drugs": [["a"], ["a", "b"]],
            "arm": ["x", "y"],
        }
    )
    for name, rule in (
        ("seen", "numbers, words or yes/no.*count days from a day zero"),
        ("ratio", "finite numbers.*name it in missing"),
        ("drugs", "a column of one value a cell"),
    ):
        with pytest.raises(InputError, match=f"{name} must be {rule}"):
            describe_frame(frame, [name], by="arm")
    with pytest.raises(InputError, match="drugs must be a column of one value"):
        tally(frame, "drugs", by="arm")
    with pytest.raises(InputError, match="drugs must be a column of one value"):
        tally(frame, "arm", by="drugs")
    described = describe_frame(frame, ["ratio"], missing=[math.inf])
    assert described.rows[0].cells[0].n == 1


def test_days_of_pandas_are_refused_too() -> None:
    """So are those of a column whose kind tells."""
    frame = pd.DataFrame({"seen": pd.date_range("2020-01-01", periods=3)})
    with pytest.raises(InputError, match="seen must be numbers, words or yes/no"):
        describe_frame(frame, ["seen"])


def test_identifiers_do_not_hang() -> None:
    """A column of other names throughout has a p-value in a moment, and a distance."""
    frame = pd.DataFrame(
        {"id": [f"P{k:03}" for k in range(300)], "arm": ["x", "y"] * 150}
    )
    (row,) = describe_frame(frame, ["id"], by="arm", p_values=True).rows
    assert row.p_value == 1.0
    assert row.difference is not None
    assert row.difference.estimate == math.inf
