"""What screening makes of the columns of each library, before any rule is asked."""

import math
from collections.abc import Callable
from typing import Any

import duckdb
import narwhals.stable.v2 as nw
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from iph._fields import Kind
from iph.criteria import Answered, Compare, Criteria, Criterion, HasAny, OneOf, decide
from iph.criteria._frames import _nullable, count_states, opened, states
from iph.criteria._known import PATIENTS
from iph.errors import InputError

AGE = Criterion("I1", "age > 14 years", Compare("age_years", ">", 14))
CT = Criterion("I2", "hematoma on CT", OneOf("ct", "yes"))
RECORDS = Criterion("E1", "no records", Answered("records_complete", answer=False))
LESION = Criterion("E2", "cyst", HasAny("associated_lesions", "cyst"))
FOUR = Criteria(name="four", include=[AGE, CT], exclude=[RECORDS, LESION])
FIELDS = {"age_years": AGE, "ct": CT, "records_complete": RECORDS}

NULLABLE = {
    pa.int64(): pd.Int64Dtype(),
    pa.float64(): pd.Float64Dtype(),
    pa.bool_(): pd.BooleanDtype(),
    pa.string(): pd.StringDtype(),
}
OPEN: list[duckdb.DuckDBPyConnection] = []  # a relation does not keep its own


def on_duckdb(table: pa.Table) -> Any:
    """Return a table of DuckDB."""
    connection = duckdb.connect()
    OPEN.append(connection)
    connection.register("arrow", table)
    return connection.table("arrow")


Load = Callable[[pa.Table], Any]
PANDAS: dict[str, Load] = {
    "NumPy": lambda table: table.to_pandas(),
    "objects": lambda table: table.to_pandas().astype(object),
    "nullable": lambda table: table.to_pandas(types_mapper=NULLABLE.get),
    "Arrow": lambda table: table.to_pandas(types_mapper=pd.ArrowDtype),
}
LIBRARIES: dict[str, Load] = {
    **{f"pandas, {name}": load for name, load in PANDAS.items()},
    "Polars": lambda table: pl.DataFrame(table.to_pydict(), strict=False),
    "Polars, lazy": lambda table: pl.LazyFrame(table.to_pydict(), strict=False),
    "PyArrow": lambda table: table,
    "DuckDB": on_duckdb,
}
each_library = pytest.mark.parametrize("load", LIBRARIES.values(), ids=LIBRARIES)


def column_of(frame: Any, name: str) -> list[Any]:
    """Return the cells of a column in the order of ``row``, None where missing."""
    rows = frame.lazy().select("row", name).sort("row").collect().rows()
    return [None if type(cell).__name__ == "NAType" else cell for _, cell in rows]


def table_of(**columns: list[Any]) -> pa.Table:
    """Return columns with the number of each row."""
    rows = len(next(iter(columns.values())))
    return pa.table({"row": list(range(rows)), **columns})


READ: list[tuple[str, list[Any], list[Any]]] = [
    ("age_years", [48, 0, None], [48.0, 0.0, None]),
    ("age_years", [48.5, -1.0, None], [48.5, -1.0, None]),
    ("age_years", [None, None], [None, None]),
    (
        "age_years",
        ["48", "1.5e1", "-3", "+7.", ".5", "2E-1", "", None],
        [48.0, 15.0, -3.0, 7.0, 0.5, 0.2, None, None],
    ),
    (
        "age_years",
        ["about 20", "nan", "inf", "4 8", "1e", ".", "48"],
        [None] * 6 + [48],
    ),
    ("records_complete", [True, False, None], [True, False, None]),
    ("records_complete", [1, 0, 2, -1, None], [True, False, None, None, None]),
    ("records_complete", [1.0, 0.0, 0.5, None], [True, False, None, None]),
    ("records_complete", [None, None], [None, None]),
    (
        "records_complete",
        ["true", "Yes", "1", "1.0", "FALSE", "no", "0", "0.0"],
        [True] * 4 + [False] * 4,
    ),
    ("records_complete", ["y", "", "2", "nothing", None, "no"], [None] * 5 + [False]),
    ("ct", ["yes", "no", "", None], ["yes", "no", "", None]),
    ("ct", [None, None], [None, None]),
]
TYPES = {"age_years": nw.Float64(), "ct": nw.String(), "records_complete": nw.Boolean()}


