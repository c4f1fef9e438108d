"""The course of a score: every patient's line behind medians and quartiles."""

import math
from typing import TYPE_CHECKING

import numpy as np

from iph._drawing.marks import spot
from iph._drawing.style import (
    BLUE,
    FAINT,
    ONE_COLUMN,
    canvas,
    house_style,
    wrapped,
)
from iph.report._phrases import middle_text
from iph.study._pain import PainCourse
from iph.study._parts import Unavailable
from iph.study._scores import ScoreCourse

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_CROWD = 60  # patients; with more, each line is fainter, and with many, pixels
_MANY_VISITS = 5  # with more, their labels need a smaller type


def score_figure(course: ScoreCourse) -> "Figure":
    """Draw every patient's scores, from the lowest to the highest that was seen."""
    quarters = [at.quartiles for at in course.visits]
    if isinstance(course.rows, Unavailable):
        seen = [one for q in quarters for one in (q.q1, q.q3) if not math.isnan(one)]
    else:
        seen = [one for row in course.rows for one in row if one is not None]
    low, high = math.floor(min(seen, default=0)), math.ceil(max(seen, default=1))
    unit = "" if course.unit is None else f" ({course.unit})"
    return draw_course(
        course,
        ax=None,
        scale=(float(low), float(max(high, low + 1))),
        spread=0.0,
        label=wrapped(f"{course.label}{unit}", 40),
    )


def draw_course(
    course: PainCourse | ScoreCourse,
    *,
    ax: "Axes | None",
    scale: tuple[float, float],
    spread: float,
    label: str,
) -> "Figure":
    """Draw scores on a scale; equal ones are spread over a part of a point."""
    low, high = scale
    places = np.arange(len(course.visits))
    with house_style():
        figure, ax = canvas(ax, width=ONE_COLUMN, height=2.9)
        if not isinstance(course.rows, Unavailable):  # counts tell of no patient
            _draw_patients(ax, course.rows, scale, spread)
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
        for place, (visit, q) in enumerate(
            zip([at.visit for at in course.visits], quarters, strict=True)
        ):
            if q.n:
                told = f"{visit.label}: median {middle_text(q)}; n = {q.n}"
                spot(ax, (place, q.median), told)
        ax.set_xticks(
            places,
            [
                f"{wrapped(v.visit.label, 9)}\nn = {v.quartiles.n}"
                for v in course.visits
            ],
            fontsize=7 if len(course.visits) <= _MANY_VISITS else 5.6,
        )
        ax.set_xlim(-0.5, len(places) - 0.5)
        room = (high - low) / 20
        ax.set_ylim(low - room, high + room)
        if spread:
            ax.set_yticks(range(int(low), int(high) + 1, 2))
        ax.spines["left"].set_bounds(low, high)
        ax.set_ylabel(label)
    return figure


def _draw_patients(
    ax: "Axes",
    rows: tuple[tuple[float | None, ...], ...],
    scale: tuple[float, float],
    spread: float,
) -> None:
    """Draw a line for each patient."""
    from matplotlib.collections import LineCollection

    n = len(rows)
    shade = 0.45 if n <= _CROWD else max(0.06, 0.45 * _CROWD / n)
    shifts = np.linspace(-spread / 2, spread / 2, n) if n > 1 else np.zeros(n)
    scores = np.array(rows, dtype=np.float64) + shifts[:, None]
    scores = np.clip(scores, *scale)
    days = np.broadcast_to(np.arange(scores.shape[1]), scores.shape)
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
