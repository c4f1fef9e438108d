"""A study file as a form: drafted from a sheet, corrected by a person, written out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from iph.protocol import Protocol, ProtocolErrors
from iph.protocol._file_reading import protocol_of
from iph.protocol._toml_writing import toml_key, toml_value
from iph.records._guessed_fields import Guess
from iph.records._guessed_visits import GuessedVisit
from iph.records._suggested_protocol import guesses_of
from iph.records._table import Table

STUDY_FILE: Final = "study.toml"

_LISTED: Final = ("codes", "grades", "choices")
_ORDERED: Final = "if the order matters"


def draft_said(
    tables: Iterable[Table], title: str, missing: frozenset[str]
) -> dict[str, Any]:
    """Return what the columns of a sheet seem to be, for a person to correct."""
    visits, guesses = guesses_of(tables, missing)
    is_short = any(visit.is_short for visit in visits)
    form = {
        "title": title,
        "condition": "",
        "day_zero": "",
        "time_unit": "minutes" if is_short else "days",
        "group": _group(guesses),
        "visits": _visits(visits),
        "fields": [_field(guess) for guess in guesses],
    }
    return {**form, "text": study_text(form)}


def _group(guesses: Iterable[Guess]) -> str:
    """Return the field that parts the groups, if a sheet calls one so."""
    arms = {"arm", "group", "treatment", "treatment_arm", "treatment_group"}
    for guess in guesses:
        if not guess.at_visit and guess.name in arms and "codes" in _declared(guess):
            return guess.name
    return ""


def _declared(guess: Guess) -> Mapping[str, Any]:
    return {} if guess.declared is None else guess.declared


def _visits(visits: Iterable[GuessedVisit]) -> list[dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    has_start = False
    for visit in visits:
        if visit.code in found or (visit.time == "0" and has_start):
            continue  # a second word for one visit
        has_start |= visit.time == "0"
        words = "" if visit.words == visit.code else visit.words
        time = visit.time or "none"
        found[visit.code] = {"code": visit.code, "time": time, "label": words}
    if not has_start and "baseline" not in found:
        start = {"code": "baseline", "time": "0", "label": ""}
        return [start, *found.values()]
    return list(found.values())


def _field(guess: Guess) -> dict[str, Any]:
    declared = _declared(guess)
    listed = [word for kind in _LISTED for word in declared.get(kind, ())]
    remark = guess.remark
    return {
        "name": guess.name,
        "label": declared.get("label", ""),
        "at_visit": guess.at_visit,
        "kind": _kind(guess),
        "is_known": guess.declared == {},
        "unit": declared.get("unit", ""),
        "low": str(declared.get("low", "")),
        "high": str(declared.get("high", "")),
        "step": str(declared.get("step", "")),
        "missing": "; ".join(map(str, declared.get("missing", ()))),
        "words": "; ".join(listed),
        "better": "",
        "remark": "" if remark.startswith(_ORDERED) else remark,
    }


def _kind(guess: Guess) -> str:
    if guess.declared is None:
        return "leave"
    if not guess.declared:
        return "known"
    found = [kind for kind in ("yes_no", *_LISTED) if kind in guess.declared]
    return found[0] if found else "number"


def study_text(form: Mapping[str, Any]) -> str:
    """Return the study file that a form describes."""
    return "\n".join(_lines(form)) + "\n"


def _lines(form: Mapping[str, Any]) -> Iterator[str]:
    fields = [field for field in _each(form, "fields") if _of(field, "kind") != "leave"]
    yield "format = 1"
    for key in ("title", "condition", "day_zero", "time_unit", "group"):
        if _of(form, key):
            yield f"{key} = {toml_value(_of(form, key))}"
    outcome, visit = _of(form, "primary_outcome"), _of(form, "primary_visit")
    if outcome and visit:
        yield f"primary = {toml_value({'outcome': outcome, 'visit': visit})}"
    yield "\n[visits]"
    for one in _each(form, "visits"):
        day: Any = _amount(_of(one, "time") or "none")
        words = _of(one, "label")
        declared = {"day": day, "label": words} if words else day
        if declared == "none":
            declared = {"day": "none"}
        yield f"{toml_key(_of(one, 'code'))} = {toml_value(declared)}"
    for role, at_visit in (("patient", False), ("at_visit", True)):
        yield f"\n[{role}]"
        for field in fields:
            if bool(field.get("at_visit")) is at_visit:
                yield f"{toml_key(_of(field, 'name'))} = {toml_value(_said(field))}"
    followed = [field for field in fields if field.get("at_visit")]
    if any(_of(field, "better") for field in followed):
        yield "\n[outcomes]"
    for field in followed:
        if _of(field, "better"):
            declared = {"better": _of(field, "better")}
            yield f"{toml_key(_of(field, 'name'))} = {toml_value(declared)}"


def _said(field: Mapping[str, Any]) -> dict[str, Any]:
    """Return the declaration of a field."""
    kind = _of(field, "kind")
    declared: dict[str, Any] = {}
    if _of(field, "label"):
        declared["label"] = _of(field, "label")
    if kind == "number":
        for key in ("unit", "low", "high", "step"):
            if _of(field, key):
                text = _of(field, key)
                declared[key] = text if key in {"unit", "step"} else _amount(text)
        missing = [_amount(code) for code in _words(field, "missing")]
        if missing:
            declared["missing"] = missing
    elif kind == "yes_no":
        declared["yes_no"] = True
    elif kind in _LISTED:
        declared[kind] = _words(field, "words")
    return declared


def _each(form: Mapping[str, Any], key: str) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = form.get(key) or ()
    return found


def _of(said: Mapping[str, Any], key: str) -> str:
    return str(said.get(key) or "").strip()


def _words(field: Mapping[str, Any], key: str) -> list[str]:
    return [word.strip() for word in _of(field, key).split(";") if word.strip()]


def _amount(text: str) -> int | float | str:
    """Return a number as one; what is none is refused where the file is read."""
    for kind in (int, float):
        try:
            return kind(text.replace(",", "."))
        except ValueError:
            continue
    return text


def checked_study(text: str) -> "tuple[Protocol[Any] | None, list[dict[str, str]]]":
    """Return the study of a text, or everything that is wrong with the text."""
    try:
        return protocol_of(text, STUDY_FILE), []
    except ProtocolErrors as found:
        wrong = [
            {
                "key": error.key,
                "said": f"{error.problem}; {error.hint}"
                if error.hint
                else error.problem,
                "line": "" if error.line is None else str(error.line),
            }
            for error in found.errors
        ]
        return None, wrong
