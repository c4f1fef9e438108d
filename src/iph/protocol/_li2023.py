"""The protocol of Li et al. 2023: the first, and the one that is meant by default."""

from typing import Final

from iph._categories import Visit
from iph._fields import KEY, grade, yes_no
from iph._model import Patient
from iph.criteria._li2023 import LI_2023, REFERENCE
from iph.criteria._rules import AllOf, Compare, HasAny, Not, OneOf
from iph.protocol._derived import Derived
from iph.protocol._outcomes import EndpointRule, OutcomeRule, PrimaryOutcome
from iph.protocol._protocol import Protocol
from iph.scales._hip_flexion import HIP_FLEXION, HipFlexionGrade

_INVASIVE: Final = HasAny(
    "treatments", ("percutaneous_drainage", "embolization", "surgical_evacuation")
)

LI_2023_PROTOCOL: Final[Protocol] = Protocol(
    title="Iliopsoas hematoma with compression of the femoral nerve",
    condition="iliopsoas hematoma",
    patient=Patient,
    derived=(
        Derived(
            name="hip_flexion",
            declaration=grade("Hip flexion", HipFlexionGrade, best="high")[KEY],
            cut="hip_flexion_deg",
            at=HIP_FLEXION.edges,
        ),
        Derived(
            name="treated_conservatively",
            declaration=yes_no("Treated without a procedure")[KEY],
            when=Not(_INVASIVE),
            unclear=AllOf((HasAny("treatments", "other"), Not(_INVASIVE))),
        ),
    ),
    outcomes=(
        OutcomeRule(
            field="vas",
            response_percent=50,
            response_label="Pain reduced by at least half",
        ),
        OutcomeRule(field="numbness", response_label="Numbness improved"),
        OutcomeRule(field="strength", response_label="Thigh strength improved"),
        OutcomeRule(field="hip_flexion", response_label="Hip flexion improved"),
    ),
    endpoints=(
        EndpointRule(
            name="strength-5",
            label="recovery of thigh strength to grade 5",
            when=Compare("strength", ">=", 5),
        ),
        EndpointRule(
            name="numbness-I",
            label="recovery of sensation to grade I",
            when=Compare("numbness", "<=", 1),
        ),
        EndpointRule(
            name="flexion-3",
            label="recovery of hip flexion to grade 3",
            when=Compare("hip_flexion", ">=", 3),
        ),
        EndpointRule(
            name="stated",
            label="complete recovery, as stated in words",
            reached=OneOf("outcome", "complete"),
            unclear=OneOf("outcome", "improved"),
            seen_by="outcome_day",
        ),
    ),
    criteria=LI_2023,
    table=(
        "age_years",
        "sex",
        "side",
        "symptom_days",
        "pain_sites",
        "etiology",
        "anticoagulant",
        "comorbidities",
        "hemoglobin_g_l",
        "platelets_10e9_l",
        "coagulation_status",
        "vas",
        "numbness",
        "strength",
        "hip_flexion_deg",
        "volume_ml",
        "muscle",
        "femoral",
        "lateral_femoral_cutaneous",
        "treatments",
        "treated_conservatively",
    ),
    primary=PrimaryOutcome(outcome="vas", visit=Visit.MONTH_6.value),
    attrition=("age_years", "vas", "strength", "numbness", "hip_flexion_deg"),
    parts=(
        "coagulation",
        "pain",
        "zones",
        "nerves",
        "size",
        "stated outcome",
        "treatments",
    ),
    compare_with="li_2023",
    reference=REFERENCE,
)
"""Li et al. 2023: its fields, visits, outcomes, endpoints and criteria."""
