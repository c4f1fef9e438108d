"""Columns that are made of what stands in a sheet, before its cells are read."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

import attrs

from iph._fields import Kind
from iph.records._dates import DateReader, Dates
from iph.records._diameters import with_diameters
from iph.records._footers import Likely, likely
from iph.records._header import Asked
from iph.records._mapping import ROWS, ColumnMapping
from iph.records._patterns import with_patterns
from iph.records._report import RecordError
from iph.records._table import MISSING_CELLS, Table, WithUnit
from iph.records._targets import is_own_unit, normal, target_of

_ID: Final = "patient_id"
_UNIT: Final = re.compile(
    r"(?:unit_(?:of_)?)?(.+?)(?:_(?:units?|einheit|unité|unidad))?"
)
_CDISC: Final = {"ageu": "age"}


def prepared(
    table: Table,
    mapping: ColumnMapping,
    asked: Asked,
    zeros: Dates,
    errors: list[RecordError],
) -> tuple[Table, ColumnMapping]:
    """Return a table with the columns that the mapping has made of others."""
    table = _with_row_names(table, mapping)
    mapping, wrong = with_patterns(table.header, mapping)
    errors += wrong
    table, mapping = with_diameters(table, mapping)
    table = _with_units(table, mapping)
    reader = DateReader(
        table=table, mapping=mapping, asked=asked, zeros=zeros, errors=errors
    )
    return reader.counted()


def _with_row_names(table: Table, mapping: ColumnMapping) -> Table:
    """Return a table in which each row is a patient, if the mapping says so."""
    if normal(mapping.columns.get(ROWS, "")) != _ID:
        return table
    return attrs.evolve(
        table,
        header=(ROWS, *table.header),
        rows=_named(table),
        remarks=(*table.remarks, "its rows are numbered, and each is one patient"),
    )


def _named(table: Table) -> Iterator[tuple[int, Sequence[Any]]]:
    end = f" of {table.part}" if table.part else ""
    for number, cells in table.rows:
        filled = [p for p, cell in enumerate(cells) if cell not in MISSING_CELLS]
        if not filled:
            continue
        first = cells[filled[0]]
        # what reads as a row under the table keeps its word, so that it is seen as such
        if isinstance(first, str) and likely(first, cells) is Likely.SURE:
            others = [None if p == filled[0] else c for p, c in enumerate(cells)]
            yield number, [first, *others]
        else:
            yield number, [f"row {number}{end}", *cells]


def _with_units(table: Table, mapping: ColumnMapping) -> Table:
    """Return a table whose cells hold the units that stand beside them."""
    names = {normal(name): place for place, name in enumerate(table.header)}
    pairs: dict[int, int] = {}
    for name, place in names.items():
        match = _UNIT.fullmatch(name)
        stem = _CDISC.get(name, match.group(1) if match is not None else name)
        if stem == name or stem not in names or name in mapping.columns:
            continue
        target = target_of(mapping.columns.get(stem, stem))
        kinds = (Kind.QUANTITY, Kind.DAYS)
        if target is None or target.field.declaration.kind not in kinds:
            continue
        if target.conversion is None and not target.is_bound:
            pairs[names[stem]] = place
    if not pairs:
        return table
    used = table.used | {table.header[place] for place in pairs.values()}
    return attrs.evolve(table, rows=_in_units(table, mapping, pairs), used=used)


def _in_units(
    table: Table, mapping: ColumnMapping, pairs: dict[int, int]
) -> Iterator[tuple[int, Sequence[Any]]]:
    fields = {
        place: target.field
        for place in pairs
        if (name := table.header[place])
        and (target := target_of(mapping.columns.get(normal(name), name))) is not None
    }
    for number, given in table.rows:
        if len(given) != len(table.header):
            yield number, given
            continue
        cells = list(given)
        for place, beside in pairs.items():
            unit = cells[beside]
            if cells[place] in MISSING_CELLS or unit in MISSING_CELLS:
                continue
            if not is_own_unit(fields[place], str(unit)):
                cells[place] = WithUnit(cells[place], str(unit).strip())
        yield number, cells
