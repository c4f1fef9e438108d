"""What every grade of every scale carries."""

import enum
from typing import Self

from iph.errors import InputError

__all__ = ["ApartGrade", "Grade"]


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


class ApartGrade(Grade):
    """A grade whose digit means something else on a scale beside it.

    Two of different scales cannot be compared, not even for equality: it raises.
    """

    def _check(self, other: object) -> None:
        if isinstance(other, ApartGrade) and other.__class__ is not self.__class__:
            rule = f"compared with one of {self.__class__.__name__}"
            hint = "the same digit means something else there"
            raise InputError("a grade", rule, other, hint)

    def __eq__(self, other: object) -> bool:
        self._check(other)
        return int.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        self._check(other)
        return int.__ne__(self, other)

    def __lt__(self, other: int) -> bool:
        self._check(other)
        return int.__lt__(self, other)

    def __le__(self, other: int) -> bool:
        self._check(other)
        return int.__le__(self, other)

    def __gt__(self, other: int) -> bool:
        self._check(other)
        return int.__gt__(self, other)

    def __ge__(self, other: int) -> bool:
        self._check(other)
        return int.__ge__(self, other)

    __hash__ = int.__hash__
