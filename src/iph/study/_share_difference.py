"""The difference of two shares, with limits that hold whatever the shares."""

import math
from functools import lru_cache
from typing import Final

from iph.stats._tables.proportion import proportion
from iph.stats._tables.unconditional_bounds import lower_bound

INVERTED: Final = "chan-zhang"
JOINED: Final = "joint clopper-pearson"

_MOST_TABLES = 1_000  # of two groups of 30: their limits take a tenth of a second
_STEPS = 10  # of halving a tenth: a limit is lower by less than a ten-thousandth


def method_of(n: int, other: int) -> str:
    """Return how the limits of groups of these sizes are made."""
    return INVERTED if (n + 1) * (other + 1) <= _MOST_TABLES else JOINED


@lru_cache(maxsize=4096)  # outcomes and visits of one study often have the same counts
def lower_limit(count: int, n: int, other: int, m: int, level: float) -> float:
    """Return the lower limit of count / n less other / m, of an interval at the level.

    The upper limit is the lower one of the groups in the other order, negated. A higher
    count and a lower other never lower it, so that it holds for bounds of both.
    """
    if not n or not m:
        return -1.0
    if method_of(n, m) == INVERTED:
        counts = (count, n, other, m)
        return lower_bound(
            "score", "difference", counts, (1.0 - level) / 2.0, steps=_STEPS
        )
    joint = math.sqrt(level)  # the groups are independent
    one, second = (
        proportion(k, size, confidence_level=joint, method="clopper-pearson")
        for k, size in ((count, n), (other, m))
    )
    return one.low - second.high
