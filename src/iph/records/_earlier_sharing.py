"""What others have already: the tables of an earlier sharing, read back."""

import csv
import os
from collections.abc import Mapping, Sequence
from typing import Any, Final

import attrs

from iph._options import each, pathname
from iph.errors import FileError, InputError
from iph.records._coarsening import Coarse
from iph.records._shared_tables import SharedTable
from iph.records._sharing_files import HEADER, PATIENTS, PLUS, TABLES_FILE, TOGETHER
from iph.records._suppression import CountedTogether

_LARGEST: Final = 50_000_000
_HINT: Final = "give the folder that `share` wrote, as it was"

Row = Mapping[str, str]


@attrs.frozen
class EarlierSharing:
    """The tables that others have already.

    Attributes
    ----------
    tables : mapping
        Each table, by field and visit.
    """

    _tables: Mapping[tuple[str, str], Sequence[Row]]
    _path: str

    def table(self, field: str, visit: str, now: Coarse) -> SharedTable | None:
        """Return the table of a field as it was shared; None if it was not."""
        rows = self._tables.get((field, visit))
        if rows is None:
            return None
        try:
            return _table(field, visit, rows, overlap=now.overlap)
        except (KeyError, ValueError):
            problem = f"holds no whole table of {field}"
            raise FileError(self._path, problem, _HINT) from None


def earlier_sharings(folders: Any) -> tuple[EarlierSharing, ...]:
    """Read what others have already."""
    listed = each(folders, "earlier", "folders of sharings", "give a list, even of one")
    return tuple(_read(folder) for folder in listed)


def _read(folder: Any) -> EarlierSharing:
    if not isinstance(folder, (str, os.PathLike)):
        raise InputError("earlier", "folders of sharings", folder)
    path = pathname(folder, "earlier") / TABLES_FILE
    if not path.is_file():
        raise FileError(str(path), "is no file", _HINT)
    if path.stat().st_size > _LARGEST:
        raise FileError(str(path), "is too large for a sharing", _HINT)
    tables: dict[tuple[str, str], list[Row]] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, strict=True, restval="")
            if (rows.fieldnames or [])[: len(HEADER)] != [*HEADER]:
                raise FileError(str(path), "is no sharing", _HINT)
            for row in rows:
                tables.setdefault((row["field"], row["visit"]), []).append(row)
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise FileError(str(path), f"cannot be read ({problem})", _HINT) from None
    return EarlierSharing(tables, str(path))


def _table(
    field: str, visit: str, rows: Sequence[Row], *, overlap: bool
) -> SharedTable:
    """Put a table together again; ValueError or KeyError if there is no whole one."""
    cells: dict[tuple[str, str], int | None] = {}
    for row in rows:
        hidden = row["status"] == "hidden"
        cells[row["level"], row["group"]] = None if hidden else int(row["count"])
    groups = tuple(dict.fromkeys(row["group"] for row in rows))
    of_totals = [row["level"] for row in rows if row["status"] == TOGETHER]
    levels = tuple(
        one
        for one in dict.fromkeys(row["level"] for row in rows)
        if one != PATIENTS and one not in of_totals
    )
    together = tuple(
        CountedTogether(
            levels=tuple(name.split(PLUS)),
            counts=tuple(_known(cells[name, group]) for group in groups),
        )
        for name in dict.fromkeys(of_totals)
    )
    table = SharedTable(
        field=field,
        visit=visit,
        levels=levels,
        overlap=overlap,
        groups=groups,
        group_sizes=tuple(_known(cells[PATIENTS, group]) for group in groups),
        counts=tuple(
            tuple(cells[level, group] for group in groups) for level in levels
        ),
        together=together,
    )
    check_adds_up(table)
    return table


def _known(count: int | None) -> int:
    if count is None:
        raise ValueError
    return count


def check_adds_up(table: SharedTable) -> None:
    """Raise ValueError unless everything adds up to the sizes of the groups."""
    named = [level for one in table.together for level in one.levels]
    if len(named) != len(set(named)) or not set(named) <= set(table.levels):
        raise ValueError
    alone = [
        row
        for level, row in zip(table.levels, table.counts, strict=True)
        if level not in named
    ]
    for place, size in enumerate(table.group_sizes):
        shown = sum(_known(row[place]) for row in alone)
        if shown + sum(one.counts[place] for one in table.together) != size:
            raise ValueError
