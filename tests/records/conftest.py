"""Files made of lines, and cohorts as a table can tell them apart."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import assume

from iph import Cohort, Patient
from iph.records._footers import likely

MakeFile = Callable[..., Path]


@pytest.fixture
def file_of(tmp_path: Path) -> MakeFile:
    """Return a function that writes lines to a file and returns its path."""

    def make(*lines: str, name: str = "series.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes("\n".join(lines).encode(encoding))
        return path

    return make


@pytest.fixture(scope="session")
def told_apart() -> Callable[[Cohort], Cohort]:
    """Return a function that drops parts in which nothing is recorded.

    Cohorts with a pseudonym that reads as a row under the table ("mw") are passed over:
    such a row is asked about.
    """

    def drop(patient: Patient) -> Patient:
        empty: dict[str, Any] = {
            name: None
            for name in ("laboratory", "imaging", "hematoma", "nerves")
            if (part := getattr(patient, name)) is not None and part == type(part)()
        }
        return attrs.evolve(patient, **empty)

    def change(cohort: Cohort) -> Cohort:
        names = [patient.patient_id for patient in cohort]
        assume(not any(likely(name, [name]) for name in names))
        # What programs write for a missing value is no pseudonym either.
        programs = {"nan", "nat", "none", "null", "<na>", "na", "n/a", "#n/a"}
        assume(not programs & {name.casefold() for name in names})
        return attrs.evolve(cohort, patients=[drop(p) for p in cohort])

    return change
