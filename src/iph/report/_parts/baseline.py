"""What the patients were like, overall and by group."""

import math
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from typing import Any

from iph._fields import Declaration
from iph._model import Patient
from iph.evidence._claims import Claim, ClaimKind
from iph.protocol._protocol import Protocol
from iph.report._document import Block, Paragraph, Picture
from iph.report._figures.forest import ForestRow, forest_figure
from iph.report._numbers import (
    MINUS,
    counted,
    decimal,
    estimate_interval,
    listing,
    of_patients,
)
from iph.report._parts.baseline_tables import (
    built_in,
    coagulation_sheet,
    imbalance_text,
    table_one_sheet,
)
from iph.report._parts.claimed import Asked, counted_claims
from iph.report._parts.part import Material, Part, headed
from iph.report._phrases import cell_text, quartile_words, shown_of
from iph.report._sheet import Sheet
from iph.study._characteristics import UNKNOWN
from iph.study._study import Study
from iph.study._table_one import CategoryCell, NumberCell, Table, TableRow

_DESCRIPTION = {
    "shapiro-wilk": (
        "Numbers are given as mean (SD) where the Shapiro-Wilk test does not reject "
        "normality at the .05 level, as published, and as median (quartiles) elsewhere"
    ),
    "mean": "Numbers are given as mean (SD)",
    "median": "Numbers are given as median (quartiles)",
}


COAGULATION = {
    "laboratory": "a clotting test was outside its reference range",
    "laboratory-or-history": (
        "a clotting test was outside its reference range or the history named an "
        "anticoagulant, rodenticide, hemophilia or another coagulopathy"
    ),
    "platelets-or-laboratory-or-history": (
        "a clotting test or the platelet count was outside its reference range or the "
        "history named an anticoagulant, rodenticide, hemophilia or another "
        "coagulopathy"
    ),
}
# Topics of checklists, with the characteristics that answer them.
_TOPICS = {
    "complaints": {"pain_sites", "vas", "symptom_days"},
    "history": {"comorbidities", "anticoagulant", "etiology"},
    "treatments": {"treatments", "treated_conservatively"},
}


# What follows from several fields, by its name, with the code of each level.
_DERIVED = {
    "coagulation_status": ("normal", "abnormal"),
    "treated_conservatively": ("yes",),
}


# Computed from others where it is not recorded, so not in steps of its own.
COMPUTED = frozenset({"volume_ml"})


def _blocks(study: Study, _material: Material) -> Iterator[Block]:
    made_of = built_in(study.table_one, study.rules)
    table = table_one_sheet(study.table_one, told=(made_of, coagulation_note(study)))
    if table.rows:
        yield table
    elif study.table_one.rows:
        yield Paragraph("No characteristic of admission is recorded for any patient.")
    else:
        yield Paragraph("The study names no characteristic of admission.")
    tests = coagulation_sheet(study.coagulation, told=(made_of,))
    if tests.rows:
        yield tests
    balance = balance_picture(study.table_one, table)
    if balance is not None:
        yield balance


def balance_picture(table: Table, data: Sheet) -> Picture | None:
    """Return the standardized differences of two groups; None if there are none."""
    rows = [_balance_row(row) for row in table.rows if row.difference is not None]
    if not rows:
        return None
    return Picture(
        name="balance",
        title=f"Standardized differences by {table.group.lower()}",
        alt="Forest plot of the standardized differences of the baseline table.",
        caption=(
            "Squares, standardized difference of the two groups; lines, 95 % CIs of "
            "numbers. Those of categories have no sign and no interval, and lie well "
            "above 0 by chance alone at this size; dashed, no difference."
        ),
        data=data,
        draw=partial(
            forest_figure, rows, label="Standardized difference", reference=0.0
        ),
    )


def _balance_row(row: TableRow) -> ForestRow:
    found = row.difference
    if found is None:  # pragma: no cover - filtered by the caller
        raise TypeError(row.name)
    return ForestRow(
        label=row.label,
        estimate=found,
        text=(
            decimal(found.estimate, 2)
            if math.isnan(found.low)
            else estimate_interval(found.estimate, found.low, found.high)
        ),
    )


def _sentences(study: Study, _material: Material) -> Iterator[str]:
    if study.patients:
        yield patients_sentence(study)
        yield _groups(study.table_one)


