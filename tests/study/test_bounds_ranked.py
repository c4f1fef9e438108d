"""Values known by a bound alone in tables of numbers and in the tests of groups."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import duckdb
import polars as pl
import pytest

from iph import Bound, Cohort, Laboratory, Patient
from iph.errors import InputError
from iph.protocol import LI_2023_PROTOCOL
from iph.report import write
from iph.report._contents import assumptions
from iph.report._parts.baseline_tables import coagulation_sheet
from iph.report._phrases import bounded_text
from iph.stats import bounded_quartiles, kruskal_wallis, mann_whitney
from iph.study import (
    NumberCell,
    StudyCounts,
    analyze,
    count,
    describe_frame,
    tally,
)

FIRST = [1.0, 1.1, Bound(">", 8), 2.5, Bound(">", 8), 3.0]
SECOND = [0.9, 1.0, 1.2, 1.3, None, 1.1]
THIRD = [1.4, Bound("<", 1.2), 1.6]


def cohort_of(*groups: tuple[str, list[Any]]) -> Cohort[Any]:
    """Return patients with an INR each, by side."""
    return Cohort(
        [
            Patient(
                patient_id=f"{side}{place}", side=side, laboratory=Laboratory(inr=value)
            )
            for side, values in groups
            for place, value in enumerate(values)
        ]
    )


def row_of(study: Any, name: str = "inr") -> Any:
    """Return a row of the clotting tests."""
    return next(row for row in study.coagulation.rows if row.name == name)


@pytest.mark.parametrize("way", ["cohort", "counts", "json", "lazy"])
def test_the_test_ranks_them_and_the_quartiles_heed_them(way: str) -> None:
    """The p-value is that of the values and bounds, and says how they were ranked."""
    cohort = cohort_of(("left", FIRST), ("right", SECOND))
    source: Any = cohort
    if way != "cohort":
        source = count(cohort, population="all", by="side")
    if way == "lazy":
        frames = [cohort.patients_frame("polars"), cohort.assessments_frame("polars")]
        patients, seen = (frame.lazy() for frame in frames)
        lazy = count(patients, assessments=seen, population="all", by="side")
        assert lazy.tables == source.tables
        source = lazy
    if way == "json":
        source = StudyCounts.from_json(source.to_json())
    asked: dict[str, Any] = {"population": "all", "by": "side"}
    row = row_of(analyze(source, p_values=True, **asked))
    expected = mann_whitney(FIRST, SECOND)
    assert row.p_value == expected.p_value
    assert row.bound_rule == "ranked in the top tie"
    assert [(c.n, c.n_missing) for c in row.cells] == [(11, 1), (6, 0), (5, 1)]
    both = bounded_quartiles([*FIRST, *SECOND])
    assert row.cells[0].bounded == both
    assert both.median.known == 1.2
    assert row.cells[1].bounded == bounded_quartiles(FIRST)
    assert row.cells[1].bounded.q3.known == Bound(">", 8)
    assert row.cells[2].bounded is None
    assert row.cells[0].description.n == 9
    assert row.cells[1].description.maximum == 3.0
    assert row.difference.n_missing == 3
    plain = row_of(analyze(source, **asked))
    assert (plain.p_value, plain.bound_rule) == (None, None)


def test_several_groups_are_scored() -> None:
    """With values beyond the bounds the scores are Gehan's."""
    groups = ("left", FIRST), ("right", SECOND), ("bilateral", THIRD)
    study = analyze(cohort_of(*groups), population="all", by="side", p_values=True)
    row = row_of(study)
    expected = kruskal_wallis(FIRST, SECOND, THIRD)
    assert row.p_value == expected.p_value
    assert row.bound_rule == expected.bound_rule == "scored after Gehan"
    assert row.difference is None


def test_a_group_of_bounds_alone() -> None:
    """It is ranked, and has no distance from the other."""
    bounds = [Bound(">", 8)] * 4
    cohort = cohort_of(("left", bounds), ("right", [1.0, 1.2, 1.1, 2.0]))
    row = row_of(analyze(cohort, population="all", by="side", p_values=True))
    assert row.p_value == mann_whitney(bounds, [1.0, 1.2, 1.1, 2.0]).p_value
    assert row.difference is None
    assert row.cells[1].n == 4
    assert row.cells[1].description.n == 0
    assert row.cells[1].bounded.median.known == Bound(">", 8)


