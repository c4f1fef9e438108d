"""A study beside a published one: the table, and what it says in words."""

import math

from iph.evidence._verdict import Verdict
from iph.report._document import Sheet, SheetRow
from iph.report._numbers import (
    MINUS,
    UNDEFINED,
    counted,
    decimal,
    level_text,
    listing,
    sentence,
    share,
    trimmed,
)
from iph.study._compared import ComparedClaim, ComparedFigure, Comparison

_MARKS = {Verdict.IMPOSSIBLE: "*", Verdict.CONTRADICTS: "\N{DAGGER}"}
_NOT_HELD = {
    Verdict.IMPOSSIBLE: "no data of that size give this print, by the audit",
    Verdict.CONTRADICTS: "contradicts another print of the same paper, by the audit",
}
_NO_INTERVAL = "no interval"


def comparison_sheet(comparison: Comparison) -> Sheet:
    """Print each printed figure beside that of the study."""
    rows: list[SheetRow] = []
    above = ""
    for row in comparison.rows:
        label = row_label(row)
        if row.measure == "share":
            if label != above:
                rows.append(SheetRow((label, "", "", "", "")))
            above = label
            rows.append(SheetRow((row.level_label, *_cells(row)), indent=True))
        else:
            unit = "" if row.unit is None else f", {row.unit}"
            how = {"mean": "mean (SD)", "median": "median (Q1, Q3)"}[row.measure]
            rows.append(SheetRow((f"{label}{unit}, {how}", *_cells(row))))
            above = ""
    level = level_text(comparison.confidence_level)
    return Sheet(
        name="comparison",
        title=f"This study and {comparison.source}",
        header=(
            "Characteristic",
            f"Printed in {comparison.source}",
            "Read as",
            "This study",
            f"Difference ({level} CI)",
        ),
        rows=tuple(rows),
        notes=_notes(comparison),
    )


def _notes(comparison: Comparison) -> tuple[str, ...]:
    measures = {row.measure for row in comparison.rows}
    notes = [
        (
            "Difference, this study minus the published one; of shares in percentage "
            "points. A figure printed in several places stands once; prints that do "
            "not agree stand in rows of their own."
        )
    ]
    if "share" in measures:
        notes.append("CI of a difference of shares after Miettinen and Nurminen.")
    if "mean" in measures:
        notes.append("CI of a difference of means from mean, SD and n after Welch.")
    if "median" in measures:
        notes.append(
            "No interval for a difference of medians can be had from quartiles alone; "
            "beside the median of this study stands its own exact interval."
        )
    found = {f.verdict for row in comparison.rows for f in row.doubtful}
    notes += [
        f"{mark} {_NOT_HELD[verdict]}."
        for verdict, mark in _MARKS.items()
        if verdict in found
    ]
    notes += dict.fromkeys(
        f"{row_label(row)}, {row.level_label}: {row.remark}."
        for row in comparison.rows
        if row.measure == "share" and row.remark
    )
    return tuple(notes)


def row_label(row: ComparedClaim) -> str:
    """Name what is compared, with the visit."""
    return row.label if row.visit is None else f"{row.label} at {row.visit.label}"


def _cells(row: ComparedClaim) -> tuple[str, str, str, str]:
    return (
        _printed(row),
        figure_text(row, row.published),
        figure_text(row, row.ours),
        difference_text(row),
    )


def _printed(row: ComparedClaim) -> str:
    """Quote the prints of a figure, each once, those that cannot stand marked."""
    prints: dict[str, str] = {}
    for claim in row.claims:  # two that differ by a space alone are one
        prints.setdefault("".join(claim.printed.split()), claim.printed)
    marks = {"".join(f.claim.printed.split()): _MARKS[f.verdict] for f in row.doubtful}
    return "; ".join(f"{text}{marks.get(key, '')}" for key, text in prints.items())


def figure_text(row: ComparedClaim, figure: ComparedFigure) -> str:
    """Write a figure of one of both studies with its n."""
    if row.measure == "share":
        return share(figure.count or 0, figure.n)
    n = f"n = {figure.n}"
    if row.measure == "mean":
        sd = UNDEFINED if math.isnan(figure.sd) else decimal(figure.sd, 2)
        return f"{decimal(figure.value, 2)} ({sd}), {n}"
    text = trimmed(figure.value)
    if not math.isnan(figure.q1) and not math.isnan(figure.q3):
        text += f" ({trimmed(figure.q1)}, {trimmed(figure.q3)})"
    if not (math.isfinite(figure.low) and math.isfinite(figure.high)):
        return f"{text}, {n}"
    level = level_text(row.difference.confidence_level)
    bounds = f"{trimmed(figure.low)} to {trimmed(figure.high)}"
    return f"{text}, {n}; {level} CI, {bounds}"


