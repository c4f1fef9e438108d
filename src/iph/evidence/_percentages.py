"""Percentages against counts of patients."""

from collections.abc import Iterable
from fractions import Fraction

from iph.evidence._claims import COUNTED, Claim, ClaimKind
from iph.evidence._ledger import Ledger, whole_of
from iph.evidence._printed import (
    ROUNDED,
    PrintedNumber,
    decimal,
    percent,
    percentage_in,
)
from iph.evidence._verdict import Outcome, Verdict

# As many numbers as a reason lists one by one.
_FEW = 3
# As many counts as are tried one by one.
_MANY = 20_000


def check_percentage(claim: Claim, ledger: Ledger) -> Iterable[Outcome]:
    """Check a percentage against its count and denominator, under every rounding."""
    if claim.kind is not ClaimKind.PERCENTAGE:
        return
    printed = percentage_in(claim.figure)
    if printed is None:
        return
    of = ledger.number(claim.of)
    count = ledger.count_of(claim)
    related = ledger.codes(claim.count, claim.of, *claim.parts)
    if not of:
        if of == 0:
            yield Outcome(
                verdict=Verdict.IMPOSSIBLE,
                reason="a share of no patients is not defined",
                related=related,
            )
        return
    if count is None:
        yield _without_count(printed, of, related)
        return
    if count <= of:
        how = printed.matches(Fraction(100 * count, of))
        if how is not None:
            yield _fitting(printed, count, of, how, related)
            return
    yield _other_group(printed, count, of, ledger, related)


def check_count(claim: Claim, ledger: Ledger) -> Iterable[Outcome]:
    """Check that a count is no larger than its group and carries its percentage."""
    if claim.kind not in COUNTED or not claim.of:
        return
    count, of = whole_of(claim), ledger.number(claim.of)
    if of is not None and count > of:
        yield Outcome(
            verdict=Verdict.IMPOSSIBLE,
            reason=f"{count} is more than the {of} patients that it is counted among",
            related=ledger.codes(claim.of),
        )
        return
    shares = [
        other
        for other in ledger.claims
        if other.kind is ClaimKind.PERCENTAGE and other.count == claim.code
    ]
    for share in shares:
        printed, group = percentage_in(share.figure), ledger.number(share.of)
        if group and printed and printed.matches(Fraction(100 * count, group)):
            yield Outcome(
                verdict=Verdict.CONSISTENT,
                reason=f"its share, {share.printed}, fits {count} of {group}",
                related=(share.code,),
            )


def _without_count(
    printed: PrintedNumber, of: int, related: tuple[str, ...]
) -> Outcome:
    fits = fitting_counts(printed, of)
    if not fits:
        near = round(printed.value * of / 100)
        near = min(max(near, 0), of)
        return Outcome(
            verdict=Verdict.IMPOSSIBLE,
            reason=(
                f"no whole number of {of} patients is {printed} % under any rounding "
                f"(the nearest, {near}, is {percent(near, of)})"
            ),
            related=related,
        )
    if any(how == ROUNDED for how in fits.values()):
        fits = {count: how for count, how in fits.items() if how == ROUNDED}
        verdict, how = Verdict.CONSISTENT, ""
    else:
        verdict, how = Verdict.TRUNCATED, " with the last digit cut off"
    counts = " or ".join(map(str, fits))
    if len(fits) > _FEW:
        counts = f"{min(fits)} to {max(fits)}"
    return Outcome(
        verdict=verdict, reason=f"it is {counts} of {of}{how}", related=related
    )


def fitting_counts(printed: PrintedNumber, of: int) -> dict[int, str]:
    """Return the counts out of a group that a percentage fits, and how."""
    low = int((printed.value - printed.unit) * of / 100)
    high = int((printed.value + printed.unit) * of / 100) + 1
    if printed.relation[0] == "<":
        low = 0
    elif printed.relation[0] == ">":
        high = of
    found: dict[int, str] = {}
    if of == 0:
        return found
    # Of very many some stand for all: what lies between two that fit, fits.
    stride = max((high - low) // _MANY, 1)
    for count in range(max(low, 0), min(high, of) + 1, stride):
        how = printed.matches(Fraction(100 * count, of))
        if how is not None:
            found[count] = how
    return found


def _fitting(
    printed: PrintedNumber, count: int, of: int, how: str, related: tuple[str, ...]
) -> Outcome:
    if how == ROUNDED:
        return Outcome(
            verdict=Verdict.CONSISTENT,
            reason=f"{count} of {of} is {printed} %",
            related=related,
        )
    places = max(len(str(printed.unit.denominator)) - 1, 0)
    return Outcome(
        verdict=Verdict.TRUNCATED,
        reason=(
            f"{count} of {of} is {decimal(Fraction(100 * count, of), places + 2)}..., "
            f"which rounds to {percent(count, of, places)}; {printed} % has the last "
            "digit cut off"
        ),
        related=related,
    )


def _other_group(
    printed: PrintedNumber,
    count: int,
    of: int,
    ledger: Ledger,
    related: tuple[str, ...],
) -> Outcome:
    places = max(len(str(printed.unit.denominator)) - 1, 0)
    stated = (
        f"{count} of {of} is {percent(count, of, places)}"
        if count <= of
        else f"{count} is more than {of}"
    )
    for size, code in ledger.sizes.items():
        if size not in (0, of) and count <= size:
            how = printed.matches(Fraction(100 * count, size))
            if how is not None:
                cut = "" if how == ROUNDED else " with the last digit cut off"
                return Outcome(
                    verdict=Verdict.OTHER_DENOMINATOR,
                    reason=f"{printed} % is {count} of {size}{cut}; {stated}",
                    related=(*related, code),
                )
    # A number printed as n beside a percentage may be the group, not the count.
    if count in ledger.sizes and count != of:
        as_group = fitting_counts(printed, count)
        if as_group:
            part, how = next(iter(as_group.items()))
            cut = "" if how == ROUNDED else " with the last digit cut off"
            return Outcome(
                verdict=Verdict.OTHER_DENOMINATOR,
                reason=(
                    f"{printed} % is {part} of {count}{cut}, so {count} is the group "
                    f"and not the count; {stated}"
                ),
                related=(*related, ledger.sizes[count]),
            )
    return Outcome(
        verdict=Verdict.IMPOSSIBLE,
        reason=f"{stated}, and no rounding makes that {printed} %"
        + _arithmetic_alternatives(printed, count, of),
        related=related,
    )


def _arithmetic_alternatives(printed: PrintedNumber, count: int, of: int) -> str:
    """Say which counts and groups would print the percentage."""
    counts = list(fitting_counts(printed, of))
    if counts:
        return f"; {printed} % of {of} is {counts[0]}"
    groups = [
        group
        for group in range(max(count, 1), min(4 * of, count + _MANY) + 1)
        if printed.matches(Fraction(100 * count, group))
    ]
    if groups and len(groups) <= _FEW:
        listed = " or ".join(map(str, groups))
        return f"; no count of {of} gives it, and {count} would need {listed} patients"
    return f"; no count of {of} gives it"
