"""The outcomes of a study at its visits, counted: singly, in pairs, and by ranks.

Whatever a test of two visits needs is how many patients had which value at one and
which at the other; what a test of all visits needs is the order of a patient's own
values. Neither needs all values of a patient together, and both stay small.

A value that is known by a bound alone is None in these tables. The bounds have tables
of their own, which are there only if there is any: so counts of hospitals with and
without bounds add up, and `Outcome.told` puts the bounds in their places again.
"""

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import attrs
import numpy as np

from iph._bound import Bound
from iph._categories import ScheduledVisit, Treatment
from iph._checks import on_grid
from iph.stats._description.bounded_quartiles import (
    BoundedQuartiles,
    bounded_quartiles,
)
from iph.study._columns import DIED, Coded, Columns, crossed
from iph.study._study_counts import Path, StudyCounts, Table, column, summed

_MOST_VISITS = 15  # beyond it a pattern is no number of 64 bits


def count_outcomes(columns: Columns, group: Coded) -> dict[Path, Table]:
    """Count each outcome at each visit, at two visits together, and by ranks."""
    found: dict[Path, Table] = {}
    for outcome in columns.protocol.outcomes:
        name = outcome.field
        states = {visit: columns.states(name, visit) for visit in columns.visits}
        for visit, state in states.items():
            found["values", name, visit.value] = crossed([state, group])
            found |= _limits(("limits", name, visit.value), columns, visit, group)
        for first, second in itertools.combinations(columns.visits, 2):
            found["pairs", name, first.value, second.value] = crossed(
                [states[first], states[second], group]
            )
            path = ("limit pairs", name, first.value, second.value)
            found |= _limit_pairs(path, columns, (first, second), group)
        declared = columns.protocol.assessment_declarations[name]
        largest = max(abs(declared.low or 0), abs(declared.high or 0))
        found["patterns", name] = _patterns(list(states.values()), columns.n, largest)
        ever = Coded(columns.ever(name).astype(np.int64), [False, True])
        found["ever", name] = crossed([ever])
    return found


def _limits(
    path: Path, columns: Columns, visit: ScheduledVisit, group: Coded
) -> dict[Path, Table]:
    """Count the bounds of an outcome at a visit; empty if there are none."""
    limits = columns.told(path[1], visit)
    if not any(isinstance(value, Bound) for value in limits.values):
        return {}
    cells = crossed([limits, group])
    table = Counter({k: n for k, n in cells.items() if isinstance(k[0], Bound)})
    return {path: table} if table else {}


def _limit_pairs(
    path: Path,
    columns: Columns,
    visits: tuple[ScheduledVisit, ScheduledVisit],
    group: Coded,
) -> dict[Path, Table]:
    """Count the pairs of states with a bound; empty if there are none."""
    states = [columns.told(path[1], visit) for visit in visits]
    if not any(isinstance(v, Bound) for state in states for v in state.values):
        return {}
    cells = crossed([*states, group])
    table = Counter(
        {k: n for k, n in cells.items() if any(isinstance(v, Bound) for v in k[:2])}
    )
    return {path: table} if table else {}


def _patterns(states: Sequence[Coded], n: int, largest: float) -> Table:
    """Count the patients by the order of their values: how many of them are smaller.

    Decimals tie by the digits of the largest value that the field can hold, which is
    the same in every hospital.
    """
    rows = np.full((n, len(states)), np.nan)
    for place, state in enumerate(states):
        numbers = [np.nan if v is None or v == DIED else v for v in state.values]
        exact = on_grid(np.array(numbers, dtype=np.float64), float(largest))
        rows[:, place] = exact[state.codes]
    smaller = np.stack(
        [(rows < rows[:, [place]]).sum(axis=1) for place in range(len(states))], axis=1
    )
    smaller[np.isnan(rows)] = -1
    if len(states) <= _MOST_VISITS:
        keys = (smaller + 1) @ (len(states) + 1) ** np.arange(
            len(states), dtype=np.int64
        )
        _, firsts, counts = np.unique(keys, return_index=True, return_counts=True)
        patterns = smaller[firsts]
    else:
        patterns, counts = np.unique(smaller, axis=0, return_counts=True)
    found: Table = Counter()
    for pattern, count in zip(patterns.tolist(), counts.tolist(), strict=True):
        found[tuple(None if place < 0 else place for place in pattern)] += count
    return found


def count_by_treatment(columns: Columns) -> dict[Path, Table]:
    """Count each outcome at baseline and later, of those who were given a treatment."""
    found: dict[Path, Table] = {}
    start, given = columns.protocol.baseline, columns.of_patients("treatments")
    if start is None:
        return found
    for treatment in Treatment:
        has = [v is not None and treatment in v for v in given.values]
        members = np.array([*has, False], dtype=bool)[given.codes]
        if treatment is Treatment.UNKNOWN or not members.any():
            continue
        for outcome in columns.protocol.outcomes:
            before = columns.states(outcome.field, start)
            for visit in columns.visits:
                if visit.nominal_day:
                    path = ("treated", treatment.value, outcome.field, visit.value)
                    now = columns.states(outcome.field, visit)
                    found[path] = crossed([before, now], members)
    return found


