"""What the parts of a study share: the reason for a gap, and the column of a visit."""

from collections.abc import Callable, Iterable
from typing import Any, NoReturn, TypeVar

import attrs

from iph._categories import Visit
from iph._follow_up import Assessment
from iph._model import Patient
from iph.errors import DataError

_Part = TypeVar("_Part")


@attrs.frozen
class MissingField:
    """A field that is not recorded for some of the patients.

    Attributes
    ----------
    field : str
        The field, or the visit and the field.
    n_missing : int
        The patients without it.
    n : int
        All patients of the study.
    """

    field: str
    n_missing: int
    n: int


class _UnavailableError(DataError, AttributeError):
    """A figure was asked of a part that the data cannot carry."""


@attrs.frozen(kw_only=True)
class Unavailable:
    """A part of the study that the data cannot carry, and why.

    Attributes
    ----------
    part : str
        What cannot be shown.
    reason : str
        What it would need.
    missing : tuple of MissingField
        Which fields are missing, for how many patients.
    """

    part: str
    reason: str
    missing: tuple[MissingField, ...]

    @property
    def sentence(self) -> str:
        """The gap in words."""
        gaps = "; ".join(
            f"{gap.field} is missing for {gap.n_missing} of {gap.n} patients"
            for gap in self.missing
        )
        reason = self.reason[0].upper() + self.reason[1:]
        return f"{self.part}: not available. {reason}" + (
            f" ({gaps})." if gaps else "."
        )

    def __getattr__(self, name: str) -> NoReturn:
        # Only asked for what is not there: a figure of the part that could not be made.
        if name.startswith("_"):  # copies and pickles ask what a class can do
            raise AttributeError(name)
        raise _UnavailableError(self.sentence)


def available(part: _Part | Unavailable) -> _Part:
    """Return a part of the study; refuse one that the data cannot carry."""
    if isinstance(part, Unavailable):
        raise DataError(part.sentence)
    return part


def missing_field(
    patients: Iterable[Patient], field: str, value: Callable[[Patient], Any]
) -> MissingField:
    """Count for how many patients a value is missing."""
    values = [value(patient) for patient in patients]
    return MissingField(field, sum(v is None for v in values), len(values))


def at_visit(
    patients: Iterable[Patient], visit: Visit, value: Callable[[Assessment], Any]
) -> list[Any]:
    """Return a value at a visit, one a patient; None where not seen or not recorded."""
    found = []
    for patient in patients:
        assessment = patient.follow_up.at(visit)
        found.append(None if assessment is None else value(assessment))
    return found


def visits_with(
    patients: tuple[Patient, ...], value: Callable[[Assessment], Any]
) -> tuple[Visit, ...]:
    """Return the scheduled visits at which a value is recorded for anybody."""
    return tuple(
        visit
        for visit in Visit
        if any(v is not None for v in at_visit(patients, visit, value))
    )
