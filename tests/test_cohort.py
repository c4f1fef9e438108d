"""A cohort and its two tidy tables."""

import re
import sys
from typing import Any

import attrs
import narwhals.stable.v2 as nw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph import Assessment, Cohort, FollowUp, Patient, Visit
from iph._cohort import Backend
from iph.errors import FieldError, InputError, RuleError
from iph.testing import cohorts

BACKENDS: tuple[Backend, ...] = ("pandas", "polars", "pyarrow")


def rows(frame: Any) -> list[dict[str, Any]]:
    """Return a frame's rows with None for every kind of missing."""
    table = nw.from_native(frame, eager_only=True)
    return [
        {k: None if v is None or v != v else v for k, v in row.items()}  # noqa: PLR0124 - NaN
        for row in table.rows(named=True)
    ]


def plain(columns: dict[str, list[Any]]) -> list[dict[str, Any]]:
    """Return columns as rows."""
    names = list(columns)
    return [
        dict(zip(names, row, strict=True))
        for row in zip(*columns.values(), strict=True)
    ]


@given(cohorts(max_size=4))
def test_tables_are_the_same_in_every_library(cohort: Cohort) -> None:
    """Each backend holds one row a patient and a visit, with the same cells."""
    patients, assessments = cohort.patient_columns(), cohort.assessment_columns()
    assert len(patients["patient_id"]) == len(cohort)
    seen = sum(len(p.follow_up.assessments) for p in cohort)
    assert len(assessments["patient_id"]) == seen
    for backend in BACKENDS[1:]:
        assert rows(cohort.patients_frame(backend)) == plain(patients)
        assert rows(cohort.assessments_frame(backend)) == plain(assessments)
    frame = cohort.patients_frame()
    assert list(frame.columns) == list(patients)
    values = frame.astype(object).where(frame.notna(), None).to_dict("list")
    assert values == patients


def test_whole_numbers_stay_whole() -> None:
    """A column of ages with a gap holds whole numbers and a gap in every library."""
    cohort = Cohort([Patient(patient_id="a", age_years=48), Patient(patient_id="b")])
    for backend in BACKENDS:
        ages = nw.from_native(cohort.patients_frame(backend))["age_years"]
        assert ages.dtype.is_integer()
        assert ages.null_count() == 1


def test_pseudonyms_are_unique() -> None:
    """Two patients of one pseudonym are refused, whatever type it was given in."""
    with pytest.raises(RuleError, match="'1' stands twice") as caught:
        Cohort([Patient(patient_id=1), Patient(patient_id="1")])
    assert caught.value.rule == "patients-unique"


@pytest.mark.parametrize("wrong", [5, Patient(patient_id="a"), [1]])
def test_only_patients(wrong: Any) -> None:
    """A cohort is made of patients."""
    with pytest.raises(InputError, match="patients"):
        Cohort(wrong)


def test_unknown_backend() -> None:
    """The message lists the libraries."""
    with pytest.raises(InputError, match="'pandas', 'polars', 'pyarrow'"):
        Cohort([]).patients_frame("excel")  # type: ignore[arg-type]


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_library_that_is_not_there(
    monkeypatch: pytest.MonkeyPatch, backend: Backend
) -> None:
    """The message says how to install it; iph itself brings none of them."""
    monkeypatch.setitem(sys.modules, backend, None)
    with pytest.raises(InputError, match=f"pip install {backend}"):
        Cohort([]).patients_frame(backend)


def test_a_cohort_is_a_sequence_of_patients() -> None:
    """It has a length and an order."""
    course = FollowUp(assessments=(Assessment(visit=Visit.WEEK_1, vas=4),))
    listed = [Patient(patient_id="b", follow_up=course), Patient(patient_id="a")]
    cohort = Cohort(listed, label="Two", synthetic=True, notes=["made up"])
    assert list(cohort) == listed
    assert len(cohort) == 2
    assert (cohort.label, cohort.synthetic, cohort.notes) == ("Two", True, ("made up",))


