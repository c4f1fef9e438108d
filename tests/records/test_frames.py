"""A cohort goes into dataframes and comes back as it was."""

from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import assume, given

from iph import Cohort
from iph.errors import DoubtWarning, FileError, InputError, NotReadWarning
from iph.records import RecordErrors, from_frames
from iph.records._footers import likely
from iph.study import analyze
from iph.testing import cohorts


@given(cohort=cohorts(max_size=4))
def test_frames_lose_nothing_of_a_field(cohort: Cohort) -> None:
    """Both tables of a cohort, made of it once more, are the same tables."""
    names = [patient.patient_id for patient in cohort]
    assume(not any(likely(name, [name]) for name in names))  # such a row is asked about
    for library in ("pandas", "polars", "pyarrow"):
        back = from_frames(
            cohort.patients_frame(library), cohort.assessments_frame(library)
        )
        assert back.patient_columns() == cohort.patient_columns()
        assert back.assessment_columns() == cohort.assessment_columns()


def test_every_error_at_once() -> None:
    """Wrong cells are all named, with the row of the frame counted from 1."""
    frame = pd.DataFrame({"patient_id": ["A", "B"], "age_years": [480, 48], "sex": "x"})
    with pytest.raises(RecordErrors) as caught:
        from_frames(frame)
    assert [(e.row, e.column) for e in caught.value.errors] == [
        (1, "age_years"),
        (1, "sex"),
        (2, "sex"),
    ]


def test_what_is_no_frame() -> None:
    """Something else is refused, and a frame without a known column as well."""
    with pytest.raises(InputError, match="patients must be a dataframe"):
        from_frames([1, 2])
    with pytest.raises(InputError, match="assessments must be a dataframe"):
        from_frames(pd.DataFrame({"patient_id": ["A"]}), [1])
    with pytest.raises(FileError, match="none of its 1 column names"):
        from_frames(pd.DataFrame({"wrong": [1]}))


def test_a_cohort_brings_its_assessments() -> None:
    """A second table beside a cohort is refused, not ignored."""
    with pytest.raises(InputError, match="assessments must be None beside a cohort"):
        analyze(Cohort(), assessments=pd.DataFrame({"patient_id": []}))


@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow"])
def test_long_identifiers_stay_apart(library: Any) -> None:
    """Two patients with numbers of 18 digits are two, under their own numbers."""
    names = [110101199003070012, 110101199003070013]
    columns: dict[str, list[Any]] = {"patient_id": names, "vas_baseline": [8, 2]}
    frame = nw.from_dict(columns, backend=library).to_native()
    with pytest.warns(DoubtWarning, match="numbers of a register"):
        cohort = from_frames(frame)
    assert [p.patient_id for p in cohort] == [str(name) for name in names]


def test_short_floats_keep_their_decimals() -> None:
    """A 7.1 that a 32-bit column holds is 7.1."""
    frame = pd.DataFrame({"patient_id": ["A"], "inr": np.array([7.1], np.float32)})
    for one in (frame, pl.from_pandas(frame)):
        laboratory = from_frames(one).patients[0].laboratory
        assert laboratory is not None
        assert laboratory.inr == 7.1


def test_names_of_columns_that_are_no_texts() -> None:
    """Unrelated names of any kind are said not to be known; doubled ones refused."""
    frame = pd.DataFrame([["A", 1, 2, 40]], columns=["patient_id", 2024, None, "age"])
    with pytest.warns(NotReadWarning, match="2024"):
        cohort = from_frames(frame)
    assert cohort.patients[0].age_years == 40
    pivot = pd.DataFrame([["A", 7]])
    pivot.columns = pd.MultiIndex.from_tuples([("patient_id", ""), ("vas", "week_1")])
    (patient,) = from_frames(pivot)
    assert [a.vas for a in patient.follow_up.assessments] == [7]
    twice = pd.DataFrame([["A", 1, 2]], columns=["patient_id", "vas", "vas"])
    with pytest.raises(InputError, match="different names"):
        from_frames(twice)


def test_list_cells_are_sets_of_choices() -> None:
    """Lists of words are sets; other lists and objects are errors of their cells."""
    frame = pl.DataFrame({"patient_id": ["A"], "pain_sites": [["groin", "thigh"]]})
    assert {site.value for site in from_frames(frame).patients[0].pain_sites or ()} == {
        "groin",
        "thigh",
    }
    wrong = pd.DataFrame(
        {"patient_id": ["A"], "age_years": [[1, 2]], "sex": [{"a": 1}]}
    )
    with pytest.raises(RecordErrors) as caught:
        from_frames(wrong)
    assert [e.column for e in caught.value.errors] == ["age_years", "sex"]
    assert len(from_frames(pd.DataFrame({"patient_id": [], "sex": []}))) == 0
