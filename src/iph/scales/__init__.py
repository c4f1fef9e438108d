"""Published grading scales: enumerations, cut points and pure functions of numbers."""

from iph.scales._anemia import AnemiaGrade, Pregnancy
from iph.scales._hip_flexion import HipFlexionGrade
from iph.scales._numbness import NumbnessGrade
from iph.scales._reference_ranges import DEFAULT_RANGES, ReferenceRange
from iph.scales._strength import MRCGrade

__all__ = [
    "DEFAULT_RANGES",
    "AnemiaGrade",
    "HipFlexionGrade",
    "MRCGrade",
    "NumbnessGrade",
    "Pregnancy",
    "ReferenceRange",
]
