"""What the parts of a study share: the reason for a gap, and what reads a field."""

from collections.abc import Callable, Iterator
from typing import Any, NoReturn, TypeVar

import attrs

from iph._display import Displayed
from iph._options import instance
from iph.errors import DataError
from iph.protocol._protocol import Protocol

_Part = TypeVar("_Part")


@attrs.frozen
class MissingField(Displayed):
    """A field that is not recorded for some of the patients.

    Attributes
    ----------
    field : str
        The field, or the visit and the field.
    n_missing : int
        The patients without it.
    n : int
        All patients of the study.
    label : str, default ""
        What is missing, in words; empty if the field says it.
    """

    field: str
    n_missing: int
    n: int
    label: str = ""


def _of_all(gap: MissingField) -> str:
    """Say how many are without a field, in words where it is everybody."""
    if gap.n == 1:
        return "the only patient"
    many = f"{gap.n_missing} of" if gap.n_missing < gap.n else "any of"
    return f"{many} {gap.n} patients"


class _UnavailableError(DataError, AttributeError):
    """A figure was asked of a part that the data cannot carry."""


@attrs.frozen(kw_only=True)
class Unavailable(Displayed):
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
            f"{gap.label or gap.field} not recorded in {_of_all(gap)}"
            for gap in self.missing
            if gap.n_missing
        )
        reason = self.reason[0].upper() + self.reason[1:]
        return f"{self.part}: not available. {reason}" + (
            f" ({gaps})." if gaps else "."
        )

    def __iter__(self) -> Iterator[NoReturn]:
        raise _UnavailableError(self.sentence)

    def __getattr__(self, name: str) -> NoReturn:
        # Only asked for what is not there: a figure of the part that could not be made.
        if name.startswith("_"):  # copies and pickles ask what a class can do
            raise AttributeError(name)
        raise _UnavailableError(self.sentence)


class NotAsked(Unavailable):
    """A part that the protocol of the study does not ask for: no gap in the data."""


def not_asked(part: str) -> NotAsked:
    """Return what stands for a part that the protocol does not ask for."""
    reason = "the protocol of the study does not ask for it"
    return NotAsked(part=part, reason=reason, missing=())


def available(part: _Part | Unavailable, name: str, kind: type[_Part]) -> _Part:
    """Return an argument that is a part of a study; refuse one that is not there."""
    if isinstance(part, Unavailable):
        raise DataError(part.sentence)
    return instance(part, name, kind, f"a {kind.__name__} or Unavailable")


def not_of_counts(part: str) -> Unavailable:
    """Return what stands for a part that counts do not tell."""
    reason = "not available from counts: it needs the patients one by one"
    return Unavailable(part=part, reason=reason, missing=())


def value_at(protocol: Protocol[Any], name: str) -> Callable[[Any], Any]:
    """Return what reads a field of an assessment, or a grade derived from one."""
    for field in protocol.assessment_fields:
        if field.name == name:
            return field.value_of
    options: Any = protocol.assessment_declarations[name].options

    def derived(assessment: Any) -> Any:
        found = protocol.lookup_at(assessment)(name)
        return found if found is None or options is None else options(found)

    return derived
