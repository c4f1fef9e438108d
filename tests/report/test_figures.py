"""Figures: what they show, on data rich and poor, and that they can be told apart."""

import itertools
from collections.abc import Callable, Iterable
from typing import Any

import attrs
import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from iph import Assessment, Cohort, FollowUp, Patient
from iph._checks import Floats
from iph._drawing.curves import OVERHANG, day_ticks, visit_ticks
from iph._drawing.style import (
    EMPTY,
    GROUP_COLORS,
    grade_colors,
    image,
    ink_on,
    luminance,
    share_color,
    shortened,
    wrapped,
)
from iph.errors import InputError
from iph.evidence import pooled_proportion
from iph.report import (
    ForestRow,
    alluvial_figure,
    anatomy_figure,
    flow_figure,
    forest_figure,
    grades_figure,
    incidence_figure,
    interval_figure,
    pain_figure,
    recovery_figure,
    zones_figure,
)
from iph.stats import cumulative_incidence, kaplan_meier, proportion, turnbull
from iph.study import (
    GradeCourse,
    PainCourse,
    RecoveryAnalysis,
    Study,
    Unavailable,
    Zones,
    analyze,
)


def words(figure: Figure) -> list[str]:
    """Return every text that a figure shows."""
    figure.canvas.draw()
    return [text.get_text() for text in figure.findobj(mpl.text.Text)]


def parts(
    study: Study,
) -> tuple[PainCourse, GradeCourse, Zones, RecoveryAnalysis]:
    """Return the parts of a study that has them all."""
    course, analysis = study.grades[1], study.recovery[0]
    assert isinstance(study.pain, PainCourse)
    assert isinstance(course, GradeCourse)
    assert isinstance(study.zones, Zones)
    assert isinstance(analysis, RecoveryAnalysis)
    return study.pain, course, study.zones, analysis


def test_each_figure_draws_into_given_axes(by_hand: Study) -> None:
    """A figure drawn into axes of the caller adds to it and returns its figure."""
    pain, course, zones, analysis = parts(by_hand)
    assert not isinstance(by_hand.nerves, Unavailable)
    nerves = by_hand.nerves
    curves = {str(curve.cause): curve for curve in analysis.overall.incidence}
    rows = [ForestRow(label="a", estimate=proportion(1, 2), text="1/2")]
    drawing: list[Callable[..., Figure]] = [
        lambda ax: flow_figure(by_hand, ax=ax),
        lambda ax: pain_figure(pain, ax=ax),
        lambda ax: grades_figure(course, ax=ax),
        lambda ax: alluvial_figure(course, ax=ax),
        lambda ax: anatomy_figure(zones, nerves, ax=ax),
        lambda ax: zones_figure(zones, ax=ax),
        lambda ax: recovery_figure(analysis, ax=ax),
        lambda ax: interval_figure(analysis, ax=ax),
        lambda ax: incidence_figure(curves, ax=ax),
        lambda ax: forest_figure(rows, label="x", ax=ax),
    ]
    for draw in drawing:
        given = Figure()
        axes = given.add_subplot()
        assert draw(axes) is given
        assert axes.get_children()


def test_the_settings_of_the_caller_stay(by_hand: Study) -> None:
    """Drawing leaves the global settings of matplotlib alone, and ignores them."""
    pain, *_ = parts(by_hand)
    with mpl.rc_context({"font.size": 31.0, "axes.edgecolor": "red"}):
        before = dict(mpl.rcParams)
        first = image(pain_figure(pain), "png", name="pain")
        assert dict(mpl.rcParams) == before
    assert first == image(pain_figure(pain), "png", name="pain")


def test_the_anatomy_needs_a_count_of_each_nerve(by_hand: Study) -> None:
    """A list that is too short says how many there are."""
    _, _, zones, _ = parts(by_hand)
    with pytest.raises(InputError, match=r"nerves must be a list of \d+ counts"):
        anatomy_figure(zones, ())


def test_the_same_figure_gives_the_same_bytes(by_hand: Study) -> None:
    """Nothing in a vector file depends on when it was drawn."""
    pain, course, zones, analysis = parts(by_hand)
    drawing: list[Callable[[], Figure]] = [
        lambda: pain_figure(pain),
        lambda: alluvial_figure(course),
        lambda: anatomy_figure(zones, by_hand.nerves),
        lambda: interval_figure(analysis),
    ]
    for draw in drawing:
        assert image(draw(), "svg", name="x") == image(draw(), "svg", name="x")


