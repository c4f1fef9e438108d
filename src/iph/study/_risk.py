"""Who is at risk of recovery, from when on, and what became of each.

At risk means known to be at risk: a patient whose state at baseline is not recorded is
not in the risk set, whatever is seen later.
"""

import enum
import math
from typing import Any

import attrs

from iph._categories import ScheduledVisit
from iph._subject import Subject
from iph.study._endpoints import Endpoint, Seen


class Start(enum.Enum):
    """What is known of the outcome at baseline."""

    AT_RISK = "not reached"
    REACHED = "reached"
    UNKNOWN = "not recorded"


@attrs.frozen(kw_only=True)
class Risk:
    """One patient and one outcome.

    Attributes
    ----------
    start : Start
        What is known of the outcome at baseline.
    left, right : float
        The outcome was first reached after day `left` and by day `right`, which is
        infinite if it was not seen.
    lasting_left, lasting_right : float
        The same of the outcome that lasted to the last assessment.
    relapsed : bool
        Whether the outcome was seen, and later seen to be lost.
    seen : bool
        Whether anything is known after baseline.
    died_day : int or None
        The day of death.
    last_day : float
        The day of the last assessment.
    days : dict
        The day of each scheduled visit at which the outcome was assessed.
    """

    start: Start
    left: float
    right: float
    lasting_left: float
    lasting_right: float
    relapsed: bool
    seen: bool
    died_day: int | None
    last_day: float
    days: dict[ScheduledVisit, int]

    @property
    def event(self) -> bool:
        """Whether recovery was seen."""
        return not math.isinf(self.right)

    @property
    def time(self) -> float:
        """The day of the visit that first saw recovery, or the last day without it."""
        return self.right if self.event else self.left

    @property
    def died_first(self) -> bool:
        """Whether death is known to have come before recovery was seen."""
        return not self.event and self.died_day is not None

    def lasting(self) -> "Risk":
        """Return the same patient, with recovery that lasted as the outcome."""
        return attrs.evolve(self, left=self.lasting_left, right=self.lasting_right)


def risk_of(patient: Subject[Any], endpoint: Endpoint) -> Risk:
    """Read the course of one patient."""
    seen = endpoint.seen(patient)
    places = [k for k, at in enumerate(seen) if _is_baseline(at)]
    first = places[-1] if places else None
    start = Start.UNKNOWN
    if first is not None:
        start = Start.REACHED if seen[first].reached else Start.AT_RISK
    origin = 0.0 if first is None else max(float(seen[first].day), 0.0)
    later = seen if first is None else seen[first + 1 :]
    reached = [at.reached for at in later]
    by = reached.index(True) if True in reached else None
    # The run of assessments with the outcome that goes on to the last one.
    run = len(later)
    while run and reached[run - 1]:
        run -= 1
    return Risk(
        start=start,
        left=_day_before(later, len(later) if by is None else by, origin),
        right=math.inf if by is None else float(later[by].day),
        lasting_left=_day_before(later, run, origin),
        lasting_right=float(later[run].day) if run < len(later) else math.inf,
        relapsed=by is not None and False in reached[by:],
        seen=bool(later),
        died_day=patient.follow_up.died_day,
        last_day=float(later[-1].day) if later else origin,
        days={at.visit: at.day for at in later if at.visit is not None},
    )


def _is_baseline(at: Seen) -> bool:
    """Whether it shows the state before treatment could act."""
    return at.day <= 0 or (at.visit is not None and at.visit.is_baseline)


def _day_before(later: tuple[Seen, ...], place: int, origin: float) -> float:
    """Return the last day before an assessment; that of baseline if there is none."""
    return max(origin, float(later[place - 1].day)) if place else origin
