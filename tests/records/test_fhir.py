"""FHIR bundles are valid, complete, and name nobody."""

import json
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from hypothesis import given, settings

from iph import Cohort, Hematoma, NerveInvolvement, Patient
from iph._follow_up import ASSESSMENT_FIELDS
from iph._model import PATIENT_FIELDS
from iph.protocol import LI_2023_PROTOCOL
from iph.records import fhir_bundle
from iph.records._example import example
from iph.testing import cohorts


@settings(max_examples=1 + settings().max_examples // 5)  # each takes half a second
@given(cohorts(max_size=2))
def test_every_bundle_is_valid(cohort: Cohort) -> None:
    """The models of FHIR R4 accept it, and every reference is answered."""
    bundle = fhir_bundle(cohort)
    Bundle.model_validate_json(json.dumps(bundle))
    entries = bundle.get("entry", [])
    addresses = [entry["fullUrl"] for entry in entries]
    assert len(set(addresses)) == len(addresses)
    for entry in entries:
        subject = entry["resource"].get("subject")
        assert subject is None or subject["reference"] in addresses


def test_everything_recorded_is_in_it_and_nobody_is_named() -> None:
    """One observation for each recorded field, but for those with an own resource."""
    cohort = example(LI_2023_PROTOCOL)
    (patient,) = cohort
    text = json.dumps(fhir_bundle(cohort))
    assert patient.patient_id not in text
    kinds = [e["resource"]["resourceType"] for e in fhir_bundle(cohort)["entry"]]
    recorded = [f.name for f in PATIENT_FIELDS if f.value_of(patient) is not None]
    expected = len(set(recorded) - {"patient_id", "sex", "treatments"})
    for seen in patient.follow_up.assessments:
        expected += sum(f.value_of(seen) is not None for f in ASSESSMENT_FIELDS[2:])
    assert kinds.count("Observation") == expected
    assert kinds.count("Procedure") == len(patient.treatments or ())
    assert kinds.count("Patient") == 1
    assert '"718-7"' in text
    assert '"HTEST"' in text


def conditions(**fields: Any) -> list[dict[str, Any]]:
    """Return the codes of the conditions of a patient with these fields."""
    bundle = fhir_bundle(Cohort([Patient(patient_id="A", **fields)]))
    Bundle.model_validate_json(json.dumps(bundle))
    found = [e["resource"] for e in bundle["entry"]]
    return [one["code"] for one in found if one["resourceType"] == "Condition"]


def codes(**fields: Any) -> list[str]:
    """Return the ICD-10-CM codes of a patient with these fields; - for none."""
    found = conditions(**fields)
    assert all(one["text"] for one in found)
    coded = [one.get("coding", [{"code": "-"}])[0] for one in found]
    assert all(
        one == {"code": "-"} or one["system"].endswith("/icd-10-cm") for one in coded
    )
    return [one["code"] for one in coded]


PSOAS = Hematoma(muscle="psoas")
SPREAD = Hematoma(muscle="retroperitoneal")
FEMORAL = NerveInvolvement(femoral="involved")


def test_text_and_code_name_the_same_place() -> None:
    """A retroperitoneal hematoma is none of the muscle, coded or not."""
    for etiology in (None, "spontaneous", "trauma"):
        fields: Any = {"hematoma": SPREAD, "etiology": etiology}
        found = conditions(**fields)
        assert [one["text"] for one in found] == ["Retroperitoneal hematoma"]
    fields = {"hematoma": PSOAS, "etiology": "spontaneous"}
    assert conditions(**fields)[0]["text"] == "Hematoma of the iliopsoas muscle"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, ["-"]),
        ({"hematoma": PSOAS}, ["-"]),
        ({"hematoma": PSOAS, "etiology": "spontaneous"}, ["M79.81"]),
        ({"hematoma": PSOAS, "etiology": "trauma"}, ["-"]),
        ({"hematoma": SPREAD, "etiology": "hemophilia"}, ["K68.3"]),
        ({"etiology": "anticoagulant"}, ["-", "D68.32", "T45.515A"]),
        ({"hematoma": Hematoma(hematoma_present=False)}, []),
        ({"nerves": FEMORAL, "etiology": "trauma"}, ["-", "-"]),
        ({"nerves": FEMORAL, "etiology": "rodenticide"}, ["-", "G57.20"]),
        (
            {"nerves": FEMORAL, "etiology": "spontaneous", "deficit_side": "unknown"},
            ["-", "G57.20"],
        ),
        (
            {"nerves": FEMORAL, "etiology": "spontaneous", "deficit_side": "right"},
            ["-", "G57.21"],
        ),
        (
            {"nerves": FEMORAL, "etiology": "spontaneous", "deficit_side": "left"},
            ["-", "G57.22"],
        ),
        (
            {"nerves": FEMORAL, "etiology": "spontaneous", "deficit_side": "bilateral"},
            ["-", "G57.23"],
        ),
    ],
)
def test_a_diagnosis_has_a_code_where_the_fields_say_it_all(
    fields: dict[str, Any], expected: list[str]
) -> None:
    """What a title adds to the fields is never guessed: then there is no code."""
    assert codes(**fields) == expected