@each_library
@pytest.mark.parametrize(("name", "given", "expected"), READ)
def test_a_column_is_read(
    load: Load, name: str, given: list[Any], expected: list[Any]
) -> None:
    """Numbers, words and yes/no mean the same everywhere; the rest is missing."""
    criteria = Criteria(name="one", include=[FIELDS[name]])
    frame = opened(load(table_of(**{name: given})), criteria)
    assert column_of(frame, name) == expected
    found = frame.collect_schema()[name]
    assert found == TYPES[name] or (name == "age_years" and found.is_numeric())


@each_library
def test_what_is_neither_words_nor_numbers(load: Load) -> None:
    """A choice that was written as a number is text, so that rules can look at it."""
    criteria = Criteria(name="one", include=[CT], exclude=[LESION])
    frame = opened(load(table_of(ct=[1, 2], associated_lesions=[0, 1])), criteria)
    schema = frame.collect_schema()
    assert schema["ct"] == schema["associated_lesions"] == nw.String()
    assert column_of(frame, "ct") == ["1", "2"]


COLUMNS: dict[str, list[Any]] = {
    "age_years": [48, 12, None],
    "ct": ["yes", None, "no"],
    "records_complete": [True, None, False],
    "associated_lesions": ["none", None, "cyst"],
}


@pytest.mark.parametrize("load", PANDAS.values(), ids=PANDAS)
def test_pandas_columns_become_one_family(load: Load) -> None:
    """The fields asked for get nullable types, whatever they were; no other does."""
    given = load(table_of(**COLUMNS))
    found = opened(given, FOUR).to_native()
    kind = {"Int64", "Float64"}
    assert found["age_years"].dtype.name in kind
    assert found["records_complete"].dtype == pd.BooleanDtype()
    for name in ("ct", "associated_lesions"):
        assert found[name].dtype == pd.StringDtype("python")
    assert found["row"].dtype == given["row"].dtype


@pytest.mark.parametrize("name", ["Int64", "Int16", "UInt8", "Float32", "Float64"])
def test_nullable_numbers_stay_as_they_are(name: str) -> None:
    """A number type of pandas that knows what is missing is converted to no other."""
    frame = pd.DataFrame({"age_years": pd.array([48, None], dtype=name)})
    found = opened(frame, Criteria(name="age", include=[AGE])).to_native()
    assert found["age_years"].dtype.name == name


@pytest.mark.parametrize("name", ["int64", "int8", "uint16", "float32", "bool"])
def test_numbers_of_numpy_are_converted(name: str) -> None:
    """NumPy's own types have no missing value, so they are left behind."""
    frame = pd.DataFrame({"age_years": pd.Series([1, 0], dtype=name)})
    found = opened(frame, Criteria(name="age", include=[AGE])).to_native()
    assert found["age_years"].dtype == pd.Float64Dtype()
    assert found["age_years"].tolist() == [1.0, 0.0]


def test_infinity_stays_a_number() -> None:
    """Numbers are not read as text: what is no plausible age is left to the rule."""
    frame = pd.DataFrame({"age_years": [math.inf, -math.inf, 48.0]})
    found = opened(frame, Criteria(name="age", include=[AGE])).to_native()
    assert found["age_years"].tolist() == [math.inf, -math.inf, 48.0]


def test_categories_are_read_as_words() -> None:
    """A categorical column answers as its words do."""
    frame = pd.DataFrame({name: COLUMNS[name] for name in FOUR.fields})
    plain = decide(frame, FOUR)
    found = decide(frame.astype("category"), FOUR)
    for name in ("eligibility", "reason"):
        assert found[name].equals(plain[name])


def test_families_of_pandas_may_be_mixed() -> None:
    """One column of each family gives the decisions of any one family."""
    table = table_of(**COLUMNS)
    plain = decide(table.to_pandas(), FOUR)
    families = [load(table) for load in PANDAS.values()]
    for shift in range(len(families)):
        mixed = pd.DataFrame(
            {
                name: families[(place + shift) % len(families)][name]
                for place, name in enumerate(FOUR.fields)
            }
        )
        found = decide(mixed, FOUR)
        assert found["eligibility"].tolist() == plain["eligibility"].tolist()
        assert found["reason"].equals(plain["reason"])


