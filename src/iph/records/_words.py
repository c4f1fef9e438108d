"""Words that cells may hold besides the codes and labels of a field."""

import enum
from collections.abc import Mapping
from typing import Final

from iph._categories import ImagingFinding, Sex, Side, StrengthModifier

NOT_RECORDED: Final = frozenset({"na", "n/a", "#n/a", "nan", "<na>", "null", "."})
"""Words of statistical programs for an empty cell; reading one is listed."""

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
