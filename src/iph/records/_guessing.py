"""What the name of a column may mean, which is a guess until a person confirms it."""

import difflib
import math
import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from iph.records._targets import (
    Target,
    guessed_target,
    guesses,
    known_names,
    normal,
    wide_name,
)
from iph.records._times import DAYS_IN, close_visit, split_time, visit_at

_FILLERS: Final = re.compile(
    r"\b(at|after|post|post op|postop|follow up|fu|bei|nach|vor|à|a|al|alla|dopo|après|"
    r"después|depois|後|后|sonra)\b|[后後]$"
)


def guess_of(header: str) -> str:
    """Return the field that a column may hold; empty if nothing is close."""
    name = normal(re.sub(r"[^\w]+", " ", header))
    target = guessed_target(header)
    if target is not None:
        return named(target)
    at_a_time = _at_a_time(header)
    if at_a_time:
        return at_a_time
    close = difflib.get_close_matches(name[:80], list(known_names()), n=1, cutoff=0.7)
    return close[0] if close else ""


def close_name(header: str) -> str:
    """Return the field that a name all but spells; empty if none."""
    found = split_time(header)
    stem = normal(re.sub(r"[^\w]+", " ", found[0])) if found is not None else ""
    if stem in known_names():
        at_a_time = _at_a_time(header)
        if at_a_time:
            return at_a_time
    name = normal(header)[:80]
    close = difflib.get_close_matches(name, list(known_names()), n=1, cutoff=0.85)
    return close[0] if close else ""


def named(target: Target) -> str:
    """Return the name of a column for a target."""
    if target.visit is None:
        return target.field.name
    return wide_name(target.field, target.visit)


def stem_of(text: str) -> Target | None:
    """Return the field of an assessment that a name without its time may mean."""
    plain = _FILLERS.sub(" ", re.sub(r"[^\w]+", " ", text)).strip()
    name = normal(plain)
    target = known_names().get(name) or guesses().get(name)
    if target is None or not target.of_assessment or target.visit is not None:
        return None
    return None if target.field.name in ("visit", "day") else target


def _at_a_time(header: str) -> str:
    """Return the field and visit of a name such as ``VAS wk 1`` or ``mrc_6_mo``."""
    found = split_time(header)
    if found is None:
        return ""
    stem, unit, number = found
    target = stem_of(stem)
    if target is None:
        return ""
    days = DAYS_IN[unit] * number
    visit = visit_at(unit, number) or close_visit(days)
    if visit is not None:
        return wide_name(target.field, visit)
    return f"{target.field.name}_day_{math.floor(days + Fraction(1, 2))}"


_LONGEST: Final = 80
"""Longer names are sentences, which have no stem."""

_DIGITS: Final = re.compile(r"[0-9]{1,4}")


def patterns(headers: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    """Return stems that several columns share, with ``{n}`` in place of a number.

    Each has the columns and their numbers.
    """
    found: dict[str, list[tuple[str, str]]] = {}
    for header in headers:
        if len(header) > _LONGEST:
            continue
        for digits in _DIGITS.finditer(header):
            stem = header[: digits.start()] + "{n}" + header[digits.end() :]
            found.setdefault(stem, []).append((header, digits.group()))
    return {stem: named for stem, named in found.items() if len(named) > 1}
