"""Muscle strength by the Medical Research Council scale."""

import math
import re
from typing import Final, Literal, cast

import attrs
import numpy as np

from iph._options import one_number
from iph.errors import InputError
from iph.scales._grade import ApartGrade

__all__ = ["MRCGrade", "MRCReading", "parse_mrc"]


class MRCGrade(ApartGrade):
    """Strength of a muscle: MRC grade 0 (no contraction) to 5 (normal).

    Attributes
    ----------
    numeral : str
        ``"0"`` to ``"5"``.
    label : str
        The grade in a few words.
    meaning : str
        What the examiner finds.

    See Also
    --------
    parse_mrc : Read a grade as it is written in a record, such as "4-" or "IV".
    NerveMotorGrade : What a whole nerve moves, by the same digits.

    Notes
    -----
    The grades are those of the Medical Research Council [1]_.
    They are ordered, but the steps between them are not equal: means and differences of
    grades have no meaning.
    They are those of one muscle.
    Those of a whole nerve have the same digits and another meaning, so comparing the
    two raises.

    Li et al. [2]_ describe their grade 3 as slight resistance against gravity which
    "cannot resist gravity".
    The two halves contradict each other; it is read as MRC 3, movement against gravity.

    References
    ----------
    .. [1] Medical Research Council. Aids to the examination of the peripheral nervous
       system. Memorandum no. 45. London: HMSO; 1976.
    .. [2] Li F, et al. Research Square 2023. doi:10.21203/rs.3.rs-3346582/v1

    Examples
    --------
    >>> from iph.scales import MRCGrade
    >>> MRCGrade(3).label
    'against gravity'
    >>> MRCGrade.AGAINST_RESISTANCE > MRCGrade.AGAINST_GRAVITY
    True
    """

    NO_CONTRACTION = (0, "0", "no contraction", "no contraction to be seen or felt")
    TRACE = (1, "1", "trace", "flicker or trace of contraction, no movement")
    GRAVITY_ELIMINATED = (
        2,
        "2",
        "gravity eliminated",
        "active movement once gravity is eliminated",
    )
    AGAINST_GRAVITY = (3, "3", "against gravity", "active movement against gravity")
    AGAINST_RESISTANCE = (
        4,
        "4",
        "against resistance",
        "active movement against gravity and some resistance",
    )
    NORMAL = (5, "5", "normal", "normal strength")


@attrs.frozen(kw_only=True)
class MRCReading:
    """A grade as it was written: the integer grade, and what stood behind it.

    Attributes
    ----------
    grade : MRCGrade
        The integer grade, which the analysis uses.
    modifier : {"", "+", "-"}
        The plus or minus, kept for the record alone.
    """

    grade: MRCGrade
    modifier: Literal["", "+", "-"] = ""

    def __str__(self) -> str:
        return f"{self.grade.numeral}{self.modifier}"


_ROMAN: Final = {"0": 0, "I": 1, "II": 2, "III": 3, "IV": 4, "V": 5}
# A grade in either kind of numeral, a modifier, and perhaps "out of five".
_WRITTEN: Final = re.compile(r"([0-5]|I{1,3}|IV|V)\s*([+-]?)\s*(?:/\s*5)?")
# U+2212 minus, U+2013 en dash and the full-width forms that word processors make.
_TYPOGRAPHY: Final = str.maketrans(
    {"\u2212": "-", "\u2013": "-", "\uff0d": "-", "\uff0b": "+", "\uff0f": "/"}
)
_MODIFIED: Final = ("2-", "2+", "3-", "3+", "4-", "4+", "5-")
_RULE: Final = "one MRC grade from 0 to 5, such as 4, '4-', '4+', 'IV' or '4/5'"
_RANGE: Final = re.compile(r"\S+\s*(?:-|/|TO|~)\s*(?:[0-5]|I{1,3}|IV|V)[+-]?")


def parse_mrc(text: str | float | None) -> MRCReading | None:
    """Read a strength grade as it stands in a record.

    Which grade did the examiner mean by "4-", "IV" or "4/5"?

    Parameters
    ----------
    text : str, number or None
        One grade: 0 to 5 in Arabic or I to V in Roman numerals, "/5" or not, with a
        plus or minus or not. None, NaN or blank text where it was not recorded.

    Returns
    -------
    MRCReading or None
        `grade`, the integer grade, and `modifier`, ``"+"``, ``"-"`` or ``""``; None
        where nothing was recorded.

    Raises
    ------
    InputError
        If it is anything else, such as a range ("0-1"), a word ("reduced"), a half
        grade (4.5), or a modifier that no grade has ("5+").

    Notes
    -----
    4-, 4 and 4+ are movement against slight, moderate and strong resistance.
    All three are grade 4. In a mail survey in which chiropractors graded written cases,
    64 percent of those who used whole grades agreed and 48 percent of those who could
    add a plus [1]_, so the integer grade is analyzed and the modifier is kept beside
    it.
    Modifiers exist for grades 2 to 5: 2-, 2+, 3-, 3+, 4-, 4+ and 5-.
    A range is refused, not averaged: which of the two was it on that day?

    References
    ----------
    .. [1] O'Neill S, Jaszczak SLT, Steffensen AKS, Debrabant B. Using 4+ to grade
       near-normal muscle strength does not improve agreement. Chiropr Man Therap
       2017;25:28. doi:10.1186/s12998-017-0159-6

    Examples
    --------
    >>> from iph.scales import parse_mrc
    >>> parse_mrc("4-")
    MRCReading(grade=<MRCGrade.AGAINST_RESISTANCE: 4>, modifier='-')
    >>> str(parse_mrc("III + / 5"))
    '3+'
    """
    if isinstance(text, str):
        return _read(text)
    if text is None or type(text).__name__ == "NAType":
        return None
    if isinstance(text, bool) or not isinstance(text, (int, float, np.number)):
        raise InputError("strength", _RULE, text)
    number = one_number(text, "strength", _RULE)
    if math.isnan(number):
        return None
    if not number.is_integer() or not 0 <= number <= MRCGrade.NORMAL:
        half = math.isfinite(number) and not number.is_integer()
        hint = "half grades do not exist" if half else ""
        raise InputError("strength", _RULE, text, hint)
    return MRCReading(grade=MRCGrade(int(number)))


def _read(text: str) -> MRCReading | None:
    written = text.translate(_TYPOGRAPHY).strip().upper()
    if not written:
        return None
    found = _WRITTEN.fullmatch(written)
    if found is None:
        raise InputError("strength", _RULE, text, _hint(written))
    numeral, modifier = found.groups()
    grade = MRCGrade(_ROMAN[numeral] if numeral in _ROMAN else int(numeral))
    if modifier and f"{grade.numeral}{modifier}" not in _MODIFIED:
        raise InputError(
            "strength", _RULE, text, f"modified grades are {', '.join(_MODIFIED)}"
        )
    return MRCReading(grade=grade, modifier=cast("Literal['', '+', '-']", modifier))


def _hint(written: str) -> str:
    if _RANGE.fullmatch(written):
        return "a range is two grades: record the one found on that day"
    if not any(character.isdigit() for character in written):
        return "a word is no grade: leave it empty if no grade was recorded"
    return ""
