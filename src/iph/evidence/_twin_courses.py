"""Visits tied together: which patient has which of the values of a visit."""

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from iph._categories import ScheduledVisit
from iph.evidence._variables import Variables

# Per variable and visit, one value a patient; None where not seen.
Courses = dict[str, dict[ScheduledVisit, list[Any]]]

_CHOICES_OF_ABSENT = 20
# Degrees that count as no change: a goniometer is no more exact.
_SAME = {"hip_flexion_deg": 15.0}


def courses_of(
    solved: Mapping[tuple[str, ScheduledVisit | None], Sequence[Any]],
    seen: Mapping[ScheduledVisit, int],
    n: int,
    variables: Variables,
    rng: np.random.Generator,
) -> Courses:
    """Tie the visits of each variable together, the same patients absent throughout."""
    best: tuple[int, Courses] | None = None
    for _ in range(_CHOICES_OF_ABSENT if seen else 1):
        order = [int(i) for i in rng.permutation(n)]
        present = {v: set(order[: seen.get(v, n)]) for v in variables.visits}
        courses, worse = _tied(solved, present, n, variables, rng)
        if best is None or worse < best[0]:
            best = (worse, courses)
        if worse == 0:
            break
    return best[1] if best is not None else {}


def filled(
    courses: Courses, n: int, variables: Variables, rng: np.random.Generator
) -> Courses:
    """Fill in the scheduled visits between printed ones."""
    for visits in courses.values():
        _fill_between(visits, n, variables, rng)
    return courses


def _tied(
    solved: Mapping[tuple[str, ScheduledVisit | None], Sequence[Any]],
    present: Mapping[ScheduledVisit, set[int]],
    n: int,
    variables: Variables,
    rng: np.random.Generator,
) -> tuple[Courses, int]:
    courses: Courses = {}
    worse = 0
    severity = rng.normal(size=n)  # one latent severity, so that deficits go together
    told = {name for name, _ in solved}
    for variable in sorted(variables.measured, key=lambda name: name not in told):
        sign = 1 if variables.measured[variable].best == "low" else -1
        same = same_of(variable, variables)
        visits = sorted(
            (v for name, v in solved if name == variable and v is not None),
            key=variables.visits.index,
        )
        state = [float(x) for x in severity + rng.normal(size=n)]
        first = True
        for visit in visits:
            values = sorted(
                map(_plain, solved[variable, visit]), key=lambda v: -sign * v
            )
            here = sorted(present[visit])
            chosen = here[: len(values)]
            ties = rng.random(n)
            worst_first = sorted(chosen, key=lambda i: (-state[i], ties[i]))
            column: list[Any] = [None] * n
            for patient, value in zip(worst_first, values, strict=False):
                column[patient] = value
                worse += int(not first and sign * value > state[patient] + same)
            if not first:
                _shuffle(column, state, sign, rng)
            for patient in chosen:
                state[patient] = float(sign * column[patient])
            if first:  # those not seen yet keep a comparable state
                state = [
                    s if column[i] is not None else float("inf")
                    for i, s in enumerate(state)
                ]
            first = False
            courses.setdefault(variable, {})[visit] = column
    return courses, worse


def same_of(variable: str, variables: Variables) -> float:
    """Return what counts as no change: anything, where neither end is the better."""
    if variables.measured[variable].best is None:
        return math.inf
    return _SAME.get(variable, 0.0)


def _plain(value: Any) -> float:
    number = float(value)
    return int(number) if number.is_integer() else number


def _shuffle(
    column: list[Any], state: list[float], sign: int, rng: np.random.Generator
) -> None:
    """Swap values between patients where neither gets worse than before."""
    seen = [i for i, value in enumerate(column) if value is not None]
    for _ in range(4 * len(seen)):
        a, b = (seen[int(i)] for i in rng.integers(0, len(seen), size=2))
        if sign * column[b] <= state[a] and sign * column[a] <= state[b]:
            column[a], column[b] = column[b], column[a]


def _fill_between(
    visits: dict[ScheduledVisit, list[Any]],
    n: int,
    variables: Variables,
    rng: np.random.Generator,
) -> None:
    """Fill in the scheduled visits between printed ones, on the way between them."""
    place = variables.visits.index
    for earlier, later in itertools.pairwise(sorted(visits, key=place)):
        between = [
            v for v in variables.on_days if place(earlier) < place(v) < place(later)
        ]
        for visit in between:
            visits[visit] = [None] * n
        for patient in range(n):
            start, end = visits[earlier][patient], visits[later][patient]
            if start is None or end is None:
                continue
            shares = np.sort(rng.random(len(between)))
            for visit, share in zip(between, shares, strict=True):
                visits[visit][patient] = start + round(
                    float(share) * float(end - start)
                )
