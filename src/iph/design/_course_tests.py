"""Tests of the same patients over visits: an outcome is the course of a patient."""

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import attrs
import numpy as np

from iph import stats
from iph.design._assumed import Assumed, Tables


def within(test: Callable[..., Any], *, sided: bool = False) -> Callable[..., float]:
    """Return what tests the courses of one group."""

    def p_value(tables: Tables, given: Assumed) -> float:
        rows, counts = _observed(given.values, tables[0])
        side = {"alternative": given.alternative} if sided else {}
        return _defined(test(rows, weights=counts, **side).p_value)

    return p_value


def between(effect: str) -> Callable[..., float]:
    """Return what tests how the courses of arms differ."""

    def p_value(tables: Tables, given: Assumed) -> float:
        rows: list[Any] = []
        counts: list[int] = []
        arms: list[int] = []
        for arm, table in enumerate(tables):
            own, patients = _observed(given.values, table)
            rows, counts = [*rows, *own], [*counts, *patients]
            arms += [arm] * len(own)
        # No patient of an arm may have a grade at some visit: then nothing is found.
        seen = {a for row, a in zip(rows, arms, strict=True) if not np.isnan(row).all()}
        if len(seen) < 2:
            return 1.0
        found = stats.group_by_visit(rows, arms, weights=counts)
        return _defined(getattr(found, effect).p_value)

    return p_value


def _observed(
    courses: Sequence[Any], table: Sequence[int]
) -> tuple[list[Any], list[int]]:
    """Return the courses that any patient took, and how many took them."""
    taken = [(row, n) for row, n in zip(courses, table, strict=True) if n]
    return [row for row, _ in taken], [n for _, n in taken]


def _defined(p_value: float) -> float:
    return 1.0 if math.isnan(p_value) else float(p_value)


def any_order(given: Assumed, sizes: Sequence[int]) -> Assumed:  # noqa: ARG001
    """Return the courses with their grades in any order: the visits do not differ."""
    shares: dict[tuple[float, ...], float] = {}
    for course, share in zip(given.values, given.arms[0].tolist(), strict=True):
        orders = list(itertools.permutations(course))
        for order in orders:
            shares[order] = shares.get(order, 0.0) + share / len(orders)
    values = tuple(sorted(shares))
    arms = np.array([[shares[course] for course in values]])
    return attrs.evolve(given, arms=arms, values=values)


def with_dropouts(given: Assumed, loss: float) -> Assumed:
    """Return the courses cut off before each visit but the first, as many before each.

    A patient is lost before a visit with the same probability each time, whatever the
    grades; `loss` is that of being lost before the last.
    """
    visits = len(given.values[0])
    stays = (1.0 - loss) ** (1.0 / (visits - 1))
    ends = [stays ** (seen - 1) * (1.0 - stays) for seen in range(1, visits)]
    ends.append(stays ** (visits - 1))
    values = tuple(
        (*course[:seen], *[math.nan] * (visits - seen))
        for seen in range(1, visits + 1)
        for course in given.values
    )
    arms = np.column_stack([given.arms * share for share in ends])
    return attrs.evolve(given, arms=arms, values=values)
