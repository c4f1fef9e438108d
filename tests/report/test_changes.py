"""Changes against baseline, as the text, the tables and the methods tell them."""

import math
import re
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph import Assessment, Cohort, FollowUp, Patient
from iph.protocol import read_protocol
from iph.records import read
from iph.report._contents import (
    document_of,
    methods_sentences,
    results_sentences,
    summary_lines,
)
from iph.report._document import Document
from iph.report._numbers import MINUS, trimmed
from iph.report._parts.changes import PAIN, effect_text
from iph.stats import median_interval
from iph.study import Study, analyze
from iph.study._pain import PainCourse

STUDIES = Path(__file__).parents[1] / "protocol" / "studies"
VISITS = ("baseline", "week_1", "month_6")
CROSSING = ((7, 3), (6, 4), (5, 2), (8, 9), (4, 6), (7, 5), (6, 5), (3, 4))


def seen(visit: str, **values: Any) -> Assessment:
    """Return a visit with what was seen there."""
    return Assessment(visit=visit, **values)


def study_of(
    rows: list[tuple[int | None, ...]],
    visits: tuple[str, ...] = ("baseline", "month_6"),
    field: str = "vas",
    **changed: Any,
) -> Study:
    """Return the study of patients with these values at these visits."""
    patients = [
        Patient(
            patient_id=f"P{place}",
            follow_up=FollowUp(
                assessments=[
                    seen(visit, **{field: value})
                    for visit, value in zip(visits, row, strict=True)
                    if value is not None
                ]
            ),
        )
        for place, row in enumerate(rows)
    ]
    return analyze(Cohort(patients, **changed), population="all")


def notes_of(document: Document, name: str) -> str:
    """Return what stands below a table."""
    (sheet,) = [sheet for sheet in document.sheets if sheet.name == name]
    return " ".join(sheet.notes)


def limits(text: str) -> tuple[float, float]:
    """Return the ends of the interval of a sentence."""
    found = re.search(rf"CI, ({MINUS}?[\d.]+) to ({MINUS}?[\d.]+);", text)
    assert found is not None, text
    low, high = (float(end.replace(MINUS, "-")) for end in found.groups())
    return low, high


def test_the_interval_of_a_fall_has_the_sign_of_the_fall() -> None:
    """Pain fell by 1.5 with a rise of 2 and a fall of 4 as the ends."""
    (told,) = [t for t in results_sentences(study_of([*CROSSING])) if "fell" in t]
    assert f"fell by a median of 1.5 points (95 % CI, {MINUS}2 to 4; n = 8" in told


@pytest.fixture(scope="module")
def crossing() -> PainCourse:
    """Return pain that fell or rose: who can say."""
    course = study_of([*CROSSING]).pain
    assert isinstance(course, PainCourse)
    return course


@given(gains=st.lists(st.integers(-10, 10), min_size=6, max_size=12))
def test_the_estimate_lies_within_its_interval(
    gains: list[int], crossing: PainCourse
) -> None:
    """However scores went, the interval printed holds the size that is printed.

    What rose by as much as another fell has the same size and the same interval.
    """
    there, back = (
        effect_text(
            attrs.evolve(
                crossing.changes[0], change=median_interval([sign * g for g in gains])
            ),
            PAIN,
            1,
        )
        for sign in (1, -1)
    )
    low, high = limits(there)
    size = abs(median_interval(gains).estimate)
    assert low <= size <= high
    if size:
        assert f"by a median of {trimmed(size, 1)} points" in there
        assert limits(back) == (low, high)
        assert ("fell" in there) == ("rose" in back)


def test_a_p_value_of_the_text_says_that_the_table_adjusts_it() -> None:
    """Two visits: the text gives P of the primary one alone, and both places say so."""
    rows = [(8, 6, 3), (7, 6, 2), (9, 7, 4), (6, 6, 1), (7, 5, 2), (8, 7, 1)]
    study = study_of([*rows], VISITS)
    told = " ".join(results_sentences(study))
    assert "sign test, unadjusted P = .03" in told
    below = notes_of(document_of(study), "pain_changes")
    assert "adjusted after Holm for 2 visits; the text gives that of the primary" in (
        below
    )
    assert "unadjusted" in below
    methods = " ".join(methods_sentences(study))
    assert "Holm's adjustment for the visits of a table; the text gives" in methods


