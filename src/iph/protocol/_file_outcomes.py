"""Outcomes, endpoints and derived values of a study file."""

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

import attrs

from iph._fields import Declaration, Kind
from iph.protocol._file_fields import Declared
from iph.protocol._problems import nearest
from iph.protocol._rule_reading import Fields
from iph.protocol._shape import FLAWED, Path
from iph.protocol._told import Told

_PERCENT: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?%")
_FOLLOWED: Final = (Kind.GRADE, Kind.QUANTITY)


@attrs.frozen(kw_only=True)
class FileOutcome:
    """What a file says of an outcome, before the protocol is made."""

    field: str
    label: str
    best: str
    response: Fraction | None
    relative: bool
    strict: bool


def outcomes_of(
    given: Mapping[str, Any], seen: Declared, told: Told
) -> dict[str, FileOutcome | None]:
    """Return the outcomes; None for one that is taken away or has an error.

    The better end goes into the declaration of the field, in place.
    """
    found: dict[str, FileOutcome | None] = {}
    for name, value in given.items():
        path: Path = ("outcomes", name)
        found[name] = None
        if name not in seen:
            problem = f"{name} is no field of [at_visit]"
            told.tell(path, problem, nearest(name, seen))
        elif value is not FLAWED and value is not False:
            declared = seen[name]
            if isinstance(declared, Declaration):
                found[name] = _outcome(name, value, declared, seen, told)
    return found


def _outcome(
    name: str,
    table: Mapping[str, Any],
    declared: Declaration,
    seen: Declared,
    told: Told,
) -> FileOutcome | None:
    path: Path = ("outcomes", name)
    if declared.kind not in _FOLLOWED:
        told.tell(path, f"{name} is followed by no grade and no number", "remove it")
        return None
    best = table.get("better", declared.best)
    if best is None:
        hint = 'write better = "low" or better = "high"'
        told.tell(path, f"it is not said which end of {name} is better", hint)
        return None
    if declared.best is not None and best != declared.best:
        problem = f"{name} is declared with {declared.best} as its better end"
        told.tell((*path, "better"), problem, "say it in one place")
        return None
    seen[name] = attrs.evolve(declared, best=best)
    response, relative = _response(table.get("response"), declared, path, told)
    if response is None and "strict" in table:
        told.tell((*path, "strict"), "needs a response beside it", "")
        return None
    if response is None and "response" in table:
        return None
    return FileOutcome(
        field=name,
        label=table.get("label", ""),
        best=best,
        response=response,
        relative=relative,
        strict=table.get("strict", False),
    )


def _response(
    given: Any, declared: Declaration, path: Path, told: Told
) -> tuple[Fraction | None, bool]:
    """Return the least change of a responder, and whether it is a share."""
    if given is None:
        return None, False
    relative = isinstance(given, str)
    percent = _PERCENT.fullmatch(given.strip()) if relative else None
    least = Fraction(given) if not relative else Fraction(percent[1] if percent else 0)
    of_grade = declared.kind is Kind.GRADE
    problem = hint = ""
    if relative and not 0 < least <= 100:
        problem = f'must be a number or a share such as "50 %", got {given!r}'
    elif relative and of_grade:
        problem = "a share of a grade has no meaning"
        hint = "give steps, such as response = 1"
    elif least <= 0:
        problem = f"must lie above 0, got {given}"
    elif of_grade and least.denominator > 1:
        problem = f"must be a whole number of grades, got {given}"
    if problem:
        told.tell((*path, "response"), problem, hint)
        return None, relative
    return (least / 100 if relative else least), relative


@attrs.frozen(kw_only=True)
class FileValue:
    """What a file says of an endpoint or a derived value: rules and names."""

    name: str
    label: str
    note: str = ""
    rules: Mapping[str, Any] = attrs.field(factory=dict)
    names: Mapping[str, Any] = attrs.field(factory=dict)


def _label(name: str, table: Mapping[str, Any]) -> str:
    return table.get("label", name.replace("_", " "))  # type: ignore[no-any-return]


_FORMS: Final = (
    {"when", "unclear", "competing"},
    {"reached", "at", "competing"},
    {"reached", "seen_by", "unclear", "competing"},
)
_NEEDED: Final = ({"when"}, {"reached", "at"}, {"reached", "seen_by"})
_OF_VISITS: Final = frozenset({"when", "unclear"})


