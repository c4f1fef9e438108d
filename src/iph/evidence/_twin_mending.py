"""Courses of a twin, mended until as few printed figures as possible are missed.

Each visit by itself has all that is printed of it; which patient has which value is
free, and so are the values that no printed figure fixes. A search of small steps (swap
two patients, move one value) brings the number of responders to what is printed and
lets nobody get worse where that is not printed; it never leaves what a visit must have.
"""

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import attrs
import numpy as np

from iph._categories import ScheduledVisit
from iph.evidence._block_fits import fits, n_half_way
from iph.evidence._blocks import RESPONSE, Block, values_of
from iph.evidence._claims import COUNTED, Claim
from iph.evidence._ledger import whole_of
from iph.evidence._twin_courses import same_of
from iph.evidence._variables import Variables
from iph.protocol._li2023 import LI_2023_PROTOCOL
from iph.protocol._outcomes import OutcomeRule
from iph.protocol._protocol import Protocol

_Reached = Callable[[float, float], bool]
# What counts as relief of pain, by the names of the levels of a claim.
_REACHED: dict[str, _Reached] = {
    "at-least-half": lambda before, now: 2 * now <= before > 0,
    "more-than-half": lambda before, now: 2 * now < before,
}
_STEPS = 5_000  # of the search; Li 2023 takes 571 to 1,046
_OTHERS = 0.2  # share of steps that begin with a patient without a fault
_SWAPS = 0.5  # share of steps that swap, not move
# One responder too many weighs as much as two patients who get worse.
_WEIGHT = 2


@attrs.frozen(kw_only=True)
class Relief:
    """So many patients must be this much better by a visit.

    Attributes
    ----------
    claim : Claim
        Where it is printed.
    variable : str
        What is better.
    visit : ScheduledVisit
        The visit.
    reached : callable
        Takes the values at baseline and now; says whether a patient is so much better.
    count : int
        How many patients.
    """

    claim: Claim
    variable: str
    visit: ScheduledVisit
    reached: _Reached
    count: int


def reliefs_of(
    claims: Iterable[Claim], protocol: Protocol[Any] = LI_2023_PROTOCOL
) -> tuple[Relief, ...]:
    """Return what is printed of relief and response, as far as it can be solved."""
    found = []
    for claim in claims:
        variable, reached = _asked(claim, protocol)
        if reached and claim.kind in COUNTED and claim.visit is not None:
            found.append(
                Relief(
                    claim=claim,
                    variable=variable,
                    visit=claim.visit,
                    reached=reached,
                    count=whole_of(claim),
                )
            )
    return tuple(found)


def _asked(claim: Claim, protocol: Protocol[Any]) -> tuple[str, _Reached | None]:
    """Return which variable a claim of relief is of, and what counts."""
    if claim.derived == "pain_relief" and len(claim.levels) == 1:
        return "vas", _REACHED.get(claim.levels[0])
    if claim.derived == RESPONSE:
        for outcome in protocol.outcomes:
            if outcome.field == claim.variable:
                return claim.variable, _response(outcome, protocol)
    return "", None


def _response(outcome: OutcomeRule, protocol: Protocol[Any]) -> _Reached | None:
    """Return what counts as a response; None if the protocol states none."""
    share, points = outcome.response_percent, outcome.response
    if share is None and points is None:
        return None
    sign = 1 if protocol.lower_is_better(outcome.field) else -1

    def reached(before: float, now: float) -> bool:
        first = Fraction(repr(before))
        least = (
            Fraction(repr(points)) if share is None else first * Fraction(share) / 100
        )
        gain = sign * (first - Fraction(repr(now)))
        enough = gain > least if outcome.strict else gain >= least
        return enough and (share is None or before > 0)

    return reached


