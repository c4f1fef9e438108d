"""Counts that add up: what hospitals exchange in place of patients."""

import itertools
import json
import math
from collections.abc import Iterator
from typing import Any

import attrs
import pandas as pd
import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from iph.errors import DataError, InputError
from iph.protocol import LI_2023_PROTOCOL
from iph.stats import (
    describe,
    dunn,
    jonckheere_terpstra,
    kaplan_meier,
    kruskal_wallis,
    logrank,
    quartiles,
)
from iph.study import (
    RecoveryCounts,
    SmallCell,
    Tally,
    describe_frame,
    recovery_counts,
    tally,
)

CASES = st.tuples(
    st.sampled_from([None, 0, 1, 2, 2.5, 10]),
    st.sampled_from(["a", "b", "c", None]),
    st.sampled_from([7, 30, 90, None]),
    st.sampled_from([True, False, None]),
)
SITES = st.lists(st.lists(CASES, max_size=6), min_size=3, max_size=3)


def frame(rows: list[tuple[Any, ...]]) -> pl.DataFrame:
    """Return cases as a table whose columns have the types of a full one."""
    columns = {
        "vas": pl.Float64,
        "drug": pl.String,
        "day": pl.Int64,
        "seen": pl.Boolean,
    }
    return pl.DataFrame(rows, schema=columns, orient="row", strict=False)


@given(sites=SITES)
def test_three_sites_are_one(sites: list[list[tuple[Any, ...]]]) -> None:
    """The sum of what three hospitals count is the count of all their patients."""
    pooled = frame([case for site in sites for case in site])
    first, second, third = (tally(frame(s), "vas", by="drug") for s in sites)
    assert first + second + third == tally(pooled, "vas", by="drug")
    assert first + (third + second) == first + second + third
    days = [recovery_counts(frame(s), "day", "seen", by="drug") for s in sites]
    assert days[0] + days[1] + days[2] == recovery_counts(
        pooled, "day", "seen", by="drug"
    )


def test_statistics_of_three_sites() -> None:
    """Tests and estimates of summed counts are those of the pooled patients."""
    rows = [
        (v, g, d, s)
        for v, g, d, s in zip(
            [7, 6, 8, 3, 2, None, 4, 5, 2.5, 9, 1, 3, 7, 2, 6],
            ["a", "b", "c"] * 5,
            [7, 7, 30, 90, 7, 30, 90, 180, 30, 7, 365, 30, 90, 90, 7],
            [True, True, False, True, False] * 3,
            strict=True,
        )
    ]
    sites = [frame(rows[:4]), frame(rows[4:9]), frame(rows[9:])]
    pain = [tally(site, "vas", by="drug") for site in sites]
    total = pain[0] + pain[1] + pain[2]
    samples = [[v for v, g, _, _ in rows if g == drug] for drug in "abc"]
    assert kruskal_wallis(
        *total.samples, method="exact", weights=total.weights
    ) == kruskal_wallis(*samples, method="exact")
    assert dunn(*total.samples, weights=total.weights) == dunn(*samples)
    assert jonckheere_terpstra(
        *total.samples, weights=total.weights
    ) == jonckheere_terpstra(*samples)
    for values, levels, counts in zip(
        samples, total.samples, total.weights, strict=True
    ):
        assert quartiles(levels, weights=counts) == quartiles(values)
        assert describe(levels, weights=counts) == describe(values)
    counted = [recovery_counts(site, "day", "seen", by="drug") for site in sites]
    days = counted[0] + counted[1] + counted[2]
    columns = [list(column) for column in zip(*rows, strict=True)]
    for method in ("asymptotic", "exact"):
        assert logrank(
            days.time,
            days.event,
            days.group,
            weights=days.weights,
            method=method,
        ) == logrank(columns[2], columns[3], columns[1], method=method)
    curve = kaplan_meier(days.time, days.event, weights=days.weights)
    whole = kaplan_meier(columns[2], columns[3])
    assert curve.survival.tolist() == whole.survival.tolist()
    assert str(curve.median()) == str(whole.median())


