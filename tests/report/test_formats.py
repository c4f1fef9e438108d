"""One table in four formats, and the words of a report."""

import io
import math
import re

import attrs
import docx
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH

from iph.errors import InputError
from iph.report import Sheet, SheetRow, interval_figure, sheet
from iph.report._checklists import ABSENT, AUTHOR
from iph.report._contents import (
    assumptions,
    document_of,
    methods_sentences,
    results_sentences,
    warnings_of,
)
from iph.report._document import Document, Section
from iph.report._formats.html import document_html
from iph.report._formats.word import document_word
from iph.report._numbers import MINUS
from iph.report._phrases import middle_text, number_text, window_text
from iph.report._rules import rules_used
from iph.stats import describe, turnbull
from iph.study import RecoveryAnalysis, Study, Unavailable, analyze

HARD = Sheet(
    name="hard",
    title="50 % & <b>more</b>",
    header=("A_b", "x|y"),
    rows=(
        SheetRow(("*head*", "\N{MINUS SIGN}1.5")),
        SheetRow(("level [1]", "P < .001"), indent=True),
    ),
    notes=("10\N{SUPERSCRIPT NINE}/L, 90\N{DEGREE SIGN} # {x}",),
)


def test_html_escapes_what_is_markup() -> None:
    """Text of a cell never becomes markup of the page."""
    text = HARD.html()
    assert "&lt;b&gt;more&lt;/b&gt;" in text
    assert "<b>" not in text
    assert 'class="level" style="padding-left: 1.5em">level [1]</th>' in text
    assert HARD._repr_html_() == text


def test_markdown_escapes_what_is_markup() -> None:
    """A pipe does not part a cell, a star does not slant it; P < .001 stays legible."""
    lines = HARD.markdown().splitlines()
    assert lines[0] == r"| A_b | x\|y |"
    assert lines[2] == "| \\*head\\* | \N{MINUS SIGN}1.5 |"
    assert lines[3] == r"| &nbsp;&nbsp;level \[1\] | P < .001 |"
    assert HARD._repr_markdown_() == HARD.markdown()


def test_latex_escapes_what_is_markup() -> None:
    """Every character with a meaning in LaTeX is printed as itself."""
    text = HARD.latex()
    assert r"\caption{50~\% \& $<$b$>$more$<$/b$>$}" in text
    assert r"\quad level [1] & P~$<$~.001 \\" in text
    assert r"{}*head* & $-$1.5 \\" in text
    assert r"10$^{9}$/L, 90\textdegree{} \# \{x\}" in text
    assert HARD._repr_latex_() == text
    # The head stands on the first page and on each further one.
    assert text.count(r"\toprule") == 2
    assert text.count(r"\bottomrule") == 1


def sheet_of(columns: int, cell: str) -> Sheet:
    """Return a table of two rows of one cell over and over."""
    rows = (SheetRow((cell,) * columns),) * 2
    return Sheet(name="x", title="X", header=("h",) * columns, rows=rows)


@pytest.mark.parametrize(
    ("columns", "cell", "size", "turned"),
    [
        (3, "28/28 (100 %)", "footnotesize", False),
        (3, "a sentence of words " * 9, "footnotesize", False),
        (12, "28 of 28", "footnotesize", False),
        (10, "28/28(100%)", "scriptsize", True),
        (12, "antithrombotic", "tiny", True),
        (40, "antithrombotic", "tiny", True),
    ],
)
def test_a_table_in_latex_is_never_wider_than_its_page(
    columns: int, cell: str, size: str, *, turned: bool
) -> None:
    """Type shrinks, then the page is turned; the columns never take more than it."""
    text = sheet_of(columns, cell).latex()
    parts = [float(part) for part in re.findall(r"dimexpr([\d.]+)\\linewidth", text)]
    assert len(parts) == columns
    assert sum(parts) <= 1 + columns * 1e-4
    assert f"\\{size}\n" in text
    assert (r"\begin{landscape}" in text) == turned == ("pdflscape" in text)


def test_prose_stands_at_the_left_in_markdown() -> None:
    """Figures stand at the right, sentences at the left."""
    rows = (SheetRow(("a", "1", "a sentence of words " * 3)),)
    mixed = Sheet(name="x", title="X", header=("h", "n", "Remark"), rows=rows)
    assert mixed.prose == (False, False, True)
    assert mixed.markdown().splitlines()[1] == "| --- | ---: | --- |"
    assert attrs.evolve(mixed, rows=()).prose == (False, False, False)
    assert attrs.evolve(mixed, rows=()).figures == (False, False, False)


