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
    else:
        # The list is made first and alone: whatever stands beside what is unnested,
        # DuckDB repeats for each cell.
        cells = ", ".join('"' + one.replace('"', '""') + '"' for one in named)
        listed = nw.to_native(frame).project(f'[{cells}] AS "{value}"')
        found = nw.from_native(listed.project(f'unnest("{value}") AS "{value}"'))
    return found.filter(~nw.col(value).is_null())


def greatest(
    frame: Any, key: str, items: Iterable[str], flags: Iterable[str], n_rows: str
) -> Any:
    """Return one row a key: its rows, and each item's largest where each flag holds.

    The columns are named by item and the place of the flag. DuckDB would work an item
    out again for each flag, were it not told so in its own words; and of these columns
    there are so many that it keeps them as short as they are.
    """
    import narwhals.stable.v2 as nw

    pairs = {
        f"{item}_{place}": (item, flag)
        for item in items
        for place, flag in enumerate(flags)
    }
    if not frame.implementation.is_duckdb():
        marks = {
            name: nw.when(nw.col(flag)).then(nw.col(item))
            for name, (item, flag) in pairs.items()
        }
        most = (nw.col(mark).max() for mark in marks)
        marked = frame.select(key, **marks).group_by(key)
        return marked.agg(nw.len().alias(n_rows), *most)
    asked = [f'"{key}"', f'count(*) AS "{n_rows}"'] + [
        f'max("{item}") FILTER (WHERE "{flag}") AS "{name}"'
        for name, (item, flag) in pairs.items()
    ]
    found = nw.to_native(frame).aggregate(", ".join(asked), f'"{key}"')
    return nw.from_native(found)