def endpoints_of(
    given: Mapping[str, Any], patient: Fields, seen: Fields, told: Told
) -> dict[str, FileValue | None]:
    """Return the endpoints; None for one that is taken away or has an error."""
    found: dict[str, FileValue | None] = {}
    for name, value in given.items():
        path: Path = ("endpoints", name)
        found[name] = None
        if value is FLAWED or value is False:
            continue
        table = {"when": value} if isinstance(value, str) else value
        keys = table.keys() - {"label", "note"}
        form = next(
            (f for f, all_ in enumerate(_FORMS) if _NEEDED[f] <= keys <= all_), None
        )
        if form is None:
            told.tell(
                path,
                "must have when, or reached and at, or reached and seen_by",
                "when = a rule over a visit; reached = a rule over the patient, and at "
                "= the field with its time",
            )
            continue
        before = len(told.errors)
        rules = {}
        for key in ("when", "reached", "unclear", "competing"):
            if key in table:
                fields = seen if form == 0 and key in _OF_VISITS else patient
                rules[key] = told.rule((*path, key), table[key], fields)
        names = {key: table[key] for key in ("at", "seen_by") if key in table}
        for key, field in names.items():
            _must_be_time(field, (*path, key), patient, told)
        if len(told.errors) == before and None not in rules.values():
            found[name] = FileValue(
                name=name,
                label=_label(name, table),
                note=table.get("note", ""),
                rules=rules,
                names=names,
            )
    return found


def _must_be_time(field: str, path: Path, patient: Fields, told: Told) -> None:
    if field not in patient:
        told.tell(path, f"{field} is no field of [patient]", nearest(field, patient))
        return
    declared = patient[field]
    if declared is not None and declared.kind is not Kind.DAYS:
        hint = f"declare it so: {field} = {{ label = ..., days = true }}"
        told.tell(path, f"{field} holds no time since day zero", hint)


def derived_of(
    given: Mapping[str, Any], patient: Fields, told: Told
) -> dict[str, FileValue | None]:
    """Return the derived values; None for one that is taken away or has an error."""
    found: dict[str, FileValue | None] = {}
    for name, value in given.items():
        path: Path = ("derived", name)
        found[name] = None
        if value is FLAWED or value is False:
            continue
        table = {"when": value} if isinstance(value, str) else value
        if name in patient:
            told.tell(path, f"{name} is a field of [patient]", "choose another name")
            continue
        keys = table.keys() - {"label", "note"}
        before = len(told.errors)
        rules, names = {}, {}
        if "when" in keys and keys <= {"when", "unclear"}:
            for key in sorted(keys):
                rules[key] = told.rule((*path, key), table[key], patient)
        elif {"cut", "at"} <= keys <= {"cut", "at", "labels"}:
            names = _cut(table, path, patient, told)
        else:
            told.tell(
                path,
                "must have when, or cut and at",
                "when = a rule over the patient; cut = a number, at = its limits",
            )
        if len(told.errors) == before and None not in rules.values():
            found[name] = FileValue(
                name=name,
                label=_label(name, table),
                note=table.get("note", ""),
                rules=rules,
                names=names,
            )
    return found


def _cut(
    table: Mapping[str, Any], path: Path, patient: Fields, told: Told
) -> dict[str, Any]:
    field, limits = table["cut"], table["at"]
    declared = patient.get(field)
    if field not in patient:
        hint = nearest(field, patient)
        told.tell((*path, "cut"), f"{field} is no field of [patient]", hint)
    elif declared is not None and declared.kind not in {Kind.QUANTITY, Kind.DAYS}:
        told.tell((*path, "cut"), f"{field} holds no number that could be cut", "")
    elif declared is not None:
        low, high = declared.low, declared.high
        for limit in limits:
            if low is not None and high is not None and not low < limit <= high:
                problem = f"{limit} does not part the values from {low:g} to {high:g}"
                told.tell((*path, "at"), problem, "")
    if list(limits) != sorted(limits):
        told.tell((*path, "at"), "must rise", "")
    labels = table.get("labels", ())
    if labels and len(labels) != len(limits) + 1:
        problem = f"{len(limits)} limits make {len(limits) + 1} groups"
        told.tell((*path, "labels"), f"{problem}, got {len(labels)} labels", "")
    return {"cut": field, "at": tuple(limits), "labels": tuple(labels)}