def patients_sentence(study: Study) -> str:
    """Write age, sex and causes; empty if none of them is recorded."""
    parts = []
    age, sex = _row(study, "age_years"), _row(study, "sex")
    if age is not None and isinstance(age.cells[0], NumberCell) and age.cells[0].n:
        found, shown = age.cells[0], shown_of(age.cells)
        how = "Mean age (SD)" if shown == "mean" else "Median age (Q1, Q3)"
        parts.append(f"{how} was {cell_text(found, shown)} years (n = {found.n})")
    if (
        sex is not None
        and isinstance(sex.cells[0], CategoryCell)
        and sex.cells[0].n
        and "male" in sex.level_labels
    ):
        cell = sex.cells[0]
        place = sex.level_labels.index("male")
        were = "was" if cell.counts[place] == 1 else "were"
        parts.append(f"{of_patients(cell.counts[place], cell.n)} {were} male")
    text = "; ".join(parts)
    text = f"{text}." if text else ""
    etiology = _row(study, "etiology")
    if etiology is not None and isinstance(etiology.cells[0], CategoryCell):
        causes = etiology.cells[0]
        listed = sorted(
            zip(causes.counts, etiology.level_labels, strict=True),
            key=lambda pair: -pair[0],
        )
        named = [f"{label} in {count}" for count, label in listed if count]
        if named:
            of = counted(causes.n, "patient")
            text += f" The recorded cause was {listing(named)} of {of}."
    return text.strip()


def _row(study: Study, name: str) -> TableRow | None:
    return next((row for row in study.table_one.rows if row.name == name), None)


def _groups(table: Table) -> str:
    """Say how large the groups are; empty if nothing is grouped."""
    if not table.group:
        return ""
    sizes = [
        f"{name}, {size}"
        for name, size in zip(table.columns[1:], table.sizes[1:], strict=True)
    ]
    text = f"Groups by {table.group.lower()}: {'; '.join(sizes) or 'none'}"
    if table.n_ungrouped:
        text += f"; it was not known for {counted(table.n_ungrouped, 'patient')}"
    if len(sizes) <= 1:
        text += ", so that nothing could be compared"
    return text + "."


def _description(study: Study) -> str:
    rules = study.rules
    text = (
        f"{_DESCRIPTION[rules.description]}; quartiles follow "
        f"{quartile_words(rules.quartiles)}. Categories are given as counts, "
        "with percentages of the patients with a known value and Clopper-Pearson 95 % "
        "CIs where an interval is shown. What was recorded only where present is given "
        "as a count alone."
    )
    if rules.coagulation:
        text += (
            f" Coagulation was called abnormal if {COAGULATION[rules.coagulation]}; "
            "normal if all of these were recorded and none applied."
        )
    tests = sorted({row.test for row in study.table_one.rows if row.test})
    text += imbalance_text(study.table_one)
    if tests:
        text += f" P values asked for in the tables are of {', '.join(tests)}."
    if study.attendance.n_died > study.attendance.n_died_undated:
        text += (
            " Patients who died count as died at later visits; they are neither "
            "missing nor imputed."
        )
    return text


def _table(table: Table, where: str, protocol: Protocol[Any]) -> Iterator[Claim]:
    for row in table.rows:
        how = shown_of(row.cells)
        for column, cell in zip(table.columns, row.cells, strict=True):
            code = f"{where}: {row.name}, {column}"
            # A figure of a group says nothing of the patients as a whole.
            asked = _asked(row, protocol) if column == table.columns[0] else Asked()
            if isinstance(cell, CategoryCell):
                divides = row.exclusive and len(row.level_labels) > 1
                if cell.presence_only:  # its counts are shares of nothing known
                    continue
                counts = dict(zip(row.level_labels, cell.counts, strict=True))
                yield from counted_claims(
                    code, where, counts, cell.n, asked, divides=divides
                )
            elif isinstance(cell, NumberCell) and cell.n and cell.bounded is None:
                text = cell_text(cell, how)
                if text.count("(") == 1 and "not defined" not in text:
                    mean = how == "mean"
                    yield Claim(
                        code=code,
                        where=where,
                        printed=text.replace(MINUS, "-"),
                        kind=ClaimKind.MEAN_SD if mean else ClaimKind.MEDIAN,
                        variable=asked.variable,
                        visit=asked.visit,
                        step=None if asked.variable else _step(row.name, protocol),
                        of=str(cell.n),
                    )


def _asked(row: TableRow, protocol: Protocol[Any]) -> Asked:
    """Return what a row of a table speaks of, where other studies have it too."""
    if row.name in _DERIVED and issubclass(protocol.patient, Patient):
        return Asked(derived=row.name, levels=_DERIVED[row.name])
    seen = {field.name for field in protocol.assessment_fields}
    recorded = seen | {field.name for field in protocol.patient_fields}
    declared = _declared(row.name, protocol)
    if declared is None or row.name not in recorded or row.name in COMPUTED:
        return Asked()
    options = declared.options or ()
    codes = [str(o.value) for o in options if o.value != UNKNOWN]
    return Asked(
        variable=row.name,
        visit=protocol.baseline if row.name in seen else None,
        levels=tuple(codes or ("yes",)),
    )


