"""The course of pain: every patient's line behind medians and quartiles."""

from typing import TYPE_CHECKING

import numpy as np

from iph._drawing.style import (
    BLUE,
    FAINT,
    ONE_COLUMN,
    canvas,
    house_style,
    wrapped,
)
from iph.study._pain import PainCourse
from iph.study._parts import Unavailable, available

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SPREAD = 0.36  # points of the scale over which equal scores are spread
_CROWD = 60  # patients; with more, each line is fainter, and with many, pixels
_SCALE = 10
_MANY_VISITS = 5  # with more, their labels need a smaller type


def pain_figure(
    course: PainCourse | Unavailable, *, ax: "Axes | None" = None
) -> "Figure":
    """Draw every patient's scores, with medians and quartiles.

    Parameters
    ----------
    course : PainCourse or Unavailable
        Pain over the visits.
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

    Notes
    -----
    Equal scores are spread by less than half a point, inside the scale, so that no line
    hides another.

    Examples
    --------
    >>> from iph import Assessment, Cohort, FollowUp, Patient
    >>> from iph.report import pain_figure
    >>> from iph.study import analyze
    >>> def patient(name, *found):
    ...     visits = zip(("baseline", "week_1", "month_1"), found)
    ...     seen = [Assessment(visit=v, vas=value) for v, value in visits]
    ...     return Patient(patient_id=name, follow_up=FollowUp(assessments=seen))
    >>> cohort = Cohort([patient("A", 8, 4, 1), patient("B", 9, 3, 2)])
    >>> study = analyze(cohort, population="all")
    >>> figure = pain_figure(study.pain)
    >>> len(figure.axes)
    1
    """
    course = available(course)
    from matplotlib.collections import LineCollection

    places = np.arange(len(course.visits))
    n = len(course.rows)
    with house_style():
        figure, ax = canvas(ax, width=ONE_COLUMN, height=2.9)
        shade = 0.45 if n <= _CROWD else max(0.06, 0.45 * _CROWD / n)
        shifts = np.linspace(-_SPREAD / 2, _SPREAD / 2, n) if n > 1 else np.zeros(n)
        scores = np.array(course.rows, dtype=np.float64) + shifts[:, None]
        scores = np.clip(scores, 0, _SCALE)
        days = np.broadcast_to(places, scores.shape)
        lines = LineCollection(
            list(np.dstack([days, scores])),
            colors=FAINT,
            alpha=shade,
            linewidths=0.5,
            zorder=1,
            rasterized=n > _CROWD * 5,
        )
        ax.add_collection(lines)
        ax.scatter(
            days.ravel(),
            scores.ravel(),
            s=1.2,
            color=FAINT,
            alpha=shade,
            linewidths=0,
            zorder=1,
            rasterized=n > _CROWD * 5,
        )
        quarters = [at.quartiles for at in course.visits]
        ax.vlines(
            places,
            [q.q1 for q in quarters],
            [q.q3 for q in quarters],
            color=BLUE,
            lw=5,
            alpha=0.55,
            zorder=2,
        )
        ax.plot(
            places,
            [q.median for q in quarters],
            color=BLUE,
            marker="o",
            ms=5,
            mec="white",
            mew=0.8,
            lw=1.6,
            zorder=3,
        )
        ax.set_xticks(
            places,
            [
                f"{wrapped(v.visit.label, 9)}\nn = {v.quartiles.n}"
                for v in course.visits
            ],
            fontsize=7 if len(course.visits) <= _MANY_VISITS else 5.6,
        )
        ax.set_xlim(-0.5, len(places) - 0.5)
        ax.set_ylim(-0.5, _SCALE + 0.5)
        ax.set_yticks(range(0, _SCALE + 1, 2))
        ax.spines["left"].set_bounds(0, _SCALE)
        ax.set_ylabel("Pain (VAS)")
    return figure
