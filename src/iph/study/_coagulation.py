"""Whether the blood of a patient clots normally: one answer from all that is recorded.

Etiology, agents, comorbidities and tests speak together, so that the status cannot
contradict what another row of the same table prints. Each answer has three values.
"""

from collections.abc import Collection, Iterable
from typing import Any, Final

from iph._categories import Agent, Comorbidity, Etiology
from iph._model import Patient
from iph.scales._coagulation import coagulation_status
from iph.scales._coagulation_findings import (
    CLOTTING_TESTS,
    CoagulationStatus,
    Rule,
    coagulation_findings,
)
from iph.study._columns import Coded, Columns

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

GAPS_JOINED: Final = "; "
"""What stands between the names of gaps where they are one text."""

POISONED: Final = frozenset({Etiology.ANTICOAGULANT, Etiology.RODENTICIDE})
DISORDERED: Final = frozenset({Etiology.HEMOPHILIA, Etiology.OTHER_COAGULOPATHY})
"""Causes that say by themselves that blood does not clot normally."""


def anticoagulated(patient: Patient) -> bool | None:
    """Whether an agent or poison acts on clotting; None if not known."""
    return patient.etiology in POISONED or by_agents(patient.anticoagulant)


def by_agents(agents: Iterable[Agent] | None) -> bool | None:
    """Whether any of the agents acts on clotting; None if not known."""
    if agents is None:
        return None
    answers = {agent.is_anticoagulant for agent in agents}
    if True in answers:
        return True
    return None if None in answers else False


def clotting_disorder(patient: Patient) -> bool | None:
    """Whether the patient has hemophilia or another coagulopathy; None if not known."""
    return patient.etiology in DISORDERED or by_comorbidities(patient.comorbidities)


def by_comorbidities(listed: Collection[Comorbidity] | None) -> bool | None:
    """Whether hemophilia is among them; None if not known."""
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


def coagulation_column(columns: Columns, *, rule: str) -> Coded:
    """Return the coagulation status of each patient by a named rule."""
    return columns.kept(
        f"coagulation by {rule}",
        lambda: columns.by_case(
            _cases(columns, rule), lambda patient: coagulation_of(patient, rule=rule)
        ),
    )


def gaps_column(columns: Columns, *, rule: str) -> Coded:
    """Return what would have to be recorded of each patient to decide."""
    return columns.by_case(
        _cases(columns, rule), lambda patient: coagulation_gaps(patient, rule=rule)
    )


def _cases(columns: Columns, rule: str) -> list[Coded]:
    """Return what the status rests on: what each test speaks for, and the history.

    There are few such cases, however many values were measured.
    """
    tests, _ = COAGULATION_RULES[rule]
    ranges = columns.found(
        "ranges of the laboratory",
        lambda patient: getattr(patient.laboratory, "reference_ranges", ()),
    )

    def of_test(test: str) -> Coded:
        def speaks(patient: Any) -> tuple[bool, bool | None]:
            found = coagulation_findings(patient.laboratory, tests=(test,)).findings[0]
            return found.value is None, found.counts

        measured = [columns.of_patients(test), ranges]
        return columns.kept(
            f"what {test} speaks for", lambda: columns.by_case(measured, speaks)
        )

    history = {
        "anticoagulated": (("etiology", "anticoagulant"), anticoagulated),
        "clotting disorder": (("etiology", "comorbidities"), clotting_disorder),
    }
    return [
        *map(of_test, tests),
        *(
            columns.answered(name, rests_on, answer)
            for name, (rests_on, answer) in history.items()
        ),
    ]
