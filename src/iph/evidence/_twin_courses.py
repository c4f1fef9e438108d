"""Visits tied together: which patient has which of the values of a visit."""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from iph._categories import Visit
from iph._follow_up import MEASURED

# Per variable and visit, one value a patient; None where not seen.
Courses = dict[str, dict[Visit, list[Any]]]

_CHOICES_OF_ABSENT = 20
# Degrees that count as no change: a goniometer is no more exact.
_SAME_DEGREES = 15.0
_SCHEDULE = [visit for visit in Visit if visit != Visit.DISCHARGE]


def courses_of(
    solved: Mapping[tuple[str, Visit | None], Sequence[Any]],
    seen: Mapping[Visit, int],
    n: int,
    rng: np.random.Generator,
) -> Courses:
    """Tie the visits of each variable together, the same patients absent throughout."""
    best: tuple[int, Courses] | None = None
    for _ in range(_CHOICES_OF_ABSENT if seen else 1):
        order = [int(i) for i in rng.permutation(n)]
        present = {v: set(order[: seen.get(v, n)]) for v in Visit}
        courses, worse = _tied(solved, present, n, rng)
        if best is None or worse < best[0]:
            best = (worse, courses)
        if worse == 0:
            break
    return best[1] if best is not None else {}


def filled(courses: Courses, n: int, rng: np.random.Generator) -> Courses:
    """Fill in the scheduled visits between printed ones."""
    for visits in courses.values():
        _fill_between(visits, n, rng)
    return courses


def _tied(
    solved: Mapping[tuple[str, Visit | None], Sequence[Any]],
    present: Mapping[Visit, set[int]],
    n: int,
    rng: np.random.Generator,
) -> tuple[Courses, int]:
    courses: Courses = {}
    worse = 0
    severity = rng.normal(size=n)  # one latent severity, so that deficits go together
    told = {name for name, _ in solved}
    for variable in sorted(MEASURED, key=lambda name: name not in told):
        sign = 1 if MEASURED[variable].best == "low" else -1
        same = _SAME_DEGREES if variable == "hip_flexion_deg" else 0.0
        visits = sorted(
            (v for name, v in solved if name == variable and v is not None),
            key=list(Visit).index,
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
    visits: dict[Visit, list[Any]], n: int, rng: np.random.Generator
) -> None:
    """Fill in the scheduled visits between printed ones, on the way between them."""
    printed = sorted(visits, key=list(Visit).index)
    for earlier, later in itertools.pairwise(printed):
        between = [
            visit
            for visit in _SCHEDULE
            if list(Visit).index(earlier)
            < list(Visit).index(visit)
            < list(Visit).index(later)
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
