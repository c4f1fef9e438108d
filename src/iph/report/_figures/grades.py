"""Grades over the visits: stacked bars with counts, and patients between visits."""

import enum
from collections import Counter
from typing import TYPE_CHECKING, Any

from iph._drawing.marks import mark
from iph._drawing.style import (
    EMPTY,
    FAINT,
    INK,
    ONE_COLUMN,
    PAPER,
    TWO_COLUMNS,
    canvas,
    grade_colors,
    house_style,
    ink_on,
    wrapped,
)
from iph._fields import label_of
from iph.report._figures.tally import draw_tally
from iph.report._numbers import counted
from iph.report._phrases import numeral_of
from iph.study._columns import DIED
from iph.study._grades import GradeCourse, State, VisitGrades
from iph.study._parts import Unavailable, available
from iph.study._tally import Tally

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LEAST_SHARE = 0.045  # of the axis: a lower segment has no room for its count
_MANY_VISITS = 5  # with more, their labels need a smaller type
NOT_ASSESSED = "not assessed"


def best_first(course: GradeCourse) -> list[Any]:
    """Return the grades from the best to the worst."""
    grades = list(course.scale)
    return grades if course.lower_is_better else grades[::-1]


def _colors(course: GradeCourse) -> dict[State, str]:
    order = best_first(course)
    shades = grade_colors(len(order))[::-1]
    return {**dict(zip(order, shades, strict=True)), None: EMPTY, DIED: INK}


def _name(course: GradeCourse, grade: State) -> str:
    if not isinstance(grade, enum.IntEnum):
        return NOT_ASSESSED if grade is None else DIED
    best, worst = best_first(course)[0], best_first(course)[-1]
    hint = " (best)" if grade is best else " (worst)" if grade is worst else ""
    return f"{numeral_of(grade)}: {label_of(grade)}{hint}"


def _told(course: GradeCourse, grade: State) -> str:
    """Name a grade within a sentence."""
    if not isinstance(grade, enum.IntEnum):
        return _name(course, grade)
    return f"{numeral_of(grade)} ({label_of(grade)})"


def _move(course: GradeCourse, place: int, first: State, second: State) -> str:
    """Say how many patients went from one grade to another between two visits."""
    ends = zip(course.visits[place:], (first, second), strict=False)
    told = "; ".join(f"{at.visit.label}, {_told(course, grade)}" for at, grade in ends)
    return f"{told}: {counted(course.flows[place][first, second], 'patient')}"


def _legend(ax: "Axes", course: GradeCourse, *, columns: int, below: float) -> None:
    from matplotlib.patches import Patch

    colors = _colors(course)
    shown: list[State] = [*best_first(course)]
    if any(at.n_missing for at in course.visits):
        shown.append(None)
    if any(at.n_died for at in course.visits):
        shown.append(DIED)
    handles = [
        Patch(
            facecolor=colors[grade],
            edgecolor=FAINT,
            linewidth=0.4,
            hatch="////" if grade is None else None,
            label=_name(course, grade),
        )
        for grade in shown
    ]
    ax.legend(
        handles=handles,
        loc="upper center",
        bbox_to_anchor=(0.5, below),
        ncols=columns,
        handlelength=1.2,
        columnspacing=1.2,
    )


