"""A cohort goes into dataframes and comes back as it was."""

import pandas as pd
import pytest
from hypothesis import given

from iph import Cohort
from iph.errors import FileError, InputError
from iph.records import RecordErrors, from_frames
from iph.study import analyze
from iph.testing import cohorts


@given(cohort=cohorts(max_size=4))
def test_frames_lose_nothing_of_a_field(cohort: Cohort) -> None:
    """Both tables of a cohort, made of it once more, are the same tables."""
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
