"""A cohort as a FHIR R4 bundle, for systems that speak no tables."""

import uuid
from collections.abc import Iterator
from typing import Any, Final

from iph._bound import Bound
from iph._categories import Sex
from iph._cohort import Cohort
from iph._course import SeenAt
from iph._event import Event
from iph._fields import DeclaredField, Kind, cell, label_of, sorted_values
from iph._model import Patient
from iph._options import instance
from iph._subject import Subject, patient_fields, seen_fields
from iph.errors import InputError
from iph.protocol._events import EventRule
from iph.protocol._protocol import Protocol
from iph.records._diagnoses import diagnoses

_NAMESPACE: Final = uuid.UUID("6f1c3c0e-3f8e-5b1e-9a55-2c5d0b8f4d10")
_LOINC: Final = "http://loinc.org"
_UCUM: Final = "http://unitsofmeasure.org"
_CLINICAL: Final = "http://terminology.hl7.org/CodeSystem/condition-clinical"
_CATEGORY: Final = "http://terminology.hl7.org/CodeSystem/observation-category"
_TAGS: Final = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
_ICD: Final = "http://hl7.org/fhir/sid/icd-10-cm"
_ELSEWHERE: Final = frozenset({"patient_id", "sex", "treatments"})
_MEASURED: Final = frozenset({"hemoglobin_fall_g_l"})  # in blood, after admission
_MOMENT: Final = frozenset({"visit", "day"})  # they are in the note


def fhir_bundle(
    cohort: Cohort[Any], *, protocol: Protocol[Any] | None = None
) -> dict[str, Any]:
    """Return a cohort as a FHIR R4 bundle.

    How do I hand the series to a hospital system or registry that takes FHIR?

    Parameters
    ----------
    cohort : Cohort
        The patients.
    protocol : Protocol, optional
        The study, if it declares events: what they and their grades are called.

    Returns
    -------
    dict
        A Bundle of type ``collection``, ready for `json.dump`: for each patient a
        Patient, one Condition a diagnosis, one Observation a recorded field, one
        Procedure a treatment and one AdverseEvent an event.

    Raises
    ------
    InputError
        If something else than a cohort or a protocol is given.

    Notes
    -----
    Nothing identifies a patient: no pseudonym, name or date, and addresses count
    patients. Since there are no dates, the visit and the day stand in the note of an
    Observation; those of an AdverseEvent, its grade and whether it was related to the
    treatment stand in the text of the event, since the codes of R4 are no grades of a
    study. Observations carry a LOINC code where the declaration of the field is sure of
    one, and text otherwise; units are UCUM. What is not recorded is left out.

    The diagnoses are the hematoma, the compression of the femoral nerve, and bleeding
    under anticoagulants. They carry an ICD-10-CM code where the fields say all that its
    title says: M79.81 or K68.3 for a hematoma whose compartment is recorded and whose
    cause is recorded and not from outside; G57.20 to G57.23 by the side of the deficit;
    D68.32, and T45.515A beside it, which names the drug. An injury, and hemophilia of a
    type that no field names, have none. Patients of another condition have no
    Condition, and every field of theirs is an Observation, sex and treatments included.

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
    given: object = cohort
    if not isinstance(given, Cohort):
        raise InputError("cohort", "a Cohort", given)
    entries: list[dict[str, Any]] = []
    if protocol is not None:
        instance(protocol, "protocol", Protocol, "a Protocol, or None")
    rules = {} if protocol is None else {rule.name: rule for rule in protocol.events}
    told: dict[str, list[Event]] = {}
    for event in cohort.events or ():
        told.setdefault(event.patient_id, []).append(event)
    for number, patient in enumerate(cohort, start=1):
        address = _address(number, 0)
        resources = [
            *_resources(patient, address),
            *(
                _adverse_event(event, rules.get(event.event), patient, address)
                for event in told.get(patient.patient_id, ())
            ),
        ]
        for place, resource in enumerate(resources):
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


def _resources(patient: Subject[Any], address: str) -> Iterator[dict[str, Any]]:
    subject = {"reference": address}
    yield {"resourceType": "Patient"} | _gender(patient)
    known = diagnoses(patient) if isinstance(patient, Patient) else ()
    for diagnosis in known:
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
    elsewhere = _ELSEWHERE if isinstance(patient, Patient) else {"patient_id"}
    for field in patient_fields(type(patient)):
        value = field.value_of(patient)
        if value is not None and field.name not in elsewhere:
            yield _observation(field, value, subject)
    of_visits = {f.name: f for f in seen_fields(type(patient))}
    for seen in patient.follow_up.assessments:
        for field in of_visits.values():
            value = field.value_of(seen)
            if value is not None and field.name not in _MOMENT:
                note = {"note": [{"text": _when(seen, of_visits["day"])}]}
                yield _observation(field, value, subject) | note
    given = patient.treatments if isinstance(patient, Patient) else None
    for treatment in sorted(given or (), key=lambda one: str(one.value)):
        yield {
            "resourceType": "Procedure",
            "status": "completed",
            "code": {"text": treatment.label},
            "subject": subject,
        }


def _adverse_event(
    event: Event, rule: EventRule | None, patient: Subject[Any], address: str
) -> dict[str, Any]:
    """Return one event; its day, grade and relation are told in words."""
    told = [event.event if rule is None else rule.label]
    if event.day is not None:
        days = {field.name: field for field in seen_fields(type(patient))}["day"]
        label = days.declaration.label
        told.append(f"{label[0].lower()}{label[1:]}: {event.day}")
    if event.grade is not None:
        scale = () if rule is None or rule.grades is None else rule.grades
        names = [label_of(one) for one in scale if int(one.value) == event.grade]
        told.append(f"grade: {names[0] if names else event.grade}")
    if event.related is not None:
        told.append(f"related to the treatment: {'yes' if event.related else 'no'}")
    return {
        "resourceType": "AdverseEvent",
        "actuality": "actual",
        "event": {"text": "; ".join(told)},
        "subject": {"reference": address},
    }


def _gender(patient: Subject[Any]) -> dict[str, str]:
    sex = getattr(patient, "sex", None)
    return {"gender": sex.value} if isinstance(sex, Sex) else {}


def _when(seen: SeenAt, time: DeclaredField) -> str:
    visit = "" if seen.visit is None else f"visit: {seen.visit.label}"
    label = time.declaration.label
    day = "" if seen.day is None else f"{label[0].lower()}{label[1:]}: {seen.day}"
    return "; ".join(part for part in (visit, day) if part)


def _observation(
    field: DeclaredField, value: Any, subject: dict[str, str]
) -> dict[str, Any]:
    declared = field.declaration
    code: dict[str, Any] = {"text": declared.label}
    if declared.loinc is not None:
        code["coding"] = [{"system": _LOINC, "code": declared.loinc}]
    measured = field.path[0] == "laboratory" or field.name in _MEASURED
    kind = "laboratory" if measured else "exam"
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
