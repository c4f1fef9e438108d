"""What keeps a protocol from being sound: every contradiction, with a remedy."""

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from iph._categories import ScheduledVisit
from iph._fields import Declaration, Kind
from iph._subject import Subject, sound_class
from iph.criteria._change import asks_change
from iph.criteria._rule import Rule
from iph.errors import InputError
from iph.protocol._changes import change_rules, other_scale
from iph.protocol._outcomes import OutcomeRule
from iph.protocol._problems import ProtocolError, ProtocolErrors, nearest

_FOLLOWED: Final = (Kind.GRADE, Kind.QUANTITY, Kind.DAYS)
_GROUPING: Final = (Kind.CHOICE, Kind.YES_NO, Kind.GRADE)
PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "pain": ("vas",),
    "zones": ("zones",),
    "nerves": ("femoral", "obturator"),
    "size": ("volume_ml", "zones", "femoral"),
    "coagulation": ("inr", "aptt_s", "anticoagulant"),
    "stated outcome": ("outcome", "outcome_day"),
    "treatments": ("treatments",),
}
"""Parts of a study that a protocol may ask for, and fields that each needs."""


_ROWS: Final[Mapping[str, tuple[str, ...]]] = {"coagulation": ("coagulation_status",)}
"""Rows of the table of characteristics that a part adds."""


def check_protocol(protocol: Any) -> None:
    """Refuse a protocol that contradicts itself, with everything that is wrong."""
    cls: Any = protocol.patient
    if not (isinstance(cls, type) and issubclass(cls, Subject)):
        raise InputError("patient", "a class of patients", cls)
    sound_class(cls)
    problems = [
        *_text(protocol),
        *_schedule(protocol),
        *_names(protocol),
        *_derived(protocol),
        *_outcomes(protocol),
        *_endpoints(protocol),
        *_events(protocol),
        *_criteria(protocol),
        *_table(protocol),
        *_group(protocol),
        *_primary(protocol),
        *_attrition(protocol),
        *_parts(protocol),
    ]
    if problems:
        raise ProtocolErrors("protocol", tuple(problems))


def _problem(key: str, problem: str, hint: str = "") -> ProtocolError:
    return ProtocolError(line=None, key=key, problem=problem, hint=hint)


def _text(protocol: Any) -> Iterator[ProtocolError]:
    for name in ("title", "condition", "day_zero"):
        value: object = getattr(protocol, name)
        if not isinstance(value, str) or not value.strip():
            yield _problem(name, f"is a text, got {value!r}")
    unit: object = protocol.time_unit
    if not isinstance(unit, str) or unit not in {"days", "hours", "minutes"}:
        yield _problem("time_unit", "is days, hours or minutes")


def _schedule(protocol: Any) -> Iterator[ProtocolError]:
    visits: tuple[Any, ...] = protocol.visits
    strange = [v for v in visits if not isinstance(v, ScheduledVisit)]
    if strange:
        hint = "make the visits an enumeration of iph.ScheduledVisit"
        yield _problem("visits", f"{strange[0]!r} is no scheduled visit", hint)
        return
    if visits and not any(visit.is_baseline for visit in visits):
        yield _problem("visits", "no visit is on day 0", "the baseline is")
    for visit in visits:
        if visit.nominal_day is None and visit.window is not None:
            hint = "state its day, or leave the window out"
            problem = "a visit on no fixed day has no window"
            yield _problem(f"visits.{visit.value}.window", problem, hint)
    dated = [v for v in visits if v.nominal_day is not None]
    for earlier, later in itertools.pairwise(dated):
        if later.nominal_day == earlier.nominal_day:
            day = f"{earlier.value} and {later.value} are both on day"
            yield _problem(f"visits.{later.value}", f"{day} {later.nominal_day}")
        elif later.nominal_day < earlier.nominal_day:
            order = f"{later.value} (day {later.nominal_day}) stands after"
            problem = f"{order} {earlier.value} (day {earlier.nominal_day})"
            yield _problem(f"visits.{later.value}", problem, "put it in order")
    yield from _windows(dated)


def _windows(visits: list[Any]) -> Iterator[ProtocolError]:
    windowed = [visit for visit in visits if visit.window is not None]
    for visit in windowed:
        first, last = visit.window
        if not first <= visit.nominal_day <= last:
            problem = f"day {visit.nominal_day} is not in the window {first} to {last}"
            yield _problem(f"visits.{visit.value}.window", problem)
    for earlier, later in itertools.pairwise(windowed):
        if later.window[0] <= earlier.window[1]:
            problem = f"the windows of {earlier.value} and {later.value} overlap"
            yield _problem(f"visits.{later.value}.window", problem)


def plain(name: str) -> str:
    """Return a name as columns are told apart: without case, spaces, underscores."""
    return re.sub(r"[\s_]+", "_", name.strip().casefold())


