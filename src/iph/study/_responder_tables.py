"""Who improved by as much as counts, counted at each visit and in each group."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from iph._categories import ScheduledVisit
from iph._display import Displayed
from iph.protocol._changes import change_rules
from iph.scales._change import score_change
from iph.scales._change_rules import ChangeGrade, ChangeRule
from iph.stats._inference.result import Estimate
from iph.stats._tables.proportion import proportion
from iph.study._characteristics import Characteristic
from iph.study._columns import DIED
from iph.study._group_outcomes import GroupOutcome, OutcomeCount, compared
from iph.study._study_counts import StudyCounts
from iph.study._visit_counts import Outcome, Pairs


@attrs.frozen(kw_only=True)
class Responders(Displayed):
    """Patients of one group at one visit, by a rule of change.

    Attributes
    ----------
    visit : ScheduledVisit
        The later visit; each patient is compared with baseline.
    group : str or None
        The group in words; None where there are no groups, or a patient's is not known.
    improved, not_changed, worse : int
        Patients who changed by as much as counts, or not; they add up to n.
    share : Estimate
        The share of those who improved among those scored at both visits.
    missing_failed : Estimate
        Their share among all of the group, if nobody else improved: whoever was not
        scored, and whoever had died.
    no_room : int
        Patients of n who started so near the best score that they could not improve by
        as much as counts.
    died : int
        Patients who had died by the visit: neither in n nor missing.
    n : int
        Patients scored at both visits.
    n_missing : int
        The others who had not died.
    """

    visit: ScheduledVisit
    group: str | None
    improved: int
    not_changed: int
    worse: int
    share: Estimate
    missing_failed: Estimate
    no_room: int
    died: int
    n: int
    n_missing: int


@attrs.frozen(kw_only=True)
class ResponderTable(Displayed):
    """Who improved by as much as counts, at each visit and in each group.

    Attributes
    ----------
    field, label : str
        The score, by its name and in words.
    rule : ChangeRule
        How much counts, with its reference.
    baseline : ScheduledVisit
        The visit that each later one is compared with.
    by : str
        What the groups are; empty without groups.
    rows : tuple of Responders
        By visit in order of time, and within it by group; a last one for patients whose
        group is not known, if there are any.
    difference : GroupOutcome or None
        The shares of those who improved by the visit of the primary analysis, compared;
        None unless the patients of two groups were scored.
    confidence_level : float
        The level of the intervals.
    n : int
        Patients of the study with a score at baseline.
    n_missing : int
        Patients of the study without one.
    """

    field: str
    label: str
    rule: ChangeRule
    baseline: ScheduledVisit
    by: str
    rows: tuple[Responders, ...]
    difference: GroupOutcome | None
    confidence_level: float
    n: int
    n_missing: int

    def at(
        self, visit: ScheduledVisit | str, group: str | None = None
    ) -> Responders | None:
        """Return the row of a visit and group.

        Parameters
        ----------
        visit : ScheduledVisit or str
            The visit, or its code.
        group : str, optional
            The group in words.

        Returns
        -------
        Responders or None
            None if there is no such row.
        """
        code = visit.value if isinstance(visit, ScheduledVisit) else visit
        found = (r for r in self.rows if (r.visit.value, r.group) == (code, group))
        return next(found, None)


def responder_tables(
    counts: StudyCounts, by: Characteristic | None, primary: ScheduledVisit
) -> tuple[ResponderTable, ...]:
    """Count who improved, by each rule of change that the protocol names."""
    protocol, start = counts.protocol, counts.protocol.baseline
    found = []
    for one in protocol.outcomes:
        declared = protocol.assessment_declarations[one.field]
        outcome = Outcome(counts, one.field)
        rules = () if start is None else change_rules(one, declared)
        if not rules or start not in outcome.visits:
            continue
        later = [visit for visit in outcome.visits if visit != start]
        pairs = {visit: outcome.pairs_by_group(start, visit) for visit in later}
        found += [
            made(
                pairs,
                rule=rule,
                field=(one.field, one.label or declared.label),
                baseline=(start, outcome.states(start)),
                by=by,
                primary=primary,
                confidence_level=0.95,
            )
            for rule in rules
        ]
    return tuple(found)


def made(
    pairs: Mapping[ScheduledVisit, Mapping[Any, Pairs]],
    *,
    rule: ChangeRule,
    field: tuple[str, str],
    baseline: tuple[ScheduledVisit, Counter[Any]],
    by: Characteristic | None,
    primary: ScheduledVisit,
    confidence_level: float,
) -> ResponderTable:
    """Make the table of one rule from the states at baseline and at later visits.

    The pairs are given by group at each visit, the field by its name and in words, the
    baseline with the states there.
    """
    (name, label), (start, scored) = field, baseline
    rows = tuple(
        _row(visit, group, one, rule, confidence_level)
        for visit, groups in pairs.items()
        for group, one in _grouped(groups, by)
    )
    n_missing = scored[None] + scored[DIED]
    return ResponderTable(
        field=name,
        label=label,
        rule=rule,
        baseline=start,
        by="" if by is None else by.name,
        rows=rows,
        difference=_difference(rows, rule, primary, confidence_level),
        confidence_level=confidence_level,
        n=scored.total() - n_missing,
        n_missing=n_missing,
    )


def _grouped(
    groups: Mapping[Any, Pairs], by: Characteristic | None
) -> Iterator[tuple[str | None, Pairs]]:
    """Yield the groups in their order, and whose group is not known; or all at once."""
    if by is None:
        cells: Counter[Any] = Counter()
        for one in groups.values():
            cells.update(one.cells)
        yield None, Pairs(cells)
        return
    for level, label in zip(by.levels, by.level_labels, strict=True):
        yield label, groups.get(level, Pairs(Counter()))
    rest = Pairs(Counter())
    for level, one in groups.items():
        if level not in by.levels:
            rest.cells.update(one.cells)
    if rest.n:
        yield None, rest


def _difference(
    rows: tuple[Responders, ...],
    rule: ChangeRule,
    primary: ScheduledVisit,
    confidence_level: float,
) -> GroupOutcome | None:
    """Compare two groups at the visit of the primary analysis."""
    here = [row for row in rows if row.visit == primary and row.group is not None]
    filled = [row for row in here if row.missing_failed.n]
    if len(filled) != 2 or not all(row.n for row in filled):
        return None
    groups = [
        OutcomeCount(
            label=str(row.group),
            count=row.improved,
            n=row.n,
            n_died=row.died,
            n_missing=row.n_missing,
        )
        for row in filled
    ]
    return compared(rule.name, primary, groups, confidence_level)


def _row(
    visit: ScheduledVisit,
    group: str | None,
    pairs: Pairs,
    rule: ChangeRule,
    confidence_level: float,
) -> Responders:
    best = rule.high if rule.better == "higher" else rule.low
    changes: Counter[ChangeGrade | None] = Counter()
    no_room = 0
    for (before, now), count in pairs.both.items():
        changes[score_change(before, now, rule=rule)] += count
        if score_change(before, best, rule=rule) is not ChangeGrade.IMPROVED:
            no_room += count
    improved, n = changes[ChangeGrade.IMPROVED], changes.total()
    missing = pairs.n - n - pairs.n_died

    def share(of: int, n_missing: int) -> Estimate:
        return proportion(
            improved,
            of,
            n_missing=n_missing,
            confidence_level=confidence_level,
            method="clopper-pearson",
        )

    return Responders(
        visit=visit,
        group=group,
        improved=improved,
        not_changed=changes[ChangeGrade.NOT_CHANGED],
        worse=changes[ChangeGrade.WORSE],
        share=share(n, missing),
        missing_failed=share(pairs.n, 0),
        no_room=no_room,
        died=pairs.n_died,
        n=n,
        n_missing=missing,
    )
