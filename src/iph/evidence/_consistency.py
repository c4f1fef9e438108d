"""One quantity, printed alike in all places or not."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

from iph.evidence._claims import COUNTED, Claim, ClaimKind
from iph.evidence._ledger import Ledger, whole_of
from iph.evidence._printed import (
    PrintedNumber,
    mean_sd_in,
    percentage_in,
    quartiles_in,
)
from iph.evidence._verdict import Outcome, Verdict


def check_quantities(ledger: Ledger) -> dict[str, list[Outcome]]:
    """Compare all claims that speak of one quantity.

    Where a value is printed in more places than any other, the odd ones contradict it;
    where none is, all of them contradict each other. Prints of different precision
    agree if one exact value could stand behind both.
    """
    groups: dict[tuple[str, str], list[Claim]] = defaultdict(list)
    for claim in ledger.claims:
        if claim.quantity and claim.kind in _FIGURES:
            family = "count" if claim.kind in COUNTED else claim.kind.value
            groups[claim.quantity, family].append(claim)
    found: dict[str, list[Outcome]] = defaultdict(list)
    for members in groups.values():
        if len(members) > 1:
            _compare(members, found)
    return found


def _compare(members: list[Claim], found: dict[str, list[Outcome]]) -> None:
    figures = {member.code: _FIGURES[member.kind](member) for member in members}
    support = Counter(
        {
            member.code: sum(
                agree(figures[member.code], figures[other.code]) for other in members
            )
            for member in members
        }
    )
    most = max(support.values())
    standing = [m for m in members if support[m.code] == most]
    united = all(
        agree(figures[a.code], figures[b.code]) for a in standing for b in standing
    )
    stands = {m.code for m in standing} if united and most > 1 else set()
    for member in members:
        others = [m for m in members if m.code != member.code]
        odd = [m for m in others if not agree(figures[member.code], figures[m.code])]
        if odd and member.code not in stands:
            rivals = [m for m in odd if m.code in stands] or odd
            found[member.code].append(
                Outcome(
                    verdict=Verdict.CONTRADICTS,
                    reason=f"the same quantity is printed as {_places(rivals)}",
                    related=tuple(m.code for m in rivals),
                )
            )
            continue
        alike = [m for m in others if m not in odd]
        but = f"; but {_places(odd)}" if odd else ""
        found[member.code].append(
            Outcome(
                verdict=Verdict.CONSISTENT,
                reason=f"it agrees with {_places(alike)}{but}",
                related=tuple(m.code for m in others),
            )
        )


def _places(claims: Iterable[Claim]) -> str:
    listed = [f'"{claim.printed}" ({claim.where})' for claim in claims]
    if len(listed) > 1:
        return ", ".join(listed[:-1]) + " and " + listed[-1]
    return listed[0]


def agree(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    """Whether one exact figure can stand behind both prints, rounded or cut off."""
    if len(one) == 1 and len(other) == 3:
        other = (other[1],)
    if len(one) == 3 and len(other) == 1:
        one = (one[1],)
    return all(_alike(a, b) for a, b in zip(one, other, strict=True))


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, PrintedNumber) and isinstance(other, PrintedNumber):
        if one.relation == other.relation == "=":
            low = max(one.rounded[0], other.rounded[0])
            return low <= min(one.value + one.unit, other.value + other.unit)
        if one.relation == "=" or other.relation == "=":
            bound, print_ = (one, other) if one.relation != "=" else (other, one)
            near, far = print_.rounded[0], print_.value + print_.unit
            return any(bound.matches(value) for value in (near, print_.value, far))
        if one.relation[0] == other.relation[0]:
            return True
        below, above = (one, other) if one.relation[0] == "<" else (other, one)
        closed = below.relation[1:] == above.relation[1:] == "="
        return above.value < below.value or (closed and above.value == below.value)
    return bool(one == other)


def check_range(claim: Claim, ledger: Ledger) -> Iterable[Outcome]:
    """Check that a range runs upward, and touches no other of its scale."""
    if claim.kind is not ClaimKind.RANGE or claim.low is None or claim.high is None:
        return
    if claim.low > claim.high:
        yield Outcome(
            verdict=Verdict.IMPOSSIBLE,
            reason="its lower end lies above its upper end",
        )
        return
    siblings = [
        other
        for other in ledger.claims
        if claim.partition
        and other.partition == claim.partition
        and other.kind is ClaimKind.RANGE
        and other.code != claim.code
        and other.low is not None
        and other.high is not None
    ]
    shared = [
        other
        for other in siblings
        if max(claim.low, other.low or 0) <= min(claim.high, other.high or 0)
    ]
    if shared:
        yield Outcome(
            verdict=Verdict.CONTRADICTS,
            reason=f"{_common(claim, shared)} as well",
            related=tuple(other.code for other in shared),
        )
        return
    yield Outcome(verdict=Verdict.CONSISTENT, reason="its lower end comes first")


def _common(claim: Claim, shared: list[Claim]) -> str:
    """Say which values two ranges have in common."""
    parts = []
    for other in shared:
        low = max(claim.low or Fraction(0), other.low or Fraction(0))
        high = min(claim.high or Fraction(0), other.high or Fraction(0))
        values = f"{float(low):g}"
        if low != high:
            values += f" to {float(high):g}"
        parts.append(f"{values} belongs to {_places([other])}")
    return " and ".join(parts)


def _single(claim: Claim) -> tuple[PrintedNumber, ...]:
    found = percentage_in(claim.figure)
    return () if found is None else (found,)


_FIGURES: dict[ClaimKind, Callable[[Claim], tuple[Any, ...]]] = {
    ClaimKind.COUNT: lambda claim: (whole_of(claim),),
    ClaimKind.SIZE: lambda claim: (whole_of(claim),),
    ClaimKind.PERCENTAGE: _single,
    ClaimKind.MEAN_SD: lambda claim: mean_sd_in(claim.figure) or (),
    ClaimKind.MEDIAN: lambda claim: quartiles_in(claim.figure) or (),
    ClaimKind.IDENTIFIER: lambda claim: (claim.figure,),
    ClaimKind.RANGE: lambda claim: (claim.low, claim.high),
}
