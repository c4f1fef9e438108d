"""Outcomes at the primary visit by group, and by treatment, counted and compared."""

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

import attrs

from iph._categories import ScheduledVisit, Treatment
from iph._display import Displayed
from iph.study._characteristics import Characteristic
from iph.study._columns import DIED
from iph.study._responses import Response
from iph.study._share_difference import lower_limit, method_of
from iph.study._study_counts import StudyCounts, column
from iph.study._visit_counts import Outcome, Pairs


@attrs.frozen(kw_only=True)
class OutcomeCount(Displayed):
    """One outcome in one group of patients.

    Attributes
    ----------
    label : str
        The group.
    count, n : int
        Patients with the outcome, and those whose outcome is known.
    n_died, n_missing : int
        Patients who had died by the visit, and the others without a known outcome.
    n_best_before : int
        Patients of `n` who had the best value at baseline already: they could not
        improve, and count as not improved.
    """

    label: str
    count: int
    n: int
    n_died: int
    n_missing: int
    n_best_before: int = 0


@attrs.frozen(kw_only=True)
class GroupOutcome(Displayed):
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
        that has at least the stated level whatever the shares. NaN with more groups, or
        if nothing is known of one.
    confidence_level : float
        The level.
    n, n_missing : int
        Patients of all groups with a known outcome, and without.
    method : str
        How the interval is made: ``"chan-zhang"``, by inverting Barnard's test, or in
        large groups ``"joint clopper-pearson"``, from the limits of both shares, which
        hold jointly at that level; empty without an interval.
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
    method: str


def group_outcomes(
    counts: StudyCounts,
    responses: tuple[Response, ...],
    by: Characteristic,
    primary: ScheduledVisit,
) -> tuple[GroupOutcome, ...]:
    """Compare the groups by each outcome that is known of anybody in two of them."""
    sizes = column(counts.table("patients"), 0)
    found = []
    for one in responses:
        outcome = Outcome(counts, one.field)
        states = outcome.by_group(primary)
        pairs = {} if one.start is None else outcome.pairs_by_group(one.start, primary)
        groups = [
            _count(
                label,
                sizes[level],
                states.get(level, Counter())[DIED],
                one,
                pairs[level].both if level in pairs else {},
            )
            for level, label in zip(by.levels, by.level_labels, strict=True)
            if sizes[level]
        ]
        if sum(group.n > 0 for group in groups) >= 2:
            found.append(compared(one.label, primary, groups))
    return tuple(found)


def treatment_outcomes(
    counts: StudyCounts, responses: tuple[Response, ...], primary: ScheduledVisit
) -> tuple[tuple[str, tuple[OutcomeCount, ...]], ...]:
    """Count each outcome by treatment; a patient counts under each one given."""
    found = []
    for one in responses:
        groups = []
        for treatment in Treatment:
            path = ("treated", treatment.value, one.field, primary.value)
            pairs = Pairs(counts.table(*path))
            if pairs.n:
                groups.append(
                    _count(treatment.label, pairs.n, pairs.n_died, one, pairs.both)
                )
        if any(count.n for count in groups):
            found.append((one.label, tuple(groups)))
    return tuple(found)


def _count(
    label: str,
    n_members: int,
    died: int,
    response: Response,
    both: Mapping[tuple[Any, Any], int],
) -> OutcomeCount:
    answers = response.of(both)
    known = answers[True] + answers[False]
    return OutcomeCount(
        label=label,
        count=answers[True],
        n=known,
        n_died=died,
        n_missing=n_members - known - died,
        n_best_before=response.without_room(both),
    )


def compared(
    label: str, visit: ScheduledVisit, groups: list[OutcomeCount], level: float = 0.95
) -> GroupOutcome:
    """Compare the shares of groups; of two with their difference."""
    difference = low = high = math.nan
    method = ""
    if len(groups) == 2 and all(group.n for group in groups):
        one, other = groups
        difference = one.count / one.n - other.count / other.n
        low = lower_limit(one.count, one.n, other.count, other.n, level)
        high = -lower_limit(other.count, other.n, one.count, one.n, level)
        method = method_of(one.n, other.n)
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
        method=method,
    )
