"""Reports of studies in which parts are missing, or none is: each part says so."""

import io
import math
from typing import Any

import attrs
import docx
import matplotlib.pyplot as plt
import numpy as np
import pytest

from iph import Assessment, Cohort, FollowUp, Patient
from iph.errors import InputError
from iph.evidence import Claim
from iph.report import ForestRow, forest_figure, pain_figure, sheet, study_claims
from iph.report._contents import (
    document_of,
    results_sentences,
    summary_lines,
    warnings_of,
)
from iph.report._formats.word import document_word
from iph.report._parts.anatomy import zone_share_sheet
from iph.report._parts.baseline import patients_sentence
from iph.report._parts.changes import PAIN, changes_sheet, further_sheet
from iph.report._phrases import with_interval
from iph.report._results_json import plain
from iph.report._sheet import Sheet, SheetRow
from iph.stats import proportion
from iph.study import (
    OutcomeGroup,
    PainCourse,
    RecoveryAnalysis,
    SizeCorrelation,
    StatedOutcomes,
    Study,
    Unavailable,
    Zones,
    analyze,
    compare_with_claims,
)


def seen_once(place: int) -> Patient:
    """Return a patient with one score: at baseline or later."""
    visit = "month_1" if place % 2 else "baseline"
    only = Assessment(visit=visit, vas=3 + place)
    return Patient(patient_id=f"P{place}", follow_up=FollowUp(assessments=(only,)))


@pytest.fixture(scope="module")
def unpaired() -> Study:
    """Return a study in which no patient was seen twice."""
    cohort = Cohort([seen_once(k) for k in range(4)], label="Seen once")
    return analyze(cohort, population="all")


@pytest.fixture(scope="module")
def complete(by_hand: Study) -> Study:
    """Return the study by hand less the parts that are not available."""
    recovery = [a for a in by_hand.recovery if isinstance(a, RecoveryAnalysis)]
    assert isinstance(by_hand.size, SizeCorrelation)
    assert len(recovery) < len(by_hand.recovery)
    outcomes = StatedOutcomes(
        outcomes=(),
        overall=OutcomeGroup(
            label="all", counts=(), complete=0, share=proportion(0, 3), died=1
        ),
        group="Treatment",
        groups=(),
        test=None,
        n=3,
        n_missing=9,
    )
    whole = tuple(attrs.evolve(a, comparison=None) for a in recovery)
    return attrs.evolve(by_hand, recovery=whole, outcomes=outcomes)


def test_a_study_without_gaps_says_so(complete: Study) -> None:
    """With every part filled the documents name no gap."""
    assert complete.unavailable == ()
    told = str(document_of(complete))
    assert "Every part is filled." in told
    assert not any("Not available" in line for line in summary_lines(complete))


def test_size_is_told_where_it_is_known(by_hand: Study) -> None:
    """The sentence of the volume is there exactly if it was correlated."""
    size = Unavailable(part="Size", reason="nobody was measured", missing=())
    without = attrs.evolve(by_hand, size=size)
    with_size = set(results_sentences(by_hand)) - set(results_sentences(without))
    assert len(with_size) == 1
    assert with_size.pop().startswith("Spearman's correlation of hematoma volume")


def test_scores_of_different_patients_are_not_paired(unpaired: Study) -> None:
    """The paired test says that it is not defined; without tests there is no table."""
    pain = unpaired.pain
    assert isinstance(pain, PainCourse)
    tests = further_sheet(pain, PAIN, unpaired)
    assert tests is not None
    (skillings,) = tests.rows
    assert skillings.cells[:2] == ("Skillings-Mack", "not defined (0)")
    assert changes_sheet(pain, PAIN, unpaired) is None
    none = attrs.evolve(pain, kruskal_wallis=None, skillings_mack=None, dunn=())
    assert further_sheet(none, PAIN, unpaired) is None
    text = str(document_of(attrs.evolve(unpaired, pain=none)))
    assert "further tests of pain" not in text
    assert "Kruskal-Wallis as published" not in text
    told = " ".join(results_sentences(unpaired))
    assert "No patient had a pain score both at baseline and at month 6." in told


def test_a_visit_without_scores_prints_no_median(by_hand: Study) -> None:
    """A median of nobody is no figure that could be checked."""
    pain = by_hand.pain
    assert isinstance(pain, PainCourse)
    first = pain.visits[0]
    empty = attrs.evolve(first, quartiles=attrs.evolve(first.quartiles, n=0))
    without = attrs.evolve(
        by_hand, pain=attrs.evolve(pain, visits=(empty, *pain.visits[1:]))
    )
    lost = {c.code for c in study_claims(by_hand)} - {
        c.code for c in study_claims(without)
    }
    assert f"pain at {first.visit.value}: median" in lost


