"""Three diameters in one cell, such as 4x5x8, as three columns."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

import attrs

from iph.records._mapping import ColumnMapping
from iph.records._numbers import narrowed
from iph.records._table import MISSING_CELLS, Table
from iph.records._targets import DIAMETERS, normal

_TIMES: Final = re.compile(r"[x×*✕X]")
_UNIT: Final = re.compile(r"(cm|mm)\s*+$", re.IGNORECASE)
_NUMBER: Final = re.compile(r"[0-9]+([.,][0-9]+)?")
_THREE: Final = 3


def with_diameters(table: Table, mapping: ColumnMapping) -> tuple[Table, ColumnMapping]:
    """Return the table with such a column taken apart; any other as it is."""
    found: dict[int, str] = {}
    for place, name in enumerate(table.header):
        meant = normal(mapping.columns.get(normal(name), name))
        if meant in DIAMETERS:
            found[place] = DIAMETERS[meant]
    if not found:
        return table, mapping
    header, columns = list(table.header), dict(mapping.columns)
    for place, unit in found.items():
        name = table.header[place]
        columns[normal(name)] = f"diameter_a_{unit}"
        for letter in "bc":
            header.append(f"{name} ({letter})")
            columns[normal(header[-1])] = f"diameter_{letter}_{unit}"
    rows = _rows(table, found)
    changed = attrs.evolve(table, header=tuple(header), rows=rows)
    return changed, attrs.evolve(mapping, columns=columns)


def _rows(table: Table, found: dict[int, str]) -> Iterator[tuple[int, Sequence[Any]]]:
    width = len(table.header)
    for number, given in table.rows:
        if len(given) != width:  # an error of the row, with the number of its cells
            yield number, given
            continue
        cells = list(given)
        for place, unit in found.items():
            first, *others = _parts(cells[place], unit)
            cells[place] = first
            cells += others
        yield number, cells


def _parts(cell: Any, unit: str) -> tuple[Any, Any, Any]:
    """Return three numbers; what is no such text stays whole, to be refused."""
    if cell in MISSING_CELLS or not isinstance(cell, str):
        return cell, None, None
    text = narrowed(cell).strip()
    stated = _UNIT.search(text)
    if stated is not None and stated.group(1).casefold() == unit:
        text = text[: stated.start()].rstrip()
    parts = [part.strip() for part in _TIMES.split(text)]
    if len(parts) != _THREE or not all(_NUMBER.fullmatch(part) for part in parts):
        return cell, None, None
    a, b, c = parts
    return a, b, c