class _Search:
    """The courses of one variable, and what is wrong with them."""

    def __init__(
        self,
        columns: dict[ScheduledVisit, list[Any]],
        blocks: Mapping[ScheduledVisit, Block],
        reliefs: Sequence[Relief],
        rule: str,
        *,
        start: ScheduledVisit | None,
        sign: int,
        same: float,
    ) -> None:
        self.columns, self.blocks, self.rule = columns, blocks, rule
        self.sign, self.same = sign, same
        self.visits = list(columns)
        self.start = start
        self.reliefs = [r for r in reliefs if start in columns and r.visit in columns]
        n = len(columns[self.visits[0]])
        self.worse = [self._worse(i) for i in range(n)]
        self.reached = [self._reached(i) for i in range(n)]
        # A float such as 6.1 is only near the number of the scale that it stands for.
        self.scales = {v: values_of(blocks[v]) for v in self.visits}
        self.places = {
            v: {float(number): place for place, number in enumerate(scale)}
            for v, scale in self.scales.items()
        }
        self.half_way = {visit: self._half_way(visit) for visit in self.visits}

    def _sorted(self, visit: ScheduledVisit) -> list[Fraction]:
        scale, places = self.scales[visit], self.places[visit]
        return [
            scale[place]
            for place in sorted(
                places[float(v)] for v in self.columns[visit] if v is not None
            )
        ]

    def _half_way(self, visit: ScheduledVisit) -> int:
        """Return how many quartiles of a visit another rule of rounding changes."""
        return n_half_way(self.blocks[visit], self._sorted(visit), self.rule)

    def _worse(self, patient: int) -> int:
        """Return how often a patient gets worse from one visit to the next."""
        seen = [self.columns[visit][patient] for visit in self.visits]
        known = [float(value) for value in seen if value is not None]
        return sum(
            self.sign * (after - before) > self.same
            for before, after in itertools.pairwise(known)
        )

    def _reached(self, patient: int) -> tuple[bool, ...]:
        """Return which printed relief a patient has."""
        found = []
        for relief in self.reliefs:
            at = (self.start, relief.visit)
            before, now = (self.columns[v][patient] for v in at if v is not None)
            known = before is not None and now is not None
            found.append(known and relief.reached(float(before), float(now)))
        return tuple(found)

    def off(self) -> list[int]:
        """Return by how many patients each printed relief is missed, with its sign."""
        counts = [sum(column) for column in zip(*self.reached, strict=True)]
        return [
            count - relief.count
            for count, relief in zip(counts, self.reliefs, strict=False)
        ]

    def faults(self) -> int:
        """Return how much is wrong in all."""
        rounding = sum(self.half_way.values())
        return sum(self.worse) + _WEIGHT * sum(map(abs, self.off())) + rounding

    def step(self, rng: np.random.Generator, n: int) -> None:
        """Try one small change, and keep it unless it makes things worse."""
        patient = self._chosen(rng, n)
        visit = self.visits[int(rng.integers(len(self.visits)))]
        column = self.columns[visit]
        if column[patient] is None:
            return
        before, touched = self.faults(), [patient]
        kept = list(column)
        if rng.random() < _SWAPS:
            other = int(rng.integers(n))
            if column[other] is None or column[other] == column[patient]:
                return
            column[patient], column[other] = column[other], column[patient]
            touched.append(other)
        else:
            column[patient] = self._moved(visit, column[patient], rng)
            if not fits(self.blocks[visit], self._sorted(visit), self.rule):
                column[:] = kept
                return
        half_way = self.half_way[visit]
        self.half_way[visit] = self._half_way(visit)
        former = [(i, self.worse[i], self.reached[i]) for i in touched]
        for i in touched:
            self.worse[i], self.reached[i] = self._worse(i), self._reached(i)
        if self.faults() > before:
            column[:] = kept
            self.half_way[visit] = half_way
            for i, worse, reached in former:
                self.worse[i], self.reached[i] = worse, reached

    def _chosen(self, rng: np.random.Generator, n: int) -> int:
        """Choose a patient, most often one with a fault."""
        faulty = [i for i, worse in enumerate(self.worse) if worse]
        calm = not faulty or any(self.off()) or any(self.half_way.values())
        if calm or rng.random() < _OTHERS:
            return int(rng.integers(n))
        return faulty[int(rng.integers(len(faulty)))]

    def _moved(
        self, visit: ScheduledVisit, value: Any, rng: np.random.Generator
    ) -> Any:
        """Return another value of the scale, near by or anywhere."""
        every, place = self.scales[visit], self.places[visit][float(value)]
        if rng.random() < _SWAPS:
            place += int(rng.choice((-2, -1, 1, 2)))
        else:
            place = int(rng.integers(len(every)))
        number = every[min(max(place, 0), len(every) - 1)]
        return int(number) if number.denominator == 1 else float(number)


def mend(
    courses: Mapping[str, dict[ScheduledVisit, list[Any]]],
    blocks: Mapping[tuple[str, ScheduledVisit | None], Block],
    reliefs: Sequence[Relief],
    rule: str,
    rng: np.random.Generator,
    *,
    variables: Variables,
) -> tuple[Claim, ...]:
    """Mend the courses in place; return the claims of relief that are still missed.

    Parameters
    ----------
    courses : mapping
        Per variable and printed visit, one value a patient.
    blocks : mapping
        What must hold of each variable at each visit.
    reliefs : sequence of Relief
        What is printed of relief and response.
    rule : str
        The quantile rule of the printed quartiles.
    rng : numpy.random.Generator
        The source of randomness.
    variables : Variables
        The fields and visits of the study.
    """
    missed = [relief.claim for relief in reliefs]
    place = variables.visits.index
    for variable, columns in courses.items():
        search = _Search(
            dict(sorted(columns.items(), key=lambda one: place(one[0]))),
            {visit: blocks[variable, visit] for visit in columns},
            [relief for relief in reliefs if relief.variable == variable],
            rule,
            start=variables.protocol.baseline,
            sign=1 if variables.measured[variable].best == "low" else -1,
            same=same_of(variable, variables),
        )
        n = len(search.worse)
        for _ in range(_STEPS):
            if not search.faults():
                break
            search.step(rng, n)
        solved = zip(search.reliefs, search.off(), strict=True)
        for relief, off in solved if search.reliefs else ():
            if off == 0:
                missed.remove(relief.claim)
    return tuple(missed)
