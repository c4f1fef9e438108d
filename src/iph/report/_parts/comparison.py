"""The study beside a published one."""

import math
from collections.abc import Iterator
from functools import partial

import attrs

from iph.report._document import Block, Bullets, Picture
from iph.report._figures.comparison import comparison_figure
from iph.report._numbers import (
    UNDEFINED,
    counted,
    decimal,
    level_text,
    listing,
    sentence,
    share,
    sized,
    trimmed,
)
from iph.report._parts.compared_variables import MARKS, marked_notes, variables_sheet
from iph.report._parts.part import Material, Part, Results, paragraphs
from iph.report._phrases import gap_text, row_label, told_apart, unit_words
from iph.report._sheet import Sheet, SheetRow
from iph.study._compared import ComparedClaim, ComparedFigure, Comparison


def _results(material: Material) -> Results:
    return () if material.comparison is None else (material.comparison,)


def _blocks(comparison: Comparison, material: Material) -> Iterator[Block]:
    yield from paragraphs(comparison_sentences(comparison))
    if comparison.rows:
        table = comparison_sheet(comparison)
        yield variables_sheet(comparison)
        yield from comparison_pictures(comparison, table)
        yield table
    told = {sentence(note) for note in material.study.cohort.notes}  # a warning
    yield Bullets(
        tuple(one for one in comparison_cautions(comparison) if one not in told)
    )


def comparison_sheet(comparison: Comparison) -> Sheet:
    """Print each printed figure beside that of the study."""
    rows: list[SheetRow] = []
    above = ""
    held = _has_intervals(comparison)
    for row, where in zip(comparison.rows, told_apart(comparison.rows), strict=True):
        label = row_label(row)
        if row.measure == "share":
            if label != above:
                rows.append(SheetRow((label, "", "", "", "")))
            above = label
            level = f"{row.level_label}{where}"
            rows.append(SheetRow((level, *_cells(row, held=held)), indent=True))
        else:
            unit = "" if row.unit is None else f", {unit_words(row.unit)}"
            how = {"mean": "mean (SD)", "median": "median (Q1, Q3)"}[row.measure]
            rows.append(
                SheetRow((f"{label}{unit}, {how}{where}", *_cells(row, held=held)))
            )
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
            f"Difference ({level} CI)" if held else "Difference",
        ),
        rows=tuple(rows),
        notes=_notes(comparison),
    )


def _notes(comparison: Comparison) -> tuple[str, ...]:
    measures = {row.measure for row in comparison.rows}
    notes = [
        (
            "Difference, this study minus the published one; of shares in percentage "
            "points. A figure printed in several places is listed once; conflicting "
            "printed values are listed separately. Rows of one characteristic are not "
            "independent."
        )
    ]
    held = _has_intervals(comparison)
    if held and "share" in measures:
        notes.append(
            "CIs of differences of shares are those of Miettinen and Nurminen."
        )
    if held and "mean" in measures:
        notes.append("CIs of differences of means are Welch's.")
    if held and "median" in measures:
        notes.append(
            "Differences of medians have no interval without an assumption about the "
            "distribution; the exact 95 % CI of the present median is shown."
        )
    notes += marked_notes(comparison.rows)
    notes += dict.fromkeys(
        f"{row_label(row)}, {row.level_label}: {row.remark}."
        for row in comparison.rows
        if row.measure == "share" and row.remark
    )
    return tuple(notes)


def _has_intervals(comparison: Comparison) -> bool:
    return comparison.method != "none"


def _cells(row: ComparedClaim, *, held: bool) -> tuple[str, str, str, str]:
    return (
        _printed(row),
        figure_text(row, row.published),
        figure_text(row, row.ours),
        gap_text(row, intervals=held),
    )


def _printed(row: ComparedClaim) -> str:
    """Quote the prints of a figure, each once, those that cannot stand marked."""
    prints: dict[str, str] = {}
    for claim in row.claims:  # two that differ by a space alone are one
        prints.setdefault("".join(claim.printed.split()), claim.printed)
    marks = {"".join(f.claim.printed.split()): MARKS[f.verdict] for f in row.doubtful}
    return "; ".join(f"{text}{marks.get(key, '')}" for key, text in prints.items())


