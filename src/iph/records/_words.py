"""Words that cells may hold besides the codes and labels of a field."""

import enum
import functools
import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any, Final

from iph._categories import ImagingFinding, Sex, Side, StrengthModifier, Visit


@functools.cache
def words() -> dict[str, Any]:
    """Return what the words of sheets mean, by topic, in several languages."""
    text = resources.files("iph.records").joinpath("words.toml").read_text("utf-8")
    return tomllib.loads(text)


YES_NO: Final[Mapping[str, bool]] = {
    "yes": True,
    "no": False,
    "y": True,
    "n": False,
    "true": True,
    "false": False,
    "1": True,
    "0": False,
}
"""How yes and no are written; all but the words themselves are listed."""


@functools.cache
def yes_no_words() -> dict[str, bool]:
    """Return the words for yes and no in all languages."""
    listed = words()["cells"]["yes_no"]
    return {
        **dict.fromkeys(listed["yes"], True),
        **dict.fromkeys(listed["no"], False),
        **YES_NO,
    }


OTHER_WORDS: Final[Mapping[type[enum.Enum], Mapping[str, enum.Enum]]] = {
    Sex: {"f": Sex.FEMALE, "m": Sex.MALE, "w": Sex.FEMALE},
    Side: {"l": Side.LEFT, "r": Side.RIGHT, "b": Side.BILATERAL},
    ImagingFinding: {"y": ImagingFinding.YES, "n": ImagingFinding.NO},
    StrengthModifier: {
        "minus": StrengthModifier.MINUS,
        "plus": StrengthModifier.PLUS,
    },
}
"""Short forms of choices; reading one is listed."""


def other_words(options: type[enum.Enum]) -> dict[str, enum.Enum]:
    """Return the short forms of the options, and their words in other languages."""
    found = dict(OTHER_WORDS.get(options, {}))
    if options in (Sex, Side, ImagingFinding, Visit):
        for code, listed in words()["cells"][options.__name__].items():
            for word in listed:
                found.setdefault(word, options(code))
    return found
