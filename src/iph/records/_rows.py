"""A cohort as rows of cells: one long table, or one of patients and one of visits."""

import json
from collections.abc import Iterator
from typing import Any

import attrs

from iph._cohort import Cohort
from iph._fields import cell
from iph._follow_up import ASSESSMENT_FIELDS, Assessment
from iph._model import PATIENT_FIELDS, Patient


def about_columns(cohort: Cohort) -> list[str]:
    """Return the names of what a cohort carries besides fields, where it does."""
    given = {
        "synthetic": cohort.synthetic,
        "cohort_label": cohort.label,
        "cohort_notes": cohort.notes,
        "reference_ranges": any(
            p.laboratory is not None and p.laboratory.reference_ranges for p in cohort
        ),
    }
    return [name for name, there in given.items() if there]


def about_cells(cohort: Cohort, patient: Patient, *, first: bool) -> dict[str, str]:
    """Return the cells of `about_columns` in the first row of a patient."""
    cells = {"synthetic": "yes"} if cohort.synthetic else {}
    if first and cohort.label:
        cells["cohort_label"] = json.dumps(cohort.label)
    if first and cohort.notes:
        cells["cohort_notes"] = json.dumps(cohort.notes)
    if patient.laboratory is not None and patient.laboratory.reference_ranges:
        ranges = [attrs.asdict(one) for one in patient.laboratory.reference_ranges]
        cells["reference_ranges"] = json.dumps(ranges)
    return cells


def long_rows(cohort: Cohort) -> Iterator[list[Any]]:
    """Yield the header and the rows of the long table, cells as they are."""
    about = about_columns(cohort)
    names = [field.name for field in (*PATIENT_FIELDS, *ASSESSMENT_FIELDS)]
    yield [*names, *about]
    no_patient = [None] * (len(PATIENT_FIELDS) - 1)
    no_assessment = [None] * len(ASSESSMENT_FIELDS)
    for place, patient in enumerate(cohort):
        own = _of_patient(patient)
        cells = about_cells(cohort, patient, first=place == 0)
        for number, seen in enumerate(patient.follow_up.assessments or (None,)):
            visit = no_assessment if seen is None else _of_assessment(seen)
            first = own if number == 0 else [patient.patient_id, *no_patient]
            if number == 1:
                cells = {name: cells[name] for name in cells if name == "synthetic"}
            yield [*first, *visit, *[cells.get(name) for name in about]]


def patient_rows(cohort: Cohort) -> Iterator[list[Any]]:
    """Yield the header and the rows of the patients table."""
    about = about_columns(cohort)
    yield [*[field.name for field in PATIENT_FIELDS], *about]
    for place, patient in enumerate(cohort):
        cells = about_cells(cohort, patient, first=place == 0)
        yield [*_of_patient(patient), *[cells.get(name) for name in about]]


def assessment_rows(cohort: Cohort) -> Iterator[list[Any]]:
    """Yield the header and the rows of the assessments table."""
    mark = ["synthetic"] if cohort.synthetic else []
    first = PATIENT_FIELDS[0].name
    yield [first, *[field.name for field in ASSESSMENT_FIELDS], *mark]
    for patient in cohort:
        for seen in patient.follow_up.assessments:
            yield [patient.patient_id, *_of_assessment(seen), *["yes" for _ in mark]]


def _of_patient(patient: Patient) -> list[Any]:
    return [cell(field, field.value_of(patient)) for field in PATIENT_FIELDS]


def _of_assessment(seen: Assessment) -> list[Any]:
    return [cell(field, field.value_of(seen)) for field in ASSESSMENT_FIELDS]
