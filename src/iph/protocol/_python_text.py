"""A protocol as classes in Python: the way from a study file to typed code."""

import enum
import textwrap
from collections.abc import Iterable
from typing import Any, Final

import attrs

from iph import _categories, scales
from iph._categories import ScheduledVisit
from iph._fields import Declaration, DeclaredField, Kind, label_of
from iph._follow_up import Assessment
from iph._model import Patient
from iph._subject import Subject, patient_fields, seen_fields
from iph.errors import InputError
from iph.protocol._derived import Derived
from iph.protocol._events import EventRule
from iph.protocol._made_classes import class_name
from iph.protocol._protocol import Protocol
from iph.protocol._toml_writing import amount

_HEAD: Final = """\
import enum

import attrs

import iph
from iph.criteria import AllOf, Answered, AnyOf, Change, Compare, Criteria
from iph.criteria import Criterion, HasAny, Not, OneOf
from iph.protocol import CompetingRule, Derived, EndpointRule, EventRule
from iph.protocol import OutcomeRule, PrimaryOutcome, Protocol, StudyRules
from iph.report import FigureOptions
"""
_FUNCTIONS: Final = {
    Kind.QUANTITY: "quantity",
    Kind.DAYS: "days",
    Kind.GRADE: "grade",
    Kind.CHOICE: "choice",
    Kind.CHOICES: "choices",
    Kind.YES_NO: "yes_no",
}
_SAID: Final[dict[Kind, tuple[str, ...]]] = {
    Kind.QUANTITY: (
        *("low", "high", "unit", "ucum", "loinc", "best", "closed", "bounded"),
        *("missing", "note"),
    ),
    Kind.DAYS: ("low", "high", "note"),
    Kind.GRADE: ("best", "note"),
    Kind.CHOICE: ("note",),
    Kind.CHOICES: ("note",),
    Kind.YES_NO: ("note",),
}
_PLACES: Final = {_categories: "iph", scales: "iph.scales"}


def python_text(protocol: Protocol[Any]) -> str:
    """Return Python code whose ``study`` is the protocol, by its digest.

    Raises
    ------
    InputError
        If a value is derived by a function; only its name is known.
    """
    writer = _Writer(protocol)
    study = writer.study()  # asks for classes as it goes
    return "\n\n".join([_HEAD.rstrip(), *writer.classes.values(), study]) + "\n"


