"""The quantile rules that can print a median with its quartiles.

A quartile lies between two neighboring values of the ordered sample, at a share of the
way that the rule and the number of patients fix. Whole numbers leave only a few
fractions: of 28 patients, the (n + 1)p rule gives quarters and rule 7 quarters as well,
but at other places, and not every rule leaves room above zero.
"""

from collections.abc import Iterable
from fractions import Fraction
from math import ceil, floor

from iph.evidence._claims import Claim, ClaimKind
from iph.evidence._ledger import Grid, Ledger, grid_of
from iph.evidence._printed import PrintedNumber, quartiles_in
from iph.evidence._verdict import Outcome, Verdict
from iph.stats._quartiles import QUANTILE_RULES, quantile_place

RULES = tuple(name for name, number in list(QUANTILE_RULES.items())[:9])
_QUARTERS = (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4))
_HALF = (Fraction(1, 2),)
# Steps below the printed figure that are searched for its lower neighbor.
_MOST_STEPS = 2_000
# Distances to the upper neighbor that are listed one by one.
_MOST_GAPS = 500

# A lower and an upper neighbor, in steps.
_Pair = tuple[int, int]


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
    grid = grid_of(claim)
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
    quarters = _HALF if len(printed) == 1 else _QUARTERS
    return tuple(
        rule
        for rule in RULES
        if _possible(printed, quarters, n, QUANTILE_RULES[rule], grid, cut_off=cut_off)
    )


def _possible(
    printed: tuple[PrintedNumber, ...],
    quarters: tuple[Fraction, ...],
    n: int,
    rule: int,
    grid: Grid,
    *,
    cut_off: bool,
) -> bool:
    ranks: _Pair | None = None
    kept: set[_Pair] = set()
    for number, quarter in zip(printed, quarters, strict=True):
        lower, share = quantile_place(n, quarter, rule)
        here = (min(max(lower, 1), n), min(max(lower + 1, 1), n))
        if share == 0:
            here = (here[0], here[0])
        elif share == 1:
            here = (here[1], here[1])
        found = _neighbors(
            number, share, grid, same=here[0] == here[1], cut_off=cut_off
        )
        kept = found if ranks is None else _following(kept, ranks, found, here)
        ranks = here
        if not kept:
            return False
    return True


def _neighbors(
    number: PrintedNumber, share: Fraction, grid: Grid, *, same: bool, cut_off: bool
) -> set[_Pair]:
    """Return the pairs of neighboring values between which the print can lie."""
    step = grid.step or Fraction(1)
    low, high = number.rounded
    open_end = False
    if cut_off:
        # Rounded or cut off: from half a digit below to a whole digit above.
        low, high = min(low, number.truncated[0]), max(high, number.truncated[1])
        open_end = True
    first, last = low / step, high / step
    floor_value = None if grid.low is None else ceil(grid.low / step)
    top_value = None if grid.high is None else floor(grid.high / step)
    found: set[_Pair] = set()
    if same:
        for value in range(ceil(first), floor(last) + 1):
            if _inside(Fraction(value), first, last, open_end=open_end):
                found.add((value, value))
    else:
        start = floor(last)
        stop = start - _MOST_STEPS if floor_value is None else floor_value
        for value in range(start, max(stop, start - _MOST_STEPS) - 1, -1):
            # value + share * gap must lie in [first, last].
            least = max(ceil((first - value) / share), 0)
            most = floor((last - value) / share)
            gaps: Iterable[int] = range(least, most + 1)
            if most - least > _MOST_GAPS:  # the ends decide: nearest and farthest
                gaps = (least, least + 1, most - 1, most)
            for gap in gaps:
                exact = value + share * gap
                if _inside(exact, first, last, open_end=open_end):
                    found.add((value, value + gap))
    return {
        (a, b)
        for a, b in found
        if (floor_value is None or a >= floor_value)
        and (top_value is None or b <= top_value)
    }


def _inside(
    exact: Fraction, first: Fraction, last: Fraction, *, open_end: bool
) -> bool:
    return first <= exact < last or (exact == last and not open_end)


def _following(
    before: set[_Pair], ranks: _Pair, after: set[_Pair], here: _Pair
) -> set[_Pair]:
    """Keep the later pairs that can stand above an earlier one in one sample."""
    if ranks == here:
        return before & after
    if ranks[1] == here[0]:
        tops = {b for _, b in before}
        return {(a, b) for a, b in after if a in tops}
    lowest = min(b for _, b in before)
    return {(a, b) for a, b in after if a >= lowest}
