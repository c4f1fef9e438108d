"""Counts fetched from any engine give the statistics of the patients themselves."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import attrs
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iph import Cohort
from iph.protocol import LI_2023_PROTOCOL
from iph.scales import HIP_FLEXION
from iph.stats import describe, dunn, kaplan_meier, kruskal_wallis, logrank
from iph.study import (
    Tally,
    analyze,
    describe_frame,
    recovery_counts,
    tally,
)

Load = Callable[[pa.Table], Any]

NAN = float("nan")
ROWS: dict[str, list[Any]] = {
    "vas": [7.0, 3.0, None, 5.5, NAN, 0.0, 3.0, 10.0, 5.5, 3.0, 1.0, None],
    "phase": ["b", "m", "b", "", "b", "m", "m", "b", "b", None, "y", "y"],
    "day": [7, 30, 30, None, 90, 7, 30, 365, 7, 90, 30, 7],
    "seen": [True, True, None, True, False, False, True, False, True, True, True, True],
    "deg": [0, 44, 45, None, 89, 90, 160, 30, 45, 90, 110, None],
}
TABLE = pa.table(
    {
        "vas": pa.array(ROWS["vas"], pa.float64()),
        "phase": pa.array(ROWS["phase"], pa.string()),
        "day": pa.array(ROWS["day"], pa.int64()),
        "seen": pa.array(ROWS["seen"], pa.bool_()),
        "deg": pa.array(ROWS["deg"], pa.int64()),
    }
)


def test_a_tally_on_every_engine(on_engine: Load) -> None:
    """Null, NaN and the empty text are missing; every case is in one count."""
    found = tally(on_engine(TABLE), "vas", by="phase")
    assert found == Tally(
        value="vas",
        by="phase",
        levels=(0, 1, 3, 5.5, 7, 10),
        groups=("b", "m", "y"),
        counts=[[0, 0, 0, 1, 1, 1], [1, 0, 2, 0, 0, 0], [0, 1, 0, 0, 0, 0]],
        missing=[2, 0, 1],
        n_ungrouped=2,
    )
    assert (found.n, found.n_missing) == (7, 3)


def test_one_group_on_every_engine(on_engine: Load) -> None:
    """Without groups there is one, of everybody."""
    found = tally(on_engine(TABLE), "seen")
    assert (found.levels, found.groups, found.by) == ((False, True), ("all",), "")
    assert (found.counts, found.missing, found.n_ungrouped) == (((3, 8),), (1,), 0)


def test_grades_on_every_engine(on_engine: Load) -> None:
    """A scale grades and counts in one pass, as it grades one value."""
    frame = on_engine(TABLE)
    found = tally(frame, HIP_FLEXION.expr("deg"), by="phase", name="hip flexion")
    graded = [None if d is None else int(HIP_FLEXION.grade(d)) for d in ROWS["deg"]]
    expected = Counter(
        (grade, phase)
        for grade, phase in zip(graded, ROWS["phase"], strict=True)
        if phase
    )
    for group, row, missing in zip(
        found.groups, found.counts, found.missing, strict=True
    ):
        for level, count in zip(found.levels, row, strict=True):
            assert count == expected[level, group]
        assert missing == expected[None, group]
    assert found.value == "hip flexion"


def test_rank_tests_on_every_engine(on_engine: Load) -> None:
    """Kruskal-Wallis, Dunn and descriptions of the counts are those of the values."""
    counted = tally(on_engine(TABLE), "vas", by="phase")
    samples = [
        [x for x, g in zip(ROWS["vas"], ROWS["phase"], strict=True) if g == group]
        for group in ("b", "m", "y")
    ]
    for method in ("asymptotic", "exact"):
        whole = kruskal_wallis(*samples, method=method)
        assert whole == kruskal_wallis(
            *counted.samples, weights=counted.weights, method=method
        )
    assert dunn(*samples) == dunn(*counted.samples, weights=counted.weights)
    for sample, levels, weights in zip(
        samples, counted.samples, counted.weights, strict=True
    ):
        assert str(describe(sample)) == str(describe(levels, weights=weights))


def test_recovery_on_every_engine(on_engine: Load) -> None:
    """Kaplan-Meier and log-rank, exact too, of the counts are those of the rows."""
    counts = recovery_counts(on_engine(TABLE), "day", "seen", by="phase")
    groups = [phase or None for phase in ROWS["phase"]]
    whole = kaplan_meier(ROWS["day"], ROWS["seen"])
    curve = kaplan_meier(counts.time, counts.event, weights=counts.weights)
    for name in ("time", "survival", "low", "high", "at_risk", "events", "censored"):
        assert str(getattr(curve, name)) == str(getattr(whole, name))
    assert (curve.n, curve.n_missing) == (whole.n, whole.n_missing)
    columns = (counts.time, counts.event, counts.group)
    for method in ("asymptotic", "exact"):
        expected = logrank(ROWS["day"], ROWS["seen"], groups, method=method)
        assert expected == logrank(*columns, weights=counts.weights, method=method)
        assert (counts.n, counts.n_missing) == (expected.n, expected.n_missing)


COLUMNS = (
    *("age_years", "sex", "symptom_days", "pain_sites", "etiology"),
    *("records_complete", "inr", "ct", "muscle", "femoral", "associated_lesions"),
)


@pytest.fixture(scope="session")
def patients_table(dealt: Cohort) -> dict[str | None, Any]:
    """Return the tables of the study of the patients, by what they are grouped by."""
    protocol = attrs.evolve(LI_2023_PROTOCOL, table=COLUMNS)
    return {
        by: analyze(
            dealt,
            protocol=protocol,
            population="all",
            by=by,
            p_values=True,
            description="shapiro-wilk",
        ).table_one
        for by in (None, "sex", "records_complete", "muscle")
    }


@pytest.mark.parametrize("by", [None, "sex", "records_complete", "muscle"])
def test_table_one_on_every_engine(
    on_engine: Load, dealt: Cohort, patients_table: Any, by: str | None
) -> None:
    """The table of counts is that of the patients, to the last digit."""
    frame = on_engine(dealt.patients_frame("pyarrow"))
    columns = [name for name in COLUMNS if name != by]
    found = describe_frame(
        frame,
        columns,
        by=by,
        protocol=LI_2023_PROTOCOL,
        description="shapiro-wilk",
        p_values=True,
    )
    assert str(found) == str(patients_table[by])  # as text: NaN equals itself there


def test_columns_of_ones_own_on_every_engine(on_engine: Load) -> None:
    """Columns that iph does not know are numbers, texts or yes/no by their values."""
    table = describe_frame(on_engine(TABLE), ["deg", "phase", "seen"])
    degrees, phases, seen = table.rows
    known = describe(ROWS["deg"], rule="median")
    assert str(degrees.cells[0].description) == str(known)  # type: ignore[union-attr]
    assert phases.level_labels == ("b", "m", "y")
    assert phases.cells[0].counts == (5, 3, 2)  # type: ignore[union-attr]
    assert phases.cells[0].n_missing == 2
    assert seen.level_labels == ("yes",)
    assert (seen.cells[0].counts, seen.cells[0].n) == ((8,), 11)  # type: ignore[union-attr]


NUMBERS = st.sampled_from([None, NAN, 0.0, -0.0, 1.0, 2.5, 3.0])
GROUPS = st.sampled_from([None, "", "a", "b"])


@settings(max_examples=1 + settings().max_examples // 5)  # on each of the engines
@given(rows=st.lists(st.tuples(NUMBERS, GROUPS, st.booleans()), max_size=12))
def test_any_counts_on_light_engines(
    on_light_engine: Load, rows: list[tuple[float | None, str | None, bool]]
) -> None:
    """Whatever the rows, each is counted once, where plain Python counts it."""
    values, groups, seen = (
        (list(c) for c in zip(*rows, strict=True))
        if rows
        else (
            [],
            [],
            [],
        )
    )
    frame = on_light_engine(
        pa.table(
            {
                "x": pa.array(values, pa.float64()),
                "g": pa.array(groups, pa.string()),
                "e": pa.array(seen, pa.bool_()),
            }
        )
    )
    known = [None if x is None or x != x else x for x in values]  # noqa: PLR0124 - NaN
    expected = Counter(zip(known, [g or None for g in groups], strict=True))
    found = tally(frame, "x", by="g")
    assert found.n_ungrouped == sum(
        n for (_, group), n in expected.items() if group is None
    )
    for group, levels, counts in zip(
        found.groups, found.samples, found.weights, strict=True
    ):
        assert [expected[level, group] for level in levels] == list(counts)
    assert found.n + found.n_missing + found.n_ungrouped == len(rows)
    counted = recovery_counts(frame, "x", "e", by="g")
    assert sum(counted.weights) == len(rows)
