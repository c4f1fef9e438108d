"""Screening: decisions with their trace, and a flow that adds up."""

import html
import itertools
from typing import Any

import attrs
import narwhals.stable.v2 as nw
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iph import Cohort, FollowUp, Hematoma, Imaging, Patient
from iph._model import PATIENT_FIELDS
from iph._results import Backend
from iph.criteria import (
    LI_2023,
    LI_2023_AS_PRINTED,
    LI_2023_SEARCH,
    Compare,
    Criteria,
    Criterion,
    Decision,
    Eligibility,
    FlowStep,
    Screening,
    decide,
    li_2023,
    screen,
)
from iph.errors import InputError
from iph.evidence import published_cases
from iph.testing import cohorts, field_values

ELIGIBLE: dict[str, Any] = {
    "age_years": 48,
    "records_complete": True,
    "imaging": Imaging(ct="yes", imaging_available=True),
    "hematoma": Hematoma(
        hematoma_present=True,
        muscle="iliopsoas",
        other_areas=False,
        associated_lesions=frozenset(),
    ),
    "follow_up": FollowUp(lost_to_follow_up=False),
}


def patient(**changes: Any) -> Patient:
    """Return a patient who meets everything but for the changes."""
    return Patient(patient_id="P01", **(ELIGIBLE | changes))


def imaging(**findings: Any) -> dict[str, Any]:
    """Return the imaging part."""
    return {"imaging": Imaging(**findings)}


def hematoma(**changes: Any) -> dict[str, Any]:
    """Return the hematoma part of the eligible patient, changed."""
    return {"hematoma": attrs.evolve(ELIGIBLE["hematoma"], **changes)}


def nerves(femoral: str) -> dict[str, Any]:
    """Return the nerves part."""
    from iph import NerveInvolvement

    return {"nerves": NerveInvolvement(femoral=femoral)}


RETRO = hematoma(muscle="retroperitoneal")


@pytest.mark.parametrize(
    ("changes", "failed", "unknown"),
    [
        ({}, (), ()),
        ({"age_years": 14}, ("I1",), ()),
        ({"age_years": None}, (), ("I1",)),
        (imaging(ct="no", mri="no", surgical_confirmation="not_done"), ("I2-I4",), ()),
        (imaging(ct="no", mri="yes"), (), ()),
        (imaging(mri="yes"), (), ()),
        (imaging(ct="no"), (), ("I2-I4",)),
        (imaging(surgical_confirmation="yes", ct="not_done"), (), ("E6",)),
        (
            imaging(surgical_confirmation="yes", ct="not_done", mri="not_done"),
            ("E6",),
            (),
        ),
        (imaging(ct="yes", imaging_available=False), ("E6",), ()),
        (
            imaging(
                surgical_confirmation="yes",
                ct="not_done",
                mri="not_done",
                imaging_available=True,
            ),
            (),
            (),
        ),
        ({"imaging": None}, (), ("I2-I4", "E6")),
        ({"records_complete": False}, ("E1",), ()),
        ({"records_complete": None}, (), ("E1",)),
        (hematoma(other_areas=True), ("E2",), ()),
        (RETRO, (), ("E3",)),
        (RETRO | nerves("involved"), (), ()),
        (RETRO | nerves("spared"), ("E3",), ()),
        (RETRO | nerves("unknown"), (), ("E3",)),
        (hematoma(muscle=None) | nerves("involved"), (), ()),
        (hematoma(associated_lesions={"tumor"}), ("E4",), ()),
        (hematoma(associated_lesions={"other"}), ("E4",), ()),
        (hematoma(associated_lesions={"unknown"}), (), ("E4",)),
        (hematoma(hematoma_present=False), ("E5",), ()),
        ({"follow_up": FollowUp(lost_to_follow_up=True)}, ("E7",), ()),
        ({"follow_up": FollowUp()}, (), ("E7",)),
        (
            {"age_years": 3, "records_complete": False, "follow_up": FollowUp()},
            ("I1", "E1"),
            ("E7",),
        ),
    ],
)
def test_li_2023_by_case(
    changes: dict[str, Any], failed: tuple[str, ...], unknown: tuple[str, ...]
) -> None:
    """Each criterion answers as it is read: met, not met, or unknown."""
    result = screen([patient(**changes)], LI_2023)
    assert result.decisions is not None
    (decision,) = result.decisions
    assert (decision.failed, decision.unknown) == (failed, unknown)
    assert decision.first_failed == (failed[0] if failed else None)
    expected = (
        Eligibility.EXCLUDED
        if failed
        else Eligibility.UNKNOWN
        if unknown
        else Eligibility.INCLUDED
    )
    assert decision.eligibility is expected


