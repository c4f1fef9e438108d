"""Recovery, counted: when it came, and what was known of it at each visit."""

from collections import Counter
from typing import Any, Final

import attrs
import numpy as np

from iph._categories import ScheduledVisit
from iph.protocol._outcomes import EndpointRule
from iph.study._by_visit import STATES
from iph.study._columns import Coded, Columns, Days, Mask, crossed
from iph.study._risk import AT_RISK, DEATH, STARTS, UNKNOWN, causes_of, risks_of
from iph.study._study_counts import Path, StudyCounts, Table, column, summed, where

MAIN: Final = "at risk"
LASTING: Final = "lasting"
LOST: Final = "lost"
UNKNOWN_SEEN: Final = "unknown, recovered"
UNKNOWN_NEVER: Final = "unknown, not recovered"


def count_recovery(
    columns: Columns, lost: Columns, group: Coded, rule: EndpointRule
) -> dict[Path, Table]:
    """Count time to one endpoint; `lost` are those excluded for being lost alone."""
    every, name = risks_of(columns, rule), rule.name
    start = Coded(every.start, STARTS)
    risk = every.start == STARTS.index(AT_RISK)
    gone = np.where(every.gone_first, every.gone_day, np.nan)
    named = causes_of(rule)
    ended = np.where(every.gone_first, every.cause, len(named) - 1)
    causes = [Coded(ended, named)] if rule.competing else []
    later = _days(every.last_day)
    alone = ~every.seen & np.isnan(every.gone_day)
    found: dict[Path, Table] = {
        ("start", name): crossed([start]),
        ("interval", name): crossed(
            [
                *map(_days, (every.left, every.right, gone)),
                *causes,
                group,
            ],
            risk,
        ),
        ("course", name): crossed(
            [_yes_no(every.relapsed), _yes_no(alone), later, group], risk
        ),
    }
    for place, visit in enumerate(columns.visits):
        attended = ~np.isnan(every.days[:, place])
        before = np.zeros(columns.n, dtype=bool)
        if visit.nominal_day is not None:
            before = ~attended & (every.gone_day <= visit.nominal_day)
        found["assessed", name, visit.value] = crossed(
            [_yes_no(attended), _yes_no(before), group], risk
        )
    unknown = every.start == STARTS.index(UNKNOWN)
    unknown &= every.seen | ~np.isnan(every.gone_day)
    late = risks_of(lost, rule)
    nobody = Coded(np.zeros(lost.n, dtype=np.int64), [None])
    for kind, rows, risks, by in (
        (MAIN, risk, every, group),
        (LASTING, risk, every.lasting(), _everybody(columns)),
        (UNKNOWN_SEEN, unknown & every.event, every, _everybody(columns)),
        (UNKNOWN_NEVER, unknown & ~every.event, every, _everybody(columns)),
        (LOST, late.start == STARTS.index(AT_RISK), late, nobody),
    ):
        found["recovered", name, kind] = crossed([_yes_no(risks.event)], rows)
        for place, visit in enumerate(columns.visits):
            if visit.nominal_day:
                states = risks.state_at(place, visit.nominal_day)
                found["known", name, kind, visit.value] = crossed(
                    [Coded(states, STATES), by], rows
                )
    return found


def _everybody(columns: Columns) -> Coded:
    return Coded(np.zeros(columns.n, dtype=np.int64), [None])


def _yes_no(answers: Mask) -> Coded:
    return Coded(answers.astype(np.int64), [False, True])


def _days(days: Days) -> Coded:
    """Return a column of whole days; None where there is none, or none yet."""
    distinct, codes = np.unique(days, return_inverse=True)
    values = [int(day) if np.isfinite(day) else None for day in distinct.tolist()]
    return Coded(codes.reshape(-1), values)


@attrs.frozen
class Counted:
    """What was counted of one endpoint, of all at risk or of one group.

    Attributes
    ----------
    counts : StudyCounts
        The counts of the study.
    endpoint : str
        Its name.
    group : object
        The code of the group; `EVERY` for all at risk.
    """

    counts: StudyCounts
    endpoint: str
    group: Any

    def _of_group(self, table: Table) -> Table:
        """Take the last column, which has the groups, away."""
        if self.group is EVERY:
            return summed(table, *range(len(next(iter(table), ())) - 1))
        return where(table, len(next(iter(table), (None,))) - 1, self.group)

    @property
    def event_labels(self) -> dict[str, str]:
        """What the events are called that may end the chance, death first."""
        rules = self.counts.protocol.endpoints
        rule = next(one for one in rules if one.name == self.endpoint)
        return {DEATH: DEATH} | {event.at: event.label for event in rule.competing}

    @property
    def intervals(self) -> Table:
        """Those who recovered after one day and by another, and who could no more.

        Where the protocol names competing events beside death, a fourth column says
        what ended it.
        """
        return self._of_group(self.counts.table("interval", self.endpoint))

    @property
    def courses(self) -> Table:
        """Those who relapsed, were never seen again, and were last seen when."""
        return self._of_group(self.counts.table("course", self.endpoint))

    def assessed(self, visit: ScheduledVisit) -> Table:
        """Those who were assessed at a visit, and those who could be no more."""
        return self._of_group(self.counts.table("assessed", self.endpoint, visit.value))

    def known(self, visit: ScheduledVisit, kind: str = MAIN) -> Counter[str]:
        """Count what is known by a visit, of those at risk or of another kind."""
        path = ("known", self.endpoint, kind, visit.value)
        return column(self._of_group(self.counts.table(*path)), 0)

    def n_recovered(self, kind: str) -> int:
        """Those of a kind who were seen to recover."""
        table = self.counts.table("recovered", self.endpoint, kind)
        return column(table, 0)[True]

    def n_of(self, kind: str) -> int:
        """All of a kind; of those unknown, with anything known after baseline."""
        return self.counts.table("recovered", self.endpoint, kind).total()


EVERY: Final = object()
