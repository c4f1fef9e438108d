"""What a study holds: its parts, the rules used, and what is not available."""

import html
from collections import Counter
from typing import Any, Final

import attrs

from iph._categories import ScheduledVisit, Visit
from iph._cohort import Cohort
from iph._display import Displayed, table_of_values
from iph.criteria._screening import Screening
from iph.protocol._protocol import Protocol
from iph.protocol._visit_places import PlacedVisits
from iph.study._anatomy import (
    Count,
    SizeCorrelation,
    Zones,
)
from iph.study._attendance import Attendance
from iph.study._counted_records import CountedRecords
from iph.study._event_table import EventTable
from iph.study._grades import GradeCourse
from iph.study._group_outcomes import (
    GroupOutcome,
    OutcomeCount,
)
from iph.study._group_visits import GroupVisit
from iph.study._outcomes import StatedOutcomes
from iph.study._pain import PainCourse
from iph.study._parts import NotAsked, Unavailable
from iph.study._recovery_results import RecoveryAnalysis
from iph.study._responder_tables import ResponderTable
from iph.study._scores import ScoreCourse
from iph.study._selection import is_convenience
from iph.study._table_one import Table


@attrs.frozen(kw_only=True)
class Rules(Displayed):
    """The rules by which a study was analyzed.

    Attributes
    ----------
    population : str
        Which records are analyzed: ``"included"``, ``"not-excluded"`` (those with
        unknown eligibility as well) or ``"all"``.
    description : str
        How a number is described.
    quartiles : str
        The rule of the quartiles.
    pain, coagulation, volume : str
        The cut points of pain severity, what makes coagulation abnormal, and how a
        volume is found from three diameters; empty if the study asks for none.
    visit_days : str
        How a visit without a day is placed in time.
    by, recovery_group : str
        What the tables of characteristics, and time to recovery, are grouped by; empty
        for no groups.
    primary_visit : ScheduledVisit
        The visit of the primary analysis.
    seed : int
        The seed of every simulated p-value.
    """

    population: str
    description: str = "median"
    quartiles: str = "weibull"
    pain: str = "li2023"
    coagulation: str = "laboratory-or-history"
    volume: str = "ellipsoid"
    visit_days: str = "nominal day of the visit where no day is recorded"
    by: str = ""
    recovery_group: str = "coagulation_status"
    primary_visit: ScheduledVisit = Visit.MONTH_6
    seed: int = 2023