def _declared(name: str, protocol: Protocol[Any]) -> Declaration | None:
    """Return how a row of the table is declared; None if it is of no single field."""
    found = protocol.patient_declarations.get(name)
    return protocol.assessment_declarations.get(name) if found is None else found


def _step(name: str, protocol: Protocol[Any]) -> Fraction | None:
    """Return the step of a figure that does not name its field."""
    declared = None if name in COMPUTED else _declared(name, protocol)
    return None if declared is None else declared.step


def _assumptions(_found: object, material: Material) -> Iterator[str]:
    study = material.study
    if study.rules.description != "shapiro-wilk":
        return
    for row in (*study.table_one.rows, *study.coagulation.rows):
        description = getattr(row.cells[0], "description", None)
        if description is None or not row.cells[0].n:
            continue
        reason = description.reason
        if shown_of(row.cells) != description.shown:
            reason = "a bound has no mean"
        yield f"{row.label}: {shown_of(row.cells)}, since {reason}"


def _warnings(_found: object, material: Material) -> Iterator[str]:
    yield from _bounds(material.study)
    yield from _bounds_at_visits(material.study)
    yield coagulation_note(material.study)


def coagulation_note(study: Study) -> str:
    """Say for how many coagulation is open, and what would decide it; else empty."""
    gaps = study.coagulation_gaps
    if not gaps:
        return ""
    counts: Counter[str] = Counter()
    for names, n in gaps.items():
        counts += Counter(dict.fromkeys(names, n))
    named = listing(f"{name} in {count}" for name, count in counts.items())
    return (
        f"Coagulation could not be classified in {counted(gaps.total(), 'patient')}: "
        f"not recorded were {named}."
    )


def _bounds(study: Study) -> Iterator[str]:
    """Say for which patients a test is known by a bound alone."""
    users = "the coagulation status and the criteria"
    users = users if study.rules.coagulation else "the criteria"
    rows = {r.name: r for r in (*study.table_one.rows, *study.coagulation.rows)}
    for field in study.protocol.patient_fields:
        known = {b: n for (name, b), n in study.bounds.items() if name == field.name}
        row = rows.get(field.name)
        shown = ""
        if row is not None:
            tested = row.bound_rule is not None
            last = "median, quartiles and P value" if tested else "median and quartiles"
            shown = f", and so do its {last}"
        if known:
            yield (
                f"{field.declaration.label} is known by a bound alone in "
                f"{sum(known.values())} of {len(study.patients)} patients "
                f"({', '.join(sorted(known))}): "
                f"{users} use the bound{shown}."
            )


def _bounds_at_visits(study: Study) -> Iterator[str]:
    """Say which fields of visits are known by a bound alone."""
    for field in study.protocol.assessment_fields:
        known = {b: n for (name, b), n in study.bounds.items() if name == field.name}
        if known:
            seen = counted(sum(known.values()), "assessment")
            yield (
                f"{field.declaration.label} is known by a bound alone in {seen} "
                f"({', '.join(sorted(known))}): quartiles at the visits and tests "
                "between groups heed it, and so does a table of changes; figures, "
                "responses and tests of several visits count it as not recorded."
            )


def _claims(study: Study, _material: Material) -> Iterator[Claim]:
    yield from _table(study.table_one, "Table 1", study.protocol)
    yield from _table(study.coagulation, "Coagulation", study.protocol)


def _answers(found: tuple[Study, ...], _material: Material) -> dict[str, str]:
    """Return what the tables answer: what nobody has a value of answers nothing."""
    study = found[0]
    known = {row.name for row in study.table_one.rows if row.cells[0].n}
    answers = {topic: "" for topic, names in _TOPICS.items() if known & names}
    if known:
        answers["baseline"] = ""
    if study.table_one.group and known:
        answers |= dict.fromkeys(("subgroups", "confounding"), "")
    if any(row.cells[0].n for row in study.coagulation.rows):
        answers["tests"] = "coagulation tests"
    return answers


PART = Part(
    chapter="baseline",
    heading=headed("Baseline characteristics"),
    results=lambda material: (material.study,),
    blocks=_blocks,
    sentences=_sentences,
    claims=_claims,
    summary=lambda _found, material: (patients_sentence(material.study),),
    methods=lambda _found, material: (_description(material.study),),
    assumptions=_assumptions,
    warnings=_warnings,
    answers=_answers,
)