def _names(protocol: Any) -> Iterator[ProtocolError]:
    """Refuse names that one column could not tell apart."""
    patient = [field.name for field in protocol.patient_fields]
    seen = [field.name for field in protocol.assessment_fields]
    derived = [one.name for one in protocol.derived]
    for name, times in Counter((*patient, *seen, *derived)).items():
        if times > 1:
            yield _problem(name, "is the name of two fields", "rename one of them")
    columns: dict[str, list[str]] = {}
    for name in (*patient, *seen):
        columns.setdefault(plain(name), []).append(name)
    for name in seen:
        if name == "visit":
            continue
        for visit in protocol.visits:
            words = {plain(f"{name}_{w}") for w in (visit.value, visit.label)}
            for column in words:
                columns.setdefault(column, []).append(f"{name} at {visit.value}")
    for column, meanings in columns.items():
        if len(set(meanings)) > 1:
            both = " and ".join(dict.fromkeys(meanings))
            yield _problem(column, f"a column of this name could be {both}", "rename")


def _rule(
    key: str, rule: Rule | None, fields: Mapping[str, Declaration]
) -> Iterator[ProtocolError]:
    if rule is None:
        return
    for error in rule.check(fields):
        yield _problem(key, str(error))


def _derived(protocol: Any) -> Iterator[ProtocolError]:
    of_patient = {f.name: f.declaration for f in protocol.patient_fields}
    of_visit = {f.name: f.declaration for f in protocol.assessment_fields}
    for one in protocol.derived:
        key = f"derived.{one.name}"
        if one.function is not None:
            of_patient[one.name] = one.declaration
            continue
        fits = [f for f in (of_patient, of_visit) if all(n in f for n in one.fields)]
        if not fits:
            yield _mixed(key, one.fields, of_patient, of_visit)
            continue
        fields = fits[0]
        if asks_change(one.when) or asks_change(one.unclear):
            hint = "write the rule into the endpoint"
            yield _problem(key, "change(...) is asked by endpoints alone", hint)
        yield from _rule(key, one.when, fields)
        yield from _rule(key, one.unclear, fields)
        if one.cut is not None and fields[one.cut].kind not in _FOLLOWED[1:]:
            yield _problem(key, f"{one.cut} is no number that could be cut")
        fields[one.name] = one.declaration


def _mixed(
    key: str,
    names: Iterable[str],
    of_patient: Mapping[str, Declaration],
    of_visit: Mapping[str, Declaration],
) -> ProtocolError:
    known = {**of_patient, **of_visit}
    for name in names:
        if name not in known:
            return _problem(key, f"{name} is no field", nearest(name, known))
    problem = "mixes fields of the patient and of an assessment"
    return _problem(key, problem, "a value follows from one of them")


def _outcomes(protocol: Any) -> Iterator[ProtocolError]:
    fields = protocol.assessment_declarations
    yield from _twice("outcomes", [outcome.field for outcome in protocol.outcomes])
    for outcome in protocol.outcomes:
        key, declared = f"outcomes.{outcome.field}", fields.get(outcome.field)
        if declared is None:
            hint = nearest(outcome.field, fields)
            yield _problem(key, "is no field of an assessment", hint)
        elif declared.kind not in _FOLLOWED or outcome.field == "day":
            yield _problem(key, "is neither a grade nor a number")
        elif declared.best is None:
            hint = 'declare it with best="low" or best="high"'
            yield _problem(key, "does not say which end is better", hint)
        elif outcome.response_percent is not None and declared.kind is Kind.GRADE:
            yield _problem(key, "a grade has no percent", "state a number of grades")
        elif outcome.changes or outcome.reliability is not None:
            yield from _changes(key, outcome, declared)


def _changes(
    key: str, outcome: OutcomeRule, declared: Declaration
) -> Iterator[ProtocolError]:
    """Yield what keeps the rules of change of an outcome from being asked of it."""
    if declared.kind is not Kind.QUANTITY:
        hint = "a change of grades is counted without one"
        yield _problem(key, "a rule of change needs a number with bounds", hint)
        return
    for rule in change_rules(outcome, declared):
        differs = other_scale(rule, declared)
        if differs is not None:
            here, there = differs
            yield _problem(f"{key}.changes", f"{there} is of another scale", here)
        elif rule.whole and not declared.whole:
            problem = f"{rule.name} is of whole numbers"
            yield _problem(f"{key}.changes", problem, "declare the field with step=1")


def _twice(key: str, names: Iterable[str]) -> Iterator[ProtocolError]:
    for name, times in Counter(names).items():
        if times > 1:
            yield _problem(f"{key}.{name}", "stands twice")