@pytest.mark.parametrize(
    ("cells", "right"),
    [
        (("24/28 (86 %)", "none recorded"), True),
        (("24/28 (86 %); 2 died",), True),
        (("reported in 4 of 59", "42/51 (82 %)"), True),
        (("< .001", ".03", "> .99"), True),
        ((f"{MINUS}3 ({MINUS}4 to {MINUS}2)", "+14 (no interval)"), True),
        (("45 (24, 56.25), n = 26; 95 % CI, 26 to 54",), True),
        (("26 patients", "30 pairs"), True),
        (("30", "later"), True),
        (("median +3 years", "0.49"), True),
        (("", ""), True),
        (("exact", "Monte Carlo"), False),
        (("0, no contraction", "5, normal"), False),
        (("III, moderate", "not assessed"), False),
        (("week 1", "month 6"), False),
        (("after day 91, by day 182",), False),
        (("5/7 (71 %) with the event",), False),
        (("normal 5 of 7; abnormal 11 of 13", "P = .65", "3 percentage points"), False),
    ],
)
def test_short_words_stand_at_the_left_and_figures_at_the_right(
    cells: tuple[str, ...], *, right: bool
) -> None:
    """In a page, a notebook, Word, LaTeX and Markdown alike; never the first column."""
    rows = tuple(SheetRow((f"{k}", cell)) for k, cell in enumerate(cells))
    sheet = Sheet(name="x", title="X", header=("h", "What"), rows=rows)
    assert sheet.figures == (False, right)
    assert sheet.markdown().splitlines()[1].endswith("| ---: |" if right else "| --- |")
    side = "right" if right else "left"
    assert sheet.html().count(f'style="text-align: {side}"') == len(cells) + right
    page = document_html(document_with(sheet), {})
    assert page.count('class="number"') == (len(cells) + 1 if right else 0)
    wrong = "left" if right else "right"  # the side that is ragged
    assert sheet.latex().count(rf"\ragged{wrong}\arraybackslash") == 2 - right
    word = docx.Document(io.BytesIO(document_word(document_with(sheet), {})))
    (table,) = word.tables
    at_right = [
        row.cells[1].paragraphs[0].alignment == WD_ALIGN_PARAGRAPH.RIGHT
        for row in table.rows
    ]
    assert at_right == [right] * (len(cells) + 1)
    assert all(row.cells[0].paragraphs[0].alignment is None for row in table.rows)


def document_with(sheet: Sheet) -> Document:
    """Return a document of one table."""
    section = Section(name="s", title="S", blocks=(sheet,))
    return Document(title="T", subtitle="S", banner="", sections=(section,))


def test_csv_has_a_column_of_levels() -> None:
    """A level stands beside the row that it belongs to; minus is a hyphen."""
    assert HARD.csv().splitlines() == [
        "A_b,Level,x|y",
        "*head*,,-1.5",
        "*head*,level [1],P < .001",
    ]


def test_every_part_of_a_study_becomes_a_table(by_hand: Study) -> None:
    """Each part that is there can be shown by itself; what is none is refused."""
    parts = [by_hand.screening, by_hand.table_one, by_hand.coagulation, by_hand.pain]
    parts += [by_hand.grades[0], by_hand.zones, by_hand.nerves, by_hand.size]
    parts += [by_hand.recovery[0], by_hand.attendance]
    names = [sheet(part).name for part in parts]  # type: ignore[arg-type] # all there
    assert names == [
        *("flow", "baseline", "coagulation", "pain", "grades_numbness", "zones"),
        *("nerves", "size", "recovery_strength-5", "attendance"),
    ]
    with pytest.raises(InputError, match="result must be a part of a Study"):
        sheet(by_hand)  # type: ignore[arg-type] # on purpose
    with pytest.raises(InputError, match="has a sentence"):
        sheet(by_hand.unavailable[0])  # type: ignore[arg-type] # on purpose


def test_the_table_of_groups_names_each_test(by_hand: Study) -> None:
    """With P values asked for, each row that is compared has its test and P."""
    plain = sheet(by_hand.table_one)
    assert plain.header[-1] == "SMD (95 % CI)"
    tested = analyze(by_hand.cohort, population="all", by="sex", p_values=True)
    found = sheet(tested.table_one)
    assert found.header[:3] == ("Characteristic", "Overall (n = 12)", "Female (n = 4)")
    assert found.header[-3:] == ("SMD (95 % CI)", "P value", "Test")
    age = next(row for row in found.rows if row.cells[0].startswith("Age"))
    assert age.cells[-1].startswith("Mann-Whitney")
    assert all(len(row.cells) == len(found.header) for row in found.rows)


