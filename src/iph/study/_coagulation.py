"""Whether the blood of a patient clots normally: one answer from all that is recorded.

Etiology, agents, comorbidities and tests speak together, so that the status cannot
contradict what another row of the same table prints. Each answer has three values.
"""

from typing import Final

from iph._categories import Comorbidity, Etiology
from iph._model import Patient
from iph.scales._coagulation import coagulation_status
from iph.scales._coagulation_findings import CLOTTING_TESTS, CoagulationStatus, Rule

# The rules by which a study can be analyzed: which tests count, and whether the
# history does.
COAGULATION_RULES: Final[dict[str, tuple[tuple[str, ...], Rule]]] = {
    "laboratory": (CLOTTING_TESTS, "laboratory"),
    "laboratory-or-history": (CLOTTING_TESTS, "laboratory-or-history"),
    "platelets-or-laboratory-or-history": (
        (*CLOTTING_TESTS, "platelets_10e9_l"),
        "laboratory-or-history",
    ),
}

_ANTICOAGULANT = frozenset({Etiology.ANTICOAGULANT, Etiology.RODENTICIDE})
_DISORDER = frozenset({Etiology.HEMOPHILIA, Etiology.OTHER_COAGULOPATHY})


def anticoagulated(patient: Patient) -> bool | None:
    """Whether an agent or poison acts on clotting; None if not known."""
    if patient.etiology in _ANTICOAGULANT:
        return True
    if patient.anticoagulant is None:
        return None
    answers = {agent.is_anticoagulant for agent in patient.anticoagulant}
    if True in answers:
        return True
    return None if None in answers else False


def clotting_disorder(patient: Patient) -> bool | None:
    """Whether the patient has hemophilia or another coagulopathy; None if not known."""
    if patient.etiology in _DISORDER:
        return True
    listed = patient.comorbidities
    if listed is not None and Comorbidity.HEMOPHILIA in listed:
        return True
    return None if listed is None or Comorbidity.UNKNOWN in listed else False


def coagulation_of(patient: Patient, *, rule: str) -> CoagulationStatus:
    """Return the coagulation status of a patient by a named rule."""
    tests, kind = COAGULATION_RULES[rule]
    return coagulation_status(
        patient.laboratory,
        tests=tests,
        rule=kind,
        anticoagulant=anticoagulated(patient),
        clotting_disorder=clotting_disorder(patient),
    )


def coagulation_gaps(patient: Patient, *, rule: str) -> tuple[str, ...]:
    """Return what would have to be recorded to decide; empty if it is decided."""
    if coagulation_of(patient, rule=rule) is not CoagulationStatus.NOT_ASSESSABLE:
        return ()
    tests, kind = COAGULATION_RULES[rule]
    gaps = []
    if all(getattr(patient.laboratory, test, None) is None for test in tests):
        gaps.append("a clotting test")
    if kind == "laboratory-or-history":
        if anticoagulated(patient) is None:
            gaps.append("anticoagulant")
        if clotting_disorder(patient) is None:
            gaps.append("comorbidities")
    return tuple(gaps)
