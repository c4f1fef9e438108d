"""The tables of a study file as text: what a protocol adds to the one below it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar

import attrs

from iph._fields import DeclaredField
from iph.criteria._criterion import Criterion
from iph.errors import InputError
from iph.protocol._derived import Derived
from iph.protocol._events import EventRule
from iph.protocol._field_tables import cut_table, field_table, grades_table
from iph.protocol._file_figures import stated
from iph.protocol._file_shape import FORMAT, NO_DAY
from iph.protocol._file_visits import words_of
from iph.protocol._outcomes import EndpointRule, OutcomeRule, StudyRules
from iph.protocol._protocol import Protocol
from iph.protocol._rule_writing import rule_text
from iph.protocol._times import TIME_UNITS
from iph.protocol._toml_writing import toml_key, toml_value

_T = TypeVar("_T")
_DEFAULTS: Final[Mapping[str, Any]] = {
    "day_zero": "start of treatment",
    "time_unit": "days",
    "reference": "",
    "compare_with": None,
    "parts": (),
    "attrition": (),
}


@attrs.frozen
class Tables:
    """The tables of a study file.

    Attributes
    ----------
    protocol : Protocol
        What is written.
    base : Protocol or None
        The protocol that the file is based on.
    """

    protocol: Protocol[Any]
    base: Protocol[Any] | None

    def lines(self) -> Iterator[str]:
        """Yield the lines of the file."""
        own = self.protocol
        yield f"format = {FORMAT}"
        if self.base is not None:
            yield 'based_on = "li_2023"'
        for key, value in self._heads():
            yield f"{key} = {toml_value(value)}"
        yield from _section("visits", self._visits())
        for role, listed in (
            ("patient", own.patient_fields),
            ("at_visit", own.assessment_fields),
        ):
            yield from _section(role, self._fields(role, listed))
        derived = self._changed("derived", lambda one: one.name, self._derived)
        yield from _section("derived", derived)
        outcomes = self._changed("outcomes", lambda one: one.field, self._outcome)
        yield from _section("outcomes", outcomes)
        endpoints = self._changed("endpoints", lambda one: one.name, _endpoint)
        yield from _section("endpoints", endpoints)
        events = self._changed("events", lambda one: one.name, _event)
        yield from _section("events", events)
        yield from self._criteria()
        yield from _section("table", self._rows())
        yield from _section("rules", self._rules())
        yield from _section("figures", stated(self.protocol.figures))

    def _heads(self) -> Iterator[tuple[str, Any]]:
        own, base = self.protocol, self.base
        yield "title", own.title
        yield "condition", own.condition
        for key, default in _DEFAULTS.items():
            value = getattr(own, key)
            if value != (default if base is None else getattr(base, key)):
                yield key, False if value in {None, ""} else value
        if own.group is not None:
            by = {"by": own.group, "reference": own.group_reference}
            yield "group", own.group if own.group_reference is None else by
        if own.primary != (None if base is None else base.primary):
            primary = own.primary
            yield "primary", False if primary is None else attrs.asdict(primary)

    def _visits(self) -> dict[str, Any]:
        base = {} if self.base is None else {v.value: v for v in self.base.visits}
        found: dict[str, Any] = {}
        for visit in self.protocol.visits:
            known = base.pop(visit.value, None)
            day = NO_DAY if visit.nominal_day is None else visit.nominal_day
            table: dict[str, Any] = {"day": day}
            if words_of(visit):
                table["label"] = words_of(visit)
            if visit.window is not None:
                table["window"] = visit.window
            same = known is not None and (
                (known.nominal_day, known.label, known.window)
                == (visit.nominal_day, visit.label, visit.window)
            )
            if not same:
                found[visit.value] = table if len(table) > 1 else day
        return {**dict.fromkeys(base, False), **found}

    def _fields(self, role: str, listed: Sequence[DeclaredField]) -> dict[str, Any]:
        known = (
            set() if self.base is None else {f.name for f in self._base_fields(role)}
        )
        followed = {outcome.field for outcome in self.protocol.outcomes}
        return {
            field.name: field_table(
                role,
                field.name,
                field.declaration,
                TIME_UNITS[self.protocol.time_unit],
                with_best=field.name not in followed,
            )
            for field in listed
            if field.name not in known and not _of_every_study(field)
        }

    def _base_fields(self, role: str) -> Sequence[DeclaredField]:
        assert self.base is not None  # noqa: S101 - asked only then
        if role == "patient":
            return self.base.patient_fields
        return self.base.assessment_fields

    def _changed(
        self, key: str, name_of: Callable[[Any], str], table_of: Callable[[Any], Any]
    ) -> dict[str, Any]:
        base = () if self.base is None else getattr(self.base, key)
        return _changed(base, getattr(self.protocol, key), name_of, table_of)

    def _derived(self, one: Derived) -> Any:
        if one.function is not None:
            what = f"{one.name}, which a Python function derives"
            raise InputError("protocol", "one that a study file can state", what)
        if one.cut is not None:
            return cut_table(one.declaration, one.cut, one.at)
        rules = _rules_text({"when": one.when, "unclear": one.unclear})
        words: dict[str, Any] = {"label": one.declaration.label}
        if one.declaration.note:
            words["note"] = one.declaration.note
        return {**words, **rules}

    def _outcome(self, one: OutcomeRule) -> dict[str, Any]:
        declared = self.protocol.assessment_declarations[one.field]
        table: dict[str, Any] = {"better": declared.best}
        if one.response is not None:
            table["response"] = one.response
        if one.response_percent is not None:
            table["response"] = f"{_digits(one.response_percent)} %"
        if one.strict:
            table["strict"] = True
        if one.changes:
            table["changes"] = list(one.changes)
        if one.reliability is not None:
            table["standard_deviation"] = one.standard_deviation
            table["reliability"] = one.reliability
        if one.label:
            table["label"] = one.label
        if one.response_label:
            table["response_label"] = one.response_label
        return table

    def _criteria(self) -> Iterator[str]:
        base = None if self.base is None else self.base.criteria
        own = self.protocol.criteria
        if own == base:
            return
        for key in ("include", "exclude"):
            below = () if base is None else getattr(base, key)
            stated = () if own is None else getattr(own, key)
            changed = _changed(below, stated, lambda one: one.code, _criterion)
            yield from _section(key, changed)
        if own is None:
            return
        usual = {"name": self.protocol.title, "reference": self.protocol.reference}
        words = {key: getattr(own, key) or False for key in usual}
        always = base is not None
        stated = {k: v for k, v in words.items() if always or v != (usual[k] or False)}
        yield from _section("criteria", stated)

    def _rows(self) -> dict[str, Any]:
        base = () if self.base is None else self.base.table
        rows = self.protocol.table
        if rows == base:
            return {}
        adds = bool(base) and rows[: len(base)] == base
        return {"add": rows[len(base) :]} if adds else {"rows": rows}

    def _rules(self) -> dict[str, Any]:
        base = StudyRules() if self.base is None else self.base.rules
        found = attrs.asdict(self.protocol.rules)
        return {
            key: value for key, value in found.items() if value != getattr(base, key)
        }


def _section(name: str, table: Mapping[str, Any]) -> Iterator[str]:
    if table:
        yield f"[{name}]"
        yield from (
            f"{toml_key(key)} = {toml_value(one)}" for key, one in table.items()
        )


def _of_every_study(field: DeclaredField) -> bool:
    always = {"patient_id", "visit", "day"}
    return field.name in always or field.path[0] == "follow_up"


def _changed(
    base: Sequence[_T],
    own: Sequence[_T],
    name_of: Callable[[_T], str],
    table_of: Callable[[_T], Any],
) -> dict[str, Any]:
    """Return what is to be stated so that the base becomes one's own, in its order.

    What the base has stays in its place, and what is stated comes behind it. So all is
    stated from the first on that is new, other than in the base, or out of its order.
    """
    kept, left = 0, list(base)
    for one in own:
        if one not in left:
            break
        left = left[left.index(one) + 1 :]
        kept += 1
    gone = {name_of(one) for one in base} - {name_of(one) for one in own}
    stated = {name_of(one): table_of(one) for one in own[kept:]}
    return {**dict.fromkeys(sorted(gone), False), **stated}


def _rules_text(rules: Mapping[str, Any]) -> dict[str, str]:
    return {key: rule_text(rule) for key, rule in rules.items() if rule is not None}


def _endpoint(one: EndpointRule) -> dict[str, Any]:
    rules = {"when": one.when, "reached": one.reached, "unclear": one.unclear}
    names = {"at": one.at, "seen_by": one.seen_by}
    given = {key: name for key, name in names.items() if name is not None}
    competing = {event.at: event.label for event in one.competing}
    besides = {"competing": competing} if competing else {}
    return {"label": one.label, **_rules_text(rules), **given, **besides}


def _event(one: EventRule) -> Any:
    grades = {} if one.grades is None else grades_table(one.label, one.grades)
    related = {"related": True} if one.related else {}
    table = {"label": one.label, **grades, **related}
    return table if len(table) > 1 else one.label


def _criterion(one: Criterion) -> Any:
    text = rule_text(one.rule)
    table = {"rule": text}
    if one.statement != text:
        table["statement"] = one.statement
    if one.reading:
        table["reading"] = one.reading
    return table if len(table) > 1 else text


def _digits(number: float) -> str:
    return str(int(number)) if float(number).is_integer() else repr(number)
