"""Columns of a dataframe by name: the samples that `iph.stats` takes."""

import enum
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph import Bound, stats
from iph._scalars import is_missing
from iph.errors import DataError, InputError
from iph.study import Samples

CASES = st.fixed_dictionaries(
    {
        "arm": st.sampled_from(["open", "closed", "none", None, ""]),
        "site": st.sampled_from([1, 2]),
        "before": st.sampled_from([None, 0, 1, 2]),
        "after": st.sampled_from([None, 0, 1, 2.5]),
        "days": st.sampled_from([7, 30, 91, None]),
        "healed": st.sampled_from([True, False, None]),
        "n": st.integers(0, 3),
    }
)
ROWS = st.lists(CASES, max_size=12)
COLUMNS = ("arm", "site", "before", "after", "days", "healed", "n")
KINDS: dict[str, Any] = {
    "arm": pl.String,
    "site": pl.Int64,
    "before": pl.Int64,
    "after": pl.Float64,
    "days": pl.Int64,
    "healed": pl.Boolean,
    "n": pl.Int64,
}


def columns(rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """Return cases as plain columns."""
    return {name: [row[name] for row in rows] for name in COLUMNS}


def in_polars(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Return cases as a table of Polars."""
    return pl.DataFrame(columns(rows), schema=KINDS)


Made = Callable[[list[dict[str, Any]]], Any]
TABLES: list[Made] = [
    columns,
    lambda rows: {k: np.array(v, dtype=object) for k, v in columns(rows).items()},
    lambda rows: {name: iter(cells) for name, cells in columns(rows).items()},
    lambda rows: {name: in_polars(rows)[name] for name in COLUMNS},
    in_polars,
    lambda rows: in_polars(rows).to_arrow(),
    lambda rows: in_polars(rows).to_pandas(),
    lambda rows: in_polars(rows).to_pandas().convert_dtypes(),
]


def by_hand(rows: list[dict[str, Any]], name: str) -> dict[str, list[Any]]:
    """Return the values of each arm that somebody has, sorted by its name."""
    arms = sorted({row["arm"] for row in rows if row["arm"]})
    return {arm: [row[name] for row in rows if row["arm"] == arm] for arm in arms}


def same(one: Any, other: Any) -> bool:
    """Whether values are alike, missing in whatever form."""
    both = zip(one, other, strict=True)
    return all(a == b or (is_missing(a) and is_missing(b)) for a, b in both)


@given(
    rows=ROWS,
    made=st.sampled_from(TABLES),
    name=st.sampled_from(["before", "after", "days", "n"]),
)
def test_any_table_gives_the_same_samples(
    rows: list[dict[str, Any]], made: Made, name: str
) -> None:
    """A table of any library gives the values of each group, in their order."""
    plain = columns(rows)
    groups = by_hand(rows, name)
    data = Samples(made(rows))
    assert data.names == COLUMNS
    assert data.groups("arm") == tuple(groups)
    found = data.samples(name, by="arm", without_group="leave-out")
    assert len(found) == len(groups)
    assert all(map(same, found, groups.values()))
    assert same(data.values(name), plain[name])
    for row, expected in zip(data.rows(name, "n"), rows, strict=True):
        assert same(row, [expected[name], expected["n"]])
    assert list(data.covariates(name, "site")) == [name, "site"]


@given(rows=ROWS, made=st.sampled_from(TABLES))
def test_tests_by_name_are_those_of_the_columns(
    rows: list[dict[str, Any]], made: Made
) -> None:
    """What is asked by the names of columns is what is asked with the columns."""
    plain, data = columns(rows), Samples(made(rows))
    asked: Any = {"method": "asymptotic"}
    both = [[row["before"], row["after"]] for row in rows]
    time, healed = data["days"], data["healed"]
    assert stats.describe(data["after"]) == stats.describe(plain["after"])
    assert stats.sign_test(data["before"], data["after"]) == stats.sign_test(
        plain["before"], plain["after"]
    )
    assert stats.kaplan_meier(time, healed) == stats.kaplan_meier(
        plain["days"], plain["healed"]
    )
    after, counts = by_hand(rows, "after"), by_hand(rows, "n")
    if len(after) < 2:
        return
    named = data.rows("before", "after")
    assert stats.skillings_mack(named, **asked) == stats.skillings_mack(both, **asked)
    assert stats.logrank(time, healed, data["arm"], **asked) == stats.logrank(
        plain["days"], plain["healed"], plain["arm"], **asked
    )
    known: Any = {"by": "arm", "without_group": "leave-out"}
    assert stats.kruskal_wallis(
        *data.samples("after", **known), **asked
    ) == stats.kruskal_wallis(*after.values(), **asked)
    one, other, *_ = after
    pair = {"groups": (other, one), **known}
    assert stats.mann_whitney(
        *data.pair("after", **pair), weights=data.pair("n", **pair), **asked
    ) == stats.mann_whitney(
        after[other], after[one], weights=(counts[other], counts[one]), **asked
    )


class Pain(enum.Enum):
    """A scale whose levels have no numbers."""

    NONE = "none"
    MILD = "mild"
    SEVERE = "severe"


LEVELS = ("none", "mild", "severe")
ORDERED: list[Callable[[list[str | None]], Any]] = [
    lambda cells: pd.DataFrame(
        {"pain": pd.Categorical(cells, categories=LEVELS, ordered=True), "row": 1}
    ),
    lambda cells: pl.DataFrame(
        {"pain": pl.Series(cells, dtype=pl.Enum(LEVELS)), "row": [1] * len(cells)}
    ),
]


@given(
    cells=st.lists(st.sampled_from([*LEVELS, None]), max_size=8),
    made=st.sampled_from(ORDERED),
)
def test_an_ordered_categorical_brings_its_order(
    cells: list[str | None], made: Callable[[list[str | None]], Any]
) -> None:
    """Its grades count from the lowest level, also where that is nobody's."""
    grades = [None if cell is None else LEVELS.index(cell) for cell in cells]
    present = tuple(level for level in LEVELS if level in cells)
    data = Samples(made(cells))
    assert data.values("pain") == grades
    assert data.rows("pain", "pain") == [[grade, grade] for grade in grades]
    assert data.covariates("pain") == {"pain": grades}
    assert data.groups("pain") == present
    found = data.samples("pain", by="pain", without_group="leave-out")
    assert [set(s) for s in found] == [{LEVELS.index(level)} for level in present]


def test_members_of_an_enumeration_bring_their_order() -> None:
    """So do the members of an enumeration that are no numbers."""
    data = Samples({"pain": [Pain.SEVERE, None, Pain.NONE], "arm": [1, 1, 2]})
    assert data.values("pain") == [2, None, 0]
    assert data.groups("pain") == (Pain.NONE, Pain.SEVERE)
    assert data.pair("pain", by="arm") == ([2, None], [0])


def test_a_bound_is_a_value() -> None:
    """Values known by a bound alone reach the tests that rank them."""
    data = Samples({"vas": [Bound(">", 8), 3, 9], "arm": ["a", "b", "b"]})
    assert stats.mann_whitney(*data.pair("vas", by="arm")).n_bounds == 1


DATA = Samples(
    {
        "arm": ["a", "b", "c", None],
        "score": [1, 2, 3, 4],
        "pain": [Pain.NONE, Pain.MILD, Pain.MILD, None],
    }
)
REFUSED: list[tuple[Callable[[], Any], str]] = [
    (lambda: DATA["scores"], "got 'scores'; did you mean score"),
    (lambda: DATA["x"], "got 'x'; known: arm, score, pain"),
    (lambda: DATA[3], "column must be the name of a column, got 3"),  # type: ignore[index]
    (lambda: DATA.samples("score", by="arm"), "arm is missing in 1 of 4 rows"),
    (lambda: DATA.samples("score", by="amr"), "did you mean arm"),
    (
        lambda: DATA.samples("score", by="arm", without_group="drop"),  # type: ignore[arg-type]
        "without_group must be one of",
    ),
    (
        lambda: DATA.pair("score", by="arm", without_group="leave-out"),
        r"groups must be two groups of arm, got \('a', 'b', 'c'\); say which two",
    ),
    (
        lambda: DATA.pair(
            "score", by="arm", groups=["a", "d"], without_group="leave-out"
        ),
        "groups must be groups of arm, got 'd'; known: a, b, c",
    ),
    (
        lambda: DATA.pair(
            "score", by="arm", groups=["a", "a"], without_group="leave-out"
        ),
        "groups must be different groups",
    ),
    (DATA.rows, "names must be at least one column"),
    (DATA.covariates, "names must be at least one column"),
    (
        lambda: DATA.rows("score", "pain"),
        r"pain must be of the same levels as score \(no order\)",
    ),
    (lambda: Samples([1, 2]), "a dataframe in memory or a mapping of columns"),
    (lambda: Samples(pl.LazyFrame({"a": [1]})), "collect a lazy table first"),
    (lambda: Samples({"a": [1], "b": []}), "columns of one length, got {'a': 1"),
    (lambda: Samples({"a": "text"}), "a must be a sequence"),
    (lambda: Samples({"a": 3}), "a must be a sequence"),
    (lambda: Samples({3: [1]}), "names must be texts, got 3"),
    (lambda: Samples(pd.DataFrame([[1, 2]])), "names must be texts, got 0"),
    (
        lambda: Samples(pd.DataFrame([[1, 2]], columns=["a", "a"])),
        r"different columns, got \['a', 'a'\]",
    ),
]


@pytest.mark.parametrize(("call", "told"), REFUSED, ids=range(len(REFUSED)))
def test_what_is_wrong_is_told(call: Callable[[], Any], told: str) -> None:
    """What is no table, no column or no group is refused, with the nearest name."""
    with pytest.raises((InputError, DataError), match=told):
        call()


def test_a_table_prints_its_columns() -> None:
    """In a notebook the columns are named, not the cells."""
    assert repr(DATA) == "Samples(arm, score, pain)"
