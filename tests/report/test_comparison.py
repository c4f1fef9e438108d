"""The chapter that puts a study beside a published one: table, words and figure."""

import json
import math
import re
from collections.abc import Callable
from pathlib import Path

import attrs
import pytest

from iph import Cohort
from iph.errors import InputError
from iph.evidence import Claim, li2023_claims, published_cases
from iph.report import comparison_figure, sheet, write
from iph.report._parts.compared_variables import variables_sheet
from iph.report._parts.comparison import (
    comparison_cautions,
    comparison_methods,
    comparison_pictures,
    comparison_sentences,
    comparison_summary,
)
from iph.report._phrases import gap_text, row_label, told_apart
from iph.study import Comparison, Study, analyze, compare_with_claims


@pytest.fixture(scope="module")
def beside(published: Study) -> Comparison:
    """Return the published cases beside Li et al. 2023."""
    return compare_with_claims(published)


@pytest.fixture(scope="module")
def consecutive() -> Comparison:
    """Return the same patients as if they were all of one hospital, beside the same."""
    cohort = Cohort([*published_cases()])
    return compare_with_claims(analyze(cohort, population="not-excluded"))


@pytest.fixture(scope="module")
def of_twin(twin_of_li: Callable[[int], Cohort]) -> Comparison:
    """Return a twin of Li et al. 2023 beside the paper."""
    return compare_with_claims(analyze(twin_of_li(2023)))


def test_the_table_shows_both_sides(consecutive: Comparison) -> None:
    """Print, reading, our figure and difference stand side by side."""
    found = sheet(consecutive)
    cells = {row.cells[0]: row.cells[1:] for row in found.rows}
    assert cells["male"] == (
        "24; 46.15%*",
        "24/28 (86 %)",
        "39/54 (72 %)",
        "\N{MINUS SIGN}13.5 (\N{MINUS SIGN}30.0 to +6.6)",
    )
    assert cells["Age, years, median (Q1, Q3)"] == (
        "48 (20.25, 63)",
        "48 (20.25, 63), n = 28",
        "62 (29.5, 71), n = 56; 95 % CI, 54 to 66",
        "+14 (no interval)",
    )
    notes = " ".join(found.notes)
    for words in (
        "Miettinen",
        "Welch",
        "no interval without",
        "* no sample of this size",
    ):
        assert words in notes


def test_a_convenience_sample_has_differences_alone(beside: Comparison) -> None:
    """What stands for no population has no interval; the printed study keeps its."""
    found = sheet(beside)
    assert found.header[-1] == "Difference"
    cells = {row.cells[0]: row.cells[1:] for row in found.rows}
    assert cells["male"][-1] == "\N{MINUS SIGN}13.5"
    ours = "Onset to admission, days, median (Q1, Q3)"
    assert cells[ours][2:] == ("12 (2.3, 33.8), n = 20", "+9")  # as in Table 1
    assert not any("CI" in text for row in found.rows for text in row.cells)
    assert not any("CI" in note for note in found.notes)
    for row in beside.rows:
        assert math.isnan(row.difference.low)
        assert math.isnan(row.ours.high)
        assert row.difference.method == "none"
    assert math.isfinite(beside.rows[1].published.low)
    (picture,) = comparison_pictures(beside, found)
    assert "squares, as printed; lines, its Clopper-Pearson 95 % CIs" in picture.caption
    assert "with intervals" not in picture.alt
    figure = comparison_figure(beside)
    told = [text.get_text() for text in figure.axes[0].texts]
    assert told[-1] == "Difference in\npercentage points"
    assert "by their differences, without intervals" in comparison_methods(beside)
    assert any("has an interval" in line for line in comparison_cautions(beside))