@pytest.mark.parametrize(
    "wrong",
    [
        {"notes": "male"},
        {"notes": None},
        {"notes": [1]},
        {"synthetic": "no"},
        {"synthetic": 1},
        {"label": 3},
        {"label": None},
    ],
    ids=str,
)
def test_what_is_said_of_a_cohort_is_of_its_type(wrong: dict[str, Any]) -> None:
    """A text is no list of notes, and "no" does not make a cohort synthetic."""
    (name,) = wrong
    with pytest.raises(InputError, match=f"^{name}"):
        Cohort([], **wrong)


@pytest.mark.parametrize("text", ["a\x00", "\x1b[31m", "\ud800", "\uffff", "a\x85b"])
def test_texts_that_no_document_holds(text: str) -> None:
    """Control signs and halves of characters are refused where they are given."""
    with pytest.raises(InputError, match="label must be a line"):
        Cohort(label=text)
    with pytest.raises(InputError, match=r"notes\[1\] must be text that can be"):
        Cohort(notes=["fine", text])


def test_pseudonyms_of_any_length() -> None:
    """A pseudonym is a name, no text."""
    assert len(Patient(patient_id="x" * 200).patient_id) == 200
    with pytest.raises(FieldError, match="at most 200 characters"):
        Patient(patient_id="x" * 201)


def test_texts_of_any_length() -> None:
    """What a title or a cell of a workbook cannot hold is refused; the rest is kept."""
    longest = Cohort(label="x" * 200, notes=["y\n\t" * 1_666])
    assert len(longest.label) == 200
    with pytest.raises(InputError, match="at most 200"):
        Cohort(label="x" * 201)
    with pytest.raises(InputError, match="at most 5000"):
        Cohort(notes=["y" * 2_501] * 2)
    with pytest.raises(InputError, match="notes must be a sequence of str"):
        Cohort(notes={"a": 1})


@given(cohorts(max_size=4), st.booleans())
def test_a_notebook_is_shown_no_patient(cohort: Cohort, synthetic: bool) -> None:  # noqa: FBT001 - drawn
    """A summary: how many, whether made up, and which fields have gaps."""
    named = [
        attrs.evolve(patient, patient_id=f"Pseudonym {place}")
        for place, patient in enumerate(cohort)
    ]
    shown = Cohort(named, label="<b>", synthetic=synthetic)._repr_html_()
    assert "Pseudonym" not in shown
    assert "<b>" not in shown
    assert f">{len(cohort)}</td>" in shown
    assert ("yes, nobody" in shown) is synthetic
    missing = cohort.patient_columns()["age_years"].count(None)
    assert (f"age_years {missing}" in shown) is (0 < missing < len(cohort))
    assert len(shown) < 3_000


def test_the_summary_of_a_cohort() -> None:
    """Fields by how many of their values are missing; notes and what was not read."""
    course = FollowUp(assessments=[Assessment(visit="week_1", vas=4)])
    course = attrs.evolve(course, assessments=[*course.assessments, Assessment(day=9)])
    listed = [Patient(patient_id="b", follow_up=course, age_years=48, sex="male")]
    cohort = Cohort(
        [*listed, Patient(patient_id="a", sex="female")],
        label="Two",
        notes=["a" * 150, "b" * 150],
        not_read=["c" * 300],
        events=[],
    )
    text = cohort._repr_html_().replace("</tr>", "\n")
    cells = dict(re.findall(r"'row'>(.*?)</th><td[^>]*>(.*?)</td>", text))
    assert cells.pop("never recorded").endswith("more")
    assert cells.pop("never recorded at visits").endswith("hip_flexion_deg")
    assert cells == {
        "label": "Two",
        "patients": "2",
        "assessments": "2: week_1 1, unscheduled 1",
        "events": "0",
        "synthetic": "no",
        "notes": f"{'a' * 150}; and 1 more",
        "not read": f"{'c' * 197}...",
        "complete": "1 of 49 fields",
        "missing": "age_years 1",
        "complete at visits": "0 of 8 fields",
        "missing at visits": "visit 1, day 1, vas 1",
    }
