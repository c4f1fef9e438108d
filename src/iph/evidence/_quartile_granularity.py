"""The quantile rules that can print a median with its quartiles.

A quartile lies between two neighboring values of the ordered sample, at a share of the
way that the rule and the number of patients fix. Whole numbers leave only a few
fractions: of 28 patients, the (n + 1)p rule gives quarters and rule 7 quarters as well,
but at other places, and not every rule leaves room above zero.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import ceil, floor

import attrs

from iph.evidence._claims import Claim, ClaimKind
from iph.evidence._ledger import Grid, Ledger
from iph.evidence._printed import PrintedNumber, quartiles_in
from iph.evidence._verdict import Outcome, Verdict
from iph.stats._description.quartiles import QUANTILE_RULES, quantile_place

RULES = tuple(name for name, number in list(QUANTILE_RULES.items())[:9])
_QUARTERS = (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4))
_HALF = (Fraction(1, 2),)
# Steps below the printed figure that are searched for its lower neighbor: near ones
# first, far ones if no near one will do.
_REACHES = (2_000, 60_000)

# In steps: the lower neighbors, each with its least and greatest upper neighbor.
_Rows = dict[int, tuple[int, int]]
_Ranks = tuple[int, int]
_Ends = tuple[int | None, int | None]


def check_median(claim: Claim, ledger: Ledger) -> Iterable[Outcome]:
    """Check a median with quartiles: order, bounds, and which rules can print it."""
    if claim.kind is not ClaimKind.MEDIAN:
        return
    printed = quartiles_in(claim.figure) or ()
    values = [number.value for number in printed]
    related = ledger.codes(claim.of)
    if values != sorted(values):
        yield Outcome(
            verdict=Verdict.IMPOSSIBLE,
            reason="the median does not lie between its quartiles",
            related=related,
        )
        return
    grid = ledger.grid_of(claim)
    n = ledger.number(claim.of)
    if n is None or grid.step is None:
        lacks = "number of patients" if n is None else "measurement step"
        yield Outcome(
            verdict=Verdict.NOT_CHECKABLE,
            reason=f"the {lacks} behind it is not known",
            related=related,
        )
        return
    if n == 0:
        yield Outcome(
            verdict=Verdict.IMPOSSIBLE,
            reason="no patients have no median",
            related=related,
        )
        return
    yield _by_rules(printed, n, grid, grid.step, related)


def _by_rules(
    printed: tuple[PrintedNumber, ...],
    n: int,
    grid: Grid,
    step: Fraction,
    related: tuple[str, ...],
) -> Outcome:
    kind = "whole numbers" if step == 1 else f"values in steps of {float(step):g}"
    rounded = rules_that_print(printed, n, grid)
    if rounded:
        return Outcome(
            verdict=Verdict.CONSISTENT,
            reason=f"{n} {kind} can have it {_listed(rounded)}",
            related=related,
        )
    cut = rules_that_print(printed, n, grid, cut_off=True)
    if cut:
        return Outcome(
            verdict=Verdict.TRUNCATED,
            reason=f"{n} {kind} can have it with digits cut off {_listed(cut)}",
            related=related,
        )
    return Outcome(
        verdict=Verdict.IMPOSSIBLE,
        reason=f"no {n} {kind} have it by any of the nine quantile rules",
        related=related,
    )


def _listed(rules: tuple[str, ...]) -> str:
    if len(rules) == len(RULES):
        return "by every quantile rule"
    return "by the rule " + " or ".join(rules) + ", by no other of the nine"


def rules_that_print(
    printed: tuple[PrintedNumber, ...], n: int, grid: Grid, *, cut_off: bool = False
) -> tuple[str, ...]:
    """Return the quantile rules under which some sample has the printed quartiles.

    With `cut_off`, each figure may be rounded or cut off; without, all are rounded.
    """
    step = grid.step or Fraction(1)
    windows = []
    for number in printed:
        low, high = number.rounded
        if cut_off:  # from half a digit below to a whole digit above
            low, high = min(low, number.truncated[0]), max(high, number.truncated[1])
        windows.append(_Window(low / step, high / step, open_end=cut_off))
    ends = (
        None if grid.low is None else ceil(grid.low / step),
        None if grid.high is None else floor(grid.high / step),
    )
    quarters = _HALF if len(printed) == 1 else _QUARTERS
    for reach in _REACHES:
        found = tuple(
            rule
            for rule in RULES
            if _possible(windows, quarters, (n, QUANTILE_RULES[rule]), ends, reach)
        )
        if found:
            return found
    return ()


@attrs.frozen
class _Window:
    """The values, in steps, that are printed as a figure."""

    low: Fraction
    high: Fraction
    open_end: bool


def _possible(
    windows: Sequence[_Window],
    quarters: tuple[Fraction, ...],
    n_and_rule: tuple[int, int],
    grid: _Ends,
    reach: int,
) -> bool:
    n, rule = n_and_rule
    before: _Ranks | None = None
    kept: _Rows = {}
    for window, quarter in zip(windows, quarters, strict=True):
        lower, share = quantile_place(n, quarter, rule)
        ranks = (min(max(lower, 1), n), min(max(lower + 1, 1), n))
        if share in {0, 1}:
            ranks = (ranks[int(share)], ranks[int(share)])
        rows = _rows(window, share, grid, 0 if ranks[0] == ranks[1] else reach)
        kept = rows if before is None else _following(kept, before, rows, ranks)
        before = ranks
        if not kept:
            return False
    return True


def _rows(window: _Window, share: Fraction, grid: _Ends, reach: int) -> _Rows:
    """Return, for each lower neighbor, the least and greatest upper neighbor.

    With no reach the two are one value.
    """
    low, high = grid
    if not reach:
        first, last = ceil(window.low), floor(window.high)
        if window.open_end and last == window.high:
            last -= 1
        first = first if low is None else max(first, low)
        last = last if high is None else min(last, high)
        return {value: (value, value) for value in range(first, last + 1)}
    found: _Rows = {}
    # In whole numbers, since this is done for thousands of values: the gap g must have
    # window.low <= value + share * g <= window.high.
    unit = window.low.denominator * window.high.denominator * share.denominator
    bottom, top = int(window.low * unit), int(window.high * unit)
    stride = int(share * unit)
    start = floor(window.high)
    stop = start - reach if low is None else max(low, start - reach)
    for value in range(start, stop - 1, -1):
        least = value + max(-((value * unit - bottom) // stride), 0)
        room = top - value * unit
        most = value + ((room - 1) // stride if window.open_end else room // stride)
        most = most if high is None else min(most, high)
        if least <= most:
            found[value] = (least, most)
    return found


def _following(before: _Rows, ranks: _Ranks, after: _Rows, here: _Ranks) -> _Rows:
    """Keep the later neighbors that can stand above earlier ones in one sample."""
    if ranks == here:
        common = {
            low: (max(tops[0], before[low][0]), min(tops[1], before[low][1]))
            for low, tops in after.items()
            if low in before
        }
        return {low: tops for low, tops in common.items() if tops[0] <= tops[1]}
    if ranks[1] == here[0]:
        starts, stops = joined_spans(before.values())
        places = {low: bisect_right(starts, low) - 1 for low in after}
        return {
            low: tops
            for low, tops in after.items()
            if places[low] >= 0 and low <= stops[places[low]]
        }
    lowest = min(first for first, _ in before.values())
    return {low: tops for low, tops in after.items() if low >= lowest}


def joined_spans(spans: Iterable[tuple[int, int]]) -> tuple[list[int], list[int]]:
    """Join spans of whole numbers that meet; return where each begins and ends."""
    starts: list[int] = []
    stops: list[int] = []
    for first, last in sorted(spans):
        if stops and first <= stops[-1] + 1:
            stops[-1] = max(stops[-1], last)
        else:
            starts.append(first)
            stops.append(last)
    return starts, stops
