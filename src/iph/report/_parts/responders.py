"""Who improved by as much as counts, by the rules that the protocol names."""

from collections.abc import Iterator

from iph.evidence._claims import Claim
from iph.protocol._changes import change_text
from iph.report._document import Block
from iph.report._numbers import listing, of_patients, share, share_interval
from iph.report._parts.claimed import Asked, counted_claims
from iph.report._parts.groups import difference_text
from iph.report._parts.part import Material, Part, headed, of_study
from iph.report._phrases import capital, interval_way, with_interval
from iph.report._sheet import Sheet, SheetRow
from iph.study._responder_tables import Responders, ResponderTable


def _blocks(table: ResponderTable, material: Material) -> Iterator[Block]:
    yield responders_sheet(table, _rule_text(table, material))


def responders_sheet(table: ResponderTable, rule: str) -> Sheet:
    """Print who improved at each visit, in each group."""
    grouped = ("Group",) if table.by else ()
    notes = [f"{capital(rule)}. {table.rule.reference.rstrip('.')}."]
    if table.rule.note:
        notes.append(f"{capital(table.rule.note).rstrip('.')}.")
    notes.append(
        f"Each patient is compared with {table.baseline.label}. No room: started so "
        "near the best score that no such improvement was possible. If the others "
        "failed: among all patients, whoever was not scored at both visits or had died "
        "counted as not improved. Intervals of Clopper and Pearson."
    )
    if table.difference is not None:
        first, second = table.difference.groups
        notes.append(
            f"Improved at {table.difference.visit.label}, {first.label} less "
            f"{second.label}, percentage points: {difference_text(table.difference)}; "
            f"the interval {interval_way([table.difference.method])}."
        )
    return Sheet(
        name=f"responders_{table.field}_{table.rule.name.replace('-', '_')}",
        title=f"{table.label}: {table.rule.kind} ({table.rule.name}), by visit",
        header=(
            "Visit",
            *grouped,
            "Improved",
            "95 % CI",
            "Not changed",
            "Worse",
            "No room",
            "Not scored at both",
            "Died",
            "Improved if the others failed",
        ),
        rows=tuple(
            SheetRow((row.visit.label, *_group(row, table), *_counts(row)))
            for row in table.rows
        ),
        notes=tuple(notes),
    )


def _rule_text(table: ResponderTable, material: Material) -> str:
    """Say how much counts, in the unit of the score."""
    declared = material.protocol.assessment_declarations[table.field]
    return f"{table.rule.kind}: better by {change_text(table.rule, declared)}"


def _group(row: Responders, table: ResponderTable) -> tuple[str, ...]:
    return (row.group or "not known",) if table.by else ()


def _counts(row: Responders) -> tuple[str, ...]:
    return (
        share(row.improved, row.n),
        share_interval(row.share) if row.n else "",
        str(row.not_changed),
        str(row.worse),
        str(row.no_room),
        str(row.n_missing),
        str(row.died),
        share(row.improved, row.missing_failed.n),
    )


def _sentence(table: ResponderTable, material: Material) -> str:
    """Say who had improved at the visit of the primary analysis."""
    primary = material.study.rules.primary_visit
    rows = [row for row in table.rows if row.visit == primary and row.n]
    head = f"{table.label} at {primary.label} ({_rule_text(table, material)})"
    if not rows:
        return f"{head}: nobody was scored both at baseline and then."
    told = [with_interval(row.improved, row.share) for row in rows]
    if table.by:
        names = [row.group or "that is not known" for row in rows]
        told = [f"{t} in the group {n}" for t, n in zip(told, names, strict=True)]
    worse, n = sum(row.worse for row in rows), sum(row.n for row in rows)
    text = f"{head}: {listing(told)} had improved, and "
    text += f"{of_patients(worse, n)} had become worse by as much."
    if table.difference is not None:
        text += f" Difference, percentage points: {difference_text(table.difference)}."
    return text


def _claims(table: ResponderTable, _material: Material) -> Iterator[Claim]:
    for row in table.rows:
        code = f"{table.field} {table.rule.name} at {row.visit.value}"
        if table.by:
            code += f", {row.group or 'not known'}"
        counts = {
            "improved": row.improved,
            "not changed": row.not_changed,
            "worse": row.worse,
        }
        yield from counted_claims(
            code, table.label, counts, row.n, Asked(), divides=True
        )


def _methods(found: tuple[ResponderTable, ...], material: Material) -> Iterator[str]:
    rules = dict.fromkeys(
        f"{table.label}, {_rule_text(table, material)} ({source})"
        for table in found
        for source in [table.rule.reference.rstrip(".")]
    )
    yield (
        "Patients were counted as improved, not changed or worse since baseline by "
        f"rules that the protocol names: {'; '.join(rules)}. Shares are of the "
        "patients scored at both visits, with Clopper-Pearson intervals."
    )


PART = Part(
    chapter="responders",
    heading=headed("Who improved by as much as counts"),
    results=of_study("responders"),
    blocks=_blocks,
    sentences=lambda table, material: (_sentence(table, material),),
    claims=_claims,
    methods=_methods,
    answers=lambda _found, _material: dict.fromkeys(("outcomes", "estimates"), ""),
)
