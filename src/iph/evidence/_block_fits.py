"""Whether a sample has all that is printed of a block, in exact arithmetic."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from iph.evidence._blocks import Block, Moments, Order, Tally, holds_level
from iph.evidence._printed import PrintedNumber
from iph.stats._description.quartiles import QUANTILE_RULES, quantile_place

QUARTERS = (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4))
HALF = (Fraction(1, 2),)


def fits(block: Block, values: Sequence[Fraction], rule: str) -> bool:
    """Say whether values in rising order satisfy every claim of a block.

    The solver works with floating-point numbers; its answers are checked here.
    """
    return (
        len(values) == block.n
        and all(_has_tally(tally, values) for tally in block.tallies)
        and all(_has_moments(moments, values) for moments in block.moments)
        and all(_has_order(order, values, rule) for order in block.orders)
    )


def _has_tally(tally: Tally, values: Sequence[Fraction]) -> bool:
    count = sum(any(holds_level(v, level) for level in tally.levels) for v in values)
    return tally.counts[0] <= count <= tally.counts[1]


def _has_moments(moments: Moments, values: Sequence[Fraction]) -> bool:
    n = len(values)
    mean = sum(values, Fraction(0)) / n
    variance = sum(((v - mean) ** 2 for v in values), Fraction(0)) / max(n - 1, 1)
    low, high = moments.sd.rounded
    return (
        _prints(moments.mean, mean)
        and max(low, Fraction(0)) ** 2 <= variance <= high**2
    )


def _has_order(order: Order, values: Sequence[Fraction], rule: str) -> bool:
    return all(_prints(number, exact) for number, exact in _read(order, values, rule))


def _read(
    order: Order, values: Sequence[Fraction], rule: str
) -> Iterator[tuple[PrintedNumber, Fraction]]:
    """Yield each printed quartile with that of the values."""
    n = len(values)
    for number, quarter in zip(order.printed, quarters_of(order), strict=True):
        lower, share = quantile_place(n, quarter, QUANTILE_RULES[rule])
        below, above = (values[min(max(rank, 1), n) - 1] for rank in (lower, lower + 1))
        yield number, below + share * (above - below)


def n_half_way(block: Block, values: Sequence[Fraction], rule: str) -> int:
    """Count the quartiles that some rules of rounding print otherwise."""
    return sum(
        exact in number.rounded
        for order in block.orders
        for number, exact in _read(order, values, rule)
    )


def _prints(number: PrintedNumber, exact: Fraction) -> bool:
    low, high = number.rounded
    return low <= exact <= high


def quarters_of(order: Order) -> tuple[Fraction, ...]:
    """Return the shares of a printed median, with or without quartiles."""
    return HALF if len(order.printed) == 1 else QUARTERS
