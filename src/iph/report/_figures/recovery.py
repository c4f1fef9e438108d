"""Time to recovery: Kaplan-Meier curves over the numbers at risk."""

import math
from typing import TYPE_CHECKING

import numpy as np

from iph.report._figures.style import (
    FAINT,
    GROUP_COLORS,
    GROUP_LINES,
    LEGEND_WIDTH,
    ONE_COLUMN,
    canvas,
    draw_band,
    house_style,
    shortened,
    wrapped,
)
from iph.report._numbers import days
from iph.report._phrases import shown_groups
from iph.study._parts import Unavailable, available
from iph.study._recovery_results import RecoveryAnalysis, RecoveryGroup

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_ROW = 0.13  # inches that a row of numbers at risk takes
_TICKS = (1, 2, 5, 7, 10, 14, 20, 30, 60, 90, 120, 180, 365, 730, 1825, 3650)
_MOST_TICKS = 6
_LABEL = 12  # characters of a group beside its numbers


def day_ticks(last: float) -> list[float]:
    """Return the days at which an axis up to a day is marked."""
    step = next((s for s in _TICKS if last / s <= _MOST_TICKS), None)
    if step is None:
        step = 10 ** math.ceil(math.log10(last / _MOST_TICKS))
    return [float(k * step) for k in range(math.floor(last / step) + 1)]


def recovery_figure(
    analysis: RecoveryAnalysis | Unavailable, *, ax: "Axes | None" = None
) -> "Figure":
    """Draw the share not yet recovered by Kaplan-Meier, with numbers at risk.

    Parameters
    ----------
    analysis : RecoveryAnalysis or Unavailable
        Time to one outcome.
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
    As published: recovery is dated to the visit that first saw it, and the dead are
    censored. The number at risk is counted just before the day. The band is the
    pointwise interval; it is left out where its formula is undefined. A tick on a curve
    is a censored patient.

    Examples
    --------
    >>> from iph import Assessment, Cohort, FollowUp, Patient
    >>> from iph.report import recovery_figure
    >>> from iph.study import analyze
    >>> def patient(name, *found):
    ...     visits = zip(("baseline", "week_1", "month_1"), found)
    ...     seen = [Assessment(visit=v, strength=value) for v, value in visits]
    ...     return Patient(patient_id=name, follow_up=FollowUp(assessments=seen))
    >>> cohort = Cohort([patient("A", 3, 4, 5), patient("B", 2, 3, 5)])
    >>> study = analyze(cohort, population="all")
    >>> figure = recovery_figure(study.recovery[0])
    >>> len(figure.axes)
    1
    """
    analysis = available(analysis)
    groups = shown_groups(analysis)
    last = max(float(group.curve.time[-1]) for group in groups)
    ticks = day_ticks(last)
    with house_style():
        figure, ax = canvas(ax, width=ONE_COLUMN, height=2.6 + _ROW * (len(groups) + 1))
        for place, group in enumerate(groups):
            _draw_curve(ax, group, place)
        ax.set_xlim(0, last * 1.02)
        ax.set_ylim(0, 103)
        ax.set_xticks(ticks)
        ax.set_yticks([0, 25, 50, 75, 100])
        ax.set_xlabel("Days since the start of treatment")
        ax.set_ylabel("Not yet recovered (%)")
        ax.axhline(50, color=FAINT, lw=0.5, ls=(0, (1, 2)), zorder=0)
        ax.legend(
            loc="lower left",
            bbox_to_anchor=(0, 1.01),
            borderaxespad=0,
            handlelength=2.4,
            title=group_title(analysis),
            alignment="left",
        )
        _numbers_at_risk(ax, groups, ticks)
    return figure


def group_title(analysis: RecoveryAnalysis) -> str | None:
    """Name what the groups of a legend are groups of."""
    return analysis.group if len(analysis.groups) > 1 else None


def _draw_curve(ax: "Axes", group: RecoveryGroup, place: int) -> None:
    color = GROUP_COLORS[place % len(GROUP_COLORS)]
    curve = group.curve
    day = np.concatenate(([0.0], curve.time))
    share = np.concatenate(([1.0], curve.survival)) * 100
    median = curve.median(flat="first").value
    middle = f"median {days(median)}" + ("" if math.isnan(median) else " d")
    ax.step(
        day,
        share,
        where="post",
        color=color,
        ls=GROUP_LINES[place % len(GROUP_LINES)],
        label=wrapped(
            f"{group.label}: {group.n_recovered} of {group.n} recovered, {middle}",
            LEGEND_WIDTH,
        ),
    )
    draw_band(ax, curve.time, curve.low, curve.high, color=color)
    seen = curve.censored > 0
    ax.plot(
        curve.time[seen],
        curve.survival[seen] * 100,
        ls="none",
        marker="|",
        ms=5,
        mew=0.9,
        color=color,
        clip_on=False,
    )


def _numbers_at_risk(
    ax: "Axes", groups: tuple[RecoveryGroup, ...], ticks: list[float]
) -> None:
    """Write the numbers below the axis, each below the day that it belongs to."""
    from matplotlib.transforms import blended_transform_factory, offset_copy

    figure = ax.get_figure(root=True)
    along = blended_transform_factory(ax.transData, ax.transAxes)
    start = -0.44
    head = offset_copy(ax.transAxes, fig=figure, y=start)
    ax.text(0, 0, "Number at risk", transform=head, fontsize=7, va="top")
    for place, group in enumerate(groups):
        color = GROUP_COLORS[place % len(GROUP_COLORS)]
        y = start - _ROW * (place + 1)
        row = offset_copy(along, fig=figure, y=y)
        for day, count in zip(ticks, group.curve.at(ticks).at_risk, strict=True):
            ax.text(
                day,
                0,
                str(int(count)),
                transform=row,
                color=color,
                fontsize=7,
                ha="center",
                va="top",
            )
        if len(groups) > 1:
            name = offset_copy(ax.transAxes, fig=figure, x=-0.1, y=y)
            short = shortened(group.label, _LABEL)
            ax.text(
                0,
                0,
                short,
                transform=name,
                color=color,
                fontsize=7,
                ha="right",
                va="top",
            )
