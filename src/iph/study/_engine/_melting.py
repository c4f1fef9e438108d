"""Columns laid one below the other, on any engine."""

from collections.abc import Iterable
from typing import Any


def melted(frame: Any, columns: Iterable[str], name: str, value: str) -> Any:
    """Return one row a cell: which column it stands in, and what it holds.

    narwhals does that on the default connection of DuckDB, which knows no table of
    another one; a projection stays on the connection of the table itself.
    """
    import narwhals.stable.v2 as nw

    named = list(columns)
    if not frame.implementation.is_duckdb():
        return frame.unpivot(on=named, variable_name=name, value_name=value)
    labels = ", ".join("'" + one.replace("'", "''") + "'" for one in named)
    cells = ", ".join('"' + one.replace('"', '""') + '"' for one in named)
    projected = f'unnest([{labels}]) AS "{name}", unnest([{cells}]) AS "{value}"'
    return nw.from_native(nw.to_native(frame).project(projected))


def stacked(frame: Any, columns: Iterable[str], value: str) -> Any:
    """Return one row a cell that is not null, and nothing of where it stood."""
    import narwhals.stable.v2 as nw

    named = list(columns)
    if not frame.implementation.is_duckdb():
        found = melted(frame, named, "iph_column", value).select(value)
        return found.filter(~nw.col(value).is_null())
    cells = ", ".join('"' + one.replace('"', '""') + '"' for one in named)
    # Most cells are null: they are dropped before a row is made of each.
    some = f"list_filter([{cells}], lambda cell: cell IS NOT NULL)"
    return nw.from_native(nw.to_native(frame).project(f'unnest({some}) AS "{value}"'))
