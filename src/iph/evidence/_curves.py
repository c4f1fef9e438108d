"""Kaplan-Meier figures against the numbers at risk that are printed with them.

The figure at a time is a product over the events before it of 1 - 1 / (at risk). How
many were at risk at an event is printed for a few times only, and whether the patients
who left in between had the event or were lost is printed sometimes. So the figure is
held against the greatest and the least product that any order gives: all events first,
or all losses first. Programs count the patients of a time before its events (R, SAS)
or after them (lifelines), and its events with the time before or after: the bounds
hold for each.
"""

import itertools
from collections.abc import Iterable
from fractions import Fraction

from iph.evidence._claims import Claim, ClaimKind
from iph.evidence._ledger import Ledger
from iph.evidence._printed import PrintedNumber, decimal, percentage_in
from iph.evidence._verdict import Outcome, Verdict

Rows = tuple[tuple[int, ...], ...]
CURVES = {"kaplan-meier": False, "kaplan-meier failure": True}
_WITH_EVENTS = 2
_ONE = Fraction(1)


def check_curve(claim: Claim, ledger: Ledger) -> Iterable[Outcome]:  # noqa: ARG001 - as all checks
    """Check a share of a Kaplan-Meier curve against the numbers at risk."""
    fails = CURVES.get(claim.test.lower())
    if claim.kind is not ClaimKind.PERCENTAGE or fails is None or not claim.table:
        return
    printed, rows = percentage_in(claim.figure), claim.table
    place = claim.at_row or len(rows)
    if printed is None or len(rows[0]) > _WITH_EVENTS or place > len(rows):
        yield Outcome(
            verdict=Verdict.NOT_CHECKABLE,
            reason="its table is not one time a row: at risk, or at risk and events",
        )
        return
    rise = any(b[0] > a[0] for a, b in itertools.pairwise(rows))
    if rows[0][0] == 0 or rise:
        yield Outcome(
            verdict=Verdict.NOT_CHECKABLE,
            reason="the numbers at risk begin with none, or rise as with late entry",
        )
        return
    over = [row for row in rows if len(row) == _WITH_EVENTS and row[1] > row[0]]
    if over:
        yield Outcome(
            verdict=Verdict.IMPOSSIBLE,
            reason=f"{over[0][1]} events are more than the {over[0][0]} at risk",
        )
        return
    low, high = curve_bounds(rows, place - 1)
    if fails:
        low, high = _ONE - high, _ONE - low
    name = "cumulative share" if fails else "share without the event"
    held = f"the printed numbers at risk allow a {name} of {_percent(low)}"
    held += "" if low == high else f" to {_percent(high)}"
    fits = _fits(printed, 100 * low, 100 * high)
    yield Outcome(
        verdict=Verdict.CONSISTENT if fits else Verdict.CONTRADICTS,
        reason=held if fits else f"{held}, whatever the order of events and losses",
    )


def curve_bounds(rows: Rows, place: int) -> tuple[Fraction, Fraction]:
    """Return the least and the greatest share without the event, at a row."""
    start = rows[0][0]
    here = rows[place][0]
    later = rows[place + 1][0] if place + 1 < len(rows) else 0
    low = Fraction(later, start)
    high = _ONE
    if len(rows[0]) == _WITH_EVENTS:
        before = after = _ONE
        for (risk, events), (left, _) in itertools.pairwise(rows[: place + 1]):
            high *= Fraction(risk - events, risk) if risk else _ONE
            # Events before the next time follow on all losses, or happen just then.
            before *= Fraction(left, left + events) if left + events else 0
            after *= max(_ONE - Fraction(events, left), Fraction(0)) if left else 0
        last = min(rows[place][1], here - later)
        before *= _ONE - Fraction(last, here) if here else 0
        low = max(low, min(before, after))
    return low, max(low, high)


def _fits(printed: PrintedNumber, low: Fraction, high: Fraction) -> bool:
    """Say whether a share in a range can be printed so."""
    if printed.relation[0] == "<":
        return low <= printed.value
    if printed.relation[0] == ">":
        return high >= printed.value
    least = min(printed.rounded[0], printed.truncated[0])
    most = max(printed.rounded[1], printed.truncated[1])
    return low <= most and high >= least


def _percent(share: Fraction) -> str:
    return f"{decimal(100 * share, 1)} %"