def test_sentences_come_from_the_results(by_hand: Study) -> None:
    """Counts, denominators, intervals and P values are those of the study."""
    text = " ".join(results_sentences(by_hand))
    assert "Of 12 records assessed, none met the criteria" in text
    assert "trauma in 6" in text
    # Ten were scored both at baseline and at month 6; the seventh had died.
    assert (
        "n = 10 scored at both visits; sign test, unadjusted P = .002): 10 had less "
        "pain"
    ) in text
    assert "1 further patient scored at baseline had died by then" in text
    assert "10 of 11 patients due (91 %) were seen; 1 had died." in text
    assert "1 patient is known to have died." in text
    # Only "involved" is recorded of the femoral nerve, and "unknown" of two.
    assert "the femoral nerve in 10 of 12 patients; it was recorded only where" in text
    analysis = by_hand.recovery[0]
    assert isinstance(analysis, RecoveryAnalysis)
    assert analysis.lead == "incidence-at-visit"
    told = next(t for t in text.split("Recovery of ") if t.startswith("thigh"))
    assert "1 died before recovery was seen" in told
    assert "log-rank" not in told
    assert "median" not in told.lower()
    assert "Kaplan-Meier" not in text.replace("reverse Kaplan-Meier", "")
    assert "cannot be attributed to treatment" in text
    for words in ("of whom", "did not differ", "keeps its level", "recommended"):
        assert words not in text
    assert not re.search(r"\bnan\b|None|Fraction", text)


def test_groups_are_told_without_counting_what_differs(
    by_hand: Study, published: Study
) -> None:
    """Groups and sizes; no count of rows that differ, and nothing without groups."""
    text = next(t for t in results_sentences(by_hand) if t.startswith("Groups by sex"))
    assert text == "Groups by sex: female, 4; male, 8."
    assert not any(t.startswith("Groups by") for t in results_sentences(published))
    table = attrs.evolve(by_hand.table_one, n_ungrouped=3)
    told = results_sentences(attrs.evolve(by_hand, table_one=table))
    assert "Groups by sex: female, 4; male, 8; it was not known for 3 patients." in told


def test_methods_name_every_rule(by_hand: Study) -> None:
    """Tests, variants, rules and versions stand in the methods and the rules."""
    text = " ".join(methods_sentences(by_hand))
    for name in ("Weibull", "Clopper-Pearson", "sign test", "Holm", "Kaplan-Meier"):
        assert name in text
    for name in ("Kruskal-Wallis", "Spearman", "Skillings-Mack", "Aalen-Johansen"):
        assert name in text
    for name in ("month 6", "uncontrolled", "not imputed", "competing event", "iph"):
        assert name in text
    rules = " ".join(rules_used(by_hand))
    for name in (
        "Li 2023",
        "the rule of Li 2023",
        "ellipsoid",
        "median",
        "2023",
        "all",
    ):
        assert name in rules
    assert any(
        "missed and patients died regardless of pain" in a for a in assumptions(by_hand)
    )
    as_published = analyze(by_hand.cohort, population="all", description="shapiro-wilk")
    assert any("Shapiro-Wilk p" in a for a in assumptions(as_published))


def test_warnings_say_what_limits_a_study(by_hand: Study, nobody: Study) -> None:
    """Made-up patients, unknown eligibility, missed visits and empty studies."""
    told = " ".join(warnings_of(by_hand))
    assert "made up" in told
    assert "Eligibility could not be determined" in told
    assert "1 patient died" in told
    assert "cannot be attributed to treatment" in told
    assert "At month 6, 10 of 11 patients due were assessed for pain, numbness" in told
    assert any("No patient is analyzed" in line for line in warnings_of(nobody))


def checklists(study: Study) -> list[Sheet]:
    """Return the checklists of a report."""
    chapters = {section.name: section for section in document_of(study).sections}
    blocks = chapters["checklists"].blocks
    return [block for block in blocks if isinstance(block, Sheet)]


def test_checklists_point_to_chapters_that_exist(by_hand: Study, nobody: Study) -> None:
    """Each item names a chapter of the report, or says that the authors must."""
    for study in (by_hand, nobody):
        titles = {section.title for section in document_of(study).sections}
        for found in checklists(study):
            for row in found.rows:
                where = re.sub(r"; in part.*| \([^)]*\)", "", row.cells[2])
                named = set(where.split(", ")) if where in titles else set()
                silent = where in {AUTHOR, ABSENT} or "in part" in where
                if not named and not silent:
                    named = set(where.split(", "))
                assert named <= titles, row.cells


