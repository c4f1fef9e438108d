"""Tests of recovery seen at visits, and patients lost before the last."""

import itertools
import math

import attrs
import numpy as np

from iph import stats
from iph.design._assumed import Assumed, Tables


def _seen(given: Assumed) -> list[tuple[float, float]]:
    """Return (last day without, first day with) of each outcome.

    First those who reach it by each visit, then those who never do, then those lost
    after the start and after each visit but the last.
    """
    visits = [0.0, *given.values]
    reached = list(itertools.pairwise(visits))
    lost = [(day, math.inf) for day in visits[:-1]] if given.loss else []
    return [*reached, (visits[-1], math.inf), *lost]


def logrank(tables: Tables, given: Assumed) -> float:
    """Return the p-value of the log-rank test, recovery dated to the visit."""
    seen = _seen(given)
    time = [left if math.isinf(right) else right for left, right in seen]
    event = [not math.isinf(right) for _, right in seen]
    k = len(seen)
    found = stats.logrank(
        time * 2,
        event * 2,
        ["first"] * k + ["second"] * k,
        weights=[*tables[0], *tables[1]],
        method="asymptotic" if given.loss else "auto",
        equal_follow_up=None if given.loss else True,
        alternative=given.alternative,  # type: ignore[arg-type] # checked
    )
    return 1.0 if math.isnan(found.p_value) else float(found.p_value)


def interval_logrank(tables: Tables, given: Assumed) -> float:
    """Return the p-value of the interval-censored log-rank test."""
    left, right = zip(*_seen(given), strict=True)
    k = len(left)
    found = stats.interval_logrank(
        left * 2,
        right * 2,
        ["first"] * k + ["second"] * k,
        weights=[*tables[0], *tables[1]],
        method="asymptotic" if given.loss else "auto",
        equal_follow_up=None if given.loss else True,
        alternative=given.alternative,  # type: ignore[arg-type] # checked
    )
    return 1.0 if math.isnan(found.p_value) else float(found.p_value)


def with_lost(given: Assumed, loss: float) -> Assumed:
    """Return the outcomes with patients lost before each visit, as many before each.

    A patient is lost before a visit with the same probability each time, whatever the
    course would have been; `loss` is that of being lost before the last.
    """
    visits = len(given.values)
    stays = (1.0 - loss) ** (1.0 / visits)
    kept = stays ** np.arange(1, visits + 1, dtype=np.int64)
    reached = given.arms[:, :-1]
    before = 1.0 - np.cumsum(np.column_stack([np.zeros(len(reached)), reached]), axis=1)
    lost = before[:, :-1] * stays ** np.arange(visits, dtype=np.int64) * (1.0 - stays)
    arms = np.column_stack([reached * kept, before[:, -1] * kept[-1], lost])
    return attrs.evolve(given, arms=arms)
