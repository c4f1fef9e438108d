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
from iph.scales._change import (
    score_change,
    score_change_expr,
)
from iph.scales._change_rules import (
    CHANGE_RULES,
    ChangeGrade,
    ChangeRule,
    reliable_change,
)
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
from iph.scales._hip_scores import (
    HARRIS_HIP,
    OXFORD_HIP,
    HipScoreGrade,
    convert_oxford_hip,
    harris_hip_grade,
    oxford_hip_grade,
)
from iph.scales._hjhs import (
    hjhs_above_healthy,
    hjhs_above_healthy_expr,
)
from iph.scales._instrument_list import (
    INSTRUMENTS,
)
from iph.scales._instruments import (
    Instrument,
    Score,
)
from iph.scales._isth_bleeding import ISTH_BLEEDING, ISTHBleeding, isth_bleeding
from iph.scales._nerve_recovery import (
    NERVE_MOTOR,
    SENSORY_RECOVERY,
    NerveMotorGrade,
    SensoryRecovery,
)
from iph.scales._neuropathic_pain import (
    NEUROPATHIC_PAIN_RULES,
    NeuropathicPain,
    neuropathic_pain,
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
    "CHANGE_RULES",
    "CLOTTING_TESTS",
    "DEFAULT_RANGES",
    "HARRIS_HIP",
    "HEMOPHILIA",
    "HIP_FLEXION",
    "INSTRUMENTS",
    "ISTH_BLEEDING",
    "NERVE_MOTOR",
    "NEUROPATHIC_PAIN_RULES",
    "OXFORD_HIP",
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
    "ChangeGrade",
    "ChangeRule",
    "CoagulationFindings",
    "CoagulationStatus",
    "Codes",
    "Cutpoints",
    "Grade",
    "HemophiliaSeverity",
    "HipFlexionGrade",
    "HipScoreGrade",
    "ISTHBleeding",
    "Instrument",
    "MRCGrade",
    "MRCReading",
    "NerveMotorGrade",
    "NeuropathicPain",
    "NumbnessGrade",
    "PainSeverity",
    "Pregnancy",
    "RangeFinding",
    "ReferenceRange",
    "Score",
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
    "convert_oxford_hip",
    "ct_bleeding_expr",
    "ct_bleeding_type",
    "ellipsoid_volume_ml",
    "harris_flexion_index",
    "harris_hip_grade",
    "hemophilia_severity",
    "hip_flexion_grade",
    "hjhs_above_healthy",
    "hjhs_above_healthy_expr",
    "is_responder",
    "isth_bleeding",
    "neuropathic_pain",
    "oxford_hip_grade",
    "pain_relief",
    "pain_severity",
    "parse_mrc",
    "recorded_bleeding",
    "reliable_change",
    "responder_expr",
    "score_change",
    "score_change_expr",
]
