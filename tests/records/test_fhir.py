"""FHIR bundles are valid, complete, and name nobody."""

import json

from fhir.resources.R4B.bundle import Bundle
from hypothesis import given, settings

from iph import Cohort
from iph._follow_up import ASSESSMENT_FIELDS
from iph._model import PATIENT_FIELDS
from iph.records import fhir_bundle
from iph.records._template import example
from iph.testing import cohorts


@settings(max_examples=15)
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
    cohort = example()
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
    assert (kinds.count("Patient"), kinds.count("Condition")) == (1, 1)
    assert '"718-7"' in text
    assert '"HTEST"' in text
