"""Which tables of two shares the unconditional tests call significant."""

import numpy as np
import numpy.typing as npt

from iph.stats._tables.barnard import one_sided_p

Bools = npt.NDArray[np.bool_]


def unconditional_refuses(
    test: str, sizes: tuple[int, int], level: float, alternative: str
) -> Bools:
    """Return, for each number with the outcome in both arms, whether p <= level.

    The one-sided p-value falls with the count of the one arm and rises with that of the
    other, so what is significant is bounded by a staircase.
    """
    tail = level / 2.0 if alternative == "two-sided" else level
    n1, n2 = sizes
    found = np.zeros((n1 + 1, n2 + 1), dtype=bool)
    if alternative != "less":
        found |= _staircase(test, n1, n2, tail)
    if alternative != "greater":
        found |= _staircase(test, n2, n1, tail).T
    return found


def _staircase(test: str, n1: int, n2: int, tail: float) -> Bools:
    kinds = {"barnard": ("score", "difference"), "boschloo": ("fisher", "odds-ratio")}
    statistic, measure = kinds[test]
    found = np.zeros((n1 + 1, n2 + 1), dtype=bool)
    least = 0  # with the outcome in the first arm, given how many in the second
    for c in range(n2 + 1):
        while (
            least <= n1 and one_sided_p(statistic, measure, (least, n1, c, n2)) > tail
        ):
            least += 1
        found[least:, c] = True
    return found
