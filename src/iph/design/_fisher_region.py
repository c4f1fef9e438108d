"""Which numbers with the outcome Fisher's test calls significant, in two arms.

Given how many have the outcome in both arms together, the number in the first arm is
hypergeometric: one pass over the totals gives the p-value of every pair of numbers.
"""

import functools
from typing import Final

import numpy as np
import numpy.typing as npt

from iph._checks import Floats
from iph.design._outcomes import log_factorials
from iph.stats._tables.hypergeometric import FreeCell

Bools = npt.NDArray[np.bool_]

_NEAR: Final = 1e-8  # so near a tie, or the level, whole numbers decide


@functools.lru_cache(maxsize=4)  # what can be found asks for one region many times
def fisher_refuses(sizes: tuple[int, int], level: float, alternative: str) -> Bools:
    """Return, for each number with the outcome in both arms, whether p <= level."""
    n1, n2 = sizes
    logs = log_factorials(max(n1, n2))
    ways = [logs[n] - logs[: n + 1] - logs[n::-1] for n in (n1, n2)]
    found = np.zeros((n1 + 1, n2 + 1), dtype=bool)
    for total in range(n1 + n2 + 1):
        first, last = max(0, total - n2), min(n1, total)
        own = np.arange(first, last + 1, dtype=np.int64)
        weights = ways[0][own] + ways[1][total - own]
        weights = np.exp(weights - weights.max())
        least, most = _p_values(weights / weights.sum(), alternative)
        refused = most <= level
        for place in np.flatnonzero(
            (least <= level * (1.0 + _NEAR)) & (most > level * (1.0 - _NEAR))
        ).tolist():
            cell = FreeCell(observed=first + place, row=n1, column=total, n=n1 + n2)
            refused[place] = cell.p_value(alternative, "probability") <= level
        found[own, total - own] = refused
    found.flags.writeable = False
    return found


def _p_values(chances: Floats, alternative: str) -> tuple[Floats, Floats]:
    """Return the p-value of each number: at least, and with all that may be ties."""
    if alternative != "two-sided":
        towards = chances if alternative == "less" else chances[::-1]
        tails = np.cumsum(towards)
        tails = tails if alternative == "less" else tails[::-1]
        return tails, tails
    order = np.sort(chances)
    sums = np.concatenate([[0.0], np.cumsum(order)])
    below = sums[np.searchsorted(order, chances * (1.0 - _NEAR), side="right")]
    return (
        below + chances,
        sums[np.searchsorted(order, chances * (1.0 + _NEAR), side="right")],
    )