def grades_figure(
    course: GradeCourse | Unavailable | Tally, *, ax: "Axes | None" = None
) -> "Figure":
    """Draw how many patients have which grade at each visit, as stacked bars.

    Parameters
    ----------
    course : GradeCourse, Unavailable or Tally
        One scale over the visits; or what `iph.study.tally` returns of any column of
        any table, a bar of 100 % for each group.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Figure
        The figure drawn on.

    Raises
    ------
    DataError
        If the data cannot carry this part of the study.
    InputError
        If a tally counts nobody, or has more than twelve groups.

    Notes
    -----
    The bars are of one height: patients not assessed at a visit, and those who had died
    by then, stand on top, so that nobody leaves the figure.

    Examples
    --------
    >>> from iph import Assessment, Cohort, FollowUp, Patient
    >>> from iph.report import grades_figure
    >>> from iph.study import analyze
    >>> def patient(name, *found):
    ...     visits = zip(("baseline", "week_1", "month_1"), found)
    ...     seen = [Assessment(visit=v, strength=value) for v, value in visits]
    ...     return Patient(patient_id=name, follow_up=FollowUp(assessments=seen))
    >>> cohort = Cohort([patient("A", 3, 4, 5), patient("B", 2, 3, 5)])
    >>> study = analyze(cohort, population="all")
    >>> figure = grades_figure(study.grades[1])
    >>> len(figure.axes)
    1

    Grades of two groups, counted in a table.

    >>> import pandas as pd
    >>> from iph.study import tally
    >>> frame = pd.DataFrame({"arm": ["a", "a", "b", "b"], "grade": [3, 5, 4, None]})
    >>> figure = grades_figure(tally(frame, "grade", by="arm"))
    >>> [label.get_text()[0] for label in figure.axes[0].get_xticklabels()]
    ['a', 'b']
    """
    if isinstance(course, Tally):
        return draw_tally(course, ax)
    course = available(course, "course", GradeCourse)
    from matplotlib.ticker import MaxNLocator

    colors = _colors(course)
    order: list[State] = [*best_first(course), None, DIED]
    with house_style():
        figure, ax = canvas(ax, width=ONE_COLUMN, height=3.2)
        for place, at in enumerate(course.visits):
            counts: dict[State, int] = dict(zip(course.scale, at.counts, strict=True))
            counts |= {None: at.n_missing, DIED: at.n_died}
            bottom = 0
            for grade in order:
                count = counts[grade]
                if not count:
                    continue
                (bar,) = ax.bar(
                    place,
                    count,
                    bottom=bottom,
                    width=0.72,
                    color=colors[grade],
                    edgecolor=FAINT if grade is None else PAPER,
                    linewidth=0.4,
                    hatch="////" if grade is None else None,
                )
                told = f"{at.visit.label}, {_told(course, grade)}"
                mark(bar, f"{told}: {count} of {course.n}")
                if count >= _LEAST_SHARE * course.n:
                    _count(ax, (place, bottom + count / 2), count, colors[grade])
                bottom += count
        ax.set_xticks(
            range(len(course.visits)),
            [f"{wrapped(at.visit.label, 9)}\nn = {at.n}" for at in course.visits],
            fontsize=7 if len(course.visits) <= _MANY_VISITS else 5.6,
        )
        ax.set_xlim(-0.5, len(course.visits) - 0.5)
        ax.set_ylim(0, course.n)
        ax.yaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
        ax.set_ylabel("Patients")
        ax.set_title(course.label, loc="left")
        _legend(ax, course, columns=2, below=-0.2)
    return figure


def _count(ax: "Axes", place: tuple[float, float], count: int, color: str) -> None:
    """Write a count into its segment; hatching makes room for it."""
    ax.text(
        *place,
        str(count),
        ha="center",
        va="center",
        color=ink_on(color),
        fontsize=7,
        zorder=4,
        bbox={"facecolor": color, "edgecolor": "none", "pad": 1.2}
        if color == EMPTY
        else None,
    )


def _states(visit: VisitGrades, course: GradeCourse) -> Counter[State]:
    """Count the patients in each grade, not assessed, and dead by a visit."""
    graded = dict(zip(course.scale, visit.counts, strict=True))
    return Counter({**graded, None: visit.n_missing, DIED: visit.n_died})


