"""Changes against baseline, as the text, the tables and the methods tell them."""

import re
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iph import Assessment, Cohort, FollowUp, Patient
from iph.report._contents import document_of, methods_sentences, results_sentences
from iph.report._document import Document
from iph.report._numbers import MINUS, trimmed
from iph.report._parts.changes import PAIN, effect_text
from iph.stats import median_interval
from iph.study import Study, analyze
from iph.study._pain import PainCourse

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
            crossing,
            attrs.evolve(
                crossing.changes[0], change=median_interval([sign * g for g in gains])
            ),
            PAIN,
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