def test_a_tally_travels_as_json() -> None:
    """What is written as JSON is restored to the same counts."""
    counted = tally(frame([(1, "a", 7, True), (None, "b", 7, True)]), "vas", by="drug")
    assert Tally(**json.loads(json.dumps(attrs.asdict(counted)))) == counted
    days = recovery_counts(
        frame([(1, "a", 7, True), (2, None, None, None)]), "day", "seen"
    )
    assert RecoveryCounts(**json.loads(json.dumps(attrs.asdict(days)))) == days
    assert (days.n, days.n_missing, days.by) == (1, 1, "")


def test_small_cells_are_named() -> None:
    """Counts above 0 and below the limit are found, those of missing values as well."""
    counted = Tally(
        value="vas",
        by="drug",
        levels=[1, 2],
        groups=["a", "b"],
        counts=[[4, 0], [5, 12]],
        missing=[0, 1],
        n_ungrouped=2,
    )
    assert counted.small_cells() == (
        SmallCell(group="a", level=1, count=4),
        SmallCell(group="b", level=None, count=1),
        SmallCell(group=None, level=None, count=2),
    )
    assert len(counted.small_cells(11)) == 4
    assert counted.small_cells(1) == ()


COUNTS = st.integers(0, 14)


def row_tables(row: list[int | None], size: int) -> Iterator[list[int]]:
    """Yield every row of counts that a reader cannot tell from the one shown."""
    gaps = [place for place, count in enumerate(row) if count is None]
    left = size - sum(count for count in row if count is not None)
    for found in itertools.product(range(left + 1), repeat=max(len(gaps) - 1, 0)):
        rest = left - sum(found)
        if rest < 0 or (not gaps and rest):
            continue
        made = list(row)
        for place, count in zip(gaps, (*found, rest), strict=False):
            made[place] = count
        yield [count for count in made if count is not None]


@given(
    rows=st.lists(st.lists(COUNTS, min_size=4, max_size=4), min_size=1, max_size=2),
    n_ungrouped=COUNTS,
)
@example(rows=[[0, 0, 0, 0]], n_ungrouped=1)
def test_no_small_count_can_be_computed(
    rows: list[list[int]], n_ungrouped: int
) -> None:
    """What is shown is true, and leaves open what each small count is."""
    counted = Tally(
        value="vas",
        by="drug",
        levels=[1, 2, 3],
        groups=list(range(len(rows))),
        counts=[row[:-1] for row in rows],
        missing=[row[-1] for row in rows],
        n_ungrouped=n_ungrouped,
    )
    if any(0 < sum(row) < 6 for row in rows):
        with pytest.raises(DataError, match=r"fewer than 5 cases|too small for 4 lev"):
            counted.suppressed()
        return
    shown = counted.suppressed()
    assert (shown.n_ungrouped is None) == (0 < n_ungrouped < 5)
    assert shown.sizes == tuple(sum(row) for row in rows)
    n_hidden = int(shown.n_ungrouped is None)
    names = [*shown.levels, None]
    for group, true in enumerate(rows):
        row = [*shown.counts[group], shown.missing[group]]
        n_hidden += row.count(None)
        assert all(c in (None, t) for c, t in zip(row, true, strict=True))
        tables = list(row_tables(row, sum(true)))
        assert true in tables
        for joined in shown.together:
            own = [names.index(level) for level in joined.levels]
            assert sum(true[place] for place in own) == joined.counts[group]
        for place, count in enumerate(true):
            if row[place] is None:
                assert len({table[place] for table in tables}) >= 3
            else:
                assert count == 0 or count >= 5
    assert shown.n_hidden == n_hidden


def test_a_tally_without_small_cells_is_shown_as_it_is() -> None:
    """Nothing is hidden that need not be, and 0 is no small count."""
    counted = Tally(
        value="vas", levels=[1, 2], groups=["all"], counts=[[5, 0]], missing=[7]
    )
    shown = counted.suppressed(5)
    assert (shown.counts, shown.missing, shown.n_ungrouped) == (((5, 0),), (7,), 0)
    assert (shown.n_hidden, shown.n, shown.least) == (0, 12, 5)


