"""Outcomes, endpoints, derived values and criteria of a study file, as objects."""

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, TypeVar

from iph._fields import Declaration, Kind
from iph.criteria._criterion import Criterion
from iph.errors import InputError
from iph.protocol._derived import Derived
from iph.protocol._events import EventRule
from iph.protocol._made_classes import made_options
from iph.protocol._outcomes import CompetingRule, EndpointRule, OutcomeRule
from iph.protocol._problems import nearest
from iph.protocol._rule_reading import Fields
from iph.protocol._shape import Path
from iph.protocol._told import Told

_T = TypeVar("_T")
_RELIABLE: Final = ("standard_deviation", "reliability")
_PERCENT: Final = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?) ?%")


def plain_number(number: int | Decimal) -> float:
    """Return a number of a file as Python counts: whole, or a float."""
    return number if isinstance(number, int) else float(number)


def _made(path: Path, told: Told, make: Callable[[], _T]) -> _T | None:
    """Return what is made; tell what its own checks refuse."""
    try:
        return make()
    except InputError as refused:
        told.tell(path, str(refused))
        return None


def _words(name: str, table: Mapping[str, Any]) -> str:
    return str(table.get("label", name.replace("_", " ").capitalize()))


def outcome_of(name: str, value: Any, told: Told) -> OutcomeRule | None:
    """Return an outcome; its better end belongs to the declaration of the field."""
    path: Path = ("outcomes", name)
    table = {} if value is True else value
    given = table.get("response")
    amount = percent = None
    if isinstance(given, str):
        found = _PERCENT.fullmatch(given.strip())
        if found is None:
            problem = f'must be a number or a share such as "50 %", got {given!r}'
            told.tell((*path, "response"), problem)
            return None
        percent = plain_number(Decimal(found[1]))
    elif given is not None:
        amount = plain_number(given)
    elif "strict" in table:
        told.tell((*path, "strict"), "needs a response beside it")
        return None
    return _made(
        path,
        told,
        lambda: OutcomeRule(
            field=name,
            response=amount,
            response_percent=percent,
            strict=table.get("strict", False),
            changes=table.get("changes", ()),
            **{name: plain_number(table[name]) for name in _RELIABLE if name in table},
            label=table.get("label", ""),
            response_label=table.get("response_label", ""),
        ),
    )


def event_of(name: str, value: Any, told: Told) -> EventRule | None:
    """Return a complication or an adverse event; a text is its label."""
    table: Mapping[str, Any] = {"label": value} if isinstance(value, str) else value
    words, first = table.get("grades", ()), table.get("from", 0)
    if "from" in table and not words:
        told.tell(("events", name, "from"), "needs grades beside it")
        return None
    if len(set(words)) < len(words):
        told.tell(("events", name, "grades"), "one grade stands twice")
        return None
    members = tuple(
        (first + place, str(first + place), word, word)
        for place, word in enumerate(words)
    )
    return _made(
        ("events", name),
        told,
        lambda: EventRule(
            name=name,
            label=_words(name, table),
            grades=made_options("grade", name, members) if words else None,
            related=table.get("related", False),
        ),
    )


def endpoint_of(
    name: str, value: Any, patient: Fields, seen: Fields, told: Told
) -> EndpointRule | None:
    """Return an endpoint, in whichever of its three forms."""
    path: Path = ("endpoints", name)
    table: dict[str, Any] = {"when": value} if isinstance(value, str) else value
    forms = {key for key in ("when", "reached", "at", "seen_by") if key in table}
    if forms not in ({"when"}, {"reached", "at"}, {"reached", "seen_by"}):
        told.tell(
            path,
            "must have when, or reached and at, or reached and seen_by",
            "when = a rule over a visit; reached = a rule over the patient, with the "
            "field of its time",
        )
        return None
    fields = seen if "when" in table else patient
    before = len(told.errors)
    rules: dict[str, Any] = {
        key: told.rule((*path, key) if table is value else path, table[key], fields)
        for key in ("when", "reached", "unclear")
        if key in table
    }
    if len(told.errors) > before or None in rules.values():
        return None
    return _made(
        path,
        told,
        lambda: EndpointRule(
            name=name,
            label=str(table.get("label", name.replace("_", " "))),
            at=table.get("at"),
            seen_by=table.get("seen_by"),
            competing=[
                CompetingRule(at=field, label=label)
                for field, label in table.get("competing", {}).items()
            ],
            **rules,
        ),
    )


