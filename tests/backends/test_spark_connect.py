"""A Spark that is reached over the network takes the same way as one on this machine.

All else is tested on the latter, see the engine "pyspark" of the other files.
"""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from iph import Cohort
from iph.criteria import LI_2023, screen
from iph.scales import PAIN_RULES
from iph.study import analyze, recovery_counts, tally


@pytest.fixture(scope="module")
def tables(
    remote_spark: Any, dealt: Cohort, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Any, Any]:
    """Return the patients and the assessments as the remote session sees them."""
    folder: Path = tmp_path_factory.mktemp("remote")
    found = []
    for name in ("patients", "assessments"):
        path = folder / f"{name}.parquet"
        pq.write_table(getattr(dealt, f"{name}_frame")("pyarrow"), path)
        found.append(remote_spark.read.parquet(str(path)))
    return found[0], found[1]


def test_the_session_is_remote(tables: tuple[Any, Any]) -> None:
    """What is tested is not the session of this process."""
    assert type(tables[0]).__module__ == "pyspark.sql.connect.dataframe"


def test_counts_from_a_remote_session(tables: tuple[Any, Any], dealt: Cohort) -> None:
    """Flow, grades and days are those of the same tables in memory."""
    patients, visits = tables
    assert screen(patients, LI_2023).flow == screen(dealt, LI_2023).flow
    here = dealt.assessments_frame("polars")
    pain = PAIN_RULES["li2023"].expr("vas")
    assert tally(visits, pain, by="visit") == tally(here, pain, by="visit")
    columns: tuple[Any, ...] = ("symptom_days", "lost_to_follow_up")
    counted = recovery_counts(patients, *columns, by="sex")
    assert counted == recovery_counts(
        dealt.patients_frame("polars"), *columns, by="sex"
    )


def test_a_study_from_a_remote_session(tables: tuple[Any, Any], dealt: Cohort) -> None:
    """The rows that are fetched make the same cohort, and so the same study."""
    patients, visits = tables
    found = analyze(patients, assessments=visits, population="not-excluded")
    expected = analyze(dealt, population="not-excluded")
    assert isinstance(found.cohort, Cohort)
    assert found.cohort.patient_columns() == dealt.patient_columns()
    assert found.cohort.assessment_columns() == dealt.assessment_columns()
    assert str(found.grades) == str(expected.grades)