def test_parts_of_a_distributed_frame_agree() -> None:
    """Every column asked for is converted, so that no part has a type of its own."""
    full = pd.DataFrame({n: pd.array(c).astype(object) for n, c in COLUMNS.items()})
    nullable = full.convert_dtypes()
    parts = [full, nullable, full[:0], full[1:2], nullable[:0]]
    kinds = {name: PATIENTS.fields[name].kind for name in COLUMNS}
    types = {
        tuple(_nullable(part, kinds, every=True).dtypes.astype(str)) for part in parts
    }
    assert types == {("Float64", "string", "boolean", "string")}
    assert nullable["age_years"].dtype == pd.Int64Dtype()


class Distributed:
    """A frame in parts that are converted apart, as those of Dask are."""

    __module__ = "dask.dataframe"

    def __init__(self, parts: list[pd.DataFrame]) -> None:
        self._parts, self._meta = parts, parts[0][:0]

    def map_partitions(
        self, function: Any, kinds: dict[str, Kind], *, every: bool, meta: Any
    ) -> Any:
        """Put the parts together, each of which must have the types foretold."""
        made = [function(part, kinds, every=every) for part in self._parts]
        names = list(kinds)
        for part in made:
            pd.testing.assert_series_equal(part[names].dtypes, meta[names].dtypes)
        return pd.concat(made, ignore_index=True)


