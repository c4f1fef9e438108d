"""Outcomes at the primary visit by group, and by treatment, counted and compared."""

import math
from typing import Any

import attrs

from iph._categories import ScheduledVisit, Treatment
from iph._model import Patient
from iph._subject import Subject
from iph.stats._tables.proportion import proportion
from iph.study._attendance import died_by
from iph.study._characteristics import Characteristic
from iph.study._responses import Response


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
    visit : ScheduledVisit
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
    visit: ScheduledVisit
    groups: tuple[OutcomeCount, ...]
    difference: float
    low: float
    high: float
    confidence_level: float
    n: int
    n_missing: int
    method: str = "joint clopper-pearson"


def group_outcomes(
    patients: tuple[Subject[Any], ...],
    responses: tuple[Response, ...],
    by: Characteristic,
    primary: ScheduledVisit,
) -> tuple[GroupOutcome, ...]:
    """Compare the groups by each outcome that is known of anybody in two of them."""
    members = {
        label: tuple(p for p in patients if by.value(p) == level)
        for level, label in zip(by.levels, by.level_labels, strict=True)
    }
    found = []
    for one in responses:
        groups = [_count(g, m, one, primary) for g, m in members.items() if m]
        if sum(group.n > 0 for group in groups) >= 2:
            found.append(_compared(one.label, primary, groups))
    return tuple(found)


def treatment_outcomes(
    patients: tuple[Patient, ...],
    responses: tuple[Response, ...],
    primary: ScheduledVisit,
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
    for one in responses:
        counts = tuple(_count(g, m, one, primary) for g, m in given.items() if m)
        if any(count.n for count in counts):
            found.append((one.label, counts))
    return tuple(found)


def _count(
    label: str,
    members: tuple[Subject[Any], ...],
    response: Response,
    visit: ScheduledVisit,
) -> OutcomeCount:
    answers = [response.of(patient, visit) for patient in members]
    known = [answer for answer in answers if answer is not None]
    died = sum(died_by(patient, visit) for patient in members)
    return OutcomeCount(
        label=label,
        count=sum(known),
        n=len(known),
        n_died=died,
        n_missing=len(members) - len(known) - died,
    )


def _compared(
    label: str, visit: ScheduledVisit, groups: list[OutcomeCount], level: float = 0.95
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
