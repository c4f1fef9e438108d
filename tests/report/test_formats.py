"""One table in four formats, and the words of a report."""

import math
import re

import attrs
import pytest

from iph.errors import InputError
from iph.report import Sheet, SheetRow, interval_figure, sheet
from iph.report._baseline_sheets import number_text
from iph.report._checklists import AUTHOR, checklist_sheets
from iph.report._contents import document_of
from iph.report._course_sheets import quartile_text
from iph.report._methods import assumptions, methods_sentences, rules_used, warnings_of
from iph.report._recovery_sheets import window_text
from iph.report._sentences import results_sentences
from iph.stats import describe, turnbull
from iph.study import RecoveryAnalysis, Study, Unavailable

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
    assert '<th scope="row" class="level">level [1]</th>' in text
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
    assert r"\caption{50 \% \& $<$b$>$more$<$/b$>$}" in text
    assert r"\quad level [1] & P $<$ .001 \\" in text
    assert r"{}*head* & $-$1.5 \\" in text
    assert r"10$^{9}$/L, 90\textdegree{} \# \{x\}" in text
    assert HARD._repr_latex_() == text
    assert text.count(r"\toprule") == text.count(r"\bottomrule") == 1


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
    parts += [by_hand.recovery[0]]
    names = [sheet(part).name for part in parts]  # type: ignore[arg-type] # all there
    assert names == [
        *("flow", "baseline", "coagulation", "pain", "grades_numbness", "zones"),
        *("nerves", "size", "recovery_strength-5"),
    ]
    with pytest.raises(InputError, match="result must be a part of a Study"):
        sheet(by_hand)  # type: ignore[arg-type] # on purpose
    with pytest.raises(InputError, match="has a sentence"):
        sheet(by_hand.unavailable[0])  # type: ignore[arg-type] # on purpose


def test_the_table_of_groups_names_each_test(by_hand: Study) -> None:
    """With groups, each row that is compared has its test, P and difference."""
    found = sheet(by_hand.table_one)
    assert found.header[:3] == ("Characteristic", "Overall (n = 12)", "Female (n = 4)")
    assert found.header[-3:] == ("SMD (95 % CI)", "P value", "Test")
    age = next(row for row in found.rows if row.cells[0].startswith("Age"))
    assert age.cells[-1].startswith("Mann-Whitney")
    assert all(len(row.cells) == len(found.header) for row in found.rows)


def test_sentences_come_from_the_results(by_hand: Study) -> None:
    """Counts, denominators, intervals and P values are those of the study."""
    text = " ".join(results_sentences(by_hand))
    assert "Of 12 records, 0 met the criteria" in text
    assert "trauma 6/12 (50.0 %)" in text
    assert "in 3/12 (25.0 %; 95 % CI, 5.5 to 57.2 %) at baseline" in text
    assert "femoral 10/10 (100.0 %; 95 % CI," in text
    analysis = by_hand.recovery[0]
    assert isinstance(analysis, RecoveryAnalysis)
    assert analysis.exact is not None
    assert f"(exact log-rank, two-sided rule {analysis.exact.two_sided}, P" in text
    assert not re.search(r"\bnan\b|None|Fraction", text)


def test_groups_are_told_with_what_differs(by_hand: Study, published: Study) -> None:
    """Groups, sizes, tests and how many differ by chance; nothing without groups."""
    text = next(t for t in results_sentences(by_hand) if t.startswith("Grouped by"))
    assert text.startswith("Grouped by Sex: female (n = 4), male (n = 8). Of ")
    tested = [row for row in by_hand.table_one.rows if row.test]
    assert f"Of {len(tested)} characteristics compared, " in text
    assert not any(t.startswith("Grouped") for t in results_sentences(published))
    table = by_hand.table_one

    def told(p_value: float, n_ungrouped: int = 0) -> str:
        rows = tuple(attrs.evolve(row, p_value=p_value) for row in tested)
        changed = attrs.evolve(table, rows=rows, n_ungrouped=n_ungrouped)
        study = attrs.evolve(by_hand, table_one=changed)
        return next(t for t in results_sentences(study) if t.startswith("Grouped"))

    assert told(0.2).endswith("compared, none differed at the .05 level.")
    chance = f"about {len(tested) / 20:g}: "
    found = told(0.01, n_ungrouped=3)
    assert f"{len(tested)} differed at the .05 level without adjustment" in found
    assert chance in found
    assert "male (n = 8), and 3 not known. Of" in found
    assert told(math.nan).endswith("No characteristic could be compared.")


def test_methods_name_every_rule(by_hand: Study) -> None:
    """Tests, variants, rules and versions stand in the methods and the rules."""
    text = " ".join(methods_sentences(by_hand))
    for name in ("weibull", "Clopper", "Friedman", "Holm", "Kaplan-Meier", "Turnbull"):
        assert name in text
    for name in ("Kruskal-Wallis", "independence", "Spearman", "Skillings-Mack", "iph"):
        assert name in text
    rules = " ".join(rules_used(by_hand))
    for name in ("Li 2023", "li2023", "ellipsoid", "shapiro-wilk", "2023", "all"):
        assert name in rules
    assert any("independence of the groups fails" in a for a in assumptions(by_hand))


def test_warnings_say_what_limits_a_study(by_hand: Study, nobody: Study) -> None:
    """Made-up patients, unknown eligibility, missed visits and empty studies."""
    told = " ".join(warnings_of(by_hand))
    assert "made up" in told
    assert "Eligibility is not known" in told
    assert "at month 6 10 of 12 patients were assessed" in told
    assert any("No patient is analyzed" in line for line in warnings_of(nobody))


def test_checklists_point_to_chapters_that_exist(by_hand: Study, nobody: Study) -> None:
    """Each item names a chapter of the report, or says that the authors must."""
    for study in (by_hand, nobody):
        titles = {section.title for section in document_of(study).sections}
        for found in checklist_sheets(study):
            for row in found.rows:
                where = re.sub(r"; in part.*| \(Li 2023\)", "", row.cells[2])
                named = set(where.split(", ")) if where in titles else set()
                if not named and AUTHOR not in where and "in part" not in where:
                    named = set(where.split(", "))
                assert named <= titles, row.cells


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
    assert quartile_text(few) == "4"
    assert quartile_text(attrs.evolve(few, n=0)) == "none recorded"
    short = describe([3, 4], rule="median")
    undefined = attrs.evolve(
        short, quartiles=attrs.evolve(short.quartiles, q1=math.nan)
    )
    assert number_text(undefined, "median") == "3.5 (quartiles not defined)"
    assert number_text(describe([3]), "mean") == "3.0 (not defined)"


def test_where_a_median_lies_is_said_as_far_as_visits_tell(by_hand: Study) -> None:
    """An exact day, a stretch between visits, or only that it is later."""
    analysis = by_hand.recovery[0]
    assert isinstance(analysis, RecoveryAnalysis)
    ends = {
        "day 30": turnbull([30], [30]),
        "after day 7, by day 30": turnbull([7], [30]),
        "after day 30": turnbull([30], [math.inf]),
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
