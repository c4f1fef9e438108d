"""Groups compared at each visit, in each outcome: who has the better values."""

from typing import Any

import attrs

from iph._categories import ScheduledVisit
from iph._subject import Subject
from iph.protocol._protocol import Protocol
from iph.stats._description.quartiles import Quartiles, quartiles
from iph.stats._groups.kruskal_wallis import KruskalWallis, kruskal_wallis
from iph.stats._groups.mann_whitney import MannWhitney, mann_whitney
from iph.stats._groups.superiority import probability_of_superiority
from iph.stats._inference.result import Estimate
from iph.study._characteristics import Characteristic
from iph.study._parts import at_visit, value_at


@attrs.frozen(kw_only=True)
class GroupValues:
    """The values of one group at one visit.

    Attributes
    ----------
    label : str
        The group.
    quartiles : Quartiles
        Median and quartiles of the values, those of a grade by its number, with ``n``
        and ``n_missing``.
    """

    label: str
    quartiles: Quartiles


@attrs.frozen(kw_only=True)
class GroupVisit:
    """One outcome at one visit, by group.

    Attributes
    ----------
    field, label : str
        The outcome.
    visit : ScheduledVisit
        The visit.
    groups : tuple of GroupValues
        One a group with anybody in it, in the order of the grouping.
    better : Estimate or None
        With two groups, how often a patient of the second has a better value than one
        of the first, a tie counting one half.
    mann_whitney : MannWhitney or None
        The test of two groups; None unless both have values.
    kruskal_wallis : KruskalWallis or None
        The test of more groups; None unless each has values.
    """

    field: str
    label: str
    visit: ScheduledVisit
    groups: tuple[GroupValues, ...]
    better: Estimate | None
    mann_whitney: MannWhitney | None
    kruskal_wallis: KruskalWallis | None


def group_visits(
    patients: tuple[Subject[Any], ...],
    protocol: Protocol[Any],
    by: Characteristic,
    *,
    quartile_rule: str,
    rng: int,
) -> tuple[GroupVisit, ...]:
    """Compare the groups in each outcome at each visit at which anybody has a value."""
    members = {
        label: tuple(p for p in patients if by.value(p) == level)
        for level, label in zip(by.levels, by.level_labels, strict=True)
    }
    filled = {label: found for label, found in members.items() if found}
    if len(filled) < 2:
        return ()
    found = []
    for outcome in protocol.outcomes:
        declared = protocol.assessment_declarations[outcome.field]
        read, falls = value_at(protocol, outcome.field), declared.best == "low"
        for visit in protocol.visits:
            columns = {
                label: [
                    None if value is None else float(value)
                    for value in at_visit(group, visit, read)
                ]
                for label, group in filled.items()
            }
            if all(one is None for column in columns.values() for one in column):
                continue
            found.append(
                GroupVisit(
                    field=outcome.field,
                    label=outcome.label or declared.label,
                    visit=visit,
                    groups=tuple(
                        GroupValues(
                            label=label,
                            quartiles=quartiles(column, method=quartile_rule),
                        )
                        for label, column in columns.items()
                    ),
                    **_tests(list(columns.values()), falls=falls, rng=rng),
                )
            )
    return tuple(found)


def _tests(columns: list[list[float | None]], *, falls: bool, rng: int) -> Any:
    """Return the tests that apply: each group needs a value."""
    made: dict[str, Any] = dict.fromkeys(("better", "mann_whitney", "kruskal_wallis"))
    if not all(any(one is not None for one in column) for column in columns):
        return made
    if len(columns) > 2:
        return made | {"kruskal_wallis": kruskal_wallis(*columns, rng=rng)}
    first, second = columns
    # The higher value is the better one, or the lower: the better group comes first.
    pair = (first, second) if falls else (second, first)
    return made | {
        "better": probability_of_superiority(*pair),
        "mann_whitney": mann_whitney(first, second, two_sided="central", rng=rng),
    }
