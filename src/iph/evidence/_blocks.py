"""Claims, sorted into blocks: one variable at one visit, with what must hold there."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache
from typing import Final

import attrs

from iph._categories import ScheduledVisit
from iph._fields import Declaration, Kind
from iph.errors import DataError
from iph.evidence._claims import COUNTED, SUMMARIES, Claim, ClaimKind
from iph.evidence._ledger import Grid, Ledger, whole_of
from iph.evidence._percentages import fitting_counts
from iph.evidence._printed import (
    PrintedNumber,
    mean_sd_in,
    percentage_in,
    quartiles_in,
)

MARGINALS = COUNTED | {
    ClaimKind.PERCENTAGE,
    ClaimKind.MEAN_SD,
    ClaimKind.MEDIAN,
}

# What is counted of patients who are better by as much as their protocol asks for.
RESPONSE: Final = "response"


@attrs.frozen(kw_only=True)
class Tally:
    """So many patients have one of these values.

    Attributes
    ----------
    claim : Claim
        Where it is printed.
    levels : tuple of str
        The values, as the claim names them.
    counts : tuple of int
        The least and greatest number of patients.
    """

    claim: Claim
    levels: tuple[str, ...]
    counts: tuple[int, int]


@attrs.frozen(kw_only=True)
class Moments:
    """A printed mean and SD."""

    claim: Claim
    mean: PrintedNumber
    sd: PrintedNumber


@attrs.frozen(kw_only=True)
class Order:
    """A printed median, with or without quartiles."""

    claim: Claim
    printed: tuple[PrintedNumber, ...]


@attrs.frozen(kw_only=True)
class Block:
    """One variable at one visit.

    Attributes
    ----------
    variable : str
        Its column name.
    visit : ScheduledVisit or None
        The visit; None for what is known once.
    declaration : Declaration
        Its declaration.
    n : int
        How many patients have a value.
    grid : Grid
        The values it can take, narrowed by the rules of the protocol.
    tallies, moments, orders : tuple
        What must hold.
    """

    variable: str
    visit: ScheduledVisit | None
    declaration: Declaration
    n: int
    grid: Grid
    tallies: tuple[Tally, ...] = ()
    moments: tuple[Moments, ...] = ()
    orders: tuple[Order, ...] = ()

    @property
    def claims(self) -> tuple[Claim, ...]:
        """All claims of the block."""
        return (
            *(tally.claim for tally in self.tallies),
            *(moment.claim for moment in self.moments),
            *(order.claim for order in self.orders),
        )

    def without(self, claims: Iterable[Claim]) -> "Block":
        """Return the block without some of its claims."""
        dropped = {claim.code for claim in claims}
        return attrs.evolve(
            self,
            tallies=tuple(t for t in self.tallies if t.claim.code not in dropped),
            moments=tuple(m for m in self.moments if m.claim.code not in dropped),
            orders=tuple(o for o in self.orders if o.claim.code not in dropped),
        )


def cohort_size(ledger: Ledger) -> int:
    """Return the number of patients that most claims are counted in."""
    sizes = Counter(
        size
        for claim in ledger.claims
        if claim.variable and (size := ledger.number(claim.of))
    )
    if not sizes:
        raise DataError(
            "no claim names a variable and the number of patients it speaks of, so "
            "there is nothing to make patients from"
        )
    return sizes.most_common(1)[0][0]


def seen_at(ledger: Ledger, n: int) -> dict[ScheduledVisit, int]:
    """Return how many patients were seen at each visit that has a printed size."""
    return {
        claim.visit: min(whole_of(claim), n)
        for claim in ledger.claims
        if claim.kind is ClaimKind.SIZE and claim.visit is not None
    }


def blocks_of(ledger: Ledger, kept: Iterable[Claim], n: int) -> tuple[Block, ...]:
    """Sort the claims that are kept into blocks."""
    seen, measured = seen_at(ledger, n), ledger.variables.measured
    groups: dict[tuple[str, ScheduledVisit | None], list[Claim]] = defaultdict(list)
    for claim in kept:
        if _is_of_block(claim, ledger):
            visit = claim.visit if claim.variable in measured else None
            groups[claim.variable, visit].append(claim)
    rules = [c for c in ledger.claims if c.kind is ClaimKind.RULE and c.variable]
    blocks = (
        _block(members, rules, ledger, seen.get(visit, n) if visit else n)
        for (_, visit), members in groups.items()
    )
    return tuple(block for block in blocks if block.claims)


def _is_of_block(claim: Claim, ledger: Ledger) -> bool:
    """Whether a claim is one of a value that patients can be given."""
    variables = ledger.variables
    if not claim.variable or claim.derived == RESPONSE or claim.kind not in MARGINALS:
        return False
    if claim.variable in variables.measured:
        return claim.visit is not None
    return claim.variable not in variables.categories


def _block(
    members: list[Claim],
    rules: list[Claim],
    ledger: Ledger,
    here: int,
) -> Block:
    variable = members[0].variable
    visit = members[0].visit if variable in ledger.variables.measured else None
    if visit is None:
        sizes = [ledger.number(c.of) for c in members if c.kind in SUMMARIES]
        here = min([here, *(size for size in sizes if size)])
    stated = {ledger.number(c.of) for c in members}
    if len(stated) == 1 and (known := stated.pop()):  # the others have no value
        here = min(here, known)
    tallies, moments, orders = [], [], []
    for claim in members:
        if claim.kind is ClaimKind.MEAN_SD and (pair := mean_sd_in(claim.figure)):
            moments.append(Moments(claim=claim, mean=pair[0], sd=pair[1]))
        elif claim.kind is ClaimKind.MEDIAN:
            orders.append(Order(claim=claim, printed=quartiles_in(claim.figure) or ()))
        elif claim.levels:
            counts = _counts(claim, here)
            if counts is not None:
                tallies.append(Tally(claim=claim, levels=claim.levels, counts=counts))
    steps = [c for c in members if c.step is not None]
    grid = ledger.grid_of(steps[0] if steps else members[0])
    for rule in rules:
        if rule.variable == variable:
            grid = _narrowed(grid, rule)
    return Block(
        variable=variable,
        visit=visit,
        declaration=ledger.variables.declarations[variable],
        n=here,
        grid=grid,
        tallies=tuple(tallies),
        moments=tuple(moments),
        orders=tuple(orders),
    )


def _counts(claim: Claim, n: int) -> tuple[int, int] | None:
    if claim.kind in COUNTED:
        count = whole_of(claim)
        return count, count
    printed = percentage_in(claim.figure)
    if printed is None or printed.relation != "=":
        return None
    fits = fitting_counts(printed, n)
    return (min(fits), max(fits)) if fits else None


def _narrowed(grid: Grid, rule: Claim) -> Grid:
    low = [x for x in (grid.plausible_low, grid.low, rule.low) if x is not None]
    high = [x for x in (grid.plausible_high, grid.high, rule.high) if x is not None]
    return attrs.evolve(
        grid,
        plausible_low=max(low) if low else None,
        plausible_high=min(high) if high else None,
    )


def values_of(block: Block) -> tuple[Fraction, ...]:
    """Return all values on the grid of a numeric block."""
    grid, step = block.grid, block.grid.step or Fraction(1)
    lows = [x for x in (grid.plausible_low, grid.low) if x is not None]
    highs = [x for x in (grid.plausible_high, grid.high) if x is not None]
    first = -(-max(lows) // step)
    last = min(highs) // step
    return _scale(int(first), int(last), step)


@lru_cache(maxsize=64)  # the same for all visits, and asked for again and again
def _scale(first: int, last: int, step: Fraction) -> tuple[Fraction, ...]:
    return tuple(step * value for value in range(first, last + 1))


def is_numeric(block: Block) -> bool:
    """Whether the variable has numbers (a grade is one) rather than categories."""
    return block.declaration.kind in {Kind.QUANTITY, Kind.DAYS, Kind.GRADE}


def holds_level(value: Fraction, level: str) -> bool:
    """Whether a number is a level such as ``"2"`` or ``"45-89"``."""
    low, high = _bounds(level)
    return low <= value <= high


@lru_cache(maxsize=256)  # each is asked of every value
def _bounds(level: str) -> tuple[Fraction, Fraction]:
    low, dash, high = level.partition("-")
    return Fraction(low), Fraction(high if dash else low)
