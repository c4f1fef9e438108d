"""Rules of the protocol that the results do not keep."""

from collections.abc import Iterable

from iph.evidence._claims import Claim, ClaimKind
from iph.evidence._ledger import Ledger
from iph.evidence._verdict import Outcome, Verdict


def check_rule(claim: Claim, ledger: Ledger) -> Iterable[Outcome]:
    """Report the printed claims that cannot be true if a rule of the protocol holds.

    Which claims those are is a reading of the text, so it stands in the claim
    (`Claim.conflicts`) and its note says why.
    """
    if claim.kind is not ClaimKind.RULE or not claim.conflicts:
        return
    rivals = [ledger.by_code[code] for code in ledger.codes(*claim.conflicts)]
    listed = " and ".join(f'"{rival.printed}" ({rival.where})' for rival in rivals)
    yield Outcome(
        verdict=Verdict.CONTRADICTS,
        reason=f"it does not go with {listed}",
        related=tuple(rival.code for rival in rivals),
    )
