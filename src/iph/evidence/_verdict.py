"""What an audit may say of a printed claim."""

import enum

import attrs

from iph._display import Displayed
from iph.evidence._claims import Claim

__all__ = ["Finding", "Verdict"]


class Verdict(enum.Enum):
    """What an audit says of a printed claim: of the number, never of its authors.

    Attributes
    ----------
    CONSISTENT
        It can be true beside everything else that is printed, as far as it was checked.
    TRUNCATED
        It can be true if its last digit was cut off instead of rounded.
    OTHER_DENOMINATOR
        It fits another printed group of patients than the one it is said to speak of.
    IMPOSSIBLE
        No data of the stated size give it under any rounding.
    CONTRADICTS
        It and another printed claim cannot both be true.
    IMPLAUSIBLE
        It can be true, but not of a quantity that is anywhere near normal, or not with
        a usual interval. No fault: a remark on shape.
    NOT_CHECKABLE
        Nothing that is printed allows a check; the reason says what is missing.
    """

    CONSISTENT = "consistent"
    TRUNCATED = "consistent if truncated"
    OTHER_DENOMINATOR = "consistent with another denominator"
    IMPOSSIBLE = "impossible"
    CONTRADICTS = "contradicts another claim"
    IMPLAUSIBLE = "implausible distribution"
    NOT_CHECKABLE = "not checkable"

    @property
    def is_problem(self) -> bool:
        """Whether the claim cannot stand as it is printed."""
        return self in {Verdict.IMPOSSIBLE, Verdict.CONTRADICTS}


# The most serious first: a claim that fails one check has failed.
SEVERITY = (
    Verdict.IMPOSSIBLE,
    Verdict.CONTRADICTS,
    Verdict.OTHER_DENOMINATOR,
    Verdict.IMPLAUSIBLE,
    Verdict.TRUNCATED,
    Verdict.CONSISTENT,
    Verdict.NOT_CHECKABLE,
)


@attrs.frozen(kw_only=True)
class Outcome:
    """What one check says of one claim.

    Attributes
    ----------
    verdict : Verdict
        The verdict of this check alone.
    reason : str
        Why, in one clause without a full stop.
    related : tuple of str
        Codes of the claims that the check compared it with.
    witness : tuple of float
        A sample that gives the printed figures, where the check found one.
    """

    verdict: Verdict
    reason: str
    related: tuple[str, ...] = ()
    witness: tuple[float, ...] = ()


@attrs.frozen(kw_only=True)
class Finding(Displayed):
    """The verdict on one printed claim, with its reason.

    Attributes
    ----------
    claim : Claim
        The claim: ``claim.printed`` as it is printed, ``claim.where`` it stands.
    verdict : Verdict
        The most serious verdict of all checks.
    reason : str
        Why, in one sentence.
    related : tuple of Claim
        The claims that the verdict rests on.
    witness : tuple of float
        For a mean with SD of few or graded values: a sample that has both, to show
        that it exists. Empty otherwise.
    """

    claim: Claim
    verdict: Verdict
    reason: str
    related: tuple[Claim, ...] = ()
    witness: tuple[float, ...] = ()

    @property
    def sentence(self) -> str:
        """The finding as a sentence for an author or a reviewer."""
        claim = self.claim
        return f'{claim.where}: "{claim.printed}" {_SAID[self.verdict]}: {self.reason}'


_SAID = {
    Verdict.CONSISTENT: "is consistent",
    Verdict.TRUNCATED: "is consistent if its last digit was cut off, not rounded",
    Verdict.OTHER_DENOMINATOR: "fits another number of patients",
    Verdict.IMPOSSIBLE: "cannot be right as printed",
    Verdict.CONTRADICTS: "does not agree with another printed figure",
    Verdict.IMPLAUSIBLE: "can be right, but is unusual",
    Verdict.NOT_CHECKABLE: "could not be checked",
}
