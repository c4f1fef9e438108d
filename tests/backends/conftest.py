"""The same table on every engine.

The engines of the extra ``engines`` are tested where they are installed; with
``IPH_ENGINES=all`` one that is missing is a failure and not a shorter list.
"""

import importlib.util
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from iph import (
    Assessment,
    Cohort,
    FollowUp,
    Hematoma,
    Imaging,
    Laboratory,
    NerveInvolvement,
    Patient,
)

_NULLABLE = {
    pa.int64(): pd.Int64Dtype(),
    pa.float64(): pd.Float64Dtype(),
    pa.bool_(): pd.BooleanDtype(),
    pa.string(): pd.StringDtype(),
    pa.large_string(): pd.StringDtype(),
}


def _shuffled_index(table: pa.Table) -> pd.DataFrame:
    """Return NumPy-backed pandas with an index that is no row number."""
    frame = table.to_pandas()
    frame.index = pd.Index([f"row {i}" for i in range(len(frame))], name="patient")
    return frame


_OPEN: list[Any] = []  # before DuckDB 1.3 a relation does not keep its connection


def _duckdb(table: pa.Table, _: Path) -> Any:
    connection = duckdb.connect()
    _OPEN.append(connection)
    connection.register("arrow", table)
    connection.execute("create table records as select * from arrow")
    return connection.table("records")


def _parquet(table: pa.Table, folder: Path) -> str:
    path = folder / "records.parquet"
    pq.write_table(table, path, row_group_size=3)
    return str(path)


def _dask(frame: pd.DataFrame) -> Any:
    import dask.dataframe

    from_pandas: Any = dask.dataframe.from_pandas  # typed or not, by release
    return from_pandas(frame, npartitions=2)


def _sqlframe(table: pa.Table, folder: Path) -> Any:
    from sqlframe.duckdb import DuckDBSession

    return DuckDBSession().read.parquet(_parquet(table, folder))


def _ibis(table: pa.Table, _: Path) -> Any:
    import ibis

    return ibis.duckdb.connect().create_table("records", table)


def _pyspark(table: pa.Table, folder: Path) -> Any:
    from pyspark.sql import SparkSession

    return SparkSession.active().read.parquet(_parquet(table, folder))


@attrs.frozen
class Engine:
    """What a table is tested on, and which packages that needs."""

    make: Callable[[pa.Table, Path], Any]
    packages: tuple[str, ...] = ()
    cheap: bool = True

    def lacks(self) -> str:
        """Say what is not installed; empty if nothing is missing."""
        absent = [p for p in self.packages if importlib.util.find_spec(p) is None]
        if "pyspark" in self.packages and not (
            shutil.which("java") or os.environ.get("JAVA_HOME")
        ):
            absent.append("a Java runtime")
        return ", ".join(absent)


ENGINES = {
    "pandas": Engine(lambda table, _: table.to_pandas()),
    "pandas with an index": Engine(lambda table, _: _shuffled_index(table)),
    "pandas nullable": Engine(
        lambda table, _: table.to_pandas(types_mapper=_NULLABLE.get)
    ),
    "pandas arrow": Engine(
        lambda table, _: table.to_pandas(types_mapper=pd.ArrowDtype)
    ),
    "polars": Engine(lambda table, _: pl.from_arrow(table)),
    "polars lazy": Engine(lambda table, _: pl.LazyFrame(pl.from_arrow(table))),
    "polars on parquet": Engine(
        lambda table, folder: pl.scan_parquet(_parquet(table, folder))
    ),
    "pyarrow": Engine(lambda table, _: table),
    "duckdb": Engine(_duckdb),
    "duckdb on parquet": Engine(
        lambda table, folder: duckdb.read_parquet(_parquet(table, folder))
    ),
    "dask": Engine(
        lambda table, _: _dask(table.to_pandas()), ("dask.dataframe",), cheap=False
    ),
    "dask nullable": Engine(
        lambda table, _: _dask(table.to_pandas(types_mapper=_NULLABLE.get)),
        ("dask.dataframe",),
        cheap=False,
    ),
    "sqlframe": Engine(_sqlframe, ("sqlframe",), cheap=False),
    "ibis": Engine(_ibis, ("ibis",), cheap=False),
    "pyspark": Engine(_pyspark, ("pyspark",), cheap=False),
}
REMOTE = "spark connect"
EVERY = ENGINES | {REMOTE: Engine(_pyspark, ("pyspark", "grpc"), cheap=False)}
"""With an engine that takes the same way as another, and so has only a few tests."""


def _installed(engine: Engine) -> bool:
    try:
        return not engine.lacks()
    except ModuleNotFoundError:  # the package of a subpackage
        return False


