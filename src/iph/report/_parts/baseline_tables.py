"""The tables of characteristics, as they are printed."""

import math
import re

from iph.report._numbers import (
    NOBODY,
    counted,
    decimal,
    estimate_interval,
    listing,
    p_value,
    share,
)
from iph.report._phrases import (
    cell_text,
    lowered,
    quartile_words,
    shown_of,
    unit_words,
)
from iph.report._sheet import Sheet, SheetRow
from iph.stats._description.describe import Description
from iph.study._study import Rules
from iph.study._table_one import CategoryCell, NumberCell, Table, TableRow

_ABBREVIATIONS = {
    "VAS": "visual analog scale",
    "BNI": "Barrow Neurological Institute",
    "MRC": "Medical Research Council",
    "INR": "international normalized ratio",
    "APTT": "activated partial thromboplastin time",
}
_COAGULATION_FROM = {
    "laboratory": "the clotting tests",
    "laboratory-or-history": (
        "the clotting tests, the etiology, the antithrombotic agents and the "
        "comorbidities"
    ),
    "platelets-or-laboratory-or-history": (
        "the clotting tests, the platelets, the etiology, the antithrombotic agents "
        "and the comorbidities"
    ),
}
_LONG = 6  # levels; a longer list of categories leaves out those with nobody


def table_one_sheet(table: Table, *, told: tuple[str, ...] = ()) -> Sheet:
    """Print the baseline characteristics; `told` explains the groups and a status."""
    return _table_sheet(
        table,
        name="baseline",
        title="Baseline characteristics",
        footnotes=(*filter(None, told), *_abbreviations(table)),
    )


def _abbreviations(table: Table) -> tuple[str, ...]:
    """Explain the abbreviations in the labels of a table."""
    words = {word for row in _known(table) for word in re.findall(r"\w+", row.label)}
    told = [f"{a}, {meaning}" for a, meaning in _ABBREVIATIONS.items() if a in words]
    return (f"{'; '.join(told)}.",) if told else ()


def coagulation_sheet(table: Table, *, told: tuple[str, ...] = ()) -> Sheet:
    """Print the clotting tests; `told` explains the groups."""
    return _table_sheet(
        table,
        name="coagulation",
        title="Coagulation tests",
        footnotes=(*filter(None, told), *_abbreviations(table)),
    )


def built_in(table: Table, rules: Rules) -> str:
    """Say which rows differ because the groups are made of them; else empty."""
    what = {
        "coagulation_status": _COAGULATION_FROM.get(rules.coagulation),
        "conservative": "the treatments",
    }.get(rules.by)
    if not table.group or what is None:
        return ""
    return (
        f"{table.group} is defined by {what}: differences of the groups in these are "
        "built in."
    )


def imbalance_text(table: Table) -> str:
    """Say how groups are held against each other, for the methods."""
    if not table.group:
        return ""
    text = (
        " Imbalance between the groups of the tables is given as standardized "
        "differences"
    )
    gaps = [row.difference for row in table.rows if row.difference is not None]
    if any(math.isfinite(gap.low) for gap in gaps):
        text += (
            "; of means, with Bonett's interval and Welch's degrees of freedom, which "
            "asks for no equal spread"
        )
    return text + "."


def _known(table: Table) -> tuple[TableRow, ...]:
    """Return the rows that anybody has a value in; all of them of nobody."""
    if not table.sizes[0]:
        return table.rows
    return tuple(row for row in table.rows if any(cell.n for cell in row.cells))


def _table_sheet(
    table: Table, *, name: str, title: str, footnotes: tuple[str, ...]
) -> Sheet:
    grouped = len(table.columns) > 1
    compared = any(row.test for row in table.rows)
    differing = any(row.difference is not None for row in table.rows)
    heads = [
        f"{column} (n = {size})"
        for column, size in zip(table.columns, table.sizes, strict=True)
    ]
    header = ["Characteristic", *(head[0].upper() + head[1:] for head in heads)]
    if differing:
        header.append("SMD (95 % CI)")
    if compared:
        header += ["P value", "Test"]
    known = _known(table)
    rows = []
    for row in known:
        tail = _tail(row, differing=differing, compared=compared)
        rows += [
            SheetRow((*r.cells, *(tail if k == 0 else [""] * len(tail))), r.indent)
            for k, r in enumerate(_rows(row))
        ]
    notes = ["Counts are of the patients in whom the characteristic was recorded."]
    described = [d for row in known if (d := _description(row)) is not None]
    if described:
        notes[0] += f" Quartiles by {quartile_words(described[0].quartiles.method)}."
    if any(_presence_only(row) for row in known):
        notes.append(
            "Reported in: nobody is recorded as not having it, so that no share can be "
            "read."
        )
    if any(_shortened(row) for row in known):
        notes.append("Empty categories of long lists are omitted.")
    unknown = [lowered(row.label) for row in table.rows if row not in known]
    if unknown:
        notes.append(f"Recorded for nobody, and left out: {listing(unknown)}.")
    if grouped:
        notes.append(f"Grouped by {table.group.lower()}.")
        if table.n_ungrouped:
            who = counted(
                table.n_ungrouped, "patient, who counts", "patients, who count"
            )
            notes.append(
                f"{table.group} was not known for {who} in the first column only."
            )
    if differing:
        notes.append(
            "SMD, standardized difference: of numbers that of their means, where "
            "medians are printed as well; of categories without a sign or an interval, "
            "and well above 0 by chance alone at this size."
        )
    if compared:
        notes.append(
            "P values were asked for; they are unadjusted, and test differences that "
            "need no test if the groups were formed by these characteristics."
        )
    notes += [note for row in known if (note := _of_bounds(row))]
    return Sheet(
        name=name,
        title=title + (f" by {table.group.lower()}" if grouped else ""),
        header=tuple(header),
        rows=tuple(rows),
        notes=(*notes, *footnotes),
    )


