"""Two tables on any engine give the study of their patients."""

from collections.abc import Callable
from typing import Any

import pytest

from iph import Cohort
from iph.study import Study, analyze

Load = Callable[[Any], Any]


@pytest.fixture(scope="session")
def in_memory(dealt: Cohort) -> Study:
    """Return the study of the cohort itself."""
    return analyze(dealt, population="not-excluded")


def test_a_study_on_every_engine(
    on_engine: Load, dealt: Cohort, in_memory: Study
) -> None:
    """Every part of it is the same, to the last digit."""
    found = analyze(
        on_engine(dealt.patients_frame("pyarrow")),
        assessments=on_engine(dealt.assessments_frame("pyarrow")),
        population="not-excluded",
    )
    assert len(found.patients) > 0
    for part in ("screening", "table_one", "coagulation", "grades", "pain", "zones"):
        assert str(getattr(found, part)) == str(getattr(in_memory, part)), part
    for part in ("nerves", "size", "recovery", "rules"):
        assert str(getattr(found, part)) == str(getattr(in_memory, part)), part
    assert isinstance(found.cohort, Cohort)
    assert found.cohort.patient_columns() == dealt.patient_columns()
    assert found.cohort.assessment_columns() == dealt.assessment_columns()
