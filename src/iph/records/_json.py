"""Cohorts as JSON: nested as the objects are, read by the same rules as any table."""

import itertools
import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import attrs

from iph._carried import ranges_of
from iph._cohort import Cohort
from iph._event import Event
from iph._fields import LONGEST_IDENTIFIER, DeclaredField, Kind, sorted_values
from iph._opening import opened
from iph._subject import Subject, patient_fields, seen_fields
from iph.errors import FileError
from iph.protocol._protocol import Protocol
from iph.records._delimited import MOST_COLUMNS
from iph.records._event_fields import COLUMNS, NEEDED, event_fields
from iph.records._header import Asked
from iph.records._odd_cells import Unreadable
from iph.records._progress import Progress
from iph.records._rows import RowMaker, as_cell, written
from iph.records._study import of_study, the_study
from iph.records._table import Table
from iph.scales._reference_ranges import HIGHEST, UNITS

FORMAT: Final = "iph cohort 1"
_LARGEST: Final = 256 << 20
_DEEPEST: Final = 200
_STEPS: Final = {"[": 1, "{": 1, "]": -1, "}": -1}
_BUT_BRACKETS: Final = re.compile(r"[^][{}]+")
_TEXT: Final = re.compile(r'"(?:[^"\\]|\\.?)*(?:"|\Z)', re.DOTALL)
_SCALARS: Final = frozenset({str, int, float, bool})
_COURSE: Final = "follow_up"
_ID: Final = "patient_id"
_EVENTS: Final = "events"


def json_tables(path: Path, asked: Asked) -> list[Table]:
    """Open a JSON file as a table of patients and one of their assessments.

    The rows count patients, and assessments, from 1.

    Raises
    ------
    FileError
        If it is no JSON, or no cohort.
    """
    del asked  # a JSON file of iph has no other form
    document = _document(path)
    patients = document["patients"]
    flat = [_flat(one) for one in patients]
    if flat:
        flat[0] |= _about(document)
    visits = [
        {_ID: patient.get(_ID), **_object(seen)}
        for patient, courses in zip(flat, map(_course, patients), strict=True)
        for seen in courses
    ]
    first = _table(f"{path.name}[patients]", flat, the_study().patient_fields)
    of_visits = the_study().assessment_fields
    second = _table(f"{path.name}[assessments]", visits, of_visits)
    names = max(len(first.header), len(second.header))
    if names > MOST_COLUMNS:
        wide = f"its objects have {names} names, more than {MOST_COLUMNS}"
        raise FileError(str(path), wide)
    return [first, second]


def json_events(path: Path) -> Table | None:
    """Open the table of events of a JSON file; None if it has none.

    Raises
    ------
    FileError
        If it is no JSON, or no cohort.
    """
    given = _document(path).get(_EVENTS)
    if given is None:
        return None
    if not isinstance(given, list):
        raise FileError(str(path), "its events are no list")
    rows = [_object(one) for one in given]
    return _table(f"{path.name}[events]", rows, event_fields(the_study()))