def test_the_numbers_at_risk_are_those_of_the_curve(by_hand: Study) -> None:
    """Below each mark of the axis stands the number at risk just before the day."""
    *_, analysis = parts(by_hand)
    figure = recovery_figure(analysis)
    shown = words(figure)
    ticks = figure.axes[0].get_xticks()
    assert ticks[-1] == max(float(g.curve.time[-1]) for g in analysis.groups)
    for group in analysis.groups:
        for count in group.curve.at(ticks).at_risk:
            assert str(int(count)) in shown
    assert "Number at risk" in shown
    assert not any("P =" in text or "log-rank" in text for text in shown)


def test_the_band_reaches_beyond_the_last_fall_of_the_curve(by_hand: Study) -> None:
    """Where everybody recovers, curve and band go on until the fall can be seen."""
    *_, analysis = parts(by_hand)
    group = next(g for g in analysis.groups if g.curve.survival[-1] == 0)
    assert group.curve.low[-1] == 0 < group.curve.high[-1]
    alone = attrs.evolve(analysis, groups=(), overall=group)
    axes = recovery_figure(alone).axes[0]
    (band,) = axes.collections
    days = np.concatenate([path.vertices[:, 0] for path in band.get_paths()])  # type: ignore[index] # an array
    assert days.max() == group.curve.time[-1] * OVERHANG
    assert axes.lines[0].get_xdata()[-1] == days.max()  # type: ignore[index] # an array
    assert days.min() == group.curve.time[np.isfinite(group.curve.low)][0]


def test_every_patient_is_in_the_bars(by_hand: Study) -> None:
    """Bars are of one height: those not assessed stand on top."""
    _, course, *_ = parts(by_hand)
    bars = grades_figure(course).axes[0].patches
    heights = dict.fromkeys(range(len(course.visits)), 0.0)
    for bar in bars:
        assert isinstance(bar, Rectangle)
        heights[round(bar.get_x() + bar.get_width() / 2)] += bar.get_height()
    assert heights == dict.fromkeys(heights, course.n)
    shown = words(alluvial_figure(course))
    assert any("not assessed" in text for text in shown)
    assert any("died" in text for text in shown)


def test_a_legend_names_what_its_groups_are(by_hand: Study) -> None:
    """Normal and abnormal are of coagulation, which each legend says."""
    *_, analysis = parts(by_hand)
    assert len(analysis.groups) == 2
    for figure in (recovery_figure(analysis), interval_figure(analysis)):
        assert any(text.startswith("Coagulation") for text in words(figure))


def test_the_flow_counts_every_record(published: Study) -> None:
    """Assessed, excluded, unknown and included stand in the flow diagram."""
    text = "\n".join(words(flow_figure(published)))
    found = published.screening
    assert f"assessed (n = {found.n_assessed})" in text
    assert f"Excluded (n = {found.n_excluded})" in text
    assert f"not known (n = {found.n_unknown})" in text
    assert f"Analyzed (n = {len(published.patients)})" in text


def test_a_long_flow_is_cut_in_words(published: Study) -> None:
    """More reasons than the diagram has room for are counted, not squeezed in."""
    steps = tuple(
        attrs.evolve(published.screening.flow[0], code=f"C{k}", n_removed=1)
        for k in range(12)
    )
    screening = attrs.evolve(published.screening, flow=steps, decisions=None)
    study = attrs.evolve(published, screening=screening)
    assert "and 4 more reasons: see the table" in "\n".join(words(flow_figure(study)))


def test_what_is_not_known_is_gray() -> None:
    """The schematic without any data says so at every zone and nerve."""
    gap = Unavailable(part="x", reason="y", missing=())
    shown = words(anatomy_figure(gap, gap))
    assert sum("not recorded" in text for text in shown) == 9


def test_three_hundred_patients_and_long_labels() -> None:
    """Many patients at many visits, one group with a very long name: no warning."""
    visits = ("baseline", "discharge", "week_1", "month_1", "month_3", "month_6")
    patients = [
        Patient(
            patient_id=f"P{k}",
            follow_up=FollowUp(
                assessments=tuple(
                    Assessment(visit=v, day=7 * j, vas=(k + j) % 11, strength=k % 6)
                    for j, v in enumerate(visits)
                    if (k + j) % 5
                )
            ),
        )
        for k in range(300)
    ]
    study = analyze(Cohort(patients), population="all", recovery_group="sex")
    pain, course = study.pain, study.grades[1]
    assert isinstance(pain, PainCourse)
    assert isinstance(course, GradeCourse)
    assert image(pain_figure(pain), "png", name="pain")
    assert image(grades_figure(course), "png", name="grades")
    assert image(alluvial_figure(course), "svg", name="alluvial")


