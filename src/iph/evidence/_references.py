"""Pointers to figures and tables, and what they promise."""

from collections.abc import Iterable

from iph.evidence._claims import Claim, ClaimKind
from iph.evidence._ledger import Ledger
from iph.evidence._verdict import Outcome, Verdict


def check_reference(claim: Claim, ledger: Ledger) -> Iterable[Outcome]:
    """Check that a figure or table exists and shows the topic that it is cited for."""
    if claim.kind is not ClaimKind.REFERENCE or not claim.target:
        return
    captions = [c for c in ledger.claims if c.kind is ClaimKind.CAPTION]
    targets = [c for c in captions if c.target == claim.target]
    if not targets:
        yield Outcome(
            verdict=Verdict.CONTRADICTS,
            reason=f"there is no {claim.target}",
        )
        return
    shown = {topic for caption in targets for topic in caption.topics}
    lacking = [topic for topic in claim.topics if topic not in shown]
    related = tuple(caption.code for caption in targets)
    if not lacking:
        topics = ", ".join(claim.topics) or "it"
        yield Outcome(
            verdict=Verdict.CONSISTENT,
            reason=f"{claim.target} shows {topics}",
            related=related,
        )
        return
    elsewhere = {
        caption.target: caption.code
        for caption in captions
        if any(topic in caption.topics for topic in lacking)
    }
    where = f" (see {', '.join(elsewhere)})" if elsewhere else ", and nothing else does"
    yield Outcome(
        verdict=Verdict.CONTRADICTS,
        reason=(
            f"as far as its text goes, {claim.target} does not show "
            f"{', '.join(lacking)}{where}"
        ),
        related=(*related, *elsewhere.values()),
    )
