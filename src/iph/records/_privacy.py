"""Column names that look as if they named a person; such columns are never loaded."""

import functools
import re
from collections import Counter
from collections.abc import Iterable
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


_PERSONS: Final[tuple[tuple[str, str], ...]] = (
    ("dates", r".*\b[0-9]{1,2}[./-][0-9]{1,2}[./-]([0-9]{4}|[0-9]{2})\b.*"),
    ("dates", r".*\b(19|20)[0-9]{2}[./-][0-9]{1,2}[./-][0-9]{1,2}\b.*"),
    ("numbers of a register", r"[0-9]{9,}[0-9Xx]?"),
    ("names", r"[^\W\d_]{2,}, ?[^\W\d_]{2,}.*"),
    ("names", r"[A-ZÀ-Þ][a-zß-ÿ]+ [A-ZÀ-Þ][a-zß-ÿ]+.*"),
    ("names", r"[\u4e00-\u9fff]{2,4}"),
)


_NUMBERED: Final = re.compile(
    r"(patient|case|fall|cas|caso|病例|患者)\s*[0-9]+", re.IGNORECASE
)


def persons(pseudonyms: Iterable[str]) -> list[str]:
    """Say how many pseudonyms look as if they named a person; none is repeated."""
    found: Counter[str] = Counter()
    for name in pseudonyms:
        what = next((w for w, sign in _PERSONS if re.fullmatch(sign, name)), None)
        if what is not None and not _NUMBERED.fullmatch(name):
            found[what] += 1
    return [
        f"{number} of the pseudonyms look like {what}: a file for research should hold "
        "numbers of the study only"
        for what, number in found.items()
    ]
