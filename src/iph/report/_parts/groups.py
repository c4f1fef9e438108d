"""Outcomes at the primary visit by group and by treatment."""

import math
from collections.abc import Iterable, Iterator, Sequence

from iph.report._document import Block
from iph.report._numbers import decimal, exact, level_text, places_for, share
from iph.report._parts.part import Material, Part, endpoints_heading
from iph.report._phrases import interval_way, lowered
from iph.report._sheet import Sheet, SheetRow
from iph.study._group_outcomes import GroupOutcome, OutcomeCount
from iph.study._recovery_results import RecoveryAnalysis
from iph.study._study import Study


def _blocks(study: Study, _material: Material) -> Iterator[Block]:
    name = next(
        (a.group for a in study.recovery if isinstance(a, RecoveryAnalysis)),
        _group_name(study),
    )
    counted = (group_outcomes_sheet(study, name), treatments_sheet(study))
    yield from (sheet for sheet in counted if sheet is not None)


def _group_name(study: Study) -> str:
    """Name the grouping as its field is declared."""
    name = study.rules.recovery_group
    declared = study.protocol.patient_declarations.get(name)
    return name.replace("_", " ") if declared is None else declared.label


def group_outcomes_sheet(study: Study, group: str) -> Sheet | None:
    """Print each outcome by group with the difference; None if none is known in two."""
    found = study.group_outcomes
    if not found:
        return None
    names = [count.label for count in found[0].groups]
    visit = study.rules.primary_visit.label
    way = interval_way(one.method for one in found)
    held = (
        f"The interval {way} and holds for every pair of true shares. " if way else ""
    )
    dead = any(count.n_died for one in found for count in one.groups)
    beside = "; those who had died by then are counted beside them" if dead else ""
    formed = (
        "The groups were not allocated at random."
        if study.protocol.group is None
        else "How the groups were formed is not in the data."
    )
    return Sheet(
        name="group_outcomes",
        title=f"Outcomes at {visit} by {group.lower()}",
        header=(
            "Outcome",
            *(name[0].upper() + name[1:] for name in names),
            f"Difference ({_level(found)} CI), percentage points",
        ),
        rows=tuple(
            SheetRow((one.label, *map(_count, one.groups), _difference_cell(one)))
            for one in found
        ),
        notes=(
            (
                f"Patients known both at baseline and at the visit{beside}. "
                f"{held}{formed}"
            ),
            *_best_before((one.label, one.groups) for one in found),
        ),
    )


def _best_before(
    outcomes: Iterable[tuple[str, Iterable[OutcomeCount]]],
) -> Iterator[str]:
    """Say who could not improve, having the best value at baseline."""
    told = []
    for label, counts in outcomes:
        best = [f"{c.label} {c.n_best_before}" for c in counts if c.n_best_before]
        if best:
            told.append(f"{lowered(label)}, {', '.join(best)}")
    if told:
        yield (
            "With the best value at baseline already, and so counted among those who "
            f"did not improve: {'; '.join(told)}."
        )


def _count(found: OutcomeCount) -> str:
    text = share(found.count, found.n)
    return f"{text}; {found.n_died} died" if found.n_died else text


def _level(found: Sequence[GroupOutcome]) -> str:
    return level_text(found[0].confidence_level)


def _percentages(found: GroupOutcome) -> Iterator[str]:
    """Write the difference of two shares, and its bounds, in percentage points."""
    places = places_for(found.n)
    for value in (found.difference, found.low, found.high):
        yield decimal(exact(round(value, 12)) * 100, places)


def _difference_cell(found: GroupOutcome) -> str:
    """Write the difference of two shares below a head that names its level."""
    if math.isnan(found.difference):
        return "not given"
    middle, low, high = _percentages(found)
    return f"{middle} ({low} to {high})"


def difference_text(found: GroupOutcome) -> str:
    """Write the difference of two shares with its interval."""
    if math.isnan(found.difference):
        return "not given"
    middle, low, high = _percentages(found)
    return f"{middle} ({_level([found])} CI, {low} to {high})"


def treatments_sheet(study: Study) -> Sheet | None:
    """Print each outcome by treatment; None if none is known of anybody treated."""
    found = study.treatment_outcomes
    if not found:
        return None
    labels = [label for label, _ in found]
    rows = []
    for place, first in enumerate(found[0][1]):
        cells = [_count(counts[place]) for _, counts in found]
        treated = first.n + first.n_died + first.n_missing
        rows.append(SheetRow((first.label, str(treated), *cells)))
    return Sheet(
        name="treatments",
        title=f"Outcomes at {study.rules.primary_visit.label} by treatment",
        header=("Treatment", "Patients", *labels),
        rows=tuple(rows),
        notes=(
            (
                "A patient counts under each treatment given, and treatments were "
                "chosen by the state of the patient: the rows are no comparison."
            ),
            *_best_before(found),
        ),
    )


PART = Part(
    chapter="recovery",
    heading=endpoints_heading,
    results=lambda material: (material.study,),
    blocks=_blocks,
    answers=lambda found, _material: (
        {"subgroups": ""} if found[0].group_outcomes else {}
    ),
)