def test_a_hospital_shares_no_bound() -> None:
    """In protected counts a bound is a value that was not recorded."""
    cohort = cohort_of(("left", [*FIRST * 3]), ("right", [*SECOND * 3]))
    without = attrs.evolve(
        cohort,
        patients=[
            attrs.evolve(
                one,
                laboratory=Laboratory(
                    inr=None
                    if isinstance(one.laboratory.inr, Bound)
                    else one.laboratory.inr
                ),
            )
            for one in cohort
        ],
    )
    shown = [
        count(some, population="all", by="side").protected().to_json()
        for some in (cohort, without)
    ]
    assert '"inr"' in shown[0]
    assert shown[0] == shown[1]


@pytest.mark.parametrize("pair", [[">"], [">", "8"], ["~", 8.0], [8.0, ">"], ">8"])
def test_what_is_no_bound_is_refused(pair: Any) -> None:
    """A file of counts with a bound that is none ends in words."""
    text = count(cohort_of(("left", FIRST)), population="all").to_json()
    told = '{"bound": [">", 8.0]}'
    assert told in text
    with pytest.raises(InputError):
        StudyCounts.from_json(text.replace(told, json.dumps({"bound": pair})))


@pytest.mark.usefixtures("undrawn")
def test_the_report_says_how(tmp_path: Path) -> None:
    """The table names the rule, and the report who uses the bound."""
    cohort = cohort_of(("left", FIRST), ("right", SECOND))
    study = analyze(cohort, population="all", by="side", p_values=True)
    write(study, tmp_path / "report")
    text = (tmp_path / "report" / "report.md").read_text(encoding="utf-8")
    assert (
        "INR: known by a bound alone in 2 patients; the quartiles heed it, and are "
        "given as a bound or by two limits where they are not known; for the P "
        "value bounds are ranked in the top tie; the standardized difference counts "
        "them as not recorded." in text
    )
    assert (
        "| INR, median (Q1, Q3) | 1.2 (1, 3) | 2.75 (1.08, > 8) | 1.1 (0.95, 1.25) |"
        in text
    )
    assert "so do its median, quartiles and P value." in text
    told = json.loads((tmp_path / "report" / "results.json").read_bytes())
    rows = told["study"]["coagulation"]["rows"]
    cells = next(one for one in rows if one["name"] == "inr")["cells"]
    assert cells[1]["bounded"]["q3"] == {
        "low": 8.0,
        "high": None,
        "includes_low": False,
        "includes_high": False,
    }
    assert cells[1]["bounded"]["n_bounds"] == 2
    assert "bounded" not in cells[2]
    plain = analyze(cohort, population="all", by="side")
    write(plain, tmp_path / "plain")
    text = (tmp_path / "plain" / "report.md").read_text(encoding="utf-8")
    assert "use the bound, and so do its median and quartiles." in text
    assert "ranked in the top tie" not in text


FRAMES: dict[str, Callable[[pl.DataFrame], Any]] = {
    "polars": lambda frame: frame,
    "lazy": lambda frame: frame.lazy(),
    "pandas": lambda frame: frame.to_pandas(),
    "duckdb": lambda frame: duckdb.from_arrow(frame.to_arrow()),
}
each_frame = pytest.mark.parametrize("load", FRAMES.values(), ids=FRAMES)


@each_frame
@pytest.mark.parametrize("protocol", [LI_2023_PROTOCOL, None], ids=["declared", "not"])
def test_a_frame_is_described_as_its_patients(
    load: Callable[[pl.DataFrame], Any], protocol: Any
) -> None:
    """The limit of a bound is no value: tests rank it, and quartiles heed it."""
    cohort = cohort_of(("left", FIRST), ("right", SECOND))
    frame = load(cohort.patients_frame("polars"))
    study = analyze(cohort, population="all", by="side", p_values=True)
    (row,) = describe_frame(
        frame,
        ["inr"],
        by="side",
        protocol=protocol,
        description="median",
        p_values=True,
    ).rows
    wanted = row_of(study)
    assert (row.p_value, row.bound_rule) == (wanted.p_value, wanted.bound_rule)
    for found, cell in zip(row.cells, wanted.cells, strict=True):
        assert isinstance(found, NumberCell)
        assert (found.n, found.n_missing) == (cell.n, cell.n_missing)
        assert found.description.maximum == cell.description.maximum
        assert found.bounded == cell.bounded


