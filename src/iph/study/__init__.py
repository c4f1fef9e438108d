"""A study: where patients meet statistics."""

from iph.study._anatomy import Count, SizeCorrelation, Zones
from iph.study._compared import (
    ComparedClaim,
    ComparedFigure,
    Comparison,
    UnansweredClaim,
)
from iph.study._comparison import compare_with_claims
from iph.study._endpoints import ENDPOINTS, Endpoint
from iph.study._frame_table import describe_frame
from iph.study._grades import GradeCourse, VisitGrades
from iph.study._pain import PainCourse, VisitPain
from iph.study._parts import MissingField, Unavailable
from iph.study._recovery import RecoveryAnalysis, RecoveryGroup
from iph.study._recovery_counts import RecoveryCounts, recovery_counts
from iph.study._study import Rules, Study, analyze
from iph.study._suppressed_tally import SuppressedTally
from iph.study._table_one import CategoryCell, NumberCell, Table, TableRow
from iph.study._tally import SmallCell, Tally, tally

__all__ = [
    "ENDPOINTS",
    "CategoryCell",
    "ComparedClaim",
    "ComparedFigure",
    "Comparison",
    "Count",
    "Endpoint",
    "GradeCourse",
    "MissingField",
    "NumberCell",
    "PainCourse",
    "RecoveryAnalysis",
    "RecoveryCounts",
    "RecoveryGroup",
    "Rules",
    "SizeCorrelation",
    "SmallCell",
    "Study",
    "SuppressedTally",
    "Table",
    "TableRow",
    "Tally",
    "UnansweredClaim",
    "Unavailable",
    "VisitGrades",
    "VisitPain",
    "Zones",
    "analyze",
    "compare_with_claims",
    "describe_frame",
    "recovery_counts",
    "tally",
]