CHECKLISTS = {
    "strobe": 32,
    "record": 13,
    "process": 19,
    "care": 27,
    "robins_i": 7,
    "immpact": 6,
}


def test_checklists_are_whole(by_hand: Study, nobody: Study) -> None:
    """Every topic of every guideline stands there once, answered by the report or not.

    Of a study of nobody nothing is claimed but its flow, its rules and its warnings.
    """
    for study in (by_hand, nobody):
        found = {s.name.removeprefix("checklist_"): s for s in checklists(study)}
        assert {name: len(s.rows) for name, s in found.items()} == CHECKLISTS
        for listed in found.values():
            topics = [row.cells[0] for row in listed.rows]
            assert len(set(topics)) == len(topics)
            assert all(row.cells[0] and row.cells[2] for row in listed.rows)
            assert "doi:" in listed.notes[0]
    care = {r.cells[1]: r.cells[2] for r in checklists(nobody)[3].rows}
    assert {care[item] for item in ("5a", "6", "7", "10a", "12", "13")} == {AUTHOR}
    assert "Warnings" in care["11a"]


def test_checklists_claim_what_is_there(by_hand: Study, nobody: Study) -> None:
    """Pain, the timeline and confounding are claimed where they are, and only there."""
    for study, pain, timeline in ((by_hand, "Pain", "Participants"), (nobody, "", "")):
        sheets = {found.name: found for found in checklists(study)}
        immpact = {r.cells[1]: r.cells[2] for r in sheets["checklist_immpact"].rows}
        care = {r.cells[1]: r.cells[2] for r in sheets["checklist_care"].rows}
        robins = {r.cells[1]: r.cells[2] for r in sheets["checklist_robins_i"].rows}
        assert immpact["1"].startswith(pain or AUTHOR)
        assert care["7"].startswith(timeline or AUTHOR)
        assert immpact["3"] == robins["4"] == AUTHOR
    assert robins["1"] == ABSENT


@pytest.mark.parametrize("name", ["by_hand", "published", "nobody"])
def test_names_of_tables_and_figures_are_unique(
    name: str, request: pytest.FixtureRequest
) -> None:
    """No file of a report overwrites another."""
    document = document_of(request.getfixturevalue(name))
    tables = [s.name for s in document.sheets]
    figures = [p.name for p in document.pictures]
    assert len(set(tables)) == len(tables)
    assert len(set(figures)) == len(figures)
    own = [p.data.name for p in document.pictures if p.data not in document.sheets]
    assert not set(own) & set(tables)


def test_what_is_undefined_is_printed_in_words(by_hand: Study) -> None:
    """Quartiles, medians and stretches without end say what they are."""
    assert not isinstance(by_hand.pain, Unavailable)
    few = attrs.evolve(
        by_hand.pain.visits[0].quartiles, q1=math.nan, q3=math.nan, median=4.0
    )
    assert middle_text(few) == "4"
    assert middle_text(attrs.evolve(few, n=0)) == "none recorded"
    short = describe([3, 4], rule="median")
    undefined = attrs.evolve(
        short, quartiles=attrs.evolve(short.quartiles, q1=math.nan)
    )
    assert number_text(undefined, "median") == "3.5"
    assert number_text(describe([325], rule="median"), "median") == "325"
    assert number_text(describe([3], rule="mean"), "mean") == "3.0"


def test_where_a_median_lies_is_said_as_far_as_visits_tell(by_hand: Study) -> None:
    """An exact day, a stretch between visits, or only that it is later."""
    analysis = by_hand.recovery[0]
    assert isinstance(analysis, RecoveryAnalysis)
    ends = {
        "day 30": turnbull([30], [30]),
        "after day 7, by day 30": turnbull([7], [30]),
        "after day 30": turnbull([30], [math.inf]),
        # Half by day 30 and the others later: the first median, as of Kaplan-Meier.
        "after day 1, by day 30": turnbull([1, 30], [30, 91]),
        "after day 3, by day 30": turnbull([3, 30], [30, math.inf]),
    }
    for words, visits in ends.items():
        assert window_text(attrs.evolve(analysis.overall, visits=visits)) == words
        figure = interval_figure(
            attrs.evolve(
                analysis,
                groups=(),
                overall=attrs.evolve(analysis.overall, visits=visits),
            )
        )
        assert figure.axes[0].get_lines()
