"""Spark is asked for a study in few jobs, each of which passes over the records."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from iph import Cohort
from iph.study import count

MOST_JOBS = 6  # two queries, and what each has to sort or to lay side by side


def test_a_study_needs_few_jobs(spark: Any, dealt: Cohort, tmp_path: Path) -> None:
    """However many tables a study has, the jobs are no more."""
    found = []
    for name in ("patients", "assessments"):
        path = tmp_path / f"{name}.parquet"
        pq.write_table(getattr(dealt, f"{name}_frame")("pyarrow"), path)
        found.append(spark.read.parquet(str(path)))
    store = spark.sparkContext._jsc.sc().statusStore()
    before = store.jobsList(None).size()
    counts = count(found[0], assessments=found[1], population="all")
    assert counts.n == len(dealt)
    assert 2 <= store.jobsList(None).size() - before <= MOST_JOBS
