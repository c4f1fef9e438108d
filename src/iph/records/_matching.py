"""What the columns of a table mean, by name, by label, or as the user says."""

from typing import Any

import attrs

from iph._carried import CARRIED
from iph.records._columns import Column
from iph.records._guessing import close_name
from iph.records._header import Asked
from iph.records._mapping import IGNORED, ColumnMapping
from iph.records._privacy import looks_like
from iph.records._report import RecordError, shown
from iph.records._table import Table
from iph.records._targets import Target, normal, target_of, wide_name


@attrs.define(kw_only=True)
class Matched:
    """What the header of a table was understood as.

    Attributes
    ----------
    columns : list of Column
        The columns that are read.
    about : dict
        Columns of what a cohort carries besides: name to position.
    ignored : list of str
        Columns that are not loaded.
    set_aside : list of (int, str)
        Their positions and names.
    told : list of str
        Those of them that the mapping says to ignore.
    unseen : set of int
        Positions of columns that look as if they named a person.
    reasons : dict of int to str
        Why a column was not loaded, where its name does not say it.
    samples : dict of int to list of str
        What stands in columns that are not loaded, if they are asked about.
    unnamed : list of int
        Positions without a name.
    errors : list of RecordError
        Columns that are doubtful or stand twice.
    warnings : list of str
        Columns that look as if they named a person.
    """

    columns: list[Column] = attrs.field(factory=list)
    about: dict[str, int] = attrs.field(factory=dict)
    ignored: list[str] = attrs.field(factory=list)
    set_aside: list[tuple[int, str]] = attrs.field(factory=list)
    told: list[str] = attrs.field(factory=list)
    unseen: set[int] = attrs.field(factory=set)
    reasons: dict[int, str] = attrs.field(factory=dict)
    samples: dict[int, list[str]] = attrs.field(factory=dict)
    unnamed: list[int] = attrs.field(factory=list)
    errors: list[RecordError] = attrs.field(factory=list)
    warnings: list[str] = attrs.field(factory=list)

    @property
    def undecided(self) -> list[str]:
        """Columns that nobody asked to ignore."""
        return [
            name
            for place, name in self.set_aside
            if name not in self.told
            and place not in self.unseen
            and place not in self.reasons
        ]


def matched(source: Table, mapping: ColumnMapping, asked: Asked) -> Matched:
    """Match a header with the fields, by name, label or the user's mapping alone."""
    found, table = Matched(), source.name
    taken: dict[Any, str] = {}
    sure = _sure(source, mapping)
    for place, name in enumerate(source.header):
        key = normal(name)
        if not key:
            found.unnamed.append(place)
            continue
        meant = mapping.columns.get(key, name)
        if key in CARRIED and key not in mapping.columns:
            found.about.setdefault(key, place)
            continue
        target = None if normal(meant) == IGNORED else target_of(meant)
        if target is None and name in source.used:
            continue
        if target is None:
            found.set_aside.append((place, name))
            _set_aside(found, name, source, told=normal(meant) == IGNORED)
            continue
        if sure.get(target.key, name) != name and key not in mapping.columns:
            found.set_aside.append((place, name))
            found.ignored.append(name)
            found.reasons[place] = f"may mean the same as {sure[target.key]!r}"
            continue
        if target.key in taken:
            found.errors.append(
                RecordError(
                    row=source.header_row or None,
                    column=name,
                    value=shown(name),
                    rule=f"{name} means the same field as {taken[target.key]}",
                    hint="leave one of them out",
                    table=table,
                    name="column-unique",
                )
            )
            continue
        taken[target.key] = name
        words = dict(mapping.cells.get(key, {}))
        found.columns.append(
            Column(
                place=place,
                header=name,
                table=table,
                target=attrs.evolve(target, decimal=asked.decimal),
                missing=asked.missing,
                meant=meant if key in mapping.columns else _own_name(target, name),
                words=words,
                literal=source.literal,
                is_told=key in mapping.columns,
            )
        )
    return found


def _sure(source: Table, mapping: ColumnMapping) -> dict[Any, str]:
    """Return the columns that the user or their own name gives a field."""
    found: dict[Any, str] = {}
    for name in source.header:
        meant = mapping.columns.get(normal(name))
        target = target_of(name if meant is None else meant)
        if target is None:
            continue
        if meant is not None or normal(name) == _own_name(target, name):
            found.setdefault(target.key, name)
    return found


def _own_name(target: Target, name: str) -> str:
    """Return the field's own name, unless the column is in another unit."""
    if target.conversion is not None:
        return name
    if target.day is not None:
        return f"{target.field.name}_day_{target.day}"
    visit, field = target.visit, target.field
    return field.name if visit is None else wide_name(field, visit)


def _set_aside(found: Matched, name: str, source: Table, *, told: bool) -> None:
    """List a column that is not loaded; a doubtful one is an error."""
    found.ignored.append(name)
    if source.strict:
        return  # each of its cells is an error
    if told:
        found.told.append(name)
    personal = looks_like(normal(name))
    if personal:
        found.unseen.add(source.header.index(name))
        found.warnings.append(
            f"column {name!r} of {source.name} looks like {personal}; it was "
            "not loaded, and should not stand in a file for research"
        )
        return
    if told:
        return
    close = close_name(name)
    if close:
        found.errors.append(
            RecordError(
                row=source.header_row or None,
                column=name,
                value=shown(name),
                rule=f"{name} is not the name of a field, but close to one",
                hint=f"did you mean {close}? else map it to {IGNORED}",
                table=source.name,
                name="column-known",
            )
        )
