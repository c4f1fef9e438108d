"""A study: where patients meet statistics."""

from iph.study._analyze import analyze
from iph.study._anatomy import Count, SizeCorrelation, Zones
from iph.study._attendance import Attendance, MissedAgainstSeen, VisitAttendance
from iph.study._by_visit import RecoveredBy, RecoveryDifference
from iph.study._change import Direction
from iph.study._compared import (
    ComparedClaim,
    ComparedFigure,
    Comparison,
    UnansweredClaim,
)
from iph.study._comparison import compare_with_claims
from iph.study._count import count
from iph.study._counted_records import CountedRecords
from iph.study._endpoints import ENDPOINTS, Endpoint, Seen
from iph.study._event_table import EventCell, EventRow, EventTable, event_table
from iph.study._frame_table import describe_frame
from iph.study._grades import GradeChange, GradeCourse, VisitGrades
from iph.study._group_outcomes import GroupOutcome, OutcomeCount
from iph.study._group_visits import GroupValues, GroupVisit
from iph.study._hospital_bounds import CountRange, PooledCount
from iph.study._outcomes import OutcomeGroup, StatedOutcomes
from iph.study._pain import PainCourse, VisitPain
from iph.study._parts import MissingField, Unavailable
from iph.study._protected_counts import ProtectedCounts
from iph.study._protecting import HospitalCounts
from iph.study._recovery_counts import RecoveryCounts, recovery_counts
from iph.study._recovery_results import (
    CompetingEvents,
    RecoveryAnalysis,
    RecoveryGroup,
    RecoverySensitivity,
)
from iph.study._responder_tables import Responders, ResponderTable
from iph.study._responders import responders
from iph.study._samples import Samples
from iph.study._scores import ScoreChange, ScoreCourse, VisitScore
from iph.study._study import Rules, Study
from iph.study._study_counts import StudyCounts
from iph.study._suppressed_tally import SuppressedTally
from iph.study._table_one import CategoryCell, NumberCell, Table, TableRow
from iph.study._tally import SmallCell, Tally, tally

__all__ = [
    "ENDPOINTS",
    "Attendance",
    "CategoryCell",
    "ComparedClaim",
    "ComparedFigure",
    "Comparison",
    "CompetingEvents",
    "Count",
    "CountRange",
    "CountedRecords",
    "Direction",
    "Endpoint",
    "EventCell",
    "EventRow",
    "EventTable",
    "GradeChange",
    "GradeCourse",
    "GroupOutcome",
    "GroupValues",
    "GroupVisit",
    "HospitalCounts",
    "MissedAgainstSeen",
    "MissingField",
    "NumberCell",
    "OutcomeCount",
    "OutcomeGroup",
    "PainCourse",
    "PooledCount",
    "ProtectedCounts",
    "RecoveredBy",
    "RecoveryAnalysis",
    "RecoveryCounts",
    "RecoveryDifference",
    "RecoveryGroup",
    "RecoverySensitivity",
    "ResponderTable",
    "Responders",
    "Rules",
    "Samples",
    "ScoreChange",
    "ScoreCourse",
    "Seen",
    "SizeCorrelation",
    "SmallCell",
    "StatedOutcomes",
    "Study",
    "StudyCounts",
    "SuppressedTally",
    "Table",
    "TableRow",
    "Tally",
    "UnansweredClaim",
    "Unavailable",
    "VisitAttendance",
    "VisitGrades",
    "VisitPain",
    "VisitScore",
    "Zones",
    "analyze",
    "compare_with_claims",
    "count",
    "describe_frame",
    "event_table",
    "recovery_counts",
    "responders",
    "tally",
]
