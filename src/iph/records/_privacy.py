"""Column names that look as if they named a person; such columns are never loaded."""

import functools
import re
from typing import Final

from iph.records._words import words

_SIGNS: Final[tuple[tuple[str, str], ...]] = (
    (
        "a name",
        r"((first|last|family|given|sur|maiden|full|patient|pat)_?)?names?",
    ),
    ("a name", r"(vor|nach)name|initials|prenom|nom|nombre|apellidos?"),
    ("a date of birth", r"(date_?of_?)?birth(_?(date|day))?|dob|geburts(datum|tag)"),
    ("a date", r".*(^|_)(date|datum|fecha)(_.*)?|.*_(dt|date)|dates?"),
    (
        "a way to reach the patient",
        r"((tele?|mobile|cell|home)_?)?(phone|fon|tel|mobile)(_?(number|no))?",
    ),
    ("a way to reach the patient", r"e?_?mail(_address)?|fax"),
    (
        "a place of living",
        r"((home|street)_)?address|street|zip(_?code)?|post_?code|city",
    ),
    ("a number of a record or person", r"mrn|ssn|nhs(_?(number|no))?|dni|cpr|bsn|ahv"),
    (
        "a number of a record or person",
        (
            r"((medical|hospital|patient|chart|case|health)_?)?"
            r"(record|file|chart|hospital|insurance|passport|national)_?"
            r"(number|no|nr|num|id)|(fall|patienten)nummer"
        ),
    ),
)


@functools.cache
def _persons() -> dict[str, frozenset[str]]:
    """Return the names of such columns in other languages."""
    listed: dict[str, list[str]] = words()["persons"]
    return {
        what: frozenset(re.sub(r"[^\w]+", "_", name).strip("_") for name in names)
        for what, names in listed.items()
    }


def looks_like(name: str) -> str:
    """Say what a column name (in its normal form) looks like; empty if nothing."""
    bare = re.sub(r"[^\w]+", "_", name).strip("_")
    for what, names in _persons().items():
        if bare in names:
            return what
    for what, pattern in _SIGNS:
        if re.fullmatch(pattern, bare):
            return what
    return ""
