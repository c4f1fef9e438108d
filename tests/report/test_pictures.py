"""Every figure against a picture of it that was looked at.

The pictures lie in ``pictures``. After a change that is meant, make them anew with the
option ``--mpl-generate-path=tests/report/pictures``, and look at each.
"""

import itertools
from collections.abc import Callable
from typing import Any

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure

from iph import Assessment, Cohort, FollowUp, Patient
from iph.evidence import pooled_proportion
from iph.report import ForestRow, forest_figure
from iph.report._contents import document_of
from iph.report._document import Picture
from iph.stats import proportion
from iph.study import Study, analyze, compare_with_claims

# Root mean square of the pixels. Without words matplotlib 3.10.8 and 3.11.2 draw the
# same (0.00); a line that is missing makes 7 or more.
TOLERANCE = 1.0
OPTIONS: dict[str, Any] = {
    "baseline_dir": "pictures",
    "tolerance": TOLERANCE,
    "remove_text": False,
    "savefig_kwargs": {"dpi": 60, "metadata": {"Software": None}},
    "style": {"text.hinting": "none"},
    "backend": "agg",
}


LOOKS_AS_BEFORE: Callable[[Callable[..., Figure]], Callable[..., Figure]] = (
    pytest.mark.mpl_image_compare(**OPTIONS)
)


def patient(place: int, n: int, **fields: Any) -> Patient:
    """Return one of n patients with three visits."""
    seen = [
        Assessment(
            visit=visit,
            vas=max(9 - (place * 7) % 5 - 3 * later, 0),
            strength=min(2 + place % 3 + later, 5),
        )
        for later, visit in enumerate(("baseline", "month_1", "month_6"))
        if (place + later) % 7 or n < 3
    ]
    return Patient(
        patient_id=f"P{place}", follow_up=FollowUp(assessments=seen), **fields
    )


def of(n: int, **options: Any) -> Study:
    """Return a study of n patients."""
    cohort = Cohort(
        [patient(k, n, sex="male" if k % 2 else "female") for k in range(n)]
    )
    return analyze(cohort, population="all", **options)


def censored() -> Study:
    """Return a study of two groups; in one of them nobody recovers."""
    visits = ("baseline", "month_1", "month_6")

    def course(reached: int, n_visits: int) -> FollowUp:
        grades = (2, 3, reached)
        seen = zip(visits[:n_visits], grades, strict=False)
        return FollowUp(assessments=[Assessment(visit=v, strength=g) for v, g in seen])

    told = [("female", 4, 2), ("female", 4, 3), ("female", 4, 3), ("male", 5, 3)] * 2
    patients = [
        Patient(patient_id=f"P{k}", sex=sex, follow_up=course(reached, n))
        for k, (sex, reached, n) in enumerate(told)
    ]
    return analyze(Cohort(patients), population="all", recovery_group="sex")


WANTED = {
    "twin": (
        *("flow", "pain", "grades_strength", "moves_strength", "anatomy"),
        *("zones_by_nerve", "nerves", "recovery_strength-5", "intervals_strength-5"),
        *("comparison_course", "comparison_admission"),
    ),
    "one": ("flow", "pain", "grades_strength", "moves_strength"),
    "many": (
        *("pain", "grades_strength", "moves_strength", "recovery_strength-5"),
        "intervals_strength-5",
    ),
    "censored": ("recovery_strength-5", "intervals_strength-5"),
    "hand": (
        *("incidence_strength-5", "recovery_strength-5", "balance", "grades_strength"),
        *("moves_strength", "nerves", "flow", "zones_by_nerve", "anatomy"),
    ),
}
CASES = [(data, name) for data, names in WANTED.items() for name in names]


@pytest.fixture(scope="module")
def pictures(
    by_hand: Study, twin_of_li: Callable[[int], Cohort]
) -> dict[tuple[str, str], Picture]:
    """Return every figure of every study by the names of both."""
    studies = {
        "twin": analyze(twin_of_li(2023), by="sex"),
        "one": of(1),
        "many": of(300),
        "censored": censored(),
        "hand": by_hand,
    }
    found = {}
    for data, study in studies.items():
        compared = compare_with_claims(study) if data == "twin" else None
        for picture in document_of(study, compared).pictures:
            found[data, picture.name] = picture
    return found


@LOOKS_AS_BEFORE
@pytest.mark.parametrize(("data", "name"), CASES)
def test_figure(
    pictures: dict[tuple[str, str], Picture], data: str, name: str
) -> Figure:
    """A figure of the report looks as it did, and no text of it is cut or covered."""
    figure = pictures[data, name].draw()
    return wordless(figure)


@LOOKS_AS_BEFORE
def test_long_labels() -> Figure:
    """Labels longer than the column are broken into lines, and numbers stay beside."""
    rows = [
        ForestRow(
            label=label,
            estimate=proportion(count, 28),
            text=f"{count} of 28 patients",
        )
        for label, count in (
            ("lateral femoral cutaneous nerve of the thigh, left and right", 15),
            ("Pneumonoultramicroscopicsilicovolcanoconiosis", 0),
            ("short", 28),
        )
    ]
    figure = forest_figure(rows, label="Patients (%)", percent=True)
    return wordless(figure)


@LOOKS_AS_BEFORE
def test_pooled() -> Figure:
    """A pooled proportion has its series, a diamond, and the bar of a further one."""
    pooled = pooled_proportion([13, 7, 25], [25, 16, 28], labels=["Kim", "Lef", "Li"])
    figure = forest_figure(pooled, label="Treated conservatively (%)")
    return wordless(figure)


def wordless(figure: Figure) -> Figure:
    """Check the words of a figure, then leave the drawing alone, in a fixed place.

    Versions of matplotlib draw the same letters with other pixels and other widths, by
    far more than a missing line would change.
    """
    assert crowded(figure) == []
    figure.set_layout_engine("none")
    for axes in figure.axes:
        axes.set_position((0.1, 0.1, 0.8, 0.8))
    figure.draw_without_rendering()  # another width may have other ticks
    for words in (*figure.findobj(mpl.text.Text), *figure.findobj(mpl.legend.Legend)):
        words.set_visible(False)
    return figure


def crowded(figure: Figure) -> list[str]:
    """Return which texts of a figure are cut by its edge or cover each other."""
    figure.draw_without_rendering()
    shown: list[Any] = [
        text
        for text in figure.findobj(mpl.text.Text)
        if text.get_visible() and text.get_text().strip()
    ]
    # That of an annotation would hold its arrow; a slanted text has no box of its own.
    boxes = [
        (text.get_text(), mpl.text.Text.get_window_extent(text))
        for text in shown
        if text.get_rotation() % 90 == 0
    ]
    edge = figure.bbox
    wrong = [
        f"{words!r} is cut"
        for words, box in boxes
        if box.x0 < edge.x0 - 1
        or box.x1 > edge.x1 + 1
        or box.y0 < edge.y0 - 1
        or box.y1 > edge.y1 + 1
    ]
    for (words, one), (others, other) in itertools.combinations(boxes, 2):
        wide = min(one.x1, other.x1) - max(one.x0, other.x0)
        high = min(one.y1, other.y1) - max(one.y0, other.y0)
        if wide > 1 and high > 0.3 * min(one.height, other.height):
            wrong.append(f"{words!r} and {others!r} overlap")
    return wrong