def test_the_printed_reading_needs_all_three() -> None:
    """As printed, a patient without operation is never included."""
    decisions = screen([patient()], LI_2023_AS_PRINTED).decisions
    assert decisions is not None
    assert decisions[0].unknown == ("I3", "I4")
    assert li_2023() is LI_2023
    assert li_2023(confirmation="all") is LI_2023_AS_PRINTED
    assert len(LI_2023_AS_PRINTED.include) == 4
    assert len(LI_2023_AS_PRINTED.exclude) == len(LI_2023.exclude) == 7


def check_reconciled(result: Screening) -> None:
    """Check that every count of a screening adds up."""
    total = result.n_included + result.n_excluded + result.n_unknown
    assert total == result.n_assessed
    entering = result.n_assessed
    for step in result.flow:
        assert step.n_removed + step.n_unknown + step.n_remaining == entering
        entering -= step.n_removed
    assert result.flow[-1].n_remaining == result.n_included
    assert result.flow[-1].n_unknown == result.n_unknown
    assert sum(step.n_removed for step in result.flow) == result.n_excluded


@given(cohort=cohorts(max_size=3), data=st.data())
def test_the_flow_adds_up_in_any_order(cohort: Cohort, data: st.DataObject) -> None:
    """In any order of criteria nothing is lost, and the decisions are the same."""
    include = data.draw(st.permutations(LI_2023.include))
    exclude = data.draw(st.permutations(LI_2023.exclude))
    shuffled = Criteria(name="shuffled", include=include, exclude=exclude)
    given_order, result = screen(cohort, LI_2023), screen(cohort, shuffled)
    check_reconciled(result)
    assert result.decisions is not None
    assert given_order.decisions is not None
    for ours, theirs in zip(result.decisions, given_order.decisions, strict=True):
        assert ours.eligibility is theirs.eligibility
        assert set(ours.failed) == set(theirs.failed)
        assert set(ours.unknown) == set(theirs.unknown)


@given(cohort=cohorts(max_size=3), data=st.data())
def test_knowing_more_never_unsettles(cohort: Cohort, data: st.DataObject) -> None:
    """Recording a missing field never turns a decision back into unknown."""
    field = next(f for f in PATIENT_FIELDS if f.name == "records_complete")
    value = data.draw(field_values(field.declaration))
    before = screen(cohort, LI_2023).decisions
    filled = [
        p if p.records_complete is not None else attrs.evolve(p, records_complete=value)
        for p in cohort
    ]
    after = screen(filled, LI_2023).decisions
    assert before is not None
    assert after is not None
    for old, new in zip(before, after, strict=True):
        assert set(new.unknown) <= set(old.unknown)
        if old.eligibility is Eligibility.EXCLUDED:
            assert new.eligibility is Eligibility.EXCLUDED


BACKENDS: tuple[Backend, ...] = ("pandas", "polars", "pyarrow")


