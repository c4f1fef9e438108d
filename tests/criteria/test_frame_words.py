"""Words in tables whose criteria know codes: read as declared, or refused by count."""

from collections.abc import Callable
from typing import Any

import attrs
import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph import Patient, Sex, fields
from iph.criteria import (
    Answered,
    Compare,
    Criteria,
    Criterion,
    HasAny,
    OneOf,
    decide,
    screen,
)
from iph.errors import InputError
from iph.protocol import Protocol
from iph.scales import MRCGrade

Load = Callable[[pa.Table], Any]
LIBRARIES: dict[str, Load] = {
    "pandas": lambda table: table.to_pandas(),
    "pandas, Arrow": lambda table: table.to_pandas(types_mapper=pd.ArrowDtype),
    "Polars": lambda table: pl.DataFrame(table.to_pydict()),
    "Polars, lazy": lambda table: pl.LazyFrame(table.to_pydict()),
    "PyArrow": lambda table: table,
    "DuckDB": duckdb.from_arrow,
}
each_library = pytest.mark.parametrize("load", LIBRARIES.values(), ids=LIBRARIES)


def table_of(**columns: list[Any]) -> pa.Table:
    """Return columns with the number of each row."""
    return pa.table({"row": list(range(len(next(iter(columns.values()))))), **columns})


WOMEN = Criterion("I1", "women", OneOf("sex", "female"))
STATED = Criterion("E1", "no records", Answered("records_complete", answer=False))
CYST = Criterion("E2", "cyst", HasAny("associated_lesions", "cyst"))
THREE = Criteria(name="three", include=[WOMEN], exclude=[STATED, CYST])

WRITTEN: dict[str, list[Any]] = {
    "sex": ["Female", " female", "MALE", "n/a", None],
    "records_complete": ["Yes", "yes", "no", "", "NA"],
    "associated_lesions": ["none", "tumor;infection", "cyst", " none", None],
}


@each_library
def test_a_word_of_the_declaration_is_read(load: Load) -> None:
    """Case, edges and the words of programs for an empty cell make no difference."""
    counted = screen(load(table_of(**WRITTEN)), THREE)
    assert (counted.n_included, counted.n_excluded, counted.n_unknown) == (2, 1, 2)
    frame = load(table_of(**WRITTEN))
    decided = decide(frame, THREE)
    if not isinstance(decided, (pd.DataFrame, pl.DataFrame)):
        return
    assert decided["eligibility"].to_list() == [
        *["included"] * 2,
        "excluded",
        *["unknown"] * 2,
    ]
    assert set(decided.columns) == {"row", *WRITTEN, "eligibility", "reason"}


@each_library
def test_other_words_are_refused_with_their_number(load: Load) -> None:
    """A table full of answers never leaves every record unknown in silence."""
    table = table_of(
        sex=["F", "M", "F", None],
        records_complete=["ja", "yes", "1", None],
        associated_lesions=["none", "Cyst", "cyst,tumor", None],
    )
    with pytest.raises(InputError, match="got '6 cells of other words'") as refused:
        screen(load(table), THREE)
    assert "sex: 3 (F, M), where the codes are female, male" in refused.value.hint
    assert "records_complete: 1 (ja)" in refused.value.hint
    assert "associated_lesions: 2 (Cyst, cyst,tumor)" in refused.value.hint


def test_decisions_on_a_table_in_memory_are_refused_as_counts_are() -> None:
    """A lazy table is not looked at: what means nothing there is not recorded."""
    frame = pl.DataFrame({"sex": ["F", "female"]})
    criteria = Criteria(name="one", include=[WOMEN])
    with pytest.raises(InputError, match="got '1 cell of other words'"):
        decide(frame, criteria)
    lazy = decide(frame.lazy(), criteria).collect()
    assert lazy["eligibility"].to_list() == ["unknown", "included"]


def test_numbers_that_are_no_codes_are_refused() -> None:
    """A sex coded 1 and 2 means nothing until somebody says what 1 is."""
    frame = pd.DataFrame({"sex": [1, 2, None]})
    with pytest.raises(InputError, match=r"2 cells of other words.*1.0, 2.0"):
        screen(frame, Criteria(name="one", include=[WOMEN]))


def test_many_other_words_are_not_all_shown() -> None:
    """Three of them are enough to see what is meant."""
    frame = pl.DataFrame({"sex": list("abcdef")})
    with pytest.raises(InputError, match=r"sex: 6 \(a, b, c, \.\.\.\)"):
        screen(frame, Criteria(name="one", include=[WOMEN]))


@each_library
def test_grades_in_words_are_read(load: Load) -> None:
    """A grade may be written as its name, as its number, or as both in one column."""
    protocol = _graded()
    table = table_of(
        stage=["Normal", "5", "against gravity", "no contraction", None, "3.0"]
    )
    counted = screen(load(table), protocol=protocol)
    assert (counted.n_included, counted.n_excluded, counted.n_unknown) == (2, 3, 1)
    with pytest.raises(InputError, match=r"stage: 1 \(full\)"):
        screen(load(table_of(stage=["full", "5"])), protocol=protocol)


def _graded() -> Protocol[Any]:
    """Return a protocol whose criterion asks for a grade."""

    @attrs.frozen(kw_only=True)
    class Graded(Patient):
        """A patient with a grade."""

        stage: MRCGrade | None = fields.grade("Stage", MRCGrade, best="high")

    strong = Criterion("I1", "strong", Compare("stage", ">=", 5))
    return Protocol(
        title="Stages",
        condition="weakness",
        patient=Graded,
        criteria=Criteria(name="one", include=[strong]),
    )


_SPELLINGS = st.sampled_from([str.upper, str.lower, str.title, "  {}".format])


@given(
    st.lists(st.tuples(st.sampled_from(list(Sex)), _SPELLINGS), min_size=1, max_size=8)
)
def test_any_spelling_of_the_codes_counts_as_the_patients_do(
    drawn: list[tuple[Sex, Any]],
) -> None:
    """A frame of codes in any case is screened as patients with those codes."""
    criteria = Criteria(name="one", include=[WOMEN])
    frame = pl.DataFrame({"sex": [spell(sex.value) for sex, spell in drawn]})
    patients = [
        Patient(patient_id=str(number), sex=sex)
        for number, (sex, _) in enumerate(drawn)
    ]
    of_frame, of_patients = screen(frame, criteria), screen(patients, criteria)
    assert of_frame.flow == of_patients.flow
