"""Power over the number of patients, with the band of what is assumed."""

from typing import TYPE_CHECKING

from iph._checks import level
from iph._drawing.style import (
    GROUP_LINES,
    LEGEND_WIDTH,
    ONE_COLUMN,
    canvas,
    group_color,
    house_style,
    wrapped,
)
from iph.design import PowerCurves
from iph.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def power_figure(
    curves: PowerCurves, *, wanted: float | None = 0.8, ax: "Axes | None" = None
) -> "Figure":
    """Draw power over the number of patients, a line each assumption, with their band.

    The band spans all assumptions, with the intervals of simulated powers: how much of
    the power hangs on a guess.

    Parameters
    ----------
    curves : PowerCurves
        What `iph.design.power_curves` found.
    wanted : float or None, default: 0.8
        A power to be marked by a line, between 0 and 1.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Figure
        The figure drawn on.

    Raises
    ------
    InputError
        If `curves` is no `PowerCurves`, or `wanted` no number between 0 and 1.

    Examples
    --------
    >>> from iph.design import power_curves
    >>> from iph.report import power_figure
    >>> curves = power_curves("fisher", {"as seen": [0.64, 0.32]}, range(20, 61, 10))
    >>> len(power_figure(curves).axes)
    1
    """
    if not isinstance(curves, PowerCurves):
        rule = "PowerCurves, of iph.design.power_curves"
        raise InputError("curves", rule, curves)
    marked = None if wanted is None else level(wanted, "wanted")
    patients = [sum(arms) for arms in curves.n_arms]
    low = [100 * min(column) for column in zip(*curves.low, strict=True)]
    high = [100 * max(column) for column in zip(*curves.high, strict=True)]
    with house_style():
        figure, ax = canvas(ax, width=ONE_COLUMN, height=2.7)
        ax.fill_between(patients, low, high, color=group_color(0), alpha=0.15, lw=0)
        for place, (label, row) in enumerate(
            zip(curves.labels, curves.power, strict=True)
        ):
            ax.plot(
                patients,
                [100 * power for power in row],
                color=group_color(place),
                ls=GROUP_LINES[place % len(GROUP_LINES)],
                label=wrapped(label, LEGEND_WIDTH),
            )
        if marked is not None:
            ax.axhline(100 * marked, color="0.5", lw=0.6)
        if curves.first is not None and sum(curves.first) >= patients[0]:
            ax.axvline(sum(curves.first), color="0.5", lw=0.6, ls=":")
        ax.set_ylim(0, 103)
        ax.set_yticks([0, 20, 40, 60, 80, 100])
        ax.set_xlabel("Patients recruited, all arms")
        ax.set_ylabel("Power (%)")
        ax.legend(
            loc="lower left",
            bbox_to_anchor=(0, 1.01),
            borderaxespad=0,
            handlelength=2.4,
        )
    return figure