def _document(path: Path) -> dict[str, Any]:
    """Open a JSON file of a cohort."""
    opened(path, largest=_LARGEST)
    try:
        document = _loaded(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as problem:
        raise FileError(str(path), f"is no JSON ({problem})") from problem
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        hint = f'it must be an object with "format": "{FORMAT}"'
        raise FileError(str(path), "is no cohort", hint)
    if not isinstance(document.get("patients"), list):
        raise FileError(str(path), "holds no list of patients")
    return document


def _loaded(text: str) -> Any:
    if _is_deep(text) and _is_deep(_TEXT.sub("", text)):  # no bracket of a text
        raise ValueError(f"lists and objects stand more than {_DEEPEST} deep")
    return json.loads(text, object_pairs_hook=_unique, parse_constant=_no_number)


def _is_deep(text: str) -> bool:
    """Whether brackets stand so deep that reading it could end Python in a browser."""
    steps = map(_STEPS.__getitem__, _BUT_BRACKETS.sub("", text))
    return max(itertools.accumulate(steps), default=0) > _DEEPEST


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no JSON number")


def _object(value: Any) -> dict[str, Any]:
    """Return an object; something else becomes a column of its own, to be refused."""
    if isinstance(value, dict):
        return value
    return {"(no object)": Unreadable(json.dumps(value))}


def _course(patient: Any) -> list[Any]:
    course = patient.get(_COURSE) if isinstance(patient, dict) else None
    seen = course.get("assessments", []) if isinstance(course, dict) else []
    return seen if isinstance(seen, list) else [seen]


def _flat(patient: Any) -> dict[str, Any]:
    """Return the cells of a patient, those of the parts beside the others."""
    found: dict[str, Any] = {}
    parts = {f.path[0] for f in the_study().patient_fields if len(f.path) > 1}
    for name, value in _object(patient).items():
        if name not in parts or value is None:
            found[name] = value
            continue
        for inner, one in _object(value).items():
            if (name, inner) == (_COURSE, "assessments"):
                continue
            ranges = inner == "reference_ranges"
            found[inner] = json.dumps(one) if ranges else one
    return found


def _about(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in document.items():
        if name in ("label", "notes"):
            found[f"cohort_{name}"] = json.dumps(value)
        elif name == "synthetic":
            words = {True: "yes", False: "no"}
            is_known = isinstance(value, bool)
            found[name] = words[value] if is_known else json.dumps(value)
        elif name == _EVENTS and the_study().events:
            continue  # a table of its own
        elif name not in ("format", "patients"):
            found[name] = value
    return found


def _table(
    name: str, rows: list[dict[str, Any]], fields: tuple[DeclaredField, ...]
) -> Table:
    header = dict.fromkeys([_ID, *[field.name for field in fields]])
    for row in rows:
        header |= dict.fromkeys(row)
    names = tuple(header)
    return Table(
        name=name,
        header=names,
        rows=_rows(names, rows),
        header_row=0,
        strict=True,
        literal=True,
        n_rows=len(rows),
    )


def _rows(
    names: tuple[str, ...], rows: list[dict[str, Any]]
) -> Iterator[tuple[int, list[Any]]]:
    for number, row in enumerate(rows, start=1):
        yield number, [_typed(row.get(name)) for name in names]


def _typed(value: Any) -> Any:
    if value is None or value.__class__ in _SCALARS:
        return value
    if isinstance(value, list):
        plain = all(isinstance(one, (str, int, float)) for one in value)
        return tuple(value) if plain else Unreadable(json.dumps(value))
    if isinstance(value, Mapping):
        return Unreadable(json.dumps(value))
    return value


def write_json(
    cohort: Cohort[Any], path: Path, *, raw: bool, progress: Progress | None
) -> None:
    """Write a cohort as JSON, one patient a line; what is not recorded is left out."""
    del raw  # nothing in JSON runs
    about: dict[str, Any] = {
        "format": FORMAT,
        "label": cohort.label,
        "synthetic": cohort.synthetic,
        "notes": list(cohort.notes),
    }
    if cohort.events is not None:
        about[_EVENTS] = [_event(one) for one in cohort.events]
    about["patients"] = []
    encode = json.JSONEncoder(ensure_ascii=False).encode
    nested = _Nested(cohort.patient_class)
    with path.open("w", encoding="utf-8") as file:
        file.write(encode(about).removesuffix("]}"))
        start = "\n"
        for patient in written(cohort, progress):
            file.write(start + encode(nested.of(patient)))
            start = ",\n"
        file.write("\n]}\n")


def _event(event: Event) -> dict[str, Any]:
    """Return one event; what is not recorded is left out."""
    values = {name: getattr(event, name) for name in COLUMNS}
    return {name: value for name, value in values.items() if value is not None}


def _as_json(field: DeclaredField) -> Callable[[Any], Any]:
    return sorted_values if field.declaration.kind is Kind.CHOICES else as_cell(field)


class _Nested:
    """Makes JSON of patients of one class; what is not recorded is left out."""

    def __init__(self, cls: type[Subject[Any]]) -> None:
        self._fields, self._of_visits = patient_fields(cls), seen_fields(cls)
        self._row = RowMaker(self._fields, _as_json)
        self._visit_row = RowMaker(self._of_visits, _as_json)

    def of(self, patient: Subject[Any]) -> dict[str, Any]:
        """Return one patient."""
        found: dict[str, Any] = {}
        for field, value in zip(self._fields, self._row.row(patient), strict=True):
            if value is not None:
                inside = found
                for part in field.path[:-1]:
                    inside = inside.setdefault(part, {})
                inside[field.name] = value
        ranges = [attrs.asdict(one) for one in ranges_of(patient)]
        if ranges:
            found.setdefault("laboratory", {})["reference_ranges"] = ranges
        seen = [self._seen(one) for one in patient.follow_up.assessments]
        if seen:
            found.setdefault(_COURSE, {})["assessments"] = seen
        return found

    def _seen(self, assessment: object) -> dict[str, Any]:
        values = self._visit_row.row(assessment)
        return {
            field.name: value
            for field, value in zip(self._of_visits, values, strict=True)
            if value is not None
        }


_LIMIT: Final = {
    "anyOf": [{"type": "number", "minimum": 0, "maximum": HIGHEST}, {"type": "null"}]
}
_RANGE: Final = {
    "type": "object",
    "additionalProperties": False,
    "required": ["test"],
    "properties": {
        "test": {"enum": list(UNITS)},
        "low": _LIMIT,
        "high": _LIMIT,
        "unit": {"enum": sorted(set(UNITS.values()))},
        "reference": {"type": "string"},
    },
}


def json_schema(*, protocol: Protocol[Any] | None = None) -> dict[str, Any]:
    """Return the JSON Schema of a cohort as `write` puts it into a ``.json`` file.

    How can another program check such a file, or make one?

    Parameters
    ----------
    protocol : Protocol, optional
        The study; that of Li et al. 2023 if not given.

    Returns
    -------
    dict
        A schema of draft 2020-12, made from the declarations of the fields: units,
        bounds and codes are those that `read` checks.

    Notes
    -----
    Rules between fields (visits in order, nothing after death) cannot be said in a
    schema; `check` finds them.

    Examples
    --------
    >>> from iph.records import json_schema
    >>> patient = json_schema()["properties"]["patients"]["items"]["properties"]
    >>> patient["age_years"]
    {'title': 'Age (years)', 'type': 'integer', 'minimum': 0, 'maximum': 120}
    """
    with of_study(protocol):
        study = the_study()
    patient = _schema_of(study.patient_fields)
    course = patient["properties"][_COURSE]["properties"]
    seen = _schema_of(study.assessment_fields)
    course["assessments"] = {"type": "array", "items": seen}
    laboratory = patient["properties"].get("laboratory")
    if laboratory is not None:
        laboratory["properties"]["reference_ranges"] = {
            "type": "array",
            "items": _RANGE,
        }
    patient["required"] = [_ID]
    events: dict[str, Any] = {}
    if study.events:
        event = _schema_of(event_fields(study)) | {"required": [*NEEDED]}
        events = {_EVENTS: {"type": "array", "items": event}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Cohort",
        "type": "object",
        "additionalProperties": False,
        "required": ["format", "patients"],
        "properties": {
            "format": {"const": FORMAT},
            "label": {"type": "string"},
            "synthetic": {"type": "boolean"},
            "notes": {"type": "array", "items": {"type": "string"}},
            **events,
            "patients": {"type": "array", "items": patient},
        },
    }


def _schema_of(fields: tuple[DeclaredField, ...]) -> dict[str, Any]:
    schema = _empty_schema()
    for field in fields:
        inside = schema
        for part in field.path[:-1]:
            inside = inside["properties"].setdefault(part, _empty_schema())
        inside["properties"][field.name] = _field_schema(field)
    return schema


def _empty_schema() -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": {}}


def _field_schema(field: DeclaredField) -> dict[str, Any]:
    declared = field.declaration
    unit = f" ({declared.unit})" if declared.unit else ""
    schema: dict[str, Any] = {"title": declared.label + unit}
    if declared.note:
        schema["description"] = declared.note
    codes = [option.value for option in declared.options or ()]
    if declared.kind is Kind.IDENTIFIER:
        length = {"minLength": 1, "maxLength": LONGEST_IDENTIFIER}
        return schema | {"type": "string", **length}
    if declared.kind is Kind.YES_NO:
        return schema | {"type": "boolean"}
    if declared.kind is Kind.CHOICES:
        return schema | {
            "type": "array",
            "items": {"enum": codes},
            "uniqueItems": True,
        }
    if codes:
        return schema | {"enum": codes}
    bounds = {"minimum": declared.low, "maximum": declared.high}
    number = {"type": "integer" if declared.whole else "number"} | bounds
    if declared.bounded:
        bound = {"type": "string", "pattern": r"^[<>]=?[0-9]+(\.[0-9]+)?$"}
        return schema | {"anyOf": [number, bound]}
    return schema | number
