"""Times of a study: whole numbers of one unit, also written as "6 weeks"."""

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Final

import attrs

_TIME: Final = re.compile(r"\s*(-?[0-9]{1,9}(?:\.[0-9]{1,9})?)\s*([a-z]+?)s?\s*")
_ROUNDED: Final = frozenset({"month", "year"})


@attrs.frozen
class TimeUnit:
    """The unit in which a study counts time.

    Attributes
    ----------
    name, ucum : str
        The unit in the plural, and its UCUM code.
    a_day : int
        How many make a day.
    lengths : mapping of str to Fraction
        How many of it other units hold, by their names in the singular.
    """

    name: str
    ucum: str
    a_day: int
    lengths: Mapping[str, Fraction]


def _unit(name: str, ucum: str, a_day: int, smaller: Mapping[str, int]) -> TimeUnit:
    """Return a unit; a month is 30.4 days and a year 365, as in `iph.Visit`."""
    days = {"day": 1, "week": 7, "month": "30.4", "year": 365}
    lengths = {word: Fraction(str(length)) * a_day for word, length in days.items()}
    lengths |= {word: Fraction(length) for word, length in smaller.items()}
    return TimeUnit(name, ucum, a_day, lengths)


TIME_UNITS: Final[Mapping[str, TimeUnit]] = {
    "days": _unit("days", "d", 1, {}),
    "hours": _unit("hours", "h", 24, {"hour": 1}),
    "minutes": _unit("minutes", "min", 1440, {"minute": 1, "hour": 60}),
}


def whole_time(value: int | str, unit: TimeUnit) -> int | str:
    """Return a time in whole units, or a text that says what it must be instead.

    Months and years are rounded, since they are no whole number of days; of other units
    only a whole number is taken.
    """
    if isinstance(value, int):
        return value
    found = _TIME.fullmatch(value)
    known = ", ".join(f"{word}s" for word in unit.lengths)
    if found is None:
        return f'must be a whole number or a time such as "6 weeks", got {value!r}'
    word = found[2]
    if word not in unit.lengths:
        return f"must be given in {known}, got {value!r}"
    length = Fraction(found[1]) * unit.lengths[word]
    if length.denominator != 1 and word not in _ROUNDED:
        return f"must be a whole number of {unit.name}, got {value!r}"
    return round(length)
