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
        One a group with a stated outcome.
    test : FisherExact or None
        Complete recovery compared between two or more groups; None where only one has
        a stated outcome.
    n, n_missing : int
        Patients with and without a stated outcome.
    """

    outcomes: tuple[Outcome, ...]
    overall: OutcomeGroup
    group: str
    groups: tuple[OutcomeGroup, ...]
    test: FisherExact | None
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
    silent = stated[None] + stated[Outcome.UNKNOWN.value]
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
    groups = [group for group in groups if group.share.n]
    complete = [[g.complete, g.share.n - g.complete] for g in groups]
    return StatedOutcomes(
        outcomes=_OUTCOMES,
        overall=_group("all", table),
        group=by.label,
        groups=tuple(groups),
        test=(
            fisher_exact(complete, method="auto", rng=rng)
            if tested and len(groups) >= 2
            else None
        ),
        n=counts.n - silent,
        n_missing=silent,
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
