"""A cohort goes into dataframes and comes back as it was."""

import json
from typing import Any

import attrs
import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from iph import Cohort, Laboratory, Patient
from iph.errors import DoubtWarning, FileError, InputError, NotReadWarning
from iph.records import RecordErrors, from_frames
from iph.records._footers import likely
from iph.scales import ReferenceRange
from iph.study import analyze
from iph.testing import cohorts

_LINE = st.text(
    st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"),
    max_size=20,
)


_CARRIED = st.fixed_dictionaries(
    {"label": _LINE, "notes": st.lists(_LINE, max_size=2), "synthetic": st.booleans()}
)


@pytest.mark.filterwarnings("ignore::iph.errors.DoubtWarning")  # "AA,AA" is a name
@given(cohort=cohorts(max_size=4), carried=_CARRIED)
def test_frames_lose_nothing(cohort: Cohort, carried: dict[str, Any]) -> None:
    """Both tables of a cohort, and what it carries, are the same when read again.

    A frame of nobody has no cell in which anything could stand.
    """
    cohort = attrs.evolve(cohort, **carried)
    names = [patient.patient_id for patient in cohort]
    assume(not any(likely(name, [name]) for name in names))  # such a row is asked about
    for library in ("pandas", "polars", "pyarrow"):
        back = from_frames(
            cohort.patients_frame(library), cohort.assessments_frame(library)
        )
        assert back.patient_columns() == cohort.patient_columns()
        assert back.assessment_columns() == cohort.assessment_columns()
        if cohort.patients:
            assert (back.label, back.notes) == (cohort.label, cohort.notes)
            assert back.synthetic == cohort.synthetic


def _two() -> pl.DataFrame:
    return pl.DataFrame({"patient_id": ["A", "B"], "aptt_s": [36.0, 36.0]})


def test_one_row_says_what_the_cohort_carries() -> None:
    """Whichever rows are kept, label, notes, mark and ranges are kept with them."""
    ranges = [ReferenceRange(test="aptt_s", low=31, high=43)]
    patients = [
        Patient(patient_id=name, laboratory=Laboratory(reference_ranges=ranges))
        for name in "AB"
    ]
    cohort = Cohort(patients, label="North", notes=["as told"], synthetic=True)
    frame = cohort.patients_frame("polars")
    back = from_frames(frame.filter(pl.col("patient_id") == "B"))
    assert back == attrs.evolve(cohort, patients=patients[1:])


def test_made_up_in_part_is_made_up() -> None:
    """A mark in any row is the mark of all, whatever the last row says."""
    for words in (["yes", "no"], ["no", "yes"], [True, False], [None, True]):
        assert from_frames(_two().with_columns(synthetic=pl.Series(words))).synthetic
    assert not from_frames(_two().with_columns(synthetic=pl.lit("no"))).synthetic


_TWICE = json.dumps([{"test": "inr", "high": 1.2}, {"test": "inr", "high": 1.3}])


@pytest.mark.parametrize(
    ("name", "cells", "rule"),
    [
        ("cohort_label", ['"North"', '"South"'], "same for all patients"),
        ("cohort_notes", ['["a"]', '["b"]'], "same for all patients"),
        ("cohort_label", ['"North"', "South"], "as iph wrote it"),
        ("reference_ranges", ["[]", _TWICE], "as iph wrote it"),
        ("reference_ranges", ["[]", '[{"test": "sodium"}]'], "as iph wrote it"),
    ],
)
def test_two_cohorts_in_one_frame_are_refused(
    name: str, cells: list[str], rule: str
) -> None:
    """Of two labels none is dropped in silence."""
    with pytest.raises(RecordErrors, match=rule) as caught:
        from_frames(_two().with_columns(pl.Series(name, cells)))
    assert [(e.row, e.column) for e in caught.value.errors] == [(2, name)]


def test_two_ranges_of_one_patient_are_refused() -> None:
    """A patient has one laboratory, in whichever row it stands."""
    ranges = [[{"test": "aptt_s", "low": low, "high": 43}] for low in (30, 31)]
    long = pl.DataFrame(
        {
            "patient_id": ["A", "A"],
            "visit": ["baseline", "week_1"],
            "vas": [7, 5],
            "reference_ranges": [json.dumps(one) for one in ranges],
        }
    )
    with pytest.raises(RecordErrors, match="one and the same for a patient"):
        from_frames(long)


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
