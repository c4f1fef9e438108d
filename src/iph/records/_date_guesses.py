"""Which columns of dates may be counted from which, as a guess for a person."""

import functools
import re
from typing import Final

from iph.records._dates import is_date
from iph.records._mapping import GUESS, IGNORED
from iph.records._matching import Matched
from iph.records._privacy import looks_like
from iph.records._targets import known_names, normal
from iph.records._words import words

_ORDER: Final = ("treatment", "admission")
_SAYS: Final = "dates become days and are not kept; a guess: remove the mark"
_BIRTH: Final = "a date of birth"


@functools.cache
def _roles() -> dict[str, tuple[str, ...]]:
    return {role: tuple(listed) for role, listed in words()["dates"].items()}


def _role(header: str) -> str:
    """Return what happened on a date; empty if its name does not say."""
    name = re.sub(r"[\W_]+", " ", header.casefold())
    for role, listed in _roles().items():
        for word in listed:
            found = (
                word in name if not word.isascii() else re.search(rf"\b{word}", name)
            )
            if found:
                return role
    return ""


def date_guesses(table: Matched) -> dict[str, tuple[str, str]]:
    """Return for each column of dates what it may become, and a comment."""
    roles: dict[str, str] = {}
    for place, header in table.set_aside:
        texts = table.samples.get(place, [])
        personal = looks_like(normal(header))
        if personal == _BIRTH or header in table.told:
            continue
        if texts and all(is_date(text) for text in texts):
            roles[header] = _role(header)
    firsts = {role: header for header, role in reversed(roles.items())}
    zero = next((firsts[role] for role in _ORDER if role in firsts), "")
    found: dict[str, tuple[str, str]] = {}
    for header, role in roles.items():
        meant = ""
        is_known = "symptom_days" in known_names()
        if role == "admission" and "onset" in firsts and is_known:
            meant = f"symptom_days since {firsts['onset']}"
        elif role in ("death", "visit") and zero and header != zero:
            field = "died_day" if role == "death" else "day"
            meant = f"{field} since {zero}"
        elif header in (zero, firsts.get("onset")):
            found[header] = (IGNORED, "dates; others may be counted from it")
            continue
        said = "dates: write for example day since, and the column of the first day"
        found[header] = (f"{GUESS} {meant}", _SAYS) if meant else (IGNORED, said)
    return found
