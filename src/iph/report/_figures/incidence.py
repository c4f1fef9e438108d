"""Cumulative incidence: how many have had an event when another can prevent it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from iph.errors import InputError
from iph.report._figures.recovery import day_ticks
from iph.report._figures.style import (
    GROUP_COLORS,
    GROUP_LINES,
    LEGEND_WIDTH,
    ONE_COLUMN,
    canvas,
    draw_band,
    house_style,
    wrapped,
)
from iph.stats._survival.cumulative_incidence import CumulativeIncidence

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def incidence_figure(
    curves: Mapping[str, CumulativeIncidence], *, ax: "Axes | None" = None
) -> "Figure":
    """Draw curves of cumulative incidence with their intervals.

    Parameters
    ----------
    curves : mapping of str to CumulativeIncidence
        The curves by their names; causes of one group, or groups of one cause.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Figure
        The figure drawn on.

    Raises
    ------
    InputError
        If there is no curve.

    Examples
    --------
    >>> from iph.report import incidence_figure
    >>> from iph.stats import cumulative_incidence
    >>> days, ends = [7, 30, 30, 91, 182], [1, 1, 2, 0, 1]
    >>> recovered = cumulative_incidence(days, ends, cause=1)
    >>> died = cumulative_incidence(days, ends, cause=2)
    >>> figure = incidence_figure({"recovered": recovered, "died": died})
    >>> len(figure.axes)
    1
    """
    if not curves:
        raise InputError("curves", "at least one curve", curves)
    last = max((float(c.time[-1]) for c in curves.values() if c.time.size), default=1.0)
    last = max(last, 1.0)
    with house_style():
        figure, ax = canvas(ax, width=ONE_COLUMN, height=2.7)
        for place, (name, curve) in enumerate(curves.items()):
            color = GROUP_COLORS[place % len(GROUP_COLORS)]
            day = np.concatenate(([0.0], curve.time))
            share = np.concatenate(([0.0], curve.incidence)) * 100
            events = int(curve.events.sum())
            ax.step(
                day,
                share,
                where="post",
                color=color,
                ls=GROUP_LINES[place % len(GROUP_LINES)],
                label=wrapped(f"{name}: {events} of {curve.n}", LEGEND_WIDTH),
            )
            draw_band(ax, curve.time, curve.low, curve.high, color=color)
        ax.set_xlim(0, last * 1.02)
        ax.set_ylim(0, 103)
        ax.set_xticks(day_ticks(last))
        ax.set_yticks([0, 25, 50, 75, 100])
        ax.set_xlabel("Days since the start of treatment")
        ax.set_ylabel("Cumulative incidence (%)")
        ax.legend(
            loc="lower left",
            bbox_to_anchor=(0, 1.01),
            borderaxespad=0,
            handlelength=2.4,
        )
    return figure
