"""A protocol from a study file: every error at once, each with its line."""

import functools
import os
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

import attrs

from iph._fields import Declaration, DeclaredField
from iph._opening import opened
from iph._options import pathname
from iph._subject import patient_fields, seen_fields
from iph.criteria._criterion import Criteria, Criterion
from iph.errors import FileError, InputError
from iph.protocol._derived import Derived
from iph.protocol._file_classes import classes_of
from iph.protocol._file_figures import figures_of
from iph.protocol._file_rules import (
    criterion_of,
    derived_of,
    endpoint_of,
    event_of,
    outcome_of,
)
from iph.protocol._file_shape import FORMAT, SHAPE
from iph.protocol._file_visits import taken_away
from iph.protocol._li2023 import LI_2023_PROTOCOL
from iph.protocol._outcomes import PrimaryOutcome, StudyRules
from iph.protocol._problems import ProtocolError, ProtocolErrors, is_near, nearest
from iph.protocol._protocol import Protocol
from iph.protocol._rule_reading import Fields
from iph.protocol._scan import scan
from iph.protocol._shape import FLAWED
from iph.protocol._told import Told

_T = TypeVar("_T")
_LARGEST_FILE: Final = 1_000_000
BASES: Final[Mapping[str, Protocol[Any]]] = {"li_2023": LI_2023_PROTOCOL}
"""The published protocols that a file can be based on, by name."""

_AS_THEY_STAND: Final = (
    *("title", "condition", "day_zero", "time_unit", "reference", "parts", "attrition"),
    "compare_with",
)
_NAMED: Final = ("visits", "at_visit", "patient", "derived")
_ELSEWHERE: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "criteria": (("include",), ("exclude",)),
    "group_reference": (("group", "reference"),),
    "table": (("table", "add"), ("table", "rows")),
}
"""Where a file says what the protocol has under another name."""


def read_protocol(path: str | os.PathLike[str]) -> Protocol[Any]:
    r"""Read a study file: what the study is, as its researchers wrote it down.

    How do I tell iph which fields, visits, outcomes and criteria my study has, without
    writing Python?

    Parameters
    ----------
    path : path
        A text file in TOML; ``python -m iph protocol new FILE`` writes a start.

    Returns
    -------
    Protocol
        The protocol, with classes of patients and assessments that were made from the
        declarations in the file. Equal files give equal protocols and the same classes.

    Raises
    ------
    FileError
        If the file cannot be opened.
    ProtocolErrors
        If anything in it is wrong; `errors` holds all that is, each with its line.

    See Also
    --------
    write_protocol : Write a protocol to a study file.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from iph.protocol import read_protocol
    >>> folder = tempfile.TemporaryDirectory()
    >>> file = Path(folder.name) / "study.toml"
    >>> size = file.write_text('''
    ... title = "Carpal tunnel release"
    ... condition = "carpal tunnel syndrome"
    ... day_zero = "operation"
    ... [visits]
    ... before = 0
    ... week_6 = "6 weeks"
    ... [at_visit]
    ... symptom = { label = "Symptoms", grades = ["none", "mild", "severe"] }
    ... [outcomes]
    ... symptom = { better = "low" }
    ... [endpoints]
    ... relief = "symptom = none"
    ... ''')
    >>> protocol = read_protocol(file)
    >>> [(visit.value, visit.nominal_day) for visit in protocol.visits]
    [('before', 0), ('week_6', 42)]
    >>> protocol.endpoints[0].name
    'relief'
    >>> folder.cleanup()
    """
    file = pathname(path)
    opened(file)  # no pipe, which would never end
    return protocol_of(_text(file), str(file))


def _text(path: Path) -> str:
    """Return the text of a file."""
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST_FILE + 1)
    except OSError as error:
        raise FileError(str(path), f"cannot be opened ({error.strerror})") from None
    if len(data) > _LARGEST_FILE:
        raise FileError(str(path), "is too large to be a study file")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problem = "a character is not written in UTF-8"
        hint = "save the file as plain text, with the encoding UTF-8"
        found = ProtocolError(line=line, key="", problem=problem, hint=hint)
        raise ProtocolErrors(str(path), (found,)) from None


def protocol_of(text: str, name: str) -> Protocol[Any]:
    """Return the protocol that a text says.

    Raises
    ------
    ProtocolErrors
        If anything is wrong with it.
    """
    scanned = scan(text)
    if scanned.errors:
        raise ProtocolErrors(name, scanned.errors)
    told = Told(scanned.lines)
    data = SHAPE.take(scanned.data, (), told.tell)
    _check_format(data, told, name)
    protocol = _Reading(data, told).protocol()
    if told.errors or protocol is None:
        raise ProtocolErrors(name, told.in_order())
    return protocol