def test_a_suppressed_tally_is_for_the_eye() -> None:
    """It adds to nothing, and is not restored as a tally."""
    counted = Tally(
        value="vas", levels=[1, 2], groups=["all"], counts=[[5, 2]], missing=[7]
    )
    shown = counted.suppressed()
    with pytest.raises(InputError, match="tallies must be with all counts"):
        counted + shown
    with pytest.raises(TypeError):
        shown + counted  # type: ignore[operator]
    sent = json.loads(json.dumps(attrs.asdict(shown)))
    assert None in sent["counts"][0]
    names = ("value", "by", "levels", "groups", "counts", "missing", "n_ungrouped")
    with pytest.raises(InputError):
        Tally(**{name: sent[name] for name in names})


def test_what_cannot_be_suppressed() -> None:
    """Groups too small for so many levels are refused."""
    alone = Tally(value="x", levels=[1], groups=["all"], counts=[[2]], missing=[3])
    assert alone.suppressed().together[0].counts == (5,)
    with pytest.raises(InputError, match="least must be a whole number of at least 3"):
        alone.suppressed(2)
    many = Tally(
        value="x",
        levels=range(600),
        groups=["all"],
        counts=[[1] * 600],
        missing=[0],
    )
    with pytest.raises(DataError, match="a group of 600 cases is too small for 601"):
        many.suppressed()
    large = attrs.evolve(many, counts=[[9] * 600])
    assert large.suppressed().n_hidden == 0


def test_a_second_copy_knows_the_first() -> None:
    """What two copies tell together is hidden in the second."""
    first = Tally(
        value="x", levels=[1, 2, 3], groups=["all"], counts=[[40, 9, 8]], missing=[12]
    )
    seen = first.suppressed()
    assert seen.n_hidden == 0
    grown = attrs.evolve(first, counts=[[40, 19, 10]], missing=[18])
    assert grown.suppressed(earlier=[seen]).counts == ((40, 19, None),)
    assert grown.suppressed(earlier=[seen]).missing == (None,)
    assert grown.suppressed().counts == ((40, 19, 10),)
    with pytest.raises(DataError, match="too few cases were added or removed"):
        attrs.evolve(first, missing=[14]).suppressed(earlier=[seen])
    others = attrs.evolve(first, n_ungrouped=20).suppressed()
    assert (
        attrs.evolve(first, n_ungrouped=22).suppressed(earlier=[others]).n_ungrouped
        is None
    )
    for earlier, said in (
        (seen, "give a list, even of one"),
        (7, "give a list, even of one"),
        ([first], "copies made by `suppressed`"),
        ([attrs.evolve(seen, by="sex")], "of the same levels and groups"),
        ([attrs.evolve(seen, missing=(None,))], "as `suppressed` made it"),
    ):
        with pytest.raises(InputError, match=said):
            first.suppressed(earlier=earlier)  # type: ignore[arg-type] # on purpose


def test_declared_missing_values() -> None:
    """A value that is declared to mean "not recorded" is counted as missing."""
    counted = tally(pd.DataFrame({"vas": [1, 99, 2, 99]}), "vas", missing=[99])
    assert (counted.levels, counted.n_missing) == ((1, 2), 2)


@pytest.mark.parametrize("lazy", [False, True])
def test_a_count_that_is_cut_off_is_no_count(*, lazy: bool) -> None:
    """Too many values are refused even where several of them mean "missing".

    Only one more than the limit is fetched, and null, NaN and 99 may be among them.
    """
    rows = pl.DataFrame({"x": [None, math.nan, 99.0, 1.0, 2.0]})
    asked: Any = rows.lazy() if lazy else rows
    with pytest.raises(DataError, match="more than 4 different"):
        tally(asked, "x", missing=[99], most_cells=4)
    with pytest.raises(DataError, match="more than 4 different"):
        describe_frame(asked, ["x"], missing=[99], most_cells=4)
    assert tally(asked, "x", missing=[99], most_cells=5).n_missing == 3


def test_levels_of_several_types() -> None:
    """Levels that cannot be compared still have one order."""
    rows = pd.DataFrame({"x": pd.Series(["b", 1, "a"], dtype=object)})
    assert tally(rows, "x").levels == (1, "a", "b")


