"""Published grading scales: enumerations, cut points and pure functions of numbers.

A single value in, a member of the enumeration out (None where it is missing); a
sequence in, a masked array of integers out (masked where missing); a column name in, an
expression for a data frame or database out, from the same cut points. What is out of
the legal range raises `iph.errors.InputError`; an expression gives null for it.
"""

from iph.scales._anemia import anemia_expr, anemia_grade
from iph.scales._anemia_rules import (
    ANEMIA_RULES,
    AnemiaGrade,
    AnemiaGroup,
    AnemiaRule,
    Pregnancy,
)
from iph.scales._axon_loss import (
    AXON_LOSS,
    AxonLoss,
    axon_loss,
    axon_loss_expr,
    axon_loss_percent,
)
from iph.scales._barc_bleeding import BARC_BLEEDING, BARCType, barc_bleeding
from iph.scales._bleeding_findings import BleedingCriterion, BleedingFindings
from iph.scales._bleeding_rules import BleedingRule
from iph.scales._coagulation import coagulation_expr, coagulation_status
from iph.scales._coagulation_findings import (
    CLOTTING_TESTS,
    CoagulationFindings,
    CoagulationStatus,
    TestFinding,
    coagulation_findings,
)
from iph.scales._codes import (
    Codes,
)
from iph.scales._ct_bleeding import (
    CTBleedingType,
    ct_bleeding_expr,
    ct_bleeding_type,
)
from iph.scales._cutpoints import Cutpoints
from iph.scales._grade import Grade
from iph.scales._hemophilia import (
    HEMOPHILIA,
    HemophiliaSeverity,
    hemophilia_severity,
)
from iph.scales._hip_flexion import (
    HIP_FLEXION,
    HipFlexionGrade,
    harris_flexion_index,
    hip_flexion_grade,
)
from iph.scales._isth_bleeding import ISTH_BLEEDING, ISTHBleeding, isth_bleeding
from iph.scales._nerve_recovery import (
    NERVE_MOTOR,
    SENSORY_RECOVERY,
    NerveMotorGrade,
    SensoryRecovery,
)
from iph.scales._numbness import NumbnessGrade
from iph.scales._pain import PAIN_RULES, PainSeverity, pain_severity
from iph.scales._recorded_bleeding import recorded_bleeding
from iph.scales._reference_ranges import DEFAULT_RANGES, RangeFinding, ReferenceRange
from iph.scales._relief import is_responder, pain_relief, responder_expr
from iph.scales._strength import MRCGrade, MRCReading, parse_mrc
from iph.scales._volume import VOLUME_RULES, VolumeRule, ellipsoid_volume_ml

__all__ = [
    "ANEMIA_RULES",
    "AXON_LOSS",
    "BARC_BLEEDING",
    "CLOTTING_TESTS",
    "DEFAULT_RANGES",
    "HEMOPHILIA",
    "HIP_FLEXION",
    "ISTH_BLEEDING",
    "NERVE_MOTOR",
    "PAIN_RULES",
    "SENSORY_RECOVERY",
    "VOLUME_RULES",
    "AnemiaGrade",
    "AnemiaGroup",
    "AnemiaRule",
    "AxonLoss",
    "BARCType",
    "BleedingCriterion",
    "BleedingFindings",
    "BleedingRule",
    "CTBleedingType",
    "CoagulationFindings",
    "CoagulationStatus",
    "Codes",
    "Cutpoints",
    "Grade",
    "HemophiliaSeverity",
    "HipFlexionGrade",
    "ISTHBleeding",
    "MRCGrade",
    "MRCReading",
    "NerveMotorGrade",
    "NumbnessGrade",
    "PainSeverity",
    "Pregnancy",
    "RangeFinding",
    "ReferenceRange",
    "SensoryRecovery",
    "TestFinding",
    "VolumeRule",
    "anemia_expr",
    "anemia_grade",
    "axon_loss",
    "axon_loss_expr",
    "axon_loss_percent",
    "barc_bleeding",
    "coagulation_expr",
    "coagulation_findings",
    "coagulation_status",
    "ct_bleeding_expr",
    "ct_bleeding_type",
    "ellipsoid_volume_ml",
    "harris_flexion_index",
    "hemophilia_severity",
    "hip_flexion_grade",
    "is_responder",
    "isth_bleeding",
    "pain_relief",
    "pain_severity",
    "parse_mrc",
    "recorded_bleeding",
    "responder_expr",
]
