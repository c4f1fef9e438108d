"""Forest plot: estimates with their intervals, one below the other."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import attrs

from iph.errors import InputError
from iph.report._style import (
    BLUE,
    FAINT,
    ONE_COLUMN,
    canvas,
    house_style,
    shortened,
    wrapped,
)
from iph.stats._result import Estimate

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_ROW = 0.27


@attrs.frozen(kw_only=True)
class ForestRow:
    """One row of a forest plot.

    Attributes
    ----------
    label : str
        What is estimated.
    estimate : Estimate
        The estimate with its interval; NaN is shown as the words of `text` alone.
    text : str
        What stands beside it, such as ``"24/28 (85.7 %)"``.
    """

    label: str
    estimate: Estimate
    text: str


def forest_figure(
    rows: Sequence[ForestRow],
    *,
    label: str,
    reference: float | None = None,
    percent: bool = False,
    ax: "Axes | None" = None,
) -> "Figure":
    """Draw estimates with their intervals.

    Parameters
    ----------
    rows : sequence of ForestRow
        From top to bottom.
    label : str
        What the axis shows.
    reference : float, optional
        Where a line is drawn, such as 0 for a difference.
    percent : bool, default False
        Whether the estimates are shares to be drawn in percent, from 0 to 100.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Figure
        The figure drawn on.

    Raises
    ------
    InputError
        If there is no row.

    Examples
    --------
    >>> from iph.report import ForestRow, forest_figure
    >>> from iph.stats import proportion
    >>> rows = [
    ...     ForestRow(label=name, estimate=proportion(k, 28), text=f"{k}/28")
    ...     for name, k in (("femoral", 25), ("lateral femoral cutaneous", 15))
    ... ]
    >>> figure = forest_figure(rows, label="Patients, %", percent=True)
    >>> len(figure.axes)
    1
    """
    if not rows:
        raise InputError("rows", "at least one ForestRow", rows)
    factor = 100 if percent else 1
    with house_style():
        figure, ax = canvas(ax, width=ONE_COLUMN, height=0.65 + _ROW * len(rows))
        for place, row in enumerate(rows):
            found = row.estimate
            known = math.isfinite(found.estimate)
            if known and math.isfinite(found.low) and math.isfinite(found.high):
                bounds = [found.low * factor, found.high * factor]
                ax.plot(bounds, [place, place], color=BLUE, lw=1.2, zorder=2)
            if known:
                ax.plot(
                    found.estimate * factor,
                    place,
                    marker="s",
                    ms=4,
                    color=BLUE,
                    zorder=3,
                    clip_on=False,
                )
            ax.text(
                1.03,
                place,
                shortened(row.text, 30),
                transform=ax.get_yaxis_transform(),
                va="center",
                ha="left",
                fontsize=6.5,
            )
        if reference is not None:
            ax.axvline(reference * factor, color=FAINT, lw=0.6, ls=(0, (2, 2)))
        if percent:
            ax.set_xlim(0, 100)
        ax.set_yticks(
            range(len(rows)), [wrapped(row.label, 26) for row in rows], fontsize=6.3
        )
        ax.set_ylim(len(rows) - 0.4, -0.6)
        ax.tick_params(axis="y", length=0)
        ax.spines["left"].set_visible(False)
        ax.set_xlabel(label)
    return figure
