"""Grade the same rows on every kind of data frame and database."""

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import narwhals.stable.v2 as nw
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

Data = Mapping[str, Sequence[Any]]
Evaluate = Callable[[Data, nw.Expr], list[Any]]


def _arrow(data: Data) -> pa.Table:
    return pa.table({name: pa.array(values) for name, values in data.items()})


def _nullable(data: Data) -> pd.DataFrame:
    columns = {}
    for name, values in data.items():
        kinds = {type(value) for value in values} - {type(None)}
        dtype = "string" if str in kinds else "Int64" if kinds == {int} else "Float64"
        columns[name] = pd.array(list(values), dtype=dtype)
    return pd.DataFrame(columns)


def _duckdb(data: Data, _: Path) -> Any:
    connection = duckdb.connect()
    connection.register("arrow", _arrow(data))
    connection.execute("create table rows as select * from arrow")
    return connection.table("rows")


def _parquet(data: Data, folder: Path) -> Any:
    """Write statistics that leave NaN out, as pyarrow does, and read them by DuckDB."""
    path = folder / "rows.parquet"
    pq.write_table(_arrow(data), path, row_group_size=3)
    return duckdb.connect().read_parquet(str(path))


BACKENDS: dict[str, Callable[[Data, Path], Any]] = {
    "pandas": lambda data, _: pd.DataFrame(data),
    "pandas nullable": lambda data, _: _nullable(data),
    "pandas pyarrow": lambda data, _: _arrow(data).to_pandas(
        types_mapper=pd.ArrowDtype
    ),
    "polars": lambda data, _: pl.DataFrame(data, strict=False),
    "polars lazy": lambda data, _: pl.LazyFrame(data, strict=False),
    "pyarrow": lambda data, _: _arrow(data),
    "duckdb": _duckdb,
    "duckdb on parquet": _parquet,
}


@pytest.fixture(params=BACKENDS)
def evaluate(request: pytest.FixtureRequest, tmp_path: Path) -> Evaluate:
    """Return a function that evaluates an expression, None for null."""

    def rows(data: Data, expression: nw.Expr) -> list[Any]:
        numbered = {"row": list(range(len(next(iter(data.values()))))), **data}
        frame = nw.from_native(BACKENDS[request.param](numbered, tmp_path)).lazy()
        chosen = frame.select("row", answer=expression).sort("row").collect()
        answers = chosen["answer"].to_list()
        return [
            None if a is None or a is pd.NA or math.isnan(a) else float(a)
            for a in answers
        ]

    return rows