def figure_text(row: ComparedClaim, figure: ComparedFigure) -> str:
    """Write a figure of one of both studies with its n, ours as in its own table."""
    if row.measure == "share":
        return share(figure.count or 0, figure.n)
    n = f"n = {figure.n}"
    if row.measure == "mean":
        sd = UNDEFINED if math.isnan(figure.sd) else decimal(figure.sd, 2)
        return f"{decimal(figure.value, 2)} ({sd}), {n}"

    def written(value: float) -> str:
        return sized(value, figure.value) if figure is row.ours else trimmed(value)

    text = written(figure.value)
    if figure.n > 1 and not math.isnan(figure.q1) and not math.isnan(figure.q3):
        text += f" ({written(figure.q1)}, {written(figure.q3)})"
    if not (math.isfinite(figure.low) and math.isfinite(figure.high)):
        return f"{text}, {n}"
    level = level_text(row.difference.confidence_level)
    bounds = f"{written(figure.low)} to {written(figure.high)}"
    return f"{text}, {n}; {level} CI, {bounds}"


def comparison_pictures(comparison: Comparison, data: Sheet) -> tuple[Picture, ...]:
    """Return the shares beside those of a published study: at admission, and later."""
    shares = [row for row in comparison.rows if row.measure == "share"]
    early = [r for r in shares if r.visit is None or r.visit.is_baseline]
    late = [row for row in shares if row not in early]
    return tuple(
        _comparison_picture(comparison, tuple(rows), data, name, when)
        for name, when, rows in (
            ("comparison_admission", "at admission", early),
            ("comparison_course", "during follow-up", late),
        )
        if rows
    )


def _comparison_picture(
    comparison: Comparison,
    rows: tuple[ComparedClaim, ...],
    data: Sheet,
    name: str,
    when: str,
) -> Picture:
    level, held = level_text(comparison.confidence_level), _has_intervals(comparison)
    drawn = (
        f"lines, Clopper-Pearson {level} CIs. Differences with Miettinen and "
        "Nurminen's intervals;"
        if held
        else f"lines, its Clopper-Pearson {level} CIs. Differences without intervals;"
    )
    return Picture(
        name=name,
        title=f"This study beside {comparison.source}, {when}",
        alt=(
            f"Dots and squares: {len(rows)} shares of patients of this study and of "
            f"{comparison.source}{', with intervals' if held else ''}."
        ),
        caption=(
            f"n = {comparison.n} in this study, fewer where not recorded. Dots, this "
            f"study; squares, as printed; {drawn} rows of one characteristic are not "
            "independent, and nothing is adjusted for case mix."
        ),
        data=data,
        draw=partial(comparison_figure, attrs.evolve(comparison, rows=rows)),
    )


def comparison_sentences(comparison: Comparison) -> tuple[str, ...]:
    """Say what is compared and what could not be."""
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
    return (
        (
            "Comparisons were not adjusted for case mix, which differs between "
            f"hospitals. Of {counted(total, 'figure')} of patients printed in "
            f"{source}, {prints} can be compared with this study, in "
            f"{counted(len(rows), 'row')}; rows of one characteristic repeat each "
            "other, so that they are not counted as findings."
        ),
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
            ("median", "medians by the difference without an interval"),
        )
        if measure in measures
    ]
    if not parts:
        return ""
    how = f": {listing(parts)}"
    if not _has_intervals(comparison):
        how = " by their differences, without intervals"
    return (
        f"Figures printed in {comparison.source} were compared with those of this "
        f"study{how}. Comparisons were not adjusted for case mix."
    )


def comparison_summary(comparison: Comparison) -> str:
    """Say in one line how many figures are compared."""
    return (
        f"Beside {comparison.source}: {counted(len(comparison.rows), 'figure')} "
        "compared"
    )


def comparison_cautions(comparison: Comparison) -> tuple[str, ...]:
    """Say what a reader of the differences must know, and what was left out."""
    reasons: dict[str, list[str]] = {}
    for one in comparison.unanswered:
        reasons.setdefault(one.reason, []).append(one.claim.printed)
    lines = [sentence(line) for line in comparison.cautions]
    lines += [
        sentence(
            f"not compared, since {reason}: {counted(len(prints), 'printed value')}, "
            f"such as {listing(dict.fromkeys(prints[:3]))}"
        )
        for reason, prints in reasons.items()
    ]
    return tuple(lines)


def _heading(material: Material) -> str:
    found = material.comparison
    return "" if found is None else f"Comparison with {found.source}"


PART = Part(
    chapter="comparison",
    heading=_heading,
    results=_results,
    blocks=_blocks,
    summary=lambda found, _material: (comparison_summary(found[0]),),
    methods=lambda found, _material: (comparison_methods(found[0]),),
)