def derived_of(
    name: str, value: Any, fields: Fields, best: str | None, told: Told
) -> Derived | None:
    """Return a derived value: a rule, or a number that is cut."""
    path: Path = ("derived", name)
    table: dict[str, Any] = {"when": value} if isinstance(value, str) else value
    if "cut" in table:
        return _cut(name, table, fields, best, told)
    wrong = next(
        (key for key in ("at", "labels", "from", "better") if key in table), ""
    )
    if "when" not in table or wrong:
        problem = f"{wrong} needs cut beside it" if wrong else "must have when or cut"
        told.tell(path, problem, "when = a rule; cut = a number, at = its limits")
        return None
    before = len(told.errors)
    rules: dict[str, Any] = {
        key: told.rule((*path, key) if table is value else path, table[key], fields)
        for key in ("when", "unclear")
        if key in table
    }
    if len(told.errors) > before or None in rules.values():
        return None
    declared = Declaration(
        kind=Kind.YES_NO, label=_words(name, table), note=table.get("note", "")
    )
    return _made(path, told, lambda: Derived(name=name, declaration=declared, **rules))


def _cut(
    name: str, table: Mapping[str, Any], fields: Fields, best: Any, told: Told
) -> Derived | None:
    path: Path = ("derived", name)
    wrong = next((key for key in ("when", "unclear") if key in table), "")
    if wrong or "at" not in table:
        problem = f"{wrong} and cut do not go together" if wrong else "at is missing"
        told.tell(path, problem, "cut = a number, at = its limits")
        return None
    field = table["cut"]
    if field not in fields:
        told.tell((*path, "cut"), f"{field} is no field", nearest(field, fields))
        return None
    declared = fields[field]
    if declared is None:
        return None
    if declared.kind not in {Kind.QUANTITY, Kind.DAYS}:
        told.tell((*path, "cut"), f"{field} holds no number that could be cut")
        return None
    limits = [plain_number(limit) for limit in table["at"]]
    low, high = declared.low or 0, declared.high or 0
    for limit in limits:
        if not low < limit <= high:
            problem = f"{limit:g} does not part the values from {low:g} to {high:g}"
            told.tell((*path, "at"), problem)
            return None
    labels = table.get("labels") or _labels(limits, declared.unit)
    first = table.get("from", 0)
    members = tuple(
        (first + place, str(first + place), word, word)
        for place, word in enumerate(labels)
    )
    grade = Declaration(
        kind=Kind.GRADE,
        label=_words(name, table),
        note=table.get("note", ""),
        best=table.get("better", best),
        options=made_options("grade", name, members),
    )
    return _made(
        path,
        told,
        lambda: Derived(name=name, declaration=grade, cut=field, at=tuple(limits)),
    )


def _labels(limits: Sequence[float], unit: str | None) -> list[str]:
    """Return words for what lies between limits."""
    behind = f" {unit}" if unit else ""
    between = [
        f"{low:g} to below {high:g}{behind}" for low, high in itertools.pairwise(limits)
    ]
    first, last = f"below {limits[0]:g}{behind}", f"{limits[-1]:g}{behind} or more"
    return [first, *between, last]


def criterion_of(
    path: Path, value: Any, fields: Fields, told: Told
) -> Criterion | None:
    """Return a criterion; its rule is its statement where no other is given."""
    table = {"rule": value} if isinstance(value, str) else value
    at = (*path, "rule") if table is value else path
    rule = told.rule(at, table["rule"], fields)
    if rule is None:
        return None
    return Criterion(
        str(path[-1]),
        table.get("statement", table["rule"]),
        rule,
        reading=table.get("reading", ""),
    )