@settings(max_examples=2 * settings().max_examples // 5)  # each builds a query
@given(cohorts(max_size=4), st.sampled_from(BACKENDS))
def test_tables_give_the_same_flow(cohort: Cohort, backend: Backend) -> None:
    """Counted in a table, the flow is that of the patients one by one."""
    one_by_one = screen(cohort, LI_2023)
    counted = screen(cohort.patients_frame(backend), LI_2023)
    check_reconciled(counted)
    assert attrs.evolve(counted, decisions=one_by_one.decisions) == one_by_one


@settings(max_examples=2 * settings().max_examples // 5)  # each builds a query
@given(cohorts(min_size=1, max_size=4), st.sampled_from(BACKENDS))
def test_decisions_as_columns(cohort: Cohort, backend: Backend) -> None:
    """`decide` adds to every row what `screen` decides of that patient."""
    decisions = screen(cohort, LI_2023).decisions
    frame = nw.from_native(decide(cohort.patients_frame(backend), LI_2023))
    assert decisions is not None
    for row, decision in zip(frame.rows(named=True), decisions, strict=True):
        assert row["eligibility"] == decision.eligibility.value
        reasons = decision.failed or decision.unknown
        reason = None if row["reason"] is pd.NA else row["reason"]
        assert reason == (reasons[0] if reasons else None)


def test_a_flow_by_hand() -> None:
    """Each step tells what it removes, what is open so far, and what has passed."""
    gaps = {"imaging": None}  # leaves two criteria open, I2-I4 and E6
    patients = [
        patient(),
        patient(),
        patient(age_years=12, records_complete=False),
        patient(age_years=None),
        patient(**gaps),
        patient(**gaps, follow_up=FollowUp(lost_to_follow_up=True)),
        patient(follow_up=FollowUp()),
    ]
    result = screen(patients, LI_2023)
    assert (result.n_assessed, result.n_included) == (7, 2)
    assert (result.n_excluded, result.n_unknown) == (2, 3)
    found = [
        (step.code, step.n_removed, step.n_unknown, step.n_remaining)
        for step in result.flow
    ]
    middle = [(f"E{i}", 0, 3, 3) for i in range(1, 7)]
    first = [("I1", 1, 1, 5), ("I2-I4", 0, 3, 3)]
    assert found == [*first, *middle, ("E7", 1, 3, 2)]
    assert [step.statement for step in result.flow] == [
        criterion.statement for criterion in LI_2023.all
    ]
    assert result.criteria is LI_2023


def test_everything_is_given_by_name() -> None:
    """Results and sets are made by the names of their parts, so none is mistaken."""
    for made in (Criteria, Decision, FlowStep, Screening):
        assert all(field.kw_only for field in attrs.fields(made))
    named = {field.name: field.kw_only for field in attrs.fields(Criterion)}
    assert named == {"code": False, "statement": False, "rule": False, "reading": True}


def test_fields_in_the_order_of_the_criteria() -> None:
    """Each field is named once, where it is first looked at; inclusion goes first."""
    age = Criterion("E1", "age", Compare("age_years", ">", 14))
    inr = Criterion("I1", "INR", Compare("inr", "<", 2))
    both = Criteria(name="both", include=iter([inr]), exclude=iter([age]))
    assert both.all == (inr, age)
    assert both.fields == ("inr", "age_years")
    assert len(LI_2023.fields) == len(set(LI_2023.fields)) == 12


def test_nobody() -> None:
    """An empty cohort has an empty flow, not an error."""
    result = screen(Cohort(), LI_2023)
    check_reconciled(result)
    assert result.n_assessed == 0
    assert result.decisions == ()


@pytest.mark.parametrize("wrong", [5, "patients.csv", Patient(patient_id="a"), [1]])
def test_what_cannot_be_screened(wrong: Any) -> None:
    """Anything but patients or a dataframe is refused."""
    with pytest.raises(InputError, match="records"):
        screen(wrong, LI_2023)


def test_something_with_columns_that_is_no_frame() -> None:
    """An object that only looks like a table is refused with words."""

    class Fake:
        columns = ("age_years",)

    with pytest.raises(InputError, match="a dataframe that narwhals takes"):
        screen(Fake(), LI_2023)


def test_a_missing_column_is_named() -> None:
    """All missing columns are listed, with what to do."""
    with pytest.raises(InputError, match="no ct, mri") as caught:
        screen(pd.DataFrame({"age_years": [48]}), LI_2023)
    assert "empty where nothing is recorded" in str(caught.value)


def test_criteria_have_codes_of_their_own() -> None:
    """Two criteria of one code, or none at all, make no set."""
    one = Criterion("I1", "age", Compare("age_years", ">", 14))
    with pytest.raises(InputError, match="different codes"):
        Criteria(name="twice", include=[one], exclude=[one])
    with pytest.raises(InputError, match="at least one"):
        Criteria(name="none")


def test_search_terms() -> None:
    """The diagnoses searched are listed once each, and codes look like codes."""
    terms = [entry.term for entry in LI_2023_SEARCH]
    assert len(set(terms)) == len(terms) == 12
    for code in itertools.chain.from_iterable(e.icd_10_cm for e in LI_2023_SEARCH):
        assert code[0].isalpha()
        assert code[1:3].isdigit()


def test_the_search_finds_records_of_the_years_of_the_study() -> None:
    """K68.3 came in October 2023, after the last record of the study."""
    codes = {entry.term: entry.icd_10_cm for entry in LI_2023_SEARCH}
    assert codes["retroperitoneal hematoma"] == ("K66.1", "K68.3")
    assert {"D68.4", "D68.9"} <= set(codes["coagulation dysfunction"])
    assert codes["traumatic retroperitoneal hematoma"] == ("S36.892",)


def test_the_decision_on_one_patient_is_found_by_name() -> None:
    """Ask for one patient; another name, or a dataframe, is refused with what to do."""
    others = [attrs.evolve(patient(), patient_id=name) for name in ("A", "B")]
    result = screen(others, LI_2023)
    assert result.decisions is not None
    for decision in result.decisions:
        assert result.decision_of(decision.patient_id) is decision
    with pytest.raises(InputError, match=r"screened patient, got 'C'$"):
        result.decision_of("C")
    counted = screen(Cohort(others).patients_frame("polars"), LI_2023)
    with pytest.raises(InputError, match=r"use iph\.criteria\.decide"):
        counted.decision_of("A")


def test_a_notebook_shows_counts_and_reasons_and_no_patient() -> None:
    """Cells are pasted: rows of patients stand there only if they are asked for."""
    found: Any = screen(published_cases(), LI_2023)
    shown, names = found._repr_html_(), [d.patient_id for d in found.decisions or ()]
    assert len(names) == 62
    assert not any(name in shown for name in names)
    assert "n_excluded" in shown
    for step in found.flow:
        assert html.escape(step.statement)[:20] in shown
