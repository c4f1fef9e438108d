"""What every grade of every scale carries."""

import enum
from typing import Self

__all__ = ["Grade"]


class Grade(enum.IntEnum):
    """A level of an ordinal scale, which compares and sorts as its integer.

    Attributes
    ----------
    numeral : str
        The level as the scale's authors print it, such as ``"III"``.
    label : str
        The level in one or two words, for tables and figures.
    meaning : str
        What the level says about the patient.
    """

    numeral: str
    label: str
    meaning: str

    # The empty defaults let type checkers accept a look-up by value, MRCGrade(4).
    def __new__(
        cls, value: int, numeral: str = "", label: str = "", meaning: str = ""
    ) -> Self:
        member = int.__new__(cls, value)
        member._value_ = value
        member.numeral = numeral
        member.label = label
        member.meaning = meaning
        return member
