"""Tables that a command counts where they lie: Parquet files, tables of a database."""

import argparse
import contextlib
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from iph._commands._parsing import misplaced, said, told_line_by_line
from iph.errors import DataError, FileError, InputError

if TYPE_CHECKING:
    from iph.protocol import Protocol
    from iph.study import StudyCounts

_DUCKDB: Final = {".duckdb", ".ddb"}


def lies_elsewhere(file: str | None) -> bool:
    """Tell Parquet files and tables of a database from a table that is read."""
    from iph.criteria._tables import is_parquet

    if file is None:
        return False
    return is_parquet(file) or Path(file).is_dir() or _is_address(file)


def is_no_file(file: str) -> bool:
    """Tell a folder, a pattern and a table of a database from one file."""
    return _is_address(file) or (lies_elsewhere(file) and not Path(file).is_file())


def shown(file: str) -> str:
    """Return a place as it may be printed."""
    source, mark, table = file.partition("#")
    return f"{_without_password(source)}{mark}{table}" if "://" in source else file


def _is_address(file: str) -> bool:
    place = file.partition("#")[0]
    return "://" in file or Path(place).suffix.casefold() in _DUCKDB


def count_where_they_lie(
    arguments: argparse.Namespace, study: "Protocol[Any] | None", **options: Any
) -> "StudyCounts":
    """Count the tables that the arguments name; no row of a patient is fetched."""
    from iph.protocol import LI_2023_PROTOCOL
    from iph.study._asked import asked_of
    from iph.study._count import counted_unfetched

    told = [name for name, value in said(arguments).items() if value]
    if told:
        rule = "given for a table that is read, not for one that is counted in place"
        names = " and ".join(f"--{name.replace('_', '-')}" for name in told)
        raise misplaced(names, rule)
    asked = asked_of(
        LI_2023_PROTOCOL if study is None else study, criteria=None, **options
    )
    places = [arguments.file, arguments.assessments, arguments.events]
    with opened_tables(places) as (patients, seen, events), told_line_by_line():
        return counted_unfetched(patients, seen, events, asked)


@contextlib.contextmanager
def opened_tables(places: Iterable[str | None]) -> Iterator[list[Any]]:
    """Open tables by their places, one connection for all that can share it.

    A place is a path, pattern or folder of Parquet files, ``FILE.duckdb#TABLE``, or
    ``URL#TABLE`` of a database that Ibis reaches.
    """
    from iph.criteria import open_table

    with contextlib.ExitStack() as stack:
        known: dict[str, Any] = {}  # one connection to each database
        found: list[Any] = []
        for place in places:
            if place is None or not _is_address(place):
                found.append(None if place is None else open_table(place))
                continue
            source, _, table = place.partition("#")
            opener = _of_ibis if "://" in source else _of_duckdb
            if source not in known:
                known[source] = stack.enter_context(opener(source))
            found.append(known[source](table))
        yield found


@contextlib.contextmanager
def _of_duckdb(source: str) -> Iterator[Any]:
    """Open a file of DuckDB, to be read alone; what is yielded gives its tables."""
    try:
        import duckdb
    except ModuleNotFoundError:
        raise DataError(
            "tables of DuckDB are read by DuckDB, which is not installed; "
            "install it with: python -m pip install 'iph[duckdb]'"
        ) from None
    if not Path(source).is_file():
        raise FileError(source, "there is no such file")
    names = duckdb.execute("select database_name from duckdb_databases()").fetchall()
    alias = f"iph_{len(names)}"
    path = source.replace("'", "''")
    try:
        duckdb.execute(f"attach '{path}' as {alias} (read_only)")
    except duckdb.Error as error:
        raise FileError(source, str(error).partition("\n")[0]) from None

    def table(name: str) -> Any:
        listed = duckdb.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = "
            "$1 union all select schema_name, view_name from duckdb_views() where "
            "database_name = $1 and not internal order by all",
            [alias],
        ).fetchall()
        named = {t if s == "main" else f"{s}.{t}": (s, t) for s, t in listed}
        if name not in named:
            raise _no_table(source, name, named)
        quoted = ".".join(_quoted(part) for part in (alias, *named[name]))
        return duckdb.sql(f"from {quoted}")

    try:
        yield table
    finally:
        duckdb.execute(f"detach {alias}")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@contextlib.contextmanager
def _of_ibis(source: str) -> Iterator[Any]:
    """Connect to a database by its URL; what is yielded gives its tables."""
    try:
        ibis: Any = import_module("ibis")
    except ModuleNotFoundError:
        raise DataError(
            "databases are reached by Ibis, which is not installed; install it with "
            "the name of the database: python -m pip install 'ibis-framework[postgres]'"
        ) from None
    shown = _without_password(source)
    try:
        backend = ibis.connect(source)
    except Exception as error:  # noqa: BLE001 - each database has an error of its own
        problem = str(error).partition("\n")[0].replace(source, shown)
        raise FileError(shown, f"cannot be connected to ({problem})") from None

    def table(name: str) -> Any:
        schema, _, last = name.rpartition(".")
        where = {"database": schema} if schema else {}
        try:
            return backend.table(last, **where)
        except Exception as error:  # noqa: BLE001 - as above
            problem = str(error).partition("\n")[0].replace(source, shown)
            raise FileError(shown, f"no table {name!r} to read ({problem})") from None

    try:
        yield table
    finally:
        backend.disconnect()


def _no_table(source: str, name: str, names: Iterable[str]) -> InputError:
    some = ", ".join(sorted(names)) or "none"
    place = f"{source}#{name}" if name else source
    return InputError("FILE", "DATABASE#TABLE", place, f"its tables: {some}")


def _without_password(url: str) -> str:
    """Return an address as it may be printed: without user, password and options."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=host, query="", fragment="").geturl()
