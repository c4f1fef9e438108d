"""Cumulative incidence: how many have had an event when another can prevent it."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from iph._drawing.curves import OVERHANG, draw_rising, frame, visit_ticks
from iph._drawing.marks import as_group, spot
from iph._drawing.style import ONE_COLUMN, canvas, house_style, time_axis
from iph._options import instance
from iph.errors import InputError
from iph.report._figures.recovery import legend_title
from iph.report._numbers import days, level_text
from iph.report._phrases import band_text, share_of_all
from iph.stats._survival.cumulative_incidence import CumulativeIncidence

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def incidence_figure(
    curves: Mapping[str, CumulativeIncidence],
    *,
    ax: "Axes | None" = None,
    time_unit: str = "days",
    day_zero: str = "start of treatment",
) -> "Figure":
    """Draw curves of cumulative incidence with their intervals.

    Parameters
    ----------
    curves : mapping of str to CumulativeIncidence
        The curves by their names; causes of one group, or groups of one cause.
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
    instance(curves, "curves", Mapping, "a mapping of names to curves")
    for name, one in curves.items():
        rule = "a result of cumulative_incidence"
        instance(one, f"curves[{name!r}]", CumulativeIncidence, rule)
    if not curves:
        raise InputError("curves", "at least one curve", curves)
    ticks = visit_ticks(np.concatenate([curve.time for curve in curves.values()]))
    last = max([ticks[-1], *(float(c.time.max(initial=1.0)) for c in curves.values())])
    level = next(iter(curves.values())).confidence_level
    with house_style():
        figure, ax = canvas(ax, width=ONE_COLUMN, height=2.7)
        for place, (name, curve) in enumerate(curves.items()):
            events = int(curve.events.sum())
            with as_group(ax, name):
                draw_rising(ax, curve, place, f"{name}: {events} of {curve.n}")
                _spots(ax, name, curve, ticks)
        frame(ax, last * OVERHANG, ticks)
        ax.set_xlabel(time_axis(time_unit, day_zero))
        ax.set_ylabel("Cumulative incidence (%)")
        ax.legend(
            loc="lower left",
            bbox_to_anchor=(0, 1.01),
            borderaxespad=0,
            handlelength=2.4,
            title=legend_title(None, level),
            alignment="left",
        )
    return figure


def _spots(
    ax: "Axes", name: str, curve: CumulativeIncidence, ticks: list[float]
) -> None:
    """Say at each marked day where the curve stands."""
    at, level = curve.at(ticks), level_text(curve.confidence_level)
    told = zip(ticks, at.incidence, at.low, at.high, at.at_risk, strict=True)
    for day, share, low, high, left in told:
        if not math.isnan(share):
            spot(
                ax,
                (day, float(share) * 100),
                f"{name}, {days(day)}: {share_of_all(share, curve.n)} ({level} CI, "
                f"{band_text(low, high, curve.n)}); {left} at risk",
            )