@attrs.frozen(kw_only=True)
class Study(Displayed):
    """The results of a study.

    A part that the data cannot carry is an `Unavailable`, which says why.

    Attributes
    ----------
    cohort : Cohort or CountedRecords
        All records, as given.
    patients : tuple of Patient or CountedRecords
        Those analyzed.
    screening : Screening
        The flow and, unless counts were given, the decision on every record.
    table_one : Table
        Baseline characteristics, overall or by group.
    coagulation : Table
        The clotting tests.
    attendance : Attendance
        Who was seen at each visit, who had died, and for how long all were followed.
    grades : tuple of GradeCourse or Unavailable
        Numbness, strength and hip flexion at each visit.
    pain : PainCourse or Unavailable
        The course of pain.
    zones : Zones or Unavailable
        Where the hematomas lie.
    nerves : tuple of Count or Unavailable
        Which branches are involved.
    size : SizeCorrelation or Unavailable
        Volume against number of zones and of nerves.
    outcomes : StatedOutcomes or Unavailable
        Outcomes as stated in words, by treatment with or without a procedure.
    group_outcomes : tuple of GroupOutcome
        Outcomes at the primary visit by `Rules.recovery_group`, with their difference.
    treatment_outcomes : tuple of tuple
        Each outcome with its counts by treatment; a patient counts under each one.
    recovery : tuple of RecoveryAnalysis or Unavailable
        Time to each outcome: strength, sensation, flexion, and as stated in words.
    rules : Rules
        The rules used.
    protocol : Protocol
        What the study is.
    scores : tuple of ScoreCourse or Unavailable
        The course of each outcome that is a number; pain on the visual analog scale has
        a part of its own.
    group_visits : tuple of GroupVisit
        Each outcome at each visit by the group of the protocol, if it has one.
    responders : tuple of ResponderTable
        Who improved by each rule of change that the protocol names; by its group, if it
        has one.
    visits : PlacedVisits or Unavailable
        Which unscheduled visits count as scheduled ones, by their windows, and which as
        none; counts do not tell.
    n_late_losses : int
        Records that loss to follow-up alone excludes: who was lost is known only later.
    coagulation_gaps : Counter
        What would have to be recorded to tell how the blood clots, and for how many.
    bounds : Counter
        Fields and bounds: how many patients, or assessments of a field that is seen at
        visits, are known by a bound alone.
    events : EventTable or Unavailable
        Complications and adverse events, in the columns of the tables.
    """

    cohort: Cohort[Any] | CountedRecords
    patients: tuple[Any, ...] | CountedRecords
    screening: Screening
    table_one: Table
    coagulation: Table
    attendance: Attendance
    grades: tuple[GradeCourse | Unavailable, ...]
    pain: PainCourse | Unavailable
    zones: Zones | Unavailable
    nerves: tuple[Count, ...] | Unavailable
    size: SizeCorrelation | Unavailable
    outcomes: StatedOutcomes | Unavailable
    group_outcomes: tuple[GroupOutcome, ...]
    treatment_outcomes: tuple[tuple[str, tuple[OutcomeCount, ...]], ...]
    recovery: tuple[RecoveryAnalysis | Unavailable, ...]
    rules: Rules
    protocol: Protocol[Any]
    scores: tuple[ScoreCourse | Unavailable, ...]
    group_visits: tuple[GroupVisit, ...]
    responders: tuple[ResponderTable, ...]
    visits: PlacedVisits[Any] | Unavailable
    n_late_losses: int
    coagulation_gaps: Counter[tuple[str, ...]]
    bounds: Counter[tuple[str, str]]
    events: EventTable | Unavailable

    def __repr__(self) -> str:
        """Say what is in it; its parts would fill thousands of lines."""
        gaps = ", ".join(gap.part for gap in self.unavailable)
        return (
            f"<Study: n = {len(self.patients)} of {self.screening.n_assessed} assessed"
            + (f"; not available: {gaps}>" if gaps else ">")
        )

    def _repr_html_(self) -> str:
        """Return what a notebook shows: where to look, and no row of a patient."""
        held = {name: getattr(self, name) for name in _PARTS}
        there = [name for name, part in held.items() if _is_there(part)]
        gaps = tuple(gap.part for gap in self.unavailable)
        n, of = len(self.patients), self.screening.n_assessed
        told = {
            "protocol": self.protocol.title,
            "cohort": self.cohort.label,
            "synthetic": "yes, nobody's data" if self.cohort.synthetic else "no",
            "patients": f"{n} of {of} assessed ({self.rules.population})",
            "primary visit": self.rules.primary_visit.label,
            "results": ", ".join(there),
            "not available": "; ".join(gaps),
        }
        cells = {name: html.escape(text) for name, text in told.items() if text}
        return table_of_values("Study", cells)

    @property
    def convenience(self) -> bool:
        """Whether a note of the cohort calls it a convenience sample.

        No rate of recovery is computed of such a cohort, and every table and figure of
        its report says what it is.
        """
        return is_convenience(self.cohort.notes)

    @property
    def unavailable(self) -> tuple[Unavailable, ...]:
        """The parts that the data cannot carry, in the order of the attributes."""
        parts: tuple[Any, ...] = (*self.grades, self.pain, self.zones, self.nerves)
        parts = (*parts, self.size, *self.scores)
        told, others = self.outcomes, (self.events, self.visits)
        lost = (getattr(part, "comparison", None) for part in self.recovery)
        single = (
            getattr(part, name)
            for part in parts
            if not isinstance(part, Unavailable)
            for name in ("sequences", "rows")
            if hasattr(part, name)
        )
        return tuple(
            part
            for part in (*parts, told, *self.recovery, *lost, *single, *others)
            if isinstance(part, Unavailable) and not isinstance(part, NotAsked)
        )


_PARTS: Final = (
    *(
        "screening",
        "table_one",
        "coagulation",
        "attendance",
        "pain",
        "grades",
        "scores",
    ),
    *("responders", "zones", "nerves", "size", "outcomes", "group_outcomes"),
    *("treatment_outcomes", "group_visits", "recovery", "events", "visits"),
)


def _is_there(part: Any) -> bool:
    """Whether a part of a study holds anything that the data could carry."""
    if isinstance(part, tuple):
        return any(map(_is_there, part))
    return not isinstance(part, Unavailable)
