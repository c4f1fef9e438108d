"""The criteria decide the same wherever the records lie."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import narwhals.stable.v2 as nw
import pytest
from hypothesis import HealthCheck, given, settings

from iph import Cohort
from iph.criteria import (
    LI_2023,
    LI_2023_AS_PRINTED,
    Criteria,
    Criterion,
    OneOf,
    decide,
    screen,
)
from iph.errors import InputError
from iph.testing import cohorts

Load = Callable[[Any], Any]


def same_counts(native: Any, cohort: Cohort, criteria: Criteria) -> None:
    """Assert that a frame is screened as its patients are."""
    counted, one_by_one = screen(native, criteria), screen(cohort, criteria)
    assert counted.flow == one_by_one.flow
    assert (counted.n_assessed, counted.n_included) == (
        one_by_one.n_assessed,
        one_by_one.n_included,
    )
    assert counted.n_excluded == one_by_one.n_excluded
    assert counted.n_unknown == one_by_one.n_unknown


@pytest.mark.parametrize("criteria", [LI_2023, LI_2023_AS_PRINTED], ids=["any", "all"])
def test_screening_on_every_engine(
    on_engine: Load, dealt: Cohort, criteria: Criteria
) -> None:
    """Flow and counts are those of the patients one by one, with nulls everywhere."""
    same_counts(on_engine(dealt.patients_frame("pyarrow")), dealt, criteria)


def test_the_table_has_every_answer(dealt: Cohort) -> None:
    """Every criterion is met, unmet and unknown for some, so the matrix sees it."""
    decisions = screen(dealt, LI_2023).decisions
    assert decisions is not None
    failed = Counter(code for d in decisions for code in d.failed)
    unknown = Counter(code for d in decisions for code in d.unknown)
    codes = {criterion.code for criterion in LI_2023.all}
    assert set(failed) == codes
    assert set(unknown) == codes
    assert {d.eligibility.value for d in decisions} == {
        "included",
        "excluded",
        "unknown",
    }


def test_decisions_on_every_engine(on_engine: Load, dealt: Cohort) -> None:
    """Each record gets the decision and the reason that its patient gets."""
    decided = nw.from_native(
        decide(on_engine(dealt.patients_frame("pyarrow")), LI_2023)
    )
    rows = decided.lazy().select("patient_id", "eligibility", "reason").collect()
    found = {
        name: (eligibility, reason if isinstance(reason, str) else None)
        for name, eligibility, reason in rows.iter_rows()
    }
    decisions = screen(dealt, LI_2023).decisions
    assert decisions is not None
    assert found == {
        d.patient_id: (
            d.eligibility.value,
            d.first_failed or (d.unknown[0] if d.unknown else None),
        )
        for d in decisions
    }


def test_an_empty_table_on_every_engine(on_engine: Load) -> None:
    """No records give a flow of zeros."""
    nobody = Cohort([])
    same_counts(on_engine(nobody.patients_frame("pyarrow")), nobody, LI_2023)


def test_columns_without_a_value_on_every_engine(on_engine: Load) -> None:
    """Where nothing is recorded nothing is decided, whatever type the columns got."""
    import pyarrow as pa

    columns = {name: pa.nulls(3, pa.string()) for name in LI_2023.fields}
    counted = screen(on_engine(pa.table(columns)), LI_2023)
    assert counted.n_unknown == counted.n_assessed == 3


def test_empty_text_is_unknown_on_every_engine(on_engine: Load) -> None:
    """An empty cell of a text file does not answer a criterion."""
    import pyarrow as pa

    cohort = Cohort([])
    frame = cohort.patients_frame("pyarrow")
    columns = {
        field.name: pa.array(
            ["", ""]
            if pa.types.is_large_string(field.type) or field.type == "string"
            else [None, None],
            field.type,
        )
        for field in frame.schema
    }
    counted = screen(on_engine(pa.table(columns)), LI_2023)
    assert counted.n_unknown == counted.n_assessed == 2


@settings(
    max_examples=1 + settings().max_examples // 10,  # on each of ten engines
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(cohort=cohorts(max_size=6))
def test_any_cohort_on_light_engines(on_light_engine: Load, cohort: Cohort) -> None:
    """Whatever a cohort holds, its table is screened as its patients are."""
    same_counts(on_light_engine(cohort.patients_frame("pyarrow")), cohort, LI_2023)


def test_numbers_written_as_text_on_every_engine(on_engine: Load) -> None:
    """A number in a column of text is read; what is no number is unknown."""
    import pyarrow as pa

    texts = ["48", "14", "", None, "about 20", "1.5e1", "nan"]
    criteria = Criteria(name="age", include=[LI_2023.include[0]])
    counted = screen(on_engine(pa.table({"age_years": texts})), criteria)
    assert (counted.n_included, counted.n_excluded, counted.n_unknown) == (2, 1, 4)


def test_words_are_read_or_refused_on_every_engine(on_engine: Load) -> None:
    """The declared words are read; others are refused with their number."""
    import pyarrow as pa

    criteria = Criteria(
        name="women", include=[Criterion("I1", "women", OneOf("sex", "female"))]
    )
    read = pa.table({"sex": ["Female", " MALE", "female", None]})
    counted = screen(on_engine(read), criteria)
    assert (counted.n_included, counted.n_excluded, counted.n_unknown) == (2, 1, 1)
    other = pa.table({"sex": ["F", "female", "W", "F"]})
    with pytest.raises(InputError, match=r"3 cells of other words.*sex: 3 \(F, W\)"):
        screen(on_engine(other), criteria)