def test_the_chapter_stands_in_every_document(
    beside: Comparison, published: Study, tmp_path: Path
) -> None:
    """Page, Word file, Markdown, JSON and terminal speak of the comparison."""
    written = write(published, tmp_path / "report", comparison=beside)
    text = (written.folder / "report.md").read_text(encoding="utf-8")
    assert "## Comparison with Li et al. 2023" in text
    assert "convenience sample" in text[text.index("## Comparison") :]
    assert "compared with those of this study by their differences" in text
    assert "comparison_admission" in (written.folder / "report.html").read_text("utf-8")
    assert "tables/comparison.csv" in written.files
    results = json.loads((written.folder / "results.json").read_text(encoding="utf-8"))
    rows = results["comparison"]["rows"]
    men = next(row for row in rows if row["level_label"] == "male")
    assert men["published"]["count"] == 24
    assert men["claims"][0]["printed"] == "24"
    assert men["doubtful"][0]["verdict"] == "impossible"
    assert rows[0]["difference"]["low"] is None
    assert any("Beside Li et al. 2023" in line for line in written.summary)


def test_a_twin_agrees_with_what_it_was_made_from(of_twin: Comparison) -> None:
    """Each printed share that can stand is that of the twin, exactly."""
    shares = [r for r in of_twin.rows if r.measure == "share" and not r.doubtful]
    assert len(shares) > 40
    assert {row.difference.estimate for row in shares} == {0.0}
    means = [row for row in of_twin.rows if row.measure == "mean"]
    assert all(gap_text(row).startswith("0.00 (") for row in means)
    early, late = comparison_pictures(of_twin, sheet(of_twin))
    assert (early.name, late.name) == ("comparison_admission", "comparison_course")
    assert "28" in early.caption


@pytest.mark.parametrize("which", ["beside", "of_twin"])
def test_no_two_rows_have_one_name(which: str, request: pytest.FixtureRequest) -> None:
    """A figure printed with two values says where each of them is printed."""
    compared: Comparison = request.getfixturevalue(which)
    told = told_apart(compared.rows)
    names = [
        (row_label(row), row.level_label, row.measure, where)
        for row, where in zip(compared.rows, told, strict=True)
    ]
    assert len({*names}) == len(names)
    apart = [where for where in told if where]
    assert apart[:2] == [" (Abstract, Results)", " (Table 1 and Discussion)"]
    cells = [row.cells[0] for row in sheet(compared).rows]
    causes = "hemophilia, anticoagulant or rodenticide"
    assert {f"{causes}{where}" for where in apart[:2]} <= {*cells}
    figure = comparison_figure(compared)
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert "hemophilia,\nanticoagulant or\nrodenticide (Abstract,\nResults)" in labels


def test_one_place_that_prints_two_values(beside: Comparison) -> None:
    """Where the place does not tell two rows apart, the printed figure does."""
    row = next(row for row in beside.rows if row.level_label == "male")
    first, *_, last = row.claims
    rows = [
        attrs.evolve(row, claims=(attrs.evolve(claim, where="Table 9"),))
        for claim in (first, last)
    ]
    assert told_apart(rows) == (" (Table 9, 24)", " (Table 9, 46.15%)")
    assert told_apart(rows[:1]) == ("",)


def test_sentences_count_no_differences(beside: Comparison) -> None:
    """Case mix stands on top; correlated rows are not counted as findings."""
    (text,) = comparison_sentences(beside)
    prints = {c.code for row in beside.rows for c in row.claims}
    total = len(prints) + len(beside.unanswered)
    assert text.startswith("Comparisons were not adjusted for case mix")
    assert f"Of {total} figures of patients printed in Li et al. 2023" in text
    assert not re.search(r"\bnan\b|None|differ\b|leaves out", text)
    summary = comparison_summary(beside)
    assert summary == f"Beside Li et al. 2023: {len(beside.rows)} figures compared"


def test_nothing_to_compare_is_said(nobody: Study, tmp_path: Path) -> None:
    """A study without patients has a chapter of words, without table and figure."""
    empty = compare_with_claims(nobody)
    (text,) = comparison_sentences(empty)
    assert text.startswith("None of the ")
    assert comparison_methods(empty) == ""
    assert any(
        "no patient has a recorded value" in t for t in comparison_cautions(empty)
    )
    written = write(nobody, tmp_path / "report", comparison=empty)
    assert "tables/comparison.csv" not in written.files
    with pytest.raises(InputError, match="in which shares are compared"):
        comparison_figure(empty)


