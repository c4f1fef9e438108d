"""The fields of a study file: one declaration each, from built-in ones or new."""

import keyword
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import attrs

from iph._carried import CARRIED
from iph._fields import (
    CHOICE_SEPARATOR,
    NO_CHOICE,
    Declaration,
    Kind,
    OtherUnit,
)
from iph._follow_up import ASSESSMENT_FIELDS
from iph._model import PATIENT_FIELDS
from iph.protocol._made_classes import made_options
from iph.protocol._problems import nearest
from iph.protocol._rule_reading import KEYWORDS
from iph.protocol._shape import (
    AMOUNT,
    FLAWED,
    NUMBER,
    TEXT,
    TRUE,
    WHOLE,
    YES_NO,
    Each,
    Either,
    Flawed,
    Path,
    Table,
    Tell,
    among,
    several,
    some,
)
from iph.protocol._times import TimeUnit

Declared = dict[str, Declaration | Flawed]

BUILT_IN: Final[Mapping[str, Mapping[str, Declaration]]] = {
    "patient": {field.name: field.declaration for field in PATIENT_FIELDS},
    "at_visit": {field.name: field.declaration for field in ASSESSMENT_FIELDS},
}
RESERVED: Final = frozenset(
    {
        *("patient_id", "visit", "day", "follow_up", "assessments", "time_day"),
        *("lost_to_follow_up", "died", "died_day", "assessment", "event"),
    }
)
"""Names that every study has for the same thing."""

_ALWAYS: Final = ("label", "note")
_OF_NUMBERS: Final = ("low", "high", "step", "unit", "ucum", "loinc", "other_units")
_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "low and high": (*_OF_NUMBERS, "missing", "closed", "bounded", "better"),
    "codes": ("codes",),
    "choices": ("choices",),
    "grades": ("grades", "from", "better"),
    "yes_no": ("yes_no",),
    "days": ("days", "low", "high"),
}
FIELD: Final = Either(
    TRUE,
    Table(
        {
            **dict.fromkeys(("label", "note", "unit", "ucum", "loinc"), TEXT),
            **dict.fromkeys(("low", "high"), NUMBER),
            **dict.fromkeys(("closed", "bounded"), YES_NO),
            **dict.fromkeys(("yes_no", "days"), TRUE),
            "step": AMOUNT,
            "other_units": Each(AMOUNT),
            "missing": several(some(NUMBER, TEXT)),
            "better": among("low", "high"),
            "codes": Either(several(TEXT), Each(TEXT)),
            "choices": Either(several(TEXT), Each(TEXT)),
            "grades": several(TEXT, least=2),
            "from": WHOLE,
        }
    ),
)
FIELDS: Final = Each(FIELD, removable=True)


def declared_fields_of(
    given: Mapping[str, Any], role: str, unit: TimeUnit, tell: Tell
) -> Declared:
    """Return the declaration of each field of ``[patient]`` or ``[at_visit]``.

    A field that has an error stays in the answer as `FLAWED`.
    """
    found: Declared = {}
    for name, value in given.items():
        path: Path = (role, name)
        found[name] = FLAWED
        if value is False:
            tell(path, "a field cannot be taken away", "leave its column empty")
        elif _is_name(name, path, tell) and value is not FLAWED:
            table = {} if value is True else value
            found[name] = _declared(name, table, path, unit, tell) or FLAWED
    return found


def _is_name(name: str, path: Path, tell: Tell) -> bool:
    wrong = keyword.iskeyword(name) or name in KEYWORDS or name.startswith("_")
    if wrong or not (name.isidentifier() and name.isascii() and name == name.lower()):
        tell(
            path,
            f"{name!r} cannot be the name of a field",
            "use small letters a to z, digits and _, beginning with a letter",
        )
        return False
    if name in RESERVED:
        tell(path, f"{name} is a field of every study", "choose another name")
        return False
    if name in CARRIED:
        told = f"{name} is what a table says of its cohort"
        tell(path, told, "choose another name")
        return False
    return True


def _declared(
    name: str, table: Mapping[str, Any], path: Path, unit: TimeUnit, tell: Tell
) -> Declaration | None:
    holds = [key for key in _KEYS if key in table]
    if {"low", "high"} & table.keys() and "days" not in table:
        holds.append("low and high")
    if not holds:
        return _built_in(name, table, path, tell)
    if len(holds) > 1:
        problem = f"holds one kind of value, not {' and '.join(holds)}"
        tell(path, problem, "keep one of them")
        return None
    (kind,) = holds
    sound = True
    for key in table:
        if key not in (*_KEYS[kind], *_ALWAYS):
            tell((*path, key), f"does not belong to a field with {kind}", "remove it")
            sound = False
    common = {
        "label": table.get("label", name.replace("_", " ").capitalize()),
        "note": table.get("note", ""),
    }
    made = _MAKE[kind](name, table, common, path, unit, tell)
    return made if sound else None


def _built_in(
    name: str, table: Mapping[str, Any], path: Path, tell: Tell
) -> Declaration | None:
    known = BUILT_IN[str(path[0])]
    if name not in known:
        guess = nearest(name, known)
        own = "say what it holds: low and high, codes, choices, grades, yes_no or days"
        hint = f"{guess} Or {own}" if guess.startswith("did") else own
        tell(path, f"{name} is no field that iph knows", hint)
        return None
    for key in table:
        if key not in _ALWAYS:
            tell((*path, key), f"cannot change the built-in field {name}", "remove it")
            return None
    return attrs.evolve(known[name], **table)


