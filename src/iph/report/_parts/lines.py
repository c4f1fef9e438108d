"""Each patient in one line, where that is asked for."""

from collections.abc import Iterator
from typing import Any

from iph._categories import ScheduledVisit
from iph._event import Event
from iph._fields import label_of
from iph.report._document import Block, Picture
from iph.report._figures.swimmer import MOST, Swim, drawn_of, swimmer_figure, swims_of
from iph.report._numbers import counted, trimmed
from iph.report._parts.part import Material, Part, Results, headed
from iph.report._phrases import capital, numeral_of
from iph.report._sheet import Sheet, SheetRow
from iph.study._endpoints import Seen, competing_event, endpoint_of
from iph.study._parts import value_at
from iph.study._study import Study

_NOT_SEEN = "\N{EN DASH}"
_DIED = "\N{DAGGER}"


def _results(material: Material) -> Results:
    study = material.study
    listed = material.listed and isinstance(study.patients, tuple)
    return (study,) if listed and study.patients else ()


def _blocks(study: Study, material: Material) -> Iterator[Block]:
    swims = swims_of(study)
    if swims:
        yield _picture(study, swims)
    yield lines_sheet(material)


def _picture(study: Study, swims: tuple[Swim, ...]) -> Picture:
    """Draw the lines; the table beside the drawing says which patient is which line."""
    drawn, n = drawn_of(swims), len(study.patients)
    unit = study.protocol.time_unit
    caption = (
        "Each line is a patient, from day zero to the last time that anything is "
        "known of; the marks stand at the day of the visit that saw it."
    )
    if len(swims) > MOST:
        caption += (
            f" Of {len(swims)} patients {MOST} are drawn, at equal steps from the "
            "longest follow-up to the shortest."
        )
    if len(swims) < n:
        caption += f" {counted(n - len(swims), 'patient')} with no known time left out."
    return Picture(
        name="swimmer",
        title="Course of each patient",
        alt=f"One line for each of {len(drawn)} patients, with marks along it.",
        caption=caption,
        data=_swimmer_sheet(drawn, unit),
        draw=lambda: swimmer_figure(study),
    )


def _swimmer_sheet(drawn: tuple[Swim, ...], unit: str) -> Sheet:
    """Print the times that are drawn."""
    one = unit.removesuffix("s")
    gone = any(swim.gone for swim in drawn)
    return Sheet(
        name="swimmer",
        title="Course of each patient: the times drawn",
        header=(
            "Line",
            "Patient",
            f"Seen, {one}",
            f"Endpoint first seen, {one}",
            f"No longer, {one}",
            f"Events, {one}",
            *([f"Competing event, {one}"] if gone else []),
            f"Died, {one}",
        ),
        rows=tuple(
            SheetRow(
                (
                    str(number),
                    swim.patient_id,
                    _times(swim.seen),
                    _plain(swim.reached),
                    _plain(swim.lost),
                    _times(swim.events),
                    *([_named(swim.gone)] if gone else []),
                    _plain(swim.died),
                )
            )
            for number, swim in enumerate(drawn, start=1)
        ),
        notes=("Single patients: not to be published or sent as it is.",),
    )


def _named(event: tuple[int, str] | None) -> str:
    return "" if event is None else f"{event[1]}, {event[0]}"


def _times(found: tuple[int, ...]) -> str:
    return ", ".join(map(str, found))


def lines_sheet(material: Material) -> Sheet:
    """Print each patient with the outcomes over the visits and what was reached."""
    protocol, patients = material.protocol, material.study.patients
    declared = protocol.assessment_declarations
    endpoints = [endpoint_of(protocol, rule) for rule in protocol.endpoints]
    grouped = (protocol.group,) if protocol.group is not None else ()
    rows = []
    given = material.study.cohort.events or ()  # type: ignore[union-attr] # patients
    with_events = bool(protocol.events)
    for patient in patients:
        lookup = protocol.lookup_of(patient)
        cells = [str(patient.patient_id)]
        cells += [_plain(lookup(name)) for name in grouped]
        for outcome in protocol.outcomes:
            cells.append(_over_visits(material, patient, outcome.field))
        for rule, end in zip(protocol.endpoints, endpoints, strict=True):
            event = competing_event(protocol, rule, patient)
            cells.append(_reached(end.seen(patient), event, material.unit))
        day = patient.follow_up.died_day
        cells.append("" if day is None else str(day))
        if with_events:
            mine = [e for e in given if e.patient_id == patient.patient_id]
            cells.append("; ".join(_event(one, material) for one in mine))
        rows.append(SheetRow(tuple(cells)))
    one = material.unit.removesuffix("s")
    visits = ", ".join(visit.label for visit in protocol.visits)
    return Sheet(
        name="patients",
        title="Line listing",
        header=(
            "Patient",
            *(protocol.patient_declarations[name].label for name in grouped),
            *(o.label or declared[o.field].label for o in protocol.outcomes),
            *(capital(end.label) for end in endpoints),
            f"Died, {one}",
            *(["Complications and adverse events"] if with_events else []),
        ),
        rows=tuple(rows),
        notes=(
            f"Outcomes at {visits}; {_NOT_SEEN}, not recorded; {_DIED}, died.",
            "Single patients: not to be published or sent as it is.",
        ),
    )


def _event(event: Event, material: Material) -> str:
    """Name an event with its time and its grade."""
    rule = next(r for r in material.protocol.events if r.name == event.event)
    told = []
    if event.day is not None:
        told.append(f"{material.unit.removesuffix('s')} {event.day}")
    if event.grade is not None:
        scale = rule.grades or ()
        told += [label_of(one) for one in scale if int(one.value) == event.grade]
    return f"{rule.label} ({', '.join(told)})" if told else rule.label


def _plain(value: Any) -> str:
    return "" if value is None else str(getattr(value, "value", value))


def _over_visits(material: Material, patient: Any, field: str) -> str:
    """Write an outcome at each visit in turn."""
    read, told = value_at(material.protocol, field), []
    for visit in material.protocol.visits:
        seen = patient.follow_up.at(visit)
        value = None if seen is None else read(seen)
        if value is not None:
            numeral = hasattr(value, "numeral")
            told.append(numeral_of(value) if numeral else trimmed(value))
        else:
            told.append(_DIED if _dead_at(patient, visit) else _NOT_SEEN)
    return ", ".join(told)


def _dead_at(patient: Any, visit: ScheduledVisit) -> bool:
    """Whether a patient is known to have died by a visit that nothing was seen at."""
    day, nominal = patient.follow_up.died_day, visit.nominal_day
    seen = patient.follow_up.at(visit) is not None
    return day is not None and nominal is not None and not seen and day <= nominal


def _reached(seen: tuple[Seen, ...], event: tuple[int, str] | None, unit: str) -> str:
    """Say between which times an endpoint was first reached, or what came first."""
    one = unit.removesuffix("s")
    first = "" if event is None else f"; {event[1]} on {one} {event[0]}"
    if not seen:
        return f"not recorded{first}"
    before = None
    for here in seen:
        if here.reached:
            break
        before = here.day
    else:
        return f"not by {one} {seen[-1].day}{first}"
    if before is None:
        return "at the first assessment"
    return f"after {before}, by {here.day}"


PART = Part(
    chapter="patients",
    heading=headed("Line listing"),
    results=_results,
    blocks=_blocks,
)