def test_zones_and_nerves_are_shown_each_by_itself(by_hand: Study) -> None:
    """The schematic shows what is known, be it one of the two."""
    gap = Unavailable(part="Zones", reason="not recorded", missing=())
    zones, nerves = by_hand.zones, by_hand.nerves
    assert isinstance(zones, Zones)
    assert not isinstance(nerves, Unavailable)
    both = zone_share_sheet(zones, nerves).rows
    assert zone_share_sheet(zones, gap).rows == both[:3]
    assert zone_share_sheet(gap, nerves).rows == both[3:]


def test_tables_without_numbers_name_no_quartiles(by_hand: Study) -> None:
    """The rule of quartiles is named only if a number is described."""
    table = by_hand.table_one
    words = attrs.evolve(table, rows=tuple(r for r in table.rows if r.name == "side"))
    assert "Quartiles by" in " ".join(sheet(table).notes)
    assert "Quartiles by" not in " ".join(sheet(words).notes)


def test_patients_without_sex_are_told_by_age(by_hand: Study) -> None:
    """What is not recorded is left out of the sentence of the patients."""
    table = by_hand.table_one
    rows = tuple(row for row in table.rows if row.name == "age_years")
    told = patients_sentence(
        attrs.evolve(by_hand, table_one=attrs.evolve(table, rows=rows))
    )
    assert told.startswith("Median age (Q1, Q3) was ")
    assert "male" not in told
    assert "cause" not in told


def test_a_share_of_nobody_has_no_interval() -> None:
    """Of nobody there is neither a percentage nor an interval."""
    assert with_interval(0, proportion(0, 0)) == "none recorded"
    assert "95 % CI" in with_interval(1, proportion(1, 2))


def test_a_comparison_of_means_alone_needs_no_interval_of_shares(
    by_hand: Study,
) -> None:
    """Each note explains what stands in the table."""
    printed = Claim(
        code="age",
        where="Table 1",
        printed="48.1 (12.2)",
        kind="mean-sd",
        of="28",
        variable="age_years",
    )
    notes = " ".join(
        sheet(compare_with_claims(by_hand, [printed], source="Li 2023")).notes
    )
    assert "Welch" in notes
    assert "Miettinen" not in notes


def test_excluded_records_that_are_analyzed_are_a_warning(by_hand: Study) -> None:
    """Whoever analyzes all records reads that some do not meet the criteria."""
    first, *others = by_hand.patients
    lost = attrs.evolve(
        first, follow_up=attrs.evolve(first.follow_up, lost_to_follow_up=True)
    )
    cohort = Cohort([lost, *others], label="By hand")
    study = analyze(cohort, population="all")
    assert study.screening.n_excluded == 1
    assert any("do not meet the criteria" in line for line in warnings_of(study))


def test_an_interval_without_bounds_is_not_drawn() -> None:
    """A bar or a diamond that is not defined leaves its words alone."""
    known = proportion(3, 8)
    unknown = attrs.evolve(known, low=math.nan, high=math.nan)
    rows = [
        ForestRow(label="a", estimate=known, text="3/8"),
        ForestRow(label="b", estimate=unknown, text="?", shape="bar"),
        ForestRow(label="c", estimate=unknown, text="?", shape="diamond"),
    ]
    drawn = forest_figure(rows)
    only = forest_figure(rows[:1])
    assert len(drawn.axes[0].lines) == len(only.axes[0].lines)
    assert not drawn.axes[0].patches


def test_axes_without_a_figure_are_refused(by_hand: Study) -> None:
    """What was removed from its figure cannot be drawn on: nobody would see it."""
    pain = by_hand.pain
    assert isinstance(pain, PainCourse)
    figure, axes = plt.subplots()
    axes.remove()
    with pytest.raises(InputError, match="Axes of a figure"):
        pain_figure(pain, ax=axes)
    plt.close(figure)


def test_a_word_table_of_a_head_alone_is_closed(by_hand: Study) -> None:
    """A table without rows keeps the lines of its head."""
    document = document_of(by_hand)
    bare = Sheet(name="bare", title="Bare", header=("Nothing",), rows=())
    section = attrs.evolve(document.sections[0], blocks=(bare,))
    content = document_word(attrs.evolve(document, sections=(section,)), {})
    assert content.startswith(b"PK")