def test_a_distributed_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of other types than the first are decided as the whole table is."""
    whole = table_of(**COLUMNS).to_pandas()
    parts = [whole[:1], whole[1:2].convert_dtypes(), whole[2:].astype(object)]
    from_native = nw.from_native
    monkeypatch.setattr(
        nw,
        "from_native",
        lambda frame: from_native(whole if isinstance(frame, Distributed) else frame),
    )
    found = opened(Distributed(parts), FOUR).to_native()
    types = {name: found[name].dtype.name for name in FOUR.fields}
    assert types == dict(
        zip(FOUR.fields, ("Float64", "string", "boolean", "string"), strict=True)
    )
    assert column_of(from_native(decide(found, FOUR)), "eligibility") == [
        "included",
        "excluded",
        "excluded",
    ]


def test_the_frame_given_is_not_changed() -> None:
    """What is converted is a copy, and columns and index come back as they were."""
    index = pd.Index(["c", "a", "b"], name="age_years")
    given = pd.DataFrame(COLUMNS, index=index)
    before = given.copy(deep=True)
    found = decide(given, FOUR)
    pd.testing.assert_frame_equal(given, before)
    assert list(found.columns) == [*COLUMNS, "eligibility", "reason"]
    pd.testing.assert_index_equal(found.index, index)
    assert found["eligibility"].tolist() == ["included", "excluded", "excluded"]


def test_an_index_is_no_column() -> None:
    """A field that is only the name of the index is missing."""
    given = pd.DataFrame(COLUMNS).set_index("age_years")
    with pytest.raises(InputError, match="no age_years"):
        opened(given, FOUR)


def test_a_typed_table_is_left_alone() -> None:
    """Where every column has its type, nothing is added to the query."""
    frame = pl.DataFrame(COLUMNS, schema_overrides={"age_years": pl.Float64})
    assert opened(frame, FOUR).to_native() is frame
    whole = frame.with_columns(pl.col("age_years").cast(pl.Int32))
    assert opened(whole, FOUR).to_native() is whole
    table = pa.table(COLUMNS)
    assert opened(table, FOUR).to_native() is table


@each_library
def test_every_kind_of_frame_stays_what_it_is(load: Load) -> None:
    """What is lazy is not run, and the answer is a frame of the same library."""
    given = load(table_of(**COLUMNS))
    assert type(decide(given, FOUR)) is type(given)
    lazy = isinstance(given, (pl.LazyFrame, duckdb.DuckDBPyRelation))
    assert isinstance(opened(given, FOUR), nw.LazyFrame if lazy else nw.DataFrame)


def test_missing_columns_are_all_named() -> None:
    """The columns asked for and those that are not there are listed in their order."""
    names = ", ".join(FOUR.fields)
    with pytest.raises(InputError, match=f"columns {names}, .*no ct, associated_les"):
        opened(pl.DataFrame({"records_complete": [True], "age_years": [48]}), FOUR)


@pytest.mark.parametrize("wrong", [5, "records", {"age_years": [48]}, None])
def test_no_frame_at_all(wrong: Any) -> None:
    """What no library calls a frame is refused in words."""
    with pytest.raises(InputError, match="a dataframe that narwhals takes"):
        opened(wrong, FOUR)


# Age, CT, records, lesions; the decision, its reason, and the places of the first
# criterion that fails and of the first that is unknown (4: none).
DECIDED: list[tuple[list[Any], str, str | None, tuple[int, int]]] = [
    ([48, "yes", True, "none"], "included", None, (4, 4)),
    ([14, "yes", True, "none"], "excluded", "I1", (0, 4)),
    ([None, "yes", True, "none"], "unknown", "I1", (4, 0)),
    ([48, "no", True, "none"], "excluded", "I2", (1, 4)),
    ([48, "unknown", True, "none"], "unknown", "I2", (4, 1)),
    ([48, "yes", False, "none"], "excluded", "E1", (2, 4)),
    ([48, "yes", None, "none"], "unknown", "E1", (4, 2)),
    ([48, "yes", True, "tumor;cyst"], "excluded", "E2", (3, 4)),
    ([48, "yes", True, None], "unknown", "E2", (4, 3)),
    ([None, "no", None, "cyst"], "excluded", "I2", (1, 0)),
    ([48, None, True, "cyst"], "excluded", "E2", (3, 1)),
    ([14, "no", False, "cyst"], "excluded", "I1", (0, 4)),
    ([None, None, None, None], "unknown", "I1", (4, 0)),
]


def decided() -> pa.Table:
    """Return the records of which the decisions are known."""
    values = [list(column) for column in zip(*(row[0] for row in DECIDED), strict=True)]
    return table_of(**dict(zip(FOUR.fields, values, strict=True)))


@each_library
def test_decisions(load: Load) -> None:
    """A criterion that fails excludes; else one that is unknown leaves it unknown."""
    found = nw.from_native(decide(load(decided()), FOUR))
    names = [*FOUR.fields, "eligibility", "reason", "row"]
    assert sorted(found.collect_schema().names()) == sorted(names)
    assert column_of(found, "eligibility") == [row[1] for row in DECIDED]
    reasons = [r if isinstance(r, str) else None for r in column_of(found, "reason")]
    assert reasons == [row[2] for row in DECIDED]


@each_library
def test_counts(load: Load) -> None:
    """Records are counted by the first that fails and the first that is unknown."""
    found = count_states(load(decided()), FOUR)
    places = [row[3] for row in DECIDED]
    assert found == {place: places.count(place) for place in places}


def ages(number: int) -> list[Criterion]:
    """Return so many criteria, all the same but for their codes."""
    return [Criterion(f"I{place}", AGE.statement, AGE.rule) for place in range(number)]


@pytest.mark.parametrize(
    ("number", "dtype"), [(1, pl.Int16), (180, pl.Int16), (181, pl.Int64)]
)
def test_states_of_many_criteria(number: int, dtype: Any) -> None:
    """Short whole numbers are used for as many criteria as they can count, no more."""
    ages = [
        Criterion(f"I{i}", "age", Compare("age_years", ">", 14)) for i in range(181)
    ]
    criteria = Criteria(name="many", include=ages[:number])
    given = pl.DataFrame({f"iph_answer_{i}": [True, None] for i in range(number)})
    failed, unknown = states(criteria)
    both = nw.from_native(given).select(failed=failed, unknown=unknown).to_native()
    assert both.dtypes == [dtype, dtype]
    assert both.rows() == [(number, number), (number, 0)]


def test_many_criteria_are_counted() -> None:
    """The largest state of short whole numbers, one record included, fits."""
    ages = [
        Criterion(f"I{i}", "age", Compare("age_years", ">", 14)) for i in range(179)
    ]
    last = Criterion("E1", "age", Compare("age_years", ">", 48))
    criteria = Criteria(name="many", include=ages, exclude=[last])
    found = count_states(
        pl.DataFrame({"age_years": [48.0, 49.0, None, 14.0]}), criteria
    )
    assert found == {(180, 180): 1, (179, 180): 1, (180, 0): 1, (0, 180): 1}