def _quantity(
    _name: str, table: Any, common: Any, path: Path, _unit: TimeUnit, tell: Tell
) -> Declaration | None:
    for key in ("low", "high"):
        if key not in table:
            hint = "both bounds are needed: they catch slips of unit and of typing"
            tell(path, f"{key} is missing", hint)
            return None
    low, high = table["low"], table["high"]
    step = Fraction(str(table.get("step", 1)))
    wrong = _wrong_bounds(low, high, step)
    if wrong:
        tell((*path, wrong[0]), *wrong[1:])
        return None
    missing = tuple(str(code) for code in table.get("missing", ()))
    for code in table.get("missing", ()):
        if not isinstance(code, str) and low <= code <= high:
            problem = f"{code} lies between low and high, so that it is a value"
            tell((*path, "missing"), problem, "narrow the bounds, or leave it out")
            return None
    return Declaration(
        kind=Kind.QUANTITY,
        low=_plain(low),
        high=_plain(high),
        step=step,
        unit=table.get("unit"),
        ucum=table.get("ucum"),
        loinc=table.get("loinc"),
        best=table.get("better"),
        closed=table.get("closed", False),
        bounded=table.get("bounded", False),
        missing=missing,
        other_units=tuple(
            OtherUnit(other, Fraction(str(factor)))
            for other, factor in table.get("other_units", {}).items()
        ),
        **common,
    )


def _wrong_bounds(low: Any, high: Any, step: Fraction) -> tuple[str, str, str] | None:
    if not low < high:
        return "high", f"must lie above low ({low}), got {high}", ""
    if step > Fraction(high) - Fraction(low):
        return "step", f"is larger than the way from {low} to {high}", ""
    for key, bound in (("low", low), ("high", high)):
        if step == 1 and bound % 1:
            problem = f"is {bound}, but whole numbers are recorded"
            return key, problem, 'add step = "0.1" if they are not'
    return None


def _plain(number: int | Decimal) -> float:
    return number if isinstance(number, int) else float(number)


def _choice(
    name: str, table: Any, common: Any, path: Path, _unit: TimeUnit, tell: Tell
) -> Declaration | None:
    key = "codes" if "codes" in table else "choices"
    given = table[key]
    members = (
        tuple((c, "" if w == c.replace("_", " ") else w) for c, w in given.items())
        if isinstance(given, dict)
        else tuple((code, "") for code in given)
    )
    codes = [code for code, _ in members]
    wrong = _wrong_codes(codes, several_of_them=key == "choices")
    if wrong:
        tell((*path, key), *wrong)
        return None
    return Declaration(
        kind=Kind.CHOICE if key == "codes" else Kind.CHOICES,
        options=made_options("choice", name, members),
        **common,
    )


def _wrong_codes(codes: list[str], *, several_of_them: bool) -> tuple[str, str] | None:
    read: dict[str, str] = {}
    for code in codes:
        normal = " ".join(code.replace("_", " ").split()).casefold()
        if not normal or code != code.strip() or not code.isprintable():
            return f"{code!r} is no code", "a code is a word or a few"
        if normal in read:
            problem = f"{read[normal]!r} and {code!r} are read as the same"
            return problem, "two codes need two words"
        read[normal] = code
    if several_of_them and NO_CHOICE in codes:
        problem = f"{NO_CHOICE!r} is what a table holds where no choice applies"
        return problem, "leave it out: an empty set says so"
    if several_of_them and any(CHOICE_SEPARATOR in code for code in codes):
        return f"{CHOICE_SEPARATOR} stands between the codes of a set", "leave it out"
    if not set(codes) - {"unknown"}:
        return "at least one code beside unknown is needed", ""
    return None


def _grade(
    name: str, table: Any, common: Any, path: Path, _unit: TimeUnit, tell: Tell
) -> Declaration | None:
    words = table["grades"]
    wrong = _wrong_codes(words, several_of_them=False)
    if wrong:
        tell((*path, "grades"), *wrong)
        return None
    first = table.get("from", 0)
    members = tuple(
        (first + place, str(first + place), word, word)
        for place, word in enumerate(words)
    )
    return Declaration(
        kind=Kind.GRADE,
        options=made_options("grade", name, members),
        best=table.get("better"),
        **common,
    )


def _yes_no(
    _name: str, _table: Any, common: Any, _path: Path, _unit: TimeUnit, _tell: Tell
) -> Declaration:
    return Declaration(kind=Kind.YES_NO, **common)


def _time(
    _name: str, table: Any, common: Any, path: Path, unit: TimeUnit, tell: Tell
) -> Declaration | None:
    low = table.get("low", 0)
    high = table.get("high", 36_525 * unit.a_day)
    for key, bound in (("low", low), ("high", high)):
        if not isinstance(bound, int):
            tell((*path, key), f"must be a whole number, got {bound}", "")
            return None
    if not low < high:
        tell((*path, "high"), f"must lie above low ({low}), got {high}", "")
        return None
    return time_declaration(unit, low=low, high=high, **common)


def time_declaration(
    unit: TimeUnit, *, low: int, high: int, **more: Any
) -> Declaration:
    """Return the declaration of a time in the unit of the study."""
    return Declaration(
        kind=Kind.DAYS,
        low=low,
        high=high,
        step=Fraction(1),
        unit=unit.name,
        ucum=unit.ucum,
        **more,
    )


_MAKE: Final[Mapping[str, Callable[..., Declaration | None]]] = {
    "low and high": _quantity,
    "codes": _choice,
    "choices": _choice,
    "grades": _grade,
    "yes_no": _yes_no,
    "days": _time,
}
