"""What a protocol says, as text to read: its data dictionary and its rules."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from iph._fields import Declaration, DeclaredField, Kind, label_of
from iph.protocol._changes import changes_text
from iph.protocol._events import EventRule
from iph.protocol._file_figures import in_words
from iph.protocol._outcomes import EndpointRule, OutcomeRule
from iph.protocol._protocol import Protocol
from iph.protocol._rule_writing import rule_text

_HEAD: Final = ("field", "holds", "allowed", "unit", "what it is")
_WIDEST: Final = 60


def dictionary_text(protocol: Protocol[Any]) -> str:
    """Return the data dictionary of a protocol, its visits, outcomes and rules."""
    return "\n".join(_lines(protocol)) + "\n"


def _lines(protocol: Protocol[Any]) -> Iterator[str]:
    yield protocol.title
    unit = protocol.time_unit
    zero = f"times are {unit} since day zero, the {protocol.day_zero}"
    yield f"Patients with {protocol.condition}; {zero}."
    yield f"digest {protocol.digest}"
    yield from _heading("Visits")
    for visit in protocol.visits:
        day = "on no fixed day"
        if visit.nominal_day is not None:
            day = f"{unit.removesuffix('s')} {visit.nominal_day}"
        window = f", {visit.window[0]} to {visit.window[1]}" if visit.window else ""
        yield f"  {visit.value} ({visit.label}): {day}{window}"
    yield from _heading("A patient")
    yield from _table([_row(field) for field in protocol.patient_fields])
    yield from _heading("A visit")
    yield from _table([_row(field) for field in protocol.assessment_fields])
    yield from _said("Derived", [_derived(one) for one in protocol.derived])
    outcomes = [_outcome(one, protocol) for one in protocol.outcomes]
    yield from _said("Outcomes", outcomes)
    yield from _said("Endpoints", [_endpoint(one) for one in protocol.endpoints])
    yield from _said("Events", [_event(one) for one in protocol.events])
    for name in ("include", "exclude"):
        listed = getattr(protocol.criteria, name, ())
        criteria = [f"{c.code}: {c.statement} [{rule_text(c.rule)}]" for c in listed]
        yield from _said(name.capitalize(), criteria)
    if protocol.group is not None:
        reference = protocol.group_reference or "its first category"
        yield from _said("Groups", [f"{protocol.group}, compared with {reference}"])
    if protocol.primary is not None:
        primary = f"{protocol.primary.outcome} at {protocol.primary.visit}"
        yield from _said("Primary outcome", [primary])
    yield from _said("Figures", in_words(protocol.figures))


def _event(one: EventRule) -> str:
    grades = [f"{grade.value} {label_of(grade)}" for grade in one.grades or ()]
    scale = f", graded {', '.join(grades)}" if grades else ""
    related = ", related or not" if one.related else ""
    return f"{one.name}: {one.label}{scale}{related}"


def _heading(words: str) -> tuple[str, str]:
    return "", words


def _said(words: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield from _heading(words)
        yield from (f"  {line}" for line in lines)


def _row(field: DeclaredField) -> tuple[str, ...]:
    declared = field.declaration
    note = f" ({declared.note})" if declared.note else ""
    return (
        field.name,
        "time" if declared.kind is Kind.DAYS else declared.kind.value,
        _allowed(declared),
        declared.unit or "",
        f"{declared.label}{note}",
    )


def _allowed(declared: Declaration) -> str:
    if declared.options is not None:
        codes = [
            f"{one.value} {label_of(one)}"
            if declared.kind is Kind.GRADE or label_of(one) != _plain(one.value)
            else str(one.value)
            for one in declared.options
        ]
        return ", ".join(codes)
    if declared.low is None or declared.high is None:
        return {Kind.YES_NO: "yes, no"}.get(declared.kind, "text")
    step = declared.step
    steps = "" if step is None or step == 1 else f" in steps of {float(step):g}"
    return f"{declared.low:.12g} to {declared.high:.12g}{steps}"


def _plain(code: object) -> str:
    return str(code).replace("_", " ")


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Yield the rows with blanks between; the two widest columns are cut short."""
    listed = [_HEAD, *rows]
    cut = [tuple(_short(cell) for cell in row) for row in listed]
    widths = [max(len(row[place]) for row in cut) for place in range(len(_HEAD))]
    for row in cut:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield f"  {'  '.join(cells)}".rstrip()


def _short(cell: str) -> str:
    return cell if len(cell) <= _WIDEST else f"{cell[: _WIDEST - 3]}..."


def _derived(one: Any) -> str:
    words = f"{one.name}: {one.declaration.label}"
    if one.when is not None:
        unclear = f", unclear if {rule_text(one.unclear)}" if one.unclear else ""
        return f"{words} [{rule_text(one.when)}{unclear}]"
    if one.cut is not None:
        limits = ", ".join(f"{limit:g}" for limit in one.at)
        return f"{words} [{one.cut} cut at {limits}]"
    return f"{words} [a function in Python]"


def _outcome(one: OutcomeRule, protocol: Protocol[Any]) -> str:
    better = "low" if protocol.lower_is_better(one.field) else "high"
    than = "more than" if one.strict else "at least"
    response = ""
    if one.response is not None:
        response = f"; a response is {than} {one.response:g}"
    if one.response_percent is not None:
        response = f"; a response is {than} {one.response_percent:g} %"
    changes = changes_text(one, protocol.assessment_declarations[one.field])
    return f"{one.field}: {better} is better{response}{changes}"


def _endpoint(one: EndpointRule) -> str:
    unclear = "" if one.unclear is None else f", unclear if {rule_text(one.unclear)}"
    if one.when is not None:
        said = f"seen at visits: {rule_text(one.when)}"
    elif one.reached is not None and one.at is not None:
        said = f"recorded in {one.at}: {rule_text(one.reached)}"
    else:
        said = f"stated on the day in {one.seen_by}: "
        said += "" if one.reached is None else rule_text(one.reached)
    competing = "".join(
        f"; {event.label} in {event.at} competes" for event in one.competing
    )
    return f"{one.name}: {one.label} [{said}{unclear}{competing}]"
