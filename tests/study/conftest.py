"""A cohort made by hand to the counts that Li et al. 2023 print."""

from typing import Any

import pytest

from iph import (
    Assessment,
    Cohort,
    FollowUp,
    Hematoma,
    Imaging,
    Laboratory,
    Nerve,
    NerveInvolvement,
    Patient,
    Visit,
)

# Whole numbers whose quartiles by the (n + 1)p rule are those printed.
AGES = [
    *[15, 16, 16, 17, 18, 19, 20, 21, 25, 28, 33, 38, 42, 47],
    *[49, 50, 52, 55, 57, 60, 63, 63, 64, 66, 68, 70, 72, 75],
]
SYMPTOM_DAYS = [
    0,
    0,
    *[1] * 5,
    *[2] * 4,
    *[3] * 4,
    4,
    4,
    5,
    5,
    6,
    7,
    7,
    8,
    10,
    14,
    20,
    30,
    30,
]
PLATELETS = [
    *[150, 152, 155, 160, 170, 175, 180, 182, 185, 190, 195, 200, 203, 206],
    *[208, 215, 225, 240, 260, 275, 284, 287, 290, 300, 310, 330, 350, 400],
]
VAS = {
    Visit.BASELINE: [*[5] * 4, *[6] * 7, *[7] * 7, *[8] * 6, *[9] * 4],
    Visit.WEEK_1: [*[2] * 9, *[3] * 4, *[4] * 5, *[5] * 5, *[6] * 5],
    Visit.MONTH_1: [*[0] * 5, *[1] * 8, *[2] * 7, *[3] * 5, *[4] * 3],
    Visit.MONTH_3: [*[0] * 16, *[1] * 6, *[2] * 4, *[3] * 2],
    Visit.MONTH_6: [*[0] * 18, *[1] * 6, *[2] * 3, 3],
}
NUMBNESS = {
    Visit.BASELINE: [*[1] * 2, *[2] * 5, *[3] * 11, *[4] * 10],
    Visit.MONTH_6: [*[1] * 22, *[2] * 6],
    Visit.YEAR_1: [*[1] * 21, 2],
}
STRENGTH = {
    Visit.BASELINE: [*[5] * 9, *[4] * 8, *[3] * 10, 2],
    Visit.MONTH_6: [*[5] * 19, *[4] * 9],
    Visit.YEAR_1: [*[5] * 18, *[4] * 4],
}
FLEXION = {
    Visit.BASELINE: [*[100] * 13, *[60] * 5, *[30] * 10],
    Visit.DISCHARGE: [*[100] * 14, *[60] * 13, 30],
    Visit.MONTH_6: [*[110] * 25, *[80] * 3],
    Visit.YEAR_1: [*[110] * 21, 80],
}
ZONES: list[tuple[str, ...]] = [
    *[("mid",)] * 6,
    *[("upper", "mid")] * 8,
    *[("mid", "lower")] * 8,
    *[("upper", "mid", "lower")] * 6,
]
CAUSES = ["hemophilia"] * 7 + ["anticoagulant"] * 9 + ["rodenticide"] * 2
CAUSES += ["trauma"] * 6 + ["spontaneous"] * 4


def at(values: list[int], place: int) -> int | None:
    """Return a value of the list; None past its end, where nobody was seen."""
    return values[place] if place < len(values) else None


def course(place: int) -> FollowUp:
    """Return the visits of one patient."""
    seen = []
    for visit in Visit:
        graded: dict[str, Any] = {
            "vas": at(VAS.get(visit, []), place),
            "numbness": at(NUMBNESS.get(visit, []), place),
            "strength": at(STRENGTH.get(visit, []), place),
            "hip_flexion_deg": at(FLEXION.get(visit, []), place),
        }
        if any(value is not None for value in graded.values()):
            seen.append(Assessment(visit=visit, **graded))
    return FollowUp(assessments=tuple(seen), lost_to_follow_up=False)


def patient(place: int) -> Patient:
    """Return one patient; causes are dealt out over the course of strength."""
    cause = CAUSES[(place * 11) % 28]
    bleeding = cause in {"hemophilia", "anticoagulant", "rodenticide"}
    nerves: dict[str, Any] = dict.fromkeys((n.value for n in Nerve), "spared")
    if place < 25:
        nerves["femoral"] = "involved"
    if place < 15:
        nerves["lateral_femoral_cutaneous"] = "involved"
    values: dict[str, Any] = {
        "age_years": AGES[(place * 5) % 28],
        "sex": "male" if place < 24 else "female",
        "side": "right" if place % 2 and place < 26 else "left",
        "symptom_days": SYMPTOM_DAYS[(place * 3) % 28],
        "etiology": cause,
        "anticoagulant": ["warfarin"] if cause == "anticoagulant" else [],
        "comorbidities": ["hemophilia"] if cause == "hemophilia" else [],
        "records_complete": True,
        "imaging": Imaging(ct="yes", imaging_available=True),
        "laboratory": Laboratory(
            inr=3.0 if bleeding and cause != "hemophilia" else 1.0,
            platelets_10e9_l=PLATELETS[(place * 9) % 28],
        ),
        "hematoma": Hematoma(
            hematoma_present=True,
            muscle="iliopsoas",
            zones=frozenset(ZONES[(place * 13) % 28]),
            volume_ml=40 + 30 * len(ZONES[(place * 13) % 28]) + place,
            other_areas=False,
            associated_lesions=frozenset(),
        ),
        "nerves": NerveInvolvement(**nerves),
        "treatments": ["surgical_evacuation"] if place < 3 else ["analgesic"],
        "follow_up": course(place),
    }
    return Patient(patient_id=f"P{place + 1:02}", **values)


@pytest.fixture(scope="session")
def by_hand() -> Cohort:
    """Return 28 patients who have the counts that the study prints."""
    return Cohort(
        [patient(place) for place in range(28)],
        label="Made by hand to printed counts",
        synthetic=True,
    )
