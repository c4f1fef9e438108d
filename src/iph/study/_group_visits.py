"""Groups compared at each visit, in each outcome: who has the better values."""

from collections import Counter
from typing import Any

import attrs

from iph._categories import ScheduledVisit
from iph._display import Displayed
from iph.stats._description.quartiles import Quartiles, quartiles
from iph.stats._groups.kruskal_wallis import KruskalWallis, kruskal_wallis
from iph.stats._groups.mann_whitney import MannWhitney, mann_whitney
from iph.stats._groups.superiority import probability_of_superiority
from iph.stats._inference.result import Estimate
from iph.study._characteristics import Characteristic
from iph.study._study_counts import StudyCounts, column
from iph.study._visit_counts import Outcome, scores_of


@attrs.frozen(kw_only=True)
class GroupValues(Displayed):
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
class GroupVisit(Displayed):
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
    counts: StudyCounts, by: Characteristic, *, quartile_rule: str, rng: int
) -> tuple[GroupVisit, ...]:
    """Compare the groups in each outcome at each visit at which anybody has a value."""
    sizes = column(counts.table("patients"), 0)
    filled = {
        label: level
        for level, label in zip(by.levels, by.level_labels, strict=True)
        if sizes[level]
    }
    if len(filled) < 2:
        return ()
    found = []
    for outcome in counts.protocol.outcomes:
        declared = counts.protocol.assessment_declarations[outcome.field]
        falls = declared.best == "low"
        for visit in counts.protocol.visits:
            states = Outcome(counts, outcome.field).by_group(visit)
            columns = {
                label: scores_of(states.get(level, Counter()))
                for label, level in filled.items()
            }
            if not any(map(_has_values, columns.values())):
                continue
            found.append(
                GroupVisit(
                    field=outcome.field,
                    label=outcome.label or declared.label,
                    visit=visit,
                    groups=tuple(
                        GroupValues(
                            label=label,
                            quartiles=quartiles(
                                list(values),
                                weights=list(values.values()),
                                method=quartile_rule,
                            ),
                        )
                        for label, values in columns.items()
                    ),
                    **_tests(list(columns.values()), falls=falls, rng=rng),
                )
            )
    return tuple(found)


def _has_values(values: Counter[float | None]) -> bool:
    return any(value is not None for value in values)


def _tests(
    columns: list[Counter[float | None]], *, falls: bool, rng: int
) -> dict[str, Any]:
    """Return the tests that apply: each group needs a value."""
    made: dict[str, Any] = dict.fromkeys(("better", "mann_whitney", "kruskal_wallis"))
    if not all(map(_has_values, columns)):
        return made
    values = [list(one) for one in columns]
    weights = [list(one.values()) for one in columns]
    if len(columns) > 2:
        return made | {
            "kruskal_wallis": kruskal_wallis(*values, weights=weights, rng=rng)
        }
    # The higher value is the better one, or the lower: the better group comes first.
    first, second = (0, 1) if falls else (1, 0)
    return made | {
        "better": probability_of_superiority(
            values[first], values[second], weights=(weights[first], weights[second])
        ),
        "mann_whitney": mann_whitney(
            values[0],
            values[1],
            weights=(weights[0], weights[1]),
            two_sided="central",
            rng=rng,
        ),
    }