def test_a_difference_with_no_meaning_has_words(beside: Comparison) -> None:
    """A difference that is not defined is printed so, and 0 has no sign."""
    row = beside.rows[0]
    undefined = attrs.evolve(row.difference, estimate=math.nan)
    assert gap_text(attrs.evolve(row, difference=undefined)) == "not compared"
    zero = attrs.evolve(row.difference, estimate=-1e-9)
    assert gap_text(attrs.evolve(row, difference=zero)) == "0 (no interval)"


def test_an_uncertain_count_is_a_footnote(by_hand: Study) -> None:
    """Where several counts print one percentage the table says so."""
    printed = Claim(
        code="men",
        where="Table 1",
        printed="57%",
        kind="percentage",
        of="174",
        variable="sex",
        levels=("male",),
    )
    found = sheet(compare_with_claims(by_hand, [printed], source="Dauty 2007"))
    assert any("Sex, male: 99 to 100 patients" in note for note in found.notes)
    assert "Welch" not in " ".join(found.notes)


def test_what_is_no_comparison_is_refused(published: Study, tmp_path: Path) -> None:
    """The chapter is made of a comparison, not of claims."""
    with pytest.raises(InputError, match="comparison must be a Comparison or None"):
        write(published, tmp_path / "r", comparison=li2023_claims())  # type: ignore[arg-type] # on purpose


def test_each_variable_is_one_row_and_the_case_mix_stands_on_top(
    beside: Comparison,
) -> None:
    """Levels repeat each other; men are 24 of 28 there and 39 of 54 here."""
    found = variables_sheet(beside)
    heads = [row.cells[0] for row in found.rows if not row.indent]
    assert heads[0] == "Case mix, at admission"
    variables = [row.cells for row in found.rows if row.indent]
    assert len({cells[0] for cells in variables}) == len(variables)
    told = {cells[0]: cells[1:] for cells in variables}
    p, q = 24 / 28, 39 / 54
    expected = abs(p - q) / math.sqrt((p * (1 - p) + q * (1 - q)) / 2)
    assert told["Sex"] == ("28", "54", f"{expected:.2f}*")  # its print is marked
    assert told["Age"] == ("28", "56", "median +14 years")


def test_few_patients_and_half_printed_levels_have_no_distance(
    beside: Comparison,
) -> None:
    """Nothing is compared below five; what is not all printed is no distance."""
    rows = [row for row in beside.rows if row.field == "sex"]
    few = [attrs.evolve(r, ours=attrs.evolve(r.ours, n=4, count=2)) for r in rows]
    found = variables_sheet(attrs.evolve(beside, rows=tuple(few)))
    assert found.rows[-1].cells[-1] == "not compared, n < 5"
    twice = (*rows, *rows)
    found = variables_sheet(attrs.evolve(beside, rows=twice))
    assert found.rows[-1].cells[-1] == "not one number"
    part = attrs.evolve(
        rows[0],
        level_label="other",
        published=attrs.evolve(rows[0].published, count=0),
        ours=attrs.evolve(rows[0].ours, count=0),
    )
    found = variables_sheet(attrs.evolve(beside, rows=(rows[0], part)))
    assert found.rows[-1].cells[-1] == "not one number"


def test_means_are_apart_in_standard_deviations(beside: Comparison) -> None:
    """Ours minus theirs by their spread; without a spread there is no distance."""
    age = next(row for row in beside.rows if row.measure == "median")
    mean = attrs.evolve(
        age,
        measure="mean",
        published=attrs.evolve(age.published, value=50.0, sd=10.0),
        ours=attrs.evolve(age.ours, value=45.0, sd=10.0),
    )
    found = variables_sheet(attrs.evolve(beside, rows=(mean,)))
    assert found.rows[-1].cells[-1] == "\N{MINUS SIGN}0.50"
    bare = attrs.evolve(mean, ours=attrs.evolve(mean.ours, sd=math.nan))
    found = variables_sheet(attrs.evolve(beside, rows=(bare,)))
    assert found.rows[-1].cells[-1] == "not one number"
