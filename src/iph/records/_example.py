"""One made-up patient of a study, for templates and codebooks."""

import enum
import functools
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import attrs

from iph._admission import Hematoma, Imaging, NerveInvolvement
from iph._cohort import Cohort
from iph._fields import KEY, Declaration, Kind
from iph._follow_up import Assessment, FollowUp
from iph._laboratory import Laboratory
from iph._model import Patient
from iph.protocol._protocol import Protocol
from iph.records._entries import constructed

_NOTHING: frozenset[str] = frozenset()


def example(study: Protocol[Any]) -> Cohort[Any]:
    """Return one made-up patient in whom nearly everything is recorded."""
    if study.patient is Patient:
        return _of_li_2023()
    seen = [
        _made(study.assessment, {"visit": visit, "day": visit.nominal_day})
        for visit in study.visits[:3]
    ]
    known = [one for one in seen if one is not None]
    given = {"lost_to_follow_up": False, "died": False, "died_day": None}
    course = _made(study.course, given | {"assessments": known})
    patient = _made(study.patient, {"patient_id": "EXAMPLE", "follow_up": course})
    return Cohort([patient], synthetic=True)


def _made(cls: type[Any], given: dict[str, Any]) -> Any:
    """Return an object with a likely value in each field, but for broken rules."""
    values = dict(given)
    for attribute in attrs.fields(cls):
        declared = attribute.metadata.get(KEY)
        if declared is None or attribute.name in values:
            continue
        if declared.kind is Kind.PART:
            values[attribute.name] = _made(declared.part, {})
        else:
            values[attribute.name] = _likely(declared)
    return constructed(cls, values, _NOTHING).made


def _likely(declared: Declaration) -> Any:
    """Return a value that a field may hold: a quarter of the way up, or the first."""
    if declared.kind is Kind.YES_NO:
        return True
    options: Sequence[enum.Enum] = list(declared.options or ())
    if options:
        return {options[0]} if declared.kind is Kind.CHOICES else options[0]
    low, high, step = declared.low, declared.high, declared.step
    if low is None or high is None or step is None:
        return None
    if declared.kind is Kind.DAYS:
        return int(max(low, min(high, 7)))
    first = Fraction(low)
    value = first + step * int((Fraction(high) - first) / 4 / step)
    return int(value) if declared.whole else float(value)


@functools.cache
def _of_li_2023() -> Cohort:
    seen = [
        Assessment(
            visit="baseline",
            day=0,
            vas=7,
            numbness=3,
            strength=2,
            strength_modifier="-",
            hip_flexor_strength=2,
            hip_flexion_deg=30,
        ),
        Assessment(visit="week_1", day=7, vas=4.5, numbness=2, strength=3),
        Assessment(visit="month_1", day=31, vas=1, numbness=2, strength=4),
    ]
    patient = Patient(
        patient_id="EXAMPLE",
        age_years=48,
        sex="female",
        side="left",
        deficit_side="left",
        symptom_days=4,
        pain_sites={"groin", "thigh"},
        etiology="anticoagulant",
        anticoagulant={"warfarin"},
        comorbidities=set(),
        pregnancy="not_pregnant",
        records_complete=True,
        laboratory=Laboratory(
            hemoglobin_g_l=92, platelets_10e9_l=210, pt_s=38, inr=3.4, aptt_s=52
        ),
        imaging=Imaging(ct="yes", mri="not_done", imaging_available=True),
        hematoma=Hematoma(
            hematoma_present=True,
            muscle="iliopsoas",
            zones={"mid", "lower"},
            diameter_a_cm=9.5,
            diameter_b_cm=6,
            diameter_c_cm=5,
            other_areas=False,
            associated_lesions=set(),
        ),
        nerves=NerveInvolvement(femoral="involved", obturator="spared"),
        treatments={"anticoagulant_stopped", "vitamin_k1", "rehabilitation"},
        follow_up=FollowUp(assessments=seen, limb="left", lost_to_follow_up=False),
    )
    return Cohort([patient], synthetic=True)
