"""Every rule in three values, the same for a patient and in every dataframe."""

import tomllib
from pathlib import Path
from typing import Any

import attrs
import duckdb
import narwhals.stable.v2 as nw
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import iph.criteria as criteria_face
from iph import Cohort
from iph.criteria import (
    AllOf,
    Answered,
    AnyOf,
    Compare,
    Criteria,
    Criterion,
    HasAny,
    Not,
    OneOf,
    Rule,
    decide,
    screen,
)
from iph.errors import InputError
from iph.testing import cohorts

ANSWERS = {"met": True, "not met": False, "unknown": None}


def specification() -> list[tuple[Rule, str, list[tuple[Any, bool | None]]]]:
    """Return each rule with its field and its table, as the docs print them."""
    path = Path(__file__).parents[1] / "specification" / "rules.toml"
    found = []
    for table in tomllib.loads(path.read_text(encoding="utf-8"))["rule"]:
        rule = getattr(criteria_face, table["kind"])(**table["arguments"])
        cases = [
            (None if value == "-" else value, ANSWERS[answer])
            for value, answer in table["cases"]
        ]
        found.append((rule, table["arguments"]["field"], cases))
    return found


SPECIFICATION = specification()


NULLABLE = {
    pa.int64(): pd.Int64Dtype(),
    pa.float64(): pd.Float64Dtype(),
    pa.bool_(): pd.BooleanDtype(),
    pa.string(): pd.StringDtype(),
}
OPEN: list[duckdb.DuckDBPyConnection] = []  # a relation does not keep its own


def frames(columns: dict[str, list[Any]]) -> dict[str, Any]:
    """Return one table in every library."""
    table = pa.table(columns)
    connection = duckdb.connect()
    OPEN.append(connection)
    connection.register("t", table)
    return {
        "pandas": pd.DataFrame(columns),
        "pandas nullable": table.to_pandas(types_mapper=NULLABLE.get),
        "pandas arrow": table.to_pandas(types_mapper=pd.ArrowDtype),
        "polars": pl.DataFrame(columns),
        "polars lazy": pl.LazyFrame(columns),
        "pyarrow": table,
        "duckdb": connection.table("t"),
    }


def answers(native: Any, criteria: Criteria) -> list[str | None]:
    """Return the eligibility of each row of a frame, in the order of ``row``."""
    decided = nw.from_native(decide(native, criteria)).lazy().sort("row").collect()
    return [row["eligibility"] for row in decided.rows(named=True)]


@pytest.mark.parametrize(
    ("rule", "field", "cases"),
    SPECIFICATION,
    ids=lambda value: str(value)[:60] if not isinstance(value, list) else "",
)
def test_a_rule_by_its_table(
    rule: Rule, field: str, cases: list[tuple[Any, bool | None]]
) -> None:
    """Value, boundary and missing give the stated answer, for one and in frames."""
    assert rule.fields == (field,)
    for value, expected in cases:
        assert rule.of({field: value}.__getitem__) is expected
    words = {True: "included", False: "excluded", None: "unknown"}
    expected_words = [words[answer] for _, answer in cases]
    criteria = Criteria(name="one", include=[Criterion("I1", "the rule", rule)])
    columns: dict[str, list[Any]] = {
        "row": list(range(len(cases))),
        field: [value for value, _ in cases],
    }
    for name, native in frames(columns).items():
        assert answers(native, criteria) == expected_words, name


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1.0, 121.0, 1e9])
def test_implausible_numbers_are_unknown_in_frames(value: float) -> None:
    """NaN and what is out of bounds is neither met nor unmet in any engine."""
    rule = Compare("age_years", ">", 14)
    criteria = Criteria(
        name="two",
        include=[Criterion("I1", "age", rule)],
        exclude=[Criterion("E1", "not age", Not(rule))],
    )
    columns: dict[str, list[Any]] = {"row": [0, 1], "age_years": [value, 48.0]}
    for name, native in frames(columns).items():
        assert answers(native, criteria) == ["unknown", "included"], name