def test_one_visit_has_nothing_to_adjust() -> None:
    """With one visit after baseline both places have one P value, and no word of it."""
    study = study_of([*CROSSING])
    told = " ".join(results_sentences(study))
    assert "sign test, P = " in told
    assert "Holm" not in " ".join(methods_sentences(study))
    assert "Holm" not in notes_of(document_of(study), "pain_changes")


def test_symmetry_is_assumed_by_the_tests_that_assume_it() -> None:
    """Friedman's test assumes no symmetric changes."""
    told = " ".join(methods_sentences(study_of([*CROSSING])))
    assert "both of which assume" not in told
    assert (
        "Friedman's test of the patients seen at every visit and the signed-rank test "
        "of each visit against baseline with the Hodges-Lehmann estimate; the "
        "signed-rank test and the Hodges-Lehmann estimate assume symmetric changes."
    ) in told


FEW: list[tuple[int | None, ...]] = [(7, k if k < 6 else None) for k in range(14)]
HEADS = ("P value", "Change (95 % CI)")


def test_no_table_tests_what_the_text_does_not_test() -> None:
    """Six of fourteen at month 6: bounds of those with less pain, and no P value."""
    study = study_of(FEW)
    (told,) = [t for t in results_sentences(study) if "pain score" in t]
    assert told.endswith(
        "6 had less pain, none the same and none more; no test was made. Whatever the "
        "others alive had, at least 6 and at most 14 of 14 had less pain."
    )
    document = document_of(study)
    sheets = {sheet.name: sheet for sheet in document.sheets}
    assert "pain_tests" not in sheets
    assert not set(HEADS) & set(sheets["pain_changes"].header)
    assert sheets["pain_changes"].rows[0].cells[4] == f"{MINUS}4.5"
    below = notes_of(document, "pain_changes")
    assert "month 6, at least 6 and at most 14 of 14." in below
    assert "P," not in below
    methods = " ".join(methods_sentences(study))
    assert "were not tested; the least and the most patients" in methods
    for name in ("sign test", "Skillings-Mack", "signed-rank", "Holm"):
        assert name not in methods
    assert not any("Skillings-Mack" in text for text in _assumed(document))
    (line,) = [line for line in summary_lines(study) if line.startswith("Pain,")]
    assert f"median change {MINUS}4.5; 6 better" in line


def _assumed(document: Document) -> list[str]:
    (found,) = [one for one in document.sections if one.name == "assumptions"]
    return [str(block) for block in found.blocks]


def test_grades_of_few_have_bounds_and_no_p_value() -> None:
    """The same of a grade: in the text, below the transitions, and in the changes."""
    study = study_of([(3, 5 if k < 6 else None) for k in range(14)], field="strength")
    (told,) = [t for t in results_sentences(study) if t.startswith("Thigh")]
    assert "P =" not in told
    assert told.endswith(
        "no test was made; whatever the others alive had, at least 6 and at most 14 of "
        "14 improved."
    )
    document = document_of(study)
    sheets = {sheet.name: sheet for sheet in document.sheets}
    assert "P value" not in sheets["changes_strength"].header
    assert "at least 6 and at most 14 of 14" in notes_of(document, "changes_strength")
    assert "sign test" not in notes_of(document, "transitions_strength")
    methods = " ".join(methods_sentences(study))
    assert "cross-tabulated." in methods
    assert "assessed were not tested" in methods


def test_a_visit_of_few_stands_untested_among_others() -> None:
    """Week 1 has all and month 6 too few: one P value, which nothing adjusts."""
    rows = [(7, 5, k if k < 6 else None) for k in range(14)]
    for field in ("vas", "strength"):
        study = study_of([(a % 6, b, c) for a, b, c in rows], VISITS, field)
        name = "pain_changes" if field == "vas" else "changes_strength"
        document = document_of(study)
        (sheet,) = [sheet for sheet in document.sheets if sheet.name == name]
        assert [row.cells[-1] == "not tested" for row in sheet.rows] == [False, True]
        assert "month 6, at least" in " ".join(sheet.notes)
        assert "week 1, at least" not in " ".join(sheet.notes)
    pain = study_of(list(rows), VISITS)
    assert isinstance(pain.pain, PainCourse)
    first, second = pain.pain.changes
    assert first.p_adjusted == first.direction.p_value
    assert math.isnan(second.p_adjusted)
    (tests,) = [s for s in document_of(pain).sheets if s.name == "pain_tests"]
    assert not any("month 6" in row.cells[0] for row in tests.rows)


