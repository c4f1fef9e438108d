"""Columns that an engine keeps as few numbers come back as they were."""

import math
from typing import Any

import duckdb
import narwhals.stable.v2 as nw
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph.study._engine._coding import EngineColumn
from iph.study._engine._packing import packs

SIZES = st.one_of(st.integers(1, 12), st.integers(1, 1 << 40))


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[int], list[list[int | None]]]:
    """Return sizes of columns, and some rows of numbers below them; None for no row."""
    sizes = draw(st.lists(SIZES, min_size=1, max_size=8))
    row = st.tuples(*(st.integers(0, size - 1) for size in sizes)).map(list)
    nothing: list[int | None] = [None] * len(sizes)
    rows = draw(st.lists(st.one_of(row, st.just(nothing)), min_size=1, max_size=5))
    return sizes, rows


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
@given(table=tables())
def test_what_is_packed_comes_back(engine: str, table: tuple[Any, Any]) -> None:
    """Each column is as before, null for a row that was not there, however wide."""
    sizes, rows = table
    names = [f"c{place}" for place in range(len(sizes))]
    schema = dict.fromkeys(names, pl.Int64)
    frame = pl.DataFrame(rows, schema=schema, orient="row").with_row_index("place")
    native: Any = frame.lazy()
    if engine == "duckdb":
        native = duckdb.from_arrow(frame.to_arrow())
    columns = {
        name: EngineColumn(nw.col(name), size, {})
        for name, size in zip(names, sizes, strict=True)
    }
    together = packs(columns)
    assert sum(len(pack.columns) for pack in together) == len(sizes)
    for pack in together:
        alone = len(pack.columns) == 1
        size = math.prod(column.size for column in pack.columns.values())
        assert alone or size <= 1 << 52
    numbers = {f"n{place}": pack.expr() for place, pack in enumerate(together)}
    kept = nw.from_native(native).select("place", **numbers)
    parts: dict[str, Any] = {}
    for name, pack in zip(numbers, together, strict=True):
        parts |= pack.parts(nw.col(name))
    found = kept.select("place", **parts).sort("place").collect()
    assert [list(row) for row in found.select(*names).iter_rows()] == rows


def test_what_fits_is_one_number() -> None:
    """A visit of a study is a single number: fields of few grades, and its day."""
    sizes = [12, 7, 7, 5, 400, 3, 3, 3]
    columns = {
        f"c{place}": EngineColumn(nw.col("c"), size, {})
        for place, size in enumerate(sizes)
    }
    assert len(packs(columns)) == 1