def test_long_names_of_groups_are_cut(by_hand: Study) -> None:
    """The name beside the numbers at risk is cut, the legend breaks it into lines."""
    *_, analysis = parts(by_hand)
    long = "a group with a name that no journal would ever print " * 2
    groups = tuple(
        attrs.evolve(g, label=f"{long}{k}") for k, g in enumerate(analysis.groups)
    )
    figure = recovery_figure(attrs.evolve(analysis, groups=groups))
    assert any(text.endswith("\N{HORIZONTAL ELLIPSIS}") for text in words(figure))
    assert image(figure, "png", name="long")


def test_nobody_recovered_or_nobody_at_all() -> None:
    """Curves of one patient and of none can be drawn."""
    one = cumulative_incidence([10], ["last seen"], cause="died", censored="last seen")
    none = cumulative_incidence([], [], cause="died", censored="last seen")
    for curves in ({"died": one}, {"died": none}):
        assert image(incidence_figure(curves), "png", name="incidence")
    unknown = ForestRow(label="x", estimate=proportion(0, 0), text="none recorded")
    figure = forest_figure([unknown], label="%", percent=True, reference=0.5)
    assert "none recorded" in words(figure)


def test_a_figure_of_nothing_is_refused() -> None:
    """Without a curve or a row there is nothing to draw, and the message says so."""
    with pytest.raises(InputError, match="curves must be at least one curve"):
        incidence_figure({})
    with pytest.raises(InputError, match="rows must be at least one ForestRow"):
        forest_figure([], label="x")
    with pytest.raises(InputError, match="analysis must be at least one curve"):
        recovery_figure({})
    with pytest.raises(InputError, match="analysis must be at least one estimate"):
        interval_figure({})


def test_a_fresh_notebook_is_given_a_picture() -> None:
    """A figure has a picture to show, and is the same figure afterwards."""
    figure = kaplan_meier([7, 30, 91], [1, 1, 0]).plot()
    before = figure.dpi
    assert figure._repr_png_().startswith(b"\x89PNG")  # type: ignore[attr-defined] # what notebooks ask for
    assert figure.dpi == before


def test_curves_of_statistics_are_drawn_by_their_names() -> None:
    """Curves that no study holds are drawn with their numbers at risk."""
    first = kaplan_meier([7, 30, 91, 182], [1, 1, 1, 0])
    second = kaplan_meier([30, 91, 91], [0, 0, 0])
    shown = words(recovery_figure({"open": first, "closed": second}))
    assert {"open: 3 of 4, median 60.5", "closed: 0 of 3, median not reached"} & {
        text.replace("\n", " ") for text in shown
    }
    assert {"Time", "Without the event (%)", "Bands: 95 % CI"} <= set(shown)
    estimate = turnbull([0, 7, 30], [7, 30, np.inf])
    assert "seen: n = 3" in words(interval_figure({"seen": estimate}))


@settings(max_examples=20)  # each draws three figures
@given(st.lists(st.tuples(st.integers(0, 400), st.booleans()), max_size=30))
def test_every_curve_draws_itself(rows: list[tuple[int, bool]]) -> None:
    """A curve draws itself whatever its days, alone and beside another of its kind."""
    time, event = [day for day, _ in rows], [seen for _, seen in rows]
    drawn: list[Any] = [
        kaplan_meier(time, event),
        cumulative_incidence(time, event, cause=True),
    ]
    for curve in drawn:
        figure = curve.plot(label="one")
        assert curve.plot(figure.axes[0], label="two") is figure
        axes = figure.axes[0]
        assert axes.get_legend_handles_labels()[1] == ["one", "two"]
        assert axes.get_xlim()[1] >= max([*time, 1])
        one, two = axes.get_legend_handles_labels()[0]
        assert one.get_color() != two.get_color()
    if rows:
        ends = [day if seen else np.inf for day, seen in rows]
        figure = turnbull(time, ends).plot()
        assert figure.axes[0].get_ylabel() == "Without the event (%)"


