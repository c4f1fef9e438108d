"""Tables counted together have the cells that each has alone."""

from collections import Counter
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from iph.errors import DataError
from iph.study._engine import _passes
from iph.study._engine._coding import EngineColumn, constant
from iph.study._engine._joints import JOINT_CELLS, joints
from iph.study._engine._passes import counted_tables
from iph.study._engine._tables import EngineTable

SIZES = st.sampled_from([1, 1, 2, 3, 12, 300, 5_000])
FLAGS = ("iph_analyzed", "f0", "f1")


@st.composite
def studies(draw: st.DrawFn) -> tuple[pl.DataFrame, list[EngineTable], list[Any]]:
    """Return rows, tables of some of their columns, and what each table is made of."""
    sizes = draw(st.lists(SIZES, min_size=1, max_size=5))
    columns = {f"c{place}": size for place, size in enumerate(sizes)}
    number = {name: st.integers(0, size - 1) for name, size in columns.items()}
    flag = {name: st.sampled_from([True, False, None]) for name in FLAGS}
    flag["iph_analyzed"] = st.booleans()
    row = st.fixed_dictionaries({**number, **flag})
    rows = draw(st.lists(row, max_size=30))
    schema = dict.fromkeys(columns, pl.Int64) | dict.fromkeys(FLAGS, pl.Boolean)
    names = st.lists(st.sampled_from(sorted(columns)), min_size=1, max_size=3)
    made = st.tuples(names, st.sampled_from([None, "f0", "f1"]), st.booleans())
    asked = draw(st.lists(made, min_size=1, max_size=12))
    exprs = {name: nw.col(name) for name in (*columns, *FLAGS)}
    tables = [
        EngineTable(
            ("table", str(place)),
            [EngineColumn(exprs[n], columns[n], _Same(columns[n])) for n in chosen],
            None if where is None else exprs[where],
            of_everybody=everybody,
        )
        for place, (chosen, where, everybody) in enumerate(asked)
    ]
    return pl.DataFrame(rows, schema=schema), tables, asked


class _Same(dict[int, int]):
    """Numbers that stand for themselves."""

    def __init__(self, size: int) -> None:
        super().__init__((number, number) for number in range(size))


def by_hand(frame: pl.DataFrame, asked: list[Any]) -> dict[Any, Any]:
    """Count each table row by row."""
    return {
        ("table", str(place)): Counter(
            tuple(row[name] for name in chosen)
            for row in frame.iter_rows(named=True)
            if (everybody or row["iph_analyzed"]) and (where is None or row[where])
        )
        for place, (chosen, where, everybody) in enumerate(asked)
    }


def _of_nobody() -> Any:
    """Return a table of one value, and no rows."""
    schema = dict.fromkeys(FLAGS, pl.Boolean)
    table = EngineTable(("table", "0"), [constant(0)], of_everybody=True)
    return pl.DataFrame(schema=schema), [table], [([], None, True)]


@example(study=_of_nobody())
@given(study=studies())
def test_each_table_is_counted_as_alone(study: Any) -> None:
    """Whatever columns and conditions tables share, each has its own cells."""
    frame, tables, asked = study
    found = counted_tables(nw.from_native(frame.lazy()), tables)
    assert found == by_hand(frame, asked)


@given(study=studies())
def test_joints_are_small(study: Any) -> None:
    """Each table is in one joint, and a joint of several has few cells."""
    _, tables, _ = study
    together = joints(tables)
    places = [table.path for joint in together for table, _, _ in joint.tables]
    assert sorted(places) == sorted(table.path for table in tables)
    assert all(one.size <= JOINT_CELLS for one in together if one.is_shared)


def test_values_are_summed_from_pairs() -> None:
    """Values at visits are not counted beside those of two visits together."""
    visits = [EngineColumn(nw.col(f"c{k}"), 12, {}) for k in range(7)]
    group = EngineColumn(nw.col("group"), 2, {})
    single = [EngineTable(("values", str(k)), [v, group]) for k, v in enumerate(visits)]
    pairs = [
        EngineTable(("pairs", str(k), str(m)), [visits[k], visits[m], group])
        for k in range(7)
        for m in range(k)
    ]
    assert len(joints([*single, *pairs])) == len(pairs)


@pytest.mark.parametrize("limit", [1, 3])
def test_too_many_cells_are_refused(
    monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    """The cells of tables count, not those of the joint that they are summed from."""
    frame = nw.from_native(pl.LazyFrame({"a": [0, 1], "iph_analyzed": [True, True]}))
    column = EngineColumn(nw.col("a"), 2, {0: "no", 1: "yes"})
    tables = [EngineTable(("table", str(k)), [column]) for k in range(2)]
    monkeypatch.setattr(_passes, "MOST_CELLS", 4)
    assert counted_tables(frame, tables)["table", "1"] == {("no",): 1, ("yes",): 1}
    monkeypatch.setattr(_passes, "MOST_CELLS", limit)
    with pytest.raises(DataError, match=f"more than {limit} cells; round or grade"):
        counted_tables(frame, tables)