def alluvial_figure(
    course: GradeCourse | Unavailable, *, ax: "Axes | None" = None
) -> "Figure":
    """Draw how patients move between grades from visit to visit.

    Parameters
    ----------
    course : GradeCourse or Unavailable
        One scale over the visits.
    ax : Axes, optional
        Where to draw; a new figure by default, two columns wide.

    Returns
    -------
    Figure
        The figure drawn on.

    Raises
    ------
    DataError
        If the data cannot carry this part of the study.

    Notes
    -----
    A band is as wide as its number of patients and has the color of the grade that it
    comes from. Patients not assessed, and those who had died, have a stratum each.

    Examples
    --------
    >>> from iph import Assessment, Cohort, FollowUp, Patient
    >>> from iph.report import alluvial_figure
    >>> from iph.study import analyze
    >>> def patient(name, *found):
    ...     visits = zip(("baseline", "week_1", "month_1"), found)
    ...     seen = [Assessment(visit=v, strength=value) for v, value in visits]
    ...     return Patient(patient_id=name, follow_up=FollowUp(assessments=seen))
    >>> cohort = Cohort([patient("A", 3, 4, 5), patient("B", 2, 3, 5)])
    >>> study = analyze(cohort, population="all")
    >>> figure = alluvial_figure(study.grades[1])
    >>> len(figure.axes)
    1
    """
    course = available(course, "course", GradeCourse)
    from matplotlib.patches import PathPatch, Rectangle
    from matplotlib.path import Path

    colors = _colors(course)
    order: list[State] = [*best_first(course), None, DIED]
    gap, half = course.n * 0.03, 0.07
    columns = [_states(visit, course) for visit in course.visits]
    tops: list[dict[State, float]] = []
    deepest = 0.0
    with house_style():
        figure, ax = canvas(ax, width=TWO_COLUMNS, height=3.4)
        for place, counts in enumerate(columns):
            top, starts = 0.0, {}
            for grade in order:
                count = counts[grade]
                starts[grade] = top
                if not count:
                    continue
                ax.add_patch(
                    Rectangle(
                        (place - half, top),
                        2 * half,
                        count,
                        facecolor=colors[grade],
                        edgecolor=FAINT,
                        linewidth=0.4,
                        hatch="////" if grade is None else None,
                        zorder=3,
                    )
                )
                if count >= _LEAST_SHARE * course.n:
                    _count(ax, (place, top + count / 2), count, colors[grade])
                else:
                    ax.text(
                        place - half - 0.02,
                        top + count / 2,
                        str(count),
                        ha="right",
                        va="center",
                    )
                top += count + gap
            deepest = max(deepest, top - gap)
            tops.append(starts)
        for place in range(len(columns) - 1):
            moves = course.flows[place]
            out, into = dict(tops[place]), dict(tops[place + 1])
            for first in order:
                for second in order:
                    count = moves[first, second]
                    if not count:
                        continue
                    a, b = out[first], into[second]
                    x0, x1 = place + half, place + 1 - half
                    bend = (x1 - x0) * 0.5
                    corners = [
                        *((x0, a), (x0 + bend, a), (x1 - bend, b), (x1, b)),
                        *((x1, b + count), (x1 - bend, b + count)),
                        *((x0 + bend, a + count), (x0, a + count), (x0, a)),
                    ]
                    curve = [Path.CURVE4] * 3
                    codes = [Path.MOVETO, *curve, Path.LINETO, *curve, Path.CLOSEPOLY]
                    band = PathPatch(
                        Path(corners, codes),
                        facecolor=colors[first],
                        alpha=0.5,
                        edgecolor=INK,
                        linewidth=0.15,
                    )
                    ax.add_patch(band)
                    mark(band, _move(course, place, first, second))
                    out[first] += count
                    into[second] += count
        ax.set_xticks(
            range(len(columns)),
            [f"{at.visit.label}\nn = {at.n}" for at in course.visits],
        )
        ax.tick_params(axis="x", length=0)
        ax.set_xlim(-0.3, len(columns) - 0.7)
        ax.set_ylim(deepest + gap / 2, -gap / 2)
        ax.set_yticks([])
        for side in ("left", "bottom"):
            ax.spines[side].set_visible(False)
        ax.set_title(f"{course.label}: {course.n} patients", loc="left")
        _legend(ax, course, columns=4, below=-0.13)
    return figure
