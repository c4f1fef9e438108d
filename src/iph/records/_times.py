"""When something was seen, in words: ``wk 1``, ``6 Monate``, ``12mo``, ``MONTH 3``."""

import functools
import math
import re
import tomllib
import unicodedata
from fractions import Fraction
from importlib import resources
from typing import Any, Final

from iph._categories import ScheduledVisit, Visit
from iph.records._study import the_study

DAYS_IN: Final = {
    "day": Fraction(1),
    "week": Fraction(7),
    "month": Fraction(487, 16),
    "year": Fraction(1461, 4),
}
"""Days in each unit; a month is a twelfth of 365.25 days."""

_SAME: Final = {
    ("week", 1): Visit.WEEK_1,
    ("day", 7): Visit.WEEK_1,
    ("month", 1): Visit.MONTH_1,
    ("day", 30): Visit.MONTH_1,
    ("month", 3): Visit.MONTH_3,
    ("month", 6): Visit.MONTH_6,
    ("month", 12): Visit.YEAR_1,
    ("year", 1): Visit.YEAR_1,
}
"""Times that are the same as a visit; what is only close to one is a guess."""

_OF_LI: Final = frozenset(Visit)  # their times are those above
_CLOSE: Final = Fraction(1, 10)
_HALF: Final = Fraction(1, 2)


@functools.cache
def time_words() -> dict[str, Any]:
    """Return the words for units of time and for months, in several languages."""
    text = resources.files("iph.records").joinpath("times.toml").read_text("utf-8")
    return tomllib.loads(text)


@functools.cache
def _units() -> dict[str, str]:
    listed = time_words()
    return {
        word: unit
        for unit in DAYS_IN
        for word in (*listed["units"][unit], *listed["also"][unit])
    }


@functools.cache
def _pattern() -> re.Pattern[str]:
    words = "|".join(sorted(map(re.escape, _units()), key=len, reverse=True))
    unit = rf"(?P<{{0}}>{words})"
    before = unit.format("u") + r"[\s.]*(?P<m>[0-9]{1,4})"
    after = r"(?P<n>[0-9]{1,4})[\s.]*" + unit.format("v")
    first = rf"(?<![^\W\d_]){before}(?![0-9])"
    last = rf"(?<![0-9])(?<![0-9][.,]){after}"
    return re.compile(rf"(?:{first}|{last})(?!\w)")


def _plain(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\s_\-]+", " ", plain).strip()


def split_time(text: str) -> tuple[str, str, int] | None:
    """Return a text without the time in it, the unit and the number; None if none."""
    plain = _plain(text[:200])
    found = _pattern().search(plain)
    if found is None:
        return None
    unit = _units()[found["u"] or found["v"]]
    rest = plain[: found.start()] + " " + plain[found.end() :]
    return rest.strip(" .:-"), unit, int(found["m"] or found["n"])


def visit_at(unit: str, number: int) -> ScheduledVisit | None:
    """Return the visit that is just then; None if none is."""
    study = the_study()
    if number == 0:
        return study.baseline
    same, day = _SAME.get((unit, number)), DAYS_IN[unit] * number
    for visit in study.visits:
        if visit == same:
            return visit
        if visit not in _OF_LI and visit.nominal_day == math.floor(day + _HALF):
            return visit
    return None


def close_visit(days: Fraction) -> ScheduledVisit | None:
    """Return the visit within a tenth of its day; None if none is."""
    for visit in the_study().visits:
        nominal = visit.nominal_day
        if nominal is not None and abs(days - nominal) <= _CLOSE * nominal:
            return visit
    return None


def visit_of(text: str) -> ScheduledVisit | None:
    """Return the visit that a text says, in whatever words; None if it says none."""
    found = split_time(text)
    if found is None or found[0]:
        return None
    return visit_at(found[1], found[2])


def guessed_visit(text: str) -> ScheduledVisit | None:
    """Return the visit that a text may mean."""
    found = split_time(text)
    if found is None:
        return None
    return visit_at(found[1], found[2]) or close_visit(DAYS_IN[found[1]] * found[2])
