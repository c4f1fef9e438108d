"""Studies to report on: by hand, of published cases, and with next to nothing."""

from typing import Any

import pytest

from iph import Assessment, Cohort, FollowUp, Hematoma, Laboratory, Nerve, Patient
from iph._admission import NerveInvolvement
from iph.evidence import published_cases
from iph.study import Study, analyze

# Visit: pain, numbness, strength and hip flexion of twelve patients; None, not seen.
VISITS: dict[str, list[tuple[int, int, int, int] | None]] = {
    "baseline": [(5 + k % 5, 1 + k % 4, 2 + k % 3, 30 + 5 * k) for k in range(12)],
    "month_1": [
        None if k == 3 else (2 + k % 3, 1 + k % 3, 3 + k % 3, 60 + 5 * k)
        for k in range(12)
    ],
    "month_6": [
        None if k in {3, 7} else (k % 2, 1 + k % 2, 4 + k % 2, 90 + k)
        for k in range(12)
    ],
}


def patient(place: int) -> Patient:
    """Return one of twelve patients."""
    seen = [
        Assessment(
            visit=visit,
            vas=row[0],
            numbness=row[1],
            strength=row[2],
            hip_flexion_deg=row[3],
        )
        for visit, rows in VISITS.items()
        if (row := rows[place]) is not None
    ]
    nerves: dict[str, Any] = dict.fromkeys((n.value for n in Nerve), "spared")
    nerves["femoral"] = "involved" if place < 10 else "unknown"
    zones = [("upper", "mid"), ("mid",), ("mid", "lower")][place % 3]
    values: dict[str, Any] = {
        "age_years": 20 + 5 * place,
        "sex": "male" if place % 3 else "female",
        "etiology": "anticoagulant" if place % 2 else "trauma",
        "anticoagulant": ["warfarin"] if place % 2 else [],
        "comorbidities": [],
        "laboratory": Laboratory(inr=3.0 if place % 2 else 1.0),
        "hematoma": Hematoma(zones=frozenset(zones), volume_ml=100 + 10 * place),
        "nerves": NerveInvolvement(**nerves),
        "follow_up": FollowUp(
            assessments=tuple(seen), died_day=100 if place == 7 else None
        ),
    }
    return Patient(patient_id=f"P{place + 1:02}", **values)


@pytest.fixture(scope="session")
def by_hand() -> Study:
    """Return a study of twelve patients in which every part is filled."""
    cohort = Cohort([patient(k) for k in range(12)], label="By hand", synthetic=True)
    return analyze(cohort, population="all", by="sex")


@pytest.fixture(scope="session")
def published() -> Study:
    """Return the study of the published cases: most parts cannot be filled."""
    return analyze(published_cases(), population="not-excluded")


@pytest.fixture(scope="session")
def nobody() -> Study:
    """Return a study without any patient."""
    return analyze(Cohort([], label="Nobody"))


@pytest.fixture(scope="session")
def alone() -> Study:
    """Return a study of one patient with two visits."""
    seen = (
        Assessment(visit="baseline", vas=5, strength=3),
        Assessment(visit="month_6", vas=1, strength=5),
    )
    only = Patient(patient_id="P1", follow_up=FollowUp(assessments=seen))
    return analyze(Cohort([only], label="Alone"), population="all")