def test_a_title_of_any_length_stands_in_word(by_hand: Study) -> None:
    """It is whole on the page, and cut only among the properties of the file."""
    long = "Iliopsoas hematoma " * 40
    titled = attrs.evolve(document_of(by_hand), title=long, sections=())
    content = document_word(titled, {})
    word = docx.Document(io.BytesIO(content))
    assert word.paragraphs[0].text == long
    assert word.core_properties.title == long[:255]


def in_word(study: Study, *sheets: Sheet) -> Any:
    """Return a Word document of some tables alone."""
    document = document_of(study)
    section = attrs.evolve(document.sections[0], blocks=sheets)
    content = document_word(attrs.evolve(document, sections=(section,)), {})
    return docx.Document(io.BytesIO(content))


def test_word_tables_stand_on_one_page(by_hand: Study) -> None:
    """No row is broken; a short table is moved as a whole, a long one is not."""
    rows = tuple(SheetRow((f"row {k}",)) for k in range(40))
    tables = [
        Sheet(name="short", title="Short", header=("Rows",), rows=rows[:5]),
        Sheet(name="long", title="Long", header=("Rows",), rows=rows),
    ]
    short, long = in_word(by_hand, *tables).tables
    for table, kept in ((short, 5), (long, 3)):
        together = [
            row.cells[0].paragraphs[0].paragraph_format.keep_with_next
            for row in table.rows
        ]
        assert together == [True] * kept + [None] * (len(together) - kept)
        assert table._tbl.xml.count("<w:cantSplit/>") == len(together)


def test_numbers_of_numpy_are_plain_in_json() -> None:
    """What NumPy counts is a number as any other."""
    assert plain((np.int64(3), np.float64("nan"))) == [3, None]
    assert type(plain(np.int64(3))) is int


def test_the_notes_of_a_word_table_stand_below_it(by_hand: Study) -> None:
    """The last row is kept on the page of the notes, and these on one page."""
    rows = (SheetRow(("row 1",)), SheetRow(("row 2",)))
    noted = Sheet(
        name="n", title="N", header=("Rows",), rows=rows, notes=("one", "two")
    )
    word = in_word(by_hand, noted)
    (table,) = word.tables
    for row in table.rows:
        assert row.cells[0].paragraphs[0].paragraph_format.keep_with_next
    kept = {p.text: p.paragraph_format.keep_with_next for p in word.paragraphs}
    assert kept["one"] is True
    assert not kept["two"]


def test_an_empty_cell_of_word_is_as_high_as_the_others(by_hand: Study) -> None:
    """The mark of its paragraph has the size of the type of the table."""
    sheet = Sheet(name="e", title="E", header=("A",), rows=(SheetRow(("",)),))
    (table,) = in_word(by_hand, sheet).tables
    marks = table._tbl.xpath(".//w:pPr/w:rPr/w:sz/@w:val")
    assert marks == ["18", "18"]  # half points


def test_ten_columns_of_recovery_stand_on_a_page_of_word(by_hand: Study) -> None:
    """The head breaks after its hyphens; no visit and no interval is broken."""
    header = (
        *("Coagulation", "By", "Recovered", "Not recovered", "Died before"),
        *("Undetermined", "Share recovered", "Exact 95 % limits"),
        *("Interval-censored estimate", "Kaplan-Meier (95 % CI)"),
    )
    cells = ("abnormal", "month 3", "10", "10", "1", "1", "69 to 77 %")
    row = SheetRow((*cells, "38 to 100 %", "54 %", "100 % (25 to 100 %)"))
    sheet = Sheet(name="r", title="R", header=header, rows=(row,))
    (table,) = in_word(by_hand, sheet).tables
    widths = [cell.width.inches for cell in table.rows[0].cells]
    assert sum(widths) < 8.5 - 2 * 0.9 + 0.01
    for text, width in zip(row.cells[:9], widths, strict=False):
        assert len(text) * 0.052 + 0.1 < width + 0.01, text


def test_prose_is_broken_before_a_label(by_hand: Study) -> None:
    """A column of sentences leaves to the others the room that they need."""
    cells = ("Signed-rank, month 3", "< .001", "exact", "a sentence of words " * 3)
    sheet = Sheet(
        name="p",
        title="P",
        header=("Test", "P value", "Method", "Remark"),
        rows=(SheetRow((*cells, "and one more, as long as the other " * 2)),),
    )
    sheet = attrs.evolve(sheet, header=(*sheet.header, "Further remark"))
    (table,) = in_word(by_hand, sheet).tables
    label, p, method, *remarks = (cell.width.inches for cell in table.rows[0].cells)
    assert label > 20 * 0.072
    assert p < method + 0.2 < label
    assert remarks[0] == pytest.approx(remarks[1], abs=0.01)
