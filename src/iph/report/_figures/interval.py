"""Recovery between visits: what is determined, and what the visits leave open."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from iph._drawing.curves import HATCHES, draw_between, frame, last_day, visit_ticks
from iph._drawing.marks import as_group
from iph._drawing.style import (
    LEGEND_WIDTH,
    ONE_COLUMN,
    canvas,
    group_color,
    house_style,
    time_axis,
    wrapped,
)
from iph._options import instance
from iph.errors import InputError
from iph.report._figures.recovery import group_title
from iph.report._phrases import lead_text, shown_groups
from iph.stats._interval_censored.turnbull import TurnbullEstimate
from iph.study._parts import Unavailable, available
from iph.study._recovery_results import RecoveryAnalysis
from iph.study._recovery_words import wording_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

_END = 1.08  # of the last day that a visit bounds: so far "later" is drawn


def interval_figure(
    analysis: RecoveryAnalysis | Unavailable | Mapping[str, TurnbullEstimate],
    *,
    ax: "Axes | None" = None,
    time_unit: str = "days",
    day_zero: str = "start of treatment",
) -> "Figure":
    """Draw the share not yet recovered as far as the visits tell.

    Parameters
    ----------
    analysis : RecoveryAnalysis, Unavailable or mapping of str to TurnbullEstimate
        Time to one outcome of a study; or estimates of `iph.stats.turnbull` by their
        names, whatever event they speak of.
    ax : Axes, optional
        Where to draw; a new figure by default.
    time_unit : str, default "days"
        What times of a study are counted in.
    day_zero : str, default "start of treatment"
        What they are counted from.

    Returns
    -------
    Figure
        The figure drawn on.

    Raises
    ------
    DataError
        If the data cannot carry this part of the study.
    InputError
        If there is no estimate.

    Notes
    -----
    A line is where the estimate is determined. A hatched box is a stretch between
    visits: the curve falls from its upper to its lower edge somewhere within it, and
    the data cannot tell where. A box that is open to the right goes on for ever.

    Examples
    --------
    >>> from iph.report import interval_figure
    >>> from iph.stats import turnbull
    >>> early = turnbull([0, 7, 30], [7, 30, 91])
    >>> late = turnbull([7, 30, 182], [30, 91, float("inf")])
    >>> figure = interval_figure({"early": early, "late": late})
    >>> len(figure.axes)
    1
    """
    if isinstance(analysis, Mapping):
        if not analysis:
            raise InputError("analysis", "at least one estimate", analysis)
        for name, one in analysis.items():
            instance(one, f"analysis[{name!r}]", TurnbullEstimate, "a TurnbullEstimate")
        curves = {f"{name}: n = {c.n}": c for name, c in analysis.items()}
        title, axis, says = None, "Time", "Without the event (%)"
    else:
        analysis = available(analysis, "analysis", RecoveryAnalysis)
        done = wording_of(analysis.label).head.lower()
        curves = {
            f"{group.label}: {group.n_recovered} of {group.n} {done}": group.visits
            for group in shown_groups(analysis)
        }
        title = _title(analysis)
        axis, says = time_axis(time_unit, day_zero), f"Not yet {done} (%)"
    last = max(last_day(curve) for curve in curves.values())
    ends = np.concatenate([d for c in curves.values() for d in (c.left, c.right)])
    with house_style():
        figure, ax = canvas(ax, width=ONE_COLUMN, height=2.7)
        for place, (label, curve) in enumerate(curves.items()):
            with as_group(ax, label.partition(":")[0]):
                draw_between(ax, curve, place, label, end=last * _END)
        frame(ax, last * _END, visit_ticks(ends[np.isfinite(ends)]))
        ax.set_xlabel(axis)
        ax.set_ylabel(says)
        ax.legend(
            handles=_handles(list(curves)),
            loc="lower left",
            bbox_to_anchor=(0, 1.01),
            borderaxespad=0,
            handlelength=2,
            title=title,
            alignment="left",
        )
    return figure


def _handles(labels: list[str]) -> "list[Patch]":
    """Return a box a group, hatched as its boxes are: gray print shows no color."""
    from matplotlib.patches import Patch

    return [
        Patch(
            facecolor="none",
            edgecolor=group_color(place),
            hatch=HATCHES[place % len(HATCHES)],
            linewidth=0.8,
            label=wrapped(label, LEGEND_WIDTH),
        )
        for place, label in enumerate(labels)
    ]


def _title(analysis: RecoveryAnalysis) -> str | None:
    """Name the groups of the legend, and the test that leads."""
    group, test = group_title(analysis), lead_text(analysis)
    return "\n".join(filter(None, (group, test))) or None
