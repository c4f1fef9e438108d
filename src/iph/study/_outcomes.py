"""Outcomes as stated in words: counted, and compared between groups of patients."""

import attrs
import numpy as np

from iph._categories import Outcome
from iph._display import Displayed
from iph.stats._inference.result import Estimate
from iph.stats._tables.fisher import FisherExact, fisher_exact
from iph.stats._tables.proportion import proportion
from iph.study._characteristics import Characteristic
from iph.study._columns import Coded, Columns, crossed
from iph.study._parts import MissingField, Unavailable
from iph.study._share_difference import lower_limit, method_of
from iph.study._study_counts import Path, StudyCounts, Table, column, where

_SILENT = frozenset({None, Outcome.UNKNOWN})


@attrs.frozen(kw_only=True)
class OutcomeGroup(Displayed):
    """Stated outcomes of one group.

    Attributes
    ----------
    label : str
        The group; ``"all"`` for everybody.
    counts : tuple of int
        Patients with each outcome, in the order of `StatedOutcomes.outcomes`.
    complete : int
        Patients stated to have recovered completely.
    share : Estimate
        The same as a share of those stated either way, with its exact interval, ``n``
        and ``n_missing``.
    died : int
        Patients known to have died; those without a stated outcome are in no count.
    """

    label: str
    counts: tuple[int, ...]
    complete: int
    share: Estimate
    died: int


@attrs.frozen(kw_only=True)
class StatedOutcomes(Displayed):
    """What the treating teams stated of recovery, with or without a day.

    Attributes
    ----------
    outcomes : tuple of Outcome
        The outcomes that can be stated.
    overall : OutcomeGroup
        All patients.
    group : str
        What the patients are grouped by.
    groups : tuple of OutcomeGroup
        One a group with a stated outcome, or with a patient known to have died.
    test : FisherExact or None
        Complete recovery compared between the groups; None unless two have an outcome
        stated either way.
    difference : Estimate or None
        With two such groups, the share of complete recovery of the first less that of
        the second, with an interval that has at least the stated level whatever the
        shares, and ``n`` patients of both; None otherwise.
    n_ungrouped : int
        Patients with a stated outcome, or known to have died, whose group is not known;
        they count in `overall` alone.
    n, n_missing : int
        Patients with and without a stated outcome.
    """

    outcomes: tuple[Outcome, ...]
    overall: OutcomeGroup
    group: str
    groups: tuple[OutcomeGroup, ...]
    test: FisherExact | None
    difference: Estimate | None = None
    n_ungrouped: int = 0
    n: int
    n_missing: int


_OUTCOMES = tuple(o for o in Outcome if o not in _SILENT)


def count_stated(columns: Columns, group: Coded) -> dict[Path, Table]:
    """Count the stated outcomes by group, and who is known to have died."""
    stated = columns.of_patients("outcome").mapped(
        lambda outcome: None if outcome is None else outcome.value
    )
    dead = columns.died | ~np.isnan(columns.died_day)
    known_dead = Coded(dead.astype(np.int64), [False, True])
    return {("stated",): crossed([stated, known_dead, group])}


def stated_outcomes(
    counts: StudyCounts, by: Characteristic, *, tested: bool, rng: int
) -> StatedOutcomes | Unavailable:
    """Say what was stated, and compare complete recovery between groups."""
    table = counts.table("stated")
    stated = column(table, 0)
    silence = {None, Outcome.UNKNOWN.value}
    silent = sum(stated[answer] for answer in silence)
    if silent == counts.n:
        missing = MissingField("outcome", stated[None], counts.n, "outcome in words")
        return Unavailable(
            part="Outcome as stated in words",
            reason="no outcome is stated",
            missing=(missing,),
        )
    groups = [
        _group(label, where(table, 2, level))
        for level, label in zip(by.levels, by.level_labels, strict=True)
    ]
    groups = [group for group in groups if sum(group.counts) or group.died]
    either = [group for group in groups if group.share.n] if tested else []
    complete = [[g.complete, g.share.n - g.complete] for g in either]
    return StatedOutcomes(
        outcomes=_OUTCOMES,
        overall=_group("all", table),
        group=by.label,
        groups=tuple(groups),
        test=(
            fisher_exact(complete, method="auto", rng=rng) if len(either) >= 2 else None
        ),
        difference=_difference(either[0], either[1]) if len(either) == 2 else None,
        n_ungrouped=sum(
            n
            for (outcome, died, level), n in table.items()
            if level not in by.levels and (outcome not in silence or died)
        ),
        n=counts.n - silent,
        n_missing=silent,
    )


def _difference(
    one: OutcomeGroup, other: OutcomeGroup, level: float = 0.95
) -> Estimate:
    """Compare the shares of complete recovery of two groups."""
    counts = (one.complete, one.share.n, other.complete, other.share.n)
    return Estimate(
        estimate=one.share.estimate - other.share.estimate,
        low=lower_limit(*counts, level),
        high=-lower_limit(*counts[2:], *counts[:2], level),
        confidence_level=level,
        method=method_of(one.share.n, other.share.n),
        n=one.share.n + other.share.n,
        n_missing=one.share.n_missing + other.share.n_missing,
    )


def _group(label: str, table: Table) -> OutcomeGroup:
    stated = column(table, 0)
    complete = told = 0
    for outcome in Outcome:
        answer = outcome.is_complete
        complete += stated[outcome.value] if answer else 0
        told += 0 if answer is None else stated[outcome.value]
    return OutcomeGroup(
        label=label,
        counts=tuple(stated[outcome.value] for outcome in _OUTCOMES),
        complete=complete,
        share=proportion(
            complete,
            told,
            n_missing=stated.total() - told,
            method="clopper-pearson",
        ),
        died=column(table, 1)[True],
    )