@given(st.lists(st.integers(0, 4000), max_size=30))
def test_visits_are_marked_where_they_can_be_read(days: list[int]) -> None:
    """The marks rise from 0 and keep apart; those of few visits are their days."""
    ticks = visit_ticks(np.array(days, dtype=np.float64))
    assert ticks[0] == 0
    assert len(ticks) > 1
    visits = {day for day in days if day}
    if 0 < len(visits) <= 12:
        assert set(ticks) <= visits | {0}
        assert ticks[-1] == max(visits)
        apart = min(b - a for a, b in itertools.pairwise(ticks))
        assert apart >= 0.055 * max(visits)


@pytest.mark.parametrize("last", [1, 7, 30, 182, 365, 548, 4000, 40000])
def test_an_axis_has_few_marks(last: int) -> None:
    """Marks are whole steps from 0, seven at most, none beyond the last day."""
    ticks = day_ticks(last)
    assert ticks[0] == 0
    assert 2 <= len(ticks) <= 7
    assert ticks[-1] <= last
    assert len({b - a for a, b in itertools.pairwise(ticks)}) == 1


# Machado, Oliveira and Fernandes 2009 (doi:10.1109/TVCG.2009.113), severity 1.
DEFICIENCIES = {
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
    "normal": np.eye(3).tolist(),
}


def lab(color: str, matrix: Iterable[Iterable[float]]) -> Floats:
    """Return the CIE L*a*b* color (D65) as seen with a deficiency."""
    srgb = np.array(to_rgb(color))
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array(list(matrix)) @ linear, 0, 1)
    xyz = (
        np.array(
            [
                [0.4124564, 0.3575761, 0.1804375],
                [0.2126729, 0.7151522, 0.0721750],
                [0.0193339, 0.1191920, 0.9503041],
            ]
        )
        @ seen
        / np.array([0.95047, 1.0, 1.08883])
    )
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("kind", sorted(DEFICIENCIES))
@pytest.mark.parametrize(
    "colors",
    [GROUP_COLORS[:4], *((*grade_colors(n), EMPTY) for n in (3, 4, 6))],
    ids=["groups", "three", "four", "six"],
)
def test_colors_are_told_apart(kind: str, colors: tuple[str, ...]) -> None:
    """Two colors of a figure differ well above what is just seen (about 2)."""
    seen = [lab(color, DEFICIENCIES[kind]) for color in colors]
    least = min(
        float(np.linalg.norm(a - b)) for a, b in itertools.combinations(seen, 2)
    )
    assert least > 10


def test_text_on_colors_is_legible() -> None:
    """Counts on any color of any scale reach a contrast of 4.5 to 1."""
    colors = [EMPTY, *grade_colors(6), *(share_color(k / 20) for k in range(21))]
    for color in colors:
        pair = sorted([luminance(color), luminance(ink_on(color))])
        assert (pair[1] + 0.05) / (pair[0] + 0.05) >= 4.5, color


def test_labels_are_broken_and_cut() -> None:
    """A label is broken between words, within one only if it is far too long."""
    assert wrapped("lateral femoral cutaneous", 10) == "lateral\nfemoral\ncutaneous"
    assert wrapped("iliohypogastric", 10) == "iliohypogastric"
    assert "\n" in wrapped("x" * 50, 10)
    assert wrapped("", 10) == ""
    assert shortened("abnormal", 8) == "abnormal"
    assert shortened("abnormally", 8) == "abnorma\N{HORIZONTAL ELLIPSIS}"


def test_a_pooled_proportion_is_drawn_with_its_series() -> None:
    """One row a series, a diamond for the middle one, and a bar for the next one."""
    pooled = pooled_proportion([13, 7, 25], [25, 16, 28], labels=["Kim", "Lef", "Li"])
    ax = forest_figure(pooled, label="Treated conservatively (%)").axes[0]
    assert [tick.get_text() for tick in ax.get_yticklabels()] == [
        *("Kim", "Lef", "Li", "pooled", "next series"),
    ]
    assert ax.get_xlim() == (0, 100)
    squares = [line for line in ax.lines if line.get_marker() == "s"]
    middles = [float(np.asarray(line.get_xdata())[0]) for line in squares]
    assert middles == [100 * 13 / 25, 100 * 7 / 16, 100 * 25 / 28]
    (diamond,) = ax.patches
    assert np.asarray(diamond.get_path().vertices)[0, 0] == 100 * pooled.low
    shown = [text.get_text() for text in ax.texts]
    assert shown[0] == "13/25 (52 %)"
    few = forest_figure(pooled_proportion([3, 5], [9, 9])).axes[0]
    assert len(few.get_yticks()) == 3