def test_plausible_bounds_are_plausible() -> None:
    """The least and the largest value of a field count, in every engine."""
    criteria = Criteria(
        name="two",
        include=[Criterion("I1", "any age", Compare("age_years", ">=", 0))],
        exclude=[Criterion("E1", "none", Compare("age_years", ">", 120))],
    )
    columns: dict[str, list[Any]] = {"row": [0, 1], "age_years": [0.0, 120.0]}
    for name, native in frames(columns).items():
        assert answers(native, criteria) == ["included", "included"], name


def test_a_set_out_of_every_code() -> None:
    """Where every code meets the rule, the empty set does not, and a gap is unknown."""
    codes = ("cyst", "infection", "tumor", "other")
    rule = HasAny("associated_lesions", codes)
    texts = ["none", "other", "tumor;cyst", "", "unknown", None]
    words = ["excluded", "included", "included", *["unknown"] * 3]
    columns: dict[str, list[Any]] = {
        "row": list(range(len(texts))),
        "associated_lesions": texts,
    }
    criteria = Criteria(name="any", include=[Criterion("I1", "lesion", rule)])
    for name, native in frames(columns).items():
        assert answers(native, criteria) == words, name
    for native in frames({**columns, "associated_lesions": [";"] * 6}).values():
        with pytest.raises(InputError, match="6 cells of other words"):
            screen(native, criteria)


def test_what_was_not_stated_is_said_by_name() -> None:
    """How a gap is read cannot be given by place, next to the answer."""
    named = {field.name: field.kw_only for field in attrs.fields(Answered)}
    assert named == {"field": False, "answer": False, "missing_is_unmet": True}
    assert not Answered("other_areas", answer=True).missing_is_unmet


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("symbol", [">", ">=", "<", "<="])
@pytest.mark.parametrize("limit", [0, 14, 48, 120])
def test_no_number_is_hidden_by_parquet_statistics(
    tmp_path: Path, value: float, symbol: Any, limit: float
) -> None:
    """NaN and infinity stay unknown where DuckDB answers from row group statistics.

    Parquet statistics leave NaN out, so that every comparison with the limits of the
    group looks settled for all of its rows.
    """
    path = tmp_path / "rows.parquet"
    columns = {"row": [0, 1, 2], "age_years": [20.0, value, 48.0]}
    pq.write_table(pa.table(columns), path)
    rule = Compare("age_years", symbol, limit)
    for criteria in (
        Criteria(name="in", include=[Criterion("I1", "age", rule)]),
        Criteria(name="out", exclude=[Criterion("E1", "age", rule)]),
    ):
        native = duckdb.read_parquet(str(path))
        assert answers(native, criteria)[1] == "unknown"
        assert screen(native, criteria).n_unknown == 1


def test_a_column_that_is_empty_throughout() -> None:
    """A column without any value, of whatever type, makes every record unknown."""
    criteria = Criteria(
        name="three",
        include=[
            Criterion("I1", "age", Compare("age_years", ">", 14)),
            Criterion("I2", "CT", OneOf("ct", "yes")),
            Criterion("I3", "record", Answered("records_complete", answer=True)),
            Criterion("I4", "lesion", HasAny("associated_lesions", "cyst")),
        ],
    )
    columns: dict[str, list[Any]] = {name: [None, None] for name in criteria.fields}
    columns["row"] = [0, 1]
    for name, native in frames(columns).items():
        assert answers(native, criteria) == ["unknown", "unknown"], name


LEAVES = [rule for rule, _, _ in SPECIFICATION]
RULES = st.recursive(
    st.sampled_from(LEAVES),
    lambda rules: (
        st.lists(rules, min_size=1, max_size=3).map(AllOf)
        | st.lists(rules, min_size=1, max_size=3).map(AnyOf)
        | rules.map(Not)
    ),
    max_leaves=6,
)