def _endpoints(protocol: Any) -> Iterator[ProtocolError]:
    of_patient = protocol.patient_declarations
    yield from _twice("endpoints", [one.name for one in protocol.endpoints])
    for one in protocol.endpoints:
        key = f"endpoints.{one.name}"
        fields = protocol.assessment_declarations if one.of_visits else of_patient
        for rule in (one.when, one.reached, one.unclear):
            yield from _rule(key, rule, fields)
        day = one.at or one.seen_by
        if day is not None:
            yield from _time(key, day, of_patient)
        for event in one.competing:
            at = f"{key}.competing.{event.at}"
            yield from _time(at, event.at, of_patient)
            declared = of_patient.get(event.at)
            if event.at == "died_day":
                yield _problem(at, "death competes already", "leave it out")
            elif event.at in {one.at, one.seen_by}:
                yield _problem(at, "is the time of the endpoint itself")
            elif declared is not None and (declared.low or 0) < 0:
                hint = "declare the field with low = 0"
                yield _problem(at, "may lie before day zero", hint)


def _time(
    key: str, name: str, of_patient: Mapping[str, Declaration]
) -> Iterator[ProtocolError]:
    """Yield that a name is not that of a time of the patient."""
    declared = of_patient.get(name)
    if declared is None or declared.kind is not Kind.DAYS:
        times = [n for n, d in of_patient.items() if d.kind is Kind.DAYS]
        yield _problem(key, f"{name} is no time of the patient", nearest(name, times))


def _events(protocol: Any) -> Iterator[ProtocolError]:
    yield from _twice("events", [one.name for one in protocol.events])
    meant: dict[str, str] = {}
    for one in protocol.events:
        for word in {plain(one.name), plain(one.label)}:
            if meant.setdefault(word, one.name) != one.name:
                both = f"{meant[word]} and {one.name} could not be told apart"
                yield _problem(f"events.{one.name}", both, "rename")


def _criteria(protocol: Any) -> Iterator[ProtocolError]:
    if protocol.criteria is None:
        return
    for criterion in protocol.criteria.all:
        key = f"criteria.{criterion.code}"
        yield from _rule(key, criterion.rule, protocol.patient_declarations)


def _table(protocol: Any) -> Iterator[ProtocolError]:
    known = {**protocol.assessment_declarations, **protocol.patient_declarations}
    known = {n: d for n, d in known.items() if n not in {"visit", "day", "patient_id"}}
    of_parts = {name for part in protocol.parts for name in _ROWS.get(part, ())}
    yield from _twice("table", protocol.table)
    for name in protocol.table:
        if name not in known and name not in of_parts:
            yield _problem(f"table.{name}", "is no field", nearest(name, known))


def _group(protocol: Any) -> Iterator[ProtocolError]:
    if protocol.group is None:
        if protocol.group_reference is not None:
            yield _problem("group_reference", "there is no group to compare with")
        return
    fields = protocol.patient_declarations
    declared = fields.get(protocol.group)
    if declared is None or declared.kind not in _GROUPING:
        groups = [name for name, d in fields.items() if d.kind in _GROUPING]
        hint = nearest(protocol.group, groups)
        problem = f"{protocol.group} is not a choice, a yes/no or a grade of a patient"
        if declared is not None and declared.kind is Kind.CHOICES:
            problem = (
                f"{protocol.group} holds several choices a patient, so that it makes "
                "no groups; declare it by codes, of which a patient has one"
            )
        yield _problem("group", problem, hint)
        return
    codes = [str(option.value) for option in declared.options or ()] or ["no", "yes"]
    if protocol.group_reference not in {None, *codes}:
        problem = f"{protocol.group} has no code {protocol.group_reference}"
        yield _problem("group_reference", problem, nearest("", codes))


def _primary(protocol: Any) -> Iterator[ProtocolError]:
    primary = protocol.primary
    if primary is None:
        return
    names = [outcome.field for outcome in protocol.outcomes]
    if primary.outcome not in names:
        hint = nearest(primary.outcome, names)
        yield _problem("primary", f"{primary.outcome} is no outcome", hint)
    later = [v.value for v in protocol.visits if (v.nominal_day or 0) > 0]
    if primary.visit not in later:
        problem = f"{primary.visit} is no visit after day 0"
        yield _problem("primary", problem, nearest(primary.visit, later))


def _attrition(protocol: Any) -> Iterator[ProtocolError]:
    numbers = {Kind.QUANTITY, Kind.DAYS, Kind.GRADE}
    recorded = {field.name: field.declaration for field in protocol.patient_fields}
    known = {**protocol.assessment_declarations, **recorded}
    known = {n: d for n, d in known.items() if d.kind in numbers and n != "day"}
    for name in protocol.attrition:
        if name not in known:
            hint = nearest(name, known)
            yield _problem("attrition", f"{name} is no number or grade", hint)


def _parts(protocol: Any) -> Iterator[ProtocolError]:
    fields = {**protocol.assessment_declarations, **protocol.patient_declarations}
    for part in protocol.parts:
        if part not in PARTS:
            yield _problem("parts", f"{part} is no part", nearest(part, PARTS))
            continue
        for name in PARTS[part]:
            if name not in fields:
                yield _problem("parts", f"{part} needs the field {name}")
