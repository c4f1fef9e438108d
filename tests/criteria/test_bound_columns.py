"""Bounds in a table: the number in one column, its sign in another."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import duckdb
import narwhals.stable.v2 as nw
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph import Bound, Cohort, Laboratory, Patient
from iph.criteria import Compare, Criteria, Criterion, Not, decide, screen
from iph.protocol import read_protocol

OPEN: list[duckdb.DuckDBPyConnection] = []  # a relation does not keep its own
Sign = Literal[">", ">=", "<", "<="]
SIGNS: tuple[Sign, ...] = (">", ">=", "<", "<=")
VALUES: list[Any] = [
    *(Bound(sign, limit) for sign in SIGNS for limit in (1.0, 1.5, 8.0)),
    *(1.0, 1.5, 8.0, None),
]


def on_duckdb(frame: pl.DataFrame) -> Any:
    """Return a table of DuckDB."""
    connection = duckdb.connect()
    OPEN.append(connection)
    connection.register("arrow", frame.to_arrow())
    return connection.table("arrow")


LIBRARIES: dict[str, Callable[[pl.DataFrame], Any]] = {
    "Polars": lambda frame: frame,
    "Polars, lazy": lambda frame: frame.lazy(),
    "PyArrow": lambda frame: frame.to_arrow(),
    "DuckDB": on_duckdb,
    "pandas": lambda frame: frame.to_pandas(),
    "pandas, Arrow": lambda frame: frame.to_arrow().to_pandas(
        types_mapper=pd.ArrowDtype
    ),
    "pandas, objects": lambda frame: frame.to_pandas().astype(object),
}
each_library = pytest.mark.parametrize("load", LIBRARIES.values(), ids=LIBRARIES)


def cohort_of(values: list[Any]) -> Cohort[Any]:
    """Return patients with an INR each."""
    return Cohort(
        [
            Patient(patient_id=f"P{place:02}", laboratory=Laboratory(inr=value))
            for place, value in enumerate(values)
        ]
    )


def asking(sign: Sign, limit: float) -> Criteria:
    """Return criteria that include by a comparison and exclude by its reverse."""
    rule = Compare("inr", sign, limit)
    return Criteria(
        name="inr",
        include=[Criterion("I", "INR", rule)],
        exclude=[Criterion("E", "INR", Not(rule))],
    )


@each_library
@pytest.mark.parametrize("sign", SIGNS)
def test_a_table_answers_as_its_patients_do(
    load: Callable[[pl.DataFrame], Any], sign: Sign
) -> None:
    """Every bound gives every question the answer that it gives of a patient."""
    cohort = cohort_of(VALUES)
    criteria = asking(sign, 1.5)
    expected = screen(cohort, criteria)
    frame = load(cohort.patients_frame("polars"))
    found = screen(frame, criteria)
    assert (found.n_included, found.n_excluded, found.n_unknown) == (
        expected.n_included,
        expected.n_excluded,
        expected.n_unknown,
    )
    decided = nw.from_native(decide(frame, criteria)).lazy().collect()
    states = decided.sort("patient_id")["eligibility"].to_list()
    assert expected.decisions is not None
    assert states == [one.eligibility.value for one in expected.decisions]


@given(st.sampled_from(SIGNS), st.sampled_from([0.5, 1.0, 1.5, 8.0, 9.0]), st.data())
def test_any_question(sign: Sign, limit: float, data: st.DataObject) -> None:
    """Whatever is asked, tables and patients agree."""
    values = data.draw(st.lists(st.sampled_from(VALUES), max_size=8))
    cohort, criteria = cohort_of(values), asking(sign, limit)
    found = screen(cohort.patients_frame("polars"), criteria)
    expected = screen(cohort, criteria)
    assert found.n_included == expected.n_included
    assert found.n_excluded == expected.n_excluded


def test_signs_as_people_write_them() -> None:
    """Other spellings of a sign are read, an empty one is none, others are unknown."""
    told = ["≥", "=>", "", None, "about"]
    frame = pl.DataFrame({"inr": [8.0] * 5, "inr_bound": told})
    found = decide(frame, asking(">", 2))["eligibility"].to_list()
    assert found == ["included", "included", "included", "included", "unknown"]
    found = decide(frame, asking("<=", 8))["eligibility"].to_list()
    assert found == ["unknown", "unknown", "included", "included", "unknown"]


DERIVED = """
title = "t"
condition = "c"
[visits]
before = 0
[patient]
ck = { label = "CK", unit = "U/L", low = 0, high = 9000, step = 1, bounded = true }
[derived]
ck_grade = { label = "CK", cut = "ck", at = [200, 1000] }
[at_visit]
pain = { label = "Pain", low = 0, high = 10, step = 1 }
[outcomes]
pain = { better = "low" }
"""


def test_a_grade_of_a_bound(tmp_path: Path) -> None:
    """A derived grade is known where all values within the bound have it."""
    file = tmp_path / "study.toml"
    file.write_text(DERIVED, encoding="utf-8")
    protocol = read_protocol(file)
    values = [*(Bound(s, v) for s in SIGNS for v in (100, 200, 1000)), 150, 500, 9000]
    cohort: Any = Cohort(
        [protocol.patient(patient_id=f"P{n:02}", ck=v) for n, v in enumerate(values)]
    )
    for grade in (1, 2):
        criteria = Criteria(
            name="ck",
            include=[Criterion("I", "CK", Compare("ck_grade", ">=", grade))],
        )
        expected = screen(cohort, criteria, protocol=protocol)
        for load in LIBRARIES.values():
            frame = load(cohort.patients_frame("polars"))
            found = screen(frame, criteria, protocol=protocol)
            assert found.n_included == expected.n_included
            assert found.n_excluded == expected.n_excluded