def test_nothing_is_tested_of_a_convenience_sample() -> None:
    """Whatever was seen of whom, no P value stands in a table of changes."""
    note = "A convenience sample."
    rows = [(a % 6, b % 6) for a, b in CROSSING]
    for field, name in (("vas", "pain_changes"), ("strength", "changes_strength")):
        study = study_of([*rows], field=field, notes=(note,))
        assert study.convenience
        document = document_of(study)
        assert "No test was made." in notes_of(document, name)
        (sheet,) = [sheet for sheet in document.sheets if sheet.name == name]
        assert "P value" not in sheet.header
        assert "sign test" not in " ".join(methods_sentences(study))
        assert not any(sheet.name == "pain_tests" for sheet in document.sheets)


def died_at(study_rows: list[tuple[int, ...]], days: list[int | None]) -> Study:
    """Return patients with scores until they died on a day, or to the end."""
    patients = [
        Patient(
            patient_id=f"P{place}",
            follow_up=FollowUp(
                assessments=[
                    seen(visit, vas=value)
                    for visit, value in zip(VISITS, row, strict=False)
                ],
                died_day=day,
            ),
        )
        for place, (row, day) in enumerate(zip(study_rows, days, strict=True))
    ]
    return analyze(Cohort(patients), population="all")


WHOLE = [(8, 6, 3), (7, 6, 2), (9, 7, 4), (6, 6, 1)]


def test_the_dead_are_no_missed_visits_of_a_test() -> None:
    """Of four whom Friedman's test leaves out, three died and one missed a visit."""
    rows = [*WHOLE, (8, 7), (9, 8), (7, 7), (6, 5)]
    study = died_at(rows, [None] * 5 + [20, 40, 60])
    document = document_of(study)
    (sheet,) = [sheet for sheet in document.sheets if sheet.name == "pain_tests"]
    remarks = {row.cells[0]: row.cells[-1] for row in sheet.rows}
    assert (
        remarks["Friedman"] == "excludes 1 patient with a missed visit and 3 who died"
    )
    assert remarks["Skillings-Mack"] == (
        "keeps patients with a missed visit or who died; assumes that visits were "
        "missed and patients died regardless of pain"
    )
    methods = " ".join(methods_sentences(study))
    assert (
        "keeps patients with a missed visit or who died and assumes that visits were "
        "missed and patients died regardless of pain." in methods
    )
    assert any("missed and patients died" in text for text in _assumed(document))


def test_deaths_alone_are_named_alone() -> None:
    """Where only the dead were not seen, nobody missed a visit."""
    study = died_at([*WHOLE, (8, 7), (9, 8)], [None] * 4 + [20, 40])
    (sheet,) = [s for s in document_of(study).sheets if s.name == "pain_tests"]
    remarks = {row.cells[0]: row.cells[-1] for row in sheet.rows}
    assert remarks["Friedman"] == "excludes 2 patients who died"


@pytest.fixture(scope="module")
def two_arm() -> Study:
    """Return the worked study of two arms."""
    protocol = read_protocol(STUDIES / "carpal_tunnel.toml")
    return analyze(
        read(STUDIES / "carpal_tunnel.csv", protocol=protocol), protocol=protocol
    )


def test_groups_are_not_compared_at_baseline(two_arm: Study) -> None:
    """What differs at baseline differs before any treatment: no P value, no effect."""
    sheets = [s for s in document_of(two_arm).sheets if s.name.startswith("groups_")]
    assert sheets
    for sheet in sheets:
        assert sheet.header[-1] == "P value"
        baseline, *later = sheet.rows
        assert baseline.cells[-2:] == ("", "")
        assert all(row.cells[-1] for row in later)
        assert "At baseline the groups are described and not compared." in sheet.notes
    assert (
        "At each visit after baseline the groups by operation were compared"
        in " ".join(methods_sentences(two_arm))
    )


def test_groups_of_a_convenience_sample_are_described(two_arm: Study) -> None:
    """They speak for nobody else, in the table as in the text."""
    cohort = attrs.evolve(two_arm.cohort, notes=("A convenience sample.",))
    study = analyze(cohort, protocol=two_arm.protocol)
    assert study.convenience
    assert len(study.group_visits) == len(two_arm.group_visits)
    sheets = [s for s in document_of(study).sheets if s.name.startswith("groups_")]
    assert sheets
    for sheet in sheets:
        assert sheet.header[-1] != "P value"
        assert not any("better" in head for head in sheet.header)
    assert "Mann-Whitney" not in " ".join(methods_sentences(study))
