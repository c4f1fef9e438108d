"""Non-inferiority and equivalence: tests against a margin.

As `iph.stats.shares_within_margins` and `scores_within_margins` make them, each
one-sided test is at half the level; so the p-value here is twice the larger one.
"""

from collections.abc import Sequence

import attrs
import numpy as np

from iph import stats
from iph.design._assumed import Assumed, Tables
from iph.errors import InputError
from iph.stats._tables.unconditional_bounds import one_sided_p


def shares(tables: Tables, given: Assumed) -> float:
    """Return the p-value of two shares within margins of their difference."""
    (without_1, with_1), (without_2, with_2) = tables
    first = with_1, with_1 + without_1
    second = with_2, with_2 + without_2
    lower, upper = given.margins
    found = []
    if lower is not None:
        found.append(one_sided_p("score", "difference", (*first, *second), lower))
    if upper is not None:
        found.append(one_sided_p("score", "difference", (*second, *first), -upper))
    return min(1.0, 2.0 * max(found))


def scores(tables: Tables, given: Assumed) -> float:
    """Return the p-value of scores within margins of their shift."""
    values = np.array(given.values)
    tests = (("greater", given.margins[0]), ("less", given.margins[1]))
    found = [
        stats.mann_whitney(
            values - margin,
            values,
            weights=(tables[0], tables[1]),
            alternative=side,  # type: ignore[arg-type] # one of these two
        ).p_value
        for side, margin in tests
        if margin is not None
    ]
    return min(1.0, 2.0 * max(found))


def share_at_margin(given: Assumed, sizes: Sequence[int]) -> Assumed:  # noqa: ARG001
    """Return the second arm as assumed, and the first just a margin away from it."""
    first, second = given.arms[:, 1].tolist()
    margin = _nearer(given, first - second)
    share = second + margin
    if not 0.0 <= share <= 1.0:
        name = "lower" if margin == given.margins[0] else "upper"
        rule = f"a margin that a share of {second:g} leaves room for"
        raise InputError(name, rule, margin)
    return attrs.evolve(given, arms=np.array([[1.0 - share, share], given.arms[1]]))


def score_at_margin(given: Assumed, sizes: Sequence[int]) -> Assumed:  # noqa: ARG001
    """Return the scores of the second arm, in the first arm moved by a margin."""
    values = np.array(given.values)
    margin = _nearer(given, float((given.arms[0] - given.arms[1]) @ values))
    moved = (values + margin).tolist()
    places = sorted({*given.values, *moved})
    arms = np.zeros((2, len(places)))
    for own, other, share in zip(moved, given.values, given.arms[1], strict=True):
        arms[0, places.index(own)] += share
        arms[1, places.index(other)] += share
    return attrs.evolve(given, arms=arms, values=tuple(places))


def _nearer(given: Assumed, shift: float) -> float:
    """Return the margin that is nearer to what is assumed, the lower one of two."""
    there = [margin for margin in given.margins if margin is not None]
    return min(there, key=lambda margin: abs(margin - shift))
