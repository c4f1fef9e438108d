"""Visits that the names of columns or the words in a column seem to state."""

import re
from collections.abc import Iterable
from typing import Final

import attrs

_UNITS: Final = {
    **dict.fromkeys(("minutes", "minute", "mins", "min"), "minute"),
    **dict.fromkeys(("hours", "hour", "hrs", "hr", "h"), "hour"),
    **dict.fromkeys(("days", "day", "d"), "day"),
    **dict.fromkeys(("weeks", "week", "wks", "wk", "w"), "week"),
    **dict.fromkeys(("months", "month", "mths", "mth", "mos", "mo", "m"), "month"),
    **dict.fromkeys(("years", "year", "yrs", "yr", "y"), "year"),
}
_STARTS: Final = (
    *("baseline", "base", "before", "preop", "pre op", "preoperative", "pre"),
    *("admission", "start", "entry", "screening", "initial"),
)
_NO_DAY: Final = ("discharge", "end", "last visit", "final")
_UNIT: Final = "|".join(_UNITS)
_WORDS: Final = "|".join(word.replace(" ", "[ _-]?") for word in (*_STARTS, *_NO_DAY))
_VISIT: Final = (
    rf"(?:(?P<unit>{_UNIT})[ _.-]?(?P<number>[0-9]{{1,4}})|"
    rf"(?P<amount>[0-9]{{1,4}})[ _.-]?(?P<behind>{_UNIT})|(?P<word>{_WORDS}))"
)
_ALONE: Final = re.compile(_VISIT, re.IGNORECASE)
_BEHIND: Final = re.compile(rf"(?P<stem>.*?[^ _.-])[ _.-]+{_VISIT}", re.IGNORECASE)


@attrs.frozen(order=False)
class GuessedVisit:
    """A visit as a sheet names it.

    Attributes
    ----------
    code : str
        A name for it in a study file.
    time : str
        When it takes place, such as ``"6 weeks"``; ``"0"`` at baseline, empty if that
        cannot be told.
    words : str
        The words of the sheet.
    """

    code: str
    time: str
    words: str = attrs.field(eq=False)

    @property
    def is_short(self) -> bool:
        """Whether it lies minutes or hours from the start."""
        return self.time.endswith(("minute", "minutes", "hour", "hours"))


def visit_behind(name: str) -> tuple[str, GuessedVisit] | None:
    """Return the name of a field and the visit behind it; None if there is none."""
    found = _BEHIND.fullmatch(name.strip())
    if found is None:
        return None
    stem = found["stem"]
    return stem, _guessed(found, name.strip()[len(stem) :].strip(" _.-"))


def visits_listed(words: Iterable[str]) -> dict[str, GuessedVisit]:
    """Return the visit that each word of a column states, where all state one."""
    found: dict[str, GuessedVisit] = {}
    for word in words:
        match = _ALONE.fullmatch(word.strip())
        if match is None:
            return {}
        found[word] = _guessed(match, word.strip())
    return found


def _guessed(found: re.Match[str], words: str) -> GuessedVisit:
    if found["word"]:
        word = re.sub(r"[ _-]+", "_", found["word"].casefold())
        ends = word in {one.replace(" ", "_") for one in _NO_DAY}
        return GuessedVisit(word, "" if ends else "0", words)
    unit = _UNITS[(found["unit"] or found["behind"]).casefold()]
    number = int(found["number"] or found["amount"])
    plural = "" if number == 1 else "s"
    time = f"{number} {unit}{plural}" if number else "0"
    return GuessedVisit(f"{unit}_{number}", time, words)
