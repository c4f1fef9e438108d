"""The criteria that a bleed may meet, and what was found of them."""

from typing import Generic, TypeVar

import attrs

from iph._display import Displayed
from iph.errors import InputError
from iph.scales._grade import Grade

__all__ = ["BleedingCriterion", "BleedingFindings"]

_Level = TypeVar("_Level", bound=Grade)


@attrs.frozen(kw_only=True)
class BleedingCriterion(Displayed):
    """One finding that puts a bleed into a class.

    Attributes
    ----------
    level : enumeration member
        The class.
    finding : str
        The finding, as functions and columns name it.
    statement : str
        The criterion in words.
    at_least : float or None
        The smallest amount that meets it; None if the finding is yes or no.
    """

    level: Grade
    finding: str
    statement: str
    at_least: float | None = None


def criteria(
    level: Grade, *those: tuple[str, str] | tuple[str, str, float]
) -> tuple[BleedingCriterion, ...]:
    """Return the criteria of one class: finding, statement and smallest amount."""
    return tuple(
        BleedingCriterion(
            level=level,
            finding=one[0],
            statement=one[1],
            at_least=float(one[2]) if len(one) == 3 else None,
        )
        for one in those
    )


@attrs.frozen(kw_only=True)
class BleedingFindings(Generic[_Level], Displayed):
    """The class of a bleed, and everything that it rests on.

    Attributes
    ----------
    grade : enumeration member or None
        The class; None where what is not known leaves it open.
    at_least, at_most : enumeration member
        The classes between which the bleed lies.
    reasons : tuple of BleedingCriterion
        The criteria that are met.
    unknown : tuple of BleedingCriterion
        Criteria that may or may not be met, for lack of a finding.
    method : str
        The name of the rule.
    n, n_missing : int
        Numbers of findings that are known, and that are not.
    """

    grade: _Level | None
    at_least: _Level
    at_most: _Level
    reasons: tuple[BleedingCriterion, ...]
    unknown: tuple[BleedingCriterion, ...]
    method: str
    n: int
    n_missing: int

    def reaches(self, level: Grade) -> bool | None:
        """Say whether the bleed is at least of a class.

        Parameters
        ----------
        level : enumeration member
            The class, such as ``ISTHBleeding.MAJOR``.

        Returns
        -------
        bool or None
            None where what is not known leaves it open.

        Raises
        ------
        InputError
            If it is a class of another rule.
        """
        if type(level) is not type(self.at_least):
            kind = type(self.at_least).__name__
            raise InputError("level", f"a member of {kind}", level)
        if self.at_least >= level:
            return True
        return None if self.at_most >= level else False
