"""A cohort as a FHIR R4 bundle, for systems that speak no tables."""

import uuid
from collections.abc import Iterator
from typing import Any, Final

from iph._bound import Bound
from iph._cohort import Cohort
from iph._fields import DeclaredField, Kind, cell, sorted_values
from iph._follow_up import ASSESSMENT_FIELDS, Assessment
from iph._model import PATIENT_FIELDS, Patient
from iph.records._diagnoses import diagnoses

_NAMESPACE: Final = uuid.UUID("6f1c3c0e-3f8e-5b1e-9a55-2c5d0b8f4d10")
_LOINC: Final = "http://loinc.org"
_UCUM: Final = "http://unitsofmeasure.org"
_CLINICAL: Final = "http://terminology.hl7.org/CodeSystem/condition-clinical"
_CATEGORY: Final = "http://terminology.hl7.org/CodeSystem/observation-category"
_TAGS: Final = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
_ICD: Final = "http://hl7.org/fhir/sid/icd-10-cm"
_ELSEWHERE: Final = frozenset({"patient_id", "sex", "treatments"})


def fhir_bundle(cohort: Cohort) -> dict[str, Any]:
    """Return a cohort as a FHIR R4 bundle.

    How do I hand the series to a hospital system or registry that takes FHIR?

    Parameters
    ----------
    cohort : Cohort
        The patients.

    Returns
    -------
    dict
        A Bundle of type ``collection``, ready for `json.dump`: for each patient a
        Patient, one Condition a diagnosis, one Observation a recorded field and one
        Procedure a treatment.

    Notes
    -----
    Nothing identifies a patient: no pseudonym, name or date, and addresses count
    patients. Since there are no dates, the visit and the day stand in the note of an
    Observation. Observations carry a LOINC code where the declaration of the field is
    sure of one, and text otherwise; units are UCUM. What is not recorded is left out.

    The diagnoses are the hematoma, the compression of the femoral nerve, and bleeding
    under anticoagulants. They carry an ICD-10-CM code where the fields say all that its
    title says: M79.81 or K68.3 for a hematoma whose compartment is recorded and whose
    cause is recorded and not from outside; G57.20 to G57.23 by the side of the deficit;
    D68.32, and T45.515A beside it, which names the drug. An injury, and hemophilia of a
    type that no field names, have none.

    Examples
    --------
    >>> from iph import Cohort, Laboratory, Patient
    >>> from iph.records import fhir_bundle
    >>> patient = Patient(patient_id="P01", laboratory=Laboratory(hemoglobin_g_l=92))
    >>> bundle = fhir_bundle(Cohort([patient]))
    >>> [entry["resource"]["resourceType"] for entry in bundle["entry"]]
    ['Patient', 'Condition', 'Observation']
    >>> quantity = bundle["entry"][2]["resource"]["valueQuantity"]
    >>> quantity["value"], quantity["code"]
    (92.0, 'g/L')
    """
    entries: list[dict[str, Any]] = []
    for number, patient in enumerate(cohort, start=1):
        for place, resource in enumerate(_resources(patient, _address(number, 0))):
            entries.append({"fullUrl": _address(number, place), "resource": resource})
    bundle: dict[str, Any] = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": entries,
    }
    if cohort.synthetic:
        tag = {"system": _TAGS, "code": "HTEST", "display": "test health data"}
        bundle["meta"] = {"tag": [tag]}
    if not entries:
        del bundle["entry"]  # FHIR knows no empty lists
    return bundle


def _address(number: int, place: int) -> str:
    return f"urn:uuid:{uuid.uuid5(_NAMESPACE, f'{number}/{place}')}"


def _resources(patient: Patient, address: str) -> Iterator[dict[str, Any]]:
    subject = {"reference": address}
    yield {"resourceType": "Patient"} | _gender(patient)
    for diagnosis in diagnoses(patient):
        code: dict[str, Any] = {"text": diagnosis.text}
        if diagnosis.code:
            coding = {"code": diagnosis.code, "display": diagnosis.title}
            code["coding"] = [{"system": _ICD} | coding]
        yield {
            "resourceType": "Condition",
            "clinicalStatus": {"coding": [{"system": _CLINICAL, "code": "active"}]},
            "code": code,
            "subject": subject,
        }
    for field in PATIENT_FIELDS:
        value = field.value_of(patient)
        if value is not None and field.name not in _ELSEWHERE:
            yield _observation(field, value, subject)
    for seen in patient.follow_up.assessments:
        for field in ASSESSMENT_FIELDS[2:]:  # the visit and its day are in the note
            value = field.value_of(seen)
            if value is not None:
                note = {"note": [{"text": _when(seen)}]}
                yield _observation(field, value, subject) | note
    for treatment in sorted(patient.treatments or (), key=lambda one: str(one.value)):
        yield {
            "resourceType": "Procedure",
            "status": "completed",
            "code": {"text": treatment.label},
            "subject": subject,
        }


def _gender(patient: Patient) -> dict[str, str]:
    return {} if patient.sex is None else {"gender": patient.sex.value}


def _when(seen: Assessment) -> str:
    visit = "" if seen.visit is None else f"visit: {seen.visit.label}"
    day = "" if seen.day is None else f"day since start of treatment: {seen.day}"
    return "; ".join(part for part in (visit, day) if part)


def _observation(
    field: DeclaredField, value: Any, subject: dict[str, str]
) -> dict[str, Any]:
    declared = field.declaration
    code: dict[str, Any] = {"text": declared.label}
    if declared.loinc is not None:
        code["coding"] = [{"system": _LOINC, "code": declared.loinc}]
    kind = "laboratory" if field.path[0] == "laboratory" else "exam"
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{"system": _CATEGORY, "code": kind}]}],
        "code": code,
        "subject": subject,
    } | _value(field, value)


def _value(field: DeclaredField, value: Any) -> dict[str, Any]:
    declared = field.declaration
    if declared.kind is Kind.YES_NO:
        return {"valueBoolean": value}
    if declared.kind is Kind.GRADE:
        return {"valueInteger": int(value)}
    if declared.kind in {Kind.QUANTITY, Kind.DAYS}:
        unit = {"unit": declared.unit or "", "system": _UCUM, "code": declared.ucum}
        known = {name: text for name, text in unit.items() if text}
        if isinstance(value, Bound):
            known, value = known | {"comparator": value.operator}, value.value
        return {"valueQuantity": {"value": value} | known}
    if declared.kind is Kind.CHOICES:
        words = [str(one).replace("_", " ") for one in sorted_values(value)]
        return {"valueString": "; ".join(words) or "none"}
    return {"valueCodeableConcept": {"text": str(cell(field, value))}}