def _of_bounds(row: TableRow) -> str:
    """Say how values are counted that are known by a bound alone; empty without any."""
    counts = [
        cell.bounded.n_bounds
        for cell in row.cells
        if isinstance(cell, NumberCell) and cell.bounded is not None
    ]
    if not counts:
        return ""
    seen = counted(counts[0], "patient")
    told = [f"{row.label}: known by a bound alone in {seen}; the quartiles heed it"]
    told[0] += ", and are given as a bound or by two limits where they are not known"
    if row.bound_rule is not None:
        told.append(f"for the P value bounds are {row.bound_rule}")
    if row.difference is not None:
        told.append("the standardized difference counts them as not recorded")
    return "; ".join(told) + "."


def _presence_only(row: TableRow) -> bool:
    return getattr(row.cells[0], "presence_only", False)


def _description(row: TableRow) -> Description | None:
    cell = row.cells[0]
    return cell.description if isinstance(cell, NumberCell) else None


def _tail(row: TableRow, *, differing: bool, compared: bool) -> list[str]:
    tail = []
    if differing:
        found = row.difference
        tail.append(
            ""
            if found is None
            else "not estimable"
            if math.isinf(found.estimate)
            else decimal(found.estimate, 2)
            if math.isnan(found.low)
            else estimate_interval(found.estimate, found.low, found.high)
        )
    if compared:
        tail += [p_value(row.p_value), row.test] if row.test else ["", ""]
    return tail


def _rows(row: TableRow) -> list[SheetRow]:
    numbers = [cell for cell in row.cells if isinstance(cell, NumberCell)]
    if numbers:
        return _number_rows(row, numbers)
    return _category_rows(row, [c for c in row.cells if isinstance(c, CategoryCell)])


def _missing_row(row: TableRow) -> list[SheetRow]:
    if not any(cell.n_missing for cell in row.cells):
        return []
    counts = (str(c.n_missing) for c in row.cells)
    return [SheetRow(("not recorded", *counts), indent=True)]


def _number_rows(row: TableRow, cells: list[NumberCell]) -> list[SheetRow]:
    unit = "" if row.unit is None else ", " + unit_words(row.unit)
    label = row.label + unit
    shown = shown_of(cells)
    how = "mean (SD)" if shown == "mean" else "median (Q1, Q3)"
    return [
        SheetRow((f"{label}, {how}", *(cell_text(c, shown) for c in cells))),
        *_missing_row(row),
    ]


def _shortened(row: TableRow) -> bool:
    cells = [cell for cell in row.cells if isinstance(cell, CategoryCell)]
    return any(not any(c.counts[k] for c in cells) for k in _listable(row, cells))


def _listable(row: TableRow, cells: list[CategoryCell]) -> list[int]:
    """Return the places of the levels of a long list of categories."""
    known = any(cell.n for cell in cells)
    long = len(row.level_labels) > _LONG or not row.exclusive
    return list(range(len(row.level_labels))) if known and long else []


def _count(cell: CategoryCell, place: int) -> str:
    """Write a count with its share; without it where only presence was recorded."""
    if not cell.presence_only:
        return share(cell.counts[place], cell.n)
    return f"reported in {cell.counts[place]} of {cell.n + cell.n_missing}"


def _category_rows(row: TableRow, cells: list[CategoryCell]) -> list[SheetRow]:
    if not any(cell.n for cell in cells):
        nobody = (NOBODY,) * len(cells)
        return [SheetRow((row.label, *nobody)), *_missing_row(row)]
    counts = [
        SheetRow((label, *(_count(c, k) for c in cells)), indent=True)
        for k, label in enumerate(row.level_labels)
        if k not in _listable(row, cells) or any(c.counts[k] for c in cells)
    ]
    if len(row.level_labels) == 1 and counts:
        return [SheetRow((row.label, *counts[0].cells[1:])), *_missing_row(row)]
    return [SheetRow((row.label, *[""] * len(cells))), *counts, *_missing_row(row)]
