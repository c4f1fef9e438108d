"""Time to recovery: Kaplan-Meier curves over the numbers at risk."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import numpy as np

from iph._checks import one_of
from iph._drawing.curves import OVERHANG, draw_falling, frame, visit_ticks
from iph._drawing.marks import as_group, mark, spot
from iph._drawing.options import chosen
from iph._drawing.style import (
    ONE_COLUMN,
    canvas,
    group_color,
    house_style,
    root_figure,
    shortened,
    time_axis,
)
from iph._options import instance
from iph.errors import InputError
from iph.report._numbers import days, level_text
from iph.report._phrases import band_text, share_of_all, shown_groups
from iph.stats._survival.survival_curve import SurvivalCurve
from iph.study._parts import Unavailable, available
from iph.study._recovery_results import RecoveryAnalysis
from iph.study._recovery_words import wording_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SHORT: Final = {"days": "d", "hours": "h", "minutes": "min"}
_ROW: Final = 0.13  # inches that a row of numbers at risk takes
_LABEL: Final = 12  # characters of a group beside its numbers


def recovery_figure(
    analysis: RecoveryAnalysis | Unavailable | Mapping[str, SurvivalCurve],
    *,
    ax: "Axes | None" = None,
    time_unit: str = "days",
    day_zero: str = "start of treatment",
) -> "Figure":
    """Draw the share not yet recovered by Kaplan-Meier, with numbers at risk.

    Parameters
    ----------
    analysis : RecoveryAnalysis, Unavailable or mapping of str to SurvivalCurve
        Time to one outcome of a study; or curves of `iph.stats.kaplan_meier` by their
        names, whatever event they speak of.
    ax : Axes, optional
        Where to draw; a new figure by default.
    time_unit : {"days", "hours", "minutes"}, default "days"
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
        If there is no curve.

    Notes
    -----
    As published: recovery is dated to the visit that first saw it, and the dead are
    censored. The number at risk is counted just before the day. The band is the
    pointwise interval; it is left out where its formula is undefined. A cross on a
    curve is a censored patient. Up to twelve days of events and censorings are marked
    on the axis, as those of visits are, but not those too close to be read.

    Examples
    --------
    >>> from iph.report import recovery_figure
    >>> from iph.stats import kaplan_meier
    >>> open_ = kaplan_meier([7, 30, 91, 182], [1, 1, 1, 0])
    >>> closed = kaplan_meier([30, 91, 182, 365], [1, 0, 1, 0])
    >>> figure = recovery_figure({"open": open_, "closed": closed})
    >>> len(figure.axes)
    1
    """
    if isinstance(analysis, Mapping):
        if not analysis:
            raise InputError("analysis", "at least one curve", analysis)
        for name, one in analysis.items():
            instance(one, f"analysis[{name!r}]", SurvivalCurve, "a SurvivalCurve")
        curves = dict(analysis)
        labels = [_told(name, curve, "") for name, curve in curves.items()]
        title, unit = None, ""
        axis, says = "Time", "Without the event (%)"
    else:
        analysis = available(analysis, "analysis", RecoveryAnalysis)
        one_of(time_unit, "time_unit", tuple(_SHORT))
        groups, short = shown_groups(analysis), f" {_SHORT[time_unit]}"
        unit = f" {time_unit}"
        done = wording_of(analysis.label).head.lower()
        curves = {group.label: group.curve for group in groups}
        labels = [
            _told(f"{g.label}: {g.n_recovered} of {g.n} {done}", g.curve, short)
            for g in groups
        ]
        title = group_title(analysis)
        axis, says = time_axis(time_unit, day_zero), f"Not yet {done} (%)"
    ticks = visit_ticks(np.concatenate([curve.time for curve in curves.values()]))
    last = max([ticks[-1], *(float(c.time.max(initial=1.0)) for c in curves.values())])
    level = next(iter(curves.values())).confidence_level
    with house_style():
        figure, ax = canvas(ax, width=ONE_COLUMN, height=2.6 + _ROW * (len(curves) + 1))
        for place, ((name, curve), label) in enumerate(
            zip(curves.items(), labels, strict=True)
        ):
            with as_group(ax, name):
                draw_falling(ax, curve, place, label)
                _spots(ax, name, curve, ticks, (unit, says))
        frame(ax, last * OVERHANG, ticks)
        ax.set_xlabel(axis)
        ax.set_ylabel(says)
        ax.legend(
            loc="lower left",
            bbox_to_anchor=(0, 1.01),
            borderaxespad=0,
            handlelength=2.4,
            title=legend_title(title, level),
            alignment="left",
        )
        _numbers_at_risk(ax, curves, ticks)
    return figure


def group_title(analysis: RecoveryAnalysis) -> str | None:
    """Name what the groups of a legend are groups of."""
    return analysis.group if len(analysis.groups) > 1 else None


def legend_title(group: str | None, level: float) -> str:
    """Name the groups of a legend, and what the bands are."""
    interval = f"{level * 100:g} % CI"
    return f"Bands: {interval}" if group is None else f"{group} (bands: {interval})"


def _told(name: str, curve: SurvivalCurve, unit: str) -> str:
    """Write what the legend says of a curve."""
    median = curve.median(flat="first").value
    middle = f"median {days(median)}" + ("" if math.isnan(median) else unit)
    if not unit:
        name = f"{name}: {curve.n_events} of {curve.n}"
    return f"{name}, {middle}"


def _spots(
    ax: "Axes",
    name: str,
    curve: SurvivalCurve,
    ticks: list[float],
    words: tuple[str, str],
) -> None:
    """Say where the curve stands at each marked day, in its unit and words."""
    at, level = curve.at(ticks), level_text(curve.confidence_level)
    unit, says = words[0], words[1].removesuffix(" (%)").lower()
    told = zip(ticks, at.survival, at.low, at.high, at.at_risk, strict=True)
    for day, share, low, high, left in told:
        if math.isnan(share):
            continue
        spot(
            ax,
            (day, float(share) * 100),
            f"{name}, {days(day)}{unit}: {share_of_all(share, curve.n)} {says} "
            f"({level} CI, {band_text(low, high, curve.n)}); {left} at risk",
        )


def _numbers_at_risk(
    ax: "Axes", curves: Mapping[str, SurvivalCurve], ticks: list[float]
) -> None:
    """Write the numbers below the axis, each below the day that it belongs to."""
    from matplotlib.transforms import blended_transform_factory, offset_copy

    figure = root_figure(ax)
    along = blended_transform_factory(ax.transData, ax.transAxes)
    larger = chosen().enlarged
    start = -0.44 * larger
    above = offset_copy(ax.transAxes, fig=figure, y=start)
    ax.text(0, 0, "Number at risk", transform=above, fontsize=7, va="top")
    for place, (label, curve) in enumerate(curves.items()):
        color = group_color(place)
        y = start - _ROW * larger * (place + 1)
        row = offset_copy(along, fig=figure, y=y)
        for day, count in zip(ticks, curve.at(ticks).at_risk, strict=True):
            number = ax.text(
                day,
                0,
                str(int(count)),
                transform=row,
                color=color,
                fontsize=7,
                ha="center",
                va="top",
            )
            mark(number, group=label)
        if len(curves) > 1:
            name = offset_copy(ax.transAxes, fig=figure, x=-0.1, y=y)
            short = shortened(label, _LABEL)
            head = ax.text(
                0,
                0,
                short,
                transform=name,
                color=color,
                fontsize=7,
                ha="right",
                va="top",
            )
            mark(head, group=label)
