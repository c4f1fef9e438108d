"""Visits that the names of columns or the words in a column seem to state."""

import functools
import re
from collections.abc import Iterable

import attrs

from iph.records._targets import FIRST_IDEOGRAPH, LONGEST_NAME
from iph.records._times import time_words
from iph.records._words import words as sheet_words


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
    if len(name) > LONGEST_NAME:
        return None
    found = _behind().fullmatch(name.strip())
    if found is None:
        return None
    stem = found["stem"]
    return stem, _guessed(found, name.strip()[len(stem) :].strip(" _.-"))


def visits_listed(words: Iterable[str]) -> dict[str, GuessedVisit]:
    """Return the visit that each word of a column states, where all state one."""
    found: dict[str, GuessedVisit] = {}
    for word in words:
        match = _alone().fullmatch(word.strip()[:LONGEST_NAME])
        if match is None:
            return {}
        found[word] = _guessed(match, word.strip())
    return found


@functools.cache
def _units() -> dict[str, str]:
    listed = time_words()
    found = {word: unit for unit, words in listed["short"].items() for word in words}
    for unit, words in listed["units"].items():
        found |= dict.fromkeys((*words, *listed["also"][unit]), unit)
    return found


@functools.cache
def _events() -> dict[str, str]:
    """Return the words of visits that have no span of time in their name."""
    listed = sheet_words()["visits"]
    names = ("baseline", "discharge", "last_visit")
    return {_spaced(word): name for name in names for word in listed[name]}


def _spaced(words: str) -> str:
    return re.sub(r"[ _.-]+", " ", words.casefold()).strip()


def _any_of(words: Iterable[str]) -> str:
    """Return a pattern for any of the words, the longest first."""
    longest = sorted(set(words), key=lambda word: (-len(word), word))
    return "|".join(re.escape(word).replace(r"\ ", "[ _.-]?") for word in longest)


@functools.cache
def _visit() -> str:
    unit, around = _any_of(_units()), _any_of(sheet_words()["visits"]["around"])
    span = (
        rf"(?:(?P<unit>{unit})[ _.-]?(?P<number>[0-9]{{1,4}})|"
        rf"(?P<amount>[0-9]{{1,4}})[ _.-]?(?P<behind>{unit}))"
    )
    said = rf"(?:(?:{around})[ _.-]*)?{span}(?:[ _.-]*(?:{around}))?"
    return rf"(?:{said}|(?P<word>{_any_of(_events())}))"


@functools.cache
def _alone() -> re.Pattern[str]:
    return re.compile(_visit(), re.IGNORECASE)


@functools.cache
def _behind() -> re.Pattern[str]:
    # A word of Chinese or Japanese stands behind the name without a space.
    apart = rf"(?:[ _.-]+|(?=[{chr(FIRST_IDEOGRAPH)}-\U0003ffff]))"
    return re.compile(rf"(?P<stem>.*?[^ _.-]){apart}{_visit()}", re.IGNORECASE)


def _guessed(found: re.Match[str], words: str) -> GuessedVisit:
    if found["word"]:
        word = _spaced(found["word"])
        name = _events()[word]
        code = word.replace(" ", "_") if word.isascii() else name
        return GuessedVisit(code, "0" if name == "baseline" else "", words)
    unit = _units()[(found["unit"] or found["behind"]).casefold()]
    number = int(found["number"] or found["amount"])
    plural = "" if number == 1 else "s"
    time = f"{number} {unit}{plural}" if number else "0"
    return GuessedVisit(f"{unit}_{number}", time, words)