def _check_format(data: Mapping[str, Any], told: Told, name: str) -> None:
    """Refuse another format before anything else is told."""
    given = data.get("format", FORMAT)
    if given not in (FORMAT, FLAWED):
        others = Told(told.lines)
        problem = f"format {given} is not known; this version of iph reads {FORMAT}"
        others.tell(("format",), problem, "take a newer version of iph")
        raise ProtocolErrors(name, others.in_order())


class _Reading:
    """One reading of a file whose keys have the right shapes."""

    def __init__(self, data: Mapping[str, Any], told: Told) -> None:
        self.data, self.told = data, told
        self.base = self._base()
        self.classes = classes_of(data, self.base, told)
        self.failed: set[str] = set()
        self.flawed_fields = {*self.classes.flawed, *self._flawed("derived")}

    def get(self, key: str, default: Any = None) -> Any:
        """Return what stands at a key; the default if it is missing or flawed."""
        value = self.data.get(key, FLAWED)
        return default if value is FLAWED else value

    def _flawed(self, key: str) -> list[str]:
        table = self.get(key)
        items = table.items() if isinstance(table, dict) else ()
        return [name for name, value in items if value is FLAWED]

    def _base(self) -> Protocol[Any] | None:
        name = self.get("based_on")
        if name is not None and name not in BASES:
            problem = f"{name} is no published protocol"
            self.told.tell(("based_on",), problem, nearest(name, BASES))
        return BASES.get(name) if name is not None else None

    def protocol(self) -> Protocol[Any] | None:
        """Return the protocol; None if it could not be made."""
        for key in ("title", "condition") if self.base is None else ():
            if key not in self.data and not self.told.meant(key):
                self.told.tell((), f"{key} is missing", f'write {key} = "..."')
        derived = self._derived()
        patient = self._with_derived(patient_fields(self.classes.patient), derived)
        seen = self._with_derived(
            seen_fields(self.classes.patient), derived, functions=False
        )
        endpoint = functools.partial(
            endpoint_of, patient=patient, seen=seen, told=self.told
        )
        outcome = functools.partial(outcome_of, told=self.told)
        event = functools.partial(event_of, told=self.told)
        given: dict[str, Any] = {
            **({"title": "?", "condition": "?"} if self.base is None else {}),
            **self._as_they_stand(),
            "patient": self.classes.patient,
            "derived": derived,
            "outcomes": self._merged("outcomes", "field", outcome).values(),
            "endpoints": self._merged("endpoints", "name", endpoint).values(),
            "events": self._merged("events", "name", event).values(),
            "criteria": self._criteria(patient),
            "rules": self._rules(),
            "figures": figures_of(self.get("figures", {}), self.told),
        }
        self._add_group(given)
        self._check_best({**seen})
        return self._made(given)

    def _as_they_stand(self) -> dict[str, Any]:
        """Return what needs no reading; false takes away what the base has."""
        found = {key: self.get(key) for key in _AS_THEY_STAND}
        none = {"reference": "", "compare_with": None}
        known = found["compare_with"]
        if known and known not in BASES:
            problem = f"{known} is no published study"
            self.told.tell(("compare_with",), problem, nearest(known, BASES))
        return {
            key: none[key] if value is False else value
            for key, value in found.items()
            if value is not None
        }

    def _merged(
        self, key: str, name_of: str, make: Callable[[str, Any], _T | None]
    ) -> dict[str, _T]:
        """Return what the base has and the file adds, replaces or takes away."""
        base = () if self.base is None else getattr(self.base, key)
        found: dict[str, Any] = {getattr(one, name_of): one for one in base}
        for name, value in self.get(key, {}).items():
            if value is False:
                taken_away(name, found, (key, name), self.told.tell)
                continue
            made = None if value is FLAWED else make(name, value)
            found.pop(name, None)  # what is stated anew stands where it is stated
            if made is None:
                self.failed.add(name)
            else:
                found[name] = made
        return found

    def _derived(self) -> tuple[Derived, ...]:
        """Return the derived values; each may use those before it."""
        fields: dict[str, Declaration | None] = {
            field.name: field.declaration
            for listed in (patient_fields, seen_fields)
            for field in listed(self.classes.patient)
        }
        fields |= dict.fromkeys(self.flawed_fields)
        for one in () if self.base is None else self.base.derived:
            fields[one.name] = one.declaration
        outcomes = self.get("outcomes", {})

        def make(name: str, value: Any) -> Derived | None:
            outcome = outcomes.get(name)
            best = outcome.get("better") if isinstance(outcome, dict) else None
            made = derived_of(name, value, fields, best, self.told)
            fields[name] = None if made is None else made.declaration
            return made

        found = self._merged("derived", "name", make)
        self.flawed_fields |= {n for n, declared in fields.items() if declared is None}
        return tuple(found.values())

    def _with_derived(
        self,
        listed: Iterable[DeclaredField],
        derived: Iterable[Derived],
        *,
        functions: bool = True,
    ) -> dict[str, Declaration | None]:
        """Return what fields hold by name, with the values derived from them."""
        own: dict[str, Declaration | None] = {f.name: f.declaration for f in listed}
        for one in derived:
            if all(name in own for name in one.fields) if one.fields else functions:
                own[one.name] = one.declaration
        return {**dict.fromkeys(self.flawed_fields), **own}

    def _criteria(self, patient: Fields) -> Criteria | None:
        base = None if self.base is None else self.base.criteria
        if not {"include", "exclude", "criteria"} & self.data.keys():
            return base
        words = self.get("criteria", {})
        listed: dict[str, list[Criterion]] = {}
        for key in ("include", "exclude"):
            found = {one.code: one for one in getattr(base, key, ())}
            for code, value in self.get(key, {}).items():
                path = (key, code)
                if value is False:
                    taken_away(code, found, path, self.told.tell)
                elif value is not FLAWED:
                    made = criterion_of(path, value, patient, self.told)
                    found.pop(code, None)
                    found |= {} if made is None else {code: made}
            listed[key] = list(found.values())
        if not any(listed.values()):
            return None
        try:
            return Criteria(
                name=words.get("name", self.get("title", "own criteria")),
                reference=words.get("reference", self.get("reference")) or "",
                **listed,
            )
        except InputError:
            code = next(
                one.code
                for one in listed["exclude"]
                if one.code in {other.code for other in listed["include"]}
            )
            problem = "includes and excludes by one name"
            self.told.tell(("exclude", code), problem, "give each criterion its own")
            return None

    def _rules(self) -> StudyRules:
        from iph.stats import quartiles

        rules = self.get("rules", {})
        given = {key: value for key, value in rules.items() if value is not FLAWED}
        base = StudyRules() if self.base is None else self.base.rules
        try:
            quartiles([1.0, 2.0, 3.0], method=given.get("quartiles", base.quartiles))
        except InputError as refused:
            problem = str(refused).replace("method must", "must")
            self.told.tell(("rules", "quartiles"), problem)
        return attrs.evolve(base, **given)

    def _add_group(self, given: dict[str, Any]) -> None:
        group = self.get("group")
        if group is not None:
            table = {"by": group} if isinstance(group, str) else group
            given["group"] = table["by"]
            given["group_reference"] = table.get("reference")
        primary = self.get("primary")
        if primary is not None:
            given["primary"] = PrimaryOutcome(**primary) if primary else None

    def _check_best(self, seen: Fields) -> None:
        """Tell where an outcome states another better end than its field has."""
        for name, value in self.get("outcomes", {}).items():
            best = value.get("better") if isinstance(value, dict) else None
            declared = seen.get(name)
            if declared is not None and best not in {None, declared.best}:
                problem = f"{name} is declared with {declared.best} as its better end"
                self.told.tell(("outcomes", name, "better"), problem, "say it once")

    def _made(self, given: dict[str, Any]) -> Protocol[Any] | None:
        """Make the protocol; tell what it refuses, unless that follows from errors."""
        table = self.get("table", {})
        added = tuple(table.get("add", ()))
        if "rows" in table:
            given["table"] = (*table["rows"], *added)
        try:
            made: Protocol[Any] = (
                Protocol(**given)
                if self.base is None
                else attrs.evolve(self.base, **given)
            )
            if "rows" in table or not added:
                return made
            return attrs.evolve(made, table=(*made.rows, *added))
        except ProtocolErrors as found:
            for error in found.errors:
                self._tell_again(error)
        return None

    def _tell_again(self, error: ProtocolError) -> None:
        """Tell what the protocol refuses, at the key that says it."""
        words = set(re.findall(r"[\w-]+", f"{error.key} {error.problem}"))
        flawed = self.told.flawed | self.failed | self.flawed_fields
        if any(is_near(word, flawed) for word in words) or error.key in self.told.heads:
            return
        first, _, rest = error.key.partition(".")
        paths: list[tuple[str, ...]] = [(first, rest), tuple(error.key.split("."))]
        if first in _ELSEWHERE:
            paths = [
                (*path, *([rest] if len(path) == 1 else []))
                for path in _ELSEWHERE[first]
            ]
        named = [(role, word) for word in (error.key, *words) for role in _NAMED]
        found = [path for path in paths if path in self.told.lines]
        at = max(named, key=lambda path: self.told.lines.get(path, 0))
        if not found and at in self.told.lines:
            found = [at]
        problem = f"{rest} {error.problem}" if first == "table" else error.problem
        self.told.tell((found or [(first,)])[0], problem, error.hint)