def difference_text(row: ComparedClaim) -> str:
    """Write a difference with its interval, its sign always shown."""
    found = row.difference
    factor, places = (100, 1) if row.measure == "share" else (1, 2)

    def signed(value: float) -> str:
        text = decimal(value * factor, places)
        return text if text.startswith(MINUS) or not text.strip("0.") else f"+{text}"

    if math.isnan(found.estimate):
        return UNDEFINED
    if math.isnan(found.low):
        return f"{signed(found.estimate)} ({_NO_INTERVAL})"
    return f"{signed(found.estimate)} ({signed(found.low)} to {signed(found.high)})"


def apart(row: ComparedClaim) -> bool:
    """Whether the interval leaves out that there is no difference."""
    return row.difference.low > 0 or row.difference.high < 0


def comparison_sentences(comparison: Comparison) -> tuple[str, ...]:
    """Say what is compared, what differs, and what could not be compared."""
    rows, left = comparison.rows, comparison.unanswered
    prints = len({claim.code for row in rows for claim in row.claims})
    source = comparison.source
    total = prints + len(left)
    if not rows:
        return (
            (
                f"None of the {total} figures of patients printed in {source} can be "
                "answered from these records."
            ),
        )
    with_interval = [row for row in rows if not math.isnan(row.difference.low)]
    differing = [row for row in with_interval if apart(row)]
    level = level_text(comparison.confidence_level)
    first = (
        f"Of {counted(total, 'figure')} of patients printed in {source}, {prints} can "
        f"be held against this study, in {counted(len(rows), 'row')}; "
        f"{len(with_interval)} of these have an interval, and "
    )
    if not differing:
        first += f"no {level} CI leaves out that there is no difference."
        return (first,)
    listed = sorted(differing, key=_distance, reverse=True)[:3]
    told = [
        f"{_named(row)}: {figure_text(row, row.ours)} here and "
        f"{figure_text(row, row.published)} there, difference {difference_text(row)}"
        for row in listed
    ]
    most = "" if len(differing) <= len(listed) else "the clearest are "
    return (
        first
        + f"in {len(differing)} the {level} CI leaves out that there is no difference: "
        + most
        + f"{'; '.join(told)}.",
    )


def comparison_methods(comparison: Comparison) -> str:
    """Say how the differences and their intervals were made."""
    measures = {row.measure for row in comparison.rows}
    parts = [
        text
        for measure, text in (
            (
                "share",
                "shares by the difference with Miettinen and Nurminen's interval",
            ),
            ("mean", "means by the difference with Welch's interval"),
            (
                "median",
                (
                    "medians by the difference alone, since printed quartiles allow no "
                    "interval"
                ),
            ),
        )
        if measure in measures
    ]
    if not parts:
        return ""
    return (
        f"Figures printed in {comparison.source} were compared with those of this "
        f"study: {listing(parts)}; the patients were taken as different people, and "
        "nothing was adjusted."
    )


def comparison_summary(comparison: Comparison) -> str:
    """Say in one line how many figures differ."""
    shown = [row for row in comparison.rows if not math.isnan(row.difference.low)]
    differing = sum(apart(row) for row in shown)
    return (
        f"Beside {comparison.source}: {counted(len(comparison.rows), 'figure')} "
        f"compared; of {len(shown)} with an interval {differing} differ"
    )


def _named(row: ComparedClaim) -> str:
    label = row_label(row)
    return f"{label}, {row.level_label}" if row.level_label else label


def _distance(row: ComparedClaim) -> float:
    """Return how far a difference lies from zero, in widths of its interval."""
    found = row.difference
    width = found.high - found.low
    return abs(found.estimate) / width if width else math.inf


def comparison_cautions(comparison: Comparison) -> tuple[str, ...]:
    """Say what a reader of the differences must know, and what was left out."""
    reasons: dict[str, list[str]] = {}
    for one in comparison.unanswered:
        reasons.setdefault(one.reason, []).append(one.claim.printed)
    lines = [sentence(line) for line in comparison.cautions]
    lines += [
        sentence(
            f"not compared, since {reason}: {counted(len(prints), 'print')}, such as "
            f"{listing(dict.fromkeys(prints[:3]))}"
        )
        for reason, prints in reasons.items()
    ]
    return tuple(lines)
