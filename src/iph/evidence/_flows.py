"""Parts that add up to wholes, or do not."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import ceil, floor

from iph.evidence._claims import COUNTED, Claim, ClaimKind
from iph.evidence._ledger import Ledger, whole_of
from iph.evidence._percentages import fitting_counts
from iph.evidence._printed import PrintedNumber, decimal, percentage_in
from iph.evidence._verdict import Outcome, Verdict

# Up to this size of a group its parts are added up in every way.
_MOST_PATIENTS = 2_000


def check_parts(ledger: Ledger) -> dict[str, list[Outcome]]:
    """Check that counts are the sums of the parts they are said to have.

    Where a sum fails the whole is reported, since no part alone is to blame; where it
    holds, it speaks for its parts as well.
    """
    found: dict[str, list[Outcome]] = defaultdict(list)
    for claim in ledger.claims:
        if claim.kind not in COUNTED or not claim.parts:
            continue
        whole = whole_of(claim)
        if ledger.sum_of(claim.parts) is None:
            continue
        parts = [ledger.number(part) or 0 for part in claim.parts]
        shown = _sum(parts)
        codes = ledger.codes(*claim.parts)
        if sum(parts) != whole:
            found[claim.code].append(
                Outcome(
                    verdict=Verdict.CONTRADICTS,
                    reason=f"its parts make {shown} = {sum(parts)}, not {whole}",
                    related=codes,
                )
            )
            continue
        for code in (claim.code, *codes):
            role = "it is the sum" if code == claim.code else "it stands in the sum"
            found[code].append(
                Outcome(
                    verdict=Verdict.CONSISTENT,
                    reason=f"{role} {shown} = {whole}",
                    related=(claim.code, *codes),
                )
            )
    return found


def check_at_most(claim: Claim, ledger: Ledger) -> Iterable[Outcome]:
    """Check that a count does not exceed the patients who could be counted."""
    if claim.kind not in COUNTED or not claim.at_most:
        return
    whole, most = whole_of(claim), ledger.number(claim.at_most)
    if most is None:
        return
    related = ledger.codes(claim.at_most)
    if whole > most:
        yield Outcome(
            verdict=Verdict.CONTRADICTS,
            reason=f"{whole} cannot be out of {most}",
            related=related,
        )
    else:
        yield Outcome(
            verdict=Verdict.CONSISTENT,
            reason=f"it is at most {most}",
            related=related,
        )


def check_partitions(claims: Ledger) -> dict[str, list[Outcome]]:
    """Check that claims which divide a group add up to it."""
    groups: dict[tuple[str, bool], list[Claim]] = defaultdict(list)
    for claim in claims.claims:
        if not claim.partition:
            continue
        if claim.kind in COUNTED or claim.kind is ClaimKind.PERCENTAGE:
            counted = claim.kind in COUNTED
            groups[claim.partition, counted].append(claim)
    found: dict[str, list[Outcome]] = defaultdict(list)
    for (_, counted), members in groups.items():
        sizes = {claims.number(member.of) for member in members}
        if len(members) < 2 or len(sizes) != 1 or None in sizes:
            continue
        (of,) = (size for size in sizes if size is not None)
        outcome = (
            _counts_add_up(members, of, claims)
            if counted
            else _percentages_add_up(members, of, claims)
        )
        if outcome is not None:
            for member in members:
                found[member.code].append(outcome)
    return found


def _counts_add_up(members: Sequence[Claim], of: int, ledger: Ledger) -> Outcome:
    values = [whole_of(member) for member in members]
    total, shown = sum(values), _sum(values)
    related = (*(m.code for m in members), *ledger.codes(members[0].of))
    if total == of:
        return Outcome(
            verdict=Verdict.CONSISTENT,
            reason=f"the groups add up: {shown} = {of}",
            related=related,
        )
    if total in ledger.sizes:
        return Outcome(
            verdict=Verdict.OTHER_DENOMINATOR,
            reason=f"the groups add up to {shown} = {total}, not to all {of}",
            related=(*related, ledger.sizes[total]),
        )
    return Outcome(
        verdict=Verdict.CONTRADICTS,
        reason=f"the groups add up to {shown} = {total}, not to {of}",
        related=related,
    )


def _percentages_add_up(
    members: Sequence[Claim], of: int, ledger: Ledger
) -> Outcome | None:
    printed = [found for m in members if (found := percentage_in(m.figure))]
    related = tuple(member.code for member in members)
    total = sum((number.value for number in printed), Fraction(0))
    places = max(len(str(number.unit.denominator)) - 1 for number in printed)
    shown = f"{decimal(total, places)} %"
    groups = (of, *(size for size in ledger.sizes if size))
    if any(
        not any(fitting_counts(number, group) for group in groups) for number in printed
    ):
        return None  # one share is impossible by itself: the others are not to blame
    if _whole_numbers_fit(printed, of):
        return Outcome(
            verdict=Verdict.CONSISTENT,
            reason=f"the shares add up to {shown}, and whole numbers of {of} fit them",
            related=related,
        )
    for size, code in ledger.sizes.items():
        if size and _whole_numbers_fit(printed, size):
            return Outcome(
                verdict=Verdict.OTHER_DENOMINATOR,
                reason=f"the shares fit whole numbers of {size}, not of {of}",
                related=(*related, code),
            )
    return Outcome(
        verdict=Verdict.CONTRADICTS,
        reason=(
            f"the shares add up to {shown}, and no whole numbers of patients that fit "
            f"them add up to {of}"
        ),
        related=related,
    )


def _whole_numbers_fit(printed: Sequence[PrintedNumber], of: int) -> bool:
    if of > _MOST_PATIENTS:  # sums of so many counts leave no gaps
        low = sum(ceil(number.rounded[0] * of / 100) for number in printed)
        high = sum(floor((number.value + number.unit) * of / 100) for number in printed)
        return low <= of <= high
    reachable = {0}
    for number in printed:
        reachable = {a + b for a in reachable for b in fitting_counts(number, of)}
    return of in reachable


def _sum(values: Sequence[int]) -> str:
    return " + ".join(map(str, values))
