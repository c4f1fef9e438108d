"""One curve over time, drawn into axes: falling, rising, or seen only at visits."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

import numpy as np

from iph._checks import Floats, Ints
from iph._drawing.marks import mark
from iph._drawing.style import (
    FAINT,
    GROUP_LINES,
    LEGEND_WIDTH,
    canvas,
    draw_band,
    group_color,
    house_style,
    wrapped,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HATCHES = ("////", "\\\\\\\\", "....", "||||", "----", "xxxx")
_TICKS = (1, 2, 5, 7, 10, 14, 20, 30, 60, 90, 120, 180, 365, 730, 1825, 3650)
_MOST_TICKS = 6
_APART = 0.055  # of the axis, so that the numbers of two ticks do not touch
OVERHANG = 1.03  # a curve goes on beyond its last day, so that its last step is seen


class Falling(Protocol):
    """A share that falls at known times, with its interval."""

    @property
    def time(self) -> Floats: ...
    @property
    def survival(self) -> Floats: ...
    @property
    def low(self) -> Floats: ...
    @property
    def high(self) -> Floats: ...
    @property
    def censored(self) -> Ints: ...


class Rising(Protocol):
    """A share that rises at known times, with its interval."""

    @property
    def time(self) -> Floats: ...
    @property
    def incidence(self) -> Floats: ...
    @property
    def low(self) -> Floats: ...
    @property
    def high(self) -> Floats: ...


class Between(Protocol):
    """Where the mass of a time lies that was seen only at visits."""

    @property
    def left(self) -> Floats: ...
    @property
    def right(self) -> Floats: ...
    @property
    def mass(self) -> Floats: ...


def day_ticks(last: float) -> list[float]:
    """Return the days at which an axis up to a day is marked."""
    step = next((s for s in _TICKS if last / s <= _MOST_TICKS), None)
    if step is None:
        step = 10 ** math.ceil(math.log10(last / _MOST_TICKS))
    return [float(k * step) for k in range(math.floor(last / step) + 1)]


def visit_ticks(days: Floats) -> list[float]:
    """Return the days of visits, without those too close to a later one to be read.

    Where there are more days than visits of any study, the axis is marked evenly.
    """
    found = np.unique(days[days > 0])
    if not 0 < found.size <= 2 * _MOST_TICKS:
        return day_ticks(max(float(days.max(initial=0.0)), 1.0))
    last = float(found[-1])
    kept: list[float] = []
    for day in found[::-1].tolist():
        if (not kept or kept[-1] - day >= _APART * last) and day >= _APART * last:
            kept.append(day)
    return [0.0, *reversed(kept)]


def draw_falling(ax: "Axes", curve: Falling, place: int, label: str) -> None:
    """Draw a falling share with its interval; a cross is a censored patient."""
    color = group_color(place)
    end = float(curve.time[-1]) * OVERHANG if curve.time.size else 1.0
    share = np.concatenate(([1.0], curve.survival)) * 100
    ax.step(
        np.concatenate(([0.0], curve.time, [end])),
        np.append(share, share[-1]),
        where="post",
        color=color,
        ls=GROUP_LINES[place % len(GROUP_LINES)],
        label=wrapped(label, LEGEND_WIDTH) if label else "_nolegend_",
    )
    _band(ax, curve, end, color)
    seen = curve.censored > 0
    ax.plot(
        curve.time[seen],
        curve.survival[seen] * 100,
        ls="none",
        marker="+",  # on a drop, as on the day of a visit, an upright tick is not seen
        ms=5,
        mew=0.9,
        color=color,
        clip_on=False,
    )


def draw_rising(ax: "Axes", curve: Rising, place: int, label: str) -> None:
    """Draw a rising share with its interval."""
    color = group_color(place)
    end = float(curve.time[-1]) * OVERHANG if curve.time.size else 1.0
    share = np.concatenate(([0.0], curve.incidence)) * 100
    ax.step(
        np.concatenate(([0.0], curve.time, [end])),
        np.append(share, share[-1]),
        where="post",
        color=color,
        ls=GROUP_LINES[place % len(GROUP_LINES)],
        label=wrapped(label, LEGEND_WIDTH) if label else "_nolegend_",
    )
    _band(ax, curve, end, color)


def _band(ax: "Axes", curve: Falling | Rising, end: float, color: str) -> None:
    if curve.time.size:
        low, high = (np.append(bound, bound[-1]) for bound in (curve.low, curve.high))
        draw_band(ax, np.append(curve.time, end), low, high, color=color)


def draw_between(
    ax: "Axes", curve: Between, place: int, label: str, *, end: float
) -> None:
    """Draw lines where a share is determined, and boxes where only visits bound it."""
    from matplotlib.patches import Rectangle

    color = group_color(place)
    name = wrapped(label, LEGEND_WIDTH) if label else "_nolegend_"
    since, level = 0.0, 100.0
    for left, right, mass in zip(curve.left, curve.right, curve.mass, strict=True):
        ax.plot([since, left], [level, level], color=color, lw=1.6, label=name)
        name = "_nolegend_"
        below = max(level - float(mass) * 100, 0.0)
        until = min(float(right), end)
        if left == right:
            ax.plot([left, left], [level, below], color=color, lw=1.6)
        else:
            box = Rectangle(
                (left, below),
                until - left,
                level - below,
                facecolor="none",
                edgecolor=color,
                hatch=HATCHES[place % len(HATCHES)],
                linewidth=0.8,
                alpha=0.75,
            )
            ax.add_patch(box)
            upto = f", up to {right:g}" if math.isfinite(right) else ""
            whose = f"{label.partition(':')[0]}, " if label else ""
            mark(box, f"{whose}after {left:g}{upto}: {level - below:.0f} % fall")
        since, level = until, below
    if since < end:
        ax.plot([since, end], [level, level], color=color, lw=1.6)


def last_day(curve: Between) -> float:
    """Return the last day that is bounded, at least one."""
    days = np.concatenate((curve.left, curve.right))
    return max(float(days[np.isfinite(days)].max(initial=1.0)), 1.0)


def frame(ax: "Axes", last: float, ticks: list[float]) -> None:
    """Give axes of a share over time their limits and marks."""
    ax.set_xlim(0, last)
    ax.set_ylim(0, 103)
    ax.set_xticks(ticks)
    ax.set_yticks([0, 25, 50, 75, 100])
    ax.axhline(50, color=FAINT, lw=0.5, ls=(0, (1, 2)), zorder=0)


def plotted(
    ax: "Axes | None",
    draw: "Callable[[Axes, int], None]",
    days: Floats,
    *,
    says: str,
    label: str,
) -> "Figure":
    """Draw a curve beside those that axes hold, in the next color; name its share."""
    with house_style():
        figure, ax = canvas(ax)
        place = len(ax.get_legend_handles_labels()[1])
        held = np.array(ax.get_xticks() if place else [], dtype=np.float64)
        ticks = visit_ticks(np.concatenate((days, held)))
        last = max(float(days.max(initial=1.0)) * OVERHANG, ax.get_xlim()[1])
        draw(ax, place)
        frame(ax, last, ticks)
        ax.set_xlabel("Time")
        ax.set_ylabel(says)
        if label:
            ax.legend(
                loc="lower left",
                bbox_to_anchor=(0, 1.01),
                borderaxespad=0,
                handlelength=2.4,
            )
    return figure
