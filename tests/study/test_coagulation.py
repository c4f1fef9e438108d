"""Coagulation status of a patient agrees with the etiology that the table prints."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph import Cohort, Laboratory, Patient
from iph.errors import InputError
from iph.scales import CoagulationStatus
from iph.study import CategoryCell, Study, analyze
from iph.study._coagulation import coagulation_gaps, coagulation_of

RULE = "laboratory-or-history"
NORMAL, ABNORMAL = CoagulationStatus.NORMAL, CoagulationStatus.ABNORMAL
OPEN = CoagulationStatus.NOT_ASSESSABLE
DISORDERS = {"anticoagulant", "rodenticide", "hemophilia", "other_coagulopathy"}


def of(**fields: Any) -> Patient:
    """Return a patient with an INR that is normal unless another is given."""
    return Patient(
        patient_id="P", laboratory=Laboratory(inr=fields.pop("inr", 1.0)), **fields
    )


def counts(study: Study, name: str) -> dict[str, int]:
    """Return the counts of a row of the first table, with those not recorded."""
    row = next(r for r in study.table_one.rows if r.name == name)
    cell = row.cells[0]
    assert isinstance(cell, CategoryCell)
    found = dict(zip(row.level_labels, cell.counts, strict=True))
    return found | {"not recorded": cell.n_missing}


def test_etiology_agents_and_comorbidities_speak_together() -> None:
    """Whichever of the three names a cause of bleeding makes the status abnormal."""
    for etiology in sorted(DISORDERS):
        assert coagulation_of(of(etiology=etiology), rule=RULE) is ABNORMAL
    assert coagulation_of(of(anticoagulant=["warfarin"]), rule=RULE) is ABNORMAL
    assert coagulation_of(of(comorbidities=["hemophilia"]), rule=RULE) is ABNORMAL
    none: dict[str, Any] = {"anticoagulant": [], "comorbidities": []}
    assert coagulation_of(of(**none), rule=RULE) is NORMAL
    assert coagulation_of(of(etiology="trauma", **none), rule=RULE) is NORMAL
    assert coagulation_of(of(etiology="hemophilia", **none), rule=RULE) is ABNORMAL
    assert coagulation_of(of(etiology="hemophilia"), rule="laboratory") is NORMAL


def test_platelets_are_no_clotting_test_unless_the_rule_says_so() -> None:
    """A count of 111 in a fall is no coagulopathy; by name it can be one."""
    patient = Patient(
        patient_id="P",
        etiology="trauma",
        anticoagulant=[],
        comorbidities=[],
        laboratory=Laboratory(inr=1.0, platelets_10e9_l=111),
    )
    assert coagulation_of(patient, rule=RULE) is NORMAL
    assert coagulation_of(patient, rule=f"platelets-or-{RULE}") is ABNORMAL
    alone = Patient(patient_id="P", laboratory=Laboratory(platelets_10e9_l=200))
    assert coagulation_of(alone, rule="laboratory") is OPEN


@given(
    etiology=st.sampled_from(["anticoagulant", "hemophilia", "trauma", "unknown"])
    | st.none(),
    agents=st.sampled_from([[], ["warfarin"], ["aspirin"], ["unknown"]]) | st.none(),
    comorbidities=st.sampled_from([[], ["hemophilia"], ["other"]]) | st.none(),
    inr=st.sampled_from([1.0, 3.0]) | st.none(),
)
def test_three_values(
    etiology: Any, agents: Any, comorbidities: Any, inr: float | None
) -> None:
    """Abnormal by one source; normal only if all are known; else the gaps say why."""
    patient = of(
        etiology=etiology, anticoagulant=agents, comorbidities=comorbidities, inr=inr
    )
    causes = (
        etiology in DISORDERS
        or agents == ["warfarin"]
        or comorbidities == ["hemophilia"]
        or inr == 3.0
    )
    gaps = set()
    if inr is None:
        gaps.add("a clotting test")
    if agents is None or agents == ["unknown"]:
        gaps.add("anticoagulant")
    if comorbidities is None:
        gaps.add("comorbidities")
    expected = ABNORMAL if causes else OPEN if gaps else NORMAL
    assert coagulation_of(patient, rule=RULE) is expected
    assert set(coagulation_gaps(patient, rule=RULE)) == (
        set() if expected is not OPEN else gaps
    )


def test_the_status_cannot_contradict_the_etiology_of_the_same_table() -> None:
    """A cause that impairs clotting in 22 of 30 makes at least 22 abnormal."""
    causes = ["anticoagulant"] * 15 + ["hemophilia"] * 7 + ["trauma"] * 8
    cohort = Cohort(
        [Patient(patient_id=f"P{k}", etiology=cause) for k, cause in enumerate(causes)]
    )
    study = analyze(cohort, population="all")
    assert counts(study, "coagulation_status") == {
        "normal": 0,
        "abnormal": 22,
        "not recorded": 8,
    }


def test_the_rule_is_an_option(by_hand: Cohort) -> None:
    """By the laboratory alone the seven with hemophilia and a normal INR are normal."""
    study = analyze(by_hand, coagulation="laboratory")
    assert counts(study, "coagulation_status")["abnormal"] == 11
    with pytest.raises(InputError, match="coagulation must be one of 'laboratory'"):
        analyze(by_hand, coagulation="history")  # type: ignore[arg-type] # the test


def test_a_gap_names_the_columns_that_would_decide() -> None:
    """Of each patient not classified it is known which column is empty."""
    known: tuple[Any, ...] = (None, [])
    for agents, comorbidities in itertools.product(known, known):
        patient = of(anticoagulant=agents, comorbidities=comorbidities)
        gaps = coagulation_gaps(patient, rule=RULE)
        assert ("anticoagulant" in gaps) == (agents is None)
        assert ("comorbidities" in gaps) == (comorbidities is None)
    assert coagulation_gaps(of(), rule="laboratory") == ()