def test_a_table_from_two_groups_has_a_test() -> None:
    """Two groups are compared, as in the table of a study."""
    rows = frame([(v, "ab"[v % 2], 7, v > 4) for v in range(10)])
    table = describe_frame(rows, ["vas", "seen"], by="drug", p_values=True)
    first, second = table.rows
    assert table.columns == ("overall", "a", "b")
    assert table.sizes == (10, 5, 5)
    assert first.test.startswith("Mann-Whitney")
    assert second.test.startswith("Fisher")


ONE = pd.DataFrame({"vas": [1, 2, 3], "seen": [1, 0, 2], "age_years": [48, 500, 20]})


@pytest.mark.parametrize(
    ("ask", "error", "message"),
    [
        (lambda: tally([1], "vas"), InputError, "frame must be a dataframe"),
        (lambda: tally(ONE, "pain"), InputError, "column must be one of: vas, seen"),
        (lambda: tally(ONE, "vas", by="drug"), InputError, "column must be one of"),
        (lambda: tally(ONE, "vas", most_cells=2), DataError, "more than 2 different"),
        (lambda: tally(ONE, "vas", most_cells=0), InputError, "at least 1"),
        (
            lambda: recovery_counts(ONE, "vas", "seen"),
            InputError,
            "seen must be True/1 .event. or False/0 .censored., got 2",
        ),
        (lambda: describe_frame(ONE, []), InputError, "columns must be different"),
        (
            lambda: describe_frame(ONE, ["age_years"], protocol=LI_2023_PROTOCOL),
            InputError,
            "age_years must be a whole number from 0 to 120 years, got '1 cell of",
        ),
        (
            lambda: describe_frame(
                ONE.assign(vas=5), ["age_years"], by="vas", protocol=LI_2023_PROTOCOL
            ),
            InputError,
            "age_years must be",
        ),
        (
            lambda: describe_frame(ONE, ["seen"], by="vas", protocol=LI_2023_PROTOCOL),
            InputError,
            "by must be a column of one category each",
        ),
        (
            lambda: tally(ONE, "vas") + tally(ONE, "seen"),
            InputError,
            "tallies must be of one value and group",
        ),
        (
            lambda: (
                recovery_counts(ONE[:2], "vas", "seen")
                + recovery_counts(ONE[:2], "age_years", "seen")
            ),
            InputError,
            "counts must be of one day and group",
        ),
        (
            lambda: Tally(
                value="x", levels=[1], groups=["all"], counts=[], missing=[0]
            ),
            InputError,
            "counts must be one row a group",
        ),
        (
            lambda: Tally(
                value="x", levels=[1], groups=["a"], counts=[[1]], missing=[]
            ),
            InputError,
            "missing must be one number a group",
        ),
        (
            lambda: Tally(
                value="x", levels=[1, 1], groups=["a"], counts=[[1, 1]], missing=[0]
            ),
            InputError,
            "distinct",
        ),
        (
            lambda: Tally(
                value="x", levels=[1], groups=["a"], counts=[[-1]], missing=[0]
            ),
            InputError,
            "at least 0",
        ),
        (
            lambda: RecoveryCounts(
                day="d", time=[1], event=[1], group=[None], weights=[1]
            ),
            InputError,
            "event must be True, False or None",
        ),
        (
            lambda: RecoveryCounts(day="d", time=[1], event=[], group=[], weights=[]),
            InputError,
            "columns must be of one length",
        ),
    ],
)
def test_what_cannot_be_counted(ask: Any, error: type[Exception], message: str) -> None:
    """A wrong question is refused with what it must be."""
    with pytest.raises(error, match=message):
        ask()


def test_only_counts_of_a_kind_add_up() -> None:
    """A tally and a number, or counts and a tally, are no sum."""
    counted = tally(ONE, "vas")
    with pytest.raises(TypeError):
        counted + 1
    with pytest.raises(TypeError):
        recovery_counts(ONE[:2], "vas", "seen") + counted