@given(RULES, cohorts(max_size=4), st.sampled_from(("pandas", "polars", "pyarrow")))
def test_any_rule_is_the_same_in_frames(
    rule: Rule, cohort: Cohort, backend: Any
) -> None:
    """A nested rule decides the same on patients and on their table."""
    criteria = Criteria(name="any", include=[Criterion("I1", "the rule", rule)])
    one_by_one = screen(cohort, criteria)
    counted = screen(cohort.patients_frame(backend), criteria)
    assert counted.flow == one_by_one.flow
    assert counted.n_included == one_by_one.n_included
    assert counted.n_unknown == one_by_one.n_unknown


VALUES = st.sampled_from([True, False, None])


class Fixed:
    """A rule with a fixed answer."""

    fields = ()

    def __init__(self, answer: bool | None) -> None:  # noqa: FBT001
        self.answer = answer

    def of(self, _: Any) -> bool | None:
        """Answer."""
        return self.answer

    def check(self, _: Any = None) -> tuple[InputError, ...]:
        """Find nothing wrong with any fields."""
        return ()

    def expr(self, fields: Any = None) -> Any:
        """Return an expression."""
        assert fields is not None
        return nw.lit(self.answer, nw.Boolean())


@given(st.lists(VALUES, min_size=1, max_size=4))
def test_logic_of_three_values(values: list[bool | None]) -> None:
    """False decides "all", true decides "any", and knowing more never unsettles."""
    rules = [Fixed(value) for value in values]
    everything, anything = AllOf(rules).of(None), AnyOf(rules).of(None)  # type: ignore[arg-type]
    assert everything is (
        False if False in values else None if None in values else True
    )
    assert anything is (True if True in values else None if None in values else False)
    opposite = AnyOf([Not(rule) for rule in rules]).of(None)  # type: ignore[arg-type]
    assert opposite is (None if everything is None else not everything)


def wrong(value: Any) -> Any:
    """Return a value that the type checker would refuse as well."""
    return value


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Compare("age_years", wrong("=="), 1), "operator must be one of"),
        (lambda: OneOf("ct", ()), "codes must be at least one code"),
        (lambda: HasAny("associated_lesions", ()), "codes must be at least one"),
        (lambda: AllOf([]), "rules must be at least one rule"),
        (lambda: AnyOf([]), "rules must be at least one"),
    ],
)
def test_a_rule_that_no_study_could_ask(make: Any, message: str) -> None:
    """A rule that is wrong in itself is refused when it is made."""
    with pytest.raises(InputError, match=message):
        make()


@pytest.mark.parametrize(
    ("rule", "messages"),
    [
        (Compare("sex", ">", 1), ["field must be a quantity, days or grade field"]),
        (Compare("age", ">", 1), ["age_years"]),
        (OneOf("ct", "maybe"), ["codes must be out of: yes, no, not_done"]),
        (OneOf("ct", "unknown"), ["codes must be out of"]),
        (OneOf("ct", ("yes", "a", "b")), ["got 'a'", "got 'b'"]),
        (HasAny("ct", "yes"), ["field must be a set of choices field"]),
        (Answered("ct", answer=True), ["field must be a yes/no field"]),
        (
            AnyOf((Not(Compare("ck", ">", 1)), AllOf((OneOf("mri", "x"),)))),
            ["got 'ck'", "got 'x'"],
        ),
        (Answered("records_complete", answer=True), []),
    ],
)
def test_a_rule_says_what_a_study_lacks(rule: Rule, messages: list[str]) -> None:
    """A rule is made without a study, and says all that is wrong with it there."""
    found = rule.check()
    assert len(found) == len(messages)
    for error, message in zip(found, messages, strict=True):
        assert message in str(error)
    criteria = Criteria(name="one", include=[Criterion("I1", "the rule", rule)])
    assert [str(e) for e in criteria.check()] == [str(e) for e in found]
    if messages:
        nobody: list[Any] = [[], Cohort().patients_frame("polars")]
        for records in nobody:
            with pytest.raises(InputError, match="criteria must be rules over") as told:
                screen(records, criteria)
            assert all(message in str(told.value) for message in messages)
