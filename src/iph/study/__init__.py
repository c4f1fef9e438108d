"""A study: where patients meet statistics."""

from iph.study._anatomy import Count, SizeCorrelation, Zones
from iph.study._endpoints import ENDPOINTS, Endpoint
from iph.study._grades import GradeCourse, VisitGrades
from iph.study._pain import PainCourse, VisitPain
from iph.study._parts import MissingField, Unavailable
from iph.study._recovery import RecoveryAnalysis, RecoveryGroup
from iph.study._study import Rules, Study, analyze
from iph.study._table_one import CategoryCell, NumberCell, Table, TableRow

__all__ = [
    "ENDPOINTS",
    "CategoryCell",
    "Count",
    "Endpoint",
    "GradeCourse",
    "MissingField",
    "NumberCell",
    "PainCourse",
    "RecoveryAnalysis",
    "RecoveryGroup",
    "Rules",
    "SizeCorrelation",
    "Study",
    "Table",
    "TableRow",
    "Unavailable",
    "VisitGrades",
    "VisitPain",
    "Zones",
    "analyze",
]