ALL = os.environ.get("IPH_ENGINES") == "all"
PRESENT = [name for name, engine in ENGINES.items() if ALL or _installed(engine)]
TESTED = {name for name, engine in EVERY.items() if ALL or _installed(engine)}
_OF_SPARK = ["test_spark_connect.py", "test_spark_jobs.py"]
collect_ignore = [] if REMOTE in TESTED else _OF_SPARK


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say which engines were not tested."""
    absent = [name for name in EVERY if name not in TESTED]
    if absent:
        terminalreporter.write_line(
            f"not tested, for want of the extra 'engines': {', '.join(absent)}"
        )


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """Start Spark once, on one core, without its web page.

    Where it can, the session also serves others on this machine: see `remote_spark`.
    """
    from pyspark.sql import SparkSession

    builder: Any = SparkSession.builder
    builder = builder.master("local[1]")
    options = {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.shuffle.partitions": "1",
        "spark.sql.session.timeZone": "UTC",
    }
    if _installed(EVERY[REMOTE]):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        options |= {
            "spark.plugins": "org.apache.spark.sql.connect.SparkConnectPlugin",
            "spark.connect.grpc.binding.address": "127.0.0.1",
            "spark.connect.grpc.binding.port": str(port),
        }
    for key, value in options.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()


@pytest.fixture(scope="session")
def remote_spark(spark: Any) -> Iterator[Any]:
    """Return a session that reaches Spark over the network, as one on a cluster."""
    if not _installed(EVERY[REMOTE]):
        pytest.fail("IPH_ENGINES=all, but 'pyspark[connect]' is not installed")
    from pyspark.sql import SparkSession

    builder: Any = SparkSession.builder
    port = spark.conf.get("spark.connect.grpc.binding.port")
    session = builder.remote(f"sc://127.0.0.1:{port}").create()
    yield session
    session.stop()


Load = Callable[[pa.Table], Any]


def _loader(
    name: str, request: pytest.FixtureRequest, paths: pytest.TempPathFactory
) -> Load:
    engine = ENGINES[name]
    if not _installed(engine):
        pytest.fail(f"IPH_ENGINES=all, but {name} cannot be tested: {engine.packages}")
    if "pyspark" in engine.packages:
        request.getfixturevalue("spark")

    def load(table: pa.Table) -> Any:
        return engine.make(table, paths.mktemp("records"))

    return load


@pytest.fixture(scope="session", params=PRESENT)
def on_engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Load:
    """Return what puts an Arrow table on an engine; every engine in turn."""
    return _loader(request.param, request, tmp_path_factory)


@pytest.fixture(
    scope="session", params=[name for name in PRESENT if ENGINES[name].cheap]
)
def on_light_engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Load:
    """Return what puts an Arrow table on an engine that answers in milliseconds."""
    return _loader(request.param, request, tmp_path_factory)


def _dealt(values: list[Any], place: int) -> Any:
    return values[place % len(values)]


def _course(place: int) -> FollowUp:
    seen = [
        Assessment(
            visit=visit,
            day=_dealt([None, day], place),
            vas=_dealt([7, None, 3, 5.5, 0], place + 3 * step),
            numbness=_dealt([1, 2, None, 4], place + step),
            strength=_dealt([5, None, 3, 4, 5, 2], place + step),
            hip_flexion_deg=_dealt([30, 45, 89, 90, None, 0, 160], place + step),
        )
        for step, (visit, day) in enumerate([("baseline", 0), ("month_1", 31)])
    ]
    return FollowUp(
        assessments=seen[: place % 3],
        lost_to_follow_up=_dealt([False, False, True, None], place),
    )


def _patient(place: int) -> Patient:
    """Return a patient; every field goes through its values at a pace of its own."""
    values: dict[str, Any] = {
        "age_years": _dealt([48, 14, None, 15, 73, 73, 120], place),
        "sex": _dealt(["male", "female", None, "unknown", "male"], place),
        "symptom_days": _dealt([0, 3, None, 30], place),
        "pain_sites": _dealt([["hip", "groin"], [], None, ["unknown"], ["hip"]], place),
        "etiology": _dealt(["trauma", "hemophilia", None, "unknown"], place // 2),
        "records_complete": _dealt([True, True, None, True, False], place),
        "laboratory": Laboratory(inr=_dealt([1.1, None, 2.35, 1.2], place // 3)),
        "imaging": Imaging(
            ct=_dealt(["yes", "no", "yes", "not_done", "unknown", None, "no"], place),
            mri=_dealt(["not_done", "yes", None], place),
            surgical_confirmation=_dealt(["not_done", "yes", "unknown", None], place),
            imaging_available=_dealt([True, None, True, True, False], place // 2),
        ),
        "hematoma": Hematoma(hematoma_present=False)
        if place % 11 == 0
        else Hematoma(
            muscle=_dealt(["psoas", "retroperitoneal", None], place),
            other_areas=_dealt([False, False, False, None, True], place + 1),
            associated_lesions=_dealt(
                [[], [], ["cyst", "tumor"], None, ["unknown"], []], place // 2
            ),
            hematoma_present=_dealt([True, True, True, None], place),
        ),
        "nerves": NerveInvolvement(
            femoral=_dealt(["involved", "spared", None, "unknown"], place // 2)
        ),
        "follow_up": _course(place),
    }
    return Patient(patient_id=f"P{place:02}", **values)


@pytest.fixture(scope="session")
def dealt() -> Cohort:
    """Return 60 patients: every value, boundary and gap of the criteria."""
    return Cohort([_patient(place) for place in range(60)])
