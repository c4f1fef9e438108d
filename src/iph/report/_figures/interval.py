"""Recovery between visits: what is determined, and what the visits leave open."""

import math
from typing import TYPE_CHECKING

from iph.report._figures.recovery import day_ticks, group_title
from iph.report._figures.style import (
    FAINT,
    GROUP_COLORS,
    LEGEND_WIDTH,
    ONE_COLUMN,
    canvas,
    house_style,
    wrapped,
)
from iph.report._phrases import lead_text, shown_groups
from iph.study._parts import Unavailable, available
from iph.study._recovery_results import RecoveryAnalysis, RecoveryGroup

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_HATCHES = ("////", "\\\\\\\\", "....", "||||", "----", "xxxx")


def interval_figure(
    analysis: RecoveryAnalysis | Unavailable, *, ax: "Axes | None" = None
) -> "Figure":
    """Draw the share not yet recovered as far as the visits tell.

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
    A line is where the estimate is determined. A hatched box is a stretch between
    visits: the curve falls from its upper to its lower edge somewhere within it, and
    the data cannot tell where. A box that is open to the right goes on for ever.

    Examples
    --------
    >>> from iph import Assessment, Cohort, FollowUp, Patient
    >>> from iph.report import interval_figure
    >>> from iph.study import analyze
    >>> def patient(name, *found):
    ...     visits = zip(("baseline", "week_1", "month_1"), found)
    ...     seen = [Assessment(visit=v, strength=value) for v, value in visits]
    ...     return Patient(patient_id=name, follow_up=FollowUp(assessments=seen))
    >>> cohort = Cohort([patient("A", 3, 4, 5), patient("B", 2, 3, 5)])
    >>> study = analyze(cohort, population="all")
    >>> figure = interval_figure(study.recovery[0])
    >>> len(figure.axes)
    1
    """
    analysis = available(analysis)
    groups = shown_groups(analysis)
    last = max(
        [
            day
            for g in groups
            for day in (*g.visits.left, *g.visits.right)
            if math.isfinite(day)
        ],
        default=1.0,
    )
    end = max(last, 1.0) * 1.08
    with house_style():
        figure, ax = canvas(ax, width=ONE_COLUMN, height=2.7)
        for place, group in enumerate(groups):
            _draw(ax, group, place, end)
        ax.set_xlim(0, end)
        ax.set_ylim(0, 103)
        ax.set_xticks(day_ticks(max(last, 1.0)))
        ax.set_yticks([0, 25, 50, 75, 100])
        ax.axhline(50, color=FAINT, lw=0.5, ls=(0, (1, 2)), zorder=0)
        ax.set_xlabel("Days since the start of treatment")
        ax.set_ylabel("Not yet recovered (%)")
        ax.legend(
            loc="lower left",
            bbox_to_anchor=(0, 1.01),
            borderaxespad=0,
            handlelength=2,
            title=_title(analysis),
            alignment="left",
        )
    return figure


def _title(analysis: RecoveryAnalysis) -> str | None:
    """Name the groups of the legend, and the test that leads."""
    group, test = group_title(analysis), lead_text(analysis)
    return "\n".join(filter(None, (group, test))) or None


def _draw(ax: "Axes", group: RecoveryGroup, place: int, end: float) -> None:
    from matplotlib.patches import Rectangle

    color = GROUP_COLORS[place % len(GROUP_COLORS)]
    hatch = _HATCHES[place % len(_HATCHES)]
    label = wrapped(
        f"{group.label}: {group.n_recovered} of {group.n} recovered", LEGEND_WIDTH
    )
    since, level = 0.0, 100.0
    for left, right, mass in zip(
        group.visits.left, group.visits.right, group.visits.mass, strict=True
    ):
        ax.plot([since, left], [level, level], color=color, lw=1.6, label=label)
        label = "_nolegend_"
        below = max(level - float(mass) * 100, 0.0)
        until = min(float(right), end)
        if left == right:
            ax.plot([left, left], [level, below], color=color, lw=1.6)
        else:
            ax.add_patch(
                Rectangle(
                    (left, below),
                    until - left,
                    level - below,
                    facecolor="none",
                    edgecolor=color,
                    hatch=hatch,
                    linewidth=0.8,
                    alpha=0.75,
                )
            )
        since, level = until, below
    if since < end:
        ax.plot([since, end], [level, level], color=color, lw=1.6)
