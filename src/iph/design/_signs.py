"""The sign test and McNemar's test, over all numbers of changes up and down."""

import math
from collections.abc import Iterator
from typing import Final

import numpy as np

from iph._checks import Floats
from iph.design._assumed import Assumed
from iph.design._outcomes import multinomial
from iph.stats._inference.fair_coin import lower_tail

MOST_PATIENTS: Final = 2_000  # about a second


def sign_chances(
    n: int, assumed: tuple[Assumed, Assumed], level: float, alternative: str
) -> tuple[float, float]:
    """Return the chances that the test of so many patients is significant.

    Both tests look at those who changed, as tosses of a coin: so the chance is summed
    over how many changed, and of these over how many went up.
    """
    shares = [_up_and_down(one) for one in assumed]
    changing = [_binomial(n, up + down) for up, down in shares]
    upwards = [up / (up + down) if up + down else 0.5 for up, down in shares]
    found = [0.0, 0.0]
    doubled = alternative == "two-sided"
    for changed, edge in enumerate(_edges(n, level / 2.0 if doubled else level)):
        if edge < 0:
            continue
        for place, upward in enumerate(upwards):
            ups = _binomial(changed, upward)
            chance = 0.0
            if alternative != "greater":
                chance += float(ups[: edge + 1].sum())
            if alternative != "less":
                chance += float(ups[changed - edge :].sum())
            found[place] += float(changing[place][changed]) * chance
    return min(1.0, found[0]), min(1.0, found[1])


def _up_and_down(given: Assumed) -> tuple[float, float]:
    """Return how likely a patient is to change up, and down."""
    shares = given.arms[0]
    if not given.values:  # McNemar: in both, the first alone, the second alone, neither
        return float(shares[1]), float(shares[2])
    values = np.array(given.values)
    up, down = (math.fsum(shares[side]) for side in (values > 0.0, values < 0.0))
    return up, down


def _binomial(n: int, share: float) -> Floats:
    """Return how likely each number of n is."""
    having = np.arange(n + 1, dtype=np.int64)
    tables = np.column_stack([having, n - having])
    share = min(share, 1.0)
    return multinomial(tables, np.array([share, 1.0 - share]))


def _edges(n: int, tail: float) -> Iterator[int]:
    """Yield, of 0 to n who changed, the most on one side that are significant.

    With one patient more the edge stays or moves by one, since the chance of at most k
    of m + 1 lies between those of at most k - 1 and at most k of m.
    """
    edge = -1
    for changed in range(n + 1):
        if lower_tail(edge + 1, changed) <= tail:
            edge += 1
        yield edge
