"""Groups compared at each visit, in each outcome: who has the better values."""

from collections import Counter
from typing import Any

import attrs

from iph._bound import Bound
from iph._categories import ScheduledVisit
from iph._display import Displayed
from iph.stats._description.bounded_quartiles import BoundedQuartiles
from iph.stats._description.quartiles import Quartiles, quartiles
from iph.stats._groups.kruskal_wallis import KruskalWallis, kruskal_wallis
from iph.stats._groups.mann_whitney import MannWhitney, mann_whitney
from iph.stats._groups.superiority import probability_of_superiority
from iph.stats._inference.definite_order import GEHAN
from iph.stats._inference.result import Estimate
from iph.study._characteristics import Characteristic
from iph.study._study_counts import StudyCounts, column
from iph.study._visit_counts import Outcome, bounded_of, numbers_of, scores_of


@attrs.frozen(kw_only=True)
class GroupValues(Displayed):
    """The values of one group at one visit.

    Attributes
    ----------
    label : str
        The group.
    quartiles : Quartiles
        Median and quartiles of the values, those of a grade by its number, with ``n``
        and ``n_missing``; of the numbers alone, with bounds as missing.
    bounded : BoundedQuartiles or None
        The quartiles of numbers and bounds together, which are shown where there is
        any bound; None where there is none.
    """

    label: str
    quartiles: Quartiles
    bounded: BoundedQuartiles | None = None


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
        of the first, a tie counting one half; None where bounds leave the order of
        values open.
    mann_whitney : MannWhitney or None
        The test of two groups, which ranks values known by a bound alone and names the
        rule (``bound_rule``); None unless both have values.
    kruskal_wallis : KruskalWallis or None
        The same of more groups; None unless each has values.
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
            states = Outcome(counts, outcome.field).told_by_group(visit)
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
                                numbers_of(values),
                                weights=list(values.values()),
                                method=quartile_rule,
                            ),
                            bounded=bounded_of(
                                list(values), list(values.values()), quartile_rule
                            ),
                        )
                        for label, values in columns.items()
                    ),
                    **_tests(list(columns.values()), falls=falls, rng=rng),
                )
            )
    return tuple(found)


def _has_values(values: Counter[float | Bound | None]) -> bool:
    return any(value is not None for value in values)


def _tests(
    columns: list[Counter[float | Bound | None]], *, falls: bool, rng: int
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
    made["mann_whitney"] = test = mann_whitney(
        values[0],
        values[1],
        weights=(weights[0], weights[1]),
        two_sided="central",
        rng=rng,
    )
    if test.bound_rule == GEHAN:
        return made
    # The higher value is the better one, or the lower: the better group comes first.
    first, second = (0, 1) if falls else (1, 0)
    better = probability_of_superiority(
        values[first], values[second], weights=(weights[first], weights[second])
    )
    return made | {"better": better}
