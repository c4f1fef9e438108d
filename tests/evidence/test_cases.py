"""Published cases: every cell of the raw table is mapped or listed."""

import csv
import io
from importlib import resources

from iph import Agent, Etiology, Involvement, Outcome, Side, Treatment
from iph.criteria import LI_2023, screen
from iph.evidence import (
    published_case_doubts,
    published_case_sources,
    published_cases,
)

RAW = list(
    csv.DictReader(
        io.StringIO(
            resources.files("iph.evidence")
            .joinpath("published_cases.csv")
            .read_text(encoding="utf-8")
        )
    )
)
CASES = {patient.patient_id: patient for patient in published_cases()}
LISTED = {(doubt.patient_id, doubt.column) for doubt in published_case_doubts()}


def test_there_are_62_patients_and_a_warning() -> None:
    """All rows become patients, and the cohort says what it is."""
    cohort = published_cases()
    assert len(cohort) == len(RAW) == 62
    assert not cohort.synthetic
    assert "convenience sample" in cohort.notes[0]


def test_no_cell_disappears() -> None:
    """Every filled clinical cell is found in the patient, or listed with a reason."""
    for row in RAW:
        case = row["case_id"]
        patient = CASES[case]
        laboratory, course = patient.laboratory, patient.follow_up
        hematoma = patient.hematoma
        assert hematoma is not None
        known = {
            "age_years": patient.age_years,
            "sex": patient.sex,
            "side": patient.side,
            "etiology": patient.etiology,
            "agent": patient.anticoagulant,
            "inr": laboratory and laboratory.inr,
            "hb_g_dl": laboratory and laboratory.hemoglobin_g_l,
            "muscle": hematoma.muscle,
            "size_cm": hematoma.diameter_a_cm,
            "interval_days": patient.symptom_days,
            "femoral_palsy": patient.nerves and patient.nerves.femoral,
            "lfcn_involved": patient.nerves
            and patient.nerves.lateral_femoral_cutaneous,
            "treatment": patient.treatments,
            "quad_mrc_baseline": [a.strength for a in course.assessments if a.visit],
            "hipflex_mrc_baseline": [
                a.hip_flexor_strength for a in course.assessments if a.visit
            ],
            "quad_mrc_followup": [a.strength for a in course.assessments if a.day],
            "hipflex_mrc_followup": [
                a.hip_flexor_strength for a in course.assessments if a.day
            ],
            "recovery": course.outcome or course.died,
        }
        said_nothing = {"not_stated", "not_in_excerpt"}
        for column, value in known.items():
            if row[column] and row[column] not in said_nothing:
                assert value not in (None, []) or (case, column) in LISTED, (
                    case,
                    column,
                    row[column],
                )
        if row["followup_days"] and row["recovery"] not in said_nothing:
            assert course.last_day == int(row["followup_days"]), case


def test_every_doubt_is_of_a_filled_cell() -> None:
    """A doubt names a cell that holds something, and a reason."""
    raw = {row["case_id"]: row for row in RAW}
    for doubt in published_case_doubts():
        assert raw[doubt.patient_id][doubt.column] == doubt.value
        assert doubt.value
        assert doubt.reason


def test_known_cases() -> None:
    """Cases with a turn are read as they stand."""
    assert CASES["C22"].side is Side.LEFT
    assert CASES["C22"].deficit_side is Side.BILATERAL
    assert CASES["C32"].side is Side.BILATERAL
    assert CASES["C32"].deficit_side is Side.RIGHT
    laboratory = CASES["C04"].laboratory
    assert laboratory is not None
    assert laboratory.hemoglobin_g_l == 128.0
    inhibitor = CASES["C58"].laboratory
    assert inhibitor is not None
    assert (inhibitor.hemoglobin_g_l, inhibitor.factor_viii_percent) == (None, 3.0)
    assert inhibitor.aptt_s == 78.0
    assert CASES["C53"].etiology is Etiology.IATROGENIC
    assert CASES["C45"].anticoagulant == frozenset(
        {Agent.ACENOCOUMAROL, Agent.LOW_MOLECULAR_WEIGHT_HEPARIN}
    )
    nerves = CASES["C38"].nerves
    assert nerves is not None
    assert nerves.obturator is Involvement.INVOLVED
    assert CASES["C49"].follow_up.died is True
    for case, day in (("C10", 7), ("C16", 18), ("C32", 60)):
        course = CASES[case].follow_up
        assert (course.outcome, course.outcome_day) == (Outcome.IMPROVED, day)
    assert CASES["C36"].follow_up.assessments == ()
    assert {("C36", "quad_mrc_followup"), ("C36", "hipflex_mrc_followup")} <= LISTED
    assert CASES["C08"].treatments == frozenset(
        {Treatment.EMBOLIZATION, Treatment.SURGICAL_EVACUATION}
    )
    assert CASES["C05"].treated_conservatively is True
    size = CASES["C02"].hematoma
    assert size is not None
    assert size.diameters_cm == (8.0, 7.0, 5.0)


def test_seven_bilateral_and_two_crossed() -> None:
    """Seven cases are bilateral; in two the sides of hematoma and deficit differ."""
    both = [p for p in CASES.values() if p.side is Side.BILATERAL]
    crossed = [p for p in CASES.values() if p.deficit_side is not None]
    assert len(both) == 8  # seven, and one of the two crossed
    assert len(crossed) == 2
    assert all(p.assessed_limb is None for p in both if p.deficit_side is None)


def test_sources_stand_beside_the_patients() -> None:
    """Each patient has a source with an address, in the same order."""
    sources = published_case_sources()
    assert [s.patient_id for s in sources] == list(CASES)
    assert all(s.address for s in sources)
    assert sum(s.compared == "2026-11-29" for s in sources) == 36
    assert {s.compared for s in sources} == {"", "2026-11-29"}


def test_screening_them() -> None:
    """Three are too young; of the others nobody can say, and nobody does."""
    result = screen(published_cases(), LI_2023)
    assert (result.n_assessed, result.n_excluded) == (62, 3)
    assert (result.n_included, result.n_unknown) == (0, 59)