@each_frame
def test_a_tally_keeps_them(load: Callable[[pl.DataFrame], Any]) -> None:
    """Bounds are levels beside their limit, and tests take the samples."""
    cohort = cohort_of(("left", [*FIRST, 8.0]), ("right", SECOND))
    found = tally(load(cohort.patients_frame("polars")), "inr", by="side")
    assert found.levels == (0.9, 1, 1.1, 1.2, 1.3, 2.5, 3, 8, Bound(">", 8))
    assert found.counts[0] == (0, 1, 1, 0, 0, 1, 1, 1, 2)
    x, y = found.samples
    first, second = found.weights
    test = mann_whitney(x, y, weights=(first, second))
    assert test.p_value == mann_whitney([*FIRST, 8.0], SECOND).p_value
    alone = tally(load(cohort.patients_frame("polars")), "inr")
    assert alone.counts == ((1, 2, 2, 1, 1, 1, 1, 1, 2),)


def test_levels_of_bounds_stand_in_order() -> None:
    """A bound stands below or above its limit."""
    signs = ["<", "<=", "", ">=", ">"]
    frame = pl.DataFrame({"x": [5.0] * 5 + [4.0], "x_bound": [*signs, ""]})
    levels = tally(frame, "x").levels
    told = [4, *(Bound(sign, 5) if sign else 5 for sign in signs)]
    assert list(levels) == told


def test_a_column_of_other_cells_is_no_sign() -> None:
    """What is named like signs and holds none changes nothing."""
    frame = pl.DataFrame({"upper": [1.0, 2.0], "upper_bound": [3.0, 4.0]})
    assert tally(frame, "upper").levels == (1, 2)
    frame = pl.DataFrame({"x": [True, False], "x_bound": [">", None]})
    assert tally(frame, "x").levels == (False, True)
    frame = pl.DataFrame({"x": ["a", "b"], "x_bound": [">", None]})
    assert tally(frame, "x").levels == ("a", "b")
    frame = pl.DataFrame({"inr": [1.0, 2.0], "inr_bound": ["about", None]})
    with pytest.raises(InputError, match="operator must be one of"):
        tally(frame, "inr", protocol=LI_2023_PROTOCOL)
    frame = pl.DataFrame({"age_years": [50.0, 60.0], "age_years_bound": [">", None]})
    assert tally(frame, "age_years", protocol=LI_2023_PROTOCOL).levels == (50, 60)
    frame = pl.DataFrame({"inr": ["8", "1"], "inr_bound": [">", None]})
    found = tally(frame, "inr", protocol=LI_2023_PROTOCOL)
    assert found.levels == (1, Bound(">", 8))


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ([1, 2, Bound(">", 8)], "2 (1, > 8)"),
        ([Bound(">=", 8)], "\N{GREATER-THAN OR EQUAL TO} 8"),
        ([Bound("<=", 1)] * 3 + [2], "\N{LESS-THAN OR EQUAL TO} 1 "),
        ([8, Bound(">", 8), 9, 9], "8.5 to 9 ("),
        ([Bound("<", 5), Bound(">", 3)], "not determined (< 5, > 3)"),
        ([None, Bound("<", 150)], "< 150"),
    ],
)
def test_in_print(values: list[Any], text: str) -> None:
    """A number, a bound, two limits, or words."""
    assert bounded_text(bounded_quartiles(values)).startswith(text)


def test_a_row_with_bounds_shows_no_mean() -> None:
    """Whatever the rule says of the numbers, the figure of all is the median."""
    cohort = cohort_of(("left", [1.0, 1.1, 1.2, 1.3, 1.25, 1.15, Bound(">", 8)]))
    study = analyze(cohort, population="all", description="shapiro-wilk")
    assert row_of(study).cells[0].description.shown == "mean"
    sheet = coagulation_sheet(study.coagulation)
    assert sheet.rows[0].cells[0] == "INR, median (Q1, Q3)"
    assert "INR: median, since a bound has no mean." in assumptions(study)
