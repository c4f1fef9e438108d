"""The flow of records, and the tables of characteristics, as they are printed."""

import math
from collections import Counter

from iph.criteria._screening import Screening
from iph.report._document import Sheet, SheetRow
from iph.report._numbers import (
    NOBODY,
    UNDEFINED,
    decimal,
    estimate_interval,
    p_value,
    share,
    trimmed,
)
from iph.stats._description.describe import Description
from iph.study._table_one import CategoryCell, NumberCell, Table, TableRow

_BILLION = "10\N{SUPERSCRIPT NINE}"
_LONG = 6  # levels; a longer list of categories leaves out those with nobody


def flow_sheet(screening: Screening) -> Sheet:
    """Print what every criterion removes, and what it cannot answer."""
    unknown = Counter(
        code for decision in screening.decisions or () for code in decision.unknown
    )
    failed = Counter(
        code for decision in screening.decisions or () for code in decision.failed
    )
    rows = [
        SheetRow(
            (
                f"{step.code}: {step.statement}",
                str(step.n_removed),
                str(failed[step.code]),
                str(unknown[step.code]),
                str(step.n_remaining),
            )
        )
        for step in screening.flow
    ]
    total = str(screening.n_assessed)
    return Sheet(
        name="flow",
        title=f"Records by criterion ({screening.criteria.name})",
        header=(
            "Criterion",
            "Removed here first",
            "Fail it in all",
            "Cannot be answered",
            "Surely pass so far",
        ),
        rows=(SheetRow(("Records assessed", "", "", "", total)), *rows),
        notes=(
            (
                f"Of {screening.n_assessed} records, {screening.n_included} are "
                f"included, "
                f"{screening.n_excluded} excluded, and of {screening.n_unknown} the "
                f"record "
                "does not say enough to decide."
            ),
            "I, criterion of inclusion; E, criterion of exclusion.",
        ),
    )


def table_one_sheet(table: Table) -> Sheet:
    """Print the baseline characteristics."""
    return _table_sheet(
        table,
        name="baseline",
        title="Baseline characteristics",
        footnote=(
            "VAS, visual analog scale; BNI, Barrow Neurological Institute; MRC, "
            "Medical Research Council."
        ),
    )


def coagulation_sheet(table: Table) -> Sheet:
    """Print the clotting tests."""
    return _table_sheet(
        table,
        name="coagulation",
        title="Coagulation tests",
        footnote=(
            "PT, prothrombin time; INR, international normalized ratio; APTT, "
            "activated partial thromboplastin time; TT, thrombin time."
        ),
    )


def _table_sheet(table: Table, *, name: str, title: str, footnote: str) -> Sheet:
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
    rows = []
    for row in table.rows:
        tail = _tail(row, differing=differing, compared=compared)
        rows += [
            SheetRow((*r.cells, *(tail if k == 0 else [""] * len(tail))), r.indent)
            for k, r in enumerate(_rows(row))
        ]
    notes = [
        (
            "Values are count/recorded (percent), or as named in the row; each "
            "percentage "
            "has as denominator those with a value."
        )
    ]
    described = [d for row in table.rows if (d := _description(row)) is not None]
    if described:
        notes[0] += (
            f" Quartiles by the {described[0].quartiles.method} rule; mean or median "
            f"by the rule {described[0].rule}, decided on all patients."
        )
    if any(_shortened(row) for row in table.rows):
        notes.append("Categories in which nobody is are not listed.")
    if grouped:
        notes.append(f"Grouped by {table.group}.")
        if table.n_ungrouped:
            notes.append(
                f"The group of {table.n_ungrouped} patients is not known: they count "
                "in the first column alone."
            )
    if differing:
        notes.append("SMD, standardized mean difference (or difference of shares).")
    if compared:
        notes.append("P values are not adjusted for the number of rows.")
    return Sheet(
        name=name,
        title=title + (f" by {table.group}" if grouped else ""),
        header=tuple(header),
        rows=tuple(rows),
        notes=(*notes, footnote),
    )


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
            else estimate_interval(found.estimate, found.low, found.high)
        )
    if compared:
        tail += [p_value(row.p_value), row.test] if row.test else ["", ""]
    return tail


def _rows(row: TableRow) -> list[SheetRow]:
    numbers = [cell for cell in row.cells if isinstance(cell, NumberCell)]
    if numbers:
        return _number_rows(row, [cell.description for cell in numbers])
    return _category_rows(row, [c for c in row.cells if isinstance(c, CategoryCell)])


def _missing_row(row: TableRow) -> list[SheetRow]:
    if not any(cell.n_missing for cell in row.cells):
        return []
    counts = (share(c.n_missing, c.n + c.n_missing) for c in row.cells)
    return [SheetRow(("not recorded", *counts), indent=True)]


def _number_rows(row: TableRow, cells: list[Description]) -> list[SheetRow]:
    unit = "" if row.unit is None else ", " + row.unit.replace("10^9", _BILLION)
    label = row.label + unit
    shown = cells[0].shown
    how = "mean (SD)" if shown == "mean" else "median (Q1, Q3)"
    return [
        SheetRow((f"{label}, {how}", *(number_text(c, shown) for c in cells))),
        *_missing_row(row),
    ]


def number_text(found: Description, shown: str) -> str:
    """Write mean (SD), or median (Q1, Q3), from the exact values if there are any."""
    if found.n == 0:
        return NOBODY
    if shown == "mean":
        mean = found.mean if found.exact_mean is None else found.exact_mean
        sd = UNDEFINED if math.isnan(found.sd) else decimal(found.sd, 1)
        return f"{decimal(mean, 1)} ({sd})"
    if math.isnan(found.q1) or math.isnan(found.q3):
        return f"{trimmed(found.median)} (quartiles {UNDEFINED})"
    return f"{trimmed(found.median)} ({trimmed(found.q1)}, {trimmed(found.q3)})"


def _shortened(row: TableRow) -> bool:
    cells = [cell for cell in row.cells if isinstance(cell, CategoryCell)]
    return any(not any(c.counts[k] for c in cells) for k in _listable(row, cells))


def _listable(row: TableRow, cells: list[CategoryCell]) -> list[int]:
    """Return the places of the levels of a long list of categories."""
    known = any(cell.n for cell in cells)
    long = len(row.level_labels) > _LONG or not row.exclusive
    return list(range(len(row.level_labels))) if known and long else []


def _category_rows(row: TableRow, cells: list[CategoryCell]) -> list[SheetRow]:
    if not any(cell.n for cell in cells):
        nobody = (NOBODY,) * len(cells)
        return [SheetRow((row.label, *nobody)), *_missing_row(row)]
    counts = [
        SheetRow((label, *(share(c.counts[k], c.n) for c in cells)), indent=True)
        for k, label in enumerate(row.level_labels)
        if k not in _listable(row, cells) or any(c.counts[k] for c in cells)
    ]
    if len(row.level_labels) == 1 and counts:
        return [SheetRow((row.label, *counts[0].cells[1:])), *_missing_row(row)]
    return [SheetRow((row.label, *[""] * len(cells))), *counts, *_missing_row(row)]
