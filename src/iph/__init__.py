"""Clinical studies of iliopsoas hematoma compressing the femoral nerve.

Out of scope: diagnosis or treatment advice for a patient. Not a medical device.
"""

from iph._admission import Hematoma, Imaging, Laboratory, NerveInvolvement
from iph._bound import Bound
from iph._categories import (
    Agent,
    AssociatedLesion,
    Comorbidity,
    Etiology,
    HematomaZone,
    ImagingFinding,
    Involvement,
    Muscle,
    Nerve,
    Outcome,
    PainSite,
    Sex,
    Side,
    StrengthModifier,
    Treatment,
    Visit,
)
from iph._cohort import Cohort
from iph._follow_up import Assessment, FollowUp, Recovery
from iph._model import Patient

__all__ = [
    "Agent",
    "Assessment",
    "AssociatedLesion",
    "Bound",
    "Cohort",
    "Comorbidity",
    "Etiology",
    "FollowUp",
    "Hematoma",
    "HematomaZone",
    "Imaging",
    "ImagingFinding",
    "Involvement",
    "Laboratory",
    "Muscle",
    "Nerve",
    "NerveInvolvement",
    "Outcome",
    "PainSite",
    "Patient",
    "Recovery",
    "Sex",
    "Side",
    "StrengthModifier",
    "Treatment",
    "Visit",
]
