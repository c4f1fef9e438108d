"""Outcomes as stated in words: counted, and compared between groups of patients."""

import attrs

from iph._categories import Outcome
from iph._model import Patient
from iph.stats._inference.result import Estimate
from iph.stats._tables.fisher import FisherExact, fisher_exact
from iph.stats._tables.proportion import proportion
from iph.study._characteristics import Characteristic
from iph.study._parts import Unavailable, missing_field

_SILENT = frozenset({None, Outcome.UNKNOWN})


@attrs.frozen(kw_only=True)
class OutcomeGroup:
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
class StatedOutcomes:
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


def stated_outcomes(
    patients: tuple[Patient, ...], by: Characteristic, *, tested: bool, rng: int
) -> StatedOutcomes | Unavailable:
    """Count the stated outcomes, and compare complete recovery between groups."""
    known = [p for p in patients if p.follow_up.outcome not in _SILENT]
    if not known:
        return Unavailable(
            part="Outcome as stated in words",
            reason="no outcome is stated",
            missing=(
                missing_field(patients, "outcome", lambda p: p.follow_up.outcome),
            ),
        )
    members = {
        label: tuple(p for p in patients if by.value(p) == level)
        for level, label in zip(by.levels, by.level_labels, strict=True)
    }
    groups = [_group(label, found) for label, found in members.items()]
    groups = [group for group in groups if group.share.n]
    table = [[g.complete, g.share.n - g.complete] for g in groups]
    return StatedOutcomes(
        outcomes=_OUTCOMES,
        overall=_group("all", patients),
        group=by.label,
        groups=tuple(groups),
        test=(
            fisher_exact(table, method="auto", rng=rng)
            if tested and len(groups) >= 2
            else None
        ),
        n=len(known),
        n_missing=len(patients) - len(known),
    )


_OUTCOMES = tuple(o for o in Outcome if o not in _SILENT)


def _group(label: str, patients: tuple[Patient, ...]) -> OutcomeGroup:
    stated = [p.follow_up.outcome for p in patients]
    answers = [None if o is None else o.is_complete for o in stated]
    told = [answer for answer in answers if answer is not None]
    return OutcomeGroup(
        label=label,
        counts=tuple(stated.count(outcome) for outcome in _OUTCOMES),
        complete=sum(told),
        share=proportion(
            sum(told),
            len(told),
            n_missing=len(answers) - len(told),
            method="clopper-pearson",
        ),
        died=sum(
            bool(p.follow_up.died) or p.follow_up.died_day is not None for p in patients
        ),
    )
