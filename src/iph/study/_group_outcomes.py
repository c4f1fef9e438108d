"""Outcomes at the primary visit by group, and by treatment, counted and compared."""

import math
from collections.abc import Callable
from typing import Final

import attrs

from iph._categories import Treatment, Visit
from iph._follow_up import Assessment
from iph._model import Patient
from iph.scales._hip_flexion import hip_flexion_grade
from iph.scales._relief import is_responder
from iph.stats._tables.proportion import proportion
from iph.study._attendance import died_by
from iph.study._characteristics import Characteristic


@attrs.frozen(kw_only=True)
class OutcomeCount:
    """One outcome in one group of patients.

    Attributes
    ----------
    label : str
        The group.
    count, n : int
        Patients with the outcome, and those whose outcome is known.
    n_died, n_missing : int
        Patients who had died by the visit, and the others without a known outcome.
    """

    label: str
    count: int
    n: int
    n_died: int
    n_missing: int


@attrs.frozen(kw_only=True)
class GroupOutcome:
    """One outcome at the primary visit, by group.

    Attributes
    ----------
    label : str
        The outcome.
    visit : Visit
        The visit.
    groups : tuple of OutcomeCount
        One a group, in the order of the grouping.
    difference, low, high : float
        With two groups, the share of the first less that of the second and an interval
        that holds whatever the shares: the Clopper-Pearson limits of both hold jointly
        at the stated level. NaN with more groups, or if nothing is known of one.
    confidence_level : float
        The level.
    n, n_missing : int
        Patients of all groups with a known outcome, and without.
    method : str
        How the interval is made.
    """

    label: str
    visit: Visit
    groups: tuple[OutcomeCount, ...]
    difference: float
    low: float
    high: float
    confidence_level: float
    n: int
    n_missing: int
    method: str = "joint clopper-pearson"


Answer = Callable[[Assessment, Assessment], bool | None]


def _relief(before: Assessment, now: Assessment) -> bool | None:
    return is_responder(before.vas, now.vas)


def _less_numb(before: Assessment, now: Assessment) -> bool | None:
    if before.numbness is None or now.numbness is None:
        return None
    return now.numbness < before.numbness


def _stronger(before: Assessment, now: Assessment) -> bool | None:
    if before.strength is None or now.strength is None:
        return None
    return now.strength > before.strength


def _freer(before: Assessment, now: Assessment) -> bool | None:
    old, new = (hip_flexion_grade(a.hip_flexion_deg) for a in (before, now))
    return None if old is None or new is None else new > old


_OUTCOMES: Final[tuple[tuple[str, Answer], ...]] = (
    ("Pain reduced by at least half", _relief),
    ("Numbness improved", _less_numb),
    ("Thigh strength improved", _stronger),
    ("Hip flexion improved", _freer),
)


def group_outcomes(
    patients: tuple[Patient, ...], by: Characteristic, primary: Visit
) -> tuple[GroupOutcome, ...]:
    """Compare the groups by each outcome that is known of anybody in two of them."""
    members = {
        label: tuple(p for p in patients if by.value(p) == level)
        for level, label in zip(by.levels, by.level_labels, strict=True)
    }
    found = []
    for label, answer in _OUTCOMES:
        groups = [_count(g, m, answer, primary) for g, m in members.items() if m]
        if sum(group.n > 0 for group in groups) >= 2:
            found.append(_compared(label, primary, groups))
    return tuple(found)


def treatment_outcomes(
    patients: tuple[Patient, ...], primary: Visit
) -> tuple[tuple[str, tuple[OutcomeCount, ...]], ...]:
    """Count each outcome by treatment; a patient counts under each one given."""
    given = {
        treatment.label: tuple(
            p
            for p in patients
            if p.treatments is not None and treatment in p.treatments
        )
        for treatment in Treatment
        if treatment is not Treatment.UNKNOWN
    }
    found = []
    for label, answer in _OUTCOMES:
        counts = tuple(_count(g, m, answer, primary) for g, m in given.items() if m)
        if any(count.n for count in counts):
            found.append((label, counts))
    return tuple(found)


def _count(
    label: str, members: tuple[Patient, ...], answer: Answer, visit: Visit
) -> OutcomeCount:
    known, died = [], 0
    for patient in members:
        before, now = patient.follow_up.at(Visit.BASELINE), patient.follow_up.at(visit)
        found = None if before is None or now is None else answer(before, now)
        died += died_by(patient, visit)
        if found is not None:
            known.append(found)
    return OutcomeCount(
        label=label,
        count=sum(known),
        n=len(known),
        n_died=died,
        n_missing=len(members) - len(known) - died,
    )


def _compared(
    label: str, visit: Visit, groups: list[OutcomeCount], level: float = 0.95
) -> GroupOutcome:
    difference = low = high = math.nan
    if len(groups) == 2 and all(group.n for group in groups):
        one, other = (
            proportion(
                g.count,
                g.n,
                confidence_level=math.sqrt(level),
                method="clopper-pearson",
            )
            for g in groups
        )
        difference = one.estimate - other.estimate
        low, high = one.low - other.high, one.high - other.low
    return GroupOutcome(
        label=label,
        visit=visit,
        groups=tuple(groups),
        difference=difference,
        low=low,
        high=high,
        confidence_level=level,
        n=sum(group.n for group in groups),
        n_missing=sum(group.n_missing for group in groups),
    )