class _Writer:
    """Writes the classes that a protocol needs, each once."""

    def __init__(self, protocol: Protocol[Any]) -> None:
        self.protocol = protocol
        self.classes: dict[str, str] = {}
        self._names: dict[type[enum.Enum], str] = {}

    def study(self) -> str:
        """Return the statement that makes the protocol."""
        own = self.protocol
        given: dict[str, str] = {}
        for attribute in attrs.fields(type(own)):
            name, value = attribute.name, getattr(own, attribute.name)
            if name == "patient":
                given[name] = self._patient()
            elif name == "derived" and value:
                given[name] = _listed(self._derived(one) for one in value)
            elif name == "events" and value:
                given[name] = _listed(map(self._event, value))
            elif value not in (attribute.default, ()):
                many = isinstance(value, tuple)
                given[name] = _listed(map(_call, value)) if many else _call(value)
        arguments = ",\n".join(f"{name}={value}" for name, value in given.items())
        return f"\nstudy = Protocol(\n{textwrap.indent(arguments, '    ')},\n)"

    def _derived(self, one: Derived) -> str:
        if one.function is not None:
            what = f"{one.name}, which a function in Python derives"
            raise InputError("protocol", "one whose rules are data", what)
        given = [f"name={one.name!r}"]
        given.append(f"declaration={self._field(one.name, one.declaration)}")
        for key in ("when", "unclear", "cut", "at"):
            value = getattr(one, key)
            if value not in {None, ()}:
                given.append(f"{key}={_call(value)}")
        return f"Derived({', '.join(given)})"

    def _event(self, one: EventRule) -> str:
        given = [f"name={one.name!r}", f"label={one.label!r}"]
        if one.grades is not None:
            given.append(f"grades={self._options(one.name, one.grades)}")
        given += ["related=True"] if one.related else []
        return f"EventRule({', '.join(given)})"

    def _patient(self) -> str:
        """Return the name of the class of patients; write it if it is an own one."""
        cls: type[Subject[Any]] = self.protocol.patient
        if cls is Patient:
            return "iph.Patient"
        based = issubclass(cls, Patient)
        seen = self._seen(based=based)
        known = {f.name for f in patient_fields(Patient if based else Subject)}
        fields = [f for f in self.protocol.patient_fields if f.name not in known]
        base = f"iph.{'Patient' if based else 'Subject'}[{seen}]"
        return self._record(cls.__name__, base, fields, "A patient of the study.")

    def _seen(self, *, based: bool) -> str:
        cls = self.protocol.assessment
        if cls is Assessment:
            return "iph.Assessment"
        known = seen_fields(Patient if based else Subject)
        same = {field.name: field.declaration for field in known}
        fields = [
            f
            for f in self.protocol.assessment_fields
            if same.get(f.name) != f.declaration
        ]
        base = "iph.Assessment" if based else "iph.SeenAt"
        return self._record(cls.__name__, base, fields, "What is seen at a visit.")

    def _record(
        self, name: str, base: str, fields: Iterable[DeclaredField], words: str
    ) -> str:
        lines = [self._line(field.name, field.declaration) for field in fields]
        body = "\n".join(f"    {line}" for line in lines)
        head = f"@attrs.frozen(kw_only=True)\nclass {name}({base}):"
        text = f'\n{head}\n    """{words}"""\n\n{body}'
        self.classes[name] = text.rstrip()
        return name

    def _line(self, name: str, declared: Declaration) -> str:
        kind = declared.kind
        if declared.options is not None:
            held = self._options(name, declared.options)
            held = f"frozenset[{held}]" if kind is Kind.CHOICES else held
        elif kind is Kind.YES_NO:
            held = "bool"
        else:
            held = "int" if declared.whole else "float"
            held += " | iph.Bound" if declared.bounded else ""
        return f"{name}: {held} | None = {self._field(name, declared)}"

    def _field(self, name: str, declared: Declaration) -> str:
        """Return the call that declares a field."""
        kind = declared.kind
        in_days = kind is not Kind.DAYS or declared.unit == "days"
        if kind not in _FUNCTIONS or not in_days:
            what = f"{name} in {declared.unit}" if declared.unit else name
            raise InputError("protocol", "one that classes in Python can state", what)
        given = [repr(declared.label)]
        if declared.options is not None:
            given.append(self._options(name, declared.options))
        if kind is Kind.QUANTITY:
            step = declared.step
            exact = 1 if step is None else amount(step)
            given.append(f"step={exact!r}")
            others = {one.unit: amount(one.factor) for one in declared.other_units}
            given += [f"other_units={others!r}"] if others else []
        for key in _SAID[kind]:
            value = getattr(declared, key)
            if value not in {None, "", ()} and value is not False:
                given.append(f"{key}={value!r}")
        if kind is Kind.GRADE and declared.best is None:
            given.append("best=None")
        return f"iph.fields.{_FUNCTIONS[kind]}({', '.join(given)})"

    def _options(self, name: str, options: type[enum.Enum]) -> str:
        """Return the name of an enumeration; write it if it is an own one."""
        for module, place in _PLACES.items():
            if getattr(module, options.__name__, None) is options:
                return f"{place}.{options.__name__}"
        if options in self._names:
            return self._names[options]
        made = class_name(name)
        while made in self.classes:
            made += "Codes"
        self._names[options] = made
        self.classes[made] = _enumeration(made, options)
        return made


def _call(value: Any) -> str:
    """Return the call that makes a value, without what is so by default."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(_call, value))}]"
    if not attrs.has(type(value)):
        return repr(value)
    given = [
        f"{attribute.name}={_call(getattr(value, attribute.name))}"
        for attribute in attrs.fields(type(value))
        if getattr(value, attribute.name) != attribute.default
    ]
    return f"{type(value).__name__}({', '.join(given)})"


def _listed(values: Iterable[str]) -> str:
    inside = ",\n".join(values)
    return f"[\n{textwrap.indent(inside, '    ')},\n]"


def _enumeration(name: str, options: type[enum.Enum]) -> str:
    """Return the class statement of an enumeration, with its labels."""
    if issubclass(options, ScheduledVisit):
        members = [
            (visit.value, visit.nominal_day, visit.label, visit.window)
            for visit in options
        ]
        return _class(name, "iph.ScheduledVisit", "The visits of the study.", members)
    labels = {one.value: label_of(one) for one in options}
    if all(isinstance(one.value, int) for one in options):
        grades = [(n, str(n), label, label) for n, label in labels.items()]
        return _class(name, "iph.scales.Grade", "Grades, in order.", grades)
    text = _class(name, "enum.Enum", "Codes, as tables hold them.", list(labels))
    if all(label == code.replace("_", " ") for code, label in labels.items()):
        return text
    return (
        f"{text}\n\n    @property\n    def label(self) -> str:\n"
        f'        """The code in words."""\n        return {labels!r}[self.value]'
    )


def _class(name: str, base: str, words: str, members: Iterable[Any]) -> str:
    lines = [f"    CODE_{place} = {one!r}" for place, one in enumerate(members, 1)]
    head = f'\nclass {name}({base}):\n    """{words}"""\n\n'
    return head + "\n".join(lines)