FOREIGN = pd.DataFrame(
    {
        "sex": ["F", "M", "F", None],
        "vas": [65, 30, 0, 100],
        "strength": ["normal", "5", "trace", "n/a"],
    }
)


@pytest.mark.parametrize("lazy", [False, True])
def test_a_name_has_no_hold_on_a_foreign_table(lazy: bool) -> None:  # noqa: FBT001 - drawn by pytest
    """A frame says itself what its columns hold, unless a protocol is given."""
    rows: Any = pl.from_pandas(FOREIGN)
    table = describe_frame(rows.lazy() if lazy else rows, ["sex", "vas"], by="sex")
    sex, vas = table.rows
    assert (sex.label, sex.level_labels) == ("sex", ("F", "M"))
    assert sex.cells[0].counts == (2, 1)  # type: ignore[union-attr]
    assert vas.unit is None
    assert vas.cells[0].description.median == 47.5  # type: ignore[union-attr]
    assert tally(rows, "sex").levels == ("F", "M")


def test_a_protocol_says_what_columns_hold() -> None:
    """Labels, units, words, the order of codes and unused ones are the protocol's."""
    rows = FOREIGN.assign(sex=["Male", "female", "MALE", None], vas=[6.5, 3, 0, 10])
    table = describe_frame(
        rows, ["vas", "strength"], by="sex", protocol=LI_2023_PROTOCOL
    )
    vas, strength = table.rows
    assert (vas.label, vas.unit) == ("Pain (VAS)", "points")
    assert table.columns == ("overall", "female", "male")
    assert strength.cells[0].counts == (0, 1, 0, 0, 0, 2)  # type: ignore[union-attr]
    assert strength.cells[0].n_missing == 1
    counted = tally(rows, "strength", by="sex", protocol=LI_2023_PROTOCOL)
    assert counted.levels == (0, 1, 2, 3, 4, 5)
    assert counted.groups == ("female", "male")
    assert counted.counts == ((0, 0, 0, 0, 0, 1), (0, 1, 0, 0, 0, 1))
    assert (counted + counted).levels == counted.levels


def test_cells_that_a_field_cannot_hold_are_counted() -> None:
    """All of a column are told at once, with how many each is."""
    rows = pd.DataFrame({"sex": ["F"] * 3 + ["M", "w", "x", "female"]})
    told = r"'6 cells of another kind'; .* not: F \(3\), M \(1\), w \(1\) and 1 more"
    with pytest.raises(InputError, match=told):
        describe_frame(rows, ["sex"], protocol=LI_2023_PROTOCOL)
    with pytest.raises(InputError, match=told):
        tally(rows, "sex", protocol=LI_2023_PROTOCOL)


SHOWN: dict[str, list[Any]] = {
    "sex": [None, "female", "Male", " unknown", "NA"],
    "vas": [None, 0, 2.5, "7", "."],
    "strength": [None, 3, "4.0", "against gravity", ""],
    "records_complete": [None, True, "Yes", 0, "no"],
    "associated_lesions": [None, "none", "cyst", "tumor;cyst", "NaN"],
}
MEANT: dict[str, list[Any]] = {
    "sex": [None, "female", "male", None, None],
    "vas": [None, 0.0, 2.5, 7.0, None],
    "strength": [None, 3, 4, 3, None],
    "records_complete": [None, True, True, False, False],
    "associated_lesions": [None, "none", "cyst", "cyst;tumor", None],
}


@given(st.sampled_from(sorted(SHOWN)), st.lists(st.integers(0, 4), min_size=1))
def test_cells_are_counted_by_what_they_say(name: str, drawn: list[int]) -> None:
    """However cells are written, the tally is that of what they mean."""
    rows = pd.DataFrame(
        {name: pd.Series([SHOWN[name][i] for i in drawn], dtype=object)}
    )
    meant = [MEANT[name][i] for i in drawn]
    counted = tally(rows, name, protocol=LI_2023_PROTOCOL)
    for level, n in zip(counted.levels, counted.counts[0], strict=True):
        assert n == sum(value is not None and value == level for value in meant)
    assert counted.n_missing == meant.count(None)
