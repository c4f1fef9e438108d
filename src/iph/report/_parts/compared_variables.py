"""The study beside a published one, one row a variable: who was treated, and after."""

import math
from collections.abc import Iterable, Iterator

from iph.evidence._verdict import Verdict
from iph.report._numbers import decimal, trimmed
from iph.report._phrases import row_label, unit_words
from iph.report._sheet import Sheet, SheetRow
from iph.stats._groups.standardized_difference import standardized_share_difference
from iph.study._compared import ComparedClaim, Comparison

_LEAST = 5  # values below which nothing is compared, as in the rows themselves
_NO_NUMBER = "not one number"
MARKS = {
    Verdict.IMPOSSIBLE: "*",
    Verdict.CONTRADICTS: "\N{DAGGER}",
    Verdict.IMPLAUSIBLE: "\N{DOUBLE DAGGER}",
}
_NOT_HELD = {
    Verdict.IMPOSSIBLE: "no sample of this size can give this value, by the audit",
    Verdict.CONTRADICTS: "conflicts with another printed value, by the audit",
    Verdict.IMPLAUSIBLE: "implausible distribution, by the audit",
}


def variables_sheet(comparison: Comparison) -> Sheet:
    """Print how far apart the studies are in each variable, the case mix on top."""
    variables = tuple(_variables(comparison))
    mix = [rows for rows in variables if _is_at_admission(rows[0])]
    course = [rows for rows in variables if not _is_at_admission(rows[0])]
    printed: list[SheetRow] = []
    for head, found in (("Case mix, at admission", mix), ("Course", course)):
        if found:
            printed.append(SheetRow((head, "", "", "")))
            printed += [SheetRow(_cells(rows), True) for rows in found]
    source = comparison.source
    return Sheet(
        name="comparison_variables",
        title=f"How far this study is from {source}, one row a variable",
        header=("Variable", f"n, {source}", "n, this study", "Distance"),
        rows=tuple(printed),
        notes=(
            (
                "Distance, standardized difference: of categories that of "
                "Yang and Dalton, which has no sign and lies well above 0 by chance "
                "alone at this size; of means in standard deviations, this study minus "
                "the published one. Medians have a difference in their own unit. The "
                "levels of a variable are one row, since they repeat each other; they "
                "stand in the next table."
            ),
            (
                f"Not one number: levels overlap, are not all printed, or are printed "
                f"in two ways. Nothing is compared below {_LEAST} patients."
            ),
            *marked_notes(row for rows in variables if _is_one(rows) for row in rows),
        ),
    )


def marked_notes(rows: Iterable[ComparedClaim]) -> list[str]:
    """Explain the marks of printed figures that an audit does not hold."""
    found = {one.verdict for row in rows for one in row.doubtful}
    return [
        f"{m} {_NOT_HELD[verdict]}." for verdict, m in MARKS.items() if verdict in found
    ]


def _marks(rows: Iterable[ComparedClaim]) -> str:
    """Mark a distance that rests on a printed figure an audit does not hold."""
    found = {one.verdict for row in rows for one in row.doubtful}
    return "".join(mark for verdict, mark in MARKS.items() if verdict in found)


def _variables(comparison: Comparison) -> Iterator[tuple[ComparedClaim, ...]]:
    """Yield the rows of each variable at each visit, in the order of the rows."""
    found: dict[tuple[str, object], list[ComparedClaim]] = {}
    for row in comparison.rows:
        found.setdefault((row.field, row.visit), []).append(row)
    yield from map(tuple, found.values())


def _is_at_admission(row: ComparedClaim) -> bool:
    return row.visit is None or row.visit.is_baseline


def _cells(rows: tuple[ComparedClaim, ...]) -> tuple[str, ...]:
    first = rows[0]
    shown = [max(r.published.n for r in rows), max(r.ours.n for r in rows)]
    marks = _marks(rows) if _is_one(rows) else ""
    return (row_label(first), *map(str, shown), _distance(rows) + marks)


def _is_one(rows: tuple[ComparedClaim, ...]) -> bool:
    """Whether a number says how far apart the studies are."""
    return any(sign.isdigit() for sign in _distance(rows).partition("<")[0])


def _distance(rows: tuple[ComparedClaim, ...]) -> str:
    """Write how far apart the studies are; in words where no number says it."""
    compared = [row for row in rows if row.ours.n >= _LEAST]
    if not compared:
        return f"not compared, n < {_LEAST}"
    numbers = [row for row in compared if row.measure != "share"]
    if numbers:
        return "; ".join(dict.fromkeys(map(_of_number, numbers)))
    counts = _counts(compared)
    if counts is None:
        return _NO_NUMBER
    found = standardized_share_difference(*counts).estimate
    if math.isnan(found):
        return _NO_NUMBER
    return "no overlap" if math.isinf(found) else decimal(found, 2)


def _counts(
    rows: list[ComparedClaim],
) -> tuple[list[int], list[int]] | None:
    """Return the counts of all categories in both studies; None if some are missing."""
    theirs = [row.published.count or 0 for row in rows]
    ours = [row.ours.count or 0 for row in rows]
    sizes = {(row.published.n, row.ours.n) for row in rows}
    labels = {row.level_label for row in rows}
    if len(sizes) > 1 or len(labels) < len(rows):
        return None
    ((n_theirs, n_ours),) = sizes
    if len(rows) == 1:
        return [theirs[0], n_theirs - theirs[0]], [ours[0], n_ours - ours[0]]
    if sum(theirs) != n_theirs or sum(ours) != n_ours:
        return None
    return theirs, ours


def _of_number(row: ComparedClaim) -> str:
    gap = row.ours.value - row.published.value
    sign = "+" if gap > 0 else ""
    if row.measure == "mean":
        spread = math.hypot(row.ours.sd, row.published.sd) / math.sqrt(2)
        if math.isnan(spread) or spread == 0:
            return _NO_NUMBER
        return f"{sign}{decimal(gap / spread, 2)}"
    unit = "" if row.unit is None else f" {unit_words(row.unit)}"
    return f"median {sign}{trimmed(gap)}{unit}"