@attrs.frozen
class Outcome:
    """What was counted of one outcome.

    Attributes
    ----------
    counts : StudyCounts
        The counts of the study.
    field : str
        The outcome.
    """

    counts: StudyCounts
    field: str

    @property
    def visits(self) -> tuple[ScheduledVisit, ...]:
        """The visits at which anybody has a value."""
        return tuple(
            visit
            for visit in self.counts.protocol.visits
            if any(True for _ in known(self.states(visit)))
        )

    def states(self, visit: ScheduledVisit) -> Counter[Any]:
        """Count the states at a visit: a value, None, or `DIED`."""
        return column(self.counts.table("values", self.field, visit.value), 0)

    def scores(self, visit: ScheduledVisit) -> Counter[float | Bound | None]:
        """Count the values at a visit; None for whoever was not seen, dead or not."""
        return scores_of(self.states(visit))

    def by_group(self, visit: ScheduledVisit) -> dict[Any, Counter[Any]]:
        """Count the states at a visit of each group."""
        found: dict[Any, Counter[Any]] = {}
        table = self.counts.table("values", self.field, visit.value)
        for (state, group), n in table.items():
            found.setdefault(group, Counter())[state] += n
        return found

    def told(self, visit: ScheduledVisit) -> Counter[Any]:
        """Count the states at a visit, bounds among them: one is None in `states`."""
        return self.told_by_group(visit, joined=True).get(None, Counter())

    def told_by_group(
        self, visit: ScheduledVisit, *, joined: bool = False
    ) -> dict[Any, Counter[Any]]:
        """Count the same in each group, or of all groups together under None."""
        found: dict[Any, Counter[Any]] = {}
        path = self.field, visit.value
        for (state, group), n in self.counts.table("values", *path).items():
            found.setdefault(None if joined else group, Counter())[state] += n
        for (bound, group), n in self.counts.table("limits", *path).items():
            states = found.setdefault(None if joined else group, Counter())
            states[bound] += n
            states[None] -= n
        return {group: +states for group, states in found.items()}

    def pairs(self, first: ScheduledVisit, second: ScheduledVisit) -> "Pairs":
        """Count the states at two visits together."""
        return Pairs(summed(self._pairs(first, second), 0, 1))

    def told_pairs(self, first: ScheduledVisit, second: ScheduledVisit) -> "Pairs":
        """Count the same with bounds among the states, of an earlier and a later visit.

        A bound is None in `pairs`.
        """
        cells = Counter(self.pairs(first, second).cells)
        table = self.counts.table("limit pairs", self.field, first.value, second.value)
        for (before, now, _), n in table.items():
            cells[before, now] += n
            cells[tuple(numbers_of((before, now)))] -= n
        return Pairs(+cells)

    def pairs_by_group(
        self, first: ScheduledVisit, second: ScheduledVisit
    ) -> dict[Any, "Pairs"]:
        """Count the same in each group."""
        found: dict[Any, Pairs] = {}
        for (before, now, group), n in self._pairs(first, second).items():
            found.setdefault(group, Pairs(Counter())).cells[before, now] += n
        return found

    def _pairs(self, first: ScheduledVisit, second: ScheduledVisit) -> Table:
        """Return the table of two visits, kept in the order of the schedule."""
        order = self.counts.protocol.visits
        if order.index(first) < order.index(second):
            return self.counts.table("pairs", self.field, first.value, second.value)
        table = self.counts.table("pairs", self.field, second.value, first.value)
        return summed(table, 1, 0, 2)

    def patterns(self, visits: Sequence[ScheduledVisit]) -> Table:
        """Count the orders of values within a patient at some visits."""
        places = [self.counts.protocol.visits.index(visit) for visit in visits]
        found: Table = Counter()
        for pattern, n in self.counts.table("patterns", self.field).items():
            found[tuple(pattern[place] for place in places)] += n
        return found

    @property
    def n_without(self) -> int:
        """Patients without a value at any assessment, on the schedule or off it."""
        return column(self.counts.table("ever", self.field), 0)[False]


@attrs.frozen
class Pairs:
    """How many patients had which states at two visits."""

    cells: Counter[Any]

    @property
    def both(self) -> dict[tuple[Any, Any], int]:
        """Those with a value at both."""
        return {
            (before, now): n
            for (before, now), n in self.cells.items()
            if before not in _NO_VALUE and now not in _NO_VALUE
        }

    @property
    def n_died(self) -> int:
        """Those who had died by the later visit."""
        return sum(n for (_, now), n in self.cells.items() if now == DIED)

    @property
    def n_died_known(self) -> int:
        """Those of them with a value at the earlier visit."""
        return sum(
            n
            for (before, now), n in self.cells.items()
            if now == DIED and before not in _NO_VALUE
        )

    @property
    def n(self) -> int:
        """All patients."""
        return self.cells.total()


_NO_VALUE = (None, DIED)


def known(states: Counter[Any]) -> Iterator[tuple[Any, int]]:
    """Yield each value and how many have it."""
    return ((s, n) for s, n in states.items() if s not in _NO_VALUE)


def scores_of(states: Counter[Any]) -> Counter[float | Bound | None]:
    """Return the values as numbers; None for whoever was not seen, dead or not."""
    found: Counter[float | Bound | None] = Counter()
    for state, n in states.items():
        if isinstance(state, Bound):
            found[state] += n
        else:
            found[None if state in _NO_VALUE else float(state)] += n
    return found


def bounded_of(
    values: Sequence[Any], weights: Sequence[int], rule: str
) -> BoundedQuartiles | None:
    """Return the quartiles of values and bounds; None if no value is a bound."""
    if not any(isinstance(value, Bound) for value in values):
        return None
    return bounded_quartiles(values, weights=weights, method=rule)


def numbers_of(values: Iterable[Any]) -> list[Any]:
    """Return values with None for those that are known by a bound alone."""
    return [None if isinstance(value, Bound) else value for value in values]


def living(states: Counter[Any]) -> tuple[list[Any], list[int]]:
    """Return the values of those not known to have died, None where not known."""
    alive = [(state, n) for state, n in states.items() if state != DIED]
    return [state for state, _ in alive], [n for _, n in alive]
